package protocol

import (
	"fmt"
	"log/slog"
	"slices"

	"zhunkao/protocol/identity"
)

// Guardian is the consent of a child's guardian, given at the point on paper
// (demand S37; PIPL 31): of somebody under campaign.MinorConsent who is entered
// there and not on the web. The guardian reads the campaign's text on a sheet and
// signs it by hand; a clerk photographs the sheet. It prints nothing.
type Guardian struct {
	Name     identity.Name  `cbor:"name"`
	Relation string         `cbor:"relation"` // one of Relations
	Phone    identity.Phone `cbor:"phone"`
	Text     Hash           `cbor:"text"`  // SHA-256 of the UTF-8 text of the consent, as the sheet had it
	Sheet    Hash           `cbor:"sheet"` // SHA-256 of the plain bytes of RoleGuardian
}

// RoleGuardian is the role of the picture of the sheet that the guardian signed,
// image/jpeg.
const RoleGuardian = "guardian"

// Relations are the words for what a guardian is to her.
func Relations() []string {
	return []string{"father", "mother", "grandparent", "sibling", "other"}
}

// Whole reports whether a guardian is named at all, in full.
func (g Guardian) Whole() bool { return g.check() == nil }

// String names nobody.
func (g Guardian) String() string { return "guardian" }

// GoString is String.
func (g Guardian) GoString() string { return g.String() }

// Format keeps values out under every verb.
func (g Guardian) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(g.String())) }

// LogValue names nobody.
func (g Guardian) LogValue() slog.Value { return slog.StringValue(g.String()) }

func (g Guardian) check() error {
	if g.Name == "" || !short(string(g.Name), string(g.Phone)) || g.Phone == "" || !slices.Contains(Relations(), g.Relation) || g.Text.IsZero() || g.Sheet.IsZero() {
		return malformed("guardian")
	}
	return nil
}
