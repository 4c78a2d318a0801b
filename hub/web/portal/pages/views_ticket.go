package pages

// Ticket is /ks/ticket: the admission ticket before, in and after the days in which it
// is printed (demands A52, A60). All in words already.
type Ticket struct {
	Head, Lead string
	Notices    []StatusNotice
	Print      string // words of the button that prints; "" while nothing can be printed
	Save       string
	Hint       string // what a copy is
	Paper      *TicketPaper
	Rules      []TicketRule
	Help, Text string // who prints for whom has no printer; "" after the end
	Path, Go   string // where to go on; "" leads nowhere
	Trail      string // page that tells where the seat came from; "" without a proof
	Back       string
}

// TicketPaper is what stands on the ticket.
type TicketPaper struct {
	Title   string
	Who     []Fact
	Picture string // path; "" where none was taken
	Where   []Fact // site, room, seat
	Days    []TicketDay
	Address string
	Note    string
}

// TicketDay is one paper that she writes.
type TicketDay struct{ Day, Time, Subject string }

// TicketRule is one rule of the day; Must is what is not allowed.
type TicketRule struct {
	Must bool
	Text string
}

// Arranged is /ks/arrangement: how seats are drawn, with all that anybody needs to
// compute them again (demand A49). All in words already.
type Arranged struct {
	Head, Lead string
	Steps      []string
	Versions   []ArrangedVersion
	None       string // said where there is no version yet
	Check      []string
}

// ArrangedVersion is one run.
type ArrangedVersion struct {
	Name, Badge, Tint string
	Texts             []string
	Facts             []Fact // Number: a hash
	Shares            []ArrangedShare
	Bundle            string // path of the file; "" while there is none
	BundleText        string
}

// ArrangedShare is what one office adds to the seed.
type ArrangedShare struct {
	Office         string
	Sealed, Opened string // hashes, or what is missing in words
	When           string
}

// Trail is /ks/t: where a seat came from, and whether a ticket's code is right. All in
// words already.
type Trail struct {
	Head, Lead string
	Tint       string // of the verdict; "" for none
	Badge      string
	Said, More string
	Facts      []Fact
	Steps      []string // how it came about
	Leaf       string   // text of the leaf
	Climb      []TrailStep
	Roots      []Fact
	Own        []string // how to check it oneself
	Fault      string   // of what was typed
	Form       bool
}

// TrailStep is one node on the way up.
type TrailStep struct {
	What       string
	Left       string // hexadecimal
	Right      string
	Out        string
	FromParent bool // begins with the room's leaf
}
