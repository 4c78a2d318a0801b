package kiosk

import "time"

// token shows the number she drew.
func (t *teller) token() {
	d := t.State.Drawn
	t.badge("done", "check", "token-badge")
	t.head("token-title", "")
	t.Lead = t.t("token-next")
	if d.Ahead > 0 {
		t.Lead = t.t("token-ahead", d.Ahead)
	}
	t.Strong = d.Label
	if d.Wait.Known {
		t.note("", "clock", "token-wait-0", "")
		t.Notice.Head = t.t("token-wait", int(d.Wait.From/time.Minute), int(d.Wait.To/time.Minute))
	} else {
		t.note("", "clock", "token-wait-0", "")
	}
	if d.Prints {
		t.way("token-slip", "token-slip-x")
	} else {
		t.way("token-keep", "token-keep-x")
	}
	t.way("token-watch", "token-watch-x")
	t.way("token-late", "token-late-x")
	t.WaysTitle = t.t("token-then")
}

// QueueLine says how many wait, and how long somebody would who draws now.
func (p page) QueueLine() (string, error) {
	q := p.Status.Queue
	if !q.Wait.Known {
		return p.T("turn-waiting", q.Waiting)
	}
	return p.T("turn-waiting-n", q.Waiting, int(q.Wait.From/time.Minute), int(q.Wait.To/time.Minute))
}

// queueWords: numbers and whose turn it is.
func queueWords() map[string]word {
	return map[string]word{
		"draw":           {"取排队号", "Number"},
		"turns":          {"现在叫到", "Now called"},
		"turn-to":        {"请到 %d 号机", "to machine %d"},
		"turn-nobody":    {"还没有叫号", "Nobody is called yet"},
		"turn-waiting":   {"%d 人在等，要等多久无法估计", "%d waiting; how long cannot be told"},
		"turn-waiting-n": {"%d 人在等，现在取号大约等 %d—%d 分钟", "%d waiting; drawn now, about %d to %d minutes"},
		"token-badge":    {"已取号", "Number drawn"},
		"token-title":    {"您的排队号", "Your number"},
		"token-ahead":    {"前面还有 %d 人在等。", "%d people are before you."},
		"token-next":     {"前面没有人，等着叫您就行。", "Nobody is before you; you will be called."},
		"token-wait":     {"大约要等 %d—%d 分钟。", "About %d to %d minutes."},
		"token-wait-0":   {"要等多久，现在无法估计。", "How long cannot be told yet."},
		"token-then":     {"接下来", "What next"},
		"token-slip":     {"取走小条", "Take the slip"},
		"token-slip-x":   {"打印机正在出。没出来也没关系，号照样算。", "It is coming from the printer. Without it the number counts all the same."},
		"token-keep":     {"记住这个号", "Keep the number in mind"},
		"token-keep-x":   {"这台机器不打小条，可以拿笔记下来。", "This machine prints no slip; write it down."},
		"token-watch":    {"看屏幕，听叫号", "Watch the screens"},
		"token-watch-x":  {"叫到您时，到那台机器放证件。", "When you are called, put your card on that machine."},
		"token-late":     {"截止前取的号不作废", "It stays good after the close"},
		"token-late-x":   {"今天截止前取的号，截止后照样办。只当天有效。", "A number drawn before today's close is served after it, today only."},
		"notoken-title":  {"现在取不了号", "No number can be drawn"},
		"notoken-lead":   {"机器没能取出号来，请找工作人员。", "The machine could not draw one. Please ask the staff."},
		"notoken-soon":   {"刚有人取过号。请等前一位看清号码走开，过半分钟再按；已经取到号的不用再取。", "A number was drawn a moment ago. Let whoever drew it step aside and press again in half a minute; with a number you need no other."},
		"notoken-often":  {"这一小时里取的号太多，屏幕上先不发了。请到工作台找工作人员取号。", "Too many numbers were drawn here within an hour. Please have the staff at the desk give you one."},
		"notoken-over":   {"今天的现场确认已经截止，不再发号。", "Confirmation is over for today; no more numbers are given."},
		"queued":         {"您在截止前取了号（%s），现在照样办理。", "You drew number %s before the close and are served now."},
	}
}
