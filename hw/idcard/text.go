package idcard

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"zhunkao/hw/fault"
)

// kindAt is the byte whose code unit tells the four layouts apart.
const kindAt = 248

// decodeText reads a 256-byte text block in whichever of the four layouts it
// is. A block whose kind is unknown is fault.WrongMedium; one without a name or
// without a valid number is fault.Replace: modules are known to answer "done"
// with blanks, and such a read never happened. The errors name no value.
func decodeText(raw []byte) (*Card, error) {
	if len(raw) != TextSize {
		return nil, fault.New(fault.Replace, "decode text", "wrong size", nil)
	}
	c := &Card{}
	copy(c.Text[:], raw)
	switch unit := binary.LittleEndian.Uint16(raw[kindAt:]); unit {
	case ' ', 0:
		decodeResident(c)
	case 'J':
		decodeHMT(c)
	case 'I':
		decodeForeigner2017(c)
	case 'Y':
		decodeForeigner2023(c)
	default:
		return nil, fault.New(fault.WrongMedium, "decode text", "unknown layout", nil)
	}
	c.Number = tidyNumber(c.Number)
	ok := validNumber(c.Number)
	if c.Kind == Foreigner2017 {
		ok = validPermit(c.Number)
	}
	if !ok {
		return nil, fault.New(fault.Replace, "decode text", "number blank or fails its check", nil)
	}
	// A foreigner need not have a Chinese name, nor an old card an English one.
	if strings.TrimSpace(c.Name+c.NameEn) == "" {
		return nil, fault.New(fault.Replace, "decode text", "name blank", nil)
	}
	return c, nil
}

// 居民身份证, GA/T 490.
func decodeResident(c *Card) {
	c.Kind = Resident
	c.Name = c.field(0, 30)
	c.Sex = c.field(30, 2)
	c.Ethnic = c.field(32, 4)
	c.Birth = c.field(36, 16)
	c.Address = c.field(52, 70)
	c.Number = c.field(122, 36)
	c.Issuer = c.field(158, 30)
	c.ValidFrom = c.field(188, 16)
	c.ValidTo = c.field(204, 16)
}

// 港澳台居民居住证, 2018.
func decodeHMT(c *Card) {
	c.Kind = HMT
	c.Name = c.field(0, 30)
	c.Sex = c.field(30, 2)
	c.Birth = c.field(36, 16)
	c.Address = c.field(52, 70)
	c.Number = c.field(122, 36)
	c.Issuer = c.field(158, 30)
	c.ValidFrom = c.field(188, 16)
	c.ValidTo = c.field(204, 16)
	c.PassNumber = c.field(220, 18)
	c.IssueCount = c.field(238, 4)
}

// 外国人永久居留身份证, 2017. A widely copied header file gives this layout 36
// reserved bytes at its end, which makes 286: it has 6.
func decodeForeigner2017(c *Card) {
	c.Kind = Foreigner2017
	c.NameEn = c.field(0, 120)
	c.Sex = c.field(120, 2)
	c.Number = c.field(122, 30)
	c.Nationality = c.field(152, 6)
	c.Name = c.field(158, 30)
	c.ValidFrom = c.field(188, 16)
	c.ValidTo = c.field(204, 16)
	c.Birth = c.field(220, 16)
	c.Version = c.field(236, 4)
	c.Issuer = c.field(240, 8)
}

// 外国人永久居留身份证, 2023. The English name is in two parts, joined before
// trimming: a blank may stand where it was cut.
func decodeForeigner2023(c *Card) {
	c.Kind = Foreigner2023
	c.Name = c.field(0, 30)
	c.Sex = c.field(30, 2)
	c.IssueCount = c.field(32, 4)
	c.Birth = c.field(36, 16)
	c.NameEn = trim(c.units(52, 70) + c.units(220, 22))
	c.Number = c.field(122, 36)
	c.ValidFrom = c.field(188, 16)
	c.ValidTo = c.field(204, 16)
	c.Nationality = c.field(242, 6)
	c.FormerLink = c.field(250, 6)
}

func (c *Card) field(at, size int) string { return trim(c.units(at, size)) }

// units decodes UTF-16LE. A lone surrogate becomes U+FFFD; the raw block keeps
// what was there.
func (c *Card) units(at, size int) string { return decodeUTF16(c.Text[at : at+size]) }

func decodeUTF16(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}

// trim cuts the padding: both blanks and zeros occur.
func trim(s string) string { return strings.TrimRight(s, " \x00") }
