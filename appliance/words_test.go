package appliance_test

import (
	"go/ast"
	"strings"
	"testing"
	"unicode"

	"zhunkao/provisioning/source"
)

// TestNoWordsHere: what a person reads stands in the catalogues of the screens,
// the voice and the papers, with its English; the box itself words nothing.
func TestNoWordsHere(t *testing.T) {
	literals := 0
	for _, f := range source.Files(t, ".") {
		f.Texts(t, func(at ast.Node, text string) {
			literals++
			if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: %q belongs into a catalogue", f.At(at), text)
			}
		})
	}
	if literals < 100 {
		t.Errorf("only %d literals were seen", literals)
	}
}
