package console

import "time"

// Journal is /gl/journal.
type Journal struct {
	Rows       []Entry
	Checkpoint Checkpoint
	Older      string // link, "" at the end
	Newer      string
	Short      bool // it has looked as far as it does at once: there may be more
	Filter     JournalFilter
	Acts       []OptionGroup
	Kinds      []Option
	Divisions  []Option
	Points     []Option
	Staff      []Option
	Check      *JournalCheck // nil for whom it is not
}

// JournalFilter is what was asked for, as it stands in the path: ids and days.
type JournalFilter struct{ Act, Kind, Subject, Division, Point, Staff, From, To string }

// Any reports whether anything was asked for.
func (f JournalFilter) Any() bool { return f != JournalFilter{} }

// JournalCheck is the newest look at the whole journal.
type JournalCheck struct {
	May             bool // ask for one
	Running, CutOff bool
	By              string
	Began, Ended    time.Time
	Done, Total     uint64
	Share           int
	Checkpoints     int
	Found           int
	Findings        []string
}

// JournalEntry is one entry with all it says, and its proof.
type JournalEntry struct {
	Entry
	ID, Source   string
	Kind, Whole  string // of the subject: a phrase or the kind itself, and the whole id
	Place, Point string
	Campaign     string
	Result       string
	Facts        []Fact
	Before       string // link to the entry before
	Proof        Proof
	Newest       Checkpoint
}

// Proof is what an entry was held against.
type Proof struct {
	State                  State
	Content, Before, Chain string // hashes
	Signed                 uint64 // number of the checkpoint; 0 = none yet
	Hash                   string // that was signed
	At                     time.Time
	Between                int // entries reckoned through
}
