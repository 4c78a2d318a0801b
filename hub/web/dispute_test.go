package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/staff"
)

var seenOf = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

// disputed are two records of one person that wait for a decision.
func (w *world) disputed(n int) (first, second string) {
	first = w.confirm(n)
	second = w.confirm(n, func(s *flow.Step) {
		s.State, s.StateReason, s.Dispute = confirmation.Disputed, confirmation.NoteTwice, []string{first}
	})
	return first, second
}

func (w *world) recordOf(id string) (r confirmation.Record) {
	w.t.Helper()
	if err := w.db.Read(w.t.Context(), func(tx *db.Tx) (err error) {
		r, err = confirmation.Get(w.t.Context(), tx, id)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return r
}

// TestDecide: the county sees both side by side, decides for a reason, and what
// was read before something changed decides nothing.
func TestDecide(t *testing.T) {
	w := newWorld(t)
	first, second := w.disputed(0)
	path := "/gl/disputes/" + second
	res, page := w.as("co").get(path)
	if res.StatusCode != http.StatusOK || !strings.Contains(page, `value="`+first+`"`) || !strings.Contains(page, `value="`+second+`"`) || strings.Contains(page, `value="none"`) {
		t.Fatalf("%d: the page does not offer both, or offers none of them", res.StatusCode)
	}
	for _, want := range []string{"甲", "乙", "门户现在", "内容都一样"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	if strings.Contains(page, string(w.people[0].Application.Number())) {
		t.Error("the whole number stands on the page")
	}
	seen := seenOf.FindStringSubmatch(page)[1]
	post := func(who, keep, seen, why string) (int, string) {
		res, page := w.as(who).post(path+"/decide", url.Values{"keep": {keep}, "seen": {seen}, "reason": {why}}, path)
		return res.StatusCode, page
	}
	for name, c := range map[string]struct {
		keep, seen, why string
		want            int
		words           string
	}{
		"no reason":       {second, seen, "", http.StatusUnprocessableEntity, ""},
		"nothing chosen":  {"", seen, "问过本人", http.StatusUnprocessableEntity, "请选一份"},
		"another reading": {second, "0000", "问过本人", http.StatusConflict, "刚才有变化"},
		"no side of it":   {strings.Repeat("0", 32), seen, "问过本人", http.StatusConflict, "现在不能这样裁定"},
		"none of the two": {"none", seen, "问过本人", http.StatusConflict, "现在不能这样裁定"},
	} {
		if got, page := post("co", c.keep, c.seen, c.why); got != c.want || !strings.Contains(page, c.words) {
			t.Errorf("%s: %d, want %d with %q", name, got, c.want, c.words)
		}
	}
	third := w.confirm(0, func(s *flow.Step) { s.State, s.StateReason = confirmation.Disputed, confirmation.NoteTwice })
	if got, _ := post("co", second, seen, "问过本人"); got != http.StatusConflict {
		t.Errorf("a third record came meanwhile: %d", got)
	}
	_, page = w.as("co").get(path)
	seen = seenOf.FindStringSubmatch(page)[1]
	if got, _ := post("co", second, seen, "电话问过本人，愿意算第二份"); got != http.StatusSeeOther {
		t.Fatalf("decided: %d", got)
	}
	for id, want := range map[string]confirmation.State{first: confirmation.Overruled, second: confirmation.InForce, third: confirmation.Overruled} {
		if got := w.recordOf(id).State; got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
	if got, _ := post("co", second, seen, "又点了一次"); got != http.StatusConflict {
		t.Errorf("the same click once more: %d", got)
	}
	if acts := w.acts(second); acts[len(acts)-1] != "confirmation.decided" && !strings.Contains(strings.Join(acts, " "), "confirmation.decided") {
		t.Errorf("journal %v", acts)
	}
	_, page = w.as("co").get(path)
	if !strings.Contains(page, "电话问过本人，愿意算第二份") || !strings.Contains(page, "未采用") {
		t.Error("the decided case does not say what was decided and why")
	}
	if _, page = w.as("co").get("/gl/disputes"); !strings.Contains(page, "没有待裁的记录") || !strings.Contains(page, "最近裁定的") {
		t.Error("the list still waits, or does not show what was decided")
	}
}

// TestVoidLater: two persons of the county, whatever else stands.
func TestVoidLater(t *testing.T) {
	w := newWorld(t)
	w.extra = append(w.extra, account{"co2", staff.CountyOperator, countyHere, ""})
	id := w.confirm(0)
	path := "/gl/confirmations/" + id
	ask := url.Values{"code": {"04"}, "reason": {"县里查实是误办"}}
	if res, _ := w.as("co").post(path+"/void", url.Values{"code": {"zz"}, "reason": {"县里查实是误办"}}, path); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a reason that the campaign does not know: %d", res.StatusCode)
	}
	if res, _ := w.as("co").post(path+"/void", ask, path); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("asked: %d", res.StatusCode)
	}
	if res, _ := w.as("co").post(path+"/void", ask, path); res.StatusCode == http.StatusSeeOther || w.recordOf(id).State != confirmation.InForce {
		t.Fatalf("one person alone: %d, %s", res.StatusCode, w.recordOf(id).State)
	}
	_, page := w.as("co2").get("/gl/seconds")
	agree := regexp.MustCompile(`/gl/seconds/[0-9a-f]+/agree`).FindString(page)
	if agree == "" {
		t.Fatal("nothing to agree to")
	}
	if res, _ := w.as("co2").post(agree, url.Values{}, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("agreed: %d", res.StatusCode)
	}
	if _, page := w.as("co").get("/gl/seconds"); !strings.Contains(page, path+"/void") {
		t.Error("the list of acts does not lead to doing it")
	}
	if res, _ := w.as("co").post(path+"/void", url.Values{}, path); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("done: %d", res.StatusCode)
	}
	if got := w.recordOf(id); got.State != confirmation.Voided {
		t.Errorf("the record is %s", got.State)
	}
	if _, page := w.as("co").get(path); !strings.Contains(page, "已撤销") || strings.Contains(page, path+"/void\"") {
		t.Error("the page does not say that it is void, or offers it again")
	}
}
