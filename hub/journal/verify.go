package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"zhunkao/hub/db"
)

// What Verify finds.
const (
	FoundAltered    = "altered"    // the entry is not as it was sealed
	FoundDeleted    = "deleted"    // the number is missing, and later ones are there
	FoundSwapped    = "swapped"    // the entry was sealed under another number
	FoundInserted   = "inserted"   // the entry was never sealed by this hub
	FoundTruncated  = "truncated"  // the end is missing: a signed checkpoint is above it
	FoundRewritten  = "rewritten"  // the chain is not the one that was signed
	FoundCheckpoint = "checkpoint" // a line of the file, or a row, that is not as it was signed
)

// Finding is one thing that is wrong with the journal.
type Finding struct {
	Kind   string // one of the Found… values
	Number uint64 // of the entry, or the first of a run
	To     uint64 // last of a run; equal to Number for one entry
	ID     string // of the entry, if it is there
	Act    Act    // of the entry, if it can be read
	Note   string // English, for the operator
}

// String is the finding in one line.
func (f Finding) String() string {
	s := fmt.Sprintf("%s: entry %d", f.Kind, f.Number)
	if f.To > f.Number {
		s += fmt.Sprintf(" to %d", f.To)
	}
	if f.ID != "" {
		s += " (" + f.ID + ")"
	}
	return s + ": " + f.Note
}

// Report is what Verify found.
type Report struct {
	Entries     uint64     // sealed entries looked at
	Unsealed    []string   // ids of entries that wait for the sealer, at most maxUnsealed
	Checkpoints int        // good lines in the file
	Signed      Checkpoint // newest good line in the file
	Head        Checkpoint // newest sealed entry
	Findings    []Finding
}

// OK reports whether nothing is wrong.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// maxUnsealed bounds how many unsealed entries a report lists.
const maxUnsealed = 1000

// row is one sealed entry as it lies in the table.
type row struct {
	number            uint64
	id                string
	body, chain, seal []byte
	// The columns for finding.
	at                                         int64
	act, kind, subject, point, division, staff string
	filled                                     bool // staff has been filled in for entries from before
}

// suspect is a row that the hub did not seal as it stands.
type suspect struct {
	row
	columns bool // the sealed part is good, only the columns beside it differ
	linked  bool // its chain hash follows the row before: somebody computed it
}

// verifier walks the journal once.
type verifier struct {
	k        Keys
	report   Report
	signed   map[uint64]Checkpoint // good checkpoints by number
	suspects []suspect
	missing  [][2]uint64 // runs of numbers that are not there
	broken   uint64      // newest number whose row is not the one in its checkpoint
	prev     row         // last row, for the link to the next
	prevGood bool
	lastGood uint64 // newest number that agreed with its checkpoint
	lastOurs uint64 // newest number whose row is as the hub sealed it
	filled   bool   // every entry says which account it is of
	progress func(done uint64) error
}

// Verify checks the whole journal against the keys and the file of checkpoints
// and names what is wrong. It changes nothing and may run beside the hub. An
// error means that it could not look, not that something was found.
func Verify(ctx context.Context, d *db.DB, checkpoints string, k Keys) (Report, error) {
	return verify(ctx, d, checkpoints, k, nil)
}

// verify is Verify that tells now and then how many entries it has looked at.
// Without a file, because another hub keeps it, the signed lines are those of
// the table: a cut tail is then found only if the table still has its line.
func verify(ctx context.Context, d *db.DB, checkpoints string, k Keys, progress func(done uint64) error) (Report, error) {
	v := &verifier{k: k, signed: map[uint64]Checkpoint{}, prevGood: true, progress: progress}
	// Read before the snapshot: whatever is signed here must be in it.
	lines, err := v.lines(ctx, d, checkpoints)
	if err != nil {
		return Report{}, err
	}
	v.readLines(d.ID(), lines)
	err = d.Read(ctx, func(tx *db.Tx) error {
		mark, err := tx.Meta(ctx, metaFilled)
		if err != nil {
			return err
		}
		v.filled = mark != ""
		if err := v.walk(ctx, tx); err != nil {
			return err
		}
		if checkpoints != "" {
			if err := v.compareRows(ctx, tx, d, checkpoints); err != nil {
				return err
			}
		}
		return tx.Each(ctx, `SELECT id FROM journal_entry WHERE number IS NULL ORDER BY id LIMIT $1`, []any{maxUnsealed},
			func(scan func(...any) error) error {
				var id string
				err := scan(&id)
				v.report.Unsealed = append(v.report.Unsealed, id)
				return err
			})
	})
	if err != nil {
		return Report{}, fmt.Errorf("journal: verify: %w", err)
	}
	v.conclude()
	return v.report, nil
}

// lines are the signed lines of the file, or of the table where there is none.
func (v *verifier) lines(ctx context.Context, d *db.DB, checkpoints string) (lines []string, err error) {
	if checkpoints != "" {
		return readFile(checkpoints)
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT line FROM journal_checkpoint ORDER BY number`, nil, func(scan func(...any) error) error {
			var line string
			err := scan(&line)
			lines = append(lines, line)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("journal: verify: %w", err)
	}
	return lines, nil
}

func (v *verifier) find(f Finding) {
	f.To = max(f.To, f.Number)
	v.report.Findings = append(v.report.Findings, f)
}

func (v *verifier) readLines(database string, lines []string) {
	for i, line := range lines {
		c, err := openLine(v.k, database, line)
		if err != nil {
			v.find(Finding{Kind: FoundCheckpoint, Note: fmt.Sprintf("line %d of the file of checkpoints is not signed by this hub", i+1)})
			continue
		}
		if old, ok := v.signed[c.Number]; ok && old.Hash != c.Hash {
			v.find(Finding{Kind: FoundRewritten, Number: c.Number,
				Note: fmt.Sprintf("signed twice with different chains (line %d): the journal was set back and went on", i+1)})
		}
		v.report.Checkpoints++
		v.signed[c.Number] = c
		if c.Number >= v.report.Signed.Number {
			v.report.Signed = c
		}
	}
}

func (v *verifier) walk(ctx context.Context, tx *db.Tx) error {
	next := uint64(1)
	return tx.Each(ctx, `SELECT number, id, body, chain, seal, at, act, subject_kind, subject_id, point, division, staff
		FROM journal_entry WHERE number IS NOT NULL ORDER BY number`, nil, func(scan func(...any) error) error {
		var r row
		var number int64
		err := scan(&number, &r.id, &r.body, &r.chain, &r.seal, &r.at, &r.act, &r.kind, &r.subject, &r.point, &r.division, &r.staff)
		if err != nil {
			return err
		}
		r.number, r.filled = uint64(number), v.filled
		if r.number > next {
			v.missing = append(v.missing, [2]uint64{next, r.number - 1})
		}
		next = r.number + 1
		v.look(r)
		if v.progress != nil && v.report.Entries%4096 == 0 {
			if err := v.progress(v.report.Entries); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
}

// look judges one row by itself, by its link to the row before, and by the
// checkpoint of its number.
func (v *verifier) look(r row) {
	v.report.Entries++
	var before Hash
	copy(before[:], v.prev.chain)
	want := link(before, r.number, sha256.Sum256(r.body))
	linked := r.number == v.prev.number+1 && bytes.Equal(want[:], r.chain)
	good := r.sealedAt(v.k, r.number)
	switch {
	case !good:
		v.suspects = append(v.suspects, suspect{row: r, linked: linked})
	case !r.columnsAgree():
		v.suspects = append(v.suspects, suspect{row: r, columns: true})
	}
	if good && v.prevGood && r.number == v.prev.number+1 && !linked {
		v.find(Finding{Kind: FoundRewritten, Number: r.number, ID: r.id, Act: Act(r.act), Note: "does not follow the entry before it"})
	}
	if c, ok := v.signed[r.number]; ok {
		switch {
		case bytes.Equal(c.Hash[:], r.chain):
			v.lastGood = r.number
		case good:
			v.find(Finding{Kind: FoundRewritten, Number: v.lastGood + 1, To: r.number,
				Note: "the chain is not the one in the checkpoint signed at " + c.At.Format(time.RFC3339)})
		default:
			v.broken = r.number
		}
	}
	if good {
		v.lastOurs = r.number
	}
	v.prev, v.prevGood = r, good
	v.report.Head = Checkpoint{Number: r.number}
	copy(v.report.Head.Hash[:], r.chain)
}

// kept is one row of the table of checkpoints.
type kept struct {
	number uint64
	line   string
}

// good reports whether the row is as a hub of these keys wrote it.
func (k kept) good(keys Keys, database string) bool {
	c, err := openLine(keys, database, k.line)
	return err == nil && c.Number == k.number
}

// notIn gives the rows whose lines are not in the file.
func notIn(path string, rows []kept) (missing []kept, err error) {
	lines, err := readFile(path)
	if err != nil {
		return nil, err
	}
	inFile := make(map[string]bool, len(lines))
	for _, l := range lines {
		inFile[l] = true
	}
	for _, k := range rows {
		if !inFile[k.line] {
			missing = append(missing, k)
		}
	}
	return missing, nil
}

// compareRows holds the table of checkpoints against the file, which has every
// row: a line is written before its row. The file is read after the rows, so
// that what was signed meanwhile is in it.
func (v *verifier) compareRows(ctx context.Context, tx *db.Tx, d *db.DB, path string) error {
	var rows []kept
	err := tx.Each(ctx, `SELECT number, line FROM journal_checkpoint ORDER BY number`, nil, func(scan func(...any) error) error {
		var number int64
		var k kept
		err := scan(&number, &k.line)
		k.number = uint64(number)
		rows = append(rows, k)
		return err
	})
	if err != nil {
		return err
	}
	missing, err := notIn(path, rows)
	if err != nil {
		return err
	}
	var late []kept // signed as they should be: only these are copied
	for _, k := range missing {
		if k.good(v.k, d.ID()) {
			late = append(late, k)
			continue
		}
		v.find(Finding{Kind: FoundCheckpoint, Number: k.number, Note: "its row in the database is not signed by this hub"})
	}
	// Another hub may have signed a moment ago, or two in the moment in which the
	// lead went from one to the other: this one copies their lines within the pace
	// of checkpoints.
	for tries := 0; len(late) > 0 && tries < copying && d.Kind() == db.PostgreSQL; tries++ {
		if err := pause(ctx, copyPace); err != nil {
			return err
		}
		if late, err = notIn(path, late); err != nil {
			return err
		}
	}
	for _, k := range late {
		v.find(Finding{Kind: FoundCheckpoint, Number: k.number, Note: "was signed but is not in the file: the file was cut or exchanged"})
	}
	return nil
}

// How often, and after which pause each, Verify looks again for lines that
// another hub has signed.
const (
	copying  = 6
	copyPace = 500 * time.Millisecond
)

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
