package keys_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/keys"
)

func TestBond(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ring, dir := create(t)
		must(t, ring.Bond(t.Context(), d))
		must(t, ring.Bond(t.Context(), d))
		foreign, _ := create(t)
		if err := foreign.Bond(t.Context(), d); !errors.Is(err, keys.ErrForeign) {
			t.Errorf("another hub's keys: %v", err)
		}
		second := filepath.Join(t.TempDir(), "keys") // of a second hub
		must(t, os.CopyFS(second, os.DirFS(dir)))
		for _, name := range []string{"."} {
			must(t, os.Chmod(filepath.Join(second, name), 0o700))
		}
		list, err := os.ReadDir(second)
		must(t, err)
		for _, f := range list {
			must(t, os.Chmod(filepath.Join(second, f.Name()), 0o600))
		}
		copied := reopen(t, second)
		must(t, copied.Bond(t.Context(), d))
		for _, rotate := range []func() error{ring.RotateOpening, ring.RotateSigning, ring.RotateData} {
			must(t, rotate())
			must(t, ring.Bond(t.Context(), d))
			if err := copied.Bond(t.Context(), d); !errors.Is(err, keys.ErrForeign) {
				t.Errorf("a copy without the newest key: %v", err)
			}
		}
	})
}
