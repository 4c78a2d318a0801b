package opening

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Options of Run.
type Options struct {
	Hubd     string        // the shipped program
	Drawing  string        // file of the drawing; "" is none
	Table    string        // file of the table; "" is none
	Commit   string        // what was built
	Machine  string        // where it ran
	Lasts    time.Duration // how long people come in each round; 0 is 30 s
	Patience time.Duration // how long those who came are waited for; 0 is twice Lasts
	Think    time.Duration // mean time at a page; 0 is half a second
	Members  int           // signed in before the rush; 0 is 20
	Most     int           // applicants at a time; 0 is 1500
	Say      io.Writer     // what happens, for whoever watches; nil is nowhere
}

// loads are the rounds: below, at and far above the limit.
var loads = []struct {
	name  string
	times float64
}{{"half the limit", 0.5}, {"at the limit", 1}, {"five times the limit", 5}}

// Run rehearses the opening and gives what was measured.
func Run(ctx context.Context, o Options) (_ Report, err error) {
	o = o.filled()
	say := func(format string, args ...any) { fmt.Fprintf(o.Say, "  "+format+"\n", args...) }
	dir, err := os.MkdirTemp("", "opening")
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	say("a hub of its own, in %s", dir)
	s, err := open(ctx, o.Hubd, dir)
	if err != nil {
		return Report{}, err
	}
	stopped := false
	stop := func() error {
		if stopped {
			return nil
		}
		stopped = true
		return s.stop()
	}
	defer func() {
		if n, first := s.faults(); err != nil && n > 0 {
			err = fmt.Errorf("%w; the hub logged %d errors, the first: %s", err, n, first)
		}
		err = errors.Join(err, stop())
	}()
	c := newCrowd(s.home, o.Think, o.Most, 20_000)
	report := Report{At: time.Now(), Commit: o.Commit, Machine: o.Machine, Drawing: filepath.Base(o.Drawing), Members: o.Members, Think: o.Think}
	say("%d people sign up before the rush", o.Members)
	members, err := c.members(ctx, o.Members, nil)
	if err != nil {
		return report, err
	}
	defer func() {
		for _, m := range members {
			m.close()
		}
	}()
	if report.Limit, err = c.limit(ctx, 6*runtime.NumCPU(), o.Lasts/2); err != nil {
		return report, err
	}
	say("the limit is %.3g registrations a second", report.Limit)
	for _, l := range loads {
		r, err := c.round(ctx, l.name, l.times, l.times*report.Limit, o.Lasts, o.Patience, members)
		if err != nil {
			return report, err
		}
		r.Memory = s.memory()
		report.Rounds = append(report.Rounds, r)
		say("%s: %d came, %d submitted, at most %d in the line; signed in, reading: 95 of 100 within %s", r.Name, r.Came, r.Finished, r.Line, ms(r.Figures(Reading).P95))
	}
	if n, first := s.faults(); n > 0 {
		return report, fmt.Errorf("opening: the hub logged %d errors, the first: %s", n, first)
	}
	return report, errors.Join(stop(), o.write(report))
}

func (o Options) filled() Options {
	if o.Lasts == 0 {
		o.Lasts = 30 * time.Second
	}
	if o.Patience == 0 {
		o.Patience = 2 * o.Lasts
	}
	if o.Think == 0 {
		o.Think = 500 * time.Millisecond
	}
	if o.Members == 0 {
		o.Members = 20
	}
	if o.Most == 0 {
		o.Most = 1500
	}
	if o.Say == nil {
		o.Say = io.Discard
	}
	return o
}

// write puts down drawing and table, each whole or not at all.
func (o Options) write(r Report) error {
	for path, text := range map[string]string{o.Drawing: Draw(r.Limit, r.Rounds), o.Table: r.String()} {
		if path == "" {
			continue
		}
		if old, err := os.ReadFile(path); path == o.Table && err == nil && !strings.HasPrefix(string(old), head) {
			return fmt.Errorf("opening: %s was not written by this program", path)
		}
		if err := os.WriteFile(path+".new", []byte(text), 0o644); err != nil {
			return err
		}
		if err := os.Rename(path+".new", path); err != nil {
			return err
		}
	}
	return nil
}
