package fleet

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhunkao/hub/db"
)

// TicketLife is how long an enrolment code is good for.
const TicketLife = 24 * time.Hour

// Ticket is a one-time permission to enrol a box, without its code: only a
// hash of that is kept.
type Ticket struct {
	Point    string
	Box      string // "" for a new box, else the one that enrols again
	IssuedBy string
	Expires  int64 // ms since 1970
}

// newCode draws 100 bits, written as four groups of five characters that a
// person can type.
func newCode() string {
	raw := make([]byte, 13)
	_, _ = rand.Read(raw) // never fails (Go 1.24)
	s := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))[:20]
	return s[:5] + "-" + s[5:10] + "-" + s[10:15] + "-" + s[15:]
}

// hashCode forgives case and grouping. Codes have 100 bits from the system's
// random source, so a plain hash gives nothing to guess at.
func hashCode(code string) []byte {
	norm := strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))
	sum := sha256.Sum256([]byte("zhunkao/enrol/" + norm))
	return sum[:]
}

// Issue makes a one-time code for a point. box is empty, or names a box that
// is to enrol again and thereby begins a new epoch.
func Issue(ctx context.Context, tx *db.Tx, point, box, by string, now time.Time) (code string, t Ticket, err error) {
	if box != "" {
		b, err := Get(ctx, tx, box)
		if err != nil {
			return "", Ticket{}, err
		}
		point = b.Point
	}
	code = newCode()
	t = Ticket{Point: point, Box: box, IssuedBy: by, Expires: now.Add(TicketLife).UnixMilli()}
	_, err = tx.Exec(ctx, `INSERT INTO box_ticket (code_hash, point, box, issued_by, issued_at, expires_at, used_at, used_box)
		VALUES ($1, $2, $3, $4, $5, $6, 0, '')`, hashCode(code), point, box, by, now.UnixMilli(), t.Expires)
	if err != nil {
		return "", Ticket{}, fmt.Errorf("fleet: issue ticket: %w", err)
	}
	return code, t, nil
}

// Request is what a box asks with, already verified by the key in its CSR.
type Request struct {
	Code      string
	DeviceKey []byte // SubjectPublicKeyInfo, DER
	Opening   []byte
	KeyStore  string
	// Certify issues the certificate for the id that the box gets.
	Certify func(id string) (der []byte, err error)
}

// Enrol uses up a code and gives the box its identity. The same key with the
// same code gets the same identity again, because an answer can be lost.
// Errors: ErrCode.
func Enrol(ctx context.Context, tx *db.Tx, r Request, now time.Time) (b Box, fresh bool, err error) {
	hash := hashCode(r.Code)
	var point, box string
	err = tx.QueryRow(ctx, `UPDATE box_ticket SET used_at = $1 WHERE code_hash = $2 AND used_at = 0 AND expires_at > $1
		RETURNING point, box`, now.UnixMilli(), hash).Scan(&point, &box)
	if errors.Is(err, db.ErrNoRows) {
		b, err = answered(ctx, tx, hash, r.DeviceKey, now)
		return b, false, err
	}
	if err != nil {
		return Box{}, false, fmt.Errorf("fleet: use ticket: %w", err)
	}
	if box == "" {
		b, err = first(ctx, tx, point)
	} else if b, err = Get(ctx, tx, box); err == nil {
		b.Epoch++
	}
	if err != nil {
		return Box{}, false, err
	}
	b.State, b.StateReason, b.StateAt, b.EnrolledAt = Active, "", now.UnixMilli(), now.UnixMilli()
	b.DeviceKey, b.Opening, b.KeyStore = r.DeviceKey, r.Opening, r.KeyStore
	b.Marks, b.Live, b.Head, b.Held = Marks{}, Live{}, 0, 0
	if b.Certificate, err = r.Certify(b.ID); err != nil {
		return Box{}, false, fmt.Errorf("fleet: certificate of box %s: %w", b.ID, err)
	}
	if box == "" {
		err = insert(ctx, tx, b)
	} else {
		err = again(ctx, tx, b)
	}
	if err != nil {
		return Box{}, false, err
	}
	if _, err := tx.Exec(ctx, `UPDATE box_ticket SET used_box = $1 WHERE code_hash = $2`, b.ID, hash); err != nil {
		return Box{}, false, fmt.Errorf("fleet: use ticket: %w", err)
	}
	return b, true, nil
}

// answered finds the box that used this code before with this very key.
func answered(ctx context.Context, tx *db.Tx, hash, key []byte, now time.Time) (Box, error) {
	var id string
	err := tx.QueryRow(ctx, `SELECT used_box FROM box_ticket WHERE code_hash = $1 AND used_box <> '' AND expires_at > $2`,
		hash, now.UnixMilli()).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return Box{}, ErrCode
	}
	if err != nil {
		return Box{}, fmt.Errorf("fleet: ticket: %w", err)
	}
	b, err := Get(ctx, tx, id)
	if err != nil {
		return Box{}, err
	}
	if b.State == Revoked || !bytes.Equal(b.DeviceKey, key) {
		return Box{}, ErrCode
	}
	return b, nil
}

// first draws the id of a new box and its number at the point.
func first(ctx context.Context, tx *db.Tx, point string) (Box, error) {
	raw := make([]byte, 7)
	_, _ = rand.Read(raw) // never fails (Go 1.24)
	id := "b" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))[:10]
	var unit int64
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(unit), 0) + 1 FROM box WHERE point = $1`, point).Scan(&unit); err != nil {
		return Box{}, fmt.Errorf("fleet: number at point: %w", err)
	}
	return Box{ID: id, Point: point, Unit: uint16(unit), Epoch: 1}, nil
}
