package web

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/approval"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// mostLines is how many candidates are looked up at once.
const mostLines = 50

// putBack is what the form says instead of an area: back to where the catchments lead.
const putBack = "back"

// errMovesForm says that the list cannot be read: no page of ours sent it.
var errMovesForm = errors.New("web: the list of candidates cannot be read")

// moving is a list on its way, as its form has it. It is kept nowhere before it is sent.
type moving struct {
	camp    rules.Campaign
	kind    approval.Kind
	city    string
	ids     []string
	to      string // as the form has it: "", putBack or an area
	typed   string // who is to be looked up; what was not found stays
	reason  string
	open    approval.Case // that was returned and is mended; "" id if none
	version int           // of it as the form has it
}

// area is where the list leads; "" is back.
func (m moving) area() string {
	if m.to == putBack {
		return ""
	}
	return m.to
}

// newMoves is the form by which a city proposes that candidates sit in another area, empty,
// with one candidate, or with the list that was returned (A48).
func (s *server) newMoves(c *gin.Context, v *visit) {
	ctx, id, of := c.Request.Context(), c.Query("candidate"), c.Query("case")
	if id != "" && !plainID(id) || of != "" && !plainID(of) {
		s.refuse(c, v, refusalBad)
		return
	}
	in := func(ctx context.Context, f func(*db.Tx) error) error { return s.DB.Read(ctx, f) }
	if id != "" { // that one was looked at is written down
		in = s.DB.Write
	}
	var m moving
	err := in(ctx, func(tx *db.Tx) (err error) {
		if m, err = s.movingOf(ctx, tx, v, of); err != nil {
			return err
		}
		if of != "" {
			return s.returnedMoves(ctx, tx, &m)
		}
		if id == "" {
			return nil
		}
		row, err := s.Flow.Candidates.Row(ctx, tx, id)
		if err == nil && !v.remit().covers(row.Division, row.Point) {
			err = candidate.ErrNotFound
		}
		if err != nil {
			return err
		}
		m.ids = []string{row.ID}
		return s.Flow.ViewCandidate(ctx, tx, row, "area", "", v.by())
	})
	s.showMoves(c, v, http.StatusOK, m, "", err)
}

// movingOf begins a list: of the version that governs the case that was returned, if of is
// one. approval.ErrNotFound, approval.ErrKind.
func (s *server) movingOf(ctx context.Context, tx *db.Tx, v *visit, of string) (m moving, err error) {
	m.city = v.session.Account.Division
	if m.camp, err = s.campaigns.current(ctx, tx, s.Campaign); err != nil {
		return m, err
	}
	if of != "" {
		x, err := approval.Get(ctx, tx, of)
		if err != nil {
			return m, err
		}
		if x.Division != m.city || x.State != approval.Returned || x.Office != flow.BenchOf(v.session.Account) {
			return m, approval.ErrNotFound
		}
		if m.camp, err = s.campaigns.version(ctx, tx, x.Campaign, x.CampaignVersion); err != nil {
			return m, err
		}
		m.open, m.version = x, x.Version
	}
	kind, ok := movesKind(m.camp)
	if !ok || of != "" && kind.Key != m.open.Kind {
		return m, approval.ErrKind
	}
	m.kind, err = approval.KindOf(m.camp, kind.Key)
	return m, err
}

// movesKind is the kind of case by which a campaign moves candidates.
func movesKind(camp rules.Campaign) (rules.Approval, bool) {
	i := slices.IndexFunc(camp.Approvals, func(a rules.Approval) bool { return a.Effect == rules.EffectMoves })
	if i < 0 {
		return rules.Approval{}, false
	}
	return camp.Approvals[i], true
}

// returnedMoves fills in the list as it was sent.
func (s *server) returnedMoves(ctx context.Context, tx *db.Tx, m *moving) error {
	sent, err := site.GetMoving(ctx, tx, m.open.Thing)
	if err != nil {
		return err
	}
	for _, r := range sent.Rows {
		m.ids = append(m.ids, r.Application)
	}
	if m.to = sent.To; m.to == "" {
		m.to = putBack
	}
	content, err := approval.OpenContent(ctx, tx, s.Keys, m.open.ID, m.open.Round)
	m.reason = content["reason"]
	return err
}

// typedMoves reads the form. errMovesForm.
func typedMoves(c *gin.Context, m *moving) (err error) {
	m.ids, m.to, m.typed, m.reason = c.PostFormArray("who"), c.PostForm("to"), c.PostForm("typed"), strings.TrimSpace(c.PostForm("reason"))
	slices.Sort(m.ids)
	m.ids = slices.Compact(m.ids)
	if len(m.ids) > flow.MostMoved || !slices.Contains([]string{"", putBack}, m.to) && (len(m.to) != 4 || strings.Trim(m.to, "0123456789") != "") {
		return errMovesForm
	}
	for _, id := range m.ids {
		if !plainID(id) {
			return errMovesForm
		}
	}
	if m.open.ID != "" {
		if m.version, err = strconv.Atoi(c.PostForm("version")); err != nil {
			return errMovesForm
		}
	}
	return nil
}

// proposeMoves takes the form: looks candidates up and adds them, takes one off, shows
// what would come of it, or sends the list to the province.
func (s *server) proposeMoves(c *gin.Context, v *visit) {
	ctx, do, of := c.Request.Context(), c.PostForm("do"), c.PostForm("case")
	if of != "" && !plainID(of) {
		s.refuse(c, v, refusalBad)
		return
	}
	var m moving
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if m, err = s.movingOf(ctx, tx, v, of); err != nil {
			return err
		}
		return typedMoves(c, &m)
	})
	fault := ""
	switch id, out := strings.CutPrefix(do, "out-"); {
	case err != nil:
	case out:
		m.ids = slices.DeleteFunc(m.ids, func(x string) bool { return x == id })
	case do == "add":
		fault, err = s.addMoves(ctx, v, &m)
	case do == "submit":
		var after approval.Case
		after, fault, err = s.sendMoves(ctx, v, m)
		if err == nil && fault == "" {
			done := "submitted"
			if m.open.ID != "" {
				done = "resubmitted"
			}
			c.Redirect(http.StatusSeeOther, "/gl/approvals/"+after.ID+"?done="+done)
			return
		}
	case do != "look":
		err = errMovesForm
	}
	status := http.StatusOK
	switch fault {
	case "":
	case "caserefused.case-stale", "caserefused.case-seating", "caserefused.case-shut", "caserefused.case-moves-proposed", "caserefused.case-moves-same":
		status = http.StatusConflict
	default:
		status = http.StatusUnprocessableEntity
	}
	s.showMoves(c, v, status, m, fault, err)
}

// sendMoves sends the list, or says which phrase keeps it from being sent.
func (s *server) sendMoves(ctx context.Context, v *visit, m moving) (after approval.Case, fault string, err error) {
	content, faults := m.kind.Take(m.camp, func(string) []string { return []string{m.reason} })
	switch {
	case strings.TrimSpace(m.typed) != "": // somebody would be missing without a word
		return after, "moves.typedleft", nil
	case len(m.ids) == 0:
		return after, "caserefused.case-moves-nobody", nil
	case m.to == "":
		return after, "moves.needarea", nil
	case len(faults) > 0:
		return after, "moves.needreason", nil
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		who, err := staff.Get(ctx, tx, v.session.Account.ID) // as she is now, not as she signed in
		if err != nil {
			return err
		}
		after, err = s.Flow.SendMoves(ctx, tx, m.camp, m.area(), m.ids, flow.Submission{Kind: m.kind.Key, Content: content}, m.open, m.version, who, v.source)
		return err
	})
	err = s.Flow.Refused(ctx, s.DB, err)
	if code := flow.ApprovalRefusal(err); code != "" && s.pages.Has("caserefused."+code) {
		return after, "caserefused." + code, nil
	}
	return after, "", err
}

// addMoves looks up who was typed, a line for each, within her city; whoever is found
// alone is on the list, while it has room. Who is not stays in the field.
func (s *server) addMoves(ctx context.Context, v *visit, m *moving) (fault string, err error) {
	lines := slices.DeleteFunc(strings.FieldsFunc(m.typed, func(r rune) bool { return strings.ContainsRune("\r\n,，;；、\t", r) }), func(l string) bool { return strings.TrimSpace(l) == "" })
	if len(lines) == 0 {
		return "moves.typenobody", nil
	}
	if len(lines) > mostLines {
		return "moves.typemany", nil
	}
	var left []string
	full := false
	for _, line := range lines {
		line = strings.TrimSpace(line)
		kinds := candidate.Looked(line)
		if !oneLine(line, maxTyped) || kinds == "" {
			left = append(left, line)
			continue
		}
		var found []candidate.Glimpse
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			found, _, err = s.Flow.Candidates.Search(ctx, tx, m.camp.ID, m.city, "", line, 2)
			return err
		})
		if err != nil {
			return "", err
		}
		if err := s.Flow.Searched(ctx, s.Searches, flow.Search{Campaign: m.camp.ID, Division: m.city, Kinds: kinds, Typed: hex.EncodeToString(s.Keys.JournalHash(line)[:8]), Found: len(found)}, v.by()); err != nil {
			return "", err
		}
		switch {
		case len(found) != 1:
			left = append(left, line)
		case slices.Contains(m.ids, found[0].ID):
		case len(m.ids) >= flow.MostMoved:
			left, full = append(left, line), true
		default:
			m.ids = append(m.ids, found[0].ID)
		}
	}
	m.typed = strings.Join(left, "\n")
	switch {
	case full:
		return "caserefused.case-moves-many", nil
	case len(left) > 0:
		return "moves.typeleft", nil
	}
	return "", nil
}

// movesShut is the phrase of why a city proposes no moves now, "" if it may. What was
// returned is waited for at any time.
func (s *server) movesShut(ctx context.Context, tx *db.Tx, camp rules.Campaign, step, city string, returned bool) (string, error) {
	if !returned && !s.Flow.StepOpen(camp, step, city).Accepts() {
		return "areamove.shut", nil
	}
	_, making, err := seating.InMaking(ctx, tx, camp.ID)
	if err != nil || !making {
		return "", err
	}
	return "areamove.seating", nil
}

// showMoves draws the form.
func (s *server) showMoves(c *gin.Context, v *visit, status int, m moving, fault string, err error) {
	ctx := c.Request.Context()
	view := console.Moves{Chosen: m.to, Typed: m.typed, Reason: m.reason, Case: m.open.ID, Version: m.version}
	if err == nil {
		err = s.DB.Read(ctx, func(tx *db.Tx) error { return s.movesForm(ctx, tx, v, m, &view) })
	}
	switch {
	case errors.Is(err, errMovesForm):
		s.refuse(c, v, refusalBad)
		return
	case errors.Is(err, approval.ErrNotFound), errors.Is(err, candidate.ErrNotFound), missing(err):
		s.refuse(c, v, refusalNotFound)
		return
	case errors.Is(err, approval.ErrKind):
		view.Refused = "caserefused.case-kind"
	case err != nil:
		s.fault(c, v, err)
		return
	}
	switch fault {
	case "":
	case "moves.typenobody", "moves.typemany", "moves.typeleft", "moves.typedleft":
		view.TypedError = fault
	case "moves.needarea":
		view.AreaError = fault
	case "moves.needreason":
		view.ReasonError = fault
	default:
		v.notice = &console.Notice{Class: "must", Key: fault}
	}
	s.show(c, v, status, "moves", "catchments", view)
}

// movesForm fills in the form: who is on the list and how each stands, and what would come
// of it.
func (s *server) movesForm(ctx context.Context, tx *db.Tx, v *visit, m moving, view *console.Moves) error {
	b := s.books(v)
	plan, _, err := site.InForceOf(ctx, tx, m.camp.ID, m.city)
	if err != nil {
		return err
	}
	for _, a := range plan.Areas {
		view.Areas = append(view.Areas, console.Option{Value: a.Code, Text: a.Name + "　" + a.Code})
	}
	if view.City, err = b.place(ctx, tx, m.city); err != nil {
		return err
	}
	view.Window = s.stepWord(v, m.camp, m.kind.Step, m.city)
	if view.Refused, err = s.movesShut(ctx, tx, m.camp, m.kind.Step, m.city, m.open.ID != ""); err != nil {
		return err
	}
	for _, t := range m.kind.Tiers {
		view.Tiers = append(view.Tiers, b.tierText(t))
	}
	if f, ok := m.kind.Field("reason"); ok {
		view.ReasonHint, view.ReasonMax = b.either(f.Help, f.HelpEn), f.Max
	}
	if m.open.ID != "" {
		if _, view.Returned, err = s.returnedWith(ctx, tx, m.open); err != nil {
			return err
		}
	}
	seen, err := s.Flow.LookMoves(ctx, tx, m.camp, m.city, m.area(), m.ids, m.open.ID)
	if err != nil {
		return err
	}
	if view.Rows, err = s.moverRows(ctx, tx, b, v, m.camp, seen, nil); err != nil {
		return err
	}
	if m.to == "" { // nothing is wrong yet with those who are to go nowhere
		for i := range view.Rows {
			if view.Rows[i].To = ""; seen[i].Open == "" {
				view.Rows[i].Fault = ""
			}
		}
		return nil
	}
	view.Effects, view.Unpaid, err = s.moveEffects(ctx, tx, v, m.camp, m.city, seen)
	return err
}
