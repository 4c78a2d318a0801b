package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/staff"
)

// route is one entry of the table: who may come in, what must lie in their
// remit, and what then happens.
type route struct {
	method, path string
	who          []staff.Role // empty is refused by New; anyone is said by open
	open         bool         // no sign-in asked
	remit        rule
	plain        bool // nobody is looked for: no session, no cookie
	idle         bool // coming in is no sign of a person at the keyboard: the session does not live longer by it
	demo         bool // exists only in a database the demo made
	do           func(*gin.Context, *visit)
}

// rule says how a route is held to the remit.
type rule string

// The rules. The zero value is refused by New.
const (
	remitNone   rule = "none"   // the page is of no place
	remitList   rule = "list"   // the handler asks for the remit's part only
	remitRecord rule = "record" // :id is a confirmation; foreign is 404
	remitBox    rule = "box"    // :id is a box; foreign is 404
)

// The groups of roles. A technician enrols and mends boxes and sees no record;
// a clerk sees her point.
func everyone() []staff.Role {
	return []staff.Role{staff.ProvinceAdmin, staff.ProvinceOperator, staff.CityOperator, staff.CountyOperator, staff.Clerk, staff.Technician}
}

func officers() []staff.Role {
	return []staff.Role{staff.ProvinceAdmin, staff.ProvinceOperator, staff.CityOperator, staff.CountyOperator}
}

func readers() []staff.Role { return append(officers(), staff.Clerk) }

func province() []staff.Role { return []staff.Role{staff.ProvinceAdmin, staff.ProvinceOperator} }

// table lists every route of the hub's pages. It is the only place where one is
// made.
func (s *server) table() []route {
	get, post := http.MethodGet, http.MethodPost
	return []route{
		{method: get, path: "/", open: true, plain: true, remit: remitNone, do: s.root},
		{method: get, path: "/healthz", open: true, plain: true, remit: remitNone, do: s.health},
		{method: get, path: "/gl/static/:print/:name", open: true, plain: true, remit: remitNone, do: s.static},
		{method: get, path: "/gl/sign-in", open: true, remit: remitNone, do: s.signInPage},
		{method: post, path: "/gl/sign-in", open: true, remit: remitNone, do: s.signIn},
		{method: post, path: "/gl/language", open: true, remit: remitNone, do: s.language},
		{method: post, path: "/gl/sign-out", who: everyone(), remit: remitNone, do: s.signOut},

		{method: get, path: "/gl", who: readers(), remit: remitList, do: s.dashboard},
		{method: get, path: "/gl/part/dashboard", who: readers(), remit: remitList, idle: true, do: s.dashboardPart},
		{method: get, path: "/gl/live", who: readers(), remit: remitList, idle: true, do: s.live},
		{method: get, path: "/gl/confirmations", who: readers(), remit: remitList, do: s.confirmations},
		{method: get, path: "/gl/confirmations/:id", who: readers(), remit: remitRecord, do: s.record},
		{method: post, path: "/gl/confirmations/:id/reveal", who: officers(), remit: remitRecord, do: s.reveal},
		{method: get, path: "/gl/disputes", who: readers(), remit: remitList, do: s.disputes},
		{method: get, path: "/gl/quarantine", who: append(officers(), staff.Technician), remit: remitList, do: s.quarantine},

		{method: get, path: "/gl/boxes", who: everyone(), remit: remitList, do: s.boxes},
		{method: get, path: "/gl/boxes/:id", who: everyone(), remit: remitBox, do: s.box},
		{method: post, path: "/gl/boxes/:id/freeze", who: officers(), remit: remitBox, do: s.freeze},
		{method: post, path: "/gl/boxes/:id/release", who: province(), remit: remitBox, do: s.release},
		{method: post, path: "/gl/boxes/:id/revoke", who: province(), remit: remitBox, do: s.revoke},
		{method: get, path: "/gl/points", who: everyone(), remit: remitList, do: s.points},
		{method: get, path: "/gl/journal", who: officers(), remit: remitList, do: s.journal},

		{method: post, path: "/demo/clock", open: true, demo: true, remit: remitNone, do: s.moveClock},
		{method: get, path: "/gl/gallery", open: true, demo: true, remit: remitNone, do: s.gallery},
		{method: get, path: "/gl/gallery/:page/:state", open: true, demo: true, remit: remitNone, do: s.scene},
	}
}

// checkTable refuses a table in which a route lacks its roles or its rule, or
// names a thing in its path without one (S10).
func checkTable(table []route) error {
	seen := map[string]bool{}
	for _, r := range table {
		name := r.method + " " + r.path
		switch {
		case seen[name]:
			return fmt.Errorf("web: route %s stands twice", name)
		case r.do == nil:
			return fmt.Errorf("web: route %s does nothing", name)
		case r.open == (len(r.who) > 0):
			return fmt.Errorf("web: route %s does not say who may enter", name)
		case !slices.Contains([]rule{remitNone, remitList, remitRecord, remitBox}, r.remit):
			return fmt.Errorf("web: route %s has no rule for the remit", name)
		case strings.Contains(r.path, ":id") != (r.remit == remitRecord || r.remit == remitBox):
			return fmt.Errorf("web: route %s: path and rule for the remit do not fit", name)
		case r.open && r.remit != remitNone:
			return fmt.Errorf("web: route %s is open and yet of some place", name)
		case r.method != http.MethodGet && r.method != http.MethodPost:
			return fmt.Errorf("web: route %s: only GET and POST are used", name)
		}
		seen[name] = true
	}
	return nil
}

// may lists the menu entries a role is shown: those whose route it may enter.
func (s *server) may(role staff.Role) map[string]bool {
	entries := map[string]string{"/gl": "dashboard", "/gl/confirmations": "confirmations", "/gl/disputes": "disputes", "/gl/quarantine": "quarantine",
		"/gl/boxes": "boxes", "/gl/points": "points", "/gl/journal": "journal", "/gl/confirmations/:id/reveal": "reveal",
		"/gl/boxes/:id/freeze": "freeze", "/gl/boxes/:id/release": "release", "/gl/boxes/:id/revoke": "revoke"}
	out := map[string]bool{}
	for _, r := range s.routes {
		if e, ok := entries[r.path]; ok && slices.Contains(r.who, role) {
			out[e] = true
		}
	}
	return out
}

// home is where a role begins.
func (s *server) home(role staff.Role) string {
	if s.may(role)["dashboard"] {
		return "/gl"
	}
	return "/gl/boxes"
}
