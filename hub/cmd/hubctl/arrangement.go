package main

import (
	"errors"
	"os"

	"zhunkao/hub/arrangement"
)

// arrangements are the commands for published arrangements. They need no hub.
type arrangements struct {
	Verify verifyArrangement `cmd:"" help:"Compute a published arrangement once more from its candidates, rules and the shares that offices revealed, and hold every byte against it; ends with 2 when it differs. No names are in it and no database is needed."`
}

type verifyArrangement struct {
	File string `arg:"" type:"path" help:"The public bundle."`
	Code string `help:"Text of the code on a ticket: say whether its seat is in this arrangement, too; ends with 2 when it is not."`
}

// Run verifies. The door is a contract with whoever checks the draw.
func (v verifyArrangement) Run(h *hand) (err error) {
	f, err := os.Open(v.File)
	if err != nil {
		return h.unreadable(v.File, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return refusal{"bad-file", []any{v.File}}
	}
	p, err := arrangement.Verify(f)
	for is, key := range map[error]string{arrangement.ErrBundle: "arrangement-bundle", arrangement.ErrInput: "arrangement-input", arrangement.ErrDraw: "arrangement-draw", arrangement.ErrProof: "arrangement-proof"} {
		if errors.Is(err, is) {
			h.print(key, err.Error())
			return errFound
		}
	}
	if err != nil {
		return err
	}
	areas := map[string]bool{}
	for _, r := range p.Result.Rooms {
		areas[r.Area] = true
	}
	h.print("arrangement-good", len(p.Result.Seats), len(areas), len(p.Result.Rooms), len(p.Result.Problems), p.Root)
	for _, s := range p.Shares {
		h.print("arrangement-share", s.Office)
	}
	if v.Code == "" {
		return nil
	}
	return v.seat(h, p)
}

// seat holds the code of a ticket against what was computed.
func (v verifyArrangement) seat(h *hand, p *arrangement.Published) error {
	code, err := arrangement.ParseCode(v.Code)
	if err != nil {
		h.print("arrangement-nocode")
		return errFound
	}
	up, ok := p.Result.Tree().Proof(code.Seat)
	if !ok || code.Check(up, p.Root) != nil {
		h.print("arrangement-nowhere", code.Seat.Area, code.Seat.Room, code.Seat.Seat)
		return errFound
	}
	h.print("arrangement-seat", code.Seat.Area, code.Seat.Room, code.Seat.Seat)
	return nil
}
