package dispatch

import (
	"context"
	"sync"
)

// queue is a fair queue of boxes that need something: each stands in it once,
// however often it is added, and the one that has waited longest is next.
type queue struct {
	mu    sync.Mutex // guards both
	order []string
	in    map[string]bool
	ready chan struct{} // holds one token while the queue may not be empty
}

func newQueue() *queue { return &queue{in: map[string]bool{}, ready: make(chan struct{}, 1)} }

func (q *queue) add(box string) {
	q.mu.Lock()
	if !q.in[box] {
		q.in[box] = true
		q.order = append(q.order, box)
	}
	q.mu.Unlock()
	q.signal()
}

func (q *queue) signal() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// next waits for a box; false when ctx has ended.
func (q *queue) next(ctx context.Context) (string, bool) {
	for {
		q.mu.Lock()
		if len(q.order) > 0 {
			box := q.order[0]
			q.order = q.order[1:]
			delete(q.in, box)
			more := len(q.order) > 0
			q.mu.Unlock()
			if more {
				q.signal() // for the other workers
			}
			return box, true
		}
		q.mu.Unlock()
		select {
		case <-ctx.Done():
			return "", false
		case <-q.ready:
		}
	}
}
