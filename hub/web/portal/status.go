package portal

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/hub/journey"
	"zhunkao/hub/notice"
	"zhunkao/hub/org"
	"zhunkao/hub/paper"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/ending"
	"zhunkao/hub/results"
	"zhunkao/hub/seating"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// statusPart is how far she has come, what differs from what she filled in, and
// the process sheet.
func (s *server) statusPart() part {
	get := http.MethodGet
	return part{
		{method: get, path: "/ks/status", ahead: true, do: s.status},
		{method: get, path: "/ks/differences", do: s.differences},
		{method: get, path: "/ks/pledge.pdf", do: s.pledgePDF},
		{method: get, path: "/ks/sheet", do: s.sheet},
		{method: get, path: "/ks/sheet.pdf", do: s.sheetPDF},
		{method: get, path: "/ks/sheet.png", do: s.sheetPNG},
	}
}

// judges keeps the times of the campaign last asked for.
type judges struct {
	mu   sync.Mutex // guards the rest
	id   string
	last uint32
	made *journey.Judge
}

func (k *judges) of(c rules.Campaign) *journey.Judge {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.made == nil || k.id != c.ID || k.last != c.Version {
		k.made, k.id, k.last = journey.New(c), c.ID, c.Version
	}
	return k.made
}

// standing is what the status pages know of her beside mine.
type standing struct {
	*mine
	app      form.Application // what stands, or what she has filled in so far
	point    org.Point        // of it; zero when none is chosen
	records  []confirmation.Record
	places   map[string]org.Point // points of records, by code
	editions []candidate.Version  // without contents
	edited   bool                 // the draft differs from what stands
	aside    bool                 // a record of hers lies in quarantine
	end      *ending.Person       // she is on the list of the end, or void by it
	object   int64                // … until when she may object, ms
	results  results.Of           // what she can see of marks and admission
	paying   bool
	order    payment.Order // that counts; zero: none
	held     bool          // it was closed, and money for it lies in suspense
	arranged int64         // when her seat was published, ms; 0: she has none
	hours    string        // in words, when she is served at the point; of an application that is not confirmed
}

// standing reads them on the snapshot of the page.
func (s *server) standing(ctx context.Context, tx *db.Tx, v *visit, m *mine) (*standing, error) {
	st := &standing{mine: m}
	switch {
	case m.draft != nil && !st.stands():
		var stands form.Application
		if m.exists() {
			stands = m.current.Application
		}
		st.app, _ = m.draft.Working(stands, m.exists())
	case m.exists():
		st.app = m.current.Application
	}
	var err error
	if st.point = m.point; st.point.Code != st.app.Point {
		if st.point, err = s.pointOf(ctx, tx, v, st.app.Point); err != nil && !errors.Is(err, org.ErrNotFound) {
			return nil, err
		}
	}
	if m.camp.ID == "" {
		return st, nil
	}
	if !st.confirmed() {
		st.hours = s.servedText(v.lang, m, st.app, st.point)
	}
	if st.paying, err = s.campaigns.pays(ctx, tx, m.camp.ID); err != nil || m.current == nil {
		return st, err
	}
	if st.paying {
		if st.order, err = flow.PaymentOf(ctx, tx, m.current.ID); err != nil {
			return nil, err
		}
		if st.order.State == payment.Closed {
			x := &paying{}
			if x.moved, err = payment.HersOf(ctx, tx, st.order.Number); err != nil {
				return nil, err
			}
			st.held = x.lies(payment.InSuspense)
		}
	}
	if err := s.ended(ctx, tx, v, st); err != nil {
		return nil, err
	}
	if err := s.seated(ctx, tx, v, st); err != nil {
		return nil, err
	}
	if st.results, err = s.hasResults(ctx, tx, v, m); err != nil {
		return nil, err
	}
	if m.draft != nil && m.draft.Submitted == 0 {
		st.edited = !draft.Same(m.draft.Application, m.current.Application)
	}
	if m.records != nil {
		st.records = *m.records
	} else if st.records, err = confirmation.List(ctx, tx, confirmation.Filter{Application: m.current.ID}); err != nil {
		return nil, err
	}
	if err := st.readPlaces(ctx, tx); err != nil {
		return nil, err
	}
	if st.editions = []candidate.Version{m.current.Edition}; m.current.Version != 1 {
		if st.editions, err = s.Flow.Candidates.Editions(ctx, tx, m.current.ID); err != nil {
			return nil, err
		}
		later := func(e candidate.Version) bool { return e.Number > m.current.Version } // than what was asked for at once
		st.editions = slices.DeleteFunc(st.editions, later)
	}
	return st, s.aside(ctx, tx, v, st)
}

// ended reads whether the end of the registrations reaches her (A41), where there is a
// list at all. A time that was moved since takes no void back.
func (s *server) ended(ctx context.Context, tx *db.Tx, v *visit, st *standing) error {
	some, err := keep(s, v, keptKey{"ending", st.camp.ID}, func() (bool, error) { return ending.Some(ctx, tx, st.camp.ID) })
	if err != nil || !some {
		return err
	}
	p, list, err := ending.Of(ctx, tx, st.current.ID)
	if errors.Is(err, ending.ErrNotFound) {
		return nil
	}
	st.end, st.object = &p, list.ObjectUntil
	return err
}

// seated reads whether she has a seat, where seats are published at all.
func (s *server) seated(ctx context.Context, tx *db.Tx, v *visit, st *standing) error {
	published, err := keep(s, v, keptKey{"seating", st.camp.ID}, func() (int64, error) {
		now, _, err := seating.Current(ctx, tx, st.camp.ID)
		return now.Published, err
	})
	if err != nil || published == 0 {
		return err
	}
	if _, _, _, ok, err := seating.SeatOf(ctx, tx, st.camp.ID, st.current.ID); err != nil || !ok {
		return err
	}
	st.arranged = published
	return nil
}

// readPlaces reads the points at which she confirmed.
func (st *standing) readPlaces(ctx context.Context, tx *db.Tx) error {
	st.places = map[string]org.Point{st.point.Code: st.point}
	for _, r := range st.records {
		if _, known := st.places[r.Point]; known {
			continue
		}
		p, err := org.GetPoint(ctx, tx, r.Point)
		if err != nil && !errors.Is(err, org.ErrNotFound) {
			return err
		}
		st.places[r.Point] = p
	}
	return nil
}

// placeName is the name of a point, or its code when it has none any more.
func (st *standing) placeName(code string) string {
	if p := st.places[code]; p.Name != "" {
		return p.Name
	}
	return code
}

// aside finds out whether a record of hers could not be taken: she was told so,
// and no record has come since.
func (s *server) aside(ctx context.Context, tx *db.Tx, v *visit, st *standing) error {
	if len(st.records) > 0 {
		return nil
	}
	told, err := st.told, error(nil)
	if told == nil {
		told, err = notice.List(ctx, tx, st.reader(v), "", messagesShown)
	}
	if i := slices.IndexFunc(told, func(n notice.Notice) bool { return n.Kind == notice.Quarantined || n.Kind == notice.HeldRefused }); i >= 0 { // the newest
		st.aside = told[i].Kind == notice.Quarantined
	}
	return err
}

// stands reports whether she is registered: what she has taken back does not
// count, though it is kept.
func (st *standing) stands() bool { return st.exists() && st.current.State != candidate.Withdrawn }

// facts are what package journey judges by; created is when the account was made.
func (st *standing) facts(checker *rules.Checker, created int64, now time.Time) journey.Facts {
	f := journey.Facts{HasAccount: true, AccountAt: moment(created), Application: st.app, Division: st.point.Division, Paying: st.paying, SetAside: st.aside}
	if d := st.draft; d != nil {
		f.PledgedAt, f.Draft = moment(d.PledgedAt), true
	}
	if !st.stands() {
		f.Complete = f.Draft && checker.Check(st.app, st.place, now).Valid()
		return f
	}
	f.Draft, f.Confirmed = st.edited, st.confirmed()
	f.Ordered, f.PayBy, f.Held = st.order.State, moment(st.order.DueAt), st.held
	if o := st.order; o.State == payment.Paid || o.State == payment.Waived {
		f.PaidAt = moment(o.EndedAt)
	}
	f.SubmittedAt = moment(st.current.ChangedAt)
	if len(st.editions) > 0 {
		f.SubmittedAt = moment(st.editions[0].At)
	}
	for _, r := range st.records {
		if r.State == confirmation.Overruled && st.kept() {
			continue // the county kept another
		}
		// What was taken back, or kept by nobody, is to be done again.
		taken := !r.State.Stands()
		f.Confirmations = append(f.Confirmations, journey.Confirmation{State: r.State, At: paper.SealedAt(r), Received: moment(r.Committed), Point: r.Point, Taken: taken,
			Proof: r.Proof, Due: st.camp.PapersDue(moment(r.Committed))})
	}
	f.ArrangedAt, f.Ended = moment(st.arranged), st.void()
	return f
}

// underReview is the phrase that says what the city still looks at: papers, which a
// card that is read later makes needless, or the card itself.
func (st *standing) underReview() string {
	if r, ok := st.record(); ok && !r.CardSettles() {
		return "status.notice.card"
	}
	return "status.notice.provisional"
}

// moment is a stored time; zero of 0.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// kept reports whether a confirmation of hers counts, or may come to count.
func (st *standing) kept() bool {
	return slices.ContainsFunc(st.records, func(r confirmation.Record) bool { return r.State.Stands() })
}

// record is the confirmation that speaks for her: the one in force, else one
// whose time is still to be verified, else the newest that is disputed. What was
// taken back or set aside speaks for nobody, and has no sheet any more.
func (st *standing) record() (best confirmation.Record, ok bool) {
	for _, want := range []confirmation.State{confirmation.InForce, confirmation.TimePending, confirmation.Disputed} {
		for _, r := range st.records { // newest first
			if r.State == want {
				return r, true
			}
		}
	}
	return best, false
}

func (s *server) status(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	m, err := s.atOnce(ctx, v)
	switch {
	case err != nil:
		s.fault(c, v, err)
		return
	case m == nil:
		if err := s.sure(ctx, v); err != nil {
			s.fault(c, v, err)
			return
		}
		s.viewOf(c, v, http.StatusOK, "status", s.mineTold, func(ctx context.Context, tx *db.Tx, m *mine) (any, error) { return s.statusOf(ctx, tx, v, m) })
		return
	}
	var body pages.Status
	err = s.DB.Ask(ctx, func(tx *db.Tx) (err error) { // what is left is the same for everybody, and mostly kept
		if err = s.at(ctx, tx, v, m, m.chosen()); err == nil {
			body, err = s.statusOf(ctx, tx, v, m)
		}
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.draw(c, v, http.StatusOK, "status", s.frame(c, v, "status", m), body)
}

// statusOf reads what the page shows; m is what mineTold gives.
func (s *server) statusOf(ctx context.Context, tx *db.Tx, v *visit, m *mine) (pages.Status, error) {
	st, err := s.standing(ctx, tx, v, m)
	if err != nil {
		return pages.Status{}, err
	}
	w := s.terms(v, m.camp)
	if m.camp.ID == "" {
		return pages.Status{Head: w.t("landing.state.none")}, nil
	}
	checker, err := s.campaigns.check(m.camp)
	if err != nil {
		return pages.Status{}, err
	}
	now := s.now()
	stages := s.judges.of(m.camp).Of(st.facts(checker, v.session.Account.Created, now), now)
	out := pages.Status{Sealed: m.confirmed(), Mine: w.mine(st), Form: m.draft != nil || m.exists(), Unread: m.unread}
	_, out.Sheet = st.record()
	form := "/ks/form/1"
	if todo, ok := journey.Next(stages); ok && todo.Do == journey.Complete {
		if form, err = s.unfinished(v.lang, m); err != nil {
			return pages.Status{}, err
		}
	}
	w.next(&out, stages, st, now, form)
	out.Line = w.line(stages, st, now)
	out.Notices = w.beside(stages, st)
	if out.Review, err = s.reviewed(ctx, tx, w, st, now); err != nil {
		return pages.Status{}, err
	}
	w.reviewFirst(&out, st)
	if out.Review == nil || !out.Review.Pledged {
		if out.Pledge, err = s.copiesPledge(m); err != nil {
			return pages.Status{}, err
		}
	}
	newest, err := s.inWords(ctx, tx, v, m, m.told[:min(2, len(m.told))])
	for _, n := range newest {
		out.Told = append(out.Told, pages.StatusTold{Head: n.Title, When: pages.Moment(v.lang, n.At)})
	}
	return out, err
}

// unfinished is the first step of filling in at which something is missing.
func (s *server) unfinished(l pages.Lang, m *mine) (string, error) {
	all, err := s.steps(l, m, "")
	if err != nil {
		return "", err
	}
	for _, x := range all.List {
		if x.State == "ahead" && x.Path != "" {
			return x.Path, nil
		}
	}
	return "/ks/review", nil
}
