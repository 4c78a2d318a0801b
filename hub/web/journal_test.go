package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
)

// TestJournalIsSearched: each filter gives what it names and nothing else, and
// nobody finds what lies outside her remit.
func TestJournalIsSearched(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		w.confirm(0)
		w.confirm(1)
		box := w.boxes[pointHere].ID
		w.as("po").post("/gl/boxes/"+box+"/freeze", url.Values{"reason": {"门锁被撬了"}}, "/gl/boxes/"+box)
		w.sealedUp()
		rows := func(name, query string) string {
			t.Helper()
			res, page := w.as(name).get("/gl/journal" + query)
			if res.StatusCode != http.StatusOK {
				t.Errorf("%s: %d", query, res.StatusCode)
			}
			_, table, _ := strings.Cut(page, `<table class="table entries">`)
			return textOf("<p>" + table)
		}
		var id string
		w.write(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT id FROM account WHERE name = 'po'`).Scan(&id)
		})
		for query, c := range map[string]struct {
			has, lacks string
		}{
			"?act=box.frozen":                    {"门锁被撬了", "收到确认"},
			"?act=box.":                          {"终端登记", "收到确认"},
			"?act=confirmation.received":         {"收到确认", "冻结终端"},
			"?kind=box&subject=" + box:           {"冻结终端", "收到确认"},
			"?staff=" + id:                       {"某po", "收到确认"},
			"?division=" + countyThere:           {"收到确认", "冻结终端"},
			"?point=" + pointHere:                {"收到确认", "发布方案"},
			"?from=2019-09-06&to=2019-09-06":     {"收到确认", "没有记录"},
			"?from=2019-09-07":                   {"没有记录", "收到确认"},
			"?act=campaign.&from=2019-09-01":     {"发布方案", "收到确认"},
			"?staff=nobody&act=campaign.":        {"没有记录", "发布方案"},
			"?act=box.frozen&point=" + pointHere: {"门锁被撬了", "收到确认"},
		} {
			page := rows("po", query)
			if strings.Contains(c.has, "没有记录") {
				_, page = w.as("po").get("/gl/journal" + query)
				page = textOf(page)
			}
			if !strings.Contains(page, c.has) || c.lacks != "没有记录" && strings.Contains(rows("po", query), c.lacks) {
				t.Errorf("%s: want %q and not %q in %.500s", query, c.has, c.lacks, page)
			}
		}
		if got := rows("co", ""); strings.Contains(got, "发布方案") || strings.Contains(got, "安仁") {
			t.Errorf("a county sees %s", got)
		}
		for _, bad := range []string{"?division=" + countyThere, "?division=430000", "?act=none.such", "?act=none.", "?kind=person", "?subject=x", "?staff=%00", "?from=2019-09-08&to=2019-09-01", "?point=%25"} {
			if res, _ := w.as("co").get("/gl/journal" + bad); res.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %d", bad, res.StatusCode)
			}
		}
	})
}

var entryPath = regexp.MustCompile(`/gl/journal/\d+`)

// TestJournalEntry: an entry's page proves it; one that was touched says so;
// another county's does not exist.
func TestJournalEntry(t *testing.T) {
	w := newWorld(t)
	w.confirm(0)
	w.confirm(1)
	w.checkpointed()
	_, here := w.as("po").get("/gl/journal?act=confirmation.received&division=" + countyHere)
	_, there := w.as("po").get("/gl/journal?act=confirmation.received&division=" + countyThere)
	mine, theirs := entryPath.FindString(here), entryPath.FindString(there)
	if mine == "" || theirs == "" {
		t.Fatal("no entry is linked")
	}
	if res, page := w.as("co").get(mine); res.StatusCode != http.StatusOK || !strings.Contains(textOf(page), "证明成立") || strings.Contains(page, "上一条</a>") {
		t.Errorf("her own: %d %s", res.StatusCode, textOf(page))
	}
	if res, _ := w.as("co").get(theirs); res.StatusCode != http.StatusNotFound {
		t.Errorf("another county's: %d", res.StatusCode)
	}
	if res, _ := w.as("co").get("/gl/journal/1"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the campaign's publication, of no place: %d", res.StatusCode)
	}
	if res, page := w.as("po").get("/gl/journal/1"); res.StatusCode != http.StatusOK || !strings.Contains(textOf(page), "证明成立") {
		t.Errorf("the first: %d", res.StatusCode)
	}
	w.write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE journal_entry SET body = (SELECT body FROM journal_entry WHERE number = 2) WHERE number = 1`)
		return err
	})
	if _, page := w.as("po").get("/gl/journal/1"); !strings.Contains(textOf(page), "被改过") {
		t.Error("an altered entry is not named")
	}
}

// TestJournalIsCheckedFromThePage: the check goes on by itself, says what it
// found, and only the province may ask for it.
func TestJournalIsCheckedFromThePage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		w.confirm(0)
		w.checkpointed()
		b := w.as("pa")
		if res, body := b.post("/gl/journal", url.Values{}, "/gl/journal"); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("check: %d %s", res.StatusCode, textOf(body))
		}
		w.rested()
		if _, page := b.get("/gl/journal"); !strings.Contains(textOf(page), "都对得上") || !strings.Contains(textOf(page), "某pa") {
			t.Errorf("a whole journal: %.900s", textOf(page))
		}
		w.write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE journal_entry SET point = '43019999' WHERE number = 3`)
			return err
		})
		b.post("/gl/journal", url.Values{}, "/gl/journal")
		w.rested()
		if _, page := b.get("/gl/journal"); !strings.Contains(textOf(page), "发现 1 处问题") {
			t.Errorf("an altered journal: %.900s", textOf(page))
		}
		w.sealedUp()
		if _, page := b.get("/gl/journal?act=journal."); !strings.Contains(textOf(page), "检验日志") || !strings.Contains(textOf(page), "开始核对日志") {
			t.Error("the check is not journalled")
		}
		if _, page := w.as("co").get("/gl/journal"); strings.Contains(page, "立即核对") {
			t.Error("a county is offered the check")
		}
	})
}

// TestFactsAreWords: what an entry says beside its sentence is in words, an
// amount in yuan and a moment as a time: nobody reads the hub's own keys.
func TestFactsAreWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo)
	w.confirm(0)
	w.write(t.Context(), func(tx *db.Tx) error {
		_, err := w.flow.BookMovement(t.Context(), tx, payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: "T9", Order: "2019430000000000000", Fen: 123456,
			At: now().UnixMilli(), Source: payment.ByNotice}, flow.Hub())
		return err
	})
	w.sealedUp()
	_, page := w.as("po").get("/gl/journal?act=movement.")
	_, page, _ = strings.Cut(page, `<table class="table entries">`)
	for _, want := range []string{"金额 1,234.56 元", "支付渠道 微信支付", "归在 不知道是谁的", "怎样得知 渠道通知"} {
		if !strings.Contains(page, want) {
			t.Errorf("the journal does not say %s", want)
		}
	}
	first := w.people[0].Application.First().Level
	l, _ := w.camp.Form.Level(first)
	if _, registered := w.as("po").get("/gl/journal?act=confirmation."); !strings.Contains(registered, "层次 "+l.Zh) || strings.Contains(registered, "层次 "+first) {
		t.Errorf("the journal does not name level %s", first)
	}
	for _, key := range []string{"123456", "wechat", "stranger", "notice"} {
		if strings.Contains(page, key) {
			t.Errorf("the journal says %s", key)
		}
	}
}
