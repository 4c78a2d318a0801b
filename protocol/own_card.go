package protocol

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"strings"
)

// StaffCard lets a member of staff sign in by her own card and a PIN (design §5,
// 本人证件). It holds nothing of the card: Mark says whether a card that lies on a
// reader is the one, PIN whether the PIN that is typed beside it is hers, and
// neither can be looked at without what the chip says: its text block together
// with its portrait, which no list of numbers holds. So a stolen list tells
// nobody's number, and gives no PIN to be guessed.
//
// Without Mark and PIN it says that there is no card since At.
type StaffCard struct {
	At   Time   `cbor:"at"`             // since when; of two the later stands
	Salt []byte `cbor:"salt,omitempty"` // 16 random bytes of this binding
	Mark []byte `cbor:"mark,omitempty"` // CardMark
	PIN  string `cbor:"pin,omitempty"`  // argon2id of CardSecret, in the PHC string format
}

// OwnCard is the body of RecordOwnCard: somebody bound her own card to her
// account at the desk of her point, or took it off. Clerk is herself, made sure
// of by password and one-time code: a card binds no other card.
type OwnCard struct {
	Point string    `cbor:"point"`
	Clerk Assent    `cbor:"clerk"`
	Card  StaffCard `cbor:"card"`
	Blobs []BlobRef `cbor:"blobs"` // none today
}

// CardSaltSize is the length of a StaffCard's salt.
const CardSaltSize = 16

// CardDigest is what a card is known by: its kind, the text block of its chip
// and the portrait in it, exactly as read. It is secret: it opens a StaffCard
// together with the PIN, and is never kept.
func CardDigest(kind string, text, portrait []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write([]byte("zhunkao/own-card/1\x00" + kind + "\x00")) // a hash never fails
	t, p := sha256.Sum256(text), sha256.Sum256(portrait)
	h.Write(t[:])
	h.Write(p[:])
	var out [sha256.Size]byte
	h.Sum(out[:0])
	return out
}

// CardMark is the mark of a card under the salt of a binding.
func CardMark(salt []byte, digest [sha256.Size]byte) []byte {
	m := hmac.New(sha256.New, salt)
	m.Write(digest[:]) // a hash never fails
	return m.Sum(nil)
}

// CardSecret is what the PIN's verifier is made of: without the card no PIN can
// be tried on it.
func CardSecret(digest [sha256.Size]byte, pin string) []byte {
	return append(digest[:], pin...)
}

// Bound reports whether there is a card.
func (c StaffCard) Bound() bool { return len(c.Mark) > 0 }

// Is reports whether the card with this digest is the one that was bound.
func (c StaffCard) Is(digest [sha256.Size]byte) bool {
	return c.Bound() && subtle.ConstantTimeCompare(c.Mark, CardMark(c.Salt, digest)) == 1
}

// LogValue keeps it out of logs.
func (c StaffCard) LogValue() slog.Value { return slog.StringValue("staff card") }

// Check reports whether the parts fit together: all of a binding, or none.
func (c StaffCard) Check() error {
	whole := len(c.Salt) == CardSaltSize && len(c.Mark) == sha256.Size && strings.HasPrefix(c.PIN, "$argon2id$") && short(c.PIN)
	none := len(c.Salt) == 0 && len(c.Mark) == 0 && c.PIN == ""
	if !c.At.sane() || c.At == 0 || !whole && !none {
		return malformed("own card")
	}
	return nil
}

func (o OwnCard) blobs() []BlobRef { return o.Blobs }

func (o OwnCard) check() error {
	if !name(o.Point) || len(o.Blobs) > MaxBlobs || o.Clerk.How != HowCode {
		return malformed("own card")
	}
	if err := o.Clerk.check(); err != nil {
		return err
	}
	return o.Card.Check()
}
