package protocol

import "crypto"

// Token is a queue token (排队号): that somebody stood at this point at that
// time. It is a statement of the box that drew it (KindToken), printed on its
// slip and sealed with the confirmation of who came with it, so that whoever was
// in the queue when the window closed is still served (design §2, "Time"). It
// names nobody.
type Token struct {
	Address              // of the box that drew it
	Point   string       `cbor:"point"`  // code
	Day     string       `cbor:"day"`    // 2006-01-02: of the queue, see window.QueueDay; as the box knew it
	Number  uint16       `cbor:"number"` // 1, 2, 3 … of that box and day
	Drawn   TimeEvidence `cbor:"drawn"`  // when; its verdict is of the point's own window
}

// MaxToken is the most bytes a signed Token may have.
const MaxToken = 1024

func (t Token) check() error {
	if err := t.Address.check(); err != nil {
		return err
	}
	if !name(t.Point) || len(t.Day) != len("2006-01-02") || !short(t.Day) || t.Number == 0 {
		return malformed("token")
	}
	return t.Drawn.check()
}

// ReadToken reads a signed token without judging its signature: for whoever
// drew it, or has had it from somebody who proved to be that box.
func ReadToken(raw []byte) (t Token, err error) {
	if len(raw) > MaxToken {
		return t, ErrTooLarge
	}
	s, err := ParseStatement(KindToken, raw)
	if err != nil {
		return t, err
	}
	return t, Decode(s.Payload, &t)
}

// OpenToken reads a signed token and makes sure that the key of a box signed it.
// Errors: ErrSignature, ErrMalformed, ErrTooLarge.
func OpenToken(raw []byte, key crypto.PublicKey) (Token, error) {
	t, err := ReadToken(raw)
	if err != nil {
		return t, err
	}
	s, err := ParseStatement(KindToken, raw)
	if err != nil {
		return t, err
	}
	return t, s.Verify(key)
}
