package kiosk

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"sync"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/look"
)

// Gallery serves every screen in every state from fixed, synthetic views: an
// index of small pictures, and each screen by itself. ?lang=en, &large=1, &contrast=1
// and &demo=1 show it in English, in large type, in high contrast, with the
// demo's bar; the index takes &size=portrait too.
func Gallery() http.Handler {
	all := sync.OnceValue(shots)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { galleryIndex(w, r, all()) })
	mux.HandleFunc("GET /screen/{name}", func(w http.ResponseWriter, r *http.Request) { galleryScreen(w, r, all()) })
	mux.Handle("GET /static/", look.Serve(staticFiles))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers(w.Header())
		mux.ServeHTTP(w, r)
	})
}

// framed loosens the content policy for the gallery alone: its index shows the
// screens in frames of its own.
func framed(h http.Header) {
	p := strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'; frame-src 'self'", 1)
	h.Set("Content-Security-Policy", p)
}

// manner is how a screen is to be shown.
type manner struct{ English, Large, Contrast, Portrait, Demo bool }

func mannerOf(r *http.Request) manner {
	q := r.URL.Query()
	return manner{q.Get("lang") == "en", q.Get("large") != "", q.Get("contrast") != "", q.Get("size") == "portrait", q.Get("demo") != ""}
}

// Query is the manner as an address carries it; as a URL, so that the template
// keeps its & and =.
func (m manner) Query() template.URL {
	q := "lang=zh"
	if m.English {
		q = "lang=en"
	}
	if m.Large {
		q += "&large=1"
	}
	if m.Contrast {
		q += "&contrast=1"
	}
	if m.Demo {
		q += "&demo=1"
	}
	if m.Portrait {
		q += "&size=portrait"
	}
	return template.URL(q)
}

// Switches gives the addresses of the index's switches.
func (m manner) Switches() map[string]template.URL {
	lang, large, contrast, size, demo := m, m, m, m, m
	demo.Demo = !m.Demo
	lang.English, large.Large, contrast.Contrast, size.Portrait = !m.English, !m.Large, !m.Contrast, !m.Portrait
	return map[string]template.URL{"English / 中文": lang.Query(), "大字": large.Query(), "高对比": contrast.Query(), "横 / 竖": size.Query(), "演示": demo.Query()}
}

func (s shot) draw(m manner) ([]byte, error) {
	v := s.View
	v.State.Prefs.English, v.State.Prefs.Large, v.State.Prefs.Contrast = m.English, m.Large, m.Contrast
	p := page{View: v, Still: true, Demo: m.Demo, Token: "gallery", words: catalogue()}
	if feeding(v.State) && v.State.Live != visit.PhotoWait {
		p.StillFeed = picture("image/jpeg", shotPortrait().JPEG)
	}
	return p.draw()
}

func galleryScreen(w http.ResponseWriter, r *http.Request, all []shot) {
	for _, s := range all {
		if s.Name != r.PathValue("name") {
			continue
		}
		b, err := s.draw(mannerOf(r))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		framed(w.Header())
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(b)
		return
	}
	http.NotFound(w, r)
}

func galleryIndex(w http.ResponseWriter, r *http.Request, all []shot) {
	t, err := templates()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var b bytes.Buffer
	err = t.ExecuteTemplate(&b, "gallery", map[string]any{"Shots": all, "Manner": mannerOf(r), "Count": len(all)})
	if err != nil {
		http.Error(w, fmt.Sprintf("gallery: %v", err), http.StatusInternalServerError)
		return
	}
	framed(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}
