package form

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"zhunkao/protocol/identity"
)

// Types of chips, as the reader tells them; ChipPapers is none: a clerk typed
// what stands on papers.
const (
	ChipResident      = "resident"
	ChipHMT           = "hmt"
	ChipForeigner2017 = "foreigner2017"
	ChipForeigner2023 = "foreigner2023"
	ChipPapers        = "papers"
)

// LongTerm is the ValidTo of a document without an end.
const LongTerm = "长期"

// Chip is what the chip of an identity document says, free of any reader.
// Texts are as stored on the chip without their padding.
type Chip struct {
	Type        string          `cbor:"type" json:"type"` // ChipResident, …
	Name        identity.Name   `cbor:"name" json:"name"`
	NameEn      string          `cbor:"name_en,omitempty" json:"name_en,omitempty"`
	Sex         string          `cbor:"sex,omitempty" json:"sex,omitempty"`       // GB/T 2261.1 code
	Ethnic      string          `cbor:"ethnic,omitempty" json:"ethnic,omitempty"` // GB/T 3304 code, two digits
	Birth       string          `cbor:"birth,omitempty" json:"birth,omitempty"`   // YYYYMMDD
	Address     string          `cbor:"address,omitempty" json:"address,omitempty"`
	Number      identity.Number `cbor:"number" json:"number"`
	Issuer      string          `cbor:"issuer,omitempty" json:"issuer,omitempty"`
	ValidFrom   string          `cbor:"valid_from,omitempty" json:"valid_from,omitempty"` // YYYYMMDD
	ValidTo     string          `cbor:"valid_to,omitempty" json:"valid_to,omitempty"`     // YYYYMMDD or LongTerm
	PassNumber  string          `cbor:"pass_number,omitempty" json:"pass_number,omitempty"`
	IssueCount  string          `cbor:"issue_count,omitempty" json:"issue_count,omitempty"`
	Nationality string          `cbor:"nationality,omitempty" json:"nationality,omitempty"`
}

// Kind is the kind of document that has such a chip; "" of papers and of types
// that are not known. Residents of Hong Kong and Macao and those of Taiwan have
// cards of one type and numbers of their own (81, 82; 83).
func (c Chip) Kind() identity.Kind {
	switch c.Type {
	case ChipResident:
		return identity.KindResident
	case ChipHMT:
		if strings.HasPrefix(string(c.Number), "83") {
			return identity.KindTaiwanPermit
		}
		return identity.KindHKMacaoPermit
	case ChipForeigner2017:
		return identity.KindForeigner2017
	case ChipForeigner2023:
		return identity.KindForeigner2023
	}
	return ""
}

// String shows the type and the masked number only.
func (c Chip) String() string { return "chip " + c.Type + " " + c.Number.String() }

// GoString is String.
func (c Chip) GoString() string { return c.String() }

// Format keeps values out under every verb.
func (c Chip) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

// LogValue shows the type only.
func (c Chip) LogValue() slog.Value { return slog.GroupValue(slog.String("type", c.Type)) }

// Validity is what Expired answers.
type Validity string

// Answers of Expired.
const (
	InForce         Validity = "in-force"
	ExpiredCard     Validity = "expired"       // certainly past its last day: another document is needed
	NotYetValid     Validity = "not-yet-valid" // certainly before its first day
	ValidityUnsure  Validity = "unsure"        // the clock allows both: serve, mark, let the hub decide
	ValidityUnknown Validity = "unknown"       // the chip gives no dates that can be read
)

// Expired judges a document's dates against what is known of now: not before
// earliest, and not after latest unless latest is zero (unknown). A document is
// good through the whole of its last day at UTC+8. Nobody is refused for a
// clock: only a certain answer is given as expired.
func Expired(chip Chip, earliest, latest time.Time) Validity {
	from, okFrom := localDay(chip.ValidFrom)
	to, okTo := localDay(chip.ValidTo)
	unending := chip.ValidTo == LongTerm
	if !okTo && !unending {
		return ValidityUnknown
	}
	end := to.AddDate(0, 0, 1)
	switch {
	case !unending && !earliest.Before(end):
		return ExpiredCard
	case okFrom && !latest.IsZero() && latest.Before(from):
		return NotYetValid
	case !unending && (latest.IsZero() || !latest.Before(end)):
		return ValidityUnsure
	case okFrom && earliest.Before(from):
		return ValidityUnsure
	}
	return InForce
}

func localDay(s string) (time.Time, bool) {
	t, err := time.ParseInLocation("20060102", s, time.FixedZone("UTC+8", 8*60*60))
	return t, err == nil && len(s) == 8
}
