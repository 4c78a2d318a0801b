package fault

import (
	"errors"
	"strings"
)

// Class says who can end the trouble, which is what a screen and a ladder of
// recovery need to know.
type Class uint8

// The classes. The zero Class belongs to an error that carries no fault word.
const (
	ClassNone        Class = iota // not a fault of a device: cancelled, our own mistake
	ClassLine                     // the cable, the port, the noise on it: check the plug
	ClassDevice                   // the device itself says it is broken or unauthorised
	ClassMedium                   // what the person put on it: place it again, or another one
	ClassUnsupported              // the device is well and cannot do this: do not ask again
	ClassTransient                // once more may help; nobody need do anything
)

// String gives the class's word for a log line.
func (c Class) String() string {
	switch c {
	case ClassLine:
		return "line"
	case ClassDevice:
		return "device"
	case ClassMedium:
		return "medium"
	case ClassUnsupported:
		return "unsupported"
	case ClassTransient:
		return "transient"
	default:
		return "none"
	}
}

// Word is one fault word. Words are compared by identity (errors.Is); they are
// made only in this package and never change.
type Word struct {
	name  string
	class Class
}

// Error gives the word itself.
func (w *Word) Error() string { return w.name }

// Class says who can end it.
func (w *Word) Class() Class { return w.class }

// The fault words.
var (
	// Absent: the device is not there; its node does not exist or it was
	// unplugged while in use.
	Absent = &Word{"device absent", ClassLine}
	// Busy: another process holds the port.
	Busy = &Word{"port busy", ClassLine}
	// Denied: this process may not open the port.
	Denied = &Word{"port access denied", ClassLine}
	// Timeout: the device did not answer in time.
	Timeout = &Word{"no answer in time", ClassLine}
	// Line: bytes came, but not a sound answer: noise, bad checksums, wrong speed.
	Line = &Word{"line fault", ClassLine}
	// Closed: the port was closed by our own side. Never a reason to tell anyone.
	Closed = &Word{"port closed", ClassNone}

	// Device: the device reports that it is broken (ID reader: status 60).
	Device = &Word{"device fault", ClassDevice}
	// Unauthorised: the device works but has no formal key (ID reader: status
	// 66). Permanent: only its maker can mend it.
	Unauthorised = &Word{"device not authorised", ClassDevice}

	// Frozen: the camera sends the same picture again and again.
	Frozen = &Word{"picture frozen", ClassDevice}
	// Black: the camera sends a black picture: covered, or without light.
	Black = &Word{"picture black", ClassDevice}
	// WrongSize: the camera's pictures are too small for the work.
	WrongSize = &Word{"wrong picture size", ClassDevice}

	// Replace: the medium must be taken away and placed again.
	Replace = &Word{"place the card again", ClassMedium}
	// WrongMedium: what lies there is not what this device reads.
	WrongMedium = &Word{"not an identity card", ClassMedium}
	// Removed: the medium was taken away too early.
	Removed = &Word{"card removed too early", ClassMedium}
	// NoMedium: nothing lies there. The normal answer of an idle reader.
	NoMedium = &Word{"no card", ClassMedium}

	// Attention: the device is sound and waits for a person's hand: no paper, a
	// jam, an open cover. Which, its driver says.
	Attention = &Word{"the device needs somebody", ClassMedium}

	// Unsupported: the device does not know the command or may not do it.
	Unsupported = &Word{"not supported by the device", ClassUnsupported}
	// Transient: the device reported a passing error.
	Transient = &Word{"passing device error", ClassTransient}
)

// Words lists every fault word, so that a catalogue can be checked against it.
func Words() []*Word {
	return []*Word{Absent, Busy, Denied, Timeout, Line, Closed, Device, Unauthorised, Frozen, Black, WrongSize, Replace, WrongMedium, Removed, NoMedium, Attention, Unsupported, Transient}
}

// Fault is a fault word with the thing it happened to. errors.Is finds the
// word and whatever lies below; errors.As finds the *Fault.
type Fault struct {
	Word   *Word
	Op     string // what was being done, e.g. "read base"; never a personal value
	Detail string // a code or count for the technician, e.g. "status 000041"
	Err    error  // the cause below, or nil
}

// New makes a Fault. Op and detail must hold no personal value: they are logged.
func New(w *Word, op, detail string, err error) *Fault {
	return &Fault{Word: w, Op: op, Detail: detail, Err: err}
}

// Error gives "op: word (detail): cause".
func (f *Fault) Error() string {
	var b strings.Builder
	if f.Op != "" {
		b.WriteString(f.Op)
		b.WriteString(": ")
	}
	b.WriteString(f.Word.name)
	if f.Detail != "" {
		b.WriteString(" (" + f.Detail + ")")
	}
	if f.Err != nil {
		b.WriteString(": " + f.Err.Error())
	}
	return b.String()
}

// Unwrap lets errors.Is find both the word and the cause.
func (f *Fault) Unwrap() []error {
	if f.Err == nil {
		return []error{f.Word}
	}
	return []error{f.Word, f.Err}
}

// ClassOf gives the class of the outermost fault word in err, or ClassNone.
func ClassOf(err error) Class {
	if w := WordOf(err); w != nil {
		return w.class
	}
	return ClassNone
}

// WordOf gives the outermost fault word in err, or nil.
func WordOf(err error) *Word {
	var f *Fault
	if errors.As(err, &f) {
		return f.Word
	}
	var w *Word
	if errors.As(err, &w) {
		return w
	}
	return nil
}
