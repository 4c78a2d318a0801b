package idcard_test

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/idcard"
	"zhunkao/hw/idcardtest"
)

func TestACardIsReadOnceForEachPlacement(t *testing.T) {
	t.Parallel()
	r := run(t, idcardtest.Quick())
	if e := want[idcard.ReaderReady](r); e.SAMID != "05.03-20200101-0001234567-0987654321" || e.Baud != 115200 {
		t.Errorf("ready: got %+v", e)
	}
	for n := uint64(1); n <= 2; n++ {
		r.place(resident())
		if e := want[idcard.CardPlaced](r); e.Placement != n {
			t.Errorf("placed: got %d, want %d", e.Placement, n)
		}
		e := want[idcard.CardRead](r)
		checkResident(t, e.Card)
		r.silent(1200 * time.Millisecond)
		if got := r.emu.Reads(); got != int(n) {
			t.Errorf("the base was read %d times, want %d", got, n)
		}
		r.emu.Lift()
		if e := want[idcard.CardRemoved](r); e.Placement != n {
			t.Errorf("removed: got %d, want %d", e.Placement, n)
		}
	}
}

func checkResident(t *testing.T, c *idcard.Card) {
	t.Helper()
	w := resident()
	if c.Kind != idcard.Resident || c.Name != w.Name || c.Sex != w.Sex || c.Ethnic != w.Ethnic || c.Birth != w.Birth ||
		c.Address != w.Address || c.Number != w.Number || c.Issuer != w.Issuer || c.ValidFrom != w.ValidFrom || c.ValidTo != w.ValidTo {
		t.Errorf("a field differs: kind %v, name %q, number %q, address %q", c.Kind, c.Name, c.Number, c.Address)
	}
	if !c.HasPortrait() || string(c.WLT) != string(w.WLT()) {
		t.Error("the portrait differs")
	}
	if text, _ := w.Text(); string(text) != string(c.Text[:]) {
		t.Error("the raw text differs")
	}
	if len(c.SN) != 8 {
		t.Errorf("SN has %d bytes, want 8", len(c.SN))
	}
}

func TestUnplugAndReplugRecoverWithinThreeSeconds(t *testing.T) {
	t.Parallel()
	r := run(t, idcardtest.Quick())
	want[idcard.ReaderReady](r)
	best := time.Hour // somebody else may have the processor
	for range 3 {
		if err := r.plug.Unplug(); err != nil {
			t.Fatal(err)
		}
		if e := want[idcard.ReaderLost](r); !errors.Is(e.Err, fault.Absent) {
			t.Errorf("lost: got %v, want fault.Absent", e.Err)
		}
		start := time.Now()
		if err := r.plug.Plug(); err != nil {
			t.Fatal(err)
		}
		want[idcard.ReaderReady](r)
		best = min(best, time.Since(start))
	}
	if best > 3*time.Second {
		t.Errorf("ready %v after the replug, want 3 s at most", best)
	}
	r.place(resident())
	want[idcard.CardPlaced](r)
	checkResident(t, want[idcard.CardRead](r).Card)
}

func TestUnpluggedInTheMiddleOfARead(t *testing.T) {
	t.Parallel()
	k := idcardtest.Quick()
	k.DelayReadMS = 3000
	r := run(t, k)
	want[idcard.ReaderReady](r)
	r.place(resident())
	want[idcard.CardPlaced](r)
	waitFor(t, r.emu, func() bool { return answered(r.emu, "3005") })
	if err := r.plug.Unplug(); err != nil {
		t.Fatal(err)
	}
	want[idcard.CardRemoved](r) // and no CardRead, no CardUnreadable before it
	want[idcard.ReaderLost](r)
	r.set(idcardtest.Quick())
	if err := r.plug.Plug(); err != nil {
		t.Fatal(err)
	}
	// The card still lies there; the module has forgotten it.
	want[idcard.ReaderReady](r)
	want[idcard.CardPlaced](r)
	checkResident(t, want[idcard.CardRead](r).Card)
}

func TestAbsentFromTheStart(t *testing.T) {
	t.Parallel()
	r := prepare(t, idcardtest.Quick()).start(idcard.Options{})
	if e := want[idcard.ReaderLost](r); !errors.Is(e.Err, fault.Absent) {
		t.Errorf("got %v, want fault.Absent", e.Err)
	}
	r.silent(time.Second)
	if err := r.plug.Plug(); err != nil {
		t.Fatal(err)
	}
	want[idcard.ReaderReady](r)
}

func TestSpeedIsFound(t *testing.T) {
	t.Parallel()
	for _, baud := range []int{57600, 9600} {
		k := idcardtest.Quick()
		k.Speed = true
		r := prepare(t, k)
		r.emu.SetBaud(baud)
		if err := r.plug.Plug(); err != nil {
			t.Fatal(err)
		}
		r.start(idcard.Options{})
		if e := want[idcard.ReaderReady](r); e.Baud != baud {
			t.Errorf("got %d, want %d", e.Baud, baud)
		}
	}
}

func TestLiftedInTheMiddleOfARead(t *testing.T) {
	t.Parallel()
	k := idcardtest.Quick()
	k.DelayReadMS, k.LiftAfterMS = 200, 100
	r := run(t, k)
	want[idcard.ReaderReady](r)
	r.place(resident())
	want[idcard.CardPlaced](r)
	e := want[idcard.CardUnreadable](r)
	if !errors.Is(e.Err, fault.Removed) || e.Advice != idcard.AdviceHoldStill {
		t.Errorf("got %v, %v; want fault.Removed, hold still", e.Err, e.Advice)
	}
	want[idcard.CardRemoved](r)
}

func TestAnotherCardSwappedInQuickly(t *testing.T) {
	t.Parallel()
	r := run(t, idcardtest.Quick())
	want[idcard.ReaderReady](r)
	r.place(resident())
	want[idcard.CardPlaced](r)
	want[idcard.CardRead](r)
	second := resident()
	second.Name = "李测试"
	second.Number, _ = idcardtest.MakeNumber("110105", "20050617", "002")
	r.place(second) // no moment without a card
	want[idcard.CardRemoved](r)
	want[idcard.CardPlaced](r)
	if e := want[idcard.CardRead](r); e.Card.Name != second.Name {
		t.Error("the second card's name differs")
	}
}

func TestACardThatLiesThereFromBeforeIsFound(t *testing.T) {
	t.Parallel()
	r := prepare(t, idcardtest.Quick())
	r.place(resident())
	if err := r.plug.Plug(); err != nil {
		t.Fatal(err)
	}
	r.start(idcard.Options{})
	want[idcard.ReaderReady](r)
	want[idcard.CardPlaced](r)
	want[idcard.CardRead](r)

	// Another run of ours on the same, still powered module: find says 80.
	second := &rig{t: t, emu: r.emu, plug: idcardtest.NewPlug(r.emu, r.plug.Link()+"2"), log: &safeBuffer{}}
	if err := r.plug.Unplug(); err != nil {
		t.Fatal(err)
	}
	want[idcard.CardRemoved](r)
	want[idcard.ReaderLost](r) // the port is closed: the kernel may give its number to the next
	if err := second.plug.Plug(); err != nil {
		t.Fatal(err)
	}
	second.start(idcard.Options{})
	want[idcard.ReaderReady](second)
	want[idcard.CardPlaced](second)
	want[idcard.CardRead](second)
}

// A module that is silent to 30 05 costs seconds for each card, until it is
// known to be one.
func TestAModuleWithoutBodyIsRemembered(t *testing.T) {
	t.Parallel()
	k := idcardtest.Quick()
	k.Body = idcardtest.Silent
	r := run(t, k)
	want[idcard.ReaderReady](r)
	asked := func() (n int) {
		for _, e := range r.emu.Log() {
			if e.Cmd == "3005" {
				n++
			}
		}
		return n
	}
	before := 0
	for n := range 3 {
		before = asked()
		r.place(resident())
		want[idcard.CardPlaced](r)
		want[idcard.CardRead](r)
		r.emu.Lift()
		want[idcard.CardRemoved](r)
		if n == 0 && asked() == before {
			t.Error("30 05 was not asked about the first card")
		}
	}
	if n := asked() - before; n != 0 {
		t.Errorf("30 05 was asked %d times about the third card, want 0", n)
	}
}

// A module that loses the card over 30 05 is asked without it.
func TestAModuleUpsetByBodyStillReads(t *testing.T) {
	t.Parallel()
	k := idcardtest.Quick()
	k.Body = idcardtest.Upset
	r := run(t, k)
	want[idcard.ReaderReady](r)
	r.place(resident())
	want[idcard.CardPlaced](r)
	want[idcard.CardRead](r)
	r.silent(time.Second) // and it is not thought gone while it lies there
	r.emu.Lift()
	want[idcard.CardRemoved](r)
}

func TestNothingPersonalInLogsOrPrints(t *testing.T) {
	t.Parallel()
	r := run(t, idcardtest.Quick())
	want[idcard.ReaderReady](r)
	r.place(resident())
	want[idcard.CardPlaced](r)
	e := want[idcard.CardRead](r)
	r.log.Write([]byte(printed(e)))
	r.emu.Lift()
	want[idcard.CardRemoved](r)
	w := resident()
	log := r.log.String()
	if !strings.Contains(log, "read base") || !strings.Contains(log, "resident") {
		t.Error("the log does not tell of the read at all")
	}
	for _, private := range []string{w.Name, w.Number, w.Birth, w.Address, w.Issuer, w.Number[6:14], "5F20", "\\u5f20"} {
		if strings.Contains(strings.ToUpper(log), strings.ToUpper(private)) {
			t.Errorf("a personal value stands in the log")
		}
	}
}

func TestOverTCP(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := prepare(t, idcardtest.Quick())
	done := make(chan error)
	ctx, cancel := contextFor(t)
	go func() { done <- r.emu.ServeTCP(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	r.start(idcard.Options{Port: "tcp://" + l.Addr().String(), Append: true})
	want[idcard.ReaderReady](r)
	c := resident()
	c.NewAddress = "北京市海淀区样例街7号"
	r.place(c)
	want[idcard.CardPlaced](r)
	if e := want[idcard.CardRead](r); e.Card.NewAddress != c.NewAddress {
		t.Errorf("additional address: got %q", e.Card.NewAddress)
	}
	r.emu.Lift()
	want[idcard.CardRemoved](r)
}
