package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/protocol/form"
)

// What a page asks of the database when what stands around it is kept: her
// session, and its own question in the same turn. More would not be seen in a test that only reads
// the page, and on PostgreSQL each turn costs a page of an office a tenth of its
// time.
func TestQuestionsOfPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		w.sealedUp()
		b := w.as("pa")
		form := url.Values{"q": {w.people[0].Application.Get(form.DocumentNumber)}, "token": {b.token()}}
		var now *db.Count // of the request that is asked
		inner := w.server.Config.Handler
		w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			inner.ServeHTTP(rw, r.WithContext(db.Counted(r.Context(), now)))
		}))
		t.Cleanup(w.server.Close)
		for _, c := range []struct {
			method, path     string
			form             url.Values
			questions, turns int64
		}{
			{http.MethodGet, "/gl/candidates", nil, 2, 1},
			{http.MethodPost, "/gl/search", form, 2, 1},
			{http.MethodGet, "/gl/payments", nil, 2, 1},
			{http.MethodGet, "/gl", nil, 3, 2},
		} {
			least := &db.Count{}
			least.Questions.Store(1 << 40)
			// What is kept is read again each second, and when somebody writes.
			for n := 0; n < 12 || n < 600 && least.Questions.Load() > c.questions; n++ {
				now = &db.Count{}
				if res, _ := b.do(b.request(c.method, c.path, c.form)); res.StatusCode != http.StatusOK {
					t.Fatalf("%s: %d", c.path, res.StatusCode)
				}
				if now.Questions.Load() < least.Questions.Load() {
					least = now
				}
			}
			if q, n := least.Questions.Load(), least.Turns.Load(); q != c.questions || n != c.turns {
				t.Errorf("%s asks %d questions in %d turns, want %d in %d", c.path, q, n, c.questions, c.turns)
			}
		}
	})
}
