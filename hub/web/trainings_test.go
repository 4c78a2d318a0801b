package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
)

// practised is what a box of a point told of exercises that somebody has done.
func (w *world) practised(id, point string, exercises ...string) {
	w.t.Helper()
	t := staff.Training{Account: id, Point: point, Box: w.boxes[point].ID, Record: "0a"}
	for _, e := range exercises {
		t.Done = append(t.Done, staff.Done{Exercise: e, At: now().UnixMilli()})
	}
	w.write(w.t.Context(), func(tx *db.Tx) error {
		n, err := staff.AddTraining(w.t.Context(), tx, t)
		if n != len(exercises) {
			w.t.Errorf("%d of %d exercises are new", n, len(exercises))
		}
		return err
	})
}

// TestTrainings: who has done which exercise, when and at which box, stands before
// whoever answers for the point and before its head, cut as she asks, on the page
// and as a file.
func TestTrainings(t *testing.T) {
	w := newWorld(t)
	hier, auch, dort := w.employed("hier", pointHere), w.employed("auch", pointHere), w.employed("dort", pointThere)
	left := w.employed("weg", pointHere)
	if err := w.desk.Disable(t.Context(), left, "离职", journal.Author{Kind: journal.ByHub}); err != nil {
		t.Fatal(err)
	}
	w.practised(hier, pointHere, staff.Exercises()...)
	w.practised(auch, pointHere, "open-day", "void")
	w.practised(dort, pointHere, "void") // before she was moved
	shows := func(who, query string, want ...string) string {
		t.Helper()
		res, page := w.as(who).get("/gl/trainings" + query)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s%s: %d", who, query, res.StatusCode)
		}
		for _, name := range []string{"hier", "auch", "dort", "weg"} {
			there := false
			for _, x := range want {
				there = there || x == name
			}
			if got := strings.Contains(page, "<b>某"+name+"</b>"); got != there {
				t.Errorf("%s%s lists %s: %t", who, query, name, got)
			}
		}
		return page
	}
	w.as("ph") // she works at the point too
	page := shows("co", "", "hier", "auch")
	text := textOf(page)
	for _, want := range []string{"工作人员 3 名，练全了 1 名", "练全了", "2 / 10 项", "没练", "1 号机"} {
		if !strings.Contains(text, want) {
			t.Errorf("the county's page does not say %q: %s", want, text)
		}
	}
	if !strings.Contains(page, "/gl/boxes/"+w.boxes[pointHere].ID) || !strings.Contains(page, "/gl/staff/"+hier) {
		t.Error("neither the box nor the person is a link")
	}
	shows("ph", "", "hier", "auch")
	if text := textOf(shows("po", "", "hier", "auch", "dort")); !strings.Contains(text, "1 号机 岳麓区第 1 报名确认点") {
		t.Error("where she practised before she was moved is not said")
	}
	shows("po", "?place=431028", "dort")
	shows("po", "?place=430104&point="+pointHere+"&lacks=first-visit", "auch")
	shows("co", "?lacks=any", "auch")
	shows("co", "?lacks=all")
	shows("co", "?lacks=void")
	for _, bad := range []string{"?lacks=everything", "?place=x", "?point=%25"} {
		if res, _ := w.as("co").get("/gl/trainings" + bad); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", bad, res.StatusCode)
		}
	}
	if res, file := w.as("co").get("/gl/trainings?as=csv&lacks=any"); res.StatusCode != http.StatusOK || !strings.Contains(file, "撤销确认·终端") ||
		!strings.Contains(file, "auch") || !strings.Contains(file, w.boxes[pointHere].ID) || strings.Contains(file, "hier,") || strings.Contains(file, "dort") {
		t.Errorf("the file: %d\n%s", res.StatusCode, file)
	}
	if res, file := w.as("po").get("/gl/trainings?as=xlsx"); res.StatusCode != http.StatusOK || !strings.HasPrefix(file, "PK") {
		t.Errorf("as a workbook: %d", res.StatusCode)
	}
}

// binds binds a card to an account, as a box of a point told.
func (w *world) binds(name, point string) {
	w.t.Helper()
	ctx, a := w.t.Context(), w.account(name)
	w.write(ctx, func(tx *db.Tx) error {
		taken, err := staff.TakeCard(ctx, tx, w.keys, a.ID, w.boxes[point].ID, staff.OwnCard{At: now().UnixMilli(), Salt: make([]byte, 16), Mark: make([]byte, 32), PIN: "$argon2id$not to be seen"})
		if !taken {
			w.t.Errorf("the card of %s is not taken", name)
		}
		return err
	})
}

// TestOwnCardAtTheConsole: that a card is bound, since when and where is seen, and
// nothing of it; whoever answers for her takes it off, and she herself.
func TestOwnCardAtTheConsole(t *testing.T) {
	w := newWorld(t)
	id := w.employed("karte", pointHere)
	page := "/gl/staff/" + id
	if _, body := w.as("co").get(page); !strings.Contains(textOf(body), "没有绑定") || strings.Contains(body, "/card-off") {
		t.Error("before there is one")
	}
	w.binds("karte", pointHere)
	_, body := w.as("co").get(page)
	if !strings.Contains(textOf(body), "已绑定，2019-09-06 10:31:20 起（1 号机）") || strings.Contains(body, "argon2id") {
		t.Errorf("the card is shown as %s", textOf(body))
	}
	if res, _ := w.as("co").post(page+"/card-off", url.Values{}, page); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", res.StatusCode)
	}
	if res, _ := w.as("co").post(page+"/card-off", url.Values{"reason": {"证件丢了"}}, page); res.Header.Get("Location") != page+"?done=card-off" {
		t.Errorf("taken off: %d", res.StatusCode)
	}
	if res, body := w.as("co").post(page+"/card-off", url.Values{"reason": {"证件丢了"}}, page); res.StatusCode != http.StatusConflict || !strings.Contains(body, "已经没有绑定的证件") {
		t.Errorf("a second time: %d", res.StatusCode)
	}
	w.sealedUp()
	if _, body := w.as("co").get(page); !strings.Contains(textOf(body), "解除本人证件") || !strings.Contains(textOf(body), "证件丢了") {
		t.Errorf("the journal of the account lacks it: %s", textOf(body))
	}

	cl := w.as("cl")
	if _, body := cl.get("/gl/account"); !strings.Contains(textOf(body), "证件登录") || strings.Contains(body, "/card-off") {
		t.Error("her own page before there is one")
	}
	w.binds("cl", pointHere)
	if _, body := cl.get("/gl/account"); !strings.Contains(textOf(body), "已绑定") {
		t.Error("her own page does not say that it is bound")
	}
	if res, body := cl.post("/gl/account/card-off", url.Values{"password": {"不是这个密码 1"}}, "/gl/account"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "card-error") {
		t.Errorf("a wrong password: %d", res.StatusCode)
	}
	if res, _ := cl.post("/gl/account/card-off", url.Values{"password": {password}}, "/gl/account"); res.Header.Get("Location") != "/gl/account?done=card-off" {
		t.Errorf("by her own password: %d", res.StatusCode)
	}
	if res, _ := cl.post("/gl/account/card-off", url.Values{"password": {password}}, "/gl/account"); res.StatusCode != http.StatusConflict {
		t.Errorf("hers a second time: %d", res.StatusCode)
	}
	if _, body := w.as("po").get("/gl/account"); strings.Contains(body, `id="owncard"`) {
		t.Error("an officer of the province is told of cards of a point")
	}
}
