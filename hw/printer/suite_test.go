package printer_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/printer"
	"zhunkao/hw/printertest"
	"zhunkao/hw/printertest/ippeve"
)

// peer is what the conformance suite needs of a printer, emulated or not.
type peer struct {
	uri   string
	dpi   int             // what it is sent
	pdfs  func() [][]byte // the PDF files it got, oldest first
	rasts func() [][]byte
	// hold keeps jobs in processing until the function it returns is called; with
	// reason the printer says so meanwhile, its own way.
	hold  func(t *testing.T, reason string) func()
	abort func(t *testing.T, on bool)
	// cancelled says whether the printer has heard Cancel-Job.
	cancelled func() bool
	log       func() string
	secure    string // its address by TLS, with a certificate of its own making; "" if it has none
}

func TestConformanceOfTheEmulated(t *testing.T) {
	t.Parallel()
	conform(t, func(t *testing.T, format string) peer {
		emu, plug := emulated(t, printertest.Knobs{PageMS: 10, Format: format, DPI: "100", Types: "black_1,sgray_8"})
		docs := func(format string) func() [][]byte {
			return func() [][]byte {
				var out [][]byte
				for _, j := range slices.Backward(emu.Jobs()) {
					if j.Format == format {
						out = append(out, j.Document)
					}
				}
				return out
			}
		}
		return peer{uri: plug.URI(), dpi: 100, pdfs: docs(printer.FormatPDF), rasts: docs(printer.FormatRaster),
			hold: func(t *testing.T, reason string) func() {
				if reason == "" {
					set(t, emu, func(k *printertest.Knobs) { k.PageMS = 60_000 })
				}
				if reason != "" {
					set(t, emu, func(k *printertest.Knobs) { k.PageMS, k.Reason = 60_000, reason+"-warning" })
				}
				return func() {
					set(t, emu, func(k *printertest.Knobs) { k.PageMS, k.Reason = 10, "" })
					// A page under way keeps the time it began with: begin it anew.
					set(t, emu, func(k *printertest.Knobs) { k.Stopped = true })
					set(t, emu, func(k *printertest.Knobs) { k.Stopped = false })
				}
			},
			abort:     func(t *testing.T, on bool) { set(t, emu, func(k *printertest.Knobs) { k.Abort = on }) },
			cancelled: func() bool { return count(emu, "Cancel-Job") > 0 },
		}
	})
}

func TestConformanceOfIppeveprinter(t *testing.T) {
	t.Parallel()
	conform(t, func(t *testing.T, format string) peer {
		formats := map[string]string{"": "application/pdf,image/pwg-raster", printertest.Raster: "image/pwg-raster", printertest.PDF: "application/pdf",
			printertest.None: "image/jpeg"}[format]
		r := ippeve.Start(t, formats)
		return peer{uri: r.URI(), dpi: 300,
			pdfs:  func() [][]byte { return r.Spooled(".pdf") },
			rasts: func() [][]byte { return r.Spooled(".pwg") },
			hold: func(t *testing.T, reason string) func() {
				t.Helper()
				return r.Hold(reason)
			},
			abort:     func(t *testing.T, on bool) { t.Helper(); r.Abort(on) },
			cancelled: func() bool { return strings.Contains(r.Log(), "Cancel-Job") },
			log:       r.Log,
			secure:    r.Secure(),
		}
	})
}

// conform is what holds of every sound IPP printer.
func conform(t *testing.T, start func(t *testing.T, format string) peer) {
	t.Run("both", func(t *testing.T) {
		t.Parallel()
		at := start(t, printertest.Both)
		p := driver(t, printer.Options{URI: at.uri, User: "box-suite"}, hurried)
		running(t, p)
		ready := next[printer.Ready](t, p, nil)
		if s := ready.Status; s.State != printer.Idle || !s.Accepting || len(s.Needs()) > 0 || !slices.Contains(s.Formats, printer.FormatPDF) {
			t.Fatalf("got %+v", s)
		}
		t.Run("PDF byte for byte", func(t *testing.T) {
			doc, want := pdf(300_000)
			doc.Pages, doc.Raster = 1, drawn(1).Raster // it could be drawn, and is not
			j := print(t, p, doc)
			order(t, j)
			if end := ended(t, j); end.Outcome != printer.Printed || end.Err != nil || end.Warnings {
				t.Fatalf("got %+v", end)
			}
			if got := at.pdfs(); len(got) != 1 || !bytes.Equal(got[0], want) {
				t.Fatalf("%d files, or not the same bytes", len(got))
			}
		})
		if at.secure != "" { // the emulated one: TestTLSIsPinned
			t.Run("by TLS", func(t *testing.T) {
				var pin []byte
				first := driver(t, printer.Options{URI: at.secure, Pinned: func(p []byte) error { pin = p; return nil }}, hurried)
				doc, want := pdf(50_000)
				if end := ended(t, print(t, first, doc)); end.Outcome != printer.Printed || len(pin) != 32 {
					t.Fatalf("got %+v, pin %x, %s", end, pin, at.log())
				}
				if got := at.pdfs(); len(got) != 2 || !bytes.Equal(got[1], want) {
					t.Fatalf("%d files, or not the same bytes", len(got))
				}
				pin[0] ^= 1
				if _, err := driver(t, printer.Options{URI: at.secure, Pin: pin}, hurried).Status(t.Context()); fault.WordOf(err) != fault.Unauthorised {
					t.Errorf("with another pin: %v", err)
				}
			})
		}
		t.Run("a reason while printing", func(t *testing.T) {
			release := at.hold(t, "media-empty")
			doc, _ := pdf(10)
			j := print(t, p, doc)
			nextJob(t, j, func(e printer.JobProgress) bool { return slices.Contains(e.Needs, printer.NeedPaper) })
			release()
			if end := ended(t, j); end.Outcome != printer.Printed {
				t.Fatalf("got %+v", end)
			}
		})
		t.Run("aborted", func(t *testing.T) {
			at.abort(t, true)
			defer at.abort(t, false)
			doc, _ := pdf(10)
			if end := ended(t, print(t, p, doc)); end.Outcome != printer.Aborted || fault.ClassOf(end.Err) != fault.ClassDevice || end.Outcome.MayResend() {
				t.Fatalf("got %+v", end)
			}
		})
		t.Run("busy, then free", func(t *testing.T) {
			release := at.hold(t, "")
			doc, _ := pdf(10)
			first := print(t, p, doc)
			nextJob[printer.JobAccepted](t, first, nil)
			other := driver(t, printer.Options{URI: at.uri}, hurried)
			second := print(t, other, doc)
			nextJob[printer.JobBusy](t, second, nil)
			release()
			for _, j := range []*printer.Job{first, second} {
				if end := ended(t, j); end.Outcome != printer.Printed {
					t.Fatalf("got %+v", end)
				}
			}
		})
		t.Run("followed by another run", func(t *testing.T) { followed(t, at) })
		t.Run("cancelled", func(t *testing.T) {
			release := at.hold(t, "")
			defer release()
			doc, _ := pdf(10)
			j := print(t, p, doc)
			nextJob(t, j, func(e printer.JobProgress) bool { return e.State == printer.JobProcessing })
			j.Cancel()
			for end := time.Now().Add(patience); !at.cancelled() && time.Now().Before(end); {
				<-time.After(10 * time.Millisecond)
			}
			release() // ippeveprinter lets the command run to its end first
			if end := ended(t, j); end.Outcome != printer.Cancelled {
				t.Fatalf("got %+v", end)
			}
		})
	})
	t.Run("raster only", func(t *testing.T) {
		t.Parallel()
		at := start(t, printertest.Raster)
		p := driver(t, printer.Options{URI: at.uri}, hurried)
		doc, _ := pdf(10)
		pages := 100 * 2 / at.dpi // pixels cost time
		doc.Raster, doc.Pages = drawn(max(pages, 1)).Raster, max(pages, 1)
		if end := ended(t, print(t, p, doc)); end.Outcome != printer.Printed {
			t.Fatalf("got %+v", end)
		}
		files := at.rasts()
		if len(files) != 1 {
			t.Fatalf("%d files", len(files))
		}
		samePicture(t, files[0], doc.Pages, at.dpi)
		othersRead(t, files[0], doc.Pages)
	})
	t.Run("no format of ours", func(t *testing.T) {
		t.Parallel()
		at := start(t, printertest.None)
		p := driver(t, printer.Options{URI: at.uri}, hurried)
		doc, _ := pdf(10)
		end := ended(t, print(t, p, doc))
		if end.Outcome != printer.NotPrinted || fault.WordOf(end.Err) != fault.Unsupported {
			t.Fatalf("got %+v", end)
		}
		running(t, p)
		if e := next[printer.Fault](t, p, nil); fault.WordOf(e.Err) != fault.Unsupported {
			t.Fatalf("got %v", e.Err)
		}
	})
}

// followed leaves a job to the printer and asks about it again, by its number and by
// its sign; it is printed once. What the printer does not know is unknown.
func followed(t *testing.T, at peer) {
	t.Helper()
	had := len(at.pdfs())
	release := at.hold(t, "")
	doc, _ := pdf(10)
	doc.Name, doc.Sign = "papers", printer.NewSign()
	j := print(t, driver(t, printer.Options{URI: at.uri, User: "hub"}, hurried), doc)
	id := nextJob[printer.JobAccepted](t, j, nil).ID
	j.Leave()
	if end := ended(t, j); end.Outcome != printer.Unknown || end.Outcome.MayResend() {
		t.Fatalf("left: %+v", end)
	}
	follow := func(past printer.Past) *printer.Job {
		t.Helper()
		j, err := driver(t, printer.Options{URI: at.uri, User: "hub"}, hurried).Follow(context.Background(), past)
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	again := follow(printer.Past{Name: doc.Name, Sign: doc.Sign})
	if got := nextJob[printer.JobAccepted](t, again, nil).ID; got != id {
		t.Errorf("found as job %d, it is %d", got, id)
	}
	again.Leave()
	ended(t, again)
	again = follow(printer.Past{Name: doc.Name, Sign: doc.Sign, ID: id})
	release()
	if end := ended(t, again); end.Outcome != printer.Printed {
		t.Errorf("followed: %+v", end)
	}
	if end := ended(t, follow(printer.Past{Name: doc.Name, Sign: doc.Sign})); end.Outcome != printer.Printed {
		t.Errorf("found after its end: %+v", end)
	}
	for _, past := range []printer.Past{{Sign: "00000000"}, {Sign: "00000000", ID: id}} { // a number that is another's
		if end := ended(t, follow(past)); end.Outcome != printer.Unknown {
			t.Errorf("a job that is not there: %+v", end)
		}
	}
	if n := len(at.pdfs()) - had; n != 1 {
		t.Errorf("the printer was given %d documents", n)
	}
}

// order checks the story a job tells.
func order(t *testing.T, j *printer.Job) {
	t.Helper()
	stage := 0
	for e := range j.Events() {
		at := 0
		switch e.(type) {
		case printer.JobBusy:
		case printer.JobSending:
			at = 1
		case printer.JobAccepted:
			at = 2
		case printer.JobProgress, printer.JobAdrift:
			at = 3
		case printer.JobEnded:
			at = 4
		}
		if at < stage {
			t.Errorf("%T comes too late", e)
		}
		stage = at
	}
	if stage != 4 {
		t.Errorf("the story ends at stage %d", stage)
	}
}

// samePicture compares a file with what was drawn, point by point.
func samePicture(t *testing.T, file []byte, pages, dpi int) {
	t.Helper()
	got, err := printertest.DecodeRaster(bytes.NewReader(file))
	if err != nil || len(got) != pages {
		t.Fatalf("%d pages, %v", len(got), err)
	}
	for i, page := range got {
		if w, h := printer.PageSize(dpi); page.Width != w || page.Height != h || page.DPI != dpi {
			t.Fatalf("page %d is %d × %d at %d dpi", i+1, page.Width, page.Height, page.DPI)
		}
		if page.Type != "sgray_8" {
			t.Fatalf("page %d is %s; grey was to be had", i+1, page.Type)
		}
		img := picture(t, page)
		for y := range page.Height {
			for x := range page.Width {
				if want := pixel(i+1, x, y, page.Width, page.Height); img.Pix[y*img.Stride+x] != want {
					t.Fatalf("page %d at %d,%d: got %d, want %d", i+1, x, y, img.Pix[y*img.Stride+x], want)
				}
			}
		}
	}
}

// othersRead lets two programs that are not ours read the file.
func othersRead(t *testing.T, file []byte, pages int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.pwg")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	pcl, err := ippeve.Tool("ippevepcl")
	if err != nil {
		ippeve.Missing(t, err)
	}
	cmd := exec.Command(pcl, path)
	cmd.Env = append(os.Environ(), "CONTENT_TYPE=image/pwg-raster")
	out, err := cmd.Output()
	if err != nil || !bytes.HasPrefix(out, []byte("\x1bE")) {
		t.Fatalf("ippevepcl: %v, %.20q", err, out)
	}
	if n := bytes.Count(out, []byte("\x1b*rB")) + bytes.Count(out, []byte("\x1b*r0B")) + bytes.Count(out, []byte("\x0c")); n < pages {
		t.Errorf("ippevepcl made too few pages of it")
	}
	if name, err := ippeve.Tool("file"); err == nil {
		out, err := exec.Command(name, path).Output()
		if err != nil || !strings.Contains(strings.ToLower(string(out)), "raster") {
			t.Errorf("file says %s %v", out, err)
		}
	}
}
