package flow

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
)

// SlipBar is why nobody pays by a slip (凭条) now; "" if she may.
type SlipBar string

// The bars.
const (
	SlipRevoked  SlipBar = "revoked"  // its box has been shut out: what it signed proves nothing of itself
	SlipUnknown  SlipBar = "unknown"  // the application is not here: first the record must come
	SlipGone     SlipBar = "gone"     // she withdrew
	SlipVoided   SlipBar = "voided"   // the confirmation was taken back, overruled or refused
	SlipHeld     SlipBar = "held"     // the record came and was set aside
	SlipForked   SlipBar = "forked"   // another record came with its sequence
	SlipFee      SlipBar = "fee"      // no version of the campaign here asks for that fee of her level
	SlipCampaign SlipBar = "campaign" // of a campaign, or a version, that is not here
)

// SlipFacts is all that Payable looks at.
type SlipFacts struct {
	BoxRevoked  bool
	Arrived     bool               // the record is here
	State       confirmation.State // … and stands so
	Held        bool               // it came, and was set aside or refused for good
	Forked      bool               // its sequence is another record's
	TakenBack   bool               // its void came before it
	Application candidate.State    // "" when it is not here
	Rules       bool               // the campaign and the version that it names are here
	Fee         bool               // and ask for the fee that it names, of some level
}

// Payable says whether the fee may be taken by a slip whose signature is good. It
// is pure. A record that has arrived and waits for a decision is paid like one
// that stands: what is decided against her is refunded (issue 8).
func Payable(f SlipFacts) SlipBar {
	switch {
	case f.Forked:
		return SlipForked
	case f.Held:
		return SlipHeld
	case f.TakenBack, f.Arrived && !f.State.Stands():
		return SlipVoided
	case f.BoxRevoked && !f.Arrived:
		return SlipRevoked
	case f.Application == "":
		return SlipUnknown
	case f.Application == candidate.Withdrawn && !f.Arrived:
		return SlipGone
	case !f.Rules:
		return SlipCampaign
	case !f.Fee:
		return SlipFee
	}
	return ""
}

// SlipStanding fills in how the record and the application of a slip stand here.
func (f *Flow) SlipStanding(ctx context.Context, tx *db.Tx, record, application string, facts *SlipFacts) error {
	r, err := confirmation.Get(ctx, tx, record)
	switch {
	case err == nil && r.Application != "":
		facts.Arrived, facts.State, application = true, r.State, r.Application
	case !errors.Is(err, confirmation.ErrNotFound):
		return fmt.Errorf("flow: slip: %w", err)
	}
	voids, err := confirmation.VoidsOf(ctx, tx, []string{record})
	if err != nil {
		return fmt.Errorf("flow: slip: %w", err)
	}
	for _, v := range voids {
		facts.TakenBack = facts.TakenBack || v.State == confirmation.VoidWaiting
	}
	row, err := f.Candidates.Row(ctx, tx, application)
	if err != nil && !errors.Is(err, candidate.ErrNotFound) {
		return fmt.Errorf("flow: slip: %w", err)
	}
	facts.Application = row.State
	return nil
}
