package daybook

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"zhunkao/hub/db"
)

// NotYetError says why a day cannot be closed now.
type NotYetError struct {
	Why     string // one of the words below
	Channel string // of WhyFile
	Day     Day    // of WhyEarlier: the day that comes first
}

func (e *NotYetError) Error() string { return "daybook: the day cannot be closed: " + e.Why }

// Why a day cannot be closed.
const (
	WhyRunning  = "running"  // it is not over
	WhyEarlier  = "earlier"  // an earlier day is open
	WhyFile     = "file"     // a channel's file has not come
	WhyConflict = "conflict" // two files contradict each other, and it is not decided
	WhyOut      = "out"      // the exceptions do not add up to the difference
	WhyChanged  = "changed"  // the facts are others than those that were looked at
)

// Closing is a day that two persons closed.
type Closing struct {
	Day     Day
	At      int64 // ms
	By      string
	Second  string
	Why     string
	Figures map[string]Figures // by channel
	Seal    string             // SHA-256 of what is sealed
}

// GetClosing returns a day's closing. ErrNotFound while it is open.
func GetClosing(ctx context.Context, tx *db.Tx, day Day) (c Closing, err error) {
	var figures string
	err = tx.QueryRow(ctx, `SELECT day, closed_at, by_staff, second, why, figures, seal FROM day_closing WHERE day = $1`, int64(day)).
		Scan(&c.Day, &c.At, &c.By, &c.Second, &c.Why, &figures, &c.Seal)
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrNotFound
	}
	if err == nil {
		err = json.Unmarshal([]byte(figures), &c.Figures)
	}
	if err != nil {
		return c, fmt.Errorf("daybook: closing: %w", err)
	}
	return c, nil
}

// Seen stands for the facts of a day as its books have them now: who asks to close it
// has seen these and no others.
func Seen(ctx context.Context, tx *db.Tx, day Day) (string, error) {
	var all []string
	err := tx.Each(ctx, `SELECT channel, facts FROM day_book WHERE day = $1 ORDER BY channel`, []any{int64(day)}, func(row func(...any) error) error {
		var channel, facts string
		err := row(&channel, &facts)
		all = append(all, channel+" "+facts)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("daybook: seen: %w", err)
	}
	return printOf([]byte(strings.Join(all, "\n")))[:16], nil
}

// Ready says whether a day could be closed now, by its books as they stand. wanted are
// the channels whose files must be there, beside those of which something is booked.
// ErrState when it is closed; *NotYetError.
func (b *Books) Ready(ctx context.Context, tx *db.Tx, day Day, wanted []string) error {
	closed, err := isClosed(ctx, tx, day)
	if err != nil {
		return err
	}
	if closed {
		return ErrState
	}
	if b.Now() < (day + 1).millis() {
		return &NotYetError{Why: WhyRunning}
	}
	first, err := FirstOpen(ctx, tx)
	if err != nil {
		return err
	}
	if first != day {
		return &NotYetError{Why: WhyEarlier, Day: first}
	}
	books, err := BooksOf(ctx, tx, day)
	if err != nil {
		return err
	}
	files, err := FilesOf(ctx, tx, day)
	if err != nil {
		return err
	}
	for _, c := range Channels() {
		has := slices.ContainsFunc(files, func(f File) bool { return f.Channel == c })
		if book := books[c]; !has && (slices.Contains(wanted, c) || Count(book.Figures.Own) > 0) {
			return &NotYetError{Why: WhyFile, Channel: c}
		}
		if books[c].Figures.Unexplained() != 0 {
			return &NotYetError{Why: WhyOut, Channel: c}
		}
	}
	var waits int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM statement_conflict WHERE state = 'waits' AND day <= $1`, int64(day)).Scan(&waits); err != nil {
		return fmt.Errorf("daybook: closing: %w", err)
	}
	if waits > 0 {
		return &NotYetError{Why: WhyConflict}
	}
	return nil
}

// Close closes a day: its facts and its result are sealed, and what is left over
// stands in the book of the next one. seen are the facts that both persons looked at.
// ErrState, *NotYetError.
func (b *Books) Close(ctx context.Context, tx *db.Tx, day Day, wanted []string, seen, by, second, why string) (c Closing, err error) {
	for _, channel := range Channels() {
		if _, err := b.runIn(ctx, tx, channel, day); err != nil {
			return c, err
		}
	}
	if err := b.Ready(ctx, tx, day, wanted); err != nil {
		return c, err
	}
	now, err := Seen(ctx, tx, day)
	if err != nil {
		return c, err
	}
	if now != seen {
		return c, &NotYetError{Why: WhyChanged}
	}
	c = Closing{Day: day, At: b.Now(), By: by, Second: second, Why: why, Figures: map[string]Figures{}}
	var sealed []sealedBook
	for _, channel := range Channels() {
		s, figures, err := seal(ctx, tx, channel, day)
		if err != nil {
			return c, err
		}
		sealed, c.Figures[channel] = append(sealed, s), figures
	}
	c.Seal = sealOf(day, sealed)
	figures, err := json.Marshal(c.Figures)
	if err != nil {
		return c, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO day_closing (day, closed_at, by_staff, second, why, figures, seal) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		int64(day), c.At, by, second, why, string(figures), c.Seal)
	if db.Unique(err) {
		return c, ErrState
	}
	if err != nil {
		return c, fmt.Errorf("daybook: closing: %w", err)
	}
	return c, carry(ctx, tx, day)
}

// sealedBook is what is kept of a channel's closed day.
type sealedBook struct {
	channel string
	facts   []byte // compressed
	print   string // of the facts as text
	result  []byte
}

// sealOf stands for all that is sealed of a day.
func sealOf(day Day, books []sealedBook) string {
	var all []byte
	all = fmt.Appendf(all, "day %s\n", day)
	for _, s := range books {
		all = fmt.Appendf(all, "channel %s\nfacts %s\nresult %s\n", s.channel, s.print, printOf(s.result))
	}
	return printOf(all)
}

// seal keeps the facts and the result of a channel's day.
func seal(ctx context.Context, tx *db.Tx, channel string, day Day) (s sealedBook, figures Figures, err error) {
	f, err := collect(ctx, tx, channel, day, true)
	if err != nil {
		return s, figures, err
	}
	res, err := f.reconcile()
	if err != nil {
		return s, figures, err
	}
	text := f.text()
	s = sealedBook{channel: channel, print: printOf(text), result: res.Append(nil)}
	if s.facts, err = compressed(text); err != nil {
		return s, figures, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO day_sealed (day, channel, facts, print, result) VALUES ($1, $2, $3, $4, $5)`, int64(day), channel, s.facts, s.print, s.result); err != nil {
		return s, figures, fmt.Errorf("daybook: seal: %w", err)
	}
	var rows [][]any
	for _, m := range f.booked {
		if !m.carried {
			rows = append(rows, []any{channel, m.kind, m.number, int64(day)})
		}
	}
	for part := range slices.Chunk(rows, batch) {
		_, err := tx.Many(ctx, part, func(values string) string {
			return `INSERT INTO day_taken (channel, kind, number, day) VALUES ` + values
		})
		if err != nil {
			return s, figures, fmt.Errorf("daybook: seal: %w", err)
		}
	}
	return s, f.figures(res), nil
}

// carry has what is left over stand in the book of the next day, and what ended stay
// in this one.
func carry(ctx context.Context, tx *db.Tx, day Day) error {
	for _, text := range []string{
		`UPDATE statement_entry SET day = $1 WHERE day = 0 AND state = 'counts'`,
		`UPDATE residue SET day = $1 WHERE day = 0 AND state <> 'open'`,
		`UPDATE residue SET day = 0, carried = TRUE WHERE day = $1 AND state = 'open'`,
	} {
		if _, err := tx.Exec(ctx, text, int64(day)); err != nil {
			return fmt.Errorf("daybook: carry: %w", err)
		}
	}
	return nil
}

func compressed(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func unpacked(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
