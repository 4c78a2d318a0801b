package printer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/printer"
	"zhunkao/hw/printertest"
)

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
