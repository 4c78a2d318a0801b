package hub_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"zhunkao/hub"
	"zhunkao/hub/db"
	"zhunkao/protocol"
)

// fetch asks an address of the hub and gives status, header and body.
func (s *site) fetch(url string, header ...string) (*http.Response, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, url, nil)
	s.must(err)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	s.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	s.must(err)
	return res, string(body)
}

// scrape reads /metrics as Prometheus does.
func (s *site) scrape() (map[string]*dto.MetricFamily, string) {
	s.t.Helper()
	res, body := s.fetch("http://" + s.hub.Addresses().Metrics + "/metrics")
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("/metrics: %d %s", res.StatusCode, body)
	}
	p := expfmt.NewTextParser(model.UTF8Validation)
	all, err := p.TextToMetricFamilies(strings.NewReader(body))
	s.must(err)
	return all, body
}

// of gives the value of the one series with these labels, name by value.
func of(all map[string]*dto.MetricFamily, name string, labels ...string) float64 {
	f := all[name]
	for _, m := range f.GetMetric() {
		match := true
		for i := 0; i+1 < len(labels); i += 2 {
			match = match && slices.ContainsFunc(m.Label, func(l *dto.LabelPair) bool { return l.GetName() == labels[i] && l.GetValue() == labels[i+1] })
		}
		if !match {
			continue
		}
		switch f.GetType() {
		case dto.MetricType_COUNTER:
			return m.Counter.GetValue()
		case dto.MetricType_HISTOGRAM:
			return float64(m.Histogram.GetSampleCount())
		default:
			return m.Gauge.GetValue()
		}
	}
	return -1
}

// TestMetrics: what a box brings is counted, every metric that is promised is
// there and well formed, and no label holds what somebody typed or who it was.
func TestMetrics(t *testing.T) {
	s := newSite(t)
	s.change = func(c *hub.Config) { c.Metrics, c.Version = "127.0.0.1:0", "v0.5-test" }
	s.start()
	b, status := s.enrol(s.ticket())
	if status != http.StatusOK {
		t.Fatal(status)
	}
	s.must(b.connect())
	b.hello()
	b.hears(protocol.KindWelcome, nil)
	record := b.confirm(s.people[0])
	b.hears(protocol.KindReceipts, nil)
	b.tell(record) // and says it again
	b.hears(protocol.KindReceipts, nil)
	b.say(protocol.KindChunk, []byte("no chunk"))
	read := s.signIn()
	read()
	base := "http://" + s.hub.Addresses().Pages
	for n := range 40 {
		s.fetch(fmt.Sprint(base, "/gl/confirmations/made-up-", n))
		s.fetch(fmt.Sprint(base, "/made-up-", n))
	}
	var all map[string]*dto.MetricFamily
	var text string
	for until := time.Now().Add(patient); ; <-time.After(20 * time.Millisecond) {
		all, text = s.scrape()
		if of(all, "zhunkao_intake_malformed_total") == 1 && of(all, "zhunkao_journal_unsealed") == 0 && of(all, "zhunkao_journal_checkpoint_age_seconds") >= 0 && of(all, "zhunkao_records_total", "result", "duplicate") == 1 || time.Now().After(until) {
			break
		}
	}
	for _, want := range []struct {
		name   string
		labels []string
		value  float64
	}{
		{"zhunkao_build_info", []string{"version", "v0.5-test"}, 1},
		{"zhunkao_records_total", []string{"result", "committed"}, 1},
		{"zhunkao_records_total", []string{"result", "quarantined"}, 0},
		{"zhunkao_records_total", []string{"result", "duplicate"}, 1},
		{"zhunkao_intake_malformed_total", nil, 1},
		{"zhunkao_intake_dropped_total", nil, 0},
		{"zhunkao_record_commit_seconds", nil, 1},
		{"zhunkao_intake_batch_records", nil, 1},
		{"zhunkao_blob_put_seconds", nil, 1},
		{"zhunkao_receipts_total", nil, 2},
		{"zhunkao_dispatch_dropped_total", nil, 0},
		{"zhunkao_boxes", []string{"state", "active", "heard", "now"}, 1},
		{"zhunkao_boxes", []string{"state", "revoked", "heard", "never"}, 0},
		{"zhunkao_box_sticks", []string{"state", "behind"}, 0},
		{"zhunkao_box_stick_records_behind", nil, 0},
		{"zhunkao_box_stick_behind_seconds", nil, 0},
		{"zhunkao_database_up", nil, 1},
		{"zhunkao_journal_unsealed", nil, 0},
		{"zhunkao_sign_ins_total", []string{"result", "entered"}, 1},
		{"zhunkao_sign_ins_total", []string{"result", "refused"}, 0},
		{"zhunkao_http_requests_total", []string{"route", "none", "status", "404"}, 40},
		{"zhunkao_http_requests_total", []string{"route", "/gl/confirmations/:id", "status", "303"}, 40},
		{"zhunkao_storage_alarm", []string{"place", "broker"}, 0},
	} {
		if got := of(all, want.name, want.labels...); got != want.value {
			t.Errorf("%s %q is %v, want %v", want.name, want.labels, got, want.value)
		}
	}
	for _, more := range []string{"zhunkao_intake_bytes_total", "zhunkao_dispatch_messages_total", "zhunkao_dispatch_queue_limit", "zhunkao_journal_head",
		"zhunkao_broker_sessions", "zhunkao_broker_store_limit_bytes", "zhunkao_database_transaction_seconds", "zhunkao_database_connections_limit",
		"zhunkao_http_request_seconds", "go_goroutines", "process_resident_memory_bytes"} {
		if of(all, more) <= 0 {
			t.Errorf("%s is %v", more, of(all, more))
		}
	}
	for _, there := range []string{"zhunkao_intake_waiting", "zhunkao_dispatch_queue", "zhunkao_dispatch_boxes_waiting", "zhunkao_box_records_waiting",
		"zhunkao_broker_store_bytes", "zhunkao_journal_checkpoint_age_seconds", "zhunkao_follower_lag_entries", "zhunkao_orders_aside", "zhunkao_database_transactions_failed_total",
		"zhunkao_database_connections", "zhunkao_database_wait_seconds_total", "zhunkao_storage_used_ratio"} {
		if of(all, there) < 0 {
			t.Errorf("%s is not there", there)
		}
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	s.must(err)
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "zhunkao_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	s.labelsAreNobodys(all, text, string(b.grant.Box))
	if res, _ := s.fetch(base + "/metrics"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the pages serve /metrics: %d", res.StatusCode)
	}
}

// labelsAreNobodys: a label has one of a few plain values.
func (s *site) labelsAreNobodys(all map[string]*dto.MetricFamily, text, box string) {
	s.t.Helper()
	plain := regexp.MustCompile(`^[A-Za-z0-9_.:/\- +]{1,60}$`)
	series := 0
	for name, f := range all {
		for _, m := range f.GetMetric() {
			series++
			for _, l := range m.Label {
				if v := l.GetValue(); !plain.MatchString(v) || strings.Contains(v, "made-up") || regexp.MustCompile(`\d{6}`).MatchString(v) {
					s.t.Errorf("%s has the label %s=%q", name, l.GetName(), v)
				}
			}
		}
	}
	if series > 500 {
		s.t.Errorf("%d series", series)
	}
	for _, secret := range []string{box, point, string(s.people[0].Application.Name()), string(s.people[0].Application.Number()), s.people[0].Application.ID, s.dir} {
		if strings.Contains(text, secret) {
			s.t.Errorf("the metrics hold %q", secret)
		}
	}
}

// TestMetricsToken: with a token, who does not bear it gets nothing; beyond this
// machine there is no other way, nor without TLS.
func TestMetricsToken(t *testing.T) {
	s := newSite(t)
	file := filepath.Join(t.TempDir(), "token")
	token := strings.Repeat("0123456789abcdef", 2)
	s.must(os.WriteFile(file, []byte(token+"\n"), 0o600))
	s.change = func(c *hub.Config) { c.Metrics, c.MetricsToken = "127.0.0.1:0", file }
	s.start()
	at := "http://" + s.hub.Addresses().Metrics + "/metrics"
	for given, want := range map[string]int{"": http.StatusUnauthorized, "Bearer " + token[1:]: http.StatusUnauthorized,
		"Basic " + token: http.StatusUnauthorized, "Bearer " + token: http.StatusOK, "bearer " + token: http.StatusOK} {
		res, body := s.fetch(at, "Authorization", given)
		if res.StatusCode != want || (want != http.StatusOK) == strings.Contains(body, "zhunkao_") {
			t.Errorf("with %.20q: %d", given, res.StatusCode)
		}
	}
	if res, _ := s.fetch(strings.TrimSuffix(at, "metrics")+"debug/pprof/", "Authorization", "Bearer "+token); res.StatusCode != http.StatusNotFound {
		t.Errorf("something else is served there: %d", res.StatusCode)
	}
	s.must(s.stop())
	short := filepath.Join(t.TempDir(), "short")
	s.must(os.WriteFile(short, []byte("secret"), 0o600))
	for name, change := range map[string]func(*hub.Config){
		"beyond this machine":  func(c *hub.Config) { c.Metrics = "0.0.0.0:0" },
		"beyond, no TLS":       func(c *hub.Config) { c.Metrics, c.MetricsToken = "0.0.0.0:0", file },
		"a short token":        func(c *hub.Config) { c.Metrics, c.MetricsToken = "127.0.0.1:0", short },
		"a token that is away": func(c *hub.Config) { c.Metrics, c.MetricsToken = "127.0.0.1:0", short+"x" },
		"no port":              func(c *hub.Config) { c.Metrics = "127.0.0.1" },
	} {
		s.change = change
		if h, err := hub.Open(t.Context(), s.config()); err == nil {
			t.Errorf("%s: the hub opens", name)
			s.must(h.Close())
		}
	}
}

// TestHealthz: ok when all parts are, in both forms; and which part is not.
func TestHealthz(t *testing.T) {
	s := newSite(t)
	s.start()
	at := "http://" + s.hub.Addresses().Pages + "/healthz"
	wait := func(want int, first func()) string {
		t.Helper()
		for until := time.Now().Add(patient); ; <-time.After(50 * time.Millisecond) {
			first()
			res, body := s.fetch(at)
			if res.StatusCode == want {
				return body
			}
			if time.Now().After(until) {
				t.Fatalf("%d %s", res.StatusCode, body)
			}
		}
	}
	if body := wait(http.StatusOK, func() {}); body != "ok\n" {
		t.Errorf("it says %q", body)
	}
	var said struct {
		Alive, Ready bool
		Parts        []struct {
			Name, Why string
			Ready     bool
		}
	}
	res, body := s.fetch(at, "Accept", "application/json")
	s.must(json.Unmarshal([]byte(body), &said))
	var names []string
	for _, p := range said.Parts {
		names = append(names, p.Name)
	}
	if !said.Alive || !said.Ready || res.Header.Get("Content-Type") != "application/json; charset=utf-8" ||
		!slices.Equal(names, []string{"database", "blobs", "broker", "sealer", "clock", "disk"}) {
		t.Errorf("it says %s", body)
	}
	// The journal was signed in a time that has not come: this clock is wrong.
	future := func() {
		s.must(s.hub.DB().Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE journal_checkpoint SET line = replace(line, ' ' || CAST(at AS TEXT) || ' ', ' 4102444800000 ')`)
			return err
		}))
	}
	if body := wait(http.StatusServiceUnavailable, future); body != "not ready\nclock: is behind what was signed\n" {
		t.Errorf("it says %q", body)
	}
}
