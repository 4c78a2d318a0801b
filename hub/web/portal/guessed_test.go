package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/protocol/form"
)

// Whose session was ended, by another hub on the same database, sees and saves
// nothing by what this hub remembers of it, whatever she asks: not what would be
// saved, what is refused, nor a step that there is not (S6).
func TestEndedElsewhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		h := w.arrive(0)
		h.sign()
		path, _ := h.where(form.PhoneNumber)
		page := h.see(path)
		values := asIs(page.Page[strings.Index(page.Page, `<form class="form"`):])
		with := func(fields ...string) url.Values {
			out := url.Values{}
			for k, v := range values {
				out[k] = v
			}
			for i := 0; i < len(fields); i += 2 {
				out.Set(fields[i], fields[i+1])
			}
			return out
		}
		asks := []struct {
			path   string
			form   url.Values // nil: the page is asked for
			status int
		}{
			{"/ks/status", nil, http.StatusOK},
			{path + "/save", with("revision", "99", "f-"+form.PhoneNumber, "13911110002"), http.StatusConflict},
			{"/ks/form/99/save", with(), http.StatusNotFound},
			{path + "/save", with("token", "of nobody"), http.StatusForbidden},
			{path + "/save", with("f-"+form.PhoneNumber, "13911110003"), http.StatusOK}, // the last: it makes a revision
		}
		ask := func(i int) answer {
			t.Helper()
			if a := asks[i]; a.form != nil {
				return h.post(a.path, a.form)
			}
			return h.get(asks[i].path)
		}
		saved := func() (phone string, revision uint32) {
			t.Helper()
			w.read(func(tx *db.Tx) error {
				d, err := w.drafts.Get(t.Context(), tx, h.account, w.camp.ID)
				phone, revision = d.Application.Get(form.PhoneNumber), d.Revision
				return err
			})
			return phone, revision
		}
		set := func(text string, args ...any) {
			t.Helper()
			w.write(func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), text, args...); return err })
		}
		phone, revision := saved()
		for i, a := range asks {
			h.see("/ks/messages") // is remembered as it is now
			var token []byte
			w.read(func(tx *db.Tx) error {
				return tx.QueryRow(t.Context(), `SELECT token FROM applicant_session WHERE account = $1`, h.account).Scan(&token)
			})
			set(`UPDATE applicant_session SET token = $1 WHERE account = $2`, []byte("of nobody"), h.account)
			want := http.StatusSeeOther
			if a.form != nil {
				want = http.StatusForbidden // nobody's form
			}
			if got := ask(i); got.Status != want || a.form == nil && !strings.HasPrefix(got.To, "/ks/sign-in") || strings.Contains(got.Page, "revision") {
				t.Errorf("ended, %s: %d → %q, want %d: %s", a.path, got.Status, got.To, want, got.text())
			}
			if p, r := saved(); p != phone || r != revision {
				t.Errorf("ended, %s saves revision %d over %d", a.path, r, revision)
			}
			set(`UPDATE applicant_session SET token = $1 WHERE account = $2`, token, h.account)
			h.see("/ks/messages")
			if got := ask(i); got.Status != a.status {
				t.Errorf("%s: %d, want %d: %s", a.path, got.Status, a.status, got.text())
			}
		}
		if p, r := saved(); p != "13911110003" || r != revision+1 {
			t.Errorf("saved is %s in revision %d, after %d", p, r, revision)
		}
		h.fillIn()
		h.handIn()
		h.see("/ks/messages")
		set(`DELETE FROM applicant_session WHERE account = $1`, h.account)
		_, revision = saved()
		if got := h.post(path+"/save", with("f-"+form.PhoneNumber, "13911110004")); got.Status != http.StatusForbidden {
			t.Errorf("ended after she has handed in: %d", got.Status)
		}
		if _, r := saved(); r != revision {
			t.Errorf("ended after she has handed in, she saves revision %d", r)
		}
	})
}
