package visit

// Phase is where the walk is. Each says what the person sees, what ends it,
// and what a power cut makes of it.
type Phase uint8

// The phases.
const (
	// PhaseIdle: no visit. She sees how to begin, or, by Machine, why she
	// cannot (reader fault, blocked), or that a card was left behind. Ended by
	// CardPlaced. After a power cut the box is here.
	PhaseIdle Phase = iota

	// PhaseReading: a card was put down and is being read. She sees that it
	// must stay. Ended by CardRead, CardUnreadable, CardRemoved, ReaderDown,
	// or ReadLimit. A power cut forgets it; nothing was kept.
	PhaseReading

	// PhaseUnreadable: the card could not be read. She sees what to do with it
	// (Advice). Ended by placing a card again, by "好了", or by NoteLimit. A
	// power cut forgets it.
	PhaseUnreadable

	// PhaseLooking: the roster is asked, then the window judged. She sees that
	// it takes a moment. Ended by Looked and Judged, or by LookLimit, which
	// shows a fault. A power cut forgets it.
	PhaseLooking

	// PhaseRefused: she cannot be served, for the reason in Refusal. She sees
	// the reason, what to do, where and when. Ended by "好了", by the next
	// card, or by NoteLimit after the last touch. A power cut forgets it.
	PhaseRefused

	// PhaseExplained: she asked something before or instead of confirming
	// (Explain): it is not me, something is wrong, I have no card, I have not
	// registered. She sees what to do; nothing is sealed. Ended like
	// PhaseRefused. A power cut forgets it.
	PhaseExplained

	// PhaseFound: her application beside her chip, differing characters
	// marked. Ended by going on, by "不是我" or "有错，要改", by the idle or the
	// hard limit, by the card being gone for CardLimit. A power cut forgets
	// it: nothing is durable yet, she begins again.
	PhaseFound

	// PhaseSettle: one difference between application and chip that asks for a
	// decision, n of m: take the card's, or keep and let the clerk look; a name
	// is always the clerk's. Ended like PhaseFound; also by going back. A power
	// cut forgets it.
	PhaseSettle

	// PhasePhotoNotice: before the camera runs: what the photo is for, who uses
	// it, and that she may decline. Ended like PhaseFound, by agreeing, or by
	// declining. A power cut forgets it.
	PhasePhotoNotice

	// PhasePhoto: the live picture and what it lacks, in words. The camera runs.
	// Ended like PhaseFound, by taking the picture, by the camera being lost or
	// silent for CameraLimit. A power cut forgets it.
	PhasePhoto

	// PhaseTaking: the picture is being taken. She sees that she should hold
	// still. Ended by PhotoTaken, PhotoRefused, CameraDown, or TakeLimit. A
	// power cut forgets it.
	PhaseTaking

	// PhasePhotoCheck: the picture taken: keep it, or once more. Ended like
	// PhaseFound. A power cut forgets it: no picture is on the disk yet.
	PhasePhotoCheck

	// PhasePhotoAdvice: the picture would be sent back. She sees why and what to
	// do. Ended like PhaseFound, or by another try. A power cut forgets it.
	PhasePhotoAdvice

	// PhaseNoPhoto: there is no photo, for the reason in Lack. She sees whom to
	// ask, and, where the campaign lets her, that she may go on without. Ended
	// like PhaseFound, by the camera coming back, or by "先不办了". A power cut
	// forgets it.
	PhaseNoPhoto

	// PhaseRead: one page of the read-through, n of m. Ended like PhaseFound;
	// also by going back. A power cut forgets it.
	PhaseRead

	// PhasePledge: the pledge and the field for her signature. Ended like
	// PhaseFound, or by Signed. A power cut forgets it.
	PhasePledge

	// PhaseSealing: the record is being sealed and made durable. She sees that
	// she should wait; the card may go. Ended by Sealed, SealFailed, or
	// SealLimit; by PhaseRefused when the window has closed meanwhile. A power cut leaves the whole record or none of it; placing
	// the card again tells which.
	PhaseSealing

	// PhaseSealFailed: sealing failed, or gave no answer in time. She sees that
	// nothing of hers is lost and what to do. Ended by trying again (only after
	// a certain failure), by a late Sealed, by "好了", or by NoteLimit. A power
	// cut: as PhaseSealing.
	PhaseSealFailed

	// PhasePrinting: 已受理, the record is durable, and its sheet is on the way to
	// the printer or in it. She sees that, and what a person must do when the
	// printer stops; never that it is printed. The card may go; the next one
	// waits. Ended by SheetPrinted, SheetUnknown, SheetFailed, by "不等了", or by
	// PrintLimit, which asks her. A power cut loses nothing but the paper.
	PhasePrinting

	// PhaseTakeSheet: "纸拿到了吗？". Ended by her word, by the next card, or by
	// the idle limit. A power cut: as PhasePrinting.
	PhaseTakeSheet

	// PhaseSheetFailed: there is no paper. She sees that the record is safe and
	// where else the sheet can be had. Ended by another try, by going on, by the
	// next card, or by NoteLimit. A power cut: as PhasePrinting.
	PhaseSheetFailed

	// PhaseAccepted: 已受理: the record is durable. She sees 待上传 until the
	// hub's receipt, then 已送达省中心. Ended by "好了", by the next card, or by
	// AcceptedLimit, or PayingLimit where it shows how to pay. A power cut loses nothing: the record is sent when the
	// power is back.
	PhaseAccepted

	// PhaseStaff: the staff at the desk decide something (State.For) while she
	// waits. She sees that, and what happens when nobody comes. Ended by Allowed,
	// by Denied, by "不等了", by StaffLimit, or like PhaseFound by card and hard
	// limit. A power cut forgets it.
	PhaseStaff

	// PhaseOwnCard: no visit: the desk asked for the card of a member of staff.
	// She sees that it is hers that is meant. Ended by CardRead, by
	// OwnCardDropped, by "返回", ReaderDown, or OwnCardLimit. A power cut forgets
	// it; nothing was kept.
	PhaseOwnCard

	// PhaseVerify: confirmed on papers, and her card lies there: her application
	// beside it. She sees that one press is enough. Ended by going on, by "先不办
	// 了", by the card being taken away, by the next card, or by NoteLimit. A power
	// cut forgets it.
	PhaseVerify

	// PhaseVerifying: what the card says is being sealed. She sees that it takes a
	// moment. Ended by Verified, VerifyFailed, or SealLimit, which shows a fault. A
	// power cut leaves a whole record, or none.
	PhaseVerifying

	// PhaseTicket: her admission ticket: where she writes, and the press that prints
	// it. Ended by printing, by "先不办了", by the card being taken away, by the next
	// card, or by NoteLimit. A power cut forgets it. From here on PhasePrinting,
	// PhaseTakeSheet and PhaseSheetFailed speak of the ticket (State.Ticketing), and
	// end with the visit.
	PhaseTicket

	// PhaseVerified: it is durable. She sees that nothing more is to be done, or
	// that the office looks at a name that differs. Ended like PhaseRefused. A
	// power cut loses nothing.
	PhaseVerified
)

// Over is what lies over a walk from PhaseLooking to PhasePledge without
// ending it.
type Over uint8

// What can lie over a walk. A power cut forgets each of them with the visit.
const (
	OverNone Over = iota

	// OverLifted: her card is gone. She is asked to put it back; her data is
	// not shown. Ended by her card being read again, or with the visit when
	// CardLimit has passed since the card was first away.
	OverLifted

	// OverWrongCard: another card lies there. She is asked for the card the
	// visit began with. Ended like OverLifted, whose limit runs on.
	OverWrongCard

	// OverReaderLost: the reader was lost during the walk. She is told to wait.
	// Ended by ReaderUp, which asks for the card, or with the visit after
	// ReaderLimit.
	OverReaderLost

	// OverStill: nobody has touched the screen: "您还在吗？". Ended by "我在，再给
	// 我 5 分钟" or any other touch, or with the visit when the idle limit is up.
	OverStill

	// OverHelp: she called for help. Her data is hidden and the idle limit
	// stands still. Ended by "不用了，我接着办", or after HelpLimit, when the idle
	// limit runs again. The one thing that may also lie over PhaseIdle.
	OverHelp
)

// Screen names what is shown: for the heartbeat, the log and the tests. It
// says nothing of whom.
type Screen string

// The screens.
const (
	ScreenIdle        Screen = "idle"
	ScreenTakeCard    Screen = "take-card"
	ScreenReaderFault Screen = "reader-fault"
	ScreenBlocked     Screen = "blocked"
	ScreenReading     Screen = "reading"
	ScreenUnreadable  Screen = "unreadable"
	ScreenLooking     Screen = "looking"
	ScreenRefused     Screen = "refused"
	ScreenExplained   Screen = "explained"
	ScreenFound       Screen = "found"
	ScreenRead        Screen = "read-through"
	ScreenPledge      Screen = "pledge"
	ScreenSealing     Screen = "sealing"
	ScreenSealFailed  Screen = "seal-failed"
	ScreenAccepted    Screen = "accepted"
	ScreenSettle      Screen = "settle"
	ScreenPhotoNotice Screen = "photo-notice"
	ScreenPhoto       Screen = "photo"
	ScreenTaking      Screen = "taking"
	ScreenPhotoCheck  Screen = "photo-check"
	ScreenPhotoAdvice Screen = "photo-advice"
	ScreenNoPhoto     Screen = "no-photo"
	ScreenPrinting    Screen = "printing"
	ScreenTakeSheet   Screen = "take-sheet"
	ScreenSheetFailed Screen = "sheet-failed"
	ScreenLifted      Screen = "card-lifted"
	ScreenWrongCard   Screen = "wrong-card"
	ScreenReaderLost  Screen = "reader-lost"
	ScreenStill       Screen = "still-there"
	ScreenHelp        Screen = "help"
	ScreenOwnCard     Screen = "own-card"
	ScreenStaff       Screen = "staff"
	ScreenVerify      Screen = "verify"
	ScreenVerifying   Screen = "verifying"
	ScreenVerified    Screen = "verified"
	ScreenTicket      Screen = "ticket"
)

// Screen says what is shown.
func (s State) Screen() Screen {
	switch s.Over {
	case OverLifted:
		return ScreenLifted
	case OverWrongCard:
		return ScreenWrongCard
	case OverReaderLost:
		return ScreenReaderLost
	case OverStill:
		return ScreenStill
	case OverHelp:
		return ScreenHelp
	}
	switch s.Phase {
	case PhaseReading:
		return ScreenReading
	case PhaseUnreadable:
		return ScreenUnreadable
	case PhaseLooking:
		return ScreenLooking
	case PhaseRefused:
		return ScreenRefused
	case PhaseExplained:
		return ScreenExplained
	case PhaseFound:
		return ScreenFound
	case PhaseSettle:
		return ScreenSettle
	case PhasePhotoNotice:
		return ScreenPhotoNotice
	case PhasePhoto:
		return ScreenPhoto
	case PhaseTaking:
		return ScreenTaking
	case PhasePhotoCheck:
		return ScreenPhotoCheck
	case PhasePhotoAdvice:
		return ScreenPhotoAdvice
	case PhaseNoPhoto:
		return ScreenNoPhoto
	case PhasePrinting:
		return ScreenPrinting
	case PhaseTakeSheet:
		return ScreenTakeSheet
	case PhaseSheetFailed:
		return ScreenSheetFailed
	case PhaseRead:
		return ScreenRead
	case PhasePledge:
		return ScreenPledge
	case PhaseSealing:
		return ScreenSealing
	case PhaseSealFailed:
		return ScreenSealFailed
	case PhaseAccepted:
		return ScreenAccepted
	case PhaseOwnCard:
		return ScreenOwnCard
	case PhaseStaff:
		return ScreenStaff
	case PhaseVerify:
		return ScreenVerify
	case PhaseVerifying:
		return ScreenVerifying
	case PhaseVerified:
		return ScreenVerified
	case PhaseTicket:
		return ScreenTicket
	}
	switch {
	case s.Machine.Blocked != "":
		return ScreenBlocked
	case s.Machine.ReaderDown:
		return ScreenReaderFault
	case s.Machine.CardOn:
		return ScreenTakeCard
	}
	return ScreenIdle
}

// Walking holds while her application is before her and nothing is sealed: the
// card must stay, the idle and the hard limit run.
func (s State) Walking() bool {
	switch s.Phase {
	case PhaseFound, PhaseSettle, PhaseStaff, PhasePhotoNotice, PhasePhoto, PhaseTaking, PhasePhotoCheck, PhasePhotoAdvice, PhaseNoPhoto, PhaseRead, PhasePledge:
		return true
	}
	return false
}

// Block is why the box serves nobody.
type Block string

// The blocks.
const (
	BlockNone        Block = ""
	BlockNotEnrolled Block = "not-enrolled" // no identity yet: the technician's work
	BlockNoCampaign  Block = "no-campaign"  // enrolled, but the hub has sent no campaign yet
	BlockFrozen      Block = "frozen"       // the hub froze it until an operator has decided
	BlockRevoked     Block = "revoked"      // the hub does not let it in any more
	BlockLocked      Block = "locked"       // the store waits for the secret of the day's opening
	BlockFull        Block = "full"         // storage nearly full: visits under way finish, no new ones
	BlockStore       Block = "store"        // the store cannot be written or failed its check
	BlockBehind      Block = "behind"       // the hub knows records of this box that the box does not: another history of it
	BlockFailing     Block = "failing"      // the storage failed again and again, though it works at the moment
	BlockTamper      Block = "tamper"       // the case was opened, and nobody has looked at it since
	BlockStale       Block = "stale"        // the hub has not been heard for so long that roster and rules may be wrong
	BlockCap         Block = "cap"          // too many records that are at the hub not yet
)

// Blocks lists every reason to serve nobody.
func Blocks() []Block {
	return []Block{BlockNotEnrolled, BlockNoCampaign, BlockFrozen, BlockRevoked, BlockLocked, BlockFull, BlockStore,
		BlockBehind, BlockFailing, BlockTamper, BlockStale, BlockCap}
}

// Finishes reports whether a visit under way is finished although nobody new is
// taken: whenever what she signs can be kept and will be believed.
func (b Block) Finishes() bool {
	switch b {
	case BlockNone, BlockFull, BlockFailing, BlockTamper, BlockStale, BlockCap:
		return true
	}
	return false
}

// Acts reports whether the desk may seal acts of its own meanwhile: they are
// small, and whoever asks has signed in. Not at a box that was opened.
func (b Block) Acts() bool { return b.Finishes() && b != BlockTamper }

// Refusal is why she cannot be served now.
type Refusal string

// The refusals.
const (
	RefuseNotRegistered Refusal = "not-registered" // no application under this number that the box knows of
	RefuseElsewhere     Refusal = "elsewhere"      // chose another point; Found.Point names it
	RefuseConfirmed     Refusal = "confirmed"      // already confirmed; Found.At, Found.Point, Found.Here
	RefuseUnsuited      Refusal = "unsuited"       // the point is not for her: under age, medical, or another level; Unsuited, Others
	RefuseClosed        Refusal = "closed"         // outside the window; Verdict says why and when next
	RefuseExpired       Refusal = "expired"        // the card is certainly past its last day
	RefuseCopies        Refusal = "copies"         // nobody took the pictures of her card without which it is not reviewed
	RefuseNotYetValid   Refusal = "not-yet-valid"  // the card is certainly before its first day
	RefuseIncomplete    Refusal = "incomplete"     // Missing names what the form lacks
	RefuseOtherPerson   Refusal = "other-person"   // the application found is under another number
	RefuseTimeUp        Refusal = "time-up"        // the hard limit
	RefuseNoTicket      Refusal = "no-ticket"      // tickets are printed, and hers cannot be: Found.Lack says why
	RefuseFault         Refusal = "fault"          // the box could not look or judge
)

// Explain is what she is told about.
type Explain string

// The explanations.
const (
	ExplainNotMe         Explain = "not-me"         // "不是我"
	ExplainWrong         Explain = "wrong"          // "有错，要改"
	ExplainNoCard        Explain = "no-card"        // "没带证件"
	ExplainNotRegistered Explain = "no-application" // "还没报名"
	ExplainToken         Explain = "token"          // "取排队号": Drawn is her number
	ExplainNoToken       Explain = "no-token"       // … and none could be drawn
)

// Advice is what to do with a card that could not be read.
type Advice string

// The advices.
const (
	AdvicePlaceAgain Advice = "place-again" // 请移开后重新放置
	AdviceOtherCard  Advice = "other-card"  // this is no identity card
	AdviceHoldStill  Advice = "hold-still"  // taken away too early
	AdviceAskClerk   Advice = "ask-clerk"   // cannot be read at all
)
