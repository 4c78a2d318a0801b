package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/printroom"
	"zhunkao/hub/staff"
	"zhunkao/hub/web"
)

func TestTableWithAHoleIsRefused(t *testing.T) {
	for _, name := range web.Refused() {
		t.Errorf("a table was taken: %s", name)
	}
}

// TestMatrix asks every route as every role, of things at home and of things in
// another county, and compares with what the table says: nobody signed in goes
// to the door, a role that may not is refused, what is foreign does not exist.
func TestMatrix(t *testing.T) {
	w := newWorld(t, demo)
	home, foreign := w.confirm(0), w.confirm(1)
	if w.people[0].Application.Point != pointHere || w.people[1].Application.Point != pointThere {
		t.Fatal("the people are not where this test needs them")
	}
	things := w.things(home, foreign)
	asked := 0
	for _, r := range web.Table() {
		places := []string{"home"}
		if strings.Contains(r.Path, ":id") {
			places = append(places, "foreign", "absent")
			if _, ok := things[r.Remit]; !ok {
				t.Errorf("%s: nothing is known that :id could be under the rule %q", r.Path, r.Remit)
				continue
			}
		}
		for _, place := range places {
			id := things[r.Remit][place]
			if id == "" && place == "foreign" {
				continue // it is everybody's: there is none elsewhere
			}
			path := strings.NewReplacer(":id", id, ":print", "0", ":name", "base.css", ":page", "boxes", ":state", "mixed").Replace(r.Path)
			for _, a := range append(accounts(), account{name: ""}) {
				if r.Path == "/gl/live" && a.name != "" && slices.Contains(r.Who, a.role) {
					continue // a stream has no end; see TestLive
				}
				want := expected(r, a, place)
				if want == 0 {
					continue
				}
				asked++
				if got := w.ask(r, path, a.name); got != want {
					t.Errorf("%s %s (%s) as %q: got %d, want %d", r.Method, r.Path, place, a.role, got, want)
				}
			}
		}
	}
	if asked < 200 {
		t.Errorf("only %d questions were asked", asked)
	}
}

// things are what :id names under each rule: one at home, one in another
// county, and one that is nowhere.
func (w *world) things(home, foreign string) map[string]map[string]string {
	here, there := w.filed(pointHere), w.filed(pointThere)
	return map[string]map[string]string{
		"campaign":      {"home": w.inForce(), "absent": strings.Repeat("0", 64)},
		"entry":         {"home": w.entryOf(home), "foreign": w.entryOf(foreign), "absent": "99999999"},
		"case":          {"home": here.id, "foreign": there.id, "absent": "000000000000000000000000"},
		"case-paper":    {"home": here.paper, "foreign": there.paper, "absent": "000000000000000000000000"},
		"delegation":    {"home": here.delegation, "foreign": there.delegation, "absent": "000000000000000000000000"},
		"record":        {"home": home, "foreign": foreign, "absent": strings.Repeat("0", 32)},
		"box":           {"home": w.boxes[pointHere].ID, "foreign": w.boxes[pointThere].ID, "absent": "baaaaaaaaaa"},
		"point":         {"home": pointHere, "foreign": pointThere, "absent": "43010499"},
		"office":        {"home": countyHere, "foreign": countyThere, "absent": "430199"},
		"incident":      {"home": w.reported(pointHere), "foreign": w.reported(pointThere), "absent": strings.Repeat("0", 32)},
		"staff":         {"home": w.employed("sx1", pointHere), "foreign": w.employed("sx2", pointThere), "absent": "s0000000000000000"},
		"staff-request": {"home": w.applied("sq1", pointHere), "foreign": w.applied("sq2", pointThere), "absent": "q0000000000000000"},
		"token":         {"home": w.apiAsked(countyHere), "foreign": w.apiAsked(countyThere), "absent": "t000000000000"},
		"held":          {"home": w.setAside(pointHere, "content"), "foreign": w.setAside(pointThere, "content"), "absent": strings.Repeat("0", 32)},
		"candidate":     {"home": w.people[0].Application.ID, "foreign": w.people[1].Application.ID, "absent": strings.Repeat("0", 32)},
		"countersign":   {"home": w.declined(pointHere), "foreign": w.declined(pointThere), "absent": strings.Repeat("0", 24)},
		"drawing":       {"home": w.drawnBy("430100"), "foreign": w.drawnBy(countyThere[:4] + "00"), "absent": strings.Repeat("0", 24)},
		"day":           {"home": w.dayOf(w.leftOver()), "absent": "2019-01-01"},
		"residue":       {"home": w.leftOver(), "absent": strings.Repeat("0", 24)},
		"conflict":      {"home": w.contradicted(), "absent": strings.Repeat("0", 24)},
		"order":         {"home": w.ordered(pointHere).Number, "foreign": w.ordered(pointThere).Number, "absent": "20194300000000000000"},
		"movement":      {"home": w.again(pointHere).Movement.ID, "foreign": w.again(pointThere).Movement.ID, "absent": strings.Repeat("0", 24)},
		"contradiction": {"home": w.twoWords().ID, "absent": strings.Repeat("0", 24)},
		"transfer":      {"home": w.transferred(pointHere).ID, "foreign": w.transferred(pointThere).ID, "absent": strings.Repeat("0", 24)},
		"deposit":       {"home": w.deposited(pointHere).ID, "foreign": w.deposited(pointThere).ID, "absent": strings.Repeat("0", 24)},
		"unpaid":        {"home": w.owed(pointHere), "foreign": w.owed(pointThere), "absent": "20194300009999999999"},
		"ending":        {"home": w.ended(false).ID, "absent": strings.Repeat("0", 24)},
		"results":       {"home": w.marked(), "absent": strings.Repeat("0", 32)},
		"area":          {"home": countyHere[2:], "foreign": countyThere[2:], "absent": "9999"},
		"site-papers":   {"home": w.siteIn(countyHere), "foreign": w.siteIn(countyThere), "absent": strings.Repeat("0", 24)},
		"batch":         {"home": w.batched(countyHere), "foreign": w.batched(countyThere), "absent": strings.Repeat("0", 24)},
		"print":         {"home": w.printing(countyHere, w.batched(countyHere), printroom.Ended, ""), "foreign": w.printing(countyThere, w.batched(countyThere), printroom.Ended, ""), "absent": strings.Repeat("0", 24)},
		"arrangement":   {"home": w.arranged(), "absent": strings.Repeat("0", 32)},
		"parcel":        {"home": w.fetched(countyHere), "foreign": w.fetched(countyThere), "absent": strings.Repeat("0", 32)},
	}
}

// answers are what routes say to whoever may come in, where that is not 200; 0
// is for a route with tests of its own. Posts carry a reason and nothing else.
var answers = map[string]int{
	"GET /":                                  http.StatusSeeOther,
	"GET /gl/static/:print/:name":            http.StatusNotFound, // another build's fingerprint
	"POST /gl/sign-in":                       0,
	"POST /gl/language":                      http.StatusSeeOther,
	"POST /demo/clock":                       http.StatusSeeOther,
	"POST /gl/sign-out":                      0,
	"GET /gl/account/first":                  http.StatusSeeOther, // all is settled: to her account
	"POST /gl/account/first":                 http.StatusSeeOther,
	"POST /gl/account/password":              http.StatusUnprocessableEntity,
	"POST /gl/account/authenticator":         http.StatusUnprocessableEntity,
	"POST /gl/account/end":                   http.StatusSeeOther, // no such session: it has ended
	"POST /gl/apply":                         http.StatusUnprocessableEntity,
	"POST /gl/staff/hire":                    http.StatusUnprocessableEntity,
	"POST /gl/staff/slips":                   http.StatusUnprocessableEntity,
	"POST /gl/staff/:id/disable":             http.StatusSeeOther,
	"POST /gl/staff/:id/enable":              http.StatusSeeOther,
	"POST /gl/staff/:id/move":                http.StatusUnprocessableEntity,
	"POST /gl/staff/:id/reset":               http.StatusUnprocessableEntity,
	"POST /gl/staff/:id/vouch":               http.StatusUnprocessableEntity, // her password is old
	"POST /gl/seconds/:id/agree":             http.StatusConflict,            // long refused
	"POST /gl/seconds/:id/refuse":            http.StatusConflict,
	"POST /gl/staff/:id/end":                 http.StatusSeeOther,
	"POST /gl/staff/:id/card-off":            http.StatusConflict, // she has none
	"POST /gl/account/card-off":              http.StatusUnprocessableEntity,
	"POST /gl/staff/requests/:id/bind":       http.StatusUnprocessableEntity,
	"POST /gl/staff/requests/:id/refuse":     http.StatusSeeOther,
	"POST /gl/access":                        http.StatusUnprocessableEntity,
	"POST /gl/access/:id/agree":              0, // once for each token
	"POST /gl/access/:id/revoke":             0,
	"POST /gl/approvals/new":                 http.StatusBadRequest, // of no kind
	"POST /gl/approvals/agree":               http.StatusUnprocessableEntity,
	"POST /gl/approvals/:id/agree":           http.StatusConflict, // without the version it was read in
	"POST /gl/approvals/:id/refuse":          http.StatusConflict,
	"POST /gl/approvals/:id/return":          http.StatusConflict,
	"POST /gl/approvals/:id/withdraw":        http.StatusConflict,
	"GET /gl/approvals/:id/mend":             http.StatusSeeOther, // it was not returned
	"POST /gl/approvals/:id/mend":            http.StatusConflict,
	"POST /gl/approvals/delegations":         http.StatusUnprocessableEntity,
	"POST /gl/approvals/delegations/:id/end": http.StatusSeeOther,
	"POST /gl/offices/import":                http.StatusUnprocessableEntity, // no list in it
	"POST /gl/offices/:id":                   http.StatusBadRequest,          // without the version it was read in
	"POST /gl/incidents":                     http.StatusUnprocessableEntity,
	"POST /gl/sticks":                        http.StatusUnprocessableEntity, // no file in it
	"POST /gl/days":                          http.StatusUnprocessableEntity, // no file in it
	"POST /gl/days/:id/close":                http.StatusConflict,            // of facts that nobody saw
	"POST /gl/residues/:id/settle":           http.StatusSeeOther,            // the second person is asked
	"POST /gl/statements/:id/decide":         http.StatusUnprocessableEntity, // neither is chosen
	"POST /gl/incidents/:id/note":            http.StatusSeeOther,
	// What answers these is how the incident stands: see TestIncidentGoesUp.
	"POST /gl/incidents/:id/acknowledge": 0, "POST /gl/incidents/:id/measure": 0, "POST /gl/incidents/:id/hand-up": 0, "POST /gl/incidents/:id/hand-down": 0,
	"POST /gl/incidents/:id/resolve": 0, "POST /gl/incidents/:id/close": 0, "POST /gl/incidents/:id/reopen": 0,
	"POST /gl/candidates/:id/ticket":       http.StatusConflict, // nothing is published: see TestTicketByOffice
	"POST /gl/candidates/:id/data/copy":    0,                   // the campaign's table says who: see TestPersonData
	"POST /gl/candidates/:id/data/correct": 0, "POST /gl/candidates/:id/data/erase": 0, "POST /gl/candidates/:id/data/answer": 0,
	"POST /gl/slip":               http.StatusUnprocessableEntity, // nothing was scanned
	"POST /gl/unpaid/ask":         http.StatusSeeOther,
	"POST /gl/unpaid/sign":        http.StatusUnprocessableEntity, // not as it was read
	"POST /gl/unpaid/reopen":      http.StatusUnprocessableEntity, // not signed
	"GET /gl/unpaid/sheet":        0,                              // of a point: see TestUnpaid
	"POST /gl/unpaid/:id/contact": http.StatusUnprocessableEntity, // no time
	"POST /gl/unpaid/:id/reason":  http.StatusUnprocessableEntity, // none is chosen
	"POST /gl/trouble/tell":       http.StatusUnprocessableEntity, // no channel
	"POST /gl/trouble/extend":     http.StatusUnprocessableEntity,
	"POST /gl/catchments":         http.StatusBadRequest,           // without the version it was read in
	"POST /gl/moves":              http.StatusBadRequest,           // of no act
	"GET /gl/rooms/:id":           0, "GET /gl/rooms/:id/sheet": 0, // where an arrangement has rooms: see TestRoomsByHand; the rule is tried by those below
	"GET /gl/rooms/:id/lose":             http.StatusNotFound,
	"POST /gl/rooms/:id/lose":            http.StatusBadRequest, // of no site
	"GET /gl/rooms/:id/moved":            http.StatusBadRequest, // of no table
	"GET /gl/sitepapers/:id":             http.StatusNotFound,   // no room is there: see TestPapersOfASite
	"POST /gl/sitepapers/:id":            http.StatusNotFound,
	"POST /gl/sitepapers/:id/sample":     http.StatusBadRequest, // of no paper
	"POST /gl/batches/:id/fetch":         http.StatusConflict,   // it was never made
	"POST /gl/batches/:id/print":         http.StatusConflict,   // at no printer
	"POST /gl/prints/:id/halt":           http.StatusConflict,   // it is over
	"POST /gl/prints/:id/resume":         http.StatusConflict,
	"POST /gl/prints/:id/settle":         http.StatusBadRequest,          // of no part
	"POST /gl/endings":                   http.StatusConflict,            // some can still confirm
	"POST /gl/results":                   http.StatusUnprocessableEntity, // no file in it
	"POST /gl/results/:id/apply":         http.StatusConflict,            // the examination is not over
	"POST /gl/results/:id/undo":          http.StatusConflict,            // nothing counts of it
	"POST /gl/results/:id/drop":          0,                              // once: see TestResultsByTwo
	"POST /gl/registers/:code":           http.StatusNotFound,            // nobody was admitted there
	"POST /gl/endings/:id/object":        http.StatusNotFound,            // nobody is named
	"POST /gl/endings/:id/decide":        http.StatusNotFound,
	"POST /gl/endings/:id/restore":       http.StatusNotFound,
	"POST /gl/endings/:id/sign":          http.StatusConflict, // not as it was read
	"POST /gl/endings/:id/drop":          0,                   // once: see TestEnding
	"POST /gl/endings/:id/reverse":       http.StatusConflict, // not signed
	"GET /gl/arrangement/part":           0,                   // while the hub computes: see TestArrangement
	"POST /gl/arrangement/try":           http.StatusSeeOther,
	"POST /gl/arrangement":               http.StatusUnprocessableEntity, // it is not the time
	"POST /gl/arrangement/revise":        http.StatusUnprocessableEntity,
	"GET /gl/arrangement/:id/changes":    0,                              // of a revision: see TestArrangement
	"POST /gl/arrangement/:id/publish":   http.StatusUnprocessableEntity, // it is published
	"POST /gl/arrangement/:id/drawer":    http.StatusConflict,            // of no office
	"POST /gl/arrangement/:id/seal":      http.StatusUnprocessableEntity, // nothing to seal
	"POST /gl/arrangement/:id/reveal":    http.StatusUnprocessableEntity,
	"POST /gl/arrangement/:id/refuse":    http.StatusConflict,            // of no office
	"POST /gl/arrangement/:id/number":    http.StatusUnprocessableEntity, // it is published
	"POST /gl/arrangement/:id/void":      http.StatusUnprocessableEntity,
	"POST /gl/arrangement/:id/add":       http.StatusUnprocessableEntity, // nobody is ticked
	"POST /gl/held/:id/again":            http.StatusSeeOther,            // its bytes were not kept
	"POST /gl/held/:id/settle":           http.StatusUnprocessableEntity, // neither is chosen
	"POST /gl/disputes/:id/decide":       http.StatusUnprocessableEntity, // none is chosen
	"GET /gl/proofs/:id":                 http.StatusSeeOther,            // made with a chip: to its page
	"POST /gl/proofs/:id/decide":         0,                              // the campaign's table says who: see TestProof
	"POST /gl/confirmations/:id/void":    http.StatusUnprocessableEntity, // without a reason of the campaign's list
	"POST /gl/movements/:id/step":        http.StatusUnprocessableEntity, // no step is chosen
	"POST /gl/movements/:id/owner":       http.StatusUnprocessableEntity, // no order
	"POST /gl/movements/:id/paid-out":    0,                              // the campaign's table says who: see TestRefundByHand
	"POST /gl/movements/:id/ask-again":   http.StatusConflict,            // it is not on its way back
	"POST /gl/contradictions/:id/settle": http.StatusSeeOther,            // the second person is asked
	"POST /gl/payments/:id/extend":       http.StatusConflict,            // it has no end
	"POST /gl/payments/:id/waive":        http.StatusConflict,            // she claims no exemption
	"POST /gl/payments/:id/settle":       http.StatusConflict,            // nothing differs
	"POST /gl/transfers":                 http.StatusUnprocessableEntity,
	"POST /gl/transfers/:id/confirm":     http.StatusUnprocessableEntity,
	"POST /gl/transfers/:id/refuse":      0, // once for each: see TestTransferByTwo
	"POST /gl/cash":                      http.StatusUnprocessableEntity,
	"POST /gl/cash/:id/papers":           http.StatusForbidden, // this campaign takes no cash: see TestCash
	"POST /gl/cash/:id/take":             http.StatusUnprocessableEntity,
	"POST /gl/cash/:id/receipt":          http.StatusUnprocessableEntity,
	"POST /gl/points/:id/cash":           http.StatusUnprocessableEntity,
	"POST /gl/points/:id/cash/sign":      http.StatusConflict,
	"POST /gl/points/:id/deposits":       http.StatusUnprocessableEntity,
	"POST /gl/deposits/:id/sign":         http.StatusUnprocessableEntity,
	"POST /gl/deposits/:id/drop":         0,                                                                                                                            // once for each: see TestDeposit
	"POST /gl/search":                    http.StatusUnprocessableEntity,                                                                                               // nothing to look for
	"POST /gl/exchange":                  http.StatusUnprocessableEntity,                                                                                               // no table
	"POST /gl/exchange/:id/agree":        http.StatusConflict, "POST /gl/exchange/:id/refuse": http.StatusConflict, "POST /gl/exchange/:id/fetch": http.StatusConflict, // long fetched
	"GET /gl/campaigns/:id/effects": http.StatusSeeOther, // never rehearsed
	"GET /gl/campaigns/:id/sign":    http.StatusSeeOther, // in force: nothing to sign
	"POST /gl/campaigns/:id/sign":   http.StatusConflict, "POST /gl/campaigns/:id/rehearse": http.StatusConflict,
	"POST /gl/campaigns/:id/stop": http.StatusSeeOther, "POST /gl/campaigns": http.StatusUnprocessableEntity,
	"POST /gl/windows": http.StatusUnprocessableEntity, "POST /gl/catalogue": http.StatusUnprocessableEntity,
	"POST /gl/journal":           0, // once at a time: see TestJournalIsCheckedFromThePage
	"POST /gl/boxes/:id/freeze":  http.StatusSeeOther,
	"POST /gl/boxes/:id/release": http.StatusSeeOther,
	"POST /gl/boxes/:id/revoke":  http.StatusUnprocessableEntity, // without the tick nothing is done
}

// expected is the status the table promises; 0 asks nothing.
func expected(r web.RouteInfo, a account, place string) int {
	switch {
	case r.Open:
		if r.Path == "/gl/sign-in" && a.name != "" {
			return 0 // has tests of its own
		}
	case r.Scope != "":
		return http.StatusUnauthorized // no session opens it, of whatever role
	case a.name == "":
		if r.Idle {
			return http.StatusUnauthorized
		}
		return http.StatusSeeOther // to the door
	case r.Path == "/gl" && !slices.Contains(r.Who, a.role):
		return http.StatusSeeOther // to the first page of her own
	case !slices.Contains(r.Who, a.role):
		return http.StatusForbidden
	case place == "absent", place == "foreign" && a.division != "430000":
		return http.StatusNotFound
	}
	if want, ok := answers[r.Method+" "+r.Path]; ok {
		return want
	}
	return http.StatusOK
}

// ask asks one route, with a token and a reason, and puts boxes back to work.
func (w *world) ask(r web.RouteInfo, path, name string) int {
	w.t.Helper()
	b := w.browser()
	if name != "" {
		b = w.as(name)
	}
	if r.Method == http.MethodGet {
		res, _ := b.get(path)
		return res.StatusCode
	}
	from := "/gl/boxes"
	if name == "" {
		from = "/gl/sign-in"
	}
	form := url.Values{"reason": {"试一试"}, "move": {"lunch"}, "lang": {"zh"}}
	var res *http.Response
	if r.Upload {
		res, _ = b.sendFile(path, form, attached{}, from)
	} else {
		res, _ = b.post(path, form, from)
	}
	w.write(w.t.Context(), func(tx *db.Tx) error {
		for _, box := range w.boxes {
			if x, _ := w.fleet.Box(box.ID); x.State == fleet.Frozen {
				if err := w.flow.Release(w.t.Context(), tx, box.ID, "回到原样", flow.Operator()); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return res.StatusCode
}

// TestForeignIsNowhere: what lies in another county shows in no list, no count,
// no filter and no stream of hers (S10).
func TestForeignIsNowhere(t *testing.T) {
	w := newWorld(t)
	w.confirm(0)
	foreign := []string{w.confirm(1), w.boxes[pointThere].ID, "安仁县", pointThere, w.people[1].Application.ID, string(w.people[1].Application.Name()), w.fetched(countyThere)}
	w.setAside(pointThere, "fork")
	w.sealedUp()
	for _, name := range []string{"ci", "co", "cl", "te"} {
		for _, r := range web.Table() {
			role := roleOf(name)
			if r.Method != http.MethodGet || !slices.Contains(r.Who, role) || strings.Contains(r.Path, ":") || r.Path == "/gl/live" {
				continue
			}
			for _, q := range []string{"", "?point=" + pointThere, "?state=in-force&day=2019-09-06", "?as=csv", "?as=csv&point=" + pointThere} {
				_, page := w.as(name).get(r.Path + q)
				for _, f := range foreign {
					if f == pointThere && q != "" {
						continue // what she typed may come back to her
					}
					if strings.Contains(textOf(page), f) || strings.Contains(page, "/"+f) {
						t.Errorf("%s sees %q at %s%s", name, f, r.Path, q)
					}
				}
			}
		}
	}
	if _, page := w.as("co").get("/gl/held"); !strings.Contains(page, "没有隔离的记录") || strings.Contains(page, "<article") {
		t.Error("a foreign quarantine is shown")
	}
	_, page := w.as("co").get("/gl/confirmations")
	if !strings.Contains(page, "确认记录 1 份") {
		t.Errorf("the count is not of her own: %s", textOf(page)[:200])
	}
	_, page = w.as("po").get("/gl/confirmations")
	if !strings.Contains(page, "确认记录 2 份") {
		t.Error("the province does not see both")
	}
}

func roleOf(name string) staff.Role {
	for _, a := range accounts() {
		if a.name == name {
			return a.role
		}
	}
	panic(fmt.Sprint("no account ", name))
}

// TestDenialsAreJournalled: trying what is not hers leaves an entry that names
// the route and nothing she typed.
func TestDenialsAreJournalled(t *testing.T) {
	w := newWorld(t)
	foreign := w.confirm(1)
	w.as("co").get("/gl/confirmations/" + foreign)
	w.as("cl").get("/gl/journal")
	w.sealedUp()
	_, page := w.as("po").get("/gl/journal?act=access.denied")
	text := textOf(page)
	for _, want := range []string{"越权被拒", "某co", "某cl", "没有权限", "GET /gl/confirmations/:id", "GET /gl/journal"} {
		if !strings.Contains(text, want) {
			t.Errorf("the journal does not say %q: %s", want, text)
		}
	}
	if strings.Contains(text, foreign) {
		t.Error("the entry quotes the path")
	}
}
