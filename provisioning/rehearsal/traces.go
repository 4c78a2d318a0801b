package rehearsal

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
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
	var m markers
	for what, text := range map[string]string{"name": card.Name.Reveal(), "number": card.Number.Reveal(), "address": card.Address} {
		if err := m.text(what, text); err != nil {
			return nil, err
		}
	}
	m.coded("portrait", "on the chip", emulated(card).WLT()[100:148])
	signature, err := protocol.Encode(strokes)
	if err != nil {
		return nil, err
	}
	m.coded("signature", "sealed form before sealing", signature)
	for _, what := range []string{"name", "number", "portrait", "signature"} {
		if !slices.ContainsFunc(m, func(m Marker) bool { return strings.HasPrefix(m.What, what) }) {
			return nil, fmt.Errorf("the %s on this card is too short to look for; choose another card", what)
		}
	}
	return m, nil
}

// PictureMarkers are pieces of a JPEG from its middle, where no two pictures
// have the same bytes, in the forms of Markers.
func PictureMarkers(what string, jpeg []byte) ([]Marker, error) {
	const piece = 48
	if len(jpeg) < 100*piece {
		return nil, fmt.Errorf("the %s has only %d bytes: nothing to look for", what, len(jpeg))
	}
	var m markers
	for part := range 3 {
		at := len(jpeg) * (part + 2) / 6
		m.coded(what, "JPEG", jpeg[at:at+piece])
	}
	return m, nil
}

type markers []Marker

func (m *markers) add(what, how string, b []byte) {
	if len(b) >= least {
		*m = append(*m, Marker{what + " as " + how, b})
	}
}

// coded adds b, and b in hex and base64.
func (m *markers) coded(what, how string, b []byte) {
	m.add(what, how, b)
	h := hex.EncodeToString(b)
	m.add(what, how+" in hex", []byte(h))
	m.add(what, how+" in HEX", []byte(strings.ToUpper(h)))
	for at := range min(3, len(b)+1) {
		whole := b[at:]
		whole = whole[:len(whole)/3*3] // what stands beside it colours the rest
		if len(whole) < least {
			continue
		}
		std := base64.StdEncoding.EncodeToString(whole)
		m.add(what, how+" in base64", []byte(std))
		if page := strings.ReplaceAll(std, "+", "&#43;"); strings.Contains(std, "+") {
			m.add(what, how+" in base64 on a page", []byte(page))
		}
		if web := base64.URLEncoding.EncodeToString(whole); web != std {
			m.add(what, how+" in base64 for addresses", []byte(web))
		}
	}
}

func (m *markers) text(what, text string) error {
	if text == "" {
		return nil
	}
	units := utf16.Encode([]rune(text))
	little, err := binary.Append(nil, binary.LittleEndian, units)
	if err != nil {
		return err
	}
	big, err := binary.Append(nil, binary.BigEndian, units)
	if err != nil {
		return err
	}
	m.coded(what, "text", []byte(text))
	m.coded(what, "UTF-16LE", little)
	m.coded(what, "UTF-16BE", big)
	if quoted := strings.Trim(strconv.QuoteToASCII(text), `"`); quoted != text {
		m.add(what, "escaped text", []byte(quoted))
	}
	if escaped := url.QueryEscape(text); escaped != text {
		m.add(what, "part of an address", []byte(escaped))
	}
	return nil
}

// FindAll names all of markers that b holds.
func FindAll(b []byte, markers []Marker) (all []string) {
	for _, m := range markers {
		if bytes.Contains(b, m.Bytes) {
			all = append(all, m.What)
		}
	}
	return all
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
	files, err := Search(dir, markers)
	if err == nil && files == 0 {
		return fmt.Errorf("there is nothing in %s to look at", dir)
	}
	return err
}

// Search is NowhereIn for any markers, and for a folder in which somebody is
// at work: a file that goes while it looks is left out. It counts the files.
func Search(dir string, markers []Marker) (files int, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
		files++
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if what := Find(append(b, rel...), markers); what != "" {
			return fmt.Errorf("her %s lies readable in %s", what, rel)
		}
		return nil
	})
	return files, err
}
