package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/web/console"
)

// remitBox: :id is a box.
const remitBox rule = "box"

// boxPart is the boxes, and the acts on them.
func (s *server) boxPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/boxes", who: everyone(), remit: remitList, right: "boxes", do: s.boxes},
		{method: get, path: "/gl/boxes/:id", who: everyone(), remit: remitBox, do: s.box},
		{method: post, path: "/gl/boxes/:id/freeze", who: officers(), remit: remitBox, right: "freeze", do: s.freeze},
		{method: post, path: "/gl/boxes/:id/release", who: province(), remit: remitBox, right: "release", do: s.release},
		{method: post, path: "/gl/boxes/:id/revoke", who: province(), remit: remitBox, right: "revoke", do: s.revoke},
	}, finders: map[rule]finder{remitBox: s.findBox}}
}

func (s *server) findBox(ctx context.Context, tx *db.Tx, v *visit, id string) (at where, err error) {
	var known bool
	if v.box, known = s.Flow.Fleet.Box(id); !known {
		v.box, err = fleet.Get(ctx, tx, id)
	}
	if errors.Is(err, fleet.ErrNotFound) {
		return at, errNoSubject
	} else if err != nil {
		return at, err
	}
	v.place, err = org.GetPoint(ctx, tx, v.box.Point)
	return where{v.place.Division, v.place.Code}, err
}

// pageBoxes is how many boxes a page of the list shows.
const pageBoxes = 100

// unwell counts the boxes a person should look at.
func unwell(boxes []console.Box) int {
	n := 0
	for _, b := range boxes {
		if b.State.Class != "done" {
			n++
		}
	}
	return n
}

func (s *server) boxes(c *gin.Context, v *visit) {
	var view console.Boxes
	err := s.DB.Read(c.Request.Context(), func(tx *db.Tx) (err error) {
		view.Rows, err = s.boxRows(c.Request.Context(), tx, v)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if s.exportAs(c) != "" {
		s.exportBoxes(c, v, view.Rows)
		return
	}
	view.Rows = inUseFirst(view.Rows)
	all := len(view.Rows)
	view.Total = slices.IndexFunc(view.Rows, revoked)
	if view.Total < 0 {
		view.Total = all
	}
	view.Unwell, view.Revoked = unwell(view.Rows[:view.Total]), all-view.Total
	n := pageNumber(c)
	from := min((n-1)*pageBoxes, len(view.Rows))
	if n > 1 {
		view.Pages.First = link(c, "", 0)
	}
	if len(view.Rows) > from+pageBoxes {
		view.Pages.Next = link(c, "", n+1)
	}
	view.Pages.Number, view.Pages.Of = n, max(n, (all+pageBoxes-1)/pageBoxes)
	view.Rows = view.Rows[from:min(from+pageBoxes, len(view.Rows))]
	s.show(c, v, http.StatusOK, "boxes", "boxes", view)
}

// revoked are the boxes that serve nobody any more, retired or lost.
func revoked(b console.Box) bool { return b.Standing == string(fleet.Revoked) }

// inUseFirst puts those last that are revoked; the order within is kept.
func inUseFirst(boxes []console.Box) []console.Box {
	rank := map[bool]int{true: 1}
	slices.SortStableFunc(boxes, func(a, b console.Box) int { return rank[revoked(a)] - rank[revoked(b)] })
	return boxes
}

// boxRows lists the boxes of the remit by point and unit, as they are now.
func (s *server) boxRows(ctx context.Context, tx *db.Tx, v *visit) ([]console.Box, error) {
	points, err := org.Points(ctx, tx, v.remit().division)
	if err != nil {
		return nil, err
	}
	mine := map[string]org.Point{}
	for _, p := range points {
		if v.remit().covers(p.Division, p.Code) {
			mine[p.Code] = p
		}
	}
	newest, err := s.newest(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []console.Box
	for _, b := range s.Flow.Fleet.Snapshot() {
		p, ok := mine[b.Point]
		if !ok {
			continue
		}
		row, err := s.boxView(ctx, tx, v.lang, b, p, newest)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// worstFirst puts what a person should look at on top; the order within is kept.
func worstFirst(boxes []console.Box) []console.Box {
	rank := map[string]int{"must": 0, "wait": 1, "open": 2, "done": 3}
	out := slices.Clone(boxes)
	slices.SortStableFunc(out, func(a, b console.Box) int { return rank[a.State.Class] - rank[b.State.Class] })
	return out
}

func (s *server) boxView(ctx context.Context, tx *db.Tx, l console.Lang, b fleet.Box, p org.Point, newest fleet.Marks) (console.Box, error) {
	out := console.Box{ID: b.ID, Unit: int(b.Unit), Point: p.Code, PointName: p.Name, State: boxState(b), Standing: string(b.State),
		Seen: s.seen(b), Waiting: b.Live.Waiting, Oldest: ms(b.Live.Oldest), Epoch: b.Epoch, Head: b.Head, Receipted: b.Held,
		KeyStore: b.KeyStore, Software: b.Live.Software, Screen: screen(b.Live.Screen), FreeDisk: b.Live.FreeDisk,
		Ended: b.Live.Ended, Kept: b.Live.Kept, Backup: b.Live.Backup, Uptime: time.Duration(b.Live.Uptime) * time.Second, Enrolled: ms(b.EnrolledAt), StateReason: stateReason(b),
		Campaign: console.Mark{Is: uint64(b.Marks.Campaign), Newest: uint64(newest.Campaign)},
		// A box reads the journal past the last entry that concerns its roster;
		// the newest is then what it has read to, not less.
		Roster: console.Mark{Is: b.Marks.Roster, Newest: max(newest.Roster, b.Marks.Roster)}}
	for _, d := range b.Live.Devices {
		out.Devices = append(out.Devices, s.device(l, d))
	}
	if b.Live.Stick != nil {
		out.Stick = &console.BoxStick{In: b.StickIn(), Records: b.Live.Stick.Records, Bytes: b.Live.Stick.Bytes, Behind: b.Live.Stick.Behind}
	}
	if b.Live.Blocked != "" && b.State == fleet.Active {
		if out.Stop, out.StopSince = "stop."+b.Live.Blocked, ms(b.Live.BlockedSince); !s.pages.Has(out.Stop) {
			out.Stop = "stop.other"
		}
	}
	if b.Live.Silent && b.State == fleet.Active && s.Flow.Now().Sub(ms(b.Live.Seen)) >= fleet.OfflineWarn {
		out.StopsAt = ms(b.StopsAt())
	}
	var err error
	if b.Head > b.Held {
		out.Gaps, err = s.gaps(ctx, tx, b)
	}
	return out, err
}

// seen is when a box last spoke, on the clock of the page. How long ago goes by
// real time: a civil clock that was moved made a box that spoke a second ago one
// of yesterday, and in order all the same.
func (s *server) seen(b fleet.Box) time.Time {
	if b.Live.Heard.IsZero() {
		return ms(b.Live.Seen)
	}
	return s.Flow.Now().Add(-time.Since(b.Live.Heard))
}

// newest is how far boxes should have come: the campaign's version, and the
// chain number of the last entry that changes what a box must know.
func (s *server) newest(ctx context.Context, tx *db.Tx) (fleet.Marks, error) {
	var out fleet.Marks
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if err != nil && !missing(err) {
		return out, err
	}
	out.Campaign = camp.Version
	out.Roster, err = journal.NewestOf(ctx, tx, journal.ApplicationRegistered, journal.ApplicationEdited, journal.ApplicationMoved,
		journal.ConfirmationReceived, journal.ConfirmationVoided)
	return out, err
}

func (s *server) gaps(ctx context.Context, tx *db.Tx, b fleet.Box) ([]console.Gap, error) {
	gaps, err := fleet.Lacking(ctx, tx, b)
	var out []console.Gap
	for _, g := range gaps {
		out = append(out, console.Gap{From: g.From, To: g.To})
	}
	return out, err
}

// boxState is how a box is as a whole; the gravest first. A person who has
// called for help waits in front of it, so that goes before its devices.
func boxState(b fleet.Box) console.State {
	called := slices.ContainsFunc(b.Live.Devices, func(d fleet.Device) bool { return d.Name == deviceHelp && d.State != deviceReady })
	broken := slices.ContainsFunc(b.Live.Devices, func(d fleet.Device) bool {
		return d.Name != deviceHelp && d.Name != deviceStorage && d.Name != fleet.DeviceStick && d.State != deviceReady
	})
	stick := slices.ContainsFunc(b.Live.Devices, func(d fleet.Device) bool { return d.Name == fleet.DeviceStick && d.State == deviceFault })
	filling := slices.ContainsFunc(b.Live.Devices, func(d fleet.Device) bool { return d.Name == deviceStorage && d.State != deviceReady })
	switch {
	case b.Gone():
		return console.State{Class: "done", Icon: "check", Key: "box.retired"}
	case b.State == fleet.Revoked:
		return console.State{Class: "open", Icon: "cross", Key: "box.revoked"}
	case b.State == fleet.Frozen:
		return console.State{Class: "must", Icon: "lock", Key: "box.frozen"}
	case b.Live.Seen == 0:
		return console.State{Class: "open", Icon: "clock", Key: "box.never"}
	case b.Live.Silent:
		return console.State{Class: "wait", Icon: "net", Key: "box.silent"}
	case called:
		return console.State{Class: "must", Icon: "hand", Key: "box.help"}
	case b.Live.Blocked != "":
		return console.State{Class: "must", Icon: "lock", Key: "box.stopped"}
	case broken:
		return console.State{Class: "must", Icon: "alert", Key: "box.fault"}
	case filling:
		return console.State{Class: "wait", Icon: "alert", Key: "box.filling"}
	case stick:
		return console.State{Class: "wait", Icon: "alert", Key: "box.stick.look"}
	case b.Live.Waiting > 0:
		return console.State{Class: "wait", Icon: "clock", Key: "box.waiting"}
	}
	return console.State{Class: "done", Icon: "check", Key: "box.well"}
}

// stateReason is why a box is frozen or revoked: a word of the hub's own, or
// what the operator wrote.
func stateReason(b fleet.Box) string {
	if b.State == fleet.Active {
		return ""
	}
	return b.StateReason
}

// The words of a heartbeat that this surface tells apart. Calling for help
// travels as a device, "fault" while somebody calls; so does room on the box's
// disk, "fault" while it is 80 % full and the box still serves (S31).
const (
	deviceReady   = "ready"
	deviceAbsent  = "absent"
	deviceFault   = "fault"
	deviceHelp    = "help"
	deviceStorage = "storage"
)

// device says how a peripheral is; a name or state this surface has no word for
// is shown as something else that needs a look.
func (s *server) device(l console.Lang, d fleet.Device) console.Device {
	out := console.Device{Name: "device." + d.Name, Fault: d.Fault}
	if !s.pages.Has(out.Name) {
		out.Name = "device.other"
	}
	if key := "fault." + strings.ReplaceAll(d.Fault, " ", "-"); s.pages.Has(key) {
		out.Fault = s.pages.Text(l, key)
		if s.pages.Has(key + ".do") {
			out.Do = s.pages.Text(l, key+".do")
		}
	}
	switch {
	case d.Name == deviceHelp && d.State == deviceReady:
		out.State = console.State{Class: "done", Icon: "check", Key: "help.quiet"}
	case d.Name == deviceHelp:
		out.State = console.State{Class: "must", Icon: "hand", Key: "help.called"}
	case d.Name == fleet.DeviceStick && d.State == fleet.StickAbsent:
		out.State = console.State{Class: "open", Icon: "clock", Key: "device.stick.out"}
	case d.Name == fleet.DeviceStick && d.State != deviceReady:
		out.State = console.State{Class: "wait", Icon: "alert", Key: "box.stick.look"}
	case d.Name == deviceStorage && d.State != deviceReady:
		out.State = console.State{Class: "wait", Icon: "alert", Key: "device.filling"}
	case d.State == deviceReady:
		out.State = console.State{Class: "done", Icon: "check", Key: "device.ready"}
	case d.State == deviceAbsent:
		out.State = console.State{Class: "wait", Icon: "alert", Key: "device.absent"}
	default:
		out.State = console.State{Class: "must", Icon: "cross", Key: "device.fault"}
	}
	return out
}

// screen tells what the box's screen is about, never whose.
func screen(state string) string {
	switch state {
	case "":
		return ""
	case "idle", "take-card":
		return "screen.idle"
	case "blocked":
		return "screen.blocked"
	case "reader-fault", "reader-lost":
		return "screen.reader"
	case "accepted":
		return "screen.accepted"
	case "refused", "explained":
		return "screen.refused"
	}
	return "screen.busy"
}

func (s *server) box(c *gin.Context, v *visit) {
	status := http.StatusOK
	if done := c.Query("done"); done != "" && s.pages.Has("box.done."+done) {
		v.notice = &console.Notice{Class: "done", Key: "box.done." + done}
	}
	s.showBox(c, v, status)
}

func (s *server) showBox(c *gin.Context, v *visit, status int) {
	ctx := c.Request.Context()
	var view console.Box
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		newest, err := s.newest(ctx, tx)
		if err != nil {
			return err
		}
		if view, err = s.boxView(ctx, tx, v.lang, v.box, v.place, newest); err != nil {
			return err
		}
		if !s.may(v.session.Account.Role)["journal"] {
			return nil
		}
		entries, err := journal.List(ctx, tx, journal.Filter{Subject: journal.Subject{Kind: journal.OfBox, ID: v.box.ID}, Limit: 10})
		if err != nil {
			return err
		}
		view.Events, err = s.entries(ctx, tx, v, entries)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "box", "boxes", view)
}

func (s *server) freeze(c *gin.Context, v *visit) { s.act(c, v, "freeze", s.Flow.Freeze) }

func (s *server) release(c *gin.Context, v *visit) { s.act(c, v, "release", s.Flow.Release) }

func (s *server) revoke(c *gin.Context, v *visit) {
	if c.PostForm("sure") != "yes" {
		v.notice = &console.Notice{Class: "must", Key: "act.needsure"}
		s.showBox(c, v, http.StatusUnprocessableEntity)
		return
	}
	s.act(c, v, "revoke", s.Flow.Revoke)
}

// act takes one step with a box, for a reason, and comes back to its page.
func (s *server) act(c *gin.Context, v *visit, done string, step func(context.Context, *db.Tx, string, string, flow.By) error) {
	why, ok := reason(c)
	if !ok {
		v.notice = &console.Notice{Class: "must", Key: "act.needreason"}
		s.showBox(c, v, http.StatusUnprocessableEntity)
		return
	}
	err := s.DB.Write(c.Request.Context(), func(tx *db.Tx) error {
		return step(c.Request.Context(), tx, v.box.ID, why, v.by())
	})
	switch {
	case errors.Is(err, fleet.ErrState):
		v.notice = &console.Notice{Class: "must", Key: "box.refused.state"}
		s.showBox(c, v, http.StatusConflict)
	case errors.Is(err, fleet.ErrNotFound):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		c.Redirect(http.StatusSeeOther, "/gl/boxes/"+v.box.ID+"?done="+done)
	}
}
