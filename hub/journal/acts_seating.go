package journal

// The arrangement (编排, A48 to A52). Subject is the version, of a trial the campaign, of an
// exception seat the application.
const (
	SeatingTried     Act = "seating.tried"      // a trial was asked for
	SeatingTrialDone Act = "seating.trial-done" // Detail "people", "problems"
	SeatingBegun     Act = "seating.begun"      // the list is being frozen; Detail "number", "offices", "second"; of a revision "base"
	SeatingFrozen    Act = "seating.frozen"     // Detail "number", "people", "exempt", "digest"
	SeatingNamed     Act = "seating.named"      // somebody else draws for an office; Detail "office", "account"
	SeatingSealed    Act = "seating.sealed"     // Detail "office", "hash"
	SeatingRevealed  Act = "seating.revealed"   // Detail "office", "drawn"
	SeatingMissed    Act = "seating.missed"     // something else than was sealed; Detail "office", "times"
	SeatingVoided    Act = "seating.voided"     // before it was published; Detail "code", "office", "second"
	SeatingAsked     Act = "seating.asked"      // to number the tickets; Detail "second"
	SeatingComputed  Act = "seating.computed"   // a revision; Detail "number", "kept", "moved", "fresh", "gone"
	SeatingCompared  Act = "seating.compared"   // who does not keep her seat in a revision was looked at; Detail "people"
	SeatingPublished Act = "seating.published"  // Detail "number", "seats", "rooms", "root"; of a revision "base", "kept", "second"
	SeatAdded        Act = "seating.added"      // an exception seat; Detail "version", "second"
	SeatingPrinted   Act = "seating.printed"    // the record sheet
	SeatingListed    Act = "seating.listed"     // who has no seat was looked at; Detail "people"
)

// OfSeating is a version of the arrangement.
const OfSeating = "seating"
