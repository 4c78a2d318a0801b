package visit

import (
	"slices"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// The sheet: printed after the record is durable, so that paper never says
// more than the box can prove. What was sent to a printer is not printed, and
// what the printer calls completed lies in nobody's hand until she says so.

// MaxCopies is how often one visit may print its sheet.
const MaxCopies = 3

// Need is what a person must do before the printer goes on. The words are
// those of the printer's driver.
type Need string

// The needs. Only the first is shown: a person does one thing at a time.
const (
	NeedJam     Need = "jam"     // 卡纸
	NeedCover   Need = "cover"   // 盖没关
	NeedPaper   Need = "paper"   // 缺纸
	NeedToner   Need = "toner"   // 缺粉
	NeedOutput  Need = "output"  // 出纸满
	NeedWaste   Need = "waste"   // 废粉盒满
	NeedResume  Need = "resume"  // 暂停
	NeedLine    Need = "line"    // the printer's own line to its engine
	NeedWait    Need = "wait"    // it will pass
	NeedAccept  Need = "accept"  // it takes no jobs
	NeedService Need = "service" // see its display
	NeedGone    Need = "gone"    // it does not answer at all
)

// Needs lists every need, so that a catalogue of words can be checked.
func Needs() []Need {
	return []Need{NeedJam, NeedCover, NeedPaper, NeedToner, NeedOutput, NeedWaste, NeedResume, NeedLine, NeedWait, NeedAccept, NeedService, NeedGone}
}

func (n Need) known() Need {
	if n == "" || slices.Contains(Needs(), n) {
		return n
	}
	return NeedService
}

// Printer is what the box knows of its printer. The zero Printer is none: no
// sheet is printed here.
type Printer struct {
	Fitted bool // the box has one
	Down   bool // it does not answer
	Need   Need // what a person must do before it prints; empty = nothing
}

// Paper is what a sheet is made of. It is held from the sealing until the
// paper is in her hand or the visit ends.
type Paper struct {
	Application form.Application
	StartedFrom uint32
	Chip        form.Chip
	Photo       Photo
	Signature   protocol.Signature
	Settled     []protocol.Settlement
	Undecidable bool // 时间待核
}

// Sheet is how far the paper has come.
type Sheet struct {
	Copy    int  // 1, 2, … of this record; 0 = none was begun
	First   int  // number of the first copy of this visit; more than 1 when the visit itself is a reprint
	Sent    bool // the printer took the job
	Printed bool // the printer said that this copy is completed
	Unknown bool // nobody can say whether this copy was printed
	Void    bool // PhaseSheetFailed: nothing of this copy reached the paper, and its number is free
	InHand  bool // her word
	Need    Need // PhaseSheetFailed: why this copy failed; empty = she said that there is none, or did not wait
}

// Reprint: this copy is a repeated one and must be marked 补打. A copy of which
// certainly nothing came out is none, and does not make the next a repeated one.
func (s Sheet) Reprint() bool { return s.Copy > 1 }

// issued is how many copies of the record may lie somewhere.
func (s Sheet) issued() int {
	if s.Void {
		return s.Copy - 1
	}
	return s.Copy
}

// MayPrint: another copy may be printed in this visit.
func (s State) MayPrint() bool {
	return s.Machine.Printer.Fitted && s.Sheet.issued()-s.Sheet.First+1 < MaxCopies && (!s.Reprinting() || s.Found.Reprint)
}

// MayReprint: she confirmed here earlier and may have the sheet again.
func (s State) MayReprint() bool {
	return s.Phase == PhaseRefused && s.Refusal == RefuseConfirmed && s.Found.Reprint &&
		s.Found.Campaign.Policy.Reprint && s.Machine.Printer.Fitted
}

// printing phases come after the record is durable and before the last screen.
func (p Phase) sheet() bool {
	return p == PhasePrinting || p == PhaseTakeSheet || p == PhaseSheetFailed
}

// outstanding: a copy may still come out of the printer.
func (s State) outstanding() bool {
	return s.Phase == PhasePrinting || s.Phase == PhaseTakeSheet && !s.Sheet.Printed
}

// print begins the next copy.
func (t *turn) print() {
	if t.Machine.Printer.Down {
		t.sheetFailed(NeedGone)
		return
	}
	next := t.Sheet.issued() + 1
	t.Sheet = Sheet{Copy: next, First: t.Sheet.First}
	t.enter(PhasePrinting)
	t.do(PrintSheet{Visit: t.Visit, Record: t.Sealed.Record, Sequence: t.Sealed.Sequence, At: t.Sealed.At,
		Copy: next, Reprint: t.Sheet.Reprint(), Paper: t.Paper, Campaign: t.Found.Campaign, Ticket: t.Found.Ticket.Application})
}

// reprint prints the sheet of an earlier visit once more.
func (t *turn) reprint() {
	f := t.Found
	t.Sealed = Sealed{Visit: t.Visit, Record: f.Record, Sequence: f.Sequence, At: f.At}
	t.Sheet = Sheet{Copy: f.Copies, First: f.Copies + 1}
	t.print()
}

func (t *turn) sheetFailed(n Need) {
	t.Sheet.Need = n
	t.enter(PhaseSheetFailed)
}

func (t *turn) cancelPrint() {
	t.do(CancelPrint{Visit: t.Visit, Record: t.Sealed.Record, Copy: t.Sheet.Copy})
}

// word notes what she said of the paper.
func (t *turn) word(inHand bool) {
	t.do(SheetWord{Visit: t.Visit, Record: t.Sealed.Record, Copy: t.Sheet.Copy, InHand: inHand})
}

func (t *turn) printing(e Event) {
	switch e := e.(type) {
	case SheetSent:
		if t.mine(e.Visit, e.Copy) {
			t.Sheet.Sent = true
		}
	case SheetPrinted:
		if t.mine(e.Visit, e.Copy) {
			t.Sheet.Sent, t.Sheet.Printed = true, true
			t.enter(PhaseTakeSheet)
		}
	case SheetUnknown:
		if t.mine(e.Visit, e.Copy) {
			t.Sheet.Unknown = true
			t.enter(PhaseTakeSheet)
		}
	case SheetFailed:
		t.void(e)
	case Pressed:
		if e.Button == ButtonNoWait {
			t.cancelPrint()
			t.sheetFailed("")
		}
	}
}

// void takes down that certainly nothing of the copy under way was printed. What
// was called printed stays so.
func (t *turn) void(e SheetFailed) {
	if !t.mine(e.Visit, e.Copy) || t.Sheet.Copy == 0 || t.Sheet.Printed || t.Sheet.Void {
		return
	}
	t.Sheet.Void, t.Sheet.Unknown = true, false
	if t.Phase != PhaseSheetFailed {
		t.sheetFailed(e.Need.known())
		return
	}
	if t.Sheet.Need == "" { // she did not wait for the reason
		t.Sheet.Need = e.Need.known()
	}
}

// mine: the answer is to the copy under way in this visit.
func (t *turn) mine(visit uint64, copy int) bool { return visit == t.Visit && copy == t.Sheet.Copy }

func (t *turn) takeSheet(e Event) {
	switch e := e.(type) {
	case SheetPrinted:
		if t.mine(e.Visit, e.Copy) {
			t.Sheet.Printed, t.Sheet.Unknown = true, false
		}
	case SheetFailed: // the end of one that was unknown
		t.void(e)
	case CardPlaced, CardRead, CardUnreadable:
		t.next(e)
	case Pressed:
		switch e.Button {
		case ButtonHave:
			t.Sheet.InHand = true
			t.word(true)
			t.afterSheet()
		case ButtonHaveNot:
			t.word(false)
			if !t.Sheet.Printed {
				t.cancelPrint() // it must not come out when somebody else stands here
			}
			if t.MayPrint() {
				t.print()
				return
			}
			t.sheetFailed("")
		}
	}
}

func (t *turn) sheetFailedYet(e Event) {
	switch e := e.(type) {
	case SheetPrinted: // it came after all
		if t.mine(e.Visit, e.Copy) && t.Sheet.Copy > 0 {
			t.Sheet.Printed, t.Sheet.Unknown, t.Sheet.Void = true, false, false
			t.enter(PhaseTakeSheet)
		}
	case SheetFailed:
		t.void(e)
	case CardPlaced, CardRead, CardUnreadable:
		t.next(e)
	case Pressed:
		switch e.Button {
		case ButtonRetry:
			if t.MayPrint() {
				t.print()
			}
		case ButtonGoOn:
			t.afterSheet()
		}
	}
}

// afterSheet shows the last screen; after a reprint, that she has confirmed. After a
// ticket there is nothing to say.
func (t *turn) afterSheet() {
	t.Paper = Paper{}
	if t.Ticketing() {
		t.end()
		return
	}
	if t.Reprinting() {
		t.Found.Reprint = false
		t.refuse(RefuseConfirmed)
		return
	}
	t.enter(PhaseAccepted)
}

// Reprinting: the visit is only about a sheet of an earlier one.
func (s State) Reprinting() bool { return s.Refusal == RefuseConfirmed }
