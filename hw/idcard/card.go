package idcard

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Sizes of what a card holds, in bytes.
const (
	TextSize = 256  // the text block, UTF-16LE
	WLTSize  = 1024 // the portrait, in the police's WLT coding
)

// Kind is one of the four layouts of the text block.
type Kind uint8

// The four kinds. The zero Kind is no card.
const (
	Resident      Kind = 1 // 居民身份证, GA/T 490
	HMT           Kind = 2 // 港澳台居民居住证, 2018
	Foreigner2017 Kind = 3 // 外国人永久居留身份证, 2017 layout
	Foreigner2023 Kind = 4 // 外国人永久居留身份证, 2023 layout
)

// String gives the word hwcheck prints: resident, hmt, foreigner2017,
// foreigner2023. The words are a contract with scripts; they must not change.
func (k Kind) String() string {
	switch k {
	case Resident:
		return "resident"
	case HMT:
		return "hmt"
	case Foreigner2017:
		return "foreigner2017"
	case Foreigner2023:
		return "foreigner2023"
	default:
		return "unknown"
	}
}

// Card is what one successful read brought. Text fields are as on the chip but
// for trailing U+0020 and U+0000; what a layout lacks is empty. Private-use
// code points (U+E000…F8FF, names written before GB 18030-2005) are kept.
//
// A Card prints and marshals as its kind only: nobody's number or name gets
// into a log, an error or a message by way of %v or encoding/json. Whoever
// needs a value names the field.
type Card struct {
	Kind        Kind
	Name        string // Chinese name; for HMT the name
	NameEn      string // foreigners: English name, both parts joined
	Sex         string // GB/T 2261.1 code on the chip: 0 1 2 9
	Ethnic      string // resident: GB/T 3304 code on the chip, 01…56 97 98
	Birth       string // YYYYMMDD
	Address     string // resident, HMT: the address printed on the card
	Number      string // ID number (18) or, Foreigner2017, permit number (15); x is made X
	Issuer      string // issuing authority; Foreigner2017: code of the accepting authority
	ValidFrom   string // YYYYMMDD
	ValidTo     string // YYYYMMDD or 长期
	PassNumber  string // HMT: travel-permit number
	IssueCount  string // HMT: issue count; Foreigner2023: renewal count
	Nationality string // foreigners: three-letter code
	FormerLink  string // Foreigner2023: link to the former permit number
	Version     string // Foreigner2017: version of the layout

	NewAddress string // latest additional address (30 03), empty when none or not asked

	SN   []byte // chip serial number, from select; 8 bytes or nil
	Body []byte // card-body data (30 05), 24 or 28 bytes, or nil when the reader has none

	Text [TextSize]byte // the raw text block, kept with the record
	WLT  []byte         // the raw portrait, 1024 bytes, or empty; see HasPortrait
}

// HasPortrait says whether WLT looks like a portrait: the right length and the
// first six bytes of the coding ('W' 'L', width 102, height 126). It decodes
// nothing; no open decoder of WLT exists.
func (c *Card) HasPortrait() bool {
	return len(c.WLT) == WLTSize && c.WLT[0] == 'W' && c.WLT[1] == 'L' && c.WLT[2] == 0x66 &&
		c.WLT[3] == 0 && c.WLT[4] == 0x7E && c.WLT[5] == 0
}

// String names the kind and nothing else.
func (c Card) String() string { return "idcard.Card(" + c.Kind.String() + ")" }

// Format prints String for every verb, %+v and %#v among them.
func (c Card) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue is String, for slog.
func (c Card) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalJSON gives {"type": kind}. Programs that must hand out the values
// (hwcheck) build their own object from the fields.
func (c Card) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"type": c.Kind.String()})
}
