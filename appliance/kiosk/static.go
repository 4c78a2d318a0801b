package kiosk

import (
	"embed"
	"io"
	"io/fs"
	"net/http"
	"unicode/utf8"
)

//go:embed static
var staticFiles embed.FS

//go:embed pages
var pageFiles embed.FS

// statics serves the style sheets and the script.
func statics() http.Handler {
	sub, err := fs.Sub(staticFiles, "static")
	if err != nil {
		panic(err) // our own mistake: the folder is embedded above
	}
	files := http.StripPrefix("/static/", http.FileServerFS(sub))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/static/" || !utf8.ValidString(r.URL.Path) {
			http.NotFound(w, r) // no listing; and no fault for a name that is no text
			return
		}
		files.ServeHTTP(w, r)
	})
}

func readAll(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	return io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
}
