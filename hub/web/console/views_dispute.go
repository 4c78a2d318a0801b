package console

import "time"

// Dispute is /gl/disputes/{id}: what waits for a county's decision, all of it
// side by side.
type Dispute struct {
	ID           string // of the record by which the page was opened
	Name, Number string // number masked
	Application  string
	Seen         string // names the case as this page shows it
	Sides        []DisputeSide
	Hidden       []string // points of sides outside the remit
	Rows         DisputeTable
	Same         DisputeTable // in which nothing differs
	Web          DisputeWeb
	Apart        bool           // the number is registered for somebody else
	Holder       *DisputeHolder // that person; nil outside the remit, or where nobody is
	Office       string         // which decides
	Act          string         // as the campaign's table names it
	Refuse       string         // phrase: why she may not decide, "" if she may
	Second       string         // "" where one person is enough, else "ask", "waiting" or "agreed"
	Options      []DisputeOption
	Keep         string // chosen when the page comes back
	Why          string
	Error        string // phrase
	Rulings      []DisputeRuling
}

// DisputeSide is one record.
type DisputeSide struct {
	Mark     string // 甲, 乙 …: the name of its column
	ID       string
	State    State
	Why      string // text
	Point    string
	Box      string
	Unit     int
	SealNo   string
	Sealed   time.Time
	Received time.Time
	From     uint32 // version it was made from
	Chip     []Fact
	Photo    *Photo
	Hand     Signature
	Doubts   []Check // checks that did not pass
	Passed   int
}

// DisputeWeb is what stands at the portal.
type DisputeWeb struct {
	Version uint32
	At      time.Time
	Point   string
	Box     bool // it is itself what somebody signed at a box
}

// DisputeHolder is who is registered under a number that a clerk typed for somebody
// else.
type DisputeHolder struct {
	ID           string
	Name, Number string // number masked
	Birth        string
	Point        string
	State        State
	Version      uint32
	At           time.Time
	Box          bool         // she was entered at a point
	Chip         bool         // of Signed: her chip told the number
	Signed       *DisputeSide // what she signed; nil if she is not confirmed, or outside the remit
}

// DisputeTable has a column for what stands at the portal and one for each side.
type DisputeTable struct {
	Heads []string // text
	Rows  []DisputeRow
}

// DisputeRow is one thing in every column.
type DisputeRow struct {
	Label string
	Cells []DisputeCell
}

// DisputeCell is one of them. Differs marks what is not as in the first column.
type DisputeCell struct {
	Text    string
	Differs bool
}

// DisputeOption is one way to decide, with what follows. Texts.
type DisputeOption struct {
	Value, Text string
	Follows     []string
}

// DisputeRuling is a decision that was made.
type DisputeRuling struct {
	At         time.Time
	By, Office string
	Kept       string // text
	Reason     string
	Path       string // of the case
}

// all are the sides, and what the holder of the number signed.
func (d Dispute) all() []DisputeSide {
	if d.Holder == nil || d.Holder.Signed == nil {
		return d.Sides
	}
	return append(d.Sides[:len(d.Sides):len(d.Sides)], *d.Holder.Signed)
}

// Alone reports whether one record waits by itself, for a reason of its own.
func (d Dispute) Alone() bool { return len(d.Sides) == 1 && len(d.Hidden) == 0 && !d.Apart }

// Pictured reports whether the page holds a picture.
func (d Dispute) Pictured() bool {
	for _, s := range d.all() {
		if s.Photo != nil && len(s.Photo.JPEG) > 0 {
			return true
		}
	}
	return false
}
