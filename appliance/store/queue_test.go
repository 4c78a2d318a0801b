package store_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

const queueDay = "2019-09-06"

func draw(t *testing.T, s *store.Store, day string, at protocol.Time) store.Queued {
	t.Helper()
	q, err := s.DrawToken(day, 2, at, func(n uint16) ([]byte, error) { return []byte{byte(n)}, nil })
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// At the screen one number goes out at a time, and so many an hour; also after a
// restart, and never counting what the desk gave out or a clock that ran ahead.
func TestDrawnAtTheScreen(t *testing.T) {
	b := newBox(t)
	const begin = protocol.Time(1567731600000)
	limit := store.ScreenLimit{Pause: 20 * time.Second, Hour: 3}
	at := func(d time.Duration) protocol.Time { return begin + protocol.Time(d.Milliseconds()) }
	screen := func(d time.Duration, want error) {
		t.Helper()
		if _, err := b.Store.DrawAtScreen(queueDay, 2, at(d), limit, func(n uint16) ([]byte, error) { return []byte{byte(n)}, nil }); !errors.Is(err, want) {
			t.Errorf("at %s: %v, want %v", d, err, want)
		}
	}
	screen(0, nil)
	screen(19*time.Second, store.ErrQueueSoon)
	for range 5 {
		draw(t, b.Store, queueDay, at(20*time.Second)) // at the desk
	}
	screen(21*time.Second, nil)
	b.again()
	screen(40*time.Second, store.ErrQueueSoon)
	screen(10*time.Minute, nil)
	screen(11*time.Minute, store.ErrQueueOften)
	screen(time.Hour, nil)
	screen(-time.Minute, nil) // the clock was put back: they all lie ahead
	if all, err := b.Store.Queue(queueDay); err != nil || len(all) != 10 {
		t.Errorf("%d numbers, %v", len(all), err)
	}
}

// Numbers go up by one a day and begin anew the next; what was drawn survives a
// restart, with how it stands; days long over are let go.
func TestQueueAcrossRestarts(t *testing.T) {
	b := newBox(t)
	for n := range 3 {
		if q := draw(t, b.Store, queueDay, protocol.Time(1567731600000+n)); int(q.Number) != n+1 || q.Label() != "2-00"+string(rune('1'+n)) {
			t.Fatalf("number %d: %s", n+1, q.Label())
		}
	}
	all, err := b.Store.Queue(queueDay)
	if err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	if _, err := b.Store.CallToken(all[0].QueueKey, "bgoldenbox2", 2, 1567731700000); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(b.Store.SetQueueDay(queueDay), b.Store.AddPace(5, 7*time.Minute)); err != nil {
		t.Fatal(err)
	}
	b.again()
	if q := draw(t, b.Store, queueDay, 1567731800000); q.Number != 4 {
		t.Errorf("after a restart the next number is %d", q.Number)
	}
	got, err := b.Store.Token(all[0].QueueKey)
	if err != nil || got.State != store.QueueCalled || got.To != "bgoldenbox2" || got.Calls != 1 || string(got.Token) != "\x01" {
		t.Errorf("the call did not survive: %+v, %v", got, err)
	}
	if day, err := b.Store.QueueDay(); err != nil || day != queueDay {
		t.Error(day, err)
	}
	if p, err := b.Store.Paces(); err != nil || len(p) != 1 || p[0].S != 420 {
		t.Error(p, err)
	}
	for _, day := range []string{"2019-09-07", "2019-09-08"} {
		if q := draw(t, b.Store, day, 1567800000000); q.Number != 1 {
			t.Errorf("%s begins with %d", day, q.Number)
		}
	}
	if all, err := b.Store.Queue(queueDay); err != nil || len(all) != 0 {
		t.Errorf("two days later its tokens are still kept: %v, %v", all, err)
	}
	if all, err := b.Store.Queue("2019-09-07"); err != nil || len(all) != 1 {
		t.Errorf("yesterday's are gone: %v, %v", all, err)
	}
}

// What may follow what.
func TestTokenStates(t *testing.T) {
	b := newBox(t)
	q := draw(t, b.Store, queueDay, 1567731600000).QueueKey
	call := func(to protocol.BoxID) error { _, err := b.Store.CallToken(q, to, 2, 1); return err }
	end := func(s store.QueueState) error { _, err := b.Store.EndToken(q, s, 1); return err }
	for i, step := range []struct {
		do   func() error
		want error
	}{
		{func() error { return call("bgoldenbox2") }, nil},
		{func() error { return call("bgoldenbox2") }, nil},
		{func() error { return call("bgoldenbox3") }, store.ErrNotQueued}, // it was called to another
		{func() error { return end(store.QueuePassed) }, nil},
		{func() error { return call("bgoldenbox3") }, nil},
		{func() error { return end(store.QueueWaiting) }, nil},
		{func() error { return end(store.QueueCalled) }, store.ErrNotQueued}, // CallToken says where to
		{func() error { return end(store.QueueWithdrawn) }, nil},
		{func() error { return call("bgoldenbox2") }, store.ErrNotQueued},
		{func() error { return end(store.QueueServed) }, store.ErrNotQueued},
		{func() error { return b.Store.ServedToken(q, protocol.ID{1}, 2) }, nil}, // she came all the same
		{func() error { return b.Store.ServedToken(q, protocol.ID{1}, 3) }, nil},
		{func() error { return b.Store.ServedToken(q, protocol.ID{2}, 3) }, store.ErrNotQueued},
	} {
		if err := step.do(); !errors.Is(err, step.want) {
			t.Errorf("step %d: %v, want %v", i, err, step.want)
		}
	}
	q.Number = 9
	if err := call("bgoldenbox2"); !errors.Is(err, store.ErrNotQueued) {
		t.Errorf("a number that was never drawn is called: %v", err)
	}
}

// A token is used up with the record, once: a second record with it is refused
// and leaves nothing behind.
func TestTokenServesOneRecord(t *testing.T) {
	b := newBox(t)
	q := draw(t, b.Store, queueDay, 1567731600000)
	rec := b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "app-1"})
	if err := b.Store.CommitQueued(rec, "app-1", 1567731600000, q.QueueKey); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Store.Token(q.QueueKey); err != nil || got.State != store.QueueServed || got.Record != rec.Manifest.ID {
		t.Errorf("after the record: %+v, %v", got, err)
	}
	rec = b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "app-2"})
	if err := b.Store.CommitQueued(rec, "app-2", 1567731600000, q.QueueKey); !errors.Is(err, store.ErrNotQueued) {
		t.Errorf("used twice: %v", err)
	}
	if seq, _, err := b.Store.Head(); err != nil || seq != 1 {
		t.Errorf("a refused record moved the head to %d (%v)", seq, err)
	}
	foreign := store.Queued{QueueKey: store.QueueKey{Day: queueDay, Box: "bgoldenbox3", Number: 1}, Unit: 3, Token: []byte{7}, State: store.QueueCalled}
	if err := errors.Join(b.Store.TakeCalled(foreign), b.Store.TakeCalled(foreign)); err != nil {
		t.Error(err)
	}
	foreign.Token = []byte{8}
	if err := b.Store.TakeCalled(foreign); !errors.Is(err, store.ErrNotQueued) {
		t.Errorf("another token under the same number is taken: %v", err)
	}
}

// A power cut loses no number that was shown, gives none twice, and keeps token
// and record together.
func TestPowerCutKeepsNumbers(t *testing.T) {
	r := newRig(t)
	from := template(t)
	dir := filepath.Join(r.mnt, "data")
	r.on()
	copyTree(r.T, from, dir)
	r.must("sync", "-f", r.mnt)
	acked := r.commitUntilCut(dir, 25, helperQueue+"=1")
	r.on()
	defer r.off()
	keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(dir, keys, store.Options{Log: quiet(), Reserve: 1 << 16, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.Queue(queueDay)
	if err != nil {
		t.Fatal(err)
	}
	served := map[string]bool{}
	for _, q := range all {
		served[q.Record.String()] = true
	}
	shown := 0
	for _, id := range acked {
		if !strings.HasPrefix(id, "2-") {
			if !served[id] {
				t.Errorf("record %s is acknowledged and its token is not used up", id)
			}
			continue
		}
		shown++
		if !slices.ContainsFunc(all, func(q store.Queued) bool { return q.Label() == id }) {
			t.Errorf("number %s was shown and is gone", id)
		}
	}
	if shown == 0 {
		t.Fatal("no number was shown before the cut")
	}
	if q := draw(t, s, queueDay, 1567731600000); int(q.Number) != len(all)+1 {
		t.Errorf("after %d numbers comes %d", len(all), q.Number)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
