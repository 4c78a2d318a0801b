package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"zhunkao/hub"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/hub/payment/daybook"
)

type days struct {
	Verify verifyDay `cmd:"" help:"Do a closed day again from the facts that it was closed with, compare it byte for byte, and hold every fact against ledger and files. Status 2 when anything differs. Hub running or not."`
}

type verifyDay struct {
	Day  string `arg:"" help:"The day, as 2019-09-06."`
	JSON bool   `name:"json" help:"Print one JSON object."`
}

// Run ends with status 2 when the day is not what it was closed as.
func (c verifyDay) Run(h *hand) error {
	day, ok := daybook.ParseDay(c.Day)
	if !ok {
		return refusal{"statement-day", nil}
	}
	var v daybook.Verified
	err := h.either(func(ring *keys.Ring, d *db.DB) error {
		return d.Read(h.ctx, func(tx *db.Tx) (err error) { v, err = offlineBooks(ring, d).Verify(h.ctx, tx, day); return err })
	}, http.MethodPost, "/day/verify", map[string]string{"Day": c.Day}, &v)
	if err == nil && v.Closing.Seal == "" || errors.Is(err, daybook.ErrNotFound) {
		return refusal{"day-open", []any{c.Day}}
	}
	if err != nil {
		return err
	}
	if c.JSON {
		if err := json.NewEncoder(h.out).Encode(v); err != nil {
			return err
		}
	} else {
		for _, p := range v.Problems {
			h.print("day-bad-"+p.What, plain(p.Channel), plain(p.Where))
		}
		if len(v.Problems) == 0 {
			h.print("day-good", c.Day, v.Facts, v.Files, v.Bytes, v.Closing.Seal)
		}
	}
	if len(v.Problems) > 0 {
		return errFound
	}
	return nil
}

func offlineBooks(ring *keys.Ring, d *db.DB) *daybook.Books {
	return &daybook.Books{DB: d, Keys: ring, Now: func() int64 { return time.Now().UnixMilli() }}
}

type importStatement struct {
	Channel  string `required:"" enum:"wechat,alipay,unionpay" help:"Whose file it is: wechat, alipay or unionpay."`
	File     string `arg:"" type:"path" help:"The file as the channel gave it."`
	Day      string `help:"The day that it must be of, as 2019-09-06."`
	Merchant string `help:"The merchant that it must be of; that of the files before, if left out."`
}

// Run takes a file into the hub, or refuses it whole; the same file again changes
// nothing. Status 2 when it is refused.
func (c importStatement) Run(h *hand) error {
	d := daybook.Delivery{Channel: c.Channel, Merchant: c.Merchant, Name: filepath.Base(c.File)}
	if c.Day != "" {
		var ok bool
		if d.Day, ok = daybook.ParseDay(c.Day); !ok {
			return refusal{"statement-day", nil}
		}
	}
	info, err := os.Stat(c.File)
	switch {
	case err != nil:
		return h.unreadable(c.File, err)
	case info.IsDir():
		return refusal{"statement-dir", nil}
	case info.Size() > daybook.MaxFile:
		return refusal{"statement-large", []any{daybook.MaxFile >> 20}}
	}
	if d.Bytes, err = os.ReadFile(c.File); err != nil {
		return h.unreadable(c.File, err)
	}
	var out daybook.Taken
	err = h.either(func(ring *keys.Ring, base *db.DB) (err error) {
		out, err = hub.BringStatement(h.ctx, offlineBooks(ring, base), &flow.Flow{Now: time.Now}, d)
		return err
	}, http.MethodPost, "/statement", d, &out)
	if err != nil {
		return err
	}
	if out.Summary != nil && len(out.Summary.Faults) > 0 {
		for _, f := range out.Summary.Faults {
			h.print("statement-fault", f.Line, plain([...]string{f.Zh, f.En}[h.say]))
		}
		h.print("statement-refused", len(out.Summary.Faults)+out.Summary.More)
		return errFound
	}
	f := out.File
	if out.Again {
		h.print("statement-again", f.Day.String())
		return nil
	}
	h.print("statement-taken", f.Day.String(), f.Lines, f.Fresh, f.Known, f.Changed)
	return nil
}
