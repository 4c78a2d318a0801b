package printer

import (
	"slices"
	"strings"
)

// Need is what a person must do. Its wording is the screen's.
type Need uint8

// The needs, the most urgent first.
const (
	NeedJam       Need = iota + 1 // 卡纸: take the jammed paper out
	NeedCover                     // 盖未关: close the cover or door
	NeedPaper                     // 缺纸: put A4 paper in, or the tray
	NeedToner                     // 缺粉: change the cartridge
	NeedOutput                    // 出纸满: take the sheets out of the tray
	NeedWaste                     // 废粉盒满: change the waste container
	NeedResume                    // 暂停: press "resume" on the printer
	NeedLine                      // the printer's own line to its engine is down: check its plugs
	NeedWait                      // it is starting, stopping, or its memory is full: it will pass
	NeedAccept                    // it takes no jobs: switch that on in its settings
	NeedService                   // it says that something is broken, and not what we know: see its display
	NeedTonerSoon                 // warning: toner is low
	NeedPaperSoon                 // warning: paper is low
	NeedWasteSoon                 // warning: the waste container is nearly full
	NeedPartSoon                  // warning: a part is near the end of its life, or something unknown
	needsEnd
)

// String gives the need's word for a log line and for JSON.
func (n Need) String() string {
	names := [...]string{NeedJam: "jam", NeedCover: "cover", NeedPaper: "paper", NeedToner: "toner", NeedOutput: "output", NeedWaste: "waste",
		NeedResume: "resume", NeedLine: "line", NeedWait: "wait", NeedAccept: "accept", NeedService: "service",
		NeedTonerSoon: "toner-soon", NeedPaperSoon: "paper-soon", NeedWasteSoon: "waste-soon", NeedPartSoon: "part-soon"}
	if n == 0 || int(n) >= len(names) {
		return "none"
	}
	return names[n]
}

// Needs lists every Need there is, so that a catalogue of words can be checked
// against it.
func Needs() []Need {
	var all []Need
	for n := Need(1); n < needsEnd; n++ {
		all = append(all, n)
	}
	return all
}

// Severity is how much a reason matters (RFC 8011 §5.4.12).
type Severity uint8

// The severities.
const (
	Report  Severity = iota + 1 // may be noted
	Warning                     // it prints; somebody should look after it soon
	Error                       // it does not print until somebody did
)

// String gives the severity's suffix.
func (s Severity) String() string {
	switch s {
	case Report:
		return "report"
	case Warning:
		return "warning"
	case Error:
		return "error"
	default:
		return "none"
	}
}

// Reason is one of printer-state-reasons.
type Reason struct {
	Keyword  string // without the suffix, e.g. media-empty
	Severity Severity
	Need     Need // 0: nothing that a person could do
}

// keywords says what a reason asks for: as an error, and as anything less.
// Registered names: IANA "IPP registrations", attribute printer-state-reasons.
var keywords = map[string]struct{ must, soon Need }{
	"media-empty": {NeedPaper, NeedPaperSoon}, "media-needed": {NeedPaper, NeedPaperSoon}, "input-tray-missing": {NeedPaper, NeedPaperSoon},
	"input-media-tray-missing": {NeedPaper, NeedPaperSoon},
	"media-low":                {NeedPaperSoon, NeedPaperSoon},
	"media-jam":                {NeedJam, NeedJam},
	"cover-open":               {NeedCover, NeedCover}, "door-open": {NeedCover, NeedCover}, "interlock-open": {NeedCover, NeedCover},
	"toner-empty": {NeedToner, NeedTonerSoon}, "marker-supply-empty": {NeedToner, NeedTonerSoon}, "developer-empty": {NeedToner, NeedTonerSoon},
	"marker-supply-missing": {NeedToner, NeedTonerSoon}, "marker-ink-empty": {NeedToner, NeedTonerSoon},
	"toner-low": {NeedTonerSoon, NeedTonerSoon}, "marker-supply-low": {NeedTonerSoon, NeedTonerSoon}, "developer-low": {NeedTonerSoon, NeedTonerSoon},
	"marker-ink-almost-empty": {NeedTonerSoon, NeedTonerSoon}, "marker-toner-almost-empty": {NeedTonerSoon, NeedTonerSoon},
	"output-tray-missing": {NeedOutput, NeedOutput},
	"output-tray-full":    {NeedOutput, NeedOutput}, "output-area-full": {NeedOutput, NeedOutput},
	"output-area-almost-full":          {0, 0},
	"marker-waste-full":                {NeedWaste, NeedWasteSoon},
	"marker-waste-almost-full":         {NeedWasteSoon, NeedWasteSoon},
	"paused":                           {NeedResume, NeedResume},
	"moving-to-paused":                 {NeedResume, NeedResume},
	"stopping":                         {NeedWait, 0},
	"stopped-partly":                   {0, 0},
	"resuming":                         {NeedWait, 0},
	"spool-area-full":                  {NeedWait, 0},
	"shutdown":                         {NeedWait, 0},
	"deactivated":                      {NeedResume, NeedResume},
	"hold-new-jobs":                    {NeedResume, NeedResume},
	"connecting-to-device":             {NeedLine, NeedLine},
	"timed-out":                        {NeedLine, NeedLine},
	"media-path-input-jam":             {NeedJam, NeedJam},
	"media-path-output-jam":            {NeedJam, NeedJam},
	"interpreter-resource-unavailable": {NeedService, 0},
}

// passing says how a paused printer's words differ: these need a person however
// mildly they are put, because nothing comes out meanwhile.
func passing(keyword string) bool {
	switch keyword {
	case "paused", "moving-to-paused", "deactivated", "hold-new-jobs", "shutdown":
		return true
	}
	return false
}

// parseReason reads one keyword. No suffix means error (RFC 8011 §5.4.12).
// A name may itself end in -error; those are known by what remains: a printer
// never says media-path-input-feed, so the suffix is taken off only once and a
// word that is a name as it stands is left alone.
func parseReason(s string) (Reason, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" || s == "none" {
		return Reason{}, false
	}
	r := Reason{Keyword: s, Severity: Error}
	for _, sev := range []Severity{Report, Warning, Error} {
		if base, ok := strings.CutSuffix(s, "-"+sev.String()); ok && base != "" && !ownError[s] {
			r.Keyword, r.Severity = base, sev
			break
		}
	}
	r.Need = r.need()
	return r, true
}

// ownError has the registered names that end in -error by themselves.
var ownError = map[string]bool{
	"media-path-input-feed-error": true, "media-path-input-roll-error": true, "media-path-output-feed-error": true,
	"media-path-media-tray-feed-error": true, "input-pick-error": true, "output-tray-feed-error": true,
	"alert-removal-of-binary-change-entry-error": true, "configuration-change-error": true, "power-error": true, "subunit-error": true,
}

func (r Reason) need() Need {
	if k, ok := keywords[r.Keyword]; ok {
		if r.Severity == Error || passing(r.Keyword) {
			return k.must
		}
		return k.soon
	}
	switch word := r.Keyword; {
	case strings.HasSuffix(word, "-feed-error"), strings.HasSuffix(word, "-jam"), strings.HasSuffix(word, "-pick-error"):
		return NeedJam
	case strings.HasSuffix(word, "-cover-open"), strings.HasSuffix(word, "-door-open"), strings.HasSuffix(word, "-interlock-open"):
		return NeedCover
	case strings.HasPrefix(word, "marker-") && strings.HasSuffix(word, "-empty"):
		return pickNeed(r.Severity, NeedToner, NeedTonerSoon)
	case strings.HasSuffix(word, "-life-almost-over"), strings.HasSuffix(word, "-near-eol"):
		return NeedPartSoon
	case r.Severity == Report:
		return 0
	default: // "other", and whatever a vendor invented
		return pickNeed(r.Severity, NeedService, NeedPartSoon)
	}
}

func pickNeed(s Severity, must, soon Need) Need {
	if s == Error {
		return must
	}
	return soon
}

// blocks says whether nothing comes out while this lasts.
func (r Reason) blocks() bool {
	switch r.Need {
	case 0, NeedTonerSoon, NeedPaperSoon, NeedWasteSoon, NeedPartSoon:
		return false
	}
	return r.Severity == Error || passing(r.Keyword)
}

// needsOf collects needs without repetition, the most urgent first.
func needsOf(reasons []Reason, keep func(Reason) bool) []Need {
	var out []Need
	for _, r := range reasons {
		if r.Need != 0 && keep(r) && !slices.Contains(out, r.Need) {
			out = append(out, r.Need)
		}
	}
	slices.Sort(out)
	return out
}
