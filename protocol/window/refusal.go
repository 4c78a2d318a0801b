package window

// Refusal is why a revision is not made, or a window is none: something the
// office can mend. It is compared by identity (errors.Is(err, ErrOverlap)); its
// texts may be improved at any time.
type Refusal struct {
	Code string // stable, lower case, for catalogues and JSON
	Zh   string // what to do, for the person at the screen
	En   string
}

// Error gives the English sentence.
func (r *Refusal) Error() string { return r.En }

// Refusals of revisions.
var (
	ErrUnknown       = &Refusal{"unknown-window", "没有这个时段，或已撤销，请重新选择。", "there is no such window, or it was withdrawn: choose again"}
	ErrStale         = &Refusal{"revision-used", "这个时段已被改动过，请刷新后重新核对再修改。", "somebody has revised this window meanwhile: look at it again and decide again"}
	ErrNoReason      = &Refusal{"no-reason", "请填写调整的理由。", "give the reason of the revision"}
	ErrReversed      = &Refusal{"end-before-start", "结束时间应晚于开始时间，请重新填写。", "the end must lie after the start: enter it again"}
	ErrEndPast       = &Refusal{"end-before-now", "新的截止时间已经过去，正在办理和已经受理的考生会受影响，请填写现在以后的时间。", "the new end has passed, and would close on people who are being or have been served: choose a moment still to come"}
	ErrOpened        = &Refusal{"opened", "这个时段已经开放，不能推迟开始或撤销；需要停办请用“暂停”，需要早结束请提前截止时间。", "the window has opened and can be neither postponed nor withdrawn: suspend it, or move its end"}
	ErrPast          = &Refusal{"past", "时间已经过去，请填写现在以后的时间。", "that moment has passed: choose one still to come"}
	ErrUnchanged     = &Refusal{"unchanged", "没有任何改动，请核对要调整的时间。", "nothing would change: check what was meant to be revised"}
	ErrOverlap       = &Refusal{"overlap", "调整后会与另一个时段对同一考生同时开放，请先调整另一个时段。", "it would be open together with another window for the same person: revise the other one first"}
	ErrOutside       = &Refusal{"outside", "所填时间不在这个时段之内，请改在时段之内，或先延长时段。", "that lies outside the window: stay within it, or extend it first"}
	ErrPauses        = &Refusal{"pauses", "与已有的暂停重叠，请先恢复或核对暂停的起止时间。", "it overlaps a pause that is there already: resume first, or check the times"}
	ErrNotPaused     = &Refusal{"not-paused", "这个时段没有暂停，不需要恢复。", "the window is not paused: there is nothing to resume"}
	ErrNoSlots       = &Refusal{"no-slots", "请至少分出一个时段，最多500个。", "cut at least one slot and at most 500"}
	ErrEmptyScope    = &Refusal{"empty-scope", "分出的时段中有的没有任何考生，请核对地区和尾号。", "a slot is for nobody whom the window is for: check its divisions and digits"}
	ErrLeftOut       = &Refusal{"left-out", "有考生没有分到任何时段，请补上遗漏的地区或尾号。", "somebody whom the window is for would have no slot: add the division or digit that is missing"}
	ErrManyRevisions = &Refusal{"too-many-revisions", "修订次数已到上限，请新建时段。", "the window has no revision number left: make a new window"}
)

// Refusals of single windows, beside ErrReversed and ErrPauses.
var (
	ErrIncomplete = &Refusal{"incomplete", "时段缺少代码或环节，请补上。", "the window lacks its id or its step: add it"}
	ErrHours      = &Refusal{"hours", "每日办理时间应在0时至24时之间，结束晚于开始，且互不重叠。", "daily hours lie between 0:00 and 24:00, end after they start, and do not overlap"}
	ErrDigits     = &Refusal{"digits", "尾号应为0至9或X，每个只写一次。", "a last digit is one of 0 to 9 or X, each named once"}
)

// Faults are what is wrong with a window by itself: some of ErrIncomplete,
// ErrReversed, ErrHours, ErrPauses, ErrDigits; none for a sound one. What the
// codes of its scope mean, only the campaign knows.
func (w Window) Faults() []*Refusal {
	var out []*Refusal
	add := func(bad bool, r *Refusal) {
		if bad {
			out = append(out, r)
		}
	}
	add(w.ID == "" || w.Step == "", ErrIncomplete)
	add(!w.From.Before(w.To), ErrReversed)
	add(!soundHours(w.Hours), ErrHours)
	add(!soundPauses(w.Pauses), ErrPauses)
	add(!soundDigits(w.Scope.Digits), ErrDigits)
	return out
}

func soundHours(hours []Hours) bool {
	for i, h := range hours {
		if h.From >= h.To || h.To > 24*60 {
			return false
		}
		for _, o := range hours[:i] {
			if h.From < o.To && o.From < h.To {
				return false
			}
		}
	}
	return true
}

// soundPauses wants pauses in order, apart, and only the last without an end.
func soundPauses(pauses []Pause) bool {
	for i, p := range pauses {
		if !p.To.IsZero() && !p.From.Before(p.To) {
			return false
		}
		if i > 0 && (pauses[i-1].To.IsZero() || p.From.Before(pauses[i-1].To)) {
			return false
		}
	}
	return true
}

func soundDigits(digits []string) bool {
	seen := map[string]bool{}
	for _, d := range digits {
		if len(d) != 1 || (d != "X" && (d < "0" || d > "9")) || seen[d] {
			return false
		}
		seen[d] = true
	}
	return true
}
