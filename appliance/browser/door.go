package browser

import (
	_ "embed"
	"net/http"
	"strings"
)

// Paths under which Handler answers; the screen's server hands them over.
const (
	Prefix    = "/screen/"
	startPath = Prefix + "start/"
	beatPath  = Prefix + "beat"
	// Script is the address of the script that a page must load to beat.
	Script = Prefix + "beat.js"

	cookie = "zhunkao-screen"
)

//go:embed beat.js
var script []byte

// Handler answers what lies under Prefix. It is as safe as the page it stands
// beside: whoever has not been started by us has no token, and its beats count
// for nothing.
func (b *Browser) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+startPath+"{token}", b.begin)
	mux.HandleFunc("POST "+beatPath, b.takeBeat)
	mux.HandleFunc("GET "+Script, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(script) // a browser that is gone is seen by its beats
	})
	return mux
}

// begin gives a screen its cookie and sends it to the page.
func (b *Browser) begin(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	if !b.known(token) {
		http.NotFound(w, r)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: token, Path: strings.TrimSuffix(Prefix, "/"), HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// takeBeat takes a beat. A Run that is busy ending a screen does not hold the page
// up: the next beat comes in a second.
func (b *Browser) takeBeat(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(cookie); err == nil && b.known(c.Value) {
		select {
		case b.beats <- c.Value:
		default:
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func (b *Browser) known(token string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tokens[token]
}

func (b *Browser) remember(token string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokens[token] = true
}

func (b *Browser) forget(token string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.tokens, token)
}
