package intake

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// cases keeps the campaign versions and the points that records name.
// Versions never change, so only what is newest is asked again, and what a
// point takes.
type cases struct {
	db *db.DB

	mu     sync.Mutex // guards all below
	rules  map[caseKey]*ready
	newest map[string]newest
	points map[string]pointAsked // by code
}

// ready is a campaign version made ready for many records.
type ready struct {
	*rules.Campaign
	checker  *rules.Checker
	calendar *window.Calendar
}

// confirming says whether the window of confirmation was open for an
// application at a point in the given division: Judge of the campaign, but that
// the windows have been gone through before.
func (r *ready) confirming(app form.Application, division string, now window.Interval) window.State {
	return r.calendar.Judge(window.Confirm, r.Subject(app, division), now).State
}

type pointAsked struct {
	at    rules.Place
	asked time.Time
}

type caseKey struct {
	campaign string
	version  uint32
}

type newest struct {
	rules *ready
	asked time.Time
}

// newestFresh is how long the newest version is believed: a postponed window
// counts a second after it is published.
const newestFresh = time.Second

// pointFresh is how long the levels and designations of a point are believed.
// They are settled before registration begins; a query for each record would
// buy nothing.
const pointFresh = time.Minute

func newCases(d *db.DB) *cases {
	return &cases{db: d, rules: map[caseKey]*ready{}, newest: map[string]newest{}, points: map[string]pointAsked{}}
}

// of gives the version that a record names and the newest one of its campaign.
// Error: campaign.ErrNotFound.
func (c *cases) of(ctx context.Context, id string, version uint32) (named, last *ready, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	named = c.rules[caseKey{id, version}]
	n := c.newest[id]
	if named != nil && n.rules != nil && time.Since(n.asked) < newestFresh {
		return named, n.rules, nil
	}
	err = c.db.Read(ctx, func(tx *db.Tx) error {
		if named == nil {
			if named, err = c.load(campaign.Get(ctx, tx, id, version)); err != nil {
				return err
			}
		}
		v, err := campaign.Latest(ctx, tx, id)
		if err != nil {
			return err
		}
		if last = c.rules[caseKey{id, v.Version}]; last == nil {
			last, err = c.load(v, nil)
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	c.newest[id] = newest{last, time.Now()}
	return named, last, nil
}

func (c *cases) load(v campaign.Version, err error) (*ready, error) {
	if err != nil {
		return nil, err
	}
	r, err := v.Decode()
	if err != nil {
		return nil, fmt.Errorf("intake: campaign %s v%d: %w", v.Campaign, v.Version, err)
	}
	k, err := r.Checker()
	if err != nil {
		return nil, fmt.Errorf("intake: campaign %s v%d: %w", v.Campaign, v.Version, err)
	}
	made := &ready{&r, k, window.New(r.Windows)}
	c.rules[caseKey{v.Campaign, v.Version}] = made
	return made, nil
}

// division gives the division of a point, "" when nobody knows the point.
func (c *cases) division(ctx context.Context, point string) (string, error) {
	at, err := c.place(ctx, point)
	return at.Division, err
}

// place gives what rules may ask of a point; of one that nobody knows, nothing.
func (c *cases) place(ctx context.Context, point string) (rules.Place, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.points[point]; ok && time.Since(p.asked) < pointFresh {
		return p.at, nil
	}
	var p org.Point
	err := c.db.Read(ctx, func(tx *db.Tx) (err error) {
		p, err = org.GetPoint(ctx, tx, point)
		return err
	})
	if errors.Is(err, org.ErrNotFound) {
		return rules.Place{}, nil
	}
	if err != nil {
		return rules.Place{}, fmt.Errorf("intake: point: %w", err)
	}
	at := campaign.PlaceOf(p)
	c.points[point] = pointAsked{at, time.Now()}
	return at, nil
}
