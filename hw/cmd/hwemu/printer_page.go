package main

import (
	"errors"
	"net/http"
	"strconv"

	"zhunkao/hw/printertest"
)

// printerView is what the printer's page gets.
type printerView struct {
	printerState
	Faults []group
	Active []string // keys of the faults that are on
	Sheets int      // pages on the tray
	Takes  []string // the formats it can be set to take
	Drawn  bool     // PDF pages can be shown as pictures
	Sheet  *sheetView
}

// sheetView is one page by itself.
type sheetView struct {
	Serial, N, Of int
	Name          string
	Full          bool // in its own size
}

// printerPreset is one fault of the printer as a switch, worded under
// "pfault."+key and "pfault."+key+".why".
type printerPreset struct {
	group, key string
	on         func(printertest.Knobs) bool
	set        func(*printertest.Knobs, bool)
}

func printerPresets() []printerPreset {
	flag := func(group, key string, of func(*printertest.Knobs) *bool) printerPreset {
		return printerPreset{group, key, func(k printertest.Knobs) bool { return *of(&k) }, func(k *printertest.Knobs, on bool) { *of(k) = on }}
	}
	number := func(group, key string, of func(*printertest.Knobs) *int, value int) printerPreset {
		return printerPreset{group, key, func(k printertest.Knobs) bool { return *of(&k) == value },
			func(k *printertest.Knobs, on bool) { *of(k) = pick(on, value, 0) }}
	}
	garbage := func(key, how string) printerPreset {
		return printerPreset{"line", key, func(k printertest.Knobs) bool { return k.Garbage == how },
			func(k *printertest.Knobs, on bool) { k.Garbage = pick(on, how, "") }}
	}
	return []printerPreset{
		flag("hand", "paper", func(k *printertest.Knobs) *bool { return &k.NoPaper }),
		flag("hand", "jam", func(k *printertest.Knobs) *bool { return &k.Jam }),
		flag("hand", "cover", func(k *printertest.Knobs) *bool { return &k.Cover }),
		flag("hand", "toner", func(k *printertest.Knobs) *bool { return &k.TonerEmpty }),
		flag("hand", "tonerlow", func(k *printertest.Knobs) *bool { return &k.TonerLow }),
		flag("hand", "output", func(k *printertest.Knobs) *bool { return &k.OutputFull }),
		flag("hand", "paused", func(k *printertest.Knobs) *bool { return &k.Paused }),
		flag("hand", "stopped", func(k *printertest.Knobs) *bool { return &k.Stopped }),
		flag("line", "lose", func(k *printertest.Knobs) *bool { return &k.LoseMid }),
		number("line", "slow", func(k *printertest.Knobs) *int { return &k.SlowMS }, 3000),
		garbage("garbage", printertest.Noise),
		garbage("portal", printertest.HTML),
		garbage("silent", printertest.Silent),
		number("line", "cut", func(k *printertest.Knobs) *int { return &k.CutAt }, 20_000),
		number("job", "busy", func(k *printertest.Knobs) *int { return &k.Busy }, -1),
		flag("job", "abort", func(k *printertest.Knobs) *bool { return &k.Abort }),
		flag("job", "errors", func(k *printertest.Knobs) *bool { return &k.Errors }),
		flag("job", "mute", func(k *printertest.Knobs) *bool { return &k.Mute }),
		flag("job", "stuck", func(k *printertest.Knobs) *bool { return &k.Stuck }),
		flag("job", "forget", func(k *printertest.Knobs) *bool { return &k.Forget }),
	}
}

func (b *printerBench) view() *printerView {
	if b == nil {
		return nil
	}
	v := &printerView{printerState: b.state(), Drawn: b.pdftopp != "",
		Takes: []string{printertest.Both, printertest.Raster, printertest.PDF, printertest.None}}
	v.Faults = []group{{Key: "hand"}, {Key: "pline", Switches: []lever{{unplugKey, !v.Plugged}}}, {Key: "job"}}
	for _, pre := range printerPresets() {
		for i := range v.Faults {
			if key := v.Faults[i].Key; key == pre.group || key == "p"+pre.group {
				v.Faults[i].Switches = append(v.Faults[i].Switches, lever{pre.key, pre.on(v.Knobs)})
			}
		}
	}
	for _, g := range v.Faults {
		for _, l := range g.Switches {
			if l.On {
				v.Active = append(v.Active, l.Key)
			}
		}
	}
	for _, j := range v.Jobs {
		v.Sheets += len(j.Pages)
	}
	var log []printertest.Entry // newest first
	for i := len(v.Log) - 1; i >= 0 && len(log) < 10; i-- {
		log = append(log, v.Log[i])
	}
	v.Log = log
	return v
}

// printerForm runs an act of a form and goes back to the printer.
func (p *panel) printerForm(act func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := r.ParseForm()
		if err == nil {
			err = act(r)
		}
		if err != nil {
			v := p.view(w, r, "printer")
			v.Error = err.Error()
			p.render(w, "printer.html", http.StatusUnprocessableEntity, v)
			return
		}
		http.Redirect(w, r, "/printer", http.StatusSeeOther)
	}
}

func (p *panel) doPrinterFault(r *http.Request) error {
	on := r.PostFormValue("on") == "1"
	key := r.PostFormValue("fault")
	if key == unplugKey {
		return p.printer.setPlug(!on)
	}
	for _, pre := range printerPresets() {
		if pre.key == key {
			k := p.printer.emu.Knobs()
			pre.set(&k, on)
			return p.printer.emu.SetKnobs(k)
		}
	}
	return errors.New("no such fault 没有这个故障")
}

func (p *panel) doPrinterFormat(r *http.Request) error {
	k := p.printer.emu.Knobs()
	k.Format = r.PostFormValue("format")
	return p.printer.emu.SetKnobs(k)
}

// doPrinterHealthy mends everything; what sort of printer it is stays.
func (p *panel) doPrinterHealthy(*http.Request) error {
	k := printertest.Knobs{Format: p.printer.emu.Knobs().Format}
	return errors.Join(p.printer.emu.SetKnobs(k), p.printer.setPlug(true))
}

// numbers reads the two numbers of a page's address.
func numbers(r *http.Request) (serial, n int) {
	serial, err := strconv.Atoi(r.PathValue("serial"))
	if err != nil {
		return 0, 0
	}
	if n, err = strconv.Atoi(r.PathValue("n")); err != nil {
		return 0, 0
	}
	return serial, n
}

// sheetPage shows one page by itself, fitted or in its own size.
func (p *panel) sheetPage(w http.ResponseWriter, r *http.Request) {
	serial, n := numbers(r)
	v := p.view(w, r, "printer")
	for _, j := range v.Printer.Jobs {
		if j.Serial == serial && n >= 1 && n <= len(j.Pages) {
			v.Printer.Sheet = &sheetView{Serial: serial, N: n, Of: len(j.Pages), Name: j.Name, Full: r.URL.Query().Get("size") == "full"}
			p.render(w, "sheet.html", http.StatusOK, v)
			return
		}
	}
	http.NotFound(w, r)
}

// sheetPicture gives one page as PNG.
func (p *panel) sheetPicture(w http.ResponseWriter, r *http.Request) {
	serial, n := numbers(r)
	png, err := p.printer.picture(r.Context(), serial, n)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "private, max-age=600")
	_, _ = w.Write(png) // the browser left
}

// document gives what came, byte for byte.
func (p *panel) document(w http.ResponseWriter, r *http.Request) {
	serial, err := strconv.Atoi(r.PathValue("serial"))
	for _, j := range p.printer.emu.Jobs() {
		if err != nil || j.Serial != serial || j.Document == nil {
			continue
		}
		w.Header().Set("Content-Type", pick(j.Format == "application/pdf", "application/pdf", "application/octet-stream"))
		w.Header().Set("Content-Disposition", pick(j.Format == "application/pdf", `inline; filename="printed.pdf"`, `attachment; filename="printed.pwg"`))
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(j.Document) // the browser left
		return
	}
	http.NotFound(w, r)
}
