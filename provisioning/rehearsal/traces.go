package rehearsal

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf16"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// Marker is one form in which something of a person could lie readable.
type Marker struct {
	What  string // "name as hex", never the thing itself
	Bytes []byte
}

// least is how many bytes a marker needs so that chance does not find it in
// the megabytes of ciphertext that are searched.
const least = 6

// Markers are the forms in which what one person gave could lie on a disk or
// travel: her name, number and address as text, as UTF-16 of either order (a
// chip writes the lower byte first), escaped as JSON and addresses do it; the
// portrait block of her chip and her signature; and all of it again as hex and
// as base64 at each of the three places where a group may begin.
func Markers(card form.Chip) ([]Marker, error) {
	var out []Marker
	named := map[string]int{}
	add := func(what, how string, b []byte) {
		if len(b) < least {
			return
		}
		named[what]++
		out = append(out, Marker{what + " as " + how, b})
	}
	coded := func(what, how string, b []byte) {
		add(what, how, b)
		h := hex.EncodeToString(b)
		add(what, how+" in hex", []byte(h))
		add(what, how+" in HEX", []byte(strings.ToUpper(h)))
		for at := range 3 {
			if len(b) < at {
				continue
			}
			whole := b[at:]
			whole = whole[:len(whole)/3*3] // what stands beside it colours the rest
			if len(whole) < least {
				continue
			}
			std := base64.StdEncoding.EncodeToString(whole)
			add(what, how+" in base64", []byte(std))
			if web := base64.URLEncoding.EncodeToString(whole); web != std {
				add(what, how+" in base64 for addresses", []byte(web))
			}
		}
	}
	for what, text := range map[string]string{"name": card.Name.Reveal(), "number": card.Number.Reveal(), "address": card.Address} {
		if text == "" {
			continue
		}
		units := utf16.Encode([]rune(text))
		little, err := binary.Append(nil, binary.LittleEndian, units)
		if err != nil {
			return nil, err
		}
		big, err := binary.Append(nil, binary.BigEndian, units)
		if err != nil {
			return nil, err
		}
		coded(what, "text", []byte(text))
		coded(what, "UTF-16LE", little)
		coded(what, "UTF-16BE", big)
		if quoted := strings.Trim(strconv.QuoteToASCII(text), `"`); quoted != text {
			add(what, "escaped text", []byte(quoted))
		}
		if escaped := url.QueryEscape(text); escaped != text {
			add(what, "part of an address", []byte(escaped))
		}
	}
	coded("portrait", "on the chip", emulated(card).WLT()[100:148])
	signature, err := protocol.Encode(strokes)
	if err != nil {
		return nil, err
	}
	coded("signature", "sealed form before sealing", signature)
	for _, what := range []string{"name", "number", "portrait", "signature"} {
		if named[what] == 0 {
			return nil, fmt.Errorf("the %s on this card is too short to look for; choose another card", what)
		}
	}
	return out, nil
}

// Find names the first of markers that b holds, "" when it holds none.
func Find(b []byte, markers []Marker) string {
	for _, m := range markers {
		if bytes.Contains(b, m.Bytes) {
			return m.What
		}
	}
	return ""
}

// NowhereIn reports the first file below dir that holds a marker of card, by
// its path and never by what it holds. Names of files are looked at too.
func NowhereIn(dir string, card form.Chip) error {
	markers, err := Markers(card)
	if err != nil {
		return err
	}
	files := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if what := Find(append(b, rel...), markers); what != "" {
			return fmt.Errorf("her %s lies readable in %s", what, rel)
		}
		return nil
	})
	if err == nil && files == 0 {
		return fmt.Errorf("there is nothing in %s to look at", dir)
	}
	return err
}
