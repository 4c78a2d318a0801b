package form

import (
	"fmt"
	"log/slog"

	"zhunkao/protocol/identity"
)

// Grade says what a difference between application and chip asks for.
type Grade string

// Grades, from light to grave.
const (
	GradeNote Grade = "note" // shown, nothing asked: another spelling of the same, or a mailing address
	GradeAsk  Grade = "ask"  // one of the two is wrong: the person or the clerk decides before signing
	GradeStop Grade = "stop" // this is another person's document
)

// Difference is one field in which application and chip differ. It holds
// personal values for the screen; printed, it names the field only.
type Difference struct {
	Field string `cbor:"field" json:"field"`
	Grade Grade  `cbor:"grade" json:"grade"`
	Typed string `cbor:"typed" json:"typed"` // value in the application
	Chip  string `cbor:"chip" json:"chip"`   // value on the chip
	// Which characters differ, in runes of Typed and of Chip, for marking.
	TypedMarks []Range `cbor:"typed_marks,omitempty" json:"typed_marks,omitempty"`
	ChipMarks  []Range `cbor:"chip_marks,omitempty" json:"chip_marks,omitempty"`
}

// Range is a run of characters [From, To), counted in runes.
type Range struct {
	From int `cbor:"from" json:"from"`
	To   int `cbor:"to" json:"to"`
}

// Compare sets the application beside the chip, field by field, in the order
// number, name, sex, ethnic group, birth, address. A field that the chip does
// not carry, or the application leaves empty (Check finds that), is passed
// over. Numbers and names are compared normalised; if only the spelling
// differs the difference is a note.
func Compare(app Application, chip Chip) []Difference {
	var out []Difference
	add := func(field string, grade Grade, typed, onChip string) {
		d := Difference{Field: field, Grade: grade, Typed: typed, Chip: onChip}
		d.TypedMarks, d.ChipMarks = marks(typed, onChip)
		out = append(out, d)
	}
	if typed, onChip := app.Get(DocumentNumber), string(chip.Number); onChip != "" && typed != onChip {
		grade := GradeStop
		if a, _, err := identity.NormalizeNumber(typed); err == nil {
			if b, _, err := identity.NormalizeNumber(onChip); err == nil && a == b {
				grade = GradeNote
			}
		}
		add(DocumentNumber, grade, typed, onChip)
	}
	if typed, onChip := string(app.Name()), chip.nameFor(app.Name()); onChip != "" && typed != onChip {
		grade := GradeAsk
		if identity.SameName(identity.Name(typed), identity.Name(onChip)) {
			grade = GradeNote
		}
		add(FullName, grade, typed, onChip)
	}
	for _, f := range []struct {
		key, onChip string
		grade       Grade
	}{
		{Sex, chip.Sex, GradeAsk},
		{Ethnic, chip.Ethnic, GradeAsk},
		{BirthDate, chip.Birth, GradeAsk},
		{PostAddress, chip.Address, GradeNote},
	} {
		if typed := app.Get(f.key); typed != "" && f.onChip != "" && typed != f.onChip {
			add(f.key, f.grade, typed, f.onChip)
		}
	}
	return out
}

// nameFor picks the chip's name to hold against a typed one: a foreigner's
// chip has two, and either may have been typed.
func (c Chip) nameFor(typed identity.Name) string {
	if c.NameEn != "" && (c.Name == "" || identity.SameName(typed, identity.Name(c.NameEn))) {
		return c.NameEn
	}
	return string(c.Name)
}

// String names the field and the grade only.
func (d Difference) String() string { return d.Field + " " + string(d.Grade) }

// GoString is String.
func (d Difference) GoString() string { return d.String() }

// Format keeps values out under every verb.
func (d Difference) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(d.String())) }

// LogValue names the field and the grade only.
func (d Difference) LogValue() slog.Value { return slog.StringValue(d.String()) }
