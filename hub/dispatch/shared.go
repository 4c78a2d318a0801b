package dispatch

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

// shared keeps what is the same for every box, so that five hundred of them
// do not read it five hundred times.
type shared struct {
	db *db.DB

	mu      sync.Mutex // guards all below
	asked   time.Time
	latest  campaign.Version
	decoded rules.Campaign // never changed
	points  map[string]org.Point
	known   time.Time
}

const (
	// campaignFresh is how long the newest campaign version is believed.
	campaignFresh = 2 * time.Second
	// pointsFresh is how long names of points are believed.
	pointsFresh = time.Minute
)

func newShared(o Options) *shared { return &shared{db: o.DB, points: map[string]org.Point{}} }

// campaign gives the campaign the boxes work for, in its newest version: of
// several, the one published last. An empty hub has none, which is no error.
func (s *shared) campaign(ctx context.Context) (campaign.Version, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.asked) < campaignFresh {
		return s.latest, nil
	}
	var v campaign.Version
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		all, err := campaign.List(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.PublishedAt >= v.PublishedAt {
				v = c
			}
		}
		if v.Campaign == "" || v.Campaign == s.latest.Campaign && v.Version == s.latest.Version {
			v = s.latest
			return nil
		}
		v, err = campaign.Get(ctx, tx, v.Campaign, v.Version)
		return err
	})
	if err != nil {
		return campaign.Version{}, fmt.Errorf("dispatch: campaign: %w", err)
	}
	s.latest, s.asked = v, time.Now()
	return v, nil
}

// rules gives what shared has just given, decoded once.
func (s *shared) rules(v campaign.Version) (rules.Campaign, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.decoded.ID == v.Campaign && s.decoded.Version == v.Version {
		return s.decoded, nil
	}
	c, err := v.Decode()
	if err != nil {
		return rules.Campaign{}, fmt.Errorf("dispatch: campaign: %w", err)
	}
	s.decoded = c
	return c, nil
}

// newest is the version of that campaign, 0 when there is none.
func (s *shared) newest(ctx context.Context) (uint32, error) {
	v, err := s.campaign(ctx)
	return v.Version, err
}

// point gives a point by code; a point nobody knows has an empty name.
func (s *shared) point(ctx context.Context, tx *db.Tx, code string) (org.Point, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.known) > pointsFresh {
		clear(s.points)
		s.known = time.Now()
	}
	if p, ok := s.points[code]; ok {
		return p, nil
	}
	p, err := org.GetPoint(ctx, tx, code)
	if errors.Is(err, org.ErrNotFound) {
		p, err = org.Point{Code: code}, nil
	}
	if err != nil {
		return org.Point{}, fmt.Errorf("dispatch: point: %w", err)
	}
	s.points[code] = p
	return p, nil
}
