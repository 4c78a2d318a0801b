package hub

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
)

// StickLine is one line of the answer to a stick: what became of a record, or at
// the end of all of them, or why it ended before.
type StickLine struct {
	Record *intake.Carried `json:",omitempty"`
	Sheet  *intake.Sheet   `json:",omitempty"`
	Error  string          `json:",omitempty"`
	Code   string          `json:",omitempty"`
}

// sticks adds to the operator's socket:
//
//	POST /stick FILE → StickLine, one a line, as they come
//
// The file is read as it comes, and its size bounded by what a stick can hold.
func (h *Hub) sticks(mux *http.ServeMux) {
	mux.HandleFunc("POST /stick", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		// The next line is read while the answer is written; how long it takes is the
		// stick's size.
		c := http.NewResponseController(w)
		if err := errors.Join(c.EnableFullDuplex(), c.SetReadDeadline(time.Time{})); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		out := json.NewEncoder(w)
		sheet, err := h.intake.Bring(r.Context(), http.MaxBytesReader(w, r.Body, intake.MaxStick), flow.Operator(), func(x intake.Carried) error {
			return errors.Join(out.Encode(StickLine{Record: &x}), c.Flush())
		})
		line := StickLine{Sheet: &sheet}
		if err != nil {
			line = StickLine{Error: err.Error(), Code: stickCode(err)}
		}
		if err := out.Encode(line); err != nil {
			h.log.Debug("operator went away", "worker", "admin", "error", err.Error())
		}
	})
}

// stickCode names a refusal about sticks, "" for anything else.
func stickCode(err error) string {
	if errors.Is(err, intake.ErrNoStick) {
		return "no-stick"
	}
	return ""
}
