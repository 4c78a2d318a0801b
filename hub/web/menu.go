package web

import (
	"context"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/printroom"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

// entry is one line of the menu. Who has the right of its key sees it, in this
// order; the first that she sees of a group stands under the group's name.
type entry struct {
	group           string // phrase "menugroup." + group; none for what every day begins with
	key, path, icon string
	must            bool // what is counted should not be there at all
	quiet           bool // stands there only while something is counted
	count           func(ctx context.Context, tx *db.Tx, v *visit, campaign string) (int, error)
}

func (s *server) menu() []entry {
	return []entry{
		{key: "dashboard", path: "/gl", icon: "chart"},
		{key: "candidates", path: "/gl/candidates", icon: "search"},
		{key: "approvals", path: "/gl/approvals", icon: "check", count: s.countWaiting},
		{key: "seconds", path: "/gl/seconds", icon: "people", count: s.countSeconds, quiet: true},
		{key: "requests", path: "/gl/requests", icon: "hand", count: s.countPersonRequests, quiet: true},
		{key: "incidents", path: "/gl/incidents", icon: "alert", must: true, count: countIncidents},
		{group: "registration", key: "confirmations", path: "/gl/confirmations", icon: "doc"},
		{group: "registration", key: "proofs", path: "/gl/proofs", icon: "check", count: countProofs, quiet: true},
		{group: "registration", key: "disputes", path: "/gl/disputes", icon: "scale", must: true, count: countDisputed},
		{group: "registration", key: "reviews", path: "/gl/reviews", icon: "alert", must: true, count: countDoubts, quiet: true},
		{group: "registration", key: "claims", path: "/gl/claims", icon: "doc", count: countClaims, quiet: true},
		{group: "registration", key: "quarantine", path: "/gl/held", icon: "tray", count: countQuarantined},
		{group: "money", key: "payments", path: "/gl/payments", icon: "book"},
		{group: "money", key: "slip", path: "/gl/slip", icon: "check"},
		{group: "money", key: "days", path: "/gl/days", icon: "scale", count: countDays},
		{group: "money", key: "suspense", path: "/gl/suspense", icon: "tray", must: true, count: countSuspended, quiet: true},
		{group: "money", key: "differences", path: "/gl/differences", icon: "scale", must: true, count: countDifferences, quiet: true},
		{group: "money", key: "unpaid", path: "/gl/unpaid", icon: "hand"},
		{group: "money", key: "trouble", path: "/gl/trouble", icon: "alert", must: true, count: s.countTrouble},
		{group: "money", key: "endings", path: "/gl/endings", icon: "lock"},
		{group: "examination", key: "sites", path: "/gl/sites", icon: "house"},
		{group: "examination", key: "catchments", path: "/gl/catchments", icon: "net"},
		{group: "examination", key: "arrangement", path: "/gl/arrangement", icon: "seats"},
		{group: "examination", key: "rooms", path: "/gl/rooms", icon: "house"},
		{group: "examination", key: "exampapers", path: "/gl/papers", icon: "doc", count: countHeldPrints},
		{group: "examination", key: "results", path: "/gl/results", icon: "doc"},
		{group: "places", key: "points", path: "/gl/points", icon: "pin"},
		{group: "places", key: "boxes", path: "/gl/boxes", icon: "box"},
		{group: "places", key: "sticks", path: "/gl/sticks", icon: "in"},
		{group: "places", key: "trainings", path: "/gl/trainings", icon: "cap"},
		{group: "management", key: "offices", path: "/gl/offices", icon: "house"},
		{group: "management", key: "staff", path: "/gl/staff", icon: "people", count: countRequests},
		{group: "management", key: "campaigns", path: "/gl/campaigns", icon: "book"},
		{group: "management", key: "exchange", path: "/gl/exchange", icon: "out", count: s.countParcels},
		{group: "management", key: "texts", path: "/gl/texts", icon: "alert", must: true, count: countGivenUp, quiet: true},
		{group: "management", key: "journal", path: "/gl/journal", icon: "list"},
		{group: "management", key: "access", path: "/gl/access", icon: "net"},
	}
}

// countedFor is for whom the menu counts: what waits for one of an office may not
// wait for another.
type countedFor struct {
	account  string
	role     staff.Role
	remit    remit
	campaign string
}

// menuFor gives the lines of the menu that somebody is shown, with what waits
// for her. Nobody changes what it gives: it is kept whole, for there are a dozen
// counts in it.
func (s *server) menuFor(ctx context.Context, tx *db.Tx, v *visit, campaign string) ([]console.MenuEntry, error) {
	a := v.session.Account
	return keep(v.glance, keptKey{"menu", countedFor{a.ID, a.Role, v.remit(), campaign}}, tx, func(tx *db.Tx) ([]console.MenuEntry, error) {
		return s.counted(ctx, tx, v, campaign)
	})
}

func (s *server) counted(ctx context.Context, tx *db.Tx, v *visit, campaign string) ([]console.MenuEntry, error) {
	var out []console.MenuEntry
	may := s.may(v.session.Account.Role)
	for _, e := range s.menu() {
		if !may[e.key] {
			continue
		}
		line := console.MenuEntry{Key: e.key, Path: e.path, Icon: e.icon, Group: e.group, Must: e.must}
		if e.count != nil {
			var err error
			if line.Count, err = e.count(ctx, tx, v, campaign); err != nil {
				return nil, err
			}
		}
		if !e.quiet || line.Count > 0 {
			out = append(out, line)
		}
	}
	return console.Grouped(out), nil
}

func countDisputed(ctx context.Context, tx *db.Tx, v *visit, campaign string) (int, error) {
	r := v.remit()
	n, err := confirmation.CountBetween(ctx, tx, confirmation.Filter{Campaign: campaign, Division: r.division, Point: r.point, Waiting: true}, 0, 0)
	return int(n), err
}

// countHeldPrints counts what waits for a person at a printer of her own office.
func countHeldPrints(ctx context.Context, tx *db.Tx, v *visit, _ string) (int, error) {
	held, err := printroom.HeldAt(ctx, tx, v.session.Account.Office)
	return len(held), err
}

func countQuarantined(ctx context.Context, tx *db.Tx, v *visit, _ string) (n int, err error) {
	by, err := confirmation.QuarantineCounts(ctx, tx, v.remit().division)
	for _, one := range by {
		n += int(one)
	}
	return n, err
}
