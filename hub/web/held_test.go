package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/staff"
)

// TestHeldByTwo: what was set aside is listed with its reason and what to do; one
// person asks, another agrees, the first does it; one alone cannot, nor can what
// is no evidence be taken; a technician sees no contents.
func TestHeldByTwo(t *testing.T) {
	w := newWorld(t)
	w.extra = append(w.extra, account{"co2", staff.CountyOperator, countyHere, ""})
	id := w.setAside(pointHere, "content")
	w.write(t.Context(), func(tx *db.Tx) error { // the hub's word, as intake leaves it
		_, err := tx.Exec(t.Context(), `INSERT INTO envelope (box, hash, epoch, seq, record, previous, outcome, reason, at, chained)
			VALUES ($1, $2, 1, 9, '', '', 'quarantined', 'content', 1, FALSE)`, w.boxes[pointHere].ID, strings.Repeat("ab", 32))
		return err
	})
	w.setAside(pointHere, "signature")
	path := "/gl/held/" + id
	_, page := w.as("co").get("/gl/held")
	for _, want := range []string{path, "内容违反规则", "正常的终端不会这样", "终端签名对不上", "2 份记录"} {
		if !strings.Contains(page, want) {
			t.Errorf("the list does not say %s", want)
		}
	}
	if _, page = w.as("co").get("/gl/held?reason=signature"); strings.Contains(page, path) || !strings.Contains(page, "1 份记录") {
		t.Error("the list is not cut by its reason")
	}
	if res, csv := w.as("co").get("/gl/held?as=csv"); res.StatusCode != http.StatusOK || !strings.Contains(csv, "内容违反规则") || !strings.Contains(csv, "隔离待查") {
		t.Errorf("as a file: %d", res.StatusCode)
	}
	if res, _ := w.as("co").get("/gl/held?state=nothing"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a filter that is none: %d", res.StatusCode)
	}
	post := func(who, verdict, why string) (int, string) {
		t.Helper()
		res, page := w.as(who).post(path+"/settle", url.Values{"verdict": {verdict}, "reason": {why}}, path)
		return res.StatusCode, page
	}
	for name, c := range map[string]struct {
		who, verdict, why string
		want              int
		words             string
	}{
		"no reason":         {"co", "refuse", "", http.StatusUnprocessableEntity, ""},
		"neither":           {"co", "", "问过本人", http.StatusUnprocessableEntity, "请选收下还是不收"},
		"what has no bytes": {"co", "take", "问过本人", http.StatusUnprocessableEntity, "现在收不下"},
	} {
		if got, page := post(c.who, c.verdict, c.why); got != c.want || !strings.Contains(page, c.words) {
			t.Errorf("%s: %d, want %d with %q", name, got, c.want, c.words)
		}
	}
	if got, _ := post("co", "refuse", "查过了，本人已经重新确认"); got != http.StatusSeeOther {
		t.Fatalf("asked: %d", got)
	}
	if got, _ := post("co", "refuse", "查过了，本人已经重新确认"); got == http.StatusSeeOther {
		t.Error("one person alone did it")
	}
	_, page = w.as("co2").get("/gl/seconds")
	agree := regexp.MustCompile(`/gl/seconds/[0-9a-f]+/agree`).FindString(page)
	if agree == "" || !strings.Contains(page, "处理隔离记录") || !strings.Contains(page, "认定不收") {
		t.Fatal("nothing to agree to, or it does not say what")
	}
	if res, _ := w.as("co").post(agree, url.Values{}, "/gl/seconds"); res.StatusCode == http.StatusSeeOther {
		t.Error("who asked agreed to it herself")
	}
	if res, _ := w.as("co2").post(agree, url.Values{}, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("agreed: %d", res.StatusCode)
	}
	if got, _ := post("co", "refuse", ""); got != http.StatusSeeOther {
		t.Fatalf("done: %d", got)
	}
	_, page = w.as("co").get(path)
	for _, want := range []string{"两人办理，不收", "某co", "某co2", "查过了，本人已经重新确认"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	if strings.Contains(page, path+"/settle") {
		t.Error("it is offered again")
	}
	if got, _ := post("co", "refuse", "再来一次"); got != http.StatusConflict {
		t.Errorf("once more: %d", got)
	}
	if _, page = w.as("co").get("/gl/held"); strings.Contains(page, path) {
		t.Error("it is still listed as held")
	}
	if _, page = w.as("co").get("/gl/held?state=refused"); !strings.Contains(page, path) {
		t.Error("it is not listed as refused")
	}
	if acts := strings.Join(w.acts(id), "\n"); !strings.Contains(acts, "record.refused  查过了，本人已经重新确认") {
		t.Errorf("journal: %s", acts)
	}
	if _, page = w.as("te").get(path); !strings.Contains(page, "内容违反规则") || strings.Contains(page, "/settle") {
		t.Error("the technician does not see it, or may decide")
	}
	w.write(t.Context(), func(tx *db.Tx) error {
		q, err := confirmation.GetQuarantined(t.Context(), tx, id)
		if q.Fate != confirmation.FateRefused || q.SettledBy == q.Second || q.Second == "" {
			t.Errorf("%+v", q)
		}
		return err
	})
}

// TestHeldWithoutContents: the list and the page say that the contents are not here,
// and how they come; asking the box is journalled, and the page says that it was.
func TestHeldWithoutContents(t *testing.T) {
	w := newWorld(t)
	id := w.setAside(pointHere, "content") // its bytes were not kept
	path := "/gl/held/" + id
	if _, page := w.as("co").get("/gl/held"); !strings.Contains(page, "内容不在这里") || !strings.Contains(page, path+"#next") {
		t.Error("the list does not say that its contents are not here")
	}
	for _, who := range []string{"co", "te"} {
		_, page := w.as(who).get(path)
		for _, want := range []string{"现在收不下，先把原因解决", "原件不在这里", "终端在线", "请终端再报一次"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page does not say %s", who, want)
			}
		}
		if strings.Contains(page, `value="take"`) {
			t.Errorf("%s: it is offered to be taken", who)
		}
	}
	if res, _ := w.as("te").post(path+"/again", url.Values{}, path); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("asked: %d", res.StatusCode)
	}
	if _, page := w.as("co").get(path); !strings.Contains(page, "请终端再报过") {
		t.Error("the page does not say that its box was asked")
	}
	if acts := strings.Join(w.acts(id), "\n"); !strings.Contains(acts, "record.asked-again") {
		t.Errorf("journal: %s", acts)
	}
	w.write(t.Context(), func(tx *db.Tx) error {
		return w.flow.Complete(t.Context(), tx, confirmation.Quarantined{ID: id, Box: w.boxes[pointHere].ID, Raw: []byte("not an envelope"), Completed: now().UnixMilli(), By: "stick"})
	})
	if _, page := w.as("co").get(path); !strings.Contains(page, "由 U 盘补齐了缺的部分") || strings.Contains(page, `id="next"`) {
		t.Error("the page does not say that it came, or still says that it lacks")
	}
	w.write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE quarantine SET raw = NULL, epoch = 7 WHERE id = $1`, id) // of a chain that the box does not have
		return err
	})
	if _, page := w.as("co").get(path); !strings.Contains(page, "不会再报这一份了") {
		t.Error("the page does not say that only a stick brings it")
	}
	if res, page := w.as("co").post(path+"/again", url.Values{}, path); res.StatusCode != http.StatusConflict || !strings.Contains(page, "请不动终端再报") {
		t.Errorf("asked for what nobody sends: %d", res.StatusCode)
	}
}
