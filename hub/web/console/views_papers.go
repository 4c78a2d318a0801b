package console

import (
	"slices"
	"time"
)

// ExamPapers is /gl/papers: the sites of a remit and what was printed for them.
type ExamPapers struct {
	Version string // of the arrangement, "" while none is published
	Shut    bool   // the window of printing is not open
	Sites   []ExamSite
	Batches []ExamBatch
	Missing int // rooms of the remit that have no site
	Held    []HeldPrint
}

// HeldPrint is a batch that waits for a person at a printer of the office.
type HeldPrint struct {
	Path, Printer string
	Why           string // phrase
}

// ExamSite is a site with rooms.
type ExamSite struct {
	ID, Code, Name, Address, Area string
	Rooms, People                 int
	First, Last                   int // rooms, as they are numbered
	Batches                       int
	Behind                        string // rooms with seats that were given after their papers were printed
}

// SitePapers is /gl/sitepapers/{site}: what is to be printed for one site.
type SitePapers struct {
	ExamSite
	Version string
	Shut    bool
	Papers  []ExamPaper
	Batches []ExamBatch
	Reason  string
	Error   string
	Again   bool // what was asked for was printed before: a reason is asked for
}

// ExamPaper is a kind of paper.
type ExamPaper struct {
	Key, Name, For string // For: a phrase
	Copies         int
	On             bool
	Sample         string // path
}

// ExamBatch is /gl/batches/{batch}.
type ExamBatch struct {
	ID, Name, Site, Path string
	SitePath             string
	Rooms, Papers        string
	Copy                 int
	Reason, By           string
	At, Ends             time.Time
	State                State
	Fault                string // phrase
	Total, Done          int
	Pages                int
	Size                 int64
	Template, Version    string
	Parts                []ExamPart
	Sum                  ExamPart
	Moving, MayFetch     bool
	Late                 string // rooms of it in which seats were given since
	Error                string

	Printing State // of its newest print; the zero State if there is none
	Prints   []ExamPrint
	Printers []Option // of the office
	MayPrint bool     // something of it is not on paper and can be sent
	Rest     bool     // … and something is
	AllOut   bool     // all of it is on paper
}

// AtPrinter reports whether it is on its way to one, or waits for a person's word: that
// stands first.
func (b ExamBatch) AtPrinter() bool {
	return slices.ContainsFunc(b.Prints, func(p ExamPrint) bool { return p.Open || p.Unsure })
}

// ExamPrint is a batch on its way to a printer.
type ExamPrint struct {
	Path, Printer, By string
	At, Ended         time.Time
	State             State
	Open, Stopping    bool
	Why               string // phrase; that with ".do" says what a person does
	Out, Pages        int
	MayResume         bool
	Unsure            bool // a part waits for a person's word
	Parts             []ExamPrintPart
}

// Share is how much of it is on paper, in per cent.
func (p ExamPrint) Share() int {
	if p.Pages <= 0 {
		return 0
	}
	return min(100, p.Out*100/p.Pages)
}

// ExamPrintPart is a part of it, a job of the printer.
type ExamPrintPart struct {
	N          int
	Name       string
	Pages, Out int
	State      State
	Unsure     bool // the page asks what became of it
}

// Share is how much of it is made, in per cent.
func (b ExamBatch) Share() int {
	if b.Total <= 0 {
		return 0
	}
	return min(100, b.Done*100/b.Total)
}

// Bytes is its size for the phrase of sizes.
func (b ExamBatch) Bytes() uint64 { return uint64(max(0, b.Size)) }

// ExamPart is a kind of paper of a batch that was made.
type ExamPart struct {
	Key, Name     string
	Things, Pages int
}
