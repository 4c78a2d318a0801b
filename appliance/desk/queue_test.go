package desk

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/neighbour"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/window"
)

// queueing is the box's side of the queue: the tests of the box drive the true one.
func (r *rig) queueing(o *Options) {
	box := func() protocol.BoxID { st := o.Status(); return st.Box }
	o.Queueing = Queueing{
		Draw: func(context.Context) (store.Queued, error) {
			at := protocol.TimeOf(o.Now())
			return r.store.DrawToken(window.QueueDay(o.Now()), int(o.Status().Point.Unit), at,
				func(n uint16) ([]byte, error) { return []byte{byte(n)}, nil })
		},
		Call: func(_ context.Context, k store.QueueKey, to protocol.BoxID) error {
			if to != box() {
				return ErrQueueAway
			}
			_, err := r.store.CallToken(k, to, int(o.Status().Point.Unit), protocol.TimeOf(o.Now()))
			return err
		},
		End: func(_ context.Context, k store.QueueKey, s store.QueueState) error {
			_, err := r.store.EndToken(k, s, protocol.TimeOf(o.Now()))
			return err
		},
		Switch: func(_ context.Context, on bool) error {
			return r.store.SetQueueDay(map[bool]string{true: "2019-09-06"}[on])
		},
	}
}

func newQueueRig(t *testing.T) (*rig, *clerk) {
	t.Helper()
	r := newRig(t)
	r.queueing(&r.o)
	r.with(func() { r.status.Box = r.box() })
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good))
	return r, r.signedIn("chen")
}

func (r *rig) box() protocol.BoxID {
	id, err := r.store.Identity()
	if err != nil {
		r.Fatal(err)
	}
	return id.Box()
}

func (c *clerk) queues(to string, fields ...string) (int, string) {
	c.Helper()
	return c.post("/queue", "/queue/"+to, fields...)
}

// Nobody is called to a box that takes nobody: it is not offered, its own desk
// included, and with no box left the page says so.
func TestNobodyIsCalledToABlockedBox(t *testing.T) {
	r, c := newQueueRig(t)
	if status, _ := c.queues("draw"); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	r.with(func() { r.status.Blocked = visit.BlockFull })
	_, html := c.get("/queue")
	has(t, html, "现在没有能接考生的机器")
	if strings.Contains(html, "叫下一个到") {
		t.Error("the blocked box itself is offered")
	}
	r.o.Neighbours = func() []neighbour.Neighbour {
		return []neighbour.Neighbour{{Box: "bgoldenbox3", Unit: 3, Answers: true}, {Box: "bgoldenbox4", Unit: 4, Answers: true, State: neighbour.State{Blocked: visit.BlockFull}}}
	}
	_, html = c.get("/queue")
	has(t, html, "叫下一个到 3 号机")
	if strings.Contains(html, "2 号机</button>") || strings.Contains(html, "叫下一个到 4 号机") || strings.Contains(html, "叫下一个到 2 号机") {
		t.Error("a blocked box is offered")
	}
	r.o.Queueing.Call = func(context.Context, store.QueueKey, protocol.BoxID) error { return ErrQueueShut }
	if status, html := c.queues("next", "box", string(r.box())); status != http.StatusUnprocessableEntity || !strings.Contains(html, "现在不接考生") {
		t.Errorf("called from an old page: %d", status)
	}
}

// A page of the queue that lies open with nobody before it ends with its session.
func TestTheQueueKeepsNoSessionOpen(t *testing.T) {
	r, c := newQueueRig(t)
	for range 4 {
		r.with(func() { r.mono += idleLimit / 3 })
		c.get("/queue/part")
	}
	if status, _ := c.get("/queue"); status != http.StatusSeeOther {
		t.Errorf("looked at by nobody for longer than the limit: %d", status)
	}
}

// A morning at the queue: drawn, called, called again, passed over, back, served;
// the page says numbers and never a name.
func TestQueuePage(t *testing.T) {
	r, c := newQueueRig(t)
	_, html := c.get("/queue")
	has(t, html, "0 人", "无法估计")
	for range 3 {
		if status, _ := c.queues("draw"); status != http.StatusSeeOther {
			t.Fatalf("draw: %d", status)
		}
		r.with(func() { r.now = r.now.Add(time.Minute) })
	}
	_, html = c.get("/queue?drew=3")
	has(t, html, "号是 2-003", "前面还有 2 人", "3 人", "2-001", "叫下一个到 2 号机", `data-live="/queue/part?drew=3"`)
	if _, part := c.get("/queue/part?drew=3"); !strings.Contains(part, "号是 2-003") {
		t.Error("the number that was just drawn goes from the page when something else happens")
	}
	if status, _ := c.queues("next", "box", string(r.box())); status != http.StatusSeeOther {
		t.Fatalf("call next: %d", status)
	}
	_, html = c.get("/queue")
	has(t, html, "正在叫", "2-001", "再叫一次 2-001", "2 人")
	turn := func(act string, number string) int {
		t.Helper()
		status, _ := c.queues("number", "of", string(r.box()), "number", number, "box", string(r.box()), "act", act)
		return status
	}
	for _, step := range []struct{ act, number string }{{"called", "1"}, {"passed", "1"}, {"withdrawn", "2"}} {
		if got := turn(step.act, step.number); got != http.StatusSeeOther {
			t.Errorf("%s %s: %d", step.act, step.number, got)
		}
	}
	if got := turn("called", "2"); got != http.StatusUnprocessableEntity {
		t.Errorf("who left was called: %d", got)
	}
	if got := turn("waiting", "1"); got != http.StatusSeeOther {
		t.Error(got)
	}
	if line, err := r.Line(); err != nil || line.Waiting() != 2 {
		t.Errorf("waiting: %+v, %v", line, err)
	} else if next, ok := line.Next(); !ok || next.Number != 1 {
		t.Errorf("who came back is not the next: %+v", next)
	}
	if status, html := c.queues("number", "of", string(r.box()), "number", "1", "box", "bgoldenbox3", "act", "called"); status != http.StatusUnprocessableEntity || !strings.Contains(html, "联系不上") {
		t.Errorf("called to a box that does not answer: %d", status)
	}
	if turn("frozen", "1") != http.StatusNotFound || turn("called", "x") != http.StatusNotFound {
		t.Error("made-up acts are taken")
	}
	if status, _ := c.queues("switch", "on", "1"); status != http.StatusSeeOther {
		t.Error(status)
	}
	_, html = c.get("/queue")
	has(t, html, "今天开着", "关上")
	if status, _ := r.browser().get("/queue"); status != http.StatusSeeOther {
		t.Errorf("the queue without signing in: %d", status)
	}
}

// A desk whose box has no queue has no page of it.
func TestNoQueueNoPage(t *testing.T) {
	r := newRig(t)
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good))
	c := r.signedIn("chen")
	if status, _ := c.get("/queue"); status != http.StatusNotFound {
		t.Error(status)
	}
	if _, html := c.get("/"); strings.Contains(html, `href="/queue"`) {
		t.Error("the menu names it")
	}
}

// The waiting time is a range that holds what the last visits tell, and none when
// they tell nothing.
func TestWaitingIsHonest(t *testing.T) {
	m := func(all ...int) (out []time.Duration) {
		for _, n := range all {
			out = append(out, time.Duration(n)*time.Minute)
		}
		return out
	}
	for _, tc := range []struct {
		name        string
		paces       []time.Duration
		ahead, open int
		want        string
	}{
		{"nothing known", nil, 3, 1, "unknown"},
		{"two visits are too few", m(5, 5), 3, 1, "unknown"},
		{"no box is open", m(5, 5, 5), 3, 0, "unknown"},
		{"nobody before her: at once, or when the one there has gone", m(5, 5, 5), 0, 1, "0-5"},
		{"steady", m(5, 5, 5, 5), 4, 1, "20-25"},
		{"two boxes share them", m(5, 5, 5, 5), 4, 2, "10-15"},
		{"more boxes than people", m(6, 6, 6), 2, 4, "0-6"},
		{"uneven: the quarters, outward", m(2, 4, 6, 8, 20), 3, 1, "12-35"},
		{"one very long visit does not frighten", m(4, 4, 4, 4, 4, 4, 60), 2, 1, "8-12"},
		{"rounded outward to minutes", []time.Duration{250 * time.Second, 250 * time.Second, 250 * time.Second}, 1, 1, "4-9"},
	} {
		w := Waiting(tc.paces, tc.ahead, tc.open)
		got := "unknown"
		if w.Known {
			got = fmt.Sprintf("%d-%d", w.From/time.Minute, w.To/time.Minute)
		}
		if got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
	// Whoever served people at a pace within what was seen last is within the range.
	for ahead := range 40 {
		for open := 1; open < 5; open++ {
			w, paces := visit.Wait{}, m(3, 4, 5, 6, 7, 8)
			if w = Waiting(paces, ahead, open); w.From > w.To {
				t.Fatalf("%d ahead, %d open: from %v to %v", ahead, open, w.From, w.To)
			}
			typical := 5 * time.Minute * time.Duration(ahead) / time.Duration(open)
			if typical < w.From || typical > w.To {
				t.Errorf("%d ahead, %d open: %v is not within %v to %v", ahead, open, typical, w.From, w.To)
			}
		}
	}
}

// What neighbours say joins the queue; of a number the box that drew it has the
// word, but for one that was served here.
func TestLineWithNeighbours(t *testing.T) {
	r, _ := newQueueRig(t)
	own, err := r.o.Queueing.Draw(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	foreign := func(n uint16, s store.QueueState, at protocol.Time) store.Queued {
		return store.Queued{QueueKey: store.QueueKey{Day: "2019-09-06", Box: "bgoldenbox3", Number: n}, Unit: 3, Token: []byte{3}, State: s, Drawn: at, At: at}
	}
	called := foreign(1, store.QueueCalled, own.Drawn-60_000)
	called.To, called.ToUnit = r.box(), 2
	if err := r.store.TakeCalled(called); err != nil {
		t.Fatal(err)
	}
	other := foreign(2, store.QueueWaiting, own.Drawn-30_000)
	passed := called
	passed.State = store.QueuePassed
	stale := foreign(9, store.QueueWaiting, own.Drawn)
	stale.Day = "2019-09-05"
	says := neighbour.State{Box: "bgoldenbox3", Unit: 3, Queue: []store.Queued{passed, other, stale},
		Paces: []store.Pace{{At: own.Drawn, S: 300}, {At: own.Drawn, S: 300}, {At: own.Drawn, S: 300}, {At: own.Drawn - 24*3600_000, S: 9}}}
	lost := neighbour.Neighbour{Box: "bgoldenbox4", Unit: 4, State: neighbour.State{Queue: []store.Queued{foreign(7, store.QueueWaiting, 1)}}}
	r.o.Neighbours = func() []neighbour.Neighbour {
		return []neighbour.Neighbour{{Box: "bgoldenbox3", Unit: 3, Answers: true, State: says}, lost}
	}
	line, err := r.Line()
	if err != nil || len(line.All) != 3 || line.Open != 2 || len(line.Paces) != 3 {
		t.Fatalf("%+v, %v", line, err)
	}
	if line.All[0].State != store.QueuePassed {
		t.Errorf("the box that drew it says it was passed over; the line says %s", line.All[0].State)
	}
	if next, ok := line.Next(); !ok || next.Label() != "3-002" || line.Before(own) != 1 {
		t.Errorf("next %s, %d before own", next.Label(), line.Before(own))
	}
	if err := r.store.ServedToken(called.QueueKey, protocol.ID{1}, own.Drawn); err != nil {
		t.Fatal(err)
	}
	if line, err = r.Line(); err != nil || line.All[0].State != store.QueueServed {
		t.Errorf("served here, and the line says %s (%v)", line.All[0].State, err)
	}
}

// The other boxes stand on the first page with state and step, one that does not
// answer with since when; a call for help there is answered from here.
func TestOtherBoxes(t *testing.T) {
	r, c := newQueueRig(t)
	other := neighbour.Neighbour{Box: "bgoldenbox3", Unit: 3, Answers: true, Since: time.Now(),
		State: neighbour.State{Box: "bgoldenbox3", Unit: 3, Screen: "pledge", Visiting: true, Help: true, HelpAt: protocol.TimeOf(r.now.Add(-2 * time.Minute)), Waiting: 4,
			Devices: []protocol.DeviceState{{Name: "printer", State: "fault", Fault: "jam"}}}}
	lost := neighbour.Neighbour{Box: "bgoldenbox4", Unit: 4, Since: time.Now().Add(-7 * time.Minute), State: neighbour.State{Box: "bgoldenbox4", Screen: "idle"}}
	newer := neighbour.Neighbour{Box: "bgoldenbox5", Unit: 5, Answers: true, State: neighbour.State{Box: "bgoldenbox5", Screen: "a-screen-of-tomorrow", Linked: true}}
	r.o.Neighbours = func() []neighbour.Neighbour { return []neighbour.Neighbour{other, lost, newer, {Box: "bgoldenbox6"}} }
	var went []protocol.BoxID
	r.o.ComingTo = func(_ context.Context, box protocol.BoxID) error {
		if box != other.Box {
			return neighbour.ErrAway
		}
		went = append(went, box)
		return nil
	}
	_, html := c.get("/")
	has(t, html, "本点其他机器", "3 号机的考生在叫人，2 分钟前", "我去 3 号机", "设备要看", "待上传 4", "联系不上，7 分钟前起", "还没联系上", "在用")
	if status, _ := c.post("/", "/coming/other", "box", "bgoldenbox3"); status != http.StatusSeeOther || len(went) != 1 {
		t.Errorf("我去: %d, %v", status, went)
	}
	if status, html := c.post("/", "/coming/other", "box", "bgoldenbox4"); status != http.StatusUnprocessableEntity || !strings.Contains(html, "请直接过去") {
		t.Errorf("a box that does not answer: %d", status)
	}
	if status, _ := r.browser().get("/coming/other"); status == http.StatusOK {
		t.Error("without signing in")
	}
}

// The slip holds the longest number and line, and its token as a code.
func TestSlip(t *testing.T) {
	r := newRig(t)
	q := store.Queued{QueueKey: store.QueueKey{Day: "2019-09-06", Box: "bgoldenbox2", Number: store.MaxTokens}, Unit: 99, Token: make([]byte, 400), Drawn: protocol.TimeOf(r.now)}
	for _, w := range []visit.Wait{{}, {Known: true, From: 595 * time.Minute, To: 900 * time.Minute}} {
		doc, err := r.Slip(q, 998, w)
		if err != nil || len(doc.Pages) != 1 {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := doc.PDF(&b); err != nil || !strings.HasPrefix(b.String(), "%PDF-") {
			t.Errorf("the slip as PDF: %v", err)
		}
	}
}
