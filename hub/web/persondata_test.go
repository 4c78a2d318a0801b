package web_test

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/dossier"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/protocol/form"
)

// requested is the id of a correction that somebody asks for, who is confirmed
// by then.
func (w *world) requested(n int) (id string) {
	w.t.Helper()
	ctx, app := w.t.Context(), w.people[n].Application
	ask := func() error {
		return w.db.Write(ctx, func(tx *db.Tx) error {
			r, err := w.flow.AskForData(ctx, tx, dossier.Request{Kind: dossier.Correction, Application: app.ID, Content: dossier.Content{Field: form.PhoneNumber, Wanted: "13911112222", Why: "换号了"}},
				flow.Candidate(app.ID, "", ""))
			id = r.ID
			return err
		})
	}
	err := ask()
	if errors.Is(err, flow.ErrUnconfirmed) {
		w.confirm(n)
		err = ask()
	}
	if errors.Is(err, dossier.ErrEnough) { // asked so often before
		w.write(ctx, func(tx *db.Tx) error { return dossier.Forget(ctx, tx, app.ID, "") })
		err = ask()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// honestCorrection corrects a telephone in the version that stands, to another
// than it has.
func (w *world) honestCorrection() honest {
	w.t.Helper()
	var row candidate.Row
	w.write(w.t.Context(), func(tx *db.Tx) (err error) {
		row, err = w.flow.Candidates.Row(w.t.Context(), tx, w.people[0].Application.ID)
		return err
	})
	return honest{path: "/gl/candidates/" + row.ID + "/data/correct", browser: w.as("co"),
		form: url.Values{"version": {strconv.Itoa(int(row.Version))}, "field": {form.PhoneNumber}, "value": {"139" + strconv.Itoa(11110000+int(row.Version))}, "reason": {"本人申请"}}}
}

// TestPersonData: an office gives a copy, corrects, answers and erases, one click
// from the candidate's page; each as far as the campaign's table lets it, with a
// second person where it says so.
func TestPersonData(t *testing.T) {
	w := newWorld(t)
	w.confirm(0)
	app := w.people[0].Application
	page, data := "/gl/candidates/"+app.ID, "/gl/candidates/"+app.ID+"/data"
	request := w.requested(0)
	if _, body := w.as("co").get(page); !strings.Contains(body, `href="`+data+`"`) {
		t.Error("her page does not lead there")
	}
	if _, body := w.as("co").get("/gl/requests"); !strings.Contains(body, `href="`+data+`"`) || strings.Contains(body, "13911112222") {
		t.Errorf("the list: %s", textOf(body))
	}
	if _, body := w.as("co").get("/gl"); !strings.Contains(body, `href="/gl/requests"`) {
		t.Error("the menu does not lead to what waits")
	}
	if _, body := w.as("co").get(data); strings.Contains(body, `value="ZKZH"`) || !strings.Contains(body, `value="`+form.PhoneNumber+`"`) {
		t.Error("a number that the province gives is among what is set right")
	}
	post := func(as, act string, fields url.Values) (int, string, string) {
		t.Helper()
		res, body := w.as(as).post(data+"/"+act, fields, data)
		return res.StatusCode, res.Header.Get("Location"), body
	}
	why := url.Values{"reason": {"本人来要"}}
	number := app.Get(form.DocumentNumber)
	if status, _, body := post("co", "copy", nil); status != http.StatusUnprocessableEntity || strings.Contains(body, number) {
		t.Errorf("a copy without a reason: %d", status)
	}
	if status, _, body := post("co", "copy", why); status != http.StatusOK || !strings.Contains(body, number) {
		t.Errorf("a copy: %d", status)
	}
	// A card that was read for a confirmation which has not come is hers too.
	card := confirmation.Verification{ID: strings.Repeat("1d", 16), Record: strings.Repeat("2d", 16), Application: app.ID, Campaign: app.Campaign, Point: pointHere,
		Division: "430104", Box: "b", BodyHash: strings.Repeat("ab", 32), Envelope: []byte{1}, At: 1}
	if err := w.db.Write(t.Context(), func(tx *db.Tx) error {
		return w.flow.TakeVerification(t.Context(), tx, card, confirmation.Card{Chip: form.Chip{Type: form.ChipResident, Name: "刘秀英", Issuer: "某某市公安局"}})
	}); err != nil {
		t.Fatal(err)
	}
	if _, _, body := post("co", "copy", why); !strings.Contains(body, "刘秀英") || !strings.Contains(body, "某某市公安局") || !strings.Contains(body, "等那份现场确认送到") {
		t.Error("a copy leaves out a card that waits for its confirmation")
	}
	if e := w.entry(journal.DataCopied); e.Subject.ID != app.ID || e.Reason != "本人来要" || e.Detail["format"] != "html" {
		t.Errorf("journalled %+v", e)
	}
	correction := url.Values{"version": {"1"}, "field": {form.PhoneNumber}, "value": {"13911112222"}, "reason": {"本人申请"}}
	for name, c := range map[string]struct {
		change url.Values
		status int
		says   string
	}{
		"no reason":     {url.Values{"reason": {""}}, http.StatusUnprocessableEntity, ""},
		"old version":   {url.Values{"version": {"7"}}, http.StatusConflict, "刚才有人改过"},
		"no version":    {url.Values{"version": {"x"}}, http.StatusConflict, "刚才有人改过"},
		"no such field": {url.Values{"field": {"made-up"}}, http.StatusUnprocessableEntity, "没有这一项"},
		"bad value":     {url.Values{"value": {"12"}}, http.StatusUnprocessableEntity, "不能这样改"},
	} {
		fields := url.Values{}
		for k, v := range correction {
			fields[k] = v
		}
		for k, v := range c.change {
			fields[k] = v
		}
		if status, _, body := post("co", "correct", fields); status != c.status || !strings.Contains(textOf(body), c.says) {
			t.Errorf("%s: %d, %s", name, status, textOf(body)[:min(300, len(textOf(body)))])
		}
	}
	if status, to, _ := post("co", "correct", correction); status != http.StatusSeeOther || to != data+"?done=corrected" {
		t.Errorf("a correction: %d %s", status, to)
	}
	if status, _, body := post("co", "answer", url.Values{"request": {request}, "to": {"done"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "请写答复") {
		t.Errorf("an empty answer: %d", status)
	}
	answer := url.Values{"request": {request}, "to": {"done"}, "answer": {"已经改好"}}
	if status, _, _ := post("co", "answer", answer); status != http.StatusSeeOther {
		t.Errorf("an answer: %d", status)
	}
	if status, _, _ := post("co", "answer", answer); status != http.StatusConflict {
		t.Errorf("answered twice: %d", status)
	}
	if status, _, body := post("co", "erase", why); status != http.StatusForbidden || !strings.Contains(body, "permit") && !strings.Contains(textOf(body), "上") {
		t.Errorf("a county erases: %d", status)
	}
	w.erasedByTwo(data, page)
}

// erasedByTwo erases her as the table asks: one of the province asks, another
// agrees, the first does it.
func (w *world) erasedByTwo(data, page string) {
	w.t.Helper()
	res, _ := w.as("pa").post(data+"/erase", url.Values{"reason": {"本人申请"}}, data)
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/gl/seconds?done=asked" {
		w.t.Fatalf("asked: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ := w.as("pa").post(data+"/erase", url.Values{"reason": {"本人申请"}}, data); res.StatusCode != http.StatusForbidden {
		w.t.Errorf("before the other agrees: %d", res.StatusCode)
	}
	id := w.waiting("po", "agree")
	if res, body := w.as("po").post("/gl/seconds/"+id+"/agree", nil, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("agreed: %d %s", res.StatusCode, textOf(body))
	}
	if _, list := w.as("pa").get("/gl/seconds"); !strings.Contains(list, `action="`+data+`/erase"`) {
		w.t.Error("the list does not lead to what may be done now")
	}
	if res, _ := w.as("pa").post(data+"/erase", nil, "/gl/seconds"); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/gl/requests?done=erased" {
		w.t.Errorf("erased: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	for _, path := range []string{page, data} {
		if res, _ := w.as("po").get(path); res.StatusCode != http.StatusNotFound {
			w.t.Errorf("%s after erasure: %d", path, res.StatusCode)
		}
	}
	if e := w.entry(journal.DataErased); e.Reason != "本人申请" || e.Detail["confirmations"] != "1" {
		w.t.Errorf("journalled %+v", e)
	}
}
