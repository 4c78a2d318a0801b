package campaign

import (
	"fmt"
	"slices"

	"zhunkao/protocol/form"
)

// choices holds the choices against the catalogue and against the rule of the
// first one's level (2019 plan, section 4.2; demand A32).
func (k *Checker) choices(s *judgement) {
	all := inOrder(s.app.Choices)
	switch {
	case len(all) == 0:
		s.add(form.ChoiceName(1), form.NoChoice, "请填报第一志愿。", "make a first choice")
		return
	case k.maxChoices > 0 && len(all) > k.maxChoices:
		s.add(form.OnChoice, form.TooMany, fmt.Sprintf("最多可填%d个志愿，请删去多余的。", k.maxChoices), fmt.Sprintf("at most %d choices: remove the rest", k.maxChoices))
		return
	}
	var first *Programme
	for i := range all {
		ch := &all[i]
		if ch.Order != i+1 {
			s.add(form.ChoiceName(i+1), form.BadOrder, "志愿顺序有误，请重新填报志愿。", "choices are not in order: make them again")
			return
		}
		p := k.choice(s, ch)
		if i == 0 {
			first, s.level = p, k.levels[ch.Level]
		} else {
			k.later(s, first, ch, p)
		}
	}
	k.diploma(s, all)
}

// inOrder is the choices by their order; in almost every application they
// stand so already.
func inOrder(choices []form.Choice) []form.Choice {
	for i := range choices {
		if i > 0 && choices[i].Order < choices[i-1].Order {
			sorted := slices.Clone(choices)
			slices.SortStableFunc(sorted, func(a, b form.Choice) int { return a.Order - b.Order })
			return sorted
		}
	}
	return choices
}

// choice checks one choice by itself. It gives the programme of the catalogue
// that it names, nil if there is none.
func (k *Checker) choice(s *judgement, ch *form.Choice) *Programme {
	at := func() string { return form.ChoiceName(ch.Order) }
	level, category := k.levels[ch.Level], k.categories[ch.Category]
	if category != nil && category.MedicalMajor(ch.Major) {
		s.medical = true
	}
	switch {
	case level == nil:
		s.add(at(), form.UnknownLevel, "请重新选择报考层次。", "choose the level again")
		return nil
	case category == nil:
		s.add(at(), form.UnknownCat, "请重新选择科类。", "choose the category again")
		return nil
	case category.Level != ch.Level:
		s.add(at(), form.LevelCategory, "所选科类不属于所选层次，请重新选择科类。", "the category belongs to another level: choose the category again")
		return nil
	case k.categoryOnly && *ch == form.Choice{Order: ch.Order, Level: ch.Level, Category: ch.Category}:
		return nil
	case k.categoryOnly:
		s.add(at(), form.NotYetChosen, "报名时只选择考试类型和科类，不填报院校，请重新选择。", "only the examination and the category are chosen now, no college: make this choice again")
		return nil
	case ch.School == "" || ch.Major == "" || ch.Form == "" || ch.Years == "":
		s.add(at(), form.Incomplete, "请把学校、专业、学习形式和学制填完整。", "complete school, major, form of study and years")
		return nil
	case k.forms != nil && !k.forms[ch.Form], k.years != nil && !k.years[ch.Years]:
		s.add(at(), form.UnknownCode, "请重新选择学习形式和学制。", "choose form of study and years again")
		return nil
	}
	p, why := k.catalogue.find(ch)
	if p == nil {
		s.add(at(), form.NoProgramme, why.zh, why.en)
		return nil
	}
	if differs(ch.SchoolName, p.SchoolName) || differs(ch.MajorName, p.MajorName) || differs(ch.Class, p.Class) {
		s.add(at(), form.OtherName, "志愿中学校、专业或专业类的名称与招生专业目录不一致，请重新选择一次这个志愿并核对。",
			"the names beside the codes are not those of the catalogue: make this choice again and check it")
	}
	return p
}

// differs: a name that was not written down says nothing.
func differs(written, name string) bool { return written != "" && written != name }

// later holds a later choice against the rule of the first one's level. The
// class of majors is the catalogue's, whatever the application says.
func (k *Checker) later(s *judgement, first *Programme, ch *form.Choice, p *Programme) {
	if s.level == nil {
		return
	}
	if _, known := k.levels[ch.Level]; known && !slices.Contains(s.level.Second, ch.Level) {
		s.add(form.ChoiceName(ch.Order), form.SecondLevel, "第一志愿是“"+s.level.Zh+"”时，不能兼报这个层次，请重新选择。",
			"this level cannot follow the level of the first choice: choose another")
		return
	}
	if s.level.OneClass && first != nil && p != nil && p.Class != first.Class {
		s.add(form.ChoiceName(ch.Order), form.OtherClass, "第二志愿不能跨招生专业类，请在第一志愿的专业类（"+first.Class+"）中选择。",
			"a later choice stays within the class of majors of the first: choose there")
	}
}

// diploma holds the education against what level or category asks (domain
// rules, section 1.6). An empty or unknown code is found elsewhere.
func (k *Checker) diploma(s *judgement, all []form.Choice) {
	if k.education == nil {
		return
	}
	code := s.app.Fields[form.Education]
	mark, known := k.education[code]
	if code == "" || !known {
		return
	}
	for i := range all {
		for _, asks := range k.asksDiploma(&all[i]) {
			if asks.mark != "" && asks.mark != mark {
				s.add(form.Education, form.DiplomaNeeded, "报考“"+asks.zh+"”须已取得规定的毕业证书，请核对文化程度，或改报其他层次、科类。",
					asks.en+" asks for a diploma already obtained: check the education, or choose another level or category")
				return
			}
		}
	}
}

type asking struct{ mark, zh, en string }

func (k *Checker) asksDiploma(ch *form.Choice) (out [2]asking) {
	if l := k.levels[ch.Level]; l != nil {
		out[0] = asking{l.Diploma, l.Zh, l.En}
	}
	if c := k.categories[ch.Category]; c != nil {
		out[1] = asking{c.Diploma, c.Zh, c.En}
	}
	return out
}
