package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

// The helper is this test binary started again: it commits records to a store
// and prints the id of each that was acknowledged, until it is killed or done.
// It is the box's submit path, blobs first, and nothing else.
const (
	helperDir    = "STORETEST_DIR"
	helperCount  = "STORETEST_COUNT"
	helperNoSync = "STORETEST_NOSYNC"
	helperDrafts = "STORETEST_DRAFTS" // drafts are entered instead
	helperQueue  = "STORETEST_QUEUE"  // records come with a token each, and numbers are told too
	helperDesk   = "STORETEST_DESK"   // the work of a desk is done instead
)

// runHelper runs the helper if this process was started as one.
func runHelper() bool {
	dir := os.Getenv(helperDir)
	if dir == "" {
		return false
	}
	// strace counts calls for each thread. Kept on one, the submit path dies at
	// its first, second, third … call; the copies, written by goroutines of
	// their own, at theirs.
	runtime.LockOSThread()
	t := &helperTB{}
	n, err := strconv.Atoi(os.Getenv(helperCount))
	if err == nil {
		err = commitAll(t, dir, n, func(id string) { fmt.Println(id) })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "helper:", err)
		os.Exit(3)
	}
	return true
}

// helperTB lets hubtest work outside a test: whatever fails ends the process.
type helperTB struct{ testing.TB }

func (*helperTB) Helper() {}
func (*helperTB) Fatal(a ...any) {
	if err, ok := a[0].(error); ok && errors.Is(err, store.ErrBroken) {
		fmt.Println("broken")
		os.Exit(0)
	}
	fmt.Fprintln(os.Stderr, append([]any{"helper:"}, a...)...)
	os.Exit(3)
}

// commitAll opens the store in dir, commits n records, tells each that was
// acknowledged, and at last "done" or "broken".
func commitAll(t testing.TB, dir string, n int, tell func(string)) error {
	opt := store.Options{Log: quiet(), Reserve: 1 << 16, MinFree: 1}
	if os.Getenv(helperNoSync) != "" {
		opt = store.NoSync(opt)
	}
	keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		return err
	}
	s, err := store.Open(dir, keys, opt)
	if err != nil {
		return err
	}
	if os.Getenv(helperDrafts) != "" {
		return enterAll(s, n, tell)
	}
	if os.Getenv(helperDesk) != "" {
		return workAll(t, s, keys, tell)
	}
	hub := hubtest.New(t)
	var before *protocol.Record
	for range n {
		app := fmt.Sprintf("app-%d-%d", os.Getpid(), must(s.Head()))
		rec := hub.Seal(t, s, keys, hubtest.Draft{Application: app})
		commit := s.Commit
		if os.Getenv(helperQueue) != "" {
			q, err := s.DrawToken(queueDay, 2, 1567731600000, func(n uint16) ([]byte, error) { return []byte{byte(n)}, nil })
			if err != nil {
				return err
			}
			tell(q.Label())
			commit = func(rec protocol.Record, app string, at protocol.Time) error {
				return s.CommitQueued(rec, app, at, q.QueueKey)
			}
		}
		if err := commit(rec, app, 1567731600000); err != nil {
			if errors.Is(err, store.ErrBroken) {
				tell("broken")
				return nil
			}
			return err
		}
		tell(rec.Manifest.ID.String())
		// The hub's receipt for the one before comes meanwhile.
		if before != nil {
			if _, err := s.Settle([]protocol.Receipt{hubtest.Accept(*before)}); err != nil {
				if errors.Is(err, store.ErrBroken) {
					tell("broken")
					return nil
				}
				return err
			}
		}
		before = &rec
	}
	tell("done")
	return s.Close()
}

func must[A, B any](a A, _ B, err error) A {
	if err != nil {
		fmt.Fprintln(os.Stderr, "helper:", err)
		os.Exit(3)
	}
	return a
}

func containsAny(b []byte, s string) bool { return bytes.Contains(b, []byte(s)) }

// later is after every record was sealed.
const later = protocol.Time(1 << 50)
