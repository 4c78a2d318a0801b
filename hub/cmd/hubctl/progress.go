package main

import (
	"errors"
	"net/http"
	"os"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/hub/progress"
)

type counters struct {
	Import importPast `cmd:"" help:"Store an earlier year's table (CSV: day, division, registered, confirmed; what was new on each day), against which this year's curve is drawn."`
	Build  recount    `cmd:"" name:"rebuild" help:"Count the whole journal anew and put right what stood otherwise; hub running or not."`
}

type importPast struct {
	File    string `arg:"" help:"CSV in UTF-8 with a header in Chinese or English."`
	Kind    string `default:"adult" help:"Kind of campaign the year belongs to: adult or gaokao." enum:"adult,gaokao"`
	Replace bool   `help:"Put it in the place of what is stored of that year."`
}

// Run reads the file whole, and stores it only when every row is good.
func (i importPast) Run(h *hand) error {
	f, err := os.Open(i.File)
	if err != nil {
		return refusal{"bad-file", []any{i.File}}
	}
	past, err := progress.ReadPast(f, i.Kind)
	if e := f.Close(); err == nil {
		err = e
	}
	var faults progress.PastError
	if errors.As(err, &faults) {
		h.print("past-refused", len(faults))
		for _, x := range faults {
			cell := ""
			if x.Cell != "" {
				cell = " “" + x.Cell + "”"
			}
			h.print("past-fault", x.Row, h.say.text("past-"+x.Reason), cell)
		}
		return errFound
	}
	if err != nil {
		return err
	}
	ask := map[string]any{"past": past, "replace": i.Replace}
	var stored struct{ Rows int }
	err = h.either(func(_ *keys.Ring, d *db.DB) error {
		return d.Write(h.ctx, func(tx *db.Tx) error {
			f := flow.Flow{Now: time.Now}
			return f.KeepPast(h.ctx, tx, past, i.Replace, flow.Operator())
		})
	}, http.MethodPost, "/progress/import", ask, &stored)
	if errors.Is(err, progress.ErrTaken) {
		return refusal{"past-taken", nil}
	}
	if err != nil {
		return err
	}
	h.print("past-kept", past.Year, len(past.Rows))
	return nil
}

type recount struct{}

// Run asks the hub when it runs, and else counts itself; what differed is said,
// and is a finding.
func (recount) Run(h *hand) error {
	var did progress.Rebuilt
	err := h.either(func(_ *keys.Ring, d *db.DB) (err error) {
		did, err = progress.Rebuild(h.ctx, d)
		return err
	}, http.MethodPost, "/progress/rebuild", nil, &did)
	if err != nil {
		return err
	}
	h.print("progress-rebuilt", did.Entries, did.Rows, did.Differ)
	if did.Differ > 0 {
		return errFound
	}
	return nil
}
