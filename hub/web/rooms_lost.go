package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/notice"
	"zhunkao/hub/paper"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	"zhunkao/hub/ticket"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/form"
	"zhunkao/protocol/sheet"
)

// ofRooms is what the loss of a site is about: an area.
const ofRooms = "rooms/"

// errSite says that a site is none of this area.
var errSite = errors.New("web: no such site in this area")

// siteAsked is the site of an area that a code names.
func siteAsked(a flow.AreaRooms, code string) (site.Site, bool) {
	i := slices.IndexFunc(a.Sites, func(x site.Site) bool { return x.Code == code })
	if i < 0 {
		return site.Site{}, false
	}
	return a.Sites[i], true
}

func (s *server) losing(c *gin.Context, v *visit) {
	s.showLosing(c, v, http.StatusOK, c.Query("site"), "", "")
}

// showLosing shows what would become of a site's rooms, before anybody is asked.
func (s *server) showLosing(c *gin.Context, v *visit, status int, code, wrong, why string) {
	ctx, area := c.Request.Context(), v.subject.(site.Area)
	view := console.LoseSite{Area: area.Code, AreaName: area.Name, Site: code, Error: wrong, Reason: why}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		a, err := flow.RoomsOf(ctx, tx, area.Campaign, area.Code)
		if err != nil {
			return err
		}
		x, ok := siteAsked(a, code)
		if !ok {
			return errSite
		}
		view.Name = x.Name
		may := permitted(camp, flow.ActLoseSite, v.session.Account.Role)
		if view.ByTwo = may.persons == 2; !may.known || !may.high {
			view.Why = may.refusal()
		}
		l, err := flow.LosingSite(ctx, tx, x)
		if errors.Is(err, arrangement.ErrSites) {
			view.Short = true
			return nil
		}
		if err != nil {
			return err
		}
		view.Moves, view.Rooms, view.People, view.Set = roomMoves(a, l.Moves), l.Moved(), l.Candidates(), l.Set
		view.Standing, err = s.standingSecond(ctx, tx, v, may, loseTerms(camp.ID, area, x.Code, l.Set))
		return err
	})
	switch {
	case errors.Is(err, flow.ErrNoArrangement), errors.Is(err, flow.ErrSiteState), errors.Is(err, errSite):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.show(c, v, status, "losesite", "rooms", view)
	}
}

// loseTerms is what another person agrees to: of this site, from this set of blocks.
func loseTerms(campaign string, area site.Area, code string, set int) countersign.Act {
	return countersign.Act{Act: flow.ActLoseSite, Subject: ofRooms + area.Code, Terms: code + " " + strconv.Itoa(set), Campaign: campaign, Division: area.Division}
}

func roomMoves(a flow.AreaRooms, moves []arrangement.Move) (out []console.RoomMove) {
	find := func(id string) (x site.Site) {
		for _, one := range a.Sites {
			if one.ID == id {
				x = one
			}
		}
		return x
	}
	for _, m := range moves {
		to := find(m.Site)
		one := console.RoomMove{First: m.First, Last: m.Last, People: a.Candidates(m.First, m.Last), From: find(m.From).Name, To: to.Name, ToAddress: to.Address, ToRooms: to.Rooms, ToFree: to.Rooms, Rooms: m.Rooms()}
		for _, b := range a.Blocks {
			if b.Site == m.Site {
				one.ToFree -= b.Rooms()
			}
		}
		out = append(out, one)
	}
	return out
}

// loseSite asks for the second person's word, or takes the site out of use.
func (s *server) loseSite(c *gin.Context, v *visit) {
	ctx, area, code := c.Request.Context(), v.subject.(site.Area), c.PostForm("site")
	set, err := strconv.Atoi(c.PostForm("set"))
	if err != nil || !plainID(code) {
		s.refuse(c, v, refusalBad)
		return
	}
	why, number, id := given(c), 0, ""
	out, err := s.actOfTwo(ctx, v, func(ctx context.Context, tx *db.Tx) (asking, error) {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return asking{}, err
		}
		a, err := flow.RoomsOf(ctx, tx, area.Campaign, area.Code)
		if err != nil {
			return asking{}, err
		}
		x, ok := siteAsked(a, code)
		if !ok {
			return asking{}, errSite
		}
		l, err := flow.LosingSite(ctx, tx, x)
		if err == nil && l.Set != set {
			err = flow.ErrRoomsOld
		}
		id = x.ID
		return asking{may: permitted(camp, flow.ActLoseSite, v.session.Account.Role), of: loseTerms(camp.ID, area, code, set), why: why}, err
	}, func(ctx context.Context, tx *db.Tx, why, second string) error {
		l, err := s.Flow.LoseSite(ctx, tx, id, set, second, why, v.by())
		if number = l.Set; len(l.Moves) > 0 {
			number++
		}
		return err
	})
	if errors.Is(err, flow.ErrNoArrangement) || errors.Is(err, errSite) || errors.Is(err, flow.ErrSiteState) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	status, key := s.answerTwo(c, v, fmt.Sprintf("/gl/rooms/%s/moved?set=%d", area.Code, number), out, err,
		notSo{flow.ErrRoomsOld, http.StatusConflict, "rooms.lose.old"}, notSo{arrangement.ErrSites, http.StatusUnprocessableEntity, "rooms.lose.short"})
	if status != 0 {
		s.showLosing(c, v, status, code, key, why)
	}
}

// movedRows is how many people a page of the list shows.
const movedPage = 60

// movedRooms is the list of whom to tell that her site changed: the hub has told each of
// them, and here stands who has not read it yet. Names and telephones are journalled as a
// list that was looked at, of as many as are shown.
func (s *server) movedRooms(c *gin.Context, v *visit) {
	ctx, area := c.Request.Context(), v.subject.(site.Area)
	set, err := strconv.Atoi(c.Query("set"))
	if err != nil || set < 1 || set > 9999 {
		s.refuse(c, v, refusalBad)
		return
	}
	view := console.MovedRooms{Area: area.Code, AreaName: area.Name, Set: set}
	n := pageNumber(c)
	first, last := (n-1)*movedPage, n*movedPage
	if s.exportAs(c) != "" { // all of them; the file is journalled by itself
		first, last = 0, 1<<30
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		view.Rows, err = s.moved(ctx, tx, area, &view, first, last)
		return err
	})
	switch {
	case errors.Is(err, seating.ErrNotFound), errors.Is(err, flow.ErrNoArrangement):
		s.refuse(c, v, refusalNotFound)
		return
	case err != nil:
		s.fault(c, v, err)
		return
	}
	if s.exportAs(c) != "" {
		heads := s.heads(v, "list.candidate", "rooms.number", "rooms.phone", "rooms.room", "rooms.seat", "rooms.to", "rooms.read")
		s.export(c, v, "moved", heads, func(row func(...any) error) error {
			for _, r := range view.Rows {
				if err := row(r.Name, r.Number, r.Phone, r.Room, r.Seat, r.To, r.Read); err != nil {
					return err
				}
			}
			return nil
		})
		return
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error { return s.Flow.ListMoved(ctx, tx, area, set, len(view.Rows), v.by()) })
	if err != nil {
		s.fault(c, v, err)
		return
	}
	view.Pages = console.Pages{Number: n, Of: max(n, (view.People+movedPage-1)/movedPage)}
	link := fmt.Sprintf("/gl/rooms/%s/moved?set=%d", area.Code, set)
	if n > 1 {
		view.Pages.First = link
	}
	if last < view.People {
		view.Pages.Next = link + "&page=" + strconv.Itoa(n+1)
	}
	s.show(c, v, http.StatusOK, "movedrooms", "rooms", view)
}

// moved reads whom a set of blocks concerns, by room and seat, and opens those from first
// to before last.
func (s *server) moved(ctx context.Context, tx *db.Tx, area site.Area, view *console.MovedRooms, first, last int) (out []console.MovedRow, err error) {
	a, err := flow.RoomsOf(ctx, tx, area.Campaign, area.Code)
	if err != nil {
		return nil, err
	}
	set, moves, err := flow.MovedRooms(ctx, tx, a.Version.ID, area.Code, view.Set)
	if err != nil {
		return nil, err
	}
	if set.LostSite != "" {
		was, err := site.Get(ctx, tx, set.LostSite)
		if err != nil {
			return nil, err
		}
		view.Lost = was.Name
	}
	view.Moves = roomMoves(a, moves)
	for i, b := range moves {
		seats, err := seating.Seats(ctx, tx, a.Version.ID, area.Code, b.First, b.Last)
		if err != nil {
			return nil, err
		}
		from, to := min(max(first-view.People, 0), len(seats)), min(max(last-view.People, 0), len(seats))
		view.People += len(seats)
		rows, err := s.movedRows(ctx, tx, seats[from:to], view.Moves[i].To)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// movedRows opens some of them.
func (s *server) movedRows(ctx context.Context, tx *db.Tx, seats []seating.Seat, to string) (out []console.MovedRow, err error) {
	if len(seats) == 0 {
		return nil, nil
	}
	ids := make([]string, len(seats))
	for j, x := range seats {
		ids[j] = x.Application
	}
	found, err := s.Flow.Candidates.GetAll(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	told, err := notice.ReadOf(ctx, tx, notice.SiteLost, ids)
	if err != nil {
		return nil, err
	}
	for _, x := range seats {
		row := console.MovedRow{Application: x.Application, Number: sheet.Grouped(x.Number), Room: ticket.RoomNumber(x.Room), Seat: ticket.SeatNumber(x.Seat), To: to, Read: told[x.Application]}
		if who, ok := found[x.Application]; ok {
			row.Name, row.Phone = who.Application.Get(form.FullName), who.Application.Get(form.PhoneNumber)
		}
		out = append(out, row)
	}
	return out, nil
}

// roomsSheet sends the table of rooms and sites (考室分配表, paper 22) as it is now.
func (s *server) roomsSheet(c *gin.Context, v *visit) {
	ctx, area := c.Request.Context(), v.subject.(site.Area)
	var out paper.Allocation
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		a, err := flow.RoomsOf(ctx, tx, area.Campaign, area.Code)
		if err != nil {
			return err
		}
		out, err = s.allocation(ctx, tx, a)
		return err
	})
	switch {
	case errors.Is(err, flow.ErrNoArrangement):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.sendPaper(c, v, "rooms-"+area.Code, out)
	}
}

func (s *server) allocation(ctx context.Context, tx *db.Tx, a flow.AreaRooms) (out paper.Allocation, err error) {
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if err != nil {
		return out, err
	}
	out.SiteHead = paper.SiteHead{Campaign: camp.Zh, Area: a.Area.Code, AreaName: a.Area.Name, Version: "编排第" + strconv.Itoa(a.Version.Number) + "版", Copy: 1, Printed: s.Flow.Now()}
	if out.Office, err = s.books(&visit{}).place(ctx, tx, a.Area.Division); err != nil {
		return out, err
	}
	if s.DB.Demo() {
		out.Marks = []sheet.Mark{sheet.Specimen}
	}
	w := roomWords{words{s.pages, console.Zh, camp}, a}
	placed := 0
	for _, x := range a.Sites {
		one := paper.AllocationSite{Name: x.Name, Address: x.Address, Contact: x.Contact, Phone: x.Phone, Has: x.Rooms}
		for _, b := range w.blocks(a.Blocks) {
			if b.Site == x.Code {
				one.Runs = append(one.Runs, paper.AllocationRun{First: ticket.RoomNumber(b.First), Last: ticket.RoomNumber(b.Last), Rooms: b.Rooms, Expected: b.People, Groups: strings.ReplaceAll(b.Groups, "、", "；")})
				placed += b.Rooms
			}
		}
		if len(one.Runs) > 0 {
			out.Sites = append(out.Sites, one)
		}
	}
	if placed == a.Open() {
		out.State = "省级接收"
	}
	return out, nil
}
