package visit_test

import (
	"strconv"
	"time"

	"pgregory.net/rapid"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// markedPicture can be found again.
func markedPicture(findings ...visit.PhotoAdvice) visit.Photo {
	return visit.Photo{JPEG: []byte(marker), Original: []byte(marker), Width: 358, Height: 441, Findings: findings}
}

func anyEvent(t *rapid.T, s visit.State) visit.Event {
	number := rapid.SampledFrom([]string{"11010519491231002X", "440524188001010014", "810000199408230021"}).Draw(t, "whose")
	card, app := planted(number)
	if s.Read && rapid.Bool().Draw(t, "hers") {
		card, app = planted(string(s.Card.Chip.Number))
	}
	near := func(n uint64) uint64 { return n - uint64(rapid.SampledFrom([]int{0, 0, 0, 0, 0, 1}).Draw(t, "stale")) }
	if rapid.IntRange(0, 9).Draw(t, "onward") < 6 {
		if e := onward(t, s, card, app); e != nil {
			return e
		}
	}
	switch rapid.IntRange(0, 38).Draw(t, "event") {
	case 38:
		by := []protocol.Assent{clerk, head}[:rapid.IntRange(0, 2).Draw(t, "persons")]
		return rapid.SampledFrom([]visit.Event{visit.Opened{Visit: near(s.Visit), Clerk: clerk}, visit.Denied{Visit: near(s.Visit), Ask: s.Ask(), Clerk: clerk},
			visit.Allowed{Visit: near(s.Visit), Ask: s.Ask(), Chip: true, Reason: "r", Assents: by},
			visit.Allowed{Visit: near(s.Visit), Ask: s.Ask(), Reason: marker, Assents: by, Copies: [][]byte{[]byte(marker)}}}).Draw(t, "staff")
	case 37:
		return markedPapers(card, rapid.IntRange(0, 2).Draw(t, "copies"))
	case 35:
		return rapid.SampledFrom([]visit.Event{visit.QueueOffered{On: true}, visit.Drawn{Visit: near(s.Visit), Label: "2-013"}, visit.Called{}}).Draw(t, "queue")
	case 36:
		n := strconv.FormatUint(s.Visit, 10)
		return visit.Called{Token: visit.Token{Label: n, Key: n, Statement: n}}
	case 25:
		return rapid.SampledFrom([]visit.Event{visit.CameraUp{}, visit.CameraUp{}, visit.CameraDown{}}).Draw(t, "camera")
	case 26:
		return visit.PhotoLive{Visit: near(s.Visit), Advice: rapid.SampledFrom(visit.PhotoAdvices()).Draw(t, "advice")}
	case 27:
		return visit.PhotoTaken{Visit: near(s.Visit), Try: s.Taken, Photo: markedPicture()}
	case 28:
		return visit.PhotoRefused{Visit: near(s.Visit), Try: s.Taken, Photo: markedPicture(visit.PhotoCloser)}
	case 29:
		return rapid.SampledFrom([]visit.Event{visit.PrinterState{}, visit.PrinterState{Needs: []visit.Need{visit.NeedJam}}, visit.PrinterState{Down: true}}).Draw(t, "printer")
	case 30:
		return visit.SheetPrinted{Visit: near(s.Visit), Copy: s.Sheet.Copy}
	case 31:
		return visit.SheetUnknown{Visit: near(s.Visit), Copy: s.Sheet.Copy}
	case 32:
		return visit.SheetFailed{Visit: near(s.Visit), Copy: s.Sheet.Copy, Need: visit.NeedPaper}
	case 33:
		if rapid.IntRange(0, 2).Draw(t, "own") == 0 {
			return rapid.SampledFrom([]visit.Event{visit.OwnCardWanted{}, visit.OwnCardDropped{}}).Draw(t, "own card")
		}
		return visit.VoiceOffered{On: rapid.Bool().Draw(t, "on")}
	case 34:
		if rapid.IntRange(0, 4).Draw(t, "escape") == 0 {
			return visit.StaffEscape{}
		}
		return visit.SheetSent{Visit: near(s.Visit), Copy: s.Sheet.Copy}
	case 0:
		return visit.CardPlaced{}
	case 1, 2:
		return visit.CardRead{Card: card}
	case 3:
		return visit.CardUnreadable{Advice: visit.AdvicePlaceAgain}
	case 4:
		return visit.CardRemoved{}
	case 5:
		return visit.ReaderDown{}
	case 6:
		return visit.ReaderUp{}
	case 7, 8, 9:
		f := rapid.SampledFrom([]visit.Finding{visit.FoundHere, visit.FoundHere, visit.FoundHere, visit.FoundNone, visit.FoundElsewhere, visit.FoundConfirmed, visit.LookFault}).Draw(t, "found")
		return visit.Looked{Visit: near(s.Visit), Finding: f, Application: app, Campaign: lenient(1), Point: marker, Reprint: true, Record: record, Copies: 1}
	case 10, 11, 12:
		v := rapid.SampledFrom([]window.State{window.Open, window.Open, window.Undecidable, window.Closed, ""}).Draw(t, "verdict")
		return visit.Judged{Visit: near(s.Visit), Verdict: window.Verdict{State: v}, Card: rapid.SampledFrom([]form.Validity{"", form.ExpiredCard}).Draw(t, "card"), Missing: rapid.SampledFrom([][]string{nil, nil, nil, {form.PostCode}}).Draw(t, "missing")}
	case 13:
		return visit.Sealed{Visit: near(s.Visit), Record: record}
	case 14:
		v := rapid.SampledFrom([]window.State{"", "", window.Closed}).Draw(t, "closed")
		return visit.SealFailed{Visit: near(s.Visit), Confirmed: rapid.Bool().Draw(t, "confirmed"), Closed: window.Verdict{State: v}}
	case 15:
		return visit.Receipted{Record: record}
	case 16:
		return visit.BoxBlocked{Reason: rapid.SampledFrom([]visit.Block{"", "", "", visit.BlockFull, visit.BlockFrozen, visit.BlockStale, visit.BlockTamper}).Draw(t, "block")}
	case 17:
		sig := signature()
		if rapid.IntRange(0, 4).Draw(t, "bad") == 0 {
			sig.Strokes = nil
		}
		return visit.Signed{Visit: near(s.Visit), Turn: near(s.Turn), Signature: sig}
	case 18:
		return visit.Ticked{Now: s.Now + time.Duration(rapid.IntRange(-5, 100).Draw(t, "seconds"))*time.Second}
	case 19, 20, 21:
		return visit.Pressed{Visit: near(s.Visit), Turn: near(s.Turn), Button: visit.ButtonGoOn}
	default:
		return visit.Pressed{Visit: near(s.Visit), Turn: near(s.Turn), Button: rapid.SampledFrom(visit.Buttons()).Draw(t, "button")}
	}
}

// onward is what would happen next to somebody who just goes on; without it
// hardly any random order would ever reach the end.
func onward(t *rapid.T, s visit.State, card visit.Card, app form.Application) visit.Event {
	press := func(b visit.Button) visit.Event { return visit.Pressed{Visit: s.Visit, Turn: s.Turn, Button: b} }
	switch s.Screen() {
	case visit.ScreenIdle, visit.ScreenLifted, visit.ScreenWrongCard, visit.ScreenReading, visit.ScreenOwnCard:
		return visit.CardRead{Card: card}
	case visit.ScreenTakeCard:
		return visit.CardRemoved{}
	case visit.ScreenReaderLost, visit.ScreenReaderFault:
		return visit.ReaderUp{}
	case visit.ScreenBlocked:
		return visit.BoxBlocked{}
	case visit.ScreenLooking:
		if s.Found.Finding == visit.FoundHere {
			return visit.Judged{Visit: s.Visit, Verdict: openVerdict(), Child: rapid.Bool().Draw(t, "child")}
		}
		return visit.Looked{Visit: s.Visit, Finding: visit.FoundHere, Application: app, Campaign: lenient(1), Point: marker}
	case visit.ScreenFound, visit.ScreenRead, visit.ScreenPhotoNotice, visit.ScreenPhotoCheck, visit.ScreenPhotoAdvice:
		return press(visit.ButtonGoOn)
	case visit.ScreenSettle:
		if s.MaySettle(s.Asked()[s.Asking-1].Field) {
			return press(visit.ButtonUseCard)
		}
		return press(visit.ButtonGoOn)
	case visit.ScreenPhoto:
		if s.Live == visit.PhotoWait {
			return visit.PhotoLive{Visit: s.Visit, Advice: visit.PhotoGood}
		}
		return press(visit.ButtonGoOn)
	case visit.ScreenTaking:
		return visit.PhotoTaken{Visit: s.Visit, Try: s.Taken, Photo: markedPicture()}
	case visit.ScreenPrinting:
		return rapid.SampledFrom([]visit.Event{visit.SheetPrinted{Visit: s.Visit, Copy: s.Sheet.Copy},
			visit.SheetFailed{Visit: s.Visit, Copy: s.Sheet.Copy, Need: visit.NeedJam}, press(visit.ButtonNoWait)}).Draw(t, "end of the job")
	case visit.ScreenSheetFailed:
		return press(rapid.SampledFrom([]visit.Button{visit.ButtonRetry, visit.ButtonGoOn}).Draw(t, "without a sheet"))
	case visit.ScreenTakeSheet:
		return press(visit.ButtonHave)
	case visit.ScreenStaff:
		a := visit.Allowed{Visit: s.Visit, Ask: s.Ask(), Chip: true, Reason: "r", Assents: []protocol.Assent{clerk}}
		if s.Ask() == visit.AskCopies {
			a.Copies = [][]byte{[]byte(marker), []byte(marker)}
		}
		if s.Ask() == visit.AskGuardian {
			a.Copies = [][]byte{[]byte(marker)}
			a.Guardian = protocol.Guardian{Name: marker, Relation: "other", Phone: marker, Text: protocol.HashOf(nil), Sheet: protocol.HashOf([]byte(marker))}
		}
		return a
	case visit.ScreenPledge:
		return visit.Signed{Visit: s.Visit, Turn: s.Turn, Signature: signature()}
	case visit.ScreenSealing:
		return visit.Sealed{Visit: s.Visit, Record: record}
	}
	return nil
}
