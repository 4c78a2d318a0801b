package intake

import (
	"context"
	"errors"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
)

// The errors of Slip.
var (
	// ErrNoSlip: the text is no slip, or not whole.
	ErrNoSlip = errors.New("intake: this is no slip")
	// ErrForged: no box of this hub signed it.
	ErrForged = errors.New("intake: no box of this hub signed this slip")
)

// Slip is a slip (凭条) that a box of this hub signed, and how what it speaks of
// stands here. Nothing is opened by reading it: Bar says whether flow.SlipOrder opens an
// order by it, Record for which record once.
type Slip struct {
	Box         string
	Epoch       uint32
	Sequence    uint64
	Record      string
	Application string
	Campaign    string
	Version     uint32 // of the campaign
	Fee         int64  // fen, as printed
	At          int64  // of the sealing, by the box, ms since 1970
	Point       string // of the box
	Division    string // of that point
	Facts       flow.SlipFacts
	Bar         flow.SlipBar // why nobody pays by it now, "" if she may
}

// Word is what flow opens an order by.
func (s Slip) Word() flow.SlipWord {
	return flow.SlipWord{Record: s.Record, Application: s.Application, Campaign: s.Campaign, Fee: s.Fee, At: s.At, Point: s.Point, Division: s.Division, Bar: s.Bar}
}

// SlipLetters is what of a slip stands in an address, from whatever was scanned or
// typed; what it is worth is not asked. ErrNoSlip.
func SlipLetters(text string) (string, error) {
	raw, err := protocol.SlipOf(text)
	if err != nil {
		return "", ErrNoSlip
	}
	return protocol.SlipLetters(raw), nil
}

// Slip judges the text of a slip's code. Nothing is changed. Errors: ErrNoSlip,
// ErrForged.
func (in *Intake) Slip(ctx context.Context, text string) (Slip, error) {
	raw, err := protocol.SlipOf(text)
	if err != nil {
		return Slip{}, ErrNoSlip
	}
	says, err := protocol.ReadSlip(raw)
	if err != nil {
		return Slip{}, ErrNoSlip
	}
	key, b, err := in.signer(ctx, string(says.Box), says.Epoch)
	if err != nil {
		return Slip{}, err
	}
	if key == nil {
		return Slip{}, ErrForged
	}
	if _, err := protocol.OpenSlip(raw, key); err != nil {
		return Slip{}, ErrForged
	}
	out := Slip{Box: b.ID, Epoch: says.Epoch, Sequence: says.Sequence, Record: says.Record.String(), Application: says.Application, Campaign: says.Campaign,
		Version: says.Rules, Fee: int64(says.Fee), At: int64(says.At), Point: b.Point}
	if out.Division, err = in.cases.division(ctx, b.Point); err != nil {
		return Slip{}, err
	}
	f := &out.Facts
	f.BoxRevoked = b.State == fleet.Revoked
	switch named, _, err := in.cases.of(ctx, says.Campaign, says.Rules); {
	case errors.Is(err, campaign.ErrNotFound):
	case err != nil:
		return Slip{}, err
	default:
		f.Rules = true
		for _, l := range named.Form.Levels {
			fee, ok := named.Fee(l.Code)
			f.Fee = f.Fee || ok && fee == out.Fee
		}
	}
	err = in.opts.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := readRows(ctx, tx, `envelope WHERE box = $1 AND epoch = $2 AND seq = $3`, []any{out.Box, int64(out.Epoch), int64(out.Sequence & maxSequence)})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.hash == says.Envelope.String() {
				f.Held, f.Forked = r.outcome != protocol.Accepted, false
				break
			}
			f.Forked = f.Forked || r.chained
		}
		return in.opts.Flow.SlipStanding(ctx, tx, out.Record, out.Application, f)
	})
	out.Bar = flow.Payable(*f)
	return out, err
}
