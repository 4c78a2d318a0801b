package seating

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
)

// How says how a set of blocks came to be.
type How string

// The ways.
const (
	Taken How = "taken" // proposed by the county, reviewed by the city, taken by the province
	Lost  How = "lost"  // a site was lost after publication, and its rooms moved
	// Carried is of a revision: what was before, and its new rooms.
	Carried How = "carried"
	Added   How = "added" // exception seats in new rooms
)

// BlockSet is the table of which rooms of an area are at which site (考室分配表; demand
// A50). Sites are named by their id.
type BlockSet struct {
	Version, Area string
	Number        int // from 1; filled in by SetBlocks
	How           How
	Case          string // of package approval, "" if none
	LostSite      string
	Blocks        []arrangement.Block
	At            int64
	By, Second    string // staff
}

// Blocks gives the runs of an area's rooms at its sites, by room; rooms of no site are in
// none. It says what holds now, exception rooms too.
func Blocks(ctx context.Context, tx *db.Tx, version, area string) ([]arrangement.Block, error) {
	rooms, err := Rooms(ctx, tx, version, area)
	if err != nil {
		return nil, err
	}
	return Runs(rooms), nil
}

// Runs puts rooms that follow each other at one site together; rooms of no site are in
// none.
func Runs(rooms []Room) (out []arrangement.Block) {
	for _, r := range rooms {
		last := len(out) - 1
		switch {
		case r.Site == "":
		case last >= 0 && out[last].Site == r.Site && out[last].Area == r.Area && out[last].Last == r.Number-1:
			out[last].Last = r.Number
		default:
			out = append(out, arrangement.Block{Site: r.Site, Area: r.Area, First: r.Number, Last: r.Number})
		}
	}
	return out
}

// SiteOf gives the id of the site where a room is; "" while it has none. ErrNotFound.
func SiteOf(ctx context.Context, tx *db.Tx, version, area string, room int) (string, error) {
	r, err := RoomOf(ctx, tx, version, area, room)
	return r.Site, err
}

// RoomsAt counts the rooms that a version has at a site.
func RoomsAt(ctx context.Context, tx *db.Tx, version, site string) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM seating_room WHERE version = $1 AND site = $2`, version, site).Scan(&n)
	return n, wrap("rooms at", err)
}

// SetBlocks says where the rooms of an area are from now on. Whether the blocks are right
// is judged before (arrangement.CheckBlocks); a closed room among them has no site. ErrState for a version that is not the
// published one.
func SetBlocks(ctx context.Context, tx *db.Tx, s BlockSet) (BlockSet, error) {
	if err := in(ctx, tx, s.Version, Published); err != nil {
		return s, err
	}
	text, err := json.Marshal(s.Blocks)
	if err != nil {
		return s, wrap("blocks", err)
	}
	err = tx.QueryRow(ctx, `INSERT INTO seating_block_set (version, area, number, how, case_id, lost, blocks, at, by_staff, second)
		SELECT $1, $2, 1 + COALESCE((SELECT MAX(number) FROM seating_block_set WHERE version = $1 AND area = $2), 0), $3, $4, $5, $6, $7, $8, $9 RETURNING number`,
		s.Version, s.Area, string(s.How), s.Case, s.LostSite, string(text), s.At, s.By, s.Second).Scan(&s.Number)
	if err != nil {
		return s, wrap("blocks", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE seating_room SET site = '' WHERE version = $1 AND area = $2`, s.Version, s.Area); err != nil {
		return s, wrap("blocks", err)
	}
	for _, b := range s.Blocks {
		n, err := tx.Exec(ctx, `UPDATE seating_room SET site = CASE WHEN seats > 0 THEN $3 ELSE '' END WHERE version = $1 AND area = $2 AND number BETWEEN $4 AND $5`, s.Version, s.Area, b.Site, b.First, b.Last)
		if err != nil {
			return s, wrap("blocks", err)
		}
		if int(n) != b.Rooms() {
			return s, fmt.Errorf("seating: blocks: %w: rooms %d to %d", ErrNotFound, b.First, b.Last)
		}
	}
	return s, nil
}

// LastBlocks gives the newest set of an area; false if there is none.
func LastBlocks(ctx context.Context, tx *db.Tx, version, area string) (BlockSet, bool, error) {
	s, err := scanBlocks(tx.QueryRow(ctx, `SELECT `+blockColumns+` FROM seating_block_set WHERE version = $1 AND area = $2 ORDER BY number DESC LIMIT 1`, version, area).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return BlockSet{}, false, nil
	}
	return s, err == nil, wrap("blocks", err)
}

// BlockSets gives all sets of an area, the newest first.
func BlockSets(ctx context.Context, tx *db.Tx, version, area string) (out []BlockSet, err error) {
	err = tx.Each(ctx, `SELECT `+blockColumns+` FROM seating_block_set WHERE version = $1 AND area = $2 ORDER BY number DESC`, []any{version, area}, func(row func(...any) error) error {
		s, err := scanBlocks(row)
		out = append(out, s)
		return err
	})
	return out, wrap("blocks", err)
}

const blockColumns = `version, area, number, how, case_id, lost, blocks, at, by_staff, second`

func scanBlocks(row func(...any) error) (s BlockSet, err error) {
	var text string
	if err = row(&s.Version, &s.Area, &s.Number, &s.How, &s.Case, &s.LostSite, &text, &s.At, &s.By, &s.Second); err != nil {
		return s, err
	}
	err = json.Unmarshal([]byte(text), &s.Blocks)
	return s, err
}
