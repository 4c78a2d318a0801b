package portal

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// pace lets something be done so many times in a while of each order: a hand that
// presses again and again asks a channel no oftener. It is kept in memory, of the
// orders of the last while.
type pace struct {
	most int
	in   time.Duration

	mu   sync.Mutex // guards the rest
	done map[string][]time.Time
}

// mostPaced is how many orders are remembered at once; beyond that the old ones go.
const mostPaced = 10000

func newPace(most int, in time.Duration) *pace {
	return &pace{most: most, in: in, done: map[string][]time.Time{}}
}

// wait counts one more, or says how long until it may be done.
func (p *pace) wait(key string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.done) >= mostPaced {
		for k, all := range p.done {
			if now.Sub(all[len(all)-1]) >= p.in {
				delete(p.done, k)
			}
		}
		if len(p.done) >= mostPaced {
			clear(p.done)
		}
	}
	var all []time.Time
	for _, at := range p.done[key] {
		if now.Sub(at) < p.in {
			all = append(all, at)
		}
	}
	if len(all) >= p.most {
		p.done[key] = all
		return p.in - now.Sub(all[0])
	}
	p.done[key] = append(all, now)
	return 0
}

// onPhone tells from what a browser says of itself whether it is a telephone's. It
// decides only which button comes first: both are there.
func onPhone(r *http.Request) bool {
	if r.Header.Get("Sec-CH-UA-Mobile") == "?1" {
		return true
	}
	agent := r.UserAgent()
	return strings.Contains(agent, "Mobile") || strings.Contains(agent, "Android") || strings.Contains(agent, "iPhone")
}

// inWeChat tells whether the page was opened inside WeChat, whose browser opens
// neither its own page for paying by telephone nor the others'.
func inWeChat(r *http.Request) bool { return strings.Contains(r.UserAgent(), "MicroMessenger") }
