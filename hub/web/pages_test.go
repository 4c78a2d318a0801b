package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/staff"
	"zhunkao/protocol/form"
)

// TestSignIn: one answer for every refusal, a session that ends at sign-out on
// the hub and not only in the browser (S2, S6), and cookies as S7 asks.
func TestSignIn(t *testing.T) {
	w := newWorld(t)
	w.hire("co")
	texts := map[string]bool{}
	for _, x := range []url.Values{{"login": {"co"}, "password": {"falsch-und-lang"}}, {"login": {"nobody"}, "password": {"falsch-und-lang"}}, {"login": {"co"}, "password": {""}},
		{"login": {"a\x00b"}, "password": {"x"}}, {"login": {"co"}, "password": {strings.Repeat("x", 10_000)}}} {
		res, body := w.browser().post("/gl/sign-in", x, "/gl/sign-in")
		if res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%.20s: %d", x.Get("login"), res.StatusCode)
		}
		texts[strings.TrimSpace(textOf(body))] = true
	}
	if len(texts) != 1 {
		t.Errorf("the refusals differ: %d texts", len(texts))
	}
	b := w.browser()
	form := w.signs("co")
	form.Set("next", "/gl/boxes?x=1")
	res, _ := b.post("/gl/sign-in", form, "/gl/sign-in")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/gl/boxes?x=1" {
		t.Fatalf("sign-in: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	var session *http.Cookie
	for _, c := range res.Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Secure || c.Path != "/" {
			t.Errorf("cookie %s: %v", c.Name, c)
		}
		if c.Name == "zk_gl" {
			session = c
		}
	}
	if session == nil || len(session.Value) < 22 {
		t.Fatal("no session cookie of 128 bits")
	}
	if res, _ := b.post("/gl/sign-out", nil, "/gl"); res.Header.Get("Location") != "/gl/sign-in?ended=1" {
		t.Errorf("sign-out: %d", res.StatusCode)
	}
	r := w.browser().request(http.MethodGet, "/gl", nil)
	r.AddCookie(session)
	if res, _ := w.browser().do(r); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/gl/sign-in" {
		t.Errorf("the old cookie still opens: %d", res.StatusCode)
	}
}

// TestGuessingIsSlowed: after some failures the answer is to wait, with the time
// in the header, and the right password does not help meanwhile (S2).
func TestGuessingIsSlowed(t *testing.T) {
	w := newWorld(t)
	w.hire("co")
	for range 15 {
		res, _ := w.browser().post("/gl/sign-in", url.Values{"login": {"co"}, "password": {"falsch-und-lang"}}, "/gl/sign-in")
		if res.StatusCode == http.StatusUnauthorized {
			continue
		}
		if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
			t.Fatalf("got %d, to wait %q", res.StatusCode, res.Header.Get("Retry-After"))
		}
		res, body := w.browser().post("/gl/sign-in", w.signs("co"), "/gl/sign-in")
		if res.StatusCode != http.StatusTooManyRequests || !strings.Contains(body, "请等一会儿") {
			t.Errorf("the right password meanwhile: %d", res.StatusCode)
		}
		return
	}
	t.Error("nobody was asked to wait")
}

// TestNextStaysHere: signing in never leads to another host.
func TestNextStaysHere(t *testing.T) {
	w := newWorld(t)
	w.hire("te")
	for _, next := range []string{"//evil.example/gl", "https://evil.example", "/gl\\..\\evil", "/other"} {
		form := w.signs("te")
		form.Set("next", next)
		res, _ := w.browser().post("/gl/sign-in", form, "/gl/sign-in")
		if to := res.Header.Get("Location"); to != "/gl/boxes" {
			t.Errorf("%q leads to %q", next, to)
		}
	}
}

// TestDisabledIsOut: disabling an account ends its sessions at once (S6).
func TestDisabledIsOut(t *testing.T) {
	w := newWorld(t)
	b := w.as("cl")
	if res, _ := b.get("/gl"); res.StatusCode != http.StatusOK {
		t.Fatalf("before: %d", res.StatusCode)
	}
	var id string
	err := w.db.Read(t.Context(), func(tx *db.Tx) error {
		all, err := staff.Accounts(t.Context(), tx, "430000")
		for _, a := range all {
			if a.Name == "cl" {
				id = a.ID
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Disable(t.Context(), id, "离职", flow.Operator().Author); err != nil {
		t.Fatal(err)
	}
	if res, _ := b.get("/gl"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("after: %d", res.StatusCode)
	}
}

// TestCookiesOverTLS: __Host- and Secure, and HSTS.
func TestCookiesOverTLS(t *testing.T) {
	w := newWorld(t, overTLS)
	w.hire("po")
	b := w.browser()
	res, _ := b.post("/gl/sign-in", w.signs("po"), "/gl/sign-in")
	headers(t, "/gl/sign-in", res, true)
	seen := false
	for _, c := range res.Cookies() {
		seen = seen || c.Name == "__Host-zk_gl"
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %v", c)
		}
	}
	if !seen {
		t.Errorf("no session cookie: %d", res.StatusCode)
	}
}

// TestLooksAreJournalled: the page of a record is an entry; the whole number is
// another, with its reason, is shown in that one answer only, and cannot be had
// without (S31, S35).
func TestLooksAreJournalled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		id := w.confirm(0)
		number := string(w.people[0].Chip.Number)
		b := w.as("co")
		path := "/gl/confirmations/" + id
		_, page := b.get(path)
		if strings.Contains(page, number) || !strings.Contains(page, "看全号") || !strings.Contains(page, `class="hand"`) {
			t.Error("the page shows the number, or lacks its parts")
		}
		res, page := b.post(path+"/reveal", url.Values{"reason": {" "}}, path)
		if res.StatusCode != http.StatusUnprocessableEntity || strings.Contains(page, number) {
			t.Errorf("without a reason: %d", res.StatusCode)
		}
		res, page = b.post(path+"/reveal", url.Values{"reason": {"电话核对本人"}}, path)
		if res.StatusCode != http.StatusOK || !strings.Contains(page, number) {
			t.Errorf("with a reason: %d", res.StatusCode)
		}
		if _, page = b.get(path); strings.Contains(page, number) {
			t.Error("the number is still there afterwards")
		}
		if _, page = w.as("cl").get(path); strings.Contains(page, "看全号") {
			t.Error("a clerk is offered the whole number")
		}
		acts := w.acts(id)
		if acts[0] != "confirmation.received" || !slices.Contains(acts, "record.viewed page") || !slices.Contains(acts, "record.viewed number 电话核对本人") {
			t.Errorf("the journal says %q", acts)
		}
	})
}

// TestNoJournalNoLook: when the entry cannot be written nothing is shown, and
// the page tells nothing but its number (S31, S33).
func TestNoJournalNoLook(t *testing.T) {
	w := newWorld(t)
	id := w.confirm(0)
	b := w.as("po")
	b.get("/gl/confirmations/" + id)
	w.sealedUp()
	w.write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `CREATE TRIGGER deaf BEFORE INSERT ON journal_entry BEGIN SELECT RAISE(ABORT, 'the journal is deaf'); END`)
		return err
	})
	res, page := b.get("/gl/confirmations/" + id)
	if res.StatusCode != http.StatusInternalServerError || strings.Contains(page, string(w.people[0].Application.Name())) {
		t.Errorf("%d: a record is shown that nobody wrote down", res.StatusCode)
	}
	if strings.Contains(page, "deaf") || strings.Contains(page, "journal_entry") || !strings.Contains(w.log.String(), "deaf") {
		t.Error("the page says too much, or the log too little")
	}
}

// TestBoxActs: freeze, release and revoke go through flow with their reason, to
// whom they are given, and leave their entries; a revoked box is not released.
// TestClockJumpOnTheBoxPage: what a box said of its clock stands in its list and
// in the journal, in both languages (S32).
func TestClockJumpOnTheBoxPage(t *testing.T) {
	w := newWorld(t)
	id := w.boxes[pointHere].ID
	w.write(t.Context(), func(tx *db.Tx) error { return w.flow.SeeClockJump(t.Context(), tx, id, 7, "floor") })
	w.sealedUp()
	b := w.as("co")
	for lang, words := range map[string][]string{"zh": {"终端时钟跳变", "只知道不早于", "第几次启动 7"}, "en": {"clock of the box jumped", "lower bound only", "start 7"}} {
		if res, _ := b.post("/gl/language", url.Values{"lang": {lang}}, "/gl/boxes/"+id); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d", lang, res.StatusCode)
		}
		for _, path := range []string{"/gl/boxes/" + id, "/gl/journal?act=box.clock-jumped"} {
			_, page := b.get(path)
			for _, word := range words {
				if !strings.Contains(page, word) {
					t.Errorf("%s %s does not say %q", lang, path, word)
				}
			}
		}
	}
	if _, page := b.get("/gl/boxes/" + w.enrol(t.Context(), pointHere).ID); strings.Contains(page, "clock of the box jumped") {
		t.Error("another box's jump stands on the page")
	}
}

func TestBoxActs(t *testing.T) {
	w := newWorld(t)
	id := w.boxes[pointHere].ID
	path := "/gl/boxes/" + id
	state := func() fleet.State { x, _ := w.fleet.Box(id); return x.State }
	post := func(as, act string, form url.Values) (int, string) {
		res, body := w.as(as).post(path+"/"+act, form, path)
		return res.StatusCode, body
	}
	if code, _ := post("cl", "freeze", url.Values{"reason": {"试一试"}}); code != http.StatusForbidden || state() != fleet.Active {
		t.Errorf("a clerk freezes: %d", code)
	}
	if code, _ := post("co", "freeze", url.Values{"reason": {"门锁被撬"}}); code != http.StatusSeeOther || state() != fleet.Frozen {
		t.Errorf("freeze: %d %s", code, state())
	}
	if _, page := w.as("co").get(path + "?done=freeze"); !strings.Contains(page, "已冻结。") || !strings.Contains(page, "门锁被撬") {
		t.Error("the page does not say what was done and why")
	}
	if code, _ := post("co", "release", url.Values{"reason": {"查清了"}}); code != http.StatusForbidden {
		t.Errorf("a county releases: %d", code)
	}
	if code, _ := post("po", "release", url.Values{"reason": {"查清了"}}); code != http.StatusSeeOther || state() != fleet.Active {
		t.Errorf("release: %d %s", code, state())
	}
	if code, _ := post("po", "revoke", url.Values{"reason": {"丢了"}}); code != http.StatusUnprocessableEntity || state() != fleet.Active {
		t.Errorf("revoke without the tick: %d %s", code, state())
	}
	// Fields that are not the form's change nothing (S11).
	extra := url.Values{"reason": {"丢了"}, "sure": {"yes"}, "state": {"active"}, "epoch": {"9"}, "role": {"province-admin"}, "division": {"430000"}, "point": {pointThere}, "id": {w.boxes[pointThere].ID}}
	if code, _ := post("po", "revoke", extra); code != http.StatusSeeOther || state() != fleet.Revoked {
		t.Errorf("revoke: %d %s", code, state())
	}
	if x, _ := w.fleet.Box(w.boxes[pointThere].ID); x.State != fleet.Active {
		t.Error("another box was revoked")
	}
	if code, page := post("po", "release", url.Values{"reason": {"再想想"}}); code != http.StatusConflict || !strings.Contains(page, "不能这样做") {
		t.Errorf("release of a revoked box: %d", code)
	}
	want := []string{"box.frozen  门锁被撬", "box.released  查清了", "box.revoked  丢了"}
	if got := w.acts(id); !slices.Equal(got[1:], want) { // the first is its enrolment
		t.Errorf("the journal says %q", got)
	}
}

// TestRecordPage: the three sources with what differs marked, the checks of
// both, the timeline, the envelope.
func TestRecordPage(t *testing.T) {
	w := newWorld(t)
	seen := false
	for n, p := range w.people {
		if p.Flaw != "name-typo" && p.Flaw != "ethnic" {
			continue
		}
		seen = true
		id := w.confirm(n)
		w.sealedUp()
		_, page := w.as("pa").get("/gl/confirmations/" + id)
		for _, want := range []string{`<mark class="differs">`, `class="picked"`, "三处数据对照", "身份证号校验位", "以前没有确认过", "读身份证", "封存，已受理", "省中心存好，回执已发", "操作日志"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page lacks %s", p.Flaw, want)
			}
		}
		if !strings.Contains(page, w.boxes[p.Application.Point].ID) {
			t.Errorf("%s: the page lacks its box", p.Flaw)
		}
	}
	if !seen {
		t.Fatal("nobody differs from the chip")
	}
}

// TestDisputes: both records stand, each page names the other, and the county's
// list and menu count them.
func TestDisputes(t *testing.T) {
	w := newWorld(t)
	first := w.confirm(0)
	second := w.confirm(0, func(s *flow.Step) {
		s.State, s.StateReason, s.Dispute = confirmation.Disputed, confirmation.NoteTwice, []string{first}
	})
	_, page := w.as("co").get("/gl/disputes")
	if !strings.Contains(page, "2 份记录等着裁定") || !strings.Contains(page, first) || !strings.Contains(page, second) {
		t.Error("the list does not hold both")
	}
	if _, page = w.as("co").get("/gl/confirmations/" + second); !strings.Contains(page, "/gl/confirmations/"+first) || !strings.Contains(page, "在同一个点确认过") {
		t.Error("the page does not name the other record and the reason")
	}
}

// TestPaging walks the list to its end by its own links: every record once.
func TestPaging(t *testing.T) {
	w := newWorld(t)
	want := map[string]bool{}
	for n := range 24 {
		want[w.confirm(n)] = true
	}
	for range 8 { // some confirmed again, all at the same instant
		for n := range 2 {
			want[w.confirm(n, func(s *flow.Step) { s.State, s.StateReason = confirmation.Disputed, confirmation.NoteTwice })] = true
		}
	}
	got, path, pages := map[string]int{}, "/gl/confirmations", 0
	for path != "" && pages < 10 {
		_, page := w.as("po").get(path)
		pages++
		for _, part := range strings.Split(page, `data-record="`)[1:] {
			got[part[:32]]++
		}
		path = ""
		if before, _, more := strings.Cut(page, `" rel="next"`); more {
			path = strings.ReplaceAll(before[strings.LastIndex(before, `href="`)+6:], "&amp;", "&")
		}
	}
	if pages != 2 || len(got) != len(want) {
		t.Errorf("%d pages with %d of %d records", pages, len(got), len(want))
	}
	for id, n := range got {
		if n != 1 || !want[id] {
			t.Errorf("record %s came %d times", id, n)
		}
	}
	for q, n := range map[string]int{"?day=2019-09-06": 25, "?day=2019-09-05": 0, "?day=2019-09-07": 0, "?state=disputed": 16, "?point=" + pointHere + "&state=in-force": 12} {
		_, page := w.as("po").get("/gl/confirmations" + q)
		if got := strings.Count(page, `data-record="`); got != n {
			t.Errorf("%s: %d rows, want %d", q, got, n)
		}
	}
}

// TestLanguage: one switch, kept, and back to the page.
func TestLanguage(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	res, _ := b.post("/gl/language", url.Values{"lang": {"en"}, "return": {"/gl/sign-in?next=%2Fgl"}}, "/gl/sign-in")
	if res.Header.Get("Location") != "/gl/sign-in?next=%2Fgl" {
		t.Errorf("back to %q", res.Header.Get("Location"))
	}
	if _, page := b.get("/gl/sign-in"); !strings.Contains(page, "Sign in to the console") || !strings.Contains(page, `<html lang="en"`) {
		t.Error("the page is not English")
	}
}

// TestDemo: the bar on every page, the accounts handed in, and the clock's
// three moves.
func TestDemo(t *testing.T) {
	w := newWorld(t, demo)
	for _, path := range []string{"/gl", "/gl/boxes", "/gl/journal", "/gl/sign-in", "/gl/gallery"} {
		b := w.as("po")
		if path == "/gl/sign-in" {
			b = w.browser()
		}
		if _, page := b.get(path); !strings.Contains(page, `class="demobar"`) {
			t.Errorf("%s does not say 演示", path)
		}
	}
	if _, page := w.browser().get("/gl/sign-in"); !strings.Contains(page, "kan-wo-bu-zhong-yao") || !strings.Contains(page, "2019-09-06 10:31:20") {
		t.Error("the accounts or the clock are not shown")
	}
	for _, move := range []string{"next-day", "lunch", "before-close", "never"} {
		res, _ := w.as("po").post("/demo/clock", url.Values{"move": {move}, "return": {"/gl/boxes"}}, "/gl/boxes")
		if move == "never" && res.StatusCode != http.StatusBadRequest || move != "never" && res.Header.Get("Location") != "/gl/boxes" {
			t.Errorf("%s: %d", move, res.StatusCode)
		}
	}
	if !slices.Equal(w.moves, []string{"next-day", "lunch", "before-close"}) {
		t.Errorf("moved %q", w.moves)
	}
	if got := w.acts("hub"); len(got) < 3 || got[len(got)-1] != "clock.moved" {
		t.Errorf("the journal says %q", got)
	}
}

// TestJournalPage says what the newest checkpoint is worth, and says so when
// somebody has changed the entry it pins with plain SQL.
func TestJournalPage(t *testing.T) {
	w := newWorld(t)
	w.confirm(0)
	w.checkpointed()
	if _, page := w.as("pa").get("/gl/journal"); !strings.Contains(page, "操作日志，已封到第") || !strings.Contains(page, "对得上") || !strings.Contains(page, "收到确认") {
		t.Errorf("the journal: %s", textOf(page))
	}
	w.checkpointed()
	w.write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE journal_entry SET chain = $1 WHERE number = (SELECT max(number) FROM journal_checkpoint)`, make([]byte, 32))
		return err
	})
	if _, page := w.as("pa").get("/gl/journal"); !strings.Contains(page, "操作日志要查一查") {
		t.Error("a changed entry is called whole")
	}
}

// TestAgeAfterAClockJump: a box that has just spoken was not heard a day ago
// because somebody moved the demo's clock, and nobody is signed out by it.
func TestAgeAfterAClockJump(t *testing.T) {
	w := newWorld(t, demo)
	po := w.as("po")
	po.get("/gl/boxes")
	w.flow.Now = func() time.Time { return now().Add(24 * time.Hour) }
	res, page := po.get("/gl/boxes")
	if text := textOf(page); res.StatusCode != http.StatusOK || !strings.Contains(text, "刚刚") && !strings.Contains(text, "秒前") || strings.Contains(text, "小时前") || strings.Contains(text, "天前") {
		t.Errorf("%d: %s", res.StatusCode, text)
	}
}

// TestJournalOfNoPlace: what concerns no county is the province's to see, so
// that her list of the journal has no hole.
func TestJournalOfNoPlace(t *testing.T) {
	w := newWorld(t)
	w.sealedUp()
	for name, sees := range map[string]bool{"pa": true, "po": true, "ci": false, "co": false} {
		_, page := w.as(name).get("/gl/journal?act=campaign.published")
		if got := strings.Contains(page, `<td class="code nobreak">`) && strings.Contains(textOf(page), w.camp.ID); got != sees {
			t.Errorf("%s sees the publication: %v, want %v: %s", name, got, sees, textOf(page))
		}
	}
}

// TestAddressRow says what the three texts are to each other.
func TestAddressRow(t *testing.T) {
	w := newWorld(t)
	var here []int
	for n, p := range w.people {
		if p.Chip.Address != "" && p.Application.Get(form.PostAddress) != "" && p.Application.Point == pointHere {
			here = append(here, n)
		}
	}
	same, moved := here[0], here[1]
	w.people[same].Chip.Address = w.people[same].Application.Get(form.PostAddress)
	w.people[moved].Chip.Address = "湖南省长沙市别处路1号"
	row := regexp.MustCompile(`(?s)>地址</t.*?</tr>`)
	for n, want := range map[int]string{same: "一样", moved: "写法不同，不影响"} {
		_, page := w.as("pa").get("/gl/confirmations/" + w.confirm(n))
		if got := row.FindString(page); !strings.Contains(got, want) {
			t.Errorf("the address row says %q, want %s", textOf(got), want)
		}
	}
}

// TestHealth is for whoever starts the hub.
func TestHealth(t *testing.T) {
	w := newWorld(t)
	if res, body := w.browser().get("/healthz"); res.StatusCode != http.StatusOK || body != "ok\n" || len(res.Cookies()) != 0 {
		t.Errorf("%d %q %v", res.StatusCode, body, res.Cookies())
	}
}

// TestRetiredBox: a box that was emptied and said so is no trouble: it is counted nowhere
// as one, and the list says that it is retired.
func TestRetiredBox(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo)
	ctx := t.Context()
	w.write(ctx, func(tx *db.Tx) error {
		return w.flow.Revoke(ctx, tx, w.boxes[pointThere].ID, fleet.Retired, flow.Operator())
	})
	_, list := w.as("po").get("/gl/boxes")
	if text := textOf(list); !strings.Contains(text, "已退役") || strings.Contains(text, "已吊销") {
		t.Errorf("the list: %s", text)
	}
	_, home := w.as("po").get("/gl")
	if text := textOf(home); strings.Contains(text, "已退役") || strings.Contains(text, "已吊销") {
		t.Errorf("the board shows it: %s", text)
	}
}
