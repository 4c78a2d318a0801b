package look_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"zhunkao/protocol/look"
)

func TestServe(t *testing.T) {
	h := look.Serve(fstest.MapFS{
		"static/own.css":  {Data: []byte("own")},
		"static/base.css": {Data: []byte("hides it")},
		"pages/page.html": {Data: []byte("no file to serve")},
	})
	for path, want := range map[string]struct {
		code int
		body string
	}{
		"/static/own.css":            {http.StatusOK, "own"},
		"/static/base.css":           {http.StatusOK, "Zhunkao 准考 · base"},
		"/static/tokens.css":         {http.StatusOK, "Zhunkao 准考 · tokens"},
		"/static/chevron.svg":        {http.StatusOK, "<svg"},
		"/static/":                   {http.StatusNotFound, ""},
		"/static/look.go":            {http.StatusNotFound, ""},
		"/static/none.css":           {http.StatusNotFound, ""},
		"/static/%ff.css":            {http.StatusNotFound, ""},
		"/static/../pages/page.html": {http.StatusNotFound, ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != want.code || !strings.Contains(w.Body.String(), want.body) {
			t.Errorf("%s: %d %.60s, want %d", path, w.Code, w.Body, want.code)
		}
	}
}

// The components choose from the tokens: no colour of their own.
func TestComponentsChooseFromTokens(t *testing.T) {
	tokens, err := look.Files.ReadFile("tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	base, err := look.Files.ReadFile("base.css")
	if err != nil {
		t.Fatal(err)
	}
	used := 0
	for _, after := range strings.Split(string(base), "var(--")[1:] {
		name, _, _ := strings.Cut(after, ")")
		name, _, _ = strings.Cut(name, ",")
		used++
		if !strings.Contains(string(tokens), "--"+name+":") && !strings.Contains(string(base), "--"+name+":") {
			t.Errorf("base.css uses --%s, which nobody sets", name)
		}
	}
	if used == 0 {
		t.Error("base.css uses no token")
	}
}
