package web_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/web"
)

// endless are answers without an end; TestLive has them.
var endless = []string{"/gl/live"}

// real puts things at home into the path of a route.
func real(things map[string]map[string]string, r web.RouteInfo) string {
	return strings.NewReplacer(":id", things[r.Remit]["home"], ":print", "0", ":name", "base.css", ":page", "boxes", ":state", "mixed").Replace(r.Path)
}

// TestEveryRouteWearsItsHeaders asks every route of the table as every role and
// as nobody: all headers and no open cookie on any answer, whatever it is (S7,
// S8), and no whole number on it (S35). Over TLS, where only what is said of it
// differs, each is asked by one who may and by nobody.
func TestEveryRouteWearsItsHeaders(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("walks every page; computes only")
	}
	for name, with := range map[string][]option{"http": {demo}, "tls": {demo, overTLS}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, with...)
			things := w.things(w.confirm(0), w.confirm(1))
			asked := 0
			for _, r := range web.Table() {
				if slices.Contains(endless, r.Path) {
					continue
				}
				some := append(accounts(), account{})
				if w.options.TLS {
					some = slices.DeleteFunc(accounts(), func(a account) bool { return !slices.Contains(r.Who, a.role) })
					some = append(some[:min(1, len(some))], account{})
				}
				for _, a := range some {
					b := w.browser()
					if a.name != "" {
						b = w.as(a.name)
					}
					var form url.Values
					if r.Method == http.MethodPost {
						form = url.Values{} // without its token: refused, and refusals wear them too
					}
					path := real(things, r)
					res, body := b.do(b.request(r.Method, path, form))
					asked++
					headers(t, path, res, w.options.TLS)
					for _, c := range res.Cookies() {
						if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.Secure != w.options.TLS || strings.HasPrefix(c.Name, "__Host-") != w.options.TLS {
							t.Errorf("%s %s as %q: cookie %s is %+v", r.Method, r.Path, a.role, c.Name, c)
						}
					}
					text := strings.HasPrefix(res.Header.Get("Content-Type"), "text/") // a picture's bytes say nothing
					if text && idNumber.MatchString(body) && r.Path != "/gl/gallery/:page/:state" {
						t.Errorf("%s %s as %q shows a whole number", r.Method, r.Path, a.role)
					}
					if res.StatusCode >= 500 {
						t.Errorf("%s %s as %q: %d", r.Method, r.Path, a.role, res.StatusCode)
					}
				}
			}
			if least := map[bool]int{false: 400, true: 100}[w.options.TLS]; asked < least {
				t.Errorf("only %d answers", asked)
			}
		})
	}
}

// TestEveryPostAsksWhoSendsIt: no form of the table is taken without its token,
// from another site, from nowhere, or as something else than a form (S9); and
// nothing has changed after all of them.
func TestEveryPostAsksWhoSendsIt(t *testing.T) {
	w := newWorld(t, demo)
	things := w.things(w.confirm(0), w.confirm(1))
	for _, a := range accounts() {
		w.as(a.name).token()
	}
	before := w.everything()
	for _, r := range web.Table() {
		if r.Method != http.MethodPost || r.Scope != "" {
			continue
		}
		b := w.browser()
		for _, a := range accounts() {
			if slices.Contains(r.Who, a.role) {
				b = w.as(a.name)
			}
		}
		token := b.token()
		own := func(token string) url.Values {
			return url.Values{"token": {token}, "reason": {"试一试"}, "move": {"lunch"}, "sure": {"yes"}}
		}
		send := func(form url.Values, change func(*http.Request)) int {
			req := b.request(http.MethodPost, real(things, r), form)
			if r.Upload {
				req = b.fileForm(real(things, r), "", "", nil, form)
			}
			if change != nil {
				change(req)
			}
			res, _ := b.do(req)
			return res.StatusCode
		}
		for name, c := range map[string]struct {
			form   url.Values
			change func(*http.Request)
			want   int
		}{
			"no token":       {own(""), nil, http.StatusForbidden},
			"a wrong token":  {own(strings.Repeat("A", len(token))), nil, http.StatusForbidden},
			"token in query": {own(""), func(q *http.Request) { q.URL.RawQuery = url.Values{"token": {token}}.Encode() }, http.StatusForbidden},
			"another site":   {own(token), func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "cross-site") }, http.StatusForbidden},
			"another origin": {own(token), func(q *http.Request) {
				q.Header.Del("Sec-Fetch-Site")
				q.Header.Set("Origin", "https://evil.example")
			}, http.StatusForbidden},
			"JSON": {own(token), func(q *http.Request) { q.Header.Set("Content-Type", "application/json") }, http.StatusBadRequest},
			"text": {own(token), func(q *http.Request) { q.Header.Set("Content-Type", "text/plain") }, http.StatusBadRequest},
		} {
			if got := send(c.form, c.change); got != c.want {
				t.Errorf("POST %s, %s: got %d, want %d", r.Path, name, got, c.want)
			}
		}
	}
	for _, c := range changes(before, w.everything()) {
		if c.table != "session" {
			t.Errorf("%s is %q after forms that were refused", c.cell(), c.value)
		}
	}
	if len(w.moves) > 0 {
		t.Error("the clock was moved")
	}
}

// spoken are names under which tables keep what people wrote or are called.
var spoken = regexp.MustCompile(`^(name|display|reason|state_reason|address|contact|phone|hours|note|text|title|head|admin|head_phone|admin_phone|alias|label|remark|place|summary|words|heir|software|what|measure|cause)$`)

// hostile breaks out of a log line, a table cell, a page and a terminal, if
// anything lets it.
const hostile = "=1+1\r\n{\"level\":\"ERROR\",\"msg\":\"forged\"}\x1b[31m<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202e"

// TestHostileTextsForgeNothing writes a hostile text into every column of every
// table that holds what people wrote, and walks every page and every list as a
// file: no page has its script or its control characters, no file a formula, no
// log a line that is not the hub's (S16, S17), and no answer is a fault that
// says more than its number (S33).
func TestHostileTextsForgeNothing(t *testing.T) {
	w := newWorld(t, demo)
	things := w.things(w.confirm(0), w.confirm(1))
	w.setAside(pointHere, "signature")
	w.sealedUp()
	roles := map[string]*browser{}
	for _, a := range accounts() {
		roles[a.name] = w.as(a.name)
		roles[a.name].token()
	}
	n := w.poison()
	if n < 8 {
		t.Fatalf("only %d columns were found", n)
	}
	pages := 0
	for _, r := range web.Table() {
		if r.Method != http.MethodGet || slices.Contains(endless, r.Path) || r.Path == "/gl/gallery/:page/:state" {
			continue
		}
		for _, a := range accounts() {
			if !slices.Contains(r.Who, a.role) {
				continue
			}
			for _, as := range []string{"", "?as=csv"} {
				path := real(things, r) + as
				res, body := roles[a.name].get(path)
				pages++
				switch kind := res.Header.Get("Content-Type"); {
				case strings.HasPrefix(kind, "text/html"):
					for _, bad := range []string{"<script>alert", "<img src=x", "\x1b", "\u202e"} {
						if strings.Contains(body, bad) {
							t.Errorf("%s as %s holds %q", r.Path, a.name, bad)
						}
					}
				case strings.HasPrefix(kind, "text/csv"):
					table := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
					table.FieldsPerRecord = -1 // the last row says who took it
					rows, err := table.ReadAll()
					if err != nil {
						t.Errorf("%s as %s: %v", r.Path, a.name, err)
					}
					for _, row := range rows {
						for _, cell := range row {
							if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && !regexp.MustCompile(`^-?[\d.]+$`).MatchString(cell) {
								t.Errorf("%s as %s: a cell is %q", r.Path, a.name, cell)
							}
						}
					}
				}
				if res.StatusCode >= 500 {
					t.Errorf("%s as %s: %d", path, a.name, res.StatusCode)
				}
				for _, leak := range []string{"goroutine ", "SELECT ", "sql:", ".go:", "/tmp/", "no such"} {
					if strings.Contains(body, leak) && !strings.Contains(r.Path, "openapi") {
						t.Errorf("%s as %s tells %q", r.Path, a.name, leak)
					}
				}
			}
		}
	}
	if pages < 100 {
		t.Errorf("only %d pages", pages)
	}
	for _, line := range strings.Split(strings.TrimSpace(w.log.String()), "\n") {
		var entry map[string]any
		if line == "" {
			continue
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry["msg"] == "forged" {
			t.Errorf("the log has a line of somebody else: %.200q", line)
		}
		if strings.ContainsAny(line, "\x1b\u202e") {
			t.Errorf("the log steers a terminal: %.200q", line)
		}
	}
}

// poison writes the hostile text into every column that is spoken, and gives
// how many columns that were. What is sealed or in a set of words is not.
func (w *world) poison() (n int) {
	w.t.Helper()
	ctx := w.t.Context()
	type place struct{ table, column string }
	var places []place
	w.write(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
			AND m.name NOT LIKE 'goose%' AND m.name <> 'meta' AND upper(c.type) = 'TEXT' ORDER BY 1, 2`, nil, func(scan func(...any) error) error {
			var p place
			if err := scan(&p.table, &p.column); err != nil {
				return err
			}
			if spoken.MatchString(p.column) && !strings.HasPrefix(p.table, "journal_") && p.table != "seating_share" { // bound by hashes
				places = append(places, p)
			}
			return nil
		})
	})
	for _, p := range places {
		text := hostile
		err := w.db.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE "%s" SET "%s" = $1 || rowid`, p.table, p.column), text)
			return err
		})
		if err == nil { // a column that takes only its own words cannot be poisoned
			n++
		}
	}
	return n
}
