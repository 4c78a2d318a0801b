package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/fleet"
	"zhunkao/protocol"
)

// What a lane does where several hubs share what is under way: its own maps are
// then only the quick way for a record of which manifest and all parts came
// here. Whoever puts in the last piece, or the manifest after it, sees all that
// was committed before and takes the record. When two see it, the second finds
// it known, and both give the same receipt.

// overdue is the kind of the message by which the lane of a box is told that
// something of it is late; no box can say it.
const overdue protocol.Kind = "overdue"

// watch tells lanes what is late, until ctx ends.
func (in *Intake) watch(ctx context.Context) {
	t := time.NewTicker(in.opts.Want)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			boxes, err := in.pool.overdue(ctx, now, in.opts.Want)
			if err != nil && ctx.Err() == nil {
				in.opts.Log.Warn("what is late will be looked for again", "worker", "intake", "error", err.Error())
			}
			for _, box := range boxes {
				in.lane(box).nudge(box, now)
			}
		}
	}
}

// nudge has a lane look at what is late of a box; when the lane is full it is
// at work for its boxes anyway.
func (l *lane) nudge(box string, now time.Time) {
	m := message{box: box, kind: overdue, at: now}
	if !l.gate.enter(box, false) {
		return
	}
	select {
	case l.small <- m:
	default:
		l.gate.leave(box, false)
	}
}

// announceToAll puts a verified manifest where every hub finds it.
func (l *lane) announceToAll(ctx context.Context, u *under, b fleet.Box, man protocol.Manifest, hash protocol.Hash, m message) error {
	size := uint64(0)
	for _, p := range man.Parts() {
		size += p.Size
	}
	taken, err := l.hub.pool.announce(ctx, b.ID, hash, m.payload, size)
	if err != nil {
		return err
	}
	if !taken {
		l.hub.count.dropped.Add(1) // over its share: it comes again when some of it is done
		return nil
	}
	if u.records[hash] == nil {
		u.announce(man, m.payload, hash, m.at) // the quick way; not there when it is full
	}
	return l.gather(ctx, u, b, false)
}

// share takes the pieces of a chunk: of a record that it completes here they go
// no further, all others are put where every hub finds them.
func (l *lane) share(ctx context.Context, u *under, b fleet.Box, c protocol.Chunk, m message) error {
	here := map[*pending]bool{}
	var out []blob.Piece
	for _, piece := range c.Pieces {
		add := blob.Piece{Part: blob.Hash(piece.Part), Offset: piece.Offset, Bytes: piece.Bytes}
		q := u.parts[piece.Part]
		if q != nil {
			if piece.Offset+uint64(len(piece.Bytes)) > q.Size {
				return fmt.Errorf("%w: piece beyond its part", protocol.ErrMalformed)
			}
			add.Size = q.Size
			if q.bytes == nil && piece.Offset == 0 && uint64(len(piece.Bytes)) == q.Size {
				keep(q, piece, len(piece.Bytes), len(m.payload))
				for _, p := range q.users {
					p.need--
				}
			}
			for _, p := range q.users {
				p.moved = m.at
				here[p] = true
			}
		}
		out = append(out, add)
	}
	done := map[protocol.Hash]bool{} // parts of records that are whole here
	for p := range here {
		if p.need > 0 {
			continue
		}
		for _, named := range p.m.Parts() {
			done[named.Hash] = true
		}
	}
	for p := range here {
		if p.need > 0 { // somebody else may need what that one and this have in common
			for _, named := range p.m.Parts() {
				delete(done, named.Hash)
			}
		}
	}
	rest := out[:0]
	for _, piece := range out {
		if !done[protocol.Hash(piece.Part)] {
			rest = append(rest, piece)
		}
	}
	for p := range here {
		if p.need == 0 {
			if err := l.whole(ctx, u, b, p); err != nil {
				return err
			}
		}
	}
	if len(rest) == 0 {
		return nil
	}
	if err := l.hub.pool.pieces.Add(ctx, b.ID, rest...); err != nil {
		if errors.Is(err, blob.ErrTooLarge) {
			return fmt.Errorf("%w: %w", protocol.ErrTooLarge, err)
		}
		return fmt.Errorf("intake: stage: %w", err)
	}
	return l.gather(ctx, u, b, false)
}

// gather takes every record of a box of which all is here, whichever hub got
// it. With late set it asks for what is missing, and forgets what will not come.
func (l *lane) gather(ctx context.Context, u *under, b fleet.Box, late bool) error {
	waiting, err := l.hub.pool.of(ctx, b.ID)
	if err != nil {
		return err
	}
	u.trim(waiting)
	var list []*pending
	var parts []blob.Hash
	var gone []protocol.Hash
	for _, w := range waiting {
		if at, ok := u.recent[w.hash]; ok && time.Since(at) < recently {
			continue // being committed here
		}
		p := u.records[w.hash]
		if p == nil {
			man, _, err := protocol.ParseEnvelope(w.raw)
			if err != nil {
				gone = append(gone, w.hash) // damaged where it lay
				continue
			}
			p = &pending{m: man, raw: w.raw, hash: w.hash}
		}
		p.since = w.at
		if p.m.Epoch != b.Epoch {
			gone = append(gone, w.hash) // the box was enrolled anew
			continue
		}
		list = append(list, p)
		for _, named := range p.m.Parts() {
			parts = append(parts, blob.Hash(named.Hash))
		}
	}
	have, err := l.hub.pool.pieces.Have(ctx, b.ID, parts...)
	if err != nil {
		return err
	}
	var want protocol.Want
	for _, p := range list {
		missing, idle := u.lacks(p, have)
		switch {
		case len(missing) == 0:
			if err := l.takeUp(ctx, u, b, p); err != nil {
				return err
			}
		case late && time.Since(idle) > giveUpAfter:
			gone = append(gone, p.hash) // its pieces stay until they are swept: the box may come back
		case late && time.Since(idle) > l.hub.opts.Want:
			want.Parts = append(want.Parts, missing...)
		}
	}
	if len(gone) > 0 {
		if err := l.hub.pool.leave(ctx, b.ID, gone, nil); err != nil {
			return err
		}
	}
	if len(want.Parts) > 0 {
		want.Parts = want.Parts[:min(len(want.Parts), maxWanted)]
		l.hub.opts.Down.Want(b, want)
	}
	return nil
}

// trim forgets records that another hub has taken.
func (u *under) trim(waiting []upload) {
	still := map[protocol.Hash]bool{}
	for _, w := range waiting {
		still[w.hash] = true
	}
	for h, p := range u.records {
		if !still[h] {
			u.forget(p)
		}
	}
}

// lacks lists what is not here of a record, and when the last of it came.
func (u *under) lacks(p *pending, have map[blob.Hash]blob.Progress) (missing []protocol.WantPart, moved time.Time) {
	moved = p.since
	for _, named := range p.m.Parts() {
		got := have[blob.Hash(named.Hash)]
		if got.Touched.After(moved) {
			moved = got.Touched
		}
		if q := u.parts[named.Hash]; q != nil && q.bytes != nil || got.Have >= named.Size {
			continue
		}
		missing = append(missing, protocol.WantPart{Record: p.m.ID, Part: named.Hash, From: got.Have})
	}
	return missing, moved
}

// takeUp opens a record of which all is here.
func (l *lane) takeUp(ctx context.Context, u *under, b fleet.Box, p *pending) error {
	parts := map[protocol.Hash][]byte{}
	for _, named := range p.m.Parts() {
		if q := u.parts[named.Hash]; q != nil && q.bytes != nil {
			parts[named.Hash] = q.bytes
			continue
		}
		whole, err := l.hub.pool.pieces.Take(ctx, b.ID, blob.Hash(named.Hash), named.Size)
		switch {
		case errors.Is(err, blob.ErrHash):
			return protocol.ErrHash // it was discarded, and is asked for again
		case errors.Is(err, blob.ErrIncomplete):
			return nil // another hub has taken the record meanwhile
		case err != nil:
			return fmt.Errorf("intake: staged part: %w", err)
		}
		parts[named.Hash] = whole
	}
	return l.openWhole(ctx, u, b, p, parts)
}

// settled takes what a commit has dealt with off what is under way.
func (c *committer) settled(ctx context.Context, batch []*item) {
	envelopes, parts := map[string][]protocol.Hash{}, map[string][]blob.Hash{}
	for _, it := range batch {
		if !it.pooled {
			continue
		}
		h, err := protocol.ParseHash(it.hash)
		if err != nil {
			continue // ours, and always a hash
		}
		envelopes[it.box.ID] = append(envelopes[it.box.ID], h)
		parts[it.box.ID] = append(parts[it.box.ID], it.staged...)
	}
	for box, list := range envelopes {
		if err := c.hub.pool.leave(ctx, box, list, parts[box]); err != nil && ctx.Err() == nil {
			c.hub.opts.Log.Warn("records that are in stay listed as under way; they are found known", "worker", "intake", "box", box, "error", err.Error())
		}
	}
}
