package confirmation

import (
	"fmt"
	"log/slog"

	"zhunkao/protocol/identity"
)

// Guardian is who consented for a child who was entered at a point (demand S37):
// the words of the wire. The picture of the sheet that the guardian signed is a
// blob. It prints nothing.
type Guardian struct {
	Name     identity.Name  `cbor:"name"`
	Relation string         `cbor:"relation"`
	Phone    identity.Phone `cbor:"phone"`
	Text     string         `cbor:"text"`  // SHA-256 of the text that the sheet had, 64 hexadecimal digits
	Sheet    string         `cbor:"sheet"` // SHA-256 of the picture, likewise
}

// String names nobody.
func (g Guardian) String() string { return "guardian" }

// GoString is String.
func (g Guardian) GoString() string { return g.String() }

// Format keeps values out under every verb.
func (g Guardian) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(g.String())) }

// LogValue names nobody.
func (g Guardian) LogValue() slog.Value { return slog.StringValue(g.String()) }
