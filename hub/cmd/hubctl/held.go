package main

import (
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"

	"zhunkao/hub"
	"zhunkao/hub/db"
	"zhunkao/hub/intake"
	"zhunkao/hub/keys"
)

// aside is what was set aside (隔离待查). Taking or refusing it is for two persons,
// at the hub's pages.
type aside struct {
	List listHeld `cmd:"" help:"List what is held: why, and what to do next; hub running or not."`
	Ask  askHeld  `cmd:"" help:"Have a box asked for what is held without its contents (hub running)."`
}

type listHeld struct{}

// Run prints a line for each, and below it what to do.
func (listHeld) Run(h *hand) error {
	var got []hub.HeldLine
	err := h.either(func(ring *keys.Ring, d *db.DB) error {
		return h.inbox(ring, d, func(in *intake.Intake) (err error) {
			got, err = hub.Held(h.ctx, in)
			return err
		})
	}, http.MethodGet, "/held", nil, &got)
	if err != nil {
		return err
	}
	if len(got) == 0 {
		h.print("held-none")
		return nil
	}
	w := tabwriter.NewWriter(h.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, h.say.text("held-head"))
	for _, l := range got {
		fmt.Fprintf(w, "%s\t%s\t%d/%d\t%s\t%s\t%s\n", l.ID, plain(l.Box), l.Epoch, l.Sequence, when(l.At), plain(l.Reason), h.nextOf(l))
	}
	return w.Flush()
}

// nextOf says what to do about one.
func (h *hand) nextOf(l hub.HeldLine) string {
	m := l.Missing
	switch {
	case m != nil && m.Full:
		return h.say.text("held-next-full")
	case m != nil && m.Online:
		return h.say.text("held-next-online", l.ID)
	case m != nil && m.Ask:
		return h.say.text("held-next-away")
	case m != nil:
		return h.say.text("held-next-stick")
	case l.Chance == intake.ChanceNever:
		return h.say.text("held-next-never")
	case l.Chance == intake.ChanceAgain:
		return h.say.text("held-next-again")
	}
	return h.say.text("held-next-two")
}

type askHeld struct {
	ID string `arg:"" help:"Id of what is held, as listed."`
}

// Run has the box asked.
func (a askHeld) Run(h *hand) error {
	var did struct{}
	if err := h.hubd(http.MethodPost, "/held/"+url.PathEscape(a.ID)+"/again", nil, &did); err != nil {
		return err
	}
	h.print("held-asked")
	return nil
}
