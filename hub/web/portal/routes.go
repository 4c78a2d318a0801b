package portal

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/ticket"
)

// route is one entry of the table: who may come in, and what then happens.
type route struct {
	method, path string
	open         bool // no sign-in asked
	plain        bool // nobody is looked for: no session, no cookie
	first        bool // also for an account that must settle something first, such as a password of her own
	second       bool // asks for the second password where the campaign has one
	upload       bool // the form may hold a file (multipart/form-data, maxUpload)
	idle         bool // coming in is no sign of a person at the keyboard: the session does not live longer by it
	quiet        bool // a page that looks again by itself: nor by it, and it is a page all the same
	ahead        bool // her session is asked for in the turn of its own first question: see guessed.go
	demo         bool // exists only in a database the demo made
	do           func(*gin.Context, *visit)
}

// part is a group of pages: its routes. Each stands in the file of its pages.
type part []route

// parts lists every group of pages; there is no other way to make a route.
func (s *server) parts() []part {
	return []part{s.framePart(), s.accountPart(), s.messagesPart(), s.myDataPart(), s.statusPart(), s.choicesPart(), s.pointPart(), s.evidencePart(), s.consentPart(), s.formPart(), s.reviewPart(), s.payPart(), s.resultsPart(), s.slipPart(), s.ticketPart(), s.arrangedPart()}
}

// framePart is what belongs to no other group.
func (s *server) framePart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{
		{method: get, path: "/ks", open: true, do: s.landing},
		{method: get, path: "/ks/static/:print/:name", open: true, plain: true, do: s.static},
		{method: post, path: "/ks/display", open: true, first: true, do: s.display},
		{method: post, path: "/ks/demo/clock", open: true, first: true, demo: true, do: s.moveClock},
		{method: get, path: "/ks/gallery", open: true, demo: true, do: s.gallery},
		{method: get, path: "/ks/gallery/:page/:state", open: true, demo: true, do: s.scene},
	}
}

// checkTable refuses a table that contradicts itself.
func checkTable(table []route) error {
	seen := map[string]bool{}
	for _, r := range table {
		name := r.method + " " + r.path
		switch {
		case seen[name]:
			return fmt.Errorf("portal: route %s stands twice", name)
		case r.do == nil:
			return fmt.Errorf("portal: route %s does nothing", name)
		case r.path != "/ks" && !strings.HasPrefix(r.path, slipCapitals) && !strings.HasPrefix(r.path, ticket.LinkPath) && !strings.HasPrefix(r.path, "/ks/"):
			return fmt.Errorf("portal: route %s is not of this entrance", name)
		case r.plain && !r.open:
			return fmt.Errorf("portal: route %s looks for nobody and yet asks for a sign-in", name)
		case r.second && (r.open || r.method != http.MethodPost):
			return fmt.Errorf("portal: route %s asks for a second password where nothing is saved", name)
		case r.ahead && (r.open || r.plain || r.first || r.second || r.upload || r.idle || r.quiet || r.demo):
			return fmt.Errorf("portal: route %s does more with a session that is only remembered than ask", name)
		case r.upload && r.method != http.MethodPost:
			return fmt.Errorf("portal: route %s takes a file without a form", name)
		case r.method != http.MethodGet && r.method != http.MethodPost:
			return fmt.Errorf("portal: route %s: only GET and POST are used", name)
		}
		seen[name] = true
	}
	return nil
}
