package demo

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhunkao/hub/staff"
	"zhunkao/protocol/look"
)

//go:embed pages static
var files embed.FS

// Zone is China Standard Time, UTC+8 without daylight saving; no machine
// needs a time-zone database for it.
var Zone = time.FixedZone("UTC+8", 8*60*60)

// Home is the demonstration's own page: the tour, the programs with their
// buttons, the accounts, the clock.
type Home struct {
	Examination Examination
	Ports       Ports
	Dir         string
	Accounts    []Account
	Programs    []*Process
	Now         func() time.Time
	Move        func(ctx context.Context, move string) error
	Crowd       *crowd

	token string
	page  *template.Template
	mu    sync.Mutex // guards watch and moves
	watch map[chan struct{}]struct{}
	moves int // how often something has changed
}

// Account is one demo sign-in.
type Account struct {
	Title    string `json:"title"`
	TitleEN  string `json:"titleEn"`
	User     string `json:"user"`
	Password string `json:"password"`
	Secret   string `json:"secret"` // of the authenticator that the demonstration plays
}

// Code is the account's one-time code of now.
func (a Account) Code() string { return staff.Code(a.Secret, time.Now()) }

// Handler returns the page's handler.
func (h *Home) Handler() (http.Handler, error) {
	h.token = rand.Text()
	h.watch = map[chan struct{}]struct{}{}
	page, err := template.New("").Funcs(template.FuncMap{
		"t":   func(string) string { return "" }, // bound to a language for each request
		"inc": func(i int) int { return i + 1 },
	}).ParseFS(files, "pages/*.html")
	if err != nil {
		return nil, err
	}
	h.page = page
	mux := http.NewServeMux()
	mux.Handle("GET /static/", look.Serve(files))
	mux.HandleFunc("GET /{$}", h.show)
	mux.HandleFunc("GET /changes", h.changes)
	mux.HandleFunc("GET /strip", h.stripPage)
	mux.HandleFunc("POST /strip", h.stripPressed)
	mux.HandleFunc("POST /clock", h.pressed(func(r *http.Request) error {
		return h.Move(r.Context(), r.PostFormValue("move"))
	}))
	mux.HandleFunc("POST /programs/{name}", h.pressed(h.program))
	mux.HandleFunc("POST /crowd", h.pressed(func(r *http.Request) error {
		switch {
		case h.Crowd == nil:
		case r.PostFormValue("do") == "stop":
			h.Crowd.Stop()
		default:
			h.Crowd.Begin()
		}
		return nil
	}))
	return h.guard(mux), nil
}

// Changed tells open pages to look again.
func (h *Home) Changed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.moves++
	for c := range h.watch {
		select {
		case c <- struct{}{}:
		default: // it has one waiting already
		}
	}
}

func (h *Home) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		framedBy := "'none'"
		if r.URL.Path == "/strip" {
			framedBy = h.Ports.framedBy()
		}
		head.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors "+framedBy+"; base-uri 'none'")
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cache-Control", "no-store")
		// Only a browser that really asked for this loopback address: no rebinding.
		if r.Host != h.Ports.Home() && r.Host != h.Ports.asLocalhost(h.Ports.Home()) {
			http.Error(w, h.word(r, "unknown"), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (h *Home) pressed(do func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
		if subtle.ConstantTimeCompare([]byte(r.PostFormValue("token")), []byte(h.token)) != 1 {
			http.Error(w, h.word(r, "stale"), http.StatusForbidden)
			return
		}
		if err := do(r); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

func (h *Home) program(r *http.Request) error {
	for _, p := range h.Programs {
		if p.Name != r.PathValue("name") {
			continue
		}
		switch r.PostFormValue("do") {
		case "start":
			p.Start()
		case "stop":
			p.Stop()
		case "kill":
			p.Kill()
		}
	}
	return nil
}

// stop is a stop of the tour with the page that it opens: none where the buttons are
// on this page.
func (h *Home) stop(key string) tourStop {
	at := map[string][2]string{
		"portal": {"portal", h.Ports.Hub() + "/ks"}, "card": {"panel", h.Ports.Panel() + "/"}, "kiosk": {"kiosk", h.Ports.Kiosk() + "/"},
		"paper": {"panel", h.Ports.Panel() + "/printer"}, "pay": {"phone", h.Ports.Cashier() + "/"}, "desk": {"desk", h.Ports.Desk() + "/"},
		"console": {"hub", h.Ports.Hub() + "/gl"}, "money": {"hub", h.Ports.Hub() + "/gl/payments"}, "trouble": {"phone", h.Ports.Cashier() + "/"}, "offices": {"hub", h.Ports.Hub() + "/gl/approvals"},
		"arrange": {"hub", h.Ports.Hub() + "/gl/arrangement"}, "tickets": {"portal", h.Ports.Hub() + "/ks"}, "scores": {"hub", h.Ports.Hub() + "/gl/results"},
	}
	if h.Examination.cash() { // the clerk takes it at the hub's pages of the point
		at["pay"], at["money"] = [2]string{"hub", h.Ports.Hub() + "/gl/cash"}, [2]string{"hub", h.Ports.Hub() + "/gl/cash"}
	}
	s := tourStop{Key: key, Page: at[key][0]}
	if s.Page != "" {
		s.URL = "http://" + at[key][1]
	}
	return s
}

type tourStop struct{ Key, Page, URL string }

func (h *Home) show(w http.ResponseWriter, r *http.Request) {
	lang := h.lang(w, r)
	type program struct {
		Name  string
		State State
	}
	moved := h.moved() // before anything of what is shown is looked at
	now := h.Now()
	data := struct {
		Lang, Token, Dir, Forget, Now string
		NowMillis                     int64
		Moved                         int
		Tour                          []tourStop
		Campaign                      string
		Programs                      []program
		Accounts                      []Account
		Crowd                         CrowdState
	}{
		Lang: lang, Token: h.token, Dir: h.Dir, Forget: Layout{Dir: h.Dir}.Forget(), Moved: moved,
		Now: now.In(Zone).Format("2006-01-02 15:04:05"), NowMillis: now.UnixMilli(),
		Accounts: h.Accounts, Campaign: h.Examination.title(lang),
	}
	for _, key := range h.Examination.stops() {
		data.Tour = append(data.Tour, h.stop(key))
	}
	if h.Crowd != nil {
		data.Crowd = h.Crowd.State()
	}
	for _, p := range h.Programs {
		data.Programs = append(data.Programs, program{p.Name, p.State()})
	}
	h.render(w, "home.html", http.StatusOK, lang, data)
}

func (h *Home) render(w http.ResponseWriter, name string, code int, lang string, data any) {
	page, err := h.page.Clone()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var out strings.Builder
	page.Funcs(template.FuncMap{"t": func(key string) string { return h.Examination.word(lang, key) }})
	if err := page.ExecuteTemplate(&out, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(out.String())) // a browser that went away
}

// moved is how often something has changed so far.
func (h *Home) moved() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.moves
}

// changes is a stream of server-sent events, one whenever a program's state, the crowd or
// the clock has changed. A page says in "since" how often that had happened when it was
// made: what changed while it was loaded is told at once, and no page stays at something
// that is over.
func (h *Home) changes(w http.ResponseWriter, r *http.Request) {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	h.watch[c] = struct{}{}
	if since := r.URL.Query().Get("since"); since != "" && since != strconv.Itoa(h.moves) {
		c <- struct{}{}
	}
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.watch, c)
		h.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	for {
		if err := flush.Flush(); err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-c:
			if _, err := w.Write([]byte("event: changed\ndata: 1\n\n")); err != nil {
				return
			}
		}
	}
}

// lang takes ?lang=, remembers it, and else what was remembered.
func (h *Home) lang(w http.ResponseWriter, r *http.Request) string {
	const name = "zhunkao-demo-lang"
	if q := r.URL.Query().Get("lang"); q == "en" || q == "zh-CN" {
		http.SetCookie(w, &http.Cookie{Name: name, Value: q, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
		return q
	}
	if c, err := r.Cookie(name); err == nil && c.Value == "en" {
		return "en"
	}
	return "zh-CN"
}

func (h *Home) word(r *http.Request, key string) string {
	if c, err := r.Cookie("zhunkao-demo-lang"); err == nil {
		return h.Examination.word(c.Value, key)
	}
	return h.Examination.word("zh-CN", key)
}

// word is a word of the catalogue; what reads differently in an examination other
// than the adult one has a key that ends in "@" and its name.
func (e Examination) word(lang, key string) string {
	w, own := words[key+"@"+e.Name]
	if !own {
		w = words[key]
	}
	if lang == "en" {
		return w[1]
	}
	return w[0]
}
