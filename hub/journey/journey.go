package journey

import (
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/payment"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// Key names a stage.
type Key string

// The stages. A campaign in which the fee comes before the confirmation
// (campaign.Policy.ConfirmUnpaid is false) has Pay before Confirm; one that has
// no windows for a step has no stage for it.
const (
	Account Key = "account" // 账号
	Pledge  Key = "pledge"  // 诚信承诺
	Fill    Key = "fill"    // 填报
	Submit  Key = "submit"  // 提交
	Confirm Key = "confirm" // 现场确认
	Receive Key = "receive" // 送达省中心
	Pay     Key = "pay"     // 缴费
	Arrange Key = "arrange" // 编排考场
	Ticket  Key = "ticket"  // 准考证
	Sit     Key = "sit"     // 考试
)

// Keys are all stages in the order of a campaign that confirms before payment,
// so that a catalogue of words can be checked.
func Keys() []Key {
	return []Key{Account, Pledge, Fill, Submit, Confirm, Receive, Pay, Arrange, Ticket, Sit}
}

// State is how a stage stands.
type State string

// The states.
const (
	Done  State = "done"  // behind her
	Now   State = "now"   // what waits, for her or, when Do is Wait, for an office
	Ahead State = "ahead" // to come
	Lost  State = "lost"  // its time is over and it was not done: the registration is void (A41)
	Off   State = "off"   // does not happen: see Why
)

// States are all there are.
func States() []State { return []State{Done, Now, Ahead, Lost, Off} }

// Why remarks on a stage: what a person must be told beside its state.
type Why string

// The remarks; "" is none.
const (
	NotInUse  Why = "not-in-use"   // Off: this hub does not take payments yet
	Void      Why = "void"         // Off: a stage before it is lost
	Opens     Why = "opens"        // Now: her time has not come, From says when
	Pausing   Why = "paused"       // Now: stopped by the office; From says until when, if that is known
	Unchosen  Why = "unchosen"     // Now: what her time hangs on (a point, a level) is not chosen yet
	Elsewhere Why = "not-for-her"  // Now: no time there is for her; another point may have one
	Disputed  Why = "disputed"     // Now: two confirmations, or two points: the county decides (待裁)
	Unjudged  Why = "time-pending" // Now: signed at a time that is still to be verified (时间待核)
	Reviewed  Why = "provisional"  // Done: confirmed on papers; By says by when the city decides about them
	Returned  Why = "returned"     // Now: the city sent her papers back: she comes again, with them or with a card
	NotProven Why = "not-proven"   // Now or Lost: the city refused her papers: it is to be done again, with a card
	Voided    Why = "voided"       // Now or Lost: a confirmation was taken back: it is to be done again
	Ordering  Why = "ordering"     // Now: the hub is about to open the order by which she pays
	Checking  Why = "checking"     // Now: her time for paying is over, and the channels are asked for the last time
	MoneyLate Why = "money-late"   // Now: her time is over and money of hers is here; the office decides whether it counts
	Waived    Why = "waived"       // Done: she need not pay
	SetAside  Why = "set-aside"    // Now or Lost: what came from the point could not be taken, and is looked into
	Edited    Why = "edited"       // Done: she has changed something since and has not sent it
	Late      Why = "late"         // Ahead: the day has passed and nothing is known of it yet
)

// Whys are all remarks but "".
func Whys() []Why {
	return []Why{NotInUse, Void, Opens, Pausing, Unchosen, Elsewhere, Disputed, Unjudged, Reviewed, Returned, NotProven, Voided, Ordering, Checking, MoneyLate, Waived, SetAside, Edited, Late}
}

// Do is the one thing that she can do about a stage. Pages know where it is done.
type Do string

// What there is to do; "" is nothing.
const (
	SignUp   Do = "sign-up"
	Sign     Do = "sign"     // the pledge
	Complete Do = "complete" // the form
	Send     Do = "send"     // look it through and submit
	Choose   Do = "choose"   // a point, or what else a time hangs on
	Go       Do = "go"       // to the point, in person, with her card
	PayFee   Do = "pay"
	Print    Do = "print" // the ticket
	Attend   Do = "attend"
	Wait     Do = "wait" // an office acts; it will tell her
	Ask      Do = "ask"  // the county office, or the telephone of the campaign
)

// Dos are all there are but "".
func Dos() []Do {
	return []Do{SignUp, Sign, Complete, Send, Choose, Go, PayFee, Print, Attend, Wait, Ask}
}

// Stage is one step on her line.
type Stage struct {
	Key   Key
	State State
	At    time.Time // Done: when; zero is not known
	From  time.Time // when it opens for her, if it is not open; zero is open, or not known
	Until time.Time // when the time that is open now ends; zero is not open
	By    time.Time // when the last of her times ends; zero is not known
	Must  bool      // not done by By, the registration is void (A41)
	Why   Why
	Do    Do
}

// Confirmation is one record of a box that names her application.
type Confirmation struct {
	State    confirmation.State
	Taken    bool      // it was taken back (撤销确认): State says nothing any more
	At       time.Time // sealed at the box, by its clock
	Received time.Time // committed at the hub
	Point    string    // where, code

	Proof confirmation.Proof // how far it is sure who made it
	Due   time.Time          // Proof is Provisional: by when the city decides; zero without a deadline
}

// Facts is all that is known of one person in one campaign.
type Facts struct {
	HasAccount  bool
	AccountAt   time.Time // zero: not known
	PledgedAt   time.Time // zero: not signed, or not at the portal
	Draft       bool      // something is filled in that was not submitted
	Complete    bool      // the form finds nothing missing or wrong in what she filled in
	SubmittedAt time.Time // of the first version; zero: nothing was submitted

	// Application is what stands, or what she has filled in so far: its point,
	// household and first choice decide which times are hers. Division is that
	// of its point, "" when none is chosen.
	Application form.Application
	Division    string

	Confirmed     bool // the application is locked, whatever Confirmations tell
	Confirmations []Confirmation

	SetAside bool // a record of hers could not be taken: it lies in quarantine

	Paying  bool          // this hub takes payments
	Ordered payment.State // of the order that counts, "" for none
	PayBy   time.Time     // until when that may be paid; zero: no end is set
	PaidAt  time.Time     // or waived; zero: neither
	Held    bool          // money for that order lies in suspense

	ArrangedAt time.Time // zero: no ticket number yet
	Ended      bool      // void by the signed list of the end (A41), whatever the dates say by now
}

// submitted reports whether an application of hers stands.
func (f Facts) submitted() bool { return !f.SubmittedAt.IsZero() }

// Judge knows the times of one campaign version. It is not changed once made
// and may be used by many goroutines.
type Judge struct {
	camp     campaign.Campaign
	calendar *window.Calendar
	steps    map[window.Step]span
}

// New makes a Judge; the campaign must not be changed after.
func New(camp campaign.Campaign) *Judge {
	j := &Judge{camp: camp, calendar: window.New(camp.Windows), steps: map[window.Step]span{}}
	for _, step := range steps {
		if s, ok := spanOf(camp.Windows, step); ok {
			j.steps[step] = s
		}
	}
	return j
}

// Of gives the stages of a person at a civil time; see Judge.Of. Who asks often
// keeps a Judge.
func Of(camp campaign.Campaign, f Facts, now time.Time) []Stage { return New(camp).Of(f, now) }

// Next is what comes next: the stage that waits or is lost, else the first
// ahead. False when there is none: all is done.
func Next(stages []Stage) (Stage, bool) {
	for _, want := range []func(Stage) bool{
		func(s Stage) bool { return s.State == Now || s.State == Lost },
		func(s Stage) bool { return s.State == Ahead },
	} {
		for _, s := range stages {
			if want(s) {
				return s, true
			}
		}
	}
	return Stage{}, false
}
