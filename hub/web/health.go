package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
)

// Part is one part of the hub as /healthz tells of it. Name and Why are words of
// the program, never of a person or a place.
type Part struct {
	Name  string `json:"name"`
	Ready bool   `json:"ready"`
	Why   string `json:"why,omitempty"` // what is wrong, when it is not ready
}

// readyWithin bounds how long the parts are asked.
const readyWithin = 3 * time.Second

// health says "ok" when every part is ready, else 503 and which are not: for
// whoever starts the hub, for balancers, and for the duty officer. That it
// answers at all says that the program lives.
func (s *server) health(c *gin.Context, _ *visit) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyWithin)
	defer cancel()
	ask := s.Ready
	if ask == nil {
		ask = s.databaseOnly
	}
	parts := ask(ctx)
	status, lines := http.StatusOK, []string{"ok"}
	for _, p := range parts {
		if !p.Ready {
			if status == http.StatusOK {
				status, lines = http.StatusServiceUnavailable, []string{"not ready"}
			}
			lines = append(lines, p.Name+": "+p.Why)
		}
	}
	if strings.Contains(c.GetHeader("Accept"), "application/json") {
		c.JSON(status, gin.H{"alive": true, "ready": status == http.StatusOK, "parts": parts})
		return
	}
	c.Data(status, "text/plain; charset=utf-8", []byte(strings.Join(lines, "\n")+"\n"))
}

func (s *server) databaseOnly(ctx context.Context) []Part {
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		var one int
		return tx.QueryRow(ctx, `SELECT 1`).Scan(&one)
	})
	p := Part{Name: "database", Ready: err == nil}
	if err != nil {
		p.Why = "does not answer"
		s.Log.Error("web: health", "error", err.Error())
	}
	return []Part{p}
}
