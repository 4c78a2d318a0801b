package visit

import "time"

// Voice prompts: one sentence for what a screen asks. A prompt is a key of the
// screen's catalogue; nothing of the person and nothing typed is in it, and
// nothing that a bystander could not see on an empty screen.

// promptPause keeps advice before the camera from chattering.
const promptPause = 4 * time.Second

// Prompt is the key of what is to be spoken on the present screen, "" for
// nothing.
func (s State) Prompt() string {
	screen := s.Screen()
	if s.Ticketing() && (screen == ScreenTakeSheet || screen == ScreenSheetFailed || screen == ScreenPrinting && s.printerWell()) {
		return "ticket-" + string(screen)
	}
	switch screen {
	case ScreenUnreadable:
		return string(screen) + "-" + string(s.Advice)
	case ScreenRefused:
		if s.Refusal == RefuseNoTicket {
			return string(screen) + "-" + string(s.Refusal) + "-" + string(s.Found.Lack)
		}
		return string(screen) + "-" + string(s.Refusal)
	case ScreenExplained:
		return string(screen) + "-" + string(s.Explain)
	case ScreenPhoto:
		if s.Live == PhotoWait {
			return string(screen)
		}
		return string(screen) + "-" + string(s.Live)
	case ScreenPhotoAdvice:
		if len(s.Photo.Findings) > 0 {
			return string(screen) + "-" + string(s.Photo.Findings[0])
		}
	case ScreenNoPhoto:
		return string(screen) + "-" + string(s.Lack)
	case ScreenStaff:
		if s.For == AskCopies || s.For == AskGuardian {
			return string(screen) + "-" + string(s.For)
		}
	case ScreenSettle:
		if asked := s.Asked(); s.Asking <= len(asked) && !s.MaySettle(asked[s.Asking-1].Field) {
			return string(screen) + "-clerk"
		}
	case ScreenPrinting:
		if n := s.Machine.Printer.Need; n != "" {
			return string(screen) + "-" + string(n)
		}
		if s.Machine.Printer.Down {
			return string(screen) + "-" + string(NeedGone)
		}
	case ScreenAccepted:
		if s.Paying() {
			return string(screen) + "-pay" // the same when the receipt comes: what is left to do is said once
		}
		if s.Delivered {
			return string(screen) + "-delivered"
		}
	}
	return string(screen)
}

// printerWell: the printer needs nobody.
func (s State) printerWell() bool {
	return s.Machine.Printer.Need == "" && !s.Machine.Printer.Down
}

// speaks: the box can speak and she asked for it.
func (s State) speaks() bool { return s.Machine.Voice && s.Prefs.Voice }

// prompt says what has changed. The advice before the camera, which changes as
// she moves, waits until the last one can have been heard.
func (t *turn) prompt(before State) {
	if !t.speaks() {
		if before.speaks() {
			t.do(Hush{Visit: before.Visit})
		}
		return
	}
	said := spoken{t.Prompt(), t.Page, t.Asking, t.Prefs.English}
	was := t.Said
	if said == was {
		return
	}
	if t.Screen() == ScreenPhoto && before.Screen() == ScreenPhoto && t.Now < t.SaidAt+promptPause {
		return // the next word of the camera comes back to it
	}
	t.Said, t.SaidAt = said, t.Now
	t.do(Speak{Visit: t.Visit, Key: said.Key, English: said.English})
}

// spoken is what was said last: the same is not said twice.
type spoken struct {
	Key          string
	Page, Asking int
	English      bool
}
