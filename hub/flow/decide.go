package flow

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
)

// ErrDecider says that the office of this account does not decide the case: one
// of its sides lies outside its remit.
var ErrDecider = errors.New("flow: another office decides")

// Case gives what one decision about an application would be about, as it stands
// now. confirmation.ErrNotFound when nothing of it stands; candidate.ErrNotFound.
func (f *Flow) Case(ctx context.Context, tx *db.Tx, application string) (confirmation.Case, error) {
	all, err := confirmation.List(ctx, tx, confirmation.Filter{Application: application, Limit: 500})
	if err != nil {
		return confirmation.Case{}, fmt.Errorf("flow: case: %w", err)
	}
	c := confirmation.CaseOf(all)
	if len(c.Sides) == 0 {
		return c, confirmation.ErrNotFound
	}
	row, err := f.Candidates.Row(ctx, tx, application)
	if err != nil {
		return c, fmt.Errorf("flow: case: %w", err)
	}
	c.Version, c.Point, c.Division = row.Version, row.Point, row.Division
	c.Beside, err = f.Beside(ctx, tx, row)
	return c, err
}

// Beside gives the application that is found by the number of one that stands apart:
// a decision about this one is about both people. Zero of every other.
func (f *Flow) Beside(ctx context.Context, tx *db.Tx, row candidate.Row) (confirmation.Beside, error) {
	if !row.Apart {
		return confirmation.Beside{}, nil
	}
	holder, err := f.Candidates.Holder(ctx, tx, row.ID)
	if errors.Is(err, candidate.ErrNotFound) {
		return confirmation.Beside{}, nil
	}
	if err != nil {
		return confirmation.Beside{}, fmt.Errorf("flow: case: %w", err)
	}
	return confirmation.Beside{Application: holder.ID, Version: holder.Version, Division: holder.Division}, nil
}

// Decision is what a county says about a case.
type Decision struct {
	Application string
	Keep        string // the record that counts; "" = none, see confirmation.Case.MayRefuse
	Seen        string // confirmation.Case.Seen of what she read
	Reason      string
}

// Decide settles a case (待裁): the record that is kept comes into force and what
// she signed there becomes the newest version; the others are kept, overruled; if
// none is kept, what stands at the portal counts and she confirms again. She is
// told, boxes and counters hear of it by the journal. Of an application that stands
// apart, kept means that it is the same person as the one whose number it is: see
// joined; none, that it is another's, and then it is taken back. Whether the table of acts
// lets the account do it is judged before. A second identical decision finds
// another case than it read: confirmation.ErrChanged. Errors: ErrReason,
// ErrDecider, confirmation.ErrChoice, confirmation.ErrNotFound.
func (f *Flow) Decide(ctx context.Context, tx *db.Tx, d Decision, who staff.Account, by By) (confirmation.Ruling, error) {
	var none confirmation.Ruling
	if d.Reason = strings.TrimSpace(d.Reason); d.Reason == "" {
		return none, ErrReason
	}
	c, err := f.Case(ctx, tx, d.Application)
	if err != nil {
		return none, err
	}
	if d.Seen != c.Seen() {
		return none, confirmation.ErrChanged
	}
	if who.Point != "" || c.Decider() == "" || !org.Covers(who.Division, c.Decider()) {
		return none, ErrDecider
	}
	changes, err := c.Decide(d.Keep)
	if err != nil {
		return none, err
	}
	ruling := confirmation.Ruling{ID: rulingID(), Application: c.Application, Campaign: c.Campaign, Division: c.Decider(), Kept: d.Keep,
		Version: c.Version, Account: who.ID, Office: who.Division, At: f.Now().UnixMilli()}
	for _, r := range c.Sides {
		ruling.Sides = append(ruling.Sides, r.ID)
	}
	if err := confirmation.AddRuling(ctx, tx, ruling); err != nil {
		return none, err
	}
	if c.Apart() && d.Keep != "" {
		return ruling, f.joined(ctx, tx, c, changes, d.Reason, ruling.ID, by)
	}
	if d.Keep == "" {
		if _, err := f.Candidates.Unconfirm(ctx, tx, c.Application); err != nil {
			return none, fmt.Errorf("flow: decide: %w", err)
		}
	}
	for i, ch := range changes {
		// One entry tells her, that of the record that is kept, else the last.
		detail := map[string]string{"ruling": ruling.ID}
		if i == len(changes)-1 {
			detail["outcome"] = outcome(d.Keep)
		}
		if err := f.change(ctx, tx, ch, d.Reason, detail, c, by); err != nil {
			return none, err
		}
	}
	if d.Keep == "" {
		return ruling, f.leaveApart(ctx, tx, c.Application, by)
	}
	return ruling, nil
}

// What a decision comes to, as its telling entry names it.
const (
	outcomeKept = "kept"
	outcomeNone = "none"
)

func outcome(keep string) string {
	if keep == "" {
		return outcomeNone
	}
	return outcomeKept
}

// change moves one record and journals it.
func (f *Flow) change(ctx context.Context, tx *db.Tx, ch confirmation.Change, reason string, detail map[string]string, c confirmation.Case, by By) error {
	r := ch.Record
	if err := confirmation.SetState(ctx, tx, r.ID, r.State, ch.To, ch.Reason); err != nil {
		return err
	}
	detail[detailApplication], detail[journal.DetailStood], detail[journal.DetailState] = r.Application, string(r.State), string(ch.To)
	e := journal.Entry{Act: journal.ConfirmationDecided, Subject: journal.Subject{Kind: journal.OfConfirmation, ID: r.ID},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division, Reason: reason, Detail: detail}
	if ch.To == confirmation.InForce {
		if err := f.enforce(ctx, tx, r, detail); err != nil {
			return err
		}
	}
	if r.Proof.Open() {
		detail[journal.DetailProof] = string(r.Proof)
	}
	if detail["outcome"] == outcomeNone { // where she is to go now
		detail["to"] = c.Point
	}
	if err := f.write(ctx, tx, by, e); err != nil {
		return err
	}
	if stood := r.State.Stands(); stood || !ch.To.Stands() {
		return nil
	}
	r.State, r.StateReason = ch.To, ch.Reason
	return f.stands(ctx, tx, r)
}

// enforce makes what she signed the newest version, and marks the application as
// confirmed by this record.
func (f *Flow) enforce(ctx context.Context, tx *db.Tx, r confirmation.Record, detail map[string]string) error {
	content, err := confirmation.Open(ctx, tx, f.Keys, r.ID)
	if err != nil {
		return fmt.Errorf("flow: enforce: %w", err)
	}
	app := content.Application
	division, err := place(ctx, tx, app.Point)
	if err != nil {
		return err
	}
	if division == "" {
		division = r.Division
	}
	saving := candidate.Saving{Author: Box(r.Box).Author, Origin: candidate.FromBox, Division: division}
	signed, err := f.Candidates.Sign(ctx, tx, app, r.StartedFrom, saving)
	if err != nil {
		return fmt.Errorf("flow: enforce: %w", err)
	}
	detail[journal.DetailLevel] = app.First().Level
	if signed.New {
		moved(detail, signed.Point, app.Point, signed.Level)
	}
	if len(signed.Superseded) > 0 {
		detail["superseded"] = fmt.Sprint(signed.Superseded)
	}
	if err := f.Candidates.Reconfirm(ctx, tx, r.Application, r.Point, r.Committed); err != nil {
		return fmt.Errorf("flow: enforce: %w", err)
	}
	return nil
}

func rulingID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return hex.EncodeToString(b[:])
}
