package blob

import (
	"errors"
	"path/filepath"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

func TestLocate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		path := filepath.Join(t.TempDir(), "blobs.db")
		open := func(want string) *Store {
			t.Helper()
			s, err := Locate(t.Context(), d, path, want)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return s
		}
		if _, err := Locate(t.Context(), d, path, "cloud"); err == nil {
			t.Error("an unknown place is taken")
		}
		shared := d.Kind() == db.PostgreSQL
		if got := open("").Shared(); got != shared {
			t.Errorf("by default shared: %v", got)
		}
		other := map[bool]string{true: InFiles, false: InDatabase}[shared]
		if _, err := Locate(t.Context(), d, path, other); !errors.Is(err, ErrElsewhere) {
			t.Errorf("the other place: %v", err)
		}
		if got := open("").Shared(); got != shared {
			t.Errorf("again: %v", got)
		}
	})
}

// TestLocateKeepsFiles: files that are there are used, and a hub that has
// records and not their files does not begin anew beside them.
func TestLocateKeepsFiles(t *testing.T) {
	d := dbtest.Postgres(t)
	path := filepath.Join(t.TempDir(), "blobs.db")
	old, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Locate(t.Context(), d, path, "")
	if err != nil || s.Shared() {
		t.Fatalf("files that are there: shared, %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "blobs.db")
	if s, err := Locate(t.Context(), d, elsewhere, ""); err != nil { // no record names any
		t.Errorf("another folder: %v", err)
	} else if err := s.Close(); err != nil {
		t.Error(err)
	}
}
