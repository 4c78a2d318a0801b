package bench

import (
	"bytes"
	"context"
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
	Out      string    // file of the table; replaced whole
	Count    int       // runs of each benchmark
	Only     string    // regular expression of the benchmarks
	Progress io.Writer // the benchmarks' own output as it comes
}

// packages hold the benchmarks, in the order of the table, and how long each
// measurement lasts.
var packages = []struct{ path, time string }{
	{"zhunkao/hub/intake", "1x"}, // one iteration is rounds enough; more would only repeat the sealing
	{"zhunkao/appliance/store", "1s"},
	{"zhunkao/appliance", "1s"},
	{"zhunkao/provisioning/rehearsal", "1x"},
	{"zhunkao/protocol", "1s"},
}

// Run runs the benchmarks one package after the other and writes the table.
func Run(ctx context.Context, o Options) error {
	var rows []Row
	for _, p := range packages {
		fmt.Fprintf(o.Progress, "== %s\n", p.path)
		cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", o.Only, "-benchmem", "-benchtime", p.time,
			"-count", strconv.Itoa(o.Count), "-timeout", "60m", p.path)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = io.MultiWriter(&out, o.Progress), o.Progress
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("bench: %s: %w", p.path, err)
		}
		samples, err := Parse(&out)
		if err != nil {
			return err
		}
		rows = append(rows, Rows(samples)...)
	}
	commit, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output()
	if err != nil {
		commit = []byte("unknown")
	}
	tmp := o.Out + ".new"
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := Write(f, ThisMachine(filepath.Dir(o.Out)), time.Now(), strings.TrimSpace(string(commit)), rows, AimOf); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(tmp, o.Out)
}

// AimOf is the bound of a unit. Units carry the meaning of what is measured,
// so an aim stands with its unit and not with a benchmark's name.
func AimOf(_, unit string) Aim {
	return map[string]Aim{
		"of-raw":       {Least: 0.25}, // intake beside appending and syncing the same batches
		"of-naive":     {Least: 4},    // intake beside Mosquitto, paho, one insert a record
		"of-fdatasync": {Most: 4},     // submit to durable beside one fdatasync of the same bytes
		"MiB-idle":     {Most: 48},    // kioskd's resident memory
		"MiB-visited":  {Most: 48},    // the same after a thousand visits
		"of-idle":      {Most: 1.25},  // flat: after the visits beside before them
	}[unit]
}
