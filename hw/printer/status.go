package printer

import (
	"slices"
)

// State is RFC 8011's printer-state.
type State int

// The printer states (RFC 8011 §5.4.11).
const (
	Idle       State = 3
	Processing State = 4
	Stopped    State = 5
)

// String gives the state's keyword.
func (s State) String() string {
	switch s {
	case Idle:
		return "idle"
	case Processing:
		return "processing"
	case Stopped:
		return "stopped"
	default:
		return "unknown"
	}
}

// Status is what a printer said of itself. Texts are the printer's own, with
// control characters replaced and length bounded.
type Status struct {
	State       State
	Accepting   bool // it takes jobs
	Reasons     []Reason
	Message     string // printer-state-message
	Model       string
	Queued      int // jobs it has
	UpTime      int // seconds since it started
	Formats     []string
	RasterTypes []string // pwg-raster-document-type-supported
	Resolutions []int    // for PWG raster, dpi, square ones only
	MediaReady  []string
	Supplies    []Supply
	MaxCopies   int // 0: not said
	Sort        Sort

	createJob bool // Create-Job and Send-Document are there
	validate  bool
}

// Supply is one consumable.
type Supply struct {
	Name  string
	Level int // percent; -1 unknown, -3 some left
}

// Needs lists what a person must do before anything comes out, the most urgent
// first. Empty means: it would print.
func (s Status) Needs() []Need {
	out := needsOf(s.Reasons, Reason.blocks)
	if len(out) == 0 && s.State == Stopped {
		// Stopped, and only mild words for it, or none.
		if out = s.suspects(); len(out) == 0 {
			out = []Need{NeedService}
		}
	}
	if !s.Accepting && len(out) == 0 {
		out = []Need{NeedAccept}
	}
	return out
}

// Warnings lists what somebody should look after soon.
func (s Status) Warnings() []Need {
	must := s.Needs()
	worse := map[Need]Need{NeedTonerSoon: NeedToner, NeedPaperSoon: NeedPaper, NeedWasteSoon: NeedWaste}
	return needsOf(s.Reasons, func(r Reason) bool { return !slices.Contains(must, r.Need) && !slices.Contains(must, worse[r.Need]) })
}

// suspects lists what a person should look at when a job stands still and the
// printer admits to nothing worse than a warning: some put no paper so mildly.
func (s Status) suspects() []Need {
	var hard []Reason
	for _, r := range s.Reasons {
		r.Severity = Error
		r.Need = r.need()
		if r.blocks() {
			hard = append(hard, r)
		}
	}
	return needsOf(hard, func(r Reason) bool { return r.Need != NeedService })
}
