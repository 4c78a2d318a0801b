package form

import (
	"fmt"
	"log/slog"
	"strconv"

	"zhunkao/protocol/identity"
)

// Application is what one candidate filled in, in one version. A change, at
// the portal or at a box, is a new version; nothing is edited in place.
type Application struct {
	ID              string   `cbor:"id" json:"id"`                             // given once, where it was begun
	Campaign        string   `cbor:"campaign" json:"campaign"`                 // campaign id
	CampaignVersion uint32   `cbor:"campaign_version" json:"campaign_version"` // the version it was last checked against
	Version         uint32   `cbor:"version" json:"version"`                   // from 1 upward
	Point           string   `cbor:"point" json:"point"`                       // code of the chosen point
	SequenceNumber  string   `cbor:"sequence_number,omitempty" json:"sequence_number,omitempty"`
	Fields          Fields   `cbor:"fields" json:"fields"`
	Choices         []Choice `cbor:"choices,omitempty" json:"choices,omitempty"` // by Order
	Claims          []Claim  `cbor:"claims,omitempty" json:"claims,omitempty"`   // 优惠信息 as claimed
}

// Fields holds the values by field key. A key that is absent and one with an
// empty value mean the same.
type Fields map[string]string

// Choice is one 志愿. Codes are those of the campaign; the names beside them
// are what she read when she chose.
type Choice struct {
	Order      int    `cbor:"order" json:"order"`       // 1, 2, …
	Level      string `cbor:"level" json:"level"`       // 报考层次
	Category   string `cbor:"category" json:"category"` // 科类
	School     string `cbor:"school" json:"school"`     // 报考学校, code
	SchoolName string `cbor:"school_name,omitempty" json:"school_name,omitempty"`
	Major      string `cbor:"major" json:"major"` // 报考专业, code
	MajorName  string `cbor:"major_name,omitempty" json:"major_name,omitempty"`
	Class      string `cbor:"class,omitempty" json:"class,omitempty"` // 招生专业类
	Form       string `cbor:"form" json:"form"`                       // 学习形式
	Years      string `cbor:"years" json:"years"`                     // 学制
}

// Claim is a bonus or an exemption the candidate claims; whether it is granted
// is decided elsewhere.
type Claim struct {
	Kind     string `cbor:"kind" json:"kind"` // "bonus" or "exemption"
	Code     string `cbor:"code" json:"code"`
	Evidence string `cbor:"evidence,omitempty" json:"evidence,omitempty"` // number of the certificate
}

// Get gives the value of a field, "" if absent.
func (a Application) Get(key string) string { return a.Fields[key] }

// Name is the name as typed.
func (a Application) Name() identity.Name { return identity.Name(a.Fields[FullName]) }

// Number is the document number in normal form, by which she is found: the card
// says X where she may have typed x. What cannot be mended is as typed, and
// does not pass Check.
func (a Application) Number() identity.Number {
	typed := a.Fields[DocumentNumber]
	if plainNumber(typed) {
		return identity.Number(typed)
	}
	if n, _, err := identity.NormalizeNumber(typed); err == nil {
		return n
	}
	return identity.Number(typed)
}

// First is the first choice, zero if there is none. Level and category of an
// application are those of its first choice.
func (a Application) First() Choice {
	if i := a.first(); i >= 0 {
		return a.Choices[i]
	}
	return Choice{}
}

// Clone shares nothing with a, so that an edit makes a version of its own.
func (a Application) Clone() Application {
	fields := make(Fields, len(a.Fields))
	for k, v := range a.Fields {
		fields[k] = v
	}
	a.Fields = fields
	a.Choices = append([]Choice(nil), a.Choices...)
	a.Claims = append([]Claim(nil), a.Claims...)
	return a
}

// String names the application without anything personal.
func (a Application) String() string {
	return "application " + a.ID + " v" + strconv.FormatUint(uint64(a.Version), 10)
}

// GoString is String.
func (a Application) GoString() string { return a.String() }

// Format keeps values out under every verb.
func (a Application) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(a.String())) }

// LogValue names id, version, campaign and point.
func (a Application) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", a.ID), slog.Uint64("version", uint64(a.Version)),
		slog.String("campaign", a.Campaign), slog.String("point", a.Point), slog.Int("fields", len(a.Fields)))
}

// String counts the fields.
func (m Fields) String() string { return "fields(" + strconv.Itoa(len(m)) + ")" }

// Format keeps values out under every verb.
func (m Fields) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(m.String())) }

// LogValue counts the fields.
func (m Fields) LogValue() slog.Value { return slog.StringValue(m.String()) }

// String shows order, level and category only.
func (c Choice) String() string {
	return "choice " + strconv.Itoa(c.Order) + " " + c.Level + "/" + c.Category
}

// String leaves the evidence out.
func (c Claim) String() string { return c.Kind + " " + c.Code }

// Format leaves the evidence out under every verb.
func (c Claim) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }
