package console

import "time"

// Boxes is /gl/boxes.
type Boxes struct {
	Rows    []Box // those in use first
	Total   int   // of those in use
	Unwell  int   // of those in use, to be looked at
	Revoked int   // retired or lost: they serve nobody any more
	Pages   Pages
}

// Box is one terminal.
type Box struct {
	ID          string
	Unit        int
	Point       string
	PointName   string
	State       State  // of the box as a whole: in order, silent, frozen, …
	StateReason string // why frozen or revoked
	Standing    string // "active", "frozen" or "revoked": which acts are offered
	Seen        time.Time
	Waiting     uint64
	Oldest      time.Time
	Roster      Mark
	Campaign    Mark
	Devices     []Device
	Gaps        []Gap
	Epoch       uint32
	Head        uint64    // last sequence sealed, by the box's own word
	Receipted   uint64    // every sequence up to here is in
	Ended       uint64    // no readable copy is left of any up to here
	Kept        uint64    // sealed records that it holds
	Backup      uint64    // the backup mark that it has taken
	Stick       *BoxStick // nil: it has no port for one
	KeyStore    string
	Software    string
	Screen      string // phrase
	FreeDisk    uint64 // bytes
	Uptime      time.Duration
	Enrolled    time.Time
	Events      []Entry // its newest journal entries

	// Why it takes nobody new, a key of stop.…; "" while it serves. Of one that is
	// silent: when it will stop for want of the hub, zero while that is far.
	Stop      string
	StopSince time.Time
	StopsAt   time.Time
}

// Troubled are the devices a person should look at.
func (b Box) Troubled() []Device {
	var out []Device
	for _, d := range b.Devices {
		if d.State.Class != "done" {
			out = append(out, d)
		}
	}
	return out
}

// BoxStick is how far the stick in a box lies behind the box.
type BoxStick struct {
	In             bool
	Records, Bytes uint64
	Behind         time.Duration
}

// Mark is how far a box has come and how far it should be.
type Mark struct{ Is, Newest uint64 }

// Behind reports whether something is still on its way down.
func (m Mark) Behind() bool { return m.Is < m.Newest }

// Device is the health of one peripheral.
type Device struct {
	Name  string // phrase
	State State
	Fault string
	Do    string // what to do about the fault, if there is more to say than to look
}

// Gap is a run of sequences that have not arrived.
type Gap struct{ From, To uint64 }

// Entry is one entry of the journal within the remit.
type Entry struct {
	Path     string // where the entry itself is shown, "" if nowhere
	Number   uint64
	At       time.Time
	Author   string
	Act      string // phrase if there is one, else the act itself
	Subject  string
	Link     string // where the subject is shown, "" if nowhere
	Division string
	Reason   string
	Detail   string
	Hash     string
}

// Checkpoint is the newest signed checkpoint and what checking it found.
type Checkpoint struct {
	Number uint64
	At     time.Time
	Hash   string
	State  State
	Note   string
}

// SignIn is /gl/sign-in.
type SignIn struct {
	Login    string
	Error    string // phrase, "" at first
	Ended    bool   // she has just signed out, or was
	Next     string
	Accounts []Account // only in a demo database
}

// Account is one sign-in of the demo.
type Account struct {
	Login, Password, Who string
	Code                 string `json:"-"` // to be used next
}

// Problem is the page of a refusal or a fault.
type Problem struct {
	Status    int
	Title     string // phrase
	Text      string // phrase
	Reference string // number a person can tell us, "" for a refusal
}

// Gallery is /gl/gallery: every page in every state.
type Gallery struct{ Groups []GalleryGroup }

// GalleryGroup is one page.
type GalleryGroup struct {
	Page   string
	States []Link
}
