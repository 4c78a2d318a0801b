package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// verify seals a card that was read after a confirmation on papers.
func (b *box) verify(of protocol.ID, application string) protocol.Record {
	b.Helper()
	signer, err := b.keys.Signer("box-1")
	if err != nil {
		b.Fatal(err)
	}
	const at = 1567731600000
	ref := b.hub.Put(b.T, b.Store, hubtest.Draft{})
	rec, err := b.SealAct(store.Act{Kind: protocol.RecordVerification, Application: application, At: at, Campaign: hubtest.Campaign, Version: 1, Suite: protocol.SuiteAES, Device: signer,
		Time:  protocol.TimeEvidence{Earliest: at, Latest: at + 1, Source: protocol.SourceHub, Boot: 1, Verdict: protocol.VerdictOpen},
		Blobs: []protocol.BlobRef{ref},
		Body: protocol.Verification{Record: of, Application: application, Point: hubtest.Point, Chip: form.Chip{Type: form.ChipResident, Number: identity.Number(one), Name: "某甲"},
			Timeline: []protocol.Event{{Step: protocol.StepCardRead, At: at}}, Checks: []protocol.Check{}, Blobs: []protocol.BlobRef{ref}}})
	if err != nil {
		b.Fatal(err)
	}
	return rec
}

// aside is the hub's word that it set a record aside.
func aside(rec protocol.Record) protocol.Receipt {
	r := hubtest.Accept(rec)
	r.Outcome, r.Reason = protocol.Quarantined, protocol.ReasonContent
	return r
}

func (b *box) settle(all ...protocol.Receipt) {
	b.Helper()
	if _, err := b.Settle(all); err != nil {
		b.Fatal(err)
	}
}

// says has the hub say how an application of this box's roster is confirmed.
func (b *box) says(m protocol.ConfirmedMark) {
	b.Helper()
	b.roster(protocol.RosterEntry{Confirmed: &m})
}

// registered puts somebody on the roster and gives her application's id.
func (b *box) registered() string {
	b.Helper()
	b.roster(protocol.RosterEntry{Application: &form.Application{ID: "web-1", Campaign: hubtest.Campaign, Version: 1, Point: hubtest.Point, Fields: form.Fields{form.DocumentNumber: one}}})
	return "web-1"
}

// stands fails unless the box believes her confirmed by the record of a sequence, 0
// for one that is not its own; -1 is not confirmed.
func (b *box) stands(what string, seq int, open *protocol.ID) {
	b.Helper()
	f := b.finds(one)
	switch {
	case seq < 0:
		if f.Confirmed != nil {
			b.Errorf("%s: she is confirmed: %+v", what, *f.Confirmed)
		}
		return
	case f.Confirmed == nil:
		b.Errorf("%s: she is not confirmed", what)
		return
	case f.Here != (seq > 0):
		b.Errorf("%s: here is %v", what, f.Here)
	}
	if got := f.Confirmed.Provisional; (got == nil) != (open == nil) || got != nil && *got != *open {
		b.Errorf("%s: open is %v, want %v", what, got, open)
	}
	if p, err := b.Person(f.Confirmed.Application); seq > 0 && (err != nil || p.Record != b.record(uint64(seq))) {
		b.Errorf("%s: confirmed by another record, %v", what, err)
	}
}

func (b *box) record(seq uint64) protocol.ID {
	b.Helper()
	r, err := b.Record(seq)
	if err != nil {
		b.Fatal(err)
	}
	return r.Manifest.ID
}

// lost loses the database: it is built again from the copies.
func (b *box) lost() {
	b.Helper()
	b.close()
	if err := os.Remove(filepath.Join(b.dir, store.Boltfile)); err != nil {
		b.Fatal(err)
	}
	b.open()
}

// A card that was read later is asked for no more, until the hub sets it aside or
// says that it is open again; whichever comes first, receipt or word.
func TestACardSetAsideIsReadAgain(t *testing.T) {
	b := newBox(t)
	app := b.registered()
	rec := b.commit(app)
	id := rec.Manifest.ID
	if err := b.MarkProvisional(app, id); err != nil {
		t.Fatal(err)
	}
	b.stands("on papers", 1, &id)
	first := b.verify(id, app)
	b.stands("its card waits", 1, nil)
	b.says(protocol.ConfirmedMark{Application: app, At: 5, Point: hubtest.Point, Record: &id, Provisional: &id, Knows: []protocol.ID{id}})
	b.stands("the hub's word was said before the card came", 1, nil)
	b.settle(hubtest.Accept(rec), aside(first))
	b.stands("its card is set aside", 1, &id)
	second := b.verify(id, app)
	b.again()
	b.settle(hubtest.Accept(second))
	b.stands("its card is taken", 1, nil)
	b.says(protocol.ConfirmedMark{Application: app, At: 5, Point: hubtest.Point, Record: &id, Provisional: &id, Knows: []protocol.ID{id}})
	b.stands("an older word comes late", 1, nil)
	differs := protocol.ConfirmedMark{Application: app, At: 5, Point: hubtest.Point, Record: &id, Provisional: &id, Knows: []protocol.ID{id, second.Manifest.ID}}
	b.says(differs)
	b.stands("the card differs", 1, &id)
	third := b.verify(id, app)
	differs.Knows = append(differs.Knows, third.Manifest.ID)
	b.says(differs)
	b.settle(hubtest.Accept(third))
	b.stands("this one too, and the word was quicker than the receipt", 1, &id)
}

// Sent back and confirmed again, the void of the first leaves the second as it is;
// what is taken back, or put beside, and set aside by the hub comes back.
func TestAVoidTakesBackItsOwnConfirmation(t *testing.T) {
	b := newBox(t)
	app := b.registered()
	first := b.commit(app)
	one := first.Manifest.ID
	b.settle(hubtest.Accept(first))
	back := protocol.ConfirmedMark{Application: app, At: 5, Point: hubtest.Point, Record: &one, Provisional: &one, Again: true, Knows: []protocol.ID{one}}
	b.says(back)
	b.stands("sent back", 1, &one)
	second := b.commit(app)
	b.says(back) // said again, before the second came
	b.stands("confirmed again", 2, nil)
	third := b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: app})
	if err := b.Commit(third, app, 1567731600000); !errors.Is(err, store.ErrConfirmed) {
		t.Errorf("a third time: %v", err)
	}
	v := b.void(first, app)
	b.stands("the first is taken back", 2, nil)
	all, err := b.Confirmations("2019-09-06", window.Zone())
	if err != nil || len(all) != 2 || all[0].Void != nil || all[1].Void == nil || all[1].Void.ID != v.Manifest.ID {
		t.Errorf("the list of the day: %+v, %v", all, err)
	}
	b.lost()
	b.registered()
	b.stands("built again", 2, nil)
	b.settle(hubtest.Accept(first), aside(second), hubtest.Accept(v))
	b.stands("the second set aside, the first taken back", -1, nil)

	b.says(protocol.ConfirmedMark{Application: app, Voided: true, Knows: []protocol.ID{one, v.Manifest.ID}})
	fourth := b.commit(app)
	b.settle(hubtest.Accept(fourth))
	b.says(protocol.ConfirmedMark{Application: app, Voided: true, Knows: []protocol.ID{one, v.Manifest.ID}})
	b.stands("a word from before it", 4, nil)
	w := b.void(fourth, app)
	b.stands("taken back", -1, nil)
	b.settle(aside(w))
	b.stands("the hub lets nobody take it back", 4, nil)
	x := b.void(fourth, app)
	four := fourth.Manifest.ID
	b.says(protocol.ConfirmedMark{Application: app, At: 9, Point: hubtest.Point, Record: &four, Knows: []protocol.ID{one, v.Manifest.ID, four}})
	b.stands("the hub has heard of it, and not of the void", -1, nil)
	fifth := b.commit(app)
	b.settle(hubtest.Accept(x))
	b.says(protocol.ConfirmedMark{Application: app, Voided: true, Knows: []protocol.ID{one, v.Manifest.ID, four, x.Manifest.ID}})
	b.stands("taken back, and confirmed once more", 7, nil)
	b.settle(aside(fifth))
	b.stands("the last is set aside", -1, nil)
	b.again()
}

// What is set aside after her papers were sent back leaves the first as it was: the
// county's void, said while the second waits, ends both.
func TestWhatStoodBeforeComesBack(t *testing.T) {
	b := newBox(t)
	app := b.registered()
	first := b.commit(app)
	one := first.Manifest.ID
	b.settle(hubtest.Accept(first))
	b.says(protocol.ConfirmedMark{Application: app, At: 5, Point: hubtest.Point, Record: &one, Provisional: &one, Again: true, Knows: []protocol.ID{one}})
	second := b.commit(app)
	b.settle(aside(second))
	b.stands("the second is set aside", 1, &one)
	third := b.commit(app)
	b.says(protocol.ConfirmedMark{Application: app, Voided: true, Knows: []protocol.ID{one}})
	b.stands("the first is taken back by the county", 3, nil)
	b.settle(aside(third))
	b.stands("and the third set aside", -1, nil)
	fourth := b.commit(app)
	b.says(protocol.ConfirmedMark{Application: app, Voided: true, Knows: []protocol.ID{one, fourth.Manifest.ID}})
	b.stands("taken back by the county before its receipt came", -1, nil)
	b.settle(hubtest.Accept(fourth))
	b.stands("whose receipt comes", -1, nil)
}

// While she signs, her draft is not discarded; one that is gone is not held.
func TestADraftIsHeldWhileSheSigns(t *testing.T) {
	b := newBox(t)
	d := b.complete(b.draft(one))
	for range 2 { // her visit, and a sealing that outlasts it
		if there, err := b.HoldDraft(d.ID); err != nil || !there {
			t.Fatal(there, err)
		}
	}
	b.LetDraft(d.ID)
	if err := b.DiscardDraft(d.ID); !errors.Is(err, store.ErrDraftHeld) {
		t.Errorf("while she signs: %v", err)
	}
	b.LetDraft(d.ID)
	if err := b.DiscardDraft(d.ID); err != nil {
		t.Errorf("she has left: %v", err)
	}
	if there, err := b.HoldDraft(d.ID); err != nil || there {
		t.Errorf("what is gone is held: %v, %v", there, err)
	}
}
