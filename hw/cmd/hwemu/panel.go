package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"image/png"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"zhunkao/hw/idcardtest"
	"zhunkao/protocol/look"
)

//go:embed pages/*.html
var pagesFS embed.FS

//go:embed static
var staticFS embed.FS

// panel is the pages and the JSON door. What they show lies in reader, plug and
// deck, which guard themselves.
type panel struct {
	reader  *idcardtest.Reader
	plug    *idcardtest.Plug
	deck    *deck
	printer *printerBench // nil without one
	camera  *cameraBench  // nil without one
	front   *frontBench   // nil without one
	stick   *stickBench   // nil without one
	pages   *template.Template
	back    string // where the panel links back to; "" for nowhere
	strip   strip
}

func newPanel(r *idcardtest.Reader, p *idcardtest.Plug, d *deck) (*panel, error) {
	t, err := template.New("").Funcs(template.FuncMap{
		"t":      func(string) string { return "" }, // replaced for each language in render
		"masked": masked,
		"add":    func(a, b int) int { return a + b },
	}).ParseFS(pagesFS, "pages/*.html")
	if err != nil {
		return nil, err
	}
	return &panel{reader: r, plug: p, deck: d, pages: t}, nil
}

// handler lists the routes.
func (p *panel) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("POST /{$}", p.home) // a search; a name does not belong in an address
	mux.HandleFunc("GET /faults", p.faults)
	mux.HandleFunc("GET /own", p.ownForm)
	mux.HandleFunc("POST /own", p.ownSave)
	mux.HandleFunc("GET /reader", p.readerPart)
	mux.HandleFunc("GET /live", p.live)
	mux.HandleFunc("GET /portrait/{card}", p.portrait)

	mux.HandleFunc("POST /place", p.form(p.doPlace))
	mux.HandleFunc("POST /lift", p.form(p.doLift))
	mux.HandleFunc("POST /fault", p.form(p.doFault))
	mux.HandleFunc("POST /override", p.form(p.doOverride))
	mux.HandleFunc("POST /healthy", p.form(p.doHealthy))

	mux.HandleFunc("GET /api/state", p.apiState)
	mux.HandleFunc("POST /api/place", p.apiPlace)
	mux.HandleFunc("POST /api/lift", p.apiLift)
	mux.HandleFunc("POST /api/knob", p.apiKnob)
	mux.HandleFunc("POST /api/plug", p.apiPlug)

	p.printerRoutes(mux)
	p.cameraRoutes(mux)
	p.frontRoutes(mux)
	p.stickRoutes(mux)

	mux.Handle("GET /static/", look.Serve(staticFS))
	return guard(p.strip.policy(), http.NewCrossOriginProtection().Handler(mux))
}

// guard sets the headers of every answer and lets only this machine's own names
// through, so that a page elsewhere cannot reach the panel by a name that
// resolves to loopback. frames is what the policy says of frames.
func guard(frames string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; "+
			"connect-src 'self'; "+frames+"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "this panel answers on loopback only", http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		next.ServeHTTP(w, r)
	})
}

// shown is one card of the deck as a page shows it.
type shown struct {
	Index int
	entry
	On bool // it lies on the reader
}

// Find is what a search in the page looks through.
func (s shown) Find() string { return s.needle() }

// view is what every page gets.
type view struct {
	Lang, Other, Page string
	Error             string
	Query             string
	Cards             []shown
	Hidden            int // cards a search leaves out
	Card              *idcardtest.Card
	Index             int // of Card in the deck, -1 if it is not from there
	Plugged           bool
	Knobs             idcardtest.Knobs
	Faults            []group
	Active            []string // keys of the faults that are on
	Log               []idcardtest.Entry
	Link, Home        string
	Strip             string // address of the page at the head, "" for none
	Form              idcardtest.Card
	Types, Sexes      []string
	Printer           *printerView // nil without a printer
	Camera            *cameraView  // nil without a camera
	Front             *frontView   // nil without lamps and buttons
	Stick             *stickView   // nil without a USB port
}

// group is the switches of one kind.
type group struct {
	Key      string
	Switches []lever
}

type lever struct {
	Key string
	On  bool
}

func (p *panel) view(w http.ResponseWriter, r *http.Request, page string) view {
	v := view{Page: page, Index: -1, Plugged: p.plug.In(), Knobs: p.reader.Knobs(), Link: p.plug.Link(), Home: p.back,
		Types: []string{idcardtest.Resident, idcardtest.HMT, idcardtest.Foreigner2017, idcardtest.Foreigner2023},
		Sexes: []string{"1", "2", "0", "9"}}
	v.Lang = language(w, r)
	v.Other = pick(v.Lang == "en", "zh-CN", "en")
	v.Strip = p.strip.in(v.Lang)
	card, on := p.reader.Card()
	if on {
		v.Card = &card
	}
	for i, e := range p.deck.list() {
		s := shown{Index: i, entry: e, On: on && e.Card == card}
		if s.On {
			v.Index = i
		}
		v.Cards = append(v.Cards, s)
	}
	v.Faults = []group{{Key: "cable", Switches: []lever{{unplugKey, !v.Plugged}}}, {Key: "module"}, {Key: "line"}, {Key: "card"}}
	for _, pre := range presets() {
		for i := range v.Faults {
			if v.Faults[i].Key == pre.group {
				v.Faults[i].Switches = append(v.Faults[i].Switches, lever{pre.key, pre.on(v.Knobs)})
			}
		}
	}
	for _, g := range v.Faults {
		for _, l := range g.Switches {
			if l.On {
				v.Active = append(v.Active, l.Key)
			}
		}
	}
	if beyond(v.Knobs) {
		v.Active = append(v.Active, "exact")
	}
	v.Printer, v.Camera, v.Front, v.Stick = p.printer.view(), p.camera.view(), p.front.view(), p.stick.view()
	log := p.reader.Log()
	for i := len(log) - 1; i >= 0 && len(v.Log) < 12; i-- {
		v.Log = append(v.Log, log[i])
	}
	return v
}

// language is the page's, changed by ?lang= and kept in a cookie.
func language(w http.ResponseWriter, r *http.Request) string {
	lang := ""
	if c, err := r.Cookie("hwemu-lang"); err == nil {
		lang = c.Value
	}
	if q := r.URL.Query().Get("lang"); q != "" {
		lang = q
		http.SetCookie(w, &http.Cookie{Name: "hwemu-lang", Value: pick(lang == "en", "en", "zh-CN"), Path: "/",
			MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	return pick(lang == "en", "en", "zh-CN")
}

func (p *panel) render(w http.ResponseWriter, name string, code int, v view) {
	t, err := p.pages.Clone()
	if err == nil {
		t.Funcs(template.FuncMap{"t": func(key string) string { return word(v.Lang, key) }})
		var b bytes.Buffer
		if err = t.ExecuteTemplate(&b, name, v); err == nil {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			w.WriteHeader(code)
			_, _ = w.Write(b.Bytes()) // the browser left
			return
		}
	}
	http.Error(w, "page cannot be shown: "+err.Error(), http.StatusInternalServerError)
}

func (p *panel) home(w http.ResponseWriter, r *http.Request) {
	v := p.view(w, r, "reader")
	if r.Method == http.MethodPost {
		v.Query = r.PostFormValue("q")
		kept := v.Cards[:0]
		for _, c := range v.Cards {
			if c.matches(v.Query) {
				kept = append(kept, c)
			} else {
				v.Hidden++
			}
		}
		v.Cards = kept
	}
	p.render(w, "home.html", http.StatusOK, v)
}

func (p *panel) faults(w http.ResponseWriter, r *http.Request) {
	p.render(w, "faults.html", http.StatusOK, p.view(w, r, "faults"))
}

func (p *panel) readerPart(w http.ResponseWriter, r *http.Request) {
	p.render(w, "reader", http.StatusOK, p.view(w, r, "reader"))
}

// live tells the page that something changed, at most five times a second.
func (p *panel) live(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		changed, printer, camera, front, stick := p.reader.Changed(), p.printer.changed(), p.camera.changed(), p.front.changed(), p.stick.changed()
		if _, err := fmt.Fprint(w, "data: changed\n\n"); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-printer:
		case <-camera:
		case <-front:
		case <-stick:
		case <-r.Context().Done():
			return
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

// portrait draws the face of a card, by its place in the deck or "on" for the
// one on the reader.
func (p *panel) portrait(w http.ResponseWriter, r *http.Request) {
	card, ok := p.reader.Card()
	if name := r.PathValue("card"); name != "on" {
		i, err := strconv.Atoi(name)
		var e entry
		e, ok = p.deck.at(i)
		ok = ok && err == nil
		card = e.Card
		w.Header().Set("Cache-Control", "private, max-age=600")
	} else {
		w.Header().Set("Cache-Control", "no-store")
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	img, err := idcardtest.Portrait(card.WLT())
	if err != nil { // a card without a portrait
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_ = png.Encode(w, img) // the browser left
}

func masked(number string) string {
	if len(number) < 8 {
		return number
	}
	return number[:3] + strings.Repeat("*", len(number)-7) + number[len(number)-4:]
}

// answerJSON is the JSON door's way to answer.
func answerJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) // the client left
}
