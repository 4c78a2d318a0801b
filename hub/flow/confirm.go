package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/protocol/form"
)

// Arrival is one record that is to be taken: what was opened, and what Next
// decided about it.
type Arrival struct {
	Record      confirmation.Record // without State and hub checks of Next: Confirm fills them
	Content     []byte              // sealed, for confirmation.Insert
	Application form.Application    // as signed
	Step        Step
	Token       string // of the queue, used up with it; "" if none
	Carrier     string // how it came, for the journal
	Alias       string // the id by which its box calls the application, where that is another
}

// Confirm takes records into the hub: the record, the priors it puts in doubt,
// the signed version, the mark on the application, the journal. What could
// refuse a record has been decided before (Next); an error here undoes all.
//
// Records go in together, up to one that changes what is here already: that one
// finds all before it written.
func (f *Flow) Confirm(ctx context.Context, tx *db.Tx, batch []Arrival) error {
	for len(batch) > 0 {
		n := 1
		for n < len(batch) && !batch[n].changes() {
			n++
		}
		if err := f.confirm(ctx, tx, batch[:n]); err != nil {
			return err
		}
		batch = batch[n:]
	}
	return nil
}

// changes reports whether more is to be done than to add the record.
func (a *Arrival) changes() bool {
	return len(a.Step.Dispute) > 0 || a.Step.Replace != "" || a.Step.Sign || a.Step.Create || a.Step.Displace != "" || a.Alias != ""
}

// confirm takes some records; only the first of them may change what is here.
func (f *Flow) confirm(ctx context.Context, tx *db.Tx, some []Arrival) error {
	records := make([]confirmation.New, len(some))
	confirming := make([]candidate.Confirming, 0, len(some))
	entries := make([]journal.Entry, 0, len(some))
	for i := range some {
		a := &some[i]
		if a.Step.Refusal != "" {
			return errors.New("flow: a refused record cannot be confirmed")
		}
		r := a.Record
		r.State, r.StateReason = a.Step.State, a.Step.StateReason
		r.Checks = append(r.Checks[:len(r.Checks):len(r.Checks)], a.Step.Checks...)
		records[i] = confirmation.New{Record: r, Content: a.Content}
		if r.State != confirmation.Voided {
			confirming = append(confirming, candidate.Confirming{ID: r.Application, Point: r.Point, At: r.Committed})
		}
	}
	if err := f.enter(ctx, tx, &some[0]); err != nil {
		return err
	}
	// Priors first: only one may be in force (a constraint guards it).
	for _, id := range some[0].Step.Dispute {
		if err := f.dispute(ctx, tx, id, records[0].Record); err != nil {
			return err
		}
	}
	if id := some[0].Step.Replace; id != "" {
		if err := f.replace(ctx, tx, id, records[0].Record); err != nil {
			return err
		}
	}
	if err := confirmation.Insert(ctx, tx, records...); err != nil {
		return err
	}
	var used []confirmation.TokenUse
	for i := range some {
		if some[i].Token != "" {
			used = append(used, confirmation.TokenUse{Token: some[i].Token, Record: some[i].Record.ID})
		}
	}
	if err := confirmation.UseTokens(ctx, tx, used); err != nil {
		return err
	}
	signed, err := f.sign(ctx, tx, some[0])
	if err != nil {
		return err
	}
	returned, err := f.Candidates.ConfirmAll(ctx, tx, confirming)
	if err != nil {
		return fmt.Errorf("flow: confirm: %w", err)
	}
	if r := records[0].Record; some[0].Step.Replace != "" { // where she came again, which may be another point
		if err := f.Candidates.Reconfirm(ctx, tx, r.Application, r.Point, r.Committed); err != nil {
			return fmt.Errorf("flow: confirm: %w", err)
		}
	}
	for i := range records {
		r := &records[i].Record
		back := slices.Contains(returned, r.Application) || i == 0 && signed.Returned
		if back { // she withdrew, and then signed at a box: it is counted in again first
			entries = append(entries, f.entry(Box(r.Box), f.returned(*r, some[i].Application)))
		}
		detail := map[string]string{detailApplication: r.Application, "box": r.Box, "sequence": strconv.FormatUint(r.Sequence, 10),
			journal.DetailState: string(r.State), journal.DetailLevel: some[i].Application.First().Level, detailCarrier: some[i].Carrier}
		if r.Proof.Open() {
			detail[journal.DetailProof] = string(r.Proof)
			if !r.CardSettles() {
				detail[journal.DetailCard] = "reviewed"
			}
		}
		if i == 0 && signed.New && !back {
			moved(detail, signed.Point, some[0].Application.Point, signed.Level)
		}
		if i == 0 && len(signed.Superseded) > 0 {
			detail["superseded"] = fmt.Sprint(signed.Superseded)
		}
		entries = append(entries, f.entry(Box(r.Box), journal.Entry{Act: journal.ConfirmationReceived,
			Subject:  journal.Subject{Kind: journal.OfConfirmation, ID: r.ID},
			Campaign: r.Campaign, Point: r.Point, Division: r.Division, Detail: detail}))
		if r.State == confirmation.Disputed {
			entries = append(entries, f.disputed(*r, r.StateReason, detail))
		}
	}
	if err := journal.Write(ctx, tx, entries...); err != nil {
		return fmt.Errorf("flow: confirm: %w", err)
	}
	if err := f.tell(ctx, tx, entries...); err != nil {
		return err
	}
	if err := f.voidArrived(ctx, tx, records); err != nil {
		return err
	}
	if err := f.cardsArrived(ctx, tx, records); err != nil {
		return err
	}
	return f.reviewsArrived(ctx, tx, records)
}

// voidArrived says of records that were taken back before they came that they
// are.
func (f *Flow) voidArrived(ctx context.Context, tx *db.Tx, records []confirmation.New) error {
	for _, n := range records {
		r := n.Record
		if r.State != confirmation.Voided {
			continue
		}
		all, err := confirmation.VoidsOf(ctx, tx, []string{r.ID})
		if err != nil {
			return err
		}
		for _, v := range all {
			if v.State != confirmation.VoidWaiting || v.Reaches(r) != nil {
				continue
			}
			left, err := f.leftBy(ctx, tx, r)
			if err != nil {
				return err
			}
			if err := confirmation.SettleVoid(ctx, tx, v.ID, confirmation.VoidDone, ""); err != nil {
				return err
			}
			if err := f.voided(ctx, tx, r, v, v.Reason, left.stands, Box(r.Box)); err != nil {
				return err
			}
			if err := f.leaveApart(ctx, tx, r.Application, Hub()); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// returned is the entry of an application that counts again.
func (f *Flow) returned(r confirmation.Record, app form.Application) journal.Entry {
	return journal.Entry{Act: journal.ApplicationRegistered, Subject: journal.Subject{Kind: journal.OfApplication, ID: r.Application},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division,
		Detail: map[string]string{"version": strconv.FormatUint(uint64(r.Version), 10), journal.DetailLevel: app.First().Level}}
}

// sign makes what she signed the newest version, when it is new here.
func (f *Flow) sign(ctx context.Context, tx *db.Tx, a Arrival) (candidate.Signing, error) {
	if !a.Step.Sign {
		return candidate.Signing{}, nil
	}
	saving := candidate.Saving{Author: Box(a.Record.Box).Author, Origin: candidate.FromBox, Division: a.Record.Division}
	s, err := f.Candidates.Sign(ctx, tx, a.Application, a.Record.StartedFrom, saving)
	if err != nil {
		return candidate.Signing{}, fmt.Errorf("flow: sign: %w", err)
	}
	return s, nil
}

// dispute puts a prior beside the new record until the county has decided.
func (f *Flow) dispute(ctx context.Context, tx *db.Tx, id string, by confirmation.Record) error {
	prior, err := confirmation.Get(ctx, tx, id)
	if err != nil {
		return fmt.Errorf("flow: prior: %w", err)
	}
	note := confirmation.NoteTwice
	if prior.Point != by.Point {
		note = confirmation.NoteTwiceOther
	}
	if err := confirmation.SetState(ctx, tx, id, prior.State, confirmation.Disputed, note); err != nil {
		return err
	}
	e := f.disputed(prior, note, map[string]string{detailApplication: prior.Application, "beside": by.ID, journal.DetailStood: string(prior.State)})
	if err := journal.Write(ctx, tx, e); err != nil {
		return fmt.Errorf("flow: dispute: %w", err)
	}
	return f.tell(ctx, tx, e)
}

// disputed is the entry of a record that waits for the county.
func (f *Flow) disputed(r confirmation.Record, why string, detail map[string]string) journal.Entry {
	return f.entry(Hub(), journal.Entry{Act: journal.ConfirmationDisputed,
		Subject:  journal.Subject{Kind: journal.OfConfirmation, ID: r.ID},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division, Reason: why, Detail: detail})
}

// SetAside puts an envelope into quarantine, and tells whose application it
// names, as far as that could be read. Error: confirmation.ErrFull.
func (f *Flow) SetAside(ctx context.Context, tx *db.Tx, q confirmation.Quarantined) error {
	if err := confirmation.SetAside(ctx, tx, q); err != nil {
		return err
	}
	detail := map[string]string{"box": q.Box, "record": q.Record, "sequence": fmt.Sprint(q.Sequence), "hash": q.Hash, detailCarrier: q.Carrier}
	hers, err := f.ofCounty(ctx, tx, q.Application, q.Division)
	if err != nil {
		return err
	}
	if hers != "" {
		detail[detailApplication] = hers
	}
	return f.write(ctx, tx, Hub(), journal.Entry{Act: journal.RecordQuarantined,
		Subject: journal.Subject{Kind: journal.OfRecord, ID: q.ID}, Point: q.Point, Division: q.Division, Reason: q.Reason, Detail: detail})
}
