package watchdog

import (
	"sort"
	"time"
)

// roll is who has to report and when each last did. It is pure: time is given.
type roll map[string]*entry

type entry struct {
	limit    time.Duration
	last     time.Time
	starving bool // told
}

func newRoll(loops map[string]time.Duration) roll {
	r := roll{}
	for name, limit := range loops {
		r[name] = &entry{limit: limit}
	}
	return r
}

// begin counts everybody as having reported now.
func (r roll) begin(now time.Time) {
	for _, e := range r {
		e.last, e.starving = now, false
	}
}

// report notes that name is alive; true if it had been told to starve.
func (r roll) report(name string, now time.Time) (recovered bool) {
	e, ok := r[name]
	if !ok {
		return false
	}
	recovered = e.starving
	e.last, e.starving = now, false
	return recovered
}

// starving says whether anybody is beyond his limit, and who of them had not
// been told yet, by name.
func (r roll) starving(now time.Time) (hungry bool, fresh []Starving) {
	for name, e := range r {
		silent := now.Sub(e.last)
		if silent <= e.limit {
			continue
		}
		hungry = true
		if !e.starving {
			e.starving = true
			fresh = append(fresh, Starving{Loop: name, Silent: silent})
		}
	}
	sort.Slice(fresh, func(i, j int) bool { return fresh[i].Loop < fresh[j].Loop })
	return hungry, fresh
}
