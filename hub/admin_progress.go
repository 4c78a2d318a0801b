package hub

import (
	"encoding/json"
	"errors"
	"net/http"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/progress"
)

// maxPast bounds an earlier year's table as JSON.
const maxPast = 4 << 20

// progressDoors are what hubctl asks of the counters.
//
//	POST /progress/rebuild → progress.Rebuilt
//	POST /progress/import {"past": progress.Past, "replace": BOOL} → {"rows": N}
func (h *Hub) progressDoors(mux *http.ServeMux) {
	mux.HandleFunc("POST /progress/rebuild", h.answer(func(r *http.Request) (any, error) { return progress.Rebuild(r.Context(), h.db) }))
	mux.HandleFunc("POST /progress/import", h.answerTo(maxPast, func(r *http.Request) (any, error) {
		var ask struct {
			Past    progress.Past
			Replace bool
		}
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil || ask.Past.Kind == "" || len(ask.Past.Rows) == 0 {
			return nil, errAsk
		}
		err := h.db.Write(r.Context(), func(tx *db.Tx) error {
			return h.flow.KeepPast(r.Context(), tx, ask.Past, ask.Replace, flow.Operator())
		})
		return map[string]int{"rows": len(ask.Past.Rows)}, err
	}))
}

// progressCode is hubctl's word for a refusal of the counters, "" for none.
func progressCode(err error) string {
	if errors.Is(err, progress.ErrTaken) {
		return "past-taken"
	}
	return ""
}
