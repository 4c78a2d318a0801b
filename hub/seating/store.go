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

const versionColumns = `id, campaign, number, state, digest, root, frozen_at, published_at, venue, why, people, exempt, figures, frozen_by, second, ready_at, drawn_at, numbered_by, numbered_second, numbered_at, ended_at, ended_by, ended_code, ended_why, base, draw, added`

func scanVersion(row func(...any) error) (v Version, err error) {
	var digest, root []byte
	var figures string
	err = row(&v.ID, &v.Campaign, &v.Number, &v.State, &digest, &root, &v.At, &v.Published, &v.Venue, &v.Why, &v.People, &v.Exempt, &figures, &v.By, &v.Second, &v.Ready, &v.DrawnAt, &v.NumberedBy, &v.NumberedSecond, &v.NumberedAt, &v.Ended, &v.EndedBy, &v.EndedCode, &v.EndedWhy, &v.Base, &v.Draw, &v.Added)
	if err != nil {
		return v, err
	}
	copy(v.Digest[:], digest)
	copy(v.Root[:], root)
	err = json.Unmarshal([]byte(figures), &v.Figures)
	return v, err
}

func oneVersion(ctx context.Context, tx *db.Tx, where string, args ...any) (Version, bool, error) {
	v, err := scanVersion(tx.QueryRow(ctx, `SELECT `+versionColumns+` FROM seating_version WHERE `+where, args...).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Version{}, false, nil
	}
	if err != nil {
		return Version{}, false, fmt.Errorf("seating: version: %w", err)
	}
	return v, true, nil
}

// Current gives the version of a campaign that is published; false if none is.
func Current(ctx context.Context, tx *db.Tx, campaign string) (Version, bool, error) {
	return oneVersion(ctx, tx, `campaign = $1 AND state = 'published'`, campaign)
}

// making is the condition that a version is on its way.
const making = `state IN ('freezing', 'frozen', 'drawn', 'numbering', 'computed')`

// InMaking gives the version of a campaign that is on its way; false if none is.
func InMaking(ctx context.Context, tx *db.Tx, campaign string) (Version, bool, error) {
	return oneVersion(ctx, tx, `campaign = $1 AND `+making, campaign)
}

// Waiting gives the campaigns for which something is to be computed.
func Waiting(ctx context.Context, tx *db.Tx) (out []string, err error) {
	err = tx.Each(ctx, `SELECT campaign FROM seating_version WHERE state IN ('freezing', 'numbering') UNION SELECT campaign FROM seating_trial WHERE state = 'asked'`, nil, func(row func(...any) error) error {
		var id string
		err := row(&id)
		out = append(out, id)
		return err
	})
	return out, wrap("waiting", err)
}

// Get gives a version. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Version, error) {
	v, ok, err := oneVersion(ctx, tx, `id = $1`, id)
	if err == nil && !ok {
		err = ErrNotFound
	}
	return v, err
}

// Versions gives all versions of a campaign, the newest first.
func Versions(ctx context.Context, tx *db.Tx, campaign string) (out []Version, err error) {
	err = tx.Each(ctx, `SELECT `+versionColumns+` FROM seating_version WHERE campaign = $1 ORDER BY number DESC`, []any{campaign}, func(row func(...any) error) error {
		v, err := scanVersion(row)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("seating: versions: %w", err)
	}
	return out, nil
}

// seated is the condition that a version's rooms and seats may be read.
const seated = `v.state IN ('published', 'replaced')`

// AreasOf counts the areas in which somebody sits by a version, 0 while its rooms may
// not be read.
func AreasOf(ctx context.Context, tx *db.Tx, v Version) (n int, err error) {
	if v.State != Computed && !v.State.Seated() {
		return 0, nil
	}
	err = tx.QueryRow(ctx, `SELECT COUNT(DISTINCT area) FROM seating_room WHERE version = $1 AND seats > 0`, v.ID).Scan(&n)
	return n, wrap("areas", err)
}

const roomColumns = `r.area, r.number, r.pool, r.need, r.groups, r.seats, r.last, r.site, r.drawn`

func scanRoom(row func(...any) error, more ...any) (r Room, err error) {
	var groups string
	err = row(append([]any{&r.Area, &r.Number, &r.Pool, &r.Need, &groups, &r.Seats, &r.Last, &r.Site, &r.Drawn}, more...)...)
	if groups != "" {
		r.Groups = strings.Split(groups, "\n")
	}
	return r, err
}

// Rooms gives the rooms of an area, or of all if area is "", by area and number; none of
// a version that nobody may read.
func Rooms(ctx context.Context, tx *db.Tx, version, area string) (out []Room, err error) {
	where, args := "", []any{version}
	if area != "" {
		where, args = ` AND r.area = $2`, append(args, area)
	}
	err = tx.Each(ctx, `SELECT `+roomColumns+` FROM seating_room r JOIN seating_version v ON v.id = r.version WHERE r.version = $1 AND `+seated+where+` ORDER BY r.area, r.number`, args, func(row func(...any) error) error {
		r, err := scanRoom(row)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("seating: rooms: %w", err)
	}
	return out, nil
}

// RoomOf gives one room. ErrNotFound.
func RoomOf(ctx context.Context, tx *db.Tx, version, area string, number int) (Room, error) {
	r, err := scanRoom(tx.QueryRow(ctx, `SELECT `+roomColumns+` FROM seating_room r JOIN seating_version v ON v.id = r.version WHERE r.version = $1 AND r.area = $2 AND r.number = $3 AND `+seated, version, area, number).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Room{}, ErrNotFound
	}
	if err != nil {
		return Room{}, fmt.Errorf("seating: room: %w", err)
	}
	return r, nil
}

const seatColumns = `s.application, c.token, s.area, s.room, s.seat, s.number, c.level, c.category, c.language, c.need, s.addition`

const seatTables = ` FROM seating_seat s JOIN seating_version v ON v.id = s.version JOIN seating_candidate c ON c.version = s.version AND c.application = s.application`

func scanSeat(row func(...any) error) (s Seat, err error) {
	var token []byte
	var addition int
	err = row(&s.Application, &token, &s.Area, &s.Room, &s.Seat, &s.Number, &s.Level, &s.Category, &s.Language, &s.Need, &addition)
	copy(s.Token[:], token)
	s.Exception = addition > 0
	return s, err
}

// Seats gives the seats of rooms of an area, from first to last, by room and seat.
func Seats(ctx context.Context, tx *db.Tx, version, area string, first, last int) (out []Seat, err error) {
	err = tx.Each(ctx, `SELECT `+seatColumns+seatTables+` WHERE s.version = $1 AND s.area = $2 AND s.room BETWEEN $3 AND $4 AND `+seated+` ORDER BY s.room, s.seat`, []any{version, area, first, last}, func(row func(...any) error) error {
		s, err := scanSeat(row)
		out = append(out, s)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("seating: seats: %w", err)
	}
	return out, nil
}

// SeatOf gives where somebody sits by the published version; false if she has no seat.
func SeatOf(ctx context.Context, tx *db.Tx, campaign, application string) (Version, Seat, Room, bool, error) {
	return oneSeat(ctx, tx, campaign, `s.application = $2`, application)
}

// ByNumber finds a seat of the published version by its ticket number.
func ByNumber(ctx context.Context, tx *db.Tx, campaign, number string) (Version, Seat, Room, bool, error) {
	return oneSeat(ctx, tx, campaign, `s.number = $2`, number)
}

func oneSeat(ctx context.Context, tx *db.Tx, campaign, where, what string) (Version, Seat, Room, bool, error) {
	v, ok, err := Current(ctx, tx, campaign)
	if err != nil || !ok || what == "" {
		return v, Seat{}, Room{}, false, err
	}
	s, err := scanSeat(tx.QueryRow(ctx, `SELECT `+seatColumns+seatTables+` WHERE s.version = $1 AND `+where, v.ID, what).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return v, Seat{}, Room{}, false, nil
	}
	if err != nil {
		return v, Seat{}, Room{}, false, fmt.Errorf("seating: seat: %w", err)
	}
	r, err := RoomOf(ctx, tx, v.ID, s.Area, s.Room)
	return v, s, r, err == nil, err
}

// Told is somebody whom a publication concerns: who has a seat in a version, or had one
// in the version that it replaced. Same says that it is the same seat and number.
type Told struct {
	Application       string
	Now, Before, Same bool
}

// Applications gives the next so many of them, by application.
func Applications(ctx context.Context, tx *db.Tx, version, after string, limit int) ([]Told, error) {
	seatedIn := func(condition string) (out []Seat, err error) {
		err = tx.Each(ctx, `SELECT s.application, s.area, s.room, s.seat, s.number FROM seating_seat s WHERE s.version = `+condition+` AND s.application > $2 ORDER BY s.application LIMIT $3`, []any{version, after, limit}, func(row func(...any) error) error {
			var s Seat
			err := row(&s.Application, &s.Area, &s.Room, &s.Seat, &s.Number)
			out = append(out, s)
			return err
		})
		return out, wrap("applications", err)
	}
	now, err := seatedIn(`$1`)
	if err != nil {
		return nil, err
	}
	before, err := seatedIn(`(SELECT o.id FROM seating_version o JOIN seating_version v ON v.campaign = o.campaign AND v.number > o.number WHERE v.id = $1 AND o.state = 'replaced' ORDER BY o.number DESC LIMIT 1)`)
	if err != nil {
		return nil, err
	}
	var out []Told
	for len(out) < limit && (len(now) > 0 || len(before) > 0) {
		t := Told{Now: len(now) > 0 && (len(before) == 0 || now[0].Application <= before[0].Application), Before: len(before) > 0 && (len(now) == 0 || before[0].Application <= now[0].Application)}
		t.Same = t.Now && t.Before && now[0] == before[0]
		if t.Now {
			t.Application, now = now[0].Application, now[1:]
		}
		if t.Before {
			t.Application, before = before[0].Application, before[1:]
		}
		out = append(out, t)
	}
	return out, nil
}

// Proof gives the proof of a seat: its path to its room's root, computed from the seats
// of the room as they were drawn, and the room's path to the province's, as it was
// stored. ErrNotFound if no such seat stands there, ErrException.
func Proof(ctx context.Context, tx *db.Tx, version string, s Seat) (arrangement.Proof, error) {
	var up []byte
	var position, rooms, drawn int
	row := tx.QueryRow(ctx, `SELECT r.up, r.position, v.rooms, r.drawn FROM seating_room r JOIN seating_version v ON v.id = r.version WHERE r.version = $1 AND r.area = $2 AND r.number = $3 AND `+seated, version, s.Area, s.Room)
	switch err := row.Scan(&up, &position, &rooms, &drawn); {
	case errors.Is(err, db.ErrNoRows):
		return arrangement.Proof{}, ErrNotFound
	case err != nil:
		return arrangement.Proof{}, fmt.Errorf("seating: proof: %w", err)
	case s.Seat > drawn:
		return arrangement.Proof{}, ErrException
	}
	seats, err := Seats(ctx, tx, version, s.Area, s.Room, s.Room)
	if err != nil {
		return arrangement.Proof{}, err
	}
	room := arrangement.Result{Rooms: []arrangement.Room{{Area: s.Area, Number: s.Room, Last: drawn}}}
	for _, one := range seats {
		if one.Seat <= drawn {
			room.Seats = append(room.Seats, Arranged(one))
		}
	}
	p, ok := room.Tree().Proof(Arranged(s))
	if !ok {
		return arrangement.Proof{}, ErrNotFound
	}
	p.Room, p.Rooms = position, rooms
	p.Up = make([]arrangement.Hash, len(up)/len(arrangement.Hash{}))
	for i := range p.Up {
		copy(p.Up[i][:], up[i*len(p.Up[i]):])
	}
	return p, nil
}
