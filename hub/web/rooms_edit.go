package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/approval"
	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

// mostBlocks is how many runs a table may have: an area has some tens of sites.
const mostBlocks = 60

// proposeRooms checks the table as it was typed, gives a proposal, or submits it: the
// same form with and without script.
func (s *server) proposeRooms(c *gin.Context, v *visit) {
	area := v.subject.(site.Area)
	do := c.PostForm("do")
	if do == "propose" {
		s.proposal(c, v, area)
		return
	}
	draft, ok := typedBlocks(c)
	note := strings.TrimSpace(c.PostForm("note"))
	if !ok || utf8.RuneCountInString(note) > 200 {
		s.showArea(c, v, http.StatusUnprocessableEntity, draft, console.AreaRooms{Error: "rooms.error.form", Note: note})
		return
	}
	if do != "send" {
		s.checkRooms(c, v, http.StatusOK, area, draft, note)
		return
	}
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		who, err := staff.Get(ctx, tx, v.session.Account.ID)
		if err != nil {
			return err
		}
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		a, err := flow.RoomsOf(ctx, tx, area.Campaign, area.Code)
		if err != nil {
			return err
		}
		var lines []string
		for _, b := range draft {
			lines = append(lines, b.Site+" "+strconv.Itoa(b.First)+"-"+strconv.Itoa(b.Last))
		}
		content := a.Content(nil, note)
		content[flow.RoomsBlocks] = strings.Join(lines, "\n")
		sub := flow.Submission{Kind: flow.KindRooms, Content: content}
		if id := c.PostForm("mend"); id != "" {
			version, err := strconv.Atoi(c.PostForm("version"))
			if err != nil {
				version = -1
			}
			_, err = s.Flow.Resubmit(ctx, tx, camp, flow.Judgement{Case: id, Version: version}, sub, who, v.source)
			return err
		}
		_, err = s.Flow.Submit(ctx, tx, camp, sub, who, v.source)
		return err
	})
	switch err = s.Flow.Refused(ctx, s.DB, err); {
	case err == nil:
		c.Redirect(http.StatusSeeOther, "/gl/rooms/"+area.Code+"?done=sent")
	case errors.Is(err, flow.ErrRooms), errors.Is(err, flow.ErrRoomsUnread):
		s.checkRooms(c, v, http.StatusUnprocessableEntity, area, draft, note)
	case errors.Is(err, flow.ErrNoArrangement):
		s.refuse(c, v, refusalNotFound)
	case flow.ApprovalRefusal(err) != "":
		key := "caserefused." + flow.ApprovalRefusal(err)
		if !s.pages.Has(key) {
			key = "caserefused.case-state"
		}
		s.showArea(c, v, http.StatusConflict, draft, console.AreaRooms{Error: key, Note: note})
	case errors.Is(err, approval.ErrNotFound):
		s.refuse(c, v, refusalNotFound)
	default:
		s.fault(c, v, err)
	}
}

// typedBlocks reads the lines of the form; a line without a site and rooms is none.
func typedBlocks(c *gin.Context) (out []console.RoomBlock, ok bool) {
	sites, firsts, lasts := c.PostFormArray("site"), c.PostFormArray("first"), c.PostFormArray("last")
	if len(sites) != len(firsts) || len(firsts) != len(lasts) || len(sites) > mostBlocks {
		return nil, false
	}
	ok = true
	for i := range sites {
		if sites[i] == "" && strings.TrimSpace(firsts[i]) == "" && strings.TrimSpace(lasts[i]) == "" {
			continue
		}
		if len(sites[i]) > 12 || sites[i] != "" && !plainID(sites[i]) {
			return nil, false
		}
		first, e1 := strconv.Atoi(strings.TrimSpace(firsts[i]))
		last, e2 := strconv.Atoi(strings.TrimSpace(lasts[i]))
		if e1 != nil || e2 != nil || sites[i] == "" || first < 0 || last < 0 || first > 99999 || last > 99999 {
			ok = false
		}
		out = append(out, console.RoomBlock{Site: sites[i], First: first, Last: last})
	}
	return out, ok
}

// checkRooms shows the table with what is wrong with it.
func (s *server) checkRooms(c *gin.Context, v *visit, status int, area site.Area, draft []console.RoomBlock, note string) {
	ctx := c.Request.Context()
	view := console.AreaRooms{Note: note, Checked: true}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		a, err := flow.RoomsOf(ctx, tx, area.Campaign, area.Code)
		if err != nil {
			return err
		}
		ids := map[string]string{}
		for _, x := range a.Sites {
			ids[x.Code] = x.ID
		}
		var blocks []arrangement.Block
		for _, b := range draft {
			id := ids[b.Site]
			if id == "" {
				id = b.Site
			}
			blocks = append(blocks, arrangement.Block{Site: id, Area: area.Code, First: b.First, Last: b.Last})
		}
		slices.SortStableFunc(blocks, func(x, y arrangement.Block) int { return x.First - y.First })
		for _, f := range a.Check(blocks) {
			view.Faults = append(view.Faults, s.roomFault(v, a, f))
		}
		return nil
	})
	if errors.Is(err, flow.ErrNoArrangement) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	slices.SortStableFunc(draft, func(x, y console.RoomBlock) int { return x.First - y.First })
	s.showArea(c, v, status, draft, view)
}

// roomFault says what is wrong and how it is mended.
func (s *server) roomFault(v *visit, a flow.AreaRooms, f *arrangement.BlockFault) string {
	name := func(id string) string {
		for _, x := range a.Sites {
			if x.ID == id {
				return x.Name
			}
		}
		return id
	}
	rooms := strconv.Itoa(f.First)
	if f.Last != f.First {
		rooms += "–" + strconv.Itoa(f.Last)
	}
	key := "rooms.fault." + string(f.Kind)
	switch f.Kind {
	case arrangement.TooMany:
		return s.pages.Text(v.lang, key, name(f.Site), f.Has, f.Given)
	case arrangement.Twice:
		return s.pages.Text(v.lang, key, rooms, name(f.Other), name(f.Site))
	case arrangement.Left:
		return s.pages.Text(v.lang, key, rooms)
	case arrangement.StrangeSite:
		return s.pages.Text(v.lang, key, name(f.Site))
	}
	return s.pages.Text(v.lang, key, name(f.Site), rooms)
}

// proposal fills the form with a proposal.
func (s *server) proposal(c *gin.Context, v *visit, area site.Area) {
	ctx := c.Request.Context()
	var draft []console.RoomBlock
	wrong := ""
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		a, err := flow.RoomsOf(ctx, tx, area.Campaign, area.Code)
		if err != nil {
			return err
		}
		blocks, err := a.Propose()
		if errors.Is(err, arrangement.ErrSites) {
			wrong = "rooms.error.short"
			return nil
		}
		draft = roomWords{words{s.pages, v.lang, camp}, a}.blocks(blocks)
		return err
	})
	switch {
	case errors.Is(err, flow.ErrNoArrangement):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	case wrong != "":
		s.showArea(c, v, http.StatusUnprocessableEntity, []console.RoomBlock{}, console.AreaRooms{Error: wrong})
	default:
		s.showArea(c, v, http.StatusOK, draft, console.AreaRooms{})
	}
}
