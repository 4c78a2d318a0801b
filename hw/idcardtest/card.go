package idcardtest

import (
	"encoding/hex"
	"fmt"
	"unicode/utf16"
)

// The words for the four layouts.
const (
	Resident      = "resident"
	HMT           = "hmt"
	Foreigner2017 = "foreigner2017"
	Foreigner2023 = "foreigner2023"
)

// Card is a synthetic card. Fields a layout lacks are ignored. Values are
// written as given: a wrong check digit or an impossible date is allowed,
// because real chips have them.
type Card struct {
	Type        string `json:"type"` // one of the four words; "" is resident
	Name        string `json:"name"`
	NameEn      string `json:"name_en,omitempty"`
	Sex         string `json:"sex"`
	Ethnic      string `json:"ethnic,omitempty"`
	Birth       string `json:"birth"`
	Address     string `json:"address,omitempty"`
	Number      string `json:"number"`
	Issuer      string `json:"issuer,omitempty"`
	ValidFrom   string `json:"valid_from"`
	ValidTo     string `json:"valid_to"` // YYYYMMDD or 长期
	PassNumber  string `json:"pass_number,omitempty"`
	IssueCount  string `json:"issue_count,omitempty"` // Foreigner2023: renewal count
	Nationality string `json:"nationality,omitempty"`
	Version     string `json:"version,omitempty"`     // Foreigner2017
	FormerLink  string `json:"former_link,omitempty"` // Foreigner2023

	// NewAddress is the latest additional address; "" answers 91 to 30 03.
	NewAddress string `json:"new_address,omitempty"`
	// Seed draws the portrait; the same seed draws the same face.
	Seed uint64 `json:"seed,omitempty"`
	// NoPortrait makes the portrait 1024 zeros: unreadable.
	NoPortrait bool `json:"no_portrait,omitempty"`
	// Letter writes another letter of kind than the type's, for cards that do
	// not exist.
	Letter string `json:"letter,omitempty"`
	// SN is the chip's serial number, 16 hex digits; "" derives one from Number.
	SN string `json:"sn,omitempty"`
}

// place is where one value stands in the text block.
type place struct {
	at, size int // bytes
	value    func(Card) string
}

// layouts is the text block of each kind, written from the tables of GA/T 490,
// the 2018 rule and the two permanent-residence layouts.
var layouts = map[string][]place{
	Resident: {
		{0, 30, func(c Card) string { return c.Name }},
		{30, 2, func(c Card) string { return c.Sex }},
		{32, 4, func(c Card) string { return c.Ethnic }},
		{36, 16, func(c Card) string { return c.Birth }},
		{52, 70, func(c Card) string { return c.Address }},
		{122, 36, func(c Card) string { return c.Number }},
		{158, 30, func(c Card) string { return c.Issuer }},
		{188, 16, func(c Card) string { return c.ValidFrom }},
		{204, 16, func(c Card) string { return c.ValidTo }},
	},
	HMT: {
		{0, 30, func(c Card) string { return c.Name }},
		{30, 2, func(c Card) string { return c.Sex }},
		{36, 16, func(c Card) string { return c.Birth }},
		{52, 70, func(c Card) string { return c.Address }},
		{122, 36, func(c Card) string { return c.Number }},
		{158, 30, func(c Card) string { return c.Issuer }},
		{188, 16, func(c Card) string { return c.ValidFrom }},
		{204, 16, func(c Card) string { return c.ValidTo }},
		{220, 18, func(c Card) string { return c.PassNumber }},
		{238, 4, func(c Card) string { return c.IssueCount }},
		{248, 2, func(Card) string { return "J" }},
	},
	Foreigner2017: {
		{0, 120, func(c Card) string { return c.NameEn }},
		{120, 2, func(c Card) string { return c.Sex }},
		{122, 30, func(c Card) string { return c.Number }},
		{152, 6, func(c Card) string { return c.Nationality }},
		{158, 30, func(c Card) string { return c.Name }},
		{188, 16, func(c Card) string { return c.ValidFrom }},
		{204, 16, func(c Card) string { return c.ValidTo }},
		{220, 16, func(c Card) string { return c.Birth }},
		{236, 4, func(c Card) string { return c.Version }},
		{240, 8, func(c Card) string { return c.Issuer }},
		{248, 2, func(Card) string { return "I" }},
	},
	Foreigner2023: {
		{0, 30, func(c Card) string { return c.Name }},
		{30, 2, func(c Card) string { return c.Sex }},
		{32, 4, func(c Card) string { return c.IssueCount }},
		{36, 16, func(c Card) string { return c.Birth }},
		{52, 70, func(c Card) string { return unitsOf(c.NameEn, 0, 35) }},
		{122, 36, func(c Card) string { return c.Number }},
		{188, 16, func(c Card) string { return c.ValidFrom }},
		{204, 16, func(c Card) string { return c.ValidTo }},
		{220, 22, func(c Card) string { return unitsOf(c.NameEn, 35, 46) }},
		{242, 6, func(c Card) string { return c.Nationality }},
		{248, 2, func(Card) string { return "Y" }},
		{250, 6, func(c Card) string { return c.FormerLink }},
	},
}

// unitsOf cuts an English name in two; its letters are single units.
func unitsOf(s string, from, to int) string {
	if from >= len(s) {
		return ""
	}
	return s[from:min(to, len(s))]
}

func (c Card) kind() string {
	if c.Type == "" {
		return Resident
	}
	return c.Type
}

// Text makes the 256-byte text block. The error names the field's place that
// does not fit, never its value.
func (c Card) Text() ([]byte, error) {
	fields, ok := layouts[c.kind()]
	if !ok {
		return nil, fmt.Errorf("idcardtest: no such type of card: %q", c.Type)
	}
	if c.kind() == Foreigner2023 && len(c.NameEn) > 46 {
		return nil, fmt.Errorf("idcardtest: English name longer than 46 letters")
	}
	b := make([]byte, 256)
	for i := 0; i < len(b); i += 2 {
		b[i] = 0x20
	}
	for _, f := range fields {
		units := utf16.Encode([]rune(f.value(c)))
		if len(units)*2 > f.size {
			return nil, fmt.Errorf("idcardtest: value at byte %d needs %d bytes, has %d", f.at, len(units)*2, f.size)
		}
		for i, u := range units {
			b[f.at+2*i], b[f.at+2*i+1] = byte(u), byte(u>>8)
		}
	}
	if c.Letter != "" {
		b[248], b[249] = c.Letter[0], 0
	}
	return b, nil
}

// serial is the chip's serial number.
func (c Card) serial() [8]byte {
	var sn [8]byte
	if raw, err := hex.DecodeString(c.SN); err == nil && len(raw) == 8 {
		copy(sn[:], raw)
		return sn
	}
	h := uint64(1469598103934665603) // FNV-1a, only to have a number of its own
	for _, v := range []byte(c.Number + c.Name) {
		h = (h ^ uint64(v)) * 1099511628211
	}
	for i := range sn {
		sn[i] = byte(h >> (8 * i))
	}
	return sn
}

// address is the 70 bytes that 30 03 answers.
func (c Card) address() []byte {
	b := make([]byte, 70)
	units := utf16.Encode([]rune(c.NewAddress))
	for i := range 35 {
		u := uint16(0x20)
		if i < len(units) {
			u = units[i]
		}
		b[2*i], b[2*i+1] = byte(u), byte(u>>8)
	}
	return b
}

// MakeNumber completes an 18-character number: six digits of place, eight of
// birth, three of sequence (odd: male), and the check digit of GB 11643.
func MakeNumber(place, birth, sequence string) (string, error) {
	s := place + birth + sequence
	if len(s) != 17 {
		return "", fmt.Errorf("idcardtest: a number needs 17 digits before the check digit, got %d", len(s))
	}
	// Straight from the definition: weights are 2^(18-i) mod 11.
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		if s[i] < '0' || s[i] > '9' {
			return "", fmt.Errorf("idcardtest: digit %d is none", i+1)
		}
		weight = weight * 2 % 11
		sum += int(s[i]-'0') * weight
	}
	check := (12 - sum%11) % 11
	if check == 10 {
		return s + "X", nil
	}
	return s + string(rune('0'+check)), nil
}
