package confirmation

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"zhunkao/hub/db"
)

// Proof is how far it is sure who confirmed (demand A40). It stands beside
// State, because it is another question: a confirmation on papers counts from
// the day it came, and only who she is stays open. So counters, sheets and the
// steps after it go on; what ends it is a decision of the city, or her card.
//
// The way not taken was a state of its own for "provisional": then whoever asks
// whether she is confirmed would have had to know two states for yes.
type Proof string

// The proofs.
const (
	// ByChip: the box read a chip that nobody reviews. There is nothing to decide.
	ByChip Proof = ""
	// Provisional (暂定): a clerk saw papers, or the card is of a kind that an office
	// reviews; the city decides about their copies.
	Provisional Proof = "provisional"
	// Returned (退回补拍): the city cannot decide by the copies. It stays
	// provisional, and she comes again, with the papers or with a card.
	Returned Proof = "returned"
	// Accepted: the city found the papers in order.
	Accepted Proof = "accepted"
	// Verified (已核验): her card was read after all, and is hers.
	Verified Proof = "verified"
	// NotProven: the city refused the papers; State is Refused then.
	NotProven Proof = "refused"
)

// Open reports whether it is still open who she is.
func (p Proof) Open() bool { return p == Provisional || p == Returned }

// openProofs is Open as a condition, by the index that there is.
const openProofs = "proof IN ('provisional', 'returned')"

// SetProof changes how far it is sure who confirmed, from how it was when it was
// read. Only package flow calls it. ErrChanged when somebody else was quicker.
func SetProof(ctx context.Context, tx *db.Tx, id string, from, to Proof) error {
	n, err := tx.Exec(ctx, `UPDATE confirmation SET proof = $1 WHERE id = $2 AND proof = $3`, string(to), id, string(from))
	if err != nil {
		return fmt.Errorf("confirmation %s: set proof: %w", id, err)
	}
	if n == 0 {
		return ErrChanged
	}
	return nil
}

// KeepReturned keeps when the city sent papers back, ms: see Stand.
func KeepReturned(ctx context.Context, tx *db.Tx, id string, at int64) error {
	if _, err := tx.Exec(ctx, `UPDATE confirmation SET returned = $1 WHERE id = $2`, at, id); err != nil {
		return fmt.Errorf("confirmation %s: returned: %w", id, err)
	}
	return nil
}

// KeepReplaced keeps which record took the place of one that was sent back.
func KeepReplaced(ctx context.Context, tx *db.Tx, id, by string) error {
	if _, err := tx.Exec(ctx, `UPDATE confirmation SET replaced_by = $1 WHERE id = $2`, by, id); err != nil {
		return fmt.Errorf("confirmation %s: replaced: %w", id, err)
	}
	return nil
}

// PassPlace gives what a record had replaced to the record that replaced it in turn: it
// is taken back, and is as if it had never been.
func PassPlace(ctx context.Context, tx *db.Tx, application, id string) error {
	if _, err := tx.Exec(ctx, `UPDATE confirmation SET replaced_by = (SELECT n.replaced_by FROM confirmation n WHERE n.id = $1)
		WHERE application = $2 AND state <> 'in-force' AND replaced_by = $1`, id, application); err != nil {
		return fmt.Errorf("confirmation %s: place: %w", id, err)
	}
	return nil
}

// LastReplaced gives the newest record of an application whose place was taken by
// one that was taken back since, and by which. ErrNotFound.
func LastReplaced(ctx context.Context, tx *db.Tx, application string) (r Record, by string, err error) {
	var id string
	err = tx.QueryRow(ctx, `SELECT p.id, n.id FROM confirmation p JOIN confirmation n ON n.id = p.replaced_by
		WHERE p.application = $1 AND p.state <> 'in-force' AND p.state = 'overruled' AND p.state_reason = 'replaced' AND n.state = 'voided'
		ORDER BY p.committed DESC, p.id DESC LIMIT 1`, application).Scan(&id, &by)
	if errors.Is(err, db.ErrNoRows) {
		return r, "", ErrNotFound
	}
	if err != nil {
		return r, "", fmt.Errorf("confirmation: replaced: %w", err)
	}
	r, err = Get(ctx, tx, id)
	return r, by, err
}

// OnPapers reports whether it was ever open who confirmed: a clerk saw papers
// instead of a chip, or the card is one that an office reviews (ByCard).
func (r Record) OnPapers() bool { return r.Proof != ByChip }

// ByCard reports whether her chip was read, and it is open who she is only because
// the campaign has an office review cards of this kind.
func (r Record) ByCard() bool { return r.papersNote(NoteCardReviewed, NoteCardUncopied) }

// CardSettles reports whether her card, read later, answers who she is. It does
// not where an office reviews the card itself.
func (r Record) CardSettles() bool {
	return r.OnPapers() && !r.ByCard() && !r.papersNote(NotePapersReviewed)
}

// papersNote reports whether the hub noted one of these on her papers when the
// record came.
func (r Record) papersNote(notes ...string) bool {
	return slices.ContainsFunc(r.Checks, func(c Check) bool {
		return c.By == ByHub && c.Name == CheckPapers && slices.Contains(notes, c.Note)
	})
}
