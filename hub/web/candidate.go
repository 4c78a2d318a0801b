package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/payment"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

func (s *server) findCandidate(ctx context.Context, tx *db.Tx, v *visit, id string) (at where, err error) {
	row, err := s.Flow.Candidates.Row(ctx, tx, id)
	if errors.Is(err, candidate.ErrNotFound) {
		return at, errNoSubject
	} else if err != nil {
		return at, err
	}
	v.subject = row
	return where{row.Division, row.Point}, nil
}

// candidate shows one application. That she was looked at is journalled in the
// transaction that opens the content; without the entry nothing is shown.
func (s *server) candidate(c *gin.Context, v *visit) {
	s.showCandidate(c, v, http.StatusOK, "page", allowed{}, console.Candidate{})
}

// revealCandidate shows the same page with the whole number, once, for a
// reason, to whom the campaign's table of acts lets see it: with a second
// person's word where it asks two.
func (s *server) revealCandidate(c *gin.Context, v *visit) {
	ctx, row := c.Request.Context(), v.subject.(candidate.Row)
	why, ok := reason(c)
	if !ok {
		why = "" // asked for below, where one is needed
	}
	out, err := s.mayReveal(ctx, v, row.Campaign, secondCandidate(row), why)
	view := console.Candidate{Error: out.refuse, Reason: c.PostForm("reason")}
	switch {
	case err != nil:
		s.fault(c, v, err)
	case out.asked:
		c.Redirect(http.StatusSeeOther, "/gl/seconds?done=asked")
	case out.refuse == "act.needreason":
		s.showCandidate(c, v, http.StatusUnprocessableEntity, "page", allowed{}, view)
	case out.refuse != "":
		s.showCandidate(c, v, http.StatusForbidden, "page", allowed{}, view)
	default:
		s.showCandidate(c, v, http.StatusOK, "number", out, console.Candidate{Whole: true})
	}
}

func secondCandidate(row candidate.Row) countersign.Act {
	return countersign.Act{Act: actReveal, Subject: ofCandidate + row.ID, Campaign: row.Campaign, Division: row.Division, Point: row.Point}
}

// mayReveal asks the table whether she may see a whole number now.
func (s *server) mayReveal(ctx context.Context, v *visit, campaign string, of countersign.Act, why string) (out allowed, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, campaign)
		if err != nil && !missing(err) {
			return err
		}
		out, err = s.byTwo(ctx, tx, v, permitted(camp, actReveal, v.session.Account.Role), of, why)
		return err
	})
	return out, err
}

// The acts of the campaign's table that this surface asks for.
const (
	actReveal = "reveal-number"
	actExport = "export-data"
)

// permission is what the campaign's table of acts says of an act and a role.
type permission struct {
	known   bool
	high    bool // the role is of the tier, or above
	persons int
	reason  bool
}

// tiers ranks who decides what.
var tiers = map[rules.Tier]int{rules.Point: 1, rules.County: 2, rules.City: 3, rules.Province: 4}

func tierOf(role staff.Role) rules.Tier {
	switch role {
	case staff.ProvinceAdmin, staff.ProvinceOperator:
		return rules.Province
	case staff.CityOperator:
		return rules.City
	case staff.CountyOperator:
		return rules.County
	}
	return rules.Point
}

// permitted asks the table. An act that it does not have is nobody's.
func permitted(camp rules.Campaign, act string, role staff.Role) permission {
	a, ok := camp.Act(act)
	return permission{known: ok, high: ok && tiers[tierOf(role)] >= tiers[a.Tier] && tiers[a.Tier] > 0, persons: max(1, a.Persons), reason: a.Reason}
}

// alone reports whether one person may do it.
func (p permission) alone() bool { return p.known && p.high && p.persons == 1 }

// refusal is the phrase that says why it is not for this person alone.
func (p permission) refusal() string {
	switch {
	case !p.known:
		return "permit.unknown"
	case !p.high:
		return "permit.tier"
	}
	return "permit.more"
}

func (s *server) showCandidate(c *gin.Context, v *visit, status int, what string, by allowed, view console.Candidate) {
	ctx, row := c.Request.Context(), v.subject.(candidate.Row)
	var versions []candidate.Version
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if err = s.usedSecond(ctx, tx, v, by.use); err != nil {
			return err
		}
		if err = s.Flow.ViewCandidate(ctx, tx, row, what, by.reason, v.by()); err != nil {
			return err
		}
		versions, err = s.Flow.Candidates.Versions(ctx, tx, row.ID)
		return err
	})
	if err == nil {
		err = s.candidateView(ctx, v, row, versions, &view)
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "candidate", "candidates", view)
}

// candidateView gathers what stands on the page; view says already what the
// person asked for.
func (s *server) candidateView(ctx context.Context, v *visit, row candidate.Row, versions []candidate.Version, view *console.Candidate) error {
	app := versions[len(versions)-1].Application
	for _, x := range versions {
		if x.Number == row.Version {
			app = x.Application
		}
	}
	return s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, row.Campaign)
		if err != nil && !missing(err) {
			return err
		}
		words := words{s.pages, v.lang, camp}
		view.ID, view.Name, view.State, view.Version, view.Application = row.ID, string(app.Name()), candidateState(row.State), row.Version, ends(row.ID)
		number := app.Get(form.DocumentNumber)
		if view.Number = words.value(form.DocumentNumber, number); view.Whole {
			view.Number = number
		}
		view.Choices, view.More, view.ChipPhoto = words.choices(app), words.more(app), "record.photo.none"
		if view.Versions, err = s.editions(ctx, tx, v, words, row, versions); err != nil {
			return err
		}
		view.Identity = words.identity(app)
		if view.Second, err = s.standingSecond(ctx, tx, v, permitted(camp, actReveal, v.session.Account.Role), secondCandidate(row)); err != nil {
			return err
		}
		records, err := confirmation.List(ctx, tx, confirmation.Filter{Application: row.ID, Division: v.remit().division, Point: v.remit().point})
		if err != nil {
			return err
		}
		if err := s.confirmed(ctx, tx, v, words, records, view); err != nil {
			return err
		}
		if err := s.happened(ctx, tx, v, words, row, records, view); err != nil {
			return err
		}
		orders, err := payment.OrdersOf(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		if view.Orders, err = s.orderRows(ctx, tx, orders); err != nil {
			return err
		}
		view.ByCard = camp.Portal.ByCard()
		view.Papers = append(view.Papers, s.deskPapers(camp, row)...)
		view.Line = append(view.Line, words.next(app, row, nothingToPay(orders), s.Flow.Now())...)
		if view.Ticket, err = s.ticketOf(ctx, tx, v, words, row, app); err != nil {
			return err
		}
		if view.Ticket == nil && view.TicketError != "" {
			view.Ticket = &console.Ticket{}
		}
		view.Notices = candidateNotices(words, row, records, view)
		return nil
	})
}

// confirmed adds what the confirmations of her remit say: all of them by name,
// and of the one in force, or else the newest, the photo, the comparison and the
// papers.
func (s *server) confirmed(ctx context.Context, tx *db.Tx, v *visit, w words, records []confirmation.Record, view *console.Candidate) error {
	if len(records) == 0 {
		return nil
	}
	var err error
	if view.Confirmations, err = s.arrivals(ctx, tx, records); err != nil {
		return err
	}
	best := records[0]
	for _, r := range records {
		if r.State == confirmation.InForce {
			best = r
		}
	}
	content, err := confirmation.Open(ctx, tx, s.Keys, best.ID)
	if err != nil {
		// As on lists: one that cannot be opened hides nothing else; fsck names it.
		s.Log.Warn("web: content of a confirmation does not open", "record", best.ID, "error", err.Error())
		return nil
	}
	typed, err := s.typed(ctx, tx, best, content)
	if err != nil {
		return err
	}
	view.Signed, view.Compared, view.Typed = "/gl/confirmations/"+best.ID, w.compared(typed, content), best.OnPapers() && !best.ByCard()
	view.Photo = s.photo(s.Blob.In(ctx, tx), w, best, content)
	for _, b := range best.Blobs {
		if b.Role == "chip.wlt" {
			view.ChipPhoto = "record.photo.undecoded"
		}
	}
	for i, f := range view.Identity {
		if was := w.value(f.Field, typed.Get(f.Field)); was != "" && was != f.Value {
			view.Identity[i].Before = was
		}
	}
	if content.Chip.ValidFrom != "" || content.Chip.ValidTo != "" {
		view.Identity = append(view.Identity, console.Mended{Fact: console.Fact{Label: w.t("compare.validity"),
			Value: w.value(form.BirthDate, content.Chip.ValidFrom) + " — " + w.value(form.BirthDate, content.Chip.ValidTo)}})
	}
	view.Papers = append(view.Papers, console.Paper{Key: "paper.process", At: sealedAt(best), Note: sealNumber(s.unit(best.Box), best.Sequence), Path: view.Signed})
	return nil
}

func (s *server) unit(box string) int {
	b, _ := s.Flow.Fleet.Box(box)
	return int(b.Unit)
}

// identity are the facts of who she is.
func (w words) identity(app form.Application) []console.Mended {
	var out []console.Mended
	for _, key := range []string{form.FullName, form.Sex, form.Ethnic, form.BirthDate, form.DocumentType} {
		if v := app.Get(key); v != "" {
			out = append(out, console.Mended{Field: key, Fact: console.Fact{Label: w.label(key), Value: w.value(key, v)}})
		}
	}
	return out
}

// editions are the versions of an application, newest first, each with what it
// changed against the one it was made from.
func (s *server) editions(ctx context.Context, tx *db.Tx, v *visit, w words, row candidate.Row, versions []candidate.Version) ([]console.Edition, error) {
	byNumber, names, points := map[uint32]form.Application{}, map[string]string{}, pointNames{}
	for _, x := range versions {
		byNumber[x.Number] = x.Application
	}
	var out []console.Edition
	for i := len(versions) - 1; i >= 0; i-- {
		x := versions[i]
		author, err := s.author(ctx, tx, v, x.Author, names)
		if err != nil {
			return nil, err
		}
		e := console.Edition{Number: x.Number, From: x.StartedFrom, At: ms(x.At), Author: author, Origin: "origin." + x.Origin, Current: x.Number == row.Version, Superseded: x.Superseded}
		if was, ok := byNumber[x.StartedFrom]; ok {
			if was.Point != x.Application.Point {
				from, err := points.name(ctx, tx, was.Point)
				if err != nil {
					return nil, err
				}
				to, err := points.name(ctx, tx, x.Application.Point)
				if err != nil {
					return nil, err
				}
				e.Changes = append(e.Changes, console.Change{Label: w.t("list.where"), Was: from, Is: to})
			}
			e.Changes = append(e.Changes, w.changes(was, x.Application)...)
		}
		out = append(out, e)
	}
	return out, nil
}

// changes are the fields and choices in which two versions differ, in the form's
// order, as a page may show them: numbers masked. A change that the mask hides
// is still one.
func (w words) changes(was, is form.Application) []console.Change {
	var out []console.Change
	add := func(label, a, b string) { out = append(out, console.Change{Label: label, Was: a, Is: b}) }
	for _, g := range w.camp.Form.Groups {
		for _, f := range w.camp.Form.InGroup(g.Key) {
			if a, b := was.Get(f.Key), is.Get(f.Key); a != b {
				shown, now := w.value(f.Key, a), w.value(f.Key, b)
				if shown == now {
					now += w.t("candidate.hidden")
				}
				add(w.label(f.Key), shown, now)
			}
		}
	}
	before, after := w.choices(was), w.choices(is)
	for i := range max(len(before), len(after)) {
		var a, b console.Choice
		if i < len(before) {
			a = before[i]
		}
		if i < len(after) {
			b = after[i]
		}
		if a != b {
			add(w.t("candidate.choice", i+1), choiceText(a), choiceText(b))
		}
	}
	return out
}

func choiceText(c console.Choice) string {
	if c.Order == 0 {
		return ""
	}
	return fmt.Sprintf("%s　%s　%s　%s　%s　%s", c.Level, c.Category, c.School, c.Major, c.Form, c.Years)
}

// mostLooks is how many looks at a candidate her page shows.
const mostLooks = 10

// happened is what the journal says of her, and the visit at the box; who looked
// stands apart, for those who may read the journal.
func (s *server) happened(ctx context.Context, tx *db.Tx, v *visit, w words, row candidate.Row, records []confirmation.Record, view *console.Candidate) error {
	subject := journal.Subject{Kind: journal.OfApplication, ID: row.ID}
	said, err := journal.Of(ctx, tx, subject)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, e := range said {
		key := "act." + string(e.Act)
		if e.Act == journal.RecordViewed || !s.pages.Has(key) {
			continue
		}
		author, err := s.author(ctx, tx, v, e.Author, names)
		if err != nil {
			return err
		}
		view.Line = append(view.Line, console.Step{Class: "done", Key: key, At: e.At, Note: author})
	}
	for i := len(records) - 1; i >= 0; i-- { // newest first in the list
		view.Line = append(view.Line, w.line(records[i], s.unit(records[i].Box))...)
	}
	if !s.may(v.session.Account.Role)["journal"] {
		return nil
	}
	// This very look is among them: its entry is written, and sealed in an instant.
	looks, err := journal.Unsealed(ctx, tx, journal.RecordViewed, subject, mostLooks)
	if err != nil {
		return err
	}
	sealed, err := journal.List(ctx, tx, journal.Filter{Act: journal.RecordViewed, Subject: subject, Division: v.remit().division, Limit: mostLooks})
	if err != nil {
		return err
	}
	looks = append(looks, sealed...)
	view.Looks, err = s.entries(ctx, tx, v, looks[:min(len(looks), mostLooks)])
	return err
}
