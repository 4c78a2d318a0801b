package appliance_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// What the box says of its devices comes from the lists of package health, and
// from nowhere else: the hub's pages have words for those.
func TestDevicesAndFaultsComeFromTheLists(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	calls, workers := 0, 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		literal := func(e ast.Expr) bool {
			l, ok := e.(*ast.BasicLit)
			return ok && l.Value != `""`
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || f.Sel.Name != "Set" && f.Sel.Name != "deviceNow" && f.Sel.Name != "device" || len(n.Args) < 2 {
					return true
				}
				if on, ok := f.X.(*ast.SelectorExpr); f.Sel.Name == "Set" && (!ok || on.Sel.Name != "board") {
					if on, ok := f.X.(*ast.Ident); !ok || on.Name != "board" {
						return true
					}
				}
				calls++
				for _, a := range n.Args {
					if literal(a) {
						t.Errorf("%s: a word of its own", set.Position(a.Pos()))
					}
					if c, ok := a.(*ast.CallExpr); ok {
						if by, ok := c.Fun.(*ast.Ident); !ok || by.Name != "word" && by.Name != "warned" && by.Name != "string" {
							t.Errorf("%s: a word from elsewhere", set.Position(a.Pos()))
						}
					}
				}
			case *ast.CompositeLit:
				if len(n.Elts) == 2 && literal(n.Elts[0]) {
					if at, ok := n.Type.(*ast.Ident); ok && at.Name == "worker" {
						t.Errorf("%s: a worker's name of its own", set.Position(n.Pos()))
					}
				}
				if at, ok := n.Type.(*ast.Ident); ok && at.Name == "worker" {
					workers++
				}
			}
			return true
		})
	}
	if calls < 20 || workers < 7 {
		t.Errorf("%d calls and %d workers found: the test looks elsewhere", calls, workers)
	}
}
