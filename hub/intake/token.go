package intake

import (
	"context"
	"crypto"
	"errors"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
	"zhunkao/protocol/window"
)

// token finds the facts of the queue token that a record came with: whether the
// box that it names signed it, for this point and this day, and whether it was
// drawn while the window was open or may have been. Whether it is used up is
// known only in the transaction.
func (it *item) token(ctx context.Context, in *Intake, body protocol.Confirmation, last *ready) error {
	if len(body.Token) == 0 {
		return nil
	}
	f := &it.facts.Token
	f.Hash = protocol.HashOf(body.Token).String()
	t, err := protocol.ReadToken(body.Token)
	if err != nil {
		f.Why = confirmation.NoteTokenForged
		return nil
	}
	key, err := in.keyOf(ctx, t.Address)
	if errors.Is(err, fleet.ErrNotFound) {
		f.Why = confirmation.NoteTokenForged
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := protocol.OpenToken(body.Token, key); err != nil {
		f.Why = confirmation.NoteTokenForged
		return nil
	}
	sealed := interval(it.m.Time)
	switch {
	case t.Point != body.Point:
		f.Why = confirmation.NoteTokenPoint
	case !sealed.OnQueueDay(t.Day):
		f.Why = confirmation.NoteTokenDay
	}
	f.Serves = last.queued(body, it.division, sealed, interval(t.Drawn))
	return nil
}

// keyOf is the key that a box signs with, or signed with in an epoch that ended.
// Error: fleet.ErrNotFound.
func (in *Intake) keyOf(ctx context.Context, of protocol.Address) (crypto.PublicKey, error) {
	if key, b, ok := in.opts.Fleet.Key(string(of.Box)); ok && b.Epoch == of.Epoch {
		return key, nil
	}
	return in.opts.Fleet.EndedKey(ctx, string(of.Box), of.Epoch)
}

// queued says whether the holder of a token drawn at the interval drawn is served
// at the interval sealed, if not by that interval itself. A pause is for
// everybody.
func (r *ready) queued(body protocol.Confirmation, division string, sealed, drawn window.Interval) bool {
	who := r.Subject(body.Application, division)
	switch v := r.calendar.JudgeQueued(window.Confirm, who, sealed, drawn); v.State {
	case window.Closed:
		return false
	case window.Open:
		return v.Reason == window.QueueToken || r.calendar.Judge(window.Confirm, who, drawn).Accepts()
	}
	return r.calendar.Judge(window.Confirm, who, drawn).Accepts()
}

// interval is what evidence of time says.
func interval(t protocol.TimeEvidence) window.Interval {
	return window.Interval{Earliest: t.Earliest.Time(), Latest: t.Latest.Time(), Bounded: t.Latest != 0}
}

// readTokens finds which tokens of a batch are used up.
func (k *known) readTokens(ctx context.Context, tx *db.Tx, batch []*item) error {
	var hashes []string
	for _, it := range batch {
		if h := it.facts.Token.Hash; h != "" {
			hashes = append(hashes, h)
		}
	}
	var err error
	k.tokens, err = confirmation.TokensUsed(ctx, tx, hashes)
	return err
}

// once takes a token back from a record when another one used it up.
func (k *known) once(t flow.Token, record string) flow.Token {
	if by := k.tokens[t.Hash]; t.Hash != "" && by != "" && by != record {
		t.Why = confirmation.NoteTokenUsed
	}
	return t
}

// use has a token used up by the record that was taken with it; "" if it came
// with none that counts.
func (k *known) use(it *item) string {
	t := k.once(it.facts.Token, it.rec.ID)
	if t.Hash == "" || t.Why != "" {
		return ""
	}
	k.tokens[t.Hash] = it.rec.ID
	return t.Hash
}
