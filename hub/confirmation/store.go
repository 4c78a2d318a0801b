package confirmation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// ErrNotFound says that there is no such record.
var ErrNotFound = errors.New("confirmation: no such record")

// Columns of a Record, in the order of scan and of args. The envelope and the
// content are read apart: lists need neither.
const columns = `id, box, epoch, seq, envelope_hash, previous, campaign, campaign_version,
	application, version, started_from, point, division, number_key, number_masked, state, state_reason,
	out_of_hours, received, committed, time_evidence, checks, timeline, blobs, body_hash, body_size, opened_with, proof, forced`

// New is a record that is to be added, with its sealed content (see
// SealContent).
type New struct {
	Record  Record
	Content []byte
}

// Insert adds records. A second record with the same id, with the same sequence
// of the same box, or in force for the same application, is refused by the
// database: see db.Unique.
func Insert(ctx context.Context, tx *db.Tx, records ...New) error {
	rows := make([][]any, len(records))
	for i, n := range records {
		r := n.Record
		evidence, checks, timeline, blobs, err := r.texts()
		if err != nil {
			return err
		}
		rows[i] = []any{r.ID, r.Box, int64(r.Epoch), int64(r.Sequence), r.EnvelopeHash, r.Previous, r.Campaign, int64(r.CampaignVersion),
			r.Application, int64(r.Version), int64(r.StartedFrom), r.Point, r.Division, r.NumberKey, r.NumberMasked,
			string(r.State), r.StateReason, r.OutOfHours, r.Received, r.Committed, evidence, checks, timeline, blobs,
			r.BodyHash, r.BodySize, r.OpenedWith, string(r.Proof), r.Forced, r.Envelope, n.Content}
	}
	if _, err := tx.Insert(ctx, `confirmation (`+columns+`, envelope, content)`, rows); err != nil {
		return fmt.Errorf("confirmation: insert %d from %s on: %w", len(records), records[0].Record.ID, err)
	}
	return nil
}

func scan(row func(...any) error, extra ...any) (Record, error) {
	var r Record
	var evidence, checks, timeline, blobs, state, proof string
	into := append([]any{&r.ID, &r.Box, &r.Epoch, &r.Sequence, &r.EnvelopeHash, &r.Previous, &r.Campaign, &r.CampaignVersion,
		&r.Application, &r.Version, &r.StartedFrom, &r.Point, &r.Division, &r.NumberKey, &r.NumberMasked, &state, &r.StateReason,
		&r.OutOfHours, &r.Received, &r.Committed, &evidence, &checks, &timeline, &blobs, &r.BodyHash, &r.BodySize, &r.OpenedWith, &proof, &r.Forced}, extra...)
	if err := row(into...); err != nil {
		return Record{}, err
	}
	r.State, r.Proof = State(state), Proof(proof)
	for text, v := range map[*string]any{&evidence: &r.Time, &checks: &r.Checks, &timeline: &r.Timeline, &blobs: &r.Blobs} {
		if err := json.Unmarshal([]byte(*text), v); err != nil {
			return Record{}, fmt.Errorf("confirmation %s: stored text: %w", r.ID, err)
		}
	}
	return r, nil
}

// Get reads one record whole, with its envelope. Error: ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Record, error) {
	var env []byte
	r, err := scan(tx.QueryRow(ctx, `SELECT `+columns+`, envelope FROM confirmation WHERE id = $1`, id).Scan, &env)
	if errors.Is(err, db.ErrNoRows) {
		return Record{}, ErrNotFound
	}
	if err != nil {
		return Record{}, fmt.Errorf("confirmation: get: %w", err)
	}
	r.Envelope = env
	return r, nil
}

// Filter says which records List gives. Empty fields do not narrow.
type Filter struct {
	Campaign    string
	Division    string // of the point: a six-digit code stands for its subtree (430100 for all of Changsha)
	Point       string
	Box         string
	Application string
	NumberKey   []byte // looks at every record: ask package candidate for the application, and here by that
	State       State
	Waiting     bool   // only those that wait for a decision
	Open        bool   // only those of which it is open who confirmed (Proof.Open) and that stand
	Proof       Proof  // only those
	Before      Cursor // of the last record of the page before
	Oldest      bool   // oldest first, without Before: for what has a day
	Limit       int    // 1 to 500; 0 is 50
}

// Cursor names a place in the list.
type Cursor struct {
	Committed int64
	ID        string
}

// Cursor is where the next page begins after r.
func (r Record) Cursor() Cursor { return Cursor{r.Committed, r.ID} }

// List gives records newest first, but for Filter.Oldest.
func List(ctx context.Context, tx *db.Tx, f Filter) ([]Record, error) {
	q, out := Listing(f)
	if err := q.Ask(ctx, tx); err != nil {
		return nil, fmt.Errorf("confirmation: list: %w", err)
	}
	return *out, nil
}

// Listing is List as one question of several. The records are there when it has
// been asked.
func Listing(f Filter) (db.Question, *[]Record) {
	where, args := f.where()
	limit := f.Limit
	if limit < 1 || limit > 500 {
		limit = 50
	}
	order := `committed DESC, id DESC`
	if f.Oldest {
		order = `committed, id`
	}
	out := new([]Record)
	return db.Question{Text: `SELECT ` + columns + ` FROM confirmation` + where + ` ORDER BY ` + order + ` LIMIT ` + strconv.Itoa(limit),
		Args: args, Row: func(row func(...any) error) error {
			r, err := scan(row)
			*out = append(*out, r)
			return err
		}}, out
}

func (f Filter) where() (string, []any) {
	var conds []string
	var args []any
	add := func(cond string, v ...any) {
		for _, a := range v {
			args = append(args, a)
			cond = strings.Replace(cond, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		conds = append(conds, cond)
	}
	equal := func(column, v string) {
		if v != "" {
			add(column+" = ?", v)
		}
	}
	equal("campaign", f.Campaign)
	equal("point", f.Point)
	equal("box", f.Box)
	if f.Application != "" { // by the two indexes that there are
		add("(application = ? AND state = 'in-force' OR application = ? AND state <> 'in-force')", f.Application, f.Application)
	}
	equal("state", string(f.State))
	if f.Division != "" {
		var in []any
		within := org.Within("division", f.Division, func(v any) string { in = append(in, v); return "?" })
		add(within, in...)
	}
	if len(f.NumberKey) > 0 {
		add("number_key = ?", f.NumberKey)
	}
	if f.Waiting { // the first half names the index
		add("state <> 'in-force' AND state IN ('disputed', 'time-pending')")
	}
	equal("proof", string(f.Proof))
	if f.Open {
		add(openProofs + " AND state IN ('in-force', 'disputed', 'time-pending')")
	}
	if f.Before.ID != "" {
		add("(committed < ? OR committed = ? AND id < ?)", f.Before.Committed, f.Before.Committed, f.Before.ID)
	}
	if len(conds) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(conds, " AND "), args
}

// In writes "$n, $n+1, …" for an IN list that follows `after` other arguments.
// The last value is repeated until their number is a power of two, so that
// there are few texts and a database can keep them prepared.
func In[T any](values []T, after int) (string, []any) {
	n := 0
	if len(values) > 0 {
		n = 1 << bits.Len(uint(len(values)-1))
	}
	marks, args := make([]string, n), make([]any, n)
	for i := range n {
		marks[i], args[i] = "$"+strconv.Itoa(after+i+1), values[min(i, len(values)-1)]
	}
	return strings.Join(marks, ", "), args
}

// amongTexts writes that a column is one of some texts: as In on SQLite, and on
// PostgreSQL as one list (see db.Tx.Among), which it need not plan anew each time.
func amongTexts(tx *db.Tx, texts []string, after int) (string, []any) {
	if tx.Kind() == db.PostgreSQL {
		return tx.Among(after, texts)
	}
	marks, args := In(texts, after)
	return "IN (" + marks + ")", args
}

// SetState changes how a record stands, from how it stood when it was read. Only
// package flow calls it. ErrChanged when somebody else was quicker, or there is
// no such record.
func SetState(ctx context.Context, tx *db.Tx, id string, from, to State, reason string) error {
	n, err := tx.Exec(ctx, `UPDATE confirmation SET state = $1, state_reason = $2 WHERE id = $3 AND state = $4`, string(to), reason, id, string(from))
	if err != nil {
		return fmt.Errorf("confirmation %s: set state: %w", id, err)
	}
	if n == 0 {
		return ErrChanged
	}
	return nil
}

// Count is how many records stand how.
type Count struct{ InForce, Disputed, TimePending, Overruled, Voided, Refused int64 }

// All is the number of records.
func (c Count) All() int64 {
	return c.InForce + c.Disputed + c.TimePending + c.Overruled + c.Voided + c.Refused
}

// Counts counts by point code. Division narrows to a subtree, as in Filter.
func Counts(ctx context.Context, tx *db.Tx, campaign, division string) (map[string]Count, error) {
	where, args := Filter{Campaign: campaign, Division: division}.where()
	out := map[string]Count{}
	err := tx.Each(ctx, `SELECT point, state, count(*) FROM confirmation`+where+` GROUP BY point, state`, args,
		func(row func(...any) error) error {
			var point, state string
			var n int64
			if err := row(&point, &state, &n); err != nil {
				return err
			}
			c := out[point]
			switch State(state) {
			case InForce:
				c.InForce = n
			case Disputed:
				c.Disputed = n
			case Overruled:
				c.Overruled = n
			case Voided:
				c.Voided = n
			case Refused:
				c.Refused = n
			default:
				c.TimePending += n
			}
			out[point] = c
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("confirmation: counts: %w", err)
	}
	return out, nil
}

// Stand is how one record stands, for a decision about another.
type Stand struct {
	ID, Application, Point string
	State                  State
	Proof                  Proof
	Returned               int64 // ms, when the city sent its papers back; 0 never, or not known
	Committed              int64 // ms, the hub's receipt
}

// Standing gives how the records of some applications stand, oldest first.
func Standing(ctx context.Context, tx *db.Tx, applications []string) ([]Stand, error) {
	if len(applications) == 0 {
		return nil, nil
	}
	among, args := amongTexts(tx, applications, 0)
	again, more := amongTexts(tx, applications, len(args)) // what stands twice in a text is slow to bind on SQLite
	var out []Stand
	// In two parts, by the two indexes that there are.
	const part = `SELECT id, application, point, state, proof, returned, committed FROM confirmation WHERE application `
	err := tx.Each(ctx, part+among+` AND state = 'in-force' UNION ALL `+part+again+` AND state <> 'in-force' ORDER BY 7, 1`,
		append(args, more...), func(row func(...any) error) error {
			var s Stand
			var state, proof string
			err := row(&s.ID, &s.Application, &s.Point, &state, &proof, &s.Returned, &s.Committed)
			s.State, s.Proof = State(state), Proof(proof)
			out = append(out, s)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("confirmation: standing: %w", err)
	}
	return out, nil
}
