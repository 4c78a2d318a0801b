package printer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/OpenPrinting/goipp"
)

// The bounds of a reply. A printer that answers with everything it knows, media
// database included, stays well within them.
const (
	maxReply  = 1 << 20 // bytes
	maxValues = 20_000
	maxDepth  = 12 // of collections
)

// decodeReply reads a reply within the bounds. It must be the answer to request
// id, in a version of IPP that we know.
func decodeReply(raw []byte, id uint32) (*goipp.Message, error) {
	if len(raw) > maxReply {
		return nil, fmt.Errorf("reply of more than %d bytes", maxReply)
	}
	if err := survey(raw); err != nil {
		return nil, err
	}
	m := new(goipp.Message)
	if err := m.DecodeBytesEx(raw, goipp.DecoderOptions{EnableWorkarounds: true}); err != nil {
		return nil, err
	}
	if v := m.Version.Major(); v != 1 && v != 2 {
		return nil, fmt.Errorf("reply in IPP %s", m.Version)
	}
	if m.RequestID != id {
		return nil, fmt.Errorf("reply to another request (%d, not %d)", m.RequestID, id)
	}
	return m, nil
}

// survey walks over the encoding once and counts, before anything is built from
// it: the decoder behind it has no bounds and goes down into collections by
// recursion.
func survey(raw []byte) error {
	const header = 8
	if len(raw) < header {
		return errors.New("reply shorter than its header")
	}
	values, depth := 0, 0
	for at := header; at < len(raw); {
		tag := goipp.Tag(raw[at])
		at++
		if tag == goipp.TagEnd {
			return nil
		}
		if tag.IsDelimiter() {
			// A group counts too: each costs memory.
			if values++; values > maxValues {
				return fmt.Errorf("reply with more than %d values", maxValues)
			}
			continue
		}
		for range 2 { // name, value
			if at+2 > len(raw) {
				return errors.New("reply cut off")
			}
			at += 2 + int(binary.BigEndian.Uint16(raw[at:]))
			if at > len(raw) {
				return errors.New("reply cut off")
			}
		}
		switch tag {
		case goipp.TagBeginCollection:
			if depth++; depth > maxDepth {
				return fmt.Errorf("reply with collections deeper than %d", maxDepth)
			}
		case goipp.TagEndCollection:
			depth--
		}
		if values++; values > maxValues {
			return fmt.Errorf("reply with more than %d values", maxValues)
		}
	}
	return errors.New("reply without an end")
}

// values reads attributes, by name, tolerant of types: what is not as expected
// is not there.
type values goipp.Attributes

func (v values) all(name string) goipp.Values {
	for _, a := range v {
		if a.Name == name {
			return a.Values
		}
	}
	return nil
}

func (v values) strings(name string) []string {
	var out []string
	for _, val := range v.all(name) {
		switch s := val.V.(type) {
		case goipp.String:
			out = append(out, string(s))
		case goipp.TextWithLang:
			out = append(out, s.Text)
		}
	}
	return out
}

func (v values) string(name string) string {
	if list := v.strings(name); len(list) > 0 {
		return list[0]
	}
	return ""
}

func (v values) int(name string) (int, bool) {
	for _, val := range v.all(name) {
		if n, ok := val.V.(goipp.Integer); ok {
			return int(n), true
		}
	}
	return 0, false
}

func (v values) bool(name string, missing bool) bool {
	for _, val := range v.all(name) {
		if b, ok := val.V.(goipp.Boolean); ok {
			return bool(b)
		}
	}
	return missing
}

// tidy makes a printer's text fit to be shown and logged.
func tidy(s string, runes int) string {
	s = strings.ToValidUTF8(s, string(unicode.ReplacementChar))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > runes {
		s = string([]rune(s)[:runes])
	}
	return s
}
