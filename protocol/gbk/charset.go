package gbk

import "fmt"

// Charset names a character set as campaign data does.
type Charset string

// The character sets.
const (
	GBK     Charset = "gbk"
	GB18030 Charset = "gb18030"
)

// Known holds for the character sets of this package. An unknown one encodes
// nothing and reads as ASCII with a fault for each byte above it.
func (cs Charset) Known() bool { return cs == GBK || cs == GB18030 }

// CharError says which character a character set cannot hold. Rune is U+FFFD
// also for bytes that are not UTF-8; Index counts characters from 0. Its text
// names the code point and nothing else of what was given.
type CharError struct {
	Rune  rune
	Index int
}

// Error names the character by its code point.
func (e *CharError) Error() string {
	return fmt.Sprintf("character %d, %U, does not fit the character set", e.Index+1, e.Rune)
}

// Fault is a place that could not be read. The text has one U+FFFD for it.
type Fault struct {
	Offset int    // in bytes
	Bytes  []byte // as they stand there; shared with what was decoded
	Why    string // one of the Why constants
}

// Why a place could not be read.
const (
	WhyCut        = "cut"         // the text ends inside a character
	WhyUnassigned = "unassigned"  // a well-formed code without a character
	WhyByte       = "byte"        // a byte that begins no character, or whose second byte is none
	WhyFour       = "four-byte"   // a four-byte GB 18030 character in text said to be GBK
	WhyReplaced   = "replacement" // U+FFFD itself: a character was lost before this text was written
	WhyCharset    = "charset"     // the character set is unknown
)
