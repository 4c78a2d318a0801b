package protocol

import "strconv"

// Papers is what a clerk saw instead of a chip (demand A40; S2019 §4): her
// papers have none, or the card is expired, unreadable or missing. What stands
// on them she typed: it is the confirmation's Chip, of type form.ChipPapers. Such
// a confirmation is provisional until the city has decided about the copies, or
// until a card with the same number is read (Verification).
//
// With WhyReview it is what a clerk copied beside a chip that was read, because
// the campaign's table has an office review cards of this kind: only the decision
// of that office ends it.
type Papers struct {
	Why      string `cbor:"why"`            // one of the Why… values
	Document string `cbor:"document"`       // code of the campaign's table of documents: what she showed
	Copies   uint8  `cbor:"copies"`         // how many blobs of RoleCopy there are: 1 to MaxCopies
	Note     string `cbor:"note,omitempty"` // what the clerk said beside it; of no person
}

// Why a clerk looked at papers instead of a chip.
const (
	WhyNoChip     = "no-chip"    // papers of this kind have none
	WhyUnreadable = "unreadable" // the chip did not answer
	WhyMissing    = "missing"    // lost, or left at home
	WhyExpired    = "expired"    // the card is past its last day, and another paper proves her
	WhyReview     = "review"     // the chip was read; the card is of a kind that an office reviews
)

// MaxCopies is how many pictures of papers one record may hold.
const MaxCopies = 8

// RoleCopy is the role of the n-th picture of a paper, from 1 to MaxCopies:
// image/jpeg.
func RoleCopy(n int) string { return "copy." + strconv.Itoa(n) }

// RolePledge is the role of the picture of the pledge that she copied by hand
// (demand A39), image/jpeg.
const RolePledge = "pledge"

// Override is something that would have ended a visit and that the staff let
// pass, as the campaign's table of acts asks: so many persons, with a reason.
type Override struct {
	Act     string   `cbor:"act"`              // key in the campaign's acts
	Reason  string   `cbor:"reason,omitempty"` // of no person
	Assents []Assent `cbor:"assents"`          // 1 or 2, of different accounts
}

func (p Papers) check() error {
	switch p.Why {
	case WhyNoChip, WhyUnreadable, WhyMissing, WhyExpired, WhyReview:
	default:
		return malformed("papers")
	}
	if p.Document == "" || !short(p.Document, p.Note) || p.Copies == 0 || p.Copies > MaxCopies {
		return malformed("papers")
	}
	return nil
}

func (a Assent) check() error {
	if !name(a.Account) || !a.At.sane() || a.At == 0 || a.Role != AssentClerk && a.Role != AssentHead || a.How != HowCode && a.How != HowCard {
		return malformed("assent")
	}
	return nil
}

func (o Override) check() error {
	if !name(o.Act) || !short(o.Reason) || len(o.Assents) < 1 || len(o.Assents) > 2 {
		return malformed("override")
	}
	for _, a := range o.Assents {
		if err := a.check(); err != nil {
			return err
		}
	}
	if len(o.Assents) == 2 && o.Assents[0].Account == o.Assents[1].Account {
		return malformed("override")
	}
	return nil
}

// copies counts the blobs that are pictures of papers, which must be numbered
// from 1 without a gap.
func copies(refs []BlobRef) (n int) {
	roles := make(map[string]bool, len(refs))
	for _, r := range refs {
		roles[r.Role] = true
	}
	for roles[RoleCopy(n+1)] {
		n++
	}
	return n
}

// attended checks what a clerk did in a visit.
func (c Confirmation) attended() error {
	if p := c.Papers; p != nil {
		if err := p.check(); err != nil {
			return err
		}
		if len(c.Blobs) > 0 && copies(c.Blobs) < int(p.Copies) {
			return malformed("papers")
		}
	}
	if g := c.Guardian; g != nil {
		if err := g.check(); err != nil {
			return err
		}
	}
	if (c.Papers != nil || c.Guardian != nil) && c.Clerk == nil {
		return malformed("clerk")
	}
	if c.Clerk != nil {
		if err := c.Clerk.check(); err != nil {
			return err
		}
	}
	if len(c.Overrides) > 16 || len(c.Token) > MaxToken {
		return malformed("overrides")
	}
	for _, o := range c.Overrides {
		if err := o.check(); err != nil {
			return err
		}
	}
	return nil
}
