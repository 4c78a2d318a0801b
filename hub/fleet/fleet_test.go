package fleet_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
)

var ctx = context.Background()

// yard is a fleet with a clock that a test moves.
type yard struct {
	t *testing.T
	d *db.DB
	f *fleet.Fleet

	mu     sync.Mutex // guards both
	now    time.Time
	states []string
}

func (y *yard) Now() time.Time {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.now
}

func (y *yard) later(d time.Duration) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.now = y.now.Add(d)
}

func (y *yard) onState(b fleet.Box) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.states = append(y.states, string(b.State))
}

func open(t *testing.T, d *db.DB) *yard {
	t.Helper()
	y := &yard{t: t, d: d, now: time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)}
	y.again()
	return y
}

// again opens the fleet anew on the same database.
func (y *yard) again() {
	y.t.Helper()
	var err error
	if y.f, err = fleet.Open(ctx, fleet.Options{DB: y.d, Now: y.Now, OnState: y.onState}); err != nil {
		y.t.Fatal(err)
	}
}

func (y *yard) write(f func(tx *db.Tx) error) {
	y.t.Helper()
	if err := y.d.Write(ctx, f); err != nil {
		y.t.Fatal(err)
	}
}

func (y *yard) ticket(point, box string) (code string) {
	y.t.Helper()
	y.write(func(tx *db.Tx) (err error) {
		code, _, err = y.f.Issue(ctx, tx, point, box, "operator")
		return err
	})
	return code
}

func key(t *testing.T) (*ecdsa.PrivateKey, []byte) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	return k, der
}

func (y *yard) enrol(code string, pub []byte) (b fleet.Box, err error) {
	err = y.d.Write(ctx, func(tx *db.Tx) (err error) {
		b, _, err = y.f.Enrol(ctx, tx, fleet.Request{Code: code, DeviceKey: pub, Opening: make([]byte, 32), KeyStore: "file",
			Certify: func(id string) ([]byte, error) { return []byte("certificate of " + id), nil }})
		return err
	})
	return b, err
}

func (y *yard) set(id string, s fleet.State) error {
	return y.d.Write(ctx, func(tx *db.Tx) error {
		_, _, err := y.f.SetState(ctx, tx, id, s, "because")
		return err
	})
}

func TestEnrolment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		y := open(t, d)
		code := y.ticket("43010201", "")
		_, pub := key(t)
		b, err := y.enrol(strings.ToUpper(strings.ReplaceAll(code, "-", " ")), pub) // as a person types it
		if err != nil {
			t.Fatal(err)
		}
		if len(b.ID) != 11 || b.ID[0] != 'b' || b.Epoch != 1 || b.Unit != 1 || b.Point != "43010201" || b.State != fleet.Active {
			t.Errorf("box %+v", b)
		}
		if got, err := y.enrol(code, pub); err != nil || got.ID != b.ID || got.Epoch != 1 {
			t.Errorf("asked again with the same key: %v, %v", got.ID, err)
		}
		_, other := key(t)
		if _, err := y.enrol(code, other); !errors.Is(err, fleet.ErrCode) {
			t.Errorf("a used code with another key: %v", err)
		}
		if _, err := y.enrol("aaaaa-aaaaa-aaaaa-aaaaa", other); !errors.Is(err, fleet.ErrCode) {
			t.Errorf("a guessed code: %v", err)
		}
		late := y.ticket("43010201", "")
		y.later(fleet.TicketLife + time.Second)
		if _, err := y.enrol(late, other); !errors.Is(err, fleet.ErrCode) {
			t.Errorf("an expired code: %v", err)
		}
		second, err := y.enrol(y.ticket("43010201", ""), other)
		if err != nil || second.Unit != 2 || second.ID == b.ID {
			t.Errorf("second box of the point: %+v, %v", second, err)
		}
		// The same box again: a new epoch, its old key is worth nothing.
		_, fresh := key(t)
		re, err := y.enrol(y.ticket("", b.ID), fresh)
		if err != nil || re.ID != b.ID || re.Epoch != 2 || re.Unit != 1 || re.Point != b.Point {
			t.Errorf("enrolled again: %+v, %v", re, err)
		}
		if live, _ := y.f.Box(b.ID); live.Epoch != 2 {
			t.Errorf("memory has epoch %d", live.Epoch)
		}
	})
}

func TestACodeIsUsedOnceHoweverManyAsk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		y := open(t, d)
		code := y.ticket("43010201", "")
		const n = 8
		ids := make(chan string, n)
		var wg sync.WaitGroup
		for range n {
			_, pub := key(t)
			wg.Go(func() {
				if b, err := y.enrol(code, pub); err == nil {
					ids <- b.ID
				}
			})
		}
		wg.Wait()
		if len(ids) != 1 {
			t.Errorf("%d boxes got in with one code", len(ids))
		}
	})
}

func TestStates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		y := open(t, d)
		k, pub := key(t)
		b, err := y.enrol(y.ticket("43010201", ""), pub)
		if err != nil {
			t.Fatal(err)
		}
		own, stranger := &x509.Certificate{PublicKey: k.Public()}, &x509.Certificate{}
		other, _ := key(t)
		stranger.PublicKey = other.Public()
		if err := y.f.Admit(b.ID, own); err != nil {
			t.Errorf("active: %v", err)
		}
		if y.f.Admit(b.ID, stranger) == nil || y.f.Admit("bzzzzzzzzzz", own) == nil {
			t.Error("a stranger was let in")
		}
		if err := errors.Join(y.set(b.ID, fleet.Frozen), y.f.Admit(b.ID, own)); err != nil {
			t.Errorf("a frozen box may drain: %v", err)
		}
		if err := errors.Join(y.set(b.ID, fleet.Active), y.set(b.ID, fleet.Active)); err != nil {
			t.Error(err)
		}
		y.later(time.Minute)
		if err := y.set(b.ID, fleet.Revoked); err != nil {
			t.Fatal(err)
		}
		if err := y.f.Admit(b.ID, own); !errors.Is(err, fleet.ErrState) {
			t.Errorf("revoked: %v", err)
		}
		if err := y.set(b.ID, fleet.Active); !errors.Is(err, fleet.ErrState) {
			t.Errorf("a revoked box was released: %v", err)
		}
		if err := y.set("bzzzzzzzzzz", fleet.Frozen); !errors.Is(err, fleet.ErrNotFound) {
			t.Errorf("no such box: %v", err)
		}
		if got := strings.Join(y.states, " "); got != "frozen active revoked" {
			t.Errorf("told of %q", got)
		}
		y.again()
		if got, _ := y.f.Box(b.ID); got.State != fleet.Revoked || got.StateReason != "because" {
			t.Errorf("after a restart: %s (%s)", got.State, got.StateReason)
		}
	})
}

func TestRolledBackChangesNothingInMemory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		y := open(t, d)
		_, pub := key(t)
		b, err := y.enrol(y.ticket("43010201", ""), pub)
		if err != nil {
			t.Fatal(err)
		}
		no := errors.New("no")
		if err := y.d.Write(ctx, func(tx *db.Tx) error {
			if _, _, err := y.f.SetState(ctx, tx, b.ID, fleet.Frozen, "x"); err != nil {
				return err
			}
			return no
		}); !errors.Is(err, no) {
			t.Fatal(err)
		}
		if got, _ := y.f.Box(b.ID); got.State != fleet.Active {
			t.Errorf("memory says %s, the database active", got.State)
		}
	})
}

func TestWhatABoxSaysIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		y := open(t, d)
		_, pub := key(t)
		b, err := y.enrol(y.ticket("43010201", ""), pub)
		if err != nil {
			t.Fatal(err)
		}
		if !y.f.Snapshot()[0].Live.Silent {
			t.Error("a box that never spoke is not silent")
		}
		changed := y.f.Changed()
		y.f.Say(b.ID, fleet.Word{Epoch: 1, Head: 7, Marks: fleet.Marks{Roster: 3}, Live: fleet.Live{Boot: 2, Software: "v1", Waiting: 4, Devices: []fleet.Device{{Name: "idcard", State: "ready"}}}})
		select {
		case <-changed:
		default:
			t.Error("nobody was told")
		}
		y.f.Hold(b.ID, 1, 5)
		y.f.Hold(b.ID, 1, 4) // never backwards
		y.f.Say(b.ID, fleet.Word{Epoch: 2, Head: 99})
		got, _ := y.f.Box(b.ID)
		if got.Head != 7 || got.Held != 5 || got.Live.Silent || got.Live.Waiting != 4 || got.Live.Seen != y.Now().UnixMilli() {
			t.Errorf("box %+v", got)
		}
		run, cancel := context.WithCancel(ctx)
		cancel() // ends at once, and writes what is not written yet
		if err := y.f.Run(run); err != nil {
			t.Fatal(err)
		}
		y.again()
		got, _ = y.f.Box(b.ID)
		if got.Head != 7 || got.Held != 5 || got.Marks.Roster != 3 || got.Live.Software != "v1" || len(got.Live.Devices) != 1 || got.Live.Silent || got.Live.Heard.IsZero() {
			t.Errorf("after a restart %+v", got) // it spoke a moment ago, to whichever hub
		}
	})
}

func TestGaps(t *testing.T) {
	for _, tc := range []struct {
		held   uint64
		beyond []uint64
		want   []fleet.Gap
	}{
		{0, nil, nil},
		{3, []uint64{4, 5}, nil},
		{3, []uint64{5}, []fleet.Gap{{4, 4}}},
		{0, []uint64{3, 4, 9}, []fleet.Gap{{1, 2}, {5, 8}}},
	} {
		got := fleet.Gaps(tc.held, tc.beyond)
		if len(got) != len(tc.want) {
			t.Errorf("Gaps(%d, %v) = %v, want %v", tc.held, tc.beyond, got, tc.want)
			continue
		}
		for i := range got {
			if got[i] != tc.want[i] {
				t.Errorf("Gaps(%d, %v) = %v, want %v", tc.held, tc.beyond, got, tc.want)
			}
		}
	}
}
