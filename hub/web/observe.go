package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
)

// routed notes which route answers, for the counts: a path may hold an id, its
// pattern never does.
func routed(c *gin.Context, r route) {
	var w http.ResponseWriter = c.Writer
	for w != nil {
		if t, ok := w.(*tracked); ok {
			t.route = r.path
			return
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return
		}
		w = u.Unwrap()
	}
}

// observe tells of one answer. What no route is gets "", and a method that
// nobody uses here "other": who asks may not make up names for our counts.
func (s *server) observe(r *http.Request, t *tracked, began time.Time) {
	if s.Observe == nil {
		return
	}
	method := r.Method
	if !slices.Contains(methods, method) {
		method = "other"
	}
	if t.status == 0 {
		t.status = http.StatusOK // nothing was written, and that is an answer
	}
	s.Observe(method, t.route, t.status, time.Since(began))
}
