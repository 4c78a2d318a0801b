package visit

import (
	"time"

	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// Event is something that happened: one of the types below.
type Event interface{ event() }

// Ticked says what time it is, monotonic. It never goes back: a smaller Now
// than the last is taken as the last.
type Ticked struct{ Now time.Duration }

// CardPlaced: a card lies on the reader and is being read.
type CardPlaced struct{}

// CardRead: it was read, whole.
type CardRead struct{ Card Card }

// CardUnreadable: it could not be read.
type CardUnreadable struct{ Advice Advice }

// CardRemoved: it is gone. Follows every CardPlaced, sooner or later.
type CardRemoved struct{}

// ReaderDown: the reader is lost or faulty. Permanent: only its maker can mend it.
type ReaderDown struct{ Permanent bool }

// ReaderUp: the reader works again.
type ReaderUp struct{}

// Finding is what the roster said.
type Finding uint8

// The findings.
const (
	LookFault      Finding = iota // the box could not look
	FoundHere                     // Application and Terms are set
	FoundNone                     // no application under this number that the box knows of
	FoundElsewhere                // at another point: Point
	FoundConfirmed                // already confirmed: At, Point, Here
	FoundTicket                   // tickets are printed, and hers is here: Ticket, Record, Copies; Campaign is set
	FoundNoTicket                 // tickets are printed, and hers cannot be: Lack
)

// Looked answers Lookup.
type Looked struct {
	Visit       uint64
	Finding     Finding
	Application form.Application  // FoundHere; FoundConfirmed with Provisional
	Campaign    campaign.Campaign // FoundHere: the version in force; the visit keeps to it to its end
	Point       string            // FoundElsewhere, FoundConfirmed: name of the point, as shown to her; may be empty
	At          time.Time         // FoundConfirmed; zero = not known
	Here        bool              // FoundConfirmed: by this box
	Delivered   bool              // FoundConfirmed by this box: the hub has it

	Place Spot // FoundElsewhere: where that is, as far as the box knows

	// FoundConfirmed while it is open who confirmed: that confirmation, and how the
	// card stands by the box's evidence of time. Campaign must then be set too.
	Provisional protocol.ID
	Validity    form.Validity

	Ticket Ticket     // FoundTicket
	Lack   TicketLack // FoundNoTicket

	// FoundConfirmed, when the box can print the sheet of that record again;
	// FoundTicket, under what the ticket's copies are logged. Campaign must then be
	// set too.
	Reprint  bool
	Record   protocol.ID
	Sequence uint64
	Copies   int // printed before
}

// Spot is another point, as she is told of it. What is not known is empty.
type Spot struct {
	Name, Address, Hours, Phone string
}

// Judged answers Judge.
type Judged struct {
	// Unsuited is why this point does not serve her at all (demand A33):
	// form.PointMinors, form.PointMedical or form.PointLevel; Others are points of
	// the city that do.
	Unsuited string
	Others   []Spot

	Visit   uint64
	Verdict window.Verdict
	Card    form.Validity // of the card, by the box's evidence of time; empty = not judged
	Missing []string      // keys of required fields that the application lacks, by campaign.Checker

	// Child: she was entered at this point, and is so young that a guardian consents.
	Child bool

	// Unprintable is what the sheet's fonts lack: shown before she confirms,
	// and no reason to refuse her.
	Unprintable []Unprintable
	Fault       bool // the box could not judge: the rest means nothing
}

// Unprintable is one thing on the sheet with characters that no font of the box
// can print: they come out as boxes with their code points.
type Unprintable struct {
	Field string // key of the form's field; FieldChoices stands for the choices
	Runes []rune // each once
}

// FieldChoices stands for the choices in Unprintable.
const FieldChoices = "choices"

// Button is what was pressed.
type Button string

// The buttons.
const (
	ButtonGoOn         Button = "go-on"        // the one primary action of a screen
	ButtonBack         Button = "back"         // 上一页
	ButtonNotMe        Button = "not-me"       // 不是我
	ButtonWrong        Button = "wrong"        // 有错，要改
	ButtonHelp         Button = "help"         // 请工作人员
	ButtonHelpDone     Button = "help-done"    // 不用了，我接着办
	ButtonStay         Button = "stay"         // 我在，再给我 5 分钟
	ButtonLeave        Button = "leave"        // 先不办了
	ButtonDone         Button = "done"         // 好了
	ButtonRetry        Button = "retry"        // 再试一次
	ButtonLarge        Button = "large"        // 大字
	ButtonContrast     Button = "contrast"     // 高对比
	ButtonLanguage     Button = "language"     // English / 中文
	ButtonNoCard       Button = "no-card"      // 没带证件
	ButtonUnregistered Button = "unregistered" // 还没报名
	ButtonUseCard      Button = "use-card"     // 用身份证上的
	ButtonKeep         Button = "keep"         // 先不改，请工作人员看
	ButtonDecline      Button = "decline"      // 不同意照相
	ButtonAgain        Button = "again"        // 再照一张
	ButtonHave         Button = "have"         // 拿到了，很清楚
	ButtonHaveNot      Button = "have-not"     // 没出来，或不清楚
	ButtonNoWait       Button = "no-wait"      // 不等了
	ButtonReprint      Button = "reprint"      // 再打一份
	ButtonVoice        Button = "voice"        // 听提示
	ButtonAskStaff     Button = "ask-staff"    // 请工作人员现在看
	ButtonDraw         Button = "draw"         // 取排队号
	ButtonTouch        Button = "touch"        // a hand on the glass without a press: keeps the visit awake
)

// Buttons lists every button, so that a door can refuse what is none.
func Buttons() []Button {
	return []Button{ButtonGoOn, ButtonBack, ButtonNotMe, ButtonWrong, ButtonHelp, ButtonHelpDone, ButtonStay, ButtonLeave,
		ButtonDone, ButtonRetry, ButtonLarge, ButtonContrast, ButtonLanguage, ButtonNoCard, ButtonUnregistered, ButtonTouch,
		ButtonUseCard, ButtonKeep, ButtonDecline, ButtonAgain, ButtonHave, ButtonHaveNot, ButtonNoWait, ButtonReprint, ButtonVoice, ButtonAskStaff, ButtonDraw}
}

// Pressed: she pressed a button on the screen that Visit and Turn name. A press
// on a screen that is no longer shown (a double click, the back button, a
// second tab) is ignored.
type Pressed struct {
	Visit  uint64
	Turn   uint64
	Button Button
}

// Signed: she signed and submitted, on the screen that Visit and Turn name.
type Signed struct {
	Visit     uint64
	Turn      uint64
	Signature protocol.Signature
}

// Sealed answers Seal: the record is durable with its outbox entry.
type Sealed struct {
	Visit    uint64
	Record   protocol.ID
	Sequence uint64
	At       time.Time // civil, as far as the box knows it; for the screen
	Fee      int64     // fen, to be paid by a telephone now; 0 where that is not so
	Slip     string    // with Fee: the code that opens her order; it names nobody
}

// SealFailed answers Seal: nothing was committed.
type SealFailed struct {
	Visit     uint64
	Confirmed bool           // the store says that this application is confirmed already: another try is useless
	Closed    window.Verdict // State window.Closed: the window closed while she read; else zero
}

// Receipted: the hub has the record.
type Receipted struct{ Record protocol.ID }

// SetAside: the hub set the record aside.
type SetAside struct {
	Record protocol.ID
	Reason protocol.Reason
}

// HelpComing: a clerk has seen the call and comes.
type HelpComing struct{}

// BoxBlocked: the box may serve nobody, or, with BlockNone, it may again.
type BoxBlocked struct{ Reason Block }

// CameraUp: the box has a camera, and it works. Until the first CameraUp or
// CameraDown the box has none, and no photo is taken.
type CameraUp struct{}

// CameraDown: the camera is lost, or shows nothing that can be believed (black,
// frozen, torn). Its driver's word for what may still be mended is not needed.
type CameraDown struct{}

// PhotoLive: what the live picture lacks at present. While the camera runs for
// Visit it comes at least every CameraLimit/2, changed or not, and at most four
// times a second.
type PhotoLive struct {
	Visit  uint64
	Advice PhotoAdvice
}

// PhotoTaken answers TakePhoto: a picture that may be used. What it remarks
// (Photo.Findings) is for her to judge.
type PhotoTaken struct {
	Visit uint64
	Try   int
	Photo Photo
}

// PhotoRefused answers TakePhoto: the picture would be sent back. Photo.JPEG
// may show it to her; Photo.Findings say why, worst first.
type PhotoRefused struct {
	Visit uint64
	Try   int
	Photo Photo
}

// PrinterState: the box has a printer, and this is its state. Until the first
// the box has none, and no sheet is printed.
type PrinterState struct {
	Down  bool   // it does not answer
	Needs []Need // what a person must do for it to go on, first things first
}

// SheetSent: the printer took the job. It says nothing of paper.
type SheetSent struct {
	Visit uint64
	Copy  int
}

// SheetPrinted: the printer says that this copy is completed.
type SheetPrinted struct {
	Visit uint64
	Copy  int
}

// SheetUnknown: nobody can say whether this copy was printed.
type SheetUnknown struct {
	Visit uint64
	Copy  int
}

// SheetFailed: nothing of this copy was printed, certainly; its number is free
// again. Need may be empty.
type SheetFailed struct {
	Visit uint64
	Copy  int
	Need  Need
}

// VoiceOffered: the box can speak, or cannot any more.
type VoiceOffered struct{ On bool }

// StaffEscape: a member of staff wants the screen back at its beginning,
// whatever it shows. What is being sealed is sealed all the same.
type StaffEscape struct{}

func (CameraUp) event()       {}
func (CameraDown) event()     {}
func (PhotoLive) event()      {}
func (PhotoTaken) event()     {}
func (PhotoRefused) event()   {}
func (PrinterState) event()   {}
func (SheetSent) event()      {}
func (SheetPrinted) event()   {}
func (SheetUnknown) event()   {}
func (SheetFailed) event()    {}
func (VoiceOffered) event()   {}
func (StaffEscape) event()    {}
func (Ticked) event()         {}
func (CardPlaced) event()     {}
func (CardRead) event()       {}
func (CardUnreadable) event() {}
func (CardRemoved) event()    {}
func (ReaderDown) event()     {}
func (ReaderUp) event()       {}
func (Looked) event()         {}
func (Judged) event()         {}
func (Pressed) event()        {}
func (Signed) event()         {}
func (Sealed) event()         {}
func (SealFailed) event()     {}
func (Receipted) event()      {}
func (SetAside) event()       {}
func (HelpComing) event()     {}
func (BoxBlocked) event()     {}
