package paper

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"zhunkao/provisioning/source"
)

// TestWordsInCatalogues: every fixed wording of a paper is one of a pair, in both
// languages, with the same values to fill in and as many lines; nothing Chinese stands
// elsewhere but the characters in which sums are written out.
func TestWordsInCatalogues(t *testing.T) {
	pairs := 0
	for _, file := range source.Files(t, ".") {
		inPair := map[*ast.BasicLit]bool{}
		ast.Inspect(file.File, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			all := []ast.Expr{lit}
			if array, list := lit.Type.(*ast.ArrayType); list && isPair(array.Elt) {
				all = lit.Elts
			} else if !isPair(lit.Type) {
				return true
			}
			for _, one := range all {
				p, ok := one.(*ast.CompositeLit)
				if !ok {
					continue // the name of one that stands elsewhere
				}
				pairs++
				zh, en := text(t, p.Elts[0], inPair), text(t, p.Elts[1], inPair)
				samePair(t, file.At(p), zh, en)
			}
			return true
		})
		ast.Inspect(file.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				return n.Name.Name != "Capitals"
			case *ast.BasicLit:
				if s, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && !inPair[n] && strings.ContainsFunc(s, chinese) {
					t.Errorf("%s: %q is in no catalogue", file.At(n), s)
				}
			}
			return true
		})
	}
	if pairs < 150 {
		t.Errorf("only %d wordings were seen", pairs)
	}
}

func isPair(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	return ok && name.Name == "pair"
}

var verb = regexp.MustCompile(`%(\[\d+\])?[0-9]*[a-z]`)

// samePair holds the two wordings of a pair against each other.
func samePair(t *testing.T, at, zh, en string) {
	t.Helper()
	if zh == "" && en == "" {
		return // a column without a name
	}
	if strings.TrimSpace(zh) == "" || strings.TrimSpace(en) == "" || strings.ContainsFunc(strings.ReplaceAll(en, "无", ""), chinese) {
		t.Errorf("%s: %q, %q", at, zh, en)
	}
	kinds := func(s string) []string {
		var out []string
		for _, v := range verb.FindAllString(s, -1) {
			out = append(out, v[len(v)-1:])
		}
		slices.Sort(out) // the English may name a place for its values
		return out
	}
	if !slices.Equal(kinds(zh), kinds(en)) {
		t.Errorf("%s: %q and %q are filled in otherwise", at, zh, en)
	}
	if strings.Count(zh, "\n") != strings.Count(en, "\n") {
		t.Errorf("%s: %q and %q have not as many lines", at, zh, en)
	}
}

// text is a wording, put together.
func text(t *testing.T, e ast.Expr, seen map[*ast.BasicLit]bool) string {
	t.Helper()
	switch e := e.(type) {
	case *ast.BasicLit:
		seen[e] = true
		s, err := strconv.Unquote(e.Value)
		if err != nil {
			t.Error(err)
		}
		return s
	case *ast.BinaryExpr:
		return text(t, e.X, seen) + text(t, e.Y, seen)
	}
	t.Errorf("a wording that is no text: %T", e)
	return ""
}

// chinese holds for Chinese characters.
func chinese(r rune) bool { return unicode.Is(unicode.Han, r) }
