package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Options of Run.
type Options struct {
	Out      string    // file of the table; the sections measured are replaced
	Package  string    // only this section, such as "hub/intake"; "" for all
	Count    int       // runs of each benchmark
	Only     string    // regular expression of the benchmarks
	Progress io.Writer // the benchmarks' own output as it comes
}

// sections of the table, in order: the package that holds the benchmarks, how
// long each measurement lasts, whether one is enough, and which benchmarks, if
// not all.
var sections = []struct {
	name, path, time string
	once             bool
	only             string
}{
	{"hub/intake", "hub/intake", "1x", false, "."}, // one iteration is rounds enough; more would only repeat the sealing
	{"appliance/store", "appliance/store", "1s", false, "."},
	{"appliance", "appliance", "1s", false, "."},
	{"provisioning/rehearsal", "provisioning/rehearsal", "1x", true, "^BenchmarkBoxMemory$"}, // a thousand visits of a box
	{"provisioning/rehearsal, the whole box", "provisioning/rehearsal", "1x", true, "^Benchmark(Visit|WholeBoxMemory)$"},
	{"provisioning/rehearsal, a box through all", "provisioning/rehearsal", "1x", true, "^BenchmarkBoxThroughAll$"}, // 20,000 applicants, 5,000 records
	{"appliance/stick, a poor stick", "appliance/stick", "1x", true, "^BenchmarkBehind$"},                           // a minute and a half of its time
	{"protocol", "protocol", "1s", false, "."},
	{"protocol/sheet", "protocol/sheet", "1s", false, "^Benchmark(Layout|PDF|PDFMany|Raster300|First)$"},
	{"protocol/sheet, a thousand tickets", "protocol/sheet", "3x", false, "^BenchmarkTickets$"}, // in turns with fpdf
	{"hw/camera", "hw/camera", "1s", false, "."},
	{"hub/campaign, a province", "hub/campaign", "1x", true, "^BenchmarkRehearse$"},                          // 400,000 applications
	{"hub/exchange, a province", "hub/exchange", "1x", true, "^BenchmarkExport$"},                            // 400,000 candidates
	{"hub/web, the pages of a province", "hub/web", "1x", true, "^BenchmarkDashboardAndSearch$"},             // 300,000 candidates, both databases
	{"hub/web/portal, a province of applicants", "hub/web/portal", "1x", true, "^BenchmarkPortal$"},          // 300,000 applicants, both databases
	{"hub/payment/reconcile, a province's day", "hub/payment/reconcile", "1x", true, "^BenchmarkReconcile$"}, // two million movements a side
	{"hub/arrangement, a province", "hub/arrangement", "3x", false, "^BenchmarkArrange$"},                    // 400,000 candidates, with the proof
	{"hub/seating, a province", "hub/seating", "1x", true, "^BenchmarkRun$"},                                 // 400,000 candidates through the store, both databases
	{"hub/payment/teller, notices", "hub/payment/teller", "1x", true, "^BenchmarkNotices$"},                  // three channels, both databases
	{"hub/exchange", "hub/exchange", "1s", false, "^Benchmark(Write|Read)Table$"},
}

// Run runs the benchmarks, one package after the other, and after each one puts
// its section into the file, so that an end in the middle loses nothing.
func Run(ctx context.Context, o Options) error {
	commit, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output()
	if err != nil {
		commit = []byte("unknown")
	}
	for _, p := range sections {
		if o.Package != "" && o.Package != p.name {
			continue
		}
		fmt.Fprintf(o.Progress, "== %s\n", p.name)
		count := o.Count
		if p.once {
			count = 1
		}
		only := o.Only
		if only == "." {
			only = p.only
		}
		rows, err := measure(ctx, o, p.path, p.time, only, count)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			continue
		}
		section := Section(p.name, ThisMachine(filepath.Dir(o.Out)), time.Now(), strings.TrimSpace(string(commit)), rows, AimOf)
		if err := put(o.Out, section); err != nil {
			return err
		}
	}
	return nil
}

func measure(ctx context.Context, o Options, path, time, only string, count int) ([]Row, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", only, "-benchmem", "-benchtime", time,
		"-count", strconv.Itoa(count), "-timeout", "60m", "zhunkao/"+path)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&out, o.Progress), o.Progress
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("bench: %s: %w", path, err)
	}
	samples, err := Parse(&out)
	return Rows(samples), err
}

// put merges a section into the file, which is replaced whole.
func put(path, section string) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, []byte(Merge(string(old), section)), 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// AimOf is the bound of a unit. Units carry the meaning of what is measured,
// so an aim stands with its unit and not with a benchmark's name.
func AimOf(_, unit string) Aim {
	return map[string]Aim{
		"of-raw":        {Least: 0.25}, // intake beside appending and syncing the same batches
		"of-intake":     {Least: 0.7},  // a box of 5,000 records catching up, beside the hub's bare intake
		"of-naive":      {Least: 4},    // intake beside Mosquitto, paho, one insert a record
		"of-verifying":  {Least: 0.5},  // notices of payments to the commit, beside a loop that only verifies them
		"of-parsing":    {Most: 1.8},   // reconciling beside only reading and parsing the same files
		"MiB-reconcile": {Most: 600},   // the process's memory while it does
		"of-fdatasync":  {Most: 4},     // submit to durable beside one fdatasync of the same bytes
		"MiB-idle":      {Most: 48},    // kioskd's resident memory
		"MiB-visited":   {Most: 48},    // the same after a thousand visits
		"of-idle":       {Most: 1.25},  // flat: after the visits beside before them
		"of-reader":     {Most: 1.2},   // from the find that answers to the fields, beside the reader's own time
		"of-devices":    {Least: 0.9},  // the devices' own time beside the whole visit's

		"of-constants": {Least: 0.5}, // a page beside the same page rendered from constants

		"of-bare-writes": {Least: 0.5}, // a step of the form saved beside the same rows in a bare loop, through the same commits
		"of-argon2":      {Least: 0.8}, // signing in beside the hash alone, with pages answered meanwhile

		"export-of-reading":   {Most: 2}, // a table of 30 columns beside only reading the same rows
		"rehearse-of-reading": {Most: 4}, // a version over every application beside only reading them, unsealed and decoded

		"of-sorting":     {Most: 10},    // seats for 400,000, with the proof, beside only sorting them
		"MiB-arranging":  {Most: 1024},  // what the process holds while it does
		"of-least-rooms": {Most: 1.005}, // rooms beside the sum of those that each pool needs at least

		"of-fpdf": {Least: 4}, // pages of a file of 1,000 tickets beside codeberg.org/go-pdf/fpdf drawing the same

		"s-behind": {Most: 10}, // how long a record is in the box and not yet on a poor stick

		"MiB-whole-idle":    {Most: 64}, // kioskd with camera and raster printer
		"MiB-whole-visited": {Most: 64}, // the same after the visits
		"MiB-whole-peak":    {Most: 64}, // the most it ever held
		"MiB-through":       {Most: 96}, // the same through a large roster, 5,000 unsent records, stick, desk, catching up
	}[unit]
}
