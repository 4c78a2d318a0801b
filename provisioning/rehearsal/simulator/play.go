package simulator

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"zhunkao/hub/datadir"
	"zhunkao/provisioning/rehearsal"
)

// stage is one simulation on its ground.
type stage struct {
	*Ground
	plan  Plan
	dir   string
	hub   *process
	order hubOrder
	crews []*process

	mu       sync.Mutex        // guards what follows
	accepted map[accepted]int  // how often screens said so
	over     map[string]int    // visits that are over, by box
	drained  map[string]bool   // boxes that have said so since their last start
	skews    [][]time.Duration // of the boards' clocks, at their next start
}

// accepted is what a screen said, and what must be at the hub for ever.
type accepted struct{ box, application string }

// Play plays a plan on the ground, mends everything, and judges what is left. An
// error carries the plan and the ends of the logs.
func (g *Ground) Play(ctx context.Context, plan Plan) (err error) {
	dir, err := os.MkdirTemp(g.dir, "s")
	if err != nil {
		return err
	}
	s := &stage{Ground: g, plan: plan, dir: dir, order: g.hub, skews: plan.Skews,
		accepted: map[accepted]int{}, over: map[string]int{}, drained: map[string]bool{}}
	defer func() {
		err = errors.Join(err, s.killAll())
		if err != nil {
			err = fmt.Errorf("%w\n%s%s", err, plan, s.logs())
		}
		err = errors.Join(err, os.RemoveAll(dir))
	}()
	if err := s.lay(); err != nil {
		return err
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	for _, f := range plan.Faults {
		if err := s.suffer(ctx, f); err != nil {
			return fmt.Errorf("%s at point %d: %w", f.Trouble, f.Point, err)
		}
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	if err := s.end(); err != nil {
		return err
	}
	return s.judge(ctx)
}

func (s *stage) in(name string) string { return filepath.Join(s.dir, name) }

// lay copies the folders of the ground.
func (s *stage) lay() error {
	dirs := []string{"hub"}
	for i := range s.size.Points {
		for b := range s.size.Boxes {
			dirs = append(dirs, "box-"+name(i, b))
		}
	}
	for _, d := range dirs {
		if err := copyTree(s.in(d), s.Ground.in(d)); err != nil {
			return err
		}
	}
	s.order.Data = s.in("hub")
	s.hub = &process{part: childHub, log: s.in("hub.log")}
	for i := range s.size.Points {
		s.crews = append(s.crews, &process{part: childCrew, log: s.in(fmt.Sprintf("crew-%d.log", i)), lines: s.hear})
	}
	return nil
}

// hear notes what a crew says.
func (s *stage) hear(words []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case len(words) == 3 && words[0] == saysAccepted:
		s.accepted[accepted{words[1], words[2]}]++
	case len(words) == 3 && words[0] == saysOver:
		if n, err := strconv.Atoi(words[2]); err == nil {
			s.over[words[1]] = n + 1
		}
	case len(words) == 2 && words[0] == saysDrained:
		s.drained[words[1]] = true
	}
}

func (s *stage) begin(ctx context.Context) error {
	if err := s.startHub(ctx); err != nil {
		return err
	}
	for i := range s.crews {
		if err := s.startCrew(i); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) startHub(ctx context.Context) error {
	if err := s.hub.start(s.order); err != nil {
		return err
	}
	return answers(ctx, s.hub, s.order.Listen)
}

// startCrew starts the boxes of a point, with the people that are left.
func (s *stage) startCrew(i int) error {
	o := crewOrder{Start: start, Real: s.real}
	s.mu.Lock()
	for b, plan := range s.plan.Points[i] {
		box := boxOrder{Name: name(i, b), Data: s.in("box-" + name(i, b)), Skew: s.skews[i][b], Printer: plan.Printer, From: s.over[name(i, b)]}
		for _, v := range plan.Visits {
			p := s.people[v.Person]
			box.Visits = append(box.Visits, visitOrder{Chip: p.Chip, Application: p.Application.ID, Act: v.Act, After: v.After})
		}
		s.drained[box.Name] = false
		o.Boxes = append(o.Boxes, box)
	}
	s.mu.Unlock()
	return s.crews[i].start(o)
}

// suffer lets one fault happen, and mends it.
func (s *stage) suffer(ctx context.Context, f Fault) error {
	if err := sleep(ctx, f.Pause); err != nil {
		return err
	}
	crew, line := s.crews[f.Point], s.wires[f.Point]
	switch f.Trouble {
	case Cut, Hole, Slow:
		line.set(f.Trouble)
		defer line.set("")
		return sleep(ctx, f.For)
	case PowerPoint:
		if err := crew.kill(); err != nil {
			return err
		}
		if err := sleep(ctx, f.For); err != nil {
			return err
		}
		s.skews[f.Point] = f.Skews
		return s.startCrew(f.Point)
	case PowerHub, Forget:
		if err := s.hub.kill(); err != nil {
			return err
		}
		if f.Trouble == Forget {
			if err := os.RemoveAll(datadir.Dir(s.order.Data).Broker()); err != nil {
				return err
			}
		}
		if err := sleep(ctx, f.For); err != nil {
			return err
		}
		return s.startHub(ctx)
	case StallPoint, StallHub:
		p := s.hub
		if f.Trouble == StallPoint {
			p = crew
		}
		if err := p.signal(syscall.SIGSTOP); err != nil {
			return err
		}
		err := sleep(ctx, f.For)
		return errors.Join(err, p.signal(syscall.SIGCONT))
	}
	return fmt.Errorf("no trouble %q", f.Trouble)
}

// settle waits until nobody is left before a box and nothing waits for the hub.
func (s *stage) settle(ctx context.Context) error {
	return rehearsal.Until(ctx, rigWait, func() error {
		if err := s.hub.dead(); err != nil {
			return rehearsal.Stop(err)
		}
		for _, c := range s.crews {
			if err := c.dead(); err != nil {
				return rehearsal.Stop(err)
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for box, is := range s.drained {
			if !is {
				return fmt.Errorf("box %s is not done: %d visits are over", box, s.over[box])
			}
		}
		return nil
	})
}

// end stops everything in order: boxes first.
func (s *stage) end() error {
	var errs []error
	for _, c := range s.crews {
		errs = append(errs, c.stop())
	}
	return errors.Join(append(errs, s.hub.stop())...)
}

func (s *stage) killAll() error {
	var errs []error
	for _, p := range append(s.crews, s.hub) {
		if p != nil {
			errs = append(errs, p.kill())
		}
	}
	return errors.Join(errs...)
}

// logs are the ends of what the children wrote.
func (s *stage) logs() (out string) {
	for _, p := range append(s.crews, s.hub) {
		if p == nil {
			continue
		}
		b, err := os.ReadFile(p.log)
		if err != nil {
			continue
		}
		out += "--- " + p.log + "\n" + string(tail(b))
	}
	return out
}
