package main_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/protocol/democlock"
)

// demoClock serves a demonstration's clock and gives its socket.
func demoClock(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "clock") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- democlock.Serve(ctx, democlock.Options{
			Socket: filepath.Join(dir, "s"), State: filepath.Join(dir, "state"), Start: time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC),
			Closes: time.Date(2019, 9, 10, 9, 0, 0, 0, time.UTC), Ready: func() { close(ready) },
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		_ = os.RemoveAll(dir)
	})
	select {
	case <-ready:
	case err := <-done:
		done <- err
		t.Fatal(err)
	}
	return filepath.Join(dir, "s")
}
