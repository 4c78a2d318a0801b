package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"zhunkao/hw/cameratest"
	"zhunkao/hw/idcardtest"
)

// cameraBench is the emulated camera with its cable, and who sits before it.
type cameraBench struct {
	emu  *cameratest.Camera
	plug *cameratest.Plug

	mu    sync.Mutex // guards the rest; held while a scene is drawn
	pose  string
	seed  uint64
	shown int // scenes so far, so that a page knows an old picture
}

// openCamera plugs the camera in; with addr "" there is none.
func openCamera(addr string) (*cameraBench, error) {
	if addr == "" {
		return nil, nil
	}
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("--camera-listen %s: the camera shows itself to anyone, give a loopback address such as 127.0.0.1:8604", addr)
	}
	emu := cameratest.New()
	b := &cameraBench{emu: emu, plug: cameratest.NewPlug(emu, addr)}
	if err := b.show("portrait", 1); err != nil {
		return nil, err
	}
	if err := b.plug.Plug(); err != nil {
		return nil, fmt.Errorf("--camera-listen: %w", err)
	}
	return b, nil
}

func (b *cameraBench) close() error {
	if b == nil {
		return nil
	}
	return b.plug.Unplug()
}

// changed is closed at the next change; nil, for ever quiet, without a camera.
func (b *cameraBench) changed() <-chan struct{} {
	if b == nil {
		return nil
	}
	return b.emu.Changed()
}

var errNoPose = errors.New("no such picture 没有这个画面")

// show puts somebody before the camera in some way.
func (b *cameraBench) show(pose string, seed uint64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	scene, ok := cameratest.Pose(pose, seed)
	if !ok {
		return errNoPose
	}
	b.pose, b.seed = pose, seed
	b.shown++
	b.emu.Show(scene)
	return nil
}

// follow seats the holder of the card on the reader before the camera, and
// leaves her there when the card is lifted, until ctx ends.
func (b *cameraBench) follow(ctx context.Context, reader *idcardtest.Reader) {
	if b == nil {
		return
	}
	for {
		changed := reader.Changed()
		if card, on := reader.Card(); on {
			b.mu.Lock()
			pose, other := b.pose, b.seed != card.Seed
			b.mu.Unlock()
			if other {
				_ = b.show(pose, card.Seed) // its own pose: known
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// cameraState is what the JSON door answers about the camera.
type cameraState struct {
	Plugged bool             `json:"plugged"`
	URL     string           `json:"url"`
	Pose    string           `json:"pose"`
	Poses   []string         `json:"poses"`
	Seed    uint64           `json:"seed"`
	Viewers int              `json:"viewers"`
	Sent    uint64           `json:"sent"` // frames
	Knobs   cameratest.Knobs `json:"knobs"`
}

func (b *cameraBench) state() cameraState {
	b.mu.Lock()
	defer b.mu.Unlock()
	return cameraState{Plugged: b.plug.In(), URL: b.plug.URL(), Pose: b.pose, Poses: cameratest.Poses(), Seed: b.seed,
		Viewers: b.emu.Viewers(), Sent: b.emu.Sent(), Knobs: b.emu.Knobs()}
}

func (b *cameraBench) setPlug(in bool) error {
	if in {
		return b.plug.Plug()
	}
	return b.plug.Unplug()
}

// cameraView is what the camera's page gets.
type cameraView struct {
	cameraState
	Shown  int
	People []string // poses that are about people, and
	Light  []string // about light, lens and wall
	Faults []lever
	Active []string // keys of the faults that are on
}

// cameraFault is one fault of the camera as a switch, worded under "cfault."+key
// and "cfault."+key+".why".
type cameraFault struct {
	key string
	of  func(*cameratest.Knobs) *bool
	nth func(*cameratest.Knobs) *int // for faults that come each nth time
	n   int
}

func cameraFaults() []cameraFault {
	return []cameraFault{
		{key: "freeze", of: func(k *cameratest.Knobs) *bool { return &k.Freeze }},
		{key: "nohuffman", of: func(k *cameratest.Knobs) *bool { return &k.NoHuffman }},
		{key: "tear", nth: func(k *cameratest.Knobs) *int { return &k.TearNth }, n: 3},
		{key: "alltorn", nth: func(k *cameratest.Knobs) *int { return &k.TearNth }, n: 1},
		{key: "noise", nth: func(k *cameratest.Knobs) *int { return &k.GarbageNth }, n: 1},
		{key: "stall", of: func(k *cameratest.Knobs) *bool { return &k.Stall }},
		{key: "drop", nth: func(k *cameratest.Knobs) *int { return &k.DropAfter }, n: 60},
		{key: "page", of: func(k *cameratest.Knobs) *bool { return &k.WrongType }},
	}
}

func (f cameraFault) on(k cameratest.Knobs) bool {
	if f.of != nil {
		return *f.of(&k)
	}
	return *f.nth(&k) == f.n
}

func (f cameraFault) set(k *cameratest.Knobs, on bool) {
	if f.of != nil {
		*f.of(k) = on
		return
	}
	*f.nth(k) = pick(on, f.n, 0)
}

func (b *cameraBench) view() *cameraView {
	if b == nil {
		return nil
	}
	v := &cameraView{cameraState: b.state()}
	b.mu.Lock()
	v.Shown = b.shown
	b.mu.Unlock()
	about := []string{"dark", "bright", "side", "blurred", "wall", "busy", "black"}
	for _, p := range v.Poses {
		if slices.Contains(about, p) {
			v.Light = append(v.Light, p)
		} else {
			v.People = append(v.People, p)
		}
	}
	v.Faults = []lever{{unplugKey, !v.Plugged}}
	for _, f := range cameraFaults() {
		v.Faults = append(v.Faults, lever{f.key, f.on(v.Knobs)})
	}
	for _, l := range v.Faults {
		if l.On {
			v.Active = append(v.Active, l.Key)
		}
	}
	return v
}

// cameraRoutes lists what the panel answers about the camera.
func (p *panel) cameraRoutes(mux *http.ServeMux) {
	b := p.camera
	if b == nil {
		return
	}
	mux.HandleFunc("GET /camera", func(w http.ResponseWriter, r *http.Request) {
		p.render(w, "camera.html", http.StatusOK, p.view(w, r, "camera"))
	})
	mux.HandleFunc("GET /camera/part", func(w http.ResponseWriter, r *http.Request) {
		p.render(w, "lens", http.StatusOK, p.view(w, r, "camera"))
	})
	mux.HandleFunc("GET /camera/picture", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(b.emu.Picture()) // the browser left
	})
	mux.HandleFunc("POST /camera/pose", p.cameraForm(func(r *http.Request) error { return b.show(r.PostFormValue("pose"), b.state().Seed) }))
	mux.HandleFunc("POST /camera/other", p.cameraForm(func(*http.Request) error {
		s := b.state()
		return b.show(s.Pose, s.Seed*6364136223846793005+1442695040888963407)
	}))
	mux.HandleFunc("POST /camera/fault", p.cameraForm(p.doCameraFault))
	mux.HandleFunc("POST /camera/healthy", p.cameraForm(func(*http.Request) error { return b.healthy() }))

	mux.HandleFunc("GET /api/camera", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, http.StatusOK, b.state()) })
	mux.HandleFunc("POST /api/camera/pose", p.apiCameraPose)
	mux.HandleFunc("POST /api/camera/knob", func(w http.ResponseWriter, r *http.Request) {
		if knobs, ok := decodeKnobs(w, r, b.emu.Knobs()); ok {
			p.cameraDone(w, b.emu.SetKnobs(knobs))
		}
	})
	mux.HandleFunc("POST /api/camera/plug", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			In bool `json:"in"`
		}
		if decode(w, r, &in) {
			p.cameraDone(w, b.setPlug(in.In))
		}
	})
}

// healthy mends everything and has her sit as she should.
func (b *cameraBench) healthy() error {
	return errors.Join(b.emu.SetKnobs(cameratest.Knobs{}), b.show("portrait", b.state().Seed), b.setPlug(true))
}

// cameraForm runs an act of a form and goes back to the camera.
func (p *panel) cameraForm(act func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := r.ParseForm()
		if err == nil {
			err = act(r)
		}
		if err != nil {
			v := p.view(w, r, "camera")
			v.Error = err.Error()
			p.render(w, "camera.html", http.StatusUnprocessableEntity, v)
			return
		}
		http.Redirect(w, r, "/camera", http.StatusSeeOther)
	}
}

func (p *panel) doCameraFault(r *http.Request) error {
	on, key := r.PostFormValue("on") == "1", r.PostFormValue("fault")
	if key == unplugKey {
		return p.camera.setPlug(!on)
	}
	for _, f := range cameraFaults() {
		if f.key == key {
			k := p.camera.emu.Knobs()
			f.set(&k, on)
			return p.camera.emu.SetKnobs(k)
		}
	}
	return errors.New("no such fault 没有这个故障")
}

// cameraDone answers an act with the new state, or 422 with its error.
func (p *panel) cameraDone(w http.ResponseWriter, err error) {
	if err != nil {
		answerJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
		return
	}
	answerJSON(w, http.StatusOK, p.camera.state())
}

// apiCameraPose takes {"pose": "two"} and, to choose who, "seed": N.
func (p *panel) apiCameraPose(w http.ResponseWriter, r *http.Request) {
	in := struct {
		Pose string  `json:"pose"`
		Seed *uint64 `json:"seed"`
	}{}
	if !decode(w, r, &in) {
		return
	}
	seed := p.camera.state().Seed
	if in.Seed != nil {
		seed = *in.Seed
	}
	p.cameraDone(w, p.camera.show(strings.TrimSpace(in.Pose), seed))
}

// Number is the scene's number, for the picture's address.
func (v *cameraView) Number() string { return strconv.Itoa(v.Shown) }
