package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// Scope is one thing that a token may ask for.
type Scope string

// The scopes. None of them gives anything of a person.
const (
	Campaign Scope = "campaign" // the campaign in force and its catalogue
	Places   Scope = "places"   // divisions and points
	Progress Scope = "progress" // counts, with small ones left out
	Journal  Scope = "journal"  // signed checkpoints, for witnesses
	Boxes    Scope = "boxes"    // how boxes are
)

// Scopes lists every scope, in the order in which they are offered.
func Scopes() []Scope { return []Scope{Campaign, Places, Progress, Journal, Boxes} }

// State is how a token stands.
type State string

// The states.
const (
	Asked   State = "asked"   // one person asked for it; there is no token yet
	Issued  State = "issued"  // given out, until it ends
	Revoked State = "revoked" // taken back, or never given out; for ever
)

var (
	// ErrNotFound says that there is no such token.
	ErrNotFound = errors.New("access: no such token")
	// ErrRefused says that a token does not open anything: nobody's, ended or
	// taken back.
	ErrRefused = errors.New("access: token refused")
	// ErrState says that a token is not in a state that allows this step.
	ErrState = errors.New("access: not possible in this state of the token")
	// ErrToken says that what was asked for lacks its name, its scopes or its
	// remit, or shall last too long.
	ErrToken = errors.New("access: token is not complete")
)

// MaxDays is how long a token may last: a year and the day on which it is renewed.
const MaxDays = 366

// maxName bounds the name of a token, in characters.
const maxName = 60

// Token is one token, without itself.
type Token struct {
	ID       string
	Name     string // what calls: "数据大屏"
	Scopes   []Scope
	Division string // code; the remit
	Days     int    // how long it lasts from the day it is given out
	Reason   string
	State    State
	AskedBy  string // account id
	AskedAt  int64  // ms since 1970, civil time
	IssuedBy string
	IssuedAt int64
	Expires  int64 // ms since 1970, real time; 0 = not given out
	EndedBy  string
	EndedAt  int64
	Used     int64 // ms since 1970, real time, to the minute; 0 = never
}

// May reports whether the token has a scope.
func (t Token) May(s Scope) bool { return slices.Contains(t.Scopes, s) }

// Ended reports whether a token that was given out has come to its end by now,
// in real time.
func (t Token) Ended(now time.Time) bool {
	return t.State == Issued && now.UnixMilli() >= t.Expires
}

// check judges what was asked for.
func (t Token) check() error {
	if t.Name == "" || utf8.RuneCountInString(t.Name) > maxName || len(t.Scopes) == 0 || t.Days < 1 || t.Days > MaxDays {
		return ErrToken
	}
	if from, _ := org.Range(t.Division); from == "" {
		return fmt.Errorf("%w: remit", ErrToken)
	}
	for _, s := range t.Scopes {
		if !slices.Contains(Scopes(), s) {
			return fmt.Errorf("%w: scope", ErrToken)
		}
	}
	return nil
}

// Ask notes that a token is wanted: Name, Scopes, Division, Days, Reason,
// AskedBy and AskedAt are taken. Errors: ErrToken.
func Ask(ctx context.Context, tx *db.Tx, t Token) (Token, error) {
	if err := t.check(); err != nil {
		return Token{}, err
	}
	var id [6]byte
	_, _ = rand.Read(id[:]) // never fails (Go 1.24)
	t.ID, t.State = "t"+hex.EncodeToString(id[:]), Asked
	_, err := tx.Exec(ctx, `INSERT INTO access_token (id, name, scopes, division, days, reason, state, asked_by, asked_at,
		issued_by, issued_at, expires_at, revoked_by, revoked_at, used_at, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0, 0, '', 0, 0, NULL)`,
		t.ID, t.Name, words(t.Scopes), t.Division, int64(t.Days), t.Reason, string(t.State), t.AskedBy, t.AskedAt)
	if err != nil {
		return Token{}, fmt.Errorf("access: ask: %w", err)
	}
	return t, nil
}

func words(scopes []Scope) string {
	var out []string
	for _, s := range Scopes() {
		if slices.Contains(scopes, s) {
			out = append(out, string(s))
		}
	}
	return strings.Join(out, " ")
}

// prefix marks a token, so that one left in a file is found by those who search
// files for such.
const prefix = "zk1_"

// Issue draws the token that was asked for and gives it, this once; by is the
// account, at civil time in ms since 1970, and real the beginning of its days.
// Errors: ErrNotFound, ErrState.
func Issue(ctx context.Context, tx *db.Tx, id, by string, at int64, real time.Time) (secret string, t Token, err error) {
	if t, err = Get(ctx, tx, id); err != nil {
		return "", Token{}, err
	}
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	secret = prefix + base64.RawURLEncoding.EncodeToString(b[:])
	t.State, t.IssuedBy, t.IssuedAt, t.Expires = Issued, by, at, real.AddDate(0, 0, t.Days).UnixMilli()
	n, err := tx.Exec(ctx, `UPDATE access_token SET state = $1, issued_by = $2, issued_at = $3, expires_at = $4, hash = $5
		WHERE id = $6 AND state = $7`, string(Issued), by, at, t.Expires, hashOf(secret), id, string(Asked))
	if err != nil {
		return "", Token{}, fmt.Errorf("access: issue: %w", err)
	}
	if n == 0 {
		return "", Token{}, ErrState
	}
	return secret, t, nil
}

func hashOf(secret string) []byte {
	sum := sha256.Sum256([]byte("zhunkao/access/1\x00" + secret))
	return sum[:]
}

// Revoke takes a token back at once, or what was asked for away. Errors:
// ErrNotFound, ErrState.
func Revoke(ctx context.Context, tx *db.Tx, id, by string, at int64) (Token, error) {
	t, err := Get(ctx, tx, id)
	if err != nil {
		return Token{}, err
	}
	n, err := tx.Exec(ctx, `UPDATE access_token SET state = $1, revoked_by = $2, revoked_at = $3, hash = NULL
		WHERE id = $4 AND state <> $1`, string(Revoked), by, at, id)
	if err != nil {
		return Token{}, fmt.Errorf("access: revoke: %w", err)
	}
	if n == 0 {
		return Token{}, ErrState
	}
	t.State, t.EndedBy, t.EndedAt = Revoked, by, at
	return t, nil
}

// usedEvery bounds how often the use of a token is written down.
const usedEvery = time.Minute

// Find gives the token that a secret is. ErrRefused.
func Find(ctx context.Context, d *db.DB, secret string, now time.Time) (Token, error) {
	if !strings.HasPrefix(secret, prefix) || len(secret) > 100 {
		return Token{}, ErrRefused
	}
	var t Token
	err := d.Read(ctx, func(tx *db.Tx) (err error) {
		t, err = scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM access_token WHERE hash = $1`, hashOf(secret)).Scan)
		return err
	})
	if errors.Is(err, db.ErrNoRows) {
		return Token{}, ErrRefused
	}
	if err != nil {
		return Token{}, fmt.Errorf("access: %w", err)
	}
	if t.State != Issued || t.Ended(now) {
		return Token{}, ErrRefused
	}
	if now.UnixMilli()-t.Used < usedEvery.Milliseconds() {
		return t, nil
	}
	t.Used = now.UnixMilli()
	err = d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE access_token SET used_at = $1 WHERE id = $2 AND used_at < $1`, t.Used, t.ID)
		return err
	})
	if err != nil {
		return Token{}, fmt.Errorf("access: use: %w", err)
	}
	return t, nil
}

const columns = `id, name, scopes, division, days, reason, state, asked_by, asked_at, issued_by, issued_at, expires_at, revoked_by, revoked_at, used_at`

func scan(row func(...any) error) (t Token, err error) {
	var scopes string
	err = row(&t.ID, &t.Name, &scopes, &t.Division, &t.Days, &t.Reason, &t.State, &t.AskedBy, &t.AskedAt,
		&t.IssuedBy, &t.IssuedAt, &t.Expires, &t.EndedBy, &t.EndedAt, &t.Used)
	for _, s := range strings.Fields(scopes) {
		t.Scopes = append(t.Scopes, Scope(s))
	}
	return t, err
}

// Get gives one token. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Token, error) {
	t, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM access_token WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Token{}, ErrNotFound
	}
	if err != nil {
		return Token{}, fmt.Errorf("access: token: %w", err)
	}
	return t, nil
}

// List gives the tokens of a remit: what waits for a second person first, then
// what is in use, then the rest, the newest first within each.
func List(ctx context.Context, tx *db.Tx, division string) ([]Token, error) {
	from, to := org.Range(division)
	var out []Token
	err := tx.Each(ctx, `SELECT `+columns+` FROM access_token WHERE division >= $1 AND division < $2
		ORDER BY CASE state WHEN 'asked' THEN 0 WHEN 'issued' THEN 1 ELSE 2 END, asked_at DESC, id`, []any{from, to},
		func(row func(...any) error) error {
			t, err := scan(row)
			out = append(out, t)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("access: list: %w", err)
	}
	return out, nil
}
