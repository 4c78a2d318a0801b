package applicant

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/attempt"
	"zhunkao/hub/db"
	"zhunkao/protocol/identity"
)

// What waits for a code.
const (
	forSignUp  = "sign-up"
	forRecover = "recover"
	forPhone   = "phone"
)

// CodeLife is how long a code can be typed, and codeTries how often wrongly.
const (
	CodeLife  = 10 * time.Minute
	codeTries = 5
	codeSize  = 6
)

// Codes are asked for at this pace: to one number from one source, to one number
// from everywhere, and from one source.
var (
	paceMine   = attempt.Pace{Free: 3, First: time.Minute, Most: 15 * time.Minute}
	pacePhone  = attempt.Pace{Free: 8, First: time.Minute, Most: 10 * time.Minute}
	paceSender = attempt.Pace{Free: 60, First: 10 * time.Second, Most: 5 * time.Minute}
)

// request is what waits for a code.
type request struct {
	kind     string
	account  string         // whose; "" is nobody's, or of somebody who signs up
	phone    identity.Phone // where the code went
	verifier string         // the password that comes into force with the code
	shared   bool
}

const sealedRequest = "applicant-request"

// ask lets a request wait for a code, and sends it if send is true. Whether or
// not it is sent the same rows are written, and the answer is the same.
func (d *Desk) ask(ctx context.Context, r request, source string, decide func(tx *db.Tx, r *request) (send bool, err error)) (handle string, err error) {
	handle = rand.Text()
	code := digits(codeSize)
	var wait time.Duration
	err = d.o.DB.Write(ctx, func(tx *db.Tx) error {
		r := r // the transaction may run again
		number := r.phone.Reveal()
		var err error
		wait, err = d.c.Spend(ctx, tx, attempt.Charge{Subject: "code/" + number + "\x00" + source, Pace: paceMine},
			attempt.Charge{Subject: "code/" + number, Pace: pacePhone}, attempt.Charge{Subject: "codes-from/" + source, Pace: paceSender})
		if err != nil || wait > 0 {
			return err
		}
		send, err := decide(tx, &r)
		if err != nil {
			return err
		}
		if err := d.putRequest(ctx, tx, handle, code, r); err != nil {
			return err
		}
		if !send || d.o.SendCode == nil {
			return nil
		}
		return d.o.SendCode(ctx, tx, r.phone, code, CodeLife)
	})
	if err != nil {
		return "", err
	}
	if wait > 0 {
		return "", SlowError{wait}
	}
	return handle, nil
}

func (d *Desk) codeHash(handle, code string) []byte {
	return d.o.Keys.SignInKey("ks/code/" + handle + "\x00" + code)
}

func (d *Desk) putRequest(ctx context.Context, tx *db.Tx, handle, code string, r request) error {
	id := fmt.Sprintf("%x", tokenHash(handle))
	phone, err := d.o.Keys.Seal(sealedRequest, id, []byte(r.phone.Reveal()))
	if err != nil {
		return fmt.Errorf("applicant: code: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO applicant_request (handle, kind, account, phone, verifier, shared, code, tries, until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)`, tokenHash(handle), r.kind, r.account, phone, r.verifier, r.shared,
		d.codeHash(handle, code), d.o.Real().Add(CodeLife).UnixMilli())
	if err != nil {
		return fmt.Errorf("applicant: code: %w", err)
	}
	return nil
}

// answer takes the request that waits under a handle, if code is its code, and
// ends it: a code works once. A wrong one is counted. ErrOver, ErrCode; a caller
// whose transaction ends with ErrCode must commit it all the same, see typed.
func (d *Desk) answer(ctx context.Context, tx *db.Tx, kind, handle, code string) (request, error) {
	var r request
	var hash, sealed []byte
	var tries, until int64
	key := tokenHash(handle)
	// The row is touched first: of two that answer at once one waits for the other.
	_, err := tx.Exec(ctx, `UPDATE applicant_request SET tries = tries + 1 WHERE handle = $1`, key)
	if err == nil {
		err = tx.QueryRow(ctx, `SELECT kind, account, phone, verifier, shared, code, tries, until FROM applicant_request WHERE handle = $1`, key).
			Scan(&r.kind, &r.account, &sealed, &r.verifier, &r.shared, &hash, &tries, &until)
	}
	if errors.Is(err, db.ErrNoRows) {
		return r, ErrOver
	}
	if err != nil {
		return r, fmt.Errorf("applicant: code: %w", err)
	}
	if r.kind != kind || tries > codeTries || d.o.Real().UnixMilli() >= until {
		return r, ErrOver
	}
	if !bytes.Equal(hash, d.codeHash(handle, plain(code))) { // hashes under a key nobody has: no time tells of it
		return r, ErrCode
	}
	number, err := d.o.Keys.Unseal(sealedRequest, fmt.Sprintf("%x", key), sealed)
	if err != nil {
		return r, fmt.Errorf("applicant: code: %w", err)
	}
	r.phone = identity.Phone(number)
	if _, err := tx.Exec(ctx, `DELETE FROM applicant_request WHERE handle = $1`, key); err != nil {
		return r, fmt.Errorf("applicant: code: %w", err)
	}
	return r, nil
}

// typed does what waits for a code, in one transaction with the code's end; that
// a code was wrong stands also when nothing else is done.
func (d *Desk) typed(ctx context.Context, kind, handle, code string, do func(tx *db.Tx, r request) error) error {
	var refused error
	err := d.o.DB.Write(ctx, func(tx *db.Tx) error {
		refused = nil
		r, err := d.answer(ctx, tx, kind, handle, code)
		if err == nil {
			err = do(tx, r)
		}
		if errors.Is(err, ErrCode) || errors.Is(err, ErrOver) || errors.Is(err, ErrKnown) {
			refused, err = err, nil
		}
		return err
	})
	return errors.Join(err, refused)
}

// Waits reports whether a handle still waits for a code, and of the number it
// went to what may be shown of it. ErrOver.
func (d *Desk) Waits(ctx context.Context, handle string) (to string, err error) {
	var sealed []byte
	key := tokenHash(handle)
	err = d.o.DB.Ask(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT phone FROM applicant_request WHERE handle = $1 AND until > $2 AND tries < $3`,
			key, d.o.Real().UnixMilli(), codeTries).Scan(&sealed)
	})
	if errors.Is(err, db.ErrNoRows) {
		return "", ErrOver
	}
	if err != nil {
		return "", fmt.Errorf("applicant: code: %w", err)
	}
	number, err := d.o.Keys.Unseal(sealedRequest, fmt.Sprintf("%x", key), sealed)
	if err != nil {
		return "", fmt.Errorf("applicant: code: %w", err)
	}
	return identity.Phone(number).String(), nil
}
