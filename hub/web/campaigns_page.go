package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

func byStaff(id string) journal.Author { return journal.Author{Kind: journal.ByStaff, ID: id} }

// maxChanges is how many sentences of a difference a page says; the file of it
// has them all.
const maxChanges = 200

func (s *server) campaignPage(c *gin.Context, v *visit) {
	if s.exportAs(c) != "" {
		s.exportChanges(c, v)
		return
	}
	v.notice = s.campaignDone(c)
	s.showCampaign(c, v, http.StatusOK)
}

func (s *server) showCampaign(c *gin.Context, v *visit, status int) {
	view, err := s.campaignView(c.Request.Context(), v)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "campaign", "campaigns", view)
}

// exportChanges is the whole difference as a file.
func (s *server) exportChanges(c *gin.Context, v *visit) {
	heads := s.heads(v, "campaign.place", "campaign.kind", "campaign.change")
	s.export(c, v, "changes", heads, func(row func(...any) error) error {
		changes, _, err := s.difference(c.Request.Context(), v.dossier())
		if err != nil {
			return err
		}
		for _, x := range changes {
			if err := row(x.Place, s.pages.Text(v.lang, changeKey(x.Kind)), [...]string{x.Zh, x.En}[lang(v)]); err != nil {
				return err
			}
		}
		return nil
	})
}

// changeKey is the phrase of a kind of change.
func changeKey(kind string) string {
	switch kind {
	case rules.ChangeAdded:
		return "change.added"
	case rules.ChangeRemoved:
		return "change.removed"
	case rules.ChangeOrder:
		return "change.order"
	}
	return "change.changed"
}

// difference is what a draft does otherwise than the version in force, or a
// version otherwise than the one before it; against is 0 for a first version.
func (s *server) difference(ctx context.Context, d *dossier) (changes []rules.Change, against uint32, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		before := d.inForce
		if d.version != nil {
			all, err := campaign.List(ctx, tx)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(all, func(x campaign.Version) bool { return x.Campaign == d.c.ID && x.Version < d.c.Version })
			if i < 0 {
				return nil
			}
			if before, err = campaign.Get(ctx, tx, d.c.ID, all[i].Version); err != nil {
				return err
			}
		}
		if before.Version == 0 {
			return nil
		}
		old, err := before.Decode()
		if err != nil {
			return err
		}
		changes, against = rules.Diff(old, d.c), before.Version
		return nil
	})
	return changes, against, err
}

// campaignView gathers all that stands on the page of a version or draft.
func (s *server) campaignView(ctx context.Context, v *visit) (console.CampaignPage, error) {
	d := v.dossier()
	view := console.CampaignPage{Version: console.Version{ID: d.name, Campaign: d.c.ID, Number: d.c.Version, Draft: d.version == nil},
		Name: d.c.Zh, Digest: short(d.name)}
	if v.lang == console.En && d.c.En != "" {
		view.Name = d.c.En
	}
	changes, against, err := s.difference(ctx, d)
	if err != nil {
		return view, err
	}
	view.Against, view.Changes = against, len(changes)
	view.Hidden = max(0, len(changes)-maxChanges)
	for _, x := range changes[:min(len(changes), maxChanges)] {
		view.Lines = append(view.Lines, console.Changed{Place: x.Place, Kind: changeKey(x.Kind), Text: [...]string{x.Zh, x.En}[lang(v)]})
	}
	view.Calendar = s.calendar(v, d.c, d.version != nil && d.inForce.Version == d.c.Version)
	for _, a := range d.c.Acts {
		view.Acts = append(view.Acts, console.ActRow{Name: a.Zh, Tier: "tierof." + string(a.Tier), Persons: a.Persons, Reason: a.Reason})
	}
	for _, a := range d.c.Assumptions {
		view.Assumptions = append(view.Assumptions, console.Assumption{Status: a.Status, Text: [...]string{a.Zh, a.En}[lang(v)], Places: a.Places})
	}
	return view, s.DB.Read(ctx, func(tx *db.Tx) error { return s.campaignStanding(ctx, tx, v, &view) })
}

// campaignStanding adds how far it has come on its way into force.
func (s *server) campaignStanding(ctx context.Context, tx *db.Tx, v *visit, view *console.CampaignPage) error {
	d, names := v.dossier(), s.accountNames(ctx, tx, v)
	by, at := "", int64(0)
	if d.draft != nil {
		by, at = d.draft.DraftedBy, d.draft.DraftedAt
	} else {
		by, at = d.version.PublishedBy, d.version.PublishedAt
	}
	var err error
	if view.By, err = names(by); err != nil {
		return err
	}
	view.At = ms(at)
	if view.Signed, err = s.signers(ctx, tx, names, d.digest); err != nil {
		return err
	}
	r, err := campaign.Rehearsed(ctx, tx, d.digest)
	rehearsed := err == nil
	if err != nil && !errors.Is(err, campaign.ErrNoRehearsal) {
		return err
	}
	if rehearsed {
		if view.Rehearsal, err = s.rehearsal(ctx, tx, v, names, r); err != nil {
			return err
		}
	}
	if d.version != nil {
		view.State = versionState(d.inForce.Version == d.c.Version)
		view.Persons = len(view.Signed)
		view.Steps = campaignSteps(view, d.version)
		return nil
	}
	under := campaign.Underway{Rehearsal: nil, Signed: len(view.Signed)}
	if rehearsed {
		under.Rehearsal = &r
	}
	act, err := campaign.ActOf(ctx, tx, d.c.ID)
	if err != nil {
		return err
	}
	view.Persons = act.Persons
	stand, err := campaign.Stand(ctx, tx, d.digest)
	switch code := flow.CampaignRefusal(err); {
	case err == nil:
		view.Rehearsal.Changed, view.Rehearsal.Moved = stand.Changed, stand.Moved
		view.MaySign = true
	case code == "":
		return err
	default:
		view.Why = "refusal." + code
		under.Overtaken, under.Stale = errors.Is(err, campaign.ErrOvertaken), errors.Is(err, campaign.ErrStale)
		if under.Stale || under.Overtaken {
			view.Signed = nil // they signed over numbers that compare with what is gone
		}
	}
	if view.Signed, err = s.standingSigners(ctx, tx, v, act.Tier, view.Signed, stand); err != nil {
		return err
	}
	view.State = draftState(under)
	running, err := s.runningRehearsal(ctx, tx, names)
	if err != nil {
		return err
	}
	if running != nil && running.Draft == d.name {
		view.Running = running
	} else {
		view.Elsewhere = running
	}
	live := running != nil && !running.CutOff
	view.MayRehearse = !under.Overtaken && !live
	view.MaySign = view.MaySign && !(live && view.Running != nil)
	view.Steps = campaignSteps(view, nil)
	return nil
}

// standingSigners marks whose word still counts: an account that was disabled
// meanwhile, or has another role, has none.
func (s *server) standingSigners(ctx context.Context, tx *db.Tx, _ *visit, tier rules.Tier, shown []console.Signer, stand campaign.Standing) ([]console.Signer, error) {
	for i, x := range stand.Signatures {
		who, err := staff.Get(ctx, tx, x.Account)
		if err != nil && !errors.Is(err, staff.ErrNotFound) {
			return nil, err
		}
		if i < len(shown) {
			shown[i].Counts = err == nil && flow.MaySign(tier, who)
		}
	}
	return shown, nil
}

// campaignSteps are the stations of the way into force, on the sealing line.
func campaignSteps(p *console.CampaignPage, published *campaign.Version) []console.Step {
	out := []console.Step{{Class: "done", Key: "campaign.step.drafted", At: p.At, Note: p.By}}
	rehearsed := console.Step{Key: "campaign.step.rehearsed"}
	switch {
	case p.Running != nil:
		rehearsed.Class = "now"
	case p.Rehearsal != nil && p.Why == "":
		rehearsed.Class, rehearsed.At, rehearsed.Note = "done", p.Rehearsal.Ended, p.Rehearsal.By
	case published != nil: // a first version comes into force without it
		rehearsed.Class, rehearsed.Key = "done", "campaign.step.first"
	default:
		rehearsed.Class = "wait"
	}
	out = append(out, rehearsed)
	for _, x := range p.Signed {
		if x.Counts {
			out = append(out, console.Step{Class: "done", Key: "campaign.step.signed", At: x.At, Note: x.Name})
		} else {
			out = append(out, console.Step{Class: "must", Key: "campaign.step.void", At: x.At, Note: x.Name})
		}
	}
	for i := counted(p.Signed); i < p.Persons && published == nil; i++ {
		out = append(out, console.Step{Class: "wait", Key: "campaign.step.tosign"})
	}
	last := console.Step{Class: "wait", Key: "campaign.step.force"}
	if published != nil {
		last.Class, last.At = "done", ms(published.PublishedAt)
	}
	return append(out, last)
}

func counted(all []console.Signer) (n int) {
	for _, x := range all {
		if x.Counts {
			n++
		}
	}
	return n
}

// rehearsal is what came of one, cut to the remit of whoever looks.
func (s *server) rehearsal(ctx context.Context, tx *db.Tx, v *visit, names func(string) (string, error), r campaign.Rehearsal) (*console.Rehearsal, error) {
	out := &console.Rehearsal{Against: r.Against, Day: r.Day, Ended: ms(r.Ended), Whole: v.remit().division == v.dossier().c.Province}
	var err error
	if out.By, err = names(r.By); err != nil {
		return nil, err
	}
	rows, err := campaign.ByDivision(ctx, tx, r.ID, v.remit().division)
	if err != nil {
		return nil, err
	}
	for _, x := range rows {
		t := totalsView(x.Totals)
		addTotals(&out.Totals, t)
		if t.Concerned() {
			out.Divisions = append(out.Divisions, console.DivisionTotals{Code: x.Division, Name: divisionName(v.dossier().c, x.Division), Totals: t})
		}
	}
	slices.SortStableFunc(out.Divisions, func(a, b console.DivisionTotals) int {
		return int(b.Invalid + b.Choice + b.Unreadable - a.Invalid - a.Choice - a.Unreadable)
	})
	return out, nil
}

func divisionName(c rules.Campaign, code string) string {
	if d, ok := c.Division(code); ok {
		return d.Name
	}
	return code
}

func totalsView(t campaign.Totals) console.Totals {
	return console.Totals{Applications: t.Applications, Invalid: t.Invalid, Valid: t.Valid, Choice: t.Choice, Fee: t.Fee, Unreadable: t.Unreadable}
}

func addTotals(to *console.Totals, t console.Totals) {
	to.Applications += t.Applications
	to.Invalid += t.Invalid
	to.Valid += t.Valid
	to.Choice += t.Choice
	to.Fee += t.Fee
	to.Unreadable += t.Unreadable
}

// runningRehearsal is the rehearsal that is under way on whichever hub, nil if none is.
func (s *server) runningRehearsal(ctx context.Context, tx *db.Tx, names func(string) (string, error)) (*console.Rehearsing, error) {
	r, p, err := campaign.RunningNow(ctx, tx, time.Now())
	if errors.Is(err, campaign.ErrNoRehearsal) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &console.Rehearsing{Draft: hexOf(r.Digest), Number: r.Version, Done: p.Done, Of: p.Of, Share: p.Share(), Stopping: p.Stopping, CutOff: p.CutOff, Began: ms(r.Began)}
	out.By, err = names(r.By)
	return out, err
}
