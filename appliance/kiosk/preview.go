package kiosk

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"zhunkao/appliance/visit"
)

// The live picture of the photo step: one multipart answer that a plain <img>
// shows without script. It is served only while that step of that visit is on
// the screen, and ends with it; the address names neither person nor box and
// is dead for ever after.

// frameLimit is how long a browser may take one picture before it is dropped.
const frameLimit = 5 * time.Second

// frameBoundary stands between two pictures.
const frameBoundary = "zhunkao-frame"

// feeding: the live picture belongs to what is shown.
func feeding(s visit.State) bool {
	return s.Phase == visit.PhasePhoto && (s.Over == visit.OverNone || s.Over == visit.OverStill)
}

// feed is the last part of the address, for one showing of the step.
func (k *Kiosk) feed(s visit.State) string {
	return fmt.Sprintf("%d-%d-%s", s.Visit, s.Taken, k.mac("feed", s.Visit, uint64(s.Taken)))
}

// fed tells whether address is that of the step now shown.
func (k *Kiosk) fed(address string) (on bool, changed <-chan struct{}) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.o.Preview != nil && feeding(k.view.State) && address == k.feed(k.view.State), k.changed
}

func (k *Kiosk) preview(w http.ResponseWriter, r *http.Request) {
	address := r.PathValue("feed")
	on, changed := k.fed(address)
	if !on {
		http.NotFound(w, r)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	frames, err := k.o.Preview(ctx)
	if err != nil {
		http.Error(w, "no picture", http.StatusServiceUnavailable) // the step's own words say what to do
		return
	}
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+frameBoundary)
	rc := http.NewResponseController(w)
	if _, err := fmt.Fprintf(w, "--%s\r\n", frameBoundary); err != nil {
		return // the browser went away
	}
	for {
		select {
		case <-changed:
			if on, changed = k.fed(address); !on {
				return
			}
		case <-ctx.Done():
			return
		case b, ok := <-frames:
			if !ok {
				return
			}
			if on, changed = k.fed(address); !on {
				return
			}
			_ = rc.SetWriteDeadline(time.Now().Add(frameLimit))
			if _, err := fmt.Fprintf(w, "Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", len(b)); err != nil {
				return // the browser went away
			}
			if _, err := w.Write(b); err != nil {
				return
			}
			// A picture is shown when the boundary behind it has come.
			if _, err := fmt.Fprintf(w, "\r\n--%s\r\n", frameBoundary); err != nil {
				return
			}
			if err := rc.Flush(); err != nil {
				return
			}
		}
	}
}
