package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/progress"
	"zhunkao/hub/web"

	"pgregory.net/rapid"
)

var shownToken = regexp.MustCompile(`id="secret">(zk1_[A-Za-z0-9_-]+)<`)

func tokenForm() url.Values {
	return url.Values{"name": {"数据大屏"}, "scope": {"places", "boxes"}, "division": {"430100"}, "days": {"30"}, "reason": {"大厅的屏幕"}}
}

// TestTokenNeedsTwoPersons: one asks, another agrees and is shown the token this
// once; it works until it is taken back, and is nowhere but on that page.
func TestTokenNeedsTwoPersons(t *testing.T) {
	w := newWorld(t)
	if res, page := w.as("pa").post("/gl/access", tokenForm(), "/gl/access"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("asking: %d %s", res.StatusCode, textOf(page))
	}
	_, page := w.as("po").get("/gl/access")
	id := regexp.MustCompile(`/gl/access/(t[0-9a-f]+)/agree`).FindStringSubmatch(page)
	if id == nil {
		t.Fatal("the second person cannot agree")
	}
	if _, own := w.as("pa").get("/gl/access"); strings.Contains(own, "/agree") || !strings.Contains(textOf(own), "要由另一人同意") {
		t.Error("who asked may agree")
	}
	if res, page := w.as("pa").post("/gl/access/"+id[1]+"/agree", url.Values{}, "/gl/access"); res.StatusCode != http.StatusConflict || shownToken.MatchString(page) {
		t.Errorf("who asked agreed: %d", res.StatusCode)
	}
	res, page := w.as("po").post("/gl/access/"+id[1]+"/agree", url.Values{}, "/gl/access")
	shown := shownToken.FindStringSubmatch(page)
	if res.StatusCode != http.StatusOK || shown == nil || res.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("agreeing: %d, shown %v", res.StatusCode, shown != nil)
	}
	secret := shown[1]
	if res, again := w.as("po").post("/gl/access/"+id[1]+"/agree", url.Values{}, "/gl/access"); res.StatusCode != http.StatusConflict || shownToken.MatchString(again) {
		t.Errorf("it is given out twice: %d", res.StatusCode)
	}
	if _, page := w.as("po").get("/gl/access"); strings.Contains(page, secret) {
		t.Error("the list shows the token")
	}
	if res, _ := w.call("/api/v1/points", secret); res.StatusCode != http.StatusOK {
		t.Errorf("it does not work: %d", res.StatusCode)
	}
	if res, _ := w.call("/api/v1/checkpoints", secret); res.StatusCode != http.StatusForbidden {
		t.Errorf("it has a scope that nobody gave: %d", res.StatusCode)
	}
	if res, _ := w.as("pa").post("/gl/access/"+id[1]+"/revoke", url.Values{"reason": {""}}, "/gl/access"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("taken back without a reason: %d", res.StatusCode)
	}
	if res, _ := w.as("pa").post("/gl/access/"+id[1]+"/revoke", url.Values{"reason": {"屏幕拆了"}}, "/gl/access"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("taking back: %d", res.StatusCode)
	}
	if res, _ := w.call("/api/v1/points", secret); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("taken back, and yet: %d", res.StatusCode)
	}
	if got := strings.Join(w.acts(id[1]), ","); got != "token.asked  大厅的屏幕,token.issued,token.revoked  屏幕拆了" {
		t.Errorf("the journal says %q", got)
	}
	for name, now := range w.everything() {
		for _, row := range now.rows {
			for i, v := range row {
				if strings.Contains(v, secret) || strings.Contains(v, secret[4:20]) {
					t.Errorf("%s.%s holds the token", name, now.columns[i])
				}
			}
		}
	}
	if strings.Contains(w.log.String(), secret[4:12]) {
		t.Error("the log holds the token")
	}
}

// TestIncompleteTokenForm: what is wrong is said in words tied to its field, and
// what was typed is kept.
func TestIncompleteTokenForm(t *testing.T) {
	w := newWorld(t)
	for field, id := range map[string]string{"name": "name-error", "scope": "scope-error", "division": "division-error", "days": "days-error", "reason": "reason-error"} {
		form := tokenForm()
		form.Set(field, "")
		if field == "division" {
			form.Set(field, "999999")
		}
		res, page := w.as("pa").post("/gl/access", form, "/gl/access")
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, `id="`+id+`"`) || strings.Count(page, `class="error"`) != 1 {
			t.Errorf("without %s: %d", field, res.StatusCode)
		}
		if field != "name" && !strings.Contains(page, `value="数据大屏"`) {
			t.Errorf("without %s: what was typed is gone", field)
		}
	}
	if _, page := w.as("pa").get("/gl/access"); !strings.Contains(textOf(page), "还没有外部系统") {
		t.Error("something was asked for")
	}
}

// TestNoCountTellsAnother: whatever the counts, no hidden one follows from those
// that are shown, and nothing below the least is shown.
func TestNoCountTellsAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var keys []string
		var rows []progress.Figures
		var sum progress.Figures
		for range rapid.IntRange(0, 6).Draw(t, "places") {
			f := progress.Figures{Registered: int64(rapid.IntRange(0, 6).Draw(t, "n"))}
			rows, keys, sum = append(rows, f), append(keys, "x"), sum.Add(f)
		}
		total, shown := web.HideSmall(sum, keys, rows)
		hidden := 0
		for i, s := range shown {
			switch {
			case s == nil:
				hidden++
			case *s != rows[i].Registered:
				t.Fatalf("%d is shown as %d", rows[i].Registered, *s)
			case *s > 0 && *s < web.Smallest:
				t.Fatalf("%d is shown", *s)
			}
		}
		if total != nil && (*total != sum.Registered || *total > 0 && *total < web.Smallest) {
			t.Fatalf("the total %d is shown as %d", sum.Registered, *total)
		}
		if total != nil && hidden == 1 {
			t.Fatalf("one of %v is hidden beside its total", rows)
		}
	})
}
