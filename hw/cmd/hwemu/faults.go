package main

import "zhunkao/hw/idcardtest"

// preset is one fault the panel offers as a switch: its words are in the
// catalogue under "fault."+key and "fault."+key+".why".
type preset struct {
	group, key string
	on         func(idcardtest.Knobs) bool
	set        func(*idcardtest.Knobs, bool)
}

// unplugKey is the one switch that is no knob of the module.
const unplugKey = "unplug"

// read is the command most faults are about.
const readCmd = "3001"

func presets() []preset {
	sam := func(state string) (func(idcardtest.Knobs) bool, func(*idcardtest.Knobs, bool)) {
		return func(k idcardtest.Knobs) bool { return k.SAM == state },
			func(k *idcardtest.Knobs, on bool) { k.SAM = pick(on, state, "") }
	}
	status := func(sw, only string) (func(idcardtest.Knobs) bool, func(*idcardtest.Knobs, bool)) {
		return func(k idcardtest.Knobs) bool { return k.SW == sw && k.Only == only },
			func(k *idcardtest.Knobs, on bool) { k.SW, k.Only = pick(on, sw, ""), pick(on, only, "") }
	}
	number := func(of func(*idcardtest.Knobs) *int, value int) (func(idcardtest.Knobs) bool, func(*idcardtest.Knobs, bool)) {
		return func(k idcardtest.Knobs) bool { return *of(&k) == value },
			func(k *idcardtest.Knobs, on bool) { *of(k) = pick(on, value, 0) }
	}
	flag := func(of func(*idcardtest.Knobs) *bool) (func(idcardtest.Knobs) bool, func(*idcardtest.Knobs, bool)) {
		return func(k idcardtest.Knobs) bool { return *of(&k) },
			func(k *idcardtest.Knobs, on bool) { *of(k) = on }
	}
	list := []preset{{group: "module", key: "selftest"}, {group: "module", key: "unauthorised"},
		{group: "line", key: "silent"}, {group: "line", key: "third"}, {group: "line", key: "badsum"},
		{group: "line", key: "flip"}, {group: "line", key: "noise"}, {group: "line", key: "truncate"},
		{group: "line", key: "twice"}, {group: "line", key: "late"}, {group: "line", key: "slowly"},
		{group: "card", key: "reread"}, {group: "card", key: "forged"}, {group: "card", key: "wrong"}, {group: "card", key: "blank"}}
	for i := range list {
		p := &list[i]
		switch p.key {
		case "selftest":
			p.on, p.set = sam(idcardtest.SAMSelfTestFail)
		case "unauthorised":
			p.on, p.set = sam(idcardtest.SAMUnauthorised)
		case "silent":
			p.on, p.set = number(func(k *idcardtest.Knobs) *int { return &k.DropNth }, 1)
		case "third":
			p.on, p.set = number(func(k *idcardtest.Knobs) *int { return &k.DropNth }, 3)
		case "badsum":
			p.on, p.set = flag(func(k *idcardtest.Knobs) *bool { return &k.BadSum })
		case "flip":
			p.on, p.set = number(func(k *idcardtest.Knobs) *int { return &k.FlipBit }, 4001)
		case "noise":
			p.on = func(k idcardtest.Knobs) bool { return k.Prefix != "" }
			p.set = func(k *idcardtest.Knobs, on bool) { k.Prefix = pick(on, "00FFAA96AAAAAA9669FFFF", "") }
		case "truncate":
			p.on, p.set = number(func(k *idcardtest.Knobs) *int { return &k.TruncateAt }, 700)
		case "twice":
			p.on, p.set = flag(func(k *idcardtest.Knobs) *bool { return &k.Duplicate })
		case "late":
			p.on, p.set = number(func(k *idcardtest.Knobs) *int { return &k.LateMS }, 1500)
		case "slowly":
			p.on = func(k idcardtest.Knobs) bool { return k.SplitEvery > 0 }
			p.set = func(k *idcardtest.Knobs, on bool) { k.SplitEvery, k.SplitGapMS = pick(on, 40, 0), pick(on, 40, 0) }
		case "reread":
			p.on, p.set = status("000041", readCmd)
		case "forged":
			p.on, p.set = status("000032", readCmd)
		case "wrong":
			p.on, p.set = status("000040", "2002")
		case "blank":
			p.on, p.set = flag(func(k *idcardtest.Knobs) *bool { return &k.Blank })
		}
	}
	return list
}

// beyond says whether something is set that none of the switches shows. To lift
// the next card is no fault of the reader.
func beyond(k idcardtest.Knobs) bool {
	for _, p := range presets() {
		if p.on(k) {
			p.set(&k, false)
		}
	}
	k.LiftAfterMS = 0
	return k != (idcardtest.Knobs{})
}

func pick[T any](on bool, yes, no T) T {
	if on {
		return yes
	}
	return no
}
