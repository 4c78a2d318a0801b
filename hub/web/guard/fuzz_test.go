package guard_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/web/guard"
)

// FuzzRequest: whatever stands in the cookie, the address, the path or the body,
// the guard answers, or lets the portal answer, and never takes a form for one
// that was kept.
func FuzzRequest(f *testing.F) {
	f.Add("", "192.0.2.1:1", "/ks", "")
	f.Add("d2d2d2d2", "[::1]:9", "/ks/line", "kept=AAAA")
	f.Add(strings.Repeat("A", 66), "", "/ks/sign-in", "kept="+strings.Repeat("A", 200))
	f.Add("\"", "@", "/ks/static/../sign-in", "kept=%zz&token=x")
	g, err := guard.New(guard.Options{Key: key, Session: session, Draw: draw, Limits: guard.Limits{Person: guard.Rate{PerMinute: 1e9, Burst: 1e9}, Address: guard.Rate{PerMinute: 1e9, Burst: 1e9}, Network: guard.Rate{PerMinute: 1e9, Burst: 1e9}}})
	if err != nil {
		f.Fatal(err)
	}
	got := ""
	h := g.Around(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		got = r.PostForm.Encode()
		w.WriteHeader(http.StatusNoContent)
	}))
	f.Fuzz(func(t *testing.T, cookie, address, path, body string) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/ks", strings.NewReader(body))
		r.URL.Path, r.RemoteAddr = path, address
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", "zk_ks_turn="+cookie)
		w := httptest.NewRecorder()
		got = "?"
		h.ServeHTTP(w, r)
		switch w.Code {
		case http.StatusNoContent:
			want := httptest.NewRequest(http.MethodPost, "/ks", strings.NewReader(body))
			want.Header = r.Header
			if len(body) < 1<<16 {
				_ = want.ParseForm()
				if want.PostForm.Encode() != got {
					t.Errorf("the portal got %q for %q", got, body)
				}
			}
		case http.StatusOK, http.StatusServiceUnavailable, http.StatusTooManyRequests:
		default:
			t.Errorf("answered %d", w.Code)
		}
	})
}
