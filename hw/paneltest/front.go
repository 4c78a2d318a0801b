package paneltest

import "time"

// Front is the front of a box wired to the board as ours are: outputs 0 to 3
// are the lamps, inputs 0 and 1 the buttons, 2 and 3 the loops of the contacts.
type Front struct{ *Board }

// The names, in the order they are wired.
var (
	LampNames    = [4]string{"reader", "ok", "fault", "help"}
	ButtonNames  = [2]string{"help", "staff"}
	ContactNames = [2]string{"door", "tamper"}
)

const firstContact = len(ButtonNames)

// NewFront makes a front with all contacts closed and no button pressed.
func NewFront() Front {
	f := Front{New()}
	for _, c := range ContactNames {
		f.Shut(c)
	}
	return f
}

func place[T ~[2]string | ~[4]string](names T, name string) int {
	for i := range len(names) {
		if names[i] == name {
			return i
		}
	}
	return -1
}

// Press presses a button until Let.
func (f Front) Press(button string) { f.Feed(place(ButtonNames, button), true) }

// Let lets a button go.
func (f Front) Let(button string) { f.Feed(place(ButtonNames, button), false) }

// Down says whether a button is pressed.
func (f Front) Down(button string) bool { return f.Fed(place(ButtonNames, button)) }

// Open opens a contact: the loop is cut.
func (f Front) Open(contact string) { f.Feed(firstContact+place(ContactNames, contact), false) }

// Shut closes a contact.
func (f Front) Shut(contact string) { f.Feed(firstContact+place(ContactNames, contact), true) }

// IsOpen says whether a contact is open.
func (f Front) IsOpen(contact string) bool {
	return !f.Fed(firstContact + place(ContactNames, contact))
}

// Lit says whether a lamp is on now.
func (f Front) Lit(lamp string) bool { return f.Coil(place(LampNames, lamp)) }

// Blinking says whether a lamp came on more than once within the last two and a
// half seconds.
func (f Front) Blinking(lamp string) bool {
	return f.Rises(place(LampNames, lamp), 2500*time.Millisecond) > 1
}
