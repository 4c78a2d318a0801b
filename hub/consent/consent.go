package consent

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// ErrSignature says that a word that must be signed came without a name, or
// with a drawing that is too large.
var ErrSignature = errors.New("consent: the signature is not complete")

// Kind is what was told and agreed to.
type Kind string

// The kinds.
const (
	Notice   Kind = "notice"   // the rules of registration, read
	Privacy  Kind = "privacy"  // what is collected, what for and how long
	Photo    Kind = "photo"    // the photograph and its taking, separately (PIPL 29); may be declined, then staff help
	Pledge   Kind = "pledge"   // signed with her name
	Guardian Kind = "guardian" // of a person under campaign.MinorConsent, signed by her guardian (PIPL 31)
)

// Kinds lists them in the order in which they are asked for.
func Kinds() []Kind { return []Kind{Notice, Privacy, Photo, Pledge, Guardian} }

// TextKey is the campaign's text that a kind stands under.
func (k Kind) TextKey() string {
	if k == Photo {
		return "photo_notice"
	}
	return string(k)
}

// UnderAge tells whether somebody born on a day (YYYYMMDD) needs a guardian's
// consent on another: see campaign.NeedsGuardian.
func UnderAge(birth string, on form.Day) bool { return campaign.NeedsGuardian(birth, on) }

// MaxDrawn bounds a drawn signature, in bytes of its path.
const MaxDrawn = 32 << 10

// Signature is who signed. It prints masked.
type Signature struct {
	Name     identity.Name  `cbor:"name,omitempty"`
	Relation string         `cbor:"relation,omitempty"` // of a guardian: one of Relations
	Phone    identity.Phone `cbor:"phone,omitempty"`    // of a guardian
	Drawn    string         `cbor:"drawn,omitempty"`    // path of the pen, "x y x y;x y …" in a field of 1000 × 400
}

// Relations are the words for what a guardian is to her.
func Relations() []string {
	return []string{"father", "mother", "grandparent", "sibling", "other"}
}

// String names nobody.
func (s Signature) String() string { return "signature" }

// GoString is String.
func (s Signature) GoString() string { return s.String() }

// Format keeps values out under every verb.
func (s Signature) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue names nobody.
func (s Signature) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Given is one word given.
type Given struct {
	Account  string
	Campaign string
	Kind     Kind
	Number   uint32 // 1, 2, … within the kind
	Agreed   bool   // false: she was told and said no
	Digest   []byte // SHA-256 of the text as shown, see Digest
	Version  uint32 // of the campaign
	English  bool
	At       int64 // ms since 1970
	Signature
}

// String names account and kind.
func (g Given) String() string { return fmt.Sprintf("%s of %s", g.Kind, g.Account) }

// GoString is String.
func (g Given) GoString() string { return g.String() }

// Format keeps values out under every verb.
func (g Given) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(g.String())) }

// LogValue names account and kind.
func (g Given) LogValue() slog.Value { return slog.StringValue(g.String()) }

// Digest names a text as it was shown.
func Digest(text string) []byte {
	d := sha256.Sum256([]byte(text))
	return d[:]
}

// signed kinds need a name.
func (g Given) sound() bool {
	switch {
	case len(g.Drawn) > MaxDrawn, !drawnWell(g.Drawn):
		return false
	case g.Kind == Pledge:
		return g.Agreed && g.Name.Valid() == nil
	case g.Kind == Guardian:
		return g.Agreed && g.Name.Valid() == nil && g.Phone != "" && slices.Contains(Relations(), g.Relation)
	}
	return slices.Contains(Kinds(), g.Kind)
}

// drawnWell lets through nothing but the numbers of a path.
func drawnWell(path string) bool {
	for _, c := range []byte(path) {
		if (c < '0' || c > '9') && c != ' ' && c != ';' {
			return false
		}
	}
	return true
}

// Now reduces words given to the newest of each kind.
func Now(all []Given) map[Kind]Given {
	out := map[Kind]Given{}
	for _, g := range all {
		if old, ok := out[g.Kind]; !ok || g.Number > old.Number {
			out[g.Kind] = g
		}
	}
	return out
}

// Stands tells whether a word given holds for a campaign as it is now: what she
// was shown is still what the campaign says, in either language. A campaign
// without the text asks only that there was one.
func (g Given) Stands(c campaign.Campaign) bool {
	if g.Number == 0 || !g.Agreed && g.Kind != Photo {
		return false
	}
	zh, en := c.Text(g.Kind.TextKey(), false), c.Text(g.Kind.TextKey(), true)
	return zh == "" || slices.Equal(g.Digest, Digest(zh)) || slices.Equal(g.Digest, Digest(en))
}

// Missing lists what must still be told and agreed to before an application may
// be submitted, in the order of Kinds.
func Missing(c campaign.Campaign, app form.Application, given map[Kind]Given, now time.Time) []Kind {
	var out []Kind
	for _, k := range Kinds() {
		if k == Guardian && !UnderAge(app.Get(form.BirthDate), form.DayOf(now.In(window.Zone()))) {
			continue
		}
		if !given[k].Stands(c) {
			out = append(out, k)
		}
	}
	return out
}
