package printer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
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
	times.Stall = 300 * time.Millisecond
	p := driver(t, printer.Options{URI: plug.URI()}, times)
	doc, _ := pdf(8 << 20)
	j := print(t, p, doc)
	nextJob[printer.JobSending](t, j, nil)
	set(t, emu, func(k *printertest.Knobs) { k.NoPaper = true })
	nextJob(t, j, func(e printer.JobProgress) bool { return slices.Contains(e.Needs, printer.NeedPaper) })
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if end, err := j.Wait(ctx); err == nil {
		t.Errorf("it ended: %+v", end)
	}
	j.Cancel()
	if end := ended(t, j); end.Outcome != printer.Cancelled {
		t.Errorf("got %+v", end)
	}
}

func TestCancel(t *testing.T) {
	t.Run("while printing", func(t *testing.T) {
		t.Parallel()
		emu, plug := emulated(t, printertest.Knobs{PageMS: 60_000})
		p := driver(t, printer.Options{URI: plug.URI()}, hurried)
		ctx, cancel := context.WithCancel(context.Background())
		j, err := p.Print(ctx, blank(1))
		if err != nil {
			t.Fatal(err)
		}
		nextJob(t, j, func(e printer.JobProgress) bool { return e.State == printer.JobProcessing })
		cancel() // by the context this time
		if end := ended(t, j); end.Outcome != printer.Cancelled || fault.ClassOf(end.Err) != fault.ClassNone {
			t.Errorf("got %+v", end)
		}
		if emu.Jobs()[0].Reasons[0] != "job-canceled-by-user" {
			t.Error("the printer was not told")
		}
	})
	t.Run("while busy", func(t *testing.T) {
		t.Parallel()
		_, plug := emulated(t, printertest.Knobs{Busy: -1})
		p := driver(t, printer.Options{URI: plug.URI()}, hurried)
		j := print(t, p, blank(1))
		nextJob[printer.JobBusy](t, j, nil)
		j.Cancel()
		if end := ended(t, j); end.Outcome != printer.NotPrinted {
			t.Errorf("got %+v", end)
		}
	})
	t.Run("too late", func(t *testing.T) {
		t.Parallel()
		_, plug := emulated(t, printertest.Quick())
		p := driver(t, printer.Options{URI: plug.URI()}, hurried)
		j := print(t, p, blank(1))
		if end := ended(t, j); end.Outcome != printer.Printed {
			t.Fatalf("got %+v", end)
		}
		j.Cancel()
		if end := ended(t, j); end.Outcome != printer.Printed {
			t.Errorf("got %+v", end)
		}
	})
}

// A sheet that cannot be drawn to its end costs the sheet, not the box.
func TestDrawingFails(t *testing.T) {
	broken := errors.New("no glyph")
	for name, c := range map[string]struct {
		doc  func(*printer.Document)
		want printer.Outcome
	}{
		"in the middle": {func(d *printer.Document) {
			inner := d.Raster
			d.Raster = func(page, dpi int, band func(*image.Gray) error) error {
				if page == 2 {
					return broken
				}
				return inner(page, dpi, band)
			}
		}, printer.Cancelled},
		"panic": {func(d *printer.Document) { d.Raster = func(int, int, func(*image.Gray) error) error { panic("x") } }, printer.Cancelled},
		"too wide": {func(d *printer.Document) {
			d.Raster = func(_, _ int, band func(*image.Gray) error) error {
				return band(image.NewGray(image.Rect(0, 0, 5000, 1)))
			}
		}, printer.Cancelled},
		"PDF":           {func(d *printer.Document) { d.PDF = func() ([]byte, error) { return nil, broken } }, printer.NotPrinted},
		"PDF panics":    {func(d *printer.Document) { d.PDF = func() ([]byte, error) { panic("x") } }, printer.NotPrinted},
		"PDF too large": {func(d *printer.Document) { d.PDF = func() ([]byte, error) { return make([]byte, 33<<20), nil } }, printer.NotPrinted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			emu, plug := emulated(t, printertest.Knobs{PageMS: -1, DPI: "100"})
			p := driver(t, printer.Options{URI: plug.URI()}, hurried)
			doc := drawn(2)
			c.doc(&doc)
			end := ended(t, print(t, p, doc))
			// A printer that sees the line break aborts by itself, before it is told.
			if end.Outcome != c.want && !(c.want == printer.Cancelled && end.Outcome == printer.Aborted) || end.Err == nil {
				t.Errorf("got %+v", end)
			}
			if (name == "in the middle" || name == "PDF") && !errors.Is(end.Err, broken) {
				t.Errorf("the cause is lost: %v", end.Err)
			}
			for _, job := range emu.Jobs() {
				if job.Done > 0 {
					t.Error("a page came out")
				}
			}
		})
	}
}

func TestRefusedCalls(t *testing.T) {
	t.Parallel()
	_, plug := emulated(t, printertest.Knobs{PageMS: 60_000})
	p := driver(t, printer.Options{URI: plug.URI()}, hurried)
	ctx := context.Background()
	for name, d := range map[string]printer.Document{
		"empty": {}, "no pages": {Raster: blank(1).Raster}, "many pages": {Raster: blank(1).Raster, Pages: 1000},
		"many copies": {Raster: blank(1).Raster, Pages: 1, Copies: 100}, "name": {Raster: blank(1).Raster, Pages: 1, Name: strings.Repeat("长", 40)},
	} {
		if _, err := p.Print(ctx, d); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	j := print(t, p, blank(1))
	if _, err := p.Print(ctx, blank(1)); !errors.Is(err, fault.Busy) {
		t.Errorf("a second document: %v", err)
	}
	j.Cancel()
	ended(t, j)
	many := blank(1)
	many.Copies = 50 // the emulated printer makes nine
	if end := ended(t, print(t, p, many)); end.Outcome != printer.NotPrinted || fault.WordOf(end.Err) != fault.Unsupported {
		t.Errorf("got %+v", end)
	}
}

// Who does not listen does not hold the job up, and still gets its end.
func TestNobodyListens(t *testing.T) {
	t.Parallel()
	emu, plug := emulated(t, printertest.Knobs{PageMS: 60_000})
	times := hurried
	times.Again = time.Millisecond
	p := driver(t, printer.Options{URI: plug.URI()}, times)
	j := print(t, p, blank(1))
	until(t, emu, "it prints", func() bool { return len(emu.Jobs()) == 1 && emu.Jobs()[0].State == 5 })
	looks := func() (at time.Time) {
		for _, e := range emu.Log() {
			if e.Op == "Get-Job-Attributes" {
				at = e.At
			}
		}
		return at
	}
	for i := range 140 { // more than the channel holds
		before := looks()
		set(t, emu, func(k *printertest.Knobs) { k.NoPaper = i%2 == 0 })
		until(t, emu, "another look", func() bool { return looks().After(before) })
	}
	set(t, emu, func(k *printertest.Knobs) { k.NoPaper = false })
	j.Cancel()
	end := ended(t, j)
	var last printer.JobEvent
	for e := range j.Events() {
		last = e
	}
	if got, ok := last.(printer.JobEnded); !ok || got.Outcome != end.Outcome {
		t.Errorf("the last event is %+v", last)
	}
}

// A document's name is the caller's, and may say too much.
func TestNothingOfTheDocumentIsLogged(t *testing.T) {
	t.Parallel()
	_, plug := emulated(t, printertest.Knobs{PageMS: -1, Format: printertest.PDF})
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p, err := printer.New(printer.Options{URI: plug.URI(), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	p.SetTimes(hurried)
	doc, bytesOfIt := pdf(1000)
	doc.Name = "谭丽华的流程表"
	j := print(t, p, doc)
	var said strings.Builder
	for e := range j.Events() {
		fmt.Fprintf(&said, "%+v\n", e)
	}
	if out.Len() == 0 {
		t.Fatal("nothing was logged at all")
	}
	for _, where := range []string{out.String(), said.String()} {
		if strings.Contains(where, "谭丽华") || strings.Contains(where, string(bytesOfIt[:20])) {
			t.Errorf("told: %s", where)
		}
	}
}

// Two looks at the printer at the same time, and jobs between, under the race
// detector.
func TestAllAtOnce(t *testing.T) {
	t.Parallel()
	_, plug := emulated(t, printertest.Quick())
	p := driver(t, printer.Options{URI: plug.URI()}, hurried)
	running(t, p)
	go func() {
		for range p.Events() { // ends with the process; Run stops sending
			return
		}
	}()
	var good atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 20 {
			if _, err := p.Status(context.Background()); err == nil {
				good.Add(1)
			}
		}
	}()
	for range 5 {
		if end := ended(t, print(t, p, blank(1))); end.Outcome != printer.Printed {
			t.Errorf("got %+v", end)
		}
	}
	<-done
	if good.Load() != 20 {
		t.Errorf("%d of 20 looks", good.Load())
	}
}
