package idcard

// Event is what a Reader tells: one of the types below.
type Event interface{ event() }

// ReaderReady: the reader answered its self test. Sent at the start and after
// each recovery.
type ReaderReady struct {
	SAMID string // identity of the security module, e.g. 05.03-20200101-0001234567-0987654321; empty if it would not say
	Baud  int    // speed it was found at; 0 where speed means nothing
}

// ReaderLost: the line to the reader is gone: unplugged, port held by another,
// no answer at any speed. The Reader goes on trying; ReaderReady follows when
// it is back. Sent once for each loss.
type ReaderLost struct {
	Err error // carries a hw/fault word of ClassLine
}

// ReaderFault: the reader answers and says it is broken. With Permanent it has
// no authorisation and only its maker can mend it; otherwise the Reader goes on
// trying and ReaderReady follows when it works again. Sent once for each fault.
type ReaderFault struct {
	Err       error // carries fault.Device or fault.Unauthorised
	Permanent bool
}

// LineNoise: three bad checksums within a minute. The reader keeps working;
// somebody should look at the cable.
type LineNoise struct {
	Count int // bad frames within the last minute
}

// CardPlaced: a card was found and is being read.
type CardPlaced struct {
	Placement uint64 // counts placements since the start of the Reader, from 1
}

// CardRead: the card was read, whole. Exactly one for a placement, and after it
// nothing but CardRemoved (or the reader's own trouble) until the next one.
type CardRead struct {
	Placement uint64
	Card      *Card
}

// CardUnreadable: two whole sequences failed. The person must do what Advice
// says; the Reader waits until the card is gone.
type CardUnreadable struct {
	Placement uint64
	Err       error // carries a hw/fault word, usually of ClassMedium
	Advice    Advice
}

// CardRemoved: the card is gone. Follows every CardPlaced, sooner or later;
// also when the reader was lost with the card on it.
type CardRemoved struct {
	Placement uint64
}

func (ReaderReady) event()    {}
func (ReaderLost) event()     {}
func (ReaderFault) event()    {}
func (LineNoise) event()      {}
func (CardPlaced) event()     {}
func (CardRead) event()       {}
func (CardUnreadable) event() {}
func (CardRemoved) event()    {}

// Advice says what the person at the reader should do. Its wording is the
// screen's.
type Advice uint8

// The advices.
const (
	AdvicePlaceAgain Advice = iota + 1 // 请移开后重新放置证件
	AdviceOtherCard                    // this is no identity card: put the identity card here
	AdviceHoldStill                    // it was taken away too early: leave it until told
	AdviceAskClerk                     // repeatedly failed to prove itself, or not readable at all: ask the staff
)

// String gives the advice's word for a log line.
func (a Advice) String() string {
	switch a {
	case AdvicePlaceAgain:
		return "place again"
	case AdviceOtherCard:
		return "other card"
	case AdviceHoldStill:
		return "hold still"
	case AdviceAskClerk:
		return "ask clerk"
	default:
		return "none"
	}
}
