package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/notice"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
)

var provisionalOf = regexp.MustCompile(`name="seen" value="([0-9a-z.-]+)"`)

// onPapers is a confirmation for which a clerk saw papers, with two pictures.
func (w *world) onPapers(n int) string {
	w.t.Helper()
	return w.confirmWith(n, visit{papers: &confirmation.Papers{Why: confirmation.WhyMissing, Document: "01", Copies: 2, Note: "派出所已受理"},
		copies: [][]byte{drawn(w.t, 358, 441), drawn(w.t, 600, 400)}})
}

func (w *world) stateOf(application string) (out candidate.State) {
	w.t.Helper()
	if err := w.db.Read(w.t.Context(), func(tx *db.Tx) error {
		row, err := w.flow.Candidates.Row(w.t.Context(), tx, application)
		out = row.State
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) toldOf(application string) (kinds []notice.Kind) {
	w.t.Helper()
	if err := w.db.Read(w.t.Context(), func(tx *db.Tx) error {
		all, err := notice.List(w.t.Context(), tx, notice.Reader{Applications: []string{application}}, "", 50)
		for _, n := range all {
			kinds = append(kinds, n.Kind)
		}
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return kinds
}

// TestProof: papers stand in the city's list with their pictures, the county may
// look and not decide; each decision does what it says and is told to her.
func TestProof(t *testing.T) {
	w := newWorld(t)
	id := w.onPapers(0)
	app := w.people[0].Application
	path := "/gl/proofs/" + id
	if w.stateOf(app.ID) != candidate.Confirmed {
		t.Fatal("who confirmed on papers is not confirmed")
	}
	if got := w.toldOf(app.ID); got[0] != notice.Provisional {
		t.Errorf("told %v", got)
	}
	if _, page := w.as("ci").get("/gl/proofs"); !strings.Contains(page, path) || !strings.Contains(page, "暂定，待市级审核") || !strings.Contains(page, "1 份身份材料等市级审核") {
		t.Error("the city's list does not name the case")
	}
	// Of another campaign it is not in this list, as the menu does not count it.
	of := func(campaign string) {
		t.Helper()
		if err := w.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE confirmation SET campaign = $1 WHERE id = $2`, campaign, id)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	of("adult-2018")
	if _, page := w.as("ci").get("/gl/proofs"); strings.Contains(page, path) || strings.Contains(page, "1 份身份材料等市级审核") {
		t.Error("the list counts another campaign's")
	}
	of(app.Campaign)
	res, page := w.as("ci").get(path)
	if n := strings.Count(page, `<img class="copy" src="data:image/jpeg`); res.StatusCode != http.StatusOK || n != 2 {
		t.Fatalf("%d, %d pictures", res.StatusCode, n)
	}
	if !strings.Contains(res.Header.Get("Content-Security-Policy"), "img-src 'self' data:;") || res.Header.Get("Cache-Control") != "no-store" {
		t.Error("pictures are not allowed in the page, or it may be kept")
	}
	holds(t, "case", textOf(page), []string{"身份证丢失或者没带", "派出所已受理", "工作人员照材料录入", "请在", "退回补拍"}, string(app.Number()))
	if acts := strings.Join(w.acts(id), "\n"); !strings.Contains(acts, "record.viewed papers") {
		t.Errorf("the look is not journalled: %s", acts)
	}
	seen := provisionalOf.FindStringSubmatch(page)[1]
	post := func(who, to, seen, why string) (int, string) {
		res, page := w.as(who).post(path+"/decide", url.Values{"to": {to}, "seen": {seen}, "reason": {why}}, path)
		return res.StatusCode, textOf(page)
	}
	if _, page := w.as("co").get(path); strings.Contains(page, `name="to"`) || !strings.Contains(page, `class="copy"`) {
		t.Error("the county is offered what is the city's, or sees no pictures")
	}
	for name, c := range map[string]struct {
		who, to, seen, why string
		want               int
	}{
		"county":          {"co", "accepted", seen, "清楚", http.StatusForbidden},
		"clerk":           {"cl", "accepted", seen, "清楚", http.StatusForbidden},
		"no reason":       {"ci", "accepted", seen, "", http.StatusUnprocessableEntity},
		"nothing chosen":  {"ci", "", seen, "清楚", http.StatusUnprocessableEntity},
		"another reading": {"ci", "accepted", "in-force.returned", "清楚", http.StatusConflict},
		"no such way":     {"ci", "verified", seen, "清楚", http.StatusUnprocessableEntity},
	} {
		if got, _ := post(c.who, c.to, c.seen, c.why); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if got, text := post("ci", "returned", seen, "反面看不清"); got != http.StatusSeeOther {
		t.Fatalf("sent back: %d %s", got, text)
	}
	if r := w.recordOf(id); r.Proof != confirmation.Returned || r.State != confirmation.InForce || w.stateOf(app.ID) != candidate.Confirmed {
		t.Errorf("sent back it is %s, %s", r.Proof, r.State)
	}
	_, page = w.as("ci").get(path)
	if strings.Contains(page, `value="returned"`) || !strings.Contains(page, "反面看不清") {
		t.Error("it can be sent back twice, or the page does not say why it was")
	}
	if got, _ := post("ci", "accepted", seen, "清楚"); got != http.StatusConflict {
		t.Errorf("by what was read before it was sent back: %d", got)
	}
	if got, _ := post("ci", "refused", provisionalOf.FindStringSubmatch(page)[1], "不是公安机关的证明"); got != http.StatusSeeOther {
		t.Fatalf("refused: %d", got)
	}
	if r := w.recordOf(id); r.Proof != confirmation.NotProven || r.State != confirmation.Refused || w.stateOf(app.ID) == candidate.Confirmed {
		t.Errorf("refused it is %s, %s", r.Proof, r.State)
	}
	if got := w.toldOf(app.ID); got[0] != notice.PapersRefused || got[1] != notice.PapersReturned {
		t.Errorf("told %v", got)
	}
	if _, page = w.as("ci").get("/gl/proofs"); strings.Contains(page, path) {
		t.Error("the list still names the case")
	}
	if _, page = w.as("ci").get("/gl/confirmations/" + id); !strings.Contains(page, "审核不通过") {
		t.Error("the record's page does not say that it was refused")
	}
	// She confirms again, with a card.
	again := w.confirm(0)
	if r := w.recordOf(again); r.State != confirmation.InForce || w.stateOf(app.ID) != candidate.Confirmed {
		t.Errorf("again: %s", r.State)
	}
}

// TestProofByTwo: where the campaign's table asks two persons, one asks and
// another agrees.
func TestProofByTwo(t *testing.T) {
	w := newWorld(t, byTwo("review-document"))
	w.extra = append(w.extra, account{"ci2", staff.CityOperator, "430100", ""})
	id := w.onPapers(0)
	path := "/gl/proofs/" + id
	_, page := w.as("ci").get(path)
	form := url.Values{"to": {"accepted"}, "seen": {provisionalOf.FindStringSubmatch(page)[1]}, "reason": {"正反面清楚"}}
	res, _ := w.as("ci").post(path+"/decide", form, path)
	if res.StatusCode != http.StatusSeeOther || w.recordOf(id).Proof != confirmation.Provisional {
		t.Fatalf("one person decided it: %d", res.StatusCode)
	}
	_, page = w.as("ci2").get("/gl/seconds")
	m := regexp.MustCompile(`/gl/seconds/([0-9a-f]+)/agree`).FindStringSubmatch(page)
	if m == nil || !strings.Contains(page, "通过") {
		t.Fatal("the second person is not asked")
	}
	if res, _ = w.as("ci2").post(m[0], url.Values{}, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("agree: %d", res.StatusCode)
	}
	if res, _ = w.as("ci").post(path+"/decide", form, path); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("decide: %d", res.StatusCode)
	}
	if got := w.recordOf(id).Proof; got != confirmation.Accepted {
		t.Errorf("after two it is %s", got)
	}
}

// TestProofCard: a card that was read later stands beside what was typed, and
// what differs is marked; hers closes the case by itself.
func TestProofCard(t *testing.T) {
	w := newWorld(t)
	id := w.onPapers(0)
	app, chip := w.people[0].Application, w.people[0].Chip
	read := func(change func()) {
		change()
		v := confirmation.Verification{ID: protocol.NewID().String(), Record: id, Application: app.ID, Campaign: app.Campaign, Point: pointThere, Division: pointThere[:6],
			Box: w.boxes[pointThere].ID, BodyHash: strings.Repeat("ab", 32), Envelope: []byte{1}, At: now().UnixMilli()}
		w.write(t.Context(), func(tx *db.Tx) error {
			return w.flow.TakeVerification(t.Context(), tx, v, confirmation.Card{Chip: chip})
		})
	}
	own := chip.Name
	read(func() { chip.Name = "另一个人" })
	_, page := w.as("ci").get("/gl/proofs/" + id)
	holds(t, "differs", textOf(page), []string{"另一个人", "和现场确认的不一致", "后来读的身份证 1"})
	if !strings.Contains(page, `<mark class="differs">另一个人</mark>`) || w.recordOf(id).Proof != confirmation.Provisional {
		t.Error("the name is not marked, or the case is closed")
	}
	read(func() { chip.Name = own })
	if got := w.recordOf(id).Proof; got != confirmation.Verified {
		t.Errorf("with her own card it is %s", got)
	}
	_, page = w.as("ci").get("/gl/proofs/" + id)
	if holds(t, "verified", textOf(page), []string{"已核验身份证", "核验身份证：一致", "核验身份证：不一致"}); strings.Contains(page, `name="to"`) {
		t.Error("there is still something to decide")
	}
	if got := w.toldOf(app.ID); got[0] != notice.CardVerified || got[1] != notice.CardDiffers {
		t.Errorf("told %v", got)
	}
}
