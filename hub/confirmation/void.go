package confirmation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
	"zhunkao/protocol/window"
)

// VoidState is how a void stands.
type VoidState string

// The states of a void.
const (
	VoidWaiting VoidState = "waiting" // came before its confirmation
	VoidDone    VoidState = "done"    // the confirmation is taken back by it
	VoidRefused VoidState = "refused" // judged when its confirmation came: not that day, or not of that point
	VoidIdle    VoidState = "idle"    // the confirmation was taken back before
)

// Void (撤销确认) is what took a confirmation back, or would: what a box sealed,
// or the county's word.
type Void struct {
	ID          string // of the sealed record; drawn by the hub when the county does it
	Record      string // the confirmation
	Application string
	Campaign    string
	Point       string // of the box, or of the confirmation
	Division    string
	State       VoidState
	Reason      string // code of the campaign's list, or why it was refused
	Clerk, Head string // accounts; of the county: who asked and who agreed
	Sealed      Time   // evidence of the box; zero of the county
	Copies      int    // of the sheet, given out
	TakenBack   int    // of these
	BodyHash    string // names the sealed body in package blob; "" of the county
	Envelope    []byte
	At          int64 // ms, the hub's time
}

const voidColumns = `id, record, application, campaign, point, division, state, reason, clerk, head, sealed, copies, taken_back, body_hash, at`

// AddVoid stores one. A second that is done for the same confirmation is refused
// by the database: see db.Unique.
func AddVoid(ctx context.Context, tx *db.Tx, v Void) error {
	sealed, err := json.Marshal(v.Sealed)
	if err != nil {
		return fmt.Errorf("confirmation: void: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO void (`+voidColumns+`, envelope) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		v.ID, v.Record, v.Application, v.Campaign, v.Point, v.Division, string(v.State), v.Reason, v.Clerk, v.Head, string(sealed),
		int64(v.Copies), int64(v.TakenBack), v.BodyHash, v.At, v.Envelope)
	if err != nil {
		return fmt.Errorf("confirmation: void %s: %w", v.ID, err)
	}
	return nil
}

// SettleVoid moves a void that waited.
func SettleVoid(ctx context.Context, tx *db.Tx, id string, to VoidState, reason string) error {
	if _, err := tx.Exec(ctx, `UPDATE void SET state = $1, reason = CASE WHEN $2 = '' THEN reason ELSE $2 END WHERE id = $3 AND state = 'waiting'`,
		string(to), reason, id); err != nil {
		return fmt.Errorf("confirmation: void %s: %w", id, err)
	}
	return nil
}

// VoidsOf gives the voids of some confirmations, oldest first, without their
// envelopes.
func VoidsOf(ctx context.Context, tx *db.Tx, records []string) ([]Void, error) {
	if len(records) == 0 {
		return nil, nil
	}
	marks, args := In(records, 0)
	return voids(ctx, tx, `record IN (`+marks+`)`, args)
}

// VoidsWaiting gives the voids of an application whose confirmation has not come,
// oldest first, without their envelopes.
func VoidsWaiting(ctx context.Context, tx *db.Tx, application string) ([]Void, error) {
	return voids(ctx, tx, `application = $1 AND state = 'waiting'`, []any{application})
}

func voids(ctx context.Context, tx *db.Tx, where string, args []any) ([]Void, error) {
	var out []Void
	err := tx.Each(ctx, `SELECT `+voidColumns+` FROM void WHERE `+where+` ORDER BY at, id`, args, func(row func(...any) error) error {
		var v Void
		var sealed string
		if err := row(&v.ID, &v.Record, &v.Application, &v.Campaign, &v.Point, &v.Division, &v.State, &v.Reason, &v.Clerk, &v.Head, &sealed,
			&v.Copies, &v.TakenBack, &v.BodyHash, &v.At); err != nil {
			return err
		}
		out = append(out, v)
		return json.Unmarshal([]byte(sealed), &out[len(out)-1].Sealed)
	})
	if err != nil {
		return nil, fmt.Errorf("confirmation: voids: %w", err)
	}
	return out, nil
}

// Acts gives the ids of the voids and of the cards read later that are here about
// some applications, by application, in no order.
func Acts(ctx context.Context, tx *db.Tx, applications []string) (map[string][]string, error) {
	if len(applications) == 0 {
		return nil, nil
	}
	marks, args := In(applications, 0)
	again, more := In(applications, len(args))
	out := map[string][]string{}
	err := tx.Each(ctx, `SELECT application, id FROM void WHERE application IN (`+marks+`)
		UNION ALL SELECT application, id FROM verification WHERE application IN (`+again+`)`, append(args, more...), func(row func(...any) error) error {
		var application, id string
		err := row(&application, &id)
		out[application] = append(out[application], id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("confirmation: acts: %w", err)
	}
	return out, nil
}

// Why a void of a point takes nothing back.
var (
	// ErrOtherDay says that the confirmation was not made that day: only the
	// county can take it back.
	ErrOtherDay = errors.New("confirmation: not the same day")
	// ErrOtherPoint says that it was made at another point, or of another application.
	ErrOtherPoint = errors.New("confirmation: of another point or application")
)

// Reaches judges whether a void that a point sealed may take a confirmation
// back: made at that point, of that application, the same civil day as far as
// the evidence of both tells. Evidence that cannot tell is believed, as it is
// when a person is served (design §2, "Time"). ErrOtherPoint, ErrOtherDay.
func (v Void) Reaches(r Record) error {
	if v.Point != r.Point || v.Application != r.Application || v.Record != r.ID {
		return ErrOtherPoint
	}
	if !sameDay(r.Time, v.Sealed) {
		return ErrOtherDay
	}
	return nil
}

// sameDay reports whether some civil day is touched by both.
func sameDay(a, b Time) bool {
	first, last := a.days()
	from, to := b.days()
	return (last == 0 || from <= last) && (to == 0 || first <= to)
}

// days are the civil days between which an instant lies, counted at UTC+8; 0 is
// unknown.
func (t Time) days() (first, last int64) {
	day := func(ms int64) int64 {
		_, offset := time.UnixMilli(ms).In(window.Zone()).Zone()
		return (ms/1000 + int64(offset)) / 86400
	}
	first = day(t.Earliest)
	if t.Latest != 0 {
		last = day(t.Latest)
	}
	return first, last
}
