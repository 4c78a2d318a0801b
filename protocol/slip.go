package protocol

import (
	"crypto"
	"encoding/base32"
	"strings"
)

// Slip (凭条) says that a box sealed a confirmation that the hub may not hold yet:
// by it she pays, and an office sees that she was there, before the record has
// arrived (design §2, "Roster and policy travel ahead"). It is a statement of the
// box (KindSlip), printed as a code on the process sheet. It names nobody: of the
// person it has the application's id.
type Slip struct {
	Address            // of the box that sealed it
	Sequence    uint64 `cbor:"seq"`
	Record      ID     `cbor:"record"`
	Envelope    Hash   `cbor:"envelope"` // SHA-256 of the COSE_Sign1 bytes
	Application string `cbor:"application"`
	Campaign    string `cbor:"campaign"`
	Rules       uint32 `cbor:"rules"` // version of the campaign by which it was sealed
	Fee         uint64 `cbor:"fee"`   // as printed on the sheet, in fen
	At          Time   `cbor:"at"`    // of the sealing, by the box
}

// MaxSlip is the most bytes a signed Slip may have: what a code of 25 mm carries
// readably.
const MaxSlip = 448

// slipMark begins the text of a slip's code. The rest is base32 (RFC 4648) without
// padding: a code of such letters is small, and a scanner that types like a
// keyboard cannot spoil them.
const slipMark = "ZK1:S:"

var slipLetters = base32.StdEncoding.WithPadding(base32.NoPadding)

func (s Slip) check() error {
	if err := s.Address.check(); err != nil {
		return err
	}
	if s.Sequence == 0 || s.Record == (ID{}) || s.Envelope.IsZero() || s.Application == "" || len(s.Application) > 64 || !short(s.Application) ||
		!name(s.Campaign) || s.Rules == 0 || s.Fee > 1e9 || s.At == 0 || !s.At.sane() {
		return malformed("slip")
	}
	return nil
}

// slipPath is where a portal takes a slip by its address.
const slipPath = "/KS/P/"

// MaxSlipLink is the most characters of a code that is an address: a code of 25 mm
// carries so many of the small set readably (version 17 at level M).
const MaxSlipLink = 734

// SlipText is a signed slip as its code holds it.
func SlipText(raw []byte) string { return slipMark + slipLetters.EncodeToString(raw) }

// SlipLink is a signed slip as an address that the camera of a telephone opens.
// portal is the portal's address, "https://host"; where it is "", or the code would
// be too large, it is SlipText. Capitals throughout keep the code small: scheme and
// host mean the same in them, and the portal takes the path in either case.
func SlipLink(portal string, raw []byte) string {
	link := strings.ToUpper(strings.TrimSuffix(portal, "/")) + slipPath + slipLetters.EncodeToString(raw)
	if portal == "" || len(link) > MaxSlipLink {
		return SlipText(raw)
	}
	return link
}

// SlipLetters is what of a signed slip stands in an address, after the path.
func SlipLetters(raw []byte) string { return slipLetters.EncodeToString(raw) }

// slipOfLink takes the letters out of an address; whose it is makes no difference,
// for who signed the slip decides what it is worth.
func slipOfLink(text string) (letters string, ok bool) {
	if !strings.HasPrefix(text, "HTTPS://") && !strings.HasPrefix(text, "HTTP://") {
		return "", false
	}
	_, letters, ok = strings.Cut(text, slipPath)
	return letters, ok
}

// SlipOf reads the text of a code, as a scanner or a person typed it: in any case,
// with blanks and line ends, alone or as the address of SlipLink. Errors:
// ErrMalformed, ErrTooLarge.
func SlipOf(text string) ([]byte, error) {
	if len(text) > 4*MaxSlip {
		return nil, ErrTooLarge
	}
	text = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	letters, ok := strings.CutPrefix(text, slipMark)
	if !ok {
		letters, ok = slipOfLink(text)
	}
	if !ok {
		return nil, malformed("text of a slip")
	}
	raw, err := slipLetters.DecodeString(letters)
	if err != nil || slipLetters.EncodeToString(raw) != letters {
		return nil, malformed("text of a slip")
	}
	if len(raw) > MaxSlip {
		return nil, ErrTooLarge
	}
	return raw, nil
}

// ReadSlip reads a signed slip without judging its signature: whose key to ask for
// stands in it. Errors: ErrMalformed, ErrTooLarge.
func ReadSlip(raw []byte) (Slip, error) {
	s, _, err := readSlip(raw)
	return s, err
}

func readSlip(raw []byte) (s Slip, st Statement, err error) {
	if len(raw) > MaxSlip {
		return s, st, ErrTooLarge
	}
	if st, err = ParseStatement(KindSlip, raw); err != nil {
		return s, st, err
	}
	return s, st, Decode(st.Payload, &s)
}

// OpenSlip reads a signed slip and makes sure that the key of a box signed it.
// Errors: ErrSignature, ErrMalformed, ErrTooLarge.
func OpenSlip(raw []byte, key crypto.PublicKey) (Slip, error) {
	s, st, err := readSlip(raw)
	if err != nil {
		return s, err
	}
	return s, st.Verify(key)
}
