package protocol

import (
	"log/slog"
	"strings"

	"zhunkao/protocol/identity"
)

// Admission tickets (准考证, demand A60): who cannot print one gets it at the point,
// from the box, also while the hub is away. "Ticket" alone is the enrolment ticket of
// a box on this wire, so everything here is called admission.
//
// The hub sends a point's list page by page and the box says by its marks how far it
// has come; the pictures are asked for one by one (Lacking), because of the two the
// list changes and the pictures stay. A box has none of its own: the readable copy of
// a record ends at its receipt.

const (
	// MaxAdmissionPages is how many pages a list may have.
	MaxAdmissionPages = 4096
	// MaxAdmissionTickets is how many tickets one page may have.
	MaxAdmissionTickets = 64
	// MaxPicture is the largest picture of a ticket in bytes: a larger one is not sent.
	MaxPicture = 128 << 10
	// MaxLacking is how many pictures one message asks for, and how many one brings.
	MaxLacking = 8
	// MaxPictures is the most of pictures, in bytes, that one message brings.
	MaxPictures = 160 << 10

	maxAdmissionText  = 1024 // bytes of an address or an instruction
	maxAdmissionProof = 512
	maxAdmissionRules = 32
	maxSittings       = 4 // of one paper, as the sheet has room for
)

// AdmissionTickets is one page of the admission tickets of a point. A box takes the
// pages of a list in order, and the list counts when it has the last; then it
// replaces the one before, all of it. A list whose Issued is not later than that of
// the list held is passed over, so that one kept back on the way brings no old seat
// back. From the first page of a newer Edition on the tickets held are void.
type AdmissionTickets struct {
	Address
	Campaign string `cbor:"campaign"`
	Edition  uint32 `cbor:"edition"` // number of the arrangement (编排版本) that is published, from 1
	Issued   Time   `cbor:"issued"`  // hub's time when the list was first said
	Mark     uint64 `cbor:"mark"`    // names this list; the box reports it in Marks
	Page     uint32 `cbor:"page"`    // 1 … Pages
	Pages    uint32 `cbor:"pages"`
	Sealed   Sealed `cbor:"sealed"` // AdmissionPage
}

// AdmissionPage is the sealed part of AdmissionTickets: with the box's own name and
// the time it is all that paper 02 says. A place and a paper are told once a page.
type AdmissionPage struct {
	Title   string            `cbor:"title"` // long name of the campaign
	Rules   []string          `cbor:"rules"` // the campaign's instructions; none: those of the sheet
	Root    Hash              `cbor:"root"`  // of the published arrangement; zeros: none stands on the ticket
	Places  []AdmissionPlace  `cbor:"places"`
	Papers  []AdmissionPaper  `cbor:"papers"`
	Tickets []AdmissionTicket `cbor:"tickets"`
}

// AdmissionPlace is where candidates write.
type AdmissionPlace struct {
	Area    string `cbor:"area"` // code and name
	Site    string `cbor:"site"`
	Address string `cbor:"address"`
	Phone   string `cbor:"phone,omitempty"`
}

// AdmissionPaper is what candidates write, and when.
type AdmissionPaper struct {
	Level    string             `cbor:"level"`
	Category string             `cbor:"category"`
	Language string             `cbor:"language,omitempty"`
	Sittings []AdmissionSitting `cbor:"sittings"`
}

// AdmissionSitting is one paper of one half day.
type AdmissionSitting struct {
	Subject string `cbor:"subject"`
	From    Time   `cbor:"from"`
	To      Time   `cbor:"to"`
	Entry   Time   `cbor:"entry"` // from when one enters
	Shut    Time   `cbor:"shut"`  // and until when
}

// AdmissionTicket is the ticket of one candidate.
type AdmissionTicket struct {
	Application string        `cbor:"application"` // id
	Name        identity.Name `cbor:"name"`        // as printed
	Sex         string        `cbor:"sex"`         // in words
	Document    string        `cbor:"document"`    // number of it, masked
	Number      string        `cbor:"number"`      // 准考证号
	Room        string        `cbor:"room"`
	Seat        string        `cbor:"seat"`
	Place       uint32        `cbor:"place"`           // which of the page's, from 0
	Paper       uint32        `cbor:"paper"`           // which of the page's, from 0
	Proof       string        `cbor:"proof,omitempty"` // text of the code; none: a seat given later, or not proved

	// Picture names the picture: the same name is the same picture for ever. It says
	// nothing of the bytes. Zeros: there is none, and NoPicture stands in its place.
	Picture   Hash   `cbor:"picture"`
	NoPicture string `cbor:"nopicture,omitempty"` // lines end with \n
}

// Lacking asks for pictures of tickets that the box holds. It needs no nonce: said
// again it brings the same pictures to the same box.
type Lacking struct {
	Address
	Mark     uint64           `cbor:"mark"`     // of the list held
	Pictures []LackingPicture `cbor:"pictures"` // 1 to MaxLacking
}

// LackingPicture is one picture that a box asks for.
type LackingPicture struct {
	Application string `cbor:"application"`
	Picture     Hash   `cbor:"picture"` // as its ticket names it
}

// Pictures answers Lacking, as far as one message goes: what is missing from it is
// asked for again.
type Pictures struct {
	Address
	Sealed Sealed `cbor:"sealed"` // PicturePage
}

// PicturePage is the sealed part of Pictures.
type PicturePage struct {
	Pictures []Picture `cbor:"pictures"`
}

// Picture is one picture.
type Picture struct {
	Picture Hash   `cbor:"picture"`
	JPEG    []byte `cbor:"jpeg,omitempty"` // none: the hub has none that it could send
}

// CopiesID is under what a box counts the printed copies of a ticket: the first 16
// bytes of a SHA-256 over campaign, edition and application.
func (t AdmissionTicket) CopiesID(campaign string, edition uint32) (ID, error) {
	b, err := Encode([]any{"zhunkao admission", campaign, edition, t.Application})
	if err != nil {
		return ID{}, err
	}
	h := HashOf(b)
	return ID(h[:len(ID{})]), nil
}

// LogValue keeps everybody out of logs.
func (AdmissionPage) LogValue() slog.Value { return slog.StringValue("admission tickets") }

// LogValue keeps her out of logs.
func (AdmissionTicket) LogValue() slog.Value { return slog.StringValue("admission ticket") }

// LogValue keeps everybody out of logs.
func (PicturePage) LogValue() slog.Value { return slog.StringValue("pictures") }

// LogValue keeps her out of logs.
func (Picture) LogValue() slog.Value { return slog.StringValue("picture") }

func (a AdmissionTickets) check() error {
	if err := a.Address.check(); err != nil {
		return err
	}
	if !name(a.Campaign) || a.Edition == 0 || a.Issued <= 0 || !a.Issued.sane() || a.Mark == 0 || a.Page == 0 || a.Page > a.Pages {
		return malformed("admission tickets")
	}
	if a.Pages > MaxAdmissionPages {
		return ErrTooLarge
	}
	return nil
}

// long reports whether all texts are printable and at most maxAdmissionText bytes.
func long(texts ...string) bool {
	for _, s := range texts {
		if len(s) > maxAdmissionText || !printable(s) {
			return false
		}
	}
	return true
}

func (p AdmissionPage) check() error {
	if p.Rules == nil || p.Places == nil || p.Papers == nil || p.Tickets == nil { // none is an empty list, never a missing one
		return malformed("admission page")
	}
	if len(p.Tickets) > MaxAdmissionTickets || len(p.Places) > len(p.Tickets) || len(p.Papers) > len(p.Tickets) || len(p.Rules) > maxAdmissionRules {
		return ErrTooLarge
	}
	if !short(p.Title) || !long(p.Rules...) {
		return malformed("admission page")
	}
	for _, v := range p.Places {
		if !short(v.Area, v.Site, v.Phone) || !long(v.Address) {
			return malformed("admission place")
		}
	}
	for _, v := range p.Papers {
		if v.Sittings == nil || len(v.Sittings) > maxSittings || !short(v.Level, v.Category, v.Language) {
			return malformed("admission paper")
		}
		for _, s := range v.Sittings {
			if !short(s.Subject) || !s.From.sane() || !s.To.sane() || !s.Entry.sane() || !s.Shut.sane() {
				return malformed("admission sitting")
			}
		}
	}
	seen := make(map[string]bool, len(p.Tickets))
	for _, t := range p.Tickets {
		if !t.ok() || seen[t.Application] || int64(t.Place) >= int64(len(p.Places)) || int64(t.Paper) >= int64(len(p.Papers)) {
			return malformed("admission ticket")
		}
		seen[t.Application] = true
	}
	return nil
}

func (t AdmissionTicket) ok() bool {
	return name(t.Application) && t.Number != "" && short(t.Name.Reveal(), t.Sex, t.Document, t.Number, t.Room, t.Seat, strings.ReplaceAll(t.NoPicture, "\n", "")) &&
		len(t.Proof) <= maxAdmissionProof && printable(t.Proof)
}

func (l Lacking) check() error {
	if err := l.Address.check(); err != nil {
		return err
	}
	if l.Mark == 0 || len(l.Pictures) == 0 {
		return malformed("lacking")
	}
	if len(l.Pictures) > MaxLacking {
		return ErrTooLarge
	}
	for _, p := range l.Pictures {
		if !name(p.Application) || p.Picture.IsZero() {
			return malformed("lacking picture")
		}
	}
	return nil
}

func (p Pictures) check() error { return p.Address.check() }

func (p PicturePage) check() error {
	if p.Pictures == nil {
		return malformed("picture page")
	}
	total := 0
	for _, one := range p.Pictures {
		if one.Picture.IsZero() {
			return malformed("picture")
		}
		if len(one.JPEG) > MaxPicture {
			return ErrTooLarge
		}
		total += len(one.JPEG)
	}
	if len(p.Pictures) > MaxLacking || total > MaxPictures {
		return ErrTooLarge
	}
	return nil
}
