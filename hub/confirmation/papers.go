package confirmation

// Papers is what a clerk saw instead of a chip, or copied beside one that an office
// reviews (WhyReview): the words of the wire. The
// pictures are blobs of roles copy.1, copy.2 …; what stands on them, as she typed
// it or as the chip says, is the content's Chip.
type Papers struct {
	Why      string `cbor:"why"`      // one of the Why… values
	Document string `cbor:"document"` // code of the campaign's table of documents
	Copies   int    `cbor:"copies"`
	Note     string `cbor:"note,omitempty"` // of no person
}

// Why a clerk looked at papers.
const (
	WhyNoChip     = "no-chip"    // papers of this kind have none
	WhyUnreadable = "unreadable" // the chip did not answer
	WhyMissing    = "missing"    // lost, or left at home
	WhyExpired    = "expired"    // the card is past its last day, and another paper proves her
	WhyReview     = "review"     // the chip was read, and an office reviews cards of this kind
)

// Assent is one person's yes, given at the box.
type Assent struct {
	Account string `cbor:"account"`
	Role    string `cbor:"role"` // "clerk" or "head", in which she acted
	How     string `cbor:"how"`  // "code" or "card"
	At      int64  `cbor:"at"`   // ms since 1970, by the box
}

// Override is something that would have ended the visit and that the staff let
// pass.
type Override struct {
	Act     string   `cbor:"act"`              // key in the campaign's table of acts
	Reason  string   `cbor:"reason,omitempty"` // of no person
	Assents []Assent `cbor:"assents"`
}
