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

func TestModuleFaults(t *testing.T) {
	t.Parallel()
	t.Run("self test fails, then mends", func(t *testing.T) {
		t.Parallel()
		k := idcardtest.Quick()
		k.SAM = idcardtest.SAMSelfTestFail
		r := run(t, k)
		if e := want[idcard.ReaderFault](r); !errors.Is(e.Err, fault.Device) || e.Permanent {
			t.Errorf("got %+v, want a passing fault.Device", e)
		}
		if !answered(r.emu, "10FF") {
			t.Error("no reset was tried")
		}
		r.set(idcardtest.Quick())
		want[idcard.ReaderReady](r)
	})
	t.Run("unauthorised", func(t *testing.T) {
		t.Parallel()
		k := idcardtest.Quick()
		k.SAM = idcardtest.SAMUnauthorised
		r := run(t, k)
		if e := want[idcard.ReaderFault](r); !errors.Is(e.Err, fault.Unauthorised) || !e.Permanent {
			t.Errorf("got %+v, want a permanent fault.Unauthorised", e)
		}
		r.silent(1500 * time.Millisecond) // told once
	})
	t.Run("fails while idle", func(t *testing.T) {
		t.Parallel()
		r := run(t, idcardtest.Quick())
		want[idcard.ReaderReady](r)
		k := idcardtest.Quick()
		k.SAM = idcardtest.SAMSelfTestFail
		r.set(k)
		want[idcard.ReaderFault](r)
		r.set(idcardtest.Quick())
		want[idcard.ReaderReady](r)
	})
	t.Run("silent", func(t *testing.T) {
		t.Parallel()
		k := idcardtest.Quick()
		k.DropNth = 1
		r := run(t, k)
		if e := want[idcard.ReaderLost](r); !errors.Is(e.Err, fault.Timeout) {
			t.Errorf("got %v, want fault.Timeout", e.Err)
		}
		r.set(idcardtest.Quick())
		want[idcard.ReaderReady](r)
	})
	t.Run("does not know find", func(t *testing.T) {
		t.Parallel()
		k := idcardtest.Quick()
		k.Only, k.SW = "2001", "000021"
		r := run(t, k)
		if e := want[idcard.ReaderFault](r); !errors.Is(e.Err, fault.Unsupported) {
			t.Errorf("got %v, want fault.Unsupported", e.Err)
		}
	})
}

// Every status on the read of a card: what the driver tells.
func TestStatusesOfARead(t *testing.T) {
	t.Parallel()
	cases := []struct {
		sw     string
		word   *fault.Word
		advice idcard.Advice
	}{
		{"000010", fault.Line, idcard.AdvicePlaceAgain},
		{"000011", fault.Line, idcard.AdvicePlaceAgain},
		{"000021", fault.Unsupported, idcard.AdvicePlaceAgain},
		{"000023", fault.Unsupported, idcard.AdvicePlaceAgain},
		{"000024", fault.Transient, idcard.AdvicePlaceAgain},
		{"690031", fault.Replace, idcard.AdvicePlaceAgain},
		{"000032", fault.Replace, idcard.AdvicePlaceAgain},
		{"000033", fault.Replace, idcard.AdvicePlaceAgain},
		{"000034", fault.Replace, idcard.AdvicePlaceAgain},
		{"000040", fault.WrongMedium, idcard.AdviceOtherCard},
		{"000041", fault.Replace, idcard.AdvicePlaceAgain},
		{"6A0047", fault.Replace, idcard.AdvicePlaceAgain},
		{"000077", fault.Transient, idcard.AdvicePlaceAgain},
	}
	for _, cmd := range []string{"3001", "2002"} {
		for _, c := range cases {
			t.Run(cmd+"/"+c.sw, func(t *testing.T) {
				t.Parallel()
				k := idcardtest.Quick()
				k.Only, k.SW = cmd, c.sw
				r := run(t, k)
				want[idcard.ReaderReady](r)
				r.place(resident())
				want[idcard.CardPlaced](r)
				e := want[idcard.CardUnreadable](r)
				if !errors.Is(e.Err, c.word) || e.Advice != c.advice {
					t.Errorf("got %v, advice %v; want %v, %v", e.Err, e.Advice, c.word, c.advice)
				}
				r.set(idcardtest.Quick())
				r.emu.Lift()
				want[idcard.CardRemoved](r)
				r.place(resident())
				want[idcard.CardPlaced](r)
				checkResident(t, want[idcard.CardRead](r).Card)
			})
		}
	}
}

func TestPassingTroubleOfAReadIsNotTold(t *testing.T) {
	t.Parallel()
	cases := map[string]func(*idcardtest.Knobs){
		"read failed once":         func(k *idcardtest.Knobs) { k.Only, k.SW, k.Times = "3001", "000041", 1 },
		"select failed once":       func(k *idcardtest.Knobs) { k.Only, k.SW, k.Times = "2002", "000081", 1 },
		"unknown error once":       func(k *idcardtest.Knobs) { k.Only, k.SW, k.Times = "3001", "000024", 1 },
		"request broken thrice":    func(k *idcardtest.Knobs) { k.Only, k.SW, k.Times = "3001", "000010", 3 },
		"read answer lost":         func(k *idcardtest.Knobs) { k.Only, k.DropNth, k.Times = "3001", 1, 1 },
		"select answer lost":       func(k *idcardtest.Knobs) { k.Only, k.DropNth, k.Times = "2002", 1, 1 },
		"find answer lost":         func(k *idcardtest.Knobs) { k.Only, k.DropNth, k.Times = "2001", 1, 1 },
		"read checksum bad thrice": func(k *idcardtest.Knobs) { k.Only, k.BadSum, k.Times = "3001", true, 3 },
		"read truncated":           func(k *idcardtest.Knobs) { k.Only, k.TruncateAt, k.Times = "3001", 700, 1 },
		"read LEN too large":       func(k *idcardtest.Knobs) { k.Only, k.BadLen, k.Times = "3001", "FFFF", 1 },
		"read LEN larger":          func(k *idcardtest.Knobs) { k.Only, k.BadLen, k.Times = "3001", "0A00", 1 },
		"read LEN shorter":         func(k *idcardtest.Knobs) { k.Only, k.BadLen, k.Times = "3001", "0004", 1 },
		"blank once":               func(k *idcardtest.Knobs) { k.Only, k.Blank, k.Times = "3001", true, 1 },
		"every answer doubled":     func(k *idcardtest.Knobs) { k.Duplicate = true },
		"noise before answers":     func(k *idcardtest.Knobs) { k.Prefix = "00FFAAAA96AA69AAAAAAAA96" },
		"half a frame before":      func(k *idcardtest.Knobs) { k.Prefix = "AAAAAA96690508000090" },
		"split in ones":            func(k *idcardtest.Knobs) { k.SplitEvery = 1 },
		"split with gaps":          func(k *idcardtest.Knobs) { k.SplitEvery, k.SplitGapMS = 200, 40 },
		"late find answer":         func(k *idcardtest.Knobs) { k.Only, k.LateMS, k.Times = "2001", 1000, 1 },
		"late read answer":         func(k *idcardtest.Knobs) { k.Only, k.LateMS, k.Times = "3001", 3300, 1 },
		"no 30 05: 21":             func(k *idcardtest.Knobs) { k.Body = idcardtest.BadCmd },
		"no 30 05: 91":             func(k *idcardtest.Knobs) { k.Body = idcardtest.NoContent },
		"no 30 05: silent":         func(k *idcardtest.Knobs) { k.Body = idcardtest.Silent },
		"no 30 05 and no 30 03": func(k *idcardtest.Knobs) {
			k.Body, k.Append = idcardtest.BadCmd, idcardtest.BadCmd
		},
		"finds again":          func(k *idcardtest.Knobs) { k.Refind, k.Body, k.Append = true, idcardtest.BadCmd, idcardtest.BadCmd },
		"24 bytes of body":     func(k *idcardtest.Knobs) { k.Short30_05 = true },
		"no SAM id":            func(k *idcardtest.Knobs) { k.SAMID = idcardtest.BadCmd },
		"silent SAM id":        func(k *idcardtest.Knobs) { k.SAMID = idcardtest.Silent },
		"no self test":         func(k *idcardtest.Knobs) { k.Status = idcardtest.BadCmd },
		"silent self test":     func(k *idcardtest.Knobs) { k.Status = idcardtest.Silent },
		"every 4th lost":       func(k *idcardtest.Knobs) { k.DropNth = 4 },
		"every 3rd lost":       func(k *idcardtest.Knobs) { k.DropNth = 3 },
		"strict about selects": func(k *idcardtest.Knobs) { k.Strict34 = true },
	}
	for name, turn := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, idcardtest.Quick())
			want[idcard.ReaderReady](r)
			k := idcardtest.Quick()
			turn(&k)
			r.set(k)
			r.place(resident())
			want[idcard.CardPlaced](r)
			checkResident(t, want[idcard.CardRead](r).Card)
			r.silent(700 * time.Millisecond) // it is seen to be there still
			r.emu.Lift()
			want[idcard.CardRemoved](r)
		})
	}
	for _, name := range []string{"silent self test", "no SAM id", "silent SAM id", "noise before answers", "every answer doubled"} {
		t.Run("from the start/"+name, func(t *testing.T) {
			t.Parallel()
			k := idcardtest.Quick()
			cases[name](&k)
			r := run(t, k)
			want[idcard.ReaderReady](r)
			r.place(resident())
			want[idcard.CardPlaced](r)
			checkResident(t, want[idcard.CardRead](r).Card)
		})
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

func TestTheClerkIsCalledAfterThreeFailures(t *testing.T) {
	t.Parallel()
	k := idcardtest.Quick()
	k.Only, k.SW = "3001", "000041"
	r := run(t, k)
	want[idcard.ReaderReady](r)
	for n := 1; n <= 3; n++ {
		r.place(resident())
		want[idcard.CardPlaced](r)
		e := want[idcard.CardUnreadable](r)
		if got := e.Advice == idcard.AdviceAskClerk; got != (n == 3) {
			t.Errorf("failure %d: advice %v", n, e.Advice)
		}
		r.emu.Lift()
		want[idcard.CardRemoved](r)
	}
}

func TestACardThatCannotProveItselfTwiceGoesToTheClerk(t *testing.T) {
	t.Parallel()
	for _, sw := range []string{"000032", "000033"} {
		k := idcardtest.Quick()
		k.Only, k.SW = "3001", sw
		r := run(t, k)
		want[idcard.ReaderReady](r)
		for _, advice := range []idcard.Advice{idcard.AdvicePlaceAgain, idcard.AdviceAskClerk} {
			r.place(resident())
			want[idcard.CardPlaced](r)
			if e := want[idcard.CardUnreadable](r); e.Advice != advice {
				t.Errorf("%s: got %v, want %v", sw, e.Advice, advice)
			}
			r.emu.Lift()
			want[idcard.CardRemoved](r)
		}
	}
}

func TestNoiseIsReportedOnceAMinute(t *testing.T) {
	t.Parallel()
	r := run(t, idcardtest.Quick())
	want[idcard.ReaderReady](r)
	k := idcardtest.Quick()
	k.Only, k.BadSum, k.Times = "2001", true, 4
	r.set(k)
	if e := want[idcard.LineNoise](r); e.Count < 3 {
		t.Errorf("got %d, want 3 or more", e.Count)
	}
	r.place(resident())
	want[idcard.CardPlaced](r)
	want[idcard.CardRead](r)
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
