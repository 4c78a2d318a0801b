package web

import (
	"context"
	"slices"
	"strings"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/intake/hand"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/form"
)

// marks name the columns of a case.
var marks = []string{"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"}

func markOf(n int) string { return marks[n%len(marks)] }

// gatherDispute fills the page of a case: every side of the remit whole, of the
// others only where they lie; what follows from each way to decide; what was
// decided before.
func (s *server) gatherDispute(ctx context.Context, tx *db.Tx, v *visit, out *console.Dispute) error {
	all, err := confirmation.List(ctx, tx, confirmation.Filter{Application: v.record.Application, Limit: 500})
	if err != nil {
		return err
	}
	of := confirmation.CaseOf(all)
	row, err := s.Flow.Candidates.Row(ctx, tx, v.record.Application)
	if err != nil {
		return err
	}
	of.Version, of.Point, of.Division = row.Version, row.Point, row.Division
	if of.Beside, err = s.Flow.Beside(ctx, tx, row); err != nil {
		return err
	}
	camp, err := s.campaigns.current(ctx, tx, v.record.Campaign)
	if err != nil && !missing(err) {
		return err
	}
	w := words{s.pages, v.lang, camp}
	out.ID, out.Number, out.Application = v.record.ID, v.record.NumberMasked, ends(v.record.Application)
	shown := of.Sides
	if !of.Waits() { // decided: what it was about
		shown = slices.Clone(all)
		slices.Reverse(shown)
	}
	points := pointNames{}
	var apps []form.Application
	versions, err := s.Flow.Candidates.Versions(ctx, tx, row.ID)
	if err != nil {
		return err
	}
	web := versions[len(versions)-1]
	apps = append(apps, web.Application)
	heads := []string{w.t("dispute.web")}
	out.Web = console.DisputeWeb{Version: web.Number, At: ms(web.At), Box: web.Origin == candidate.FromBox}
	if out.Web.Point, err = points.name(ctx, tx, web.Application.Point); err != nil {
		return err
	}
	if app, is, err := s.holder(ctx, tx, v, w, of, points, out); err != nil {
		return err
	} else if is {
		apps[0], heads[0] = app, w.t("dispute.holder")
	} else if out.Apart {
		heads[0] = w.t("dispute.apart.stands")
	}
	mark := map[string]string{}
	for _, r := range shown {
		mark[r.ID] = markOf(len(mark))
		name, err := points.name(ctx, tx, r.Point)
		if err != nil {
			return err
		}
		if !v.remit().covers(r.Division, r.Point) {
			out.Hidden = append(out.Hidden, mark[r.ID]+"　"+name)
			continue
		}
		side, app, err := s.disputeSide(ctx, tx, v, w, r)
		if err != nil {
			return err
		}
		side.Mark, side.Point = mark[r.ID], name
		out.Sides, heads, apps = append(out.Sides, side), append(heads, w.t("dispute.side", side.Mark)), append(apps, app)
		if r.ID == v.record.ID {
			out.Name = string(app.Name())
		}
	}
	out.Rows.Heads, out.Same.Heads = heads, heads
	if out.Rows.Rows, out.Same.Rows, err = w.besides(ctx, tx, points, apps); err != nil {
		return err
	}
	if err := s.disputeActs(ctx, tx, v, w, of, mark, points, out); err != nil {
		return err
	}
	out.Rulings, err = s.rulings(ctx, tx, v, w, v.record.Application, mark)
	return err
}

// disputeSide is one record, opened: the look is journalled.
func (s *server) disputeSide(ctx context.Context, tx *db.Tx, v *visit, w words, r confirmation.Record) (console.DisputeSide, form.Application, error) {
	out := console.DisputeSide{ID: r.ID, State: recordState(r.State), Why: w.noted(r.StateReason), Box: r.Box, Sealed: sealedAt(r), Received: ms(r.Committed), From: r.StartedFrom}
	if b, ok := s.Flow.Fleet.Box(r.Box); ok {
		out.Unit = int(b.Unit)
	}
	out.SealNo = sealNumber(out.Unit, r.Sequence)
	if err := s.Flow.View(ctx, tx, r, "dispute", v.by()); err != nil {
		return out, form.Application{}, err
	}
	content, err := confirmation.Open(ctx, tx, s.Keys, r.ID)
	if err != nil {
		return out, form.Application{}, err
	}
	chip := content.Chip
	add := func(key, value string) {
		if value != "" {
			out.Chip = append(out.Chip, console.Fact{Label: w.t(key), Value: value})
		}
	}
	name, number := "dispute.chip.name", "dispute.chip.number"
	if chip.Type == form.ChipPapers {
		name, number = "dispute.typed.name", "dispute.typed.number"
	}
	add(name, string(chip.Name))
	add(number, chip.Number.String())
	if chip.ValidFrom != "" || chip.ValidTo != "" {
		add("dispute.chip.valid", w.value(form.BirthDate, chip.ValidFrom)+" — "+w.value(form.BirthDate, chip.ValidTo))
	}
	add("dispute.chip.issuer", chip.Issuer)
	blobs := s.Blob.In(ctx, tx)
	out.Photo = s.photo(blobs, w, r, content)
	if width, height, strokes, err := hand.Open(blobs, r, content); err == nil {
		out.Hand = console.Signature{Width: int(width), Height: int(height), Strokes: strokes}
	} else {
		s.Log.Warn("web: signature of a confirmation does not open", "record", r.ID, "error", err.Error())
	}
	for _, c := range w.checks(r) {
		if c.State.Class == "done" {
			out.Passed++
		} else {
			out.Doubts = append(out.Doubts, c)
		}
	}
	return out, content.Application, nil
}

// besides lists, in the form's order, what the applications say: first what is
// not the same in all, then the rest. A cell is marked where it is not as in the
// first column.
func (w words) besides(ctx context.Context, tx *db.Tx, points pointNames, apps []form.Application) (differs, same []console.DisputeRow, err error) {
	add := func(label string, text func(form.Application) string) {
		row, first, unlike, any := console.DisputeRow{Label: label}, text(apps[0]), false, false
		for _, a := range apps {
			t := text(a)
			row.Cells = append(row.Cells, console.DisputeCell{Text: t, Differs: t != first})
			unlike, any = unlike || t != first, any || t != ""
		}
		switch {
		case unlike:
			differs = append(differs, row)
		case any:
			same = append(same, row)
		}
	}
	names := map[string]string{}
	for _, a := range apps {
		if names[a.Point], err = points.name(ctx, tx, a.Point); err != nil {
			return nil, nil, err
		}
	}
	add(w.t("dispute.point"), func(a form.Application) string { return names[a.Point] })
	most := 0
	for _, a := range apps {
		most = max(most, len(a.Choices))
	}
	for n := range most {
		add(w.t("dispute.choice", n+1), func(a form.Application) string {
			all := w.choices(a)
			if n >= len(all) {
				return ""
			}
			x := all[n]
			return strings.Join([]string{x.Level, x.Category, x.School, x.Major, x.Form, x.Years}, " ")
		})
	}
	for _, g := range w.camp.Form.Groups {
		for _, f := range w.camp.Form.InGroup(g.Key) {
			add(w.label(f.Key), func(a form.Application) string { return w.value(f.Key, a.Get(f.Key)) })
		}
	}
	add(w.t("dispute.claims"), func(a form.Application) string {
		a.Fields = nil
		in := w.camp.InWords(a)
		return strings.Join(append(in.Bonuses, in.Exemptions...), "、")
	})
	return differs, same, nil
}

// disputeActs says who decides, whether she may, and what follows from each way.
func (s *server) disputeActs(ctx context.Context, tx *db.Tx, v *visit, w words, of confirmation.Case, mark map[string]string, points pointNames, out *console.Dispute) error {
	if !of.Waits() {
		return nil
	}
	out.Seen = of.Seen()
	var err error
	if out.Office, err = org.DivisionName(ctx, tx, of.Decider()); err != nil {
		return err
	}
	if act, ok := w.camp.Act(of.Act()); ok {
		out.Act = act.Zh
	}
	may := permitted(w.camp, of.Act(), v.session.Account.Role)
	switch {
	case !may.known || !may.high:
		out.Refuse = may.refusal()
	case v.session.Account.Point != "" || !org.Covers(v.session.Account.Division, of.Decider()):
		out.Refuse = "dispute.decider"
	}
	web, err := points.name(ctx, tx, of.Point)
	if err != nil {
		return err
	}
	if of.Apart() {
		at := map[string]string{}
		for _, r := range of.Sides {
			if at[r.Point], err = points.name(ctx, tx, r.Point); err != nil {
				return err
			}
		}
		out.Options = w.apartOptions(of, mark, at, out.Holder)
		return s.disputeSecond(ctx, tx, v, may, of, out)
	}
	for _, r := range of.Sides {
		at, err := points.name(ctx, tx, r.Point)
		if err != nil {
			return err
		}
		o := console.DisputeOption{Value: r.ID, Text: w.t("dispute.keep", mark[r.ID], at), Follows: []string{w.t("dispute.follows.signed", at)}}
		if len(of.Sides) > 1 {
			o.Follows = append(o.Follows, w.t("dispute.follows.others"))
		}
		if of.Version > r.StartedFrom && out.Web.Version > r.StartedFrom && !out.Web.Box {
			o.Follows = append(o.Follows, w.t("dispute.follows.web", int(out.Web.Version)))
		}
		o.Follows = append(o.Follows, w.t("dispute.follows.count", at), w.t("dispute.follows.told"))
		out.Options = append(out.Options, o)
	}
	if of.MayRefuse() {
		out.Options = append(out.Options, console.DisputeOption{Value: keepNone, Text: w.t("dispute.none", web), Follows: []string{
			w.t("dispute.follows.again", web), w.t("dispute.follows.kept"), w.t("dispute.follows.told")}})
	}
	return s.disputeSecond(ctx, tx, v, may, of, out)
}

// disputeSecond says how far the word of a second person is, where one is needed.
func (s *server) disputeSecond(ctx context.Context, tx *db.Tx, v *visit, may permission, of confirmation.Case, out *console.Dispute) error {
	for _, o := range out.Options {
		state, err := s.standingSecond(ctx, tx, v, may, secondDecision(of, v.record, o.Value, out.Seen))
		if err != nil {
			return err
		}
		if out.Second == "" || state == "waiting" || state == "agreed" {
			if out.Second = state; state == "agreed" {
				out.Keep = o.Value
				break
			}
		}
	}
	return nil
}

// rulings are what was decided about an application, the newest first; each with
// the reason from the journal.
func (s *server) rulings(ctx context.Context, tx *db.Tx, v *visit, w words, application string, mark map[string]string) ([]console.DisputeRuling, error) {
	all, err := confirmation.Rulings(ctx, tx, application, v.remit().division, decidedShown)
	if err != nil {
		return nil, err
	}
	var out []console.DisputeRuling
	names := map[string]string{}
	for _, r := range all {
		x := console.DisputeRuling{At: ms(r.At), Kept: w.t("dispute.ruled.none")}
		if m := mark[r.Kept]; r.Kept != "" && m != "" {
			x.Kept = w.t("dispute.ruled.kept", m)
		} else if r.Kept != "" {
			x.Kept = w.t("dispute.ruled.one")
		}
		if len(r.Sides) > 0 {
			x.Path = "/gl/disputes/" + r.Sides[0]
			subject := r.Kept
			if subject == "" {
				subject = r.Sides[0]
			}
			entries, err := journal.Of(ctx, tx, journal.Subject{Kind: journal.OfConfirmation, ID: subject})
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				if e.Act == journal.ConfirmationDecided && e.Detail["ruling"] == r.ID {
					x.Reason = e.Reason
				}
			}
		}
		if x.By, err = s.author(ctx, tx, v, staffAuthor(r.Account), names); err != nil {
			return nil, err
		}
		if x.Office, err = org.DivisionName(ctx, tx, r.Office); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// decidedShown is how many decisions a page lists.
const decidedShown = 20
