package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/access"
	"zhunkao/hub/staff"
)

// route is one entry of the table: who may come in, what must lie in their
// remit, and what then happens.
type route struct {
	method, path string
	who          []staff.Role // empty is refused by New; anyone is said by open
	open         bool         // no sign-in asked
	scope        access.Scope // for other systems: a bearer token with this scope, and nothing else, lets in
	remit        rule
	right        string // word by which pages ask whether somebody may come in here; "" is never asked
	upload       bool   // the form may hold a file (multipart/form-data, maxUpload)
	stream       bool   // with upload: its files are too large to be held, and the handler reads them as they come (maxStream)
	plain        bool   // nobody is looked for: no session, no cookie
	first        bool   // also for an account that is not ready: see toFirst
	idle         bool   // coming in is no sign of a person at the keyboard: the session does not live longer by it
	ahead        bool   // her session is asked for in the turn of the page's own question: see guessed.go
	demo         bool   // exists only in a database the demo made
	do           func(*gin.Context, *visit)
}

// rule says how a route is held to the remit.
type rule string

// The rules that need no thing in the path. The zero value is refused by New;
// every other rule says what :id is, has a finder, and answers 404 to whoever
// asks for what is foreign.
const (
	remitNone rule = "none" // the page is of no place
	remitList rule = "list" // the handler asks for the remit's part only
)

// The groups of roles. A technician enrols and mends boxes and sees no record;
// a clerk sees her point.
func everyone() []staff.Role {
	return []staff.Role{staff.ProvinceAdmin, staff.ProvinceOperator, staff.CityOperator, staff.CountyOperator, staff.PointHead, staff.Clerk, staff.Technician}
}

func officers() []staff.Role {
	return []staff.Role{staff.ProvinceAdmin, staff.ProvinceOperator, staff.CityOperator, staff.CountyOperator}
}

func readers() []staff.Role { return append(officers(), staff.PointHead, staff.Clerk) }

func province() []staff.Role { return []staff.Role{staff.ProvinceAdmin, staff.ProvinceOperator} }

// part is a group of pages: its routes, and how the things in their paths are
// found. Each stands in the file of its pages.
type part struct {
	routes  []route
	finders map[rule]finder
}

// parts lists every group of pages; there is no other way to make a route.
func (s *server) parts() []part {
	return []part{s.framePart(), s.recordPart(), s.heldPart(), s.slipPart(), s.paymentPart(), s.unpaidPart(), s.troublePart(), s.endingPart(), s.arrangementPart(), s.resultsPart(), s.disputePart(), s.proofPart(), s.reviewPart(), s.boxPart(), s.stickPart(), s.campaignPart(), s.journalPart(), s.apiPart(), s.approvalPart(), s.accessPart(), s.candidatePart(), s.exchangePart(), s.orgPart(), s.incidentPart(), s.accountPart(), s.staffPart(), s.trainingPart(), s.secondPart(), s.personPart(), s.textPart(), s.entryPart(), s.ticketPart(), s.evidencePart(), s.dayPart(), s.cashPart(), s.depositPart(), s.sitePart(), s.roomPart(), s.examPaperPart(), s.examPrintPart()}
}

// table lists every route of the hub's pages.
func (s *server) table() (out []route) {
	for _, p := range s.parts() {
		out = append(out, p.routes...)
	}
	return out
}

// framePart is the door, the first page, and what belongs to no other group.
func (s *server) framePart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/", open: true, plain: true, remit: remitNone, do: s.root},
		{method: get, path: "/healthz", open: true, plain: true, remit: remitNone, do: s.health},
		{method: get, path: "/gl/static/:print/:name", open: true, plain: true, remit: remitNone, do: s.static},
		{method: get, path: "/gl/sign-in", open: true, remit: remitNone, do: s.signInPage},
		{method: post, path: "/gl/sign-in", open: true, remit: remitNone, do: s.signIn},
		{method: get, path: "/gl/apply", open: true, remit: remitNone, do: s.applyPage},
		{method: post, path: "/gl/apply", open: true, remit: remitNone, do: s.apply},
		{method: post, path: "/gl/language", open: true, remit: remitNone, do: s.language},
		{method: post, path: "/gl/sign-out", who: everyone(), remit: remitNone, first: true, do: s.signOut},

		{method: get, path: "/gl", who: readers(), remit: remitList, right: "dashboard", ahead: true, do: s.dashboard},
		{method: get, path: "/gl/part/dashboard", who: readers(), remit: remitList, idle: true, do: s.dashboardPart},
		{method: get, path: "/gl/live", who: everyone(), remit: remitList, idle: true, do: s.live},

		{method: post, path: "/demo/clock", open: true, demo: true, remit: remitNone, do: s.moveClock},
		{method: get, path: "/gl/gallery", open: true, demo: true, remit: remitNone, do: s.gallery},
		{method: get, path: "/gl/gallery/:page/:state", open: true, demo: true, remit: remitNone, do: s.scene},
	}}
}

// checkTable refuses a table in which a route lacks its roles or its rule, or
// names a thing in its path without one (S10).
func checkTable(table []route, finders map[rule]finder) error {
	seen := map[string]bool{}
	for _, r := range table {
		name := r.method + " " + r.path
		switch {
		case seen[name]:
			return fmt.Errorf("web: route %s stands twice", name)
		case r.do == nil:
			return fmt.Errorf("web: route %s does nothing", name)
		case r.scope == "" && r.open == (len(r.who) > 0), r.scope != "" && (r.open || len(r.who) > 0 || r.method != http.MethodGet):
			return fmt.Errorf("web: route %s does not say who may enter", name)
		case r.remit != remitNone && r.remit != remitList && finders[r.remit] == nil:
			return fmt.Errorf("web: route %s has no rule for the remit", name)
		case strings.Contains(r.path, ":id") == (r.remit == remitNone || r.remit == remitList):
			return fmt.Errorf("web: route %s: path and rule for the remit do not fit", name)
		case r.open && r.remit != remitNone:
			return fmt.Errorf("web: route %s is open and yet of some place", name)
		case r.ahead && (r.remit != remitList || r.upload || r.idle || r.first):
			return fmt.Errorf("web: route %s does more with a session that is only remembered than ask", name)
		case r.upload && r.method != http.MethodPost:
			return fmt.Errorf("web: route %s takes a file without a form", name)
		case r.stream && (!r.upload || r.open || r.first):
			return fmt.Errorf("web: route %s reads files from somebody not known yet", name)
		case r.method != http.MethodGet && r.method != http.MethodPost:
			return fmt.Errorf("web: route %s: only GET and POST are used", name)
		}
		seen[name] = true
	}
	return nil
}

// hold takes the table of routes, and reads from it the rights of each role:
// those of the routes that it may enter.
func (s *server) hold(table []route) {
	s.routes, s.mayBy = table, map[staff.Role]map[string]bool{}
	for _, role := range everyone() {
		may := map[string]bool{}
		for _, r := range table {
			if r.right != "" && slices.Contains(r.who, role) {
				may[r.right] = true
			}
		}
		s.mayBy[role] = may
	}
}

// may lists the rights of a role. Nobody changes what it gives.
func (s *server) may(role staff.Role) map[string]bool { return s.mayBy[role] }

// home is where a role begins.
func (s *server) home(role staff.Role) string {
	if s.may(role)["dashboard"] {
		return "/gl"
	}
	return "/gl/boxes"
}
