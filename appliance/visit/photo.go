package visit

import (
	"slices"

	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
)

// The photo: notice, live picture, the one taken, and what when there is none.

// MaxTries is how many pictures may be taken before a person must look. A call
// for help begins another round.
const MaxTries = 5

// Camera is what the box knows of its camera.
type Camera uint8

// The states of a camera.
const (
	CameraNone  Camera = iota // the box has none: no photo is taken here
	CameraReady               // it works
	CameraLost                // it has one, and it does not work
)

// PhotoAdvice is what she should do before the camera. Left and right are her
// own. The words are those of the camera's driver, with hyphens.
type PhotoAdvice string

// The advices.
const (
	PhotoWait       PhotoAdvice = ""                  // no picture has come yet
	PhotoGood       PhotoAdvice = "none"              // 可以照了
	PhotoStepIn     PhotoAdvice = "step-in"           // nobody in the picture
	PhotoAlone      PhotoAdvice = "alone"             // more than one face
	PhotoCloser     PhotoAdvice = "closer"            //
	PhotoFurther    PhotoAdvice = "further"           //
	PhotoMoveLeft   PhotoAdvice = "move-left"         //
	PhotoMoveRight  PhotoAdvice = "move-right"        //
	PhotoMoveUp     PhotoAdvice = "move-up"           //
	PhotoMoveDown   PhotoAdvice = "move-down"         //
	PhotoLevelHead  PhotoAdvice = "level-head"        // tilted to a shoulder
	PhotoHoldStill  PhotoAdvice = "hold-still"        // blurred
	PhotoMoreLight  PhotoAdvice = "more-light"        //
	PhotoLessLight  PhotoAdvice = "less-light"        //
	PhotoEvenLight  PhotoAdvice = "even-light"        // light from the side
	PhotoBackground PhotoAdvice = "plain-background"  // what is behind her is not even
	PhotoColour     PhotoAdvice = "background-colour" // even, of the wrong colour
	PhotoEyes       PhotoAdvice = "show-eyes"         // please check
	PhotoStraight   PhotoAdvice = "look-straight"     // please check
	PhotoAskClerk   PhotoAdvice = "ask-clerk"         // the camera itself
)

// PhotoAdvices lists every advice, so that a catalogue of words can be checked
// and a door refuse what is none.
func PhotoAdvices() []PhotoAdvice {
	return []PhotoAdvice{PhotoWait, PhotoGood, PhotoStepIn, PhotoAlone, PhotoCloser, PhotoFurther, PhotoMoveLeft, PhotoMoveRight,
		PhotoMoveUp, PhotoMoveDown, PhotoLevelHead, PhotoHoldStill, PhotoMoreLight, PhotoLessLight, PhotoEvenLight,
		PhotoBackground, PhotoColour, PhotoEyes, PhotoStraight, PhotoAskClerk}
}

// known takes an advice that nobody has words for as a matter for the clerk.
func (a PhotoAdvice) known() PhotoAdvice {
	if slices.Contains(PhotoAdvices(), a) {
		return a
	}
	return PhotoAskClerk
}

// Photo is one picture taken. The loop owns the buffers and clears those of
// every picture of the visit at Wipe; nobody else writes into them.
type Photo struct {
	JPEG          []byte        // to the measures of the profile: what is sealed, shown and printed
	Original      []byte        // as the camera gave it, JPEG
	Width, Height int           // pixels of JPEG
	Findings      []PhotoAdvice // what is not as it should be, worst first
}

// Lack is why there is no photo.
type Lack string

// The lacks. Their words are those of the wire.
const (
	LackNone     Lack = ""
	LackCamera   Lack = protocol.LackCamera   // the camera does not work
	LackTries    Lack = protocol.LackTries    // MaxTries pictures, none kept
	LackDeclined Lack = protocol.LackDeclined // she did not agree
)

// wantsCamera: by the campaign's policy a picture is to be taken here, and the
// box has something to take it with.
func (s State) wantsCamera() bool {
	if s.Machine.Camera == CameraNone {
		return s.Provisional() // she must be photographed, and here she cannot be
	}
	switch s.photoAsked() {
	case campaign.PhotoCamera:
		return true
	case campaign.PhotoChipElseCamera:
		return len(s.Card.Photo) == 0
	}
	return false
}

// photoDone: a picture is kept, none is asked for, or she goes on without one
// as the policy allows.
func (s State) photoDone() bool { return s.Kept || s.Waived || !s.wantsCamera() }

// MayWaive holds when she may go on without a photo. Whoever has no chip may
// not: her photo is all that shows who sat here. Nor whose card an office reviews:
// it does so by her photo (demand A40).
func (s State) MayWaive() bool {
	return s.Phase == PhaseNoPhoto && !s.Provisional() && s.Found.Campaign.Policy.PhotoMissing == campaign.PhotoMissingGoOn
}

// TriesLeft is how many pictures may still be taken.
func (s State) TriesLeft() int { return max(0, MaxTries-s.Tries) }

// PhotoNotice is what she is told before the camera runs, one sentence a line,
// in the language of the screen.
func (s State) PhotoNotice() string {
	return s.Found.Campaign.Text("photo_notice", s.Prefs.English)
}

// Portrait says how the photo came about, for the record.
func (s State) Portrait() protocol.Portrait {
	p := protocol.Portrait{Source: protocol.PortraitNone, Tries: uint16(s.Taken), Notice: s.Notice}
	switch {
	case s.Kept:
		p.Source, p.Profile = protocol.PortraitCamera, s.Found.Campaign.Policy.PhotoProfile
		p.Width, p.Height = uint16(s.Photo.Width), uint16(s.Photo.Height)
		for _, f := range s.Photo.Findings {
			p.Findings = append(p.Findings, string(f))
		}
	case s.Waived:
		p.Lack = string(s.Lack)
	case !s.OnPapers() && (s.Found.Campaign.Policy.Photo == campaign.PhotoChip || len(s.Card.Photo) > 0):
		p.Source = protocol.PortraitChip
	default:
		p.Lack = protocol.LackNoCamera
	}
	return p
}

// camera phases are those in which the camera runs.
func (p Phase) camera() bool {
	return p == PhasePhoto || p == PhaseTaking || p == PhasePhotoCheck || p == PhasePhotoAdvice
}

// toPhoto goes on to the photo, or past it.
func (t *turn) toPhoto() {
	switch {
	case t.photoDone():
		t.toRead()
	case t.Notice == protocol.Hash{}:
		t.enter(PhasePhotoNotice)
	default:
		t.toLive()
	}
}

// toLive shows the live picture; the camera begins to run, if it does not.
func (t *turn) toLive() {
	if t.Machine.Camera != CameraReady {
		t.noPhoto(LackCamera)
		return
	}
	if t.Tries >= MaxTries {
		t.noPhoto(LackTries)
		return
	}
	t.dropPhoto()
	t.Live = PhotoWait
	t.enter(PhasePhoto)
	t.CameraEnd = t.Now + CameraLimit
}

// dropPhoto forgets a picture she did not keep.
func (t *turn) dropPhoto() { t.Photo, t.Kept = Photo{}, false }

func (t *turn) noPhoto(l Lack) {
	t.dropPhoto()
	t.Lack = l
	t.enter(PhaseNoPhoto)
}

func (t *turn) photoNotice(e Event) {
	p, ok := e.(Pressed)
	if !ok {
		return
	}
	switch p.Button {
	case ButtonGoOn:
		t.Notice = protocol.HashOf([]byte(t.PhotoNotice()))
		t.mark(protocol.StepConsent)
		t.toLive()
	case ButtonDecline:
		t.noPhoto(LackDeclined)
	case ButtonBack:
		t.beforePhoto()
	case ButtonWrong:
		t.explain(ExplainWrong)
	}
}

// beforePhoto goes back to the last difference, or to what was found.
func (t *turn) beforePhoto() {
	if n := len(t.Asked()); n > 0 {
		t.Asking = n
		t.enter(PhaseSettle)
		return
	}
	t.enter(PhaseFound)
}

func (t *turn) photo(e Event) {
	switch e := e.(type) {
	case PhotoLive:
		if e.Visit == t.Visit {
			t.Live = e.Advice.known()
			t.CameraEnd = t.Now + CameraLimit
		}
	case CameraDown:
		t.noPhoto(LackCamera)
	case Pressed:
		switch e.Button {
		case ButtonGoOn:
			if t.Live == PhotoWait {
				return // nothing to be seen yet
			}
			t.Tries, t.Taken = t.Tries+1, t.Taken+1
			t.enter(PhaseTaking)
			t.do(TakePhoto{Visit: t.Visit, Try: t.Taken, Profile: t.Found.Campaign.Policy.PhotoProfile})
		case ButtonBack:
			t.enter(PhasePhotoNotice)
		}
	}
}

func (t *turn) taking(e Event) {
	switch e := e.(type) {
	case PhotoTaken:
		if e.Visit == t.Visit && e.Try == t.Taken {
			t.gotPhoto(e.Photo, PhasePhotoCheck)
		}
	case PhotoRefused:
		if e.Visit == t.Visit && e.Try == t.Taken {
			t.gotPhoto(e.Photo, PhasePhotoAdvice)
		}
	case CameraDown:
		t.noPhoto(LackCamera)
	}
}

func (t *turn) gotPhoto(p Photo, next Phase) {
	p.Findings = slices.Clone(p.Findings)
	for i, f := range p.Findings {
		p.Findings[i] = f.known()
	}
	if next == PhasePhotoCheck && len(p.JPEG) == 0 {
		next = PhasePhotoAdvice // there is nothing she could keep
	}
	if next == PhasePhotoAdvice && len(p.Findings) == 0 {
		p.Findings = []PhotoAdvice{PhotoAskClerk}
	}
	if next == PhasePhotoAdvice && t.Tries >= MaxTries {
		t.noPhoto(LackTries)
		return
	}
	t.Photo = p
	t.enter(next)
}

func (t *turn) photoCheck(e Event) {
	p, ok := e.(Pressed)
	if !ok {
		return
	}
	switch p.Button {
	case ButtonGoOn:
		t.Kept, t.Lack = true, LackNone
		t.mark(protocol.StepPhoto)
		t.toRead()
	case ButtonAgain:
		t.toLive()
	}
}

func (t *turn) photoAdvice(e Event) {
	if p, ok := e.(Pressed); ok && (p.Button == ButtonGoOn || p.Button == ButtonAgain) {
		t.toLive()
	}
}

func (t *turn) noPhotoYet(e Event) {
	switch e := e.(type) {
	case CameraUp:
		if t.Lack == LackCamera {
			t.toLive()
		}
	case Pressed:
		switch e.Button {
		case ButtonRetry:
			switch t.Lack {
			case LackDeclined:
				t.enter(PhasePhotoNotice)
			case LackCamera:
				t.toLive()
			}
		case ButtonGoOn:
			if t.MayWaive() {
				t.Waived = true
				t.toRead()
			}
		case ButtonDone:
			t.end()
		}
	}
}
