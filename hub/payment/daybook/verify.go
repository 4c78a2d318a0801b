package daybook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/statement"
)

// Problem is where a closed day is not what it was closed as.
type Problem struct {
	Channel string `json:"channel"`
	What    string `json:"what"`  // one of the words below
	Where   string `json:"where"` // a line, a file, or the channel's number of a movement
}

// What can be wrong with a closed day.
const (
	BadSeal   = "seal"   // the seal does not stand for what is kept
	BadFacts  = "facts"  // the facts are not those that were sealed
	BadResult = "result" // the same facts give another result
	BadLedger = "ledger" // a fact that the ledger does not have, or has otherwise
	BadLine   = "line"   // a fact that no file has
	BadFile   = "file"   // the bytes of a file are not those that were taken, or say something else
)

// Verified is a closed day done again.
type Verified struct {
	Closing  Closing
	Facts    int // orders and movements
	Bytes    int // of the results that were compared
	Files    int
	Problems []Problem
}

// mostProblems is how many are named.
const mostProblems = 100

func (v *Verified) bad(channel, what, where string) {
	if len(v.Problems) < mostProblems {
		v.Problems = append(v.Problems, Problem{channel, what, where})
	}
}

// Verify does a closed day again from its facts, compares it byte for byte, and holds
// every fact against the ledger and the files, and the files against their bytes. It
// changes nothing. ErrNotFound when the day is not closed.
func (b *Books) Verify(ctx context.Context, tx *db.Tx, day Day) (v Verified, err error) {
	if v.Closing, err = GetClosing(ctx, tx, day); err != nil {
		return v, err
	}
	var sealed []sealedBook
	err = tx.Each(ctx, `SELECT channel, facts, print, result FROM day_sealed WHERE day = $1`, []any{int64(day)}, func(row func(...any) error) error {
		var s sealedBook
		err := row(&s.channel, &s.facts, &s.print, &s.result)
		sealed = append(sealed, s)
		return err
	})
	if err != nil {
		return v, fmt.Errorf("daybook: sealed: %w", err)
	}
	inOrder := make([]sealedBook, 0, len(sealed))
	for _, c := range Channels() {
		for _, s := range sealed {
			if s.channel == c {
				inOrder = append(inOrder, s)
			}
		}
	}
	if len(inOrder) != len(sealed) || sealOf(day, inOrder) != v.Closing.Seal {
		v.bad("", BadSeal, day.String())
	}
	for _, s := range inOrder {
		if err := v.again(ctx, tx, s); err != nil {
			return v, err
		}
	}
	files, err := FilesOf(ctx, tx, day)
	if err != nil {
		return v, err
	}
	for _, f := range files {
		if err := b.verifyFile(ctx, tx, &v, f); err != nil {
			return v, err
		}
	}
	return v, nil
}

// again does a channel's day again.
func (v *Verified) again(ctx context.Context, tx *db.Tx, s sealedBook) error {
	text, err := unpacked(s.facts)
	if err != nil || printOf(text) != s.print {
		v.bad(s.channel, BadFacts, "")
		return nil
	}
	f, err := parse(text)
	if err != nil {
		v.bad(s.channel, BadFacts, "")
		return nil
	}
	res, err := f.reconcile()
	if err != nil {
		return err
	}
	v.Bytes += len(s.result)
	v.Facts += len(f.booked) + len(f.stated) + len(f.orders)
	if at := differ(res.Append(nil), s.result); at > 0 {
		v.bad(s.channel, BadResult, fmt.Sprint(at))
	}
	for _, m := range f.booked {
		ok, err := inLedger(ctx, tx, s.channel, m)
		if err != nil {
			return err
		}
		if !ok {
			v.bad(s.channel, BadLedger, m.kind+" "+m.number)
		}
	}
	for _, m := range f.stated {
		var n int
		err := tx.QueryRow(ctx, `SELECT count(*) FROM statement_entry e JOIN statement_file f ON f.id = e.file WHERE e.channel = $1 AND e.kind = $2 AND e.number = $3 AND e.fen = $4 AND e.moved_at = $5
			AND f.state = 'taken'`, s.channel, m.kind, m.number, m.fen, m.at).Scan(&n)
		if err != nil {
			return fmt.Errorf("daybook: verify: %w", err)
		}
		if n == 0 {
			v.bad(s.channel, BadLine, m.kind+" "+m.number)
		}
	}
	return nil
}

// differ is the first line, from 1, in which two texts differ; 0 when they do not.
func differ(a, b []byte) int {
	if bytes.Equal(a, b) {
		return 0
	}
	as, bs := bytes.Split(a, []byte{'\n'}), bytes.Split(b, []byte{'\n'})
	for i := range min(len(as), len(bs)) {
		if !bytes.Equal(as[i], bs[i]) {
			return i + 1
		}
	}
	return min(len(as), len(bs)) + 1
}

// inLedger reports whether a movement is booked as a fact has it. Its order may have
// been found out later: then it is one of those.
func inLedger(ctx context.Context, tx *db.Tx, channel string, m fact) (bool, error) {
	var id, order string
	var fen, at int64
	err := tx.QueryRow(ctx, `SELECT id, order_number, fen, moved_at FROM payment_movement WHERE channel = $1 AND kind = $2 AND number = $3`, channel, m.kind, m.number).Scan(&id, &order, &fen, &at)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("daybook: verify: %w", err)
	}
	if fen != m.fen || at != m.at {
		return false, nil
	}
	if payment.OrderOf(order) == m.order {
		return true, nil
	}
	var n int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM payment_owner WHERE movement = $1 AND order_number = $2`, id, m.order).Scan(&n); err != nil {
		return false, fmt.Errorf("daybook: verify: %w", err)
	}
	return n > 0, nil
}

// verifyFile reads a file again from its bytes, and holds every line against what is
// kept of it.
func (b *Books) verifyFile(ctx context.Context, tx *db.Tx, v *Verified, f File) error {
	if f.Source == None {
		return nil
	}
	v.Files++
	raw, err := b.Bytes(ctx, tx, f.ID)
	if err != nil {
		v.bad(f.Channel, BadFile, f.ID)
		return nil
	}
	kept := map[int]Entry{}
	err = tx.Each(ctx, `SELECT `+entryColumns+` FROM statement_entry WHERE file = $1`, []any{f.ID}, func(row func(...any) error) error {
		e, err := scanEntry(row)
		kept[e.Line] = e
		return err
	})
	if err != nil {
		return fmt.Errorf("daybook: verify: %w", err)
	}
	n := 0
	sum, err := statement.Read(statement.Channel(f.Channel), io.NewSectionReader(bytes.NewReader(raw), 0, int64(len(raw))), statement.Options{Day: f.Day.Start()}, func(l *statement.Line) error {
		if n++; entryOf(f, l) != kept[l.Number] {
			v.bad(f.Channel, BadFile, fmt.Sprintf("%s line %d", f.ID, l.Number))
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	if sum.SHA256 != f.SHA256 || len(sum.Faults) > 0 || n != len(kept) {
		v.bad(f.Channel, BadFile, f.ID)
	}
	return nil
}
