package backup_test

import (
	"errors"
	"fmt"
	"testing"

	"zhunkao/hub/backup"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// hub is a database with boxes and envelopes as intake leaves them.
type hub struct {
	*testing.T
	d *db.DB
}

func (h hub) write(f func(tx *db.Tx) error) {
	h.Helper()
	if err := h.d.Write(h.Context(), f); err != nil {
		h.Fatal(err)
	}
}

func (h hub) box(id string, epoch, held int) {
	h.write(func(tx *db.Tx) error {
		_, err := tx.Exec(h.Context(), `INSERT INTO box (id, point, unit, state, state_reason, state_at, epoch, device_key, opening, certificate,
			keystore, enrolled_at, held, head, live, seen) VALUES ($1, $1, 1, 'active', '', 0, $2, $3, $3, $3, 'file', 0, $4, 0, '', 0)`, id, epoch, []byte{}, held)
		return err
	})
}

func (h hub) has(box string, epoch int, chained bool, seqs ...int) {
	h.write(func(tx *db.Tx) error {
		for _, seq := range seqs {
			name := fmt.Sprint(box, epoch, seq, chained)
			_, err := tx.Exec(h.Context(), `INSERT INTO envelope (box, hash, epoch, seq, record, previous, outcome, reason, at, chained)
				VALUES ($1, $2, $3, $4, $2, '', 'accepted', '', 0, $5)`, box, name, epoch, seq, chained)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (h hub) begin() (b backup.Backup) {
	h.write(func(tx *db.Tx) (err error) { b, err = backup.Begin(h.Context(), tx, 1000); return err })
	return b
}

func (h hub) done(number uint64) error {
	return h.d.Write(h.Context(), func(tx *db.Tx) error { return backup.Done(h.Context(), tx, number, 2000) })
}

func (h hub) marks(want map[backup.Chain]uint64) {
	h.Helper()
	h.write(func(tx *db.Tx) error {
		got, err := backup.Marks(h.Context(), tx)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			h.Errorf("marks %v, want %v", got, want)
		}
		return err
	})
}

// A mark is how far a chain was whole when the backup began, in the box's present
// epoch, and counts only when the backup is finished.
func TestMarks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := hub{t, d}
		h.box("a", 2, 3)
		h.has("a", 1, true, 1, 2, 3, 4, 5, 6, 7, 8, 9) // an ended epoch
		h.has("a", 2, true, 1, 2, 3, 4, 5, 7)          // 6 is missing
		h.has("a", 2, false, 6)                        // a fork's second holds no place
		h.box("b", 1, 0)
		h.has("b", 1, true, 2, 3) // 1 is missing
		h.box("c", 1, 4)
		h.has("c", 1, true, 1, 2, 3, 4)
		h.box("d", 1, 0)
		first := h.begin()
		if first.Number != 1 || first.Boxes != 2 || first.Records != 9 {
			t.Errorf("begun %+v", first)
		}
		h.has("a", 2, true, 6, 8)
		h.has("b", 1, true, 1)
		h.marks(map[backup.Chain]uint64{})
		if err := h.done(1); err != nil {
			t.Fatal(err)
		}
		h.marks(map[backup.Chain]uint64{{Box: "a", Epoch: 2}: 5, {Box: "c", Epoch: 1}: 4})

		second, third := h.begin(), h.begin()
		if err := h.done(third.Number); err != nil {
			t.Fatal(err)
		}
		h.marks(map[backup.Chain]uint64{{Box: "a", Epoch: 2}: 8, {Box: "b", Epoch: 1}: 3, {Box: "c", Epoch: 1}: 4})
		for _, n := range []uint64{0, first.Number, second.Number, third.Number, 99} { // overtaken, finished, never begun
			if err := h.done(n); !errors.Is(err, backup.ErrNone) {
				t.Errorf("backup %d is finished: %v", n, err)
			}
		}
		h.write(func(tx *db.Tx) error {
			newest, there, err := backup.Newest(t.Context(), tx)
			if !there || newest.Number != 3 || newest.Done != 2000 || newest.Records != 15 {
				t.Errorf("newest %+v, %v", newest, there)
			}
			all, e := backup.List(t.Context(), tx, 2)
			if len(all) != 2 || all[0].Number != 3 || all[1].Number != 2 || all[1].Done != 0 {
				t.Errorf("list %+v", all)
			}
			return errors.Join(err, e)
		})
	})
}

// A copy that was made too early, or lacks a record, is not taken for one.
func TestReadBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := hub{t, d}
		h.box("a", 1, 0)
		h.has("a", 1, true, 1, 2, 3)
		b := h.begin()
		read := func(number uint64, want string) {
			t.Helper()
			h.write(func(tx *db.Tx) error {
				lacks, err := backup.Read(t.Context(), tx, number)
				if lacks != want {
					t.Errorf("lacks %q, want %q", lacks, want)
				}
				return err
			})
		}
		read(b.Number, "")
		h.has("a", 1, true, 4) // what came meanwhile does no harm
		read(b.Number, "")
		read(b.Number+1, "begin")
		h.write(func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `DELETE FROM envelope WHERE seq = 2`)
			return err
		})
		read(b.Number, "records")
	})
}
