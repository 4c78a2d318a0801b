package printer

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/OpenPrinting/goipp"
)

// wanted is what a look at the printer asks for. Printers may send more.
var wanted = []string{
	"printer-state", "printer-state-reasons", "printer-state-message", "printer-is-accepting-jobs", "printer-make-and-model",
	"printer-up-time", "queued-job-count", "operations-supported", "document-format-supported", "media-ready", "copies-supported",
	"pwg-raster-document-type-supported", "pwg-raster-document-resolution-supported",
	"printer-supply", "printer-supply-description", "marker-names", "marker-levels",
	"media-supported", "color-supported", "marker-types", "pages-per-minute",
}

// The bounds of what is kept of a printer's words.
const (
	maxList = 100
	maxWord = 128
)

// status asks for the printer's attributes.
func (p *Printer) status(ctx context.Context, limit time.Duration) (Status, error) {
	m := p.wire.request(goipp.OpGetPrinterAttributes)
	m.Operation.Add(goipp.MakeAttr("requesting-user-name", goipp.TagName, goipp.String(p.opt.User)))
	m.Operation.Add(keywordsAttr("requested-attributes", wanted))
	r, err := p.wire.ask(ctx, m, limit)
	if err != nil {
		return Status{}, err
	}
	if !r.ok() {
		return Status{}, statusFault(goipp.OpGetPrinterAttributes, r)
	}
	return readStatus(values(r.Printer)), nil
}

func keywordsAttr(name string, list []string) goipp.Attribute {
	var a goipp.Attribute
	a.Name = name
	for _, s := range list {
		a.Values.Add(goipp.TagKeyword, goipp.String(s))
	}
	return a
}

// readStatus reads printer attributes. What is missing or of another type stays
// zero; a printer that does not say whether it accepts jobs is taken to.
func readStatus(v values) Status {
	s := Status{
		Accepting: v.bool("printer-is-accepting-jobs", true),
		Message:   tidy(v.string("printer-state-message"), 200),
		Model:     tidy(v.string("printer-make-and-model"), 100),
	}
	if n, ok := v.int("printer-state"); ok {
		s.State = State(n)
	}
	s.Queued, _ = v.int("queued-job-count")
	s.UpTime, _ = v.int("printer-up-time")
	for _, word := range words(v, "printer-state-reasons") {
		if r, ok := parseReason(word); ok {
			s.Reasons = append(s.Reasons, r)
		}
	}
	for _, format := range words(v, "document-format-supported") {
		s.Formats = append(s.Formats, strings.ToLower(format))
	}
	s.RasterTypes = words(v, "pwg-raster-document-type-supported")
	s.MediaReady = words(v, "media-ready")
	s.Resolutions = resolutions(v.all("pwg-raster-document-resolution-supported"))
	s.Supplies = supplies(v)
	s.Sort = readSort(v)
	for _, val := range v.all("copies-supported") {
		if r, ok := val.V.(goipp.Range); ok {
			s.MaxCopies = r.Upper
		}
	}
	ops := map[goipp.Op]bool{}
	for _, val := range v.all("operations-supported") {
		if n, ok := val.V.(goipp.Integer); ok {
			ops[goipp.Op(n)] = true
		}
	}
	s.createJob = ops[goipp.OpCreateJob] && ops[goipp.OpSendDocument]
	s.validate = ops[goipp.OpValidateJob]
	return s
}

// words gives an attribute's texts, bounded.
func words(v values, name string) []string {
	var out []string
	for _, s := range v.strings(name) {
		if len(out) == maxList {
			break
		}
		out = append(out, tidy(s, maxWord))
	}
	return out
}

func resolutions(list goipp.Values) []int {
	var out []int
	for _, val := range list {
		r, ok := val.V.(goipp.Resolution)
		if !ok || r.Xres != r.Yres || len(out) == maxList {
			continue
		}
		dpi := r.Xres
		if r.Units == goipp.UnitsDpcm {
			dpi = (r.Xres*254 + 50) / 100
		}
		out = append(out, dpi)
	}
	return out
}

// supplies reads marker-levels, or else printer-supply (PWG 5100.13), whose
// values are texts such as "type=toner;maxcapacity=100;level=25;".
func supplies(v values) []Supply {
	var out []Supply
	names := words(v, "marker-names")
	for i, val := range v.all("marker-levels") {
		if n, ok := val.V.(goipp.Integer); ok && i < maxList {
			out = append(out, Supply{Name: at(names, i), Level: clampLevel(int(n))})
		}
	}
	if len(out) > 0 {
		return out
	}
	names = words(v, "printer-supply-description")
	for i, val := range v.all("printer-supply") {
		if i == maxList {
			break
		}
		raw, ok := val.V.(goipp.Binary)
		if !ok {
			continue
		}
		field := map[string]string{}
		for _, part := range strings.Split(string(raw[:min(len(raw), 1023)]), ";") {
			if k, val, ok := strings.Cut(part, "="); ok {
				field[k] = val
			}
		}
		level, err := strconv.Atoi(field["level"])
		if err != nil {
			level = -1
		}
		if full, err := strconv.Atoi(field["maxcapacity"]); err == nil && full > 0 && level > 0 {
			level = int(int64(level) * 100 / int64(full))
		}
		name := at(names, i)
		if name == "" {
			name = tidy(field["type"], maxWord)
		}
		out = append(out, Supply{Name: name, Level: clampLevel(level)})
	}
	return out
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

func clampLevel(n int) int {
	if n < -3 {
		return -1
	}
	return min(n, 100)
}
