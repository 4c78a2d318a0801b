package printroom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zhunkao/hub/db"
)

// State is how a print stands: see the package's comment.
type State string

// The states.
const (
	Queued   State = "queued"
	Printing State = "printing" // a hub sees to it; if it dies, another goes on
	Held     State = "held"     // Why says what a person must do
	Done     State = "done"     // final: every part is on paper, as far as printers and people say
	Ended    State = "ended"    // final: no more of it is printed; Why says why
)

// Open reports whether more may come of it.
func (s State) Open() bool { return s == Queued || s == Printing || s == Held }

// PartState is what is known of a part.
type PartState string

// The states of parts.
const (
	Waiting PartState = "waiting"
	Sending PartState = "sending" // a byte may have left
	Sent    PartState = "sent"    // the printer has it whole; that is not printed
	Printed PartState = "printed" // the printer says so, or a person who looked
	Unsure  PartState = "unsure"  // nobody knows; a person says
	Dropped PartState = "dropped" // it was never sent, and will not be
)

// Print is a batch on its way to a printer (打印任务). It names nobody.
type Print struct {
	ID, Batch          string
	Campaign, Division string // the batch's
	Printer, Name      string // id, and as it was called
	State              State
	Why                string // one of Whys, or ""
	Look               bool   // stops behind the cover
	Stop               bool   // somebody wants no more of it
	AskedBy            string
	AskedAt, EndedAt   int64 // ms, civil clock
	Parts              []Part
}

// Part is a section of the batch as a job of the printer.
type Part struct {
	N     int // in binding order; 0 is the cover
	Pages int
	State PartState
	Sign  string
	Job   int // the printer's number of it
	Done  int // pages that the printer says are out
}

// Pages is how many pages a print has, and how many are out as far as is said.
func (p Print) Pages() (out, all int) {
	for _, x := range p.Parts {
		all += x.Pages
		switch x.State {
		case Printed:
			out += x.Pages
		case Sending, Sent, Unsure:
			out += min(x.Done, x.Pages)
		}
	}
	return out, all
}

// Count is how many of its parts are in a state.
func (p Print) Count(s PartState) (n int) {
	for _, x := range p.Parts {
		if x.State == s {
			n++
		}
	}
	return n
}

const printColumns = `id, batch, campaign, division, printer, printer_name, state, why, look, stop, asked_by, asked_at, ended_at`

func scanPrint(row func(...any) error) (p Print, err error) {
	err = row(&p.ID, &p.Batch, &p.Campaign, &p.Division, &p.Printer, &p.Name, &p.State, &p.Why, &p.Look, &p.Stop, &p.AskedBy, &p.AskedAt, &p.EndedAt)
	return p, err
}

// Get returns a print with its parts. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Print, error) {
	p, err := scanPrint(tx.QueryRow(ctx, `SELECT `+printColumns+` FROM exam_print WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return p, ErrNotFound
	}
	if err != nil {
		return p, fmt.Errorf("printroom: %s: %w", id, err)
	}
	p.Parts, err = parts(ctx, tx, id)
	return p, err
}

func parts(ctx context.Context, tx *db.Tx, id string) (out []Part, err error) {
	err = tx.Each(ctx, `SELECT n, pages, state, sign, job, done FROM exam_print_part WHERE print = $1 ORDER BY n`, []any{id}, func(row func(...any) error) error {
		var x Part
		err := row(&x.N, &x.Pages, &x.State, &x.Sign, &x.Job, &x.Done)
		out = append(out, x)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("printroom: parts of %s: %w", id, err)
	}
	return out, nil
}

// OfBatch gives the prints of a batch with their parts, the newest first.
func OfBatch(ctx context.Context, tx *db.Tx, batch string) (out []Print, err error) {
	err = tx.Each(ctx, `SELECT `+printColumns+` FROM exam_print WHERE batch = $1 ORDER BY asked_at DESC, id`, []any{batch}, func(row func(...any) error) error {
		p, err := scanPrint(row)
		out = append(out, p)
		return err
	})
	for i := range out {
		if err != nil {
			break
		}
		out[i].Parts, err = parts(ctx, tx, out[i].ID)
	}
	if err != nil {
		return nil, fmt.Errorf("printroom: of %s: %w", batch, err)
	}
	return out, nil
}

// HeldAt gives the prints at the printers of an office that wait for a person, the oldest
// first, without their parts.
func HeldAt(ctx context.Context, tx *db.Tx, office string) (out []Print, err error) {
	err = tx.Each(ctx, `SELECT `+printColumns+` FROM exam_print WHERE state = 'held' AND printer IN (SELECT id FROM office_printer WHERE office = $1) ORDER BY asked_at, id`, []any{office}, func(row func(...any) error) error {
		p, err := scanPrint(row)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("printroom: held: %w", err)
	}
	return out, nil
}

// Newest gives of some batches the newest print of each that has one, without its parts.
func Newest(ctx context.Context, tx *db.Tx, batches []string) (map[string]Print, error) {
	out := map[string]Print{}
	for some := range slices.Chunk(batches, 100) {
		marks, args := make([]string, len(some)), make([]any, len(some))
		for i, id := range some {
			marks[i], args[i] = fmt.Sprintf("$%d", i+1), id
		}
		err := tx.Each(ctx, `SELECT `+printColumns+` FROM exam_print WHERE batch IN (`+strings.Join(marks, ", ")+`) ORDER BY asked_at, id`, args, func(row func(...any) error) error {
			p, err := scanPrint(row)
			out[p.Batch] = p
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("printroom: newest: %w", err)
		}
	}
	return out, nil
}
