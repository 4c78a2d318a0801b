package printer_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/OpenPrinting/goipp"

	"zhunkao/hw/printer"
	"zhunkao/hw/printertest"
)

// A printer that refuses the cancelling for now is asked again: what was given
// up must not come out for the next person.
func TestWhatIsGivenUpIsCancelledWhenThePrinterLetsIt(t *testing.T) {
	for _, op := range []string{"Get-Job-Attributes", "Cancel-Job"} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			emu, plug := emulated(t, printertest.Knobs{PageMS: 60_000})
			p := driver(t, printer.Options{URI: plug.URI()}, impatient())
			j := print(t, p, blank(1))
			nextJob[printer.JobProgress](t, j, nil)
			plug.Unplug()
			if end := ended(t, j); end.Outcome != printer.Unknown {
				t.Fatalf("got %+v", end)
			}
			set(t, emu, func(k *printertest.Knobs) { k.Only, k.Garbage, k.Times = op, printertest.Later, 2 })
			if err := plug.Plug(); err != nil {
				t.Fatal(err)
			}
			running(t, p)
			until(t, emu, "the job is cancelled", func() bool { return emu.Jobs()[0].Reasons[0] == "job-canceled-by-user" })
		})
	}
}

// A job that was made and got no document is taken back too, when the line is
// there again: until then the printer takes nobody else's.
func TestAnEmptyJobIsTakenBack(t *testing.T) {
	t.Parallel()
	emu, plug := emulated(t, printertest.Knobs{})
	p := driver(t, printer.Options{URI: plug.URI()}, impatient())
	doc := blank(1)
	doc.Raster, doc.PDF = nil, func() ([]byte, error) { return []byte("%PDF-1.4\n"), nil }
	set(t, emu, func(k *printertest.Knobs) { k.Garbage, k.Only = printertest.Later, "Send-Document" })
	j := print(t, p, doc)
	nextJob[printer.JobBusy](t, j, nil) // the job is made
	plug.Unplug()
	if end := ended(t, j); end.Outcome != printer.NotPrinted {
		t.Fatalf("got %+v", end)
	}
	if n := len(emu.Jobs()); n != 1 || emu.Jobs()[0].Over() {
		t.Fatalf("%d jobs at the printer", n)
	}
	if err := plug.Plug(); err != nil {
		t.Fatal(err)
	}
	running(t, p)
	until(t, emu, "the empty job is cancelled", func() bool { return emu.Jobs()[0].Over() })
}

// A job that was given up as the printer made it is taken back: its number is waited
// for.
func TestAJobGivenUpAsItIsMadeIsTakenBack(t *testing.T) {
	t.Parallel()
	emu := printertest.New()
	t.Cleanup(emu.Close)
	if err := emu.SetKnobs(printertest.Knobs{DPI: "100"}); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before, answer := count(emu, "Create-Job"), httptest.NewRecorder()
		emu.Handler().ServeHTTP(answer, r)
		if count(emu, "Create-Job") > before {
			<-gone
		}
		w.Header().Set("Content-Type", goipp.ContentType)
		_, _ = w.Write(answer.Body.Bytes())
	}))
	t.Cleanup(s.Close)
	j := print(t, driver(t, printer.Options{URI: "ipp" + strings.TrimPrefix(s.URL, "http") + printertest.Path}, hurried), blank(1))
	until(t, emu, "the job is made", func() bool { return len(emu.Jobs()) == 1 })
	j.Cancel()
	close(gone)
	if end := ended(t, j); end.Outcome != printer.NotPrinted {
		t.Errorf("got %+v", end)
	}
	if n := len(emu.Jobs()); n != 1 || !emu.Jobs()[0].Over() {
		t.Errorf("%d jobs at the printer, and the first is not over", n)
	}
}

// After a power cut nobody follows a job any more, and the printer still has
// it. The next run cancels what is its own, and nothing else.
func TestWhatAFormerRunLeftIsCancelled(t *testing.T) {
	t.Parallel()
	emu, plug := emulated(t, printertest.Knobs{PageMS: 60_000})
	cable := printertest.NewPlug(emu, "127.0.0.1:0", nil)
	if err := cable.Plug(); err != nil {
		t.Fatal(err)
	}
	j := print(t, driver(t, printer.Options{URI: cable.URI(), User: "box-7"}, impatient()), blank(1))
	until(t, emu, "the job is at the printer", func() bool { return len(emu.Jobs()) == 1 && emu.Jobs()[0].Format != "" })
	cable.Unplug() // the box loses its power: no farewell reaches the printer
	if end := ended(t, j); end.Outcome != printer.Unknown {
		t.Fatalf("got %+v", end)
	}
	for _, user := range []string{"box-70", ""} {
		other := driver(t, printer.Options{URI: plug.URI(), User: user}, hurried)
		running(t, other)
		next[printer.Ready](t, other, nil) // it has looked
		if emu.Jobs()[0].Over() {
			t.Fatalf("%q cancelled a job of another box", user)
		}
	}
	running(t, driver(t, printer.Options{URI: plug.URI(), User: "box-7"}, hurried))
	until(t, emu, "the job is cancelled", func() bool { return emu.Jobs()[0].Reasons[0] == "job-canceled-by-user" })
}

// A job of this run is none of a former one's, even if it is sent before the
// first look.
func TestASweepSparesItsOwn(t *testing.T) {
	t.Parallel()
	emu, plug := emulated(t, printertest.Knobs{PageMS: 700})
	p := driver(t, printer.Options{URI: plug.URI(), User: "box-7"}, hurried)
	j := print(t, p, blank(1))
	until(t, emu, "the job is at the printer", func() bool { return len(emu.Jobs()) == 1 && emu.Jobs()[0].Format != "" })
	running(t, p)
	if end := ended(t, j); end.Outcome != printer.Printed {
		t.Fatalf("got %+v", end)
	}
	if count(emu, "Get-Jobs") == 0 {
		t.Fatal("the printer was not asked for its jobs")
	}
}
