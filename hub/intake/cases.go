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
)

// cases keeps the campaign versions and the points that records name.
// Versions never change and the division of a point neither, so only what is
// newest is asked again.
type cases struct {
	db *db.DB

	mu     sync.Mutex // guards all below
	rules  map[caseKey]*rules.Campaign
	newest map[string]newest
	points map[string]string // division by code
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

func newCases(d *db.DB) *cases {
	return &cases{db: d, rules: map[caseKey]*rules.Campaign{}, newest: map[string]newest{}, points: map[string]string{}}
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
	c.rules[caseKey{v.Campaign, v.Version}] = &r
	return &r, nil
}

// division gives the division of a point, "" when nobody knows the point.
func (c *cases) division(ctx context.Context, point string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d, ok := c.points[point]; ok {
		return d, nil
	}
	var p org.Point
	err := c.db.Read(ctx, func(tx *db.Tx) (err error) {
		p, err = org.GetPoint(ctx, tx, point)
		return err
	})
	if errors.Is(err, org.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("intake: point: %w", err)
	}
	c.points[point] = p.Division
	return p.Division, nil
}
