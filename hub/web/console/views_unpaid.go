package console

import "time"

// Unpaid is /gl/unpaid: the lists of a remit in numbers, or the list of one point.
type Unpaid struct {
	Point    string // code of the one point, "" for the whole remit
	Place    string
	Totals   []UnpaidTotal
	Sum      UnpaidTotal
	Reasons  []UnpaidReason
	Rows     []UnpaidRow
	Pages    Pages
	Show     string
	Shows    []Option
	Round    *UnpaidRound // the last, nil if nobody asked yet
	Signed   *UnpaidSigned
	Seen     string // hash of the list as it is shown
	Open     int    // people who are not checked
	CheckEnd time.Time
	MayWrite bool
	MaySign  bool
	MayUndo  bool
	Error    string
}

// UnpaidTotal is a list in numbers.
type UnpaidTotal struct {
	Point, Place                                    string
	People, ToAsk, Reached, ToFind, Signed, Pending int
	Fen                                             int64
	SignedAt                                        time.Time
}

// UnpaidReason is how many have a reason.
type UnpaidReason struct {
	Text string
	N    int
}

// UnpaidRow is one person of a list.
type UnpaidRow struct {
	Order       string
	Name        string
	Number      string // masked
	Phone       string
	Fen         int64
	Due         time.Time
	Closed      bool
	ConfirmedAt time.Time
	Asked       State
	AskedAt     time.Time
	Contacts    int
	LastContact time.Time
	Reason      string // with its code, "" = none yet
	Signed      bool
}

// UnpaidRound is the channels being asked about a list.
type UnpaidRound struct {
	At, Ended                 time.Time
	Total, Done, Paid, Failed int
	By                        string
}

// UnpaidSigned is the point's word.
type UnpaidSigned struct {
	At     time.Time
	By     string
	People int
	Fen    int64
	Hash   string
	Since  int // who came to the list later, or is on it without being signed for
}

// UnpaidPerson is /gl/unpaid/{order}.
type UnpaidPerson struct {
	UnpaidRow
	Application string // path of the candidate
	Place       string
	Level       string
	Gone        string // phrase: she is on the list no more
	Remark      string
	FoundBy     string
	FoundAt     time.Time
	Log         []UnpaidContact
	Ways        []Option
	Outcomes    []Option
	Codes       []UnpaidCode
	Code        string
	Typed       map[string]string
	Now         string // for the form: the moment, as the form has it
	MayWrite    bool
	Error       string
}

// UnpaidCode is a reason to choose.
type UnpaidCode struct {
	Value, Text string
	Remark      bool // asks for words
}

// UnpaidContact is one try to reach her.
type UnpaidContact struct {
	At           time.Time
	Way, Outcome string // phrases
	Said, By     string
}

// Trouble is /gl/trouble: channels that fail, and whom that concerns.
type Trouble struct {
	Rates    []TroubleRate
	Channels []Option
	Form     TroubleForm
	Look     *TroubleLook // what the form would do, nil before one looks
	Codes    []Option
	Second   string // "", "ask", "waiting" or "agreed"
	Refuse   string
	Given    []TroubleGiven
	Error    string
}

// TroubleForm is whom to find, and the new end, as the form has them.
type TroubleForm struct{ Channel, From, To, Due, Code, Reason string }

// TroubleRate is how a channel answers.
type TroubleRate struct {
	Channel                          string
	Asked, Away, Refused, Percent    int
	Alarm                            bool
	Few                              bool // it fails as an alarm does, of too few requests to tell
	LongAsked, LongAway, LongPercent int
}

// TroubleLook is what an act would do.
type TroubleLook struct {
	Tried, Paid, Enough, Open, Closed int
	Hash                              string
	Rows                              []TroubleRow
	More                              int
}

// People is how many it concerns.
func (l TroubleLook) People() int { return l.Open + l.Closed }

// TroubleRow is one whom it concerns.
type TroubleRow struct {
	Order, Place string
	Fen          int64
	Due, Last    time.Time
	Closed       bool
	Tries        int
}

// TroubleGiven is an act that was done.
type TroubleGiven struct {
	At, From, To, Due time.Time
	Channel           string
	People, Reopened  int
	Reason, By, Other string
}

// Endings is /gl/endings.
type Endings struct {
	Rows        []EndingRow
	Unconfirmed int
	Unpaid      int
	Already     int
	Held        []EndingHeld
	Aside       int       // records of boxes that lie aside: they name nobody yet
	OpenUntil   time.Time // somebody may still confirm or pay until then; zero when all is over
	Looked      bool
	MayDraw     bool
	Refuse      string
	Days        int
	Error       string
	Paid        []EndedPaid // money of who is void
	PaidTotal   int64
	PaidFen     int64
}

// More reports whether not all such money stands on the page.
func (e Endings) More() bool { return e.PaidTotal > int64(len(e.Paid)) }

// EndedPaid is money that came for a registration which is void.
type EndedPaid struct {
	Movement
	List string // path of the list that made it void, at that person
}

// EndingHeld is of how many something must be decided first.
type EndingHeld struct {
	Key string
	N   int
}

// EndingRow is one list.
type EndingRow struct {
	ID             string
	State          State
	Drawn, Until   time.Time
	Signed, Ended  time.Time
	People, Voided int
	Hash           string
}

// Ending is /gl/endings/{id}.
type Ending struct {
	EndingRow
	Over        bool // the days to object are over
	By          string
	SignedBy    string
	Second      string
	SignedHash  string
	EndedBy     string
	EndedSecond string
	EndedWhy    string
	Tallies     []EndingTally
	Sum         EndingTally
	Rows        []EndingPerson
	Pages       Pages
	Show, Why   string
	Shows       []Option      // their texts are phrases
	One         *EndingPerson // looked at alone
	Seen        string        // hash of who would be void now
	Standing    int           // how many these are
	SignStep    string        // "", "ask", "waiting", "agreed"
	BackStep    string
	RestoreStep string
	MayNote     bool
	MayDecide   bool
	Refuse      string
	Error       string
	Said        string
}

// EndingTally is a county's part.
type EndingTally struct {
	Place                                                   string
	Unconfirmed, Unpaid, Objected, Off, Out, Void, Restored int
}

// EndingPerson is one on a list.
type EndingPerson struct {
	ID, Name, Number, Point string
	Why                     string // phrase
	Order                   string
	State                   State
	Cause                   string // phrase
	Note, Said, SaidBy, By  string
	SaidAt, At              time.Time
}
