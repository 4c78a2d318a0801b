package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"zhunkao/hub/blob"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
)

// What is held may have come without its parts: it was refused before they were
// waited for, or its box had filled its share. Nobody can take it so. It is made
// whole by what its box says again, of itself when it says hello or because
// somebody asks, or by a stick (issue 7, "Two weeks offline"). Only bytes that the
// envelope's own hash and the hashes of its manifest fit are put to it, once, and
// within the share of its box; why it is held and what the box was told stay as
// they were.

// askedAtOnce is how many records a box that says hello is asked for.
const askedAtOnce = 16

// ErrNotAsked: its box cannot be asked for it; a stick can bring it.
var ErrNotAsked = errors.New("intake: the box cannot be asked for this")

// lacks reports whether an envelope is held without all that its manifest names,
// and its box has room for the rest.
func (in *Intake) lacks(ctx context.Context, box string, hash protocol.Hash, man protocol.Manifest) (more bool, err error) {
	var q confirmation.Quarantined
	var used confirmation.Share
	err = in.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if q, err = confirmation.GetHeld(ctx, tx, box, hash.String()); err != nil {
			return err
		}
		used, err = confirmation.ShareOf(ctx, tx, box, q.ID)
		return err
	})
	if errors.Is(err, confirmation.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !used.Room(true, sizeOf(man)) {
		return false, nil
	}
	if q.Raw == nil {
		return true, nil
	}
	missing, err := in.missingParts(q, man)
	return len(missing) > 0, err
}

// sizeOf is the bytes of all parts that a manifest names.
func sizeOf(man protocol.Manifest) (n int64) {
	for _, p := range man.Parts() {
		n += int64(p.Size)
	}
	return n
}

// missingParts lists what a manifest names and is not here.
func (in *Intake) missingParts(q confirmation.Quarantined, man protocol.Manifest) (out []protocol.Part, err error) {
	for _, p := range man.Parts() {
		has := slices.Contains(q.Parts, p.Hash.String())
		if has {
			if has, err = in.opts.Blobs.Has(blob.Hash(p.Hash)); err != nil {
				return nil, fmt.Errorf("intake: parts of what is held: %w", err)
			}
		}
		if !has {
			out = append(out, p)
		}
	}
	return out, nil
}

// brought are the parts of an item as quarantine names them, and their bytes.
func (it *item) brought() (hashes []string, bytes int64) {
	for h, ct := range it.parts {
		hashes = append(hashes, h.String())
		bytes += int64(len(ct))
	}
	return hashes, bytes
}

// complete puts what came to an envelope that is held without it. Anything else
// that is known stays as it is.
func (in *Intake) complete(ctx context.Context, tx *db.Tx, it *item, at int64) error {
	if !it.signed || it.word.outcome != protocol.Quarantined || it.word.reason == protocol.ReasonRefused || len(it.parts) == 0 {
		return nil
	}
	q, err := confirmation.GetHeld(ctx, tx, it.box.ID, it.hash)
	if errors.Is(err, confirmation.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	whole := q.Raw != nil
	for _, p := range it.m.Parts() {
		if ct, ok := it.parts[blob.Hash(p.Hash)]; !ok || !p.Matches(ct) {
			return nil
		}
		whole = whole && slices.Contains(q.Parts, p.Hash.String())
	}
	if whole { // should the blobs have been lost, they are here again
		return nil
	}
	q.Raw, q.Completed, q.By = it.raw, at, it.by()
	q.Parts, q.Kept = it.brought()
	err = in.opts.Flow.Complete(ctx, tx, q)
	if errors.Is(err, confirmation.ErrFull) || errors.Is(err, confirmation.ErrSettled) {
		return nil
	}
	it.completed = err == nil
	return err
}

// askMissing asks a box that says hello for what is held of it and not whole. What
// nobody could judge if it came is not asked for.
func (in *Intake) askMissing(ctx context.Context, b fleet.Box) error {
	var rows []confirmation.Quarantined
	var used confirmation.Share
	err := in.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if rows, err = confirmation.HeldOf(ctx, tx, b.ID, b.Epoch, confirmation.MaxRaw); err != nil || len(rows) == 0 {
			return err
		}
		used, err = confirmation.ShareOf(ctx, tx, b.ID, "")
		return err
	})
	if err != nil {
		return err
	}
	var want protocol.Want
	for _, q := range rows {
		man, ok := in.judgeable(ctx, b, q)
		if !ok || q.Raw != nil && len(q.Parts) == len(man.Parts()) || !used.Room(q.Raw == nil, sizeOf(man)) {
			continue
		}
		if want.Records = append(want.Records, q.Sequence); len(want.Records) == askedAtOnce {
			break
		}
	}
	if len(want.Records) > 0 && in.hears(b) {
		in.opts.Down.Want(b, want)
	}
	return nil
}

// judgeable reads what is held, as far as a box is to be asked for it: the envelope
// itself is good here now, or it was not kept and may be.
func (in *Intake) judgeable(ctx context.Context, b fleet.Box, q confirmation.Quarantined) (man protocol.Manifest, ok bool) {
	if q.Sequence == 0 || q.Epoch != b.Epoch {
		return man, false
	}
	if q.Raw == nil {
		switch protocol.Reason(q.Reason) {
		case protocol.ReasonMalformed, protocol.ReasonSignature, protocol.ReasonBox, protocol.ReasonVersion:
			return man, false
		}
		return man, true
	}
	man, st, parse := protocol.ParseEnvelope(q.Raw)
	if parse != nil || string(man.Box) != b.ID {
		return man, false
	}
	key, now, err := in.signer(ctx, b.ID, man.Epoch)
	if err != nil || key == nil {
		return man, false
	}
	why, _ := judge(man, st, parse, now, func() error { return st.Verify(key) })
	return man, why == ""
}

// Lacking is what is not here of an envelope that is held, and how it can come.
type Lacking struct {
	Parts, Of int   // parts that are not here, of how many; 0 of 0 when its bytes are not here either
	Bytes     int64 // of those
	Full      bool  // its box has filled its share: something else of it is to be settled first
	Ask       bool  // its box can be asked for it
	Online    bool  // … and is connected: it answers in minutes
}

// missing says so of one.
func (in *Intake) missing(ctx context.Context, q confirmation.Quarantined, man protocol.Manifest) (*Lacking, error) {
	out := &Lacking{}
	if q.Raw != nil {
		parts, err := in.missingParts(q, man)
		if err != nil {
			return nil, err
		}
		out.Parts, out.Of = len(parts), len(man.Parts())
		for _, p := range parts {
			out.Bytes += int64(p.Size)
		}
	}
	err := in.opts.DB.Read(ctx, func(tx *db.Tx) error {
		used, err := confirmation.ShareOf(ctx, tx, q.Box, q.ID)
		out.Full = !used.Room(true, sizeOf(man))
		return err
	})
	if err != nil {
		return nil, err
	}
	if b, ok := in.opts.Fleet.Box(q.Box); ok && b.State != fleet.Revoked && b.Epoch == q.Epoch && q.Sequence != 0 && !out.Full {
		out.Ask, out.Online = true, !b.Live.Silent
	}
	return out, nil
}

// AskAgain asks a box, on somebody's word, for what is held of it and not whole.
// Nothing is promised: one that is away hears of it when it is back. Errors:
// ErrNotAsked, confirmation.ErrNotFound, confirmation.ErrSettled.
func (in *Intake) AskAgain(ctx context.Context, id string, by flow.By) error {
	seen, err := in.Look(ctx, id)
	if err != nil {
		return err
	}
	q := seen.Held
	if q.Fate != confirmation.FateHeld {
		return confirmation.ErrSettled
	}
	if seen.Missing == nil || !seen.Missing.Ask {
		return ErrNotAsked
	}
	if err := in.opts.DB.Write(ctx, func(tx *db.Tx) error { return in.opts.Flow.AskAgain(ctx, tx, q, by) }); err != nil {
		return err
	}
	in.opts.Log.Info("a box is asked for what is held of it", "worker", "intake", "box", q.Box, "record", q.Record)
	if b, ok := in.opts.Fleet.Box(q.Box); ok && in.hears(b) {
		in.opts.Down.Want(b, protocol.Want{Records: []uint64{q.Sequence}})
	}
	return nil
}

// listed bounds Held.
const listed = 500

// Held looks at what is held, the newest first. Nothing is changed.
func (in *Intake) Held(ctx context.Context) (out []Opened, err error) {
	var rows []confirmation.Quarantined
	err = in.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		rows, err = confirmation.Quarantine(ctx, tx, confirmation.Aside{Filter: confirmation.Filter{Limit: listed}, Fate: confirmation.FateHeld})
		return err
	})
	for _, q := range rows {
		if err != nil {
			break
		}
		var seen Opened
		seen, err = in.Look(ctx, q.ID)
		out = append(out, seen)
	}
	return out, err
}
