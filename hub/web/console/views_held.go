package console

import "time"

// HeldList is /gl/held: what boxes sealed and the hub did not take.
type HeldList struct {
	Rows    []Kept
	Pages   Pages
	Total   int // that the filter lets through
	Filter  HeldFilter
	Reasons []Option
	Points  []Option
}

// HeldFilter is the filter of the list as it was asked for.
type HeldFilter struct {
	State  string // "" what is held, "taken", "refused", or "all"
	Reason string
	Point  string
}

// Any reports whether the list is cut otherwise than it always is.
func (f HeldFilter) Any() bool { return f != HeldFilter{} }

// Kept is one envelope that was put aside. It names no person: what cannot be
// trusted is not opened in a list.
type Kept struct {
	ID       string
	At       time.Time
	Box      string
	Unit     int
	Point    string
	Sequence uint64
	Reason   string // protocol reason; the phrases are quarantine.{reason} and .do
	Hash     string
	Size     int64
	Fate     State // held, taken in the end, or refused for good
	Bare     bool  // its contents are not here
}

// HeldCase is /gl/held/{id}.
type HeldCase struct {
	Kept
	Chance   string // "free", "force", "again" or "never": the phrases are held.chance.{chance}
	Bar      string // what stops it, or what would be gone against: phrase held.bar.{bar}
	Signed   bool   // it bears the signature of its box
	Kind     string // phrase
	Campaign string
	Version  uint32
	From, To time.Time // between which it was sealed, by its own evidence; zero: unknown
	Checks   []Check

	Opened      bool // what follows is shown to this person
	Name        string
	Number      string // masked
	Application string
	Sealed      string // point where it says that it was sealed

	Lacks, LackOf int       // parts that are missing, of how many; 0 of 0 when its bytes are
	LackBytes     uint64    // of those
	Next          string    // phrase: how what is missing comes, "" when nothing is
	Ask           bool      // its box can be asked now
	AskedAt       time.Time // when it was last asked for what is still missing; zero: never
	CompletedAt   time.Time // when the rest came; zero: nothing was missing, or still is
	CompletedBy   string    // phrase of its carrier

	Refuse     string // phrase: why she may not decide, "" if she may
	Take, Drop string // how far either is: "ask", "waiting" or "agreed"
	Verdict    string // chosen when the page comes back
	Said       string // the reason, when the page comes back
	Error      string // phrase

	SettledAt  time.Time
	By, Second string
	Why        string
	Record     string // the confirmation that it is now, "" if none, or none of hers
}
