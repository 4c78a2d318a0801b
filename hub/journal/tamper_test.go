package journal_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/journal"
)

// What somebody with plain SQL on the database, and without the hub's keys, can
// do to twenty sealed entries, and what verify must say of it. The checkpoints
// stand at 8, 15 and 20.
var tamperings = map[string]struct {
	do   func(r *rig)
	want []string // kind and number(s), as found
}{
	"an entry's body altered": {func(r *rig) {
		r.setBody(5, bytes.ReplaceAll(r.body(5), []byte("s1"), []byte("s2")))
	}, []string{"altered 5"}},
	"one bit in the middle of a body": {func(r *rig) {
		b := r.body(12)
		b[len(b)/2] ^= 1
		r.setBody(12, b)
	}, []string{"altered 12"}},
	"a body emptied": {func(r *rig) { r.setBody(12, []byte{}) }, []string{"altered 12"}},
	"the newest altered": {func(r *rig) {
		r.setBody(20, bytes.ReplaceAll(r.body(20), []byte("s1"), []byte("s2")))
	}, []string{"altered 20"}},
	"only a column altered": {func(r *rig) {
		r.sql(`UPDATE journal_entry SET act = 'application.registered' WHERE number = 7`)
	}, []string{"altered 7"}},
	"only a point altered": {func(r *rig) {
		r.sql(`UPDATE journal_entry SET point = '43010301' WHERE number = 7`)
	}, []string{"altered 7"}},
	"chain hash altered": {func(r *rig) {
		r.sql(`UPDATE journal_entry SET chain = (SELECT chain FROM journal_entry WHERE number = 3) WHERE number = 9`)
	}, []string{"altered 9"}},
	"seal taken away": {func(r *rig) {
		r.sql(`UPDATE journal_entry SET seal = NULL WHERE number = 9`)
	}, []string{"inserted 9"}}, // nothing shows that the hub put it there
	"one deleted": {func(r *rig) {
		r.sql(`DELETE FROM journal_entry WHERE number = 6`)
	}, []string{"deleted 6"}},
	"the first deleted": {func(r *rig) {
		r.sql(`DELETE FROM journal_entry WHERE number = 1`)
	}, []string{"deleted 1"}},
	"a run deleted, over a checkpoint": {func(r *rig) {
		r.sql(`DELETE FROM journal_entry WHERE number BETWEEN 7 AND 9`)
	}, []string{"deleted 7-9"}},
	"one deleted and the gap closed": {func(r *rig) {
		r.sql(`DELETE FROM journal_entry WHERE number = 6`)
		r.renumber(7, 20, -1)
	}, []string{"swapped 6-19", "truncated 20"}},
	"one taken back among the unsealed": {func(r *rig) {
		r.sql(`UPDATE journal_entry SET number = NULL, chain = NULL, seal = NULL WHERE number = 6`)
	}, []string{"deleted 6"}},
	"two rows exchanged": {func(r *rig) {
		r.sql(`UPDATE journal_entry SET number = -4 WHERE number = 4`)
		r.sql(`UPDATE journal_entry SET number = 4 WHERE number = 17`)
		r.sql(`UPDATE journal_entry SET number = 17 WHERE number = -4`)
	}, []string{"swapped 4", "swapped 17"}},
	"two neighbours exchanged": {func(r *rig) {
		r.sql(`UPDATE journal_entry SET number = -4 WHERE number = 4`)
		r.sql(`UPDATE journal_entry SET number = 4 WHERE number = 5`)
		r.sql(`UPDATE journal_entry SET number = 5 WHERE number = -4`)
	}, []string{"swapped 4", "swapped 5"}},
	"two bodies exchanged": {func(r *rig) {
		four, nine := r.body(4), r.body(9)
		r.setBody(4, nine)
		r.setBody(9, four)
	}, []string{"swapped 4", "swapped 9"}},
	"one inserted, the others moved up": {func(r *rig) {
		r.renumber(10, 20, +1)
		r.forge(10, false)
	}, []string{"inserted 10", "swapped 11-21"}},
	"one added at the end": {func(r *rig) {
		r.forge(21, true)
	}, []string{"inserted 21"}},
	"one added at the end, and the sealer went on": {func(r *rig) {
		r.forge(21, true)
		r.seal(22, 24)
	}, []string{"inserted 21"}},
	"the tail cut off": {func(r *rig) {
		r.sql(`DELETE FROM journal_entry WHERE number > 17`)
	}, []string{"truncated 18-20"}},
	"the tail cut off at a checkpoint, with its rows": {func(r *rig) {
		r.sql(`DELETE FROM journal_entry WHERE number > 15`)
		r.sql(`DELETE FROM journal_checkpoint WHERE number > 15`)
	}, []string{"truncated 16-20"}},
	"the tail cut off, and the sealer went on": {func(r *rig) {
		r.sql(`DELETE FROM journal_entry WHERE number > 15`)
		r.sql(`DELETE FROM journal_checkpoint WHERE number > 15`)
		r.seal(16, 20)
	}, []string{"rewritten 20"}},
	"everything cut off": {func(r *rig) {
		r.sql(`DELETE FROM journal_entry`)
	}, []string{"truncated 1-20"}},
	"altered and the whole chain computed anew": {func(r *rig) {
		r.setBody(5, bytes.ReplaceAll(r.body(5), []byte("s1"), []byte("s2")))
		r.rechain(5, 20)
	}, []string{"rewritten 5-20"}},
	"the newest altered and its chain computed anew": {func(r *rig) {
		r.setBody(20, bytes.ReplaceAll(r.body(20), []byte("s1"), []byte("s2")))
		r.rechain(20, 20)
	}, []string{"rewritten 20"}},
	"the file of checkpoints cut": {func(r *rig) {
		lines := r.lines()
		r.setLines(lines[:len(lines)-1])
	}, []string{"checkpoint 20"}},
	"the file of checkpoints gone": {func(r *rig) {
		if err := os.Remove(r.file); err != nil {
			r.Fatal(err)
		}
	}, []string{"checkpoint 8", "checkpoint 15", "checkpoint 20"}},
	"a line of the file changed": {func(r *rig) {
		lines := r.lines()
		lines[1] = strings.Replace(lines[1], " 15 ", " 14 ", 1)
		r.setLines(lines)
	}, []string{"checkpoint 0", "checkpoint 15"}},
	"a row of checkpoints changed": {func(r *rig) {
		r.sql(`UPDATE journal_checkpoint SET line = (SELECT line FROM journal_checkpoint WHERE number = 8) WHERE number = 20`)
	}, nil}, // the file has both lines; what is signed is not touched
	"a row of checkpoints forged": {func(r *rig) {
		r.sql(`UPDATE journal_checkpoint SET line = 'x' WHERE number = 20`)
	}, []string{"checkpoint 20"}},
	"nothing": {func(*rig) {}, nil}}

func TestVerifyNamesWhatWasDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.seal(1, 8)
		r.seal(9, 15)
		r.seal(16, 20)
		restore := r.keep()
		for name, c := range tamperings {
			t.Run(name, func(t *testing.T) {
				r.T = t
				restore(r)
				c.do(r)
				rep := r.verify()
				var got []string
				for _, f := range rep.Findings {
					s := fmt.Sprint(f.Kind, " ", f.Number)
					if f.To > f.Number {
						s += fmt.Sprint("-", f.To)
					}
					got = append(got, s)
				}
				if strings.Join(got, ", ") != strings.Join(c.want, ", ") {
					t.Errorf("found %q\nwant  %q\n%v", got, c.want, rep.Findings)
				}
			})
		}
	})
}

// keep remembers table and file, and returns what puts them back.
func (r *rig) keep() func(*rig) {
	r.Helper()
	lines := r.lines()
	for _, q := range []string{`CREATE TABLE kept_entry AS SELECT * FROM journal_entry`,
		`CREATE TABLE kept_checkpoint AS SELECT * FROM journal_checkpoint`} {
		if err := r.d.Write(r.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(r.Context(), q)
			return err
		}); err != nil {
			r.Fatal(err)
		}
	}
	return func(r *rig) {
		r.Helper()
		r.setLines(lines)
		if err := r.d.Write(r.Context(), func(tx *db.Tx) error {
			for _, q := range []string{`DELETE FROM journal_entry`, `INSERT INTO journal_entry SELECT * FROM kept_entry`,
				`DELETE FROM journal_checkpoint`, `INSERT INTO journal_checkpoint SELECT * FROM kept_checkpoint`} {
				if _, err := tx.Exec(r.Context(), q); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			r.Fatal(err)
		}
	}
}

// Keys of another hub find nothing of this one good.
func TestAnotherHubsKeysRefuse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.seal(1, 3)
		rep, err := journal.Verify(t.Context(), r.d, r.file, newRing())
		if err != nil || rep.OK() || rep.Checkpoints != 0 {
			t.Errorf("Verify = %+v, %v", rep, err)
		}
	})
}

// A power cut leaves half a line; the sealer takes it away and goes on.
func TestHalfALineOfCheckpoints(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.seal(1, 3)
		b, err := os.ReadFile(r.file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(r.file, append(b, "zhunkao-journal/1 abc"...), 0o600); err != nil {
			t.Fatal(err)
		}
		if rep := r.verify(); !rep.OK() {
			t.Errorf("half a line is a finding: %v", rep.Findings)
		}
		r.seal(4, 6)
		if rep := r.verify(); !rep.OK() || rep.Signed.Number != 6 {
			t.Errorf("after going on: %+v", rep)
		}
	})
}

func (r *rig) body(n int) (b []byte) {
	r.Helper()
	if err := r.d.Read(r.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(r.Context(), `SELECT body FROM journal_entry WHERE number = $1`, n).Scan(&b)
	}); err != nil {
		r.Fatal(err)
	}
	return b
}

func (r *rig) setBody(n int, b []byte) {
	r.Helper()
	r.sql(`UPDATE journal_entry SET body = $1 WHERE number = $2`, b, n)
}

// renumber moves entries from…to by one.
func (r *rig) renumber(from, to, by int) {
	r.Helper()
	r.sql(`UPDATE journal_entry SET number = -number WHERE number BETWEEN $1 AND $2`, from, to)
	r.sql(`UPDATE journal_entry SET number = $1 - number WHERE number < 0`, by)
}

// forge puts an entry in with a made-up seal, and a chain hash that follows the
// entry before it if linked.
func (r *rig) forge(n int, linked bool) {
	r.Helper()
	b := bytes.ReplaceAll(r.body(n-1), []byte("a"), []byte("b"))
	chain := make([]byte, 32)
	if linked {
		chain = link(r.chain(n-1), n, b)
	}
	r.sql(`INSERT INTO journal_entry (id, body, at, act, subject_kind, subject_id, point, division, number, chain, seal)
		VALUES ('ffff', $1, 1, 'application.edited', 'application', 'x', '', '', $2, $3, $4)`, b, n, chain, make([]byte, 32))
}

func (r *rig) chain(n int) (b []byte) {
	r.Helper()
	if err := r.d.Read(r.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(r.Context(), `SELECT chain FROM journal_entry WHERE number = $1`, n).Scan(&b)
	}); err != nil {
		r.Fatal(err)
	}
	return b
}

// rechain computes the chain anew, as the document says it is computed.
func (r *rig) rechain(from, to int) {
	r.Helper()
	for n := from; n <= to; n++ {
		r.sql(`UPDATE journal_entry SET chain = $1 WHERE number = $2`, link(r.chain(n-1), n, r.body(n)), n)
	}
}

func link(before []byte, n int, body []byte) []byte {
	entry := sha256.Sum256(body)
	h := sha256.New()
	h.Write(before)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(n)))
	h.Write(entry[:])
	return h.Sum(nil)
}

func (r *rig) lines() []string {
	r.Helper()
	b, err := os.ReadFile(r.file)
	if err != nil {
		r.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

func (r *rig) setLines(lines []string) {
	r.Helper()
	if err := os.WriteFile(r.file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		r.Fatal(err)
	}
}
