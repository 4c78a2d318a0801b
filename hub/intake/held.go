package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
)

// What was set aside is not lost: two persons of an office may take it in the end
// (issue 7, "Two weeks offline"). It then goes the way of every record: opened,
// judged, committed in one transaction with the journal, receipted. What made it
// stop is judged anew as things stand now; a rule that still refuses it is gone
// against, and stays among the record's checks. What nobody can take stays held,
// or is refused for good.

// Chance is whether two persons can take what is held.
type Chance string

// The chances.
const (
	ChanceFree  Chance = "free"  // no rule refuses it any more: the cause was mended
	ChanceForce Chance = "force" // a rule refuses it that two persons may go against
	ChanceAgain Chance = "again" // not as things stand: something is to be put right first; Bar says what
	ChanceNever Chance = "never" // never: Bar says why
)

// The bars beside the reasons of the wire.
const (
	BarGone   = "gone"   // its bytes were not kept: the box had filled its share; Opened.Missing
	BarParts  = "parts"  // its parts are not here: it was refused before they came; Opened.Missing
	BarOwn    = "own"    // a sign-in card of staff: nobody's word lets one in
	BarErased = "erased" // what it is about was erased: it does not come back by what is late
)

// Opened is what the hub can say of one envelope that was set aside. Of a box
// that lies nothing in it is true but the signature.
type Opened struct {
	Held     confirmation.Quarantined
	Chance   Chance
	Bar      string               // a reason of the wire, or one of the Bar… values: what stops it now, "" if nothing
	Signed   bool                 // it bears the signature of the box
	Kind     string               // of the record, "" when it cannot be read
	Campaign string               // that it names
	Version  uint32               // of the campaign
	Time     confirmation.Time    // evidence of when it was sealed
	Checks   []confirmation.Check // of the hub, as things stand now
	Record   confirmation.Record  // of a confirmation that could be opened; else the zero Record
	Name     string               // who confirmed, of such a one

	Application string   // that it is about, "" when it could not be opened
	Division    string   // of the point where it was sealed
	Missing     *Lacking // what is not here of it; nil when all is, or it could not be judged anyway
}

// Errors of Force and Refuse.
var (
	// ErrBarred: what is held cannot be taken now; Look says why.
	ErrBarred = errors.New("intake: what is held cannot be taken")
)

// Look opens what was set aside as far as it can be, and says whether it could be
// taken. Nothing is changed. confirmation.ErrNotFound.
func (in *Intake) Look(ctx context.Context, id string) (Opened, error) {
	var q confirmation.Quarantined
	err := in.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		q, err = confirmation.GetQuarantined(ctx, tx, id)
		return err
	})
	if err != nil {
		return Opened{}, err
	}
	out, it, err := in.reopen(ctx, q)
	if err != nil || it == nil {
		return out, err
	}
	err = in.opts.DB.Read(ctx, func(tx *db.Tx) error {
		v, err := in.rejudge(ctx, tx, it)
		if errors.Is(err, confirmation.ErrSettled) {
			return nil
		}
		out.Chance, out.Bar = v.chance, string(v.bar)
		out.Checks = append(it.checks[:len(it.checks):len(it.checks)], v.step.Checks...)
		return err
	})
	return out, err
}

// Forcing is what two persons say of one envelope that was set aside.
type Forcing struct {
	ID     string
	Second string // id of the countersignature that is used up by it
	Reason string
	Who    staff.Account
	By     flow.By
}

// Force takes what was set aside. The record, the journal's word on who went
// against which rule, and the use of the second person's word are one
// transaction. It gives the id of the record. Errors: ErrBarred,
// confirmation.ErrNotFound, confirmation.ErrSettled, those of flow.Settle.
func (in *Intake) Force(ctx context.Context, f Forcing) (record string, err error) {
	var q confirmation.Quarantined
	err = in.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		q, err = confirmation.GetQuarantined(ctx, tx, f.ID)
		return err
	})
	if err != nil {
		return "", err
	}
	if q.Fate != confirmation.FateHeld {
		return "", confirmation.ErrSettled
	}
	_, it, err := in.reopen(ctx, q)
	if err != nil {
		return "", err
	}
	if it == nil {
		return "", ErrBarred
	}
	if !org.Covers(f.Who.Division, it.division) { // its box stood elsewhere
		return "", flow.ErrDecider
	}
	var word row
	err = in.opts.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := in.rejudge(ctx, tx, it)
		if err != nil {
			return err
		}
		if v.chance != ChanceFree && v.chance != ChanceForce {
			return ErrBarred
		}
		if word, err = in.takeHeld(ctx, tx, q, it, v); err != nil {
			return err
		}
		return in.opts.Flow.Settle(ctx, tx, flow.Settling{Held: q, Application: it.app.ID, Record: word.record, Second: f.Second, Reason: f.Reason},
			confirmation.FateTaken, f.Who, f.By)
	})
	if err != nil {
		if refused(err) || errors.Is(err, confirmation.ErrOtherPoint) {
			in.opts.Log.Warn("what was set aside cannot be taken", "worker", "intake", "box", q.Box, "record", q.Record, "error", err.Error())
			return "", fmt.Errorf("%w: %w", ErrBarred, err)
		}
		return "", err
	}
	in.count.accepted.Add(1)
	in.opts.Log.Info("what was set aside is taken by two persons", "worker", "intake", "box", q.Box, "record", word.record, "reason", q.Reason)
	in.tellRow(it.box, word)
	return word.record, nil
}

// Refuse ends what was set aside for good. Errors: confirmation.ErrNotFound,
// confirmation.ErrSettled, those of flow.Settle.
func (in *Intake) Refuse(ctx context.Context, f Forcing) error {
	seen, err := in.Look(ctx, f.ID)
	if err != nil {
		return err
	}
	q := seen.Held
	var word row
	err = in.opts.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if word, err = in.rewrite(ctx, tx, q, protocol.Quarantined, protocol.ReasonRefused, 0); err != nil {
			return err
		}
		return in.opts.Flow.Settle(ctx, tx, flow.Settling{Held: q, Application: seen.Application, Second: f.Second, Reason: f.Reason}, confirmation.FateRefused, f.Who, f.By)
	})
	if err != nil {
		return err
	}
	in.opts.Log.Info("what was set aside is refused for good", "worker", "intake", "box", q.Box, "record", q.Record, "reason", q.Reason)
	if b, ok := in.opts.Fleet.Box(q.Box); ok {
		b.Epoch = word.epoch
		in.tellRow(b, word)
	}
	return nil
}

// reopen reads an envelope that was set aside as if it came now. item is nil when
// it cannot be judged at all: then Chance and Bar say why.
func (in *Intake) reopen(ctx context.Context, q confirmation.Quarantined) (out Opened, it *item, err error) {
	out = Opened{Held: q, Chance: ChanceNever, Bar: q.Reason, Division: q.Division}
	if q.Raw == nil {
		switch protocol.Reason(q.Reason) {
		case protocol.ReasonMalformed, protocol.ReasonSignature:
			return out, nil, nil
		}
		out.Bar, out.Chance = BarGone, ChanceAgain
		out.Missing, err = in.missing(ctx, q, protocol.Manifest{})
		return out, nil, err
	}
	man, st, parse := protocol.ParseEnvelope(q.Raw)
	if parse == nil && man.Sequence > maxSequence {
		parse = protocol.ErrMalformed
	}
	if st.Payload == nil || string(man.Box) != q.Box {
		return out, nil, nil
	}
	key, b, err := in.signer(ctx, q.Box, man.Epoch)
	if err != nil || key == nil {
		return out, nil, err
	}
	why, signed := judge(man, st, parse, b, func() error { return st.Verify(key) })
	if out.Signed = why != protocol.ReasonBox && why != protocol.ReasonSignature; !out.Signed {
		out.Bar = string(why)
		return out, nil, nil
	}
	t := man.Time
	out.Kind, out.Campaign, out.Version = string(man.Kind), man.Campaign, man.CampaignVersion
	out.Time = confirmation.Time{Earliest: int64(t.Earliest), Latest: int64(t.Latest), Source: t.Source, HubTime: int64(t.HubTime), SinceHub: t.SinceHub,
		Boot: t.Boot, Verdict: t.Verdict}
	if why != "" {
		out.Bar, out.Chance = string(why), chanceOf(why)
		return out, nil, nil
	}
	if !signed {
		return out, nil, nil
	}
	parts, err := in.partsOf(man)
	if errors.Is(err, blob.ErrNotFound) {
		out.Bar, out.Chance = BarParts, ChanceAgain
		out.Missing, err = in.missing(ctx, q, man)
		return out, nil, err
	}
	if err != nil {
		return out, nil, err
	}
	var scratch []byte
	hash := protocol.HashOf(q.Raw)
	if it, err = in.open(ctx, b, &pending{m: man, raw: q.Raw, hash: hash, moved: time.Now(), held: true}, parts, &scratch); err != nil {
		return out, nil, err
	}
	out.Checks = it.checks
	if it.refused != "" {
		out.Bar, out.Chance = string(it.refused), chanceOf(it.refused)
		return out, nil, nil
	}
	out.Application, out.Division = it.app.ID, it.division
	if it.act == nil {
		out.Record, out.Name = it.rec, string(it.app.Name())
	}
	return out, it, nil
}

// chanceOf tells what can be put right from what cannot.
func chanceOf(why protocol.Reason) Chance {
	switch why {
	case protocol.ReasonVersion, protocol.ReasonKey, protocol.ReasonCampaign:
		return ChanceAgain
	}
	return ChanceNever
}

// partsOf reads what a manifest names. blob.ErrNotFound when some of it is not
// here.
func (in *Intake) partsOf(man protocol.Manifest) (map[protocol.Hash][]byte, error) {
	out := map[protocol.Hash][]byte{}
	for _, p := range man.Parts() {
		ct, err := in.opts.Blobs.Get(blob.Hash(p.Hash))
		if err != nil {
			return nil, fmt.Errorf("intake: a part of what is held: %w", err)
		}
		out[p.Hash] = ct
	}
	return out, nil
}

// verdict is what the rules say of what is held, as things stand now.
type verdict struct {
	chance Chance
	bar    protocol.Reason // what stops it, or what two persons would go against
	step   flow.Step
}

// rejudge decides about what is held: by the rules, and if they refuse it, as two
// persons would who go against them. confirmation.ErrSettled when it is held no
// more.
func (in *Intake) rejudge(ctx context.Context, tx *db.Tx, it *item) (v verdict, err error) {
	step, why, err := in.decideHeld(ctx, tx, it, false)
	if err != nil || why == "" {
		return verdict{chance: ChanceFree, step: step}, err
	}
	v = verdict{chance: ChanceNever, bar: why, step: step}
	if _, own := it.act.(ownCard); own {
		v.bar = BarOwn
		return v, nil
	}
	if it.act == nil {
		switch _, err := candidate.GetErased(ctx, tx, it.app.ID); {
		case err == nil:
			v.bar = BarErased
			return v, nil
		case !errors.Is(err, candidate.ErrNotFound):
			return v, err
		}
	}
	if step, why, err = in.decideHeld(ctx, tx, it, true); err == nil && why == "" {
		v.chance, v.step = ChanceForce, step
	}
	return v, err
}

// decideHeld is known.decide for an envelope that has its word: its own place in
// the chain is not another's.
func (in *Intake) decideHeld(ctx context.Context, tx *db.Tx, it *item, forced bool) (step flow.Step, why protocol.Reason, err error) {
	o := &in.opts
	k, err := read(ctx, tx, o.Flow.Candidates, []*item{it})
	if err != nil {
		return step, "", err
	}
	own, ok := k.byHash[[2]string{it.box.ID, it.hash}]
	if !ok || own.outcome != protocol.Quarantined || own.reason == protocol.ReasonRefused {
		return step, "", confirmation.ErrSettled
	}
	if own.chained {
		delete(k.bySeq, place{own.box, own.epoch, own.seq})
		delete(k.byRecord, own.record)
	}
	it.forbidden = ""
	if it.act != nil {
		if it.forbidden, err = it.act.judge(ctx, tx, o.Flow, it); err != nil {
			return step, "", err
		}
	}
	if err := k.meet(ctx, tx, it, o); err != nil {
		return step, "", err
	}
	it.facts.Forced = forced
	step = k.next(it, k.place(it), o.Keys)
	it.facts.Forced = false
	why = protocol.Reason(step.Refusal)
	if it.act == nil {
		if it.elsewhere && !forced {
			why = cmp.Or(why, protocol.ReasonContent)
		}
		return step, why, nil
	}
	if _, taking := it.act.(void); forced && taking { // the county may take a confirmation back by itself
		if it.forbidden == protocol.ReasonAssent {
			it.forbidden = ""
		}
		if why == protocol.ReasonFork {
			why = ""
		}
	}
	return step, cmp.Or(it.forbidden, why), nil
}

// takeHeld writes what was set aside as the record that it is.
func (in *Intake) takeHeld(ctx context.Context, tx *db.Tx, q confirmation.Quarantined, it *item, v verdict) (row, error) {
	at := in.opts.Now().UnixMilli()
	word, err := in.rewrite(ctx, tx, q, protocol.Accepted, "", at)
	if err != nil {
		return word, err
	}
	it.word = word
	f := in.opts.Flow
	switch act := it.act.(type) {
	case nil:
	case void:
		act.At, act.Application = at, it.app.ID
		if v.chance == ChanceForce {
			return word, f.ForceVoid(ctx, tx, act.Void, it.box.ID)
		}
		return word, act.take(ctx, tx, f, it)
	default:
		return word, act.take(ctx, tx, f, it)
	}
	var out outcome
	out.add(it, decision{step: v.step})
	a := &out.arrivals[0]
	a.Record.Forced = q.ID
	a.Record.Checks = append(a.Record.Checks, confirmation.Check{By: confirmation.ByHub, Name: confirmation.CheckForced, Result: confirmation.Warn, Note: q.Reason})
	if v.step.Create && a.Application.Version != 1 { // the versions before it are not here: it is the first
		a.Application.Version, a.Record.Version, a.Record.StartedFrom = 1, 1, 0
	}
	return word, f.Confirm(ctx, tx, out.arrivals)
}

// rewrite changes the hub's word on an envelope that two persons decided about; at
// of 0 leaves the time of the first.
func (in *Intake) rewrite(ctx context.Context, tx *db.Tx, q confirmation.Quarantined, to protocol.Outcome, why protocol.Reason, at int64) (row, error) {
	rows, err := readRows(ctx, tx, `envelope WHERE box = $1 AND hash = $2`, []any{q.Box, q.Hash})
	if err != nil {
		return row{}, err
	}
	if len(rows) != 1 || rows[0].outcome != protocol.Quarantined {
		return row{}, confirmation.ErrSettled
	}
	r := rows[0]
	if r.outcome, r.reason = to, why; at != 0 {
		r.at = at
	}
	_, err = tx.Exec(ctx, `UPDATE envelope SET outcome = $1, reason = $2, at = $3 WHERE box = $4 AND hash = $5`, string(r.outcome), string(r.reason), r.at, r.box, r.hash)
	if err != nil {
		return row{}, fmt.Errorf("intake: word on %s: %w", q.Hash, err)
	}
	return r, nil
}

// toldSettled is how many of the newest changed words a box is told when it comes
// back: what it heard before changes nothing there.
const toldSettled = 200

// tellSettled tells a box that says hello what two persons have decided about
// its records: it may have been away.
func (in *Intake) tellSettled(ctx context.Context, b fleet.Box) error {
	var rows []row
	err := in.opts.DB.Read(ctx, func(tx *db.Tx) error {
		hashes, err := confirmation.SettledOf(ctx, tx, b.ID, b.Epoch, toldSettled)
		if err != nil || len(hashes) == 0 {
			return err
		}
		marks, args := confirmation.In(hashes, 1)
		rows, err = readRows(ctx, tx, "envelope WHERE box = $1 AND hash IN ("+marks+")", append([]any{b.ID}, args...))
		return err
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	in.tellRow(b, rows...)
	return nil
}

// tellRow sends receipts to a box, if it is there to be told.
func (in *Intake) tellRow(b fleet.Box, rows ...row) {
	if !in.hears(b) {
		return
	}
	var all []protocol.Receipt
	for _, r := range rows {
		receipt, err := r.receipt()
		if err != nil {
			in.opts.Log.Error("receipt not made", "worker", "intake", "box", b.ID, "error", err.Error())
			continue
		}
		all = append(all, receipt)
	}
	in.opts.Down.Receipts(b, all)
}
