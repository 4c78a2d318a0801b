package journal

import (
	"encoding/hex"
	"errors"
	"time"
)

// Act is what was done.
type Act string

// The acts.
const (
	ApplicationRegistered Act = "application.registered"
	ApplicationEdited     Act = "application.edited"
	ApplicationMoved      Act = "application.moved" // to another point; Detail "from"
	ApplicationApart      Act = "application.apart" // its number turned out to be somebody else's; Detail "beside", a record
	ConfirmationReceived  Act = "confirmation.received"
	ConfirmationDisputed  Act = "confirmation.disputed"
	ConfirmationVoided    Act = "confirmation.voided"
	ConfirmationDecided   Act = "confirmation.decided" // Detail "stood", "state"; "outcome" in the one that tells
	RecordQuarantined     Act = "record.quarantined"
	RecordForced          Act = "record.forced"      // two persons took it against the rule in Detail "rule"; "second" is the other
	RecordRefused         Act = "record.refused"     // … or refused it for good
	RecordCompleted       Act = "record.completed"   // what was missing of one that is held came; Detail "carrier"
	RecordAskedAgain      Act = "record.asked-again" // its box was asked to say it once more
	RecordViewed          Act = "record.viewed"
	TicketIssued          Act = "ticket.issued" // an enrolment ticket for a box
	BoxEnrolled           Act = "box.enrolled"
	BoxSeenFork           Act = "box.seen-fork"
	BoxFrozen             Act = "box.frozen"
	BoxReleased           Act = "box.released"
	BoxRevoked            Act = "box.revoked"
	BoxDeskCertified      Act = "box.desk-certified" // the server certificate of its desk
	BoxClockJumped        Act = "box.clock-jumped"   // the board's clock, as the box saw it (S32)
	StaffCreated          Act = "staff.created"
	StaffChanged          Act = "staff.changed"
	StaffDisabled         Act = "staff.disabled"
	StaffSignedIn         Act = "staff.signed-in"
	StaffRefused          Act = "staff.refused"
	StaffSignedOut        Act = "staff.signed-out"
	AccessDenied          Act = "access.denied"
	CampaignDrafted       Act = "campaign.drafted"
	CampaignRehearsed     Act = "campaign.rehearsed" // Detail: counts
	CampaignSigned        Act = "campaign.signed"    // by one of those who must
	CampaignPublished     Act = "campaign.published"
	PointCreated          Act = "point.created"
	PointChanged          Act = "point.changed"
	ClockMoved            Act = "clock.moved"
	HubCreated            Act = "hub.created"
	HubStarted            Act = "hub.started"
	HubStopped            Act = "hub.stopped"
	JournalVerified       Act = "journal.verified"
	StorageFilling        Act = "storage.filling" // a place the hub writes to is at 80 % or more (S31); Detail "place", "percent"
	StorageEased          Act = "storage.eased"   // and has room again
)

// Acts that package progress counts and no step of this edition writes: they are
// agreed here, so that counters need not be told later.
const (
	ApplicationWithdrawn Act = "application.withdrawn" // Detail "level"
	OrderPaid            Act = "order.paid"            // Detail "level"
	OrderRefunded        Act = "order.refunded"        // Detail "level"
)

// PastImported: an earlier year's table was brought in; Detail "kind", "year",
// "rows".
const PastImported Act = "progress.imported"

// Details by which package progress counts. A level (报考层次) is one of three
// codes: it says less of a person than the point that every entry names.
const (
	DetailLevel     = "level"      // of the application
	DetailFrom      = "from"       // code of the point it was registered at before
	DetailFromLevel = "from-level" // level it was registered for before
	DetailState     = "state"      // of the confirmation that came
	DetailStood     = "stood"      // state of a confirmation before it was disputed or voided
)

// What becomes of a confirmation on papers (demand A40). Detail "application".
const (
	PapersAccepted Act = "papers.accepted" // by the city: she is who she signed as
	PapersReturned Act = "papers.returned" // they are to be shown again
	PapersRefused  Act = "papers.refused"  // Detail "stood", "state"; "left" when another confirmation stands
	CardVerified   Act = "card.verified"   // her card was read after all
	CardDiffers    Act = "card.differs"    // … and it is not that of the person who signed
)

// ApplicationReviewed: a clerk looked at her papers and claims at the desk. Subject
// is the record; Detail "application", "state", "clerk", "items", "claims", and
// "lacks", "fails" with keys of the campaign's list, "pledge" with the hash of its
// picture.
const ApplicationReviewed Act = "application.reviewed"

// DetailProof says of a confirmation that came that it was made on papers.
const DetailProof = "proof"

// DetailCard says of one whose proof is open that the office decides about her card
// itself, so that reading it once more ends nothing: "reviewed".
const DetailCard = "card"

// Tokens by which other systems call.
const (
	TokenAsked   Act = "token.asked"  // Detail "scopes", "days"
	TokenIssued  Act = "token.issued" // by the second person, where two are asked
	TokenRevoked Act = "token.revoked"
)

// OfToken is a token of package access.
const OfToken = "token"

// The acts of looking for persons and of taking data away.
const (
	CandidateSearched Act = "candidate.searched" // Detail: what was looked by, and how many were found
	ListExported      Act = "list.exported"      // a list as a file; Detail "rows", "format", "mark"
	ParcelAsked       Act = "parcel.asked"       // data of candidates, by an exchange of the campaign
	ParcelAgreed      Act = "parcel.agreed"      // by the second person
	ParcelRefused     Act = "parcel.refused"
	ParcelFetched     Act = "parcel.fetched" // it has left the hub; Detail "rows", "mark"
)

// ConsentGiven: a person was told something and agreed, or declined (Result);
// Detail "kind", "digest" of the text.
const ConsentGiven Act = "consent.given"

// OfAccount is an account at the portal.
const OfAccount = "account"

// What happens in offices, and what went wrong. Detail holds names of fields and
// codes, never what stands in them.
const (
	OfficeChanged        Act = "office.changed"   // Detail "fields"
	OfficeOpened         Act = "office.opened"    // by the hub: a division came into being
	OfficesImported      Act = "offices.imported" // Detail "rows", "changed"
	IncidentReported     Act = "incident.reported"
	IncidentAcknowledged Act = "incident.acknowledged"
	IncidentNoted        Act = "incident.noted"
	IncidentMeasured     Act = "incident.measured" // Detail "measure", "ref"
	IncidentHanded       Act = "incident.handed"   // Detail "to"
	IncidentEscalated    Act = "incident.escalated"
	IncidentResolved     Act = "incident.resolved"
	IncidentClosed       Act = "incident.closed" // or one of the words it takes: Detail "state"
	IncidentReopened     Act = "incident.reopened"
)

// Kinds of subjects that belong to them.
const (
	OfOffice   = "office"
	OfIncident = "incident"
)

// The acts on a rehearsal's way, and on the journal itself.
const (
	CampaignRehearsalBegun   Act = "campaign.rehearsal-begun"
	CampaignRehearsalStopped Act = "campaign.rehearsal-stopped"
	JournalCheckBegun        Act = "journal.check-begun" // its end is JournalVerified
)

// The acts on accounts beyond those above.
const (
	StaffEnrolled       Act = "staff.enrolled"        // her authenticator
	StaffFirstPassword  Act = "staff.first-password"  // made and printed; Detail "slip", "until", "authenticator" if that was taken off
	StaffSessionEnded   Act = "staff.session-ended"   // by herself elsewhere, or by her superior
	StaffApplied        Act = "staff.applied"         // somebody asks for an account
	StaffRequestSettled Act = "staff.request-settled" // bound or refused
	StaffVouched        Act = "staff.vouched"         // that an account is its owner's alone
	StaffCardBound      Act = "staff.card-bound"      // her own card, at a desk: Detail "record"
	StaffCardOff        Act = "staff.card-off"        // by herself: at a desk, Detail "record", or at the hub; or by whoever answers for her
	StaffTrained        Act = "staff.trained"         // exercises done at a box: Detail "record", "exercises"
	StaffDependent      Act = "staff.dependent"       // a second person's word was not taken: Detail "act", "beside", "through"
)

// The acts of what one asks for and another agrees to; Detail "act", "terms".
const (
	CountersignAsked   Act = "countersign.asked"
	CountersignAgreed  Act = "countersign.agreed"
	CountersignRefused Act = "countersign.refused"
	CountersignUsed    Act = "countersign.used" // who asked did it, by the second person's word
)

// OfCountersign is an act of two persons, of package countersign.
const OfCountersign = "countersign"

// The acts of approvals.
const (
	ApprovalSubmitted   Act = "approval.submitted"
	ApprovalResubmitted Act = "approval.resubmitted" // mended after it was returned
	ApprovalAgreed      Act = "approval.agreed"      // by one person; Detail "agreed": how many of how many
	ApprovalRefused     Act = "approval.refused"
	ApprovalReturned    Act = "approval.returned"
	ApprovalWithdrawn   Act = "approval.withdrawn"
	ApprovalApproved    Act = "approval.approved" // by the last word that was missing; Detail "effect"
	ApprovalNear        Act = "approval.near"     // the tier that judges was reminded: the deadline is near
	ApprovalOverdue     Act = "approval.overdue"  // and that it has passed
	ApprovalDelegated   Act = "approval.delegated"
	ApprovalUndelegated Act = "approval.undelegated"
	ApprovalPaperViewed Act = "approval.paper-viewed" // Detail "paper"
)

// Kinds of authors.
const (
	ByStaff     = "staff"     // ID is the account
	ByBox       = "box"       // ID is the box
	ByCandidate = "candidate" // ID is her account at the portal, or the application
	ByHub       = "hub"       // the program itself
	ByOperator  = "operator"  // whoever sits at the machine with hubctl
	ByUnknown   = "unknown"   // not signed in
)

// Kinds of subjects.
const (
	OfApplication  = "application"
	OfConfirmation = "confirmation"
	OfBox          = "box"
	OfPoint        = "point"
	OfStaff        = "staff"
	OfCampaign     = "campaign"
	OfRecord       = "record" // an envelope that is not a confirmation yet
	OfHub          = "hub"
	OfApproval     = "approval" // a case
	OfList         = "list"     // ID is the word of a list
	OfParcel       = "parcel"   // data of candidates that somebody asked for
)

// ErrEntry says that an entry lacks its act or author, or is too long: our own
// mistake.
var ErrEntry = errors.New("journal: entry is not complete")

// Author is who did it.
type Author struct {
	Kind string `cbor:"kind"`
	ID   string `cbor:"id"`
}

// Subject is what it was done to.
type Subject struct {
	Kind string `cbor:"kind"`
	ID   string `cbor:"id"`
}

// Entry is one line of the journal. Nothing in it may name a person: ids, names
// of fields, codes and keyed hashes only.
type Entry struct {
	At       time.Time // by the hub's civil clock, to the millisecond
	Author   Author
	Source   string // where the act came from: network address, box id; "" inside the hub
	Act      Act
	Subject  Subject
	Campaign string            // id, "" if none
	Point    string            // code of the point concerned, "" if none
	Division string            // of that point or of the office, "" if none
	Result   string            // "" means done; else why not
	Reason   string            // what a person gave as reason
	Detail   map[string]string // short facts by name
}

// Hash is a SHA-256 value.
type Hash [32]byte

// String returns 64 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Sealed is an entry in the chain.
type Sealed struct {
	Number uint64 // 1, 2, 3 … without gaps
	ID     string
	Chain  Hash // SHA-256(chain before ‖ number ‖ SHA-256(entry))
	Entry
}

// Checkpoint pins the journal: entry Number has the chain hash Hash.
type Checkpoint struct {
	Number uint64
	Hash   Hash
	At     time.Time
}
