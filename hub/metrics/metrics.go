package metrics

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is a registry of its own: nothing global is counted in. It is safe for
// concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

// New makes the registry; the sources are asked at each scrape.
func New(s Sources) (*Metrics, error) {
	m := &Metrics{registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "zhunkao_http_requests_total",
			Help: "Answers of the pages and the API by method, pattern of the route and status."}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "zhunkao_http_request_seconds",
			Help:    "How long answers took; streams are left out.",
			Buckets: []float64{.005, .025, .1, .25, .5, 1, 2.5, 10}}, []string{"method", "route"}),
	}
	for _, c := range []prometheus.Collector{m.requests, m.seconds, newCollector(s), collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// nowhere is the route of what is none.
const nowhere = "none"

// stream is how long an answer may take and still be one: what takes longer is a
// live page that somebody closed.
const stream = 30 * time.Second

// Observe counts one answer; route is the pattern, "" for what is no route.
func (m *Metrics) Observe(method, route string, status int, took time.Duration) {
	if route == "" {
		route = nowhere
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	if took < stream {
		m.seconds.WithLabelValues(method, route).Observe(took.Seconds())
	}
}

// Handler answers GET /metrics, and with a token only to who bears it.
func (m *Metrics) Handler(token string) http.Handler {
	scrape := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 3, Timeout: 10 * time.Second})
	want := sha256.Sum256([]byte(token))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		kind, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		is := sha256.Sum256([]byte(strings.TrimSpace(given)))
		if token != "" && (!strings.EqualFold(kind, "Bearer") || subtle.ConstantTimeCompare(is[:], want[:]) != 1) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="metrics"`)
			http.Error(w, "a token is needed", http.StatusUnauthorized)
			return
		}
		scrape.ServeHTTP(w, r)
	})
	return mux
}
