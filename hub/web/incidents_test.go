package web_test

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/incident"
	"zhunkao/hub/journal"
)

func anID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// reported has the clerk of a point report something, past the pages.
func (w *world) reported(point string) string {
	w.t.Helper()
	id := anID()
	w.write(w.t.Context(), func(tx *db.Tx) error {
		who := incident.Actor{Account: "a0000000", Division: point[:6], Officer: true}
		_, err := w.flow.ReportIncident(w.t.Context(), tx, incident.Incident{ID: id, Kind: incident.Power, Severity: incident.Grave, Point: point,
			Started: now().Add(-time.Hour).UnixMilli(), People: 351, What: "停电了"}, who, flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: who.Account}})
		return err
	})
	return id
}

func reportForm() url.Values {
	return url.Values{"id": {anID()}, "kind": {"power"}, "severity": {"grave"}, "place": {pointHere}, "date": {"2019-09-06"}, "time": {"07:40"}, "people": {"351"},
		"what": {"停电，3 个点都办不了"}, "done": {"改填草表"}, "need": {"请延长"}}
}

// report sends the form and gives the id of what came of it.
func (b *browser) report(form url.Values) string {
	b.w.t.Helper()
	res, body := b.post("/gl/incidents", form, "/gl/incidents/new")
	to, ok := strings.CutPrefix(res.Header.Get("Location"), "/gl/incidents/")
	if res.StatusCode != http.StatusSeeOther || !ok {
		b.w.t.Fatalf("report: %d %s %s", res.StatusCode, res.Header.Get("Location"), textOf(body))
	}
	id, _, _ := strings.Cut(to, "?")
	return id
}

var onceField = regexp.MustCompile(`name="once" value="([0-9a-f]{32})"`)

// move makes one move by the form that the page offers, and fails if the page
// does not offer it or it is refused.
func (b *browser) move(id, act string, form url.Values) {
	b.w.t.Helper()
	page := "/gl/incidents/" + id
	_, html := b.get(page)
	if !strings.Contains(html, `action="`+page+"/"+act+`"`) {
		b.w.t.Fatalf("the page does not offer %s: %s", act, textOf(html))
	}
	if m := onceField.FindStringSubmatch(html); m != nil && form.Get("once") == "" {
		form.Set("once", m[1])
	}
	res, body := b.post(page+"/"+act, form, page)
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != page+"?done="+act {
		b.w.t.Fatalf("%s: %d %s", act, res.StatusCode, textOf(body))
	}
}

// honestMove is a move as its form sends it, on an incident that stands so that
// it can be made.
func (w *world) honestMove(act string) honest {
	w.t.Helper()
	id, who := w.reported(pointHere), "ci"
	step := func(a incident.Act, division string) {
		w.write(w.t.Context(), func(tx *db.Tx) error {
			by := incident.Actor{Account: "a0000000", Division: division, Officer: true}
			_, err := w.flow.MoveIncident(w.t.Context(), tx, id, incident.Move{Act: a, By: by, Text: "先前的一步"}, flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: by.Account}})
			return err
		})
	}
	form := url.Values{"reason": {"照实写的"}, "once": {anID()}, "to": {countyHere}, "measure": {"paper"}, "box": {""}, "version": {""}}
	switch act {
	case "close":
		who = "po"
		step(incident.Resolve, countyHere)
	case "reopen":
		who = "po"
		step(incident.Resolve, countyHere)
		step(incident.Close, "430000")
	}
	return honest{path: "/gl/incidents/" + id + "/" + act, browser: w.as(who), form: form}
}

// TestIncidentGoesUp is the whole way: the clerk reports, every office above
// sees it at once, the city takes it and freezes a box, the county says that it
// is over, the province closes it and opens it again.
func TestIncidentGoesUp(t *testing.T) {
	w := newWorld(t)
	id := w.as("cl").report(reportForm())
	for name, wants := range map[string]string{"co": "等本机构 1 件", "ci": "没有办结的异常 1 件", "po": "没有办结的异常 1 件", "te": "没有办结的异常 1 件"} {
		_, page := w.as(name).get("/gl/incidents")
		if !strings.Contains(textOf(page), wants) || !strings.Contains(page, "/gl/incidents/"+id) {
			t.Errorf("%s does not see it at once: %s", name, textOf(page))
		}
	}
	if _, page := w.as("co").get("/gl/incidents"); !strings.Contains(page, `id="count-incidents">1<`) {
		t.Error("the county's menu counts nothing")
	}
	if _, page := w.as("ci").get("/gl/incidents"); strings.Contains(page, `id="count-incidents"`) {
		t.Error("the city's menu counts what does not wait for it")
	}
	_, part := w.as("ci").get("/gl/part/incidents")
	if !strings.Contains(part, "停电，3 个点都办不了") || strings.Contains(part, "<html") {
		t.Errorf("the live part: %s", part)
	}
	box := w.boxes[pointHere].ID
	w.as("co").move(id, "hand-up", url.Values{"reason": {"本县定不了"}, "once": {""}})
	w.as("ci").move(id, "acknowledge", url.Values{})
	w.as("po").move(id, "acknowledge", url.Values{}) // knows of it; the city keeps it
	w.as("cl").move(id, "note", url.Values{"reason": {"供电所说 15:00 来电"}})
	w.as("ci").move(id, "measure", url.Values{"measure": {"freeze"}, "box": {box}, "reason": {"机子进水"}})
	if b, _ := w.fleet.Box(box); b.State != fleet.Frozen || !strings.Contains(b.StateReason, "机子进水") {
		t.Errorf("the box is %s (%s)", b.State, b.StateReason)
	}
	w.as("ci").move(id, "measure", url.Values{"measure": {"window"}, "version": {itoa(uint64(w.camp.Version))}, "reason": {"延长到 13 日"}})
	w.as("co").move(id, "resolve", url.Values{"reason": {"来电了，草表录完"}})
	w.as("po").move(id, "close", url.Values{"reason": {"核对过"}})
	w.as("pa").move(id, "reopen", url.Values{"reason": {"还差 12 人"}})

	_, page := w.as("cl").get("/gl/incidents/" + id)
	text := textOf(page)
	for _, want := range []string{"停电 岳麓区", "第 1 号", "正在处理", "351", "改填草表", "请延长", "某cl", "某ci", "供电所说 15:00 来电", "冻结终端", "终端 " + box, "方案第 " + itoa(uint64(w.camp.Version)) + " 版", "来电了，草表录完", "核对过", "还差 12 人", "长沙市", "湖南省"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
	want := []string{"incident.reported", "incident.handed  本县定不了", "incident.acknowledged", "incident.acknowledged", "incident.noted", "incident.measured", "incident.measured",
		"incident.resolved  来电了，草表录完", "incident.closed  核对过", "incident.reopened  还差 12 人"}
	if got := w.acts(id); !slices.Equal(got, want) {
		t.Errorf("the journal has %q, want %q", got, want)
	}
	if got := w.acts(box); !slices.ContainsFunc(got, func(a string) bool { return strings.HasPrefix(a, "box.frozen") }) {
		t.Errorf("the box's journal has %q", got)
	}
}

// TestIncidentMovesAreRefused: what the rule does not give is neither offered
// nor done, and what was typed is still there.
func TestIncidentMovesAreRefused(t *testing.T) {
	w := newWorld(t)
	id, foreign := w.as("cl").report(reportForm()), w.reported(pointThere)
	page := "/gl/incidents/" + id
	for _, c := range []struct {
		name, act string
		form      url.Values
		status    int
		text      string
	}{
		{"co", "close", url.Values{"reason": {"办结"}}, http.StatusConflict, "现在不能做这一步"},
		{"co", "acknowledge", nil, 0, ""},
		{"co", "resolve", url.Values{"reason": {"  "}}, http.StatusUnprocessableEntity, "要写几个字"},
		{"co", "note", url.Values{"reason": {"考生 430102199002201234 来过"}}, http.StatusUnprocessableEntity, "身份证号或手机号"},
		{"co", "note", url.Values{"reason": {"打 13800138000"}}, http.StatusUnprocessableEntity, "身份证号或手机号"},
		{"co", "measure", url.Values{"measure": {"freeze"}, "box": {w.boxes[pointThere].ID}, "reason": {"别处的终端"}}, http.StatusForbidden, "不归本机构"},
		{"co", "measure", url.Values{"measure": {"freeze"}, "reason": {"没有选终端"}}, http.StatusUnprocessableEntity, "还缺东西"},
		{"co", "measure", url.Values{"measure": {"window"}, "version": {"99"}, "reason": {"没有这一版"}}, http.StatusUnprocessableEntity, "还缺东西"},
		{"co", "hand-down", url.Values{"to": {countyThere}, "reason": {"别的县"}}, http.StatusForbidden, "不归本机构"},
		{"cl", "resolve", url.Values{"reason": {"好了"}}, http.StatusForbidden, "您的岗位不能做"},
		{"te", "acknowledge", nil, http.StatusForbidden, "您的岗位不能做"},
	} {
		if c.form == nil {
			c.form = url.Values{}
		}
		res, body := w.as(c.name).post(page+"/"+c.act, c.form, page)
		if c.status == 0 {
			c.status = http.StatusSeeOther
		}
		if res.StatusCode != c.status || !strings.Contains(textOf(body), c.text) {
			t.Errorf("%s %s %v: %d %s", c.name, c.act, c.form, res.StatusCode, textOf(body))
		}
		if typed := c.form.Get("reason"); c.status == http.StatusUnprocessableEntity && strings.TrimSpace(typed) != "" && !strings.Contains(body, typed) {
			t.Errorf("%s %s: what was typed is gone", c.name, c.act)
		}
	}
	for _, act := range incident.Acts() {
		if res, _ := w.as("co").post("/gl/incidents/"+foreign+"/"+string(act), url.Values{"reason": {"别县的"}}, page); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s of a foreign incident: %d", act, res.StatusCode)
		}
	}
	if strings.Contains(w.log.String(), "430102199002201234") || strings.Contains(w.log.String(), "13800138000") {
		t.Error("the log holds a number")
	}
}

// TestReportForm: what is wrong is told at its field, all at once, and nothing
// is lost; the same form sent twice is one incident.
func TestReportForm(t *testing.T) {
	w := newWorld(t)
	form := reportForm()
	form.Del("kind")
	form.Set("what", "考生电话 138 0013 8000")
	form.Set("date", "2019-09-07")
	form.Set("people", "好多")
	form.Set("place", countyThere)
	res, page := w.as("co").post("/gl/incidents", form, "/gl/incidents/new")
	text := textOf(page)
	for _, want := range []string{"选一项：出了什么事", "身份证号或手机号", "开始时间不能在以后", "人数写数字", "要在管辖范围内"} {
		if res.StatusCode != http.StatusUnprocessableEntity || strings.Count(text, want) != 2 { // in the summary, and at the field
			t.Errorf("%d, %q stands %d times", res.StatusCode, want, strings.Count(text, want))
		}
	}
	for _, kept := range []string{"138 0013 8000", "改填草表", `value="好多"`, form.Get("id")} {
		if !strings.Contains(page, kept) {
			t.Errorf("%q is gone", kept)
		}
	}
	good := reportForm()
	first, second := w.as("co").report(good), w.as("co").report(good)
	if first != second || first != good.Get("id") {
		t.Errorf("sent twice it is %s and %s", first, second)
	}
	if res, _ := w.as("ci").post("/gl/incidents", good, "/gl/incidents/new"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("another's form with the same id: %d", res.StatusCode)
	}
	twice := url.Values{"reason": {"说一遍"}, "once": {anID()}}
	for range 2 {
		if res, _ := w.as("co").post("/gl/incidents/"+first+"/note", twice, "/gl/incidents"); res.StatusCode != http.StatusSeeOther {
			t.Errorf("note: %d", res.StatusCode)
		}
	}
	_, page = w.as("co").get("/gl/incidents/" + first)
	if n := strings.Count(page, "说一遍"); n != 1 {
		t.Errorf("a note sent twice stands %d times", n)
	}
	if got := w.acts(first); len(got) != 2 {
		t.Errorf("the journal has %q", got)
	}
}

// TestIncidentNobodyTakes goes up by itself, and every page says so.
func TestIncidentNobodyTakes(t *testing.T) {
	w := newWorld(t)
	id := w.as("co").report(reportForm())
	escalate := func(after time.Duration, want int) {
		t.Helper()
		f := *w.flow
		f.Now = func() time.Time { return now().Add(after) }
		if n, err := f.EscalateIncidents(t.Context(), w.db); err != nil || n != want {
			t.Errorf("after %s %d went up, %v; want %d", after, n, err, want)
		}
	}
	escalate(9*time.Minute, 0)
	escalate(10*time.Minute, 1)
	escalate(11*time.Minute, 0)
	_, page := w.as("po").get("/gl/incidents")
	if text := textOf(page); !strings.Contains(text, "1 件到时间还没有人接手") || !strings.Contains(text, "等本机构 1 件") {
		t.Errorf("the province's board: %s", text)
	}
	_, page = w.as("ci").get("/gl/incidents/" + id)
	if text := textOf(page); !strings.Contains(text, "没有人接手，转到 湖南省") || !strings.Contains(text, "省中心自动") {
		t.Errorf("the page: %s", text)
	}
	if got := w.acts(id); !slices.Equal(got, []string{"incident.reported", "incident.escalated"}) {
		t.Errorf("the journal has %q", got)
	}
}

// TestClosedIncidents: what is closed stays to be seen, page by page, and goes
// out as a file with everything else.
func TestClosedIncidents(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		id := w.as("co").report(reportForm())
		w.as("co").move(id, "resolve", url.Values{"reason": {"好了"}})
		w.as("po").move(id, "close", url.Values{"reason": {"核对过"}})
	}
	open := w.as("co").report(reportForm())
	_, page := w.as("co").get("/gl/incidents?state=closed")
	if text := textOf(page); !strings.Contains(text, "已办结 3 件") || strings.Contains(page, "/gl/incidents/"+open) {
		t.Errorf("the closed: %s", text)
	}
	res, file := w.as("co").get("/gl/incidents?as=csv")
	if res.StatusCode != http.StatusOK || strings.Count(file, "停电") < 4 || strings.Count(file, "已办结") != 3 {
		t.Errorf("the file: %d %s", res.StatusCode, file)
	}
	w.reported(pointThere)
	if _, file := w.as("co").get("/gl/incidents?as=csv"); strings.Contains(file, "安仁") {
		t.Error("the file holds what is foreign")
	}
}
