package hub

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	rules "zhunkao/protocol/campaign"
)

// campaigns adds what puts a campaign version in force to the operator's socket:
//
//	GET  /campaign → campaign.Overview
//	POST /campaign/draft {"bundle": BASE64} → campaign.Underway, without a rehearsal
//	POST /campaign/rehearse {"draft": NAME} → lines of JSON: {"done": N, "of": N} now and then,
//	     and at the end {"rehearsal": campaign.Rehearsal} or {"error": TEXT, "code": CODE};
//	     who hangs up stops it
//	POST /campaign/sign {"draft", "account", "password", "code", "reason"} → flow.Signed
//	POST /campaign/effects campaign.EffectsAsked → campaign.EffectsPage
//
// A refusal also has a code, for hubctl's catalogue: flow.CampaignRefusal.
func (h *Hub) campaigns(mux *http.ServeMux) {
	mux.HandleFunc("GET /campaign", h.answer(func(r *http.Request) (o any, err error) {
		err = h.db.Read(r.Context(), func(tx *db.Tx) error { o, err = campaign.Look(r.Context(), tx); return err })
		return o, err
	}))
	mux.HandleFunc("POST /campaign/draft", h.answerTo(2*rules.MaxBundle, func(r *http.Request) (any, error) {
		var ask struct{ Bundle []byte }
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			return nil, errAsk
		}
		var d campaign.Draft
		err := h.db.Write(r.Context(), func(tx *db.Tx) (err error) {
			d, err = h.flow.Draft(r.Context(), tx, ask.Bundle, flow.Operator())
			return err
		})
		return campaign.Underway{Draft: d.Name(), Campaign: d.Campaign, Version: d.Version, By: d.DraftedBy, At: d.DraftedAt}, err
	}))
	mux.HandleFunc("POST /campaign/rehearse", h.rehearse)
	mux.HandleFunc("POST /campaign/sign", h.answer(func(r *http.Request) (any, error) {
		var ask struct{ Draft, Account, Password, Code, Reason string }
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			return nil, errAsk
		}
		return h.flow.SignAt(r.Context(), h.db, h.staff, ask.Draft, ask.Account, ask.Password, ask.Code, ask.Reason)
	}))
	mux.HandleFunc("POST /campaign/effects", h.answer(func(r *http.Request) (p any, err error) {
		var ask campaign.EffectsAsked
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			return nil, errAsk
		}
		err = h.db.Read(r.Context(), func(tx *db.Tx) error { p, err = campaign.Page(r.Context(), tx, ask); return err })
		return p, err
	}))
}

// rehearse says how far it is while it works, so that whoever waits sees it.
func (h *Hub) rehearse(w http.ResponseWriter, r *http.Request) {
	var ask struct{ Draft string }
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
		http.Error(w, errAsk.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	out, flush := json.NewEncoder(w), http.NewResponseController(w)
	say := func(v any) {
		// Who went away is noticed by the request's context.
		if err := errors.Join(out.Encode(v), flush.Flush()); err != nil {
			h.log.Debug("operator went away", "worker", "admin", "error", err.Error())
		}
	}
	done, err := h.rehearseDraft(r.Context(), ask.Draft, func(done, of int64) { say(map[string]int64{"done": done, "of": of}) })
	if err != nil {
		say(map[string]string{"error": err.Error(), "code": flow.CampaignRefusal(err)})
		return
	}
	say(map[string]any{"rehearsal": done})
}

func (h *Hub) rehearseDraft(ctx context.Context, name string, progress func(done, of int64)) (campaign.Rehearsal, error) {
	var d campaign.Draft
	err := h.db.Read(ctx, func(tx *db.Tx) (err error) {
		d, err = campaign.FindDraft(ctx, tx, name)
		return err
	})
	if err != nil {
		return campaign.Rehearsal{}, err
	}
	return h.flow.Rehearse(ctx, h.db, d.Digest, seldom(progress), flow.Operator())
}

// seldom lets through what is said at most five times a second, and the end.
func seldom(f func(done, of int64)) func(done, of int64) {
	var last time.Time
	return func(done, of int64) {
		if done == of || time.Since(last) >= time.Second/5 {
			last = time.Now()
			f(done, of)
		}
	}
}
