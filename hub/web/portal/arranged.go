package portal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	"zhunkao/hub/ticket"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/sheet"
)

// arrangedPart is what the public sees of the arrangement (demand A49): how seats are
// drawn, with all that anybody needs to compute them again, and a page that holds the
// code of a ticket against it. Nobody signs in, and nothing there names anybody.
func (s *server) arrangedPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{
		{method: get, path: "/ks/arrangement", open: true, first: true, do: s.arranged},
		{method: get, path: "/ks/arrangement/:number/bundle", open: true, plain: true, do: s.bundle},
		{method: get, path: "/ks/t", open: true, first: true, do: s.trailForm},
		{method: post, path: "/ks/t", open: true, first: true, do: s.trailGiven},
		{method: get, path: "/ks/t/:code", open: true, first: true, do: s.trail},
		{method: get, path: ticket.LinkPath + ":code", open: true, plain: true, do: s.trailCapital},
	}
}

// arranged shows every version of the campaign, void ones too, the newest first.
func (s *server) arranged(c *gin.Context, v *visit) {
	s.view(c, v, http.StatusOK, "arrangement", func(ctx context.Context, tx *db.Tx, m *mine) (any, error) {
		kept, err := keep(s, v, keptKey{"arranged", m.camp.ID}, func() ([]arrangedRun, error) { return readRuns(ctx, tx, m.camp.ID) })
		if err != nil {
			return nil, err
		}
		versions := slices.Clone(kept)
		for i := range versions {
			versions[i].bundle = s.Bundles.Has(versions[i].ID)
		}
		return s.terms(v, m.camp).arranged(versions), nil
	})
}

// arrangedRun is one version with what each office added.
type arrangedRun struct {
	seating.Version
	shares []seating.Share // of one that is drawn
	bundle bool            // its file is there

	base, drawn int // of a revision: numbers of the version that it corrects and of the draw
}

func readRuns(ctx context.Context, tx *db.Tx, campaign string) (out []arrangedRun, err error) {
	all, err := seating.Versions(ctx, tx, campaign)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if one.State == seating.Freezing {
			continue // nothing is said of it yet
		}
		run := arrangedRun{Version: one}
		if one.Base == "" {
			if run.shares, err = seating.Shares(ctx, tx, one.ID); err != nil {
				return nil, err
			}
		} else {
			drawn, err := seating.DrawOf(ctx, tx, one)
			if err != nil {
				return nil, err
			}
			base, err := seating.Get(ctx, tx, one.Base)
			if err != nil {
				return nil, err
			}
			run.base, run.drawn = base.Number, drawn.Number
		}
		out = append(out, run)
	}
	return out, nil
}

// bundle is the public file of a version, as it was written when it was published.
func (s *server) bundle(c *gin.Context, _ *visit) {
	number, err := strconv.Atoi(c.Param("number"))
	if err != nil || s.Bundles == nil {
		s.refuse(c, nil, door.NotFound)
		return
	}
	id := ""
	ctx := c.Request.Context()
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.currentCampaign(ctx, tx, s.DB.Changes())
		if err != nil {
			return err
		}
		all, err := seating.Versions(ctx, tx, camp.ID)
		for _, one := range all {
			if one.Number == number && one.State.Seated() {
				id = one.ID
			}
		}
		return err
	})
	if err != nil {
		s.fault(c, nil, err)
		return
	}
	file, err := s.Bundles.Open(id)
	if err != nil {
		s.refuse(c, nil, door.NotFound)
		return
	}
	defer func() { _ = file.Close() }() // it was only read
	c.Header("Content-Type", "text/plain; charset=utf-8")
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="arrangement-%d.txt"`, number))
	if err := file.Send(c.Writer, strings.Contains(c.GetHeader("Accept-Encoding"), "gzip")); err != nil {
		s.Log.Debug("portal: bundle", "error", err.Error()) // whoever fetched it went away
	}
}

func (w terms) arranged(all []arrangedRun) pages.Arranged {
	out := pages.Arranged{Head: w.t("arranged.head"), Lead: w.t("arranged.lead")}
	for i := range 6 {
		out.Steps = append(out.Steps, w.t("arranged.step."+strconv.Itoa(i+1)))
	}
	for i := range 3 {
		out.Check = append(out.Check, w.t("arranged.check."+strconv.Itoa(i+1)))
	}
	if len(all) == 0 {
		out.None = w.t("arranged.none")
	}
	for _, one := range all {
		out.Versions = append(out.Versions, w.run(one))
	}
	return out
}

// run is one version in words.
func (w terms) run(one arrangedRun) pages.ArrangedVersion {
	state := string(one.State)
	tint := map[seating.State]string{seating.Published: "done", seating.Replaced: "must", seating.Void: "must"}[one.State]
	if tint == "" {
		tint = "wait"
	}
	out := pages.ArrangedVersion{Name: w.t("arranged.version", one.Number), Badge: w.t("arranged.state." + state), Tint: tint}
	text := func(key string, args ...any) { out.Texts = append(out.Texts, w.t(key, args...)) }
	switch one.State {
	case seating.Void:
		text(w.first("arranged.void."+string(one.EndedCode), "arranged.void"), w.clock(time.UnixMilli(one.Ended)))
	case seating.Replaced:
		text("arranged.replaced", w.clock(time.UnixMilli(one.Ended)))
	case seating.Published:
		text("arranged.published", w.clock(time.UnixMilli(one.Published)))
	case seating.Computed:
		text("arranged.comparing")
	default:
		text("arranged.making")
	}
	if one.Base != "" {
		text("arranged.revision", one.base, one.drawn)
	}
	fact := func(key, value string, hash bool) {
		out.Facts = append(out.Facts, pages.Fact{Label: w.t(key), Value: value, Number: hash})
	}
	if one.At > 0 {
		fact("arranged.frozen", w.clock(time.UnixMilli(one.At)), false)
	}
	if one.People > 0 {
		fact("arranged.people", strconv.Itoa(one.People), false)
	}
	if one.State.Seated() {
		fact("arranged.rooms", strconv.Itoa(one.Figures.Rooms), false)
	}
	if one.State.Seated() && one.Base != "" {
		fact("arranged.kept", strconv.Itoa(one.Figures.Kept), false)
		fact("arranged.others", strconv.Itoa(one.Figures.Moved+one.Figures.Fresh+one.Figures.Gone), false)
	}
	if one.Digest != ([32]byte{}) {
		fact("arranged.digest", hex(one.Digest), true)
	}
	if one.Root != ([32]byte{}) && one.State.Seated() {
		fact("arranged.root", hex(one.Root), true)
	}
	for _, x := range one.shares {
		out.Shares = append(out.Shares, w.share(one.Version, x))
	}
	if one.bundle {
		out.Bundle, out.BundleText = "/ks/arrangement/"+strconv.Itoa(one.Number)+"/bundle", w.t("arranged.bundle")
	}
	return out
}

// share is what an office added, or has not yet.
func (w terms) share(v seating.Version, x seating.Share) pages.ArrangedShare {
	out := pages.ArrangedShare{Office: x.Name, Sealed: w.t("arranged.sealed.not"), Opened: w.t("arranged.opened.not")}
	if x.Commitment != nil {
		out.Sealed = hex(*x.Commitment)
	}
	switch {
	case x.Secret != nil:
		out.Opened = hex(*x.Secret)
	case v.State == seating.Void:
		out.Opened = w.t("arranged.opened.never")
	}
	return out
}

func hex(h [32]byte) string { return fmt.Sprintf("%x", h) }

// trailCapital leads from the address in a ticket's code to the page.
func (s *server) trailCapital(c *gin.Context, _ *visit) {
	code, err := arrangement.ParseCode(c.Param("code"))
	if err != nil {
		c.Redirect(http.StatusSeeOther, "/ks/t")
		return
	}
	c.Redirect(http.StatusSeeOther, "/ks/t/"+code.String())
}

func (s *server) trailForm(c *gin.Context, v *visit) { s.trailAsk(c, v, http.StatusOK, "") }

// trailAsk is the page on which a code is typed. fault is a phrase.
func (s *server) trailAsk(c *gin.Context, v *visit, status int, fault string) {
	w := s.terms(v, s.campaigns.shown())
	body := pages.Trail{Head: w.t("trail.head"), Lead: w.t("trail.lead"), Form: true}
	if fault != "" {
		body.Fault = w.t(fault)
	}
	s.show(c, v, status, "trail", body)
}

// trailGiven takes the text of a code, and goes to its page.
func (s *server) trailGiven(c *gin.Context, v *visit) {
	text := strings.TrimSpace(c.PostForm("code"))
	code, err := arrangement.ParseCode(text)
	switch {
	case text == "":
		s.trailAsk(c, v, http.StatusUnprocessableEntity, "trail.need")
	case err != nil:
		s.trailAsk(c, v, http.StatusUnprocessableEntity, "trail.none")
	default:
		c.Redirect(http.StatusSeeOther, "/ks/t/"+code.String())
	}
}

// trailed is what is found out about a code.
type trailed struct {
	code    arrangement.Code
	version seating.Version // zero: there is none of that number
	good    bool            // the code leads to the version's root
	proof   arrangement.Proof
	site    site.Site
	current seating.Version // published now
	kept    bool            // of a replaced version: the one now has the same seat and number for her
}

// trail holds a code against the published root of its version.
func (s *server) trail(c *gin.Context, v *visit) {
	code, err := arrangement.ParseCode(c.Param("code"))
	if err != nil {
		s.trailAsk(c, v, http.StatusNotFound, "trail.none")
		return
	}
	x := &trailed{}
	s.view(c, v, http.StatusOK, "trail", func(ctx context.Context, tx *db.Tx, m *mine) (any, error) {
		*x = trailed{code: code} // a database may ask twice
		if err := x.find(ctx, tx); err != nil {
			return nil, err
		}
		return s.terms(v, m.camp).trail(x), nil
	})
}

// find reads what the code speaks of.
func (x *trailed) find(ctx context.Context, tx *db.Tx) error {
	all, err := seating.Versions(ctx, tx, x.code.Campaign)
	if err != nil {
		return err
	}
	for _, one := range all {
		if one.State == seating.Published {
			x.current = one
		}
		if one.Number == x.code.Version && one.State.Seated() {
			x.version = one
		}
	}
	if x.version.ID == "" {
		return nil
	}
	s := x.code.Seat
	x.proof, err = seating.Proof(ctx, tx, x.version.ID, seating.Seat{Token: s.Token, Area: s.Area, Room: s.Room, Seat: s.Seat, Number: s.Number})
	switch {
	case errors.Is(err, seating.ErrNotFound), errors.Is(err, seating.ErrException):
		return nil
	case err != nil:
		return err
	}
	if x.good = x.code.Check(x.proof, x.version.Root) == nil; !x.good {
		return nil
	}
	if x.version.State != seating.Published {
		return x.findNow(ctx, tx)
	}
	room, err := seating.RoomOf(ctx, tx, x.version.ID, s.Area, s.Room)
	if err != nil || room.Site == "" {
		return err
	}
	x.site, err = site.Get(ctx, tx, room.Site)
	return err
}

// findNow asks whether who had a seat in a replaced version has the same in the one now:
// then only the paper is void.
func (x *trailed) findNow(ctx context.Context, tx *db.Tx) error {
	if x.current.ID == "" {
		return nil
	}
	_, now, _, ok, err := seating.ByNumber(ctx, tx, x.current.Campaign, x.code.Seat.Number)
	x.kept = ok && seating.Arranged(now) == x.code.Seat
	return err
}

// trail says what a code is worth and where its seat came from.
func (w terms) trail(x *trailed) pages.Trail {
	out := pages.Trail{Head: w.t("trail.head")}
	s := x.code.Seat
	verdict := "trail.good"
	switch {
	case x.version.ID == "":
		out.Tint, verdict = "must", "trail.unknown"
	case !x.good:
		out.Tint, verdict = "must", "trail.false"
	case x.version.State == seating.Replaced && x.kept:
		out.Tint, verdict = "must", "trail.kept"
	case x.version.State == seating.Replaced:
		out.Tint, verdict = "must", "trail.void"
	default:
		out.Tint = "done"
	}
	out.Badge = w.t(verdict)
	if verdict == "trail.false" || verdict == "trail.unknown" { // they say whom to ask
		out.Said = w.t(verdict+".text", w.county())
	} else {
		out.Said = w.t(verdict + ".text")
	}
	fact := func(key, value string, number bool) {
		out.Facts = append(out.Facts, pages.Fact{Label: w.t(key), Value: value, Number: number})
	}
	fact("ticket.number", sheet.Grouped(s.Number), true)
	fact("trail.area", s.Area, true)
	fact("ticket.room", ticket.RoomNumber(s.Room), true)
	fact("ticket.seat", ticket.SeatNumber(s.Seat), true)
	fact("trail.version", w.t("arranged.version", x.code.Version), false)
	if x.version.State == seating.Replaced && x.current.ID != "" {
		fact("trail.current", w.t("arranged.version", x.current.Number), false)
	}
	if x.site.Name != "" {
		fact("ticket.site", x.site.Name, false)
		out.More = w.t("trail.site")
	}
	if !x.good {
		return out
	}
	for i := range 5 {
		out.Steps = append(out.Steps, w.t("trail.step."+strconv.Itoa(i+1)))
	}
	if x.version.Base != "" {
		out.Steps = append(out.Steps, w.t("trail.step.revision"))
	}
	w.climb(&out, x)
	return out
}

// climb is every step from the seat to the province's root, for who computes it herself.
func (w terms) climb(out *pages.Trail, x *trailed) {
	text, leaf := x.code.Leaf()
	out.Leaf = strings.ReplaceAll(text, "\t", " ⇥ ")
	out.Climb = append(out.Climb, pages.TrailStep{What: w.t("trail.climb.seat"), Out: hex(leaf)})
	steps, room, err := x.code.Steps()
	if err != nil {
		return // it was good a moment ago
	}
	add := func(key string, all []arrangement.Step) {
		for i, one := range all {
			out.Climb = append(out.Climb, pages.TrailStep{What: w.t(key, i+1, len(all)), Left: hex(one.Left), Right: hex(one.Right), Out: hex(one.Out)})
		}
	}
	add("trail.climb.room", steps)
	text, leaf, up, top, err := x.proof.Climb(x.code.Seat.Area, x.code.Seat.Room, room)
	if err != nil {
		return
	}
	out.Climb = append(out.Climb, pages.TrailStep{What: w.t("trail.climb.leaf", strings.ReplaceAll(text, "\t", " ⇥ ")), Out: hex(leaf)})
	add("trail.climb.up", up)
	out.Roots = []pages.Fact{{Label: w.t("trail.root.room"), Value: hex(room)}, {Label: w.t("trail.root.climbed"), Value: hex(top)}, {Label: w.t("arranged.root"), Value: hex(x.version.Root)}}
	for i := range 4 {
		out.Own = append(out.Own, w.t("trail.own."+strconv.Itoa(i+1)))
	}
}
