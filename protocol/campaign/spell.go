package campaign

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// What people type is written as the form keeps it where nothing is lost by it:
// widths of digits, a lower-case x, the marks between the parts of a date, a
// name of a list instead of its code. What cannot be read so stays as typed, and
// the check says what to do.

// Spelled gives what is kept of what was typed into a field. kind is that of
// the document, for its number.
func Spelled(camp Campaign, f form.Field, kind identity.Kind, typed string) string {
	typed = strings.TrimFunc(strings.ToValidUTF8(typed, "\uFFFD"), func(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' })
	switch f.Kind {
	case form.KindText, form.KindName:
		return typed
	case form.KindDate:
		return spelledDate(narrow(typed))
	case form.KindDocument:
		if n, err := identity.ParseDocument(kind, typed); err == nil {
			return n.Reveal()
		}
		return typed
	case form.KindPhone:
		if p, err := identity.ParsePhone(typed); err == nil {
			return p.Reveal()
		}
		return typed
	case form.KindDigits, form.KindPostCode:
		return joined(narrow(typed))
	case form.KindCode:
		t, _ := camp.Form.Table(f.Table)
		return spelledCode(t, typed)
	case form.KindDivision:
		return spelledDivision(camp, typed)
	}
	return typed
}

// narrow writes full-width characters as the ones of ASCII.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000':
			return ' '
		}
		return r
	}, s)
}

// joined takes out what people set between digits, if there are only digits
// beside it.
func joined(s string) string {
	out := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, s)
	if strings.Trim(out, "0123456789") != "" {
		return s
	}
	return out
}

// date reads year, month and day, with what people set between them: marks, or
// the characters of year, month, day and number (U+5E74, 6708, 65E5, 53F7).
var date = regexp.MustCompile(`^(\d{4})\s*[-/.,\x{5E74}\x{3001}\s]\s*(\d{1,2})\s*[-/.,\x{6708}\x{3001}\s]\s*(\d{1,2})\s*[\x{65E5}\x{53F7}]?$`)

// spelledDate writes a day as eight digits, if it is a real one.
func spelledDate(s string) string {
	m := date.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	digits := m[1] + fmt.Sprintf("%02s%02s", m[2], m[3])
	if _, ok := form.ParseDay(digits); !ok {
		return s
	}
	return digits
}

// spelledCode finds a code that was typed as its name, or with it.
func spelledCode(t form.Table, typed string) string {
	plain := narrow(typed)
	if e, ok := t.Entry(plain); ok && !e.Group {
		return plain
	}
	head, rest, two := strings.Cut(plain, " ")
	found := ""
	for _, e := range t.Entries {
		if e.Group {
			continue
		}
		if e.Zh == plain || e.En != "" && strings.EqualFold(e.En, plain) || two && e.Code == head && e.Zh == strings.TrimSpace(rest) {
			if found != "" {
				return typed // two have this name
			}
			found = e.Code
		}
	}
	if found == "" {
		found = begun(t, plain)
	}
	if found == "" {
		return typed
	}
	return found
}

// begun finds the one entry whose name begins so.
func begun(t form.Table, head string) (code string) {
	for _, e := range t.Entries {
		if e.Group || head == "" || !strings.HasPrefix(e.Zh, head) {
			continue
		}
		if code != "" {
			return ""
		}
		code = e.Code
	}
	return code
}

// spelledDivision finds a division that was typed as its name, with or without
// that of its city, or as the list proposes it: code and name.
func spelledDivision(camp Campaign, typed string) string {
	plain := narrow(typed)
	if head, _, two := strings.Cut(plain, " "); two && len(head) == 6 && strings.Trim(head, "0123456789") == "" {
		return head
	}
	found := ""
	for _, d := range camp.Divisions {
		if d.Tier != County || d.Name != plain && CityName(camp, d)+d.Name != plain {
			continue
		}
		if found != "" {
			return typed
		}
		found = d.Code
	}
	if found == "" {
		return joined(plain)
	}
	return found
}

// CityName names the city that a county lies in.
func CityName(camp Campaign, d Division) string {
	p, _ := camp.Division(d.Parent)
	return p.Name
}

// Shown is how a value stands in its control: dates with hyphens, a division
// with its name.
func Shown(camp Campaign, f form.Field, value string) string {
	switch f.Kind {
	case form.KindDate:
		return withHyphens(value)
	case form.KindDivision:
		if d, ok := camp.Division(value); ok {
			return value + " " + CityName(camp, d) + d.Name
		}
	}
	return value
}

func withHyphens(day string) string {
	if _, ok := form.ParseDay(day); !ok {
		return day
	}
	return day[:4] + "-" + day[4:6] + "-" + day[6:]
}

// DocumentKind is the kind of document that is filled in.
func DocumentKind(camp Campaign, app form.Application) identity.Kind {
	f, ok := camp.Form.Field(form.DocumentType)
	if !ok {
		return identity.KindResident
	}
	t, _ := camp.Form.Table(f.Table)
	if e, ok := t.Entry(app.Get(form.DocumentType)); ok {
		return identity.Kind(e.Kind)
	}
	return identity.KindResident
}

// Likely is the repair of a finding where one is likely, as the form keeps it;
// "" where nobody knows.
func Likely(camp Campaign, app form.Application, x form.Finding, now time.Time) string {
	f, ok := camp.Form.Field(x.Field)
	if !ok {
		return ""
	}
	value := app.Get(f.Key)
	switch {
	case x.Code == form.NotOfNumber, x.Code == form.Missing && (f.Key == form.BirthDate || f.Key == form.Sex):
		return ofNumber(DocumentKind(camp, app), app.Number(), f.Key)
	case x.Code == form.DateAfter && f.NotAfter:
		return earlier(value, now)
	case f.Kind == form.KindPhone, f.Kind == form.KindDigits, f.Kind == form.KindPostCode:
		if digits := onlyDigits(narrow(value)); digits != value && fits(f, digits) {
			return digits
		}
	}
	return ""
}

// ofNumber is what a valid number says of sex or birth.
func ofNumber(kind identity.Kind, n identity.Number, key string) string {
	if n.ValidAs(kind) != nil {
		return ""
	}
	if key == form.Sex {
		return n.Sex()
	}
	if len(n) == 18 {
		if day := string(n[6:14]); day != "" {
			if _, ok := form.ParseDay(day); ok {
				return day
			}
		}
	}
	return ""
}

// earlier is the day ten years, or as many tens as it takes, before one that has
// not come: a slip in the third digit of the year.
func earlier(day string, now time.Time) string {
	d, ok := form.ParseDay(day)
	if !ok {
		return ""
	}
	today := form.DayOf(now.In(window.Zone()))
	for d > today {
		d -= 10 * 10000
	}
	out := fmt.Sprintf("%08d", int(d))
	if _, ok := form.ParseDay(out); !ok {
		return "" // a 29 February that was none
	}
	return out
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r == 'o' || r == 'O': // letters that look like digits
			return '0'
		case r == 'l' || r == 'I':
			return '1'
		}
		return -1
	}, s)
}

// fits tells whether digits are what a field asks for.
func fits(f form.Field, digits string) bool {
	switch f.Kind {
	case form.KindPhone:
		_, err := identity.ParsePhone(digits)
		return err == nil
	case form.KindPostCode:
		return len(digits) == 6
	}
	return digits != "" && (f.MaxChars == 0 || len(digits) <= f.MaxChars)
}
