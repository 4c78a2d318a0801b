package kiosk

import (
	"strings"
	"sync"

	"zhunkao/appliance/visit"
)

// onPapers are the texts that speak of her card, and what stands for each when
// she is served on papers.
var onPapers = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"step-card": "papers-step", "looking-lead": "papers-looking", "found-diff": "papers-diff", "found-diff-lead": "papers-diff-lead",
		"found-chip": "papers-chip", "found-valid": "papers-valid", "photo-none": "papers-photo", "settle-title": "papers-settle",
		"settle-lead": "papers-settle-lead", "settle-clerk-x": "papers-settle-clerk", "settle-card-wrong": "papers-wrong", "settle-use": "papers-use",
		"sealing-lead": "papers-sealing", "accepted-take": "papers-take", "accepted-lead": "papers-lead", "accepted-desk-x": "papers-desk",
		"exp-title": "papers-expired", "exp-lead": "papers-expired-x",
	}
})

// reviewed are the texts that say what comes after the acceptance, and what stands
// for each when an office reviews her card.
var reviewed = sync.OnceValue(func() map[string]string { return map[string]string{"accepted-lead": "copies-lead"} })

// Provisional is what stands on every screen of a visit on papers, and of one
// with a card that an office reviews.
func (p page) Provisional() (string, error) {
	switch {
	case p.State.OnPapers():
		return p.T("papers-provisional")
	case p.State.Provisional():
		return p.T("copies-provisional")
	}
	return "", nil
}

// staffDecide: the staff at the desk look at something while she waits.
func (t *teller) staffDecide() {
	t.badge("act", "hand", "staff-badge")
	if t.State.For == visit.AskCopies {
		t.copies()
		return
	}
	if t.State.For == visit.AskGuardian {
		t.guardian()
		return
	}
	t.head("staff-title", "staff-lead")
	t.Counts = t.t("staff-left")
	if t.State.For == visit.AskExpired {
		t.way("staff-expired", "staff-expired-x")
	} else {
		t.way("staff-differs", "staff-differs-x")
	}
	t.way("staff-nobody", "staff-nobody-x")
	t.WaysTitle = t.t("staff-why")
}

// copies: her card is to be copied for an office.
func (t *teller) copies() {
	t.head("copies-title", "copies-title-x")
	t.Counts = t.t("copies-left")
	d, _ := t.State.ReviewedCard()
	t.way("copies-1", "copies-bring", strings.Join(d.Copies, "、"))
	t.way("copies-2", "copies-2x")
	t.way("copies-3", "copies-3x")
	t.WaysTitle = t.t("copies-how")
}

// guardian: a child was entered here, and her guardian is to consent.
func (t *teller) guardian() {
	t.head("guardian-title", "guardian-lead")
	t.Counts = t.t("staff-left")
	t.way("guardian-1", "guardian-1x")
	t.way("guardian-2", "guardian-2x")
	t.WaysTitle = t.t("copies-how")
}

// uncopied: nobody took the pictures.
func (t *teller) uncopied() {
	t.head("uncopied-title", "uncopied-lead")
	t.note("", "info", "data-safe", "")
	t.way("uncopied-1", "uncopied-1x")
	t.way("uncopied-2", "copies-bring", strings.Join(t.State.Wanted, "、"))
	t.way("uncopied-3", "uncopied-3x")
}

// paperWords: a visit on papers instead of a card.
func paperWords() map[string]word {
	return map[string]word{
		"papers-provisional":  {"按证件资料办理，待市级审核", "On papers; the city will check"},
		"papers-step":         {"看证件", "Papers"},
		"papers-looking":      {"工作人员看过您的证件了。", "The staff have looked at your papers."},
		"papers-diff":         {"%s，有 %d 处和证件不一样", "%s: not as on the papers: %d"},
		"papers-diff-lead":    {"考试只认证件上的写法。接着办，一处一处看。", "The exam goes by the papers. Go on, and we look at each."},
		"papers-chip":         {"证件上的", "On the papers"},
		"papers-valid":        {"证件有效期至 %s", "Valid until %s"},
		"papers-photo":        {"没有芯片照片，现场照相", "No chip photo: taken here"},
		"papers-settle":       {"%s和证件不一样", "%s: not as on the papers"},
		"papers-settle-lead":  {"考试只认证件上的写法。先不改的，留给工作人员核对。", "The exam goes by the papers. What you keep is left for the staff to check."},
		"papers-settle-clerk": {"办完以后，请带证件到工作台。自己填错了的，按“有错，要改”。", "When you are done, take your papers to the desk. If you typed it wrong, press “Not right”."},
		"papers-wrong":        {"证件上写错了，或者工作人员录错了的，请工作人员看。", "If the papers are wrong, or were typed wrong, let the staff look."},
		"papers-use":          {"用证件上的", "Use the papers'"},
		"papers-sealing":      {"签名已经交了。", "Your signature is in."},
		"papers-take":         {"请收好证件", "Take your papers with you"},
		"papers-lead":         {"按证件资料办的，市级还要审核，结果会通知您。数据已封存，断电不丢。", "On papers: the city will check and tell you. Your record is sealed and safe."},
		"papers-expired":      {"证件过期了", "These papers have expired"},
		"papers-expired-x":    {"考试要用在有效期内的证件。", "The examination needs valid papers."},
		"staff-badge":         {"工作台", "At the desk"},
		"staff-title":         {"工作人员正在处理，请稍等", "The staff are looking at it"},
		"staff-lead":          {"请不要走开，证件也先不要拿走。", "Please stay, and leave your card where it is."},
		"staff-left":          {"秒内没有人处理，机器就接着往下走", "seconds, then the machine goes on"},
		"staff-why":           {"在看什么", "What they look at"},
		"staff-expired":       {"{card}过期了", "Your card has expired"},
		"staff-expired-x":     {"能不能办，由工作人员核实后决定。", "Whether you can go on is for the staff to decide."},
		"staff-differs":       {"有一处和证件不一样", "Something is not as on the card"},
		"staff-differs-x":     {"这一处不由您选，工作人员看了就改。", "It is not yours to choose; the staff look and decide."},
		"staff-nobody":        {"没有人来", "If nobody comes"},
		"staff-nobody-x":      {"到工作台说一声；也可以按“不等了”。", "Go to the desk, or press “Do not wait”."},
		"staff-no-wait":       {"不等了", "Do not wait"},
		"settle-ask":          {"请人现在看", "Ask now"},
		"papers-desk":         {"有 %d 处和证件不一样，要工作人员核对", "Not as on the papers: %d, for the staff to check"},
		"papers-city":         {"市级审核", "The city checks"},
		"papers-city-x":       {"审核证件图片，结果通知您", "your papers; you will be told"},
		"copies-provisional":  {"这种证件待市级审核", "The city will check this card"},
		"copies-title":        {"请把证件拿给工作人员拍照", "Give your card to the staff for a picture"},
		"copies-title-x":      {"这种证件要市级审核，先由工作人员拍好证件和材料。现在可以拿起证件。", "The city checks cards of this kind: the staff photograph it, with your papers. You may take it up now."},
		"copies-left":         {"秒内没有拍好，这次就先不办", "seconds to take them, or this visit ends"},
		"copies-how":          {"怎么办", "What to do"},
		"copies-1":            {"交给工作人员", "Give the staff"},
		"copies-bring":        {"%s", "%s"},
		"copies-2":            {"没有人来", "If nobody comes"},
		"copies-2x":           {"到工作台说一声。", "Go to the desk."},
		"copies-3":            {"拍好了", "When they are taken"},
		"copies-3x":           {"把证件放回读卡区，接着照相、签名。", "Put the card back; then your photo and signature."},
		"copies-lead":         {"这种证件市级还要审核，结果会通知您。数据已封存，断电不丢。", "The city checks cards of this kind and will tell you. Your record is sealed and safe."},
		"guardian-title":      {"请您的监护人到工作台", "Your guardian is asked to the desk"},
		"guardian-lead":       {"您不满14周岁，报名要监护人同意。请不要走开，证件先不要拿走。", "You are under 14: your guardian must consent. Stay here and leave your card where it is."},
		"guardian-1":          {"监护人在这里", "Your guardian is here"},
		"guardian-1x":         {"请监护人看同意书，签名，工作人员拍下来，就接着办。", "Your guardian reads a sheet and signs it; the staff take a picture, and you go on."},
		"guardian-2":          {"监护人没有来", "Your guardian is not here"},
		"guardian-2x":         {"按“不等了”接着办；办完由县招办定，请监护人尽快来。", "Press “Do not wait” and go on; the county decides. Let your guardian come soon."},
		"alone-lead":          {"监护人还没有同意，由县招办裁定，请监护人尽快联系县招办。数据已封存，断电不丢。", "Your guardian has not consented: the county decides. Let your guardian call the county office soon. Your record is sealed and safe."},
		"alone-county":        {"县招办裁定", "The county decides"},
		"alone-county-x":      {"监护人没有同意，结果通知您", "no guardian consented; you will be told"},
		"uncopied-title":      {"没有拍证件，还没有提交", "Your card was not photographed; nothing was submitted"},
		"uncopied-lead":       {"这种证件要市级审核，没有资料图片不能确认。", "The city checks cards of this kind, and cannot without pictures."},
		"uncopied-1":          {"到工作台说一声", "Go to the desk"},
		"uncopied-1x":         {"请工作人员准备好，再放一次证件，从头办。", "When the staff are ready, place your card again."},
		"uncopied-2":          {"要带的", "What to bring"},
		"uncopied-3":          {"没有带齐", "If something is missing"},
		"uncopied-3x":         {"在规定的时间内，带齐了再来。", "Come back with it within the dates."},
		"conf-review":         {"证件待市级审核，结果会通知您。", "The city is checking your card and will tell you."},
	}
}
