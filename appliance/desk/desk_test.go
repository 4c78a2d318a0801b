package desk

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// Name, password and code must go together; a code works once; nobody is told
// which of the three was wrong.
func TestSignIn(t *testing.T) {
	r := newRig(t)
	c := r.browser()
	if status := c.signsIn("chen", good, r.code()); status != http.StatusForbidden {
		t.Errorf("before the hub said who works here: %d", status)
	}
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good), member("wei", "registrar", good))
	var said []string
	for _, wrong := range [][3]string{{"nobody", good, r.code()}, {"chen", "three slow heron", r.code()}, {"chen", good, "000000"}, {"wei", good, r.code()}} {
		status, html := c.post("/sign-in", "/sign-in", "name", wrong[0], "password", wrong[1], "code", wrong[2])
		if status != http.StatusUnauthorized {
			t.Errorf("%q: %d", wrong, status)
		}
		said = append(said, regexp.MustCompile(`value="[A-Z0-9]{26}"`).ReplaceAllString(html, ""))
	}
	if len(slices.Compact(said)) != 1 {
		t.Error("the answers differ by what was wrong")
	}
	c = r.browser()
	code := r.code()
	if status := c.signsIn(" Chen ", good, code); status != http.StatusSeeOther {
		t.Fatalf("sign-in: %d", status)
	}
	if status, _ := c.get("/"); status != http.StatusOK {
		t.Errorf("signed in, and the desk says %d", status)
	}
	if status := r.browser().signsIn("chen", good, code); status != http.StatusUnauthorized {
		t.Errorf("the same code again: %d", status)
	}
	if status, _ := c.post("/", "/sign-out"); status != http.StatusSeeOther {
		t.Errorf("sign-out: %d", status)
	}
	if status, _ := c.get("/"); status != http.StatusSeeOther {
		t.Errorf("signed out, and the desk says %d", status)
	}
}

// Guessing is slowed for whoever guesses, and for nobody else.
func TestGuessingLocksNobodyElseOut(t *testing.T) {
	r := newRig(t)
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good), member("tan", protocol.StaffHead, good))
	ctx := context.Background()
	for range freeOwn {
		if _, err := r.check(ctx, "192.168.1.9", "chen", "guess", "000000"); err != errRefused {
			t.Fatal(err)
		}
	}
	if _, err := r.check(ctx, "192.168.1.9", "chen", good, r.code()); err != errSlow {
		t.Errorf("the sixth guess: %v", err)
	}
	if _, err := r.check(ctx, "192.168.1.10", "chen", good, r.code()); err != nil {
		t.Errorf("she herself from her own tablet: %v", err)
	}
	for i := range freeSource {
		_, _ = r.check(ctx, "192.168.1.11", "name"+string(rune('a'+i)), "guess", "000000")
	}
	if _, err := r.check(ctx, "192.168.1.11", "tan", good, r.code()); err != errSlow {
		t.Errorf("many names from one machine: %v", err)
	}
	r.with(func() { r.mono += firstPause })
	if _, err := r.check(ctx, "192.168.1.9", "chen", good, r.code()); err != nil {
		t.Errorf("after the pause: %v", err)
	}
}

// The lease warns before, lets nobody in after, and strikes no visit.
func TestLease(t *testing.T) {
	r := newRig(t)
	r.hire(21*24*time.Hour, member("chen", protocol.StaffClerk, good))
	c := r.signedIn("chen")
	if _, html := c.get("/"); strings.Contains(html, "有效期还剩") {
		t.Error("warns three weeks before")
	}
	r.with(func() { r.now = r.now.Add(16 * 24 * time.Hour) })
	_, html := c.get("/")
	has(t, html, "账号的有效期还剩 5 天")
	r.with(func() { r.now, r.status.Visiting = r.now.Add(5*24*time.Hour), true })
	if status, _ := c.get("/"); status != http.StatusOK {
		t.Errorf("in the middle of a visit: %d", status)
	}
	r.with(func() { r.status.Visiting = false })
	if status, _ := c.get("/"); status != http.StatusSeeOther {
		t.Errorf("after the visit: %d", status)
	}
	if status, html := c.post("/sign-in", "/sign-in", "name", "chen", "password", good, "code", r.code()); status != http.StatusForbidden {
		t.Errorf("sign-in after the lease: %d", status)
	} else {
		has(t, html, "接上网络", "一份不会丢")
	}
}

// Sessions end: idle, at the limit, disabled, with another password.
func TestSessionsEnd(t *testing.T) {
	r := newRig(t)
	chen := member("chen", protocol.StaffClerk, good)
	for name, end := range map[string]func(){
		"idle":     func() { r.with(func() { r.mono += idleLimit }) },
		"disabled": func() { r.hire(24 * time.Hour) },
		"another password": func() {
			r.hire(24*time.Hour, member("chen", protocol.StaffClerk, "another password"))
		},
	} {
		r.hire(24*time.Hour, chen)
		c := r.signedIn("chen")
		if status, _ := c.get("/day"); status != http.StatusOK {
			t.Fatalf("%s: %d before", name, status)
		}
		end()
		if status, _ := c.get("/day"); status != http.StatusSeeOther {
			t.Errorf("%s: %d after", name, status)
		}
		for _, part := range []string{"/part", "/queue/part"} {
			if status, _ := c.get(part); status != http.StatusUnauthorized {
				t.Errorf("%s: %s %d after", name, part, status)
			}
		}
	}
	r.hire(24*time.Hour, chen)
	c := r.signedIn("chen")
	r.hire(24*time.Hour, chen)
	if status, _ := c.get("/"); status != http.StatusOK {
		t.Errorf("the same list again ends a session: %d", status)
	}
	for range int(absoluteLimit/(20*time.Minute)) + 1 {
		r.with(func() { r.mono += 20 * time.Minute })
		c.get("/")
	}
	if status, _ := c.get("/"); status != http.StatusSeeOther {
		t.Errorf("open beyond the limit: %d", status)
	}
}

// Every response carries the headers; nothing is taken from another page, for
// another host, or without the form's token.
func TestGuard(t *testing.T) {
	r := newRig(t)
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good))
	c := r.signedIn("chen")
	for _, path := range []string{"/", "/sign-in", "/day", "/trust", "/part", "/static/desk.css", "/nothing", "/ca.crt"} {
		res, err := c.client.Get(r.server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		h := res.Header
		if h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") ||
			strings.Contains(h.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: %v", path, h)
		}
		for _, k := range res.Cookies() {
			if !k.HttpOnly || k.SameSite != http.SameSiteStrictMode {
				t.Errorf("%s: cookie %s", path, k.Name)
			}
		}
	}
	try := func(method, path string, set func(*http.Request)) int {
		req, err := http.NewRequest(method, r.server.URL+path, strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		set(req)
		res, err := c.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	for name, got := range map[string]int{
		"another host":   try("GET", "/", func(q *http.Request) { q.Host = "evil.example" }) - http.StatusMisdirectedRequest,
		"another page":   try("POST", "/coming", func(q *http.Request) { q.Header.Set("Origin", "https://evil.example") }) - http.StatusForbidden,
		"another site":   try("POST", "/coming", func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "cross-site") }) - http.StatusForbidden,
		"no token":       try("POST", "/coming", func(*http.Request) {}) - http.StatusForbidden,
		"another method": try("PUT", "/", func(*http.Request) {}) - http.StatusMethodNotAllowed,
	} {
		if got != 0 {
			t.Errorf("%s: off by %d", name, got)
		}
	}
}

// The overview says how the box is; a call for help is answered from it.
func TestOverviewAndHelp(t *testing.T) {
	came := 0
	r := newRig(t, func(o *Options) { o.Coming = func(context.Context) error { came++; return nil } })
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good))
	c := r.signedIn("chen")
	rec := r.hub.Seal(t, r.store, r.keys, hubtest.Draft{Application: "app-1"})
	if err := r.store.Commit(rec, "app-1", protocol.TimeOf(r.o.Now())-protocol.Time(20*60*1000)); err != nil {
		t.Fatal(err)
	}
	_, html := c.get("/")
	has(t, html, "2 号机", "空闲", "已连接省中心", "最早一条：20 分钟前", "纸快用完了", "没有应答", "1 人，有效到", "演示")
	for block := range map[visit.Block]bool{visit.BlockFrozen: true, visit.BlockRevoked: true, visit.BlockFull: true, visit.BlockStore: true, visit.BlockLocked: true, visit.BlockNotEnrolled: true, visit.BlockNoCampaign: true} {
		r.with(func() { r.status.Blocked = block })
		_, html = c.get("/part")
		has(t, html, "这台机器停止办理", catalogue()["stop-"+string(block)].zh)
	}
	r.with(func() {
		r.status.Blocked, r.status.Screen, r.status.Help, r.status.HelpAt = "", "help", true, r.now.Add(-2*time.Minute)
	})
	_, html = c.get("/")
	has(t, html, "考生在叫人，2 分钟前", "我去")
	if status, _ := c.post("/", "/coming"); status != http.StatusSeeOther || came != 1 {
		t.Errorf("status %d, came %d", status, came)
	}
	r.with(func() { r.status.Coming = true })
	_, html = c.get("/part")
	has(t, html, "已告诉考生有人过去")
}

// Every screen of a visit has its words.
func TestEveryScreenHasWords(t *testing.T) {
	source, err := os.ReadFile("../visit/phase.go")
	if err != nil {
		t.Fatal(err)
	}
	all := regexp.MustCompile(`(?m)^\tScreen\w+ +(?:Screen +)?= "([a-z-]+)"`).FindAllSubmatch(source, -1)
	if len(all) < 25 {
		t.Fatalf("found only %d screens", len(all))
	}
	for _, s := range all {
		if _, ok := catalogue()["screen-"+string(s[1])]; !ok {
			t.Errorf("no words for %s", s[1])
		}
	}
}

// A day: opened, counted, refused alone, closed by two, with its paper.
func TestDay(t *testing.T) {
	r := newRig(t)
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good), member("tan", protocol.StaffHead, good))
	c := r.signedIn("chen")
	if status, html := c.post("/day", "/day/open", "paper", "many"); status != http.StatusUnprocessableEntity {
		t.Errorf("%d", status)
	} else {
		has(t, html, "请填张数")
	}
	if status, _ := c.post("/day", "/day/open", "paper", "480"); status != http.StatusSeeOther {
		t.Fatalf("open: %d", status)
	}
	rec := r.hub.Seal(t, r.store, r.keys, hubtest.Draft{Application: "app-1"})
	if err := r.store.Commit(rec, "app-1", protocol.TimeOf(r.o.Now())); err != nil {
		t.Fatal(err)
	}
	closing := func(fields ...string) (int, string) { return c.post("/day", "/day/close", fields...) }
	if status, html := closing("collected", "1"); status != http.StatusUnprocessableEntity {
		t.Errorf("closed alone: %d", status)
	} else {
		has(t, html, "数不一样", "省中心收到 0 条，受理 1 条")
	}
	if _, html := closing("collected", "3"); !strings.Contains(html, "流程表收回 3 张，受理 1 人") {
		t.Error("it is not said which counts differ")
	}
	for name, second := range map[string][]string{
		"herself":     {"name", "chen", "password", good, "code", r.code()},
		"no password": {"name", "tan", "password", "", "code", r.code()},
	} {
		if status, _ := closing(append([]string{"collected", "1", "reason", "网络断开"}, second...)...); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, status)
		}
	}
	if status, _ := closing("collected", "1", "reason", "网络断开", "name", "tan", "password", good, "code", r.code()); status != http.StatusSeeOther {
		t.Fatalf("close: %d", status)
	}
	_, html := c.get("/day")
	has(t, html, "陈晓老师", "谭丽华老师", "网络断开", "收工单")
	status, pdf := c.get("/day/sheet")
	if status != http.StatusOK || !strings.HasPrefix(pdf, "%PDF-") {
		t.Errorf("sheet: %d", status)
	}
	keep(t, "closing.pdf", []byte(pdf))
	d, _, err := r.store.LastDay()
	if err != nil || d.Second == nil || d.Second.Account != "s-tan" || d.Closed.Account != "s-chen" || d.Counts.Waiting != 1 || d.Paper != 480 {
		t.Errorf("kept as %+v, %v", d, err)
	}
	// The box serves on: who is accepted now is counted, and is on no closing sheet.
	const after = "收工以后又受理了人"
	if _, html := c.get("/"); strings.Contains(html, after) {
		t.Error("it says that somebody was accepted after the closing, and nobody was")
	}
	r.confirm("app-2")
	if _, html := c.get("/"); !strings.Contains(html, after) || !strings.Contains(html, `<dd class="num">2</dd>`) {
		t.Error("who was accepted after the closing is not counted")
	}
}

// keep leaves a sheet for eyes, on request.
func keep(t *testing.T, name string, b []byte) {
	t.Helper()
	if dir := os.Getenv("ZHUNKAO_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// The sheet about trust names the hub's certificate and the desk's address.
func TestTrustSheet(t *testing.T) {
	r := newRig(t, func(o *Options) {
		o.Loopback, o.Hosts, o.Port, o.CA = false, []string{"192.168.8.20", "bgoldenbox2.local"}, ":8643", []byte("certificate of the hub")
	})
	doc, err := r.TrustSheet()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := doc.PDF(&b); err != nil || len(doc.Pages) != 1 {
		t.Fatal(err)
	}
	keep(t, "trust.pdf", b.Bytes())
	f := r.trustFacts()
	if len(f.Fingerprint) != 16 || f.Addresses[0] != "https://192.168.8.20:8643/" {
		t.Errorf("%+v", f)
	}
	if _, err := newRig(t).TrustSheet(); err == nil {
		t.Error("a sheet about a desk that needs no trust")
	}
}

// What the hub could send as a verifier, or worse, never asks too much of the
// board and never panics.
func FuzzVerifier(f *testing.F) {
	f.Add(member("chen", protocol.StaffClerk, good).Verifier)
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=255$c2FsdHNhbHQ$c2FsdA")
	f.Add("$argon2id$v=19$m=,t=,p=$$")
	f.Fuzz(func(t *testing.T, s string) {
		_, sum, memory, passes, lanes, ok := parseVerifier(s)
		if ok && (memory > 64<<10 || passes == 0 || passes > 8 || lanes == 0 || lanes > 4 || len(sum) != 32) {
			t.Errorf("takes m=%d t=%d p=%d", memory, passes, lanes)
		}
	})
}
