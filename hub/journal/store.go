package journal

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// maxBody bounds an entry in bytes; the longest honest one has a few hundred.
const maxBody = 16 << 10

// body is what is hashed: the entry in core deterministic CBOR. A field may be
// added with omitempty; nothing here may ever change its name or meaning, or
// old entries would no longer verify.
type body struct {
	ID       string            `cbor:"id"`
	At       int64             `cbor:"at"` // ms since 1970
	Author   Author            `cbor:"author"`
	Source   string            `cbor:"source,omitempty"`
	Act      Act               `cbor:"act"`
	Subject  Subject           `cbor:"subject"`
	Campaign string            `cbor:"campaign,omitempty"`
	Point    string            `cbor:"point,omitempty"`
	Division string            `cbor:"division,omitempty"`
	Result   string            `cbor:"result,omitempty"`
	Reason   string            `cbor:"reason,omitempty"`
	Detail   map[string]string `cbor:"detail,omitempty"`
}

var enc = func() cbor.EncMode {
	m, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		panic(err) // our own mistake: the options are constants
	}
	return m
}()

// newID draws an entry's id: 8 bytes of real time in ns, so that entries of one
// program sort as they were written, and 8 random bytes.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[8:]) // never fails (Go 1.24)
	ns := uint64(time.Now().UnixNano())
	for i := range 8 {
		b[i] = byte(ns >> (56 - 8*i))
	}
	return hex.EncodeToString(b[:])
}

// Write puts entries into the transaction that causes them. An error must fail
// that transaction. ErrEntry when act, author or time lack, or a text is beyond
// its limit.
func Write(ctx context.Context, tx *db.Tx, entries ...Entry) error {
	rows := make([][]any, len(entries))
	for i, e := range entries {
		var err error
		if rows[i], err = rowOf(e); err != nil {
			return err
		}
	}
	_, err := tx.Insert(ctx, `journal_entry (id, body, at, act, subject_kind, subject_id, point, division, staff)`, rows)
	if err != nil {
		return fmt.Errorf("journal: write %s: %w", entries[0].Act, err)
	}
	return nil
}

func rowOf(e Entry) ([]any, error) {
	if e.Act == "" || e.Author.Kind == "" || e.At.IsZero() {
		return nil, fmt.Errorf("%w: %s", ErrEntry, e.Act)
	}
	b := body{
		ID: newID(), At: e.At.UnixMilli(), Author: e.Author, Source: e.Source, Act: e.Act, Subject: e.Subject,
		Campaign: e.Campaign, Point: e.Point, Division: e.Division, Result: e.Result, Reason: e.Reason, Detail: e.Detail,
	}
	raw, err := enc.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("journal: %s: %w", e.Act, err)
	}
	if len(raw) > maxBody {
		return nil, fmt.Errorf("%w: %s is too long", ErrEntry, e.Act)
	}
	return []any{b.ID, raw, b.At, string(b.Act), b.Subject.Kind, b.Subject.ID, b.Point, b.Division, b.staff()}, nil
}

// staff is the account of an author of the office, "" of any other.
func (b body) staff() string {
	if b.Author.Kind != ByStaff {
		return ""
	}
	return b.Author.ID
}

// After returns up to limit sealed entries with numbers above n, in order.
func After(ctx context.Context, tx *db.Tx, n uint64, limit int) ([]Sealed, error) {
	return list(ctx, tx, `number > $1 ORDER BY number LIMIT $2`, int64(n), limit)
}

// Of returns every entry of a subject, sealed or not yet, as they were written:
// for a follower that needs what was said before of the same thing.
func Of(ctx context.Context, tx *db.Tx, s Subject) ([]Entry, error) {
	var out []Entry
	err := tx.Each(ctx, `SELECT body FROM journal_entry WHERE subject_kind = $1 AND subject_id = $2 ORDER BY id`, []any{s.Kind, s.ID},
		func(scan func(...any) error) error {
			var raw []byte
			if err := scan(&raw); err != nil {
				return err
			}
			b, err := decode(raw)
			out = append(out, b.entry())
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("journal: of one %s: %w", s.Kind, err)
	}
	return out, nil
}

// Filter chooses entries for List. Empty fields do not filter.
type Filter struct {
	Before   uint64 // numbers below; 0 = from the newest
	Act      Act
	Subject  Subject
	Division string // code of a division: entries of it and of what lies below
	Limit    int    // 0 is 50
}

// List returns sealed entries, newest first.
func List(ctx context.Context, tx *db.Tx, f Filter) ([]Sealed, error) {
	where, args := `number IS NOT NULL`, []any(nil)
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	if f.Before > 0 {
		where += ` AND number < ` + arg(int64(f.Before))
	}
	if f.Act != "" {
		where += ` AND act = ` + arg(string(f.Act))
	}
	if f.Subject.Kind != "" {
		where += ` AND subject_kind = ` + arg(f.Subject.Kind) + ` AND subject_id = ` + arg(f.Subject.ID)
	}
	if f.Division != "" {
		where += ` AND ` + org.Within(`division`, f.Division, arg)
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	return list(ctx, tx, where+` ORDER BY number DESC LIMIT `+arg(f.Limit), args...)
}

// NewestOf is the number of the newest sealed entry of any of some acts, 0 when
// there is none. It looks at the end of each act's index, so that an act that
// never happened costs no more than another.
func NewestOf(ctx context.Context, tx *db.Tx, acts ...Act) (uint64, error) {
	if len(acts) == 0 {
		return 0, nil
	}
	ends, args := make([]string, len(acts)), make([]any, len(acts))
	for i, a := range acts {
		ends[i], args[i] = `SELECT max(number) AS n FROM journal_entry WHERE number IS NOT NULL AND act = $`+strconv.Itoa(i+1), string(a)
	}
	var n int64
	err := tx.QueryRow(ctx, `SELECT coalesce(max(n), 0) FROM (`+strings.Join(ends, ` UNION ALL `)+`) x`, args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("journal: newest of acts: %w", err)
	}
	return uint64(n), nil
}

func list(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Sealed, error) {
	var out []Sealed
	err := tx.Each(ctx, `SELECT number, body, chain FROM journal_entry WHERE `+where, args,
		func(scan func(...any) error) error {
			var n int64
			var raw, chain []byte
			if err := scan(&n, &raw, &chain); err != nil {
				return err
			}
			b, err := decode(raw)
			if err != nil {
				return fmt.Errorf("number %d: %w", n, err)
			}
			s := Sealed{Number: uint64(n), ID: b.ID, Entry: b.entry()}
			if copy(s.Chain[:], chain) != len(s.Chain) {
				return fmt.Errorf("number %d: %w", n, errBody)
			}
			out = append(out, s)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("journal: read: %w", err)
	}
	return out, nil
}

var errBody = errors.New("entry cannot be read: run journal verify")

func decode(raw []byte) (body, error) {
	var b body
	if err := cbor.Unmarshal(raw, &b); err != nil {
		return body{}, errBody
	}
	return b, nil
}

func (b body) entry() Entry {
	return Entry{
		At: time.UnixMilli(b.At).UTC(), Author: b.Author, Source: b.Source, Act: b.Act, Subject: b.Subject,
		Campaign: b.Campaign, Point: b.Point, Division: b.Division, Result: b.Result, Reason: b.Reason, Detail: b.Detail,
	}
}
