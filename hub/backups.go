package hub

import (
	"encoding/json"
	"net/http"

	"zhunkao/hub/backup"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
)

// listedBackups is how many backups the operator is shown.
const listedBackups = 20

// backups adds to the operator's socket:
//
//	POST /backup → backup.Backup, begun
//	POST /backup/done {"Number": N, "Read": BOOL} → {}
//	GET  /backup → [backup.Backup, …], the newest first
func (h *Hub) backups(mux *http.ServeMux) {
	mux.HandleFunc("POST /backup", h.answer(func(r *http.Request) (any, error) {
		var b backup.Backup
		err := h.db.Write(r.Context(), func(tx *db.Tx) (err error) {
			b, err = h.flow.BeginBackup(r.Context(), tx, flow.Operator())
			return err
		})
		return b, err
	}))
	mux.HandleFunc("POST /backup/done", h.answer(func(r *http.Request) (any, error) {
		var ask struct {
			Number uint64
			Read   bool
		}
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil || ask.Number == 0 {
			return nil, errAsk
		}
		return map[string]string{}, h.db.Write(r.Context(), func(tx *db.Tx) error {
			return h.flow.FinishBackup(r.Context(), tx, ask.Number, ask.Read, flow.Operator())
		})
	}))
	mux.HandleFunc("GET /backup", h.answer(func(r *http.Request) (any, error) {
		var all []backup.Backup
		err := h.db.Read(r.Context(), func(tx *db.Tx) (err error) {
			all, err = backup.List(r.Context(), tx, listedBackups)
			return err
		})
		return all, err
	}))
}
