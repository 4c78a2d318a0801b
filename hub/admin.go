package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
)

// The operator's socket: HTTP over a unix socket in the data directory, which
// only the user of the hub may open. hubctl speaks it while hubd runs.
//
//	POST /ticket {"point": CODE, "box": ID or ""} → {"ticket": TEXT, "point": CODE, "expires": MS}
//	GET  /boxes → [fleet.Box, …]
//	POST /boxes/{id}/freeze | release | revoke {"reason": TEXT} → fleet.Box
//	GET  /journal/verify → journal.Report
//	GET  /fsck → intake.Report
//	POST /candidates/reindex → candidate.Indexing
//	GET  /counts → intake.Counts
//	POST /retire RETIREMENT → {"box": ID}
//	GET  /storage → [storage.State, …], as they are now
//
// A refusal is {"error": TEXT} with a status of 400 or 404; a fault has 500.
func (h *Hub) openAdmin(ctx context.Context) error {
	path := h.dir.Socket()
	// The lock is held, so a socket that is there belongs to nobody any more.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("hub: operator's socket: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("hub: operator's socket (is the path %s too long?): %w", path, err)
	}
	h.then(func() error { return gone(l.Close()) })
	if err := os.Chmod(path, 0o600); err != nil {
		return fmt.Errorf("hub: operator's socket: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /ticket", h.answer(h.issue))
	mux.HandleFunc("GET /boxes", h.answer(func(*http.Request) (any, error) { return h.fleet.Snapshot(), nil }))
	mux.HandleFunc("POST /boxes/{id}/freeze", h.answer(h.change(h.flow.Freeze)))
	mux.HandleFunc("POST /boxes/{id}/release", h.answer(h.change(h.flow.Release)))
	mux.HandleFunc("POST /boxes/{id}/revoke", h.answer(h.change(h.flow.Revoke)))
	mux.HandleFunc("GET /journal/verify", h.answer(func(r *http.Request) (any, error) {
		return journal.Verify(r.Context(), h.db, h.dir.Checkpoints(), h.keys)
	}))
	mux.HandleFunc("GET /fsck", h.answer(func(r *http.Request) (any, error) { return intake.Fsck(r.Context(), h.db, h.blobs) }))
	mux.HandleFunc("POST /candidates/reindex", h.answer(func(r *http.Request) (any, error) { return h.flow.Candidates.ReindexAll(r.Context(), h.db) }))
	mux.HandleFunc("GET /counts", h.answer(func(*http.Request) (any, error) { return h.intake.Counts(), nil }))
	mux.HandleFunc("GET /storage", h.answer(func(r *http.Request) (any, error) {
		h.storage.Look(r.Context())
		return h.storage.States(), nil
	}))
	mux.HandleFunc("POST /retire", h.answerTo(intake.MaxRetirement, h.retire))
	h.progressDoors(mux)
	h.office(mux)
	h.cards(mux)
	h.printers(mux)
	h.campaigns(mux)
	h.sticks(mux)
	h.backups(mux)
	h.days(mux)
	h.aside(mux)
	h.admin = &door{name: "operator", l: l, server: server(mux, h.log, 0)} // a check may take long
	return nil
}

// answer writes what f gives as JSON.
func (h *Hub) answer(f func(*http.Request) (any, error)) http.HandlerFunc {
	return h.answerTo(16<<10, f)
}

// answerTo is answer for requests of up to so many bytes.
func (h *Hub) answerTo(most int64, f func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, most)
		v, err := f(r)
		status := http.StatusOK
		if err != nil {
			status, v = refusal(err), map[string]string{"error": err.Error(), "code": officeCode(err)}
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(v); err != nil {
			h.log.Debug("operator went away", "worker", "admin", "error", err.Error())
		}
	}
}

func refusal(err error) int {
	switch {
	case errors.Is(err, fleet.ErrNotFound), errors.Is(err, org.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, fleet.ErrState), errors.Is(err, flow.ErrReason), errors.Is(err, errAsk), officeCode(err) != "":
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

var errAsk = errors.New("hub: not a request the operator's socket knows")

func (h *Hub) issue(r *http.Request) (any, error) {
	var ask struct{ Point, Box string }
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil || ask.Point == "" && ask.Box == "" {
		return nil, errAsk
	}
	var code string
	var t fleet.Ticket
	err := h.db.Write(r.Context(), func(tx *db.Tx) (err error) {
		code, t, err = h.flow.IssueTicket(r.Context(), tx, ask.Point, ask.Box, flow.Operator())
		return err
	})
	if err != nil {
		return nil, err
	}
	address := or(h.config.AdvertiseDoor, h.boxes.address())
	return map[string]any{"ticket": intake.Ticket(address, h.keys, code), "point": t.Point, "box": t.Box, "expires": t.Expires}, nil
}

// retire takes the last word of a box.
func (h *Hub) retire(r *http.Request) (any, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, errAsk
	}
	box, err := h.intake.Retire(r.Context(), raw, flow.Operator())
	if err != nil {
		return nil, err
	}
	return map[string]string{"box": box}, nil
}

func (h *Hub) change(step func(context.Context, *db.Tx, string, string, flow.By) error) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var ask struct{ Reason string }
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			return nil, errAsk
		}
		id := r.PathValue("id")
		err := h.db.Write(r.Context(), func(tx *db.Tx) error { return step(r.Context(), tx, id, ask.Reason, flow.Operator()) })
		if err != nil {
			return nil, err
		}
		b, _ := h.fleet.Box(id)
		return b, nil
	}
}
