package dossier

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

var (
	// ErrNotFound says that there is no such request.
	ErrNotFound = errors.New("dossier: no such request")
	// ErrState says that a request was answered meanwhile.
	ErrState = errors.New("dossier: the request was answered already")
	// ErrText says that a request or an answer says nothing, or too much.
	ErrText = errors.New("dossier: needs a text")
	// ErrEnough says that as many requests wait as one may have.
	ErrEnough = errors.New("dossier: enough requests wait")
)

// Kind is what is asked for.
type Kind string

// The kinds.
const (
	Correction Kind = "correction"
	Erasure    Kind = "erasure"
)

// State is how a request stands.
type State string

// The states: it waits for an office, or was answered. A power cut changes none.
const (
	Waiting State = "waiting"
	Done    State = "done"
	Refused State = "refused"
)

// Limits of a request.
const (
	MaxText    = 500 // characters of what should stand, of why, and of an answer
	MaxWaiting = 3   // of one application
)

// Request is one thing that a person asks of what is kept about her.
type Request struct {
	ID          string
	Kind        Kind
	Account     string // who asked; "" if on paper, at an office
	Application string
	Campaign    string
	Division    string // of her point
	Point       string
	Content     Content
	State       State
	Asked       int64 // ms, the hub's civil clock
	Answered    int64 // ms, 0 = not yet
	By          string
	Answer      string // what she is told, in the office's words
}

// Content is what she wrote. It prints as nothing.
type Content struct {
	Field  string `json:"field,omitempty"` // key of the form's field; "" = none of them
	Wanted string `json:"wanted,omitempty"`
	Why    string `json:"why"`
}

// String and LogValue keep what she wrote out of logs and errors.
func (c Content) String() string { return "content(sealed)" }

// GoString is String.
func (c Content) GoString() string { return c.String() }

// LogValue is String.
func (c Content) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Keys is what this package needs of package keys; *keys.Ring is one.
type Keys interface {
	Seal(label, id string, plain []byte) ([]byte, error)
	Unseal(label, id string, sealed []byte) ([]byte, error)
}

const (
	labelContent = "person-request"
	labelAnswer  = "person-answer"
)

// text holds what somebody wrote to its bounds.
func text(s string, must bool) (string, error) {
	s = strings.TrimSpace(s)
	if must && s == "" || utf8.RuneCountInString(s) > MaxText || !utf8.ValidString(s) {
		return "", ErrText
	}
	return s, nil
}

// Ask stores a request, waiting, and gives it with its id. ErrText, ErrEnough.
func Ask(ctx context.Context, tx *db.Tx, k Keys, r Request) (Request, error) {
	var err error
	if r.Content.Why, err = text(r.Content.Why, true); err != nil {
		return r, err
	}
	if r.Content.Wanted, err = text(r.Content.Wanted, r.Kind == Correction); err != nil {
		return r, err
	}
	var waiting int
	err = tx.QueryRow(ctx, `SELECT count(*) FROM person_request WHERE application = $1 AND state = $2`, r.Application, string(Waiting)).Scan(&waiting)
	if err != nil {
		return r, fmt.Errorf("dossier: ask: %w", err)
	}
	if waiting >= MaxWaiting {
		return r, ErrEnough
	}
	var id [12]byte
	_, _ = rand.Read(id[:]) // never fails (Go 1.24)
	r.ID, r.State = hex.EncodeToString(id[:]), Waiting
	plain, err := json.Marshal(r.Content)
	if err != nil {
		return r, fmt.Errorf("dossier: ask: %w", err)
	}
	sealed, err := k.Seal(labelContent, r.ID, plain)
	if err != nil {
		return r, fmt.Errorf("dossier: ask: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO person_request (id, kind, account, application, campaign, division, point, content, state, asked_at, answered_at, answered_by, answer)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', $11)`, r.ID, string(r.Kind), r.Account, r.Application, r.Campaign, r.Division, r.Point,
		sealed, string(Waiting), r.Asked, []byte{})
	if err != nil {
		return r, fmt.Errorf("dossier: ask: %w", err)
	}
	return r, nil
}

// Answer settles a request. ErrText, ErrNotFound, ErrState.
func Answer(ctx context.Context, tx *db.Tx, k Keys, id string, to State, answer, by string, at int64) error {
	answer, err := text(answer, true)
	if err != nil {
		return err
	}
	sealed, err := k.Seal(labelAnswer, id, []byte(answer))
	if err != nil {
		return fmt.Errorf("dossier: answer: %w", err)
	}
	n, err := tx.Exec(ctx, `UPDATE person_request SET state = $1, answer = $2, answered_by = $3, answered_at = $4 WHERE id = $5 AND state = $6`,
		string(to), sealed, by, at, id, string(Waiting))
	if err != nil {
		return fmt.Errorf("dossier: answer: %w", err)
	}
	if n == 1 {
		return nil
	}
	if _, err := Get(ctx, tx, k, id); err != nil {
		return err
	}
	return ErrState
}

const requestColumns = `id, kind, account, application, campaign, division, point, content, state, asked_at, answered_at, answered_by, answer`

func scanRequest(k Keys, scan func(...any) error) (r Request, err error) {
	var sealed, answer []byte
	err = scan(&r.ID, &r.Kind, &r.Account, &r.Application, &r.Campaign, &r.Division, &r.Point, &sealed, &r.State, &r.Asked, &r.Answered, &r.By, &answer)
	if err != nil {
		return r, err
	}
	plain, err := k.Unseal(labelContent, r.ID, sealed)
	if err != nil {
		return r, fmt.Errorf("dossier: request %s: %w", r.ID, err)
	}
	if json.Unmarshal(plain, &r.Content) != nil {
		return r, fmt.Errorf("dossier: request %s cannot be read", r.ID) // the library's text may quote it
	}
	if len(answer) == 0 {
		return r, nil
	}
	if plain, err = k.Unseal(labelAnswer, r.ID, answer); err != nil {
		return r, fmt.Errorf("dossier: answer %s: %w", r.ID, err)
	}
	r.Answer = string(plain)
	return r, nil
}

// Get gives a request. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, k Keys, id string) (Request, error) {
	r, err := scanRequest(k, tx.QueryRow(ctx, `SELECT `+requestColumns+` FROM person_request WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Request{}, ErrNotFound
	}
	return r, err
}

// Of gives the requests about an application, or by an account, newest first.
func Of(ctx context.Context, tx *db.Tx, k Keys, application, account string) ([]Request, error) {
	return list(ctx, tx, k, `(application = $1 AND $1 <> '' OR account = $2 AND $2 <> '') ORDER BY asked_at DESC, id DESC LIMIT 100`, application, account)
}

// Open gives what waits in a remit, oldest first, up to limit.
func Open(ctx context.Context, tx *db.Tx, k Keys, division, point string, limit int) ([]Request, error) {
	args := []any{string(Waiting)}
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	where := "state = $1 AND " + org.Within("division", division, arg)
	if point != "" {
		where += " AND point = " + arg(point)
	}
	return list(ctx, tx, k, where+` ORDER BY asked_at, id LIMIT `+arg(limit), args...)
}

func list(ctx context.Context, tx *db.Tx, k Keys, where string, args ...any) (out []Request, err error) {
	err = tx.Each(ctx, `SELECT `+requestColumns+` FROM person_request WHERE `+where, args, func(scan func(...any) error) error {
		r, err := scanRequest(k, scan)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("dossier: requests: %w", err)
	}
	return out, nil
}

// Forget removes the requests about an application and by an account.
func Forget(ctx context.Context, tx *db.Tx, application, account string) error {
	_, err := tx.Exec(ctx, `DELETE FROM person_request WHERE application = $1 AND $1 <> '' OR account = $2 AND $2 <> ''`, application, account)
	if err != nil {
		return fmt.Errorf("dossier: forget: %w", err)
	}
	return nil
}
