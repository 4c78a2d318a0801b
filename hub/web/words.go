package web

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// words puts codes and keys into the page's language.
type words struct {
	pages *console.Console
	lang  console.Lang
	camp  rules.Campaign
}

func (w words) t(key string, args ...any) string { return w.pages.Text(w.lang, key, args...) }

// boxNotes are what a box notes beside its checks: grades, validities and
// reasons of the rules.
var boxNotes = map[string]string{
	string(form.GradeNote): "note.note", string(form.GradeAsk): "note.ask", string(form.GradeStop): "note.stop",
	string(form.ExpiredCard): "note.expired", string(form.NotYetValid): "note.not-yet-valid",
	string(form.ValidityUnsure): "note.unsure", string(form.ValidityUnknown): "note.unknown",
	string(window.ClockUnsure): "note.clock-unsure", string(window.QueueToken): "note.queue-token",
}

// noted gives the words of a note that is a key, or the note itself.
func (w words) noted(note string) string {
	if n, ok := strings.CutSuffix(note, " findings"); ok {
		return w.t("note.findings", n)
	}
	if key, ok := boxNotes[note]; ok {
		return w.t(key)
	}
	if w.pages.Has("note." + note) {
		return w.t("note." + note)
	}
	if w.pages.Has("quarantine." + note + ".do") { // the rule against which two persons took it
		return w.t("quarantine." + note)
	}
	return note
}

// label names a field of the form.
func (w words) label(key string) string {
	f, ok := w.camp.Form.Field(key)
	switch {
	case !ok:
		return key
	case w.lang == console.En && f.En != "":
		return f.En
	}
	return f.Zh
}

// value shows the value of a field: a code with its name, a number masked.
func (w words) value(key, v string) string {
	f, _ := w.camp.Form.Field(key)
	switch {
	case v == "":
		return ""
	case f.Kind == form.KindCode && f.Table != "":
		return v + " " + w.camp.TableName(f.Table, v)
	case f.Kind == form.KindDate && len(v) == 8:
		return v[:4] + "-" + v[4:6] + "-" + v[6:]
	case f.Kind == form.KindDivision:
		return v + " " + w.camp.TableName("division", v)
	case f.Kind == form.KindPhone:
		return identity.MaskPhone(v)
	case f.Kind == form.KindDocument, key == form.DocumentNumber, key == form.Diploma, key == form.Licence, looksLikeNumber.MatchString(v):
		return identity.MaskNumber(v)
	}
	return v
}

// looksLikeNumber finds what could be somebody's ID number in any field: it is
// masked wherever it stands (S35).
var looksLikeNumber = regexp.MustCompile(`\d{17}[\dXx]`)

// compared sets the three sources side by side.
func (w words) compared(typed form.Application, content confirmation.Content) []console.Compared {
	chip, sealed := content.Chip, content.Application
	differ := map[string]form.Difference{}
	for _, d := range form.Compare(typed, chip) {
		differ[d.Field] = d
	}
	onChip := map[string]string{form.FullName: string(chip.Name), form.Sex: chip.Sex, form.Ethnic: chip.Ethnic, form.BirthDate: chip.Birth, form.DocumentNumber: string(chip.Number)}
	if d, ok := differ[form.FullName]; ok {
		onChip[form.FullName] = d.Chip // a foreigner's chip has two names
	}
	var out []console.Compared
	decisions := settled(content)
	decide := func(key string, row *console.Compared) {
		if d, ok := decisions[key]; ok {
			row.Decided, row.ForClerk = d.Key, d.ForClerk
			delete(decisions, key)
		}
	}
	for _, key := range []string{form.FullName, form.Sex, form.Ethnic, form.BirthDate, form.DocumentNumber} {
		d, differs := differ[key]
		t, k, z := typed.Get(key), onChip[key], sealed.Get(key)
		row := console.Compared{Label: w.label(key), Differs: differs || t != "" && z != "" && t != z, Decided: decided(t, k, z, d.Grade)}
		row.Typed, row.Chip, row.Sealed = w.spans(key, t, d.TypedMarks, differs), w.spans(key, k, d.ChipMarks, differs), w.spans(key, z, nil, false)
		decide(key, &row)
		out = append(out, row)
	}
	if chip.ValidFrom != "" || chip.ValidTo != "" {
		out = append(out, console.Compared{Label: w.t("compare.validity"), Chip: []console.Span{{Text: w.value(form.BirthDate, chip.ValidFrom) + " — " + w.value(form.BirthDate, chip.ValidTo)}}, Decided: "compare.onlyone"})
	}
	if chip.Issuer != "" {
		out = append(out, console.Compared{Label: w.t("compare.issuer"), Chip: []console.Span{{Text: chip.Issuer}}, Decided: "compare.onlyone"})
	}
	if chip.Address != "" {
		// Where she lives and where her post goes may well be two places.
		t, z := typed.Get(form.PostAddress), sealed.Get(form.PostAddress)
		row := console.Compared{Label: w.t("compare.address"), Typed: w.spans(form.PostAddress, t, nil, false),
			Chip: []console.Span{{Text: chip.Address}}, Sealed: w.spans(form.PostAddress, z, nil, false), Decided: decided(t, chip.Address, z, form.GradeNote)}
		decide(form.PostAddress, &row)
		out = append(out, row)
	}
	for _, s := range content.Settled { // of fields that have no row above
		if _, left := decisions[s.Field]; left {
			row := console.Compared{Label: w.label(s.Field), Typed: w.spans(s.Field, typed.Get(s.Field), nil, false), Sealed: w.spans(s.Field, sealed.Get(s.Field), nil, false), Differs: true}
			decide(s.Field, &row)
			out = append(out, row)
		}
	}
	return out
}

func decided(typed, chip, sealed string, grade form.Grade) string {
	switch {
	case typed == chip && chip == sealed:
		return "compare.same"
	case chip == "" || typed == "":
		return "compare.onlyone"
	case grade == form.GradeNote && sealed == typed:
		return "compare.noted"
	case sealed == chip:
		return "compare.chip-wins"
	case sealed == typed:
		return "compare.typed-wins"
	}
	return "compare.edited"
}

// spans cuts a value at its marks. A value shown as code and name, or masked,
// is marked as a whole.
func (w words) spans(key, v string, marks []form.Range, differs bool) []console.Span {
	shown := w.value(key, v)
	if shown == "" {
		return nil
	}
	if shown != v || len(marks) == 0 {
		return []console.Span{{Text: shown, Differs: differs}}
	}
	var out []console.Span
	runes, at := []rune(v), 0
	for _, m := range marks {
		if m.From < at || m.To > len(runes) || m.From >= m.To {
			return []console.Span{{Text: shown, Differs: differs}}
		}
		if m.From > at {
			out = append(out, console.Span{Text: string(runes[at:m.From])})
		}
		out = append(out, console.Span{Text: string(runes[m.From:m.To]), Differs: true})
		at = m.To
	}
	if at < len(runes) {
		out = append(out, console.Span{Text: string(runes[at:])})
	}
	return out
}

func (w words) choices(app form.Application) []console.Choice {
	var out []console.Choice
	for _, c := range app.Choices {
		out = append(out, console.Choice{Order: c.Order, Level: c.Level + " " + w.camp.TableName("level", c.Level),
			Category: c.Category + " " + w.camp.TableName("category", c.Category), School: c.School + " " + c.SchoolName,
			Major: c.MajorName, Form: w.camp.TableName("study_form", c.Form), Years: c.Years})
	}
	return out
}

// more lists the fields that are not in the comparison, in the form's order.
func (w words) more(app form.Application) []console.Fact {
	skip := map[string]bool{form.FullName: true, form.Sex: true, form.Ethnic: true, form.BirthDate: true, form.DocumentNumber: true, form.PostAddress: true}
	var out []console.Fact
	for _, g := range w.camp.Form.Groups {
		for _, f := range w.camp.Form.InGroup(g.Key) {
			if v := app.Get(f.Key); v != "" && !skip[f.Key] {
				out = append(out, console.Fact{Label: w.label(f.Key), Value: w.value(f.Key, v)})
			}
		}
	}
	return out
}

func (w words) checks(r confirmation.Record) []console.Check {
	var out []console.Check
	for _, c := range r.Checks {
		name := "check." + c.Name
		if !w.pages.Has(name) {
			name = c.Name
		}
		out = append(out, console.Check{By: c.By, Name: name, State: console.ResultState(c.Result), Note: w.noted(c.Note)})
	}
	return out
}

// line is what happened, on the sealing line; what is still open comes last.
func (w words) line(r confirmation.Record, unit int) []console.Step {
	var out []console.Step
	for _, e := range r.Timeline {
		step := console.Step{Class: "done", Key: "step." + e.Step, At: ms(e.At)}
		if !w.pages.Has(step.Key) {
			step.Key = e.Step
		}
		switch e.Step {
		case "card-read":
			step.Note = w.t("box.unit", unit)
		case "sealed":
			step.Note = w.t("envelope.sealno") + " " + sealNumber(unit, r.Sequence)
		}
		out = append(out, step)
	}
	switch r.State {
	case confirmation.Disputed:
		out = append(out, console.Step{Class: "must", Key: "step.decision", Note: w.noted(r.StateReason)})
	case confirmation.TimePending:
		out = append(out, console.Step{Class: "wait", Key: "step.time", Note: w.noted(r.StateReason)})
	case confirmation.Overruled, confirmation.Voided, confirmation.Refused:
		out = append(out, console.Step{Class: "must", Key: "step." + string(r.State), Note: w.noted(r.StateReason)})
	}
	if r.State.Stands() && r.Proof.Open() {
		out = append(out, console.Step{Class: "wait", Key: "step." + string(r.Proof)})
	}
	return out
}

func sealNumber(unit int, sequence uint64) string { return fmt.Sprintf("%02d-%06d", unit, sequence) }

// envelope lists the facts of the envelope.
func (w words) envelope(r confirmation.Record, unit int) []console.Fact {
	size := r.BodySize
	for _, b := range r.Blobs {
		size += b.Size
	}
	previous := short(r.Previous)
	if strings.Trim(r.Previous, "0") == "" {
		previous = w.t("envelope.first")
	}
	verdict := r.Time.Verdict
	if w.pages.Has("verdict." + verdict) {
		verdict = w.t("verdict." + verdict)
	}
	source := r.Time.Source
	if w.pages.Has("source." + source) {
		source = w.t("source." + source)
	}
	return []console.Fact{
		{Label: w.t("envelope.box"), Value: r.Box + "　" + w.t("box.unit", unit)},
		{Label: w.t("envelope.epoch"), Value: strconv.FormatUint(uint64(r.Epoch), 10)},
		{Label: w.t("envelope.sequence"), Value: strconv.FormatUint(r.Sequence, 10)},
		{Label: w.t("envelope.hash"), Value: short(r.EnvelopeHash), Code: true},
		{Label: w.t("envelope.previous"), Value: previous, Code: true},
		{Label: w.t("envelope.received"), Value: console.Full(ms(r.Received))},
		{Label: w.t("envelope.committed"), Value: console.Full(ms(r.Committed))},
		{Label: w.t("envelope.size"), Value: strconv.FormatInt(size, 10) + " B"},
		{Label: w.t("envelope.time"), Value: source},
		{Label: w.t("envelope.verdict"), Value: verdict},
		{Label: w.t("envelope.version"), Value: strconv.FormatUint(uint64(r.CampaignVersion), 10)},
	}
}
