package window

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Names give the campaign's words for codes, Chinese and English. A nil
// function, or empty words, leave the code.
type Names struct {
	Step     func(Step) (zh, en string)
	Division func(code string) (zh, en string)
	Point    func(code string) (zh, en string)
	Level    func(code string) (zh, en string)
	Category func(code string) (zh, en string)
}

// Change is what happens to one window, in a sentence for the head of an office.
type Change struct {
	Window string // id
	Zh, En string
}

// Changes say in words what the windows do to those before them: made,
// withdrawn, moved, paused, and so on; nothing for a window that stays. Windows
// are compared by ID in their highest revisions, in the order of the steps'
// windows now, then of those that went.
func Changes(before, now []Window, names Names) []Change {
	old, fresh := highest(before), highest(now)
	byID := make(map[string]Window, len(old))
	for _, w := range old {
		byID[w.ID] = w
	}
	var out []Change
	add := func(id string, sentences []sentence) {
		for _, s := range sentences {
			out = append(out, Change{id, s.zh, s.en})
		}
	}
	for _, w := range fresh {
		was, ok := byID[w.ID]
		delete(byID, w.ID)
		switch {
		case !ok:
			add(w.ID, names.made(w))
		default:
			add(w.ID, names.changed(was, w))
		}
	}
	for _, w := range old {
		if _, left := byID[w.ID]; left {
			add(w.ID, names.gone(w))
		}
	}
	return out
}

// highest gives each ID in its highest revision, withdrawn ones too, in order.
func highest(windows []Window) []Window {
	at := map[string]int{}
	var out []Window
	for _, w := range windows {
		if i, ok := at[w.ID]; !ok {
			at[w.ID] = len(out)
			out = append(out, w)
		} else if w.Revision > out[i].Revision {
			out[i] = w
		}
	}
	return out
}

type sentence struct{ zh, en string }

func (n Names) made(w Window) []sentence {
	if w.Withdrawn {
		return nil
	}
	whom := n.whom(w)
	fromZh, fromEn := startWords(w.From, w.From)
	toZh, toEn := endWords(w.To, w.From)
	out := []sentence{{"新增" + whom.zh + "时段：" + fromZh + "至" + toZh, "new: " + whom.en + ", " + fromEn + " to " + toEn}}
	if len(w.Hours) > 0 {
		zh, en := hoursWords(w.Hours)
		out[0].zh, out[0].en = out[0].zh+"，每天"+zh, out[0].en+", daily "+en
	}
	return append(out, pauseChanges(whom, Window{From: w.From}, w)...)
}

func (n Names) gone(w Window) []sentence {
	if w.Withdrawn {
		return nil
	}
	whom := n.whom(w)
	fromZh, fromEn := startWords(w.From, w.From)
	toZh, toEn := endWords(w.To, w.From)
	return []sentence{{"撤销" + whom.zh + "时段（" + fromZh + "至" + toZh + "）", "withdrawn: " + whom.en + " (" + fromEn + " to " + toEn + ")"}}
}

func (n Names) changed(was, w Window) []sentence {
	switch {
	case w.Withdrawn:
		return n.gone(was)
	case was.Withdrawn:
		return n.made(w)
	}
	whom := n.whom(was)
	var out []sentence
	say := func(zh, en string) { out = append(out, sentence{whom.zh + zh, whom.en + ": " + en}) }
	if w.Step != was.Step || !sameScope(was.Scope, w.Scope) {
		to := n.whom(w)
		say("时段改为用于"+to.zh, "the window is now for "+to.en)
		n.traded(was.Scope, w.Scope, say)
	}
	moved := func(zh, en string, a, b time.Time, words func(t, near time.Time) (string, string)) {
		if a.Equal(b) {
			return
		}
		oldZh, oldEn := words(a, was.From)
		newZh, newEn := words(b, was.From)
		way, wayEn := "推迟到", "is put off from "
		if b.Before(a) {
			way, wayEn = "提前到", "is brought forward from "
		}
		say(zh+"由"+oldZh+way+newZh, en+wayEn+oldEn+" to "+newEn)
	}
	moved("开始时间", "the opening ", was.From, w.From, startWords)
	moved("截止时间", "the close ", was.To, w.To, endWords)
	if !slices.Equal(was.Hours, w.Hours) {
		oldZh, oldEn := hoursWords(was.Hours)
		newZh, newEn := hoursWords(w.Hours)
		say("每天的办理时间由"+oldZh+"改为"+newZh, "the daily hours change from "+oldEn+" to "+newEn)
	}
	return append(out, pauseChanges(whom, was, w)...)
}

// pauseChanges compares pauses by their start.
func pauseChanges(whom sentence, was, w Window) []sentence {
	var out []sentence
	say := func(zh, en string) { out = append(out, sentence{whom.zh + zh, whom.en + ": " + en}) }
	at := func(pauses []Pause, from time.Time) int {
		return slices.IndexFunc(pauses, func(p Pause) bool { return p.From.Equal(from) })
	}
	for _, p := range w.Pauses {
		i := at(was.Pauses, p.From)
		if i >= 0 && was.Pauses[i].To.Equal(p.To) {
			continue
		}
		fromZh, fromEn := startWords(p.From, was.From)
		switch toZh, toEn := startWords(p.To, was.From); {
		case p.To.IsZero():
			say("自"+fromZh+"起暂停，恢复时间另行通知", "paused from "+fromEn+" until further notice")
		case i < 0:
			say("自"+fromZh+"起暂停，"+toZh+"恢复", "paused from "+fromEn+" to "+toEn)
		default:
			say("自"+fromZh+"起的暂停，"+toZh+"恢复", "the pause from "+fromEn+" ends at "+toEn)
		}
	}
	for _, p := range was.Pauses {
		inside := p.From.Before(w.To) && (p.To.IsZero() || w.From.Before(p.To))
		if inside && at(w.Pauses, p.From) < 0 {
			zh, en := startWords(p.From, was.From)
			say("自"+zh+"起的暂停取消", "the pause from "+en+" is called off")
		}
	}
	return out
}

func sameScope(a, b Scope) bool {
	return slices.Equal(a.Divisions, b.Divisions) && slices.Equal(a.Points, b.Points) && slices.Equal(a.Levels, b.Levels) &&
		slices.Equal(a.Categories, b.Categories) && slices.Equal(a.Households, b.Households) && slices.Equal(a.Digits, b.Digits)
}

// whom says scope and step: 长沙市本地户籍考生的现场确认.
func (n Names) whom(w Window) sentence {
	scope := n.scope(w.Scope)
	step := sentence{zh: string(w.Step), en: string(w.Step)}
	if zh, en := stepWords(w.Step); zh != "" {
		step = sentence{zh, en}
	}
	if n.Step != nil {
		if zh, en := n.Step(w.Step); zh != "" {
			step = sentence{zh, en}
		}
	}
	return sentence{scope.zh + "的" + step.zh, step.en + " for " + scope.en}
}

// scope says whom a scope names.
func (n Names) scope(s Scope) sentence {
	var zh, en []string
	part := func(codes []string, name func(string) (string, string), zhAfter, enBefore string) {
		if len(codes) == 0 {
			return
		}
		z, e := list(codes, name)
		zh, en = append(zh, z+zhAfter), append(en, enBefore+e)
	}
	local := len(s.Divisions) > 0 && slices.Equal(s.Divisions, s.Households)
	part(s.Divisions, n.Division, "", "at points in ")
	part(s.Points, n.Point, "报名确认点", "at point ")
	if local {
		zh, en = append(zh, "本地户籍"), append(en, "whose household is there")
	} else {
		part(s.Households, n.Division, "户籍", "whose household is in ")
	}
	part(s.Levels, n.Level, "层次", "of level ")
	part(s.Categories, n.Category, "科类", "of category ")
	if len(s.Digits) > 0 {
		zh, en = append(zh, "尾号"+strings.Join(s.Digits, "、")+"的"), append(en, "whose number ends in "+strings.Join(s.Digits, ", "))
	}
	if len(zh) == 0 {
		return sentence{"所有考生", "all candidates"}
	}
	return sentence{strings.Join(zh, "") + "考生", "candidates " + strings.Join(en, ", ")}
}

// traded says what a scope loses and gains where a list is too long to be
// named whole: nobody may be left out of a window unsaid.
func (n Names) traded(was, now Scope, say func(zh, en string)) {
	for _, l := range []struct {
		was, now []string
		name     func(string) (string, string)
	}{
		{was.Divisions, now.Divisions, n.Division}, {was.Points, now.Points, n.Point}, {was.Levels, now.Levels, n.Level},
		{was.Categories, now.Categories, n.Category}, {was.Households, now.Households, n.Division},
	} {
		if len(l.was) == 0 || len(l.now) == 0 || max(len(l.was), len(l.now)) <= maxNamed {
			continue
		}
		if lost := without(l.was, l.now); len(lost) > 0 {
			zh, en := list(lost, l.name)
			say("时段不再包括"+zh, "the window leaves out "+en)
		}
		if gained := without(l.now, l.was); len(gained) > 0 {
			zh, en := list(gained, l.name)
			say("时段新包括"+zh, "the window takes in "+en)
		}
	}
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(c string) bool { return slices.Contains(some, c) })
}

// maxNamed is as many codes as are named one by one: the cities of a province.
const maxNamed = 14

// list names codes; of more than maxNamed, the first three and how many there
// are.
func list(codes []string, name func(string) (string, string)) (zh, en string) {
	var zhs, ens []string
	for _, code := range codes {
		z, e := code, code
		if name != nil {
			if nz, ne := name(code); nz != "" {
				if z, e = nz, ne; e == "" {
					e = nz
				}
			}
		}
		zhs, ens = append(zhs, z), append(ens, e)
	}
	if n := len(codes); n > maxNamed {
		return strings.Join(zhs[:3], "、") + "等" + strconv.Itoa(n) + "个", strings.Join(ens[:3], ", ") + " and " + strconv.Itoa(n-3) + " more"
	}
	return strings.Join(zhs, "、"), strings.Join(ens, ", ")
}

// stepWords name the steps of this package.
func stepWords(s Step) (zh, en string) {
	switch s {
	case Register:
		return "网上报名", "registration"
	case Confirm:
		return "现场确认", "confirmation"
	case Pay:
		return "网上缴费", "payment"
	case UnpaidCheck:
		return "未缴费核实", "the check of the unpaid"
	case Bonus:
		return "照顾加分录入", "entry of bonuses"
	case Exemption:
		return "免试审核", "review of exemptions"
	case Report:
		return "数据上报", "reporting"
	case PrintTicket:
		return "准考证打印", "printing of tickets"
	}
	return "", ""
}

// Whom says whom a window is for and which step it opens, Chinese and English:
// “长沙市考生的现场确认”.
func (n Names) Whom(w Window) (zh, en string) {
	s := n.whom(w)
	return s.zh, s.en
}

// InWords says the daily hours of a window, Chinese and English, "" for a window
// that has none.
func InWords(hours []Hours) (zh, en string) {
	if len(hours) == 0 {
		return "", ""
	}
	return hoursWords(hours)
}
