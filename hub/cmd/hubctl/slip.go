package main

import (
	"net/http"

	"zhunkao/hub"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/keys"
)

// slips are the payment slips (缴费凭条) of sheets.
type slips struct {
	Check checkSlip `cmd:"" help:"Judge slips, hub running or not: one JSON object a line. Status 2 when one is not genuine, or no fee may be taken by it."`
}

type checkSlip struct {
	Codes []string `arg:"" optional:"" name:"code" help:"What a scanner reads off the sheet, beginning with ZK1:S:; lines of standard input when none is given, so that a scanner can type."`
}

// slipVerdict is a contract with scripts: keys, their order and their words stay.
// It has nothing of the person but what is on the slip.
type slipVerdict struct {
	Genuine     bool         `json:"genuine"`  // a box of this hub signed it
	Payable     bool         `json:"payable"`  // and the fee may be taken by it
	Bar         flow.SlipBar `json:"bar"`      // why not; "" unless genuine
	Standing    string       `json:"standing"` // of the record: "waits", "stands", "gone", "held" or "forked"; "" unless genuine
	Box         string       `json:"box"`
	Epoch       uint32       `json:"epoch"`
	Sequence    uint64       `json:"sequence"`
	Record      string       `json:"record"`
	Application string       `json:"application"`
	Campaign    string       `json:"campaign"`
	Version     uint32       `json:"version"`
	FeeFen      int64        `json:"fee_fen"`
	Sealed      string       `json:"sealed"` // by the box's clock, as 2019-09-06 10:31:05
	Point       string       `json:"point"`
	Says        string       `json:"says"` // what to do
}

// Run judges each.
func (c checkSlip) Run(h *hand) error {
	return h.judge(c.Codes, func(text string) (any, error) {
		v, err := h.slip(text)
		if err == nil && !v.Payable {
			err = errFound
		}
		return v, err
	})
}

func (h *hand) slip(text string) (v slipVerdict, err error) {
	var got hub.SlipAnswer
	err = h.either(func(ring *keys.Ring, d *db.DB) error {
		return h.inbox(ring, d, func(in *intake.Intake) (err error) {
			got, err = hub.JudgeSlip(h.ctx, in, text)
			return err
		})
	}, http.MethodPost, "/slip", map[string]string{"code": text}, &got)
	if err != nil {
		return v, faulty{err}
	}
	if got.Slip == nil {
		v.Says = h.say.text("slip-" + got.Refusal)
		return v, nil
	}
	s := *got.Slip
	v = slipVerdict{Genuine: true, Payable: s.Bar == "", Bar: s.Bar, Standing: standing(s.Facts), Box: s.Box, Epoch: s.Epoch, Sequence: s.Sequence, Record: s.Record,
		Application: s.Application, Campaign: s.Campaign, Version: s.Version, FeeFen: s.Fee, Sealed: when(s.At), Point: s.Point}
	if v.Payable {
		v.Says = h.say.text("slip-payable", s.Fee/100, s.Fee%100)
	} else {
		v.Says = h.say.text("slip-bar-" + string(s.Bar))
	}
	return v, nil
}

// standing is how the record of a slip stands here.
func standing(f flow.SlipFacts) string {
	switch {
	case f.Forked:
		return "forked"
	case f.Held:
		return "held"
	case f.Arrived && !f.State.Stands(), f.TakenBack:
		return "gone"
	case f.Arrived:
		return "stands"
	}
	return "waits"
}
