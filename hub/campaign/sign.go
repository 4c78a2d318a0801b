package campaign

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	rules "zhunkao/protocol/campaign"
)

var (
	// ErrStale says that another version came into force after the rehearsal:
	// it compared with what nobody goes by any more. Rehearse again.
	ErrStale = errors.New("campaign: another version came into force since the rehearsal")
	// ErrSigned says that this account signed this draft already.
	ErrSigned = errors.New("campaign: this account has signed already")
)

// SignCampaign is the act, in the campaign's table, of putting a version in force.
const SignCampaign = "sign-campaign"

// Signature is one person's word that a draft be in force.
type Signature struct {
	Account string `json:"account"` // id
	Reason  string `json:"reason"`
	At      int64  `json:"at"` // ms since 1970
}

// Standing is how a draft stands on the way into force.
type Standing struct {
	Rehearsal  Rehearsal   `json:"rehearsal"` // the newest one that is done: signatures count for it alone
	Act        rules.Act   `json:"act"`       // how many of which tier must sign
	Signatures []Signature `json:"signatures"`
	Changed    int64       `json:"changed"` // applications saved since the rehearsal began: it does not know them
	Moved      bool        `json:"moved"`   // points are not what they were at the rehearsal
}

// Enough reports whether as many have signed as must.
func (s Standing) Enough() bool { return len(s.Signatures) >= s.Act.Persons }

// ActOf gives who must sign the next version of a campaign: what the version in
// force says, so that no version loosens the rule by which it comes into force.
// A campaign that says nothing asks two persons of the province for a reason.
func ActOf(ctx context.Context, tx *db.Tx, id string) (rules.Act, error) {
	act := rules.Act{Key: SignCampaign, Zh: "签发方案版本", Tier: rules.Province, Persons: 2, Reason: true}
	v, err := Latest(ctx, tx, id)
	if errors.Is(err, ErrNotFound) {
		return act, nil
	}
	if err != nil {
		return act, err
	}
	c, err := v.Decode()
	if err != nil {
		return act, fmt.Errorf("campaign: version in force: %w", err)
	}
	for _, a := range c.Acts {
		if a.Key == SignCampaign {
			return a, nil
		}
	}
	return act, nil
}

// Stand tells how a draft stands. ErrNoDraft, ErrOvertaken, ErrNoRehearsal,
// ErrStale.
func Stand(ctx context.Context, tx *db.Tx, digest []byte) (Standing, error) {
	draft, err := GetDraft(ctx, tx, digest)
	if err != nil {
		return Standing{}, err
	}
	c, err := rules.Decode(draft.Bundle)
	if err != nil {
		return Standing{}, fmt.Errorf("campaign: %w", err)
	}
	inForce, err := Latest(ctx, tx, draft.Campaign)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Standing{}, err
	}
	if inForce.Version >= draft.Version {
		return Standing{}, ErrOvertaken
	}
	var s Standing
	if s.Rehearsal, err = Rehearsed(ctx, tx, digest); err != nil {
		return Standing{}, err
	}
	if !bytes.Equal(s.Rehearsal.againstDigest, inForce.Digest) {
		return Standing{}, ErrStale
	}
	if s.Act, err = ActOf(ctx, tx, draft.Campaign); err != nil {
		return Standing{}, err
	}
	extent, err := candidate.Measure(ctx, tx, draft.Campaign)
	if err != nil {
		return Standing{}, err
	}
	s.Changed = extent.Saved - s.Rehearsal.saved
	places, err := Places(ctx, tx, c.Province)
	if err != nil {
		return Standing{}, err
	}
	s.Moved = !bytes.Equal(digestOf(places), s.Rehearsal.places)
	s.Signatures, err = signatures(ctx, tx, s.Rehearsal.ID)
	return s, err
}

// SignedBy gives who signed a draft over its newest finished rehearsal; nobody
// signed a first version.
func SignedBy(ctx context.Context, tx *db.Tx, digest []byte) ([]Signature, error) {
	r, err := Rehearsed(ctx, tx, digest)
	if errors.Is(err, ErrNoRehearsal) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return signatures(ctx, tx, r.ID)
}

func signatures(ctx context.Context, tx *db.Tx, rehearsal string) ([]Signature, error) {
	var out []Signature
	err := tx.Each(ctx, `SELECT account, reason, at FROM campaign_signature WHERE rehearsal = $1 ORDER BY at, account`, []any{rehearsal},
		func(scan func(...any) error) error {
			var s Signature
			err := scan(&s.Account, &s.Reason, &s.At)
			out = append(out, s)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("campaign: signatures: %w", err)
	}
	return out, nil
}

// Sign adds an account's word to a draft, for its newest rehearsal: who signed
// before a later rehearsal saw other numbers, and signs again. A rehearsal that
// is older than some applications is no reason to refuse, for people register
// day and night; how many it does not know stands in Changed. Who may sign is
// asked before. The errors of Stand, and ErrSigned.
func Sign(ctx context.Context, tx *db.Tx, digest []byte, by Signature) (Standing, error) {
	s, err := Stand(ctx, tx, digest)
	if err != nil {
		return Standing{}, err
	}
	n, err := tx.Exec(ctx, `INSERT INTO campaign_signature (rehearsal, account, reason, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		s.Rehearsal.ID, by.Account, by.Reason, by.At)
	if err != nil {
		return Standing{}, fmt.Errorf("campaign: sign: %w", err)
	}
	if n == 0 {
		return Standing{}, ErrSigned
	}
	s.Signatures = append(s.Signatures, by)
	return s, nil
}
