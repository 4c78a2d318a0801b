package intake

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
)

// The carriers of records, as the journal names them.
const (
	CarrierWire  = "mqtt"
	CarrierStick = "stick"
)

// Word is what became of one record that was carried in.
type Word string

// The words.
const (
	WordNew   Word = "new"     // taken, with this
	WordKnown Word = "known"   // here already, and nothing was done
	WordAside Word = "aside"   // set aside, with this or before; Reason
	WordWhole Word = "whole"   // set aside before; what was missing of it came with this; Reason
	WordAlien Word = "foreign" // of no box of this hub, or not signed by the one it names; nothing was kept; Reason
	WordTorn  Word = "torn"    // not whole on the carrier; nothing was kept
	WordLater Word = "later"   // could not be dealt with now; bring it again
	WordEarly Word = "early"   // a void, a card or a review of an application that is not here: its box sealed something before it that has not come; bring that, and it again
)

// Carried is what became of one record of a carrier. Box, Epoch, Sequence and
// Record are what the envelope claims, as far as it could be read.
type Carried struct {
	Box      string
	Epoch    uint32
	Sequence uint64
	Record   string
	Hash     string // of the envelope
	Word     Word
	Reason   protocol.Reason
}

// Sheet is what one file of a stick held.
type Sheet struct {
	Box     string // as the file calls itself
	File    uint64
	Words   map[Word]int
	Damaged int  // stretches that were passed over
	GaveUp  bool // so damaged that its end was not read
}

// What a stick holds: its folder, how names of files end, how many files of one
// are read, and how long one may be, in bytes.
const (
	StickDir      = protocol.StickDir
	StickExt      = protocol.StickExt
	MaxStickFiles = protocol.MaxStickFiles
	MaxStick      = protocol.MaxStickFile
)

// ErrNoStick says that a file is no journal of a box.
var ErrNoStick = errors.New("intake: no journal of a box")

// What is under way of one stick, at most: enough to fill a batch.
const (
	carriedAtOnce = 64
	carriedBytes  = protocol.MaxRecord + 8<<20
	// carryPatience is how long one record may take. A batch is tried again for
	// less than a second while the database is away.
	carryPatience = time.Minute
)

// Stick reads one file of a stick and takes every record in it, as if it had
// come over the wire; tell is called with each in the file's order, and ends the
// reading by its error. What rests on something that comes later in the file is taken
// after it, in the order of its box, and told last. Intake must be running. Errors:
// ErrNoStick, those of r, of tell, of ctx.
func (in *Intake) Stick(ctx context.Context, r io.Reader, tell func(Carried) error) (Sheet, error) {
	s, err := protocol.NewStickReader(r)
	if errors.Is(err, protocol.ErrNoStick) {
		return Sheet{}, fmt.Errorf("%w: %w", ErrNoStick, err)
	}
	if err != nil {
		return Sheet{}, err
	}
	out := Sheet{Box: string(s.File().Box), File: s.File().File, Words: map[Word]int{}}
	c := &carrying{hub: in, sheet: &out, tell: tell}
	for {
		rec, err := s.Next()
		out.Damaged = s.Damaged()
		if errors.Is(err, io.EOF) || errors.Is(err, protocol.ErrNoStick) {
			out.GaveUp = !errors.Is(err, io.EOF)
			return out, errors.Join(c.wait(ctx, 0, 0), c.again(ctx))
		}
		if err != nil {
			return out, errors.Join(err, c.wait(ctx, 0, 0))
		}
		if err := c.take(ctx, rec); err != nil {
			return out, err
		}
	}
}

// Bring is Stick, and notes in the journal who brought it and what was in it,
// however it ended.
func (in *Intake) Bring(ctx context.Context, r io.Reader, by flow.By, tell func(Carried) error) (Sheet, error) {
	sheet, err := in.Stick(ctx, r, tell)
	if sheet.Box == "" {
		return sheet, err
	}
	note := flow.Stick{Box: sheet.Box, File: sheet.File, Words: map[string]int{}}
	for w, n := range sheet.Words {
		note.Words[string(w)] = n
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), carryPatience)
	defer cancel()
	return sheet, errors.Join(err, in.opts.DB.Write(ctx, func(tx *db.Tx) error { return in.opts.Flow.BroughtStick(ctx, tx, note, by) }))
}

// carrying is one stick under way.
type carrying struct {
	hub     *Intake
	sheet   *Sheet
	tell    func(Carried) error
	flying  []flying
	bytes   int
	scratch []byte
	early   []flying // were early; nil when they are taken again
	last    bool     // what is early now stays so
}

type flying struct {
	word   Carried
	rec    protocol.StickRecord
	size   int
	answer <-chan Carried // nil: word is the last
}

// take begins one record and waits for earlier ones when too many are under way.
func (c *carrying) take(ctx context.Context, rec protocol.StickRecord) error {
	size := len(rec.Envelope)
	for _, p := range rec.Parts {
		size += len(p)
	}
	if err := c.wait(ctx, carriedAtOnce-1, max(0, carriedBytes-size)); err != nil {
		return err
	}
	word, answer, err := c.hub.carry(ctx, rec, &c.scratch)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c.hub.opts.Log.Error("a record of a stick could not be dealt with", "worker", "intake", "box", word.Box, "error", err.Error())
		word.Word, answer = WordLater, nil
	}
	c.flying = append(c.flying, flying{word, rec, size, answer})
	c.bytes += size
	return nil
}

// wait tells what became of the oldest until so few and so little are under way.
func (c *carrying) wait(ctx context.Context, most, bytes int) error {
	for len(c.flying) > most || c.bytes > bytes && len(c.flying) > 0 {
		f := c.flying[0]
		if f.answer != nil {
			t := time.NewTimer(carryPatience)
			select {
			case f.word = <-f.answer:
			case <-t.C:
				f.word.Word = WordLater
			case <-ctx.Done():
				t.Stop()
				return ctx.Err()
			}
			t.Stop()
		}
		c.flying, c.bytes = c.flying[1:], c.bytes-f.size
		if f.word.Word == WordEarly && !c.last && len(c.early) < carriedAtOnce {
			c.early = append(c.early, f)
			continue
		}
		c.sheet.Words[f.word.Word]++
		if err := c.tell(f.word); err != nil {
			return err
		}
	}
	return nil
}

// again takes once more what was early: the rest of the file is in.
func (c *carrying) again(ctx context.Context) error {
	early := c.early
	c.early, c.last = nil, true
	slices.SortStableFunc(early, func(a, b flying) int {
		return cmp.Or(cmp.Compare(a.word.Epoch, b.word.Epoch), cmp.Compare(a.word.Sequence, b.word.Sequence))
	})
	for _, f := range early {
		if err := c.take(ctx, f.rec); err != nil {
			return err
		}
	}
	return c.wait(ctx, 0, 0)
}

// carry judges one record as the wire would, and hands it to the committer. The
// differences: what bears nobody's signature has no effect at all, for here no
// certificate stands for its box; an ended epoch's records are taken by the key
// of that epoch, for the disk that held them may be gone; those of a revoked box
// are taken and wait for the county (flow.Next).
func (in *Intake) carry(ctx context.Context, rec protocol.StickRecord, scratch *[]byte) (Carried, <-chan Carried, error) {
	hash := protocol.HashOf(rec.Envelope)
	man, st, parse := protocol.ParseEnvelope(rec.Envelope)
	switch {
	case parse != nil:
	case len(rec.Envelope) > maxManifest:
		parse = protocol.ErrTooLarge
	case man.Sequence > maxSequence:
		parse = protocol.ErrMalformed
	}
	word := Carried{Box: string(man.Box), Epoch: man.Epoch, Sequence: man.Sequence & maxSequence, Hash: hash.String(), Word: WordAlien}
	if man.ID != (protocol.ID{}) {
		word.Record = man.ID.String()
	}
	if st.Payload == nil || !man.Box.Valid() {
		word.Box, word.Reason = "", protocol.ReasonMalformed
		return word, nil, nil
	}
	key, b, err := in.signer(ctx, string(man.Box), man.Epoch)
	if err != nil {
		return word, nil, err
	}
	if key == nil {
		word.Reason = protocol.ReasonBox
		return word, nil, nil
	}
	reason, signed := judge(man, st, parse, b, func() error { return st.Verify(key) })
	if reason == protocol.ReasonBox || reason == protocol.ReasonSignature {
		word.Reason = reason
		return word, nil, nil
	}
	done, err := in.carriedBefore(ctx, b, man, hash, &word)
	if err != nil {
		return word, nil, err
	}
	if done && !(reason == "" && rec.Whole && word.Word == WordAside) {
		return word, nil, nil
	}
	if done {
		if more, err := in.lacks(ctx, b.ID, hash, man); err != nil || !more {
			return word, nil, err
		}
	}
	if reason == "" && !rec.Whole {
		word.Word = WordTorn
		return word, nil, nil
	}
	var it *item
	if reason != "" {
		it = refusal(b, rec.Envelope, hash, man, reason, signed)
		if it.division, err = in.cases.division(ctx, b.Point); err != nil {
			return word, nil, err
		}
	} else if it, err = in.open(ctx, b, &pending{m: man, raw: rec.Envelope, hash: hash, moved: time.Now()}, rec.Parts, scratch); err != nil {
		return word, nil, err
	}
	answer := make(chan Carried, 1)
	it.carrier, it.answer = CarrierStick, func(w Word, why protocol.Reason) {
		told := word
		told.Word, told.Reason = w, why
		answer <- told // of one item once
	}
	return word, answer, in.done.put(ctx, it)
}

// signer gives the key that a box signed with in an epoch, and the box as it was
// in it; no key when the hub knows neither.
func (in *Intake) signer(ctx context.Context, id string, epoch uint32) (*ecdsa.PublicKey, fleet.Box, error) {
	key, b, ok := in.opts.Fleet.Key(id)
	if !ok || epoch > b.Epoch {
		if !in.opts.Fleet.Renew(ctx, id) { // it was enrolled at another hub
			return nil, b, nil
		}
		if key, b, ok = in.opts.Fleet.Key(id); !ok {
			return nil, b, nil
		}
	}
	if epoch == b.Epoch {
		return key, b, nil
	}
	key, err := in.opts.Fleet.EndedKey(ctx, id, epoch)
	if errors.Is(err, fleet.ErrNotFound) {
		return nil, b, nil
	}
	b.Epoch = epoch
	return key, b, err
}

// carriedBefore finds what was said about an envelope that is known.
func (in *Intake) carriedBefore(ctx context.Context, b fleet.Box, m protocol.Manifest, hash protocol.Hash, word *Carried) (bool, error) {
	var old row
	var ok bool
	err := in.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		old, ok, err = rowOf(ctx, tx, place{b.ID, m.Epoch, m.Sequence & maxSequence}, hash.String())
		return err
	})
	if err != nil || !ok {
		return false, err
	}
	in.count.duplicates.Add(1)
	word.Word, word.Reason = WordKnown, ""
	if old.outcome != protocol.Accepted {
		word.Word, word.Reason = WordAside, old.reason
	}
	if r, err := old.receipt(); err == nil && in.hears(b) {
		in.opts.Down.Receipts(b, []protocol.Receipt{r}) // should it be there: it need not send it any more
	}
	return true, nil
}

// hears reports whether a receipt for a record of this box and epoch has anybody
// to go to.
func (in *Intake) hears(b fleet.Box) bool {
	now, ok := in.opts.Fleet.Box(b.ID)
	return in.opts.Down != nil && ok && now.Epoch == b.Epoch && now.State != fleet.Revoked
}

// by names the carrier for the journal.
func (it *item) by() string {
	if it.carrier == "" {
		return CarrierWire
	}
	return it.carrier
}

// say tells whoever carried a record what became of it.
func (it *item) say() {
	if it.answer == nil {
		return
	}
	answer := it.answer
	it.answer = nil
	switch {
	case it.word.hash == "" && it.early:
		answer(WordEarly, "")
	case it.word.hash == "":
		answer(WordLater, "")
	case it.completed:
		answer(WordWhole, it.word.reason)
	case it.word.outcome != protocol.Accepted:
		answer(WordAside, it.word.reason)
	case it.known:
		answer(WordKnown, "")
	default:
		answer(WordNew, "")
	}
}

// Once runs intake for f alone, where no hub runs: with neither boxes nor
// broker to speak to.
func (in *Intake) Once(ctx context.Context, f func(context.Context) error) error {
	own, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- in.Run(own) }()
	err := f(ctx)
	stop()
	return errors.Join(err, <-ended)
}
