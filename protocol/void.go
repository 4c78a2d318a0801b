package protocol

// Void is the body of RecordVoid (撤销确认): clerk and head of the point together
// take a wrong confirmation back, the same day (design §2, "What she signed
// wins"). It names nobody but by ids. The record that it takes back stays for
// ever; a new confirmation is a record of its own.
//
// Whoever seals it has made sure of both persons; whether they may is judged at
// the hub, by the staff of the box's point.
type Void struct {
	Record      ID        `cbor:"record"`           // the confirmation that is taken back; of any box of the point
	Application string    `cbor:"application"`      // of that confirmation
	Point       string    `cbor:"point"`            // code of the point where the box stands
	Sealed      Time      `cbor:"sealed,omitempty"` // when that confirmation was sealed, as far as this box knows
	Reason      string    `cbor:"reason"`           // a code of the campaign's list of reasons for it
	Note        string    `cbor:"note,omitempty"`   // what was said beside it; of no person
	Assents     []Assent  `cbor:"assents"`          // clerk, then head: two different accounts
	Copies      uint16    `cbor:"copies,omitempty"` // copies of the sheet that were given out, by the box's log
	TakenBack   uint16    `cbor:"taken,omitempty"`  // of these, those that were taken back and torn
	Checks      []Check   `cbor:"checks,omitempty"` // what the desk checked
	Blobs       []BlobRef `cbor:"blobs"`            // none today; in the manifest's order
}

// Assent is one person's yes, given at the box.
type Assent struct {
	Account string `cbor:"account"` // id of the account at the hub
	Role    string `cbor:"role"`    // AssentClerk or AssentHead, in which she acted
	How     string `cbor:"how"`     // one of the How… values
	At      Time   `cbor:"at"`      // the box's best estimate
}

// In which role somebody assents.
const (
	AssentClerk = "clerk"
	AssentHead  = "head"
)

// How an assent was made sure of.
const (
	HowCode = "code" // password and one-time code
	HowCard = "card" // her own card and PIN
)

func (v Void) blobs() []BlobRef { return v.Blobs }

func (v Void) check() error {
	if v.Record == (ID{}) || v.Application == "" || !short(v.Application, v.Reason, v.Note) || v.Reason == "" || !name(v.Point) ||
		!v.Sealed.sane() || v.TakenBack > v.Copies || len(v.Blobs) > MaxBlobs {
		return malformed("void")
	}
	if len(v.Assents) != 2 || v.Assents[0].Role != AssentClerk || v.Assents[1].Role != AssentHead || v.Assents[0].Account == v.Assents[1].Account {
		return malformed("assents")
	}
	for _, a := range v.Assents {
		if err := a.check(); err != nil {
			return err
		}
	}
	return happened(nil, v.Checks)
}
