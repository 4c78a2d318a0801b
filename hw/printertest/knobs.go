package printertest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The formats a printer can be made to take.
const (
	Both   = "" // PDF and PWG raster
	Raster = "raster"
	PDF    = "pdf"
	None   = "none" // only a language of its own, like a cheap domestic one
)

// The ways an answer can be spoilt.
const (
	Noise     = "noise"     // bytes that are no IPP
	Truncated = "truncated" // the answer stops in the middle
	Version   = "version"   // IPP/7.0
	OtherID   = "id"        // the answer to another request
	Million   = "million"   // a million values
	Deep      = "deep"      // collections in collections in collections
	HTML      = "html"      // a web page with status 200, as a captive portal sends
	Redirect  = "redirect"  // 302 to elsewhere
	Continue  = "continue"  // 100 Continue for ever
	Dribble   = "dribble"   // a byte every 300 ms
	Hang      = "hang"      // the headers, and no body
	Silent    = "silent"    // nothing at all
	Empty     = "empty"     // status 200, no body
	Password  = "password"  // 401
	Upgrade   = "upgrade"   // 426: it wants TLS
	Broken    = "broken"    // 500
	Huge      = "huge"      // 8 MiB of attributes
	Reset     = "reset"     // the connection is reset instead of an answer
	Later     = "later"     // server-error-busy
)

var garbages = []string{"", Noise, Truncated, Version, OtherID, Million, Deep, HTML, Redirect, Continue, Dribble, Hang, Silent, Empty,
	Password, Upgrade, Broken, Huge, Reset, Later}

var onlies = []string{"", "Get-Printer-Attributes", "Validate-Job", "Create-Job", "Send-Document", "Print-Job", "Get-Job-Attributes", "Cancel-Job"}

// Knobs are the ways to be another printer, or to fail. The zero Knobs is a
// healthy printer that takes PDF and PWG raster.
type Knobs struct {
	// What a person can see and mend. A job under way stops, and goes on when it
	// is mended.
	NoPaper    bool `json:"no_paper,omitempty"`
	Jam        bool `json:"jam,omitempty"`
	Cover      bool `json:"cover,omitempty"`
	TonerEmpty bool `json:"toner_empty,omitempty"`
	OutputFull bool `json:"output_full,omitempty"`
	Paused     bool `json:"paused,omitempty"`
	Stopped    bool `json:"stopped,omitempty"` // stopped, and it does not say why
	// What it warns of and prints on.
	TonerLow bool `json:"toner_low,omitempty"`
	PaperLow bool `json:"paper_low,omitempty"`
	// Reason is added to printer-state-reasons as it stands.
	Reason string `json:"reason,omitempty"`
	// Suffix of the reasons above: "" is error, "none" leaves it off.
	Suffix string `json:"suffix,omitempty"`
	// Refusing: it takes no jobs.
	Refusing bool `json:"refusing,omitempty"`

	// What sort of printer it is.
	Format   string `json:"format,omitempty"`    // one of the words above
	Types    string `json:"types,omitempty"`     // raster types, by commas; "" is sgray_8,black_1
	DPI      string `json:"dpi,omitempty"`       // raster resolutions, by commas; "" is 300,600
	NoCreate bool   `json:"no_create,omitempty"` // it knows Print-Job only
	Length   bool   `json:"length,omitempty"`    // it takes no chunked body
	OldIPP   bool   `json:"old_ipp,omitempty"`   // IPP/1.1 only
	Wide     bool   `json:"wide,omitempty"`      // it takes A3
	Colour   bool   `json:"colour,omitempty"`    // it prints in colour
	Ink      bool   `json:"ink,omitempty"`       // it prints with ink; else with toner
	PPM      int    `json:"ppm,omitempty"`       // pages a minute; 0: it does not say
	Terse    bool   `json:"terse,omitempty"`     // it says neither paper sizes nor colour nor what it prints with

	// What becomes of jobs.
	Busy     int  `json:"busy,omitempty"`     // so many jobs from now are refused with server-error-busy; -1 all
	Abort    bool `json:"abort,omitempty"`    // jobs are aborted by the system
	Errors   bool `json:"errors,omitempty"`   // they complete with errors
	Warnings bool `json:"warnings,omitempty"` // they complete with warnings
	Mute     bool `json:"mute,omitempty"`     // they complete, and it does not say how
	Stuck    bool `json:"stuck,omitempty"`    // they never leave processing, not even cancelled
	Forget   bool `json:"forget,omitempty"`   // it forgets a job as soon as it has it
	Reuse    bool `json:"reuse,omitempty"`    // after taking a job it speaks of another under the same number
	PageMS   int  `json:"page_ms,omitempty"`  // time of a page; 0 is 800, -1 none

	// What becomes of the line.
	Garbage string `json:"garbage,omitempty"`  // one of the words above
	Only    string `json:"only,omitempty"`     // limits garbage to one operation, e.g. "Get-Job-Attributes"
	Times   int    `json:"times,omitempty"`    // and to so many answers from now; 0 is for good
	SlowMS  int    `json:"slow_ms,omitempty"`  // every answer so late
	CutAt   int    `json:"cut_at,omitempty"`   // the connection is reset after so many bytes of a document
	StallAt int    `json:"stall_at,omitempty"` // nothing more is read of a document after so many bytes
	// LoseMid takes the printer off the line when the next job is on its way to
	// the paper; it clears itself. The printer prints on.
	LoseMid bool `json:"lose_mid,omitempty"`
}

// Quick is Knobs of a printer that takes no time for a page, for tests that are
// about something else.
func Quick() Knobs { return Knobs{PageMS: -1} }

// Check refuses values that mean nothing.
func (k Knobs) Check() error {
	switch {
	case !slices.Contains(garbages, k.Garbage):
		return fmt.Errorf("printertest: garbage must be one of %s", strings.Join(garbages[1:], ", "))
	case !slices.Contains([]string{Both, Raster, PDF, None}, k.Format):
		return fmt.Errorf("printertest: format must be empty, raster, pdf or none")
	case !slices.Contains([]string{"", "none", "error", "warning", "report"}, k.Suffix):
		return fmt.Errorf("printertest: suffix must be empty, none, error, warning or report")
	case !slices.Contains(onlies, k.Only):
		return fmt.Errorf("printertest: only must be one of %s", strings.Join(onlies[1:], ", "))
	case len(k.Reason) > 100 || len(k.Types) > 200:
		return fmt.Errorf("printertest: a text is too long")
	}
	for _, s := range split(k.DPI) {
		if n, err := strconv.Atoi(s); err != nil || n < 1 || n > 10_000 {
			return fmt.Errorf("printertest: dpi must be numbers with commas between")
		}
	}
	for what, n := range map[string]int{"busy": k.Busy + 1, "page_ms": k.PageMS + 1, "times": k.Times, "slow_ms": k.SlowMS, "ppm": k.PPM, "cut_at": k.CutAt, "stall_at": k.StallAt} {
		if n < 0 || n > 100_000_000 {
			return fmt.Errorf("printertest: %s out of range", what)
		}
	}
	return nil
}

func split(s string) []string {
	var out []string
	for _, part := range strings.Split(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func (k Knobs) types() []string {
	if k.Types == "" {
		return []string{"black_1", "sgray_8"}
	}
	return split(k.Types)
}

func (k Knobs) dpis() []int {
	if k.DPI == "" {
		return []int{300, 600}
	}
	var out []int
	for _, s := range split(k.DPI) {
		n, _ := strconv.Atoi(s) // Check has seen to it
		out = append(out, n)
	}
	return out
}

func (k Knobs) formats() []string {
	switch k.Format {
	case Raster:
		return []string{"application/octet-stream", formatRaster}
	case PDF:
		return []string{"application/octet-stream", formatPDF}
	case None:
		return []string{"application/octet-stream", "application/vnd.hp-PCL"}
	default:
		return []string{"application/octet-stream", formatPDF, formatRaster}
	}
}

const (
	formatPDF    = "application/pdf"
	formatRaster = "image/pwg-raster"
)

// reasons is printer-state-reasons.
func (k Knobs) reasons() []string {
	suffix := "-error"
	switch k.Suffix {
	case "none":
		suffix = ""
	case "error", "warning", "report":
		suffix = "-" + k.Suffix
	}
	var out []string
	add := func(on bool, word string) {
		if on {
			out = append(out, word)
		}
	}
	add(k.NoPaper, "media-empty"+suffix)
	add(k.Jam, "media-jam"+suffix)
	add(k.Cover, "cover-open"+suffix)
	add(k.TonerEmpty, "toner-empty"+suffix)
	add(k.OutputFull, "output-area-full"+suffix)
	add(k.Paused, "paused")
	add(k.TonerLow, "toner-low-warning")
	add(k.PaperLow, "media-low-report")
	add(k.Reason != "", k.Reason)
	if len(out) == 0 {
		return []string{"none"}
	}
	return out
}

// holds says whether nothing can come out.
func (k Knobs) holds() bool {
	return k.NoPaper || k.Jam || k.Cover || k.TonerEmpty || k.OutputFull || k.Paused || k.Stopped
}

// page is how long a page takes.
func (k Knobs) page() time.Duration {
	switch {
	case k.PageMS < 0:
		return 0
	case k.PageMS == 0:
		return 800 * time.Millisecond
	}
	return time.Duration(k.PageMS) * time.Millisecond
}
