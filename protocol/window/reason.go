package window

// Reason says why. Every state has one.
type Reason string

// Reasons.
const (
	InWindow    Reason = "in-window"    // open
	ClockUnsure Reason = "clock-unsure" // undecidable
	QueueToken  Reason = "queue-token"  // after the close, but queued while it was, or may have been, open
	NotYet      Reason = "not-yet"      // closed; NextOpening says when
	Between     Reason = "between"      // closed between two windows; NextOpening says when
	Over        Reason = "over"         // closed for good
	Paused      Reason = "paused"       // stopped by the office; NextOpening says until when, if that is known
	NoWindow    Reason = "no-window"    // this campaign has no window for this step
)

// Reasons of a window that is not hers. It is open now for others at her place,
// or, when there is no window of hers at any time, it is the one that comes
// nearest to being hers. Unknown means that what the window asks is not given.
const (
	WrongDivision    Reason = "wrong-division"
	WrongPoint       Reason = "wrong-point"
	WrongLevel       Reason = "wrong-level"
	WrongCategory    Reason = "wrong-category"
	WrongHousehold   Reason = "wrong-household"
	WrongDigit       Reason = "wrong-digit"
	DivisionUnknown  Reason = "division-unknown"
	PointUnknown     Reason = "point-unknown"
	LevelUnknown     Reason = "level-unknown"
	CategoryUnknown  Reason = "category-unknown"
	HouseholdUnknown Reason = "household-unknown"
	DigitUnknown     Reason = "digit-unknown"
)

// Reasons are all there are, in the order of the constants.
func Reasons() []Reason {
	return []Reason{InWindow, ClockUnsure, QueueToken, NotYet, Between, Over, Paused, NoWindow,
		WrongDivision, WrongPoint, WrongLevel, WrongCategory, WrongHousehold, WrongDigit,
		DivisionUnknown, PointUnknown, LevelUnknown, CategoryUnknown, HouseholdUnknown, DigitUnknown}
}

// Words say the reason to the person and what she can do. A surface with words
// of its own may use those; a reason that is none here gives its code.
func (r Reason) Words() (zh, en string) {
	switch r {
	case InWindow:
		return "现在可以办理。", "It is open now."
	case ClockUnsure:
		return "照常办理；本机时间待核，由考试机构核定。", "Carry on; this machine's time is not verified, and the office will settle it."
	case QueueToken:
		return "您在截止前已取号，继续办理。", "You queued before the close: carry on."
	case NotYet:
		return "还没有到开始时间，请届时办理。", "It has not begun: please come when it does."
	case Between:
		return "上一时段已结束，请在下一时段办理。", "One period is over: please come in the next."
	case Over:
		return "办理时间已经结束，如有疑问请向县（市、区）招办咨询。", "It is over. For questions, ask the county office."
	case Paused:
		return "因故暂停办理，请等候恢复通知。", "It is paused: please wait for the notice that it goes on."
	case NoWindow:
		return "本次招考没有安排这一环节。", "This examination has no such step."
	case WrongDivision:
		return "这一时段不在您所选报名确认点的地区办理，请留意当地的安排。", "This period is not for the place of the point you chose: see the arrangements there."
	case WrongPoint:
		return "这一时段只在指定的报名确认点办理，请改选指定的点。", "This period is only at designated points: choose one of those."
	case WrongLevel:
		return "这一时段不办理您所选的报考层次，请在该层次的时段办理。", "This period is not for the level you chose: come in the one that is."
	case WrongCategory:
		return "这一时段不办理您所选的科类，请在该科类的时段办理。", "This period is not for the category you chose: come in the one that is."
	case WrongHousehold:
		return "这一时段只面向户籍在当地的考生。", "This period is only for candidates whose household is here."
	case WrongDigit:
		return "这一时段面向其他尾号的考生，请在您的尾号对应的时段办理。", "This period is for numbers ending in other digits: come in the one for yours."
	case DivisionUnknown, PointUnknown:
		return "还没有选择报名确认点，请先选择。", "No point has been chosen: choose one first."
	case LevelUnknown:
		return "还没有选择报考层次，请先填写志愿。", "No level has been chosen: enter your choices first."
	case CategoryUnknown:
		return "还没有选择科类，请先填写志愿。", "No category has been chosen: enter your choices first."
	case HouseholdUnknown:
		return "还没有填写户籍所在地，请先填写。", "The place of the household is not given: enter it first."
	case DigitUnknown:
		return "还没有可用来分时段的号码，请先填写证件号码或领取报名顺序号。", "There is no number yet to tell your period by: enter the document's number or get your sequence number first."
	}
	return string(r), string(r)
}

// Words say the verdict: the reason, and the moment that matters.
func (v Verdict) Words() (zh, en string) {
	zh, en = v.Reason.Words()
	add := func(a, b string) { zh, en = zh+a, en+" "+b }
	switch {
	case v.Accepts():
		if v.OutsideHours {
			add("现在不在每天的办理时间内。", "It is outside the daily hours.")
		}
		return zh, en
	case v.Reason == Over && !v.Ended.IsZero():
		at, atEn := endWords(v.Ended, v.Ended)
		add("截止时间是"+at+"。", "The close was at "+atEn+".")
	}
	if !v.NextOpening.IsZero() {
		at, atEn := startWords(v.NextOpening, v.NextOpening)
		add(at+"起可以办理。", "It opens for you at "+atEn+".")
	}
	return zh, en
}
