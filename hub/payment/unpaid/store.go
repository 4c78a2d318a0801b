package unpaid

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

func newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return hex.EncodeToString(b[:])
}

// AddContact writes down a try to reach her. ErrChoice, ErrText.
func AddContact(ctx context.Context, tx *db.Tx, p Person, c Contact) error {
	if err := c.check(); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO unpaid_contact (id, order_number, application, at, way, outcome, said, by_staff, noted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		newID(), p.Number, p.Application, c.At, string(c.Way), string(c.Outcome), strings.TrimSpace(c.Said), c.By, c.NotedAt)
	if err != nil {
		return fmt.Errorf("unpaid: contact: %w", err)
	}
	return nil
}

// Contacts gives the tries to reach the people of some orders, the newest first.
func Contacts(ctx context.Context, tx *db.Tx, order string) (out []Contact, err error) {
	err = tx.Each(ctx, `SELECT id, order_number, at, way, outcome, said, by_staff, noted_at FROM unpaid_contact WHERE order_number = $1 ORDER BY at DESC, id`, []any{order}, func(row func(...any) error) error {
		var c Contact
		err := row(&c.ID, &c.Order, &c.At, &c.Way, &c.Outcome, &c.Said, &c.By, &c.NotedAt)
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("unpaid: contacts: %w", err)
	}
	return out, nil
}

// Find puts the reason of a person down, in place of an earlier one. ErrSigned when
// the point has signed for her; ErrText.
func Find(ctx context.Context, tx *db.Tx, p Person, f Finding) error {
	if p.Finding.Signoff != "" {
		return ErrSigned
	}
	if err := CheckText(f.Remark, false); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `INSERT INTO unpaid_finding (order_number, application, code, remark, at, by_staff, signoff) VALUES ($1, $2, $3, $4, $5, $6, '')
		ON CONFLICT (order_number) DO UPDATE SET code = $3, remark = $4, at = $5, by_staff = $6 WHERE unpaid_finding.signoff = ''`,
		p.Number, p.Application, f.Code, strings.TrimSpace(f.Remark), f.At, f.By)
	if err != nil {
		return fmt.Errorf("unpaid: reason: %w", err)
	}
	if n == 0 {
		return ErrSigned
	}
	return nil
}

// FindingOf gives the reason that stands for an order, whether or not it is still on the
// list; the zero Finding when none does.
func FindingOf(ctx context.Context, tx *db.Tx, order string) (f Finding, err error) {
	err = tx.QueryRow(ctx, `SELECT code, remark, at, by_staff, signoff FROM unpaid_finding WHERE order_number = $1`, order).Scan(&f.Code, &f.Remark, &f.At, &f.By, &f.Signoff)
	if errors.Is(err, db.ErrNoRows) {
		return Finding{}, nil
	}
	if err != nil {
		return f, fmt.Errorf("unpaid: reason: %w", err)
	}
	return f, nil
}

// PutAnswer keeps what the channels said of an order, in place of what they said before.
func PutAnswer(ctx context.Context, tx *db.Tx, order, application string, a Answer) error {
	_, err := tx.Exec(ctx, `INSERT INTO unpaid_answer (order_number, application, asked_at, outcome, by_staff) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (order_number) DO UPDATE SET asked_at = $3, outcome = $4, by_staff = $5`, order, application, a.At, string(a.Outcome), a.By)
	if err != nil {
		return fmt.Errorf("unpaid: answer: %w", err)
	}
	return nil
}

// Signoff is a point's word that its list is checked.
type Signoff struct {
	ID       string
	Campaign string
	Division string
	Point    string
	At       int64
	By       string
	People   int
	Fen      int64
	Counts   map[string]int
	Hash     string
}

// Sign signs a point's list as it was read: seen is the hash of the sum that the page
// showed. ErrOpen when somebody is not checked, ErrChanged when the list is another by
// now, ErrSigned when a word stands.
func Sign(ctx context.Context, tx *db.Tx, s Signoff, seen string) (Signoff, error) {
	sum, err := SumUp(ctx, tx, s.Campaign, s.Division, s.Point)
	switch {
	case err != nil:
		return s, err
	case sum.Hash != seen:
		return s, ErrChanged
	case sum.Open > 0:
		return s, ErrOpen
	}
	s.ID, s.People, s.Fen, s.Counts, s.Hash = newID(), sum.People, sum.Fen, sum.Counts, sum.Hash
	counts, err := json.Marshal(s.Counts)
	if err != nil {
		return s, fmt.Errorf("unpaid: sign: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO unpaid_signoff (id, campaign, division, point, at, by_staff, people, fen, counts, hash, ended_at, ended_by, ended_why)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', '')`, s.ID, s.Campaign, s.Division, s.Point, s.At, s.By, s.People, s.Fen, string(counts), s.Hash)
	if db.Unique(err) {
		return s, ErrSigned
	}
	if err != nil {
		return s, fmt.Errorf("unpaid: sign: %w", err)
	}
	where, args := Filter{Campaign: s.Campaign, Division: s.Division, Point: s.Point}.where()
	args = append(args, s.ID)
	_, err = tx.Exec(ctx, `UPDATE unpaid_finding SET signoff = $`+strconv.Itoa(len(args))+` WHERE order_number IN (SELECT o.number`+whose+where+`)`, args...)
	if err != nil {
		return s, fmt.Errorf("unpaid: sign: %w", err)
	}
	return s, nil
}

// Reopen takes the word of a point back, so that reasons can be mended and who came to
// the list later signed for. ErrNotFound when none stands; ErrText.
func Reopen(ctx context.Context, tx *db.Tx, campaign, point, by, why string, at int64) (Signoff, error) {
	if err := CheckText(why, true); err != nil {
		return Signoff{}, err
	}
	s, err := Signed(ctx, tx, campaign, point)
	if err != nil {
		return s, err
	}
	if _, err := tx.Exec(ctx, `UPDATE unpaid_signoff SET ended_at = $1, ended_by = $2, ended_why = $3 WHERE id = $4 AND ended_at = 0`, at, by, strings.TrimSpace(why), s.ID); err != nil {
		return s, fmt.Errorf("unpaid: reopen: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE unpaid_finding SET signoff = '' WHERE signoff = $1`, s.ID); err != nil {
		return s, fmt.Errorf("unpaid: reopen: %w", err)
	}
	return s, nil
}

const signoffColumns = `id, campaign, division, point, at, by_staff, people, fen, counts, hash`

func scanSignoff(row func(...any) error) (s Signoff, err error) {
	var counts string
	if err := row(&s.ID, &s.Campaign, &s.Division, &s.Point, &s.At, &s.By, &s.People, &s.Fen, &counts, &s.Hash); err != nil {
		return s, err
	}
	err = json.Unmarshal([]byte(counts), &s.Counts)
	return s, err
}

// Signed gives the word of a point that stands. ErrNotFound.
func Signed(ctx context.Context, tx *db.Tx, campaign, point string) (Signoff, error) {
	s, err := scanSignoff(tx.QueryRow(ctx, `SELECT `+signoffColumns+` FROM unpaid_signoff WHERE campaign = $1 AND point = $2 AND ended_at = 0`, campaign, point).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Signoff{}, ErrNotFound
	}
	if err != nil {
		return Signoff{}, fmt.Errorf("unpaid: signed: %w", err)
	}
	return s, nil
}

// Signoffs gives the words that stand in a remit.
func Signoffs(ctx context.Context, tx *db.Tx, campaign, division string) (out []Signoff, err error) {
	var args []any
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	err = tx.Each(ctx, `SELECT `+signoffColumns+` FROM unpaid_signoff WHERE campaign = `+arg(campaign)+` AND `+org.Within("division", division, arg)+` AND ended_at = 0 ORDER BY point`, args, func(row func(...any) error) error {
		s, err := scanSignoff(row)
		out = append(out, s)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("unpaid: signoffs: %w", err)
	}
	return out, nil
}

// Erase empties what was written down about an application that is erased: that she
// was called stays, what she said does not.
func Erase(ctx context.Context, tx *db.Tx, application string) error {
	for _, q := range []string{`UPDATE unpaid_contact SET said = '' WHERE application = $1`, `UPDATE unpaid_finding SET remark = '' WHERE application = $1`} {
		if _, err := tx.Exec(ctx, q, application); err != nil {
			return fmt.Errorf("unpaid: erase: %w", err)
		}
	}
	return nil
}
