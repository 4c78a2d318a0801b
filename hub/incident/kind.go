package incident

import (
	"slices"
	"time"
)

// Kind is what sort of thing went wrong.
type Kind string

// The kinds are the rows of chapter 5 of the plan of 2019 (demands A54 to A65).
// They stand here and not in the campaign: each comes with measures that are
// code of ours, and an office reports by the same list whatever is examined.
const (
	Overload Kind = "overload" // A55, A56: the system is too slow for all who come
	Network  Kind = "network"  // A57: no way to the hub
	Policy   Kind = "policy"   // A58: the system does something else than the rules say
	Payment  Kind = "payment"  // A59: many cannot pay
	Printing Kind = "printing" // A60: tickets or sheets cannot be printed
	Power    Kind = "power"    // A61, A62: no electricity
	Room     Kind = "room"     // A63: the province's machine room
	Attack   Kind = "attack"   // A64: attacked, or data cannot be trusted
	Other    Kind = "other"    // A65: not foreseen
)

// Kinds lists them in the order of the plan.
func Kinds() []Kind {
	return []Kind{Overload, Network, Policy, Payment, Printing, Power, Room, Attack, Other}
}

// Measure is what was done about it.
type Measure string

// The measures.
const (
	MeasureWindow    Measure = "window"    // a window extended, paused or cut into slots: Ref is the campaign's version
	MeasureFreeze    Measure = "freeze"    // a box frozen: Ref is the box
	MeasurePaper     Measure = "paper"     // paper forms are handed out, to be entered later
	MeasureElsewhere Measure = "elsewhere" // people go to another point
	MeasureCapacity  Measure = "capacity"  // more servers, more boxes
	MeasurePrint     Measure = "print"     // the point prints for the candidate
	MeasureBackup    Measure = "backup"    // data copied away, machines watched
	MeasureOther     Measure = "other"
)

// Measures lists all of them.
func Measures() []Measure {
	return []Measure{MeasureWindow, MeasurePaper, MeasureElsewhere, MeasureFreeze, MeasureCapacity, MeasurePrint, MeasureBackup, MeasureOther}
}

// Measures are what the plan foresees for a kind, the first to think of first.
func (k Kind) Measures() []Measure {
	switch k {
	case Overload:
		return []Measure{MeasureCapacity, MeasureWindow, MeasurePaper}
	case Network:
		return []Measure{MeasurePaper, MeasureElsewhere}
	case Policy:
		return []Measure{MeasureWindow, MeasureFreeze}
	case Payment:
		return []Measure{MeasureWindow}
	case Printing:
		return []Measure{MeasurePrint}
	case Power:
		return []Measure{MeasurePaper, MeasureElsewhere, MeasureWindow}
	case Room:
		return []Measure{MeasureWindow, MeasurePaper}
	case Attack:
		return []Measure{MeasureBackup, MeasureFreeze, MeasureWindow}
	}
	return []Measure{MeasureOther}
}

// Severity is how bad it is, by what it does to people.
type Severity string

// The severities, gravest first.
const (
	Grave   Severity = "grave"   // people cannot do what ends today, or data may be wrong
	Serious Severity = "serious" // work stands still somewhere, but there is another way
	Minor   Severity = "minor"   // work goes on, slower
)

// Severities lists them, gravest first.
func Severities() []Severity { return []Severity{Grave, Serious, Minor} }

// Patience is how long it may wait for an office to say that it has it, before
// it goes to the office above.
func (s Severity) Patience() time.Duration {
	switch s {
	case Grave:
		return 10 * time.Minute
	case Serious:
		return 30 * time.Minute
	}
	return 2 * time.Hour
}

// Rank orders severities: 0 is the gravest.
func (s Severity) Rank() int { return slices.Index(Severities(), s) }

func (k Kind) valid() bool     { return slices.Contains(Kinds(), k) }
func (s Severity) valid() bool { return slices.Contains(Severities(), s) }
func (m Measure) valid() bool  { return slices.Contains(Measures(), m) }
