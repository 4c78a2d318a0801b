package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"zhunkao/hub/backup"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/org"
	"zhunkao/hub/password"
	"zhunkao/hub/staff"
)

// province is the remit of whoever sits at the machine.
const province = "430000"

// office adds what concerns accounts and points to the operator's socket:
//
//	GET  /staff → [staff.Account, …]
//	POST /staff staff.NewAccount → staff.Account
//	POST /staff/reset staff.Reset → staff.Account
//	POST /staff/vouch staff.AtMachine → staff.Account
//	GET  /points → [org.Point, …]
//	POST /points org.Point → org.Point, open
//
// A refusal of these also has a code, for hubctl's catalogue.
func (h *Hub) office(mux *http.ServeMux) {
	mux.HandleFunc("GET /staff", h.answer(func(r *http.Request) (any, error) {
		as := []staff.Account{}
		err := h.db.Read(r.Context(), func(tx *db.Tx) error {
			found, err := staff.Accounts(r.Context(), tx, province)
			as = append(as[:0], found...)
			return err
		})
		return as, err
	}))
	mux.HandleFunc("POST /staff", h.answer(func(r *http.Request) (any, error) {
		var n staff.NewAccount
		if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
			return nil, errAsk
		}
		return h.staff.Create(r.Context(), n, flow.Operator().Author)
	}))
	mux.HandleFunc("POST /staff/reset", h.answer(func(r *http.Request) (any, error) {
		var ask staff.Reset
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			return nil, errAsk
		}
		return h.staff.Reset(r.Context(), ask, flow.Operator().Author)
	}))
	mux.HandleFunc("POST /staff/vouch", h.answer(func(r *http.Request) (any, error) {
		var ask staff.AtMachine
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			return nil, errAsk
		}
		return h.staff.VouchAtMachine(r.Context(), ask.Name, ask.Reason, flow.Operator().Author)
	}))
	mux.HandleFunc("GET /points", h.answer(func(r *http.Request) (any, error) {
		ps := []org.Point{}
		err := h.db.Read(r.Context(), func(tx *db.Tx) error {
			found, err := org.Points(r.Context(), tx, province)
			ps = append(ps[:0], found...)
			return err
		})
		return ps, err
	}))
	mux.HandleFunc("POST /points", h.answer(func(r *http.Request) (any, error) {
		var p org.Point
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
			return nil, errAsk
		}
		p.Open = true
		err := h.db.Write(r.Context(), func(tx *db.Tx) error { return h.flow.CreatePoint(r.Context(), tx, p, flow.Operator()) })
		if errors.Is(err, org.ErrNotFound) { // its county
			err = fmt.Errorf("%w: %w", org.ErrPoint, err)
		}
		return p, err
	}))
}

// officeCode names a refusal about accounts, points and campaigns, "" for
// anything else.
func officeCode(err error) string {
	var refused password.Error
	switch {
	case errors.As(err, &refused):
		return refused.Code
	case errors.Is(err, staff.ErrTaken):
		return "name-taken"
	case errors.Is(err, staff.ErrAccount):
		return "bad-account"
	case errors.Is(err, staff.ErrNotFound):
		return "no-account"
	case errors.Is(err, org.ErrTaken):
		return "point-taken"
	case errors.Is(err, org.ErrPoint):
		return "bad-point"
	case errors.Is(err, backup.ErrNone):
		return "backup-not-open"
	case errors.Is(err, intake.ErrNoRetirement):
		return "no-retirement"
	case errors.Is(err, intake.ErrMissing):
		return "retire-missing"
	}
	if code := cardCode(err); code != "" {
		return code
	}
	if code := printerCode(err); code != "" {
		return code
	}
	if code := heldCode(err); code != "" {
		return code
	}
	if code := progressCode(err); code != "" {
		return code
	}
	return flow.CampaignRefusal(err)
}
