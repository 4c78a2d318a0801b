package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/approval"
	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// Sites and catchments go the way of every case: the county proposes a site, the city
// draws areas and catchments, and what was approved is done in the same transaction
// (A47, A48).

var (
	// ErrShut says that a thing is not submitted, or done, at this time of the campaign.
	ErrShut = errors.New("flow: the campaign has no time for this now")
	// ErrNoArea says that there is no such area, or that it lies in another city, or that
	// the catchments lead her to none.
	ErrNoArea = errors.New("flow: no such area for this candidate")
	// ErrSame says that she sits there already.
	ErrSame = errors.New("flow: nothing would change")
	// ErrSeats says that a site has fewer seats than rooms.
	ErrSeats = errors.New("flow: a site has fewer seats than rooms")
	// ErrSeating says that an arrangement is in the making: what it follows from stays.
	ErrSeating = errors.New("flow: an arrangement is in the making")
	// ErrDrawnRooms says that a drawing would take away areas in which the published
	// arrangement has rooms, or sites of such areas.
	ErrDrawnRooms = errors.New("flow: the drawing takes rooms of the published arrangement from their area or sites")
	// ErrSiteUsed says that rooms of the published arrangement are at a site: it is lost,
	// not closed, and its rooms go elsewhere first.
	ErrSiteUsed = errors.New("flow: rooms of the published arrangement are at this site")
	// ErrSiteRooms says that a site would have fewer rooms than are at it.
	ErrSiteRooms = errors.New("flow: more rooms of the published arrangement are at this site")
)

// open asks that a step of the campaign is open in a division now; "" always is.
func (f *Flow) open(camp rules.Campaign, step, division string) error {
	if step == "" || f.StepOpen(camp, step, division).Accepts() {
		return nil
	}
	return ErrShut
}

// StepOpen judges a step of offices at a place, now.
func (f *Flow) StepOpen(camp rules.Campaign, step, division string) window.Verdict {
	return window.Judge(camp.Windows, window.Step(step), window.Subject{Division: division}, window.At(f.Now()))
}

// aboutThing fills in what a case is about that is a site or a drawing. ErrSubmitter,
// ErrUnderWay, site.ErrNotFound.
func (f *Flow) aboutThing(ctx context.Context, tx *db.Tx, k approval.Kind, c approval.Case, thing string, who staff.Account) (approval.Case, error) {
	switch k.Subject {
	case rules.SubjectSite:
		s, err := site.Get(ctx, tx, thing)
		if err != nil {
			return c, err
		}
		if s.Campaign != c.Campaign || s.State != site.Set || !who.Covers(s.Division, "") {
			return c, ErrSubmitter
		}
		c.Thing, c.Division = s.ID, s.Division
		return c, f.alone(ctx, tx, c)
	case rules.SubjectDrawing:
		if err := f.alone(ctx, tx, c); err != nil { // of whatever drawing of this city
			return c, err
		}
		return f.withDrawing(ctx, tx, c, thing)
	case rules.SubjectMoves: // several lists may be under way; nobody is on two of them
		return f.withMoves(ctx, tx, c, thing)
	}
	return c, nil
}

// withDrawing names the drawing that a case is about from now on.
func (f *Flow) withDrawing(ctx context.Context, tx *db.Tx, c approval.Case, id string) (approval.Case, error) {
	d, err := site.GetDrawing(ctx, tx, id)
	if err != nil {
		return c, err
	}
	if d.Campaign != c.Campaign || d.Division != c.Division || d.State != site.Submitted {
		return c, ErrSubmitter
	}
	c.Thing = d.ID
	return c, nil
}

// judgeSite asks of a form what no single field can say.
func judgeSite(k approval.Kind, content approval.Content) error {
	if k.Effect != rules.EffectSiteOpen && k.Effect != rules.EffectSiteChange {
		return nil
	}
	s := site.Site{}
	fillSite(&s, content)
	if s.Rooms < 1 || s.Seats < s.Rooms {
		return ErrSeats
	}
	return nil
}

// sentAgain judges what was mended and is sent again; a city's is another copy of its
// drawing, or another list. Time is not judged: whoever returned it waits for it.
func (f *Flow) sentAgain(ctx context.Context, tx *db.Tx, k approval.Kind, c approval.Case, s Submission) (approval.Case, error) {
	again := map[string]func(context.Context, *db.Tx, approval.Case, string) (approval.Case, error){rules.SubjectDrawing: f.withDrawing, rules.SubjectMoves: f.withMoves}[k.Subject]
	if err := judgeSite(k, s.Content); err != nil || again == nil {
		return c, err
	}
	c, err := again(ctx, tx, c, s.Thing)
	if err != nil {
		return c, err
	}
	return c, approval.SetThing(ctx, tx, c.ID, c.Thing)
}

// siteEffect does what an approved case about sites or catchments does by itself.
func (f *Flow) siteEffect(ctx context.Context, tx *db.Tx, camp rules.Campaign, k approval.Kind, c approval.Case, content approval.Content, by By) (approval.Case, error) {
	if err := campaign.Hold(ctx, tx, c.Campaign); err != nil {
		return c, fmt.Errorf("flow: approved: %w", err)
	}
	at := f.Now().UnixMilli()
	switch k.Effect {
	case rules.EffectMoves:
		return c, f.takeMoves(ctx, tx, camp, c, content["reason"], by)
	case rules.EffectSiteOpen:
		s := site.Site{Campaign: c.Campaign, Division: c.Division}
		fillSite(&s, content)
		s, err := site.Create(ctx, tx, s, at)
		if err != nil {
			return c, err
		}
		c.Thing = s.ID
		if err := approval.SetThing(ctx, tx, c.ID, s.ID); err != nil {
			return c, err
		}
		if err := f.writeSite(ctx, tx, journal.SiteSet, s, map[string]string{"approval": c.ID, "rooms": strconv.Itoa(s.Rooms)}, by); err != nil {
			return c, err
		}
		return c, f.placeWaiting(ctx, tx, s, by)
	case rules.EffectSiteChange, rules.EffectSiteClose:
		s, err := site.Get(ctx, tx, c.Thing)
		if err != nil {
			return c, fmt.Errorf("flow: approved: %w", err)
		}
		act, detail := journal.SiteClosed, map[string]string{"approval": c.ID}
		if k.Effect == rules.EffectSiteChange {
			act, detail["fields"] = journal.SiteChanged, fillSite(&s, content)
		} else if s.State == site.Set { // one that is lost stays so
			s.State = site.Closed
		}
		if err := holdsRooms(ctx, tx, s); err != nil {
			return c, err
		}
		if err := site.Update(ctx, tx, s, at); err != nil {
			return c, fmt.Errorf("flow: approved: %w", err)
		}
		if err := f.writeSite(ctx, tx, act, s, detail, by); err != nil {
			return c, err
		}
		return c, f.placeWaiting(ctx, tx, s, by)
	}
	d, err := site.GetDrawing(ctx, tx, c.Thing)
	if err != nil {
		return c, fmt.Errorf("flow: approved: %w", err)
	}
	if err := f.drawInForce(ctx, tx, d, at); err != nil {
		return c, err
	}
	return c, f.write(ctx, tx, by, journal.Entry{Act: journal.CatchmentDrawn, Subject: journal.Subject{Kind: journal.OfDrawing, ID: d.ID}, Campaign: d.Campaign, Division: d.Division,
		Detail: map[string]string{"approval": c.ID, "areas": strconv.Itoa(len(d.Plan.Areas)), "rows": strconv.Itoa(len(d.Plan.Rows))}})
}

// holdsRooms asks that a site, as it is to be, still has the rooms that the published
// arrangement has at it: tickets name it. ErrSiteUsed, ErrSiteRooms.
func holdsRooms(ctx context.Context, tx *db.Tx, s site.Site) error {
	v, some, err := seating.Current(ctx, tx, s.Campaign)
	if err != nil || !some {
		return err
	}
	n, err := seating.RoomsAt(ctx, tx, v.ID, s.ID)
	switch {
	case err != nil:
		return err
	case n > 0 && s.State == site.Closed:
		return ErrSiteUsed
	case n > s.Rooms:
		return ErrSiteRooms
	}
	return nil
}

// drawInForce puts a drawing in force, unless an arrangement is in the making from the one
// before it, or it would take areas with rooms away, or their sites: the rooms of what is
// published would be at no site. What a new version is to follow from can be drawn.
// ErrSeating, ErrDrawnRooms.
func (f *Flow) drawInForce(ctx context.Context, tx *db.Tx, d site.Drawing, at int64) error {
	if _, making, err := seating.InMaking(ctx, tx, d.Campaign); err != nil || making {
		return cmp.Or(err, ErrSeating)
	}
	before, err := seatedPlaces(ctx, tx, d.Campaign)
	if err != nil {
		return err
	}
	if err := site.PutInForce(ctx, tx, d, at); err != nil {
		return fmt.Errorf("flow: approved: %w", err)
	}
	after, err := seatedPlaces(ctx, tx, d.Campaign)
	if err != nil {
		return err
	}
	for place := range before {
		if !after[place] {
			return ErrDrawnRooms
		}
	}
	return nil
}

// seatedPlaces are the areas in which the published arrangement has rooms, and their sites
// with them; none while nothing is published.
func seatedPlaces(ctx context.Context, tx *db.Tx, campaign string) (map[string]bool, error) {
	out := map[string]bool{}
	v, some, err := seating.Current(ctx, tx, campaign)
	if err != nil || !some {
		return out, err
	}
	rooms, err := seating.Rooms(ctx, tx, v.ID, "")
	if err != nil {
		return nil, err
	}
	areas, err := site.Areas(ctx, tx, campaign)
	if err != nil {
		return nil, err
	}
	seated := map[string]bool{}
	for _, r := range rooms {
		if !r.Closed() {
			seated[r.Area] = true
		}
	}
	for _, a := range areas {
		if seated[a.Code] {
			out[a.Code] = true
		}
	}
	sites, err := site.Sites(ctx, tx, campaign)
	for _, s := range sites {
		if seated[s.Area] && s.State == site.Set {
			out[s.Area+" "+s.ID] = true
		}
	}
	return out, err
}

func (f *Flow) writeSite(ctx context.Context, tx *db.Tx, act journal.Act, s site.Site, detail map[string]string, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfSite, ID: s.ID}, Campaign: s.Campaign, Division: s.Division, Detail: detail})
}

// fillSite writes a form into a site and names what it changes.
func fillSite(s *site.Site, content approval.Content) string {
	before := SiteContent(*s)
	s.Name, s.Address, s.Contact, s.Phone = content["name"], content["address"], content["contact"], content["phone"]
	s.Rooms, _ = strconv.Atoi(content["rooms"]) // digits: Take has seen to it
	s.Seats, _ = strconv.Atoi(content["seats"])
	var names []string
	for key, value := range SiteContent(*s) {
		if before[key] != value {
			names = append(names, key)
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// SiteContent is a site as a form of a change begins.
func SiteContent(s site.Site) approval.Content {
	return approval.Content{"name": s.Name, "address": s.Address, "contact": s.Contact, "phone": s.Phone, "rooms": strconv.Itoa(s.Rooms), "seats": strconv.Itoa(s.Seats)}
}

// DraftDrawing keeps a city's draft over the version that was looked at, 0 for the
// first. It counts for nothing. site.ErrStale.
func (f *Flow) DraftDrawing(ctx context.Context, tx *db.Tx, d site.Drawing, version int, by By) error {
	d.By, d.At = by.Author.ID, f.Now().UnixMilli()
	if err := site.WriteDraft(ctx, tx, d, version); err != nil {
		return err
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.CatchmentDraft, Subject: journal.Subject{Kind: journal.OfDrawing, ID: d.Campaign + "-" + d.Division}, Campaign: d.Campaign, Division: d.Division,
		Detail: map[string]string{"version": strconv.Itoa(version + 1), "areas": strconv.Itoa(len(d.Plan.Areas)), "rows": strconv.Itoa(len(d.Plan.Rows))}})
}

// SendDrawing keeps a city's draft, and a copy of it that nobody changes any more, and
// submits that: as a new case, or again where open was returned. camp is the version
// that governs the case. site.ErrStale, and those of Submit and Resubmit.
func (f *Flow) SendDrawing(ctx context.Context, tx *db.Tx, camp rules.Campaign, d site.Drawing, version int, s Submission, open approval.Case, who staff.Account, source string) (approval.Case, error) {
	if err := f.DraftDrawing(ctx, tx, d, version, staffBy(who, source)); err != nil {
		return approval.Case{}, err
	}
	d.By, d.At = who.ID, f.Now().UnixMilli()
	id, err := site.Keep(ctx, tx, d)
	if err != nil {
		return approval.Case{}, err
	}
	if s.Thing = id; open.ID == "" {
		return f.Submit(ctx, tx, camp, s, who, source)
	}
	return f.Resubmit(ctx, tx, camp, Judgement{Case: open.ID, Version: open.Version}, s, who, source)
}

// SetSites writes sites that are set without a case: those of a demonstration, and of
// a province that takes over a list on paper. Each is journalled.
func (f *Flow) SetSites(ctx context.Context, tx *db.Tx, sites []site.Site, by By) error {
	for _, s := range sites {
		s, err := site.Create(ctx, tx, s, f.Now().UnixMilli())
		if err != nil {
			return err
		}
		if err := f.writeSite(ctx, tx, journal.SiteSet, s, map[string]string{"rooms": strconv.Itoa(s.Rooms)}, by); err != nil {
			return err
		}
	}
	return nil
}
