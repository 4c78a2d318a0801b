package desk

import (
	"context"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// Whatever stops the box, the clerk reads why, since when, and what is still
// safe; what is promised there is what the box does.
func TestWhatIsStillSafe(t *testing.T) {
	r := newRig(t)
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good))
	c := r.signedIn("chen")
	word := func(key string) string { return catalogue()[key].zh }
	for _, b := range visit.Blocks() {
		r.with(func() { r.status.Blocked, r.status.Since = b, r.now.Add(-40*time.Minute) })
		_, html := c.get("/part")
		has(t, html, "这台机器停止办理", word("stop-"+string(b)), "从 08:20 起")
		if says := strings.Contains(html, word("safe-void")); says != (b.Acts() && b != visit.BlockNone) {
			t.Errorf("%s: a void is offered: %v", b, says)
		}
		if says := strings.Contains(html, word("safe-visit")); says != b.Finishes() {
			t.Errorf("%s: the visit under way: %v", b, says)
		}
		if says := strings.Contains(html, word("safe-send")); says == (b == visit.BlockRevoked || b == visit.BlockStore || b == visit.BlockNotEnrolled || b == visit.BlockNoCampaign) {
			t.Errorf("%s: sending: %v", b, says)
		}
	}
	r.with(func() { r.status.Blocked, r.status.Since = "", time.Time{} })
	if _, html := c.get("/part"); strings.Contains(html, word("safe-title")) {
		t.Error("a box that serves says what is still safe")
	}
}

// Days and records are counted on the page before they stop anybody.
func TestWarningsBeforeTheBoxStops(t *testing.T) {
	r := newRig(t)
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good))
	c := r.signedIn("chen")
	for alone, want := range map[time.Duration]string{
		14 * 24 * time.Hour: "14 天没有连上省中心了，再过 8 天", 20*24*time.Hour + time.Hour: "20 天没有连上省中心了，再过 1 天", 21 * 24 * time.Hour: "再过 1 天",
	} {
		r.with(func() {
			r.status.Alone, r.status.Linked = alone, false
			r.status.Devices = []protocol.DeviceState{{Name: health.DeviceAhead, State: health.Ready, Fault: health.FaultStaleSoon}, {Name: health.DeviceOutbox, State: health.Ready, Fault: health.FaultUnsentSoon}}
		})
		_, html := c.get("/part")
		has(t, html, want, "到 12000 条就不能接新的考生")
	}
}

// Two persons look at an opened case, one of them a head; nobody alone, and not
// while it stands open.
func TestAnOpenedCaseIsLookedAt(t *testing.T) {
	var heads []string
	wrong := error(nil)
	r := newRig(t, func(o *Options) {
		o.CaseLooked = func(_ context.Context, clerk, head store.DayAct) error {
			heads = append(heads, clerk.Account+" "+head.Account)
			return wrong
		}
	})
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good), member("tan", protocol.StaffHead, good))
	c := r.signedIn("chen")
	look := func(sure, name, password string) string {
		t.Helper()
		r.with(func() { r.real = r.real.Add(time.Minute) })
		_, html := c.post("/day", "/case", "sure", sure, "name", name, "password", password, "code", r.code())
		return html
	}
	if look("yes", "tan", good); len(heads) != 0 {
		t.Error("nothing was opened, and it was looked at")
	}
	r.with(func() { r.status.Blocked = visit.BlockTamper })
	_, over := c.get("/part")
	_, html := c.get("/case")
	if has(t, html, "两人看过外壳", `name="password"`); strings.Contains(over, `name="password"`) || !strings.Contains(over, `href="/case"`) {
		t.Error("what is typed on a page that is drawn anew is lost")
	}
	has(t, look("", "tan", good), "请先勾选")
	has(t, look("yes", "tan", "wrong wrong wrong"), catalogue()["day-second-refused"].zh)
	has(t, look("yes", "chen", good), "要另一个人")
	if len(heads) != 0 {
		t.Fatalf("one person was enough: %v", heads)
	}
	wrong = ErrCaseOpen
	has(t, look("yes", "tan", good), "外壳还开着")
	wrong = nil
	look("yes", "tan", good)
	if len(heads) != 2 || heads[1] != "s-chen s-tan" {
		t.Errorf("looked at by %v", heads)
	}
}
