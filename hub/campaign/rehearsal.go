package campaign

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
)

// ErrNoRehearsal says that a draft has no finished rehearsal.
var ErrNoRehearsal = errors.New("campaign: the draft has not been rehearsed to the end")

// State is how a rehearsal stands.
type State string

// The states. A rehearsal that is running while no hub runs it was cut off; the
// next one clears it away.
const (
	Running State = "running"
	Done    State = "done"
	Stopped State = "stopped" // before its end: it says nothing
)

// Rehearsal is one walk of a draft over every application, beside the version
// in force.
type Rehearsal struct {
	ID       string `json:"id"`     // in the order of their beginnings, whatever the clock said
	Digest   []byte `json:"digest"` // of the draft
	Campaign string `json:"campaign"`
	Version  uint32 `json:"version"` // of the draft
	Against  uint32 `json:"against"` // the version in force, 0 = none
	Day      string `json:"day"`     // YYYY-MM-DD at UTC+8: the day of the check
	State    State  `json:"state"`
	By       string `json:"by"`    // account id, or "operator"
	Began    int64  `json:"began"` // ms since 1970
	Ended    int64  `json:"ended"`
	Totals

	againstDigest, places []byte
	saved                 int64 // candidate.Extent when it began
}

const rehearsalColumns = `id, digest, campaign, version, against, against_digest, places, saved, day, state, rehearsed_by,
	began_at, ended_at, applications, invalid, valid, choice, fee, unreadable`

func (r *Rehearsal) into() []any {
	return []any{&r.ID, &r.Digest, &r.Campaign, &r.Version, &r.Against, &r.againstDigest, &r.places, &r.saved, &r.Day, &r.State, &r.By,
		&r.Began, &r.Ended, &r.Applications, &r.Invalid, &r.Valid, &r.Choice, &r.Fee, &r.Unreadable}
}

// GetRehearsal returns a rehearsal by id. ErrNoRehearsal.
func GetRehearsal(ctx context.Context, tx *db.Tx, id string) (Rehearsal, error) {
	return oneRehearsal(ctx, tx, `id = $1`, id)
}

// Rehearsed returns the newest finished rehearsal of a draft. ErrNoRehearsal.
func Rehearsed(ctx context.Context, tx *db.Tx, digest []byte) (Rehearsal, error) {
	return oneRehearsal(ctx, tx, `digest = $1 AND state = $2 ORDER BY id DESC LIMIT 1`, digest, string(Done))
}

func oneRehearsal(ctx context.Context, tx *db.Tx, where string, args ...any) (Rehearsal, error) {
	var r Rehearsal
	err := tx.QueryRow(ctx, `SELECT `+rehearsalColumns+` FROM campaign_rehearsal WHERE `+where, args...).Scan(r.into()...)
	if errors.Is(err, db.ErrNoRows) {
		return Rehearsal{}, ErrNoRehearsal
	}
	if err != nil {
		return Rehearsal{}, fmt.Errorf("campaign: rehearsal: %w", err)
	}
	return r, nil
}

// DivisionTotals is what a rehearsal says of one county.
type DivisionTotals struct {
	Division string `json:"division"` // code
	Totals
}

// ByDivision returns the totals of the counties of a division (code of a
// province, city or county) that have any application, by code.
func ByDivision(ctx context.Context, tx *db.Tx, rehearsal, division string) ([]DivisionTotals, error) {
	from, to := org.Range(division)
	var out []DivisionTotals
	err := tx.Each(ctx, `SELECT division, applications, invalid, valid, choice, fee, unreadable FROM campaign_rehearsal_division
		WHERE rehearsal = $1 AND division >= $2 AND division < $3 ORDER BY division`, []any{rehearsal, from, to}, func(scan func(...any) error) error {
		var t DivisionTotals
		err := scan(&t.Division, &t.Applications, &t.Invalid, &t.Valid, &t.Choice, &t.Fee, &t.Unreadable)
		out = append(out, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("campaign: rehearsal %s: %w", rehearsal, err)
	}
	return out, nil
}

// Effects returns up to limit applications of a division that a version
// concerns, by id, after the given id ("" = from the start). kinds, if not 0,
// takes those that have any of them.
func Effects(ctx context.Context, tx *db.Tx, rehearsal, division string, kinds Kinds, after string, limit int) ([]Effect, error) {
	from, to := org.Range(division)
	if kinds == 0 {
		kinds = Invalid | Valid | Choice | Fee | Unreadable
	}
	var out []Effect
	err := tx.Each(ctx, `SELECT application, point, division, kinds, old_fee, new_fee, codes FROM campaign_effect
		WHERE rehearsal = $1 AND application > $2 AND division >= $3 AND division < $4 AND (kinds & $5) <> 0
		ORDER BY application LIMIT $6`, []any{rehearsal, after, from, to, int64(kinds), limit}, func(scan func(...any) error) error {
		var e Effect
		var codes string
		err := scan(&e.Application, &e.Point, &e.Division, &e.Kinds, &e.OldFee, &e.NewFee, &codes)
		e.Codes = splitCodes(codes)
		out = append(out, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("campaign: rehearsal %s: %w", rehearsal, err)
	}
	return out, nil
}

// EffectsAsked asks for a page of a rehearsal's list.
type EffectsAsked struct {
	Draft    string `json:"draft"`    // name, or how it begins
	Division string `json:"division"` // remit: code of a province, city or county
	Kinds    Kinds  `json:"kinds"`    // any of these; 0 = all
	After    string `json:"after"`    // id of the last one that was shown
	Limit    int    `json:"limit"`    // 1 to 1000
}

// EffectsPage is a page of a rehearsal's list, with the counts of its counties.
type EffectsPage struct {
	Rehearsal Rehearsal        `json:"rehearsal"`
	Divisions []DivisionTotals `json:"divisions"`
	Effects   []Effect         `json:"effects"`

	// Words say the codes of the effects, Chinese and English.
	Words map[string][2]string `json:"words"`
}

// Page gives a page of the newest rehearsal of a draft. ErrNoDraft,
// ErrNoRehearsal.
func Page(ctx context.Context, tx *db.Tx, ask EffectsAsked) (EffectsPage, error) {
	const most = 1000
	p := EffectsPage{Divisions: []DivisionTotals{}, Effects: []Effect{}, Words: map[string][2]string{}}
	d, err := FindDraft(ctx, tx, ask.Draft)
	if err != nil {
		return p, err
	}
	if p.Rehearsal, err = Rehearsed(ctx, tx, d.Digest); err != nil {
		return p, err
	}
	if p.Divisions, err = ByDivision(ctx, tx, p.Rehearsal.ID, ask.Division); err != nil {
		return p, err
	}
	if p.Effects, err = Effects(ctx, tx, p.Rehearsal.ID, ask.Division, ask.Kinds, ask.After, min(max(ask.Limit, 1), most)); err != nil || len(p.Effects) == 0 {
		return p, err
	}
	c, err := rules.Decode(d.Bundle)
	if err != nil {
		return p, fmt.Errorf("campaign: %w", err)
	}
	for _, e := range p.Effects {
		for _, code := range e.Codes {
			if _, said := p.Words[code]; !said {
				p.Words[code] = [2]string{FindingInWords(c, code, false), FindingInWords(c, code, true)}
			}
		}
	}
	return p, nil
}
