package desk

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// A clerk reports from the desk, the hub away: it is sealed with her name, waits
// like any record, and the page follows the hub's word. What would be set aside
// there is caught while it can be mended, and what was typed stays.
func TestIncidentsAreReported(t *testing.T) {
	var r *rig
	var sealed []protocol.Incident
	stopped := error(nil)
	r = newRig(t, func(o *Options) {
		o.Report = func(_ context.Context, x Reporting) error {
			if stopped != nil {
				return stopped
			}
			body := x.Body()
			body.Point = hubtest.Point
			_, device := hubtest.Own(r, r.store, r.keys)
			now := protocol.TimeOf(r.o.Now())
			_, err := r.store.SealAct(store.Act{Kind: protocol.RecordIncident, Body: body, Blobs: body.Blobs, At: now, Campaign: "adult-2019", Version: 1, Suite: protocol.SuiteAES, Device: device,
				Time: protocol.TimeEvidence{Earliest: now, Latest: now + 1, Source: protocol.SourceHub, Boot: 1, Verdict: protocol.VerdictOpen}})
			if err == nil {
				sealed = append(sealed, body)
			}
			return err
		}
	})
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good))
	c := r.signedIn("chen")
	_, html := c.get("/incidents")
	has(t, html, "异常情况", "今天没有", `value="09:00"`)
	send := func(kind, since, words string) (int, string) {
		t.Helper()
		return c.post("/incidents", "/incidents", "kind", kind, "severity", "grave", "since", since, "words", words, "done", "发了草表")
	}
	for _, degree := range []string{"", "worst"} {
		if status, html := c.post("/incidents", "/incidents", "kind", "power", "severity", degree, "since", "08:40", "words", "停电"); status != http.StatusUnprocessableEntity || !strings.Contains(html, "请选有多严重") {
			t.Errorf("degree %q: %d", degree, status)
		}
	}
	for name, x := range map[string]struct{ kind, since, words, says string }{
		"no kind":             {"", "08:40", "停电", "请先选是什么事"},
		"a kind nobody knows": {"flood", "08:40", "停电", "请先选是什么事"},
		"no time":             {"power", "早上", "停电", "时间写成"},
		"no words":            {"power", "08:40", " ", "请写怎么回事"},
		"too long":            {"power", "08:40", strings.Repeat("长", 1001), "太长了"},
		"an ID number":        {"power", "08:40", "考生 430104199001011237 等着", "像身份证号或手机号"},
		"in groups":           {"power", "08:40", "打 138 0000 1111", "像身份证号或手机号"},
		"full width":          {"power", "08:40", "１３８００００１１１１", "像身份证号或手机号"},
		"a turned direction":  {"power", "08:40", "停\u202e电", "不能用的字符"},
	} {
		status, html := send(x.kind, x.since, x.words)
		if status != http.StatusUnprocessableEntity || !strings.Contains(html, x.says) || !strings.Contains(html, "发了草表") {
			t.Errorf("%s: %d, and not %q", name, status, x.says)
		}
	}
	if len(sealed) != 0 {
		t.Fatalf("sealed %+v", sealed)
	}
	stopped = ErrReportStopped
	if _, html := send("power", "08:40", "停电"); !strings.Contains(html, "请打电话报县招办") {
		t.Error("a box that seals nothing takes a report")
	}
	stopped = nil
	if status, _ := send("power", "23：30", "停电，\r\n十二人等着"); status != http.StatusSeeOther {
		t.Fatalf("not taken: %d", status)
	}
	if x := sealed[0]; x.Kind != "power" || x.Severity != protocol.SeverityGrave || x.Words != "停电，\n十二人等着" || x.Clerk.Account != "s-chen" || x.Since.Time() != time.Date(2019, 9, 5, 15, 30, 0, 0, time.UTC) {
		t.Errorf("sealed as %+v", x)
	}
	_, html = c.get("/incidents")
	has(t, html, catalogue()["standing-waiting"].zh)
	rec, err := r.store.Record(1)
	if err != nil {
		t.Fatal(err)
	}
	r.settle(rec, protocol.Accepted, "")
	_, html = c.get("/incidents")
	has(t, html, catalogue()["standing-delivered"].zh)
}
