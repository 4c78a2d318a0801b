package intake

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/protocol"
)

// known is what the database says about the records of one batch, kept up to
// date while the batch is decided, one record after the other.
type known struct {
	byHash   map[[2]string]row // box, hash
	bySeq    map[place]row     // chained
	byRecord map[string]row    // chained
	apps     map[string]candidate.Standing
	priors   map[string][]flow.Prior
	aside    map[string]int64               // rows in quarantine, by box
	tokens   map[string]string              // that are used up: the record
	voids    map[string][]confirmation.Void // that wait for a record of the batch, by its id

	met     map[string]string             // applications by the id that a box gave them
	numbers map[candidate.Numbered]string // … and by the number of those entered at a point
	erased  map[string]bool               // ids of those entered at a point that were erased since
	typed   map[string]bool               // applications that came with the batch, and whether their numbers were only typed
}

type place struct {
	box   string
	epoch uint32
	seq   uint64
}

// read gathers what is known of a batch.
func read(ctx context.Context, tx *db.Tx, candidates *candidate.Store, batch []*item) (*known, error) {
	k := &known{byHash: map[[2]string]row{}, bySeq: map[place]row{}, byRecord: map[string]row{},
		apps: map[string]candidate.Standing{}, priors: map[string][]flow.Prior{}, voids: map[string][]confirmation.Void{}, typed: map[string]bool{}}
	err := k.readChains(ctx, tx, batch)
	if err == nil {
		err = k.readEntered(ctx, tx, candidates, batch)
	}
	if err == nil {
		err = k.readApplications(ctx, tx, candidates, batch)
	}
	if err == nil {
		err = k.readVoids(ctx, tx, batch)
	}
	if err == nil {
		err = k.readTokens(ctx, tx, batch)
	}
	if err != nil {
		return nil, fmt.Errorf("intake: what is known: %w", err)
	}
	return k, nil
}

func (k *known) readChains(ctx context.Context, tx *db.Tx, batch []*item) error {
	var hashes [][]any
	var places []place
	var ids []string
	boxes := map[string]bool{}
	for _, it := range batch {
		boxes[it.box.ID] = true
		hashes = append(hashes, []any{it.box.ID, it.hash})
		places = append(places, place{it.box.ID, it.m.Epoch, it.m.Sequence & maxSequence})
		if it.signed {
			ids = append(ids, it.m.ID.String())
		}
	}
	for _, ask := range []func() ([]row, error){
		func() ([]row, error) { return rowsBeside(ctx, tx, hashes) },
		func() ([]row, error) { return rowsAround(ctx, tx, places) },
		func() ([]row, error) { return rowsByRecord(ctx, tx, ids) },
	} {
		rows, err := ask()
		if err != nil {
			return err
		}
		k.add(rows...)
	}
	var err error
	k.aside, err = confirmation.QuarantineOf(ctx, tx, slices.Collect(maps.Keys(boxes)))
	return err
}

func (k *known) add(rows ...row) {
	for _, r := range rows {
		k.byHash[[2]string{r.box, r.hash}] = r
		if r.chained {
			k.bySeq[place{r.box, r.epoch, r.seq}] = r
			k.byRecord[r.record] = r
		}
	}
}

func (k *known) readApplications(ctx context.Context, tx *db.Tx, candidates *candidate.Store, batch []*item) error {
	var ids []string
	var asked []candidate.Asked
	for _, it := range batch {
		if it.app.ID != "" && it.refused == "" {
			ids = append(ids, it.app.ID)
			asked = append(asked, candidate.Asked{ID: it.app.ID, Mark: it.mark})
		}
	}
	for _, id := range k.besides() {
		ids, asked = append(ids, id), append(asked, candidate.Asked{ID: id})
	}
	found, err := candidates.Compare(ctx, tx, asked)
	if err != nil {
		return err
	}
	for _, app := range found {
		k.apps[app.ID] = app
	}
	standing, err := confirmation.Standing(ctx, tx, ids)
	for _, s := range standing {
		k.priors[s.Application] = append(k.priors[s.Application], flow.Prior{ID: s.ID, Point: s.Point, State: s.State, Proof: s.Proof, Returned: s.Returned})
	}
	return err
}

// decision is what becomes of one record.
type decision struct {
	known   bool // it had its word before; nothing is to be written
	dropped bool // its box has filled its share of the quarantine: no word
	refused protocol.Reason
	step    flow.Step
	token   string // of the queue, used up by it
}

// decide says what becomes of one record and notes it for those after it.
// The hub's word on it, old or new, is left in it.word.
func (k *known) decide(it *item, ring *keys.Ring, at int64) decision {
	if old, ok := k.byHash[[2]string{it.box.ID, it.hash}]; ok {
		it.word = old
		return decision{known: true}
	}
	w := row{box: it.box.ID, hash: it.hash, epoch: it.m.Epoch, seq: it.m.Sequence & maxSequence, previous: it.m.Previous.String(),
		outcome: protocol.Accepted, at: at}
	if it.m.ID != (protocol.ID{}) {
		w.record = it.m.ID.String()
	}
	where := k.place(it)
	w.chained = it.signed && (where == flow.PlaceFirst || where == flow.PlaceNext || where == flow.PlaceGap)
	d := decision{refused: cmp.Or(it.refused, it.forbidden)}
	if d.refused == "" || it.signed && !w.chained {
		d.step = k.next(it, where, ring)
		if d.step.Refusal != "" {
			d.refused = protocol.Reason(d.step.Refusal)
		}
	}
	if d.refused != "" {
		if k.aside[it.box.ID] >= confirmation.MaxRows {
			it.word = row{}
			return decision{dropped: true}
		}
		k.aside[it.box.ID]++
		w.outcome, w.reason = protocol.Quarantined, d.refused
	} else if it.act == nil {
		k.taken(it, d.step)
		d.token = k.use(it)
	}
	it.word = w
	k.add(w)
	return d
}

// next asks flow with all facts together.
func (k *known) next(it *item, where flow.Place, ring *keys.Ring) flow.Step {
	if it.act != nil {
		return k.nextAct(it, where)
	}
	f := it.facts
	f.Place, f.Token = where, k.once(f.Token, it.rec.ID)
	f.Voided = slices.ContainsFunc(k.voids[it.rec.ID], func(v confirmation.Void) bool { return v.Reaches(it.rec) == nil })
	app, ok := k.apps[it.app.ID]
	if f.Known = ok && app.Campaign == it.m.Campaign; f.Known {
		f.HubVersion, f.HubPoint = app.Version, app.Point
		// The same content has the same number in it.
		f.SameContent = bytes.Equal(app.Mark, it.mark)
		f.SignedNumberIsHub = f.SameContent ||
			app.Opened != nil && bytes.Equal(it.number, ring.NumberKey(app.Opened.Number().Reveal()))
	}
	if f.Known && it.alias() != "" { // found by the number
		f.SignedNumberIsHub, f.SameContent = true, false
	}
	f.Stranger = f.Stranger || app.Apart
	f.Entered = f.Entered && !k.erased[it.app.ID] // what was erased does not come back by what is late
	f.Priors = k.priors[it.app.ID]
	return flow.Next(f)
}

// place finds where a record stands in the chain of its box.
func (k *known) place(it *item) flow.Place {
	m := it.m
	at := place{it.box.ID, m.Epoch, m.Sequence}
	if same, ok := k.byRecord[m.ID.String()]; ok && (same.box != it.box.ID || same.hash != it.hash) {
		return flow.PlaceSameID
	}
	if _, ok := k.bySeq[at]; ok {
		return flow.PlaceFork
	}
	before, after := at, at
	before.seq--
	after.seq++
	if next, ok := k.bySeq[after]; ok && next.previous != it.hash {
		return flow.PlaceFork
	}
	switch prev, ok := k.bySeq[before]; {
	case m.Sequence == 1:
		return flow.PlaceFirst
	case !ok:
		return flow.PlaceGap
	case prev.hash != m.Previous.String():
		return flow.PlaceFork
	}
	return flow.PlaceNext
}

// taken lets the records after this one see it.
func (k *known) taken(it *item, step flow.Step) {
	if step.Create {
		k.created(it, step)
	}
	id := it.app.ID
	if _, is := k.typed[id]; is && !it.facts.Papers.Typed {
		k.typed[id] = false
	}
	for i, p := range k.priors[id] {
		for _, d := range step.Dispute {
			if p.ID == d {
				k.priors[id][i].State = confirmation.Disputed
			}
		}
		if p.ID == step.Replace {
			k.priors[id][i].State = confirmation.Overruled
		}
	}
	k.priors[id] = append(k.priors[id], flow.Prior{ID: it.rec.ID, Point: it.rec.Point, State: step.State, Proof: it.rec.Proof})
	if step.Sign {
		app := k.apps[id]
		app.Opened, app.Mark, app.Point = &it.app, it.mark, it.app.Point
		app.Version = max(app.Version, it.app.Version)
		k.apps[id] = app
	}
}
