package visit

import (
	"fmt"
	"io"
)

// ticket: while tickets are printed, whoever is confirmed and puts down her card gets
// her admission ticket (准考证, demand A60) instead of being told so. Nothing is read
// through, signed or sealed; what is printed is what the hub has sent.

// TicketLack is why there is no ticket to print.
type TicketLack string

// The lacks.
const (
	LackTickets TicketLack = "coming" // the point's tickets are not here yet
	LackVoid    TicketLack = "void"   // the arrangement was made anew: the tickets here are void, the new ones on their way
	LackTicket  TicketLack = "none"   // they are here, and hers is not among them
	LackCopies  TicketLack = "copies" // so many copies are out that a clerk must look at why
)

// TicketLacks lists every lack, so that a catalogue of words can be checked.
func TicketLacks() []TicketLack { return []TicketLack{LackTickets, LackVoid, LackTicket, LackCopies} }

// Ticket is what the screen says of an admission ticket.
type Ticket struct {
	Application string // id
	Name        string
	Number      string // 准考证号
	Site        string
	Address     string
	Room        string
	Seat        string
	Days        []string // of the examination, YYYYMMDD
	NoPicture   bool     // her picture is not here yet: the ticket comes without it
}

// String names nothing personal.
func (t Ticket) String() string { return "ticket" }

// Format keeps the ticket's values out under every verb.
func (t Ticket) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// toTicket shows her ticket. Her card is not needed any more: it is forgotten.
func (t *turn) toTicket() {
	found := t.Found
	t.forget()
	t.Found = found
	t.enter(PhaseTicket)
}

func (t *turn) ticket(e Event) {
	switch e := e.(type) {
	case CardRemoved, ReaderDown: // what stands on the screen is hers
		t.end()
	case CardPlaced, CardRead, CardUnreadable:
		t.next(e)
	case Pressed:
		switch e.Button {
		case ButtonGoOn:
			if t.MayPrintTicket() {
				t.printTicket()
			}
		case ButtonDone:
			t.end()
		}
	}
}

// MayPrintTicket: her ticket is here, and so is a printer.
func (s State) MayPrintTicket() bool {
	return s.Phase == PhaseTicket && s.Machine.Printer.Fitted
}

// printTicket prints it: the next copy of those that this box has printed.
func (t *turn) printTicket() {
	f := t.Found
	t.Sealed = Sealed{Visit: t.Visit, Record: f.Record}
	t.Sheet = Sheet{Copy: f.Copies, First: f.Copies + 1}
	t.print()
}

// Ticketing: the visit is about an admission ticket, not about a confirmation.
func (s State) Ticketing() bool { return s.Found.Finding == FoundTicket }
