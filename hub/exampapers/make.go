package exampapers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/hub/paper"
	"zhunkao/hub/seating"
	"zhunkao/protocol/sheet"
)

// How often a maker looks for work, and for how long one that says nothing is believed
// to live: reading a large site takes some seconds, a section one.
const (
	look  = 2 * time.Second
	quiet = 2 * time.Minute
)

// Maker makes batches. Any number may run on one database.
type Maker struct {
	DB    *db.DB
	Keys  Keys
	Desk  *Desk
	Fonts *sheet.Fonts
	Now   func() time.Time // the hub's civil clock
	Log   *slog.Logger
}

// Run makes what is asked for and does away with what has had its time, until ctx ends.
// What fails is tried again or set aside; it never ends the hub.
func (m *Maker) Run(ctx context.Context) error {
	t := time.NewTicker(look)
	defer t.Stop()
	for {
		for worked := true; worked && ctx.Err() == nil; {
			var err error
			if worked, err = m.Once(ctx); err != nil && ctx.Err() == nil {
				m.Log.Warn("exam papers: will try again", "worker", "papers", "error", err.Error())
				break
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// Once does away with what has had its time and makes one batch, if one waits.
func (m *Maker) Once(ctx context.Context) (worked bool, err error) {
	if err := m.sweep(ctx); err != nil {
		return false, err
	}
	b, beat, err := m.claim(ctx)
	if err != nil || b.ID == "" {
		return false, err
	}
	w := &work{Maker: m, Batch: b, beat: beat}
	switch err := w.make(ctx); {
	case err == nil, errors.Is(err, ErrState): // another hub has it
		return true, nil
	case ctx.Err() != nil || db.Away(err) || errors.Is(err, blob.ErrAway): // tried again, not at once
		return false, errors.Join(err, w.giveBack(context.WithoutCancel(ctx)))
	default:
		m.Log.Warn("exam papers: a batch could not be made", "worker", "papers", "batch", b.ID, "fault", fault(err), "error", err.Error())
		return true, w.step(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE exam_batch SET state = 'failed', fault = $2 WHERE id = $1`, b.ID, fault(err))
			return errors.Join(err, drop(ctx, tx, b.ID))
		})
	}
}

// errMoved says that the rooms went to other sites since the batch was asked for.
var errMoved = errors.New("exampapers: the rooms are at other sites by now")

// fault says why a batch failed, without a value.
func fault(err error) string {
	switch {
	case errors.Is(err, errMoved), errors.Is(err, ErrNotFound):
		return "moved"
	case errors.Is(err, sheet.ErrLayout), errors.Is(err, paper.ErrExam):
		return "layout"
	}
	return "fault"
}

// sweep does away with files that have had their time, and gives back what a hub that
// died was making.
func (m *Maker) sweep(ctx context.Context) error {
	now, silent := m.Now().UnixMilli(), time.Now().Add(-quiet).UnixMilli()
	some := false
	err := m.DB.Ask(ctx, func(tx *db.Tx) error {
		var n int
		err := tx.QueryRow(ctx, `SELECT count(*) FROM exam_batch WHERE state = 'ready' AND ends_at <= $1 OR state = 'making' AND beat < $2`, now, silent).Scan(&n)
		some = n > 0
		return err
	})
	if err != nil || !some {
		return err
	}
	return m.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE exam_batch SET state = 'queued' WHERE state = 'making' AND beat < $1`, silent); err != nil {
			return fmt.Errorf("exampapers: sweep: %w", err)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM exam_batch_part WHERE batch IN (SELECT id FROM exam_batch WHERE state = 'ready' AND ends_at <= $1)`, now); err != nil {
			return fmt.Errorf("exampapers: sweep: %w", err)
		}
		_, err := tx.Exec(ctx, `UPDATE exam_batch SET state = 'gone' WHERE state = 'ready' AND ends_at <= $1`, now)
		return err
	})
}

// claim takes the oldest batch that waits; the zero batch if none does. The beat is this
// maker's proof that the batch is still its own.
func (m *Maker) claim(ctx context.Context) (b Batch, beat int64, err error) {
	var waiting []Batch
	if err := m.DB.Ask(ctx, func(tx *db.Tx) (err error) {
		waiting, err = query(ctx, tx, `state = 'queued'`, ` ORDER BY asked_at, id LIMIT 1`)
		return err
	}); err != nil || len(waiting) == 0 {
		return b, 0, err
	}
	beat = time.Now().UnixMilli()
	err = m.DB.Write(ctx, func(tx *db.Tx) error {
		b = Batch{}
		n, err := tx.Exec(ctx, `UPDATE exam_batch SET state = 'making', beat = $1 WHERE id = $2 AND state = 'queued'`, beat, waiting[0].ID)
		if err != nil || n == 0 { // another was faster
			return err
		}
		b, err = Get(ctx, tx, waiting[0].ID)
		return err
	})
	return b, beat, err
}

// work is a batch in the hands of a maker.
type work struct {
	*Maker
	Batch
	beat int64
}

// step does something to a batch that is still this maker's. ErrState.
func (w *work) step(ctx context.Context, do func(*db.Tx) error) error {
	next := max(w.beat+1, time.Now().UnixMilli())
	err := w.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE exam_batch SET beat = $1 WHERE id = $2 AND state = 'making' AND beat = $3`, next, w.ID, w.beat)
		if err == nil && n == 0 {
			err = ErrState
		}
		if err != nil {
			return err
		}
		return do(tx)
	})
	if err == nil {
		w.beat = next
	}
	return err
}

func (w *work) giveBack(ctx context.Context) error {
	err := w.step(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE exam_batch SET state = 'queued' WHERE id = $1`, w.ID)
		return err
	})
	if errors.Is(err, ErrState) {
		return nil
	}
	return err
}

// make makes the sections that are not there yet, and then the cover.
func (w *work) make(ctx context.Context) error {
	of, err := w.read(ctx)
	if err != nil {
		return err
	}
	todo := plans(w.Papers, len(of.Rooms))
	now := contents(of)
	have, err := w.have(ctx, of, todo, now)
	if err != nil {
		return err
	}
	if err := w.step(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE exam_batch SET total = $2, done = $3, template = $4, contents = $5 WHERE id = $1`, w.ID, len(todo)+1, len(have), of.Rooms[0].Templates(), now)
		return err
	}); err != nil {
		return err
	}
	for _, p := range todo {
		if _, done := have[p.n]; done {
			continue
		}
		part := of
		part.Rooms = of.Rooms[p.first:p.last]
		d, err := p.kind.Layout(part, w.Fonts)
		if err != nil {
			return err
		}
		s := Section{N: p.n, Paper: p.kind.Key, Things: p.kind.Documents(part)}
		if !p.kind.Site {
			s.First, s.Last = w.number(part, 0), w.number(part, len(part.Rooms)-1)
		}
		if have[p.n], err = w.put(ctx, s, d); err != nil {
			return err
		}
	}
	return w.finish(ctx, of, todo, have)
}

// number is the number of a room by its place.
func (w *work) number(o Of, i int) (n int) {
	_, _ = fmt.Sscan(o.Rooms[i].Room, &n) // digits, by ticket.RoomNumber
	return n
}

// read assembles the site's rooms, of one snapshot.
func (w *work) read(ctx context.Context) (of Of, err error) {
	err = w.DB.Read(ctx, func(tx *db.Tx) error {
		v, err := seating.Get(ctx, tx, w.Version)
		if err != nil {
			return err
		}
		void, err := Void(ctx, tx, w.Batch)
		if err != nil {
			return err
		}
		if void {
			return errMoved
		}
		of, err = w.Desk.Site(ctx, tx, v, w.Area, w.Site, w.First, w.Last, Print{Copy: w.Copy, At: time.UnixMilli(w.AskedAt), Whole: ofSite(w.Papers)})
		return err
	})
	return of, err
}

// have gives the sections that an earlier hub finished. If anything that is printed was
// changed since, they would not go with what is made now, and all are made anew.
func (w *work) have(ctx context.Context, of Of, todo []plan, now string) (map[int]Section, error) {
	out := map[int]Section{}
	var list []Section
	same := false
	if err := w.DB.Read(ctx, func(tx *db.Tx) (err error) {
		var was string
		if err = tx.QueryRow(ctx, `SELECT contents FROM exam_batch WHERE id = $1`, w.ID).Scan(&was); err != nil {
			return fmt.Errorf("exampapers: %s: %w", w.ID, err)
		}
		same = was == now
		list, err = Sections(ctx, tx, w.ID)
		return err
	}); err != nil {
		return nil, err
	}
	for _, s := range list {
		if !same {
			break
		}
		if s.N < 1 || s.N > len(todo) {
			continue
		}
		part, p := of, todo[s.N-1]
		if part.Rooms = of.Rooms[p.first:p.last]; s.Paper == p.kind.Key && s.Things == p.kind.Documents(part) {
			out[s.N] = s
		}
	}
	if len(out) == len(list) {
		return out, nil
	}
	return map[int]Section{}, w.step(ctx, func(tx *db.Tx) error { return drop(ctx, tx, w.ID) })
}

// put stores a section: its parts first, and then that it is whole.
func (w *work) put(ctx context.Context, s Section, d *sheet.Document) (Section, error) {
	var file bytes.Buffer
	if err := d.PDF(&file); err != nil {
		return s, err
	}
	s.Pages, s.Size, s.Sum = len(d.Pages), int64(file.Len()), sha256.Sum256(file.Bytes())
	if err := w.step(ctx, func(tx *db.Tx) error { // what a hub that died had begun
		_, err := tx.Exec(ctx, `DELETE FROM exam_batch_part WHERE batch = $1 AND n = $2`, w.ID, s.N)
		return err
	}); err != nil {
		return s, err
	}
	for at := 0; file.Len() > 0; at++ {
		sealed, err := w.Keys.Seal(label, partID(w.ID, s.N, at), file.Next(partSize))
		if err != nil {
			return s, err
		}
		if err := w.step(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO exam_batch_part (batch, n, at, body) VALUES ($1, $2, $3, $4)`, w.ID, s.N, at, sealed)
			return err
		}); err != nil {
			return s, err
		}
	}
	return s, w.step(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO exam_batch_section (batch, n, paper, first, last, things, pages, size, sum) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			w.ID, s.N, s.Paper, s.First, s.Last, s.Things, s.Pages, s.Size, s.Sum[:]); err != nil {
			return fmt.Errorf("exampapers: section: %w", err)
		}
		_, err := tx.Exec(ctx, `UPDATE exam_batch SET done = (SELECT count(*) FROM exam_batch_section WHERE batch = $1) WHERE id = $1`, w.ID)
		return err
	})
}

// finish makes the cover and says that the batch is ready, in one with it.
func (w *work) finish(ctx context.Context, of Of, todo []plan, have map[int]Section) error {
	cover := Cover(of, w.Batch, todo, have)
	d, err := cover.Layout(w.Fonts)
	if err != nil {
		return err
	}
	s, err := w.put(ctx, Section{N: 0, Paper: CoverKey, Things: 1}, d)
	if err != nil {
		return err
	}
	pages, size := s.Pages, s.Size
	for _, s := range have {
		pages, size = pages+s.Pages, size+s.Size
	}
	return w.step(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE exam_batch SET state = 'ready', pages = $2, size = $3, ends_at = $4 WHERE id = $1`, w.ID, pages, size, w.Now().Add(Kept).UnixMilli())
		return err
	})
}

func drop(ctx context.Context, tx *db.Tx, batch string) error {
	for _, table := range []string{"exam_batch_part", "exam_batch_section"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE batch = $1`, batch); err != nil {
			return fmt.Errorf("exampapers: %w", err)
		}
	}
	return nil
}
