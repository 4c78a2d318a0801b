package hub_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/provisioning/oddrequest"
)

// TestOddRequests: what no browser sends is refused by the running hub's pages,
// over a bare connection, and harms nobody after it.
func TestOddRequests(t *testing.T) {
	s := newSite(t)
	s.start()
	oddrequest.Refused(t, s.hub.Addresses().Pages, "/gl/sign-out", "/gl/sign-in")
	for name, server := range s.hub.Servers() {
		oddrequest.Bounded(t, name, server)
		if d := server.WriteTimeout; d <= 0 || d > 5*time.Minute {
			t.Errorf("%s: a slow reader may take %v", name, d)
		}
	}
	if log := s.log.String(); strings.Contains(log, "panic") || strings.Contains(log, `"level":"ERROR"`) {
		t.Errorf("log: %s", log)
	}
}

// TestSourceIsTheConnection: whoever claims another address with each guess is
// slowed as one, and the journal names where the connection came from.
func TestSourceIsTheConnection(t *testing.T) {
	s := newSite(t)
	s.start()
	jar, err := cookiejar.New(nil)
	s.must(err)
	base := "http://" + s.hub.Addresses().Pages
	client := &http.Client{Jar: jar, Timeout: patient}
	defer client.CloseIdleConnections()
	ask := func(r *http.Request, err error) (*http.Response, string) {
		s.must(err)
		res, err := client.Do(r)
		s.must(err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		s.must(err)
		return res, string(body)
	}
	_, page := ask(http.NewRequestWithContext(t.Context(), "GET", base+"/gl/sign-in", nil))
	token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(page)[1]
	slowed := 0
	for i := range 24 { // 20 of one source are free
		form := url.Values{"token": {token}, "login": {fmt.Sprintf("nobody%d", i)}, "password": {"a guess of mine"}}
		r, err := http.NewRequestWithContext(t.Context(), "POST", base+"/gl/sign-in", strings.NewReader(form.Encode()))
		s.must(err)
		claimed := fmt.Sprintf("203.0.113.%d", i+1)
		for k, v := range map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Origin": base, "X-Forwarded-For": claimed,
			"X-Real-IP": claimed, "Forwarded": "for=" + claimed, "True-Client-IP": claimed, "CF-Connecting-IP": claimed} {
			r.Header.Set(k, v)
		}
		switch res, _ := ask(r, nil); res.StatusCode {
		case http.StatusTooManyRequests:
			slowed++
		case http.StatusUnauthorized:
		default:
			t.Fatalf("guess %d: %d", i, res.StatusCode)
		}
	}
	if slowed != 4 {
		t.Errorf("%d of 24 guesses were slowed, want 4", slowed)
	}
	seen := 0
	for end := time.Now().Add(patient); seen < 20 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		seen = 0
		s.must(s.hub.DB().Read(t.Context(), func(tx *db.Tx) error {
			list, err := journal.After(context.Background(), tx, 0, 10_000)
			for _, e := range list {
				if e.Act == journal.StaffRefused {
					seen++
					if e.Source != "127.0.0.1" {
						t.Errorf("the journal says %q", e.Source)
					}
				}
			}
			return err
		}))
	}
	if seen < 20 {
		t.Errorf("the journal has %d refusals, want 20 or more", seen)
	}
}
