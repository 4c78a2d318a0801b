package site

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

var (
	// ErrNotFound says that there is no such site or drawing.
	ErrNotFound = errors.New("site: not found")
	// ErrStale says that somebody has written on the draft since it was looked at.
	ErrStale = errors.New("site: the draft was changed meanwhile")
	// ErrTaken says that a county has no code left for another site.
	ErrTaken = errors.New("site: no code is left in this county")
)

// State is how a site stands.
type State string

// The states. Only a site that is set has rooms for anybody. A power cut leaves a
// site where its last committed step put it.
const (
	Set    State = "set"    // 已确定
	Closed State = "closed" // 已撤销: its approved case says why
	Lost   State = "lost"   // 不能使用: after rooms were given to it (fault table 40)
)

// Site is one 考点: a school with rooms.
type Site struct {
	ID, Campaign string
	Division     string // of its county
	Area         string // code of the area it lies in now; filled in by what reads
	Code         string // county code and three digits
	Name         string
	Address      string
	Contact      string
	Phone        string
	Rooms        int
	Seats        int // of all its rooms together
	State        State
}

// NewID gives the id of a new site or drawing.
func NewID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return hex.EncodeToString(b[:])
}

const columns = `id, campaign, division, code, name, address, contact, phone, rooms, seats, state`

func scan(row func(...any) error) (s Site, err error) {
	err = row(&s.ID, &s.Campaign, &s.Division, &s.Code, &s.Name, &s.Address, &s.Contact, &s.Phone, &s.Rooms, &s.Seats, &s.State)
	return s, err
}

// Sites gives all sites of a campaign by code, those that are closed or lost too,
// each with the area it lies in by the drawings in force.
func Sites(ctx context.Context, tx *db.Tx, campaign string) ([]Site, error) {
	plans, err := InForce(ctx, tx, campaign)
	if err != nil {
		return nil, err
	}
	return Of(ctx, tx, campaign, "", plans)
}

// Of gives the sites of a campaign that lie in a remit, "" for all, with their
// areas by these plans; a city that has none leaves each county its own.
func Of(ctx context.Context, tx *db.Tx, campaign, remit string, plans map[string]Plan) (out []Site, err error) {
	args := []any{campaign}
	where := ``
	if remit != "" {
		where = ` AND ` + org.Within("division", remit, func(v any) string {
			args = append(args, v)
			return "$" + strconv.Itoa(len(args))
		})
	}
	err = tx.Each(ctx, `SELECT `+columns+` FROM site WHERE campaign = $1`+where+` ORDER BY code`, args, func(row func(...any) error) error {
		s, err := scan(row)
		if err != nil {
			return err
		}
		s.Area = areaOf(plans, s)
		out = append(out, s)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("site: list: %w", err)
	}
	return out, nil
}

// areaOf is the area that a site lies in by the drawings in force. A site that a
// drawing does not know yet lies where the first row of its county leads.
func areaOf(plans map[string]Plan, s Site) string {
	p, ok := plans[org.Above(s.Division)]
	if !ok {
		return County(s.Division)
	}
	return p.areaOf(s)
}

// Get returns a site. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Site, error) {
	s, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM site WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Site{}, ErrNotFound
	}
	if err != nil {
		return Site{}, fmt.Errorf("site: %w", err)
	}
	plan, _, err := InForceOf(ctx, tx, s.Campaign, org.Above(s.Division))
	if err != nil {
		return Site{}, err
	}
	s.Area = plan.areaOf(s)
	return s, nil
}

// Create stores a new site under a code that its county never had; the rest of s
// is the caller's. The caller journals. ErrTaken.
func Create(ctx context.Context, tx *db.Tx, s Site, at int64) (Site, error) {
	var highest *string
	err := tx.QueryRow(ctx, `SELECT max(code) FROM site WHERE campaign = $1 AND division = $2`, s.Campaign, s.Division).Scan(&highest)
	if err != nil {
		return Site{}, fmt.Errorf("site: create: %w", err)
	}
	n := 0
	if highest != nil && len(*highest) == 9 {
		if n, err = strconv.Atoi((*highest)[6:]); err != nil {
			return Site{}, fmt.Errorf("site: create: code of a site is no number: %w", err)
		}
	}
	if n >= 999 {
		return Site{}, ErrTaken
	}
	s.ID, s.Code, s.State = NewID(), fmt.Sprintf("%s%03d", s.Division, n+1), Set
	_, err = tx.Exec(ctx, `INSERT INTO site (`+columns+`, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		s.ID, s.Campaign, s.Division, s.Code, s.Name, s.Address, s.Contact, s.Phone, s.Rooms, s.Seats, string(s.State), at)
	if err != nil {
		return Site{}, fmt.Errorf("site: create: %w", err)
	}
	return s, nil
}

// Update changes what a case may change of a site: all but id, campaign, division
// and code. The caller journals. ErrNotFound.
func Update(ctx context.Context, tx *db.Tx, s Site, at int64) error {
	n, err := tx.Exec(ctx, `UPDATE site SET name = $1, address = $2, contact = $3, phone = $4, rooms = $5, seats = $6, state = $7, changed_at = $8 WHERE id = $9`,
		s.Name, s.Address, s.Contact, s.Phone, s.Rooms, s.Seats, string(s.State), at, s.ID)
	if err != nil {
		return fmt.Errorf("site: change: %w", err)
	}
	if n == 0 {
		return ErrNotFound
	}
	return nil
}
