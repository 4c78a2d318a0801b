package hub_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/notice"
)

// TestHubCarriesTexts: what a step puts into the outbox of a running hub lies in
// its folder soon, in a private file, and nowhere in the log.
func TestHubCarriesTexts(t *testing.T) {
	s := newSite(t)
	s.start()
	ctx := t.Context()
	s.must(s.hub.DB().Write(ctx, func(tx *db.Tx) error {
		return s.hub.Flow().Outbox.Text(ctx, tx, "13800138000", notice.TextCode, map[string]string{"code": "482913", "minutes": "10"})
	}))
	dir := datadir.Dir(s.dir).Texts()
	for until := time.Now().Add(patient); ; <-time.After(10 * time.Millisecond) {
		names, err := filepath.Glob(filepath.Join(dir, "*.txt"))
		s.must(err)
		if len(names) == 1 {
			b, err := os.ReadFile(names[0])
			s.must(err)
			if info, err := os.Stat(names[0]); err != nil || info.Mode().Perm() != 0o600 || !bytes.HasPrefix(b, []byte("13800138000\n")) || !bytes.Contains(b, []byte("482913")) {
				t.Errorf("%v: %q", err, b)
			}
			break
		}
		if time.Now().After(until) {
			t.Fatal("no file")
		}
	}
	if log := s.log.String(); bytes.Contains([]byte(log), []byte("13800138000")) || bytes.Contains([]byte(log), []byte("482913")) {
		t.Error("the log holds number or code")
	}
}
