package desk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// Somebody who is not registered is registered here (demands A56, A57, A61, A62):
// from the paper form that she filled in, one after the other by keyboard, or
// beside her card. What is entered is held against the campaign's rules as at the
// portal; complete, she puts her card on the machine and signs it as everybody.

// ActDraft is the act of the campaign's table by which a clerk enters.
const ActDraft = "draft-entry"

// drafting is what the pages about drafts show.
type drafting struct {
	List    []store.DraftLine
	Begin   draftBegin
	Lent    bool // the card of somebody who is not registered was just read
	Draft   store.Draft
	Steps   []draftStep
	At      int // index in Steps
	Fields  []draftField
	Choices []draftChoice
	Claims  []draftClaim
	Faults  []draftFault
	Closed  bool // registration is over, as far as is known
}

// draftBegin is why drafts are entered: it goes on to the next of a pile.
type draftBegin struct{ Reason, Note, From, Paper string }

// draftWords are the keys of the words for what the store says of a draft.
var draftWords = map[error]string{
	store.ErrDraftMoved: "draft-moved", store.ErrRegistered: "draft-registered", store.ErrElsewhere: "draft-elsewhere", store.ErrEntered: "draft-entered",
	store.ErrConfirmed: "draft-confirmed", store.ErrDraftHeld: "draft-held", store.ErrDrafts: "draft-many", store.ErrFull: "draft-full", store.ErrNotFound: "draft-gone",
}

func draftWord(err error) string {
	for is, key := range draftWords {
		if errors.Is(err, is) {
			return key
		}
	}
	return ""
}

// rules gives the campaign in force, ready to check by; nil before the first.
func (d *Desk) rules() (*campaign.Campaign, *campaign.Checker, error) {
	c := d.o.Status().Rules
	if c == nil {
		return nil, nil, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.checked != c {
		k, err := c.Checker()
		if err != nil {
			return nil, nil, err
		}
		d.checked, d.checker = c, k
	}
	return c, d.checker, nil
}

// drafts lists what is entered here and not at the hub yet.
func (d *Desk) drafts(w http.ResponseWriter, r *http.Request, s *session) {
	d.showDrafts(w, r, s, "", draftBegin{})
}

func (d *Desk) showDrafts(w http.ResponseWriter, r *http.Request, s *session, why string, b draftBegin) {
	all, err := d.o.Store.Drafts()
	if err != nil {
		d.fault(w, r, err)
		return
	}
	d.show(w, r, s, "drafts", "page", func(p *page) {
		p.Drafts.List, p.Drafts.Begin, p.Error = all, b, why
		if d.o.Lent != nil {
			_, p.Drafts.Lent = d.o.Lent()
		}
	})
}

// beginDraft begins to enter somebody: a paper of a pile, or who stands there.
func (d *Desk) beginDraft(w http.ResponseWriter, r *http.Request, s *session) {
	b := draftBegin{Reason: r.PostFormValue("reason"), Note: strings.TrimSpace(r.PostFormValue("note")),
		From: strings.TrimSpace(r.PostFormValue("from")), Paper: strings.TrimSpace(r.PostFormValue("paper"))}
	chip := form.Chip{}
	if r.PostFormValue("card") != "" {
		b.Paper, b.From = "", ""
		lent := false
		if d.o.Lent != nil {
			chip, lent = d.o.Lent()
		}
		if !lent {
			d.showDrafts(w, r, s, "draft-no-card", b)
			return
		}
	} else if b.Paper == "" {
		d.showDrafts(w, r, s, "draft-no-paper", b)
		return
	}
	if why := d.badBegin(b); why != "" {
		d.showDrafts(w, r, s, why, b)
		return
	}
	id, err := d.newDraft(s, b, chip)
	if why := draftWord(err); why != "" {
		d.showDrafts(w, r, s, why, b)
		return
	}
	if err != nil {
		d.fault(w, r, err)
		return
	}
	http.Redirect(w, r, draftPath(id, 1), http.StatusSeeOther)
}

func draftPath(id string, step int) string { return "/drafts/" + id + "/" + strconv.Itoa(step) }

// badBegin says what is wrong with why a draft is entered.
func (d *Desk) badBegin(b draftBegin) string {
	reasons := draftReasons(d.o.Status().Rules)
	i := slices.IndexFunc(reasons, func(x campaign.Reason) bool { return x.Code == b.Reason })
	switch {
	case utf8.RuneCountInString(b.Note) > mostNote:
		return "day-long-reason"
	case len(b.Paper) > 40 || len(b.From) > 40:
		return "draft-long-paper"
	case len(reasons) == 0 && b.Reason != "", len(reasons) > 0 && i < 0:
		return "draft-no-reason"
	case len(reasons) > 0 && reasons[i].Remark && b.Note == "":
		return "void-remark"
	}
	return ""
}

// draftReasons are the campaign's reasons for a paper form.
func draftReasons(c *campaign.Campaign) []campaign.Reason {
	if c == nil {
		return nil
	}
	for _, l := range c.Reasons {
		if l.Key == campaign.ReasonsDraft {
			return l.Entries
		}
	}
	return nil
}

// newDraft keeps an empty draft, or one with what a chip says.
func (d *Desk) newDraft(s *session, b draftBegin, chip form.Chip) (string, error) {
	c := d.o.Status().Rules
	if c == nil {
		return "", store.ErrNotFound
	}
	id := protocol.NewID().String()
	app := form.Application{ID: id, Campaign: c.ID, CampaignVersion: c.Version, Version: 1, Point: d.o.Status().Point.Code, Fields: form.Fields{}}
	fromChip(*c, &app, chip)
	dr := store.Draft{ID: id, Application: app, Paper: b.Paper, From: b.From, Reason: b.Reason, Note: b.Note, Begun: d.act(s)}
	if err := d.o.Store.NewDraft(dr); err != nil {
		return "", err
	}
	d.o.Log.Info("desk: a draft was begun", "account", s.ID)
	return id, nil
}

func (d *Desk) act(s *session) store.DayAct {
	return store.DayAct{Account: s.ID, At: protocol.TimeOf(d.o.Now()), How: s.How}
}

// fromChip fills in what the chip says.
func fromChip(c campaign.Campaign, app *form.Application, chip form.Chip) {
	if chip.Number == "" {
		return
	}
	name := string(chip.Name)
	if name == "" {
		name = chip.NameEn
	}
	for key, v := range map[string]string{form.FullName: name, form.Sex: chip.Sex, form.Ethnic: chip.Ethnic, form.BirthDate: chip.Birth,
		form.DocumentNumber: chip.Number.Reveal(), form.DocumentType: cardDocument(c, chip)} {
		if f, ok := c.Form.Field(key); ok && v != "" && f.ByCandidate() {
			app.Fields[key] = v
		}
	}
	if f, ok := c.Form.Field(form.PostAddress); ok && utf8.RuneCountInString(chip.Address) <= f.MaxChars {
		app.Fields[form.PostAddress] = chip.Address
	}
}

// cardDocument is the code of the document that has this chip.
func cardDocument(c campaign.Campaign, chip form.Chip) string {
	kind := string(chip.Kind())
	f, _ := c.Form.Field(form.DocumentType)
	t, _ := c.Form.Table(f.Table)
	for _, e := range t.Entries {
		if !e.Group && kind != "" && e.Kind == kind {
			return e.Code
		}
	}
	return ""
}

// openDraft goes to the first step in which something is to be mended.
func (d *Desk) openDraft(w http.ResponseWriter, r *http.Request, _ *session) {
	dr, err := d.o.Store.Draft(r.PathValue("draft"))
	if errors.Is(err, store.ErrNotFound) {
		http.NotFound(w, r)
		return
	}
	_, k, wrong := d.rules()
	if err = errors.Join(err, wrong); err != nil {
		d.fault(w, r, err)
		return
	}
	steps := d.draftSteps()
	to := len(steps)
	if k != nil {
		for i, st := range steps {
			if len(d.faultsIn(d.draftFaults(k, dr), st)) > 0 {
				to = i + 1
				break
			}
		}
	}
	http.Redirect(w, r, draftPath(dr.ID, max(1, to)), http.StatusSeeOther)
}

// discardReasons are why a draft may be forgotten; their words are "discard-…".
var discardReasons = []string{"back", "twice", "away", "wrong"}

// DiscardReasons are what may be chosen.
func (p *page) DiscardReasons() []string { return discardReasons }

// DiscardText names one.
func (p *page) DiscardText(code string) (string, error) { return p.T("discard-" + code) }

// discardDraft forgets one: a paper taken back, or somebody who does not come.
func (d *Desk) discardDraft(w http.ResponseWriter, r *http.Request, s *session) {
	reason := r.PostFormValue("why")
	if !slices.Contains(discardReasons, reason) {
		d.showDrafts(w, r, s, "draft-discard-why", draftBegin{})
		return
	}
	err := d.o.Store.DiscardDraft(r.PathValue("draft"))
	if why := draftWord(err); why != "" {
		d.showDrafts(w, r, s, why, draftBegin{})
		return
	}
	if err != nil {
		d.fault(w, r, err)
		return
	}
	d.o.Log.Info("desk: a draft was discarded", "account", s.ID, "reason", reason)
	http.Redirect(w, r, "/drafts", http.StatusSeeOther)
}

// registration judges whether she may still register, by all that is known of
// the time.
func (d *Desk) registration(c *campaign.Campaign, dr store.Draft) window.Verdict {
	st := d.o.Status()
	now := window.At(d.o.Now())
	if !st.Certain {
		now.Bounded = false
	}
	return c.Judge(window.Register, dr.Application, st.Point.Division, now)
}

// closedFor reports that registration is certainly over for a draft.
func (d *Desk) closedFor(c *campaign.Campaign, dr store.Draft) bool {
	return d.registration(c, dr).State == window.Closed
}

// nextPaper counts the number of a paper on: a pile lies in its order.
func nextPaper(n string) string {
	i := len(n)
	for i > 0 && n[i-1] >= '0' && n[i-1] <= '9' && len(n)-i < 9 {
		i--
	}
	if i == len(n) {
		return ""
	}
	v, err := strconv.Atoi(n[i:])
	if err != nil {
		return ""
	}
	next := strconv.Itoa(v + 1)
	return n[:i] + strings.Repeat("0", max(0, len(n)-i-len(next))) + next
}

// DraftReasons are what may be chosen.
func (p *page) DraftReasons() []campaign.Reason { return draftReasons(p.Status.Rules) }

// Whose names her as far as a list may.
func (p *page) Whose(d store.DraftLine) string {
	if d.Application.Name() == "" {
		return "—"
	}
	return d.Application.Name().String()
}

// Tail is the masked number.
func (p *page) Tail(d store.DraftLine) string {
	if d.Application.Number() == "" {
		return "—"
	}
	return d.Application.Number().String()
}

// DraftMark says how a draft stands.
func (p *page) DraftMark(d store.DraftLine) (m mark, err error) {
	key := "draft-open"
	m = mark{Kind: "wait", Icon: "clock"}
	switch {
	case d.Confirmed:
		m, key = mark{Kind: "done", Icon: "check"}, "draft-signed"
	case d.Entered != nil:
		m, key = mark{Kind: "act", Icon: "card"}, "draft-ready"
	}
	m.Text, err = p.T(key)
	return m, err
}

// Pile counts the drafts that are complete, and those that are not.
func (p *page) Pile() (done, open int) {
	for _, d := range p.Drafts.List {
		if d.Entered != nil {
			done++
		} else {
			open++
		}
	}
	return done, open
}

// PileText says how far it is, and how long one takes.
func (p *page) PileText() (string, error) {
	done, open := p.Pile()
	var took []time.Duration
	for _, d := range p.Drafts.List {
		if d.Entered != nil && d.Paper != "" {
			took = append(took, d.Entered.At.Time().Sub(d.Begun.At.Time()))
		}
	}
	if len(took) < 3 {
		return p.T("drafts-pile", done, open)
	}
	slices.Sort(took)
	return p.T("drafts-pace", done, open, int(took[len(took)/2]/time.Second))
}
