package seating

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
)

// ErrMaking says that a version is on its way already: one at a time.
var ErrMaking = errors.New("seating: a version is in the making")

// Batch is how many rows are written in one transaction: few enough that nobody waits
// for it.
const Batch = 1000

// Parts are what the seats follow from beside the candidates, as it was frozen.
type Parts struct {
	Rules      arrangement.Rules
	Areas      []arrangement.Area
	Catchments []arrangement.Catchment
}

// Listed is somebody on the frozen list.
type Listed struct {
	Application string
	arrangement.Candidate
	Late int // the addition that she came by, 0 if she was on the list
}

// Who does something, and when.
type Who struct {
	By, Second string // staff
	At         int64
}

// Begin opens the next version of a campaign, without a list. ErrMaking.
func Begin(ctx context.Context, tx *db.Tx, campaign, venue, why string, who Who) (Version, error) {
	return begin(ctx, tx, Version{Campaign: campaign, Venue: venue, Why: why}, who)
}

// BeginRevision opens the next version as a revision of the published one, without a
// list: it keeps that version's seed. ErrMaking, ErrState.
func BeginRevision(ctx context.Context, tx *db.Tx, base Version, why string, who Who) (Version, error) {
	if err := in(ctx, tx, base.ID, Published); err != nil {
		return Version{}, err
	}
	added, err := additions(ctx, tx, base.ID)
	if err != nil {
		return Version{}, err
	}
	return begin(ctx, tx, Version{Campaign: base.Campaign, Why: why, Base: base.ID, Draw: cmp.Or(base.Draw, base.ID), Added: added}, who)
}

func begin(ctx context.Context, tx *db.Tx, v Version, who Who) (Version, error) {
	v.ID, v.State, v.At, v.By, v.Second, v.Venue, v.Why = newID(), Freezing, who.At, who.By, who.Second, strings.TrimSpace(v.Venue), strings.TrimSpace(v.Why)
	if _, making, err := InMaking(ctx, tx, v.Campaign); err != nil || making {
		return v, errors.Join(err, ErrMaking)
	}
	err := tx.QueryRow(ctx, `INSERT INTO seating_version (id, campaign, number, state, venue, why, people, exempt, parts, rooms, figures, frozen_at, frozen_by, second, ready_at, drawn_at, numbered_by, numbered_second, numbered_at, published_at, ended_at, ended_by, ended_code, ended_why, base, draw, added)
		SELECT $1, $2, 1 + COALESCE((SELECT MAX(number) FROM seating_version WHERE campaign = $2), 0), 'freezing', $3, $4, 0, 0, '{}', 0, '{}', $5, $6, $7, 0, 0, '', '', 0, 0, 0, '', '', '', $8, $9, $10 RETURNING number`,
		v.ID, v.Campaign, v.Venue, v.Why, who.At, who.By, who.Second, v.Base, v.Draw, v.Added).Scan(&v.Number)
	if db.Unique(err) {
		return v, ErrMaking
	}
	if err != nil {
		return v, fmt.Errorf("seating: begin: %w", err)
	}
	return v, nil
}

// unlisted is how many lines are taken back in one transaction.
const unlisted = 5000

// Unlist takes back some of what was written of a list that is not whole, and says
// whether more may be left. ErrState.
func Unlist(ctx context.Context, tx *db.Tx, version string) (more bool, err error) {
	if err := in(ctx, tx, version, Freezing); err != nil {
		return false, err
	}
	n, err := tx.Exec(ctx, `DELETE FROM seating_candidate WHERE version = $1 AND application IN (SELECT application FROM seating_candidate WHERE version = $1 ORDER BY application LIMIT $2)`, version, unlisted)
	return n == unlisted, wrap("list", err)
}

// List writes some of a list down. ErrState.
func List(ctx context.Context, tx *db.Tx, version string, some []Listed) error {
	if err := in(ctx, tx, version, Freezing); err != nil {
		return err
	}
	return putListed(ctx, tx, version, some)
}

func putListed(ctx context.Context, tx *db.Tx, version string, some []Listed) error {
	rows := make([][]any, len(some))
	for i := range some {
		c := &some[i]
		rows[i] = []any{version, c.Application, c.Token[:], c.Division, c.Level, c.Category, c.Language, c.Need, strconv.FormatUint(c.Origin, 16), c.Area, c.Late}
	}
	_, err := tx.Many(ctx, rows, func(values string) string {
		return `INSERT INTO seating_candidate (version, application, token, division, level, category, language, need, origin, area, late) VALUES ` + values
	})
	return wrap("list", err)
}

// Freeze ends the reading of a list: it is whole, and this is its digest. Offices draw
// next; of a revision nobody does, and it is computed. ErrState.
func Freeze(ctx context.Context, tx *db.Tx, version string, parts Parts, digest [32]byte, people, exempt, unmapped int, at int64) error {
	text, err := json.Marshal(parts)
	if err != nil {
		return fmt.Errorf("seating: freeze: %w", err)
	}
	figures, err := json.Marshal(Figures{Unmapped: unmapped})
	if err != nil {
		return fmt.Errorf("seating: freeze: %w", err)
	}
	return changed(tx.Exec(ctx, `UPDATE seating_version SET state = CASE WHEN base = '' THEN 'frozen' ELSE 'numbering' END, parts = $2, digest = $3, people = $4, exempt = $5, figures = $6, ready_at = $7 WHERE id = $1 AND state = 'freezing'`,
		version, string(text), digest[:], people, exempt, string(figures), at))
}

// Number asks for the run of a version whose seed is drawn. ErrState.
func Number(ctx context.Context, tx *db.Tx, version string, who Who) error {
	return changed(tx.Exec(ctx, `UPDATE seating_version SET state = 'numbering', numbered_by = $2, numbered_second = $3, numbered_at = $4 WHERE id = $1 AND state = 'drawn'`,
		version, who.By, who.Second, who.At))
}

// Unseat takes back what was written of an area in a run that was cut off, and says which;
// "" when nothing is left. ErrState.
func Unseat(ctx context.Context, tx *db.Tx, version string) (area string, err error) {
	if err := in(ctx, tx, version, Numbering); err != nil {
		return "", err
	}
	err = tx.QueryRow(ctx, `SELECT area FROM seating_seat WHERE version = $1 UNION SELECT area FROM seating_room WHERE version = $1 ORDER BY area LIMIT 1`, version).Scan(&area)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	for _, table := range []string{"seating_seat", "seating_room"} {
		if err == nil {
			_, err = tx.Exec(ctx, `DELETE FROM `+table+` WHERE version = $1 AND area = $2`, version, area)
		}
	}
	return area, wrap("unseat", err)
}

// Seated is a seat with whose it is.
type Seated struct {
	Application string
	arrangement.Seat
}

// PutSeats writes some seats of a run. ErrState.
func PutSeats(ctx context.Context, tx *db.Tx, version string, some []Seated) error {
	if err := in(ctx, tx, version, Numbering); err != nil {
		return err
	}
	return putSeats(ctx, tx, version, some, 0)
}

func putSeats(ctx context.Context, tx *db.Tx, version string, some []Seated, addition int) error {
	rows := make([][]any, len(some))
	for i := range some {
		s := &some[i]
		rows[i] = []any{version, s.Area, s.Room, s.Seat.Seat, s.Application, s.Number, addition}
	}
	_, err := tx.Many(ctx, rows, func(values string) string {
		return `INSERT INTO seating_seat (version, area, room, seat, application, number, addition) VALUES ` + values
	})
	return wrap("seats", err)
}

// Placed is a room with its place in the province's tree.
type Placed struct {
	arrangement.Room
	Position int
	Up       []arrangement.Hash
}

// PutRooms writes some rooms of a run. ErrState.
func PutRooms(ctx context.Context, tx *db.Tx, version string, some []Placed) error {
	if err := in(ctx, tx, version, Numbering); err != nil {
		return err
	}
	rows := make([][]any, len(some))
	for i := range some {
		r := &some[i]
		up := make([]byte, 0, len(r.Up)*len(arrangement.Hash{}))
		for _, h := range r.Up {
			up = append(up, h[:]...)
		}
		rows[i] = []any{version, r.Area, r.Number, r.Pool, r.Need, strings.Join(r.Groups, "\n"), r.Seats, r.Last, r.Last, r.Position, up, ""}
	}
	_, err := tx.Many(ctx, rows, func(values string) string {
		return `INSERT INTO seating_room (version, area, number, pool, need, groups, seats, last, drawn, position, up, site) VALUES ` + values
	})
	return wrap("rooms", err)
}

// Publish ends a run: everything is written, and everybody may read it. The version that
// was published before is replaced. A run whose rooms or seats are not all there is
// refused: ErrState.
func Publish(ctx context.Context, tx *db.Tx, v Version, root [32]byte, f Figures, at int64) error {
	text, err := written(ctx, tx, v.ID, f)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE seating_version SET state = 'replaced', ended_at = $2 WHERE campaign = $1 AND state = 'published'`, v.Campaign, at); err != nil {
		return wrap("publish", err)
	}
	return changed(tx.Exec(ctx, `UPDATE seating_version SET state = 'published', root = $2, rooms = $3, figures = $4, published_at = $5 WHERE id = $1 AND state = 'numbering'`, v.ID, root[:], f.Rooms, text, at))
}

// written gives figures as they are stored, if so many rooms and seats are. ErrState.
func written(ctx context.Context, tx *db.Tx, version string, f Figures) (string, error) {
	var rooms, seats int
	if err := tx.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM seating_room WHERE version = $1), (SELECT COUNT(*) FROM seating_seat WHERE version = $1)`, version).Scan(&rooms, &seats); err != nil {
		return "", wrap("publish", err)
	}
	if rooms != f.Rooms+f.Closed || seats != f.Seats {
		return "", ErrState
	}
	text, err := json.Marshal(f)
	return string(text), wrap("publish", err)
}

// in refuses a version that is not in a state. ErrState.
func in(ctx context.Context, tx *db.Tx, version string, state State) error {
	v, err := Get(ctx, tx, version)
	if err == nil && v.State != state {
		err = ErrState
	}
	return err
}

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("seating: %s: %w", what, err)
	}
	return nil
}

func changed(n int64, err error) error {
	if err != nil {
		return wrap("version", err)
	}
	if n == 0 {
		return ErrState
	}
	return nil
}
