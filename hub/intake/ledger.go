package intake

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/dispatch"
	"zhunkao/protocol"
)

// row is the hub's word on one envelope: a line of the table envelope.
type row struct {
	box      string
	hash     string
	epoch    uint32
	seq      uint64
	record   string
	previous string
	outcome  protocol.Outcome
	reason   protocol.Reason
	at       int64
	chained  bool
}

// receipt says it on the wire.
func (r row) receipt() (protocol.Receipt, error) {
	h, err := protocol.ParseHash(r.hash)
	if err != nil {
		return protocol.Receipt{}, fmt.Errorf("intake: stored hash: %w", err)
	}
	out := protocol.Receipt{Envelope: h, Sequence: r.seq, Outcome: r.outcome, Reason: r.reason, At: protocol.Time(r.at)}
	if r.record != "" {
		if out.Record, err = protocol.ParseID(r.record); err != nil {
			return protocol.Receipt{}, fmt.Errorf("intake: stored id: %w", err)
		}
	}
	return out, nil
}

const rowColumns = `box, hash, epoch, seq, record, previous, outcome, reason, at, chained`

func scanRow(scan func(...any) error) (row, error) {
	var r row
	var outcome, reason string
	err := scan(&r.box, &r.hash, &r.epoch, &r.seq, &r.record, &r.previous, &outcome, &reason, &r.at, &r.chained)
	r.outcome, r.reason = protocol.Outcome(outcome), protocol.Reason(reason)
	return r, err
}

func insertRows(ctx context.Context, tx *db.Tx, rows []row) error {
	values := make([][]any, len(rows))
	for i, r := range rows {
		values[i] = []any{r.box, r.hash, int64(r.epoch), int64(r.seq), r.record, r.previous, string(r.outcome), string(r.reason), r.at, r.chained}
	}
	if _, err := tx.Insert(ctx, `envelope (`+rowColumns+`)`, values); err != nil {
		return fmt.Errorf("intake: %d envelopes: %w", len(rows), err)
	}
	return nil
}

// rowsBeside reads what is known of some envelopes that hold no place in their
// box's chain: pairs of box and hash.
func rowsBeside(ctx context.Context, tx *db.Tx, pairs [][]any) ([]row, error) {
	values, args, err := db.Asked(pairs)
	if err != nil {
		return nil, err
	}
	return readRows(ctx, tx, `(VALUES `+values+`) AS asked CROSS JOIN envelope WHERE box = column1 AND hash = column2 AND NOT chained`, args)
}

// rowOf reads what is known of one envelope; at is the place that it claims.
func rowOf(ctx context.Context, tx *db.Tx, at place, hash string) (row, bool, error) {
	rows, err := readRows(ctx, tx, `envelope WHERE box = $1 AND epoch = $2 AND seq = $3 AND chained AND hash = $4`,
		[]any{at.box, int64(at.epoch), int64(at.seq), hash})
	if err == nil && len(rows) == 0 {
		rows, err = rowsBeside(ctx, tx, [][]any{{at.box, hash}})
	}
	if err != nil || len(rows) == 0 {
		return row{}, false, err
	}
	return rows[0], true, nil
}

// rowsAround reads the envelopes that hold some sequences, or the ones before
// or after.
func rowsAround(ctx context.Context, tx *db.Tx, at []place) ([]row, error) {
	if len(at) == 0 {
		return nil, nil
	}
	slices.SortFunc(at, func(a, b place) int {
		return cmp.Or(strings.Compare(a.box, b.box), cmp.Compare(a.epoch, b.epoch), cmp.Compare(a.seq, b.seq))
	})
	var runs [][]any // box, epoch, first, last: no longer than the batch, whatever sequences it claims
	var last place
	for i, p := range at {
		from, to := int64(p.seq)-1, int64(p.seq)+1
		if n := len(runs) - 1; i > 0 && last.box == p.box && last.epoch == p.epoch && from <= int64(last.seq)+2 {
			runs[n][3] = strconv.FormatInt(to, 10)
		} else {
			runs = append(runs, []any{p.box, strconv.FormatUint(uint64(p.epoch), 10), strconv.FormatInt(from, 10), strconv.FormatInt(to, 10)})
		}
		last = p
	}
	values, args, err := db.Asked(runs)
	if err != nil {
		return nil, err
	}
	// PostgreSQL takes such values for texts. CROSS keeps SQLite from looking at every envelope for each run.
	return readRows(ctx, tx, `(VALUES `+values+`) AS asked CROSS JOIN envelope WHERE box = column1
		AND epoch = CAST(column2 AS BIGINT) AND seq >= CAST(column3 AS BIGINT) AND seq <= CAST(column4 AS BIGINT) AND chained`, args)
}

// rowsByRecord reads the envelopes that hold some record ids.
func rowsByRecord(ctx context.Context, tx *db.Tx, ids []string) ([]row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	marks, args := confirmation.In(ids, 0)
	return readRows(ctx, tx, "envelope WHERE chained AND record IN ("+marks+")", args)
}

// readRows reads from the table envelope, or a join with it, under a condition.
func readRows(ctx context.Context, tx *db.Tx, from string, args []any) ([]row, error) {
	var out []row
	err := tx.Each(ctx, `SELECT `+rowColumns+` FROM `+from, args, func(scan func(...any) error) error {
		r, err := scanRow(scan)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("intake: envelopes: %w", err)
	}
	return out, nil
}

// ledger remembers how much of each box's chain is here, so that a hello can
// be answered and a new sequence told from an old one without a query. The
// truth is the table; another hub's commits show at the next hello.
type ledger struct {
	db *db.DB

	mu    sync.Mutex // guards boxes
	boxes map[string]*chain
}

type chain struct {
	epoch  uint32
	upTo   uint64
	beyond map[uint64]bool
}

func newLedger(d *db.DB) *ledger { return &ledger{db: d, boxes: map[string]*chain{}} }

// load reads the chain of a box afresh. from is a sequence up to which it is
// known to be whole.
func (l *ledger) load(ctx context.Context, box string, epoch uint32, from uint64) (dispatch.Held, error) {
	c := &chain{epoch: epoch, upTo: from, beyond: map[uint64]bool{}}
	err := l.db.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT seq FROM envelope WHERE box = $1 AND epoch = $2 AND chained AND seq > $3 ORDER BY seq`,
			[]any{box, int64(epoch), int64(from)}, func(scan func(...any) error) error {
				var seq uint64
				if err := scan(&seq); err != nil {
					return err
				}
				c.add(seq)
				return nil
			})
	})
	if err != nil {
		return dispatch.Held{}, fmt.Errorf("intake: chain of %s: %w", box, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.boxes[box] = c
	return c.held(), nil
}

func (c *chain) add(seq uint64) {
	if seq <= c.upTo {
		return
	}
	c.beyond[seq] = true
	for c.beyond[c.upTo+1] {
		c.upTo++
		delete(c.beyond, c.upTo)
	}
}

func (c *chain) held() dispatch.Held {
	h := dispatch.Held{UpTo: c.upTo, Beyond: make([]uint64, 0, len(c.beyond))}
	for s := range c.beyond {
		h.Beyond = append(h.Beyond, s)
	}
	slices.Sort(h.Beyond)
	return h
}

// held gives what is known of a chain, reading it the first time.
func (l *ledger) held(ctx context.Context, box string, epoch uint32, from uint64) (dispatch.Held, error) {
	l.mu.Lock()
	if c, ok := l.boxes[box]; ok && c.epoch == epoch {
		defer l.mu.Unlock()
		return c.held(), nil
	}
	l.mu.Unlock()
	return l.load(ctx, box, epoch, from)
}

// add notes a committed sequence and gives how far the chain is whole.
func (l *ledger) add(box string, epoch uint32, seq uint64) (upTo uint64, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.boxes[box]
	if !ok || c.epoch != epoch {
		return 0, false
	}
	c.add(seq)
	return c.upTo, true
}
