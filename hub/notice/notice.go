package notice

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhunkao/hub/db"
)

// Notice is one message. It belongs to the first of Application, Account and
// Campaign that is not "".
type Notice struct {
	Application string // id: whoever has an account for it reads it
	Account     string // id
	Campaign    string // id: everybody of the campaign
	Kind        Kind
	Args        map[string]string // by the names of the kind; never a number or a name
	At          int64             // ms since 1970, by the hub's civil clock

	ID   string // drawn by Put
	Read bool   // List only: she has marked it as read
}

// Reader is who reads: an account with what is bound to it.
type Reader struct {
	Account      string
	Applications []string // ids; "" are left out
	Campaigns    []string // whose messages to everybody she gets
	Since        int64    // ms: messages to everybody that are older are not hers
}

// Put writes messages in the transaction of the act they tell of. ErrNotice.
func Put(ctx context.Context, tx *db.Tx, all ...Notice) error {
	rows := make([][]any, 0, len(all))
	for _, n := range all {
		if err := n.Kind.check(n.Args); err != nil {
			return err
		}
		owner := n.owner()
		if owner == "" || n.At <= 0 {
			return fmt.Errorf("%w: %s belongs to nobody or has no time", ErrNotice, n.Kind)
		}
		args, err := json.Marshal(n.Args) // sorted
		if err != nil {
			return fmt.Errorf("notice: %w", err)
		}
		texting := 0
		if n.Kind.Texted() && n.Campaign == "" && n.Args["by"] != BySelf {
			texting = 1
		}
		rows = append(rows, []any{owner, n.At, newID(), string(n.Kind), string(args), int64(0), texting})
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.Insert(ctx, `notice (owner, at, id, kind, args, read_at, texting)`, rows)
	if err != nil {
		return fmt.Errorf("notice: put: %w", err)
	}
	return nil
}

// Who did it, as the argument "by" says.
const (
	BySelf   = "self"
	ByOffice = "office"
	ByBox    = "box"
	ByHub    = "hub"
)

// newID draws an id: 6 bytes of real time in ms, so that the newest stand
// together at the end of an index, and 10 random bytes.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[6:]) // never returns an error (Go 1.24)
	ms := uint64(time.Now().UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	return hex.EncodeToString(b[:])
}

// Kinds of owners, as they begin the column.
const (
	ofApplication = "a:"
	ofAccount     = "u:"
	ofCampaign    = "c:"
)

func (n Notice) owner() string {
	switch {
	case n.Application != "":
		return ofApplication + n.Application
	case n.Account != "":
		return ofAccount + n.Account
	case n.Campaign != "":
		return ofCampaign + n.Campaign
	}
	return ""
}

func (n *Notice) ownedBy(owner string) {
	switch {
	case strings.HasPrefix(owner, ofApplication):
		n.Application = owner[len(ofApplication):]
	case strings.HasPrefix(owner, ofAccount):
		n.Account = owner[len(ofAccount):]
	case strings.HasPrefix(owner, ofCampaign):
		n.Campaign = owner[len(ofCampaign):]
	}
}

// own lays out what is hers alone, shared what is everybody's. At least one
// owner always comes back, so that a list of them is never empty.
func (r Reader) own() (list string, args []any) {
	for _, a := range r.Applications {
		if a != "" {
			args = append(args, ofApplication+a)
		}
	}
	if r.Account != "" || len(args) == 0 {
		args = append(args, ofAccount+r.Account)
	}
	return db.Values(1, len(args), 0), args
}

func (r Reader) shared(after int) (list string, args []any) {
	for _, c := range r.Campaigns {
		if c != "" {
			args = append(args, ofCampaign+c)
		}
	}
	if len(args) == 0 {
		args = append(args, ofCampaign)
	}
	return db.Values(1, len(args), after), args
}

// List gives her messages, newest first, up to limit, from the one with the id
// before on, which itself is left out ("" = from the newest).
func List(ctx context.Context, tx *db.Tx, r Reader, before string, limit int) ([]Notice, error) {
	q, out := Listing(r, before, limit)
	if err := q.Ask(ctx, tx); err != nil {
		return nil, fmt.Errorf("notice: list: %w", err)
	}
	return *out, nil
}

// Listing is List as one question of several. The messages are there when it has
// been asked.
func Listing(r Reader, before string, limit int) (db.Question, *[]Notice) {
	own, args := r.own()
	shared, more := r.shared(len(args))
	args = append(args, more...)
	n := len(args)
	args = append(args, r.Account, r.Since)
	from := ""
	if before != "" {
		from = fmt.Sprintf(`WHERE (at, id) < (SELECT b.at, b.id FROM mine b WHERE b.id = $%d) `, n+3)
		args = append(args, before)
	}
	// The limit stands in the text, so that PostgreSQL keeps a plan made once.
	q := fmt.Sprintf(`WITH mine AS (
		SELECT owner, at, id, kind, args, read_at FROM notice WHERE owner IN %s
		UNION ALL SELECT n.owner, n.at, n.id, n.kind, n.args, COALESCE(s.at, 0) FROM notice n
			LEFT JOIN notice_seen s ON s.account = $%d AND s.notice = n.id WHERE n.owner IN %s AND n.at >= $%d)
		SELECT owner, at, id, kind, args, read_at FROM mine %sORDER BY at DESC, id DESC LIMIT %d`, own, n+1, shared, n+2, from, limit)
	out := new([]Notice)
	return db.Question{Text: q, Args: args, Row: func(scan func(...any) error) error {
		var x Notice
		var owner, told string
		var read int64
		if err := scan(&owner, &x.At, &x.ID, &x.Kind, &told, &read); err != nil {
			return err
		}
		x.ownedBy(owner)
		x.Read = read > 0
		if err := json.Unmarshal([]byte(told), &x.Args); err != nil {
			return err
		}
		*out = append(*out, x)
		return nil
	}}, out
}

// MaxUnread is where Unread stops counting.
const MaxUnread = 100

// Unread counts what she has not marked as read, to MaxUnread.
func Unread(ctx context.Context, tx *db.Tx, r Reader) (n int, err error) {
	own, args := r.own()
	shared, more := r.shared(len(args))
	args = append(args, more...)
	k := len(args)
	args = append(args, r.Account, r.Since)
	err = tx.QueryRow(ctx, fmt.Sprintf(`SELECT count(*) FROM (
		SELECT id FROM notice WHERE owner IN %s AND read_at = 0
		UNION ALL SELECT n.id FROM notice n WHERE n.owner IN %s AND n.at >= $%d
			AND NOT EXISTS (SELECT 1 FROM notice_seen s WHERE s.account = $%d AND s.notice = n.id)
		LIMIT %d) unread`, own, shared, k+2, k+1, MaxUnread), args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("notice: unread: %w", err)
	}
	return n, nil
}

// MarkRead marks as read what she was shown: all up to the message with the id
// newest. What came since stays unread. at is ms by the civil clock.
func MarkRead(ctx context.Context, tx *db.Tx, r Reader, newest string, at int64) error {
	own, args := r.own()
	shared, more := r.shared(len(args))
	args = append(args, more...)
	k := len(args)
	var upTo int64
	err := tx.QueryRow(ctx, fmt.Sprintf(`SELECT at FROM notice WHERE id = $%d AND (owner IN %s OR owner IN %s)`, k+1, own, shared),
		append(args, newest)...).Scan(&upTo)
	if errors.Is(err, db.ErrNoRows) {
		return nil // not hers, or gone: there is nothing to mark
	}
	if err != nil {
		return fmt.Errorf("notice: mark: %w", err)
	}
	own, args = r.own()
	k = len(args)
	if _, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE notice SET read_at = $%d WHERE owner IN %s AND read_at = 0
		AND (at < $%[3]d OR at = $%[3]d AND id <= $%[4]d)`, k+1, own, k+2, k+3), append(args, at, upTo, newest)...); err != nil {
		return fmt.Errorf("notice: mark: %w", err)
	}
	if r.Account == "" {
		return nil
	}
	shared, args = r.shared(2)
	k = len(args) + 2
	if _, err := tx.Exec(ctx, fmt.Sprintf(`INSERT INTO notice_seen (account, notice, at) SELECT $1, id, $2 FROM notice
		WHERE owner IN %s AND at >= $%d AND (at < $%[3]d OR at = $%[3]d AND id <= $%[4]d) ON CONFLICT DO NOTHING`, shared, k+1, k+2, k+3),
		append(append([]any{r.Account, at}, args...), r.Since, upTo, newest)...); err != nil {
		return fmt.Errorf("notice: mark: %w", err)
	}
	return nil
}

// Forget removes the messages of an application, or of an account: the person
// has asked for erasure (S38).
func Forget(ctx context.Context, tx *db.Tx, application, account string) error {
	for _, owner := range []string{Notice{Application: application}.owner(), Notice{Account: account}.owner()} {
		if owner == "" {
			continue
		}
		if _, err := tx.Exec(ctx, `DELETE FROM notice WHERE owner = $1`, owner); err != nil {
			return fmt.Errorf("notice: forget: %w", err)
		}
	}
	if account == "" {
		return nil
	}
	if _, err := tx.Exec(ctx, `DELETE FROM notice_seen WHERE account = $1`, account); err != nil {
		return fmt.Errorf("notice: forget: %w", err)
	}
	return nil
}

// ReadOf says who of some applications has read a message of a kind, of those that
// belong to the application.
func ReadOf(ctx context.Context, tx *db.Tx, k Kind, applications []string) (map[string]bool, error) {
	out := map[string]bool{}
	for some := range slices.Chunk(applications, 500) {
		rows := make([][]any, len(some))
		for i, id := range some {
			rows[i] = []any{ofApplication + id}
		}
		asked, args, err := db.AskedAfter(1, rows)
		if err != nil {
			return nil, fmt.Errorf("notice: %w", err)
		}
		err = tx.Each(ctx, `SELECT owner FROM notice WHERE kind = $1 AND read_at > 0 AND owner IN (`+asked+`)`, append([]any{string(k)}, args...), func(row func(...any) error) error {
			var owner string
			err := row(&owner)
			out[strings.TrimPrefix(owner, ofApplication)] = true
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("notice: %w", err)
		}
	}
	return out, nil
}
