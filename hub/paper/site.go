package paper

import (
	"time"

	"zhunkao/protocol/sheet"
)

// SiteHead is what the papers of a site (考点) or of an area (考区) have in common.
type SiteHead struct {
	Campaign string // long name
	Office   string // who prints
	Area     string // code
	AreaName string
	Site     string // "" on a paper of a whole area
	Address  string
	Version  string // of the arrangement, as people call it; "" is not told
	For      string // whose copy it is; "" is the site's
	Copy     int    // from 2 on it is told
	Printed  time.Time
	Marks    []sheet.Mark
}

// Summary is paper 11 (考点汇总表, 考区汇总表; domain §1.11): what the head of a site and
// the store look for is how many bags each sitting needs of each subject. Without Site
// in its head it is that of the area, and has a row for each site.
type Summary struct {
	SiteHead
	Sittings []SummarySitting
	Rooms    []SummaryRoom // by room; of an area, those of one site together
}

// SummarySitting is a sitting and its papers.
type SummarySitting struct {
	Number   int
	From, To time.Time
	Papers   []SummaryPaper
}

// SummaryPaper is one paper of a sitting: a language, or a subject of a mixed room, is
// one of its own.
type SummaryPaper struct {
	Subject  string
	Rooms    int
	Expected int
	Bags     int
	Spare    int // bags that no room has
}

// SummaryRoom is a room (考室).
type SummaryRoom struct {
	Site     string
	Room     string
	Level    string
	Category string // of a mixed room: 混合 and its categories
	Numbers  string // of the tickets, from and to
	Expected int
	Sittings []int // expected at each of the sittings, in their order; 0: there is none
}

// Allocation is the table of which rooms are at which site (考室分配表, demand A50).
type Allocation struct {
	SiteHead
	Sites []AllocationSite
	State string // "县级提出", "省级备案"; "" is not told
}

// AllocationSite is a site of the table.
type AllocationSite struct {
	Name, Address, Contact, Phone string
	Has                           int // rooms that it has
	Runs                          []AllocationRun
}

// AllocationRun is a run of rooms without a gap.
type AllocationRun struct {
	First, Last string
	Rooms       int
	Expected    int
	Groups      string // levels and categories
}

// Handover is the register of what is handed out and comes back at a site for one
// sitting (领卷回收登记表): a line for each bag, two signatures on each.
type Handover struct {
	SiteHead
	Number   int // of the sitting
	From, To time.Time
	Bags     []HandoverBag
	Spares   []SummaryPaper // of them Subject and Spare
}

// HandoverBag is a bag of question papers and the one of answer sheets beside it.
type HandoverBag struct {
	Room     string
	Subject  string
	Expected int
}

// Violation is the form on which one person's breach is put down (违纪作弊登记表); what is
// not known yet is written by hand.
type Violation struct {
	SiteHead
	Number   int // of the sitting; 0 is written by hand
	From, To time.Time
	Blanks   int // how many sheets, at least one
}

// Cover is the first sheet of a printed batch: what lies below, in binding order, with
// counts that add up.
type Cover struct {
	SiteHead
	Batch    string
	Rooms    int
	Expected int
	Parts    []CoverPart
}

// CoverPart is one kind of paper of a batch.
type CoverPart struct {
	Paper  string // "04 考场座次表"
	Of     string // what it is one of for: "46 个考室", "4 场"
	Things int    // documents, copies counted
	Pages  int
	Note   string // "甲、乙各一份"
}

// Pages is how many pages lie below the cover.
func (c Cover) Pages() (n int) {
	for _, p := range c.Parts {
		n += p.Pages
	}
	return n
}
