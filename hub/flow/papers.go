package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
)

// ActReviewDocument is the act, in the campaign's table, by which papers that a
// clerk saw instead of a chip are accepted, sent back or refused (demand A40).
const ActReviewDocument = "review-document"

// PapersCase is what one decision about papers is about, as somebody read it.
type PapersCase struct {
	Record        confirmation.Record
	Verifications []confirmation.Verification // cards that were read later, oldest first
}

// Papers gives the case of a record. confirmation.ErrNotFound.
func (f *Flow) Papers(ctx context.Context, tx *db.Tx, id string) (c PapersCase, err error) {
	if c.Record, err = confirmation.Get(ctx, tx, id); err != nil {
		return c, err
	}
	if !c.Record.OnPapers() {
		return c, confirmation.ErrNotFound
	}
	c.Verifications, err = confirmation.VerificationsOf(ctx, tx, []string{id})
	return c, err
}

// Open reports whether there is something to decide.
func (c PapersCase) Open() bool { return c.Record.State.Stands() && c.Record.Proof.Open() }

// Seen names the case as it stands: a card that was read meanwhile, or somebody's
// decision, makes it another.
func (c PapersCase) Seen() string {
	seen := string(c.Record.State) + "." + string(c.Record.Proof)
	for _, v := range c.Verifications {
		seen += "." + v.ID[:8]
	}
	return seen
}

// PapersDecision is what a city says about papers.
type PapersDecision struct {
	Record string
	To     confirmation.Proof // Accepted, Returned or NotProven
	Seen   string             // PapersCase.Seen of what was read
	Reason string
}

// JudgePapers decides about the papers on which somebody was confirmed. Accepted,
// and it is provisional no longer; returned, and she comes again, while it goes on
// to count; refused, and it counts no more: what stands at the portal can be
// edited, and she confirms again. She is told, boxes and counters hear of it by the
// journal. Whether the table of acts lets the account do it is judged before.
// Errors: ErrReason, ErrDecider, confirmation.ErrChoice, confirmation.ErrChanged,
// confirmation.ErrNotFound.
func (f *Flow) JudgePapers(ctx context.Context, tx *db.Tx, d PapersDecision, who staff.Account, by By) error {
	if d.Reason = strings.TrimSpace(d.Reason); d.Reason == "" {
		return ErrReason
	}
	c, err := f.Papers(ctx, tx, d.Record)
	if err != nil {
		return err
	}
	r := c.Record
	if who.Point != "" || !org.Covers(who.Division, r.Division) {
		return ErrDecider
	}
	if !c.Open() || d.Seen != c.Seen() {
		return confirmation.ErrChanged
	}
	switch d.To {
	case confirmation.Accepted:
		return f.prove(ctx, tx, r, d.To, journal.PapersAccepted, d.Reason, nil, by)
	case confirmation.Returned:
		if r.Proof == confirmation.Returned {
			return confirmation.ErrChanged
		}
		if err := confirmation.KeepReturned(ctx, tx, r.ID, f.Now().UnixMilli()); err != nil {
			return err
		}
		return f.prove(ctx, tx, r, d.To, journal.PapersReturned, d.Reason, nil, by)
	case confirmation.NotProven:
		return f.refusePapers(ctx, tx, r, d.Reason, by)
	}
	return confirmation.ErrChoice
}

// prove moves how far it is sure who confirmed, and journals it.
func (f *Flow) prove(ctx context.Context, tx *db.Tx, r confirmation.Record, to confirmation.Proof, act journal.Act, reason string, detail map[string]string, by By) error {
	if err := confirmation.SetProof(ctx, tx, r.ID, r.Proof, to); err != nil {
		return err
	}
	all := map[string]string{detailApplication: r.Application, journal.DetailProof: string(r.Proof)}
	for k, v := range detail {
		all[k] = v
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfConfirmation, ID: r.ID},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division, Reason: reason, Detail: all})
}

// refusePapers ends a confirmation; what stood beside it comes to stand as if it
// had always been alone, as after a void.
func (f *Flow) refusePapers(ctx context.Context, tx *db.Tx, r confirmation.Record, reason string, by By) error {
	if err := confirmation.SetState(ctx, tx, r.ID, r.State, confirmation.Refused, confirmation.NoteNotProven); err != nil {
		return err
	}
	left, err := f.leftBy(ctx, tx, r)
	if err != nil {
		return err
	}
	detail := map[string]string{journal.DetailStood: string(r.State), journal.DetailState: string(confirmation.Refused)}
	if left.stands {
		detail["left"] = "stands"
	}
	if err := f.prove(ctx, tx, r, confirmation.NotProven, journal.PapersRefused, reason, detail, by); err != nil {
		return err
	}
	return left.settle(ctx, tx, f, r)
}

// replace lets a new record take the place of one whose papers were sent back.
func (f *Flow) replace(ctx context.Context, tx *db.Tx, id string, by confirmation.Record) error {
	prior, err := confirmation.Get(ctx, tx, id)
	if err != nil {
		return fmt.Errorf("flow: prior: %w", err)
	}
	if err := confirmation.SetState(ctx, tx, id, prior.State, confirmation.Overruled, confirmation.NoteReplaced); err != nil {
		return err
	}
	if err := confirmation.KeepReplaced(ctx, tx, id, by.ID); err != nil {
		return err
	}
	return f.write(ctx, tx, Hub(), journal.Entry{Act: journal.ConfirmationDecided, Subject: journal.Subject{Kind: journal.OfConfirmation, ID: id},
		Campaign: prior.Campaign, Point: prior.Point, Division: prior.Division, Reason: confirmation.NoteReplaced,
		Detail: map[string]string{detailApplication: prior.Application, "replaced-by": by.ID,
			journal.DetailStood: string(prior.State), journal.DetailState: string(confirmation.Overruled)}})
}

// TakeVerification takes a card that was read after a confirmation on papers. Of
// one whose confirmation has not come it is kept until that comes.
func (f *Flow) TakeVerification(ctx context.Context, tx *db.Tx, v confirmation.Verification, card confirmation.Card) error {
	sealed, err := confirmation.SealCard(f.Keys, v.ID, card)
	if err != nil {
		return err
	}
	r, err := confirmation.Get(ctx, tx, v.Record)
	if errors.Is(err, confirmation.ErrNotFound) {
		v.Outcome = confirmation.CardWaiting
		if err := f.Candidates.Meets(ctx, tx, v.Application); err != nil {
			return err
		}
		return confirmation.AddVerification(ctx, tx, v, sealed)
	}
	if err != nil {
		return fmt.Errorf("flow: verification: %w", err)
	}
	if v.Outcome, err = f.judgeCard(ctx, tx, r, v, card); err != nil {
		return err
	}
	return confirmation.AddVerification(ctx, tx, v, sealed)
}

// judgeCard says what a card makes of a confirmation on papers, and does it: hers,
// and the city has nothing to decide any more; another's, and it has again, even
// if it had accepted the papers.
func (f *Flow) judgeCard(ctx context.Context, tx *db.Tx, r confirmation.Record, v confirmation.Verification, card confirmation.Card) (confirmation.Outcome, error) {
	if !r.State.Stands() || !r.Proof.Open() && r.Proof != confirmation.Accepted {
		return confirmation.CardIdle, nil
	}
	content, err := confirmation.Open(ctx, tx, f.Keys, r.ID)
	if err != nil {
		return "", fmt.Errorf("flow: verification: %w", err)
	}
	detail := map[string]string{"verification": v.ID, "box": v.Box}
	if confirmation.Matches(content.Application, card.Chip) {
		if !r.CardSettles() { // the office decides about the card itself
			return confirmation.CardSame, nil
		}
		return confirmation.CardSame, f.prove(ctx, tx, r, confirmation.Verified, journal.CardVerified, "", detail, Box(v.Box))
	}
	to := r.Proof
	if to == confirmation.Accepted {
		to = confirmation.Provisional
	}
	// Written even where it stays: a decision that another hub takes at this moment
	// is then taken anew, with this card before it.
	return confirmation.CardDiffers, f.prove(ctx, tx, r, to, journal.CardDiffers, "", detail, Box(v.Box))
}

// cardsArrived judges the cards that came before their confirmations.
func (f *Flow) cardsArrived(ctx context.Context, tx *db.Tx, records []confirmation.New) error {
	var ids []string
	of := map[string]confirmation.Record{}
	for _, n := range records {
		if n.Record.Proof.Open() {
			ids, of[n.Record.ID] = append(ids, n.Record.ID), n.Record
			if err := f.Candidates.Meets(ctx, tx, n.Record.Application); err != nil {
				return err
			}
		}
	}
	all, err := confirmation.VerificationsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, v := range all {
		if r := of[v.Record]; v.Outcome == confirmation.CardWaiting {
			if of[v.Record], err = f.cardAgain(ctx, tx, r, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// stands judges the cards that were read while a confirmation did not stand and
// changed nothing then: it stands again.
func (f *Flow) stands(ctx context.Context, tx *db.Tx, r confirmation.Record) error {
	all, err := confirmation.VerificationsOf(ctx, tx, []string{r.ID})
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.Outcome == confirmation.CardIdle {
			if r, err = f.cardAgain(ctx, tx, r, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// cardAgain judges a card that is here already, and gives the confirmation as it is
// after it.
func (f *Flow) cardAgain(ctx context.Context, tx *db.Tx, r confirmation.Record, v confirmation.Verification) (confirmation.Record, error) {
	card, err := confirmation.OpenCard(ctx, tx, f.Keys, v.ID)
	if err != nil {
		return r, err
	}
	out := confirmation.CardIdle
	if v.Application == r.Application {
		if out, err = f.judgeCard(ctx, tx, r, v, card); err != nil {
			return r, err
		}
	}
	switch {
	case out == confirmation.CardSame && r.CardSettles():
		r.Proof = confirmation.Verified
	case out == confirmation.CardDiffers && r.Proof == confirmation.Accepted:
		r.Proof = confirmation.Provisional
	case out == v.Outcome:
		return r, nil
	}
	return r, confirmation.SettleVerification(ctx, tx, v.ID, out)
}
