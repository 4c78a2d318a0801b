package appliance_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/appliance"
	"zhunkao/appliance/link"
	"zhunkao/appliance/store"
	"zhunkao/hw/idcard"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func TestFromCardToReceipt(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.start()
	b.sees("idle")
	who := p.plain()[0]
	b.place(who.Chip)
	b.sees("found")
	text := b.walk()
	if !strings.Contains(text, "已受理") {
		t.Fatalf("the walk ended elsewhere:\n%s", b.log)
	}
	until(t, "word that it was delivered", func() bool {
		_, _, text := b.look()
		return strings.Contains(text, "已送达")
	})
	p.with(func() {
		c := p.opened[1]
		if c.Application.ID != who.Application.ID || c.Chip.Number != who.Chip.Number || len(c.Blobs) != 3 || len(c.Checks) != 7 || len(c.Timeline) < 4 {
			t.Errorf("the hub opened another confirmation: %d blobs, %d checks, %d steps", len(c.Blobs), len(c.Checks), len(c.Timeline))
		}
		for _, ref := range c.Blobs {
			plain, err := protocol.OpenBlob(ref, p.parts[ref.Hash])
			if err != nil {
				t.Errorf("blob %s: %v", ref.Role, err)
			}
			if ref.Role == protocol.RoleChipText && !bytes.Equal(plain, cardText(who.Chip)) {
				t.Error("the chip's text is not what was read")
			}
		}
		man, _, _ := protocol.ParseEnvelope(p.envs[1])
		if man.Time.Source != protocol.SourceHub || man.Time.Verdict != protocol.VerdictOpen {
			t.Errorf("time evidence %+v", man.Time)
		}
	})
	b.lift()
	_, fields, _ := b.look()
	b.post("/press", "application/x-www-form-urlencoded", []byte(fields.Encode()))
	text = b.sees("idle")
	number, name := who.Chip.Number.Reveal(), string(who.Chip.Name)
	if strings.Contains(text, name) || strings.Contains(text, number) || strings.Contains(b.log.String(), number) || strings.Contains(b.log.String(), name) {
		t.Error("something of her is left on the screen or in the log")
	}
	b.place(who.Chip)
	if text := b.sees("refused"); !strings.Contains(text, "已") {
		t.Error("a second confirmation is not refused")
	}
	b.halt()
	if _, err := store.Check(b.data); err != nil {
		t.Error(err)
	}
}

func cardText(c form.Chip) []byte {
	k := cardOf(c)
	return k.Text[:]
}

// The hub is away: the box goes on, and everything arrives once, also over a
// restart of the box.
func TestHubAway(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.start()
	b.sees("idle")
	p.stop()
	people := p.plain()
	for i, who := range people[:2] {
		b.place(who.Chip)
		if text := b.walk(); !strings.Contains(text, "待上传") {
			t.Fatalf("person %d is not accepted without the hub:\n%s", i, b.log)
		}
		b.lift()
		_, fields, _ := b.look()
		b.post("/press", "application/x-www-form-urlencoded", []byte(fields.Encode()))
		b.sees("idle")
	}
	b.halt()
	b.start()
	b.sees("idle")
	if o, err := b.app.Outbox(); err != nil || o.Waiting != 2 {
		t.Fatalf("after the restart: %+v, %v", o, err)
	}
	b.halt()
	if _, err := appliance.Enrol(t.Context(), appliance.Enrolment{Data: b.data, Again: true, Ticket: p.ticket(code), Log: slog.New(slog.DiscardHandler)}); !errors.Is(err, appliance.ErrWaiting) {
		t.Errorf("enrolled anew over waiting records: %v", err)
	}
	b.start()
	p.start()
	until(t, "an empty outbox", func() bool { o, err := b.app.Outbox(); return err == nil && o.Waiting == 0 })
	p.with(func() {
		if len(p.opened) != 2 || p.opened[2].Application.ID != people[1].Application.ID {
			t.Errorf("the hub opened %d", len(p.opened))
		}
	})
}

// A box that never heard the hub's time since its start serves, and says so in
// the record: nobody is turned away for a clock.
func TestUndecidableTimeIsServed(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.start()
	b.sees("idle")
	b.halt()
	p.stop()
	b.now = at(time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC)) // its battery is empty
	b.start()
	b.place(p.plain()[0].Chip)
	if text := b.walk(); !strings.Contains(text, "已受理") {
		t.Fatalf("turned away for a clock:\n%s", b.log)
	}
	p.start()
	deadline := time.Now().Add(2 * time.Minute)
	for done := false; !done; {
		p.with(func() { done = len(p.opened) == 1 })
		if time.Now().After(deadline) {
			t.Fatal("never arrived")
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.with(func() {
		man, _, _ := protocol.ParseEnvelope(p.envs[1])
		if e := man.Time; e.Verdict != protocol.VerdictUndecidable || e.Source != protocol.SourceFloor || e.Latest != 0 || e.Earliest.Time().Before(open.Add(-time.Minute)) {
			t.Errorf("evidence %+v", e)
		}
	})
}

func TestAfterTheCloseIsRefused(t *testing.T) {
	p := newPeer(t, at(open.AddDate(0, 1, 0)))
	b := newBox(t, p)
	b.start()
	b.sees("idle")
	b.place(p.plain()[0].Chip)
	b.sees("refused")
	if o, err := b.app.Outbox(); err != nil || o.Waiting != 0 {
		t.Errorf("%+v, %v", o, err)
	}
}

// Until the first roster is whole nobody is told "not registered".
func TestNobodyIsServedBeforeTheRosterIsWhole(t *testing.T) {
	p := newPeer(t, at(open))
	p.unsaid = true
	b := newBox(t, p)
	b.start()
	deadline := time.Now().Add(2 * time.Minute)
	for there := false; !there; time.Sleep(10 * time.Millisecond) {
		p.with(func() {
			there = len(p.beats) > 0 && p.beats[len(p.beats)-1].Marks.Roster == uint64(len(p.people))
		})
		if time.Now().After(deadline) {
			t.Fatal("the first page never arrived")
		}
	}
	b.place(p.plain()[0].Chip)
	if screen, _, _ := b.look(); screen != "blocked" {
		t.Fatalf("screen %q before the roster is whole", screen)
	}
	b.lift()
	p.sayRest()
	b.sees("idle")
	b.halt()
	p.stop()
	b.start()
	b.sees("idle") // it stays whole without the hub
}

// A jump of the board's clock reaches the hub although it was away when that
// happened, and is set right only when the hub has heard (S32).
func TestAJumpIsToldUntilTheHubHasHeard(t *testing.T) {
	t.Parallel()
	p := newPeer(t, at(open))
	b := newBox(t, p)
	var jump atomic.Int64
	now := b.now
	b.now = func() time.Time { return now().Add(time.Duration(jump.Load())) }
	b.start()
	b.sees("idle")
	p.stop()
	jump.Store(int64(time.Hour))
	for end := time.Now().Add(2 * time.Minute); !b.app.Jumped(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the box did not see it")
		}
	}
	p.with(func() { p.beats = nil })
	p.start()
	said := func() (out []string) { // without repetitions
		p.with(func() {
			for _, h := range p.beats {
				for _, d := range h.Devices {
					if d.Name == protocol.DeviceClock && (len(out) == 0 || out[len(out)-1] != d.State+" "+d.Fault) {
						out = append(out, d.State+" "+d.Fault)
					}
				}
			}
		})
		return out
	}
	for end := time.Now().Add(2 * time.Minute); len(said()) < 2; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			break
		}
	}
	if got, want := said(), []string{"fault jumped", "ready "}; !slices.Equal(got, want) {
		t.Errorf("the hub heard %q, want %q", got, want)
	}
}

// The window closes while she reads: what she signs after it is not accepted.
func TestTheCloseComesWhileSheReads(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	var jump atomic.Int64
	begin, now := time.Now(), b.now
	b.now = func() time.Time { return now().Add(time.Duration(jump.Load())) }
	b.mono = func() time.Duration { return time.Since(begin) + time.Duration(jump.Load()) }
	b.start()
	b.sees("idle")
	b.place(p.plain()[0].Chip)
	b.walkTo("pledge")
	jump.Store(int64(30 * 24 * time.Hour))
	b.walk()
	b.sees("refused")
	if o, err := b.app.Outbox(); err != nil || o.Waiting != 0 {
		t.Errorf("accepted after the close: %+v, %v", o, err)
	}
}

// A sealing that hangs costs the next person one more press, not half a minute
// before a screen that cannot change.
func TestTheSealingBeforeStillHangs(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.start()
	b.sees("idle")
	release := b.app.HoldSealing()
	b.place(p.plain()[0].Chip)
	b.walk()
	b.sees("seal-failed")
	release()
	_, fields, _ := b.look()
	b.post("/press", "application/x-www-form-urlencoded", []byte(fields.Encode()))
	b.sees("accepted")
}

// What was read of a card is cleared with its visit, and not with the next
// one's: her card may lie there before the accepted screen of the one before is
// gone. And what no visit takes is not kept at all.
func TestWhatIsKeptOfACard(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.start()
	b.sees("idle")
	people := p.plain()
	b.place(people[0].Chip)
	b.walk()
	b.lift()
	b.sees("accepted")
	// It was placed while the record before was being sealed.
	b.send(idcard.CardRead{Placement: 2, Card: cardOf(people[1].Chip)})
	b.sees("found")
	if n := b.app.Kept(t); n != 2 {
		t.Errorf("%d buffers are kept of the visit, want text and portrait", n)
	}
	b.walk()
	b.sees("accepted")
	p.arrives(2)
	p.with(func() {
		for _, ref := range p.opened[2].Blobs {
			plain, err := protocol.OpenBlob(ref, p.parts[ref.Hash])
			if ref.Role == protocol.RoleChipText && (err != nil || !bytes.Equal(plain, cardText(people[1].Chip))) {
				t.Errorf("the chip's text is not what was read: %v", err)
			}
		}
	})
	b.lift()
	b.place(synthetic.Stranger(p.camp, 3))
	b.sees("refused")
	if n := b.app.Kept(t); n != 0 {
		t.Errorf("%d buffers are kept of nobody's visit", n)
	}
}

func TestAStrangerAndABrokenReader(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.start()
	b.sees("idle")
	b.place(synthetic.Stranger(p.camp, 3))
	b.sees("refused")
	b.lift()
	b.send(idcard.ReaderLost{Err: errors.New("gone")})
	b.send(idcard.ReaderReady{})
	b.send(idcard.LineNoise{Count: 3})
	b.send(idcard.ReaderFault{Err: errors.New("broken"), Permanent: true})
	deadline := time.Now().Add(2 * time.Minute)
	for told := false; !told; {
		p.with(func() {
			for _, h := range p.beats {
				for _, d := range h.Devices {
					told = told || d.Name == "idcard" && d.State == "fault"
				}
			}
		})
		if time.Now().After(deadline) {
			t.Fatal("the hub is not told of the reader")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestNewSaysWhatIsWrong(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.start()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	good := appliance.Config{Data: b.data, Listen: "127.0.0.1:0", Reader: "/nowhere"}
	for name, c := range map[string]struct {
		change func(*appliance.Config)
		want   error
	}{
		"held":        {func(*appliance.Config) {}, store.ErrHeld},
		"no store":    {func(c *appliance.Config) { c.Data = t.TempDir() }, appliance.ErrNotEnrolled},
		"no data":     {func(c *appliance.Config) { c.Data = "" }, appliance.ErrConfig},
		"no reader":   {func(c *appliance.Config) { c.Reader = "" }, appliance.ErrConfig},
		"open to all": {func(c *appliance.Config) { c.Listen = "0.0.0.0:8602" }, appliance.ErrConfig},
		"no address":  {func(c *appliance.Config) { c.Listen = "nonsense" }, appliance.ErrConfig},
	} {
		cfg := good
		c.change(&cfg)
		if _, err := appliance.New(cfg); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	b.halt()
	good.Listen = busy.Addr().String()
	if _, err := appliance.New(good); !errors.Is(err, appliance.ErrPortBusy) {
		t.Errorf("busy port: %v", err)
	}
	b.start() // what New refused is closed again
}

func TestEnrolment(t *testing.T) {
	p := newPeer(t, at(open))
	data := filepath.Join(t.TempDir(), "data")
	try := func(tk protocol.Ticket, again bool) (store.Identity, error) {
		return appliance.Enrol(t.Context(), appliance.Enrolment{Data: data, KeyStore: keystore.KindFile, Ticket: tk, Again: again, Log: slog.New(slog.DiscardHandler)})
	}
	if _, err := try(p.ticket("another code"), false); !errors.Is(err, link.ErrCode) {
		t.Errorf("wrong code: %v", err)
	}
	other := p.ticket(code)
	other.Fingerprint = protocol.HashOf([]byte("another hub"))
	if _, err := try(other, false); !errors.Is(err, link.ErrHub) {
		t.Errorf("another hub's fingerprint: %v", err)
	}
	away := p.ticket(code)
	away.Address = "127.0.0.1:1"
	if _, err := try(away, false); !errors.Is(err, link.ErrAway) {
		t.Errorf("hub away: %v", err)
	}
	first, err := try(p.ticket(code), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := try(p.ticket(code), false); !errors.Is(err, appliance.ErrEnrolled) {
		t.Errorf("enrolled twice: %v", err)
	}
	key := p.device
	second, err := try(p.ticket(code), true)
	if err != nil || second.Number != 2 || second.KeyName == first.KeyName || p.device.Equal(key) {
		t.Errorf("enrolled anew with the old key: %v", err)
	}
}

// A grant that is lost to a power cut before it was saved is asked for again,
// with the same key.
func TestEnrolmentIsRepeatedWithTheSameKey(t *testing.T) {
	p := newPeer(t, at(open))
	data := filepath.Join(t.TempDir(), "data")
	ctx, cut := context.WithCancel(t.Context())
	_, err := appliance.Enrol(ctx, appliance.Enrolment{Data: data, KeyStore: keystore.KindFile, Ticket: p.ticket(code), Log: slog.New(slog.DiscardHandler),
		Step: func(s appliance.EnrolStep) {
			if s == appliance.StepKeys {
				cut() // the hub will not be heard
			}
		}})
	if err == nil {
		t.Fatal("enrolled without an answer")
	}
	if _, err := appliance.Enrol(t.Context(), appliance.Enrolment{Data: data, KeyStore: keystore.KindFile, Ticket: p.ticket(code), Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	if p.enrolled != 1 {
		t.Errorf("%d enrolments reached the hub", p.enrolled)
	}
}
