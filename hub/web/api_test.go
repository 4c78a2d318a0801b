package web_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/access"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/progress"
	"zhunkao/hub/web"
)

// token gives a token out, as two persons do, and returns it with its id.
func (w *world) apiToken(division string, scopes ...access.Scope) (secret, id string) {
	w.t.Helper()
	by := func(id string) flow.By { return flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: id}} }
	w.write(w.t.Context(), func(tx *db.Tx) error {
		_, tok, err := w.flow.AskToken(w.t.Context(), tx, access.Token{Name: "数据大屏", Scopes: scopes, Division: division, Days: 30, Reason: "大厅"}, by("s-one"))
		if err != nil {
			return err
		}
		secret, tok, err = w.flow.AgreeToken(w.t.Context(), tx, tok.ID, by("s-two"))
		id = tok.ID
		return err
	})
	return secret, id
}

// apiAsked is the id of a token that waits for its second person.
func (w *world) apiAsked(division string) (id string) {
	w.t.Helper()
	w.write(w.t.Context(), func(tx *db.Tx) error {
		_, tok, err := w.flow.AskToken(w.t.Context(), tx, access.Token{Name: "数据大屏", Scopes: access.Scopes(), Division: division, Days: 30, Reason: "大厅"},
			flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: "s-one"}})
		id = tok.ID
		return err
	})
	return id
}

// call asks the API as another system does: no cookie, no page.
func (w *world) call(path, secret string, more ...string) (*http.Response, string) {
	w.t.Helper()
	b := w.browser()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.server.URL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	for i := 0; i+1 < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
	return b.do(r)
}

func decode(t *testing.T, body string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("no JSON: %v: %.200s", err, body)
	}
	return v
}

// apiRoutes are the routes that other systems call.
func apiRoutes() []web.RouteInfo {
	return slices.DeleteFunc(web.Table(), func(r web.RouteInfo) bool { return r.Scope == "" })
}

// settled is a world in which everything that the API tells is there.
func apiWorld(t *testing.T) *world {
	w := newWorld(t)
	for n := range 8 {
		w.confirm(n)
	}
	w.checkpointed()
	if err := progress.CatchUp(t.Context(), w.db); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestAPIIsWhatItsDocumentSays: every route under /api stands in openapi.yaml
// with its scope, and nothing else does; every answer and every refusal fits its
// schema; no token, a token without the scope and an unknown parameter are
// refused everywhere.
func TestAPIIsWhatItsDocumentSays(t *testing.T) {
	w := apiWorld(t)
	_, text := w.browser().get("/api/v1/openapi.yaml")
	doc := parseDocument(t, text)
	all, _ := w.apiToken("430000", access.Scopes()...)
	problem := doc.at("components", "schemas", "Problem")
	var paths []string
	for _, r := range apiRoutes() {
		paths = append(paths, r.Path)
		op := doc.at("paths", r.Path, "get")
		if op == nil || op["x-scope"] != r.Scope {
			t.Errorf("%s: the document says scope %v, the table %s", r.Path, op["x-scope"], r.Scope)
			continue
		}
		res, body := w.call(r.Path, all)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s: %d %s %.200s", r.Path, res.StatusCode, res.Header.Get("Content-Type"), body)
			continue
		}
		schema := doc.at("paths", r.Path, "get", "responses", "200", "content", "application/json", "schema")
		value := decode(t, body)
		for _, wrong := range doc.valid(r.Path, schema, value) {
			t.Error(wrong)
		}
		if m, ok := value.(map[string]any); ok && m["items"] != nil && len(anys(m["items"])) == 0 {
			t.Errorf("%s: the list is empty: nothing of it was tried", r.Path)
		}
		var other []access.Scope
		for _, s := range access.Scopes() {
			if string(s) != r.Scope {
				other = append(other, s)
			}
		}
		without, _ := w.apiToken("430000", other...)
		for name, try := range map[string]struct {
			path, secret string
			status       int
		}{
			"no token":            {r.Path, "", http.StatusUnauthorized},
			"nobody's token":      {r.Path, "zk1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", http.StatusUnauthorized},
			"another scope":       {r.Path, without, http.StatusForbidden},
			"an unknown name":     {r.Path + "?number=1", all, http.StatusBadRequest},
			"a name twice":        {r.Path + "?limit=1&limit=2", all, http.StatusBadRequest},
			"a value out of form": {r.Path + "?after=%0a%22", all, http.StatusBadRequest},
			"a broken query":      {r.Path + "?after=%zz", all, http.StatusBadRequest},
		} {
			res, body := w.call(try.path, try.secret)
			if res.StatusCode != try.status || res.Header.Get("Content-Type") != "application/problem+json; charset=utf-8" {
				t.Errorf("%s, %s: %d %s", r.Path, name, res.StatusCode, res.Header.Get("Content-Type"))
				continue
			}
			value := decode(t, body)
			for _, wrong := range doc.valid(r.Path+", "+name, problem, value) {
				t.Error(wrong)
			}
			if value.(map[string]any)["status"] != float64(try.status) {
				t.Errorf("%s, %s: the body says %v", r.Path, name, value)
			}
			if (res.Header.Get("WWW-Authenticate") != "") != (try.status == http.StatusUnauthorized) {
				t.Errorf("%s, %s: WWW-Authenticate %q", r.Path, name, res.Header.Get("WWW-Authenticate"))
			}
		}
		for _, p := range anys(op["parameters"]) {
			param := doc.resolve(p.(map[string]any))
			good, ok := map[string]string{"after": "0", "limit": "500", "on": "2014-09-01", "division": "430100", "by": "day"}[param["name"].(string)]
			if r.Path == "/api/v1/catalogue" && param["name"] == "after" {
				good = fmt.Sprint(w.camp.Version, "-000001")
			}
			if res, body := w.call(r.Path+"?"+param["name"].(string)+"="+good, all); !ok || res.StatusCode != http.StatusOK {
				t.Errorf("%s: the parameter %v is answered %d %.200s", r.Path, param["name"], res.StatusCode, body)
			} else {
				for _, wrong := range doc.valid(r.Path+" "+param["name"].(string), schema, decode(t, body)) {
					t.Error(wrong)
				}
			}
		}
	}
	for path := range doc.at("paths") {
		if !slices.Contains(paths, path) {
			t.Errorf("the document has %s, the table has not", path)
		}
	}
	if len(paths) < 7 {
		t.Errorf("only %d routes", len(paths))
	}
	for path, want := range map[string]int{"/api/v1/candidates": http.StatusNotFound, "/api": http.StatusNotFound, "/api/v2/points": http.StatusNotFound} {
		res, body := w.call(path, all)
		if res.StatusCode != want || len(doc.valid(path, problem, decode(t, body))) > 0 {
			t.Errorf("%s: %d %.100s", path, res.StatusCode, body)
		}
	}
}

// TestAPIOfTheRemit: of another county a token sees no point, no box and no
// count, and a session of the province opens nothing here.
func TestAPIOfTheRemit(t *testing.T) {
	w := apiWorld(t)
	mine, _ := w.apiToken(countyHere, access.Scopes()...)
	for _, path := range []string{"/api/v1/points", "/api/v1/boxes", "/api/v1/progress"} {
		_, body := w.call(path, mine)
		if strings.Contains(body, pointThere) || strings.Contains(body, w.boxes[pointThere].ID) || !strings.Contains(body, pointHere) {
			t.Errorf("%s: %s", path, body)
		}
	}
	for _, division := range []string{countyThere, "430000", "430100"} {
		if res, _ := w.call("/api/v1/progress?division="+division, mine); res.StatusCode != http.StatusNotFound {
			t.Errorf("counts of %s: %d", division, res.StatusCode)
		}
	}
	for _, r := range apiRoutes() {
		if res, _ := w.as("pa").get(r.Path); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s with a session: %d", r.Path, res.StatusCode)
		}
	}
}

// TestAPITellsNothingOfAPerson: no name, number, address or phone of a candidate,
// no name of staff, in any answer.
func TestAPITellsNothingOfAPerson(t *testing.T) {
	w := apiWorld(t)
	w.hire("pa")
	all, _ := w.apiToken("430000", access.Scopes()...)
	for _, r := range apiRoutes() {
		for _, q := range []string{"", "?by=day"} {
			if q != "" && r.Path != "/api/v1/progress" {
				continue
			}
			_, body := w.call(r.Path+q, all)
			if idNumber.MatchString(strings.NewReplacer("-", " ").Replace(body)) && r.Path != "/api/v1/checkpoints" {
				t.Errorf("%s: something like an ID number", r.Path)
			}
			for _, p := range w.people {
				for _, secret := range []string{string(p.Application.Name()), string(p.Application.Number()), p.Application.ID} {
					if secret != "" && strings.Contains(body, secret) {
						t.Errorf("%s tells of a person", r.Path)
					}
				}
			}
			if strings.Contains(body, "某pa") {
				t.Errorf("%s names staff", r.Path)
			}
		}
	}
}

// TestAPIPages: the pages of a list are together the list, each once, whatever
// their size, by next and by the Link header alike.
func TestAPIPages(t *testing.T) {
	w := apiWorld(t)
	all, _ := w.apiToken("430000", access.Scopes()...)
	for path, size := range map[string]int{"/api/v1/points": 1, "/api/v1/boxes": 1, "/api/v1/divisions": 50, "/api/v1/catalogue": 400, "/api/v1/checkpoints": 1} {
		type page struct {
			Items []map[string]any `json:"items"`
			Next  string           `json:"next"`
		}
		read := func(at string) (p page, link string) {
			res, body := w.call(at, all)
			if err := json.Unmarshal([]byte(body), &p); err != nil || res.StatusCode != http.StatusOK {
				t.Fatalf("%s: %d %v", at, res.StatusCode, err)
			}
			return p, res.Header.Get("Link")
		}
		whole, _ := read(path + "?limit=500")
		var got []string
		at := fmt.Sprintf("%s?limit=%d", path, size)
		for n := 0; at != "" && n < 20; n++ {
			p, link := read(at)
			if len(p.Items) > size {
				t.Fatalf("%s: %d items", at, len(p.Items))
			}
			for _, x := range p.Items {
				got = append(got, fmt.Sprint(x))
			}
			at = ""
			if p.Next != "" {
				target, rest, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">")
				if u, err := url.Parse(target); err != nil || u.Query().Get("after") != p.Next || rest != `; rel="next"` {
					t.Fatalf("%s: Link %q, next %q", path, link, p.Next)
				}
				at = target
			} else if link != "" {
				t.Errorf("%s: the last page has Link %q", path, link)
			}
		}
		var want []string
		for _, x := range whole.Items {
			want = append(want, fmt.Sprint(x))
		}
		if whole.Next == "" && !slices.Equal(got, want) {
			t.Errorf("%s: pages give %d items, the whole %d", path, len(got), len(want))
		}
	}
	if res, _ := w.call("/api/v1/catalogue?after=999-000001", all); res.StatusCode != http.StatusConflict {
		t.Errorf("a page of another version: %d", res.StatusCode)
	}
}

// TestAPIConditional: what is unchanged costs no body, and what changed is sent.
func TestAPIConditional(t *testing.T) {
	w := apiWorld(t)
	all, _ := w.apiToken("430000", access.Scopes()...)
	res, first := w.call("/api/v1/progress", all)
	tag := res.Header.Get("ETag")
	if res.Header.Get("Journal-Position") == "" {
		t.Error("it does not say how far was counted")
	}
	for _, given := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		if res, body := w.call("/api/v1/progress", all, "If-None-Match", given); res.StatusCode != http.StatusNotModified || body != "" || res.Header.Get("ETag") != tag {
			t.Errorf("If-None-Match %s: %d %q", given, res.StatusCode, body)
		}
	}
	w.confirm(8)
	w.sealedUp()
	if err := progress.CatchUp(t.Context(), w.db); err != nil {
		t.Fatal(err)
	}
	res, second := w.call("/api/v1/progress", all, "If-None-Match", tag)
	if res.StatusCode != http.StatusOK || second == first || res.Header.Get("ETag") == tag {
		t.Errorf("what changed: %d", res.StatusCode)
	}
}

// TestAPIPace: a token may call so often and no more, is told how long to wait,
// and holds up nobody else; who tries tokens is slowed by where he comes from.
func TestAPIPace(t *testing.T) {
	w := newWorld(t)
	first, _ := w.apiToken("430000", access.Places)
	second, _ := w.apiToken("430000", access.Places)
	slow := 0
	for range web.CallBurst + 5 {
		res, _ := w.call("/api/v1/points?limit=1", first)
		if res.StatusCode == http.StatusTooManyRequests {
			slow++
			if res.Header.Get("Retry-After") != "1" {
				t.Errorf("Retry-After %q", res.Header.Get("Retry-After"))
			}
		}
	}
	if slow == 0 {
		t.Error("nobody was slowed")
	}
	if res, _ := w.call("/api/v1/points", second); res.StatusCode != http.StatusOK {
		t.Errorf("another system: %d", res.StatusCode)
	}
	var last *http.Response
	for range web.RefusedPerMinute + 1 {
		last, _ = w.call("/api/v1/points", "zk1_guess")
	}
	if last.StatusCode != http.StatusTooManyRequests || last.Header.Get("Retry-After") == "" {
		t.Errorf("who tries tokens: %d", last.StatusCode)
	}
}

// TestPace: a burst and then the pace, per caller. That memory is bounded, package
// guard shows.
func TestPace(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	take := web.Pace()
	for range web.CallBurst {
		if wait := take("a", at); wait != 0 {
			t.Fatal("slowed within the burst")
		}
	}
	if wait := take("a", at); wait != time.Second {
		t.Errorf("after the burst: %s", wait)
	}
	if wait := take("a", at.Add(500*time.Millisecond)); wait != 0 {
		t.Errorf("half a second later: %s", wait)
	}
	if wait := take("b", at); wait != 0 {
		t.Errorf("somebody else waits %s", wait)
	}
}

// TestCheckpointsCanBeChecked: a witness needs nothing but the line and the key.
func TestCheckpointsCanBeChecked(t *testing.T) {
	w := apiWorld(t)
	secret, _ := w.apiToken("430000", access.Journal)
	_, body := w.call("/api/v1/checkpoints", secret)
	var got struct {
		Items []struct {
			Number uint64
			Line   string
		}
		Keys []struct{ ID, Ed25519 string }
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || len(got.Items) == 0 {
		t.Fatalf("%v %s", err, body)
	}
	for _, x := range got.Items {
		f := strings.Fields(x.Line)
		signature, err := base64.StdEncoding.DecodeString(f[6])
		if err != nil {
			t.Fatal(err)
		}
		good := false
		for _, k := range got.Keys {
			pub, err := base64.StdEncoding.DecodeString(k.Ed25519)
			good = good || err == nil && k.ID == f[5] && ed25519.Verify(pub, []byte(strings.Join(f[:6], " ")), signature)
		}
		if !good || f[2] != fmt.Sprint(x.Number) {
			t.Errorf("the line of %d does not hold", x.Number)
		}
	}
}

// TestAPIPage: the page that people read names every route, every field and
// every problem, in both languages, without a script of anybody's.
func TestAPIPage(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	res, page := b.get("/api/v1")
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.StatusCode)
	}
	for _, r := range apiRoutes() {
		if !strings.Contains(page, "GET "+r.Path) {
			t.Errorf("the page does not name %s", r.Path)
		}
	}
	for _, word := range []string{"items[].division", "windows[].step_name", "devices[].state", "/api/v1#slow", "429", "人数为 1 或 2 的不给出"} {
		if !strings.Contains(page, word) {
			t.Errorf("the page does not say %q", word)
		}
	}
	// The notes are in the page's language, and every one has both.
	_, _ = b.post("/gl/language", url.Values{"lang": {"en"}}, "/gl/sign-in")
	_, english := b.get("/api/v1")
	for zh, en := range map[string]string{"报考这个层次的考生缴多少": "what a candidate of this level pays", "哪一天": "a day, YYYY-MM-DD", "上一页给的next": "the next of the page before"} {
		if !strings.Contains(page, zh) || strings.Contains(page, en) || !strings.Contains(english, en) || strings.Contains(english, zh) {
			t.Errorf("the note %q stands on the wrong page, or on none", en)
		}
	}
	if strings.Contains(page, "api.op.") || strings.Contains(page, ">api.") || strings.Contains(page, "api.problem.") {
		t.Error("a phrase is missing")
	}
}
