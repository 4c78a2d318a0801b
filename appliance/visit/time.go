package visit

import "time"

// The limits. All are monotonic time.
const (
	IdleLimit        = 90 * time.Second // without a touch, during the walk, if the campaign says nothing
	IdleWarning      = 20 * time.Second // the last part of it, in which she is asked; never less (WCAG 2.2.1)
	StayExtension    = 5 * time.Minute  // "我在，再给我 5 分钟"
	CardLimit        = 30 * time.Second // with her card off the reader
	ReadLimit        = 20 * time.Second // for reading a card
	LookLimit        = 10 * time.Second // for looking up and judging
	SealLimit        = 30 * time.Second // for sealing, before she is told that it takes too long
	NoteLimit        = 60 * time.Second // for a screen that only tells something
	AcceptedLimit    = 20 * time.Second // for the accepted screen
	PayingLimit      = 45 * time.Second // for it while it shows a code: she takes out her telephone
	DeliveredLimit   = 8 * time.Second  // at least, after the accepted screen changed
	CameraLimit      = 10 * time.Second // for the camera to say anything of its live picture
	TakeLimit        = 10 * time.Second // for taking one picture
	PrintLimit       = 3 * time.Minute  // for one copy, before she is asked whether it is there
	SheetLimit       = 60 * time.Second // for her word whether the paper is there, before she is asked again
	ReaderLimit      = 60 * time.Second // for a reader to come back during the walk
	HelpLimit        = 5 * time.Minute  // for help to come
	StaffLimit       = 5 * time.Minute  // for the staff to decide what is asked of them
	PrefsLimit       = 60 * time.Second // for large type, contrast or English chosen while nobody began
	OwnCardLimit     = 30 * time.Second // for a member of staff to put her card down
	DefaultHardLimit = 20 * time.Minute // of a walk, if the campaign says nothing
)

// limit is how long a phase lasts without anything happening, unless the
// campaign says otherwise.
func (p Phase) limit() time.Duration {
	switch p {
	case PhaseIdle:
		return PrefsLimit
	case PhaseReading:
		return ReadLimit
	case PhaseLooking:
		return LookLimit
	case PhaseFound, PhaseSettle, PhasePhotoNotice, PhasePhoto, PhasePhotoCheck, PhasePhotoAdvice, PhaseNoPhoto, PhaseRead, PhasePledge:
		return IdleLimit
	case PhaseTaking:
		return TakeLimit
	case PhaseStaff:
		return StaffLimit
	case PhasePrinting:
		return PrintLimit
	case PhaseTakeSheet, PhaseSheetFailed:
		return SheetLimit + IdleWarning
	case PhaseSealing, PhaseVerifying:
		return SealLimit
	case PhaseAccepted:
		return AcceptedLimit
	case PhaseOwnCard:
		return OwnCardLimit
	}
	return NoteLimit
}

// Paying reports whether the accepted screen shows how to pay: there is a fee and a
// slip for it, and nothing holds the record up.
func (s State) Paying() bool {
	return s.Sealed.Fee > 0 && s.Sealed.Slip != "" && s.SetAside == ""
}

// touchable: the phase waits for her, so a touch gives it more time. The
// others wait for the machine.
func (p Phase) touchable() bool {
	switch p {
	case PhaseReading, PhaseLooking, PhaseTaking, PhaseStaff, PhaseSealing, PhasePrinting, PhaseOwnCard, PhaseVerifying:
		return false
	}
	return true
}

// asks: before the phase ends by time she is asked whether she is still there.
func (s State) asks() bool {
	return s.Walking() && s.Phase != PhaseTaking && s.Phase != PhaseStaff || s.Phase == PhaseTakeSheet || s.Phase == PhaseSheetFailed
}

// HardEnd is when the walk ends whatever she does; zero outside the walk.
func (s State) HardEnd() time.Duration {
	if !s.begun() {
		return 0
	}
	if l := s.Found.Campaign.Policy.VisitHardS; l > 0 {
		return s.Began + time.Duration(l)*time.Second
	}
	return s.Began + DefaultHardLimit
}

// ask is how long before the end of the idle limit she is asked.
func (s State) ask() time.Duration {
	return max(IdleWarning, time.Duration(s.Found.Campaign.Policy.VisitAskS)*time.Second)
}

// limit is how long the present phase lasts without anything happening.
func (s State) limit() time.Duration {
	if l := s.Found.Campaign.Policy.VisitIdleS; s.Walking() && s.Phase != PhaseTaking && s.Phase != PhaseStaff && l > 0 {
		return time.Duration(l)*time.Second + s.ask()
	}
	if s.Phase == PhaseAccepted && s.Paying() {
		return PayingLimit
	}
	return s.Phase.limit()
}

// Wake says at what monotonic time the next Ticked is due, if nothing else
// happens before; false: none.
func (s State) Wake() (time.Duration, bool) {
	at, _ := s.due()
	return at, at > 0
}

// due finds the next thing that time does to the state. Zero: nothing.
func (s State) due() (time.Duration, func(*turn)) {
	var at time.Duration
	var what func(*turn)
	earlier := func(t time.Duration, f func(*turn)) {
		if at == 0 || t < at {
			at, what = max(t, 1), f
		}
	}
	if hard := s.HardEnd(); hard > 0 {
		earlier(hard, func(t *turn) { t.helpOver(); t.refuse(RefuseTimeUp) })
	}
	switch {
	case s.Over == OverHelp:
		earlier(s.OverEnd, (*turn).endHelp)
		return at, what
	case s.Over.card():
		earlier(s.OverEnd, (*turn).end)
		return at, what
	}
	switch s.Phase {
	case PhaseIdle:
		if s.Prefs != (Prefs{}) {
			earlier(s.IdleEnd, (*turn).end)
		}
	case PhaseLooking, PhaseVerifying:
		earlier(s.IdleEnd, func(t *turn) { t.refuse(RefuseFault) })
	case PhaseSealing:
		earlier(s.IdleEnd, func(t *turn) { t.Unsure = true; t.enter(PhaseSealFailed) })
	case PhaseTaking:
		earlier(s.IdleEnd, func(t *turn) { t.noPhoto(LackCamera) })
	case PhaseStaff:
		earlier(s.IdleEnd, (*turn).denied)
	case PhasePrinting:
		earlier(s.IdleEnd, func(t *turn) {
			t.cancelPrint()
			t.Sheet.Unknown = true
			t.enter(PhaseTakeSheet)
		})
	default:
		if !s.asks() {
			earlier(s.IdleEnd, (*turn).end)
			return at, what
		}
		if s.Phase == PhasePhoto {
			earlier(s.CameraEnd, func(t *turn) { t.noPhoto(LackCamera) })
		}
		if s.Over == OverStill {
			earlier(s.IdleEnd, (*turn).end)
		} else {
			earlier(s.IdleEnd-s.ask(), func(t *turn) { t.Over = OverStill })
		}
	}
	return at, what
}

// helpOver ends a call for help without giving the visit more time.
func (t *turn) helpOver() {
	if t.Over == OverHelp {
		t.Over = OverNone
		t.do(Help{Visit: t.Visit})
	}
}

// tick moves the time on and does what became due on the way, each thing at
// its own time: after a pause of the machine several may have.
func (t *turn) tick(now time.Duration) {
	now = max(t.Now, now)
	for {
		at, what := t.due()
		if at == 0 || at > now {
			t.Now = now
			return
		}
		t.Now = max(t.Now, at)
		what(t)
		t.card()
	}
}

// Left is how much time is left of what the screen counts down: of the thing
// over the walk, of the warning, or of the screen itself; zero if nothing is
// counted.
func (s State) Left() time.Duration {
	switch {
	case s.Over == OverHelp || s.Over.card():
		return max(0, s.OverEnd-s.Now)
	case s.Phase == PhaseIdle, !s.Phase.touchable() && s.Phase != PhaseStaff && s.Phase != PhaseOwnCard:
		return 0
	}
	return max(0, s.IdleEnd-s.Now)
}

// HardLeft is how much is left of the hard limit; zero outside the walk.
func (s State) HardLeft() time.Duration {
	if end := s.HardEnd(); end > 0 {
		return max(0, end-s.Now)
	}
	return 0
}
