package web_test

import (
	"net/http"
	"strings"
	"testing"

	"zhunkao/hub/db"
)

// TestNoJournalNoAct: an act that the journal cannot take does not happen, on
// any POST route; what leaves no entry works all the same (S31).
func TestNoJournalNoAct(t *testing.T) {
	t.Parallel()
	silent := map[string]int{
		"/gl/language":     http.StatusSeeOther, // a cookie, and nothing at the hub
		"/gl/staff/search": http.StatusOK,       // the list of colleagues, as by GET; a name stays out of the address
		"/gl/slip":         http.StatusOK,       // looks, and changes nothing
		"/gl/cash":         http.StatusOK,       // as /gl/search
		"/gl/search":       http.StatusOK,       // the first, whose note is queued: TestNoJournalNoSearch
	}
	for _, ground := range grounds {
		t.Run(ground.name, func(t *testing.T) {
			t.Parallel()
			writeOrNothing(t, newWorld(t, demo, ground.is), silent, ground.has)
		})
	}
}

// writeOrNothing posts to every POST route of a ground while the journal takes nothing.
func writeOrNothing(t *testing.T, w *world, silent map[string]int, has func(path string) bool) {
	ctx := t.Context()
	do := func(statement string) {
		t.Helper()
		w.write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, statement); return err })
	}
	for _, path := range posts() {
		if !has(path) {
			continue
		}
		h, ok := honests(w, path)
		if !ok {
			t.Errorf("POST %s has no honest form in this test: say in honests how it is used", path)
			continue
		}
		h.form.Set("token", h.browser.token())
		before, moved := w.everything(), len(w.moves)
		do(`CREATE TRIGGER deaf BEFORE INSERT ON journal_entry BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`)
		res, body := h.browser.do(h.request(h.path, h.form))
		searches := path == "/gl/search" || path == "/gl/cash"
		if searches && w.options.Searches.Settle(ctx) == nil {
			t.Error("the note of a search is written into a journal that takes nothing")
		}
		do(`DROP TRIGGER deaf`)
		if searches { // its note comes into the journal now
			if res.StatusCode != silent[path] {
				t.Errorf("POST %s: %d", path, res.StatusCode)
			}
			w.noted()
			continue
		}
		after := w.everything()
		if want, ok := silent[path]; ok {
			if res.StatusCode != want {
				t.Errorf("POST %s: %d", path, res.StatusCode)
			}
		} else if res.StatusCode != http.StatusInternalServerError || strings.Contains(body, "disk is full") {
			t.Errorf("POST %s: %d, and the journal could not take it", path, res.StatusCode)
		}
		for _, c := range changes(before, after) {
			if c.table == "session" && c.how == "changed" && (c.column == "seen_at" || c.column == "seen") {
				continue // coming in is no act
			}
			if c.table == "authenticator" && c.column == "last_step" {
				continue // a code that was shown is used up, whatever comes of it
			}
			if c.table == "sign_in_failure" {
				continue // an attempt counts before it is judged: that is the brake
			}
			t.Errorf("POST %s: %s is %q although nobody wrote it down", path, c.cell(), c.value)
		}
		if len(w.moves) != moved {
			t.Errorf("POST %s: the clock was moved although nobody wrote it down", path)
		}
	}
}
