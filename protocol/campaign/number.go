package campaign

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// NumberTemplate describes one kind of number (domain rules 1.9) so that the
// province can change it without code: literal digits, capitals and hyphens, and
// placeholders of fixed width.
//
//	{yy}{province2}{county4}{group2}{serial4}
//	{area4}{level1}{cat1}{room4}{seat2}
//
// A placeholder is a name of Placeholders and the number of its characters;
// only {yy} and {yyyy} say it by their own length.
type NumberTemplate struct {
	Key      string `cbor:"key" json:"key"` // one of the Number… values
	Zh       string `cbor:"zh" json:"zh"`
	En       string `cbor:"en" json:"en"`
	Template string `cbor:"template" json:"template"`
	Field    string `cbor:"field,omitempty" json:"field,omitempty"` // key of the form's field that holds it; "" when none does
	Status   string `cbor:"status,omitempty" json:"status,omitempty"`
}

// Keys of numbers.
const (
	NumberCandidate = "candidate" // 考生号
	NumberSequence  = "sequence"  // 报名顺序号
	NumberTicket    = "ticket"    // 准考证号
	NumberOrder     = "order"     // 缴费单号
)

// ErrNumber is wrapped by every failure of Compile, Format and Parse. What
// failed is named by placeholder, never by the number.
var ErrNumber = errors.New("campaign: number template")

// maxNumber is the most characters a number may have.
const maxNumber = 32

// placeholder is one name that a template may use.
type placeholder struct {
	name     string
	min, max int  // width
	counter  bool // counts from 1, filled with zeros; else a code of exactly its width
}

// placeholders are all names. level and cat are the two digits of a category's
// code, group is both; type and kl are the same two for the gaokao, where they
// are digits 9 and 10 of the 考生号. county is the last four digits of a
// division, area those of a 考区. There is none for a 考点: rooms are given to
// sites after numbers are (domain rules 0).
var placeholders = []placeholder{
	{"yy", 2, 2, false}, {"yyyy", 4, 4, false}, {"date", 8, 8, false},
	{"province", 2, 2, false}, {"city", 2, 2, false}, {"county", 4, 4, false}, {"area", 4, 4, false}, {"division", 6, 6, false},
	{"point", 2, 6, false}, {"level", 1, 1, false}, {"cat", 1, 1, false}, {"group", 2, 2, false}, {"type", 1, 1, false}, {"kl", 1, 1, false},
	{"serial", 3, 12, true}, {"room", 2, 5, true}, {"seat", 2, 3, true},
}

// Placeholders gives the names that a template may use, in a fixed order.
func Placeholders() []string {
	out := make([]string, len(placeholders))
	for i, p := range placeholders {
		out[i] = p.name
	}
	return out
}

// NumberPattern is a compiled template. It is safe for concurrent use.
type NumberPattern struct {
	parts []numberPart
	width int
}

// numberPart is literal text, or a placeholder of some width.
type numberPart struct {
	literal string
	placeholder
	width int
}

// Compile reads the template.
func (t NumberTemplate) Compile() (NumberPattern, error) {
	var p NumberPattern
	rest := t.Template
	if len(rest) > 8*maxNumber {
		return NumberPattern{}, fmt.Errorf("%w: %d bytes of template", ErrNumber, len(rest))
	}
	for rest != "" {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			open = len(rest)
		}
		if open > 0 {
			if strings.Trim(rest[:open], "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
				return NumberPattern{}, fmt.Errorf("%w: beside placeholders only digits, capitals and hyphens", ErrNumber)
			}
			p.parts = append(p.parts, numberPart{literal: rest[:open], width: open})
			p.width += open
			rest = rest[open:]
			continue
		}
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			return NumberPattern{}, fmt.Errorf("%w: a brace is not closed", ErrNumber)
		}
		part, err := p.placeholder(rest[1:end])
		if err != nil {
			return NumberPattern{}, err
		}
		p.parts = append(p.parts, part)
		p.width += part.width
		rest = rest[end+1:]
	}
	if p.width == 0 || p.width > maxNumber {
		return NumberPattern{}, fmt.Errorf("%w: makes numbers of %d characters, 1 to %d are allowed", ErrNumber, p.width, maxNumber)
	}
	return p, nil
}

func (p NumberPattern) placeholder(text string) (numberPart, error) {
	name := strings.TrimRight(text, "0123456789")
	i := slices.IndexFunc(placeholders, func(h placeholder) bool { return h.name == name })
	if i < 0 {
		return numberPart{}, fmt.Errorf("%w: placeholder %.20q is unknown", ErrNumber, text)
	}
	part := numberPart{placeholder: placeholders[i], width: placeholders[i].min}
	if digits := text[len(name):]; digits != "" {
		width, err := strconv.Atoi(digits)
		if err != nil || digits[0] == '0' || width < part.min || width > part.max {
			return numberPart{}, fmt.Errorf("%w: {%s} takes a width of %d to %d", ErrNumber, name, part.min, part.max)
		}
		part.width = width
	} else if name != "yy" && name != "yyyy" {
		return numberPart{}, fmt.Errorf("%w: {%s} lacks its width", ErrNumber, name)
	}
	if p.Has(name) {
		return numberPart{}, fmt.Errorf("%w: {%s} stands twice", ErrNumber, name)
	}
	return part, nil
}

// Has tells whether the pattern uses a placeholder.
func (p NumberPattern) Has(name string) bool {
	return slices.ContainsFunc(p.parts, func(part numberPart) bool { return part.literal == "" && part.name == name })
}

// literals joins the fixed characters.
func (p NumberPattern) literals() string {
	var b strings.Builder
	for _, part := range p.parts {
		b.WriteString(part.literal)
	}
	return b.String()
}

// Width is the number of characters, all ASCII.
func (p NumberPattern) Width() int { return p.width }

// Span is where a placeholder's value stands in a number: from which character, and how
// many. False if the pattern does not use it.
func (p NumberPattern) Span(name string) (from, width int, ok bool) {
	for _, part := range p.parts {
		if part.literal == "" && part.name == name {
			return from, part.width, true
		}
		from += part.width
	}
	return 0, 0, false
}

// Capacity is how many values a placeholder takes: {serial4} counts to 9999,
// {cat1} has ten codes. 0 if the pattern does not use it.
func (p NumberPattern) Capacity(name string) int64 {
	for _, part := range p.parts {
		if part.literal != "" || part.name != name {
			continue
		}
		n := int64(1)
		for range part.width {
			n *= 10
		}
		if part.counter {
			n--
		}
		return n
	}
	return 0
}

// Format makes a number. values holds digits by name of placeholder; more than
// the pattern uses may be given, but only names of Placeholders. A counter may
// be given without leading zeros. A value that is missing, does not fit, or is
// a counter of 0 is ErrNumber: a number is never cut.
func (p NumberPattern) Format(values map[string]string) (string, error) {
	for name := range values {
		if !slices.ContainsFunc(placeholders, func(h placeholder) bool { return h.name == name }) {
			return "", fmt.Errorf("%w: placeholder %.20q is unknown", ErrNumber, name)
		}
	}
	var b strings.Builder
	for _, part := range p.parts {
		if part.literal != "" {
			b.WriteString(part.literal)
			continue
		}
		v, ok := values[part.name]
		if ok && part.counter && len(v) < part.width {
			v = strings.Repeat("0", part.width-len(v)) + v
		}
		if !ok || !part.takes(v) {
			return "", fmt.Errorf("%w: the value of {%s%d} is missing or does not fit", ErrNumber, part.name, part.width)
		}
		b.WriteString(v)
	}
	return b.String(), nil
}

// Parse takes a number apart; the values have the widths of the pattern.
func (p NumberPattern) Parse(number string) (map[string]string, error) {
	if len(number) != p.width {
		return nil, fmt.Errorf("%w: a number of %d characters, want %d", ErrNumber, len(number), p.width)
	}
	out := make(map[string]string, len(p.parts))
	for _, part := range p.parts {
		text := number[:part.width]
		number = number[part.width:]
		switch {
		case part.literal != "" && text != part.literal:
			return nil, fmt.Errorf("%w: does not have the fixed characters of its pattern", ErrNumber)
		case part.literal != "":
		case !part.takes(text):
			return nil, fmt.Errorf("%w: no value of {%s%d}", ErrNumber, part.name, part.width)
		default:
			out[part.name] = text
		}
	}
	return out, nil
}

// takes tells whether v, of full width, can stand at the part.
func (part numberPart) takes(v string) bool {
	return len(v) == part.width && strings.Trim(v, "0123456789") == "" && (!part.counter || strings.Trim(v, "0") != "")
}

// Number finds the template of a kind of number.
func (c Campaign) Number(key string) (NumberTemplate, bool) {
	for _, t := range c.Numbers {
		if t.Key == key {
			return t, true
		}
	}
	return NumberTemplate{}, false
}

// NumberValues gives what the campaign, a division of six digits and a category
// say of a number: all placeholders but counters, point, area and date. What is
// not known is left out.
func (c Campaign) NumberValues(division, category string) map[string]string {
	v := map[string]string{}
	if c.Year >= 1000 && c.Year <= 9999 {
		v["yyyy"] = strconv.Itoa(c.Year)
		v["yy"] = v["yyyy"][2:]
	}
	if len(division) == 6 {
		v["division"], v["province"], v["city"], v["county"] = division, division[:2], division[2:4], division[2:]
	}
	if len(category) == 2 {
		v["group"] = category
		v["level"], v["type"] = category[:1], category[:1]
		v["cat"], v["kl"] = category[1:], category[1:]
	}
	return v
}
