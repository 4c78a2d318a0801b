package visit

import "zhunkao/protocol"

// Step gives the state after an event and what must be done about it. It never
// changes what s refers to.
func Step(s State, e Event) (State, []Effect) {
	t := &turn{State: s}
	if _, ok := e.(StaffEscape); ok {
		t.do(Log{Visit: t.Visit, What: "staff-escape", Detail: string(s.Screen())})
		t.end()
		t.close(s)
		return t.State, t.effects
	}
	t.machine(e)
	t.called(e)
	t.follow(e)
	t.arrived(e)
	if b, ok := e.(BoxBlocked); ok {
		t.blocked(b.Reason)
	}
	if tick, ok := e.(Ticked); ok {
		t.tick(tick.Now)
	}
	if p, ok := e.(Pressed); ok && !t.pressed(p) {
		e = nil // stale, or dealt with
	}
	if p, ok := e.(Presented); ok {
		t.presented(p)
		e = nil
	}
	t.asked(e)
	switch t.Phase {
	case PhaseIdle:
		t.idle(e)
	case PhaseReading:
		t.reading(e)
	case PhaseUnreadable:
		t.unreadable(e)
	case PhaseLooking:
		t.looking(e)
	case PhaseRefused, PhaseExplained:
		t.note(e)
	case PhaseFound:
		t.found(e)
	case PhaseSettle:
		t.settle(e)
	case PhasePhotoNotice:
		t.photoNotice(e)
	case PhasePhoto:
		t.photo(e)
	case PhaseTaking:
		t.taking(e)
	case PhasePhotoCheck:
		t.photoCheck(e)
	case PhasePhotoAdvice:
		t.photoAdvice(e)
	case PhaseNoPhoto:
		t.noPhotoYet(e)
	case PhaseStaff:
		t.staff(e)
	case PhaseRead:
		t.read(e)
	case PhasePledge:
		t.pledge(e)
	case PhaseSealing:
		t.sealing(e)
	case PhaseSealFailed:
		t.sealFailed(e)
	case PhasePrinting:
		t.printing(e)
	case PhaseTakeSheet:
		t.takeSheet(e)
	case PhaseSheetFailed:
		t.sheetFailedYet(e)
	case PhaseAccepted:
		t.accepted(e)
	case PhaseTicket:
		t.ticket(e)
	case PhaseVerify:
		t.verify(e)
	case PhaseVerifying:
		t.verifying(e)
	case PhaseVerified:
		t.note(e)
	case PhaseOwnCard:
		t.ownCard(e)
	}
	t.card()
	t.close(s)
	return t.State, t.effects
}

// turn is one Step under way.
type turn struct {
	State
	effects []Effect
}

func (t *turn) do(e Effect) { t.effects = append(t.effects, e) }

// shown is what makes a press on an earlier page stale. Looking after the idle
// limit ("您还在吗？") is not part of it: what she pressed under it still counts.
type shown struct {
	phase  Phase
	over   Over
	page   int
	asking int
	taken  int
	copy   int
	prefs  Prefs
}

func (s State) shown() shown {
	over := s.Over
	if over == OverStill {
		over = OverNone
	}
	return shown{s.Phase, over, s.Page, s.Asking, s.Taken, s.Sheet.Copy, s.Prefs}
}

// close counts the turn and logs a change of screen.
func (t *turn) close(before State) {
	if t.Visit == before.Visit && t.shown() != before.shown() {
		t.Turn++
	}
	if screen := t.Screen(); screen != before.Screen() || t.Visit != before.Visit && t.Phase != PhaseIdle {
		detail := ""
		switch screen {
		case ScreenRefused:
			detail = string(t.Refusal)
			if t.Refusal == RefuseNoTicket {
				detail += "-" + string(t.Found.Lack)
			}
		case ScreenExplained:
			detail = string(t.Explain)
		case ScreenUnreadable:
			detail = string(t.Advice)
		case ScreenStaff:
			detail = string(t.For)
		case ScreenNoPhoto:
			detail = string(t.Lack)
		case ScreenSheetFailed:
			detail = string(t.Sheet.Need)
		case ScreenBlocked:
			detail = string(t.Machine.Blocked)
		}
		t.do(Log{Visit: t.Visit, What: string(screen), Detail: detail})
	}
	t.prompt(before)
}

// machine takes down what the box learns of itself, whatever the phase.
func (t *turn) machine(e Event) {
	m := &t.Machine
	switch e := e.(type) {
	case CardPlaced:
		m.CardOn, m.ReaderDown, m.Permanent = true, false, false
	case CardRead: // also proof that the reader works
		m.CardOn, m.ReaderDown, m.Permanent, m.Misread = true, false, false, 0
	case CardUnreadable:
		m.Misread++
	case CardRemoved:
		m.CardOn = false
	case ReaderDown:
		m.ReaderDown, m.Permanent = true, e.Permanent
	case ReaderUp:
		m.ReaderDown, m.Permanent = false, false
	case HelpComing:
		t.Coming = t.Over == OverHelp
	case BoxBlocked:
		m.Blocked = e.Reason
	case CameraUp:
		m.Camera = CameraReady
	case CameraDown:
		m.Camera = CameraLost
	case PrinterState:
		m.Printer = Printer{Fitted: true, Down: e.Down}
		if len(e.Needs) > 0 {
			m.Printer.Need = e.Needs[0].known()
		}
	case VoiceOffered:
		m.Voice = e.On
	}
}

// blocked ends a visit that may not go on. Most blocks let it finish: when
// storage runs full, room for it is kept. What is being sealed or is sealed stays.
func (t *turn) blocked(b Block) {
	switch t.Phase {
	case PhaseIdle, PhaseSealing, PhaseSealFailed, PhasePrinting, PhaseTakeSheet, PhaseSheetFailed, PhaseAccepted, PhaseVerifying, PhaseVerified:
		return
	}
	if !b.Finishes() {
		t.end()
	}
}

// end forgets the visit. What stays is its number plus one, the time, and what
// the box knows of itself.
func (t *turn) end() {
	if t.Over == OverHelp {
		t.do(Help{Visit: t.Visit})
	}
	if t.outstanding() {
		t.cancelPrint()
	}
	if t.Phase.camera() {
		t.do(CameraOff{Visit: t.Visit})
	}
	t.do(Wipe{Visit: t.Visit})
	t.State = State{Visit: t.Visit + 1, Now: t.Now, Machine: t.Machine}
}

// enter begins a phase.
func (t *turn) enter(p Phase) {
	switch was, is := t.Phase.camera(), p.camera(); {
	case !was && is:
		t.do(CameraOn{Visit: t.Visit, Profile: t.Found.Campaign.Policy.PhotoProfile})
	case was && !is:
		t.do(CameraOff{Visit: t.Visit})
	}
	t.Phase, t.Since = p, t.Now
	t.IdleEnd = t.Now + t.limit()
	if t.Over == OverStill {
		t.Over = OverNone
	}
}

// tell begins a phase that only tells something: the walk is over, and what is
// known of her goes, but for what the screen says.
func (t *turn) tell(p Phase) {
	if t.Over != OverHelp {
		t.Over = OverNone
	}
	t.forget()
	t.enter(p)
}

func (t *turn) refuse(r Refusal) {
	t.Refusal = r
	t.tell(PhaseRefused)
}

func (t *turn) explain(x Explain) {
	t.Explain = x
	t.tell(PhaseExplained)
}

// forget drops what no screen after the walk needs.
func (t *turn) forget() {
	found := t.Found
	t.Found = Looked{Visit: found.Visit, Finding: found.Finding, Point: found.Point, Place: found.Place, At: found.At,
		Here: found.Here, Delivered: found.Delivered, Campaign: found.Campaign, Lack: found.Lack,
		Reprint: found.Reprint, Record: found.Record, Sequence: found.Sequence, Copies: found.Copies}
	t.Kind = t.CardType()
	t.Card, t.Read, t.Other, t.Unread = Card{}, false, false, false
	t.Copies, t.Clerk, t.Overrides = nil, protocol.Assent{}, nil
	t.Child, t.Guardian, t.Consent = false, protocol.Guardian{}, nil
	t.Differences, t.Unprintable, t.Pages, t.Page, t.ReadTo = nil, nil, nil, 0, 0
	t.Signature.Strokes, t.Signature.Width, t.Signature.Height = nil, 0, 0
	t.Timeline = nil
	t.Settled, t.Asking, t.For = nil, 0, AskNone
	t.Photo, t.Kept, t.Notice, t.Live = Photo{}, false, protocol.Hash{}, PhotoWait
	t.Paper = Paper{}
	t.Token, t.Drawn = Token{}, Drawn{}
}

// mark adds a step to the timeline without touching the slice of the state
// before.
func (t *turn) mark(step string) {
	out := make([]Moment, 0, len(t.Timeline)+1)
	for _, m := range t.Timeline {
		if m.Step != step { // who goes back and forth does a step anew
			out = append(out, m)
		}
	}
	t.Timeline = append(out, Moment{Step: step, At: t.Now})
}

// touch: somebody is there.
func (t *turn) touch() {
	if t.Over == OverStill {
		t.Over = OverNone
	}
	if t.Phase.touchable() {
		t.IdleEnd = max(t.IdleEnd, t.Now+t.limit())
	}
}

// pressed deals with what is the same on every screen. It reports whether the
// press is for the phase.
func (t *turn) pressed(p Pressed) bool {
	if p.Visit != t.Visit {
		return false
	}
	still := t.Over == OverStill
	t.touch()
	if p.Turn != t.Turn {
		return false
	}
	switch p.Button {
	case ButtonTouch:
	case ButtonStay:
		if still {
			t.IdleEnd = t.Now + StayExtension
		}
	case ButtonLeave:
		if still || t.Over == OverLifted || t.Over == OverWrongCard || t.Over == OverReaderLost {
			t.end()
		}
	case ButtonHelp:
		t.callHelp()
	case ButtonHelpDone:
		t.endHelp()
		if t.Phase == PhaseNoPhoto && t.Lack == LackTries {
			t.Tries = 0 // somebody came: another round
			t.toLive()
		}
	case ButtonLarge:
		t.Prefs.Large = !t.Prefs.Large
	case ButtonContrast:
		t.Prefs.Contrast = !t.Prefs.Contrast
	case ButtonVoice:
		if t.Machine.Voice {
			t.Prefs.Voice = !t.Prefs.Voice
		}
	case ButtonLanguage:
		t.Prefs.English = !t.Prefs.English
	default:
		return t.Over == OverNone
	}
	return false
}

func (t *turn) callHelp() {
	switch t.Phase {
	case PhaseReading, PhaseLooking, PhaseTaking, PhaseSealing, PhaseOwnCard, PhaseVerifying:
		return // gone in a moment by themselves
	}
	if t.Over == OverHelp {
		return
	}
	t.Over, t.OverEnd, t.Coming = OverHelp, t.Now+HelpLimit, false
	t.do(Help{Visit: t.Visit, Called: true})
}

func (t *turn) endHelp() {
	if t.Over != OverHelp {
		return
	}
	t.Over, t.Coming = OverNone, false
	t.do(Help{Visit: t.Visit})
	t.IdleEnd = max(t.IdleEnd, t.Now+t.limit())
}
