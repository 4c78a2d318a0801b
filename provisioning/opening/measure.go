package opening

import (
	"slices"
	"sync"
	"time"
)

// Kind is whose pages are measured.
type Kind string

// The kinds of the curve.
const (
	Reading Kind = "signed in, reading"
	Writing Kind = "signed in, saving"
	Rest    Kind = "not signed in"
)

// kinds are the rows of the table.
var kinds = []Kind{Reading, Writing, Rest}

// Round is one load: what was asked of the hub and what it answered.
type Round struct {
	Name     string  // "half the limit" …
	Times    float64 // of the limit
	Rate     float64 // applicants a second who came
	Began    time.Time
	Comes    time.Duration // so long people came
	Lasted   time.Duration // until the last was done, or given up waiting for
	Came     int
	Finished int           // whose registration was submitted
	Left     int           // still in the line, or on their way, at the end
	Line     int           // most who were told to wait at the same moment
	Waited   time.Duration // of those who waited and came in: median
	Told     time.Duration // of those: what they were told first, median; pages tell whole minutes
	Memory   float64       // MiB of the hub at the end
	answers  []answer
}

// book takes what the browsers note.
type book struct {
	mu  sync.Mutex // guards all
	all []answer
}

func (b *book) note(a answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(b.all, a)
}

// kindOf says whose page an answer was.
func kindOf(a answer) Kind {
	switch {
	case !a.signedIn:
		return Rest
	case a.post:
		return Writing
	}
	return Reading
}

// served reports whether an answer is a page, and not one that tells to wait.
func served(a answer) bool { return a.status < 500 && a.status != 429 }

// Figures are of one kind in one round. Times in milliseconds.
type Figures struct {
	Pages, Waits, Often int
	P50, P95, P99, Most float64
}

// Figures sums up one kind.
func (r Round) Figures(k Kind) Figures {
	var f Figures
	var ms []float64
	for _, a := range r.answers {
		if kindOf(a) != k {
			continue
		}
		switch {
		case served(a):
			f.Pages++
			ms = append(ms, millis(a.took))
		case a.status == 429:
			f.Often++
		default:
			f.Waits++
		}
	}
	slices.Sort(ms)
	f.P50, f.P95, f.P99, f.Most = at(ms, 50), at(ms, 95), at(ms, 99), at(ms, 100)
	return f
}

// Point is one second of a curve: 0 where nobody was answered.
type Point struct{ P95, Waiting float64 }

// wait is the time from which somebody was told to wait until she was answered.
type wait struct {
	from, to time.Time // to is zero when she was not
	told     time.Duration
}

// waits finds them in the answers, which are in order.
func waits(all []answer) (out []wait) {
	open := map[int]int{} // by person: which of out, from 1
	for _, a := range all {
		i := open[a.who]
		switch {
		case a.status == 503 && i == 0:
			out = append(out, wait{from: a.began})
			i = len(out)
			open[a.who] = i
			fallthrough
		case a.status == 503:
			if w := &out[i-1]; w.told == 0 && a.told > 0 {
				w.told = a.told + a.began.Sub(w.from)
			}
		case i > 0:
			out[i-1].to, open[a.who] = a.began, 0
		}
	}
	return out
}

// stand sums up the line of a round.
func (r *Round) stand() {
	var waited, told []time.Duration
	for _, w := range waits(r.answers) {
		if !w.to.IsZero() {
			waited = append(waited, w.to.Sub(w.from))
			if w.told > 0 {
				told = append(told, w.told)
			}
		}
	}
	slices.Sort(waited)
	slices.Sort(told)
	if len(waited) > 0 {
		r.Waited = waited[len(waited)/2]
	}
	if len(told) > 0 {
		r.Told = told[len(told)/2]
	}
	for _, p := range r.Curve(Rest) {
		r.Line = max(r.Line, int(p.Waiting))
	}
}

// Curve gives a kind second by second: the 95th of a hundred answers, and how
// many people were waiting.
func (r Round) Curve(k Kind) []Point {
	seconds := int(r.Lasted/time.Second) + 1
	ms := make([][]float64, seconds)
	out := make([]Point, seconds)
	for _, a := range r.answers {
		s := int(a.began.Sub(r.Began) / time.Second)
		if s < 0 || s >= seconds {
			continue
		}
		if kindOf(a) == k && served(a) {
			ms[s] = append(ms[s], millis(a.took))
		}
	}
	for _, w := range waits(r.answers) {
		last := seconds - 1
		if !w.to.IsZero() {
			last = min(last, int(w.to.Sub(r.Began)/time.Second))
		}
		for s := max(0, int(w.from.Sub(r.Began)/time.Second)); s <= last; s++ {
			out[s].Waiting++
		}
	}
	for s := range ms {
		slices.Sort(ms[s])
		out[s].P95 = at(ms[s], 95)
	}
	return out
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// at is a percentile of sorted values, 0 of none.
func at(sorted []float64, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)]
}
