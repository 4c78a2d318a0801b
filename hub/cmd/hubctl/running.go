package main

import (
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"
	"time"

	"zhunkao/hub/fleet"
)

type ticket struct {
	Point string `required:"" help:"Code of the point where the box will stand."`
	Box   string `help:"Id of a box that is enrolled anew; a fresh one when left out."`
}

// Run prints the ticket, a secret until it is used, on a line of its own.
func (t ticket) Run(h *hand) error {
	var got struct {
		Ticket, Point string
		Expires       int64
	}
	if err := h.hubd(http.MethodPost, "/ticket", map[string]string{"point": t.Point, "box": t.Box}, &got); err != nil {
		return err
	}
	h.print("ticket", got.Point, when(got.Expires))
	fmt.Fprintln(h.out, got.Ticket)
	return nil
}

type boxes struct {
	List    listBoxes `cmd:"" help:"List all boxes."`
	Freeze  freeze    `cmd:"" help:"Freeze a box: it drains what it holds and serves nobody."`
	Release release   `cmd:"" help:"Let a frozen box work again."`
	Revoke  revoke    `cmd:"" help:"Shut a box out for good. Asks twice."`
}

type listBoxes struct{}

// Run prints a line for each box.
func (listBoxes) Run(h *hand) error {
	var got []fleet.Box
	if err := h.hubd(http.MethodGet, "/boxes", nil, &got); err != nil {
		return err
	}
	w := tabwriter.NewWriter(h.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, h.say.text("box-head"))
	for _, b := range got {
		fmt.Fprintf(w, "%s\t%s-%d\t%s\t%d\t%d\t%s\n", b.ID, b.Point, b.Unit, b.State, b.Epoch, b.Live.Waiting, when(b.Live.Seen))
	}
	return w.Flush()
}

type oneBox struct {
	ID     string `arg:"" help:"Id of the box."`
	Reason string `required:"" help:"Why; it stands in the journal."`
}

func (o oneBox) change(h *hand, step string) error {
	if err := known("--reason", o.Reason); err != nil {
		return err
	}
	var b fleet.Box
	err := h.hubd(http.MethodPost, "/boxes/"+url.PathEscape(o.ID)+"/"+step, map[string]string{"reason": o.Reason}, &b)
	if err != nil {
		return err
	}
	h.print("box-now", b.ID, b.State)
	return nil
}

type freeze struct{ oneBox }

// Run freezes a box.
func (f freeze) Run(h *hand) error { return f.change(h, "freeze") }

type release struct{ oneBox }

// Run lets a frozen box work again.
func (r release) Run(h *hand) error { return r.change(h, "release") }

type revoke struct {
	oneBox
	Yes bool `help:"Do not ask again."`
}

// Run shuts a box out for good, after the person typed its id once more.
func (r revoke) Run(h *hand) error {
	if !r.Yes {
		again, err := h.ask("ask-revoke", "")
		if err != nil {
			return err
		}
		if again != r.ID {
			return refusal{"not-revoked", nil}
		}
	}
	return r.change(h, "revoke")
}

// when shows an instant in local time, "-" for none.
func when(ms int64) string {
	if ms == 0 {
		return "-"
	}
	return time.UnixMilli(ms).Local().Format("2006-01-02 15:04:05")
}
