package web_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"zhunkao/hub/web/console"
	"zhunkao/protocol/campaign"
)

// TestJournalHasWords: every act and every kind of subject that package journal
// names has words in both languages, and so has every group of acts: an entry
// that no page can name is found by nobody.
func TestJournalHasWords(t *testing.T) {
	pages, err := console.New()
	if err != nil {
		t.Fatal(err)
	}
	acts, subjects := journalNames(t)
	if len(acts) < 60 || len(subjects) < 12 {
		t.Fatalf("only %d acts and %d kinds of subjects were found", len(acts), len(subjects))
	}
	// Agreed with the counters, and written by no step of this edition.
	ahead := map[string]bool{"application.withdrawn": true, "order.paid": true, "order.refunded": true}
	words := func(key string) {
		t.Helper()
		if !pages.Has(key) {
			t.Errorf("%s has no words", key)
			return
		}
		zh, en := pages.Text(console.Zh, key), pages.Text(console.En, key)
		if zh == "" || en == "" || zh == en || strings.ContainsFunc(en, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }) {
			t.Errorf("%s is %q and %q", key, zh, en)
		}
	}
	for _, a := range acts {
		if ahead[a] {
			continue
		}
		words("act." + a)
		group, _, _ := strings.Cut(a, ".")
		words("actgroup." + group)
	}
	for _, s := range subjects {
		words("subject." + s)
	}
}

// TestJournalSaysWhatWasDone: kinds and effects of cases, the papers that a person
// consents to, and the acts that two do together stand in an entry in words.
func TestJournalSaysWhatWasDone(t *testing.T) {
	pages, err := console.New()
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"kind.notice", "kind.privacy", "kind.photo", "kind.pledge", "kind.guardian", "table.refund", "table.number-tickets", "table.postpone-window"}
	for _, a := range campaign.Adult2019().Approvals {
		keys = append(keys, "kind."+a.Key, "effect."+a.Effect)
	}
	for _, k := range []string{"clerk", "head", "copies", "taken-back", "void", "stood", "people", "school"} {
		keys = append(keys, "detail."+k)
	}
	for _, key := range keys {
		if !pages.Has(key) || pages.Text(console.Zh, key) == pages.Text(console.En, key) {
			t.Errorf("%s has no words", key)
		}
	}
}

// journalNames reads the constants of package journal: the acts, and the kinds
// of subjects (Of…).
func journalNames(t *testing.T) (acts, subjects []string) {
	t.Helper()
	files, err := filepath.Glob("../journal/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 {
				return true
			}
			lit, ok := v.Values[0].(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			if id, ok := v.Type.(*ast.Ident); ok && id.Name == "Act" {
				acts = append(acts, text)
			} else if strings.HasPrefix(v.Names[0].Name, "Of") {
				subjects = append(subjects, text)
			}
			return true
		})
	}
	return acts, subjects
}
