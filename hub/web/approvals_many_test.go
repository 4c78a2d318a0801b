package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/approval"
	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/staff"
	"zhunkao/protocol/campaign"
)

// TestTwoWhoDecide: the second of two is told, with the case as it stands now,
// and what she typed is still there.
func TestTwoWhoDecide(t *testing.T) {
	w := newWorld(t)
	id := w.declare(pointForm())
	_, page := w.as("ci").get("/gl/approvals/" + id)
	stale := versionField.FindStringSubmatch(page)[1]
	w.done("co", "withdraw", id, "")
	res, body := w.as("ci").post("/gl/approvals/"+id+"/agree", url.Values{"version": {stale}, "opinion": {"现场看过"}}, "/gl/approvals/"+id)
	if res.StatusCode != http.StatusConflict || !strings.Contains(textOf(body), "已撤回") {
		t.Errorf("%d %s", res.StatusCode, textOf(body))
	}
	id = w.declare(pointForm())
	w.done("ci", "agree", id, "")
	res, body = w.as("po").post("/gl/approvals/"+id+"/agree", url.Values{"version": {"1"}, "opinion": {"先放一放"}}, "/gl/approvals/"+id)
	if text := textOf(body); res.StatusCode != http.StatusConflict || !strings.Contains(text, "别人已经处理了这件") || !strings.Contains(body, ">先放一放</textarea>") {
		t.Errorf("%d %s", res.StatusCode, text)
	}
}

// TestBulk: simple cases are agreed to at once, others never, and what one
// cannot do does not stop the rest.
func TestBulk(t *testing.T) {
	w := newWorld(t)
	var ticked []string
	for range 3 {
		ticked = append(ticked, w.declare(pointForm())+".1")
	}
	res, body := w.as("co").send("/gl/approvals/new", url.Values{"kind": {"point-close"}, "point": {pointHere}, "f-reason": {"收回"}, "f-moved": {"第 2 点"}}, nil, "/gl/approvals/new?kind=point-close&point="+pointHere)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", res.StatusCode, textOf(body))
	}
	hard := idOf(res)
	if _, page := w.as("ci").get("/gl/approvals"); strings.Count(page, `type="checkbox"`) != 3 {
		t.Error("the wrong cases can be ticked")
	}
	if res, _ := w.as("ci").post("/gl/approvals/agree", url.Values{}, "/gl/approvals"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("nothing ticked: %d", res.StatusCode)
	}
	if res, body := w.as("ci").post("/gl/approvals/agree", url.Values{"case": append(ticked[:2:2], hard+".1")}, "/gl/approvals"); res.StatusCode != http.StatusConflict || !strings.Contains(textOf(body), "2 / 3") {
		t.Errorf("%d %s", res.StatusCode, textOf(body))
	}
	if w.caseOf(hard).Version != 1 {
		t.Error("a case that is not for bulk was agreed to")
	}
	if res, _ := w.as("ci").post("/gl/approvals/agree", url.Values{"case": ticked[2:]}, "/gl/approvals"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("%d", res.StatusCode)
	}
	for _, t3 := range ticked {
		id, _, _ := strings.Cut(t3, ".")
		if c := w.caseOf(id); c.Judge != "430000" {
			t.Errorf("%+v", c)
		}
	}
	w.says("po", "/gl/approvals", "待我审核 3 件")
}

// TestInventedKindHasPages: a kind that stands in the campaign alone has its
// form, its queue and its page, and ends approved (no Go was written for it).
func TestInventedKindHasPages(t *testing.T) {
	w := newWorld(t, func(_ *testing.T, w *world) {
		w.change = func(c *campaign.Campaign) {
			c.Acts = append(c.Acts, campaign.Act{Key: "lamp", Zh: "挂灯笼", Tier: campaign.County, Persons: 1}, campaign.Act{Key: "lamp-two", Zh: "挂灯笼", Tier: campaign.Province, Persons: 2, Reason: true})
			c.Approvals = append(c.Approvals, campaign.Approval{Key: "lantern", Zh: "张挂灯笼", En: "lanterns", By: []campaign.Tier{campaign.Point}, Subject: campaign.SubjectDivision, Title: "where",
				Tiers: []campaign.ApprovalTier{{Tier: campaign.County, Zh: "县里看", En: "county", Act: "lamp", Days: 1}, {Tier: campaign.Province, Zh: "省里看", En: "province", Act: "lamp-two"}},
				Fields: []campaign.ApprovalField{{Key: "where", Zh: "挂在哪里", En: "where", Kind: campaign.CaseText, Required: true, Max: 30}, {Key: "from", Zh: "哪天起", En: "from", Kind: campaign.CaseDate, Required: true},
					{Key: "language", Zh: "写什么文", En: "language", Kind: campaign.CaseCode, Table: "language"}, {Key: "why", Zh: "为什么", En: "why", Kind: campaign.CaseLines, Required: true}},
				Papers: []campaign.ApprovalPaper{{Key: "sketch", Zh: "草图", En: "sketch", MaxKB: 100, Types: []string{campaign.PaperPNG, campaign.PaperJPEG}}}})
		}
	})
	w.says("cl", "/gl/approvals/new", "张挂灯笼", "县里看", "省里看")
	w.says("cl", "/gl/approvals/new?kind=lantern", "申报：张挂灯笼", "挂在哪里", "哪天起", "写什么文", "英语", "为什么", "草图", "PNG，JPEG，不超过 100 KB", "县里看（1 天内）")
	res, body := w.as("cl").send("/gl/approvals/new", url.Values{"kind": {"lantern"}, "f-where": {"大门两边"}, "f-from": {"2019-09-13"}, "f-language": {"1"}, "f-why": {"中秋\n喜庆"}}, map[string][]byte{"p-sketch": picture(t)}, "/gl/approvals/new?kind=lantern")
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", res.StatusCode, textOf(body))
	}
	id := idOf(res)
	w.says("co", "/gl/approvals", "待我审核 1 件", "张挂灯笼", "大门两边", "岳麓区第 1 报名确认点", "2019 年 9 月 13 日", "今天")
	w.done("co", "agree", id, "")
	w.done("po", "agree", id, "好")
	w.says("pa", "/gl/approvals", "待我审核 1 件", "1/2 人已同意", "同意（第 2 人，共 2 人）")
	if res, _ := w.decide("po", "agree", id, "再好"); res.StatusCode != http.StatusConflict {
		t.Errorf("one person gives both votes: %d", res.StatusCode)
	}
	w.done("pa", "agree", id, "好")
	w.says("cl", "/gl/approvals/"+id, "已通过", "县里看：同意", "省里看：同意", "草图")
	w.sealedUp()
	w.says("po", "/gl/journal", "审核通过")
}

// TestOverdueGoesUp: what a city is late with is marked, and the province sees it.
func TestOverdueGoesUp(t *testing.T) {
	w := newWorld(t)
	id := w.declare(pointForm())
	w.write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE approval_case SET due_at = $1 WHERE id = $2`, now().UnixMilli()-1, id)
		return err
	})
	w.says("ci", "/gl/approvals", "逾期 1 天", "已经过了审核期限")
	w.says("po", "/gl/approvals/late", "下级逾期未审 1 件", "岳麓区第 2 报名确认点", "逾期 1 天")
	if text := w.says("po", "/gl/approvals", "没有要我审核的"); !strings.Contains(text, "下级逾期 1") {
		t.Errorf("the tab does not count it: %s", text)
	}
	w.write(t.Context(), func(tx *db.Tx) error {
		n, err := w.flow.RemindApprovals(t.Context(), tx)
		if n != 1 {
			t.Errorf("%d reminders", n)
		}
		return err
	})
	w.sealedUp()
	w.says("po", "/gl/journal", "审核逾期")
}

// TestDelegationsPage: what is wrong is said, what was given is listed and can be
// taken back.
func TestDelegationsPage(t *testing.T) {
	w := newWorld(t)
	w.as("po")
	w.says("ci", "/gl/approvals/delegations", "长沙市招生考试机构", "某po", "还没有委托过")
	for name, form := range map[string]url.Values{
		"no reason":  {"account": {w.accountID("po")}, "until": {"2019-09-10"}, "reason": {""}},
		"no day":     {"account": {w.accountID("po")}, "until": {"soon"}, "reason": {"开会"}},
		"long ago":   {"account": {w.accountID("po")}, "until": {"2019-09-01"}, "reason": {"开会"}},
		"nobody":     {"account": {"s00000000"}, "until": {"2019-09-10"}, "reason": {"开会"}},
		"for a year": {"account": {w.accountID("po")}, "until": {"2020-09-10"}, "reason": {"开会"}},
	} {
		res, body := w.as("ci").post("/gl/approvals/delegations", form, "/gl/approvals/delegations")
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `id="delegation-error"`) {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	if res, body := w.as("ci").post("/gl/approvals/delegations", url.Values{"account": {w.accountID("po")}, "until": {"2019-09-10"}, "reason": {"开会"}}, "/gl/approvals/delegations"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", res.StatusCode, textOf(body))
	}
	_, page := w.as("ci").get("/gl/approvals/delegations")
	end := regexp.MustCompile(`/gl/approvals/delegations/[a-z0-9]+/end`).FindString(page)
	if res, _ := w.as("ci").post(end, nil, "/gl/approvals/delegations"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("ended: %d", res.StatusCode)
	}
	w.says("ci", "/gl/approvals/delegations", "已收回")
}

// filed is what the rights are tried on: a case about a point, its attachment,
// and a delegation of its county.
type filed struct{ id, paper, delegation string }

func (w *world) filed(point string) filed {
	w.t.Helper()
	ctx, name := w.t.Context(), "co"
	if point == pointThere {
		name = "far"
		w.hireAs(account{"far", staff.CountyOperator, countyThere, ""})
	}
	w.hire(name)
	w.hire("pa")
	p, ciphertext, err := approval.SealPaper(w.keys, "site-plan", "image/jpeg", picture(w.t))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.blobs.Put(map[blob.Hash][]byte{p.Hash(): ciphertext}); err != nil {
		w.t.Fatal(err)
	}
	out := filed{paper: p.ID}
	who, to := w.accountID(name), w.accountID("pa")
	w.write(ctx, func(tx *db.Tx) error {
		by, err := staff.Get(ctx, tx, who)
		if err != nil {
			return err
		}
		c, err := w.flow.Submit(ctx, tx, w.camp, flow.Submission{Kind: "point-change", Point: point, Papers: []approval.Paper{p},
			Content: approval.Content{"name": "某确认点", "contact": "某人", "phone": "0731-1", "address": "某路", "boxes": "2", "reason": "搬迁"}}, by, "test")
		if err != nil {
			return err
		}
		d, err := w.flow.Delegate(ctx, tx, to, now().AddDate(0, 0, 3), "外出开会", by, "test")
		out.id, out.delegation = c.ID, d.ID
		return err
	})
	return out
}
