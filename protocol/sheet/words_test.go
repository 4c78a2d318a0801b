package sheet_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"zhunkao/protocol/sheet"
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
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	inCatalogue := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, e.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			s, err := strconv.Unquote(lit.Value)
			switch {
			case err != nil:
				t.Error(err)
			case !strings.ContainsFunc(s, chineseRune):
			case e.Name() == "words.go", e.Name() == "ticket_words.go", e.Name() == "paperform_words.go":
				inCatalogue++
			default:
				t.Errorf("%s: %q is not in the catalogue", set.Position(lit.Pos()), s)
			}
			return true
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
