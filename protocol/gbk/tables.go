package gbk

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

const (
	twoByte  = 126 * 190              // codes 8140–FEFE without xx7F and xxFF
	fourBMP  = 39420                  // four-byte codes of the base plane, from 81308130
	fourHigh = 189000                 // four-byte number of U+10000, 90308130
	euroGB   = 0xA2E3                 // the euro in GB 18030
	lead     = 0x81                   // first lead byte
	maxHigh  = 0x10FFFF + 1 - 0x10000 // characters beyond the base plane
)

// table holds the mapping both ways. A two-byte code is kept as it is written,
// a four-byte one by its number in the order of codes.
type table struct {
	read  [twoByte]rune   // two-byte code, by index
	read4 [fourBMP]uint16 // four-byte code of the base plane
	two   [1 << 16]uint16 // base plane to two-byte code, 0: none
	four  [1 << 16]uint16 // base plane to four-byte number, where two is 0

	// GBK alone: private-use code points written as the character they mean.
	pua map[rune]uint16
	// Beyond the base plane: the few characters with a two-byte code.
	high map[rune]uint16
}

//go:embed gbk_pua_map.csv
var puaCSV string

// own is what golang.org/x/text leaves out: code runs of one row that stand for
// private-use code points (GB 18030, annex; Windows code page 936 agrees).
var own = [...]struct {
	from, to uint16
	first    rune
}{
	{0xA2AB, 0xA2B0, 0xE766}, {0xA2E4, 0xA2E4, 0xE76D}, {0xA2EF, 0xA2F0, 0xE76E}, {0xA2FD, 0xA2FE, 0xE770},
	{0xA4F4, 0xA4FE, 0xE772}, {0xA5F7, 0xA5FE, 0xE77D}, {0xA6B9, 0xA6C0, 0xE785}, {0xA6D9, 0xA6DF, 0xE78D},
	{0xA6EC, 0xA6ED, 0xE794}, {0xA6F3, 0xA6F3, 0xE796}, {0xA6F6, 0xA6FE, 0xE797}, {0xA7C2, 0xA7D0, 0xE7A0},
	{0xA7F2, 0xA7FE, 0xE7AF}, {0xA896, 0xA8A0, 0xE7BC}, {0xA8BC, 0xA8BC, 0xE7C7}, {0xA8C1, 0xA8C4, 0xE7C9},
	{0xA8EA, 0xA8FE, 0xE7CD}, {0xA958, 0xA958, 0xE7E2}, {0xA95B, 0xA95B, 0xE7E3}, {0xA95D, 0xA95F, 0xE7E4},
	{0xA997, 0xA9A3, 0xE7F4}, {0xA9F0, 0xA9FE, 0xE801}, {0xD7FA, 0xD7FE, 0xE810},
	{0xFE51, 0xFE53, 0xE816}, {0xFE59, 0xFE59, 0xE81E}, {0xFE61, 0xFE61, 0xE826}, {0xFE66, 0xFE67, 0xE82B},
	{0xFE6C, 0xFE6D, 0xE831}, {0xFE76, 0xFE76, 0xE83B}, {0xFE7E, 0xFE7E, 0xE843}, {0xFE90, 0xFE91, 0xE854},
	{0xFEA0, 0xFEA0, 0xE864},
}

// tables builds both directions once: first the mapping of GB 18030-2000, whose
// gaps number the four-byte codes, then what later editions changed.
var tables = sync.OnceValue(func() *table {
	t := &table{pua: map[rune]uint16{}, high: map[rune]uint16{}}
	t.oldMapping()
	number := 0
	for r := rune(0x80); r <= 0xFFFF; r++ {
		if t.two[r] == 0 && (r < 0xD800 || r > 0xDFFF) {
			t.read4[number], t.four[r] = uint16(r), uint16(number)
			number++
		}
	}
	if number != fourBMP {
		panic("gbk: the two-byte area is not whole")
	}
	t.exchange(0xA8BC, 0xE7C7, 0x1E3F) // the edition of 2005
	rows, err := csv.NewReader(strings.NewReader(puaCSV)).ReadAll()
	if err != nil {
		panic("gbk: embedded map: " + err.Error())
	}
	for _, row := range rows[1:] {
		code, err1 := strconv.ParseUint(row[0], 16, 16)
		pua, err2 := strconv.ParseUint(strings.TrimPrefix(row[1], "U+"), 16, 16)
		std, err3 := strconv.ParseUint(strings.TrimPrefix(row[2], "U+"), 16, 32)
		if err1 != nil || err2 != nil || err3 != nil {
			panic("gbk: embedded map: " + row[0])
		}
		t.standard(uint16(code), rune(pua), rune(std))
	}
	return t
})

// oldMapping fills the two-byte area as GB 18030-2000 had it.
func (t *table) oldMapping() {
	codes := make([]byte, 0, twoByte*2)
	for i := range twoByte {
		code := codeAt(i)
		codes = append(codes, byte(code>>8), byte(code))
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(codes)
	if err != nil {
		panic("gbk: " + err.Error())
	}
	for i := range twoByte {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		t.read[i] = r
	}
	for _, run := range own {
		r := run.first
		for code := run.from; code <= run.to; code++ {
			t.read[indexOf(code)] = r
			r++
		}
	}
	t.userDefined(0xAA, 0xAF, 0xA1, 0xFE, 0xE000)
	t.userDefined(0xF8, 0xFE, 0xA1, 0xFE, 0xE234)
	t.userDefined(0xA1, 0xA7, 0x40, 0xA0, 0xE4C6)
	for i, r := range t.read {
		t.two[r] = codeAt(i)
	}
}

// userDefined fills an area of consecutive private-use code points.
func (t *table) userDefined(row, lastRow, from, to int, r rune) {
	for ; row <= lastRow; row++ {
		for b := from; b <= to; b++ {
			if b != 0x7F {
				t.read[indexOf(uint16(row<<8|b))] = r
				r++
			}
		}
	}
}

// exchange gives a two-byte code and the private-use code point's four-byte
// number to one another's character: what the edition of 2005 did to one letter.
func (t *table) exchange(code uint16, pua, std rune) {
	t.read[indexOf(code)] = std
	t.two[std], t.two[pua] = code, 0
	t.four[pua] = t.four[std]
	t.read4[t.four[pua]] = uint16(pua)
}

// standard lets a two-byte code be read as the standard character. The edition
// of 2022 gives the four-byte codes to the private-use code points in exchange;
// the Unicode committee advises against it (L2/23-003), because texts written
// by the older editions hold those codes for the standard character. So both
// codes are read as the character, and the two-byte one is written for it.
func (t *table) standard(code uint16, pua, std rune) {
	i := indexOf(code)
	switch {
	case t.read[i] == std: // so since the first edition; the private use has a code of its own in GB 18030
		t.pua[pua] = code
	case std > 0xFFFF: // GB 18030 writes it with four bytes, and always did
		t.high[std] = code
		t.read[i] = std
	default:
		t.two[std] = code
		t.read[i] = std
	}
}

// indexOf numbers the two-byte codes; codeAt is its inverse.
func indexOf(code uint16) int {
	trail := int(code & 0xFF)
	if trail > 0x7F {
		trail--
	}
	return (int(code>>8)-lead)*190 + trail - 0x40
}

func codeAt(i int) uint16 {
	trail := i%190 + 0x40
	if trail >= 0x7F {
		trail++
	}
	return uint16((i/190+lead)<<8 | trail)
}
