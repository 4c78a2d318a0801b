package form

import (
	"fmt"
	"slices"
)

// choices checks what can be known without the catalogue: that levels and
// categories exist and agree, that later choices keep the rule of the first
// choice's level, and that the diploma fits.
func (c *checker) choices() {
	all := slices.Clone(c.app.Choices)
	slices.SortStableFunc(all, func(a, b Choice) int { return a.Order - b.Order })
	switch {
	case len(all) == 0:
		c.add("choice 1", NoChoice, "请填报第一志愿。", "make a first choice")
		return
	case c.def.MaxChoices > 0 && len(all) > c.def.MaxChoices:
		c.add("choice", TooMany, fmt.Sprintf("最多可填%d个志愿，请删去多余的。", c.def.MaxChoices), fmt.Sprintf("at most %d choices: remove the rest", c.def.MaxChoices))
		return
	}
	for i, ch := range all {
		at := fmt.Sprintf("choice %d", i+1)
		if ch.Order != i+1 {
			c.add(at, BadOrder, "志愿顺序有误，请重新填报志愿。", "choices are not in order: make them again")
			return
		}
		c.choice(at, ch)
		if i > 0 {
			c.later(at, all[0], ch)
		}
	}
	c.diploma(all[0])
}

func (c *checker) choice(at string, ch Choice) {
	if _, ok := c.def.Level(ch.Level); !ok {
		c.add(at, UnknownLevel, "请重新选择报考层次。", "choose the level again")
		return
	}
	switch cat, ok := c.def.Category(ch.Category); {
	case !ok:
		c.add(at, UnknownCat, "请重新选择科类。", "choose the category again")
	case cat.Level != ch.Level:
		c.add(at, LevelCategory, "所选科类不属于所选层次，请重新选择科类。", "the category belongs to another level: choose the category again")
	}
	if ch.School == "" || ch.Major == "" || ch.Form == "" || ch.Years == "" {
		c.add(at, Incomplete, "请把学校、专业、学习形式和学制填完整。", "complete school, major, form of study and years")
	}
	for _, coded := range []struct{ table, code string }{{"study_form", ch.Form}, {"years", ch.Years}} {
		if _, has := c.def.Table(coded.table); has && coded.code != "" && !c.known(coded.table, coded.code) {
			c.add(at, UnknownCode, "请重新选择学习形式和学制。", "choose form of study and years again")
		}
	}
}

// later holds a later choice against the rule of the first one's level (plan,
// section 4.2; demand A32).
func (c *checker) later(at string, first, ch Choice) {
	level, ok := c.def.Level(first.Level)
	if !ok {
		return
	}
	if !slices.Contains(level.Second, ch.Level) {
		c.add(at, SecondLevel, "第一志愿是"+level.Zh+"时，不能兼报这个层次，请重新选择。", "this level cannot follow the level of the first choice: choose another")
	}
	if level.OneClass && ch.Class != first.Class {
		c.add(at, OtherClass, "第二志愿不能跨招生专业类，请在第一志愿的专业类中选择。", "a later choice stays within the class of majors of the first: choose there")
	}
}

func (c *checker) diploma(first Choice) {
	level, ok := c.def.Level(first.Level)
	field, has := c.def.Field(Education)
	code := c.app.Get(Education)
	if !ok || !has || level.Diploma == "" || code == "" {
		return
	}
	t, _ := c.def.Table(field.Table)
	if e, known := t.Entry(code); known && e.Mark != level.Diploma {
		c.add(Education, DiplomaNeeded, "报考"+level.Zh+"须已取得大专及以上毕业证书，请核对文化程度。", "this level asks for a college diploma: check the education")
	}
}
