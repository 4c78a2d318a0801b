package link

import "zhunkao/protocol"

// Event is something the box should know: one of the types below. None names a
// person.
type Event interface{ event() }

// Linked: the hub has answered this box's hello. Roster is its newest version:
// a roster whose mark is there is whole.
type Linked struct{ Roster uint64 }

// Unlinked: the session is gone, or the hub no longer answers in it.
type Unlinked struct{ Err error }

// Settled: an entry left the outbox, accepted or set aside as the receipt says.
type Settled struct{ Receipt protocol.Receipt }

// StateChanged: the hub let the box work, froze or revoked it.
type StateChanged struct{ State protocol.BoxState }

// CampaignTaken: a new campaign version is in force.
type CampaignTaken struct {
	Campaign string
	Version  uint32
}

// RosterTaken: the roster stands at To now.
type RosterTaken struct{ To uint64 }

// StaffTaken: who may sign in at the desk was said anew.
type StaffTaken struct{ Until protocol.Time }

// TicketsTaken: a page of the point's admission tickets is here. Whole: the list is,
// and tickets are printed by it.
type TicketsTaken struct {
	Edition     uint32
	Page, Pages uint32
	Whole       bool
}

// PicturesTaken: no picture that a ticket names is lacking any more.
type PicturesTaken struct{}

// DeskCertified: the desk has a certificate of the hub's authority. First is
// whether it had none before.
type DeskCertified struct{ First bool }

// DeskRefused: the hub gives the desk no certificate, for the reason of
// protocol.DeskCertificate.Refusal.
type DeskRefused struct{ Why string }

// Behind: the hub holds records of this epoch beyond the box's own head, or the
// head is unsure: the box was restored from an old image or lost its newest
// record. It must seal nothing more in this epoch (demand fault 22).
type Behind struct{ Hub, Head uint64 }

// Certain: the hub holds nothing beyond the head.
type Certain struct{}

// JournalBack: the hub's journal ends before, or beside, where it was seen to
// end: its tail was cut off or rewritten (demand S31).
type JournalBack struct{ Seen, Now protocol.Checkpoint }

// LetGo: the hub's backup mark has passed records that the box held, and they are
// gone from here.
type LetGo struct {
	Mark    uint64
	Records int
}

// Refused: a message from the broker had no effect.
type Refused struct {
	Kind protocol.Kind
	Err  error
}

// Unsendable: a record cannot be read whole from the disk; the others go on.
type Unsendable struct {
	Sequence uint64
	Err      error
}

// Synced: the hub's signed time answered a question of this box. Said is what
// the heartbeat with that question told of the devices; nil after a hello.
type Synced struct{ Said []protocol.DeviceState }

func (Linked) event()        {}
func (Unlinked) event()      {}
func (Settled) event()       {}
func (StateChanged) event()  {}
func (CampaignTaken) event() {}
func (RosterTaken) event()   {}
func (StaffTaken) event()    {}
func (TicketsTaken) event()  {}
func (PicturesTaken) event() {}
func (DeskCertified) event() {}
func (DeskRefused) event()   {}
func (Behind) event()        {}
func (LetGo) event()         {}
func (Certain) event()       {}
func (JournalBack) event()   {}
func (Refused) event()       {}
func (Unsendable) event()    {}
func (Synced) event()        {}
