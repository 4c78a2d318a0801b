package store_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) {
	if runHelper() {
		return
	}
	leak.Main(m)
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// box is a store with its keys, on a real disk.
type box struct {
	*testing.T
	dir  string
	hub  *hubtest.Hub
	keys *keystore.Store
	*store.Store
}

func newBox(t *testing.T) *box {
	t.Helper()
	b := &box{T: t, dir: filepath.Join(t.TempDir(), "data"), hub: hubtest.New(t)}
	// Without syncs: what these tests are about is what the files hold. That
	// syncs are made, and in time, is proved by killing and by power cuts.
	if err := store.Create(b.dir, store.NoSync(store.Options{Log: quiet()})); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.keys, err = keystore.OpenFile(filepath.Join(b.dir, "keys")); err != nil {
		t.Fatal(err)
	}
	b.open()
	b.hub.Enrol(t, b.Store, b.keys, "127.0.0.1:1")
	t.Cleanup(func() {
		if b.Store != nil {
			_ = b.Store.Close()
		}
	})
	return b
}

func (b *box) open() {
	b.Helper()
	var err error
	if b.Store, err = store.Open(b.dir, b.keys, store.NoSync(store.Options{Log: quiet(), Reserve: 1 << 16, MinFree: 1})); err != nil {
		b.Fatal(err)
	}
}

// again closes the store, checks the whole of it, and opens it again.
func (b *box) again() store.Whole {
	b.Helper()
	b.close()
	w, err := store.Check(b.dir)
	if err != nil {
		b.Fatalf("check: %v", err)
	}
	b.open()
	return w
}

func (b *box) close() {
	b.Helper()
	if err := b.Store.Close(); err != nil {
		b.Fatal(err)
	}
	b.Store = nil
}

// commit seals and commits one record.
func (b *box) commit(application string) protocol.Record {
	b.Helper()
	rec := b.hub.Seal(b.T, b.Store, b.keys, hubtest.Draft{Application: application})
	if err := b.Commit(rec, application, 1567731600000); err != nil {
		b.Fatal(err)
	}
	return rec
}

func TestOpenSaysWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(dir, keys, store.Options{Log: quiet()}); !errors.Is(err, store.ErrNoStore) {
		t.Errorf("open without a store: %v", err)
	}
	if store.Exists(dir) {
		t.Error("a store exists that was never made")
	}
	b := newBox(t)
	if err := store.Create(b.dir, store.Options{Log: quiet()}); !errors.Is(err, store.ErrExists) {
		t.Errorf("second Create: %v", err)
	}
	if _, err := store.Open(b.dir, b.keys, store.Options{Log: quiet()}); !errors.Is(err, store.ErrHeld) {
		t.Errorf("second Open: %v", err)
	}
	if _, err := store.Check(b.dir); !errors.Is(err, store.ErrHeld) {
		t.Errorf("Check of an open store: %v", err)
	}
	b.close()
	if _, err := store.Open(b.dir, keys, store.Options{Log: quiet()}); !errors.Is(err, store.ErrWrongKey) {
		t.Errorf("Open with another machine's keys: %v", err)
	}
	b.open()
}

func TestDemoMarkStays(t *testing.T) {
	for _, demo := range []bool{true, false} {
		dir := t.TempDir()
		if err := store.Create(dir, store.Options{Demo: demo, Log: quiet()}); err != nil {
			t.Fatal(err)
		}
		keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
		if err != nil {
			t.Fatal(err)
		}
		// Asking for the mark later changes nothing.
		s, err := store.Open(dir, keys, store.Options{Demo: !demo, Log: quiet()})
		if err != nil {
			t.Fatal(err)
		}
		if s.Demo() != demo {
			t.Errorf("made with demo %v, opened with %v", demo, s.Demo())
		}
		if _, err := s.Identity(); !errors.Is(err, store.ErrNotEnrolled) {
			t.Errorf("identity of a new store: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBootCounts(t *testing.T) {
	b := newBox(t)
	if b.Boot() != 1 {
		t.Fatalf("first boot is %d", b.Boot())
	}
	b.again()
	if b.Boot() != 2 {
		t.Fatalf("second boot is %d", b.Boot())
	}
}

func TestCommitSurvivesReopening(t *testing.T) {
	b := newBox(t)
	var want []protocol.Record
	for _, app := range []string{"a1", "a2", "a3"} {
		want = append(want, b.commit(app))
		if w := b.again(); len(w.Records) != len(want) || w.Waiting != len(want) || w.Mendable != 0 {
			t.Fatalf("after %d commits: %+v", len(want), w)
		}
	}
	seq, hash, err := b.Head()
	if err != nil || seq != 3 || hash != want[2].Hash() {
		t.Fatalf("head %d, %v", seq, err)
	}
	for i, w := range want {
		got, err := b.Record(uint64(i + 1))
		if err != nil || got.Hash() != w.Hash() || string(got.Body) != string(w.Body) {
			t.Fatalf("record %d: %v", i+1, err)
		}
		parts, err := b.Parts(got)
		if err != nil || len(parts) != 2 {
			t.Fatalf("parts of %d: %d, %v", i+1, len(parts), err)
		}
		var c protocol.Confirmation
		if err := protocol.OpenBody(got.Manifest, got.Body, b.hub.Opening, &c); err != nil {
			t.Fatalf("the hub cannot open record %d: %v", i+1, err)
		}
	}
	pending, err := b.Pending(1, 10)
	if err != nil || len(pending) != 2 || pending[0].ID != want[1].Manifest.ID {
		t.Fatalf("pending after 1: %v, %v", pending, err)
	}
}

func TestCommitRefuses(t *testing.T) {
	b := newBox(t)
	first := b.commit("a1")
	unput := b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "a2"})
	for _, p := range unput.Manifest.Blobs {
		if err := os.Remove(filepath.Join(b.dir, "parts", p.Hash.String()[:2], p.Hash.String())); err != nil {
			t.Fatal(err)
		}
	}
	swapped := b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "a2"})
	swapped.Body = first.Body
	for name, c := range map[string]struct {
		rec  protocol.Record
		app  string
		want error
	}{
		"the same again":            {first, "a1", store.ErrHeadMoved},
		"a fork":                    {b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "a2", Sequence: 1}), "a2", store.ErrHeadMoved},
		"a leap":                    {b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "a2", Sequence: 3, Previous: first.Hash()}), "a2", store.ErrHeadMoved},
		"another predecessor":       {b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "a2", Sequence: 2, Previous: protocol.HashOf(nil)}), "a2", store.ErrHeadMoved},
		"confirmed already":         {b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "a1"}), "a1", store.ErrConfirmed},
		"a blob that was never put": {unput, "a2", store.ErrIncomplete},
		"another record's body":     {swapped, "a2", protocol.ErrHash},
		"no application":            {b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "a2"}), "", protocol.ErrMalformed},
	} {
		if err := b.Commit(c.rec, c.app, 1); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if w := b.again(); len(w.Records) != 1 {
		t.Errorf("a refused record is there: %+v", w)
	}
	if r := b.Report(); r.Orphans != 6 { // the blobs of the refused ones that were put
		t.Errorf("report %+v", r)
	}
}

func countFiles(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRosterIsFoundByNumberAndHidden(t *testing.T) {
	b := newBox(t)
	number := identity.Number("430102199001011236")
	key := protocol.RosterKey{Key: make([]byte, 32)}
	if err := b.SaveCampaign(store.Campaign{ID: hubtest.Campaign, Version: 1, Bundle: []byte{1}}, key); err != nil {
		t.Fatal(err)
	}
	app := form.Application{ID: "app-1", Campaign: hubtest.Campaign, Version: 1, Point: hubtest.Point,
		Fields: form.Fields{form.DocumentNumber: string(number), form.FullName: "张试样"}}
	away := identity.Number("430102199002021234")
	page := protocol.RosterPage{Entries: []protocol.RosterEntry{
		{Version: 1, Application: &app},
		{Version: 2, Elsewhere: &protocol.ElsewhereMark{Key: key.Mark(away), Point: "P2", PointName: "别处"}},
	}}
	if err := b.ApplyRoster(5, 9, page, 5); !errors.Is(err, store.ErrMark) {
		t.Fatalf("a page from beyond the mark: %v", err)
	}
	if err := b.ApplyRoster(0, 2, page, 5); err != nil {
		t.Fatal(err)
	}
	if err := b.ApplyRoster(0, 2, protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: 1, Gone: "app-1"}}}, 5); err != nil {
		t.Fatalf("a page that came before: %v", err)
	}
	b.again()
	f, err := b.Find(number)
	if err != nil || f.Application == nil || f.Application.ID != "app-1" || f.Application.Name() != "张试样" || f.Confirmed != nil {
		t.Fatalf("found %+v, %v", f, err)
	}
	if f, err = b.Find(away); err != nil || f.Elsewhere == nil || f.Elsewhere.PointName != "别处" {
		t.Fatalf("elsewhere: %+v, %v", f, err)
	}
	if f, err = b.Find("430102199003031232"); err != nil || f.Application != nil || f.Elsewhere != nil {
		t.Fatalf("a stranger: %+v, %v", f, err)
	}
	for _, planted := range []string{string(number), string(away), "张试样"} {
		grepTree(t, b.dir, planted)
	}
	next := []protocol.RosterEntry{
		{Version: 3, Confirmed: &protocol.ConfirmedMark{Application: "app-1", At: 7, Point: "P2"}},
	}
	if err := b.ApplyRoster(2, 3, protocol.RosterPage{Entries: next}, 5); err != nil {
		t.Fatal(err)
	}
	if f, err = b.Find(number); err != nil || f.Confirmed == nil || f.Confirmed.Point != "P2" || f.Here {
		t.Fatalf("confirmed elsewhere: %+v, %v", f, err)
	}
	next = []protocol.RosterEntry{
		{Version: 4, Confirmed: &protocol.ConfirmedMark{Application: "app-1", Voided: true}},
		{Version: 5, Gone: "app-1"},
	}
	if err := b.ApplyRoster(3, 5, protocol.RosterPage{Entries: next}, 5); err != nil {
		t.Fatal(err)
	}
	if f, err = b.Find(number); err != nil || f.Application != nil {
		t.Fatalf("after leaving: %+v, %v", f, err)
	}
	if m, err := b.Marks(); err != nil || m.Roster != 5 || m.Campaign != 1 {
		t.Fatalf("marks %+v, %v", m, err)
	}
}

// grepTree fails if needle stands readable in any file below dir.
func grepTree(t *testing.T, dir, needle string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err == nil && containsAny(raw, needle) {
			t.Errorf("a planted value stands readable in %s", filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// One application, then another person with a corrected number.
func TestACorrectedNumberLeavesNoOldName(t *testing.T) {
	b := newBox(t)
	app := func(number string) *form.Application {
		return &form.Application{ID: "app-1", Version: 1, Fields: form.Fields{form.DocumentNumber: number}}
	}
	for i, n := range []string{"430102199001011236", "430102199002021234"} {
		page := protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: uint64(i + 1), Application: app(n)}}}
		if err := b.ApplyRoster(uint64(i), uint64(i+1), page, 5); err != nil {
			t.Fatal(err)
		}
	}
	if f, err := b.Find("430102199001011236"); err != nil || f.Application != nil {
		t.Errorf("the old number still leads to %v, %v", f.Application, err)
	}
	if here, _, err := b.Size(); err != nil || here != 1 {
		t.Errorf("%d in the roster, %v", here, err)
	}
}
