package idcard_test

import (
	"errors"
	"testing"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/idcard"
	"zhunkao/hw/idcardtest"
)

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
