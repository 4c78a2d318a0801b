package web

import (
	"context"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/form"
)

// A case of an application that stands apart is about two people, as far as is known:
// who signed on papers, and who is registered under the number that a clerk typed.
// Both are shown side by side; only what was signed is decided about.

// holder shows whose number it is, with what she signed if she is confirmed. That she
// was looked at is journalled. shown is false where she lies outside the remit, or
// nobody holds the number any more.
func (s *server) holder(ctx context.Context, tx *db.Tx, v *visit, w words, of confirmation.Case, points pointNames, out *console.Dispute) (app form.Application, shown bool, err error) {
	if !of.Apart() {
		return app, false, nil
	}
	out.Apart = true
	if of.Beside.Application == "" {
		return app, false, nil
	}
	row, err := s.Flow.Candidates.Row(ctx, tx, of.Beside.Application)
	if err != nil {
		return app, false, err
	}
	name, err := points.name(ctx, tx, row.Point)
	if err != nil {
		return app, false, err
	}
	if !v.remit().covers(row.Division, row.Point) {
		out.Hidden = append(out.Hidden, w.t("dispute.holder")+"　"+name)
		return app, false, nil
	}
	if err := s.Flow.ViewCandidate(ctx, tx, row, "dispute", "", v.by()); err != nil {
		return app, false, err
	}
	found, err := s.Flow.Candidates.Get(ctx, tx, row.ID)
	if err != nil {
		return app, false, err
	}
	out.Holder = &console.DisputeHolder{ID: row.ID, Name: string(found.Application.Name()), Number: w.value(form.DocumentNumber, found.Application.Get(form.DocumentNumber)),
		Birth: w.value(form.BirthDate, found.Application.Get(form.BirthDate)), Point: name, State: candidateState(row.State), Version: row.Version, At: ms(row.ChangedAt),
		Box: found.Edition.Origin == candidate.FromBox}
	return found.Application, true, s.holderSigned(ctx, tx, v, w, row, points, out.Holder)
}

// holderSigned adds the confirmation of whose number it is that speaks for her.
func (s *server) holderSigned(ctx context.Context, tx *db.Tx, v *visit, w words, row candidate.Row, points pointNames, out *console.DisputeHolder) error {
	all, err := confirmation.List(ctx, tx, confirmation.Filter{Application: row.ID, Limit: 500})
	if err != nil {
		return err
	}
	for _, r := range confirmation.CaseOf(all).Sides {
		if !v.remit().covers(r.Division, r.Point) {
			continue
		}
		side, _, err := s.disputeSide(ctx, tx, v, w, r)
		if err != nil {
			return err
		}
		if side.Point, err = points.name(ctx, tx, r.Point); err != nil {
			return err
		}
		out.Chip = !r.OnPapers() || r.ByCard()
		out.Signed = &side
	}
	return nil
}

// apartOptions are the two ways to decide it.
func (w words) apartOptions(of confirmation.Case, mark map[string]string, at map[string]string, holder *console.DisputeHolder) (out []console.DisputeOption) {
	for _, r := range of.Sides {
		o := console.DisputeOption{Value: r.ID, Text: w.t("dispute.apart.same", mark[r.ID])}
		switch {
		case of.Beside.Application == "":
			o.Text = w.t("dispute.apart.hers", mark[r.ID])
			o.Follows = []string{w.t("dispute.follows.signed", at[r.Point]), w.t("dispute.follows.count", at[r.Point])}
		case holder != nil && holder.Signed != nil:
			o.Follows = []string{w.t("dispute.follows.beside"), w.t("dispute.follows.then")}
		default:
			o.Follows = []string{w.t("dispute.follows.over"), w.t("dispute.follows.signed", at[r.Point])}
		}
		o.Follows = append(o.Follows, w.t("dispute.follows.told"))
		out = append(out, o)
	}
	where := ""
	if len(of.Sides) > 0 {
		where = at[of.Sides[len(of.Sides)-1].Point]
	}
	return append(out, console.DisputeOption{Value: keepNone, Text: w.t("dispute.apart.other"), Follows: []string{
		w.t("dispute.follows.anew", where), w.t("dispute.follows.untouched"), w.t("dispute.follows.kept")}})
}
