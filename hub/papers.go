package hub

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"zhunkao/hub/db"
	"zhunkao/hub/exampapers"
	"zhunkao/hub/flow"
	"zhunkao/hub/printroom"
	"zhunkao/hub/ticket"
)

// paperMaker makes the papers of sites that counties ask for.
func (h *Hub) paperMaker() *exampapers.Maker {
	tickets := &ticket.Desk{Candidates: h.flow.Candidates, Keys: h.keys, Blob: h.blobs, Log: h.log}
	return &exampapers.Maker{DB: h.db, Keys: h.keys, Desk: &exampapers.Desk{Tickets: tickets, Demo: h.db.Demo()}, Fonts: h.fonts, Now: h.Now, Log: h.log}
}

// printRoom sends those that are ready to the offices' printers.
func (h *Hub) printRoom() *printroom.Room {
	return printroom.New(printroom.Options{DB: h.db, Keys: h.keys, Now: h.Now, Log: h.log, Ended: func(ctx context.Context, tx *db.Tx, p printroom.Print) error {
		return h.flow.EndPrint(ctx, tx, p, flow.Hub())
	}})
}

// printers adds to the operator's socket:
//
//	GET  /printers → [printroom.Printer, …]
//	POST /printers printroom.Printer → printroom.Printer
//	POST /printers/{id}/remove → printroom.Printer
func (h *Hub) printers(mux *http.ServeMux) {
	mux.HandleFunc("GET /printers", h.answer(func(r *http.Request) (any, error) {
		all := []printroom.Printer{}
		err := h.db.Read(r.Context(), func(tx *db.Tx) error {
			found, err := printroom.AllPrinters(r.Context(), tx)
			all = append(all[:0], found...)
			return err
		})
		return all, err
	}))
	mux.HandleFunc("POST /printers", h.answer(func(r *http.Request) (any, error) {
		var p printroom.Printer
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
			return nil, errAsk
		}
		err := h.db.Write(r.Context(), func(tx *db.Tx) (err error) {
			p, err = h.flow.AddPrinter(r.Context(), tx, p, flow.Operator())
			return err
		})
		return p, err
	}))
	mux.HandleFunc("POST /printers/{id}/remove", h.answer(func(r *http.Request) (any, error) {
		var p printroom.Printer
		err := h.db.Write(r.Context(), func(tx *db.Tx) (err error) {
			p, err = h.flow.RemovePrinter(r.Context(), tx, r.PathValue("id"), flow.Operator())
			return err
		})
		return p, err
	}))
}

// printerCode names a refusal about printers, "" for anything else.
func printerCode(err error) string {
	switch {
	case errors.Is(err, printroom.ErrPrinter):
		return "bad-printer"
	case errors.Is(err, printroom.ErrNotFound):
		return "no-printer"
	case errors.Is(err, printroom.ErrState):
		return "printer-used"
	}
	return ""
}
