package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

func TestReceiptsEndEntries(t *testing.T) {
	b := newBox(t)
	a, c := b.commit("a1"), b.commit("a2")
	d := b.commit("a3")
	wrongHash := hubtest.Accept(a)
	wrongHash.Envelope = protocol.HashOf([]byte("another"))
	wrongID := hubtest.Accept(a)
	wrongID.Record = protocol.NewID()
	unknown := hubtest.Accept(a)
	unknown.Sequence = 99
	got, err := b.Settle([]protocol.Receipt{wrongHash, wrongID, unknown})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range got {
		if s.Ended || i < 2 && !s.Foreign {
			t.Errorf("receipt %d that is not ours: %+v", i, s)
		}
	}
	if o, err := b.Outbox(); err != nil || o.Waiting != 3 || o.Receipted != 0 || o.Oldest == 0 {
		t.Fatalf("outbox %+v, %v", o, err)
	}
	// The poisoned one in the middle blocks nobody; twice is once.
	refused := hubtest.Accept(c)
	refused.Outcome, refused.Reason = protocol.Quarantined, protocol.ReasonContent
	got, err = b.Settle([]protocol.Receipt{hubtest.Accept(d), refused, refused})
	if err != nil || !got[0].Ended || !got[1].Ended || got[2].Ended {
		t.Fatalf("settled %+v, %v", got, err)
	}
	b.again()
	o, err := b.Outbox()
	if err != nil || o.Waiting != 1 || o.Receipted != 0 || o.Quarantined != 1 {
		t.Fatalf("outbox %+v, %v", o, err)
	}
	q, err := b.Quarantine()
	if err != nil || len(q) != 1 || q[0].Sequence != 2 || q[0].Reason != protocol.ReasonContent {
		t.Fatalf("quarantine %+v, %v", q, err)
	}
	if got, err = b.Settle([]protocol.Receipt{hubtest.Accept(d), hubtest.Accept(a)}); err != nil || got[0].Ended || !got[1].Ended {
		t.Fatalf("the same receipt again: %+v, %v", got, err)
	}
	// She whose record was set aside may be confirmed again.
	b.commit("a2")
	if left, err := b.LeftBeyond(0, 10); err != nil || len(left) != 2 || left[1] != 3 {
		t.Fatalf("left %v, %v", left, err)
	}
	b.again()
}

// TestTakenAfterAll: what the hub set aside and two persons of an office took in
// the end leaves what was set aside; she counts as confirmed by it again, unless
// she was confirmed anew meanwhile. A word about another record changes nothing.
func TestTakenAfterAll(t *testing.T) {
	b := newBox(t)
	first, second, third := hubtest.Accept(b.commit("a1")), hubtest.Accept(b.commit("a2")), hubtest.Accept(b.commit("a3"))
	aside := func(r protocol.Receipt, why protocol.Reason) protocol.Receipt {
		r.Outcome, r.Reason = protocol.Quarantined, why
		return r
	}
	settle := func(what string, ended, foreign bool, r protocol.Receipt) {
		t.Helper()
		got, err := b.Settle([]protocol.Receipt{r})
		if err != nil || got[0].Ended != ended || got[0].Foreign != foreign {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
	for _, r := range []protocol.Receipt{first, second, third} {
		settle("set aside", true, false, aside(r, protocol.ReasonContent))
	}
	b.commit("a2") // confirmed anew: 4
	b.again()
	settle("the same word again", false, false, aside(first, protocol.ReasonContent))
	other := first
	other.Envelope = protocol.HashOf([]byte("another"))
	settle("taken, but another", false, true, other)
	settle("taken after all", true, false, first)
	settle("taken after all, again", false, false, first)
	settle("taken after she came again", true, false, second)
	settle("refused for good", true, false, aside(third, protocol.ReasonRefused))
	settle("refused for good, again", false, false, aside(third, protocol.ReasonRefused))
	b.again()
	left, err := b.Quarantine()
	if err != nil || len(left) != 1 || left[0].Sequence != 3 || left[0].Reason != protocol.ReasonRefused {
		t.Errorf("set aside %+v, %v", left, err)
	}
	for seq, want := range map[uint64]store.Standing{1: store.StandsDelivered, 2: store.StandsDelivered, 3: store.StandsAside, 4: store.StandsWaiting} {
		if l, err := b.Line(seq); err != nil || l.Standing != want || l.Confirmed != (seq != 3) {
			t.Errorf("record %d: %+v, %v", seq, l, err)
		}
	}
	// The mark of her second visit is its own: taking that one back takes it away.
	fourth, err := b.Record(4)
	if err != nil {
		t.Fatal(err)
	}
	settle("the second visit is set aside", true, false, aside(hubtest.Accept(fourth), protocol.ReasonConflict))
	if l, err := b.Line(2); err != nil || l.Confirmed {
		t.Errorf("the mark was not that of the newer record: %+v, %v", l, err)
	}
}

func TestPruningWaitsForTheBackupMark(t *testing.T) {
	b := newBox(t)
	var receipts []protocol.Receipt
	for _, app := range []string{"a1", "a2", "a3", "a4"} {
		receipts = append(receipts, hubtest.Accept(b.commit(app)))
	}
	aside := receipts[1]
	aside.Outcome, aside.Reason = protocol.Quarantined, protocol.ReasonOpen
	if _, err := b.Settle([]protocol.Receipt{receipts[0], aside}); err != nil {
		t.Fatal(err)
	}
	// 3 and 4 wait, 2 is set aside: only 1 goes.
	if n, err := b.PruneTo(100, later); err != nil || n != 1 {
		t.Fatalf("pruned %d, %v", n, err)
	}
	if _, err := b.Settle(receipts[2:]); err != nil {
		t.Fatal(err)
	}
	// The newest stays whatever the mark says: it tells where the chain ends.
	if n, err := b.PruneTo(100, later); err != nil || n != 1 {
		t.Fatalf("pruned %d, %v", n, err)
	}
	if w := b.again(); len(w.Records) != 2 || w.Aside != 1 {
		t.Fatalf("left %+v", w)
	}
	if n := countFiles(t, filepath.Join(b.dir, "parts")); n != 2 {
		t.Errorf("%d blobs", n)
	}
	if seq, _, err := b.Head(); err != nil || seq != 4 {
		t.Fatalf("head %d, %v", seq, err)
	}
	b.commit("a5")
}

// What the backup mark has passed stays while its day is counted: today, and
// longer while the day is open. The mark outlives a power cut, never goes back, and
// says of each record whether it is in a backup.
func TestTheBackupMarkSparesTheDay(t *testing.T) {
	b := newBox(t)
	sealed := time.UnixMilli(1567731600000) // when commit seals, 2019-09-06 in China
	zone := time.FixedZone("", 8*3600)
	var receipts []protocol.Receipt
	for _, app := range []string{"a1", "a2", "a3", "a4"} {
		receipts = append(receipts, hubtest.Accept(b.commit(app)))
	}
	if _, err := b.Settle(receipts[:3]); err != nil {
		t.Fatal(err)
	}
	take := func(mark uint64, at time.Time, want int) {
		t.Helper()
		if n, err := b.TakeBackup(mark, at, zone); err != nil || n != want {
			t.Errorf("mark %d at %s: %d let go, %v; want %d", mark, at.In(zone), n, err, want)
		}
	}
	if _, err := b.OpenDay("c1", sealed, zone, 100); err != nil {
		t.Fatal(err)
	}
	take(2, sealed.Add(time.Hour), 0)    // today
	take(1, sealed.Add(48*time.Hour), 0) // nobody closed the day
	if _, err := b.CloseDay(store.DayAct{Account: "c1"}, 0, &store.DayAct{Account: "h1"}, "left open", zone); err != nil {
		t.Fatal(err)
	}
	b.again()
	if mark, err := b.Backup(); err != nil || mark != 2 {
		t.Errorf("mark %d, %v, want 2", mark, err)
	}
	for seq, want := range map[uint64]bool{1: true, 2: true, 3: false, 4: false} {
		if got, err := b.Backed(store.Place{Epoch: 1, Sequence: seq}); err != nil || got != want {
			t.Errorf("record %d in a backup: %v, %v; want %v", seq, got, err, want)
		}
	}
	take(0, sealed.Add(time.Hour), 0)
	take(1, sealed.Add(24*time.Hour), 2) // the mark of before holds
	if kept, err := b.Kept(); err != nil || kept != 2 {
		t.Errorf("%d kept, %v, want 2", kept, err)
	}
	take(9, sealed.Add(24*time.Hour), 1) // 4 waits for its receipt
	if back, err := b.Backed(store.Place{Epoch: 1, Sequence: 4}); err != nil || back {
		t.Errorf("a record without a receipt is in a backup: %v, %v", back, err)
	}
}

func TestCheckpointThatGoesBackIsTold(t *testing.T) {
	b := newBox(t)
	at := func(n uint64, s string) protocol.Checkpoint {
		return protocol.Checkpoint{Number: n, Hash: protocol.HashOf([]byte(s)), At: 1}
	}
	for i, c := range []struct {
		c    protocol.Checkpoint
		back bool
	}{
		{at(5, "x"), false}, {at(5, "x"), false}, {at(9, "y"), false}, {at(8, "z"), true}, {at(9, "other"), true},
		{protocol.Checkpoint{}, false}, {at(10, "w"), false},
	} {
		back, err := b.SeeCheckpoint(c.c)
		if err != nil || (back != nil) != c.back {
			t.Errorf("step %d: %v, %v", i, back, err)
		}
	}
	if _, err := b.Settle([]protocol.Receipt{hubtest.Accept(b.commit("a1"))}); err != nil {
		t.Fatal(err)
	}
	b.again()
	if back, err := b.SeeCheckpoint(at(7, "v")); err != nil || back == nil {
		t.Errorf("forgotten over a power cut: %v, %v", back, err)
	}
}
