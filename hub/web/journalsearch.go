package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/window"
)

// remitEntry: :id is the number of an entry of the journal.
const remitEntry rule = "entry"

// journalPart is the journal: found, looked at, proved, checked.
func (s *server) journalPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/journal", who: officers(), remit: remitList, right: "journal", do: s.journal},
		{method: post, path: "/gl/journal", who: province(), remit: remitNone, right: "check-journal", do: s.checkJournal},
		{method: get, path: "/gl/journal/:id", who: officers(), remit: remitEntry, do: s.journalEntry},
	}, finders: map[rule]finder{remitEntry: findEntry}}
}

// findEntry finds an entry. One of no place is the whole province's: the hub,
// the campaign, names that are nobody's.
func findEntry(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	n, err := strconv.ParseUint(id, 10, 62)
	if err != nil {
		return where{}, errNoSubject
	}
	e, err := journal.At(ctx, tx, n)
	if errors.Is(err, journal.ErrNoEntry) {
		return where{}, errNoSubject
	}
	if err != nil {
		return where{}, err
	}
	v.subject = e
	if e.Division == "" {
		return where{division: topOf(v.remit().division)}, nil
	}
	return where{e.Division, e.Point}, nil
}

// topOf is the province a division lies in.
func topOf(division string) string {
	for above := org.Above(division); above != ""; above = org.Above(division) {
		division = above
	}
	return division
}

// actsKnown gives every act that has words, in groups by what it is about: who
// adds an act gives it words, and then it can be looked for.
func (s *server) actsKnown() (groups []string, acts map[string][]journal.Act) {
	acts = map[string][]journal.Act{}
	for _, key := range s.pages.Keys("act.") {
		act := strings.TrimPrefix(key, "act.")
		group, _, ok := strings.Cut(act, ".")
		if !ok {
			continue // words of a form, not of an act
		}
		if acts[group] == nil {
			groups = append(groups, group)
		}
		acts[group] = append(acts[group], journal.Act(act))
	}
	// What the office asks for first stands first; what nobody has placed, last.
	order := []string{"application", "confirmation", "record", "candidate", "approval", "incident", "point", "office", "box", "ticket", "staff", "access", "list", "campaign", "journal", "hub"}
	place := func(g string) int {
		if i := slices.Index(order, g); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(groups, func(a, b string) int { return place(a) - place(b) })
	return groups, acts
}

// actGroups are the choices of the filter.
func (s *server) actGroups(v *visit) []console.OptionGroup {
	groups, acts := s.actsKnown()
	var out []console.OptionGroup
	for _, g := range groups {
		name := g
		if s.pages.Has("actgroup." + g) {
			name = s.pages.Text(v.lang, "actgroup."+g)
		}
		group := console.OptionGroup{Text: name, Options: []console.Option{{Value: g + ".", Text: s.pages.Text(v.lang, "journal.wholegroup", name)}}}
		for _, a := range acts[g] {
			group.Options = append(group.Options, console.Option{Value: string(a), Text: s.pages.Text(v.lang, "act."+string(a))})
		}
		out = append(out, group)
	}
	return out
}

// subjects are the kinds of subjects that can be looked for.
func subjects() []string {
	return []string{journal.OfApplication, journal.OfConfirmation, journal.OfRecord, journal.OfApproval, journal.OfIncident, journal.OfPoint, journal.OfOffice, journal.OfBox, journal.OfStaff,
		journal.OfCountersign, journal.OfList, journal.OfParcel, journal.OfToken, journal.OfSite, journal.OfDrawing, journal.OfCampaign, journal.OfHub}
}

// journalQuery reads the filter from the path; ok is false for what nobody would
// type. Whoever has a remit sees only what lies in it.
func (s *server) journalQuery(c *gin.Context, v *visit) (q journal.Query, view console.JournalFilter, ok bool) {
	view = console.JournalFilter{Act: c.Query("act"), Kind: c.Query("kind"), Subject: c.Query("subject"), Division: c.Query("division"), Point: c.Query("point"),
		Staff: c.Query("staff"), From: c.Query("from"), To: c.Query("to")}
	before, err1 := position(c.Query("before"), 0)
	upto, err2 := position(c.Query("upto"), 1)
	q = journal.Query{Before: max(before, upto), Point: view.Point, Staff: view.Staff, Limit: journalRows}
	if err1 != nil || err2 != nil {
		return q, view, false
	}
	if q.Acts, ok = s.actsAsked(view.Act); !ok {
		return q, view, false
	}
	for _, id := range []string{view.Subject, view.Division, view.Point, view.Staff} {
		if id != "" && !plainID(id) {
			return q, view, false
		}
	}
	if view.Kind != "" && !slices.Contains(subjects(), view.Kind) && !s.pages.Has("subject."+view.Kind) || view.Subject != "" && view.Kind == "" {
		return q, view, false
	}
	q.Subject = journal.Subject{Kind: view.Kind, ID: view.Subject}
	if q.From, q.To, ok = daysOf(view.From, view.To); !ok {
		return q, view, false
	}
	division := v.remit().division
	if view.Division != "" {
		if !org.Covers(division, view.Division) {
			return q, view, false
		}
		q.Division = view.Division
	} else if org.Above(division) != "" { // the province also answers for what is of no place
		q.Division = division
	}
	return q, view, true
}

// actsAsked are the acts of a choice: one, a group ("box."), or any.
func (s *server) actsAsked(choice string) ([]journal.Act, bool) {
	if choice == "" {
		return nil, true
	}
	_, known := s.actsKnown()
	if group, whole := strings.CutSuffix(choice, "."); whole {
		return known[group], len(known[group]) > 0
	}
	group, _, _ := strings.Cut(choice, ".")
	return []journal.Act{journal.Act(choice)}, slices.Contains(known[group], journal.Act(choice))
}

// daysOf gives the ends of a range of civil days; either may be left out.
func daysOf(from, to string) (first, last time.Time, ok bool) {
	if from == "" && to == "" {
		return time.Time{}, time.Time{}, true
	}
	a, _, ok1 := dayOf(from)
	_, b, ok2 := dayOf(to)
	if from == "" {
		a = time.Date(2000, 1, 1, 0, 0, 0, 0, window.Zone()).UnixMilli()
	}
	if to == "" {
		b = time.Date(2201, 1, 1, 0, 0, 0, 0, window.Zone()).UnixMilli()
	}
	return time.UnixMilli(a), time.UnixMilli(b), ok1 && ok2 && a < b
}

func (s *server) journal(c *gin.Context, v *visit) {
	s.showJournal(c, v, http.StatusOK)
}

func (s *server) showJournal(c *gin.Context, v *visit, status int) {
	ctx := c.Request.Context()
	q, filter, ok := s.journalQuery(c, v)
	if !ok {
		s.refuse(c, v, refusalBad)
		return
	}
	if s.exportAs(c) != "" && c.Request.Method == http.MethodGet {
		s.exportJournal(c, v, q)
		return
	}
	view := console.Journal{Filter: filter, Acts: s.actGroups(v)}
	for _, k := range subjects() {
		view.Kinds = append(view.Kinds, console.Option{Value: k, Text: s.pages.Text(v.lang, "subject."+k)})
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		found, err := journal.Search(ctx, tx, q)
		if err != nil {
			return err
		}
		view.Short = found.Short
		if q.Before > 0 {
			view.Newer = journalLink(c, 0)
		}
		if found.Next > 0 {
			view.Older = journalLink(c, found.Next)
		}
		if view.Rows, err = s.entries(ctx, tx, v, found.Entries); err != nil {
			return err
		}
		if view.Checkpoint, err = s.checkpoint(ctx, tx); err != nil {
			return err
		}
		if view.Staff, err = s.staffChoices(ctx, tx, v, filter.Staff); err != nil {
			return err
		}
		if view.Divisions, view.Points, err = s.placeChoices(ctx, tx, v, filter); err != nil {
			return err
		}
		view.Check, err = s.lastCheck(ctx, tx, v)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if c.Query("done") == "check" {
		v.notice = &console.Notice{Class: "done", Key: "journal.check.begun"}
	}
	s.show(c, v, status, "journal", "journal", view)
}

// journalLink is this search from another place on.
func journalLink(c *gin.Context, before uint64) string {
	q := url.Values{}
	for _, k := range []string{"act", "kind", "subject", "division", "point", "staff", "from", "to"} {
		if x := c.Query(k); x != "" {
			q.Set(k, x)
		}
	}
	if before > 0 {
		q.Set("before", strconv.FormatUint(before, 10))
	}
	if len(q) == 0 {
		return "/gl/journal"
	}
	return "/gl/journal?" + q.Encode()
}

// maxChoices bounds a list to choose from; what is not in it is reached by the
// link on an entry.
const maxChoices = 400

func (s *server) staffChoices(ctx context.Context, tx *db.Tx, v *visit, chosen string) ([]console.Option, error) {
	all, err := staff.Accounts(ctx, tx, v.remit().division)
	if err != nil {
		return nil, err
	}
	var out []console.Option
	for _, a := range all {
		if len(out) < maxChoices || a.ID == chosen {
			out = append(out, console.Option{Value: a.ID, Text: a.Display + "　" + a.Name})
		}
	}
	return out, nil
}

// placeChoices are the divisions of the remit, and the points of the one chosen.
func (s *server) placeChoices(ctx context.Context, tx *db.Tx, v *visit, f console.JournalFilter) (divisions, points []console.Option, err error) {
	offices, err := org.Offices(ctx, tx, v.remit().division)
	if err != nil {
		return nil, nil, err
	}
	seen := map[string]bool{}
	for _, o := range offices {
		if !seen[o.Division] {
			seen[o.Division] = true
			name, err := org.DivisionName(ctx, tx, o.Division)
			if err != nil {
				return nil, nil, err
			}
			divisions = append(divisions, console.Option{Value: o.Division, Text: name})
		}
	}
	if f.Division == "" && f.Point == "" && org.Above(v.remit().division) == "" {
		return divisions, nil, nil // a province has thousands: its counties are chosen first
	}
	within := v.remit().division
	if f.Division != "" {
		within = f.Division
	}
	all, err := org.Points(ctx, tx, within)
	for _, p := range all[:min(len(all), maxChoices)] {
		points = append(points, console.Option{Value: p.Code, Text: p.Name})
	}
	return divisions, points, err
}

// journalEntry shows one entry whole, and holds it against the next checkpoint.
func (s *server) journalEntry(c *gin.Context, v *visit) {
	ctx, e := c.Request.Context(), v.subject.(journal.Sealed)
	var view console.JournalEntry
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		p, err := journal.Prove(ctx, tx, s.DB.ID(), s.Keys, e.Number)
		if err != nil {
			return err
		}
		rows, err := s.entries(ctx, tx, v, []journal.Sealed{e})
		if err != nil {
			return err
		}
		if e.Detail, err = s.named(ctx, tx, v, e, map[string]string{}, map[string]func(string) string{}); err != nil {
			return err
		}
		view = console.JournalEntry{Entry: rows[0], ID: e.ID, Source: e.Source, Kind: "subject." + e.Subject.Kind, Whole: e.Subject.ID, Campaign: e.Campaign, Result: s.result(v.lang, e),
			Facts: s.facts(v.lang, e), Proof: proofView(p)}
		if !s.pages.Has(view.Kind) {
			view.Kind = e.Subject.Kind
		}
		if e.Division != "" {
			if view.Place, err = org.DivisionName(ctx, tx, e.Division); err != nil {
				return err
			}
		}
		if e.Point != "" {
			view.Point, err = (pointNames{}).name(ctx, tx, e.Point)
		}
		if err != nil {
			return err
		}
		view.Newest, err = s.checkpoint(ctx, tx)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if e.Number > 1 && org.Above(v.remit().division) == "" { // only for whom all neighbours are
		view.Before = "/gl/journal/" + strconv.FormatUint(e.Number-1, 10)
	}
	s.show(c, v, http.StatusOK, "journal-entry", "journal", view)
}

func proofView(p journal.Proof) console.Proof {
	out := console.Proof{Content: p.Content.String(), Before: p.Before.String(), Chain: p.Entry.Chain.String(), Signed: p.Signed.Number, At: p.Signed.At, Between: p.Between,
		State: console.State{Class: "done", Icon: "check", Key: "proof.holds"}}
	if p.Signed.Number > 0 {
		out.Hash = p.Signed.Hash.String()
	}
	switch {
	case !p.Sealed:
		out.State = console.State{Class: "must", Icon: "alert", Key: "proof.altered"}
	case !p.Columns:
		out.State = console.State{Class: "must", Icon: "alert", Key: "proof.columns"}
	case !p.Linked:
		out.State = console.State{Class: "must", Icon: "alert", Key: "proof.unlinked"}
	case p.Waiting:
		out.State = console.State{Class: "wait", Icon: "clock", Key: "proof.waiting"}
	case !p.Verified:
		out.State = console.State{Class: "must", Icon: "alert", Key: "proof.unsigned"}
	}
	return out
}

func (s *server) result(l console.Lang, e journal.Sealed) string {
	if s.pages.Has("result." + e.Result) {
		return s.pages.Text(l, "result."+e.Result)
	}
	return e.Result
}

// lastCheck is the newest check of the whole journal, for the province.
func (s *server) lastCheck(ctx context.Context, tx *db.Tx, v *visit) (*console.JournalCheck, error) {
	if !s.may(v.session.Account.Role)["check-journal"] {
		return nil, nil
	}
	k, err := journal.LatestCheck(ctx, tx, time.Now())
	if errors.Is(err, journal.ErrNoCheck) {
		return &console.JournalCheck{May: true}, nil
	}
	if err != nil {
		return nil, err
	}
	out := &console.JournalCheck{Began: ms(k.Began), Ended: ms(k.Ended), Done: k.Done, Total: k.Total, Share: k.Share(), Checkpoints: k.Checkpoints, Found: k.Found, Findings: k.Findings,
		Running: k.State == journal.CheckRunning && !k.CutOff, CutOff: k.CutOff || k.State == journal.CheckStopped}
	out.May = !out.Running
	out.By, err = s.author(ctx, tx, v, byStaff(k.By), map[string]string{})
	return out, err
}

// checkJournal has the whole journal checked; it goes on when the page is closed.
func (s *server) checkJournal(c *gin.Context, v *visit) {
	ctx, by := c.Request.Context(), v.by()
	k, err := s.Flow.BeginJournalCheck(ctx, s.DB, by)
	if err == nil {
		err = s.Errands.Go(ctx, func(ctx context.Context) {
			if err := s.Flow.RunJournalCheck(ctx, k, s.Journal, by); err != nil && ctx.Err() == nil {
				s.Log.Error("web: check of the journal", "check", k.ID, "error", err.Error())
			}
		})
		if err != nil {
			err = errors.Join(err, k.Abandon(ctx))
		}
	}
	switch {
	case err == nil:
		c.Redirect(http.StatusSeeOther, "/gl/journal?done=check")
	case errors.Is(err, journal.ErrChecking):
		v.notice = &console.Notice{Class: "wait", Key: "journal.check.busy"}
		s.showJournal(c, v, http.StatusConflict)
	case errors.Is(err, flow.ErrEnding):
		s.refuse(c, v, refusalBusy)
	default:
		s.fault(c, v, err)
	}
}

// exportJournal writes what a search finds, to its end.
func (s *server) exportJournal(c *gin.Context, v *visit, q journal.Query) {
	ctx := c.Request.Context()
	heads := s.heads(v, "journal.number", "journal.at", "journal.act", "journal.kind", "journal.subject", "journal.division", "filter.point", "journal.author", "journal.result", "journal.reason", "journal.detail", "envelope.hash")
	q.Before, q.Limit = 0, rowsAtOnce
	s.export(c, v, "journal", heads, func(row func(...any) error) error {
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			for {
				found, err := journal.Search(ctx, tx, q)
				if err != nil {
					return err
				}
				rows, err := s.entries(ctx, tx, v, found.Entries)
				if err != nil {
					return err
				}
				for i, e := range found.Entries {
					act := rows[i].Act
					if s.pages.Has(act) {
						act = s.pages.Text(v.lang, act)
					}
					if err := row(e.Number, e.At, act, e.Subject.Kind, e.Subject.ID, e.Division, e.Point, rows[i].Author, s.result(v.lang, e), rows[i].Reason, rows[i].Detail, fmt.Sprintf("%x", e.Chain[:])); err != nil {
						return err
					}
				}
				if q.Before = found.Next; found.Next == 0 {
					return nil
				}
			}
		})
	})
}
