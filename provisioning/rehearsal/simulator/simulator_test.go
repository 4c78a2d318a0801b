package simulator_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/provisioning/rehearsal/simulator"
)

func TestMain(m *testing.M) {
	simulator.Child()
	os.Exit(m.Run())
}

// small is the size of the seeds that every test run plays.
var small = simulator.Size{Points: 2, Boxes: 2, Visits: 2, Faults: 5}

// A seed decides everything that is decided.
func TestPlanIsItsSeed(t *testing.T) {
	a, b := simulator.PlanOf(5, small), simulator.PlanOf(5, small)
	if !reflect.DeepEqual(a, b) {
		t.Fatal("the same seed gives two plans")
	}
	if reflect.DeepEqual(a.Faults, simulator.PlanOf(6, small).Faults) {
		t.Fatal("two seeds give the same faults")
	}
	seen := map[simulator.Trouble]bool{}
	acts := map[simulator.Act]bool{}
	for seed := range uint64(40) {
		p := simulator.PlanOf(seed, small)
		for _, f := range p.Faults {
			seen[f.Trouble] = true
		}
		for _, boxes := range p.Points {
			for _, b := range boxes {
				for _, v := range b.Visits {
					acts[v.Act] = true
				}
			}
		}
	}
	if len(seen) != 8 || len(acts) != 7 {
		t.Errorf("forty seeds know %d troubles and %d acts", len(seen), len(acts))
	}
}

// TestSeeds plays 200 seeds, in CI too (ZHUNKAO_SEEDS: so many; ZHUNKAO_SEED: this one), and
// judges each.
func TestSeeds(t *testing.T) {
	first, n := uint64(1), 200
	switch {
	case testing.Short():
		n = 6
	case os.Getenv("ZHUNKAO_SEED") != "":
		first, n = number(t, "ZHUNKAO_SEED"), 1
	case os.Getenv("ZHUNKAO_SEEDS") != "":
		n = int(number(t, "ZHUNKAO_SEEDS"))
	}
	play(t, small, runtime.GOMAXPROCS(0)+1, func(i int64) (uint64, bool) { return first + uint64(i), i < int64(n) })
}

// TestSoak plays larger provinces for as long as ZHUNKAO_SOAK says.
func TestSoak(t *testing.T) {
	for_, err := time.ParseDuration(os.Getenv("ZHUNKAO_SOAK"))
	if err != nil {
		t.Skip("ZHUNKAO_SOAK says for how long, such as 4h (make soak)")
	}
	end := time.Now().Add(for_)
	// Two hundred boxes are a hundred for a core. With more of them on one machine
	// its load is all that is tried.
	play(t, simulator.Size{Points: 20, Boxes: 10, Visits: 12, Faults: 120}, max(1, runtime.GOMAXPROCS(0)/2), func(i int64) (uint64, bool) { return 1_000_000 + uint64(i), time.Now().Before(end) })
}

func number(t *testing.T, name string) uint64 {
	n, err := strconv.ParseUint(os.Getenv(name), 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// play plays seeds on so many grounds at once. Of small ones there are as many as
// cores and one more: most of the time a stage waits.
func play(t *testing.T, size simulator.Size, grounds int, next func(i int64) (seed uint64, more bool)) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var count, played atomic.Int64
	var all sync.WaitGroup
	for range grounds {
		all.Go(func() {
			g, err := simulator.NewGround(ctx, folder(t), size)
			if err != nil {
				t.Error(err)
				cancel()
				return
			}
			defer func() {
				if err := g.Close(); err != nil {
					t.Error(err)
				}
			}()
			for ctx.Err() == nil {
				seed, more := next(count.Add(1) - 1)
				if !more {
					return
				}
				if err := g.Play(ctx, simulator.PlanOf(seed, size)); err != nil {
					t.Errorf("%v", fmt.Errorf("seed %d: %w", seed, err))
					cancel()
				}
				played.Add(1)
			}
		})
	}
	all.Wait()
	t.Logf("%d seeds", played.Load())
}

// folder is a short path, in memory where there is some: a power cut here ends
// processes, and what the disk does at one is tested where disks are.
func folder(t *testing.T) string {
	t.Helper()
	in := ""
	if _, err := os.Stat("/dev/shm"); err == nil {
		in = "/dev/shm"
	}
	dir, err := os.MkdirTemp(in, "zk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(filepath.Clean(dir)); err != nil {
			t.Error(err)
		}
	})
	return dir
}
