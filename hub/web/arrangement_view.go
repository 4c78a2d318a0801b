package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

func (s *server) arrangement(c *gin.Context, v *visit) {
	s.showArrangement(c, v, http.StatusOK, "", nil)
}

func (s *server) arrangementOf(c *gin.Context, v *visit) {
	s.showArrangement(c, v, http.StatusOK, "", nil)
}

// arrangementLive tells a page that waits for the hub whether it still computes: when it
// does not, the page is asked for anew.
func (s *server) arrangementLive(c *gin.Context, v *visit) {
	f, view, err := s.arrangementPage(c, v, "")
	switch {
	case err != nil:
		s.fault(c, v, err)
	case !view.Working:
		c.Redirect(http.StatusSeeOther, "/gl/arrangement")
	default:
		html, err := s.pages.RenderPart("arrangement", "working", f, view)
		if err != nil {
			s.fault(c, v, err)
			return
		}
		c.Data(http.StatusOK, "text/html; charset=utf-8", html)
	}
}

// showArrangement shows the version of the path, else the one in the making, else the
// newest.
func (s *server) showArrangement(c *gin.Context, v *visit, status int, wrong string, more func(*console.Arrangement)) {
	f, view, err := s.arrangementPage(c, v, wrong)
	switch {
	case err != nil && missing(err):
		s.refuse(c, v, refusalNotFound)
		return
	case err != nil:
		s.fault(c, v, err)
		return
	}
	if more != nil {
		more(&view)
	}
	s.draw(c, v, status, "arrangement", f, view)
}

func (s *server) arrangementPage(c *gin.Context, v *visit, wrong string) (f console.Frame, view console.Arrangement, err error) {
	ctx := c.Request.Context()
	if f, err = s.frame(ctx, c, v, "arrangement"); err != nil {
		return f, view, err
	}
	if c.Request.Method != http.MethodGet {
		f.Self = "/gl/arrangement"
	}
	view.Error, view.Said = wrong, c.PostForm("reason")
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		return s.arrangementView(ctx, tx, v, camp, &view)
	})
	return f, view, err
}

func (s *server) arrangementView(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, view *console.Arrangement) error {
	all, err := seating.Versions(ctx, tx, camp.ID)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, w := range window.Latest(camp.Windows, flow.StepNumber) {
		view.From, view.To = w.From, w.To
	}
	view.Open, view.Size = flow.NumberingOpen(camp, s.Flow), camp.Arrangement.Size
	view.Rules = s.seatingRules(v, camp)
	x, chosen := v.subject.(seating.Version)
	making := slices.IndexFunc(all, func(o seating.Version) bool { return o.State.Making() })
	published := slices.IndexFunc(all, func(o seating.Version) bool { return o.State == seating.Published })
	if !chosen && len(all) > 0 {
		x, chosen = all[0], true
	}
	for _, o := range all {
		row := console.ArrangementRow{Revision: o.Base != "", ID: o.ID, Number: o.Number, State: s.seatingState(ctx, tx, o), At: ms(o.At), People: o.People}
		if o.EndedCode != "" {
			row.Note = "arr.ended." + string(o.EndedCode)
		}
		view.Rows = append(view.Rows, row)
	}
	view.Renews = published >= 0
	if err := s.seatingTrial(ctx, tx, v, camp, names, view); err != nil {
		return err
	}
	if chosen {
		view.Now = x.ID == all[0].ID
		if x, err = seating.Get(ctx, tx, x.ID); err != nil { // as it stands on this snapshot
			return err
		}
		if err := s.seatingVersion(ctx, tx, v, x, names, view); err != nil {
			return err
		}
	} else if err := s.seatingAreas(ctx, tx, camp, view); err != nil {
		return err
	}
	return s.seatingActs(ctx, tx, v, camp, x, making < 0 && (!chosen || view.Now || x.State == seating.Published), view)
}

func (s *server) seatingAreas(ctx context.Context, tx *db.Tx, camp rules.Campaign, view *console.Arrangement) error {
	areas, err := site.Areas(ctx, tx, camp.ID)
	view.Areas = len(areas)
	return err
}

// seatingState is how a version stands, in words.
func (s *server) seatingState(ctx context.Context, tx *db.Tx, x seating.Version) console.State {
	switch x.State {
	case seating.Freezing:
		return console.State{Class: "wait", Icon: "clock", Key: "arr.state.freezing"}
	case seating.Frozen:
		shares, err := seating.Shares(ctx, tx, x.ID)
		if err == nil && !slices.ContainsFunc(shares, func(o seating.Share) bool { return o.Commitment == nil }) {
			return console.State{Class: "wait", Icon: "clock", Key: "arr.state.sealed"}
		}
		return console.State{Class: "wait", Icon: "lock", Key: "arr.state.frozen"}
	case seating.Drawn:
		return console.State{Class: "act", Icon: "check", Key: "arr.state.drawn"}
	case seating.Numbering:
		return console.State{Class: "wait", Icon: "clock", Key: "arr.state.numbering"}
	case seating.Computed:
		return console.State{Class: "act", Icon: "check", Key: "arr.state.computed"}
	case seating.Published:
		return console.State{Class: "done", Icon: "check", Key: "arr.state.published"}
	case seating.Replaced:
		return console.State{Class: "open", Icon: "back", Key: "arr.state.replaced"}
	}
	return console.State{Class: "must", Icon: "cross", Key: "arr.state.void"}
}

// seatingVersion fills in what is known of a version.
func (s *server) seatingVersion(ctx context.Context, tx *db.Tx, v *visit, x seating.Version, names map[string]string, view *console.Arrangement) error {
	view.ID, view.Number, view.State, view.Venue, view.Why = x.ID, x.Number, s.seatingState(ctx, tx, x), x.Venue, x.Why
	view.Working = view.Working || x.State == seating.Freezing || x.State == seating.Numbering
	view.People, view.Exempt, view.Unmapped, view.FrozenAt = x.People, x.Exempt, x.Figures.Unmapped, ms(x.Ready)
	if view.Size > 0 {
		view.Least = (x.People + view.Size - 1) / view.Size
	}
	parts, err := seating.PartsOf(ctx, tx, x.ID)
	if err != nil {
		return err
	}
	view.Areas = len(parts.Areas)
	if view.Held, err = seating.AreasOf(ctx, tx, x); err != nil {
		return err
	}
	if x.Ready > 0 {
		view.Digest = lines(x.Digest)
	}
	view.Published, view.Ended, view.EndedWhy = ms(x.Published), ms(x.Ended), x.EndedWhy
	if x.EndedCode != "" {
		view.EndedKey = "arr.ended." + string(x.EndedCode)
	}
	for _, n := range []struct {
		id  string
		out *string
	}{{x.By, &view.By}, {x.Second, &view.Second}, {x.NumberedBy, &view.NumberedBy}, {x.NumberedSecond, &view.NumberedSecond}, {x.EndedBy, &view.EndedBy}} {
		if n.id != "" {
			if *n.out, err = s.author(ctx, tx, v, staffAuthor(n.id), names); err != nil {
				return err
			}
		}
	}
	if err := s.seatingShares(ctx, tx, v, x, names, view); err != nil {
		return err
	}
	if err := s.seatingCompared(ctx, tx, x, view); err != nil {
		return err
	}
	if !x.State.Seated() && x.State != seating.Computed {
		return nil
	}
	if x.State.Seated() {
		view.Root = lines(x.Root)
	}
	f, err := s.seatingFigures(ctx, tx, x.Campaign, x.Figures, x.ID)
	if err != nil {
		return err
	}
	view.Figures = &f
	added, err := seating.Additions(ctx, tx, x.ID)
	for _, a := range added {
		row := console.ArrangementAddition{Number: a.Number, People: a.People, At: ms(a.At), Why: a.Why}
		if row.By, err = s.author(ctx, tx, v, staffAuthor(a.By), names); err != nil {
			return err
		}
		if row.Second, err = s.author(ctx, tx, v, staffAuthor(a.Second), names); err != nil {
			return err
		}
		view.Additions = append(view.Additions, row)
	}
	return err
}

// lines is a hash as a person compares it: groups of four, eight in a line.
func lines(h [32]byte) []string {
	text := seating.Fingerprint(h)
	return []string{text[:39], text[40:]}
}

func (s *server) seatingShares(ctx context.Context, tx *db.Tx, v *visit, x seating.Version, names map[string]string, view *console.Arrangement) error {
	shares, err := seating.Shares(ctx, tx, x.ID)
	if err != nil {
		return err
	}
	view.Sealed = true
	for _, o := range shares {
		row := console.ArrangementShare{Office: o.Office, Name: o.Name, Account: o.Staff, Sealed: o.Commitment != nil, Revealed: o.Secret != nil, Mine: o.Staff == v.session.Account.ID}
		if row.By, err = s.author(ctx, tx, v, staffAuthor(o.Staff), names); err != nil {
			return err
		}
		view.Sealed = view.Sealed && row.Sealed
		switch {
		case row.Revealed:
			row.State, row.Secret = console.State{Class: "done", Icon: "check", Key: "arr.share.revealed"}, seating.Fingerprint(*o.Secret)
		case row.Sealed:
			row.State = console.State{Class: "open", Icon: "lock", Key: "arr.share.sealed"}
		default:
			row.State = console.State{Class: "wait", Icon: "clock", Key: "arr.share.waits"}
		}
		if row.Sealed {
			row.Seal = seating.Fingerprint(*o.Commitment)
		}
		row.MayRename = !row.Sealed && (x.State == seating.Frozen || x.State == seating.Freezing)
		view.Shares = append(view.Shares, row)
	}
	for i := range view.Shares {
		if o := &view.Shares[i]; o.Mine && x.State == seating.Frozen && !o.Revealed {
			view.Mine = o
			if !o.Sealed {
				view.Fresh = seating.NewNumber()
			}
		}
	}
	if x.Base != "" || x.State == seating.Drawn || x.State == seating.Numbering || x.State.Seated() {
		seed, err := seating.Seed(ctx, tx, x)
		if err != nil {
			return err
		}
		view.Seed = lines(seed)
	}
	return nil
}

// mostListed is how many problems the page lists one by one.
const mostListed = 100

func (s *server) seatingFigures(ctx context.Context, tx *db.Tx, campaign string, f seating.Figures, owner string) (out console.ArrangementFigures, err error) {
	out = console.ArrangementFigures{Seconds: strconv.FormatFloat(float64(max(f.Took, 10))/1000, 'f', 2, 64), Rooms: f.Rooms, Full: f.Full, Mixed: f.Mixed, Seats: f.Seats, Neighbours: f.Neighbours, Problems: f.Problems}
	for reason, n := range f.Reasons {
		out.Reasons = append(out.Reasons, console.ArrangementReason{Key: "arr.reason." + string(reason), N: n})
	}
	slices.SortFunc(out.Reasons, func(a, b console.ArrangementReason) int { return cmp.Compare(a.Key, b.Key) })
	list, err := seating.Problems(ctx, tx, owner, "", mostListed)
	if err != nil {
		return out, err
	}
	var ids []string
	for _, p := range list {
		if p.Application != "" {
			ids = append(ids, p.Application)
		}
	}
	found, err := s.Flow.Candidates.GetAll(ctx, tx, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return out, err
	}
	areas, err := site.AreaNames(ctx, tx, campaign)
	if err != nil {
		return out, err
	}
	for _, p := range list {
		row := console.ArrangementProblem{Key: "arr.reason." + string(p.Reason), Area: p.Area, AreaName: areas[p.Area], Room: p.Room, Application: p.Application, Count: p.Count}
		if who, ok := found[p.Application]; ok {
			row.Name = string(who.Application.Name())
		}
		out.List = append(out.List, row)
	}
	out.More = f.Problems > len(out.List)
	return out, nil
}

func (s *server) seatingTrial(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, names map[string]string, view *console.Arrangement) error {
	t, ok, err := seating.TrialFor(ctx, tx, camp.ID)
	if err != nil || !ok {
		return err
	}
	out := &console.ArrangementTrial{Asked: ms(t.Asked), Done: ms(t.Done), Working: t.State == seating.TrialAsked, Failed: t.State == seating.TrialFailed, Same: t.Same, People: t.People, Exempt: t.Exempt}
	view.Working = view.Working || out.Working
	if out.By, err = s.author(ctx, tx, v, staffAuthor(t.By), names); err != nil {
		return err
	}
	out.Figures, err = s.seatingFigures(ctx, tx, camp.ID, t.Figures, seating.TrialOf(camp.ID))
	view.Trial = out
	return err
}

// seatingActs says what she may do now.
func (s *server) seatingActs(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, x seating.Version, begin bool, view *console.Arrangement) error {
	role := v.session.Account.Role
	draw, number := permitted(camp, flow.ActDraw, role), permitted(camp, flow.ActNumber, role)
	if !draw.known || !draw.high {
		view.Refuse = draw.refusal()
		return nil
	}
	view.MayTry = camp.Arrangement.Arranges() && (view.Trial == nil || !view.Trial.Working)
	accounts, err := staff.Accounts(ctx, tx, camp.Province)
	if err != nil {
		return err
	}
	var people []console.Option
	for _, a := range accounts {
		if a.Division == camp.Province && a.Point == "" && !a.Disabled && slices.Contains(province(), a.Role) {
			people = append(people, console.Option{Value: a.ID, Text: cmp.Or(a.Display, a.Name) + "　" + a.Name})
		}
	}
	for _, o := range camp.Arrangement.Draws {
		office := console.ArrangementOffice{Key: o.Key, Name: o.Zh, People: people}
		if v.lang == console.En {
			office.Name = o.En
		}
		view.Offices = append(view.Offices, office)
	}
	if begin && camp.Arrangement.Arranges() && view.Open {
		view.MayBegin = true
		if view.Renews {
			current, ok, err := seating.Current(ctx, tx, camp.ID)
			if err != nil || !ok {
				return err
			}
			if view.BeginStep, err = s.standingSecond(ctx, tx, v, number, secondSeating(v, current, flow.ActNumber, termsRenew)); err != nil {
				return err
			}
			if view.ReviseStep, err = s.standingSecond(ctx, tx, v, number, secondSeating(v, current, flow.ActNumber, termsRevise)); err != nil {
				return err
			}
		}
	}
	if x.ID == "" {
		return nil
	}
	if x.State == seating.Drawn {
		if view.NumberStep, err = s.standingSecond(ctx, tx, v, number, secondSeating(v, x, flow.ActNumber, termsNumber)); err != nil {
			return err
		}
	}
	if x.State == seating.Computed {
		if view.PublishStep, err = s.standingSecond(ctx, tx, v, number, secondSeating(v, x, flow.ActNumber, termsPublish)); err != nil {
			return err
		}
	}
	if x.State.Making() {
		view.VoidStep, err = s.standingSecond(ctx, tx, v, number, secondSeating(v, x, flow.ActNumber, termsUndo))
	}
	return err
}

// seatingRules says the campaign's rules.
func (s *server) seatingRules(v *visit, camp rules.Campaign) (out []console.ArrangementRule) {
	a := camp.Arrangement
	if !a.Arranges() {
		return nil
	}
	say := func(key string, args ...any) string { return s.pages.Text(v.lang, key, args...) }
	out = append(out, console.ArrangementRule{Text: say("arr.rule.size", strconv.Itoa(a.Size)), Badge: say("arr.grid." + a.Grid)})
	if len(a.Neighbours) > 0 {
		what := ""
		for i, k := range a.Neighbours {
			if i > 0 {
				what += say("arr.rule.and")
			}
			if k == rules.ByPoint {
				what += say("arr.rule.point")
			} else if f, ok := camp.Form.Field(k); ok && v.lang == console.En {
				what += f.En
			} else {
				what += f.Zh
			}
		}
		out = append(out, console.ArrangementRule{Text: say("arr.rule.neighbours", what), Badge: say("arr.rule.asfar")})
	}
	out = append(out, console.ArrangementRule{Text: say("arr.rule.tail." + a.Tail), Badge: say("arr.rule.tail." + a.Tail + ".note")})
	if a.Languages {
		out = append(out, console.ArrangementRule{Text: say("arr.rule.languages"), Badge: say("arr.rule.languages.note")})
	}
	for _, n := range a.Needs {
		name, badge := n.Zh, "arr.rule.apart"
		if v.lang == console.En {
			name = n.En
		}
		if !n.Apart {
			badge = "arr.rule.front"
		}
		out = append(out, console.ArrangementRule{Text: say("arr.rule.need", name), Badge: say(badge)})
	}
	for _, n := range camp.Numbers {
		if n.Key == rules.NumberTicket {
			out = append(out, console.ArrangementRule{Text: say("arr.rule.number", s.templateWords(v, n)), Badge: say("arr.rule.digits", strconv.Itoa(digitsOf(n)))})
		}
	}
	return out
}

// templateWords is a number's template in words: 考区 4 + 层次 1 + ….
func (s *server) templateWords(v *visit, n rules.NumberTemplate) string {
	p, err := n.Compile()
	if err != nil {
		return n.Template
	}
	out := ""
	for _, name := range rules.Placeholders() {
		if _, width, ok := p.Span(name); ok {
			if out != "" {
				out += " + "
			}
			key := "arr.part." + name
			word := name
			if s.pages.Has(key) {
				word = s.pages.Text(v.lang, key)
			}
			out += fmt.Sprintf("%s %d", word, width)
		}
	}
	return out
}

func digitsOf(n rules.NumberTemplate) int {
	p, err := n.Compile()
	if err != nil {
		return 0
	}
	return p.Width()
}
