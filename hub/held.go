package hub

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
)

// HeldLine is one envelope that is held, as hubctl lists it. It names nobody.
type HeldLine struct {
	ID       string
	Box      string
	Epoch    uint32
	Sequence uint64
	At       int64 // since when, ms since 1970
	Reason   string
	Chance   intake.Chance
	Bar      string
	Missing  *intake.Lacking
}

// SlipAnswer is what a slip is worth: Slip, or why it is none.
type SlipAnswer struct {
	Slip    *intake.Slip
	Refusal string // "none": no slip, or not whole; "forged": no box of this hub signed it
}

// aside adds to the operator's socket:
//
//	GET  /held → [HeldLine, …], the newest first, 500 at most
//	POST /held/{id}/again → {}: its box is asked for it
//	POST /slip {"code": TEXT} → SlipAnswer
func (h *Hub) aside(mux *http.ServeMux) {
	mux.HandleFunc("GET /held", h.answer(func(r *http.Request) (any, error) { return Held(r.Context(), h.intake) }))
	mux.HandleFunc("POST /held/{id}/again", h.answer(func(r *http.Request) (any, error) {
		return struct{}{}, h.intake.AskAgain(r.Context(), r.PathValue("id"), flow.Operator())
	}))
	mux.HandleFunc("POST /slip", h.answer(func(r *http.Request) (any, error) {
		var ask struct{ Code string }
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			return nil, errAsk
		}
		return JudgeSlip(r.Context(), h.intake, ask.Code)
	}))
}

// Held lists what is held, for the socket and for hubctl where no hub runs.
func Held(ctx context.Context, in *intake.Intake) ([]HeldLine, error) {
	all, err := in.Held(ctx)
	out := make([]HeldLine, 0, len(all))
	for _, o := range all {
		out = append(out, HeldLine{ID: o.Held.ID, Box: o.Held.Box, Epoch: o.Held.Epoch, Sequence: o.Held.Sequence, At: o.Held.At,
			Reason: o.Held.Reason, Chance: o.Chance, Bar: o.Bar, Missing: o.Missing})
	}
	return out, err
}

// JudgeSlip judges a slip, for the socket and for hubctl where no hub runs.
func JudgeSlip(ctx context.Context, in *intake.Intake, text string) (SlipAnswer, error) {
	slip, err := in.Slip(ctx, text)
	switch {
	case errors.Is(err, intake.ErrNoSlip):
		return SlipAnswer{Refusal: "none"}, nil
	case errors.Is(err, intake.ErrForged):
		return SlipAnswer{Refusal: "forged"}, nil
	case err != nil:
		return SlipAnswer{}, err
	}
	return SlipAnswer{Slip: &slip}, nil
}

// heldCode names a refusal about what is held, "" for anything else.
func heldCode(err error) string {
	switch {
	case errors.Is(err, confirmation.ErrNotFound):
		return "held-unknown"
	case errors.Is(err, confirmation.ErrSettled):
		return "held-settled"
	case errors.Is(err, intake.ErrNotAsked):
		return "held-not-asked"
	}
	return ""
}
