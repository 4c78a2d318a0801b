package intake_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	boxclock "zhunkao/appliance/clock"
	"zhunkao/appliance/link"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

// The box that catches up is this test binary started again, as kioskd is another
// program than hubd: with what it has on its disk, and cores of its own where the
// benchmark gives it some.
const (
	envLateDir   = "INTAKETEST_LATE_BOX"   // with data and keys
	envLateCores = "INTAKETEST_LATE_CORES" // "": any
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(envLateDir); dir != "" {
		if err := beLate(dir, os.Getenv(envLateCores)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// late is what the box says of its catching up: from the line that bids it go to
// the last receipt in its store.
type late struct {
	Took, CPU time.Duration
}

// boxHeap is what kioskd sets: see heapGoal there.
const boxHeap = 28 << 20

// beLate opens the store, says so, waits for a line, and keeps the link until
// nothing waits.
func beLate(dir, cores string) error {
	if cores != "" {
		set, err := parseCores(cores)
		if err != nil {
			return err
		}
		if err := set.pin(); err != nil {
			return err
		}
		runtime.GOMAXPROCS(len(set))
	}
	debug.SetMemoryLimit(boxHeap)
	keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		return err
	}
	s, err := store.Open(filepath.Join(dir, "data"), keys, quietStore)
	if err != nil {
		return err
	}
	o, err := s.Outbox()
	if err != nil || o.Waiting == 0 {
		return fmt.Errorf("%d records wait: %w", o.Waiting, err)
	}
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	var out late
	var wrong error
	left, over := o.Waiting, make(chan struct{})
	began, cpu := time.Now(), cpuSoFar()
	err = linked(s, keys, over, func(e link.Event) {
		switch e := e.(type) {
		case link.Settled:
			if e.Receipt.Outcome != protocol.Accepted {
				wrong = errors.Join(wrong, fmt.Errorf("record %d: %+v", e.Receipt.Sequence, e.Receipt))
			}
			if left--; left == 0 {
				out = late{time.Since(began), cpuSoFar() - cpu}
				close(over)
			}
		case link.Refused:
			wrong = errors.Join(wrong, fmt.Errorf("refused: %s: %w", e.Kind, e.Err))
		case link.Unlinked:
			wrong = errors.Join(wrong, fmt.Errorf("unlinked: %w", e.Err))
		}
	})
	if err := errors.Join(err, wrong, s.Close()); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

var quietStore = store.Options{Log: slog.New(slog.DiscardHandler), MinFree: 1}

// linked runs a box's link until over is closed.
func linked(s *store.Store, keys *keystore.Store, over <-chan struct{}, tell func(link.Event)) error {
	l, err := link.New(link.Options{Store: s, Keys: keys, Clock: boxclock.New(boxclock.Options{Boot: s.Boot()}), Log: slog.New(slog.DiscardHandler),
		MaxPause: time.Millisecond, Events: tell})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	select {
	case <-over:
	case err := <-ended:
		return fmt.Errorf("link: %w", err)
	case <-time.After(5 * time.Minute):
		return errors.New("the box never got what it waits for")
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		return fmt.Errorf("link: %w", err)
	}
	return nil
}

// run starts the box, on those of the cores if there are some, and has it catch up.
func (x *lateBox) run(b *testing.B, on cores) (said late) {
	b.Helper()
	b.StopTimer()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envLateDir+"="+x.dir, envLateCores+"="+on.String())
	var complaint strings.Builder
	cmd.Stderr = &complaint
	in, err := cmd.StdinPipe()
	must(err)
	out, err := cmd.StdoutPipe()
	must(err)
	must(cmd.Start())
	defer func() { _, _ = cmd.Process.Kill(), cmd.Wait() }()
	r := bufio.NewReader(out)
	if line, err := r.ReadString('\n'); err != nil || line != "ready\n" {
		_ = cmd.Wait()
		b.Fatalf("the box says %q, %v: %s", line, err, complaint.String())
	}
	b.StartTimer()
	_, err = io.WriteString(in, "go\n")
	must(err)
	if err := json.NewDecoder(r).Decode(&said); err != nil {
		_ = cmd.Wait()
		b.Fatalf("the box: %v: %s", err, complaint.String())
	}
	return said
}

// cores are some of the machine's.
type cores []int

// halves shares the cores that we may use between hub and box. ok is false when
// there is only one.
func halves() (hub, box cores, ok bool, err error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return nil, nil, false, err
	}
	var all cores
	for i := range 1024 {
		if set.IsSet(i) {
			all = append(all, i)
		}
	}
	n := len(all) / 2
	return all[:n], all[n:], n > 0, nil
}

func (c cores) String() string {
	words := make([]string, len(c))
	for i, n := range c {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ",")
}

func parseCores(s string) (c cores, err error) {
	for word := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, err
		}
		c = append(c, n)
	}
	return c, nil
}

// pin has every thread of this process run on these cores. A thread that is made
// meanwhile has those of the one that made it: hence it looks again until none is
// elsewhere.
func (c cores) pin() error {
	var want unix.CPUSet
	for _, n := range c {
		want.Set(n)
	}
	for moved := true; moved; {
		moved = false
		threads, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return err
		}
		for _, t := range threads {
			id, err := strconv.Atoi(t.Name())
			if err != nil {
				return err
			}
			var now unix.CPUSet
			if err := unix.SchedGetaffinity(id, &now); errors.Is(err, unix.ESRCH) || err == nil && now == want {
				continue // it has ended, or is there
			} else if err != nil {
				return err
			}
			if err := unix.SchedSetaffinity(id, &want); err != nil && !errors.Is(err, unix.ESRCH) {
				return err
			}
			moved = true
		}
	}
	return nil
}

func cpuSoFar() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
