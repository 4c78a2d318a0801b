package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/ending"
	"zhunkao/hub/web/console"
)

func (s *server) endingList(c *gin.Context, v *visit) {
	if c.Query("done") == "done" {
		v.notice = &console.Notice{Class: "done", Key: "ending.done"}
	}
	s.showEnding(c, v, http.StatusOK, c.Query("who"), "", "")
}

// showEnding shows the part of a list that is hers. Whoever is void no more drops out
// before it is shown; looking at one person is journalled.
func (s *server) showEnding(c *gin.Context, v *visit, status int, who, wrong, said string) {
	ctx, l := c.Request.Context(), v.subject.(ending.List)
	view := console.Ending{Error: wrong, Said: said, Show: c.Query("show"), Why: c.Query("why")}
	if view.Show != "" && !slices.Contains(ending.Standings(), ending.Standing(view.Show)) || view.Why != "" && view.Why != string(ending.Unconfirmed) && view.Why != string(ending.Unpaid) {
		s.refuse(c, v, refusalBad)
		return
	}
	f := endingPlace(v, l)
	f.Standing, f.Why = ending.Standing(view.Show), ending.Why(view.Why)
	if s.exportAs(c) != "" {
		s.exportEnding(c, v, l, f)
		return
	}
	if after := c.Query("after"); plainID(after) {
		f.After = after
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.Flow.SettleEnding(ctx, tx, l); err != nil {
			return err
		}
		return s.endingView(ctx, tx, c, v, l, f, who, &view)
	})
	switch {
	case errors.Is(err, errNotHers):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.show(c, v, status, "ending", "endings", view)
	}
}

func (s *server) endingView(ctx context.Context, tx *db.Tx, c *gin.Context, v *visit, l ending.List, f ending.Filter, who string, view *console.Ending) error {
	names := map[string]string{}
	for _, x := range ending.Standings() {
		view.Shows = append(view.Shows, console.Option{Value: string(x), Text: endedState(x).Key})
	}
	view.EndingRow, view.Over, view.SignedHash, view.EndedWhy = endingRow(l), s.Flow.Now().UnixMilli() >= l.ObjectUntil, l.SignedHash, l.EndedWhy
	for _, x := range []struct {
		id  string
		out *string
	}{{l.DrawnBy, &view.By}, {l.SignedBy, &view.SignedBy}, {l.Second, &view.Second}, {l.EndedBy, &view.EndedBy}, {l.EndedSecond, &view.EndedSecond}} {
		if x.id == "" {
			continue
		}
		var err error
		if *x.out, err = s.author(ctx, tx, v, staffAuthor(x.id), names); err != nil {
			return err
		}
	}
	tallies, err := ending.Tallies(ctx, tx, endingPlace(v, l))
	if err != nil {
		return err
	}
	for _, t := range tallies {
		row := console.EndingTally{Unconfirmed: t.Unconfirmed, Unpaid: t.Unpaid, Objected: t.Objected, Off: t.Off, Out: t.Out, Void: t.Void, Restored: t.Restored}
		if row.Place, err = placeOfEnding(ctx, tx, t.Division); err != nil {
			return err
		}
		view.Tallies = append(view.Tallies, row)
		sum := &view.Sum
		sum.Unconfirmed, sum.Unpaid, sum.Objected, sum.Off, sum.Out, sum.Void, sum.Restored = sum.Unconfirmed+t.Unconfirmed, sum.Unpaid+t.Unpaid, sum.Objected+t.Objected, sum.Off+t.Off, sum.Out+t.Out, sum.Void+t.Void, sum.Restored+t.Restored
	}
	if who != "" {
		p, err := hersOn(ctx, tx, v, l, who)
		if err != nil {
			return err
		}
		row, err := s.Flow.Candidates.Row(ctx, tx, p.Application)
		if err != nil && !errors.Is(err, candidate.ErrNotFound) {
			return err
		}
		if err == nil {
			if err := s.Flow.ViewCandidate(ctx, tx, row, "ending", "", v.by()); err != nil {
				return err
			}
		}
		one, err := s.endedPeople(ctx, tx, v, []ending.Person{p}, names)
		if err != nil {
			return err
		}
		view.One = &one[0]
	} else if err := s.endingRows(ctx, tx, c, v, l, f, names, view); err != nil {
		return err
	}
	return s.endingActs(ctx, tx, v, l, who, view)
}

func (s *server) endingRows(ctx context.Context, tx *db.Tx, c *gin.Context, v *visit, l ending.List, f ending.Filter, names map[string]string, view *console.Ending) error {
	total, err := ending.Count(ctx, tx, f)
	if err != nil {
		return err
	}
	f.Limit = pageRows + 1
	people, err := ending.People(ctx, tx, f)
	if err != nil {
		return err
	}
	n, here := pageNumber(c), "/gl/endings/"+l.ID+"?show="+view.Show+"&why="+view.Why
	view.Pages = console.Pages{Number: n, Of: max(n, (total+pageRows-1)/pageRows)}
	if n > 1 {
		view.Pages.First = here
	}
	if len(people) > pageRows {
		people = people[:pageRows]
		view.Pages.Next = here + "&after=" + people[pageRows-1].Application + "&page=" + decimalOf(n+1)
	}
	view.Rows, err = s.endedPeople(ctx, tx, v, people, names)
	return err
}

// endedPeople puts people into rows; of one who was erased only the place is left.
func (s *server) endedPeople(ctx context.Context, tx *db.Tx, v *visit, people []ending.Person, names map[string]string) ([]console.EndingPerson, error) {
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = p.Application
	}
	found, err := s.Flow.Candidates.GetAll(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	points := pointNames{}
	out := make([]console.EndingPerson, len(people))
	for i, p := range people {
		row := console.EndingPerson{ID: p.Application, Why: "ending.why." + string(p.Why), Order: p.Order, State: endedState(p.Standing), Note: p.Note, Said: p.Said, SaidAt: ms(p.SaidAt), At: ms(p.SettledAt)}
		if f, ok := found[p.Application]; ok {
			row.Name, row.Number = string(f.Application.Name()), f.Application.Number().String()
		}
		if row.Point, err = points.name(ctx, tx, p.Point); err != nil {
			return nil, err
		}
		if p.Cause != "" {
			row.Cause = "ending.cause." + p.Cause
		}
		for _, x := range []struct {
			id  string
			out *string
		}{{p.SaidBy, &row.SaidBy}, {p.SettledBy, &row.By}} {
			if x.id == "" {
				continue
			}
			if *x.out, err = s.author(ctx, tx, v, staffAuthor(x.id), names); err != nil {
				return nil, err
			}
		}
		out[i] = row
	}
	return out, nil
}

// endingActs says what she may do now.
func (s *server) endingActs(ctx context.Context, tx *db.Tx, v *visit, l ending.List, who string, view *console.Ending) error {
	role := v.session.Account.Role
	view.MayNote = l.State == ending.Told
	view.MayDecide = l.State == ending.Told && slices.Contains(officers(), role)
	if !slices.Contains(province(), role) {
		return nil
	}
	camp, err := s.campaigns.current(ctx, tx, l.Campaign)
	if err != nil {
		return err
	}
	end, unend := permitted(camp, flow.ActEnd, role), permitted(camp, flow.ActUnend, role)
	if !end.known || !end.high {
		view.Refuse = end.refusal()
		return nil
	}
	if view.Seen, err = ending.Now(ctx, tx, l.ID); err != nil {
		return err
	}
	view.Standing, err = ending.Count(ctx, tx, ending.Filter{List: l.ID, Division: l.Division, Standing: ending.Listed})
	if err != nil {
		return err
	}
	if view.SignStep, err = s.standingSecond(ctx, tx, v, end, secondEnding(l, flow.ActEnd, termsEndSign+" "+view.Seen)); err != nil {
		return err
	}
	if view.BackStep, err = s.standingSecond(ctx, tx, v, unend, secondEnding(l, flow.ActUnend, termsEndReverse)); err != nil {
		return err
	}
	view.RestoreStep, err = s.standingSecond(ctx, tx, v, unend, secondEnding(l, flow.ActUnend, termsEndRestore+" "+who))
	return err
}

// secondOfTheEnd says what an extension for those affected, or an act on a list of the
// end, is done to, and the form that does it.
func (s *server) secondOfTheEnd(v *visit, a countersign.Act, out *console.Second) {
	if query, ok := strings.CutPrefix(a.Subject, ofTrouble); ok {
		out.Path, out.Do = "/gl/trouble?"+query, "/gl/trouble/extend"
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		said := func(name string) string { return strings.Replace(q.Get(name), "T", " ", 1) }
		out.What, out.Terms = s.pages.Text(v.lang, "seconds.trouble", s.channelWord(v, q.Get("channel")), said("from"), said("to"), said("due")), "seconds.terms.trouble"
		for _, name := range []string{"channel", "from", "to", "due", "code"} {
			out.Fields = append(out.Fields, console.Option{Value: name, Text: q.Get(name)})
		}
		return
	}
	what, more, _ := strings.Cut(a.Terms, " ")
	out.Path, out.Terms = "/gl/"+a.Subject, "seconds.terms.end."+what
	out.What, out.Do = ends(strings.TrimPrefix(a.Subject, ofEnding)), out.Path+"/"+what
	switch what {
	case termsEndSign:
		out.Fields = []console.Option{{Value: "seen", Text: more}}
	case termsEndRestore:
		out.Path += "?who=" + more
		out.Fields = []console.Option{{Value: "application", Text: more}}
	}
}

// exportEnding writes a list as a file: the part that is hers.
func (s *server) exportEnding(c *gin.Context, v *visit, l ending.List, f ending.Filter) {
	ctx := c.Request.Context()
	heads := s.heads(v, "list.candidate", "unpaid.idnumber", "list.where", "ending.why", "unpaid.order", "list.state", "ending.cause", "ending.said", "ending.note", "ending.at")
	f.Limit = rowsAtOnce
	s.export(c, v, "endings", heads, func(row func(...any) error) error {
		names := map[string]string{}
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			for {
				people, err := ending.People(ctx, tx, f)
				if err != nil {
					return err
				}
				rows, err := s.endedPeople(ctx, tx, v, people, names)
				if err != nil {
					return err
				}
				for _, r := range rows {
					cause := ""
					if r.Cause != "" {
						cause = s.pages.Text(v.lang, r.Cause)
					}
					if err := row(r.Name, r.Number, r.Point, s.pages.Text(v.lang, r.Why), r.Order, s.pages.Text(v.lang, r.State.Key), cause, r.Said, r.Note, timeCell(r.At)); err != nil {
						return err
					}
				}
				if len(people) < rowsAtOnce {
					return nil
				}
				f.After = people[len(people)-1].Application
			}
		})
	})
}

// mostVoidPaid is how many the page shows; all stand in the list of suspense.
const mostVoidPaid = 50

// voidPaid lists money of those of her remit whose registration is void: somebody has
// to take the void back and let it pay, or to give it back (A41, domain §4.5).
func (s *server) voidPaid(ctx context.Context, tx *db.Tx, v *visit, view *console.Endings) error {
	r := v.remit()
	l := payment.Lying{Fund: payment.Suspense, Division: r.division, Point: r.point, Void: true, Limit: mostVoidPaid}
	total, err := l.Total(ctx, tx)
	if err != nil || total.N == 0 {
		return err
	}
	view.PaidTotal, view.PaidFen = total.N, total.Fen
	all, err := l.List(ctx, tx)
	if err != nil {
		return err
	}
	names, points := map[string]string{}, pointNames{}
	for _, b := range all {
		m, o, err := s.movementView(ctx, tx, v, b, names, points)
		if err != nil {
			return err
		}
		row := console.EndedPaid{Movement: m}
		if o != nil {
			_, of, err := ending.Of(ctx, tx, o.Application)
			if err != nil {
				return err
			}
			row.List = "/gl/" + ofEnding + of.ID + "?who=" + o.Application
		}
		view.Paid = append(view.Paid, row)
	}
	return nil
}
