package web

import (
	"context"
	"fmt"
	"strings"
	"time"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// books are the names that a page of cases looks up, each once.
type books struct {
	s       *server
	lang    console.Lang
	camps   map[string]rules.Campaign
	names   map[string]string // of offices, points and divisions, by id or code
	persons map[string]staff.Account

	areaNames map[string]map[string]string // by campaign and code
}

func (s *server) books(v *visit) *books {
	return &books{s: s, lang: v.lang, camps: map[string]rules.Campaign{}, names: map[string]string{}, persons: map[string]staff.Account{}, areaNames: map[string]map[string]string{}}
}

func (b *books) t(key string, args ...any) string { return b.s.pages.Text(b.lang, key, args...) }

// either is a text of the campaign in the page's language.
func (b *books) either(zh, en string) string {
	if b.lang == console.En && en != "" {
		return en
	}
	return zh
}

// kind gives the kind of a case out of the version that governs it.
func (b *books) kind(ctx context.Context, tx *db.Tx, x approval.Case) (rules.Campaign, approval.Kind, error) {
	id := fmt.Sprint(x.Campaign, "/", x.CampaignVersion)
	camp, ok := b.camps[id]
	if !ok {
		var err error
		if camp, err = b.s.campaigns.version(ctx, tx, x.Campaign, x.CampaignVersion); err != nil {
			return camp, approval.Kind{}, err
		}
		b.camps[id] = camp
	}
	k, err := approval.KindOf(camp, x.Kind)
	return camp, k, err
}

// bench names the office or the point that submitted or judged.
func (b *books) bench(ctx context.Context, tx *db.Tx, id string) (string, error) {
	if name, ok := b.names[id]; ok {
		return name, nil
	}
	var name string
	o, err := org.GetOffice(ctx, tx, id)
	if err == nil {
		name = o.Name
	} else if !missing(err) {
		return "", err
	} else if name, err = (pointNames{}).name(ctx, tx, id); err != nil {
		return "", err
	}
	b.names[id] = name
	return name, nil
}

// place names a division.
func (b *books) place(ctx context.Context, tx *db.Tx, division string) (string, error) {
	if name, ok := b.names["d"+division]; ok {
		return name, nil
	}
	name, err := org.DivisionName(ctx, tx, division)
	b.names["d"+division] = name
	return name, err
}

// person names an account.
func (b *books) person(ctx context.Context, tx *db.Tx, id string) (string, error) {
	a, ok := b.persons[id]
	if !ok {
		var err error
		if a, err = staff.Get(ctx, tx, id); err != nil {
			return "", err
		}
		b.persons[id] = a
	}
	return a.Display, nil
}

// state says where a case stands.
func (b *books) state(x approval.Case) console.Word {
	switch x.State {
	case approval.Waiting:
		return console.Word{Class: "act", Icon: "clock", Text: b.t("case.state.waiting")}
	case approval.Returned:
		return console.Word{Class: "wait", Icon: "back", Text: b.t("case.state.returned")}
	case approval.Approved:
		return console.Word{Class: "done", Icon: "check", Text: b.t("case.state.approved")}
	case approval.Refused:
		return console.Word{Class: "must", Icon: "cross", Text: b.t("case.state.refused")}
	}
	return console.Word{Class: "open", Icon: "cross", Text: b.t("case.state.withdrawn")}
}

// tierText names a tier that will judge, and how long it has.
func (b *books) tierText(t rules.ApprovalTier) string {
	name := b.either(t.Zh, t.En)
	switch {
	case t.Days > 0 && t.Working:
		name += b.t("case.within.working", t.Days)
	case t.Days > 0:
		name += b.t("case.within", t.Days)
	}
	return name
}

// standing says where a case stands, and whose turn it is.
func (b *books) standing(ctx context.Context, tx *db.Tx, x approval.Case) (console.Word, error) {
	w := b.state(x)
	if x.State != approval.Waiting {
		return w, nil
	}
	_, k, err := b.kind(ctx, tx, x)
	if err == nil {
		w.Text = b.t("case.state.at", b.either(k.Tiers[x.Tier].Zh, k.Tiers[x.Tier].En))
	}
	return w, err
}

// left says how long a tier still has. Red is for who lets somebody wait.
func (b *books) left(x approval.Case, now time.Time) console.Word {
	if x.State != approval.Waiting {
		return console.Word{}
	}
	if x.Due == 0 {
		return console.Word{Text: b.t("case.left.none")}
	}
	due := ms(x.Due)
	switch rest := due.Sub(now); {
	case rest <= 0:
		days := int(-rest/(24*time.Hour)) + 1
		return console.Word{Class: "must", Icon: "alert", Text: b.t("case.left.late", days)}
	case rest <= 6*time.Hour:
		return console.Word{Class: "must", Icon: "clock", Text: b.t("case.left.hours", int(rest/time.Hour)+1)}
	case day(due.Add(-time.Millisecond)).Equal(day(now)):
		return console.Word{Class: "wait", Icon: "clock", Text: b.t("case.left.today")}
	default:
		return console.Word{Text: b.t("case.left.days", int(day(due.Add(-time.Millisecond)).Sub(day(now))/(24*time.Hour)))}
	}
}

// value shows the value of a field of a case.
func (b *books) value(camp rules.Campaign, f rules.ApprovalField, value string) string {
	switch f.Kind {
	case rules.CaseFlag:
		if value == "1" {
			return b.t("case.yes")
		}
		return b.t("case.no")
	case rules.CaseCode, rules.CaseCodes:
		if value == "" {
			return ""
		}
		var out []string
		for _, code := range strings.Split(value, ",") {
			out = append(out, b.codeName(camp, f.Table, code))
		}
		return strings.Join(out, b.t("case.comma"))
	case rules.CaseDate:
		if d, err := time.ParseInLocation(time.DateOnly, value, window.Zone()); err == nil {
			return b.t("case.date", int(d.Year()), int(d.Month()), d.Day())
		}
	}
	return value
}

func (b *books) codeName(camp rules.Campaign, table, code string) string {
	if b.lang == console.En && table == "level" {
		if l, ok := camp.Form.Level(code); ok && l.En != "" {
			return l.En
		}
	}
	return camp.TableName(table, code)
}

// titleOf names a case in one line: the point, site or city it is about, or what its kind's
// title field says.
func (b *books) titleOf(ctx context.Context, tx *db.Tx, k approval.Kind, x approval.Case, content approval.Content) (string, error) {
	if k.Subject == rules.SubjectPoint {
		return (pointNames{}).name(ctx, tx, x.Point)
	}
	if k.Subject == rules.SubjectSite {
		at, err := site.Get(ctx, tx, x.Thing)
		return at.Name, err
	}
	if k.Subject == rules.SubjectDrawing { // what its title field says is its reasons
		return org.DivisionName(ctx, tx, x.Division)
	}
	if k.Subject == rules.SubjectMoves {
		return b.movesTitle(ctx, tx, x)
	}
	if t := content[k.Title]; t != "" {
		return t, nil
	}
	return b.either(k.Zh, k.En), nil
}

// noteOf are the few words that tell one case from the next: where, and what
// was ticked or counted.
func (b *books) noteOf(ctx context.Context, tx *db.Tx, k approval.Kind, x approval.Case, content approval.Content) (string, error) {
	place, err := b.place(ctx, tx, x.Division)
	if err != nil {
		return "", err
	}
	switch k.Subject {
	case rules.SubjectDrawing: // its title is the place
		return content[k.Title], nil
	case rules.SubjectMoves:
		return place + b.t("case.comma") + content[k.Title], nil
	}
	out := []string{place}
	for _, f := range k.Fields {
		v := content[f.Key]
		switch {
		case v == "" || len(out) > 3:
		case f.Kind == rules.CaseFlag:
			out = append(out, b.either(f.Zh, f.En))
		case f.Kind == rules.CaseNumber:
			out = append(out, b.either(f.Zh, f.En)+" "+v)
		}
	}
	return strings.Join(out, b.t("case.comma")), nil
}

// last says what was said of a case last, for who judges next.
func (b *books) last(k approval.Kind, x approval.Case, steps []approval.Step) console.Word {
	agreed := 0
	for _, s := range steps {
		if s.Do == approval.Agree && s.Round == x.Round && s.Tier == x.Tier {
			agreed++
		}
	}
	switch {
	case x.State != approval.Waiting:
		return b.state(x)
	case agreed > 0:
		return console.Word{Class: "act", Icon: "check", Text: b.t("case.last.of", agreed, k.Act(x.Tier).Persons)}
	case x.Tier > 0:
		t := k.Tiers[x.Tier-1]
		return console.Word{Class: "done", Icon: "check", Text: b.t("case.last.agreed", b.either(t.Zh, t.En))}
	case x.Round > 1:
		return console.Word{Class: "wait", Icon: "back", Text: b.t("case.last.again", x.Round)}
	}
	return console.Word{Class: "open", Text: b.t("case.last.new")}
}

// caseRow is a case in a list.
func (s *server) caseRow(ctx context.Context, tx *db.Tx, b *books, v *visit, x approval.Case) (console.CaseRow, error) {
	row := console.CaseRow{ID: x.ID, Path: "/gl/approvals/" + x.ID, Version: x.Version, Left: b.left(x, s.Flow.Now()), Changed: ms(x.Changed)}
	_, k, err := b.kind(ctx, tx, x)
	if err != nil {
		return row, err
	}
	content, err := approval.OpenContent(ctx, tx, s.Keys, x.ID, x.Round)
	if err != nil {
		// One that cannot be opened must not hide the others.
		s.Log.Warn("web: form of a case does not open", "case", x.ID, "error", err.Error())
	}
	row.Kind = b.either(k.Zh, k.En)
	if row.Title, err = b.titleOf(ctx, tx, k, x, content); err != nil {
		return row, err
	}
	if row.Note, err = b.noteOf(ctx, tx, k, x, content); err != nil {
		return row, err
	}
	if row.From, err = b.bench(ctx, tx, x.Office); err != nil {
		return row, err
	}
	steps, err := approval.Steps(ctx, tx, x.ID)
	row.Word = b.last(k, x, steps)
	row.Bulk = x.State == approval.Waiting && k.Tiers[x.Tier].Bulk
	return row, err
}
