// Package look is what all our screens have in common: the tokens (colours, sizes,
// faces), the components made of them, and the picture that these name. A kiosk, a
// clerk's desk, the console, the portal and the demonstration are seen by the same
// people, often on the same day.
//
// Box and hub share no code of screens; as package sheet holds what is drawn on paper at
// both, this holds what screens are drawn with at both. What a surface needs besides
// stands in a style sheet of its own. The panel of the emulators and the payment
// companies of the demonstration wear it too: it is nothing that they test.
package look

import (
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"unicode/utf8"
)

// Files are the shared files, by name.
//
//go:embed tokens.css base.css chevron.svg
var Files embed.FS

// Serve serves the folder static of a surface and Files beside it, under /static/,
// without a listing. It panics if there is no such folder: that is embedded.
func Serve(own fs.FS) http.Handler {
	static, err := fs.Sub(own, "static")
	if err != nil {
		panic(err)
	}
	files := http.StripPrefix("/static/", http.FileServerFS(surface{static}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/static/" || !utf8.ValidString(r.URL.Path) {
			http.NotFound(w, r) // no listing; and no fault for a name that is no text
			return
		}
		files.ServeHTTP(w, r)
	})
}

// surface is the files of one; what it has of its own hides nothing shared.
type surface struct{ own fs.FS }

func (s surface) Open(name string) (fs.File, error) {
	f, err := Files.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return s.own.Open(name)
	}
	return f, err
}
