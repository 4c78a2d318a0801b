package web_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
)

// onPostgreSQL is in the name of a test whose world lies there.
const onPostgreSQL = "on PostgreSQL"

// ground is a fresh database for a world.
func ground(t *testing.T) *db.DB {
	t.Helper()
	if strings.Contains(t.Name(), strings.ReplaceAll(onPostgreSQL, " ", "_")) {
		return dbtest.Postgres(t)
	}
	return dbtest.SQLite(t)
}

// TestConsoleOnPostgreSQL runs once more, on PostgreSQL and with the blobs in
// it, what shows that the console works there: rights, lists, the page of a
// record with its pictures, live pages, the journal.
func TestConsoleOnPostgreSQL(t *testing.T) {
	if testing.Short() {
		t.Skip("the same tests run on SQLite beside the race detector")
	}
	for _, c := range []struct {
		name string
		test func(*testing.T)
	}{
		{"matrix", TestMatrix}, {"foreign", TestForeignIsNowhere}, {"record", TestRecordPage}, {"photo", TestPhotoOnThePage},
		{"paging", TestPaging}, {"live", TestLive}, {"journal", TestJournalPage}, {"files", TestListsLeaveAsFiles}, {"stick", TestStickIsReadInByThePage}, {"another county", TestStickOfAnotherCounty},
	} {
		t.Run(c.name+" "+onPostgreSQL, c.test)
	}
}

// TestLiveFromTheOtherHub: what another hub committed and sealed is told on the
// pages of this one.
func TestLiveFromTheOtherHub(t *testing.T) {
	url := dbtest.PostgresURL(t)
	open := func() *db.DB {
		d, err := db.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		return d
	}
	other := open()
	ring, err := keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	there, err := journal.NewSealer(journal.Options{DB: other, Keys: ring, Checkpoints: filepath.Join(t.TempDir(), "checkpoints"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	sealing, end := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- there.Run(sealing) }()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Errorf("the other hub's sealer: %v", err)
		}
	})
	for limit := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		lead, err := other.TryLead(t.Context(), "journal")
		if err != nil {
			t.Fatal(err)
		}
		if lead == nil {
			break // it seals
		}
		if err := lead.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(limit) {
			t.Fatal("the other hub does not seal")
		}
	}
	w := worldOn(t, open())
	w.sealedUp()
	province := w.as("po")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	all := province.listen(ctx, "/gl/live?after="+itoa(w.sealer.Head().Number), "")
	w.db = other // from here on it is the other hub that writes
	id := w.confirm(1)
	if e := next(all, 2*time.Minute); e != "changed" {
		t.Fatalf("the page heard %q", e)
	}
	if _, part := province.get("/gl/part/dashboard"); !strings.Contains(part, id) {
		t.Error("the part does not hold the arrival")
	}
}
