package reconcile

// Class is what reconciliation finds about a movement.
type Class uint8

// The classes. A movement has the first that fits, in this order, but for what
// only a booked payment can be (Missing) and a refund (the last two).
const (
	Matched        Class = iota // booked, stated, of an order that it pays: nothing to do
	NotDue                      // booked for the next day: its file has not come
	Repeated                    // a side has one number twice
	OtherOrder                  // the two sides name two orders
	OtherAmount                 // … or two amounts: never mended by itself
	OtherDay                    // … or days further apart than a day cut
	Missing                     // 短款: booked, not stated
	Stranger                    // of no order of ours
	Again                       // 重复缴费: its order is paid by an earlier one
	AfterLeaving                // paid after she withdrew or was void
	Late                        // paid after the order was closed
	OtherFee                    // not what the order asks
	Surplus                     // 长款: stated and not booked, of an order that it pays
	RefundUnbooked              // a refund that is stated and that we know nothing of
	RefundMissing               // a refund that we booked and that is not stated
	classes
)

// Remedy is what a class asks for.
type Remedy struct {
	Next  Next
	Owner Owner
	Days  int // after which it is pressing, from the movement's day
}

// Next is the step that is proposed; people or the flow take it.
type Next string

// The steps.
const (
	Nothing     Next = ""
	AskChannel  Next = "ask-channel"   // query the transaction now, then complete the order or refund
	WaitForFile Next = "wait-for-file" // the next day's file may have it
	TakeUp      Next = "take-up"       // with the channel's people: our books and theirs contradict each other
	GiveBack    Next = "give-back"     // refund, by two persons
	Decide      Next = "decide"        // accept as late or refund, by two persons
	FindOwner   Next = "find-owner"    // whose is it: then credit or refund, by two persons
)

// Owner is who does it.
type Owner string

// The owners.
const (
	Hub     Owner = "hub"     // by itself, shown
	Finance Owner = "finance" // who minds the province's money
)

// Remedies of the classes (domain §4.5).
var remedies = [classes]Remedy{
	NotDue:         {WaitForFile, Hub, 2},
	Repeated:       {TakeUp, Finance, 0},
	OtherOrder:     {TakeUp, Finance, 0},
	OtherAmount:    {TakeUp, Finance, 0},
	OtherDay:       {TakeUp, Finance, 0},
	Missing:        {WaitForFile, Hub, 2},
	Stranger:       {FindOwner, Finance, 0},
	Again:          {GiveBack, Finance, 1},
	AfterLeaving:   {GiveBack, Finance, 1},
	Late:           {Decide, Finance, 1},
	OtherFee:       {Decide, Finance, 0},
	Surplus:        {AskChannel, Hub, 1},
	RefundUnbooked: {TakeUp, Finance, 0},
	RefundMissing:  {WaitForFile, Hub, 3},
}

// Remedy is what a class asks for at an age in days: what waits for a file and has
// waited long enough is taken up with the channel.
func (c Class) Remedy(age int) Remedy {
	r := remedies[c]
	if r.Next == WaitForFile && age >= r.Days {
		r.Next, r.Owner = TakeUp, Finance
	}
	return r
}

// Excepted reports whether somebody has to look at it, or the next day's run.
func (c Class) Excepted() bool { return c != Matched && c != NotDue }

var classNames = [classes]string{"matched", "not-due", "repeated", "other-order", "other-amount", "other-day", "missing", "stranger", "again",
	"after-leaving", "late", "other-fee", "surplus", "refund-unbooked", "refund-missing"}

// String is the class's word in tables, exports and catalogues.
func (c Class) String() string {
	if c < classes {
		return classNames[c]
	}
	return "unknown"
}
