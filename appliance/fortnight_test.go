package appliance_test

import (
	"bufio"
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/protocol"
	"zhunkao/protocol/window"
)

// Two weeks without the hub (demands X7, S28): each day the box is switched on,
// serves as on the first day, screen by screen, and is switched off; nothing
// differs but 待上传. From the fourteenth day it warns, and it serves. When the hub
// is back everything arrives, once and in order. Left alone for more than three
// weeks it takes nobody new, says so to all, and goes on as soon as it hears the hub.
func TestTwoWeeksAlone(t *testing.T) {
	var ahead, tick atomic.Int64 // how far civil and monotonic time have been moved
	began := time.Now()
	now := func() time.Time { return open.Add(time.Since(began) + time.Duration(ahead.Load())) }
	p := newPeer(t, now)
	for i, w := range p.camp.Windows {
		if w.Step == window.Confirm {
			p.camp.Windows[i].To = w.To.AddDate(0, 0, 60)
		}
	}
	b := newBox(t, p)
	b.now = now
	b.mono = func() time.Duration { return time.Since(began) + time.Duration(tick.Load()) }
	people := p.plain()
	serve := func(day int) []string {
		t.Helper()
		b.start()
		b.sees("idle")
		b.place(people[day].Chip)
		text := b.walk()
		if !strings.Contains(text, "已受理") {
			t.Fatalf("day %d: she is not accepted; log:\n%s", day, b.log)
		}
		if day > 0 && !strings.Contains(text, "待上传") {
			t.Errorf("day %d: the page does not say 待上传", day)
		}
		b.finish()
		b.halt()
		return screensOf(b.log)
	}
	first := serve(0)
	p.stop()
	for day := 1; day <= 14; day++ {
		ahead.Add(int64(24 * time.Hour))
		tick.Add(int64(24 * time.Hour)) // it was off: the next run counts from its start
		if got := serve(day); !slices.Equal(got, first) {
			t.Fatalf("day %d: she saw %v, and on the first day %v", day, got, first)
		}
	}
	b.start()
	defer b.halt()
	b.sees("idle")
	if o, err := b.app.Outbox(); err != nil || o.Waiting != 14 || o.Bytes == 0 || o.Oldest == 0 {
		t.Errorf("after two weeks: %+v, %v", o, err)
	}
	if h := b.app.Heartbeat(); h.Blocked != "" || !slices.Contains(h.Devices, protocol.DeviceState{Name: health.DeviceAhead, State: health.Ready, Fault: health.FaultStaleSoon}) {
		t.Errorf("after two weeks the box says %+v", h)
	}
	// It stays on for another three weeks.
	ahead.Add(int64(22 * 24 * time.Hour))
	tick.Add(int64(22 * 24 * time.Hour))
	text := b.sees("blocked")
	if !strings.Contains(text, "离开省中心太久") {
		t.Error("the screen does not say why nobody is taken")
	}
	if h := b.app.Heartbeat(); h.Blocked != "stale" || h.BlockedSince == 0 {
		t.Errorf("after five weeks the box says %+v", h)
	}
	p.start()
	b.sees("idle")
	until(t, "everything at the hub", func() bool { o, err := b.app.Outbox(); return err == nil && o.Waiting == 0 })
	if o, err := b.app.Outbox(); err != nil || o.Bytes != 0 {
		t.Errorf("bytes are left in an empty outbox: %+v, %v", o, err)
	}
	p.with(func() {
		var fresh []uint64
		for _, seq := range p.order {
			if !slices.Contains(fresh, seq) {
				fresh = append(fresh, seq)
			}
		}
		if len(p.opened) != 15 || !slices.IsSorted(fresh) || len(fresh) != 15 {
			t.Errorf("the hub opened %d, announced as %v", len(p.opened), p.order)
		}
	})
}

// screensOf reads the screens of a run from its log.
func screensOf(log *safeBuffer) (out []string) {
	for lines := bufio.NewScanner(strings.NewReader(log.String())); lines.Scan(); {
		var l struct{ Msg, What, Detail string }
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.Msg == "screen" && l.What != "blocked" && (len(out) > 0 || l.What == "reading") {
			out = append(out, l.What+" "+l.Detail)
		}
	}
	return out
}
