package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"strings"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/seating"
)

// arrangements are the commands for arrangements. They need no hub.
type arrangements struct {
	Seal   sealArrangement   `cmd:"" help:"Compute the seal of an office's number on a computer of its own, before the draw: the number is asked for, or drawn where the line is empty. Write it on paper; the seal goes to the hub."`
	Verify verifyArrangement `cmd:"" help:"Compute a published arrangement once more from its candidates, rules and the shares that offices revealed, and hold every byte against it; ends with 2 when it differs. No names are in it and no database is needed."`
}

type verifyArrangement struct {
	File   string `arg:"" type:"path" help:"The public bundle."`
	Before string `type:"path" help:"Of a corrected arrangement: the public bundle of the version before, to say whether it was made from that one; ends with 2 when it was not."`
	Code   string `help:"Text of the code on a ticket: say whether its seat is in this arrangement, too; ends with 2 when it is not."`
}

type sealArrangement struct {
	Digest string `required:"" help:"Digest of the frozen list, 64 digits, as the page of the arrangement shows it."`
	Office string `required:"" help:"Name of the office that draws, as that page shows it."`
}

// Run seals a number (A49). Nothing of it is kept here.
func (v sealArrangement) Run(h *hand) error {
	digest, err := hex.DecodeString(strings.ReplaceAll(v.Digest, " ", ""))
	if err != nil || len(digest) != sha256.Size {
		return refusal{"seal-digest", nil}
	}
	h.print("seal-ask")
	number, err := h.line()
	if err != nil {
		return err
	}
	if strings.TrimSpace(number) == "" {
		number = seating.NewNumber()
	}
	secret, err := seating.Secret(number)
	if err != nil {
		return refusal{"seal-number", nil}
	}
	made := arrangement.Share{Office: v.Office, Secret: secret}.Commit([sha256.Size]byte(digest))
	h.print("seal-made", number, made.Hash)
	return nil
}

// Run verifies. The door is a contract with whoever checks the draw.
func (v verifyArrangement) Run(h *hand) (err error) {
	p, err := verified(h, v.File)
	if err != nil {
		return err
	}
	areas, rooms := map[string]bool{}, 0
	for _, r := range p.Result.Rooms {
		if !r.Closed() {
			areas[r.Area] = true
			rooms++
		}
	}
	h.print("arrangement-good", len(p.Result.Seats), len(areas), rooms, len(p.Result.Problems), p.Root)
	for _, s := range p.Shares {
		h.print("arrangement-share", s.Office)
	}
	if p.Before != nil {
		h.print("arrangement-revision", p.Input.Digest(), p.Before.Root, len(p.Before.Late))
	}
	if v.Before != "" {
		was, err := verified(h, v.Before)
		if err != nil {
			return err
		}
		if err := p.Follows(was); err != nil {
			h.print("arrangement-follows-not", err.Error())
			return errFound
		}
		h.print("arrangement-follows")
	}
	if v.Code == "" {
		return nil
	}
	return v.seat(h, p)
}

// verified computes a bundle once more; errFound when it differs, which is said.
func verified(h *hand, file string) (p *arrangement.Published, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, h.unreadable(file, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return nil, refusal{"bad-file", []any{file}}
	}
	p, err = arrangement.Verify(f)
	for is, key := range map[error]string{arrangement.ErrBundle: "arrangement-bundle", arrangement.ErrInput: "arrangement-input", arrangement.ErrDraw: "arrangement-draw", arrangement.ErrProof: "arrangement-proof"} {
		if errors.Is(err, is) {
			h.print(key, err.Error())
			return nil, errFound
		}
	}
	return p, err
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
