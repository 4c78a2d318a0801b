package form

import "strings"

// Kind says how a field is typed and checked.
type Kind string

// Kinds of fields.
const (
	KindText     Kind = "text"     // free text, one line
	KindCode     Kind = "code"     // one code of Table
	KindLetters  Kind = "letters"  // several one-letter codes of Table, one after another
	KindDate     Kind = "date"     // YYYYMMDD
	KindName     Kind = "name"     // identity.Name
	KindDocument Kind = "document" // identity.Number of the kind that field ZJLXDM says
	KindDivision Kind = "division" // six digits; any province, so only its form is checked
	KindDigits   Kind = "digits"   // digits only
	KindPhone    Kind = "phone"    // identity.Phone
	KindPostCode Kind = "postcode" // six digits
)

// Who fills a field.
const (
	ByCandidate = "candidate" // at the portal, or at a box with the clerk
	ByPoint     = "point"     // by the point: the school's assessment
	ByCounty    = "county"
	ByCity      = "city"
	ByProvince  = "province" // candidate number, ticket number
	ByImport    = "import"   // results that come from elsewhere: physical examination, marks
	ByOffice    = "office"   // an office, not said which: bundles from before offices were told apart
)

// Fillers are the words for who fills a field.
func Fillers() []string {
	return []string{ByCandidate, ByPoint, ByCounty, ByCity, ByProvince, ByImport, ByOffice}
}

// ByCandidate tells whether she fills it herself. Only such a field can be
// missing from an application.
func (f Field) ByCandidate() bool { return f.Filled == ByCandidate }

// Correctable tells whether an office may set it right by hand, or be asked to (S38):
// numbers that the province gives stand on papers, and what is imported is imported again.
func (f Field) Correctable() bool { return f.Filled != ByProvince && f.Filled != ByImport }

// Correctable are the fields of a form that may be set right by hand.
func (d Definition) Correctable() (out []Field) {
	for _, f := range d.Fields {
		if f.Correctable() {
			out = append(out, f)
		}
	}
	return out
}

// Definition is the form of one campaign version.
type Definition struct {
	Fields     []Field    `cbor:"fields" json:"fields"`
	Groups     []Group    `cbor:"groups" json:"groups"` // in the order they are read
	Tables     []Table    `cbor:"tables" json:"tables"`
	Levels     []Level    `cbor:"levels" json:"levels"`
	Categories []Category `cbor:"categories" json:"categories"`
	MaxChoices int        `cbor:"max_choices" json:"max_choices"`
	Choose     string     `cbor:"choose,omitempty" json:"choose,omitempty"` // ChooseProgramme (also if empty) or ChooseCategory
}

// What a choice consists of.
const (
	ChooseProgramme = "programme" // a line of the catalogue: school, major, form of study, years
	ChooseCategory  = "category"  // level and category alone; colleges are chosen later (gaokao)
)

// Group is one page of the read-through: a handful of fields read as one.
type Group struct {
	Key  string `cbor:"key" json:"key"`
	Zh   string `cbor:"zh" json:"zh"`
	En   string `cbor:"en" json:"en"`
	Page int    `cbor:"page" json:"page"` // 1, 2, …
}

// Field is one line of the form.
type Field struct {
	Key      string `cbor:"key" json:"key"`
	Zh       string `cbor:"zh" json:"zh"`
	En       string `cbor:"en" json:"en"`
	Kind     Kind   `cbor:"kind" json:"kind"`
	Table    string `cbor:"table,omitempty" json:"table,omitempty"`         // for KindCode and KindLetters
	MaxChars int    `cbor:"max_chars" json:"max_chars"`                     // in characters (code points)
	MaxBytes int    `cbor:"max_bytes" json:"max_bytes"`                     // width of the DBF column in GBK bytes
	Required bool   `cbor:"required,omitempty" json:"required,omitempty"`   // always
	When     []When `cbor:"when,omitempty" json:"when,omitempty"`           // required if any of these holds
	Filled   string `cbor:"filled" json:"filled"`                           // one of Fillers
	During   string `cbor:"during,omitempty" json:"during,omitempty"`       // step of the calendar at which it is filled: "register", "confirm", "report", …
	Group    string `cbor:"group" json:"group"`                             // key of its Group
	NotAfter bool   `cbor:"not_after,omitempty" json:"not_after,omitempty"` // a date that may not lie after the day of the check
	Named    bool   `cbor:"named,omitempty" json:"named,omitempty"`         // one of the 21 of the plan
	Help     string `cbor:"help,omitempty" json:"help,omitempty"`           // Chinese, beside the field
	HelpEn   string `cbor:"help_en,omitempty" json:"help_en,omitempty"`
	Status   string `cbor:"status,omitempty" json:"status,omitempty"` // V, R or D: how sure name and length are
}

// When is one condition under which a field is required: all of what it names
// must hold. Level and category are those of any choice.
type When struct {
	Levels     []string `cbor:"levels,omitempty" json:"levels,omitempty"`
	Categories []string `cbor:"categories,omitempty" json:"categories,omitempty"`
	Field      string   `cbor:"field,omitempty" json:"field,omitempty"` // this field …
	In         []string `cbor:"in,omitempty" json:"in,omitempty"`       // … has one of these values
}

// Table is a code table.
type Table struct {
	Name    string  `cbor:"name" json:"name"`
	Zh      string  `cbor:"zh" json:"zh"`
	En      string  `cbor:"en" json:"en"`
	Entries []Entry `cbor:"entries" json:"entries"`
}

// Entry is one code.
type Entry struct {
	Code   string `cbor:"code" json:"code"`
	Zh     string `cbor:"zh" json:"zh"`
	En     string `cbor:"en,omitempty" json:"en,omitempty"`
	Kind   string `cbor:"kind,omitempty" json:"kind,omitempty"`     // identity.Kind of a document type
	Group  bool   `cbor:"group,omitempty" json:"group,omitempty"`   // a heading, not to be chosen
	Mark   string `cbor:"mark,omitempty" json:"mark,omitempty"`     // property a rule asks for, such as "zsb"
	Status string `cbor:"status,omitempty" json:"status,omitempty"` // V, R or D
}

// Level is a 报考层次.
type Level struct {
	Code     string   `cbor:"code" json:"code"`
	Zh       string   `cbor:"zh" json:"zh"`
	Full     string   `cbor:"full,omitempty" json:"full,omitempty"`
	En       string   `cbor:"en" json:"en"`
	Second   []string `cbor:"second" json:"second"`                           // levels a later choice may have
	OneClass bool     `cbor:"one_class,omitempty" json:"one_class,omitempty"` // later choices stay in the 专业类 of the first
	Diploma  string   `cbor:"diploma,omitempty" json:"diploma,omitempty"`     // mark the education code must carry; number and date of the diploma are asked
	Licence  bool     `cbor:"licence,omitempty" json:"licence,omitempty"`     // the medical licence is asked of everyone
	Minutes  int      `cbor:"minutes" json:"minutes"`                         // of each paper
	Status   string   `cbor:"status,omitempty" json:"status,omitempty"`
}

// Category is a 科类; its code begins with the code of its level.
type Category struct {
	Code     string   `cbor:"code" json:"code"`
	Level    string   `cbor:"level" json:"level"`
	Zh       string   `cbor:"zh" json:"zh"`
	En       string   `cbor:"en,omitempty" json:"en,omitempty"`
	Subjects []string `cbor:"subjects" json:"subjects"` // keys, by sitting
	Scope    string   `cbor:"scope,omitempty" json:"scope,omitempty"`
	Medical  bool     `cbor:"medical,omitempty" json:"medical,omitempty"` // licence asked, designated points only

	// MedicalMajors begin the codes of majors that are medical in a category
	// which as a whole is not: 中药学 among the humanities.
	MedicalMajors []string `cbor:"medical_majors,omitempty" json:"medical_majors,omitempty"`

	Diploma    string `cbor:"diploma,omitempty" json:"diploma,omitempty"`         // as of Level, for this category alone
	Licence    bool   `cbor:"licence,omitempty" json:"licence,omitempty"`         // licence asked without being Medical
	MathsAside bool   `cbor:"maths_aside,omitempty" json:"maths_aside,omitempty"` // mathematics does not count
	Status     string `cbor:"status,omitempty" json:"status,omitempty"`
}

// MedicalMajor tells whether the category is medical for someone who chose a
// major.
func (k *Category) MedicalMajor(code string) bool {
	if k.Medical {
		return true
	}
	for _, head := range k.MedicalMajors {
		if strings.HasPrefix(code, head) {
			return true
		}
	}
	return false
}

// What is searched here is gone through by index: the parts of a definition are
// large, and to copy each took a quarter of a check.

// Field finds a field by key.
func (d Definition) Field(key string) (Field, bool) {
	for i := range d.Fields {
		if d.Fields[i].Key == key {
			return d.Fields[i], true
		}
	}
	return Field{}, false
}

// InGroup gives the fields of a group in form order.
func (d Definition) InGroup(group string) []Field {
	var out []Field
	for _, f := range d.Fields {
		if f.Group == group {
			out = append(out, f)
		}
	}
	return out
}

// Table finds a code table by name.
func (d Definition) Table(name string) (Table, bool) {
	for i := range d.Tables {
		if d.Tables[i].Name == name {
			return d.Tables[i], true
		}
	}
	return Table{}, false
}

// Entry finds a code in a table.
func (t Table) Entry(code string) (Entry, bool) {
	for i := range t.Entries {
		if t.Entries[i].Code == code {
			return t.Entries[i], true
		}
	}
	return Entry{}, false
}

// Level finds a level by code.
func (d Definition) Level(code string) (Level, bool) {
	for i := range d.Levels {
		if d.Levels[i].Code == code {
			return d.Levels[i], true
		}
	}
	return Level{}, false
}

// Category finds a category by code.
func (d Definition) Category(code string) (Category, bool) {
	for i := range d.Categories {
		if d.Categories[i].Code == code {
			return d.Categories[i], true
		}
	}
	return Category{}, false
}

// TableName gives the Chinese name of a code, or the code itself when the
// table does not know it: nothing is ever shown blank.
func (d Definition) TableName(table, code string) string {
	if t, ok := d.Table(table); ok {
		if e, ok := t.Entry(code); ok {
			return e.Zh
		}
	}
	return code
}
