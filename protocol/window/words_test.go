package window_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"zhunkao/protocol/window"
)

var names = window.Names{Division: func(code string) (string, string) {
	switch code {
	case "430100":
		return "长沙市", "Changsha"
	case "430300":
		return "湘潭市", "Xiangtan"
	}
	return "", ""
}}

func TestChangesInWords(t *testing.T) {
	expect := func(name string, before, now []window.Window, zh, en string) {
		t.Helper()
		var zhs, ens []string
		for _, c := range window.Changes(before, now, names) {
			zhs, ens = append(zhs, c.Zh), append(ens, c.En)
		}
		if got := strings.Join(zhs, "；"); got != zh {
			t.Errorf("%s:\n got %s\nwant %s", name, got, zh)
		}
		if got := strings.Join(ens, "; "); got != en {
			t.Errorf("%s:\n got %s\nwant %s", name, got, en)
		}
	}
	windows := fiveCities(t)
	with := func(more []window.Window, err error) []window.Window {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return append(slices.Clone(windows), more...)
	}
	expect("nothing", windows, windows, "", "")
	postponed := with(window.Postpone(windows, decided(t, "all", "05 09:00"), at(t, "08 00:00"), at(t, "12 00:00")))
	expect("put off", windows, postponed,
		"长沙市考生的现场确认开始时间由9月6日0时推迟到9月8日0时",
		"confirmation for candidates at points in Changsha: the opening is put off from 6 September 0:00 to 8 September 0:00")
	windows = postponed
	expect("extended", windows, with(window.Extend(windows, decided(t, "local", "05 09:00"), at(t, "08 00:00"))),
		"长沙市本地户籍考生的现场确认截止时间由9月5日24时推迟到9月7日24时",
		"confirmation for candidates at points in Changsha, whose household is there: the close is put off from 5 September 24:00 to 7 September 24:00")
	expect("brought forward", windows, with(window.Extend(windows, decided(t, "pay", "05 09:00"), at(t, "10 17:30"))),
		"所有考生的网上缴费截止时间由9月11日24时提前到9月10日17时30分",
		"payment for all candidates: the close is brought forward from 11 September 24:00 to 10 September 17:30")
	paused := with(window.Suspend(windows, decided(t, "pay", "05 09:00"), at(t, "05 09:00"), time.Time{}))
	expect("paused", windows, paused,
		"所有考生的网上缴费自9月5日9时起暂停，恢复时间另行通知",
		"payment for all candidates: paused from 5 September 9:00 until further notice")
	windows = paused
	d := decided(t, "pay", "05 10:00")
	d.Revision = 1
	expect("resumed", windows, with(window.Resume(windows, d, at(t, "05 12:00"))),
		"所有考生的网上缴费自9月5日9时起的暂停，9月5日12时恢复",
		"payment for all candidates: the pause from 5 September 9:00 ends at 5 September 12:00")
	expect("withdrawn", windows, with(window.Withdraw(windows, window.Decision{Window: "all", Revision: 1, Now: at(t, "05 09:00"), Why: "x"})),
		"撤销长沙市考生的现场确认时段（9月8日0时至9月11日24时）",
		"withdrawn: confirmation for candidates at points in Changsha (8 September 0:00 to 11 September 24:00)")
	expect("cut", windows, with(window.Slots(windows, decided(t, "others", "11 09:00"), []window.Slot{{From: at(t, "11 12:00"), To: at(t, "12 00:00"), Digits: window.AllDigits()}}, nil)),
		"湘潭市考生的现场确认截止时间由9月11日24时提前到9月11日12时；新增湘潭市尾号0、1、2、3、4、5、6、7、8、9、X的考生的现场确认时段：9月11日12时至9月11日24时，每天8:00—12:00、15:00—18:00",
		"confirmation for candidates at points in Xiangtan: the close is brought forward from 11 September 24:00 to 11 September 12:00; new: confirmation for candidates at points in Xiangtan, whose number ends in 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, X, 11 September 12:00 to 11 September 24:00, daily 8:00—12:00, 15:00—18:00")
	scope := window.Scope{Divisions: []string{"430100", "430200", "430300", "430400", "430500"}, Households: []string{"430300"}, Levels: []string{"1"}, Categories: []string{"24"}, Points: []string{"7"}}
	other := windows[3]
	other.Scope, other.Hours, other.Revision = scope, []window.Hours{{From: 480, To: 720}}, 2
	expect("scope and hours", windows, append(slices.Clone(windows), other),
		"所有考生的网上缴费时段改为用于长沙市、430200、湘潭市、430400、4305007报名确认点湘潭市户籍1层次24科类考生的网上缴费；所有考生的网上缴费每天的办理时间由全天改为8:00—12:00；所有考生的网上缴费自9月5日9时起的暂停取消",
		"payment for all candidates: the window is now for payment for candidates at points in Changsha, 430200, Xiangtan, 430400, 430500, at point 7, whose household is in Xiangtan, of level 1, of category 24; payment for all candidates: the daily hours change from the whole day to 8:00—12:00; payment for all candidates: the pause from 5 September 9:00 is called off")
	many := func(codes ...string) []window.Window {
		for i := range 20 {
			codes = append(codes, "5"+strconv.Itoa(10000+i*100))
		}
		return []window.Window{{ID: "w", Step: window.Pay, From: at(t, "05 00:00"), To: at(t, "06 00:00"), Scope: window.Scope{Divisions: codes}}}
	}
	long := "510000、510100、510200等22个考生的网上缴费"
	longEn := "payment for candidates at points in 510000, 510100, 510200 and 19 more"
	a, b := many(), many()
	a[0].Scope.Divisions = append(a[0].Scope.Divisions, "430100", "430200")
	b[0].Scope.Divisions = append(b[0].Scope.Divisions, "430200", "430300")
	expect("one for another in a long list", a, b,
		long+"时段改为用于"+long+"；"+long+"时段不再包括长沙市；"+long+"时段新包括湘潭市",
		longEn+": the window is now for "+longEn+"; "+longEn+": the window leaves out Changsha; "+longEn+": the window takes in Xiangtan")
	expect("gone without a revision", windows[1:2], nil,
		"撤销长沙市本地户籍考生的现场确认时段（9月2日0时至9月5日24时）",
		"withdrawn: confirmation for candidates at points in Changsha, whose household is there (2 September 0:00 to 5 September 24:00)")
}

func TestEveryReasonHasWords(t *testing.T) {
	seen := map[string]window.Reason{}
	for _, r := range window.Reasons() {
		zh, en := r.Words()
		if zh == string(r) || en == string(r) || !strings.HasSuffix(zh, "。") || !strings.HasSuffix(en, ".") {
			t.Errorf("%s: %q, %q", r, zh, en)
		}
		if strings.ContainsFunc(en, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
			t.Errorf("%s: %q is not English", r, en)
		}
		if o, ok := seen[zh]; ok && r != window.PointUnknown {
			t.Errorf("%s and %s say the same", o, r)
		}
		seen[zh] = r
	}
	if zh, en := window.Reason("made-up").Words(); zh != "made-up" || en != "made-up" {
		t.Errorf("a reason that is none: %q, %q", zh, en)
	}
}

func TestVerdictInWords(t *testing.T) {
	guest := window.Subject{Division: "430102", Household: "433122"}
	for _, tc := range []struct{ now, zh, en string }{
		{"03 09:00", "这一时段只面向户籍在当地的考生。9月6日8时起可以办理。", "This period is only for candidates whose household is here. It opens for you at 6 September 8:00."},
		{"06 13:00", "现在可以办理。现在不在每天的办理时间内。", "It is open now. It is outside the daily hours."},
		{"12 00:00", "办理时间已经结束，如有疑问请向县（市、区）招办咨询。截止时间是9月11日24时。", "It is over. For questions, ask the county office. The close was at 11 September 24:00."},
	} {
		zh, en := window.Judge(fiveCities(t), window.Confirm, guest, window.At(at(t, tc.now))).Words()
		if zh != tc.zh || en != tc.en {
			t.Errorf("%s:\n%s\n%s", tc.now, zh, en)
		}
	}
}
