package applicant

import (
	"context"
	"errors"
	"testing"
)

// Those of one address count one after another, and who has gone waits for nobody.
func TestLanes(t *testing.T) {
	l := newLanes()
	inside, leave, left := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		left <- l.in(t.Context(), "192.0.2.1", func() error {
			close(inside)
			<-leave
			return nil
		})
	}()
	<-inside
	gone, end := context.WithCancel(t.Context())
	end()
	if err := l.in(gone, "192.0.2.1", func() error { t.Error("two are in one lane"); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("waited for: %v", err)
	}
	close(leave)
	if err := <-left; err != nil {
		t.Fatal(err)
	}
	failed := errors.New("failed")
	for range 2 {
		if err := l.in(t.Context(), "192.0.2.1", func() error { return failed }); !errors.Is(err, failed) {
			t.Errorf("what failed inside: %v", err)
		}
	}
}
