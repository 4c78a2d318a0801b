package confirmation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/hub/db"
	"zhunkao/hub/keys"
	"zhunkao/protocol/form"
)

// Outcome is what became of a card that was read later.
type Outcome string

// The outcomes.
const (
	CardWaiting Outcome = "waiting" // it came before its confirmation
	CardSame    Outcome = "same"    // number and name are those she signed: verified
	CardDiffers Outcome = "differs" // they are not: the city sees both
	CardIdle    Outcome = "idle"    // it was sure before, or the confirmation does not stand; judged again if it comes to
)

// Verification (核验) is a card that was read after a confirmation on papers, as
// a box sealed it. What stands on it is in its Card, read apart.
type Verification struct {
	ID          string // of the sealed record
	Record      string // the confirmation on papers
	Application string
	Campaign    string
	Point       string // of the box
	Division    string
	Box         string
	Outcome     Outcome
	Blobs       []Blob
	BodyHash    string // names the sealed body in package blob
	Envelope    []byte // only to be added
	At          int64  // ms, the hub's time
}

// Card is what a Verification read. It prints nothing.
type Card struct {
	Chip form.Chip `cbor:"chip"`
	Keys []BlobKey `cbor:"keys"` // in the order of Verification.Blobs
}

// Format keeps every value out of logs and errors.
func (c Card) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, "card(sealed)") }

const labelCard = "verification"

// SealCard seals what a card says for AddVerification.
func SealCard(ring *keys.Ring, id string, c Card) ([]byte, error) {
	plain, err := cbor.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("confirmation: verification %s: encode: %w", id, err)
	}
	sealed, err := ring.Seal(labelCard, id, plain)
	if err != nil {
		return nil, fmt.Errorf("confirmation: verification %s: seal: %w", id, err)
	}
	return sealed, nil
}

const verificationColumns = `id, record, application, campaign, point, division, box, outcome, blobs, body_hash, at`

// AddVerification stores one with its sealed card.
func AddVerification(ctx context.Context, tx *db.Tx, v Verification, card []byte) error {
	blobs, err := json.Marshal(v.Blobs)
	if err != nil {
		return fmt.Errorf("confirmation: verification %s: %w", v.ID, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO verification (`+verificationColumns+`, content, envelope) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		v.ID, v.Record, v.Application, v.Campaign, v.Point, v.Division, v.Box, string(v.Outcome), string(blobs), v.BodyHash, v.At, card, v.Envelope)
	if err != nil {
		return fmt.Errorf("confirmation: verification %s: %w", v.ID, err)
	}
	return nil
}

// SettleVerification says what became of one that waited, or that changed nothing
// when it came. ErrChanged.
func SettleVerification(ctx context.Context, tx *db.Tx, id string, to Outcome) error {
	n, err := tx.Exec(ctx, `UPDATE verification SET outcome = $1 WHERE id = $2 AND outcome IN ('waiting', 'idle')`, string(to), id)
	if err != nil {
		return fmt.Errorf("confirmation: verification %s: %w", id, err)
	}
	if n == 0 {
		return ErrChanged
	}
	return nil
}

// VerificationsOf gives the cards that were read for some confirmations, oldest
// first, without their envelopes.
func VerificationsOf(ctx context.Context, tx *db.Tx, records []string) ([]Verification, error) {
	if len(records) == 0 {
		return nil, nil
	}
	marks, args := In(records, 0)
	return verifications(ctx, tx, `record IN (`+marks+`)`, args)
}

// VerificationsWaiting gives the cards of an application that were read for a
// confirmation which has not come, oldest first, without their envelopes.
func VerificationsWaiting(ctx context.Context, tx *db.Tx, application string) ([]Verification, error) {
	return verifications(ctx, tx, `application = $1 AND outcome = 'waiting'`, []any{application})
}

func verifications(ctx context.Context, tx *db.Tx, where string, args []any) ([]Verification, error) {
	var out []Verification
	err := tx.Each(ctx, `SELECT `+verificationColumns+` FROM verification WHERE `+where+` ORDER BY at, id`, args, func(row func(...any) error) error {
		var v Verification
		var outcome, blobs string
		if err := row(&v.ID, &v.Record, &v.Application, &v.Campaign, &v.Point, &v.Division, &v.Box, &outcome, &blobs, &v.BodyHash, &v.At); err != nil {
			return err
		}
		v.Outcome = Outcome(outcome)
		out = append(out, v)
		return json.Unmarshal([]byte(blobs), &out[len(out)-1].Blobs)
	})
	if err != nil {
		return nil, fmt.Errorf("confirmation: verifications: %w", err)
	}
	return out, nil
}

// OpenCard reads what a card says: who calls it writes the journal entry for a
// look at personal data. Error: ErrNotFound.
func OpenCard(ctx context.Context, tx *db.Tx, ring *keys.Ring, id string) (Card, error) {
	var sealed []byte
	err := tx.QueryRow(ctx, `SELECT content FROM verification WHERE id = $1`, id).Scan(&sealed)
	if errors.Is(err, db.ErrNoRows) {
		return Card{}, ErrNotFound
	}
	if err != nil {
		return Card{}, fmt.Errorf("confirmation: verification %s: content: %w", id, err)
	}
	plain, err := ring.Unseal(labelCard, id, sealed)
	if err != nil {
		return Card{}, fmt.Errorf("confirmation: verification %s: content: %w", id, err)
	}
	var c Card
	if err := cbor.Unmarshal(plain, &c); err != nil {
		return Card{}, fmt.Errorf("confirmation: verification %s: content does not decode", id) // the library's text may quote it
	}
	return c, nil
}

// Matches judges whether a card is that of the person who signed: its number is
// hers, and so is its name, as far as the rules of comparison let two spellings
// be one (form.Compare).
func Matches(signed form.Application, chip form.Chip) bool {
	if n := string(chip.Number); n == "" || !strings.EqualFold(n, string(signed.Number())) {
		return false
	}
	for _, d := range form.Compare(signed, chip) {
		if (d.Field == form.FullName || d.Field == form.DocumentNumber) && d.Grade != form.GradeNote {
			return false
		}
	}
	return true
}
