package kiosk

import (
	"zhunkao/appliance/visit"
	"zhunkao/protocol/form"
)

// placeWords: this point is not for her, and where else.
func placeWords() map[string]word {
	return map[string]word{
		"unsuit-minors":    {"这个点不办低龄考生", "This point does not take candidates under age"},
		"unsuit-minors-x":  {"按您的年龄，要到指定的低龄审核点办理。", "At your age you confirm at a point designated for it."},
		"unsuit-medical":   {"这个点不办医卫类考生", "This point does not take medical candidates"},
		"unsuit-medical-x": {"您报了医卫类专业，要到指定的医卫类审核点办理。", "You chose a medical programme: confirm at a point designated for it."},
		"unsuit-level":     {"这个点不办您报的层次", "This point does not take the level you chose"},
		"unsuit-level-x":   {"要到受理这个层次的确认点办理。", "Confirm at a point that takes it."},
		"unsuit-badge":     {"要换一个点", "Another point"},
		"unsuit-where":     {"本市可以去：", "In this city you can go to:"},
		"unsuit-change":    {"先在报名网站改选", "First choose it on the website"},
		"unsuit-change-x":  {"没有确认以前都能改，改好过十几分钟再去。", "It can be changed until you have confirmed; go a quarter of an hour later."},
		"place-hours":      {"%s 开放", "open %s"},
		"place-phone":      {"电话 %s", "telephone %s"},
		"place-ask":        {"开放时间和这里一样", "open as this point is"},
	}
}

// unsuited says that this point is not for her, and which are.
func (t *teller) unsuited() {
	t.badge("wait", "alert", "unsuit-badge")
	switch t.State.Unsuited {
	case form.PointMinors:
		t.head("unsuit-minors", "unsuit-minors-x")
	case form.PointMedical:
		t.head("unsuit-medical", "unsuit-medical-x")
	default:
		t.head("unsuit-level", "unsuit-level-x")
	}
	for _, at := range t.State.Others {
		text := at.Address
		if text == "" {
			text = t.served(at)
		}
		t.Ways = append(t.Ways, way{at.Name, text})
	}
	if len(t.State.Others) == 0 {
		t.way("ask-staff", "ask-staff-x")
		return
	}
	t.WaysTitle = t.t("unsuit-where")
	t.way("unsuit-change", "unsuit-change-x")
}

// served says when a point serves, and its telephone.
func (t *teller) served(at visit.Spot) string {
	out := t.t("place-ask")
	if at.Hours != "" {
		out = t.t("place-hours", at.Hours)
	}
	if at.Phone != "" {
		sep := "；"
		if t.English() {
			sep = "; "
		}
		out += sep + t.t("place-phone", at.Phone)
	}
	return out
}
