// Package source reads the Go files of a folder, but for its tests, for tests that hold
// code to a rule which the compiler does not know. Nothing in it is shipped.
//
// How it fails: it fails the test.
package source

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// File is one file, parsed.
type File struct {
	Name string // in its folder
	*ast.File
	set *token.FileSet
}

// Files reads a folder.
func Files(t *testing.T, dir string) (all []File) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, File{e.Name(), f, set})
	}
	return all
}

// At says where something stands, for whoever is to mend it.
func (f File) At(n ast.Node) string { return f.set.Position(n.Pos()).String() }

// Texts calls each for every text that stands in the file.
func (f File) Texts(t *testing.T, each func(at ast.Node, text string)) {
	t.Helper()
	ast.Inspect(f.File, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Error(err)
			}
			each(lit, s)
		}
		return true
	})
}
