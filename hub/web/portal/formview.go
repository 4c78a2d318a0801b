package portal

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// control is the name and id of a field's control.
func control(key string) string { return "f-" + key }

func formPath(number int) string { return "/ks/form/" + strconv.Itoa(number) }

// label is what a field is called.
func label(l pages.Lang, f form.Field) string {
	if l != pages.En || f.En == "" {
		return f.Zh
	}
	return capital(f.En)
}

// capital begins a line with a capital letter: the campaign's English words
// begin with small ones, for use within a sentence.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

func entryName(l pages.Lang, e form.Entry) string {
	if l == pages.En && e.En != "" {
		return e.En
	}
	return e.Zh
}

// stepView is a step of the form as it is filled in. all shows what is missing
// too: when somebody comes from the last look.
func (s *server) stepView(w *work, p formPage, all bool) pages.Form {
	out := pages.Form{Steps: w.steps, Title: s.pageName(w.lang, p), Action: formPath(p.number), Revision: w.revision,
		Window: s.windowLine(w), Diploma: p.has(form.Diploma)}
	out.Back, out.Next = beside(w.steps)
	if w.draft != nil && w.draft.Revision > 1 {
		out.Saved = clock(w.draft.ChangedAt)
	}
	if out.Locked = s.locked(w); out.Locked != "" {
		for _, f := range p.fields {
			out.Lines = append(out.Lines, pages.Line{Label: label(w.lang, f), Value: s.words(w, f)})
		}
		return out
	}
	found := s.findings(w)
	asked := s.asked(w, p)
	for _, f := range p.fields {
		x := s.fieldView(w, f, !asked[f.Key] && neverAsked(f))
		if i := slices.IndexFunc(found, func(o form.Finding) bool { return o.Field == f.Key }); i >= 0 && (all || s.tellAtOnce(w, f, found[i])) {
			x.Error, x.Fix = fix(w.lang, &found[i]), s.repair(w, f, found[i])
			out.Faults = append(out.Faults, pages.Fault{Field: x.ID, Text: x.Error})
		}
		out.Fields = append(out.Fields, x)
	}
	return out
}

// findings are what the rules find in all that is filled in.
func (s *server) findings(w *work) []form.Finding {
	return w.checker.Check(w.app, w.place, s.now()).Findings
}

// tellAtOnce tells whether a finding is said while she fills in: what is missing
// only when it can be filled in for her.
func (s *server) tellAtOnce(w *work, f form.Field, x form.Finding) bool {
	return x.Code != form.Missing || s.repair(w, f, x) != nil
}

// asked tells which fields of a page must be filled in as things stand: those
// that are found missing when the page is empty.
func (s *server) asked(w *work, p formPage) map[string]bool {
	app := w.app.Clone()
	for _, f := range p.fields {
		// What decides about the others stays.
		if !f.Required {
			delete(app.Fields, f.Key)
		}
	}
	out := map[string]bool{}
	for _, x := range w.checker.Check(app, w.place, s.now()).Findings {
		if x.Code == form.Missing {
			out[x.Field] = true
		}
	}
	return out
}

// neverAsked tells whether a field may be left empty whatever else is filled in:
// what hangs on level or category, which are chosen later, is said in its help.
func neverAsked(f form.Field) bool {
	return !f.Required && len(f.When) == 0 && f.Key != form.Diploma && f.Key != form.GraduationDate && f.Key != form.Licence
}

// repair is the likely repair of a finding, if there is one.
func (s *server) repair(w *work, f form.Field, x form.Finding) *pages.Fix {
	v := rules.Likely(w.camp, w.app, x, s.now())
	if v == "" {
		return nil
	}
	words := rules.Shown(w.camp, f, v)
	if f.Kind == form.KindCode {
		words = w.camp.Form.TableName(f.Table, v)
	}
	key := "form.fix"
	if x.Code == form.Missing {
		key = "form.fill"
	}
	return &pages.Fix{Value: rules.Shown(w.camp, f, v), Words: s.pages.Text(w.lang, key, words)}
}

func (s *server) fieldView(w *work, f form.Field, optional bool) pages.FormField {
	x := pages.FormField{Key: f.Key, ID: control(f.Key), Label: label(w.lang, f), Hint: f.Help, Kind: "text",
		Value: rules.Shown(w.camp, f, w.app.Get(f.Key)), Optional: optional, Max: f.MaxChars, Fill: autofill(f.Key)}
	if w.lang == pages.En && f.HelpEn != "" {
		x.Hint = f.HelpEn
	}
	switch f.Kind {
	case form.KindCode:
		x.Kind, x.Options = "code", s.codes(w, f, []string{x.Value})
		if f.Required && fewEntries(x.Options) {
			x.Kind = "few"
		}
	case form.KindLetters:
		x.Kind, x.Options = "letters", s.codes(w, f, strings.Split(w.app.Get(f.Key), ""))
	case form.KindDivision:
		x.Kind, x.Max, x.Options = "list", 40, divisions(w.camp)
	case form.KindDate: // room for other ways to write it
		x.Max, x.Mode, x.Pattern = 20, "numeric", `\d{4}-?\d{1,2}-?\d{1,2}`
	case form.KindPhone:
		x.Max, x.Mode, x.Pattern = 30, "tel", `[0-9０-９ +\-－]{7,30}`
	case form.KindPostCode:
		x.Max, x.Mode, x.Pattern = 20, "numeric", `[0-9０-９]{6}`
	case form.KindDigits:
		x.Max, x.Mode, x.Pattern = 2*f.MaxChars, "numeric", `[0-9０-９ ]*`
	case form.KindDocument:
		x.Max = 2 * f.MaxChars
		if rules.DocumentKind(w.camp, w.app) == identity.KindResident {
			x.Pattern = `[0-9０-９]{17}[0-9０-９XxＸｘ]`
		}
	case form.KindName, form.KindText:
		x.Max = 2 * f.MaxChars // what is too long is said, not cut off unseen
		if f.Kind == form.KindText && f.MaxChars > 60 {
			x.Kind = "area"
		}
	}
	return x
}

// autofill is the word by which browsers fill in a field of hers (WCAG 1.3.5).
// The document's number has none: browsers are not to keep it.
func autofill(key string) string {
	switch key {
	case form.FullName:
		return "name"
	case form.PhoneNumber:
		return "tel-national"
	case form.PostAddress:
		return "street-address"
	case form.PostCode:
		return "postal-code"
	case form.BirthDate:
		return "bday"
	}
	return "off"
}

// codes are the entries of a table under its headings.
func (s *server) codes(w *work, f form.Field, chosen []string) []pages.OptionGroup {
	t, _ := w.camp.Form.Table(f.Table)
	out := []pages.OptionGroup{{}}
	for _, e := range t.Entries {
		if e.Group {
			out = append(out, pages.OptionGroup{Text: entryName(w.lang, e)})
			continue
		}
		if f.Key == form.Sex && (e.Code == "0" || e.Code == "9") && !slices.Contains(chosen, e.Code) {
			continue // unknown and not stated (GB/T 2261.1) are an office's words, not a candidate's
		}
		o := pages.Option{Value: e.Code, Text: entryName(w.lang, e), Chosen: slices.Contains(chosen, e.Code)}
		if f.Key == form.Education {
			o.Note = s.allows(w, e)
		}
		last := &out[len(out)-1]
		last.Options = append(last.Options, o)
	}
	return slices.DeleteFunc(out, func(g pages.OptionGroup) bool { return len(g.Options) == 0 })
}

// fewEntries tells whether entries are so few that they stand there to be
// pressed: a list to be searched would be in the way.
func fewEntries(groups []pages.OptionGroup) bool {
	return len(groups) == 1 && len(groups[0].Options) <= 3
}

// allows says of an education which levels that ask for one it opens, or does
// not.
func (s *server) allows(w *work, e form.Entry) string {
	for _, level := range w.camp.Form.Levels {
		if level.Diploma == "" {
			continue
		}
		name := level.Zh
		if w.lang == pages.En {
			name = level.En
		}
		if e.Mark == level.Diploma {
			return s.pages.Text(w.lang, "form.bachelor", name)
		}
		return s.pages.Text(w.lang, "form.nobachelor", name)
	}
	return ""
}

// divisions are the counties of the campaign by city.
func divisions(camp rules.Campaign) (out []pages.OptionGroup) {
	at := map[string]int{}
	for _, d := range camp.Divisions {
		if d.Tier == rules.City {
			at[d.Code] = len(out)
			out = append(out, pages.OptionGroup{Text: d.Name})
		}
	}
	for _, d := range camp.Divisions {
		if i, ok := at[d.Parent]; ok && d.Tier == rules.County {
			out[i].Options = append(out[i].Options, pages.Option{Value: d.Code, Text: d.Name})
		}
	}
	return out
}

// words says what is filled in, as it is looked through: the document's number
// masked.
func (s *server) words(w *work, f form.Field) string {
	v := w.app.Get(f.Key)
	if v == "" {
		return ""
	}
	switch f.Kind {
	case form.KindDocument:
		return identity.MaskNumber(v)
	case form.KindCode:
		t, _ := w.camp.Form.Table(f.Table)
		if e, ok := t.Entry(v); ok {
			return entryName(w.lang, e)
		}
	case form.KindLetters:
		t, _ := w.camp.Form.Table(f.Table)
		var names []string
		for _, r := range v {
			if e, ok := t.Entry(string(r)); ok {
				names = append(names, entryName(w.lang, e))
				continue
			}
			names = append(names, string(r))
		}
		return strings.Join(names, s.pages.Text(w.lang, "list.comma"))
	case form.KindDivision:
		if d, ok := w.camp.Division(v); ok {
			return rules.CityName(w.camp, d) + d.Name
		}
	}
	return rules.Shown(w.camp, f, v)
}
