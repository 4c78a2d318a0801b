package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/printer"
)

// What the exit codes of doc.go are called for a printer.
const (
	exitReady  = exitRead   // ready, or with --print: printed
	exitLate   = exitNoCard // not printed in time, or nobody knows whether it was
	exitNeeds  = exitAgain  // a person must do something
	exitBroken = exitReader // it is broken, or cannot do what it must
)

// printerCmd is "hwcheck printer".
type printerCmd struct {
	URI     string        `name:"uri" required:"" help:"Address of the printer: ipp://host/ipp/print, ipps://…, or what ipp-usb gives. 打印机地址。"`
	Print   bool          `help:"Print a test page and follow it to its end. 打印测试页，一直看到出纸。"`
	Format  string        `enum:",pdf,raster" default:"" help:"Send the test page as pdf or raster only; default: as the box would. 只用这种格式。"`
	JSON    bool          `name:"json" help:"Print one JSON object. 输出一个 JSON 对象。"`
	Timeout time.Duration `default:"60s" help:"How long the page may take, from when it is sent. 测试页最多等多久。"`
	Pin     string        `help:"SHA-256 of the printer's public key in hex, for ipps://. 打印机公钥指纹。"`
	Verbose bool          `short:"v" help:"Show changes of state on standard error. 显示状态变化。"`
}

// printerOutput is the JSON object. Its names are a contract.
type printerOutput struct {
	State       string         `json:"state"` // idle, processing, stopped; "" if it could not be asked
	Accepting   bool           `json:"accepting"`
	Needs       []string       `json:"needs"`    // what a person must do, the most urgent first
	Warnings    []string       `json:"warnings"` // what somebody should look after soon
	Reasons     []string       `json:"reasons"`  // the printer's own words, with severity
	Message     string         `json:"message"`
	Model       string         `json:"model"`
	Formats     []string       `json:"formats"`
	RasterTypes []string       `json:"raster_types"`
	Resolutions []int          `json:"resolutions"` // of PWG raster, dpi
	MediaReady  []string       `json:"media_ready"`
	Supplies    []supplyOutput `json:"supplies"`
	Usable      bool           `json:"usable"`  // it takes PDF or PWG raster
	Pin         string         `json:"pin"`     // of an ipps printer: SHA-256 of its public key
	Outcome     string         `json:"outcome"` // of --print: printed, not printed, cancelled, aborted, unknown; "" without
	Pages       int            `json:"pages"`   // that are out, where it counts
}

type supplyOutput struct {
	Name  string `json:"name"`
	Level int    `json:"level"` // percent; -1 unknown, -3 some left
}

func (c *printerCmd) run(ctx context.Context, out, errs io.Writer) int {
	o := printerOutput{Needs: []string{}, Warnings: []string{}, Reasons: []string{}, Formats: []string{}, RasterTypes: []string{},
		Resolutions: []int{}, MediaReady: []string{}, Supplies: []supplyOutput{}, Pin: c.Pin}
	pin, err := hex.DecodeString(c.Pin)
	if err == nil && c.Pin != "" && len(pin) != 32 {
		err = errors.New("a pin is 64 hex digits")
	}
	var p *printer.Printer
	if err == nil {
		p, err = printer.New(printer.Options{URI: c.URI, Pin: pin, Log: logTo(errs, c.Verbose), User: "hwcheck", Format: formats[c.Format],
			Pinned: func(pin []byte) error { o.Pin = hex.EncodeToString(pin); return nil }})
	}
	if err != nil {
		say(errs, "printer address", err)
		return exitUsage
	}
	code := c.probe(ctx, p, &o, errs)
	if err := showPrinter(out, o, c.JSON); err != nil {
		fmt.Fprintln(errs, err)
		return exitUsage
	}
	return code
}

var formats = map[string]string{"": "", "pdf": printer.FormatPDF, "raster": printer.FormatRaster}

// probe looks, and prints.
func (c *printerCmd) probe(ctx context.Context, p *printer.Printer, o *printerOutput, errs io.Writer) int {
	s, err := p.Status(ctx)
	if ctx.Err() != nil {
		say(errs, "stopped", nil)
		return exitUsage
	}
	if err != nil {
		code, key := printerFailed(err)
		say(errs, key, err)
		return code
	}
	o.fill(s)
	if !o.Usable {
		say(errs, "printer formats", nil)
		return exitBroken
	}
	for _, n := range s.Warnings() {
		say(errs, "need "+n.String(), nil)
	}
	if needs := s.Needs(); len(needs) > 0 {
		for _, n := range needs {
			say(errs, "need "+n.String(), nil)
		}
		return exitNeeds
	}
	if !c.Print {
		say(errs, "printer ready", nil)
		return exitReady
	}
	return c.print(ctx, p, o, errs)
}

// print prints the test page and tells how it gets on.
func (c *printerCmd) print(ctx context.Context, p *printer.Printer, o *printerOutput, errs io.Writer) int {
	late, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	job, err := p.Print(late, testPage())
	if err != nil { // our own page
		say(errs, "printer fault", err)
		return exitBroken
	}
	told := map[string]bool{}
	once := func(key string) {
		if !told[key] {
			told[key] = true
			say(errs, key, nil)
		}
	}
	for e := range job.Events() {
		switch e := e.(type) {
		case printer.JobBusy:
			once("printer busy")
		case printer.JobAccepted:
			once("printer sent")
		case printer.JobProgress:
			for _, n := range e.Needs {
				once("need " + n.String())
			}
		case printer.JobAdrift:
			once("printer adrift")
		case printer.JobEnded:
			o.Outcome, o.Pages = e.Outcome.String(), e.Pages
			code, key := outcome(e)
			switch {
			case ctx.Err() != nil:
				code, key = exitUsage, "stopped"
			case late.Err() != nil && (e.Outcome == printer.Cancelled || e.Outcome == printer.NotPrinted):
				code, key = exitLate, "printer late"
			}
			for _, n := range e.Needs {
				o.Needs = append(o.Needs, n.String())
				once("need " + n.String())
			}
			say(errs, key, e.Err)
			return code
		}
	}
	return exitLate // Events always ends with JobEnded
}

// outcome turns a job's end into code and sentence.
func outcome(e printer.JobEnded) (int, string) {
	switch e.Outcome {
	case printer.Printed:
		if e.Warnings {
			return exitReady, "printer printed warn"
		}
		return exitReady, "printer printed"
	case printer.Cancelled:
		return exitLate, "printer cancelled"
	case printer.Unknown:
		return exitLate, "printer unknown"
	}
	if len(e.Needs) > 0 || errors.Is(e.Err, fault.Attention) {
		return exitNeeds, "printer waits"
	}
	if e.Outcome == printer.Aborted {
		return exitBroken, "printer aborted"
	}
	return printerFailed(e.Err)
}

// printerFailed turns a fault into code and sentence.
func printerFailed(err error) (int, string) {
	switch fault.WordOf(err) {
	case fault.Absent:
		return exitLine, "printer absent"
	case fault.Timeout:
		return exitLine, "printer silent"
	case fault.Denied:
		return exitLine, "printer denied"
	case fault.Unauthorised:
		return exitBroken, "printer key"
	case fault.Unsupported:
		return exitBroken, "printer unfit"
	case fault.Transient:
		return exitLate, "printer busy"
	case fault.Attention:
		return exitNeeds, "printer waits"
	}
	if fault.ClassOf(err) == fault.ClassLine {
		return exitLine, "printer garbled"
	}
	return exitBroken, "printer fault"
}

// fill takes over what the printer said.
func (o *printerOutput) fill(s printer.Status) {
	o.State, o.Accepting, o.Message, o.Model = s.State.String(), s.Accepting, s.Message, s.Model
	for _, n := range s.Needs() {
		o.Needs = append(o.Needs, n.String())
	}
	for _, n := range s.Warnings() {
		o.Warnings = append(o.Warnings, n.String())
	}
	for _, r := range s.Reasons {
		o.Reasons = append(o.Reasons, r.Keyword+"-"+r.Severity.String())
	}
	o.Formats = append(o.Formats, s.Formats...)
	o.RasterTypes = append(o.RasterTypes, s.RasterTypes...)
	o.Resolutions = append(o.Resolutions, s.Resolutions...)
	o.MediaReady = append(o.MediaReady, s.MediaReady...)
	for _, v := range s.Supplies {
		o.Supplies = append(o.Supplies, supplyOutput(v))
	}
	for _, f := range s.Formats {
		o.Usable = o.Usable || f == printer.FormatPDF || f == printer.FormatRaster
	}
}

func showPrinter(w io.Writer, o printerOutput, asJSON bool) error {
	if asJSON {
		return writeJSON(w, o)
	}
	var supplies []string
	for _, s := range o.Supplies {
		level := fmt.Sprintf("%d%%", s.Level)
		if s.Level < 0 {
			level = "?"
		}
		supplies = append(supplies, s.Name+" "+level)
	}
	lines := [][2]string{
		{"状态 state", o.State}, {"型号 model", o.Model}, {"要做的事 needs", strings.Join(o.Needs, ", ")}, {"预警 warnings", strings.Join(o.Warnings, ", ")},
		{"打印机自己说 reasons", strings.Join(o.Reasons, ", ")}, {"说明 message", o.Message}, {"格式 formats", strings.Join(o.Formats, ", ")},
		{"点阵类型 raster_types", strings.Join(o.RasterTypes, ", ")}, {"分辨率 resolutions", strings.Trim(fmt.Sprint(o.Resolutions), "[]")},
		{"已装的纸 media_ready", strings.Join(o.MediaReady, ", ")}, {"耗材 supplies", strings.Join(supplies, ", ")},
		{"公钥指纹 pin", o.Pin}, {"结果 outcome", o.Outcome},
	}
	return writeLines(w, lines)
}
