package kiosk

import "zhunkao/appliance/visit"

// verifyTitle greets somebody whose card is to be verified, or says that something
// differs.
func (p page) verifyTitle() (string, error) {
	if n := asks(p.State.Differences); n > 0 {
		return p.T("verify-diff", chipName(p.State), n)
	}
	return p.T("verify-title", chipName(p.State))
}

func (p page) verifyLead() (string, error) {
	if asks(p.State.Differences) > 0 {
		return p.T("verify-diff-lead")
	}
	return p.T("verify-lead")
}

// verified says what comes of it.
func (t *teller) verified() {
	if t.State.ForDesk > 0 {
		t.badge("wait", "alert", "verified-noted")
		t.head("verified-differs", "verified-differx")
		t.way("verified-1", "verified-1x")
		t.way("verified-2", "verified-2x")
		return
	}
	t.badge("done", "check", "verified-badge")
	t.head("verified-title", "verified-lead")
	t.way("verified-1", "verified-1x")
}

// verifyActs: one press is enough.
func (p page) verifyActs() ([]act, error) {
	return p.acts(want{button: visit.ButtonDone, key: "leave"}, want{button: visit.ButtonGoOn, key: "verify-do", icon: "check", main: true})
}
