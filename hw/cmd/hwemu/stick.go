package main

import (
	"context"
	"errors"
	"net/http"
	"path"
	"slices"
	"strconv"

	"zhunkao/hw/sticktest"
)

// stickBench is the port for a USB stick, with a few sticks beside it.
type stickBench struct {
	port   *sticktest.Port // nil when this machine cannot play one
	cannot error           // why
}

// openStick makes the port; with link "" there is none. A machine that cannot play
// sticks has its page all the same, which says why.
func openStick(ctx context.Context, link, dir string) (*stickBench, error) {
	if link == "" {
		return nil, nil
	}
	if err := sticktest.Able(); err != nil {
		return &stickBench{cannot: err}, nil
	}
	port, err := sticktest.New(ctx, link, dir)
	if err != nil {
		return nil, err
	}
	return &stickBench{port: port}, nil
}

func (b *stickBench) close() error {
	if b == nil || b.port == nil {
		return nil
	}
	return b.port.Pull(context.Background())
}

// changed is closed at the next change; nil, for ever quiet, without a port.
func (b *stickBench) changed() <-chan struct{} {
	if b == nil || b.port == nil {
		return nil
	}
	return b.port.Changed()
}

// stickState is what the JSON door answers about the port.
type stickState struct {
	Link   string   `json:"link"`
	In     string   `json:"in"` // the stick that is in, "" for none
	Sticks []string `json:"sticks"`
	Cannot string   `json:"cannot,omitempty"`
}

func (b *stickBench) state() stickState {
	if b.port == nil {
		return stickState{Cannot: b.cannot.Error()}
	}
	return stickState{Link: b.port.Link(), In: b.port.In(), Sticks: sticktest.Names()}
}

// stickView is what the page of the port gets.
type stickView struct {
	stickState
	Open  string      // the stick that was opened on this page
	Files []stickFile // what is on it
}

type stickFile struct {
	Name string
	Size int
	N    int
}

func (b *stickBench) view() *stickView {
	if b == nil {
		return nil
	}
	return &stickView{stickState: b.state()}
}

var errNoPort = errors.New("there is no port here 这里没有 U 盘口")

// stickRoutes lists what the panel answers about the port.
func (p *panel) stickRoutes(mux *http.ServeMux) {
	b := p.stick
	if b == nil {
		return
	}
	mux.HandleFunc("GET /stick", p.stickPage)
	mux.HandleFunc("GET /stick/part", func(w http.ResponseWriter, r *http.Request) {
		p.render(w, "port", http.StatusOK, p.view(w, r, "stick"))
	})
	mux.HandleFunc("GET /stick/file", p.stickFile)
	act := func(do func(r *http.Request, name string) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			err := errNoPort
			if b.port != nil {
				err = do(r, r.PostFormValue("stick"))
			}
			if err != nil {
				p.stickWrong(w, r, err)
				return
			}
			http.Redirect(w, r, "/stick", http.StatusSeeOther)
		}
	}
	put := func(r *http.Request, name string) error { return b.port.Put(r.Context(), name) }
	pull := func(r *http.Request, _ string) error { return b.port.Pull(r.Context()) }
	mux.HandleFunc("POST /stick/put", act(put))
	mux.HandleFunc("POST /stick/pull", act(pull))
	mux.HandleFunc("POST /stick/wipe", act(func(r *http.Request, name string) error { return b.port.Wipe(r.Context(), name) }))

	door := func(do func(r *http.Request, name string) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			var in struct {
				Stick string `json:"stick"`
			}
			if !decode(w, r, &in) {
				return
			}
			err := errNoPort
			if b.port != nil {
				err = do(r, in.Stick)
			}
			if err != nil {
				answerJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
				return
			}
			answerJSON(w, http.StatusOK, b.state())
		}
	}
	mux.HandleFunc("GET /api/stick", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, http.StatusOK, b.state()) })
	mux.HandleFunc("POST /api/stick/put", door(put))
	mux.HandleFunc("POST /api/stick/pull", door(pull))
}

func (p *panel) stickWrong(w http.ResponseWriter, r *http.Request, err error) {
	v := p.view(w, r, "stick")
	v.Error = err.Error()
	p.render(w, "stick.html", http.StatusUnprocessableEntity, v)
}

// stickPage shows the port, and with ?open= what lies on a stick that is not in it, as
// another computer would.
func (p *panel) stickPage(w http.ResponseWriter, r *http.Request) {
	v := p.view(w, r, "stick")
	if open := r.URL.Query().Get("open"); open != "" && p.stick.port != nil {
		all, err := p.stick.port.Files(r.Context(), open)
		if err != nil {
			p.stickWrong(w, r, err)
			return
		}
		v.Stick.Open = open
		for i, f := range all {
			v.Stick.Files = append(v.Stick.Files, stickFile{f.Name, len(f.Data), i})
		}
	}
	p.render(w, "stick.html", http.StatusOK, v)
}

// stickFile copies one file off a stick.
func (p *panel) stickFile(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	n, err := strconv.Atoi(q.Get("n"))
	if err != nil || p.stick.port == nil || !slices.Contains(sticktest.Names(), q.Get("stick")) {
		http.NotFound(w, r)
		return
	}
	all, err := p.stick.port.Files(r.Context(), q.Get("stick"))
	switch {
	case err != nil:
		p.stickWrong(w, r, err)
	case n < 0 || n >= len(all):
		http.NotFound(w, r)
	default:
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", "attachment; filename="+strconv.Quote(path.Base(all[n].Name)))
		_, _ = w.Write(all[n].Data) // the browser left
	}
}
