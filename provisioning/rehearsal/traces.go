package rehearsal

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf16"

	"zhunkao/protocol/form"
)

// Markers are the forms in which a name and a number could lie on a disk: the
// text itself, and UTF-16LE as a card's chip writes it.
func Markers(card form.Chip) [][]byte {
	var out [][]byte
	for _, text := range []string{card.Name.Reveal(), card.Number.Reveal()} {
		if len([]rune(text)) < 2 {
			continue // one character is found in anything
		}
		out = append(out, []byte(text))
		var wide []byte
		for _, u := range utf16.Encode([]rune(text)) {
			wide = append(wide, byte(u), byte(u>>8))
		}
		out = append(out, wide)
	}
	return out
}

// NowhereIn reports the first file below dir that holds a marker of card, by
// its path and never by what it holds. Names of files are looked at too.
func NowhereIn(dir string, card form.Chip) error {
	markers := Markers(card)
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
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
		for i, m := range markers {
			if bytes.Contains(b, m) || bytes.Contains([]byte(rel), m) {
				return fmt.Errorf("marker %d lies readable in %s", i, rel)
			}
		}
		return nil
	})
	if err == nil && files == 0 {
		return fmt.Errorf("there is nothing in %s to look at", dir)
	}
	return err
}
