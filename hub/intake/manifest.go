package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/protocol"
)

// maxSequence keeps sequences within what the database can hold.
const maxSequence = 1<<62 - 1

// recently is how long a record that has left the lane is not taken again when
// its box repeats it: it is being committed.
const recently = 30 * time.Second

// maxRecent bounds the refused envelopes that are remembered of one box: more
// than its share of the quarantine and what is under way.
const maxRecent = 4096

// manifest takes an envelope: known ones are answered, broken ones set aside,
// new ones announced.
func (l *lane) manifest(ctx context.Context, u *under, b fleet.Box, m message) error {
	hash := protocol.HashOf(m.payload)
	if p, ok := u.records[hash]; ok && l.hub.pool == nil {
		p.asked = time.Time{} // the box says it again: let it be asked for what is missing
		return l.whole(ctx, u, b, p)
	}
	man, st, err := protocol.ParseEnvelope(m.payload)
	switch {
	case err != nil:
	case len(m.payload) > maxManifest:
		err = protocol.ErrTooLarge
	case man.Sequence > maxSequence:
		err = protocol.ErrMalformed
	}
	held, herr := l.hub.held.held(ctx, b.ID, b.Epoch, b.Held)
	if herr != nil {
		return herr
	}
	sound := err == nil && man.Epoch == b.Epoch && string(man.Box) == b.ID
	more := false // it is held, and not all of it is here
	if !sound || man.Sequence <= held.Top() {
		done, err := l.answered(ctx, b, man, hash, sound, &more)
		if err != nil || done {
			return err
		}
	}
	if at, ok := u.recent[hash]; ok && !more && time.Since(at) < recently {
		return nil
	}
	key, _, _ := l.hub.opts.Fleet.Key(b.ID)
	reason, signed := judge(man, st, err, b, func() error { return l.verify(&u.signer, st, key, m.at) })
	if (reason == protocol.ReasonBox || reason == protocol.ReasonSignature) && l.hub.opts.Fleet.Renew(ctx, b.ID) {
		key, b, _ = l.hub.opts.Fleet.Key(b.ID) // it was enrolled anew at another hub
		reason, signed = judge(man, st, err, b, func() error { return l.verify(&u.signer, st, key, m.at) })
	}
	if reason != "" {
		it := refusal(b, m.payload, hash, man, reason, signed)
		// Without it no office would have the remit to see what was set aside.
		if it.division, err = l.hub.cases.division(ctx, b.Point); err != nil {
			return err
		}
		l.gate.bad(b.ID)
		if len(u.recent) >= maxRecent {
			l.hub.count.dropped.Add(1)
			return nil
		}
		u.recent[hash] = time.Now()
		return l.hub.done.put(ctx, it)
	}
	if l.hub.pool != nil {
		return l.announceToAll(ctx, u, b, man, hash, m)
	}
	if p, ok := u.announce(man, m.payload, hash, m.at); ok {
		return l.whole(ctx, u, b, p)
	}
	l.hub.count.dropped.Add(1) // over its share: it comes again when some of it is done
	return nil
}

// judge says why an envelope is refused, "" when it is not, and whether it
// bears the signature of the box: only then does it hold its sequence.
func judge(m protocol.Manifest, st protocol.Statement, parse error, b fleet.Box, verify func() error) (protocol.Reason, bool) {
	switch {
	case st.Payload == nil:
		return protocol.ReasonMalformed, false
	case string(m.Box) != b.ID, m.Epoch != b.Epoch && m.Epoch != 0:
		return protocol.ReasonBox, false
	case verify() != nil:
		return protocol.ReasonSignature, false
	case parse == nil:
		return "", true
	case errors.Is(parse, protocol.ErrUnknownVersion), errors.Is(parse, protocol.ErrUnknownSuite):
		return protocol.ReasonVersion, placed(m)
	}
	return protocol.ReasonMalformed, placed(m)
}

// placed reports whether a refused but signed manifest still says which place
// in the chain it takes.
func placed(m protocol.Manifest) bool {
	return m.ID != (protocol.ID{}) && m.Epoch != 0 && m.Sequence != 0 && m.Sequence <= maxSequence
}

// answered sends the receipt that an envelope has got before, if it has. m is
// its manifest as far as it could be read. Of a sound one that is held without all
// of it, more is set: then what it names is collected before it is answered.
func (l *lane) answered(ctx context.Context, b fleet.Box, m protocol.Manifest, hash protocol.Hash, sound bool, more *bool) (bool, error) {
	var old row
	var ok bool
	err := l.hub.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		old, ok, err = rowOf(ctx, tx, place{b.ID, m.Epoch, m.Sequence & maxSequence}, hash.String())
		return err
	})
	if err != nil || !ok {
		return false, err
	}
	if sound && old.outcome == protocol.Quarantined && old.reason != protocol.ReasonRefused {
		if *more, err = l.hub.lacks(ctx, b.ID, hash, m); err != nil || *more {
			return false, err
		}
	}
	r, err := old.receipt()
	if err != nil {
		return false, err
	}
	l.hub.count.duplicates.Add(1)
	l.hub.opts.Down.Receipts(b, []protocol.Receipt{r})
	return true, nil
}

// refusal makes the item of an envelope that is set aside without being
// opened.
func refusal(b fleet.Box, raw []byte, hash protocol.Hash, m protocol.Manifest, why protocol.Reason, signed bool) *item {
	name := confirmation.CheckSignature
	switch why {
	case protocol.ReasonBox:
		name = confirmation.CheckEpoch
	case protocol.ReasonVersion, protocol.ReasonMalformed:
		name = confirmation.CheckSeal
	}
	return &item{box: b, m: m, raw: raw, hash: hash.String(), refused: why, signed: signed,
		checks: []confirmation.Check{{By: confirmation.ByHub, Name: name, Result: confirmation.Fail, Note: string(why)}}}
}

// chunk takes pieces of parts that a manifest under way names. Others are
// dropped: without a signed manifest anybody could fill the hub.
func (l *lane) chunk(ctx context.Context, u *under, b fleet.Box, m message) error {
	c, err := protocol.ParseChunk(m.payload)
	if err != nil {
		return err
	}
	if l.hub.pool != nil {
		return l.share(ctx, u, b, c, m)
	}
	touched := map[*pending]bool{}
	held := u.held(c)
	for _, piece := range c.Pieces {
		q := u.parts[piece.Part]
		if q == nil || q.bytes != nil {
			continue
		}
		if piece.Offset+uint64(len(piece.Bytes)) > q.Size {
			return fmt.Errorf("%w: piece beyond its part", protocol.ErrMalformed)
		}
		if err := l.piece(b.ID, q, piece, held, len(m.payload)); err != nil {
			return err
		}
		for _, p := range q.users {
			p.moved = m.at
			if q.bytes != nil {
				p.need--
			}
			touched[p] = true
		}
	}
	for p := range touched {
		if err := l.whole(ctx, u, b, p); err != nil {
			return err
		}
	}
	return nil
}

// held is how many bytes of a chunk stay in memory with any one of its pieces:
// all those of whole parts of one record, which goes as one.
func (u *under) held(c protocol.Chunk) (bytes int) {
	var of *pending
	for i, piece := range c.Pieces {
		q := u.parts[piece.Part]
		if q == nil || q.bytes != nil || piece.Offset != 0 || uint64(len(piece.Bytes)) != q.Size {
			continue
		}
		twice := slices.ContainsFunc(c.Pieces[:i], func(p protocol.Piece) bool { return p.Part == piece.Part })
		if twice || len(q.users) != 1 || of != nil && of != q.users[0] {
			return 0
		}
		of = q.users[0]
		bytes += len(piece.Bytes)
	}
	return bytes
}

// piece adds a piece to a part. A part that comes whole is held in memory; the
// rest is collected by package blob, outside memory and beyond a restart.
func (l *lane) piece(box string, q *part, piece protocol.Piece, held, message int) error {
	if piece.Offset == 0 && uint64(len(piece.Bytes)) == q.Size {
		keep(q, piece, held, message)
		return nil
	}
	store := l.hub.opts.Blobs
	q.staged = true
	n, err := store.Stage(box, blob.Hash(q.Hash), q.Size, piece.Offset, piece.Bytes)
	if err != nil {
		return fmt.Errorf("intake: stage: %w", err)
	}
	if n < q.Size {
		return nil
	}
	whole, err := store.Take(box, blob.Hash(q.Hash))
	switch {
	case errors.Is(err, blob.ErrHash):
		return protocol.ErrHash // it was discarded, and is asked for again
	case err != nil:
		return fmt.Errorf("intake: staged part: %w", err)
	}
	q.bytes = whole
	return nil
}

// keep holds a part that came in one piece; whoever opens it hashes it. It
// shares the memory of its message, of the given length, when it is most of it,
// or what is held of that with it is: else a small part could hold a large
// message.
func keep(q *part, piece protocol.Piece, held, message int) {
	q.bytes = piece.Bytes
	if 2*max(held, len(q.bytes)) < message {
		q.bytes = bytes.Clone(q.bytes)
	}
}

// whole opens a record when all it names is here, and hands it on.
func (l *lane) whole(ctx context.Context, u *under, b fleet.Box, p *pending) error {
	if p.need > 0 {
		return nil
	}
	parts := make(map[protocol.Hash][]byte, len(p.m.Blobs)+1)
	for _, named := range p.m.Parts() {
		parts[named.Hash] = u.parts[named.Hash].bytes
	}
	return l.openWhole(ctx, u, b, p, parts)
}

func (l *lane) openWhole(ctx context.Context, u *under, b fleet.Box, p *pending, parts map[protocol.Hash][]byte) error {
	it, err := l.hub.open(ctx, b, p, parts, &l.scratch)
	if err != nil {
		return err // the database is away: it stays announced, and the box says it again
	}
	// What opens has the hashes that the manifest names. What does not may have
	// been spoilt on the way, by anybody: then the box is asked for it again.
	if it.refused != "" && u.spoilt(p) {
		return fmt.Errorf("%w: a part came spoilt and is asked for again", protocol.ErrHash)
	}
	it.staged = u.forget(p)
	if it.pooled = l.hub.pool != nil; it.pooled {
		it.staged = it.staged[:0]
		for _, named := range p.m.Parts() {
			it.staged = append(it.staged, blob.Hash(named.Hash))
		}
	}
	u.recent[p.hash] = time.Now()
	return l.hub.done.put(ctx, it)
}

// spoilt drops the parts of a record that are not what they are named.
func (u *under) spoilt(p *pending) bool {
	found := false
	for _, named := range p.m.Parts() {
		q := u.parts[named.Hash]
		if q == nil || q.bytes == nil {
			continue
		}
		if named.Matches(q.bytes) {
			q.bytes = bytes.Clone(q.bytes) // the message that it came in may go
			continue
		}
		found = true
		q.bytes = nil
		for _, user := range q.users {
			user.need++
		}
	}
	return found
}
