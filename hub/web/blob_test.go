package web_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestBlobsWithinATransaction: where a transaction is open, nothing is got from the store
// of blobs but by it. Blobs may lie in the same database, and whoever takes a second
// connection while holding one waits for ever once all do so.
func TestBlobsWithinATransaction(t *testing.T) {
	files := token.NewFileSet()
	within := 0
	for _, dir := range []string{".", "portal", "../dossier", "../flow", "../ticket"} {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				var of *ast.FuncType
				var body *ast.BlockStmt
				switch f := n.(type) {
				case *ast.FuncDecl:
					of, body = f.Type, f.Body
				case *ast.FuncLit:
					of, body = f.Type, f.Body
				}
				if of == nil || body == nil || !takesTx(of) {
					return true
				}
				ast.Inspect(body, func(n ast.Node) bool {
					call, ok := n.(*ast.CallExpr)
					if !ok {
						return true
					}
					if s, ok := call.Fun.(*ast.SelectorExpr); ok && isStore(s.X) {
						if within++; s.Sel.Name != "In" {
							t.Errorf("%s: %s beside the transaction", files.Position(call.Pos()), s.Sel.Name)
						}
					}
					for _, a := range call.Args {
						if isStore(a) {
							t.Errorf("%s: the store is handed on without the transaction", files.Position(a.Pos()))
						}
					}
					return true
				})
				return true
			})
		}
	}
	if within < 5 {
		t.Errorf("%d uses found: what is looked for has another name", within)
	}
}

func takesTx(f *ast.FuncType) bool {
	for _, p := range f.Params.List {
		if star, ok := p.Type.(*ast.StarExpr); ok {
			if s, ok := star.X.(*ast.SelectorExpr); ok && s.Sel.Name == "Tx" {
				return true
			}
		}
	}
	return false
}

// isStore reports whether an expression is a field that holds the store.
func isStore(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && (s.Sel.Name == "Blob" || s.Sel.Name == "Blobs")
}
