package rehearsal_test

import (
	"context"
	"path/filepath"
	"testing"

	"zhunkao/provisioning/rehearsal"
)

// opened is a province of the test's own. It is closed when the test ends, and of one
// that failed its programs' logs are told.
func opened(ctx context.Context, t *testing.T, g rehearsal.Ground) *rehearsal.Province {
	t.Helper()
	p, err := rehearsal.OpenOn(ctx, bin, filepath.Join(t.TempDir(), "p"), g)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(p.Logs())
		}
	})
	return p
}
