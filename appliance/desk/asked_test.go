package desk

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
)

// asking is a box whose visit 7 asks something, and what the staff said to it.
type asking struct {
	*rig
	opened []protocol.Assent
	said   []visit.Event
}

func newAsking(t *testing.T, ask visit.Ask, persons int) *asking {
	t.Helper()
	a := &asking{}
	a.rig = newRig(t, func(o *Options) {
		o.Asking = Asking{
			Open: func(_ context.Context, n uint64, by protocol.Assent) (Opened, error) {
				if n != 7 {
					return Opened{}, ErrAskedGone
				}
				a.opened = append(a.opened, by)
				if ask == visit.AskCopies {
					return Opened{Name: "向晓兰", Number: "810***********0021", Document: visit.Text{Zh: "港澳居民居住证"}, Wanted: []string{"港澳居民居住证正反面", "学历证明"}}, nil
				}
				return Opened{Name: "向晓兰", Number: "430***********0021", Field: visit.Text{Zh: "姓名"}, Typed: visit.Text{Zh: "向小兰"}, Chip: visit.Text{Zh: "向晓兰"}}, nil
			},
			Decide: func(_ context.Context, e visit.Event) error { a.said = append(a.said, e); return nil },
		}
	})
	a.hire(24*time.Hour, member("chen", protocol.StaffClerk, good), member("tan", protocol.StaffHead, good))
	c := campaign.Adult2019()
	for i := range c.Acts {
		if c.Acts[i].Key == visit.ActExpired {
			c.Acts[i].Persons = persons
		}
	}
	a.with(func() { a.status.Rules, a.status.Ask, a.status.AskVisit, a.status.Screen = &c, ask, 7, "staff" })
	return a
}

// The overview says what is asked and never of whom; only opening shows it, and
// names who opened.
func TestAskedIsOfNobodyUntilOpened(t *testing.T) {
	a := newAsking(t, visit.AskDifference, 1)
	c := a.signedIn("chen")
	for _, path := range []string{"/", "/asked"} {
		_, html := c.get(path)
		has(t, html, "有一处和证件不一样")
		if strings.Contains(html, "向") || len(a.opened) > 0 {
			t.Errorf("%s names her before anybody opened it", path)
		}
	}
	if _, html := c.get("/asked"); strings.Contains(html, `value="chip"`) {
		t.Error("a difference can be decided unseen")
	}
	status, html := c.post("/asked", "/asked/open", "visit", "7")
	if status != http.StatusOK || len(a.opened) != 1 || a.opened[0].Account != "s-chen" {
		t.Fatal(status, a.opened)
	}
	has(t, html, "向小兰", "向晓兰", "用证件上的", "用报名时填的")
	if status, _ := c.post("/asked", "/asked", "visit", "7", "ask", "difference", "opened", "yes", "word", "chip"); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	if e, ok := a.said[0].(visit.Allowed); !ok || !e.Chip || e.Visit != 7 || e.Ask != visit.AskDifference || len(e.Assents) != 1 || e.Assents[0].Account != "s-chen" {
		t.Errorf("said %+v", a.said[0])
	}
}

// An expired card passes with a reason and, where the table of acts says two, by
// clerk and head, who signs on the same form.
func TestAskedByTwo(t *testing.T) {
	a := newAsking(t, visit.AskExpired, 2)
	c := a.signedIn("chen")
	_, html := c.get("/asked")
	has(t, html, "证件过期", "第二个人")
	base := []string{"visit", "7", "ask", "expired-card", "word", "allow"}
	for _, tc := range []struct {
		name, want string
		more       []string
	}{
		{"no reason", "请写明放行的原因", nil},
		{"nobody beside", "", []string{"reason", "临时身份证"}},
		{"herself", "", []string{"reason", "临时身份证", "name", "chen", "password", good, "code", a.code()}},
	} {
		status, html := c.post("/asked", "/asked", append(base[:len(base):len(base)], tc.more...)...)
		if status != http.StatusUnprocessableEntity || !strings.Contains(html, tc.want) || tc.more != nil && !strings.Contains(html, "临时身份证") {
			t.Errorf("%s: %d", tc.name, status)
		}
	}
	if len(a.said) != 0 {
		t.Fatal("said all the same")
	}
	status, _ := c.post("/asked", "/asked", append(base, "reason", "临时身份证", "name", "tan", "password", good, "code", a.code())...)
	if status != http.StatusSeeOther || len(a.said) != 1 {
		t.Fatal(status)
	}
	e := a.said[0].(visit.Allowed)
	if len(e.Assents) != 2 || e.Assents[1].Account != "s-tan" || e.Assents[1].Role != protocol.AssentHead || e.Reason != "临时身份证" {
		t.Errorf("said %+v", e)
	}
	if status, _ := c.post("/asked", "/asked", "visit", "7", "ask", "expired-card", "word", "deny"); status != http.StatusSeeOther {
		t.Error(status)
	}
	if d, ok := a.said[1].(visit.Denied); !ok || d.Clerk.Account != "s-chen" {
		t.Errorf("said %+v", a.said[1])
	}
}

// What is not asked any more is not answered.
func TestAskedIsGone(t *testing.T) {
	a := newAsking(t, visit.AskPhoto, 1)
	c := a.signedIn("chen")
	for _, fields := range [][]string{{"visit", "6", "ask", "photo"}, {"visit", "7", "ask", "expired-card"}, {"visit", "", "ask", "photo"}} {
		if _, html := c.post("/asked", "/asked", append(fields, "word", "allow")...); !strings.Contains(html, "已经不等了") {
			t.Errorf("%v was answered", fields)
		}
	}
	if _, html := c.post("/asked", "/asked/open", "visit", "6"); !strings.Contains(html, "已经不等了") {
		t.Error("another visit was opened")
	}
	a.with(func() { a.status.Ask = visit.AskNone })
	if _, html := c.get("/asked"); !strings.Contains(html, "没有等着处理的事") {
		t.Error("the page still asks")
	}
	if len(a.said)+len(a.opened) != 0 {
		t.Error("something was said", a.said)
	}
}

// TestCopiesAsked: a card that the city reviews is photographed at the desk, by who
// has opened it: by the box's camera and from her own machine. It goes on with
// pictures only, and those of one visit are not those of the next.
func TestCopiesAsked(t *testing.T) {
	a := newAsking(t, visit.AskCopies, 1)
	c := a.signedIn("chen")
	a.o.Picture = func(context.Context) ([]byte, error) { return asJPEG(t, paper(64, 32)), nil }
	_, html := c.get("/asked")
	has(t, html, "等工作人员拍资料", "打开看是谁")
	for _, hidden := range []string{`value="take"`, `value="allow"`, "向晓兰"} {
		if strings.Contains(html, hidden) {
			t.Errorf("%s is there before anybody opened it", hidden)
		}
	}
	status, html := c.post("/asked", "/asked/open", "visit", "7")
	if status != http.StatusOK {
		t.Fatal(status)
	}
	has(t, html, "港澳居民居住证", "港澳居民居住证正反面", "学历证明", `value="take"`, "拍好了")
	base := []string{"visit", "7", "ask", "copies", "opened", "yes"}
	if status, html := c.send("/asked", "/asked", nil, append(base[:6:6], "word", "allow")...); status != http.StatusUnprocessableEntity || !strings.Contains(html, "至少要拍一张") || len(a.said) != 0 {
		t.Fatal("without a picture", status, len(a.said))
	}
	_, html = c.send("/asked", "/asked", nil, append(base[:6:6], "do", "take", "reason", "学历证明没带")...)
	has(t, html, "/asked/picture/1", "学历证明没带")
	_, html = c.send("/asked", "/asked", asJPEG(t, paper(64, 32)), append(base[:6:6], "do", "bring")...)
	has(t, html, "/asked/picture/2")
	if status, _ := c.get("/asked/picture/2"); status != http.StatusOK {
		t.Error("the picture is not shown", status)
	}
	_, html = c.send("/asked", "/asked", nil, append(base[:6:6], "do", "drop-1")...)
	if strings.Contains(html, "/asked/picture/1") {
		t.Error("dropped, and still there")
	}
	if status, html := c.send("/asked", "/asked", nil, "visit", "6", "ask", "copies", "opened", "yes", "do", "take"); status != http.StatusUnprocessableEntity || !strings.Contains(html, "已经不等了") {
		t.Error("a picture for another visit", status)
	}
	if status, _ := c.send("/asked", "/asked", nil, append(base[:6:6], "word", "allow", "reason", "学历证明没带")...); status != http.StatusSeeOther || len(a.said) != 1 {
		t.Fatal(status, len(a.said))
	}
	if e, ok := a.said[0].(visit.Allowed); !ok || e.Ask != visit.AskCopies || len(e.Copies) != 1 || len(e.Copies[0]) == 0 || e.Reason != "学历证明没带" || e.Assents[0].Account != "s-chen" {
		t.Errorf("said %v with %d copies", ok, len(e.Copies))
	}
	c.send("/asked", "/asked", nil, append(base[:6:6], "do", "take")...)
	a.with(func() { a.status.AskVisit = 8 })
	if status, _ := c.get("/asked/picture/3"); status != http.StatusNotFound {
		t.Error("the next visit has the picture of the one before", status)
	}
}
