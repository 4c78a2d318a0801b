package console

import "time"

// Payments is /gl/payments: the orders of a remit.
type Payments struct {
	Rows     []OrderRow
	Pages    Pages
	Total    int // that the filter lets through
	Filter   OrderFilter
	Points   []Option
	Channels []Option
	Figures  []OrderFigure
	Suspense int64  // how many movements of the remit lie in suspense
	Error    string // phrase: why nothing was found by a number
	Typed    string // that was looked for
	Links    OrderLinks
}

// OrderLinks are the other pages of money that somebody may go to.
type OrderLinks struct{ Cash, Deposits, Transfers, Refunds, Ledger bool }

// OrderFilter is what the list was cut to.
type OrderFilter struct{ State, Channel, Standing, Day, Point string }

// Any reports whether the list is cut at all.
func (f OrderFilter) Any() bool { return f != OrderFilter{} }

// OrderFigure is how many orders stand so, and of how much together.
type OrderFigure struct {
	State State
	Path  string // the list of these
	N     int64
	Fen   int64
}

// OrderRow is one order in a list. It names no person.
type OrderRow struct {
	Number               string
	Fen                  int64
	State                State
	Point                string
	Channel              string // phrase: by which it was paid, "" if by none
	Opened, Due, Settled time.Time
	Overdue              bool // it is open, and its end has passed: the channels are asked before it is closed
}

// Order is /gl/payments/{number}.
type Order struct {
	OrderRow
	Application string // shortened
	Path        string // of the candidate
	Level       string
	Cause       string // phrase
	Record      string // path of the confirmation, "" if none has come
	Line        []Step
	Movements   []Movement
	Attempts    []Attempt
	Journal     []Entry
	Cash        string     // path where it is paid in cash, "" where it is not
	NotYet      bool       // nothing moved
	More        *OrderMore // nil where it gets no more time, or she gives none
	Error       string     // phrase: why what was tried just now was not done
	Conflicts   []OrderConflict
	Exemptions  []string         // that she claims, where the fee may be waived for them
	Waive       *ActOfTwo        // nil where the fee cannot be waived, or she does not
	Difference  *OrderDifference // nil where her fee is what was paid
}

// ActOfTwo is an act that takes two persons where the campaign's table says so, on the
// page of its thing.
type ActOfTwo struct {
	Token  string // of the form
	Post   string
	Why    string // phrases: what is asked for as the reason, how to write it, and what the button says
	Hint   string
	Go     string
	ByTwo  bool
	How    string // "" where one is enough, else "ask", "waiting" or "agreed"
	Said   string
	Refuse string // phrase: why she cannot
}

// OrderDifference says that an order is paid and her fee is another by now.
type OrderDifference struct {
	Was, Now   string // levels
	Paid, Asks int64
	Noticed    time.Time
	Back       string    // path of what paid it, where it is given back
	Act        *ActOfTwo // by which it is let be, nil where that is not hers
	Settled    time.Time // zero: it is to be settled
	By, Second string
	Why        string
}

// More is what is short, fen; less than nothing where too much was paid.
func (d OrderDifference) More() int64 { return d.Asks - d.Paid }

// Differences is /gl/differences: those that are to be settled.
type Differences struct {
	Rows  []DifferenceRow
	Pages Pages
	Total int
}

// DifferenceRow is one of them.
type DifferenceRow struct {
	Number, Point string
	Was, Now      string // levels
	Paid, Asks    int64
	Noticed       time.Time
}

// More is what is short, fen.
func (d DifferenceRow) More() int64 { return d.Asks - d.Paid }

// OrderMore is how one person gets more time to pay.
type OrderMore struct {
	Post  string
	ByTwo bool
	How   string    // "", or of the second person's word: "waiting" or "agreed"
	Until time.Time // what was asked for then
	Due   string    // as a form has it
	Code  string
	Said  string
	Error string // phrase
	Codes []Option
}

// OrderConflict is a channel's word that says something else of a movement than what
// was booked of it. Nothing was booked by it.
type OrderConflict struct {
	Channel string // phrase
	Number  string
	Order   string // as its channel says it
	Refund  bool
	Fen     int64
	Heard   time.Time
	Path    string // where it is settled, "" for who does not
}

// Contradiction is /gl/contradictions/{id}: what was booked of a movement beside what
// its channel says of it by now.
type Contradiction struct {
	OrderConflict
	Said       ChannelWord
	Booked     *ChannelWord // nil: nothing of it was ever booked
	Movement   string       // path of what was booked
	ToOrder    string       // path of the order that the later word names, "" if there is none
	Post       string
	How        string // "ask", "waiting" or "agreed"
	Refuse     string // phrase: why she cannot settle it
	Typed      string
	Error      string // phrase
	Settled    time.Time
	By, Second string
	Why        string
}

// ChannelWord is what a channel said of a movement.
type ChannelWord struct {
	Order, Number, Of string
	Fen               int64
	At                time.Time
	Source            string // phrase
}

// Attempt is one way to pay that was asked of a channel.
type Attempt struct {
	Channel, Way string // phrases
	Number       string
	Fen          int64
	Asked, Until time.Time
	Said         time.Time // when the channel last answered about it
	Tries        int
	Away         int // so many questions in a row got no answer
	State        State
}

// Movement is what a channel says moved, and what was decided about it.
type Movement struct {
	ID           string
	Path         string // of its own page
	Channel      string // phrase
	Number       string
	Of           string // of a refund: the payment's number
	Refund       bool
	Fen          int64
	At, Booked   time.Time
	Source       string // phrase
	By           string // clerk
	Standing     State
	Lies         State
	Order        string // as its channel says it
	Owner        string // its order, "" if it is nobody's
	Found        bool   // that was found out later
	Point        string
	Remedy       string // phrase: what is proposed
	Entries      []MovementEntry
	Refunding    *Refunding
	OrderState   *State // of the order that it belongs to
	OrderFen     int64
	DifferentFen bool
}

// MovementEntry is one line of its entries.
type MovementEntry struct {
	Key        string // phrase
	At         time.Time
	By, Second string
	Why        string
	Postings   []MovementPosting
}

// MovementPosting is one side of an entry.
type MovementPosting struct {
	Fund string // phrase
	Name string // of a channel, phrase, "" for other funds
	Fen  int64  // debits positive
}

// Refunding is how a refund stands that was asked of a channel.
type Refunding struct {
	Number string // ours
	State  State
	Note   string // phrase: what to do now
	Code   string // the channel's, when it said no
	Asked  time.Time
	Next   time.Time // when it is asked again
	Tries  int
	ByHand bool // it is paid out here, by a person
	Serial bool // … and the bank's serial is asked for
	MayPay bool
	MayAsk bool // no word came for ten days: she may have it asked for again
}

// MovementCase is /gl/movements/{id}.
type MovementCase struct {
	Movement
	Steps    []MovementStep
	Paid     string // path of the payment that a refund gave back, "" if it was never booked
	PaidFen  int64
	Part     bool   // the refund gives a part of it back
	Seeks    bool   // its owner has to be found
	MayOwn   bool   // she may attach it
	Refuse   string // phrase: why she may decide nothing
	Reasons  []Option
	Step     string // chosen when the page comes back
	Code     string
	Said     string
	Typed    string // order number that was typed
	Error    string // phrase
	OwnError string
	Journal  []Entry
}

// Asks reports whether there is a step that she may ask for now.
func (m MovementCase) Asks() bool {
	for _, s := range m.Steps {
		if s.How == "ask" || s.How == "alone" {
			return true
		}
	}
	return false
}

// Waiting reports whether a step waits for another person.
func (m MovementCase) Waiting() bool {
	for _, s := range m.Steps {
		if s.How == "waiting" {
			return true
		}
	}
	return false
}

// Agreed is the step that another has agreed to, "" if none.
func (m MovementCase) Agreed() string {
	for _, s := range m.Steps {
		if s.How == "agreed" {
			return s.Step
		}
	}
	return ""
}

// MovementStep is what may be decided about it.
type MovementStep struct {
	Step     string // payment.Step
	Proposed bool
	How      string // "alone", "ask", "waiting", "agreed", or "" when she may not
	Refuse   string // phrase: why not
}

// Suspense is /gl/suspense and /gl/refunds: money that waits for a decision, or is on
// its way back.
type Suspense struct {
	Rows      []Movement
	Total     int64
	Fen       int64
	Pages     Pages
	Refunds   bool // it is the list of refunds
	Filter    string
	Standings []Option
	Conflicts []OrderConflict // that nobody has settled; of the province
}

// Cash is /gl/cash: cash over the counter of one point.
type Cash struct {
	Off       bool // the campaign takes no cash
	Online    bool // it is paid by telephone too
	Slips     bool // sheets bear a slip that can be scanned
	Refuse    string
	Point     string
	PointName string
	Points    []CashPoint // of a county: to choose from
	Day       string
	Booked    int64
	BookedN   int64
	Carried   int64
	Counts    []CashCount
	Waiting   *CashCount // counted, not signed
	Signed    *CashCount
	MaySign   bool
	Typed     string // what was looked for
	Searched  bool
	More      bool
	Found     []Applicant
	FindError string
	Counted   string // typed
	Why       string
	Error     string // phrase
	Today     bool
}

// Deposits is /gl/deposits: cash on its way to the bank, of one point or of all in a remit.
type Deposits struct {
	Off, Reads             bool // the campaign takes no cash; who looks takes none
	Refuse                 string
	Point, PointName       string // "" of all
	Due                    []DepositDue
	DueFen                 int64
	Rows                   []Deposit
	Serial, Yuan, Day, Why string // typed
	Typed                  map[string]bool
	Until                  string
	Error, RowID, RowError string // phrases, and the slip that the second is about
}

// DepositDue is a signed day whose cash stands on no slip; Old is how many days ago it was.
type DepositDue struct {
	Day, Point, PointName string
	Fen                   int64
	Old                   int
	On                    bool // ticked
}

// Deposit is a slip. What it says is not shown to who has to read it again.
type Deposit struct {
	ID, Serial, Point, Day string
	Days                   []string
	Fen, Counted, Diff     int64
	Hidden, Waiting, Mine  bool
	State                  State
	By, Second, Why, Said  string
	At, SecondAt           time.Time
}

// CashPoint is one point of a county.
type CashPoint struct {
	Code, Name string
	Booked, N  int64
	State      State
}

// CashCount is one count.
type CashCount struct {
	ID                              string
	Day                             string
	Counted, Booked, Diff, Carried  int64
	Carries                         int64
	Why, By, Second                 string
	At, SecondAt                    time.Time
	Replaced, Signed, Mine, Changed bool // counted again since; signed; counted by who looks; booked since
}

// CashCase is /gl/cash/{application}: one candidate at the counter.
type CashCase struct {
	ID, Name, Number string
	Point            string
	Level            string
	Off              bool
	Refuse           string
	Order            *OrderRow
	Fen              int64 // that is asked for
	NoFee            bool
	Papers           bool // the order is opened here, when her papers are handed in
	Closed           bool // the cash of today is signed
	Online           bool // it is paid by telephone too
	Receipts         []CashReceipt
	Error            string // phrase
}

// CashReceipt is a payment in cash of hers.
type CashReceipt struct {
	Path   string // of the paper
	Case   string // of the movement
	Number string
	Fen    int64
	At     time.Time
	By     string
	Lies   State
	Stands bool
}

// Transfers is /gl/transfers.
type Transfers struct {
	Off                      bool
	Rows                     []BankTransfer
	Serial, Yuan, Day, Order string // typed
	Error                    string // phrase
	RowError                 string // phrase, of RowID
	RowID                    string
	Until                    string // the last day that can be entered
}

// BankTransfer is one of them. Its amount is not shown to who has to read it again.
type BankTransfer struct {
	ID, Serial, Order string
	Fen               int64
	Hidden            bool
	Day               time.Time
	State             State
	Waiting, Mine     bool
	By, Second        string
	At, SecondAt      time.Time
	Why               string
}

// Ledger is /gl/ledger: the books of one channel over one day.
type Ledger struct {
	Channel       string
	Name          string // phrase
	Channels      []Option
	Day           string
	Before, After string // paths of the days beside it, "" for none
	Funds         []LedgerFund
	Booked        int64
	Posted        int64
	Reverted      int64
	Uneven        int64
	OffFunds      int64
	OffMoved      int64
	Balanced      bool
	Rows          []LedgerRow
	Pages         Pages
}

// LedgerFund is one fund.
type LedgerFund struct {
	Fund, Name      string // phrases
	Opening, Change int64
	Closing         int64
}

// LedgerRow is one entry of the day.
type LedgerRow struct {
	At       time.Time
	Number   string
	Path     string
	Order    string
	Key      string // phrase
	By       string
	Postings []MovementPosting
}
