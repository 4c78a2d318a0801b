package storage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/storage"
)

// rig is a watch over places whose readings the test holds.
type rig struct {
	*testing.T
	db    *db.DB
	log   *bytes.Buffer
	full  map[storage.Place]int
	fault error
	watch *storage.Watch
}

func newRig(t *testing.T, d *db.DB) *rig {
	r := &rig{T: t, db: d, log: &bytes.Buffer{}, full: map[storage.Place]int{}}
	r.open()
	return r
}

// open begins anew, as a hub that was started again.
func (r *rig) open() {
	r.Helper()
	var probes []storage.Probe
	for _, p := range []storage.Place{storage.Disk, storage.Broker} {
		probes = append(probes, storage.Probe{Place: p, Of: "here", Read: func(context.Context) (storage.Reading, error) {
			return storage.Reading{Used: uint64(r.full[p]), Limit: 1000}, r.fault
		}})
	}
	var err error
	r.watch, err = storage.Open(r.Context(), storage.Options{DB: r.db, Flow: &flow.Flow{Now: time.Now}, Probes: probes,
		Log: slog.New(slog.NewTextHandler(r.log, nil))})
	if err != nil {
		r.Fatal(err)
	}
}

// at holds the disk at so many thousandths and looks.
func (r *rig) at(thousandths int) *rig {
	r.full[storage.Disk] = thousandths
	r.watch.Look(r.Context())
	return r
}

// journal lists what was journalled, in order.
func (r *rig) journal() []string {
	r.Helper()
	var out []string
	err := r.db.Read(r.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(r.Context(), `SELECT act FROM journal_entry ORDER BY at, id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var act string
			if err := rows.Scan(&act); err != nil {
				return err
			}
			out = append(out, act)
		}
		return rows.Err()
	})
	if err != nil {
		r.Fatal(err)
	}
	slices.Sort(out) // two acts of one millisecond have no order
	return out
}

func (r *rig) alarms() string {
	var out []string
	for _, a := range r.watch.Alarms() {
		out = append(out, fmt.Sprintf("%s %d", a.Place, a.Percent))
	}
	return strings.Join(out, ", ")
}

const filling, eased = "storage.filling", "storage.eased"

// The rims, both ways: the alarm begins at 80 %, ends below 75 %, and is
// journalled and logged once each, however often one looks, and across starts.
func TestTheRims(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		for i, c := range []struct {
			at      int
			alarms  string
			journal []string
		}{
			{0, "", nil}, {799, "", nil}, {800, "disk 80", []string{filling}}, {990, "disk 99", []string{filling}},
			{2000, "disk 100", []string{filling}}, {760, "disk 76", []string{filling}}, {750, "disk 75", []string{filling}},
			{800, "disk 80", []string{filling}}, {749, "", []string{eased, filling}}, {799, "", []string{eased, filling}},
			{801, "disk 80", []string{eased, filling, filling}},
		} {
			r.at(c.at).at(c.at)
			if got := r.alarms(); got != c.alarms {
				t.Errorf("%d: at %d: alarms %q, want %q", i, c.at, got, c.alarms)
			}
			if got := r.journal(); !slices.Equal(got, c.journal) {
				t.Errorf("%d: at %d: the journal says %q, want %q", i, c.at, got, c.journal)
			}
		}
		r.full[storage.Disk] = 760
		r.open() // between the rims a start changes nothing
		if got := r.alarms(); got != "disk 76" {
			t.Errorf("after a start: alarms %q", got)
		}
		r.open()
		other := &rig{T: t, db: d, log: &bytes.Buffer{}, full: r.full} // another hub that sees the same place
		other.open()
		other.at(760)
		if got := r.journal(); len(got) != 3 {
			t.Errorf("after starts the journal says %q", got)
		}
		if begun, ended := strings.Count(r.log.String(), "filling up"), strings.Count(r.log.String(), "room again"); begun != 2 || ended != 1 {
			t.Errorf("the log says it began %d times and ended %d times: %s", begun, ended, r.log)
		}
		if r.full[storage.Broker] = 900; r.at(760).alarms() != "disk 76, broker 90" {
			t.Errorf("two places: %q", r.alarms())
		}
	})
}

// An alarm that cannot be journalled is shown all the same, and journalled when
// that is possible again; a place that cannot be read keeps its alarm.
func TestWhenTheJournalOrAPlaceCannotBeReached(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		do := func(statement string) {
			t.Helper()
			if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), statement); return err }); err != nil {
				t.Fatal(err)
			}
		}
		do(`ALTER TABLE journal_entry RENAME TO deaf`)
		if got := r.at(900).at(900).alarms(); got != "disk 90" {
			t.Errorf("alarms %q", got)
		}
		if v, err := d.Meta(t.Context(), "storage.disk.here"); err != nil || v != "" {
			t.Errorf("it is taken for journalled: %q, %v", v, err)
		}
		do(`ALTER TABLE deaf RENAME TO journal_entry`)
		if got := r.journal(); len(got) != 0 {
			t.Errorf("the journal says %q", got)
		}
		if got := r.at(900).at(900).journal(); !slices.Equal(got, []string{filling}) {
			t.Errorf("the journal says %q", got)
		}
		r.fault = errors.New("input/output error")
		if got := r.at(0).at(0).alarms(); got != "disk 90" {
			t.Errorf("a place that cannot be read: alarms %q", got)
		}
		if n := strings.Count(r.log.String(), "place=disk error=\"input/output"); n != 1 {
			t.Errorf("said %d times: %s", n, r.log)
		}
		r.fault = nil
		if got := r.at(0).alarms(); got != "" {
			t.Errorf("alarms %q", got)
		}
	})
}

// A real file system of a given size, filled to both sides of the rim.
func TestFileSystem(t *testing.T) {
	mnt := tmpfs(t, 10<<20)
	read := storage.FileSystem(mnt)
	percent := func() int {
		t.Helper()
		r, err := read(t.Context())
		if err != nil || r.Limit != 10<<20 {
			t.Fatalf("%+v, %v", r, err)
		}
		return r.Percent()
	}
	if n := percent(); n != 0 {
		t.Errorf("empty: %d", n)
	}
	ballast := filepath.Join(mnt, "ballast")
	for size, want := range map[int]int{8<<20 - 4096: 79, 8 << 20: 80, 10 << 20: 100} {
		if err := os.WriteFile(ballast, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		if n := percent(); n != want {
			t.Errorf("%d bytes: %d %%, want %d", size, n, want)
		}
	}
	if _, err := storage.FileSystem(filepath.Join(mnt, "nowhere"))(t.Context()); err == nil {
		t.Error("a path that is not there has room")
	}
	for other, want := range map[string]bool{ballast: true, t.TempDir(): false} {
		if same, err := storage.SameFileSystem(mnt, other); err != nil || same != want {
			t.Errorf("%s: %v, %v", other, same, err)
		}
	}
}

// The size of a database grows with what is written, and stands against a bound.
func TestDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		before, err := d.Size(t.Context())
		if err != nil || before == 0 {
			t.Fatalf("size %d, %v", before, err)
		}
		if err := d.SetMeta(t.Context(), "ballast", strings.Repeat("0123456789abcdef", 1<<17)); err != nil {
			t.Fatal(err)
		}
		after, err := d.Size(t.Context())
		if err != nil || d.Kind() == db.SQLite && after < before+2<<20 || after < before {
			t.Errorf("size %d, then %d, %v", before, after, err)
		}
		r, err := storage.Given(int64(after)*2, d.Size)(t.Context())
		if err != nil || r.Percent() != 50 {
			t.Errorf("%+v is %d %%, %v", r, r.Percent(), err)
		}
		if r, err := storage.Given(0, d.Size)(t.Context()); err != nil || r.Percent() != 0 {
			t.Errorf("without a bound: %d %%, %v", r.Percent(), err)
		}
	})
}

// tmpfs mounts a file system of a given size.
func tmpfs(t *testing.T, size int) string {
	t.Helper()
	without := func(why string) {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s, and CI must give this proof", why)
		}
		t.Skipf("%s: the alarm of a real disk was NOT tried", why)
	}
	if os.Getuid() != 0 {
		without("not root, so no file system of a given size can be mounted")
	}
	mnt := t.TempDir()
	if err := unix.Mount("tmpfs", mnt, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0700", size)); err != nil {
		without("tmpfs cannot be mounted: " + err.Error())
	}
	t.Cleanup(func() { _ = unix.Unmount(mnt, unix.MNT_DETACH) })
	return mnt
}
