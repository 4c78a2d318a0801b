package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"zhunkao/hub/web"
	"zhunkao/hub/web/door"
)

// shedding is the applicants' entrance at its worst: everybody is told to wait.
type shedding struct{}

func (shedding) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusServiceUnavailable)
}

func (shedding) Refuse(w http.ResponseWriter, _ *http.Request, why door.Refusal, _ string) {
	w.WriteHeader(why.Status)
}

// TestNoticesPassTheGuard: what payment channels call to say is heard while the
// applicants' entrance sends everybody away, with the headers of every answer, and
// without a token of a form; a hub that no channel calls has no such door.
func TestNoticesPassTheGuard(t *testing.T) {
	t.Parallel()
	heard := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	with := newWorld(t, func(_ *testing.T, w *world) { w.options.Applicants, w.options.Notices = shedding{}, heard })
	without, err := web.New(func() web.Options { o := with.options; o.Notices = nil; return o }())
	if err != nil {
		t.Fatal(err)
	}
	ask := func(h http.Handler, method, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader("a notice"))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	through := with.server.Config.Handler
	if w := ask(through, http.MethodPost, "/pay/notice/wechat"); w.Code != http.StatusOK || w.Body.String() != "a notice" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a notice: %d %q %v", w.Code, w.Body, w.Header())
	}
	if w := ask(through, http.MethodGet, "/ks/"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("an applicant: %d", w.Code)
	}
	if w := ask(through, http.MethodPut, "/pay/notice/wechat"); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("another method: %d", w.Code)
	}
	if w := ask(without, http.MethodPost, "/pay/notice/wechat"); w.Code != http.StatusNotFound {
		t.Errorf("without channels: %d", w.Code)
	}
}
