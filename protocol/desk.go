package protocol

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
)

const (
	// MaxStaff is how many people of one point travel to its boxes.
	MaxStaff = 200
	// MaxDeskNames is how many names one certificate of a desk may have.
	MaxDeskNames = 8
	// MaxPointBoxes is how many boxes of one point its boxes are told of.
	MaxPointBoxes = 64
)

// Staff tells a box who works at its point, so that they can sign in at its
// desk without the hub: everybody who may, each time. It replaces what the box
// held before if Issued is later, so that a message kept back and said again
// later brings nobody back. What it says is good until Until.
type Staff struct {
	Address
	Point  string `cbor:"point"`  // code
	Issued Time   `cbor:"issued"` // hub's time
	Until  Time   `cbor:"until"`  // nobody signs in by this after that
	Mark   uint64 `cbor:"mark"`   // names this list; the box reports it in Marks
	Sealed Sealed `cbor:"sealed"` // StaffPage
}

// StaffPage is the sealed part of Staff.
type StaffPage struct {
	Members []StaffMember `cbor:"members"`

	// Boxes are the boxes of the point that the hub has not shut out, the addressed
	// one among them: who is not named here is no neighbour. Added later.
	Boxes []PointBox `cbor:"boxes,omitempty"`
}

// PointBox is a box of a point, as the boxes of the point are told of it.
type PointBox struct {
	Box   BoxID    `cbor:"box"`
	Unit  uint16   `cbor:"unit"`            // number of the box at its point, from 1
	Key   Hash     `cbor:"key"`             // SHA-256 of its device key: SubjectPublicKeyInfo, DER
	Names []string `cbor:"names,omitempty"` // of its desk, each DeskNameAllowed; none: it has no desk on the network
	Port  uint16   `cbor:"port,omitempty"`  // of its desk; 0 exactly when Names is empty
}

func (b PointBox) ok() bool {
	if !b.Box.Valid() || b.Unit == 0 || b.Key == (Hash{}) || !deskPlace(b.Names, b.Port) {
		return false
	}
	for _, n := range b.Names {
		if !DeskNameAllowed(b.Box, n) {
			return false
		}
	}
	return true
}

// deskPlace reports whether names and port can be where a desk is, or that there
// is none.
func deskPlace(names []string, port uint16) bool {
	if (len(names) == 0) != (port == 0) || len(names) > MaxDeskNames {
		return false
	}
	for _, n := range names {
		if !name(n) {
			return false
		}
	}
	return true
}

// StaffMember is one person who may sign in at the desk of her point.
type StaffMember struct {
	ID       string    `cbor:"id"`       // of the account
	Name     string    `cbor:"name"`     // sign-in name
	Display  string    `cbor:"display"`  // as shown
	Role     StaffRole `cbor:"role"`     // what she may
	Verifier string    `cbor:"verifier"` // argon2id, in the PHC string format
	Secret   []byte    `cbor:"secret"`   // of her authenticator: RFC 6238, HMAC-SHA-1, 6 digits, 30 s

	Card *StaffCard `cbor:"card,omitempty"` // nil: the hub has never heard of a card of hers
}

// StaffRole is what somebody may at a desk.
type StaffRole string

// The roles. A box passes over a member whose role it does not know.
const (
	StaffClerk StaffRole = "clerk"
	StaffHead  StaffRole = "head" // what a clerk may, and answers for the point
)

// LogValue keeps everybody out of logs.
func (StaffPage) LogValue() slog.Value { return slog.StringValue("staff") }

// LogValue keeps her out of logs.
func (StaffMember) LogValue() slog.Value { return slog.StringValue("staff member") }

// DeskRequest asks for the server certificate of a box's desk. It is signed by
// the device key; the certificate's own key is that of the CSR.
type DeskRequest struct {
	Address
	Nonce []byte   `cbor:"nonce"` // 16 random bytes, answered by DeskCertificate
	CSR   []byte   `cbor:"csr"`   // PKCS #10, DER, ECDSA P-256, at most 4 KiB
	Names []string `cbor:"names"` // 1 to MaxDeskNames; see DeskNameAllowed
}

// DeskCertificate answers DeskRequest: a certificate, or why there is none.
type DeskCertificate struct {
	Address
	Nonce       []byte `cbor:"nonce"`
	Certificate []byte `cbor:"certificate,omitempty"` // DER; its issuer is the CA of the grant
	Refusal     string `cbor:"refusal,omitempty"`     // DeskRefused…
}

// Why a desk gets no certificate.
const (
	DeskRefusedName  = "name"  // a name that no desk may have
	DeskRefusedState = "state" // the box is frozen or revoked
)

// DeskNameAllowed reports whether the desk of box may be called s: an address
// of a private network (RFC 1918, RFC 4193) or of the link, or the box's own
// name on the link, "<box>.local". All else could be somebody else's name, the
// hub's among them.
func DeskNameAllowed(box BoxID, s string) bool {
	if ip, err := netip.ParseAddr(s); err == nil {
		return ip.Zone() == "" && !ip.Is4In6() && ip.String() == s && (ip.IsPrivate() || ip.IsLinkLocalUnicast())
	}
	return box.Valid() && s == string(box)+".local"
}

// OpenDesk verifies a request's CSR: its own signature and the kind of its key.
// The statement around it has been verified by the caller.
func (r DeskRequest) OpenDesk() (*x509.CertificateRequest, error) {
	csr, err := x509.ParseCertificateRequest(r.CSR)
	if err != nil {
		return nil, malformed("certificate request")
	}
	pub, ok := csr.PublicKey.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return nil, fmt.Errorf("%w: the desk's key must be ECDSA P-256", ErrUnknownKey)
	}
	if err := csr.CheckSignature(); err != nil {
		return nil, ErrSignature
	}
	return csr, nil
}

func (s Staff) check() error {
	if err := s.Address.check(); err != nil {
		return err
	}
	if !name(s.Point) || s.Issued <= 0 || !s.Issued.sane() || s.Until < s.Issued || !s.Until.sane() || s.Mark == 0 {
		return malformed("staff")
	}
	return nil
}

func (p StaffPage) check() error {
	if p.Members == nil { // nobody is an empty list, never a missing one
		return malformed("staff page")
	}
	if len(p.Members) > MaxStaff {
		return ErrTooLarge
	}
	seen := make(map[string]bool, 2*len(p.Members))
	for _, m := range p.Members {
		if !name(m.ID) || !name(m.Name) || m.Display == "" || m.Role == "" || !short(m.Display, string(m.Role), m.Verifier) ||
			!strings.HasPrefix(m.Verifier, "$argon2id$") || len(m.Secret) < 10 || len(m.Secret) > 64 ||
			seen["id/"+m.ID] || seen["name/"+m.Name] {
			return malformed("staff member")
		}
		if m.Card != nil && m.Card.Check() != nil {
			return malformed("staff member")
		}
		seen["id/"+m.ID], seen["name/"+m.Name] = true, true
	}
	if len(p.Boxes) > MaxPointBoxes {
		return ErrTooLarge
	}
	for _, b := range p.Boxes {
		if !b.ok() || seen["box/"+string(b.Box)] {
			return malformed("box of the point")
		}
		seen["box/"+string(b.Box)] = true
	}
	return nil
}

func (r DeskRequest) check() error {
	if err := r.Address.check(); err != nil {
		return err
	}
	if len(r.Nonce) != NonceSize || len(r.CSR) == 0 || len(r.CSR) > 4<<10 || len(r.Names) == 0 || len(r.Names) > MaxDeskNames {
		return malformed("desk request")
	}
	for _, n := range r.Names {
		if !name(n) {
			return malformed("desk name")
		}
	}
	return nil
}

func (c DeskCertificate) check() error {
	if err := c.Address.check(); err != nil {
		return err
	}
	if len(c.Nonce) != NonceSize || (len(c.Certificate) == 0) == (c.Refusal == "") || len(c.Certificate) > 8<<10 || !short(c.Refusal) {
		return malformed("desk certificate")
	}
	return nil
}
