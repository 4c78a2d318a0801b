package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"zhunkao/hw/printertest"
)

// printerBench is the emulated printer with its cable and its tray.
type printerBench struct {
	emu     *printertest.Printer
	plug    *printertest.Plug
	pdftopp string // the program that draws PDF pages; "" if it is not installed

	mu    sync.Mutex // guards drawn, and lets one page be drawn at a time
	drawn map[drawnPage][]byte
}

// drawnPage names a page of a PDF that was drawn.
type drawnPage struct{ serial, page int }

const maxDrawn = 60

// openPrinter plugs the printer in; with addr "" there is none.
func openPrinter(addr string) (*printerBench, error) {
	if addr == "" {
		return nil, nil
	}
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("--printer-listen %s: the printer takes jobs from anyone, give a loopback address such as 127.0.0.1:8631", addr)
	}
	emu := printertest.New()
	b := &printerBench{emu: emu, plug: printertest.NewPlug(emu, addr, nil), drawn: map[drawnPage][]byte{}}
	if path, err := exec.LookPath("pdftoppm"); err == nil {
		b.pdftopp = path
	} else if err := emu.SetKnobs(printertest.Knobs{Format: printertest.Raster}); err != nil {
		// Nothing here can draw a PDF: a printer that takes raster only still
		// shows what it printed.
		return nil, err
	}
	if err := b.plug.Plug(); err != nil {
		return nil, fmt.Errorf("--printer-listen: %w", err)
	}
	return b, nil
}

func (b *printerBench) close() {
	if b != nil {
		b.plug.Unplug()
		b.emu.Close()
	}
}

// changed is closed at the next change; nil, for ever quiet, without a printer.
func (b *printerBench) changed() <-chan struct{} {
	if b == nil {
		return nil
	}
	return b.emu.Changed()
}

// printed is a job as the page and the JSON door show it. Of the document they
// have its place only.
type printed struct {
	Serial  int       `json:"serial"` // place in /printer/page/SERIAL/N
	ID      int       `json:"id"`     // job-id; 0 after a restart
	Name    string    `json:"name"`
	Format  string    `json:"format"`
	State   int       `json:"state"` // RFC 8011 job-state
	Reasons []string  `json:"reasons"`
	Done    int       `json:"done"`
	Of      int       `json:"of"`
	Copies  int       `json:"copies"`
	Bytes   int       `json:"bytes"`
	Fault   string    `json:"fault,omitempty"`
	At      time.Time `json:"at"`
	Pages   []sheet   `json:"pages"`
}

// sheet is one page on the tray.
type sheet struct {
	N    int  `json:"n"`
	Out  bool `json:"out"`  // it has come out
	Seen bool `json:"seen"` // there is a picture of it
}

func (b *printerBench) jobs() []printed {
	out := []printed{}
	for _, j := range b.emu.Jobs() {
		p := printed{Serial: j.Serial, ID: j.ID, Name: j.Name, Format: j.Format, State: j.State, Reasons: j.Reasons, Done: j.Done, Of: j.Of,
			Copies: j.Copies, Bytes: len(j.Document), Fault: j.Fault, At: j.At, Pages: []sheet{}}
		for n := 1; n <= j.Of/max(j.Copies, 1); n++ {
			seen := n <= len(j.Pages) || j.Format == "application/pdf" && b.pdftopp != "" && j.Document != nil
			p.Pages = append(p.Pages, sheet{N: n, Out: n <= j.Done, Seen: seen})
		}
		out = append(out, p)
	}
	return out
}

// picture gives a page as PNG.
func (b *printerBench) picture(ctx context.Context, serial, n int) ([]byte, error) {
	for _, j := range b.emu.Jobs() {
		switch {
		case j.Serial != serial || n < 1:
		case n <= len(j.Pages):
			return j.Pages[n-1].PNG, nil
		case j.Document != nil && j.Format == "application/pdf" && n <= j.Of:
			return b.draw(ctx, drawnPage{serial, n}, j.Document)
		}
	}
	return nil, errNoPage
}

var errNoPage = errors.New("no such page")

// draw has a PDF's page drawn, at 150 dpi.
func (b *printerBench) draw(ctx context.Context, page drawnPage, doc []byte) ([]byte, error) {
	if b.pdftopp == "" {
		return nil, errNoPage
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if png, ok := b.drawn[page]; ok {
		return png, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	n := strconv.Itoa(page.page)
	cmd := exec.CommandContext(ctx, b.pdftopp, "-png", "-r", "150", "-f", n, "-l", n, "-")
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(doc), &out, &errs
	if err := cmd.Run(); err != nil || out.Len() == 0 {
		return nil, fmt.Errorf("pdftoppm: %w %.200s", err, errs.Bytes())
	}
	if len(b.drawn) >= maxDrawn {
		clear(b.drawn)
	}
	b.drawn[page] = out.Bytes()
	return out.Bytes(), nil
}

// printerState is what the JSON door answers about the printer.
type printerState struct {
	Plugged bool                `json:"plugged"`
	URI     string              `json:"uri"`
	Knobs   printertest.Knobs   `json:"knobs"`
	Jobs    []printed           `json:"jobs"` // newest first
	Log     []printertest.Entry `json:"log"`
}

func (b *printerBench) state() printerState {
	return printerState{Plugged: b.plug.In(), URI: b.plug.URI(), Knobs: b.emu.Knobs(), Jobs: b.jobs(), Log: b.emu.Log()}
}

func (b *printerBench) setPlug(in bool) error {
	if in {
		return b.plug.Plug()
	}
	b.plug.Unplug()
	return nil
}

// printerRoutes lists what the panel answers about the printer.
func (p *panel) printerRoutes(mux *http.ServeMux) {
	b := p.printer
	if b == nil {
		return
	}
	mux.HandleFunc("GET /printer", func(w http.ResponseWriter, r *http.Request) {
		p.render(w, "printer.html", http.StatusOK, p.view(w, r, "printer"))
	})
	mux.HandleFunc("GET /printer/part", func(w http.ResponseWriter, r *http.Request) {
		p.render(w, "tray", http.StatusOK, p.view(w, r, "printer"))
	})
	mux.HandleFunc("GET /printer/log", func(w http.ResponseWriter, r *http.Request) {
		p.render(w, "diary", http.StatusOK, p.view(w, r, "printer"))
	})
	mux.HandleFunc("GET /printer/sheet/{serial}/{n}", p.sheetPage)
	mux.HandleFunc("GET /printer/page/{serial}/{n}", p.sheetPicture)
	mux.HandleFunc("GET /printer/document/{serial}", p.document)

	mux.HandleFunc("POST /printer/fault", p.printerForm(p.doPrinterFault))
	mux.HandleFunc("POST /printer/format", p.printerForm(p.doPrinterFormat))
	mux.HandleFunc("POST /printer/healthy", p.printerForm(p.doPrinterHealthy))
	mux.HandleFunc("POST /printer/restart", p.printerForm(func(*http.Request) error { b.emu.Restart(); return nil }))
	mux.HandleFunc("POST /printer/clear", p.printerForm(func(*http.Request) error { b.emu.Clear(); return nil }))

	mux.HandleFunc("GET /api/printer", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, http.StatusOK, b.state()) })
	mux.HandleFunc("POST /api/printer/knob", p.apiPrinterKnob)
	mux.HandleFunc("POST /api/printer/plug", p.apiPrinterPlug)
	mux.HandleFunc("POST /api/printer/restart", func(w http.ResponseWriter, _ *http.Request) { b.emu.Restart(); p.printerDone(w, nil) })
	mux.HandleFunc("POST /api/printer/clear", func(w http.ResponseWriter, _ *http.Request) { b.emu.Clear(); p.printerDone(w, nil) })
}

// printerDone answers an act with the new state, or 422 with its error.
func (p *panel) printerDone(w http.ResponseWriter, err error) {
	if err != nil {
		answerJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
		return
	}
	answerJSON(w, http.StatusOK, p.printer.state())
}

// apiPrinterKnob takes the members of printertest.Knobs to change; with
// "healthy": true the others are set back first.
func (p *panel) apiPrinterKnob(w http.ResponseWriter, r *http.Request) {
	knobs, ok := decodeKnobs(w, r, p.printer.emu.Knobs())
	if ok {
		p.printerDone(w, p.printer.emu.SetKnobs(knobs))
	}
}

// apiPrinterPlug takes {"in": true} or {"in": false}.
func (p *panel) apiPrinterPlug(w http.ResponseWriter, r *http.Request) {
	var in struct {
		In bool `json:"in"`
	}
	if decode(w, r, &in) {
		p.printerDone(w, p.printer.setPlug(in.In))
	}
}
