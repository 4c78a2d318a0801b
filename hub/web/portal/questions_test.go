package portal_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/protocol/form"
)

// What pages ask of the database when the campaign and the points are kept, and in
// how many turns of PostgreSQL: it must not grow unseen.
func TestQuestionsOfPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		h := w.arrive(0)
		h.sign()
		h.fillIn()
		h.handIn()
		path, _ := h.where(form.PhoneNumber)
		now := &db.Count{} // of the request that is asked
		inner := w.server.Config.Handler
		w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			inner.ServeHTTP(rw, r.WithContext(db.Counted(r.Context(), now)))
		}))
		t.Cleanup(w.server.Close)
		page := h.see(path)
		saves, revision := 0, asIs(page.Page[strings.Index(page.Page, `<form class="form"`):]).Get("revision")
		for _, c := range []struct {
			name      string
			ask       func()
			questions int64
			turns     map[db.Kind]int64
		}{
			// At once her session, her draft, the application, confirmations, what an
			// office has looked at, and messages.
			{"status", func() { h.see("/ks/status") }, 6, map[db.Kind]int64{db.SQLite: 6, db.PostgreSQL: 1}},
			{"form", func() { h.see(path) }, 4, map[db.Kind]int64{db.SQLite: 4, db.PostgreSQL: 4}},
			// Her session and the draft at once, and one row that is written.
			{"save", func() {
				saves++
				a, said := h.autosave(page, path, url.Values{"f-" + form.PhoneNumber: {fmt.Sprintf("13911%06d", saves)}, "revision": {revision}})
				if a.Status != http.StatusOK {
					t.Fatalf("save: %d: %s", a.Status, a.text())
				}
				revision = fmt.Sprint(said["revision"])
			}, 3, map[db.Kind]int64{db.SQLite: 3, db.PostgreSQL: 2}},
		} {
			least := &db.Count{}
			least.Questions.Store(1 << 40)
			// The first read what is then kept, for a second: on a busy machine the next may
			// come too late.
			for n := 0; n < 9 || n < 600 && least.Questions.Load() > c.questions; n++ {
				now = &db.Count{}
				c.ask()
				if now.Questions.Load() < least.Questions.Load() {
					least = now
				}
			}
			if q, n := least.Questions.Load(), least.Turns.Load(); q != c.questions || n != c.turns[d.Kind()] {
				t.Errorf("%s asks %d questions in %d turns, want %d in %d", c.name, q, n, c.questions, c.turns[d.Kind()])
			}
		}
	})
}
