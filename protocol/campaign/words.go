package campaign

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// Words is an application as a paper shows it: names instead of codes, dates
// with hyphens, "" where nothing was entered. It prints masked.
type Words struct {
	Number         string // 报名号: the candidate number, or the sequence number until that is issued
	Name           identity.Name
	Sex            string
	Ethnic         string
	Birth          string
	DocumentType   string
	DocumentNumber identity.Number
	Politics       string
	Education      string
	Language       string
	Occupation     string
	School         string
	GraduationDate string
	Diploma        string
	WorkDate       string
	Licence        string
	PostCode       string
	Phone          string
	Address        string
	Choices        []ChoiceInWords
	Bonuses        []string
	Exemptions     []string
	Instead        map[string]string // by the field that the form lacks: see Campaign.Instead
}

// ChoiceInWords is one 志愿; code and name stand together where both are known.
type ChoiceInWords struct {
	Order    int
	Level    string
	Category string
	School   string
	Major    string
	Form     string
	Years    string
	Subjects string // what is sat, where a category is all that is chosen
}

// instead are the fields that the process sheet asks for where a form lacks those
// of the adult examination (domain §2: what the gaokao's point looks at).
var instead = map[string]string{form.Education: form.Household, form.Occupation: form.CandidateKind, form.WorkDate: form.HouseholdKind, form.Licence: form.PupilNumber}

// Instead gives the field that stands on the process sheet in the place of one that
// the form lacks; false when the form has it, or nothing for its place.
func (c Campaign) Instead(key string) (form.Field, bool) {
	if _, has := c.Form.Field(key); has {
		return form.Field{}, false
	}
	return c.Form.Field(instead[key])
}

// place names a division with the city that it lies in.
func (c Campaign) place(code string) string {
	if d, ok := c.Division(code); ok {
		return CityName(c, d) + d.Name
	}
	return code
}

// InWords gives an application in words. A code that the campaign does not know
// stands as it is: nothing is ever shown blank.
func (c Campaign) InWords(app form.Application) Words {
	named := func(key string) string {
		f, _ := c.Form.Field(key)
		return c.Form.TableName(f.Table, app.Get(key))
	}
	w := Words{
		Number:         app.Get(form.CandidateNumber),
		Name:           app.Name(),
		Sex:            named(form.Sex),
		Ethnic:         named(form.Ethnic),
		Birth:          hyphens(app.Get(form.BirthDate)),
		DocumentType:   named(form.DocumentType),
		DocumentNumber: app.Number(),
		Politics:       named(form.Politics),
		Education:      named(form.Education),
		Language:       named(form.Language),
		Occupation:     named(form.Occupation),
		School:         app.Get(form.School),
		GraduationDate: hyphens(app.Get(form.GraduationDate)),
		Diploma:        app.Get(form.Diploma),
		WorkDate:       hyphens(app.Get(form.WorkDate)),
		Licence:        app.Get(form.Licence),
		PostCode:       app.Get(form.PostCode),
		Phone:          app.Get(form.PhoneNumber),
		Address:        app.Get(form.PostAddress),
	}
	if w.Number == "" {
		w.Number = app.SequenceNumber
	}
	w.Choices = c.choicesInWords(app.Choices)
	for key := range instead {
		f, ok := c.Instead(key)
		if !ok {
			continue
		}
		if w.Instead == nil {
			w.Instead = map[string]string{}
		}
		if w.Instead[key] = named(f.Key); f.Kind == form.KindDivision {
			w.Instead[key] = c.place(app.Get(f.Key))
		}
	}
	codes := c.AutomaticBonuses(app.Get(form.BirthDate))
	for _, claim := range app.Claims {
		switch claim.Kind {
		case "bonus":
			if !slices.Contains(codes, claim.Code) {
				codes = append(codes, claim.Code)
			}
		case "exemption":
			w.Exemptions = append(w.Exemptions, c.exemptionName(claim.Code))
		}
	}
	for _, code := range codes {
		w.Bonuses = append(w.Bonuses, c.bonusName(code))
	}
	return w
}

func (c Campaign) choicesInWords(choices []form.Choice) []ChoiceInWords {
	sorted := slices.Clone(choices)
	slices.SortStableFunc(sorted, func(a, b form.Choice) int { return a.Order - b.Order })
	var out []ChoiceInWords
	for _, ch := range sorted {
		out = append(out, ChoiceInWords{
			Order:    ch.Order,
			Level:    c.TableName("level", ch.Level),
			Category: codeAndName(ch.Category, c.TableName("category", ch.Category)),
			School:   codeAndName(ch.School, ch.SchoolName),
			Major:    codeAndName(ch.Major, ch.MajorName),
			Form:     c.Form.TableName("study_form", ch.Form),
			Years:    strings.TrimSuffix(c.Form.TableName("years", ch.Years), "年"),
			Subjects: c.subjectsOf(ch.Category),
		})
	}
	return out
}

// subjectsOf names what is sat in a category, where a category is all that is chosen.
func (c Campaign) subjectsOf(category string) string {
	k, ok := c.Form.Category(category)
	if !ok || c.Form.Choose != form.ChooseCategory {
		return ""
	}
	var out []string
	for _, s := range c.Subjects {
		if slices.Contains(k.Subjects, s.Key) {
			out = append(out, s.Zh)
		}
	}
	return strings.Join(out, "、")
}

// bonusName leaves out what stands in brackets: the evidence asked for.
func (c Campaign) bonusName(code string) string {
	for _, b := range c.Bonuses {
		if b.Code == code {
			name := beforeBracket(b.Zh)
			if b.Automatic {
				name += "（自动）"
			}
			return name
		}
	}
	return code
}

func (c Campaign) exemptionName(code string) string {
	for _, e := range c.Exemptions {
		if e.Code == code {
			return e.Zh
		}
	}
	return code
}

func beforeBracket(s string) string {
	if i := strings.IndexAny(s, "(（"); i > 0 {
		return s[:i]
	}
	return s
}

func codeAndName(code, name string) string {
	if name == "" || name == code {
		return code
	}
	return strings.TrimSpace(code + " " + name)
}

// hyphens writes YYYYMMDD as YYYY-MM-DD; anything else stays as it is.
func hyphens(date string) string {
	if len(date) != 8 || strings.Trim(date, "0123456789") != "" {
		return date
	}
	return date[:4] + "-" + date[4:6] + "-" + date[6:]
}

// String names nothing of the person.
func (w Words) String() string { return "application in words" }

// Format keeps values out under every verb.
func (w Words) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(w.String())) }

// LogValue names nothing of the person.
func (w Words) LogValue() slog.Value { return slog.StringValue(w.String()) }
