package hub

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/hub/dispatch"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/metrics"
	"zhunkao/hub/storage"
	"zhunkao/hub/web"
	"zhunkao/hub/web/guard"
)

// connections are the hub's own clients at its broker, by what they are for.
type connections struct {
	mu sync.Mutex // guards up
	up map[string]bool
}

// note is told of every connect and of every loss.
func (c *connections) note(name string, up bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.up == nil {
		c.up = map[string]bool{}
	}
	c.up[name] = up
}

// away reports whether a client that was connected is not.
func (c *connections) away() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, up := range c.up {
		if !up {
			return true
		}
	}
	return false
}

// How far a part may be off and still be ready.
const (
	sealerStalls = 15 * time.Second // the sealer looks ten times a second
	clockSlack   = time.Minute      // civil time behind the newest checkpoint
	diskFull     = 97               // hundredths; the alarm begins at 80
)

// ready asks every part. The words are for whoever is called at night; what lies
// behind them is in the log.
func (h *Hub) ready(ctx context.Context) []web.Part {
	var newest journal.Checkpoint
	database := h.db.Read(ctx, func(tx *db.Tx) (err error) {
		newest, err = journal.Latest(ctx, tx)
		return err
	})
	_, blobs := h.blobs.Has(blob.Hash{})
	for part, err := range map[string]error{"database": database, "blobs": blobs} {
		if err != nil {
			h.log.Error("part is not ready", "worker", "health", "part", part, "error", err.Error())
		}
	}
	full := false
	for _, p := range h.storage.States() {
		full = full || p.Place != storage.Database && p.Percent >= diskFull
	}
	part := func(name string, ready bool, why string) web.Part {
		if ready {
			why = ""
		}
		return web.Part{Name: name, Ready: ready, Why: why}
	}
	return []web.Part{
		part("database", database == nil, "does not answer"),
		part("blobs", blobs == nil, "cannot be read"),
		part("broker", closed(h.hears) && !h.connections.away(), "not connected"),
		part("sealer", time.Since(h.sealer.Beat()) < sealerStalls, "does not move"),
		part("clock", h.Now().After(newest.At.Add(-clockSlack)), "is behind what was signed"),
		part("disk", !full, "is full"),
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// openMetrics gives /metrics a listener of its own, when it is asked for.
func (h *Hub) openMetrics(ctx context.Context) (err error) {
	h.metrics, err = metrics.New(metrics.Sources{DB: h.db, Now: h.Now, Version: or(h.config.Version, "unknown"),
		Head:     func() uint64 { return h.sealer.Head().Number },
		Intake:   func() (intake.Counts, intake.Meters) { return h.intake.Counts(), h.intake.Meters() },
		Dispatch: func() dispatch.Counts { return h.dispatch.Counts() },
		Boxes:    h.fleet.Snapshot, SignIns: h.staff.Counts, Storage: h.storage.States, Portal: h.atPortal, Payments: h.teller.Counts, Broker: h.brokerNow})
	if err != nil || h.config.Metrics == "" {
		return err
	}
	token := ""
	if h.config.MetricsToken != "" {
		if token, err = readToken(h.config.MetricsToken); err != nil {
			return err
		}
	}
	if h.scrapes, err = h.listenTCP(ctx, "metrics", h.config.Metrics); err != nil {
		return err
	}
	if err := h.pageTLS(h.scrapes, h.config.Metrics); err != nil {
		return err
	}
	h.scrapes.server = server(h.metrics.Handler(token), h.log, 30*time.Second)
	return nil
}

// atPortal tells how the guard of the applicants' entrance stands.
func (h *Hub) atPortal() (guard.State, bool) {
	if h.guard == nil {
		return guard.State{}, false
	}
	return h.guard.State(), true
}

func (h *Hub) brokerNow() (metrics.Broker, bool) {
	if h.broker == nil {
		return metrics.Broker{}, false
	}
	used, limit, err := h.broker.Stored()
	return metrics.Broker{Sessions: h.broker.Sessions(), Used: used, Limit: uint64(max(0, limit))}, err == nil
}

// leastToken is how long the token of the metrics must be, in characters.
const leastToken = 32

func readToken(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("hub: token of the metrics: %w", err)
	}
	token := strings.TrimSpace(string(b))
	if len(token) < leastToken {
		return "", fmt.Errorf("hub: the token in %s is shorter than %d characters; make one with `openssl rand -hex 32`", path, leastToken)
	}
	return token, nil
}
