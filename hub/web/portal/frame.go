package portal

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/applicant"
	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/notice"
	"zhunkao/hub/org"
	"zhunkao/hub/progress"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// mine is all that the hub holds of whoever is signed in, read on one snapshot.
// Of somebody who is not, only the campaign.
type mine struct {
	camp    rules.Campaign // zero before the first is published
	account string         // "" before sign-in
	draft   *draft.Draft   // what she fills in; nil when she has not begun
	current *candidate.Found
	point   org.Point   // of the application, or of the draft; zero when there is none
	place   rules.Place // of that point
	unread  int         // messages

	told    []notice.Notice        // the newest messagesShown of them, where a page reads them with the rest
	records *[]confirmation.Record // her confirmations, likewise
	looked  *bool                  // whether an office's look at her papers stands, likewise
}

// exists reports whether an application was submitted.
func (m *mine) exists() bool { return m.current != nil }

// confirmed reports whether it can not be edited any more (demand A35).
func (m *mine) confirmed() bool { return m.current != nil && m.current.State == candidate.Confirmed }

// mine reads what is hers, and how much she has not read.
func (s *server) mine(ctx context.Context, tx *db.Tx, v *visit) (*mine, error) {
	m, err := s.hers(ctx, tx, v)
	if err != nil || m.account == "" {
		return m, err
	}
	m.unread, err = notice.Unread(ctx, tx, m.reader(v))
	return m, err
}

// mineTold is mine with her newest messages: where these are all, they tell too
// how many are unread.
func (s *server) mineTold(ctx context.Context, tx *db.Tx, v *visit) (*mine, error) {
	m, err := s.hers(ctx, tx, v)
	if err != nil || m.account == "" {
		return m, err
	}
	all, err := notice.List(ctx, tx, m.reader(v), "", messagesShown)
	if err != nil {
		return nil, err
	}
	if m.hear(all) {
		m.unread, err = notice.Unread(ctx, tx, m.reader(v))
	}
	return m, err
}

// hear takes her newest messages, and how many of them are unread; more is true
// where there may be others.
func (m *mine) hear(all []notice.Notice) (more bool) {
	m.told = append([]notice.Notice{}, all...) // read, though there may be none
	for _, n := range all {
		if !n.Read {
			m.unread++
		}
	}
	return len(all) == messagesShown
}

// hers is mine for what draws no page: her messages are not counted.
func (s *server) hers(ctx context.Context, tx *db.Tx, v *visit) (*mine, error) {
	m := &mine{}
	var err error
	if m.camp, err = s.currentCampaign(ctx, tx, s.DB.Changes()); err != nil {
		return nil, err
	}
	if v.session == nil || m.camp.ID == "" {
		return m, nil
	}
	m.account = v.session.Account.ID
	switch d, err := s.Drafts.Get(ctx, tx, m.account, m.camp.ID); {
	case err == nil:
		m.draft = &d
	case !errors.Is(err, draft.ErrNotFound):
		return nil, err
	}
	return m, s.application(ctx, tx, v, m)
}

// currentCampaign gives the one that is shown, zero before the first is
// published. changes is what the database counted before anything was read.
func (s *server) currentCampaign(ctx context.Context, tx *db.Tx, changes uint64) (rules.Campaign, error) {
	c, err := s.campaigns.current(ctx, tx, changes, s.Campaign)
	if errors.Is(err, campaign.ErrNotFound) {
		return rules.Campaign{}, nil
	}
	return c, err
}

// reader is who reads messages.
func (m *mine) reader(v *visit) notice.Reader {
	if m.current == nil {
		return m.readerOf(v, "")
	}
	return m.readerOf(v, m.current.ID)
}

// readerOf is reader of an application, "" for none.
func (m *mine) readerOf(v *visit, application string) notice.Reader {
	r := notice.Reader{Account: m.account, Campaigns: []string{m.camp.ID}, Since: v.session.Account.Created}
	if application != "" {
		r.Applications = []string{application}
	}
	return r
}

// application reads her application of this campaign and where its point lies.
func (s *server) application(ctx context.Context, tx *db.Tx, v *visit, m *mine) (err error) {
	// Which it is was read with her session, a moment before this snapshot. Since
	// then a first one may have been submitted, which the draft tells, and one may
	// have been erased.
	id, known := v.session.Account.In(m.camp.ID)
	if !known || id == "" && m.draft != nil && m.draft.LastRevision != 0 {
		if id, err = applicant.Application(ctx, tx, m.account, m.camp.ID); err != nil {
			return err
		}
	}
	if id != "" {
		switch found, err := s.Flow.Candidates.Get(ctx, tx, id); {
		case err == nil:
			m.current = &found
		case !errors.Is(err, candidate.ErrNotFound):
			return err
		}
	}
	return s.at(ctx, tx, v, m, m.chosen())
}

// chosen is the point of the application, or of the draft that is to follow it.
func (m *mine) chosen() string {
	switch {
	case m.draft != nil && m.draft.Application.Point != "" && m.draft.Submitted == 0:
		return m.draft.Application.Point
	case m.current != nil:
		return m.current.Point
	}
	return ""
}

// at reads a point and what the rules need to know of it; of none, nothing is
// known.
func (s *server) at(ctx context.Context, tx *db.Tx, v *visit, m *mine, point string) (err error) {
	m.point, m.place = org.Point{}, rules.Place{}
	if point == "" {
		return nil
	}
	if m.point, err = s.pointOf(ctx, tx, v, point); errors.Is(err, org.ErrNotFound) {
		m.point = org.Point{}
		return nil
	}
	if err == nil {
		m.place = campaign.PlaceOf(m.point)
	}
	return err
}

// view reads on one snapshot what a page shows, and draws it.
func (s *server) view(c *gin.Context, v *visit, status int, name string, read func(ctx context.Context, tx *db.Tx, m *mine) (any, error)) {
	s.viewOf(c, v, status, name, s.mine, read)
}

// viewOf is view of what begin reads of her.
func (s *server) viewOf(c *gin.Context, v *visit, status int, name string,
	begin func(context.Context, *db.Tx, *visit) (*mine, error), read func(ctx context.Context, tx *db.Tx, m *mine) (any, error)) {
	var f pages.Frame
	var body any
	ctx := c.Request.Context()
	err := s.DB.Brief(ctx, func(tx *db.Tx) error {
		m, err := begin(ctx, tx, v)
		if err != nil {
			return err
		}
		f = s.frame(c, v, name, m)
		body, err = read(ctx, tx, m)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.draw(c, v, status, name, f, body)
}

// show draws a page that reads nothing more.
func (s *server) show(c *gin.Context, v *visit, status int, name string, body any) {
	s.view(c, v, status, name, func(context.Context, *db.Tx, *mine) (any, error) { return body, nil })
}

func (s *server) draw(c *gin.Context, v *visit, status int, name string, f pages.Frame, body any) {
	html, err := s.pages.Render(name, f, body)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Data(status, "text/html; charset=utf-8", html)
}

// frame fills in what stands around a page.
func (s *server) frame(c *gin.Context, v *visit, name string, m *mine) pages.Frame {
	f := s.bare(v)
	f.Page = name
	f.Campaign, f.Office, f.Phone = m.camp.Short, m.camp.Office, m.camp.Text("helpline", false)
	if v.lang == pages.En {
		f.Campaign, f.Phone = m.camp.En, m.camp.Text("helpline", true)
	}
	if c.Request.Method == http.MethodGet {
		if self := local(c.Request.URL.RequestURI()); self != "" {
			f.Self = self
		}
	}
	if v.session != nil {
		f.SignedIn, f.Ends, f.Shared, f.Unread = true, v.session.Ends, v.session.Shared, m.unread
		f.Left = s.secondsLeft(*v.session)
	}
	return f
}

// bare is the frame of a page that reads nothing: what failed may be the
// database.
func (s *server) bare(v *visit) pages.Frame {
	f := pages.Frame{Lang: v.lang, Look: v.look, Now: s.now(), Token: v.csrf, Self: "/ks", Notice: v.notice}
	if s.DB.Demo() {
		f.Demo = &pages.Demo{Clock: s.MoveClock != nil && v.csrf != ""}
	}
	return f
}

// campaigns keeps the campaign last decoded: a bundle is large, and the same
// for every page until a new version is published.
type campaigns struct {
	takes   func(rules.Campaign) bool // there is a way to pay; set before anybody asks
	mu      sync.Mutex                // guards the rest
	last    rules.Campaign
	checker *rules.Checker // of last, nil until it is asked for
	windows *window.Calendar
	form    []formPage   // of last, nil until it is asked for
	landing [4]drawnOnce // of last, by language and whether payment is in use

	paying bool      // payment is in use in last,
	asked  time.Time // as it was asked then; zero is never

	found   bool      // last was found to be the current one,
	changes uint64    // when so much had been changed,
	since   time.Time // and then
}

// freshFor bounds how long a campaign stays unseen that another hub published;
// what this one publishes is seen at once.
const freshFor = time.Second

// known gives the current campaign without a look at the database, as long as
// this hub has committed nothing since it was found.
func (k *campaigns) known(changes uint64) (rules.Campaign, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.last, k.found && k.changes == changes && time.Since(k.since) < freshFor
}

// current gives the newest version of a campaign; id "" is the first published.
// changes is what the database counted before anything was read for it.
// campaign.ErrNotFound before any is.
func (k *campaigns) current(ctx context.Context, tx *db.Tx, changes uint64, id string) (rules.Campaign, error) {
	if last, ok := k.known(changes); ok {
		return last, nil
	}
	began := time.Now()
	all, err := campaign.List(ctx, tx)
	if err != nil {
		return rules.Campaign{}, err
	}
	for _, x := range all {
		if id != "" && x.Campaign != id {
			continue
		}
		c, err := k.version(ctx, tx, x.Campaign, x.Version)
		k.mu.Lock()
		if err == nil && k.last.ID == c.ID && k.last.Version == c.Version {
			k.found, k.changes, k.since = true, changes, began
		}
		k.mu.Unlock()
		return c, err
	}
	return rules.Campaign{}, campaign.ErrNotFound
}

func (k *campaigns) version(ctx context.Context, tx *db.Tx, id string, version uint32) (rules.Campaign, error) {
	k.mu.Lock()
	last := k.last
	k.mu.Unlock()
	if last.ID == id && last.Version == version {
		return last, nil
	}
	v, err := campaign.Get(ctx, tx, id, version)
	if err != nil {
		return rules.Campaign{}, err
	}
	c, err := v.Decode()
	if err != nil {
		return rules.Campaign{}, err
	}
	k.mu.Lock()
	if c.ID != k.last.ID || c.Version >= k.last.Version {
		k.last, k.checker, k.windows, k.form, k.landing, k.found, k.asked = c, nil, nil, nil, [4]drawnOnce{}, false, time.Time{}
	}
	k.mu.Unlock()
	return c, nil
}

// shown is the campaign last seen, zero before the first.
func (k *campaigns) shown() rules.Campaign {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.last
}

// inUse reports whether payment is in use in a campaign, if it was asked lately.
func (k *campaigns) inUse(id string) (paying, known bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last.ID == id && k.takes != nil && k.takes(k.last) {
		return true, true
	}
	return k.paying, k.last.ID == id && !k.asked.IsZero() && time.Since(k.asked) < freshFor
}

// takes reports whether there is a way to pay the fees of a campaign here: one of its
// channels is configured, or they are paid at the point.
func (s *server) takes(c rules.Campaign) bool {
	return c.Payment.Takes() && (slices.Contains(c.Payment.Channels, rules.ChannelCash) || s.Teller != nil && len(s.Teller.Choices(c.Payment.Channels)) > 0)
}

// pays reports whether fees are paid in a campaign: it says how, and this hub has a
// channel for it or the fee is paid at the point; or orders were opened, by whichever
// hub. The latter is asked once in freshFor.
func (k *campaigns) pays(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	if paying, known := k.inUse(id); known {
		return paying, nil
	}
	began := time.Now()
	paying, err := progress.Paying(ctx, tx, id)
	if err != nil {
		return false, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last.ID == id {
		k.paying, k.asked = paying, began
	}
	return paying, nil
}

// check gives the checker of a campaign version, made once.
func (k *campaigns) check(c rules.Campaign) (*rules.Checker, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	same := k.last.ID == c.ID && k.last.Version == c.Version
	if same && k.checker != nil {
		return k.checker, nil
	}
	made, err := c.Checker()
	if err == nil && same {
		k.checker = made
	}
	return made, err
}

// calendar gives the windows of a campaign version made ready, once.
func (k *campaigns) calendar(c rules.Campaign) *window.Calendar {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last.ID != c.ID || k.last.Version != c.Version {
		return window.New(c.Windows)
	}
	if k.windows == nil {
		k.windows = window.New(c.Windows)
	}
	return k.windows
}

// steps gives formPages of a campaign version, made once. Nobody changes them.
func (k *campaigns) steps(c rules.Campaign) []formPage {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last.ID != c.ID || k.last.Version != c.Version {
		return formPages(c)
	}
	if k.form == nil {
		k.form = formPages(c)
	}
	return k.form
}
