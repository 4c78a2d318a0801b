package kiosk

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"sync"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// noticed is before the camera runs, every difference decided.
func (s *studio) noticed(who int) *studio {
	s.found(who, open()).press(visit.ButtonGoOn)
	for s.state.Phase == visit.PhaseSettle {
		s.press(visit.ButtonUseCard, visit.ButtonGoOn)
	}
	return s
}

func (s *studio) live(who int, a visit.PhotoAdvice) *studio {
	s.noticed(who).press(visit.ButtonGoOn)
	return s.step(visit.PhotoLive{Visit: s.state.Visit, Advice: a})
}

func (s *studio) taken(who int, findings ...visit.PhotoAdvice) *studio {
	s.live(who, visit.PhotoGood).press(visit.ButtonGoOn)
	return s.step(visit.PhotoTaken{Visit: s.state.Visit, Try: s.state.Taken, Photo: shotPortrait(findings...)})
}

func (s *studio) refusedPhoto(who int, findings ...visit.PhotoAdvice) *studio {
	s.live(who, visit.PhotoGood).press(visit.ButtonGoOn)
	return s.step(visit.PhotoRefused{Visit: s.state.Visit, Try: s.state.Taken, Photo: shotPortrait(findings...)})
}

// kept is the first page of the read-through, her photo on it.
func (s *studio) kept(who int) *studio { return s.taken(who).press(visit.ButtonGoOn) }

// bare is the found screen on a box without camera and printer.
func (s *studio) bare(who int) *studio {
	s.state = visit.State{Visit: 7}
	s.step(visit.CardPlaced{}, visit.CardRead{Card: s.card(who)})
	s.step(visit.Looked{Visit: s.state.Visit, Finding: visit.FoundHere, Application: s.people[who].Application, Campaign: s.campaign})
	return s.step(visit.Judged{Visit: s.state.Visit, Verdict: open(), Card: form.InForce})
}

// twice is somebody with two differences: one hers to settle, one the clerk's.
func (s *studio) twice() *studio {
	p := s.people[typo]
	p.Application = p.Application.Clone()
	p.Application.Fields[form.Ethnic] = "08"
	if p.Chip.Ethnic == "08" {
		p.Application.Fields[form.Ethnic] = "15"
	}
	s.people = append(s.people, p)
	return s.found(len(s.people)-1, open())
}

func (s *studio) photographing() {
	s.twice().take("found-two", "和身份证有两处不一样")
	s.press(visit.ButtonGoOn).take("settle-clerk", "姓名不一样，工作人员核对")
	s.press(visit.ButtonGoOn).take("settle", "民族不一样，可以用身份证上的")
	s.press(visit.ButtonUseCard, visit.ButtonBack).take("settle-again", "退回来看，选的是身份证上的")
	s.press(visit.ButtonKeep, visit.ButtonBack).take("settle-kept", "退回来看，先不改")
	s.noticed(plain).take("photo-notice", "照相前的说明")
	s.noticed(plain).press(visit.ButtonGoOn).take("photo-wait", "摄像头正在打开")
	for _, a := range visit.PhotoAdvices() {
		if a != visit.PhotoWait {
			s.live(plain, a).more("photo-"+string(a), "照相前："+string(a))
		}
	}
	s.live(plain, visit.PhotoGood).press(visit.ButtonGoOn).take("taking", "正在照相")
	s.taken(plain).take("photo-check", "这张行吗")
	s.taken(plain, visit.PhotoEyes, visit.PhotoStraight).take("photo-check-look", "这张行吗，请看看")
	s.state.Tries = visit.MaxTries
	s.take("photo-check-last", "最后一次")
	s.refusedPhoto(plain, visit.PhotoCloser).take("photo-advice", "脸太小")
	s.refusedPhoto(plain, visit.PhotoLevelHead, visit.PhotoMoreLight, visit.PhotoHoldStill, visit.PhotoBackground).take("photo-advice-many", "好几处不行")
	s.refusedPhoto(plain, visit.PhotoAlone).take("photo-advice-alone", "两个人")
	s.live(plain, visit.PhotoGood).press(visit.ButtonGoOn)
	s.step(visit.PhotoRefused{Visit: s.state.Visit, Try: 1}).take("photo-advice-none", "没有照出来")
	s.live(plain, visit.PhotoGood).step(visit.CameraDown{}).take("no-photo-camera", "摄像头用不了")
	s.live(plain, visit.PhotoGood)
	s.state.Found.Campaign.Policy.PhotoMissing = campaign.PhotoMissingGoOn
	s.step(visit.CameraDown{}).take("no-photo-waive", "摄像头用不了，可以先不照")
	s.noticed(plain).press(visit.ButtonDecline).take("no-photo-declined", "不同意照相")
	s.live(plain, visit.PhotoGood)
	for s.state.Phase != visit.PhaseNoPhoto {
		s.step(visit.PhotoLive{Visit: s.state.Visit, Advice: visit.PhotoGood}).press(visit.ButtonGoOn)
		s.step(visit.PhotoRefused{Visit: s.state.Visit, Try: s.state.Taken, Photo: shotPortrait(visit.PhotoHoldStill)})
	}
	s.take("no-photo-tries", "照了 5 次都不行")
}

func (s *studio) papering() {
	s.printing().take("printing", "正在打印")
	for _, n := range visit.Needs() {
		if n != visit.NeedGone {
			s.printing().step(visit.PrinterState{Needs: []visit.Need{n}}).more("printing-"+string(n), "打印机："+string(n))
		}
	}
	s.printing().step(visit.PrinterState{Down: true}).take("printing-gone", "打印机没有应答")
	s.printed().take("take-sheet", "纸拿到了吗")
	s.printing().step(visit.SheetUnknown{Visit: s.state.Visit, Copy: 1}).take("take-sheet-unknown", "打印机没说打完没有")
	s.printed().press(visit.ButtonHaveNot).take("printing-again", "补打第 2 份")
	s.step(visit.SheetPrinted{Visit: s.state.Visit, Copy: 2}).take("take-sheet-again", "补打的纸拿到了吗")
	s.printing().step(visit.SheetFailed{Visit: s.state.Visit, Copy: 1, Need: visit.NeedJam}).take("sheet-failed", "没打出来")
	s.printing().press(visit.ButtonNoWait).take("sheet-no-wait", "不等了")
	s.printed().press(visit.ButtonHaveNot)
	for s.state.Phase == visit.PhasePrinting {
		s.step(visit.SheetPrinted{Visit: s.state.Visit, Copy: s.state.Sheet.Copy}).press(visit.ButtonHaveNot)
	}
	s.take("sheet-failed-last", "打了 3 份都没有")
	s.printed().pass(visit.SheetLimit).take("still-there-sheet", "您还在吗，等取纸")
}

// shotPortrait is a drawn picture of nobody, to the measures of a photo.
func shotPortrait(findings ...visit.PhotoAdvice) visit.Photo {
	b := drawnPortrait()
	return visit.Photo{JPEG: b, Original: b, Width: 358, Height: 441, Findings: findings}
}

var drawnPortrait = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, bust(358, 441), nil); err != nil {
		return nil // a bytes.Buffer takes everything
	}
	return b.Bytes()
})

// shotPhoto is a picture where a decoded portrait would be.
func shotPhoto() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, bust(102, 126)); err != nil {
		return nil // a bytes.Buffer takes everything
	}
	return b.Bytes()
}

// bust draws a plain bust in the middle.
func bust(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	unit := float64(h) / 126
	for y := range h {
		for x := range w {
			c := color.RGBA{0xdf, 0xe5, 0xec, 0xff}
			dx, up := (float64(x)-float64(w)/2)/unit, float64(y)/unit
			dy := up - 52
			switch {
			case dx*dx/22/22+dy*dy/28/28 < 1 && dy > -12:
				c = color.RGBA{0xdf, 0xc3, 0xa9, 0xff}
			case dx*dx/26/26+(dy+4)*(dy+4)/32/32 < 1 && dy < 6:
				c = color.RGBA{0x2a, 0x32, 0x42, 0xff}
			case up > 88 && dx*dx/46/46+(up-132)*(up-132)/44/44 < 1:
				c = color.RGBA{0x51, 0x60, 0x7a, 0xff}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// shotRecord names the gallery's record.
func shotRecord() protocol.ID { return protocol.ID{0x19, 0x43, 0x01, 0x04} }
