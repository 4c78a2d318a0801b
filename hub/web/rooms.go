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

	"zhunkao/hub/approval"
	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

// remitArea: :id is the code of an area (考区); it lies in the county that answers for it.
const remitArea rule = "area"

// roomPart is which rooms are at which site (考室分配; demand A50): the county proposes,
// the way from there on is that of every case; and what becomes of a lost site's rooms.
func (s *server) roomPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/rooms", who: officers(), remit: remitList, right: "rooms", do: s.rooms},
		{method: get, path: "/gl/rooms/:id", who: officers(), remit: remitArea, do: s.areaRooms},
		{method: post, path: "/gl/rooms/:id", who: []staff.Role{staff.CountyOperator}, remit: remitArea, do: s.proposeRooms},
		{method: get, path: "/gl/rooms/:id/sheet", who: officers(), remit: remitArea, do: s.roomsSheet},
		{method: get, path: "/gl/rooms/:id/lose", who: officers(), remit: remitArea, do: s.losing},
		{method: post, path: "/gl/rooms/:id/lose", who: officers(), remit: remitArea, do: s.loseSite},
		{method: get, path: "/gl/rooms/:id/moved", who: officers(), remit: remitArea, do: s.movedRooms},
	}, finders: map[rule]finder{remitArea: s.findArea}}
}

func (s *server) findArea(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	campaign, err := s.campaignID(ctx, tx)
	if err != nil {
		return where{}, err
	}
	areas, err := site.Areas(ctx, tx, campaign)
	if err != nil {
		return where{}, err
	}
	i := slices.IndexFunc(areas, func(a site.Area) bool { return a.Code == id })
	if i < 0 {
		return where{}, errNoSubject
	}
	v.subject = areas[i]
	return where{division: areas[i].Division}, nil
}

// campaignID is the id of the campaign in force; "" while there is none.
func (s *server) campaignID(ctx context.Context, tx *db.Tx) (string, error) {
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if missing(err) {
		return "", nil
	}
	return camp.ID, err
}

// rooms lists the areas of a remit.
func (s *server) rooms(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	var view console.Rooms
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		campaign, err := s.campaignID(ctx, tx)
		if err != nil {
			return err
		}
		current, ok, err := seating.Current(ctx, tx, campaign)
		if err != nil || !ok {
			return err
		}
		view.Version = strconv.Itoa(current.Number)
		view.Rows, err = s.roomRows(ctx, tx, v, current)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	for _, r := range view.Rows {
		view.Sum.Rooms, view.Sum.Candidates, view.Sum.Placed = view.Sum.Rooms+r.Rooms, view.Sum.Candidates+r.Candidates, view.Sum.Placed+r.Placed
		view.Sum.Sites, view.Sum.Places = view.Sum.Sites+r.Sites, view.Sum.Places+r.Places
	}
	if s.exportAs(c) != "" {
		s.exportRooms(c, v, view)
		return
	}
	s.show(c, v, http.StatusOK, "rooms", "rooms", view)
}

func (s *server) exportRooms(c *gin.Context, v *visit, view console.Rooms) {
	heads := s.heads(v, "rooms.area", "rooms.code", "rooms.county", "rooms.rooms", "rooms.people", "rooms.sites", "rooms.places", "rooms.placed", "list.state")
	s.export(c, v, "rooms", heads, func(row func(...any) error) error {
		for _, r := range view.Rows {
			if err := row(r.Name, r.Code, r.Place, r.Rooms, r.Candidates, r.Sites, r.Places, r.Placed, s.pages.Text(v.lang, r.State.Key)); err != nil {
				return err
			}
		}
		return nil
	})
}

// roomRows are the areas of a remit that have rooms.
func (s *server) roomRows(ctx context.Context, tx *db.Tx, v *visit, current seating.Version) ([]console.RoomsRow, error) {
	areas, err := site.Areas(ctx, tx, current.Campaign)
	if err != nil {
		return nil, err
	}
	rooms, err := seating.Rooms(ctx, tx, current.ID, "")
	if err != nil {
		return nil, err
	}
	sites, err := site.Sites(ctx, tx, current.Campaign)
	if err != nil {
		return nil, err
	}
	cases, err := s.roomCases(ctx, tx, v, current.Campaign)
	if err != nil {
		return nil, err
	}
	rows := map[string]*console.RoomsRow{}
	var out []console.RoomsRow
	books, r := s.books(v), v.remit()
	for _, a := range areas {
		if !r.covers(a.Division, "") {
			continue
		}
		row := console.RoomsRow{Code: a.Code, Name: a.Name, Path: "/gl/rooms/" + a.Code}
		if row.Place, err = books.place(ctx, tx, a.Division); err != nil {
			return nil, err
		}
		rows[a.Code] = &row
	}
	for _, x := range rooms {
		if row := rows[x.Area]; row != nil && !x.Closed() {
			row.Rooms, row.Candidates = row.Rooms+1, row.Candidates+x.Seats
			if x.Site != "" {
				row.Placed++
			}
		}
	}
	for _, x := range sites {
		if row := rows[x.Area]; row != nil && x.State == site.Set {
			row.Sites, row.Places = row.Sites+1, row.Places+x.Rooms
		}
	}
	for _, a := range areas {
		if row := rows[a.Code]; row != nil && row.Rooms > 0 {
			row.State, row.Enough = roomState(*row, cases[a.Code]), row.Places >= row.Rooms
			if x := cases[a.Code]; x.ID != "" {
				row.Case = "/gl/approvals/" + x.ID
			}
			out = append(out, *row)
		}
	}
	return out, nil
}

// roomCases are the cases about rooms that are under way, by area.
func (s *server) roomCases(ctx context.Context, tx *db.Tx, v *visit, campaign string) (map[string]approval.Case, error) {
	out := map[string]approval.Case{}
	for _, state := range []approval.State{approval.Waiting, approval.Returned} {
		list, err := approval.List(ctx, tx, approval.Filter{Remit: v.remit().division, Kind: flow.KindRooms, State: state, Campaign: campaign})
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			content, err := approval.OpenContent(ctx, tx, s.Keys, x.ID, x.Round)
			if err != nil {
				return nil, err
			}
			out[content[flow.RoomsArea]] = x
		}
	}
	return out, nil
}

// roomState says how far an area is.
func roomState(r console.RoomsRow, x approval.Case) console.State {
	switch {
	case x.State == approval.Returned:
		return console.State{Class: "must", Icon: "back", Key: "rooms.state.returned"}
	case x.State == approval.Waiting && x.Tier == 0:
		return console.State{Class: "wait", Icon: "clock", Key: "rooms.state.city"}
	case x.State == approval.Waiting:
		return console.State{Class: "wait", Icon: "clock", Key: "rooms.state.province"}
	case r.Placed == r.Rooms:
		return console.State{Class: "done", Icon: "check", Key: "rooms.state.taken"}
	case r.Placed > 0:
		return console.State{Class: "must", Icon: "alert", Key: "rooms.state.some"}
	case r.Places < r.Rooms:
		return console.State{Class: "must", Icon: "alert", Key: "rooms.state.short"}
	}
	return console.State{Class: "act", Icon: "hand", Key: "rooms.state.open"}
}

func (s *server) areaRooms(c *gin.Context, v *visit) {
	if done := "rooms.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	s.showArea(c, v, http.StatusOK, nil, console.AreaRooms{})
}

// showArea draws the page of an area. draft are the lines of the form as typed; nil is
// what a returned case says, what is now, or a proposal.
func (s *server) showArea(c *gin.Context, v *visit, status int, draft []console.RoomBlock, view console.AreaRooms) {
	ctx, area := c.Request.Context(), v.subject.(site.Area)
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		a, err := flow.RoomsOf(ctx, tx, area.Campaign, area.Code)
		if err != nil {
			return err
		}
		return s.areaView(ctx, tx, v, a, draft, &view)
	})
	switch {
	case errors.Is(err, flow.ErrNoArrangement):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.show(c, v, status, "arearooms", "rooms", view)
	}
}

func (s *server) areaView(ctx context.Context, tx *db.Tx, v *visit, a flow.AreaRooms, draft []console.RoomBlock, view *console.AreaRooms) error {
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if err != nil {
		return err
	}
	place, err := s.books(v).place(ctx, tx, a.Area.Division)
	if err != nil {
		return err
	}
	view.RoomsRow = console.RoomsRow{Code: a.Area.Code, Name: a.Area.Name, Place: place, Rooms: a.Open(), Candidates: a.Candidates(1, 1<<30), Sites: len(a.Sites), Places: a.Places(), Path: "/gl/rooms/" + a.Area.Code}
	view.Version, view.Short = strconv.Itoa(a.Version.Number), a.Places() < a.Open()
	w := roomWords{words{s.pages, v.lang, camp}, a}
	view.Blocks = w.blocks(a.Blocks)
	for _, b := range view.Blocks {
		view.Placed += b.Rooms
	}
	for _, x := range a.Sites {
		one := console.RoomSite{Code: x.Code, Name: x.Name, Address: x.Address, Rooms: x.Rooms}
		for _, b := range view.Blocks {
			if b.Site == x.Code {
				one.Used += b.Rooms
			}
		}
		view.Sites = append(view.Sites, one)
	}
	view.Groups = w.groups()
	if len(a.Blocks) > 0 {
		view.Waiting = w.waiting()
	}
	x, err := s.Flow.RoomsUnderWay(ctx, tx, a.Area)
	if err != nil {
		return err
	}
	view.State = roomState(view.RoomsRow, x)
	if x.ID != "" {
		view.Case = "/gl/approvals/" + x.ID
	}
	if view.History, err = s.roomHistory(ctx, tx, v, a); err != nil {
		return err
	}
	may := permitted(camp, flow.ActLoseSite, v.session.Account.Role)
	view.MayLose = may.known && may.high && len(view.Blocks) > 0
	mine := v.session.Account.Role == staff.CountyOperator && v.session.Account.Division == a.Area.Division
	switch {
	case !mine:
		view.Shut = "rooms.shut.county"
	case x.State == approval.Waiting:
		view.Shut = "rooms.shut.waiting"
	case !s.Flow.StepOpen(camp, "assign-rooms", a.Area.Division).Accepts():
		view.Shut = "rooms.shut.window"
	default:
		view.Open = true
	}
	if !view.Open {
		return nil
	}
	if x.State == approval.Returned {
		view.Mend, view.CaseVer = x.ID, x.Version
	}
	if draft == nil {
		if draft, err = s.roomDraft(ctx, tx, a, x, w); err != nil {
			return err
		}
	}
	view.Draft, view.Blank = w.counted(draft), []int{1, 2}
	return nil
}

// roomDraft is what the form begins with.
func (s *server) roomDraft(ctx context.Context, tx *db.Tx, a flow.AreaRooms, x approval.Case, w roomWords) ([]console.RoomBlock, error) {
	if x.State == approval.Returned {
		content, err := approval.OpenContent(ctx, tx, s.Keys, x.ID, x.Round)
		if err != nil {
			return nil, err
		}
		lines, err := flow.ReadBlocks(content[flow.RoomsBlocks])
		if err == nil {
			var out []console.RoomBlock
			for _, l := range lines {
				out = append(out, console.RoomBlock{Site: l.Code, First: l.First, Last: l.Last})
			}
			return out, nil
		}
	}
	if len(a.Blocks) > 0 {
		return w.blocks(a.Blocks), nil
	}
	blocks, err := a.Propose()
	if errors.Is(err, arrangement.ErrSites) { // as many as there is room for
		return nil, nil
	}
	return w.blocks(blocks), err
}

// roomHistory is how the rooms came to their sites.
func (s *server) roomHistory(ctx context.Context, tx *db.Tx, v *visit, a flow.AreaRooms) (out []console.RoomSet, err error) {
	sets, err := seating.BlockSets(ctx, tx, a.Version.ID, a.Area.Code)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for i, set := range sets {
		one := console.RoomSet{Number: set.Number, How: "rooms.how." + string(set.How), At: ms(set.At)}
		if one.By, err = s.author(ctx, tx, v, staffAuthor(set.By), names); err != nil {
			return nil, err
		}
		if i+1 < len(sets) && len(flow.ChangedRooms(sets[i+1].Blocks, set.Blocks)) > 0 {
			one.Moved = fmt.Sprintf("/gl/rooms/%s/moved?set=%d", a.Area.Code, set.Number)
		}
		if set.Case != "" {
			one.Case = "/gl/approvals/" + set.Case
		}
		out = append(out, one)
	}
	return out, nil
}

// roomWords says rooms and groups in words.
type roomWords struct {
	words
	flow.AreaRooms
}

func (w roomWords) blocks(all []arrangement.Block) (out []console.RoomBlock) {
	codes := map[string]site.Site{}
	for _, x := range w.Sites {
		codes[x.ID] = x
	}
	for _, b := range all {
		out = append(out, console.RoomBlock{Site: codes[b.Site].Code, First: b.First, Last: b.Last})
	}
	return w.counted(out)
}

// waiting are the rooms that have no site yet, in runs as people read them.
func (w roomWords) waiting() string {
	var out []string
	all := w.Waiting()
	for i := 0; i < len(all); {
		j := i
		for j+1 < len(all) && all[j+1] == all[j]+1 {
			j++
		}
		out, i = append(out, console.RoomRun(all[i], all[j])), j+1
	}
	return strings.Join(out, w.t("rooms.and"))
}

// counted fills in what follows from site and rooms.
func (w roomWords) counted(lines []console.RoomBlock) []console.RoomBlock {
	for i := range lines {
		b := &lines[i]
		b.Rooms, b.People, b.Groups = max(0, b.Last-b.First+1-w.ClosedIn(b.First, b.Last)), w.Candidates(b.First, b.Last), ""
		for _, x := range w.Sites {
			if x.Code == b.Site {
				b.Name, b.Has = x.Name, x.Rooms
			}
		}
		var names []string
		for _, g := range w.groups() {
			if n := min(g.Last, b.Last) - max(g.First, b.First) + 1; n > 0 {
				names = append(names, fmt.Sprintf("%s %d", g.Text, n))
			}
		}
		b.Groups = strings.Join(names, w.t("rooms.and"))
	}
	return lines
}

// groups are the runs of rooms of one group.
func (w roomWords) groups() (out []console.RoomGroup) {
	for _, r := range w.AreaRooms.Rooms {
		if r.Closed() {
			continue
		}
		text := w.t("rooms.mixed")
		if len(r.Groups) == 1 {
			level, rest, _ := strings.Cut(r.Groups[0], "/")
			category, _, _ := strings.Cut(rest, "/")
			text = strings.TrimSpace(w.code("level", level) + " " + w.code("category", category))
		}
		if n := len(out); n > 0 && out[n-1].Text == text && out[n-1].Last == r.Number-1 {
			out[n-1].Last = r.Number
			continue
		}
		out = append(out, console.RoomGroup{Text: text, First: r.Number, Last: r.Number})
	}
	return out
}

// blockLines are the runs of a table as whoever reviews it reads them, with the names of
// the sites and what each has; lines that cannot be read stand as they were written.
func blockLines(ctx context.Context, tx *db.Tx, campaign string, content approval.Content) (string, error) {
	lines, err := flow.ReadBlocks(content[flow.RoomsBlocks])
	if err != nil {
		return content[flow.RoomsBlocks], nil
	}
	sites, err := site.Sites(ctx, tx, campaign)
	if err != nil {
		return "", err
	}
	var out []string
	for _, l := range lines {
		name := l.Code
		if i := slices.IndexFunc(sites, func(x site.Site) bool { return x.Code == l.Code }); i >= 0 {
			name = fmt.Sprintf("%s（%d 间）", sites[i].Name, sites[i].Rooms)
		}
		out = append(out, fmt.Sprintf("%s　%d 间　%s", console.RoomRun(l.First, l.Last), l.Last-l.First+1, name))
	}
	return strings.Join(out, "\n"), nil
}
