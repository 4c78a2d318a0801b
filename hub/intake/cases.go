package intake

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
)

// cases keeps the campaign versions and the points that records name.
// Versions never change, so only what is newest is asked again, and what a
// point takes.
type cases struct {
	db *db.DB

	mu       sync.Mutex // guards all below
	rules    map[caseKey]*rules.Campaign
	checkers map[*rules.Campaign]*rules.Checker // of each in rules
	newest   map[string]newest
	points   map[string]pointAsked // by code
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
	rules *rules.Campaign
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
	return &cases{db: d, rules: map[caseKey]*rules.Campaign{}, checkers: map[*rules.Campaign]*rules.Checker{},
		newest: map[string]newest{}, points: map[string]pointAsked{}}
}

// of gives the version that a record names and the newest one of its campaign.
// Error: campaign.ErrNotFound.
func (c *cases) of(ctx context.Context, id string, version uint32) (named, last *rules.Campaign, err error) {
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

func (c *cases) load(v campaign.Version, err error) (*rules.Campaign, error) {
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
	c.rules[caseKey{v.Campaign, v.Version}], c.checkers[&r] = &r, k
	return &r, nil
}

// checker gives the check of a version that of gave.
func (c *cases) checker(r *rules.Campaign) *rules.Checker {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.checkers[r]
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
	at := rules.Place{Code: p.Code, Division: p.Division, Medical: p.Medical, Minors: p.Minors, Known: true}
	if p.Levels != "" {
		at.Levels = strings.Split(p.Levels, ",")
	}
	c.points[point] = pointAsked{at, time.Now()}
	return at, nil
}
