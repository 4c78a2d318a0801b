package sheet_test

import (
	"go/ast"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/source"
)

// TestWordsInBothLanguages: every wording has its translation, with the same
// values to fill in and as many lines, and the small font can print it.
func TestWordsInBothLanguages(t *testing.T) {
	verb := regexp.MustCompile(`%[0-9]*[a-z]`)
	all, chinese := sheet.Words(), map[string]bool{}
	f := fallback(t)
	for key, both := range all {
		zh, en := both[0], both[1]
		chinese[zh] = true
		if strings.TrimSpace(zh) == "" || strings.TrimSpace(en) == "" || strings.ContainsFunc(en, chineseRune) {
			t.Errorf("%s: %q, %q", key, zh, en)
		}
		if a, b := strings.Join(verb.FindAllString(zh, -1), " "), strings.Join(verb.FindAllString(en, -1), " "); a != b {
			t.Errorf("%s: %q and %q are filled in otherwise", key, zh, en)
		}
		if strings.Count(zh, "\n") != strings.Count(en, "\n") {
			t.Errorf("%s: %q and %q have not as many lines", key, zh, en)
		}
		if missing := f.Missing(zh); len(missing) > 0 {
			t.Errorf("%s: %q are not in the small font", key, missing)
		}
	}
	for _, s := range []string{string(sheet.Specimen), string(sheet.Unconfirmed), string(sheet.Reprint), string(sheet.Voided), sheet.TimePending, sheet.NoPhotoYet, sheet.PhotoNotHere,
		sheet.VerdictPass.String(), sheet.VerdictFail.String(), sheet.VerdictAsk.String(), sheet.VerdictSpare.String()} {
		if !chinese[s] {
			t.Errorf("%q is not in the catalogue", s)
		}
	}
	clear(all)
	if len(sheet.Words()) == 0 {
		t.Error("a caller can empty the catalogue")
	}
}

// TestWordsInOnePlace: no other file of the package has a wording of its own.
func TestWordsInOnePlace(t *testing.T) {
	inCatalogue := 0
	for _, f := range source.Files(t, ".") {
		f.Texts(t, func(at ast.Node, text string) {
			switch {
			case !strings.ContainsFunc(text, chineseRune):
			case f.Name == "words.go", f.Name == "ticket_words.go", f.Name == "paperform_words.go":
				inCatalogue++
			default:
				t.Errorf("%s: %q is not in the catalogue", f.At(at), text)
			}
		})
	}
	if inCatalogue < 50 {
		t.Errorf("only %d wordings were seen in words.go", inCatalogue)
	}
}

// chineseRune holds for Chinese characters and for punctuation of full width.
func chineseRune(r rune) bool {
	return unicode.Is(unicode.Han, r) || r > 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF
}
