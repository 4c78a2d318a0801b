package kiosk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

const (
	maxForm   = 4 << 10
	maxSign   = 512 << 10       // 20,000 points
	postLimit = 5 * time.Second // for the loop to take an event
)

// press takes a button. The visit and turn in the form make it idempotent: the
// machine ignores what was pressed on a page that is no longer shown.
func (k *Kiosk) press(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	number, turn, ok := k.form(w, r)
	if !ok {
		return
	}
	button := visit.Button(r.PostFormValue("button"))
	if !slices.Contains(visit.Buttons(), button) {
		http.Error(w, "no such button", http.StatusBadRequest)
		return
	}
	k.post(w, r, visit.Pressed{Visit: number, Turn: turn, Button: button})
}

// form reads visit, turn and token, and answers the request if they are bad.
func (k *Kiosk) form(w http.ResponseWriter, r *http.Request) (number, turn uint64, ok bool) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "not a form", http.StatusBadRequest)
		return 0, 0, false
	}
	number, err1 := strconv.ParseUint(r.PostFormValue("visit"), 10, 64)
	turn, err2 := strconv.ParseUint(r.PostFormValue("turn"), 10, 64)
	if err1 != nil || err2 != nil || !k.tokenGood(r.PostFormValue("token"), number, turn) {
		http.Error(w, "not from this screen", http.StatusForbidden)
		return 0, 0, false
	}
	return number, turn, true
}

// post hands the event to the loop. A script is told that it was taken and
// fetches the page; a browser without script is sent to it.
func (k *Kiosk) post(w http.ResponseWriter, r *http.Request, e visit.Event) {
	ctx, cancel := context.WithTimeout(r.Context(), postLimit)
	defer cancel()
	if err := k.o.Post(ctx, e); err != nil {
		// The loop is stopping or stuck; the page says so when it is fetched.
		w.Header().Set("Retry-After", "2")
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	if r.Header.Get("X-Kiosk") != "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// staff takes the deliberate gesture of a member of staff: the corner held for
// five seconds, or Escape pressed five times. It asks for a token of any page
// of this program, so that a page that is stuck can still be left.
func (k *Kiosk) staff(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if _, _, ok := k.form(w, r); ok {
		k.post(w, r, visit.StaffEscape{})
	}
}

// signing is what the script posts.
type signing struct {
	Visit     uint64  `json:"visit"`
	Turn      uint64  `json:"turn"`
	Token     string  `json:"token"`
	Signature drawing `json:"signature"`
}

// drawing is protocol.Signature in JSON.
type drawing struct {
	Width   uint16     `json:"w"`
	Height  uint16     `json:"h"`
	Strokes [][]uint16 `json:"strokes"`
}

var errSignature = errors.New("kiosk: not a signature")

// parseSigning reads a posted signature and refuses what could not be one.
func parseSigning(b []byte) (signing, error) {
	var s signing
	if err := json.Unmarshal(b, &s); err != nil {
		return signing{}, errSignature // the library's text would quote the input
	}
	if !s.drawn().Valid() {
		return s, errSignature
	}
	return s, nil
}

func (s signing) drawn() protocol.Signature {
	return protocol.Signature{Width: s.Signature.Width, Height: s.Signature.Height, Strokes: s.Signature.Strokes}
}

func (k *Kiosk) sign(w http.ResponseWriter, r *http.Request) {
	body, err := readAll(w, r, maxSign)
	if err != nil {
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return
	}
	s, err := parseSigning(body)
	switch {
	case err != nil:
		http.Error(w, "not a signature", http.StatusUnprocessableEntity)
	case !k.tokenGood(s.Token, s.Visit, s.Turn):
		http.Error(w, "not from this screen", http.StatusForbidden)
	default:
		k.post(w, r, visit.Signed{Visit: s.Visit, Turn: s.Turn, Signature: s.drawn()})
	}
}

// moveClock is the demo's only extra door.
func (k *Kiosk) moveClock(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if _, _, ok := k.form(w, r); !ok {
		return
	}
	move := r.PostFormValue("move")
	if !slices.Contains(demoMoves(), move) {
		http.Error(w, "no such move", http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), postLimit)
	defer cancel()
	if err := k.o.MoveClock(ctx, move); err != nil {
		http.Error(w, "the demo's clock does not answer", http.StatusBadGateway)
		return
	}
	if r.Header.Get("X-Kiosk") != "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func demoMoves() []string { return []string{"next-day", "lunch", "before-close"} }

// heartbeat keeps the stream from looking dead to anything between.
const heartbeat = 20 * time.Second

// events tells the browser that the page changed: the serial of the view, and
// nothing of what is on it.
func (k *Kiosk) events(w http.ResponseWriter, r *http.Request) {
	rc := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	if r.Method == http.MethodHead {
		return // whoever asks for the head waits for no event
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	if _, err := io.WriteString(w, "retry: 1000\n\n"); err != nil {
		return // the browser went away
	}
	for {
		serial, changed := k.now()
		// The stream outlives any write timeout of the server.
		_ = rc.SetWriteDeadline(time.Now().Add(heartbeat))
		if _, err := fmt.Fprintf(w, "data: %d\n\n", serial); err != nil {
			return // the browser went away
		}
		if err := rc.Flush(); err != nil {
			return
		}
		select {
		case <-changed:
		case <-beat.C:
		case <-r.Context().Done():
			return
		}
	}
}
