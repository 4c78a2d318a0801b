package seating

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
)

// ErrSeated says that she has a seat already.
var ErrSeated = errors.New("seating: seated already")

// Addition is a share of exception seats (增补座位) that were given together.
type Addition struct {
	Version string
	Number  int
	People  int
	Why     string
	Who
}

// Additions gives those of a version, the newest first.
func Additions(ctx context.Context, tx *db.Tx, version string) (out []Addition, err error) {
	err = tx.Each(ctx, `SELECT version, number, people, why, at, by_staff, second FROM seating_addition WHERE version = $1 ORDER BY number DESC`, []any{version}, func(row func(...any) error) error {
		var a Addition
		err := row(&a.Version, &a.Number, &a.People, &a.Why, &a.At, &a.By, &a.Second)
		out = append(out, a)
		return err
	})
	return out, wrap("additions", err)
}

// AddedRoom is a room in which exception seats were given.
type AddedRoom struct {
	Area string
	Room int
	Site string // "" while it has none
	At   int64  // of the newest
}

// AddedRooms gives those of a version, by area and room.
func AddedRooms(ctx context.Context, tx *db.Tx, version string) (out []AddedRoom, err error) {
	err = tx.Each(ctx, `SELECT s.area, s.room, r.site, MAX(a.at) FROM seating_seat s JOIN seating_addition a ON a.version = s.version AND a.number = s.addition
		JOIN seating_room r ON r.version = s.version AND r.area = s.area AND r.number = s.room WHERE s.version = $1 AND s.addition > 0 GROUP BY s.area, s.room, r.site ORDER BY s.area, s.room`, []any{version}, func(row func(...any) error) error {
		var x AddedRoom
		err := row(&x.Area, &x.Room, &x.Site, &x.At)
		out = append(out, x)
		return err
	})
	return out, wrap("added rooms", err)
}

// Add gives exception seats of the published version to who is not on its list, or had
// none: behind those that there are. Nobody is moved and no number changes (fault 40).
// ErrState if the version is not published, ErrSeated, arrangement.ErrInput.
func Add(ctx context.Context, tx *db.Tx, v Version, late []Listed, why string, who Who) (a Addition, seats []Seat, err error) {
	// Whoever publishes a revision at the same moment waits, and finds that it lacks these.
	if err := changed(tx.Exec(ctx, `UPDATE seating_version SET published_at = published_at WHERE id = $1 AND state = 'published'`, v.ID)); err != nil {
		return a, nil, err
	}
	input, seed, before, err := forAdding(ctx, tx, v, late)
	if err != nil {
		return a, nil, err
	}
	tokens := make([]arrangement.Token, len(late))
	for i := range late {
		tokens[i] = late[i].Token
	}
	r, err := arrangement.Add(input, seed, before, tokens)
	if err != nil {
		return a, nil, fmt.Errorf("seating: add: %w", err)
	}
	a = Addition{Version: v.ID, People: len(r.Seats), Why: strings.TrimSpace(why), Who: who}
	if err := tx.QueryRow(ctx, `SELECT 1 + COALESCE(MAX(number), 0) FROM seating_addition WHERE version = $1`, v.ID).Scan(&a.Number); err != nil {
		return a, nil, wrap("add", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO seating_addition (version, number, people, why, at, by_staff, second) VALUES ($1, $2, $3, $4, $5, $6, $7)`, v.ID, a.Number, a.People, a.Why, a.At, a.By, a.Second); err != nil {
		return a, nil, wrap("add", err)
	}
	seats, err = putAdded(ctx, tx, v, a, late, r)
	return a, seats, err
}

// forAdding gives what exception seats follow from: the rules as they were frozen, the
// late alone, and the rooms as they are. Who sits already stands in the way of nobody:
// rooms say how many sit in them.
func forAdding(ctx context.Context, tx *db.Tx, v Version, late []Listed) (*arrangement.Input, arrangement.Seed, *arrangement.Result, error) {
	var text string
	if err := tx.QueryRow(ctx, `SELECT parts FROM seating_version WHERE id = $1`, v.ID).Scan(&text); err != nil {
		return nil, arrangement.Seed{}, nil, wrap("add", err)
	}
	var parts Parts
	if err := json.Unmarshal([]byte(text), &parts); err != nil {
		return nil, arrangement.Seed{}, nil, wrap("add", err)
	}
	seed, err := Seed(ctx, tx, v)
	if err != nil {
		return nil, seed, nil, err
	}
	for i := range late {
		var n int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM seating_seat WHERE version = $1 AND application = $2`, v.ID, late[i].Application).Scan(&n); err != nil {
			return nil, seed, nil, wrap("add", err)
		}
		if n > 0 {
			return nil, seed, nil, ErrSeated
		}
	}
	rooms, err := Rooms(ctx, tx, v.ID, "")
	before := &arrangement.Result{Rooms: make([]arrangement.Room, len(rooms))}
	for i := range rooms {
		before.Rooms[i] = rooms[i].Room
	}
	return parts.Input(late), seed, before, err
}

// putAdded writes an addition's people, seats, rooms and problems.
func putAdded(ctx context.Context, tx *db.Tx, v Version, a Addition, late []Listed, r *arrangement.Result) ([]Seat, error) {
	of, who := whose(late), map[arrangement.Token]*Listed{}
	for i := range late {
		late[i].Late = a.Number
		who[late[i].Token] = &late[i]
	}
	fresh := make([]Listed, 0, len(late))
	for i := range late {
		var n int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM seating_candidate WHERE version = $1 AND application = $2`, v.ID, late[i].Application).Scan(&n); err != nil {
			return nil, wrap("add", err)
		}
		if n == 0 { // else she is on the list, and her line stays as it was frozen
			fresh = append(fresh, late[i])
		}
	}
	if err := putListed(ctx, tx, v.ID, fresh); err != nil {
		return nil, err
	}
	written, seats := make([]Seated, len(r.Seats)), make([]Seat, len(r.Seats))
	for i, s := range r.Seats {
		l := who[s.Token]
		written[i] = Seated{l.Application, s}
		seats[i] = Seat{Application: l.Application, Token: s.Token, Area: s.Area, Room: s.Room, Seat: s.Seat, Number: s.Number, Level: l.Level, Category: l.Category, Language: l.Language, Need: l.Need, Exception: true}
	}
	if err := putSeats(ctx, tx, v.ID, written, a.Number); err != nil {
		return nil, err
	}
	for _, room := range r.Rooms {
		_, err := tx.Exec(ctx, `INSERT INTO seating_room (version, area, number, pool, need, groups, seats, last, drawn, position, site) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, '')
			ON CONFLICT (version, area, number) DO UPDATE SET groups = excluded.groups, seats = excluded.seats, last = excluded.last`, v.ID, room.Area, room.Number, room.Pool, room.Need, strings.Join(room.Groups, "\n"), room.Seats, room.Last)
		if err != nil {
			return nil, wrap("add", err)
		}
	}
	return seats, putProblems(ctx, tx, AdditionOf(v.ID, a.Number), r.Problems, of)
}
