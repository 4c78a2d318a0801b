package kiosk

import (
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// seg is a run of characters, marked if it differs from the other column.
type seg struct {
	Text string
	Mark bool
}

// row is one thing the application and the chip both say.
type row struct {
	Label       string
	Typed, Chip []seg
	Class       string // "same", "ask" or "note"
	Word        string // the class in words
	Mono        bool
}

// Rows set her application beside her chip.
func (p page) Rows() ([]row, error) {
	s := p.State
	c, chip := s.Found.Campaign, s.Card.Chip
	var out []row
	for _, f := range []struct{ key, onChip string }{
		{form.FullName, chipName(s)}, {form.Sex, chip.Sex}, {form.Ethnic, chip.Ethnic}, {form.BirthDate, chip.Birth},
		{form.DocumentNumber, string(chip.Number)}, {form.PostAddress, chip.Address},
	} {
		field, ok := c.Form.Field(f.key)
		if !ok {
			continue
		}
		typed := p.In(visit.Value(c, field, s.Found.Application.Get(f.key)))
		onChip := p.In(visit.Value(c, field, f.onChip))
		r := row{Label: field.Zh, Class: "same", Mono: f.key == form.DocumentNumber}
		if p.English() {
			r.Label = visit.Sentence(field.En)
		}
		diff, found := difference(s.Differences, f.key)
		key := "found-same"
		switch {
		case onChip == "":
			r.Class, key = "note", "found-none" // nothing to compare: no tick
		case !found:
		case diff.Grade == form.GradeNote && f.key == form.PostAddress:
			r.Class, key = "note", "found-may"
		case diff.Grade == form.GradeNote:
			r.Class, key = "note", "found-spelling"
		default:
			r.Class, key = "ask", "found-differs"
		}
		if f.key == form.PostAddress {
			label, err := p.T("found-address")
			if err != nil {
				return nil, err
			}
			r.Label = label
		}
		var err error
		if r.Word, err = p.T(key); err != nil {
			return nil, err
		}
		r.Typed, r.Chip = []seg{{Text: typed}}, []seg{{Text: onChip}}
		if found && r.Class == "ask" {
			r.Typed, r.Chip = marked(diff, typed, onChip)
		}
		out = append(out, r)
	}
	return out, nil
}

// chipName is the chip's name with private-use codes replaced: no font has
// the old ones.
func chipName(s visit.State) string {
	chip := s.Card.Chip
	name := chip.Name
	if name == "" || chip.NameEn != "" && identity.SameName(identity.Name(chip.NameEn), s.Found.Application.Name()) {
		name = identity.Name(chip.NameEn)
	}
	return identity.NormalizeName(name.Reveal()).Reveal()
}

func difference(ds []form.Difference, key string) (form.Difference, bool) {
	for _, d := range ds {
		if d.Field == key {
			return d, true
		}
	}
	return form.Difference{}, false
}

// marked cuts both texts at the characters that differ. The marks of the
// difference count characters of the stored values; where words stand for
// codes, what differs is what lies between the common beginning and end.
func marked(d form.Difference, typed, onChip string) (a, b []seg) {
	if typed == d.Typed && onChip == d.Chip {
		return cut(typed, d.TypedMarks), cut(onChip, d.ChipMarks)
	}
	x, y := []rune(typed), []rune(onChip)
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	return cut(typed, []form.Range{{From: head, To: len(x) - tail}}), cut(onChip, []form.Range{{From: head, To: len(y) - tail}})
}

func cut(s string, marks []form.Range) []seg {
	r := []rune(s)
	var out []seg
	add := func(from, to int, mark bool) {
		if from < to {
			out = append(out, seg{string(r[from:to]), mark})
		}
	}
	at := 0
	for _, m := range marks {
		from, to := min(max(m.From, at), len(r)), min(max(m.To, at), len(r))
		add(at, from, false)
		add(from, to, true)
		at = to
	}
	add(at, len(r), false)
	return out
}

// FoundTitle greets her, or says that something differs.
func (p page) FoundTitle() (string, error) {
	if p.Base() == visit.ScreenVerify {
		return p.verifyTitle()
	}
	name := chipName(p.State)
	if n := asks(p.State.Differences); n > 0 {
		return p.T("found-diff", name, n)
	}
	return p.T("found-title", name)
}

// LongName: the name leaves no room for a large heading.
func (p page) LongName() bool { return utf8.RuneCountInString(chipName(p.State)) > 6 }

// FoundLead says what she applied for, or what to do about the differences.
func (p page) FoundLead() (string, error) {
	if p.Base() == visit.ScreenVerify {
		return p.verifyLead()
	}
	if asks(p.State.Differences) > 0 {
		return p.T("found-diff-lead")
	}
	return p.T("found-lead", p.aim())
}

// aim is level and category of her first choice.
func (p page) aim() string {
	c, first := p.State.Found.Campaign, p.State.Found.Application.First()
	name := func(c campaign.Campaign) (string, string) {
		l, _ := c.Form.Level(first.Level)
		k, _ := c.Form.Category(first.Category)
		if p.English() {
			return l.En, visit.Text{Zh: k.Zh, En: k.En}.In(true)
		}
		return l.Zh, k.Zh
	}
	level, category := name(c)
	if p.English() {
		return level + ", " + category
	}
	return "“" + level + "　" + category + "”"
}

// ValidTo says until when the card is good.
func (p page) ValidTo() (string, error) {
	to := p.State.Card.Chip.ValidTo
	if to == "" { // typed from papers that do not tell it
		return "", nil
	}
	if to == form.LongTerm {
		long, err := p.T("found-long")
		if err != nil {
			return "", err
		}
		return p.T("found-valid", long)
	}
	return p.T("found-valid", p.In(visit.Date(to)))
}

// Photo is the decoded portrait as a data address, empty if there is none.
func (p page) Photo() template.URL {
	return picture(p.State.Card.PhotoType, p.State.Card.Photo)
}

// PhotoWord is what stands under the portrait.
func (p page) PhotoWord() (string, error) {
	switch {
	case p.Photo() != "":
		return p.T("photo-chip")
	case len(p.State.Card.WLT) == 0:
		return p.T("photo-none")
	}
	return p.T("photo-undecoded")
}

// Notes are what she should know before she goes on.
func (p page) Notes() ([]string, error) {
	var out []string
	rare, err := p.Rare()
	if err != nil {
		return nil, err
	}
	if rare != "" {
		out = append(out, rare)
	}
	if p.State.Verdict.Reason == window.QueueToken {
		t, err := p.T("queued", p.State.Token.Label)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	if p.State.Verdict.State == window.Undecidable {
		t, err := p.T("undecidable")
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	if p.State.Verdict.OutsideHours && len(out) < 2 { // nothing follows from it, and there is room for two
		t, err := p.T("out-of-hours")
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// shownRunes is how many characters the notice of the sheet's fonts names.
const shownRunes = 2

// Rare says which characters her sheet will show as boxes, and that nothing is
// lost by it; empty if there are none.
func (p page) Rare() (string, error) {
	t := &teller{page: p}
	var fields, chars []string
	n := 0
	for _, u := range p.State.Unprintable {
		name := t.t("rare-choices")
		if f, ok := p.State.Found.Campaign.Form.Field(u.Field); ok {
			name = p.In(visit.Text{Zh: f.Zh, En: f.En})
		}
		fields = append(fields, name)
		for _, r := range u.Runes {
			if n++; n <= shownRunes {
				chars = append(chars, t.t("rare-char", string(r), fmt.Sprintf("U+%04X", r)))
			}
		}
	}
	if n == 0 {
		return "", t.err
	}
	sep := "、"
	if p.English() {
		sep = ", "
	}
	if n > shownRunes {
		chars = append(chars, t.t("rare-more", n))
	}
	return t.t("rare", strings.Join(fields, sep), strings.Join(chars, sep)), t.err
}
