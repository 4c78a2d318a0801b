package appliance

import (
	"slices"
	"strings"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/sheet"
)

// unprintable is what of an application the sheet would show as boxes, and of
// what she may take over from the chip. A box that prints no sheets (fonts nil)
// has nothing to say about it.
func unprintable(f *sheet.Fonts, c campaign.Campaign, app form.Application, chip form.Chip) []visit.Unprintable {
	if f == nil {
		return nil
	}
	w := c.InWords(app)
	texts := []struct{ field, text string }{
		{form.FullName, w.Name.Reveal()}, {form.Ethnic, w.Ethnic}, {form.DocumentNumber, w.DocumentNumber.Reveal()}, {form.Language, w.Language},
		{form.Occupation, w.Occupation}, {form.School, w.School}, {form.Diploma, w.Diploma}, {form.Licence, w.Licence},
		{form.PhoneNumber, w.Phone}, {form.PostAddress, w.Address},
	}
	for _, ch := range w.Choices {
		texts = append(texts, struct{ field, text string }{visit.FieldChoices, ch.Level + ch.Category + ch.School + ch.Major + ch.Form + ch.Years})
	}
	for _, d := range form.Compare(app, chip) {
		if d.Grade == form.GradeAsk && slices.Contains(c.Policy.Settle, d.Field) {
			taken := app.Clone()
			taken.Fields[d.Field] = d.Chip
			field, _ := c.Form.Field(d.Field)
			texts = append(texts, struct{ field, text string }{d.Field, visit.Value(c, field, taken.Get(d.Field)).Zh})
		}
	}
	var out []visit.Unprintable
	for _, t := range texts {
		lacking := f.Missing(t.text)
		if len(lacking) == 0 {
			continue
		}
		i := slices.IndexFunc(out, func(u visit.Unprintable) bool { return u.Field == t.field })
		if i < 0 {
			out = append(out, visit.Unprintable{Field: t.field, Runes: lacking})
			continue
		}
		for _, r := range lacking {
			if !strings.ContainsRune(string(out[i].Runes), r) {
				out[i].Runes = append(out[i].Runes, r)
			}
		}
	}
	return out
}
