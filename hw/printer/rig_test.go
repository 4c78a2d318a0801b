package printer_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"zhunkao/hw/printer"
	"zhunkao/hw/printertest"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) {
	flag.Parse()
	// Most tests wait for a deadline and compute nothing.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	leak.Main(m)
}

// patience is how long a test waits for what must come.
const patience = 40 * time.Second

// hurried are times at which nothing is waited for needlessly, and nothing that
// comes late on a busy machine is given up.
var hurried = printer.Times{Watch: 50 * time.Millisecond, Again: 30 * time.Millisecond, Probe: 10 * time.Second, Exchange: 10 * time.Second,
	Cont: 300 * time.Millisecond, Stall: patience, Adrift: patience, Suspect: 200 * time.Millisecond, Settle: patience,
	Busy: 20 * time.Millisecond, BusyLimit: patience}

// impatient are times for tests in which something is given up.
func impatient() printer.Times {
	t := hurried
	t.Probe, t.Adrift, t.Settle, t.BusyLimit = 500*time.Millisecond, 700*time.Millisecond, 500*time.Millisecond, 500*time.Millisecond
	return t
}

// emulated starts the emulated printer.
func emulated(t *testing.T, k printertest.Knobs) (*printertest.Printer, *printertest.Plug) {
	t.Helper()
	emu := printertest.New()
	if k.DPI == "" {
		k.DPI = "100" // what is decoded costs time
	}
	if err := emu.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
	plug := printertest.NewPlug(emu, "127.0.0.1:0", nil)
	if err := plug.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		plug.Unplug()
		emu.Close()
	})
	return emu, plug
}

func set(t *testing.T, emu *printertest.Printer, change func(*printertest.Knobs)) {
	t.Helper()
	k := emu.Knobs()
	change(&k)
	if err := emu.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
}

// driver makes the driver for uri.
func driver(t *testing.T, opt printer.Options, times printer.Times) *printer.Printer {
	t.Helper()
	opt.Log = slog.New(slog.DiscardHandler)
	p, err := printer.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	p.SetTimes(times)
	return p
}

// running lets the driver watch, and ends it with the test.
func running(t *testing.T, p *printer.Printer) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		for {
			select {
			case err := <-done:
				if !errors.Is(err, context.Canceled) {
					t.Errorf("Run: %v", err)
				}
				return
			case <-p.Events():
			}
		}
	})
}

// next waits for an event of a type that satisfies ok.
func next[E printer.Event](t *testing.T, p *printer.Printer, ok func(E) bool) E {
	t.Helper()
	end := time.After(patience)
	for {
		select {
		case e := <-p.Events():
			if e, is := e.(E); is && (ok == nil || ok(e)) {
				return e
			}
		case <-end:
			t.Fatalf("no %T came", *new(E))
		}
	}
}

// nextJob waits for a job's event.
func nextJob[E printer.JobEvent](t *testing.T, j *printer.Job, ok func(E) bool) E {
	t.Helper()
	end := time.After(patience)
	for {
		select {
		case e, open := <-j.Events():
			if !open {
				t.Fatalf("the job ended without %T", *new(E))
			}
			if e, is := e.(E); is && (ok == nil || ok(e)) {
				return e
			}
		case <-end:
			t.Fatalf("no %T came", *new(E))
		}
	}
}

func print(t *testing.T, p *printer.Printer, d printer.Document) *printer.Job {
	t.Helper()
	j, err := p.Print(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		j.Cancel()
		ended(t, j)
	})
	return j
}

// ended waits for the end of a job.
func ended(t *testing.T, j *printer.Job) printer.JobEnded {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	end, err := j.Wait(ctx)
	if err != nil {
		t.Fatalf("the job does not end: %v", err)
	}
	return end
}

// until waits until ok of the emulator.
func until(t *testing.T, emu *printertest.Printer, what string, ok func() bool) {
	t.Helper()
	end := time.After(patience)
	for {
		changed := emu.Changed()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-end:
			t.Fatalf("it did not come to pass: %s", what)
		}
	}
}

// count is how often an operation was asked for.
func count(emu *printertest.Printer, op string) int {
	n := 0
	for _, e := range emu.Log() {
		if e.Op == op {
			n++
		}
	}
	return n
}

// pixel is the picture that pages are made of: letters' edges, a ramp, white.
func pixel(page, x, y, w, h int) uint8 {
	switch {
	case y < h/4:
		return uint8(x * 255 / (w - 1))
	case y < h/2 && (x/37+y/11+page)%2 == 0:
		return 0
	case y >= h*3/4:
		return 255
	default:
		return uint8(x*7 + y*13 + page)
	}
}

// drawn is a document that comes as raster only, in bands of 97 rows.
func drawn(pages int) printer.Document {
	return printer.Document{Name: "样张", Pages: pages, Raster: func(page, dpi int, band func(*image.Gray) error) error {
		w, h := printer.PageSize(dpi)
		for top := 0; top < h; top += 97 {
			rows := image.NewGray(image.Rect(0, top, w, min(top+97, h)))
			for y := top; y < rows.Rect.Max.Y; y++ {
				for x := range w {
					rows.Pix[rows.PixOffset(x, y)] = pixel(page, x, y, w, h)
				}
			}
			if err := band(rows); err != nil {
				return err
			}
		}
		return nil
	}}
}

// blank is a document of white pages that costs nothing to draw.
func blank(pages int) printer.Document {
	d := drawn(pages)
	d.Raster = func(int, int, func(*image.Gray) error) error { return nil }
	return d
}

// pdf is a document of one page that comes as PDF only, of about size bytes.
func pdf(size int) (printer.Document, []byte) {
	var b bytes.Buffer
	var at []int
	object := func(s string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), s)
	}
	b.WriteString("%PDF-1.4\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	object("<</Type/Pages/Kids[3 0 R]/Count 1>>")
	object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>")
	draw := "0 0 0 rg 100 100 200 300 re f"
	object(fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(draw), draw))
	rest := make([]byte, size)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range rest {
		rest[i] = byte('a' + r.IntN(26))
	}
	object(fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(rest), rest))
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return printer.Document{Name: "样张", PDF: func() ([]byte, error) { return b.Bytes(), nil }}, b.Bytes()
}

// picture decodes a page of the emulator.
func picture(t *testing.T, p printertest.Page) *image.Gray {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(p.PNG))
	if err != nil {
		t.Fatal(err)
	}
	g, ok := img.(*image.Gray)
	if !ok {
		t.Fatalf("page is %T", img)
	}
	return g
}
