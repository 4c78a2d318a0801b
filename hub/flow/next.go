package flow

import (
	"slices"

	"zhunkao/hub/confirmation"
	"zhunkao/protocol/window"
)

// Refusal is why a record is set aside instead of taken. The words are those
// of the wire's receipts.
type Refusal string

// The refusals that Next gives. Those that need no domain (signature, seal,
// campaign) are given before by whoever opened the record.
const (
	RefuseUnknown Refusal = "no-application" // names an application that does not exist
	RefuseContent Refusal = "content"        // breaks a rule that no honest box breaks
	RefuseFork    Refusal = "fork"           // its sequence came before with another record
	RefuseID      Refusal = "id-conflict"    // its id came before with other content
)

// Place is where a record stands in the chain of its box.
type Place string

// The places.
const (
	PlaceFirst  Place = "first"   // sequence 1
	PlaceNext   Place = "next"    // follows a record that is here
	PlaceGap    Place = "gap"     // its predecessor has not come: taken, and shown
	PlaceFork   Place = "fork"    // two records have one sequence, here or just before or after
	PlaceSameID Place = "same-id" // another envelope with this id is here
)

// Prior is a confirmation of the same application that is here already.
type Prior struct {
	ID    string
	Point string
	State confirmation.State
	Proof confirmation.Proof

	Returned int64 // ms, when the city sent its papers back; 0 never, or not known
}

// replaced reports whether a new record takes its place without a word of the
// county: the city sent its papers back, so that she comes again. One that was
// certainly sealed before that is no answer to it, however late it comes: she
// signed twice.
func (p Prior) replaced(f Facts) bool {
	before := f.Latest != 0 && f.Latest < p.Returned
	return p.State == confirmation.InForce && p.Proof == confirmation.Returned && !before
}

// Facts is all that Next looks at.
type Facts struct {
	Place     Place
	BoxFrozen bool
	// BoxRevoked: it came on a stick after its box was shut out. Whether that box
	// was dead or stolen only people know.
	BoxRevoked bool

	Known       bool   // the application exists
	Entered     bool   // it was first entered at the point: it need not exist
	Stranger    bool   // its number was typed from papers, and is that of somebody registered with another name or birthday
	Displaces   string // id of the application that stands under its number by what was typed of somebody else, "" if none; the chip proves it hers
	HubVersion  uint32 // newest version at the hub
	HubPoint    string // point that version names
	Signed      uint32 // version that was signed
	StartedFrom uint32 // version it was made from
	SameContent bool   // what was signed is, field by field, the newest at the hub
	SignedPoint string // point that the signed version names
	Point       string // where it was confirmed

	ChipNumberIsSigned bool // number on the chip = number signed
	SignedNumberIsHub  bool // number signed = number at the hub
	ChipWhole          bool // 256 raw bytes of chip text
	PortraitWhole      bool // 1024 bytes of compressed portrait
	HandValid          bool // the drawn signature is one
	FormProblems       int  // what the campaign's form finds missing or wrong
	Differences        int  // fields in which application and chip differ, as shown to her
	Settled            int  // differences about which something was decided at the box
	ForClerk           int  // of these, those that a clerk must look at
	Photo              Photo
	Token              Token     // what she drew in the queue
	Papers             Papers    // what she showed instead of a chip
	Clerk              Clerk     // who attended it
	Overrides          Overrides // what the staff let pass
	Guardian           Guardian  // who consented for a child

	Priors []Prior
	Voided bool // it was taken back before it came (its void came first)
	Forced bool // two persons of an office take it although a rule refuses it

	Latest      int64        // ms, the latest time at which it may have been sealed; 0 when nothing bounds it
	Register    window.State // of one that was entered: registration, judged here from the sealed evidence
	BySealTime  window.State // judged here from the sealed evidence
	ByReceive   window.State // the same by the time of receipt, with the campaign's grace; only when undecidable
	ReviewTimes bool         // the campaign leaves every undecidable time to the county
}

// Step is what becomes of a record.
type Step struct {
	Refusal     Refusal // "" when it is taken
	Freeze      bool    // the box must be frozen
	State       confirmation.State
	StateReason string
	Checks      []confirmation.Check // made here, in a fixed order
	Dispute     []string             // ids of priors that become disputed
	Replace     string               // id of the prior whose place it takes, "" if none
	Sign        bool                 // what she signed is new here, and becomes the application's newest version
	Create      bool                 // the application comes into being by what she signed
	Apart       bool                 // … without its number, which is somebody else's as far as is known
	Displace    string               // id of the application that loses its number to it, "" if none
}

// Next decides what becomes of a sealed record. It is pure: the same facts
// give the same step for ever.
//
// What she signed wins (design §2): only what no honest box can have made is
// refused; every doubt that a person could be hurt by is taken and shown.
func Next(f Facts) Step {
	s := Step{State: confirmation.InForce}
	chain(&s, f)
	if f.Forced {
		s.overrule()
	}
	if s.Refusal == "" {
		content(&s, f)
	}
	if f.Forced {
		s.overrule()
	}
	if s.Refusal != "" {
		s.State, s.Dispute, s.Replace = "", nil, ""
		return s
	}
	if f.Stranger {
		s.doubt(confirmation.Disputed, confirmation.NoteOtherPerson)
	}
	versions(&s, f)
	once(&s, f)
	queued(&s, f)
	clock(&s, f)
	if f.BoxRevoked {
		s.doubt(confirmation.Disputed, confirmation.NoteRevoked)
	}
	if s.Replace != "" && s.State != confirmation.InForce { // nothing that is doubtful takes a place
		s.Dispute, s.Replace, s.Sign = append(s.Dispute, s.Replace), "", false
	}
	if f.Voided { // it is kept, and changes nothing
		s.State, s.StateReason, s.Dispute, s.Sign = confirmation.Voided, confirmation.NoteVoided, nil, false
		s.Replace = ""
	}
	switch {
	case f.BoxRevoked:
		s.check(confirmation.CheckBox, confirmation.Warn, confirmation.NoteRevoked)
	case f.BoxFrozen:
		s.check(confirmation.CheckBox, confirmation.Warn, confirmation.NoteFrozen)
	default:
		s.check(confirmation.CheckBox, confirmation.Pass, "")
	}
	return s
}

func (s *Step) check(name, result, note string) {
	s.Checks = append(s.Checks, confirmation.Check{By: confirmation.ByHub, Name: name, Result: result, Note: note})
}

func (s *Step) refuse(name string, why Refusal, note string) {
	s.check(name, confirmation.Fail, note)
	if s.Refusal == "" {
		s.Refusal = why
	}
}

// doubt puts the record aside for a decision; the first doubt names it.
func (s *Step) doubt(state confirmation.State, note string) {
	if s.State == confirmation.InForce {
		s.State, s.StateReason = state, note
	} else if state == confirmation.Disputed && s.State == confirmation.TimePending {
		s.State, s.StateReason = state, note
	}
}

func chain(s *Step, f Facts) {
	switch f.Place {
	case PlaceFirst:
		s.check(confirmation.CheckChain, confirmation.Pass, confirmation.NoteFirst)
	case PlaceNext:
		s.check(confirmation.CheckChain, confirmation.Pass, "")
	case PlaceGap:
		s.check(confirmation.CheckChain, confirmation.Warn, confirmation.NoteGap)
	case PlaceSameID:
		s.refuse(confirmation.CheckChain, RefuseID, string(RefuseID))
	default: // PlaceFork, and nothing unknown is ever taken
		s.refuse(confirmation.CheckChain, RefuseFork, string(RefuseFork))
		s.Freeze = true
	}
}

func content(s *Step, f Facts) {
	pass := func(ok bool, name, note string, why Refusal) {
		if ok {
			s.check(name, confirmation.Pass, "")
		} else {
			s.refuse(name, why, note)
		}
	}
	proven(s, f)
	pass(f.HandValid, confirmation.CheckHand, confirmation.NoteMissing, RefuseContent)
	pass(f.Known || f.Entered, confirmation.CheckApplication, confirmation.NoteMissing, RefuseUnknown)
	if !f.Known && !f.Entered && !f.Forced {
		return
	}
	number(s, f)
	if !f.Known && (f.SignedPoint != f.Point || f.Signed != 1 || f.StartedFrom != 0) { // a box enters nobody for another point, and nothing twice
		s.refuse(confirmation.CheckVersion, RefuseContent, "")
	}
	if s.Refusal != "" && !f.Forced {
		return
	}
	if !f.PortraitWhole && !f.Papers.Typed {
		s.check(confirmation.CheckParts, confirmation.Warn, confirmation.NoteMissing)
	} else {
		s.check(confirmation.CheckParts, confirmation.Pass, "")
	}
	switch {
	case f.FormProblems > 0:
		s.check(confirmation.CheckForm, confirmation.Warn, confirmation.NoteIncomplete)
	case f.Differences > 0:
		s.check(confirmation.CheckForm, confirmation.Warn, confirmation.NoteDifferences)
	default:
		s.check(confirmation.CheckForm, confirmation.Pass, "")
	}
	switch {
	case f.ForClerk > 0:
		s.check(confirmation.CheckSettled, confirmation.Warn, confirmation.NoteForClerk)
	case f.Settled > 0:
		s.check(confirmation.CheckSettled, confirmation.Pass, "")
	}
	attending(s, f)
	overrides(s, f)
	guarded(s, f)
	photo(s, f)
}

// number judges whose number it is. One that a chip tells is hers. One that a clerk
// typed from papers may be anybody's: where it is that of somebody who is registered
// with another name or birthday, it was typed wrong, or what is registered is. She was
// told 已受理, so her record is taken; nothing of the other changes, in either order.
func number(s *Step, f Facts) {
	switch {
	case !f.ChipNumberIsSigned || f.Known && !f.SignedNumberIsHub:
		s.refuse(confirmation.CheckNumber, RefuseContent, "")
	case f.Stranger:
		s.check(confirmation.CheckNumber, confirmation.Warn, confirmation.NoteOtherPerson)
	case f.Displaces != "":
		s.check(confirmation.CheckNumber, confirmation.Pass, confirmation.NoteNumberTyped)
	default:
		s.check(confirmation.CheckNumber, confirmation.Pass, "")
	}
}

func versions(s *Step, f Facts) {
	if !f.Known {
		entered(s, f)
		return
	}
	later := f.HubVersion > f.StartedFrom && !f.SameContent
	s.Sign = !f.SameContent
	switch {
	case later:
		s.check(confirmation.CheckVersion, confirmation.Warn, confirmation.NoteSuperseded)
	case f.Signed != f.StartedFrom:
		s.check(confirmation.CheckVersion, confirmation.Pass, confirmation.NoteEdited)
	default:
		s.check(confirmation.CheckVersion, confirmation.Pass, "")
	}
	switch {
	case later && f.HubPoint != f.Point:
		// Both stand until the county decides: nothing is superseded.
		s.Sign = false
		s.doubt(confirmation.Disputed, confirmation.NotePointMoved)
		s.check(confirmation.CheckPoint, confirmation.Warn, confirmation.NotePointMoved)
	case f.SignedPoint != f.Point:
		s.Sign = false
		s.doubt(confirmation.Disputed, confirmation.NoteOtherPoint)
		s.check(confirmation.CheckPoint, confirmation.Warn, confirmation.NoteOtherPoint)
	default:
		s.check(confirmation.CheckPoint, confirmation.Pass, "")
	}
}

// entered decides about an application that comes into being with its
// confirmation (demand A56): what the portal would not have taken, or not at that
// time, is the county's to decide; she was told 已受理.
func entered(s *Step, f Facts) {
	s.Create, s.Apart, s.Displace = true, f.Stranger, f.Displaces
	s.check(confirmation.CheckVersion, confirmation.Pass, confirmation.NoteEntered)
	s.check(confirmation.CheckPoint, confirmation.Pass, "")
	if f.FormProblems > 0 {
		s.doubt(confirmation.Disputed, confirmation.NoteIncomplete)
	}
	switch {
	case f.Register == window.Closed:
		s.doubt(confirmation.TimePending, confirmation.NoteRegister)
		s.check(confirmation.CheckRegister, confirmation.Warn, confirmation.NoteRegister)
	case f.Register != window.Open && f.ReviewTimes:
		s.doubt(confirmation.TimePending, confirmation.NotePending)
		s.check(confirmation.CheckRegister, confirmation.Warn, confirmation.NotePending)
	default:
		s.check(confirmation.CheckRegister, confirmation.Pass, "")
	}
}

func once(s *Step, f Facts) {
	standing := slices.DeleteFunc(slices.Clone(f.Priors), func(p Prior) bool { return !p.State.Stands() })
	if len(standing) == 1 && standing[0].replaced(f) && s.State == confirmation.InForce {
		s.Replace = standing[0].ID
		s.check(confirmation.CheckOnce, confirmation.Pass, confirmation.NoteReplaced)
		return
	}
	if len(standing) == 0 {
		s.check(confirmation.CheckOnce, confirmation.Pass, "")
		return
	}
	note := confirmation.NoteTwice
	for _, p := range standing {
		if p.Point != f.Point {
			note = confirmation.NoteTwiceOther
		}
		if p.State != confirmation.Disputed {
			s.Dispute = append(s.Dispute, p.ID)
		}
	}
	s.doubt(confirmation.Disputed, note)
	s.check(confirmation.CheckOnce, confirmation.Warn, note)
	s.Sign = false
}

// clock decides a time that the box could not: by its own evidence if that is
// enough here, else by the campaign's rule with the time of receipt.
func clock(s *Step, f Facts) {
	switch {
	case f.BySealTime == window.Open:
		s.check(confirmation.CheckWindow, confirmation.Pass, "")
	case f.Token.believed() && f.Token.Serves:
		s.check(confirmation.CheckWindow, confirmation.Pass, confirmation.NoteQueued)
	case f.BySealTime == window.Closed:
		// The box judged otherwise, by another campaign version perhaps. She
		// was told 已受理; the county decides, nobody is turned away.
		s.doubt(confirmation.TimePending, confirmation.NoteClosed)
		s.check(confirmation.CheckWindow, confirmation.Warn, confirmation.NoteClosed)
	case !f.ReviewTimes && f.ByReceive == window.Open:
		s.check(confirmation.CheckWindow, confirmation.Pass, confirmation.NoteByReceive)
	default:
		s.doubt(confirmation.TimePending, confirmation.NotePending)
		s.check(confirmation.CheckWindow, confirmation.Warn, confirmation.NotePending)
	}
}
