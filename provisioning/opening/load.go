package opening

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/provisioning/demo"
)

// crowd makes applicants and has them come.
type crowd struct {
	home  *url.URL
	think time.Duration
	most  int // applicants at a time
	made  atomic.Int64
	names []synthetic.Person
}

// people is how many different people there are; who comes later has another name
// for signing in and the same for the form, with a number of her own.
func newCrowd(home *url.URL, think time.Duration, most, people int) *crowd {
	rules := campaign.Adult2019()
	c := &crowd{home: home, think: think, most: most}
	for _, p := range synthetic.Candidates(rules, 8*1000, people*2, synthetic.Point{Code: demo.FirstPoint().Code, Division: demo.FirstPoint().Division}) {
		if p.Flaw == synthetic.NoFlaw && len(c.names) < people {
			c.names = append(c.names, p)
		}
	}
	return c
}

// left is how many people have not come yet.
func (c *crowd) left() int { return len(c.names) - int(c.made.Load()) }

// next makes the next applicant, nil when all have come.
func (c *crowd) next(note func(answer)) (*applicant, error) {
	n := int(c.made.Add(1)) - 1
	if n >= len(c.names) {
		return nil, fmt.Errorf("opening: only %d people are made up", len(c.names))
	}
	b, err := newBrowser(c.home, n, note)
	if err != nil {
		return nil, err
	}
	return &applicant{browser: b, who: c.names[n], login: fmt.Sprintf("kaosheng%d", n), think: c.think, rnd: rand.New(rand.NewPCG(uint64(n), 1))}, nil
}

// limit finds how many registrations a second the hub can take: so many do
// nothing but register, one after the other, for a while.
func (c *crowd) limit(ctx context.Context, workers int, lasts time.Duration) (float64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var finished atomic.Int64
	failed := make(chan error, workers)
	began := time.Now()
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for time.Since(began) < lasts {
				a, err := c.next(func(answer) {})
				if err == nil {
					a.think = 0
					err = a.register(ctx)
					a.close()
				}
				if err != nil {
					failed <- err
					cancel()
					return
				}
				finished.Add(1)
			}
		})
	}
	all.Wait()
	select {
	case err := <-failed:
		return 0, err
	default:
		return float64(finished.Load()) / time.Since(began).Seconds(), nil
	}
}

// members signs up people who are at work before the rush begins.
func (c *crowd) members(ctx context.Context, n int, note func(answer)) ([]*applicant, error) {
	var out []*applicant
	for range n {
		a, err := c.next(func(answer) {})
		if err != nil {
			return nil, err
		}
		a.think = 0
		if err := a.open(ctx, "/ks"); err != nil {
			return nil, err
		}
		if err := a.until(ctx, func() bool { return a.at.Path == "/ks/form/1" }); err != nil {
			return nil, err
		}
		a.think, a.note = max(c.think, time.Second), note // a person at work, who asks at a person's pace
		out = append(out, a)
	}
	return out, nil
}

// round has applicants come at a rate for a while, at random moments, and waits
// for those who came, but not longer than patience.
func (c *crowd) round(ctx context.Context, name string, times, rate float64, lasts, patience time.Duration, members []*applicant) (Round, error) {
	r := Round{Name: name, Times: times, Rate: rate, Comes: lasts, Began: time.Now()}
	var b book
	work, stop := context.WithTimeout(ctx, lasts+patience)
	defer stop()
	faults := make(chan error, len(members)+c.most+1)
	var all, at sync.WaitGroup
	at.Add(len(members))
	desk, endDesk := context.WithCancel(work)
	defer endDesk()
	for _, m := range members {
		m.note = b.note
		go func() {
			defer at.Done()
			if err := m.work(desk); err != nil {
				faults <- err
			}
		}()
	}
	var finished, inside atomic.Int64
	rnd := rand.New(rand.NewPCG(uint64(times*1000), 2))
	next := time.Now()
	for time.Since(r.Began) < lasts && work.Err() == nil && len(faults) == 0 {
		next = next.Add(time.Duration(rnd.ExpFloat64() / rate * float64(time.Second)))
		if sleep(work, time.Until(next)) != nil {
			break
		}
		if int(inside.Load()) >= c.most || c.left() == 0 {
			continue // bounded: who would come now stays at home
		}
		a, err := c.next(b.note)
		if err != nil {
			return r, err
		}
		r.Came++
		inside.Add(1)
		all.Go(func() {
			defer inside.Add(-1)
			defer a.close()
			err := a.register(work)
			switch {
			case err == nil:
				finished.Add(1)
			case work.Err() == nil:
				faults <- err
			}
		})
	}
	all.Wait()
	endDesk()
	at.Wait()
	r.Lasted = time.Since(r.Began)
	r.Finished, r.Left = int(finished.Load()), r.Came-int(finished.Load())
	r.answers = b.all
	slices.SortFunc(r.answers, func(x, y answer) int { return x.began.Compare(y.began) })
	r.stand()
	select {
	case err := <-faults:
		return r, err
	default:
	}
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	if r.Came == 0 {
		return r, errors.New("opening: nobody came")
	}
	return r, nil
}
