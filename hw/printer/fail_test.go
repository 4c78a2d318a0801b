package printer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/printer"
	"zhunkao/hw/printertest"
)

// however the printer ends a job, it is called by its right name, and nothing is
// ever sent twice.
func TestHowAJobEnds(t *testing.T) {
	for name, c := range map[string]struct {
		knobs    printertest.Knobs
		want     printer.Outcome
		warnings bool
		word     *fault.Word // nil: no error
	}{
		"healthy":          {printertest.Knobs{}, printer.Printed, false, nil},
		"with warnings":    {printertest.Knobs{Warnings: true}, printer.Printed, true, nil},
		"with errors":      {printertest.Knobs{Errors: true}, printer.Unknown, false, fault.Device},
		"without a word":   {printertest.Knobs{Mute: true}, printer.Unknown, false, fault.Line},
		"aborted":          {printertest.Knobs{Abort: true}, printer.Aborted, false, fault.Device},
		"forgotten":        {printertest.Knobs{Forget: true}, printer.Unknown, false, fault.Line},
		"number reused":    {printertest.Knobs{Reuse: true}, printer.Unknown, false, fault.Line},
		"busy for good":    {printertest.Knobs{Busy: -1}, printer.NotPrinted, false, fault.Transient},
		"busy three times": {printertest.Knobs{Busy: 3}, printer.Printed, false, nil},
		"cut off":          {printertest.Knobs{CutAt: 2000}, printer.Aborted, false, fault.Device},
		"takes no more":    {printertest.Knobs{StallAt: 2000}, printer.Cancelled, false, fault.Timeout},
		"odd types":        {printertest.Knobs{Types: "adobe-rgb_8,sgray_16"}, printer.NotPrinted, false, fault.Unsupported},
		"no resolution":    {printertest.Knobs{DPI: "72,2400"}, printer.NotPrinted, false, fault.Unsupported},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.knobs.PageMS, c.knobs.Format = 5, printertest.Raster
			if c.knobs.DPI == "" {
				c.knobs.DPI = "100"
			}
			emu, plug := emulated(t, c.knobs)
			times := hurried
			if c.knobs.Busy < 0 {
				times = impatient()
			}
			if c.knobs.StallAt > 0 {
				times.Stall = time.Second
			}
			p := driver(t, printer.Options{URI: plug.URI()}, times)
			doc := blank(1)
			if c.knobs.CutAt+c.knobs.StallAt > 0 {
				doc = drawn(1)
			}
			end := ended(t, print(t, p, doc))
			if c.knobs.StallAt > 0 && end.Outcome == printer.Aborted {
				return // it saw the line break before it was told
			}
			if end.Outcome != c.want || end.Warnings != c.warnings || c.word == nil != (end.Err == nil) || c.word != nil && fault.WordOf(end.Err) != c.word {
				t.Errorf("got %+v, want %v and %v", end, c.want, c.word)
			}
			if n := count(emu, "Send-Document"); n > 1 {
				t.Errorf("the document was sent %d times", n)
			}
			if name == "forgotten" || name == "number reused" {
				if end.Outcome.MayResend() {
					t.Error("it may be sent again, unasked")
				}
			}
		})
	}
}

// A job goes on when the person has done what was asked.
func TestPaperRunsOutInTheMiddle(t *testing.T) {
	t.Parallel()
	emu, plug := emulated(t, printertest.Knobs{PageMS: 150, Format: printertest.Raster})
	p := driver(t, printer.Options{URI: plug.URI()}, hurried)
	j := print(t, p, blank(8))
	nextJob(t, j, func(e printer.JobProgress) bool { return e.Pages > 0 })
	set(t, emu, func(k *printertest.Knobs) { k.NoPaper = true })
	e := nextJob(t, j, func(e printer.JobProgress) bool { return e.State == printer.JobStopped })
	if !slices.Equal(e.Needs, []printer.Need{printer.NeedPaper}) {
		e = nextJob(t, j, func(e printer.JobProgress) bool { return len(e.Needs) > 0 })
	}
	if !slices.Equal(e.Needs, []printer.Need{printer.NeedPaper}) {
		t.Errorf("got %+v", e)
	}
	set(t, emu, func(k *printertest.Knobs) { k.NoPaper, k.PageMS = false, -1 })
	if end := ended(t, j); end.Outcome != printer.Printed || end.Pages != 8 {
		t.Errorf("got %+v", end)
	}
}

// Unplugged while it prints: the job drifts, and its end is learnt afterwards;
// or never.
func TestUnpluggedInTheMiddle(t *testing.T) {
	t.Run("and back", func(t *testing.T) {
		t.Parallel()
		_, plug := emulated(t, printertest.Knobs{PageMS: 20, LoseMid: true})
		p := driver(t, printer.Options{URI: plug.URI()}, hurried)
		j := print(t, p, blank(2))
		nextJob[printer.JobAdrift](t, j, nil)
		if err := plug.Plug(); err != nil {
			t.Fatal(err)
		}
		if end := ended(t, j); end.Outcome != printer.Printed {
			t.Errorf("got %+v", end)
		}
	})
	t.Run("for good", func(t *testing.T) {
		t.Parallel()
		_, plug := emulated(t, printertest.Knobs{PageMS: 20, LoseMid: true})
		p := driver(t, printer.Options{URI: plug.URI()}, impatient())
		if end := ended(t, print(t, p, blank(2))); end.Outcome != printer.Unknown || fault.ClassOf(end.Err) != fault.ClassLine || end.Outcome.MayResend() {
			t.Errorf("got %+v", end)
		}
	})
	t.Run("power cut, and the number is another's", func(t *testing.T) {
		t.Parallel()
		emu, plug := emulated(t, printertest.Knobs{PageMS: 20, LoseMid: true})
		p := driver(t, printer.Options{URI: plug.URI()}, hurried)
		j := print(t, p, blank(2))
		nextJob[printer.JobAdrift](t, j, nil)
		emu.Restart()
		// Somebody else prints first, on a line of his own.
		other := printertest.NewPlug(emu, "127.0.0.1:0", nil)
		if err := other.Plug(); err != nil {
			t.Fatal(err)
		}
		defer other.Unplug()
		if end := ended(t, print(t, driver(t, printer.Options{URI: other.URI()}, hurried), blank(1))); end.Outcome != printer.Printed {
			t.Fatalf("the other: %+v", end)
		}
		if err := plug.Plug(); err != nil {
			t.Fatal(err)
		}
		if end := ended(t, j); end.Outcome != printer.Unknown {
			t.Errorf("got %+v", end)
		}
	})
	t.Run("while the document is on its way", func(t *testing.T) {
		t.Parallel()
		emu, plug := emulated(t, printertest.Knobs{StallAt: 100_000, Format: printertest.PDF})
		p := driver(t, printer.Options{URI: plug.URI()}, impatient())
		doc, _ := pdf(8 << 20)
		j := print(t, p, doc)
		nextJob[printer.JobSending](t, j, nil)
		plug.Unplug()
		if end := ended(t, j); end.Outcome != printer.Unknown {
			t.Errorf("got %+v", end)
		}
		if n := count(emu, "Send-Document"); n > 1 {
			t.Errorf("sent %d times", n)
		}
	})
	t.Run("before the document", func(t *testing.T) {
		t.Parallel()
		_, plug := emulated(t, printertest.Knobs{})
		p := driver(t, printer.Options{URI: plug.URI()}, hurried)
		plug.Unplug()
		if end := ended(t, print(t, p, blank(1))); end.Outcome != printer.NotPrinted || !errors.Is(end.Err, fault.Absent) || !end.Outcome.MayResend() {
			t.Errorf("got %+v", end)
		}
	})
}

// A job given up is not left in the printer for the next person.
func TestWhatIsGivenUpIsCancelledLater(t *testing.T) {
	t.Parallel()
	emu, plug := emulated(t, printertest.Knobs{PageMS: 60_000})
	p := driver(t, printer.Options{URI: plug.URI()}, impatient())
	j := print(t, p, blank(1))
	nextJob[printer.JobProgress](t, j, nil)
	plug.Unplug()
	if end := ended(t, j); end.Outcome != printer.Unknown {
		t.Fatalf("got %+v", end)
	}
	if err := plug.Plug(); err != nil {
		t.Fatal(err)
	}
	running(t, p)
	next[printer.Ready](t, p, nil)
	until(t, emu, "the job is cancelled", func() bool { return emu.Jobs()[0].Reasons[0] == "job-canceled-by-user" })
}

// A job that never leaves processing ends by the limit, and is cancelled.
func TestLimit(t *testing.T) {
	for name, c := range map[string]struct {
		knobs printertest.Knobs
		want  printer.Outcome
	}{
		"cancelled in time": {printertest.Knobs{PageMS: 60_000}, printer.Cancelled},
		"not even that":     {printertest.Knobs{PageMS: -1, Stuck: true}, printer.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			emu, plug := emulated(t, c.knobs)
			times := hurried
			if c.knobs.Stuck {
				times = impatient()
			}
			p := driver(t, printer.Options{URI: plug.URI(), Limit: 2 * time.Second}, times)
			end := ended(t, print(t, p, blank(1)))
			if end.Outcome != c.want || !errors.Is(end.Err, fault.Timeout) {
				t.Errorf("got %+v", end)
			}
			if count(emu, "Cancel-Job") == 0 {
				t.Error("it was not cancelled")
			}
		})
	}
}

// Whatever is said about a job, its end is never invented.
func TestSpoiltWordsOfAJob(t *testing.T) {
	for _, how := range []string{printertest.Noise, printertest.Truncated, printertest.HTML, printertest.Redirect, printertest.Reset, printertest.OtherID, printertest.Million} {
		for _, times := range []int{0, 3} {
			t.Run(fmt.Sprint(how, times), func(t *testing.T) {
				t.Parallel()
				emu, plug := emulated(t, printertest.Knobs{PageMS: 5, Garbage: how, Times: times, Only: "Get-Job-Attributes"})
				want, patient := printer.Printed, hurried
				if times == 0 {
					want, patient = printer.Unknown, impatient()
				}
				p := driver(t, printer.Options{URI: plug.URI()}, patient)
				if end := ended(t, print(t, p, blank(1))); end.Outcome != want {
					t.Errorf("got %+v, want %v", end, want)
				}
				if n := count(emu, "Send-Document"); n != 1 {
					t.Errorf("sent %d times", n)
				}
			})
		}
	}
	// The answer to the document itself is lost: whether the printer has it is
	// asked, and not assumed.
	t.Run("of the document", func(t *testing.T) {
		t.Parallel()
		emu, plug := emulated(t, printertest.Knobs{PageMS: 5, Garbage: printertest.Noise, Times: 1, Only: "Send-Document"})
		times := hurried
		times.Stall = 300 * time.Millisecond
		p := driver(t, printer.Options{URI: plug.URI()}, times)
		end := ended(t, print(t, p, blank(1)))
		if end.Outcome != printer.Cancelled || end.Outcome.MayResend() {
			t.Errorf("got %+v", end)
		}
		if n := count(emu, "Send-Document"); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
	t.Run("of the document, by Print-Job", func(t *testing.T) {
		t.Parallel()
		_, plug := emulated(t, printertest.Knobs{NoCreate: true, Garbage: printertest.Noise, Only: "Print-Job"})
		p := driver(t, printer.Options{URI: plug.URI()}, hurried)
		if end := ended(t, print(t, p, blank(1))); end.Outcome != printer.Unknown {
			t.Errorf("got %+v", end)
		}
	})
	t.Run("of the new job", func(t *testing.T) {
		t.Parallel()
		_, plug := emulated(t, printertest.Knobs{Garbage: printertest.Reset, Only: "Create-Job"})
		p := driver(t, printer.Options{URI: plug.URI()}, hurried)
		if end := ended(t, print(t, p, blank(1))); end.Outcome != printer.NotPrinted {
			t.Errorf("got %+v", end)
		}
	})
}

// A printer without paper may hold the line in the middle of a document; while
// it says so, nobody hangs up.
func TestLineHeldForPaper(t *testing.T) {
	t.Parallel()
	emu, plug := emulated(t, printertest.Knobs{StallAt: 100_000, Format: printertest.PDF})
	times := hurried
	times.Stall = 1500 * time.Millisecond // the paper is out before that
	p := driver(t, printer.Options{URI: plug.URI()}, times)
	doc, _ := pdf(8 << 20)
	j := print(t, p, doc)
	nextJob[printer.JobSending](t, j, nil)
	set(t, emu, func(k *printertest.Knobs) { k.NoPaper = true })
	nextJob(t, j, func(e printer.JobProgress) bool { return slices.Contains(e.Needs, printer.NeedPaper) })
	ctx, cancel := context.WithTimeout(context.Background(), 2*times.Stall)
	defer cancel()
	if end, err := j.Wait(ctx); err == nil {
		t.Errorf("it ended: %+v", end)
	}
	j.Cancel()
	if end := ended(t, j); end.Outcome != printer.Cancelled {
		t.Errorf("got %+v", end)
	}
}
