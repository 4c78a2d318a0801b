package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"zhunkao/hub/db"
	"zhunkao/protocol/identity"
)

// ErrTooMany says that a telephone has had as many text messages as one may
// have (S2): nobody can have another's telephone rung all day. Tell nobody: it
// would say what the number was used for.
var ErrTooMany = errors.New("notice: enough text messages for this telephone")

// Kinds of text messages that are no messages of the portal.
const (
	TextCode Kind = "code" // a one-time code; arguments "code" and "minutes"

	// To the administrator of an office; argument "what": of how many cases, or the
	// number of an incident as people call it.
	TextCasesNear    Kind = "cases-near"
	TextCasesOverdue Kind = "cases-overdue"
	TextIncidentUp   Kind = "incident-up"
)

// textOnly are the kinds of text messages that are no messages of the portal.
var textOnly = []Kind{TextCode, TextCasesNear, TextCasesOverdue, TextIncidentUp}

// Limits of one telephone, of text messages of any kind. An office that edits
// her record twenty times tells her so in the portal; the telephone rings ten
// times.
const (
	PerDay  = 10
	PerHour = 5
)

// How long a text message is worth sending.
const (
	codeWorth  = 10 * time.Minute
	worth      = 24 * time.Hour
	retention  = 7 * 24 * time.Hour // after it was sent or given up, for whoever asks where it stayed
	sealedText = "text-message"
)

// Keys is what this package needs of package keys; *keys.Ring is one.
type Keys interface {
	Seal(label, id string, plain []byte) ([]byte, error)
	Unseal(label, id string, sealed []byte) ([]byte, error)
	SignInKey(subject string) []byte
}

// Text is a text message as a Carrier gets it.
type Text struct {
	ID    string // 32 hexadecimal digits; the same when it is handed over again
	Phone identity.Phone
	Words string // what it says, in Chinese
}

// Outbox takes text messages. It is safe for concurrent use.
type Outbox struct {
	keys  Keys
	real  func() time.Time
	asked chan struct{} // one token: something was put in
}

// NewOutbox makes one. real is the true clock, nil is time.Now: the civil clock
// of a demonstration moves by days at a touch, and codes and pauses do not.
func NewOutbox(k Keys, real func() time.Time) *Outbox {
	if real == nil {
		real = time.Now
	}
	return &Outbox{keys: k, real: real, asked: make(chan struct{}, 1)}
}

// content is what is sealed of a text message.
type content struct {
	Phone string            `json:"phone"`
	Args  map[string]string `json:"args,omitempty"`
}

// Text puts a text message into the outbox, in the transaction of what it is
// about. kind is a Text… kind or a kind of message. Errors: ErrTooMany, ErrNotice.
func (o *Outbox) Text(ctx context.Context, tx *db.Tx, phone identity.Phone, kind Kind, args map[string]string) error {
	if !slices.Contains(textOnly, kind) {
		if err := kind.check(args); err != nil {
			return err
		}
	}
	if _, err := words(kind, args, false); err != nil || phone == "" {
		return fmt.Errorf("%w: text of kind %q", ErrNotice, kind)
	}
	now := o.real()
	key := o.keys.SignInKey("text/" + phone.Reveal())
	if err := o.enough(ctx, tx, key, now); err != nil {
		return err
	}
	plain, err := json.Marshal(content{Phone: phone.Reveal(), Args: maps.Clone(args)})
	if err != nil {
		return fmt.Errorf("notice: text: %w", err)
	}
	id := newID()
	sealed, err := o.keys.Seal(sealedText, id, plain)
	if err != nil {
		return fmt.Errorf("notice: text: %w", err)
	}
	until := now.Add(worth)
	if kind == TextCode {
		until = now.Add(codeWorth)
	}
	_, err = tx.Exec(ctx, `INSERT INTO text_message (id, phone_key, kind, content, state, attempts, fault, queued_at, next_at, until_at, ended_at)
		VALUES ($1, $2, $3, $4, $5, 0, '', $6, $6, $7, 0)`, id, key, string(kind), sealed, string(Waiting), now.UnixMilli(), until.UnixMilli())
	if err != nil {
		return fmt.Errorf("notice: text: %w", err)
	}
	tx.OnCommit(o.wake)
	return nil
}

// wake tells the courier of this process that there is something to do.
func (o *Outbox) wake() {
	select {
	case o.asked <- struct{}{}:
	default:
	}
}

// enough counts what a telephone has had. ErrTooMany.
func (o *Outbox) enough(ctx context.Context, tx *db.Tx, key []byte, now time.Time) error {
	var day, hour int
	err := tx.QueryRow(ctx, `SELECT count(*), COALESCE(sum(CASE WHEN queued_at > $3 THEN 1 ELSE 0 END), 0) FROM text_message
		WHERE phone_key = $1 AND queued_at > $2`, key, now.Add(-24*time.Hour).UnixMilli(), now.Add(-time.Hour).UnixMilli()).Scan(&day, &hour)
	if err != nil {
		return fmt.Errorf("notice: text: %w", err)
	}
	if day >= PerDay || hour >= PerHour {
		return ErrTooMany
	}
	return nil
}

// State is how a text message stands.
type State string

// The states. A power cut leaves a message waiting; it is sent again then, with
// the same id.
const (
	Waiting State = "waiting"  // for its first or its next attempt
	Sent    State = "sent"     // the carrier has taken it
	GivenUp State = "given-up" // it would be of no use any more, or the carrier refuses it for good
)

// Row is a text message without what names a person: it may be listed.
type Row struct {
	ID       string
	Kind     Kind
	State    State
	Attempts int
	Fault    string // a word: why the newest attempt failed
	Queued   int64  // ms, real time
	Ended    int64  // ms, 0 = not yet
}

const rowColumns = `id, kind, state, attempts, fault, queued_at, ended_at`

// Newest gives up to limit text messages in a state, newest first.
func Newest(ctx context.Context, tx *db.Tx, s State, limit int) (out []Row, err error) {
	err = tx.Each(ctx, `SELECT `+rowColumns+` FROM text_message WHERE state = $1 ORDER BY next_at DESC, id DESC LIMIT $2`,
		[]any{string(s), limit}, func(scan func(...any) error) error {
			var r Row
			err := scan(&r.ID, &r.Kind, &r.State, &r.Attempts, &r.Fault, &r.Queued, &r.Ended)
			out = append(out, r)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("notice: texts: %w", err)
	}
	return out, nil
}

// Counts says how many text messages stand how.
type Counts struct {
	Waiting, Sent, GivenUp int64
	Oldest                 int64 // ms: the oldest that waits; 0 = none does
}

// Count counts what stands in the outbox.
func Count(ctx context.Context, tx *db.Tx) (c Counts, err error) {
	err = tx.Each(ctx, `SELECT state, count(*), min(queued_at) FROM text_message GROUP BY state`, nil, func(scan func(...any) error) error {
		var s State
		var n, oldest int64
		if err := scan(&s, &n, &oldest); err != nil {
			return err
		}
		switch s {
		case Waiting:
			c.Waiting, c.Oldest = n, oldest
		case Sent:
			c.Sent = n
		case GivenUp:
			c.GivenUp = n
		}
		return nil
	})
	if err != nil {
		return Counts{}, fmt.Errorf("notice: texts: %w", err)
	}
	return c, nil
}
