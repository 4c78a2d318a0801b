package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

var clerk = store.DayAct{Account: "s-chen", At: 1567731600000}

// draftOf is a draft of somebody with a number.
func draftOf(number string) store.Draft {
	id := protocol.NewID().String()
	return store.Draft{ID: id, Reason: "02", Paper: "0104-03-0038", Begun: clerk, Application: form.Application{ID: id, Campaign: hubtest.Campaign, Version: 1,
		Point: hubtest.Point, Fields: form.Fields{form.DocumentNumber: number, form.FullName: "某甲"}}}
}

func (b *box) draft(number string) store.Draft {
	b.Helper()
	d := draftOf(number)
	if err := b.NewDraft(d); err != nil {
		b.Fatal(err)
	}
	d, err := b.Draft(d.ID)
	if err != nil {
		b.Fatal(err)
	}
	return d
}

func (b *box) complete(d store.Draft) store.Draft {
	b.Helper()
	d, err := b.CompleteDraft(d, clerk)
	if err != nil {
		b.Fatal(err)
	}
	return d
}

func (b *box) finds(number string) store.Found {
	b.Helper()
	f, err := b.Find(identity.Number(number))
	if err != nil {
		b.Fatal(err)
	}
	return f
}

const (
	one   = "110105194912310021"
	two   = "11010519491231002X"
	three = "430102199001010019"
)

// A draft is kept over restarts, unreadable on the disk; complete, she is found
// by her card and confirms; the hub's receipt ends it.
func TestDrafts(t *testing.T) {
	b := newBox(t)
	d := b.draft(one)
	if f := b.finds(one); f.Application != nil {
		t.Error("found before it is complete")
	}
	d.Application.Fields[form.PostAddress] = "某某街道一号"
	stale := d
	d, err := b.SaveDraft(d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.SaveDraft(stale); !errors.Is(err, store.ErrDraftMoved) {
		t.Errorf("two clerks at one draft: %v", err)
	}
	d = b.complete(d)
	b.again()
	raw, err := os.ReadFile(filepath.Join(b.dir, store.Boltfile))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"某甲", "某某街道一号", one, "0104-03-0038"} {
		if bytes.Contains(raw, []byte(word)) {
			t.Errorf("%q lies readable on the disk", word)
		}
	}
	f := b.finds(one)
	if f.Application == nil || !f.Entered || f.Application.ID != d.ID || f.Draft.Entered.Account != clerk.Account || f.Application.Get(form.PostAddress) == "" {
		t.Fatalf("found %+v", f)
	}
	if _, err := b.CompleteDraft(b.draft(one), clerk); !errors.Is(err, store.ErrEntered) {
		t.Errorf("entered twice: %v", err)
	}
	if d, err = b.SaveDraft(d); err != nil || b.finds(one).Application != nil {
		t.Errorf("opened again, and still found: %v", err)
	}
	d = b.complete(d)

	rec := b.commit(d.ID)
	if f := b.finds(one); f.Confirmed == nil || !f.Here || f.Delivered {
		t.Errorf("confirmed: %+v", f)
	}
	if _, err := b.SaveDraft(d); !errors.Is(err, store.ErrConfirmed) {
		t.Errorf("edited after she signed: %v", err)
	}
	if err := b.DiscardDraft(d.ID); !errors.Is(err, store.ErrConfirmed) {
		t.Errorf("discarded after she signed: %v", err)
	}
	if _, err := b.Settle([]protocol.Receipt{hubtest.Accept(rec)}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Draft(d.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the hub has it, and the draft is still here: %v", err)
	}
	if f := b.finds(one); f.Confirmed == nil || !f.Delivered {
		t.Errorf("after the receipt: %+v", f)
	}
	// The hub knew her under another id, and says so; then it says that she is confirmed.
	app := d.Application.Clone()
	app.ID = "hub-1"
	b.roster(protocol.RosterEntry{Application: &app}, protocol.RosterEntry{Confirmed: &protocol.ConfirmedMark{Application: "hub-1", At: 5, Point: hubtest.Point}})
	if f := b.finds(one); f.Confirmed == nil || f.Confirmed.Application != "hub-1" {
		t.Errorf("after the roster: %+v", f.Confirmed)
	}
	if left, err := b.Drafts(); err != nil || len(left) != 1 {
		t.Errorf("%d drafts left, %v", len(left), err)
	}
}

// A clerk opens her draft again while she is signing it at the box: what she
// signed is found by her number, nobody enters her a second time, and the hub's
// receipt ends it.
func TestADraftIsOpenedAgainWhileSheSigns(t *testing.T) {
	b := newBox(t)
	d := b.complete(b.draft(one))
	d.Application.Fields[form.DocumentNumber] = two // mistyped, now
	d, err := b.SaveDraft(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range []string{one, two} {
		if f := b.finds(number); f.Application != nil || f.Confirmed != nil {
			t.Errorf("found by a draft that is open: %+v", f)
		}
	}
	rec := b.commit(d.ID)
	if f := b.finds(one); f.Confirmed == nil || f.Confirmed.Application != d.ID || !f.Here {
		t.Errorf("what she signed is not found: %+v", f)
	}
	if _, err := b.CompleteDraft(b.draft(one), clerk); !errors.Is(err, store.ErrEntered) {
		t.Errorf("entered a second time: %v", err)
	}
	if _, err := b.Settle([]protocol.Receipt{hubtest.Accept(rec)}); err != nil {
		t.Fatal(err)
	}
	if f := b.finds(one); f.Confirmed == nil || !f.Delivered {
		t.Errorf("after the receipt: %+v", f)
	}
	other := b.complete(b.draft(three)) // a number that was wrong is free again
	other.Application.Fields[form.DocumentNumber] = two
	if other, err = b.SaveDraft(other); err != nil {
		t.Fatal(err)
	}
	b.complete(other)
	if f := b.finds(two); !f.Entered {
		t.Errorf("completed with another number: %+v", f)
	}
	b.complete(b.draft(three))
}

// roster has the hub say some entries.
func (b *box) roster(all ...protocol.RosterEntry) {
	b.Helper()
	mark, err := b.Marks()
	if err != nil {
		b.Fatal(err)
	}
	for i := range all {
		all[i].Version = mark.Roster + uint64(i) + 1
	}
	if err := b.ApplyRoster(mark.Roster, mark.Roster+uint64(len(all)), protocol.RosterPage{Entries: all}, 7); err != nil {
		b.Fatal(err)
	}
}

// Who is registered is entered by nobody; and where she registers while her draft
// waits, that is what counts.
func TestDraftsBesideTheRoster(t *testing.T) {
	b := newBox(t)
	key := protocol.RosterKey{Key: bytes.Repeat([]byte{7}, 32)}
	if err := b.SaveCampaign(store.Campaign{ID: hubtest.Campaign, Version: 1, Bundle: []byte{1}}, key); err != nil {
		t.Fatal(err)
	}
	app := draftOf(one).Application
	app.ID = "web-1"
	b.roster(protocol.RosterEntry{Application: &app}, protocol.RosterEntry{Elsewhere: &protocol.ElsewhereMark{Key: key.Mark(identity.Number(two)), Point: "Q", PointName: "别的点"}})
	if err := b.MayEnter(b.draft(one)); !errors.Is(err, store.ErrRegistered) {
		t.Errorf("registered here: %v", err)
	}
	if _, err := b.CompleteDraft(b.draft(two), clerk); !errors.Is(err, store.ErrElsewhere) {
		t.Errorf("registered elsewhere: %v", err)
	}
	d := b.complete(b.draft(three))
	late := d.Application.Clone()
	late.ID = "web-3"
	b.roster(protocol.RosterEntry{Application: &late})
	if f := b.finds(three); f.Entered || f.Application == nil || f.Application.ID != "web-3" {
		t.Errorf("registered meanwhile: %+v", f)
	}
	if err := b.DiscardDraft(d.ID); err != nil {
		t.Error(err)
	}
	// Signed first, registered on the web then, and the hub has not heard of what she signed.
	d = b.complete(b.draft("430102199001010027"))
	rec := b.commit(d.ID)
	late.ID, late.Fields = "web-4", form.Fields{form.DocumentNumber: "430102199001010027"}
	b.roster(protocol.RosterEntry{Application: &late})
	if f := b.finds("430102199001010027"); f.Confirmed == nil || f.Confirmed.Application != d.ID {
		t.Errorf("signed here: %+v", f)
	}
	if _, err := b.Settle([]protocol.Receipt{hubtest.Accept(rec)}); err != nil {
		t.Fatal(err)
	}
	b.roster(protocol.RosterEntry{Confirmed: &protocol.ConfirmedMark{Application: "web-4", At: 9, Point: hubtest.Point}})
	if f := b.finds("430102199001010027"); f.Confirmed == nil || f.Confirmed.Application != "web-4" {
		t.Errorf("after the hub's word: %+v", f)
	}
}

// enterAll enters drafts, and tells of each save that was acknowledged.
func enterAll(s *store.Store, n int, tell func(string)) error {
	for i := range n {
		d := draftOf(fmt.Sprintf("4301021990%04d%04d", os.Getpid()%10000, i))
		err := s.NewDraft(d)
		for rev := 1; err == nil && rev <= 3; rev++ {
			tell(fmt.Sprintf("%s %d", d.ID, rev))
			d.Revision = uint64(rev)
			if rev == 2 {
				_, err = s.CompleteDraft(d, clerk)
			} else {
				_, err = s.SaveDraft(d)
			}
		}
		if err != nil {
			return err
		}
	}
	tell("done")
	return s.Close()
}

// stand fails unless every save that was acknowledged is on the disk.
func stand(t *testing.T, dir string, acked []string) {
	t.Helper()
	if _, err := store.Check(dir); err != nil {
		t.Fatal(err)
	}
	keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(dir, keys, store.Options{Log: quiet(), Reserve: 1 << 16, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for _, line := range acked {
		id, rev, _ := strings.Cut(line, " ")
		d, err := s.Draft(id)
		if err != nil || fmt.Sprint(d.Revision) < rev || d.Revision == 3 && d.Entered == nil {
			t.Fatalf("%s was acknowledged: %d, %v", rev, d.Revision, err)
		}
		if f, err := s.Find(d.Application.Number()); err != nil || (d.Entered != nil) != (f.Application != nil) {
			t.Fatalf("what is found does not fit the draft: %v", err)
		}
	}
}

// Entering is killed at its n-th sync and write in turn: what was saved stands.
func TestDraftsKilled(t *testing.T) {
	t.Parallel()
	strace := need(t, "strace")
	from := template(t)
	for _, call := range []string{"fdatasync", "pwrite64"} {
		step := 1
		if !long() {
			step = 4
		}
		for n := 1; ; n += step {
			dir := filepath.Join(t.TempDir(), "data")
			copyTree(t, from, dir)
			acked, _, done := helper(t, dir, 1, []string{helperDrafts + "=1"}, strace, "-f", "-qq", "-o", "/dev/null",
				"-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, n))
			stand(t, dir, acked)
			if done {
				if n == 1 {
					t.Fatalf("%s was never called: nothing was tried", call)
				}
				break
			}
		}
	}
}

// A power cut takes no saved draft.
func TestDraftsAfterAPowerCut(t *testing.T) {
	r := newRig(t)
	dir := filepath.Join(r.mnt, "data")
	from := template(t)
	r.on()
	copyTree(t, from, dir)
	r.must("sync", "-f", r.mnt)
	acked := r.commitUntilCut(dir, 17, helperDrafts+"=1")
	r.on()
	defer r.off()
	if len(acked) == 0 {
		t.Fatal("nothing was saved before the cut")
	}
	stand(t, dir, acked)
}
