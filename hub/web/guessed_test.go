package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/staff"
	"zhunkao/protocol/form"
)

// Whose session was ended, by another hub on the same database, has no page by
// what this hub remembers of it: not one that asks with it, nor one that is refused
// before anything is asked; and nothing is noted of her (S6, S31). One whose remit
// was changed has the pages of the remit that she has now.
func TestEndedElsewhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		w.sealedUp()
		b := w.as("pa")
		token := b.token()
		q := func(text string) url.Values { return url.Values{"q": {text}, "token": {token}} }
		number := w.people[0].Application.Get(form.DocumentNumber)
		asks := []struct {
			method, path string
			form         url.Values
			status       int
		}{
			{http.MethodGet, "/gl", nil, http.StatusOK},
			{http.MethodGet, "/gl?division=110000", nil, http.StatusNotFound},
			{http.MethodGet, "/gl?level=%00", nil, http.StatusBadRequest},
			{http.MethodGet, "/gl/candidates", nil, http.StatusOK},
			{http.MethodGet, "/gl/candidates?state=none", nil, http.StatusBadRequest},
			{http.MethodGet, "/gl/candidates?as=csv", nil, http.StatusOK},
			{http.MethodGet, "/gl/payments", nil, http.StatusOK},
			{http.MethodPost, "/gl/search", q(number), http.StatusOK},
			{http.MethodPost, "/gl/search", q("?"), http.StatusUnprocessableEntity},
		}
		ask := func(i int) (int, string) {
			t.Helper()
			res, body := b.do(b.request(asks[i].method, asks[i].path, asks[i].form))
			return res.StatusCode, body
		}
		for i, a := range asks {
			if status, _ := ask(i); status != a.status {
				t.Errorf("%s %s: %d, want %d", a.method, a.path, status, a.status)
			}
		}
		set := func(text string, args ...any) {
			t.Helper()
			w.write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), text, args...); return err })
		}
		noted := func() (acts []string) {
			t.Helper()
			w.sealedUp()
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				return tx.Each(t.Context(), `SELECT act FROM journal_entry ORDER BY id`, nil, func(scan func(...any) error) error {
					var act string
					err := scan(&act)
					acts = append(acts, act)
					return err
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			return acts
		}
		at := w.accountID("pa")
		set(`UPDATE account SET role = $1, office = $2 WHERE id = $3`, string(staff.CountyOperator), w.office(t.Context(), countyThere), at)
		if status, body := ask(7); status != http.StatusOK || strings.Contains(body, "/gl/candidates/"+w.people[0].Application.ID) {
			t.Errorf("with another remit she finds whom she found before: %d", status)
		}
		set(`UPDATE account SET role = $1, office = $2 WHERE id = $3`, string(staff.ProvinceAdmin), w.office(t.Context(), "430000"), at)
		before := noted()
		for i, a := range asks {
			if res, _ := b.do(b.request(http.MethodGet, "/gl/boxes", nil)); res.StatusCode != http.StatusOK { // is remembered as it is now
				t.Fatalf("/gl/boxes: %d", res.StatusCode)
			}
			var row []byte
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				return tx.QueryRow(t.Context(), `SELECT token FROM session WHERE account = $1`, at).Scan(&row)
			}); err != nil {
				t.Fatal(err)
			}
			set(`UPDATE session SET token = $1 WHERE account = $2`, []byte("of nobody"), at)
			want := http.StatusSeeOther
			if a.method == http.MethodPost {
				want = http.StatusForbidden // nobody's form
			}
			status, body := ask(i)
			if status != want || strings.Contains(body, w.people[0].Application.ID) {
				t.Errorf("ended, %s %s: %d, want %d", a.method, a.path, status, want)
			}
			set(`UPDATE session SET token = $1 WHERE account = $2`, row, at)
		}
		if after := noted(); len(after) != len(before) {
			t.Errorf("of somebody who is not there stands %q", after[len(before):])
		}
	})
}
