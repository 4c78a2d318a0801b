package portal_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/password"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/portal"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/window"
)

// Two counties of two cities, a point in each.
const (
	pointHere, countyHere   = "43010401", "430104" // 长沙市岳麓区
	pointThere, countyThere = "43102801", "431028" // 郴州市安仁县
	passphrase              = "岳麓山下有一所学校 2019"
)

// world is a hub with real stores behind the portal: two points, and people who
// have not registered yet.
type world struct {
	t       *testing.T
	db      *db.DB
	keys    *keys.Ring
	blobs   *blob.Store
	flow    *flow.Flow
	desk    *applicant.Desk
	drafts  *draft.Store
	camp    campaign.Campaign
	change  func(*campaign.Campaign) // what an option changes in it
	people  []synthetic.Person       // as they would fill in the form
	portal  *portal.Portal
	server  *httptest.Server
	log     *logBook
	options portal.Options

	mu sync.Mutex // guards at
	at time.Time  // the civil clock
}

// logBook keeps what was logged, to be searched.
type logBook struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// now is the civil time of this world; set moves it.
func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) set(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = at
}

type option func(*testing.T, *world)

// demo makes the database one of the demonstration.
func demo(t *testing.T, w *world) {
	if err := w.db.MarkDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.options.MoveClock = func(context.Context, string) error { return nil }
	w.options.DemoAccounts = []pages.Account{{Login: "kaosheng", Password: passphrase, Who: "演示考生"}}
}

// gaokao makes it the hub of the other examination.
func gaokao(_ *testing.T, w *world) {
	w.camp = campaign.Gaokao2014()
	w.at = time.Date(2013, 11, 6, 2, 31, 20, 0, time.UTC)
}

func newWorld(t *testing.T, with ...option) *world { return worldOn(t, dbtest.SQLite(t), with...) }

func worldOn(t *testing.T, d *db.DB, with ...option) *world {
	t.Helper()
	w := &world{t: t, db: d, log: &logBook{}, camp: campaign.Adult2019(), at: time.Date(2019, 9, 6, 2, 31, 20, 0, time.UTC)}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	var err error
	w.keys, err = keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	must(err)
	w.blobs, err = blob.Locate(ctx, d, filepath.Join(t.TempDir(), "blobs"), "")
	must(err)
	t.Cleanup(func() { _ = w.blobs.Close() })
	w.drafts = draft.New(w.keys, w.now)
	w.flow = &flow.Flow{Candidates: candidate.New(w.keys, w.now), Keys: w.keys, Now: w.now}
	w.desk = applicant.New(applicant.Options{DB: d, Keys: w.keys, Now: w.now, Hasher: password.NewHasher(password.Cost{Memory: 64, Passes: 1, Lanes: 1})})
	w.options = portal.Options{DB: d, Blob: w.blobs, Keys: w.keys, Accounts: w.desk, Drafts: w.drafts, Flow: w.flow,
		Log: slog.New(slog.NewJSONHandler(w.log, nil))}
	for _, o := range with {
		o(t, w)
	}
	w.settle(ctx)
	w.portal, err = portal.New(w.options)
	must(err)
	around := door.Options{Refuse: w.portal.Refuse, Log: w.options.Log, TLS: w.options.TLS}.Around(w.portal)
	if w.options.TLS {
		w.server = httptest.NewTLSServer(around)
	} else {
		w.server = httptest.NewServer(around)
	}
	t.Cleanup(w.server.Close)
	return w
}

// settle fills the hub: divisions, campaign, points.
func (w *world) settle(ctx context.Context) {
	w.t.Helper()
	if w.change != nil {
		w.change(&w.camp)
	}
	bundle, err := campaign.Encode(w.camp)
	if err != nil {
		w.t.Fatal(err)
	}
	w.people = synthetic.Candidates(w.camp, 7, 24, synthetic.Point{Code: pointHere, Division: countyHere}, synthetic.Point{Code: pointThere, Division: countyThere})
	w.write(func(tx *db.Tx) error {
		if err := org.Seed(ctx, tx, w.now()); err != nil {
			return err
		}
		if _, err := w.flow.Publish(ctx, tx, bundle, flow.Operator()); err != nil {
			return err
		}
		for code, name := range map[string]string{pointHere: "岳麓区第 1 报名确认点", pointThere: "安仁县第 1 报名确认点"} {
			p := org.Point{Code: code, Name: name, Division: code[:6], Address: "某路 1 号", Phone: "0731-55500123", Open: true, Boxes: 2}
			if err := w.flow.CreatePoint(ctx, tx, p, flow.Operator()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *world) write(f func(*db.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read(f func(*db.Tx) error) {
	w.t.Helper()
	if err := w.db.Read(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// browser is one person's browser: it keeps cookies, and follows no redirect by
// itself.
type browser struct {
	t      *testing.T
	w      *world
	client *http.Client
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	client := w.server.Client()
	return &browser{w.t, w, &http.Client{Transport: client.Transport, Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what came back.
type answer struct {
	Status int
	To     string // of a redirect: path and query
	Head   http.Header
	Page   string
}

// says reports whether the page says something: its text, without tags.
func (a answer) says(text string) bool { return strings.Contains(a.text(), text) }

var tags = regexp.MustCompile(`(?s)<(script|style)[^>]*>.*?</(script|style)>|<[^>]*>`)

func (a answer) text() string { return html.UnescapeString(tags.ReplaceAllString(a.Page, "")) }

func (b *browser) do(req *http.Request) answer {
	b.t.Helper()
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	a := answer{res.StatusCode, res.Header.Get("Location"), res.Header, string(page)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		if raw := unsaid.FindString(a.text()); raw != "" {
			b.t.Errorf("%s shows %q: a phrase is not there, or what it is filled with", req.URL.Path, raw)
		}
	}
	return a
}

// unsaid is what a page shows where a phrase is not in the catalogue, or was filled wrong.
var unsaid = regexp.MustCompile(`%!.{0,20}|\b(status|ticket|trail|arranged|pay|choices|exams|texts|seat|scores)\.[a-z]+\.[a-z-]+\b`)

// get asks for a page.
func (b *browser) get(path string) answer {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.w.server.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req)
}

// see is get of a page that must be there.
func (b *browser) see(path string) answer {
	b.t.Helper()
	a := b.get(path)
	if a.Status != http.StatusOK {
		b.t.Fatalf("%s: %d → %s: %s", path, a.Status, a.To, a.text())
	}
	return a
}

// post sends fields as they are.
func (b *browser) post(path string, fields url.Values) answer {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.w.server.URL+path, strings.NewReader(fields.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", b.w.server.URL)
	return b.do(req)
}

var (
	formTag  = regexp.MustCompile(`(?s)<form[^>]*method="post"[^>]*>.*?</form>`)
	action   = regexp.MustCompile(`action="([^"]*)"`)
	inputTag = regexp.MustCompile(`<input[^>]*>`)
	attr     = regexp.MustCompile(`(\w+)="([^"]*)"`)
	checked  = regexp.MustCompile(`\schecked[\s>]`)
	choice   = regexp.MustCompile(`(?s)<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>`)
	chosen   = regexp.MustCompile(`<option[^>]*value="([^"]*)"[^>]*selected`)
	area     = regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`)
)

// send fills in the form of a page that posts to a path, as it stands but for
// some fields, and sends it.
func (b *browser) send(page answer, path string, fields url.Values) answer {
	b.t.Helper()
	for _, f := range formTag.FindAllString(page.Page, -1) {
		if m := action.FindStringSubmatch(f); m == nil || html.UnescapeString(m[1]) != path {
			continue
		}
		values := asIs(f)
		for k, v := range fields {
			values[k] = v
		}
		return b.post(path, values)
	}
	b.t.Fatalf("no form that posts to %s on: %s", path, page.text())
	return answer{}
}

// asIs reads the values that a form holds.
func asIs(form string) url.Values {
	values := url.Values{}
	for _, tag := range inputTag.FindAllString(form, -1) {
		a := map[string]string{}
		for _, m := range attr.FindAllStringSubmatch(tag, -1) {
			a[m[1]] = html.UnescapeString(m[2])
		}
		if slices.Contains([]string{"checkbox", "radio"}, a["type"]) && !checked.MatchString(tag) || a["type"] == "submit" || a["name"] == "" {
			continue
		}
		values.Add(a["name"], a["value"])
	}
	for _, m := range choice.FindAllStringSubmatch(form, -1) {
		if c := chosen.FindStringSubmatch(m[2]); c != nil {
			values.Set(m[1], html.UnescapeString(c[1]))
		}
	}
	for _, m := range area.FindAllStringSubmatch(form, -1) {
		values.Set(m[1], html.UnescapeString(m[2]))
	}
	return values
}

// The first page says what can be done today: before, in and after the window.
func TestLandingByDay(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ day, says string }{
		{"2019-08-30", "还没开始"}, {"2019-09-03", "现在可以办理"}, {"2019-09-11", "现在可以办理"}, {"2019-09-13", "报名已经结束"},
	} {
		at, err := time.ParseInLocation("2006-01-02", c.day, time.FixedZone("UTC+8", 8*3600))
		if err != nil {
			t.Fatal(err)
		}
		w.set(at.Add(10 * time.Hour))
		if a := w.browser().see("/ks"); !a.says(c.says) {
			t.Errorf("%s: %q is not said on: %s", c.day, c.says, a.text())
		}
	}
}

// Where one county has longer, the page that is for all does not tell the rest so.
func TestLandingTellsTheEndThatIsEverybodys(t *testing.T) {
	w := newWorld(t, func(t *testing.T, w *world) {
		w.change = func(c *campaign.Campaign) {
			d := window.Decision{Window: "confirm-others", Now: time.Date(2019, 9, 6, 2, 0, 0, 0, time.UTC), Why: "停电"}
			longer, err := window.Extend(c.Windows, d, time.Date(2019, 9, 14, 9, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			c.Windows = append(slices.Clone(c.Windows), longer...)
		}
	})
	a := w.browser().see("/ks")
	if a.says("9 月 14 日") || a.says("9月2—14日") || !a.says("9 月 11 日 24:00") || !a.says("截止更晚") {
		t.Error(a.text())
	}
}

// Language and look are kept by the browser, and lead back to the page.
func TestLook(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	a := b.send(b.see("/ks"), "/ks/display", url.Values{"show": {"large"}})
	if a.Status != http.StatusSeeOther || a.To != "/ks" {
		t.Fatalf("%d → %q", a.Status, a.To)
	}
	b.send(b.see("/ks"), "/ks/display", url.Values{"show": {"en"}})
	if a := b.see("/ks"); !strings.Contains(a.Page, `data-type="large"`) || !a.says("Register") {
		t.Errorf("not large or not English: %s", a.text())
	}
	if a := b.send(b.see("/ks"), "/ks/display", url.Values{"show": {"zh"}, "return": {"//elsewhere.example"}}); a.To != "/ks" {
		t.Errorf("sent to %q", a.To)
	}
}

// Until payment is in use the first page asks nobody to pay, like all others.
func TestLandingPays(t *testing.T) {
	w := newWorld(t)
	for _, lang := range []string{"zh", "en"} {
		b := w.browser()
		b.send(b.see("/ks"), "/ks/display", url.Values{"show": {lang}})
		a := b.see("/ks")
		off, void := "尚未启用", "没缴费的"
		if lang == "en" {
			off, void = "not in use", "Without payment"
		}
		if !a.says(off) || a.says(void) || strings.Count(a.Page, `class="badge act"`) != 2 {
			t.Errorf("before: %s", a.text())
		}
	}
	w.write(func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO progress (campaign, above, place, hour, level, registered, confirmed, paid) VALUES ($1, '', '430000', -1, '1', 1, 1, 1)`, w.camp.ID)
		return err
	})
	b := w.browser()
	waitUntil(t, func() bool {
		a := b.see("/ks")
		return a.says("没缴费的，报名作废") && !a.says("尚未启用")
	})
}

// In English the first page holds no word of Chinese but the name of the office
// and the way back.
func TestLandingInEnglish(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.send(b.see("/ks"), "/ks/display", url.Values{"show": {"en"}})
	text := strings.NewReplacer(w.camp.Office, "", "中文", "").Replace(b.see("/ks").text())
	if han := regexp.MustCompile(`\p{Han}+`).FindString(text); han != "" {
		t.Errorf("%q stands on: %s", han, text)
	}
}
