package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"zhunkao/hub/campaign"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// windows is the group `hubctl window`: the calendar of a campaign, and how the
// province moves it at short notice (demand A26). Each act writes the next
// version of the campaign, to be drafted, rehearsed and signed like any other.
type windows struct {
	List     listWindows     `cmd:"" help:"List the windows of a campaign."`
	Extend   extendWindow    `cmd:"" help:"Move the end of windows."`
	Postpone postponeWindow  `cmd:"" help:"Move windows that have not opened, start and end."`
	Withdraw withdrawWindow  `cmd:"" help:"Take back windows that have not opened."`
	Suspend  suspendWindow   `cmd:"" help:"Stop windows for a time, or until they are resumed."`
	Resume   resumeWindow    `cmd:"" help:"End a pause."`
	Slots    slotsFromWindow `cmd:"" help:"Cut a window into slots: half days or days, dealt to groups by the last digit of the document number."`
}

// moment is a time of the campaign at UTC+8, as campaign.ParseMoment reads it.
type moment struct{ time.Time }

// UnmarshalText reads a moment.
func (m *moment) UnmarshalText(text []byte) (err error) {
	if m.Time, err = campaign.ParseMoment(string(text)); err != nil {
		return fmt.Errorf("%.30q is no time: write 2019-09-11, 2019-09-11T18:00 or 2019-09-11T24:00", text)
	}
	return nil
}

// revising is what every act upon windows needs.
type revising struct {
	Campaign string   `required:"" help:"Name of a campaign that ships, or the bundle in force."`
	Out      string   `required:"" type:"path" help:"File of the new bundle; it must not be there yet."`
	Why      string   `required:"" help:"The office's reason; it stands in the version."`
	Now      moment   `help:"The moment of the decision, for a campaign of another time; now when left out."`
	Window   []string `arg:"" help:"Ids of windows, or patterns such as 'confirm-*-all'."`
}

// revise writes the version in which the windows are revised by how.
func (r revising) revise(h *hand, how campaign.Revision) error {
	old, err := h.bundle(r.Campaign)
	if err != nil {
		return err
	}
	how.Windows, how.Why, how.Now = r.Window, r.Why, r.Now.Time
	if how.Now.IsZero() {
		how.Now = time.Now()
	}
	next, err := campaign.Revise(old, how)
	var refused campaign.WindowRefusedError
	switch {
	case errors.As(err, &refused):
		h.print("window-refused", plain(refused.Window), [...]string{refused.Zh, refused.En}[h.say])
		return errFound
	case errors.Is(err, campaign.ErrNoWindow):
		return refusal{"no-window", []any{plain(strings.Join(r.Window, " "))}}
	case errors.Is(err, campaign.ErrGroups):
		return refusal{"window-groups", nil}
	case err != nil:
		return err
	}
	return h.writeVersion(old, next, r.Out)
}

type listWindows struct {
	Campaign string `arg:"" help:"Name of a campaign that ships, or a bundle."`
}

// Run prints a window a line.
func (c listWindows) Run(h *hand) error {
	b, err := h.bundle(c.Campaign)
	if err != nil {
		return err
	}
	all := campaign.Calendar(b)
	slices.SortStableFunc(all, func(x, y window.Window) int { return cmp.Or(x.From.Compare(y.From), x.To.Compare(y.To)) })
	t := tabwriter.NewWriter(h.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, h.say.text("window-head"))
	for _, w := range all {
		state := ""
		switch {
		case w.Withdrawn:
			state = h.say.text("window-withdrawn")
		case len(w.Pauses) > 0:
			state = h.say.text("window-pauses", len(w.Pauses))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\n", plain(w.ID), plain(string(w.Step)), stamp(w.From), stamp(w.To), w.Revision, state)
	}
	return t.Flush()
}

func stamp(t time.Time) string { return t.In(window.Zone()).Format("2006-01-02T15:04") }

type extendWindow struct {
	revising
	To moment `required:"" help:"The new end."`
}

// Run writes the version with the later end.
func (c extendWindow) Run(h *hand) error {
	return c.revise(h, campaign.Revision{Act: campaign.ExtendWindow, To: c.To.Time})
}

type postponeWindow struct {
	revising
	From moment `required:"" help:"The new start."`
	To   moment `required:"" help:"The new end."`
}

// Run writes the version with the window moved.
func (c postponeWindow) Run(h *hand) error {
	return c.revise(h, campaign.Revision{Act: campaign.PostponeWindow, From: c.From.Time, To: c.To.Time})
}

type withdrawWindow struct{ revising }

// Run writes the version without the window.
func (c withdrawWindow) Run(h *hand) error {
	return c.revise(h, campaign.Revision{Act: campaign.WithdrawWindow})
}

type suspendWindow struct {
	revising
	From moment `required:"" help:"When it stops."`
	To   moment `help:"When it goes on; until it is resumed when left out."`
}

// Run writes the version with the pause.
func (c suspendWindow) Run(h *hand) error {
	return c.revise(h, campaign.Revision{Act: campaign.SuspendWindow, From: c.From.Time, To: c.To.Time})
}

type resumeWindow struct {
	revising
	At moment `required:"" help:"When it goes on."`
}

// Run writes the version in which the pause ends.
func (c resumeWindow) Run(h *hand) error {
	return c.revise(h, campaign.Revision{Act: campaign.ResumeWindow, To: c.At.Time})
}

type slotsFromWindow struct {
	revising
	From   moment `required:"" help:"Start of the first slot."`
	To     moment `required:"" help:"End of the last slot."`
	By     string `enum:"half-day,day" default:"half-day" help:"How long a slot is: half-day or day."`
	Groups int    `default:"2" help:"How many groups the people are dealt into by last digit, 1 to 10."`
}

// Run writes the version with the slots.
func (c slotsFromWindow) Run(h *hand) error {
	return c.revise(h, campaign.Revision{Act: campaign.SlotsOfWindow, From: c.From.Time, To: c.To.Time, Days: c.By == "day", Groups: c.Groups})
}

// writeVersion writes a version that comes after old and says in words what it
// does. One that does not stand is refused with the places, and nothing written.
func (h *hand) writeVersion(old, next rules.Campaign, out string) error {
	if problems := next.Validate(); len(problems) > 0 {
		for _, p := range problems {
			fmt.Fprintf(h.out, "%s\t%s\n", plain(p.Place), plain([...]string{p.Zh, p.En}[h.say]))
		}
		return refusal{"bundle-problems", []any{len(problems)}}
	}
	raw, err := rules.Encode(next)
	if err != nil {
		return err
	}
	if err := writeNew(out, raw); errors.Is(err, fs.ErrExist) {
		return refusal{"file-there", []any{out}}
	} else if err != nil {
		return err
	}
	for _, change := range rules.Diff(old, next) {
		fmt.Fprintln(h.out, plain([...]string{change.Zh, change.En}[h.say]))
	}
	h.print("catalogue-written", out, next.ID, next.Version, out)
	return nil
}
