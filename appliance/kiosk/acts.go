package kiosk

import "zhunkao/appliance/visit"

// act is one button.
type act struct {
	Button   visit.Button
	Label    string
	Icon     string
	After    bool // the icon stands after the label
	Primary  bool
	Local    string // done by the script alone: its name
	Lang     string
	Pressed  bool
	Disabled bool
}

// want is an act by its keys.
type want struct {
	button      visit.Button
	key, icon   string
	after, main bool
}

func (p page) acts(wants ...want) ([]act, error) {
	var out []act
	for _, w := range wants {
		label, err := p.T(w.key)
		if err != nil {
			return nil, err
		}
		out = append(out, act{Button: w.button, Label: label, Icon: w.icon, After: w.after, Primary: w.main})
	}
	return out, nil
}

// Tools are at the lower left of every screen: the way out and how it looks.
func (p page) Tools() ([]act, error) {
	var wants []want
	switch p.Base() {
	case visit.ScreenReading, visit.ScreenLooking, visit.ScreenTaking, visit.ScreenSealing, visit.ScreenVerifying, visit.ScreenHelp, visit.ScreenOwnCard:
	default:
		staff := want{button: visit.ButtonHelp, key: "help", icon: "hand"}
		if p.forStaff() { // here that is what to call them for
			staff.button, staff.key = visit.ButtonAskStaff, "settle-ask"
		}
		wants = append(wants, staff)
	}
	large, contrast := "large", "contrast"
	if p.State.Prefs.Large {
		large = "large-off"
	}
	if p.State.Prefs.Contrast {
		contrast = "contrast-off"
	}
	if p.State.Machine.Voice {
		voice := want{button: visit.ButtonVoice, key: "voice", icon: "sound"}
		if p.State.Prefs.Voice {
			voice.key = "voice-off"
		}
		wants = append(wants, voice)
	}
	wants = append(wants, want{button: visit.ButtonLarge, key: large}, want{button: visit.ButtonContrast, key: contrast},
		want{button: visit.ButtonLanguage, key: "language"})
	out, err := p.acts(wants...)
	if err != nil {
		return nil, err
	}
	last := &out[len(out)-1]
	last.Lang = "en"
	if p.English() {
		last.Lang = "zh-CN"
	}
	return out, nil
}

// Acts are at the lower right: what she can do here, the primary one last.
func (p page) Acts() ([]act, error) {
	s := p.State
	switch p.Base() {
	case visit.ScreenIdle, visit.ScreenReaderFault, visit.ScreenBlocked:
		wants := []want{{button: visit.ButtonNoCard, key: "idle-no-card"}, {button: visit.ButtonUnregistered, key: "idle-unreg"}}
		if p.Tickets() {
			wants = wants[:1]
		}
		if p.State.Machine.Queue {
			wants = append(wants, want{button: visit.ButtonDraw, key: "draw", main: true})
		}
		return p.acts(wants...)
	case visit.ScreenUnreadable, visit.ScreenOwnCard:
		return p.acts(want{button: visit.ButtonDone, key: "leave"})
	case visit.ScreenSettle:
		return p.settleActs()
	case visit.ScreenStaff:
		return p.acts(want{button: visit.ButtonNoWait, key: "staff-no-wait"})
	case visit.ScreenPhotoNotice, visit.ScreenPhoto, visit.ScreenPhotoCheck, visit.ScreenPhotoAdvice, visit.ScreenNoPhoto:
		return p.photoActs()
	case visit.ScreenPrinting, visit.ScreenTakeSheet, visit.ScreenSheetFailed:
		return p.sheetActs()
	case visit.ScreenRefused, visit.ScreenExplained:
		if s.MayReprint() {
			return p.acts(want{button: visit.ButtonReprint, key: "reprint"}, want{button: visit.ButtonDone, key: "got-it", main: true})
		}
		return p.acts(want{button: visit.ButtonDone, key: "got-it", main: true})
	case visit.ScreenFound:
		on := want{button: visit.ButtonGoOn, key: "its-me", icon: "next", after: true, main: true}
		if asks(s.Differences) > 0 {
			on.key = "seen-diff"
		}
		return p.acts(want{button: visit.ButtonNotMe, key: "not-me"}, want{button: visit.ButtonWrong, key: "wrong"}, on)
	case visit.ScreenTicket:
		return p.ticketActs()
	case visit.ScreenVerify:
		return p.verifyActs()
	case visit.ScreenVerified:
		return p.acts(want{button: visit.ButtonDone, key: "got-it", main: true})
	case visit.ScreenRead:
		on := want{button: visit.ButtonGoOn, key: "next-page", icon: "next", after: true, main: true}
		if s.Page == len(s.Pages) {
			on.key = "all-right"
		}
		return p.acts(want{button: visit.ButtonBack, key: "back", icon: "back"}, want{button: visit.ButtonWrong, key: "wrong"}, on)
	case visit.ScreenPledge:
		return p.pledgeActs()
	case visit.ScreenSealFailed:
		if s.MayRetry() {
			return p.acts(want{button: visit.ButtonDone, key: "leave"}, want{button: visit.ButtonRetry, key: "retry", main: true})
		}
		return p.acts(want{button: visit.ButtonDone, key: "got-it", main: true})
	case visit.ScreenAccepted:
		return p.acts(want{button: visit.ButtonDone, key: "done", main: true})
	case visit.ScreenLifted, visit.ScreenWrongCard, visit.ScreenReaderLost:
		return p.acts(want{button: visit.ButtonLeave, key: "leave"})
	case visit.ScreenHelp:
		if s.Phase == visit.PhaseIdle {
			return p.acts(want{button: visit.ButtonHelpDone, key: "help-back", main: true})
		}
		return p.acts(want{button: visit.ButtonHelpDone, key: "help-done", main: true})
	}
	return nil, nil
}

// pledgeActs: submitting is the script's, since only it has the strokes.
func (p page) pledgeActs() ([]act, error) {
	out, err := p.acts(want{button: visit.ButtonBack, key: "pledge-step", icon: "back"}, want{key: "pledge-submit", main: true})
	if err != nil {
		return nil, err
	}
	out[1].Local = "submit"
	return out, nil
}

// StillActs answer "您还在吗？".
func (p page) StillActs() ([]act, error) {
	return p.acts(want{button: visit.ButtonLeave, key: "leave"}, want{button: visit.ButtonStay, key: "stay", main: true})
}

// Moves are the buttons of the demo's clock.
func (p page) Moves() ([]act, error) {
	var out []act
	for i, key := range []string{"demo-next-day", "demo-lunch", "demo-close"} {
		label, err := p.T(key)
		if err != nil {
			return nil, err
		}
		out = append(out, act{Local: demoMoves()[i], Label: label})
	}
	return out, nil
}
