package demo

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	"zhunkao/protocol/democlock"
)

// The strip is the demonstration's clock with its buttons as a page of one
// line, for the head of the emulators' panel and of the payment companies: the
// panel is a program of hw, which knows nothing of a demonstration and only shows
// a page in a frame. It is the one page of ours that may be framed, and by these
// two alone.

// framedBy is the Content-Security-Policy source list of the two: each answers to
// both names of loopback.
func (p Ports) framedBy() string {
	out := ""
	for _, addr := range []string{p.Panel(), p.Cashier()} {
		out += " http://" + addr + " http://" + p.asLocalhost(addr)
	}
	return strings.TrimSpace(out)
}

// stripPage shows the strip in the language that the panel asks for; the
// panel's choice is its own and is not remembered for our other pages.
func (h *Home) stripPage(w http.ResponseWriter, r *http.Request) {
	problem := "strip." + r.URL.Query().Get("said")
	if _, known := words[problem]; !known {
		problem = ""
	}
	lang, moved := stripLang(r), h.moved()
	now := h.Now()
	h.render(w, "strip.html", http.StatusOK, lang, struct {
		Lang, Token, Now, Problem string
		NowMillis                 int64
		Moved                     int
	}{lang, h.token, now.In(Zone).Format("2006-01-02 15:04:05"), problem, now.UnixMilli(), moved})
}

// stripPressed moves the clock. Whatever is wrong is said in the strip, where
// the person looks; a token from before a restart is replaced by a fresh one.
// It always ends in a redirect, because the page loads itself again at every
// move and must not press the button with it.
func (h *Home) stripPressed(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	to := "/strip?lang=" + stripLang(r)
	if subtle.ConstantTimeCompare([]byte(r.PostFormValue("token")), []byte(h.token)) != 1 {
		to += "&said=stale"
	} else if err := h.Move(r.Context(), r.PostFormValue("move")); errors.Is(err, democlock.ErrPast) {
		to += "&said=past"
	} else if err != nil {
		to += "&said=failed"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func stripLang(r *http.Request) string {
	if r.FormValue("lang") == "en" {
		return "en"
	}
	return "zh-CN"
}
