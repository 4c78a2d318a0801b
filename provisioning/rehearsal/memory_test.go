package rehearsal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"zhunkao/hw/printertest"
	"zhunkao/provisioning/rehearsal"
)

// visits is how many people stand before the box while its memory is watched.
// Most are told that they are confirmed already, as the roster of the
// demonstration is small; every one is a whole visit, card to idle.
const visits = 1000

// BenchmarkBoxMemory runs the shipped box and reads its resident memory from
// the kernel, idle and after a thousand visits.
func BenchmarkBoxMemory(b *testing.B) {
	if raceEnabled {
		b.Skip("the race detector has a memory of its own")
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for b.Loop() {
		p, err := rehearsal.Open(ctx, bin, filepath.Join(b.TempDir(), "p"))
		if err != nil {
			b.Fatal(err)
		}
		before, after, err := remember(ctx, p)
		if err := p.Close(); err != nil {
			b.Error(err)
		}
		if err != nil {
			b.Fatalf("%v\n%s", err, p.Logs())
		}
		b.ReportMetric(before, "MiB-idle")
		b.ReportMetric(after, "MiB-visited")
		b.ReportMetric(after/before, "of-idle")
	}
}

func remember(ctx context.Context, p *rehearsal.Province) (before, after float64, err error) {
	if err := p.StartHub(ctx); err != nil {
		return 0, 0, err
	}
	box, err := p.NewBox(ctx, "A", "43010401")
	if err != nil {
		return 0, 0, err
	}
	if err := box.Start(ctx); err != nil {
		return 0, 0, err
	}
	if _, err := box.Person.Sees(ctx, "idle"); err != nil {
		return 0, 0, err
	}
	if before, err = resident(box.PID()); err != nil {
		return 0, 0, err
	}
	cards := append(p.Cards(""), p.Cards("stranger")...)
	for i := range visits {
		if err := box.Place(cards[i%len(cards)].Card); err != nil {
			return 0, 0, err
		}
		seen, err := box.Person.Sees(ctx, "found", "refused")
		if err != nil {
			return 0, 0, fmt.Errorf("visit %d: %w", i+1, err)
		}
		if seen.Screen == "found" {
			if err := box.Person.Confirm(ctx); err != nil {
				return 0, 0, fmt.Errorf("visit %d: %w", i+1, err)
			}
		}
		if err := box.Person.Done(ctx); err != nil {
			return 0, 0, fmt.Errorf("visit %d: %w", i+1, err)
		}
		box.Lift()
		if _, err := box.Person.Sees(ctx, "idle"); err != nil {
			return 0, 0, fmt.Errorf("visit %d: %w", i+1, err)
		}
	}
	after, err = resident(box.PID())
	return before, after, err
}

// BenchmarkWholeBoxMemory is BenchmarkBoxMemory with a camera that never rests
// and a printer that takes raster of 300 dpi only, through whole visits of
// everybody there is; and the most that the box ever held.
func BenchmarkWholeBoxMemory(b *testing.B) {
	if raceEnabled {
		b.Skip("the race detector has a memory of its own")
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for b.Loop() {
		p, err := rehearsal.Open(ctx, bin, filepath.Join(b.TempDir(), "p"))
		if err != nil {
			b.Fatal(err)
		}
		m, err := rememberWhole(ctx, p)
		if err := p.Close(); err != nil {
			b.Error(err)
		}
		if err != nil {
			b.Fatalf("%v\n%s", err, p.Logs())
		}
		b.ReportMetric(m.idle, "MiB-whole-idle")
		b.ReportMetric(m.visited, "MiB-whole-visited")
		b.ReportMetric(m.peak, "MiB-whole-peak")
		b.ReportMetric(float64(m.visits), "visits")
	}
}

type memory struct {
	idle, visited, peak float64 // MiB
	visits              int
}

func rememberWhole(ctx context.Context, p *rehearsal.Province) (m memory, err error) {
	if err := p.StartHub(ctx); err != nil {
		return m, err
	}
	box, err := p.NewBox(ctx, "A", "43010401")
	if err != nil {
		return m, err
	}
	e, err := p.Equip("A", "")
	if err != nil {
		return m, err
	}
	if err := e.Printer.SetKnobs(printertest.Knobs{Format: printertest.Raster, DPI: "300", PageMS: -1}); err != nil {
		return m, err
	}
	if err := box.Start(ctx); err != nil {
		return m, err
	}
	who, err := attend(ctx, box.Person)
	if err != nil {
		return m, err
	}
	if err := who.until(ctx, func(s rehearsal.Seen) (bool, error) { return s.Screen == "idle", nil }); err != nil {
		return m, err
	}
	if m.idle, err = resident(box.PID()); err != nil {
		return m, err
	}
	for _, card := range p.Cards("") {
		if err := box.Place(card.Card); err != nil {
			return m, err
		}
		if _, err := who.visit(ctx, box); err != nil {
			return m, fmt.Errorf("visit %d: %w", m.visits+1, err)
		}
		m.visits++
		if jobs := e.Printer.Jobs(); len(jobs) == 0 || !strings.Contains(jobs[0].Format, "raster") || jobs[0].Done != 1 {
			return m, errors.New("no raster was printed")
		}
		e.Printer.Clear()
	}
	if m.visited, err = resident(box.PID()); err != nil {
		return m, err
	}
	m.peak, err = inStatus(box.PID(), "VmHWM")
	return m, err
}

// resident is a process's resident set in MiB, as the kernel counts it.
func resident(pid int) (float64, error) { return inStatus(pid, "VmRSS") }

// inStatus is what the kernel says of a process's memory, in MiB.
func inStatus(pid int, name string) (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(line, name+":"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(v), " kB"), 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("the kernel does not say how much memory %d holds", pid)
}
