package notice_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/keys"
	"zhunkao/hub/notice"
	"zhunkao/protocol/identity"
)

const phone = identity.Phone("13800138000")

// rig is an outbox with a clock that the test moves and a carrier that fails as
// the test says.
type rig struct {
	t    *testing.T
	d    *db.DB
	out  *notice.Outbox
	work *notice.Courier
	log  *bytes.Buffer

	mu      sync.Mutex // guards what follows
	at      time.Time
	fails   error
	carried []notice.Text
	phones  map[string]identity.Phone // by application
}

func newRig(t *testing.T, d *db.DB) *rig {
	t.Helper()
	ring, err := keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, d: d, at: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), log: &bytes.Buffer{}, phones: map[string]identity.Phone{}}
	r.out = notice.NewOutbox(ring, func() time.Time { r.mu.Lock(); defer r.mu.Unlock(); return r.at })
	r.work = notice.NewCourier(notice.CourierOptions{DB: d, Outbox: r.out, Carrier: r, Log: slog.New(slog.NewTextHandler(r.log, nil)),
		Phones: func(_ context.Context, _ *db.Tx, n notice.Notice) (identity.Phone, error) {
			return r.phones[n.Application], nil
		}})
	return r
}

// Carry makes the rig a Carrier.
func (r *rig) Carry(_ context.Context, t notice.Text) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fails == nil {
		r.carried = append(r.carried, t)
	}
	return r.fails
}

func (r *rig) later(d time.Duration) { r.mu.Lock(); r.at = r.at.Add(d); r.mu.Unlock() }

func (r *rig) text(to identity.Phone, k notice.Kind, args map[string]string) error {
	return r.d.Write(r.t.Context(), func(tx *db.Tx) error { return r.out.Text(r.t.Context(), tx, to, k, args) })
}

func (r *rig) code() map[string]string { return map[string]string{"code": "482913", "minutes": "10"} }

func (r *rig) once() {
	r.t.Helper()
	if err := r.work.Once(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) counts() (c notice.Counts) {
	r.t.Helper()
	write(r.t, r.d, func(tx *db.Tx) (err error) { c, err = notice.Count(r.t.Context(), tx); return err })
	return c
}

// TestTextIsCarriedOnce, and nothing of it can be read in the database.
func TestTextIsCarriedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		if err := r.text(phone, notice.TextCode, r.code()); err != nil {
			t.Fatal(err)
		}
		err := dbtest.Dump(t.Context(), d, func(table string, row []byte) error {
			for _, secret := range []string{"13800138000", "482913"} {
				if bytes.Contains(row, []byte(secret)) {
					return fmt.Errorf("%s stands in %s", secret, table)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		r.once()
		r.later(time.Hour)
		r.once()
		if len(r.carried) != 1 || r.carried[0].Phone != phone || !strings.Contains(r.carried[0].Words, "482913") {
			t.Fatalf("carried %d", len(r.carried))
		}
		if c := r.counts(); c.Sent != 1 || c.Waiting != 0 || c.GivenUp != 0 {
			t.Errorf("%+v", c)
		}
		r.later(8 * 24 * time.Hour)
		if err := r.work.Delete(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c := r.counts(); c.Sent != 0 {
			t.Errorf("a week later it is still here: %+v", c)
		}
	})
}

// TestRolledBack: a text of an act that did not come about is not sent.
func TestRolledBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		no := errors.New("no")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := r.out.Text(t.Context(), tx, phone, notice.TextCode, r.code()); err != nil {
				return err
			}
			return no
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		r.once()
		if len(r.carried) != 0 {
			t.Error("it was sent")
		}
	})
}

// TestPausesGrowAndEnd: a carrier that fails is asked again with growing pauses,
// until the text is of no use any more; then it stands there for the operators.
func TestPausesGrowAndEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.fails = errors.New("the line to 13800138000 is down")
		if err := r.text(phone, notice.PasswordChanged, nil); err != nil {
			t.Fatal(err)
		}
		if err := r.text("13900139000", notice.TextCode, r.code()); err != nil {
			t.Fatal(err)
		}
		for i := range 60 + 25*6 { // minute by minute, and then a day
			r.once()
			if r.later(time.Minute); i >= 60 {
				r.later(9 * time.Minute)
			}
		}
		c := r.counts()
		if c.GivenUp != 2 || c.Waiting != 0 {
			t.Fatalf("%+v", c)
		}
		var rows []notice.Row
		write(t, d, func(tx *db.Tx) (err error) {
			rows, err = notice.Newest(t.Context(), tx, notice.GivenUp, 10)
			return err
		})
		for _, row := range rows {
			lo, hi, worth := 40, 70, 24*time.Hour
			if row.Kind == notice.TextCode {
				lo, hi, worth = 4, 8, 10*time.Minute
			}
			if took := time.Duration(row.Ended-row.Queued) * time.Millisecond; row.Attempts < lo || row.Attempts > hi || took > worth || row.Fault != "failed" {
				t.Errorf("%s: %d attempts, given up for %q after %v", row.Kind, row.Attempts, row.Fault, took)
			}
		}
		if strings.Contains(r.log.String(), "138001") || !strings.Contains(r.log.String(), "given up") {
			t.Errorf("the log says %s", r.log.String())
		}
	})
}

// TestRefusedForGood ends the attempts at once.
func TestRefusedForGood(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	r.fails = fmt.Errorf("gateway: %w", notice.ErrRefused)
	if err := r.text(phone, notice.PasswordChanged, nil); err != nil {
		t.Fatal(err)
	}
	r.once()
	if c := r.counts(); c.GivenUp != 1 {
		t.Errorf("%+v", c)
	}
}

// TestNobodyIsSpammed: a telephone has so many an hour and a day, whoever asks.
func TestNobodyIsSpammed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		took := 0
		for range 48 { // two an hour, for a day
			for range 2 {
				err := r.text(phone, notice.TextCode, r.code())
				if err == nil {
					took++
				} else if !errors.Is(err, notice.ErrTooMany) {
					t.Fatal(err)
				}
			}
			r.later(30 * time.Minute)
		}
		if took != notice.PerDay {
			t.Errorf("%d in a day", took)
		}
		for i := range notice.PerHour + 1 {
			if err := r.text("13700137000", notice.TextCode, r.code()); errors.Is(err, notice.ErrTooMany) != (i == notice.PerHour) {
				t.Errorf("text %d of an hour: %v", i+1, err)
			}
		}
		r.later(24 * time.Hour)
		if err := r.text(phone, notice.TextCode, r.code()); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
}

// TestMessagesAskForTexts: a message that somebody else caused is texted too, to
// whoever has a telephone; one's own doing is not.
func TestMessagesAskForTexts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.phones["app"] = phone
		office := map[string]string{"by": notice.ByOffice}
		write(t, d, func(tx *db.Tx) error {
			return notice.Put(t.Context(), tx,
				notice.Notice{Application: "app", Kind: notice.Registered, Args: map[string]string{"by": notice.BySelf}, At: 1},
				notice.Notice{Application: "app", Kind: notice.Edited, Args: map[string]string{"by": notice.BySelf}, At: 2},
				notice.Notice{Application: "app", Kind: notice.Edited, Args: office, At: 3},
				notice.Notice{Application: "no telephone", Kind: notice.Edited, Args: office, At: 4})
		})
		r.once()
		r.once()
		if len(r.carried) != 1 || r.carried[0].Phone != phone || !strings.Contains(r.carried[0].Words, "改动") {
			t.Errorf("carried %+v", r.carried)
		}
		for range 10 { // the messages stay when the telephone has had enough
			write(t, d, func(tx *db.Tx) error {
				return notice.Put(t.Context(), tx, notice.Notice{Application: "app", Kind: notice.Edited, Args: office, At: 5})
			})
		}
		r.once()
		if all, _ := list(t, d, notice.Reader{Applications: []string{"app"}}, "", 50); len(r.carried) != notice.PerHour || len(all) != 13 {
			t.Errorf("carried %d, listed %d", len(r.carried), len(all))
		}
		write(t, d, func(tx *db.Tx) error { return r.out.ForgetPhone(t.Context(), tx, phone) })
		if c := r.counts(); c != (notice.Counts{}) {
			t.Errorf("after erasure: %+v", c)
		}
	})
}

// TestEveryTextHasWords: each kind that asks for a text has words in both
// languages, without a hole and without what stands in a record.
func TestEveryTextHasWords(t *testing.T) {
	d := dbtest.SQLite(t)
	r := newRig(t, d)
	for i, k := range notice.Kinds() {
		to := identity.Phone(fmt.Sprintf("139%08d", i))
		if err := r.text(to, k, nil); (err == nil) != k.Texted() {
			t.Errorf("%s: texted %v, but %v", k, k.Texted(), err)
		}
	}
	if err := r.text("13600136000", notice.TextCode, r.code()); err != nil {
		t.Fatal(err)
	}
	for _, english := range []bool{false, true} {
		write(t, d, func(tx *db.Tx) error {
			all, err := r.out.Show(t.Context(), tx, english, 100)
			for _, s := range all {
				if s.Words == "" || strings.ContainsAny(s.Words, "{}") || len([]rune(s.Words)) > 140 && !english {
					t.Errorf("%s says %q", s.Kind, s.Words)
				}
			}
			return err
		})
	}
}

// TestRun carries what is put in while it runs, without waiting for its clock.
func TestRun(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.work.Run(ctx) }()
	if err := r.text(phone, notice.TextCode, r.code()); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(2 * time.Minute); r.counts().Sent == 0; <-time.After(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("not carried")
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestFiles: one private file for each text, whole, under a name that says
// nothing; the same text again is the same file, and the directory is bounded.
func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "texts")
	f := &notice.Files{Dir: dir, Max: 3}
	text := func(n int) notice.Text {
		return notice.Text{ID: fmt.Sprintf("%032x", n), Phone: phone, Words: "【准考】您好"}
	}
	for _, n := range []int{1, 1, 2} {
		if err := f.Carry(t.Context(), text(n)); err != nil {
			t.Fatal(err)
		}
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 2 {
		t.Fatalf("%v, %v", names, err)
	}
	for _, n := range names {
		info, err := n.Info()
		if err != nil || info.Mode().Perm() != 0o600 || strings.Contains(n.Name(), "138") {
			t.Errorf("%s %v %v", n.Name(), info.Mode(), err)
		}
		body, err := os.ReadFile(filepath.Join(dir, n.Name()))
		if want := "13800138000\n【准考】您好\n"; err != nil || string(body) != want {
			t.Errorf("holds %q, %v", body, err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := f.Carry(t.Context(), text(3)); err != nil {
		t.Fatal(err)
	}
	if err := f.Carry(t.Context(), text(4)); !errors.Is(err, notice.ErrFull) {
		t.Errorf("a full directory: %v", err)
	}
	old := time.Now().Add(-4 * 24 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, names[0].Name()), old, old); err != nil {
		t.Fatal(err)
	}
	if err := f.Carry(t.Context(), text(4)); err != nil {
		t.Errorf("one that nobody fetched makes room: %v", err)
	}
	if err := f.Carry(t.Context(), notice.Text{ID: "../../etc/passwd"}); !errors.Is(err, notice.ErrRefused) {
		t.Errorf("an id that is none: %v", err)
	}
}
