package console

import (
	"slices"
	"time"
)

// heldScenes are the ways of what was set aside.
func heldScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f, quiet func(string) Frame) {
	reasons := []string{"fork", "signature", "does-not-open", "id-conflict", "wrong-box", "unknown-key", "no-application", "content", "assent", "unknown-version", "unknown-campaign", "malformed", "other"}
	list := HeldList{Points: scenePointOptions()}
	for i, r := range reasons {
		list.Rows = append(list.Rows, sceneKept(r, i))
		list.Rows[i].Bare = r == "wrong-box" || r == "unknown-version"
		list.Reasons = append(list.Reasons, Option{r, r})
	}
	list.Total = len(list.Rows)
	add("held", "some", "每一种原因", "menu.quarantine", "held", f("quarantine"), list)
	add("held", "none", "没有隔离的", "menu.quarantine", "held", quiet("quarantine"), HeldList{})
	list.Rows, list.Total, list.Filter = slices.Clone(list.Rows[6:8]), 2, HeldFilter{State: "taken"}
	for i := range list.Rows {
		list.Rows[i].Fate = State{"done", "check", "held.taken"}
	}
	add("held", "taken", "已经收下的", "menu.quarantine", "held", f("quarantine"), list)
	add("held", "nomatch", "按条件查不到", "menu.quarantine", "held", f("quarantine"), HeldList{Filter: HeldFilter{Reason: "content"}, Points: scenePointOptions()})
	for _, s := range []struct{ state, words string }{
		{"force", "找不到报名，可以强制收下"}, {"free", "方案发布以后，现在合规了"}, {"again", "缺启封钥匙"}, {"never", "签名是假的"}, {"waiting", "等第二个人"},
		{"agreed", "第二个人同意了"}, {"barred", "点了收不下的"}, {"technician", "技术员看不到内容"},
		{"lacks", "内容没传来，终端在线"}, {"lacks-away", "内容没传来，终端不在线，请过一次"}, {"lacks-stick", "内容没传来，终端重新登记过"}, {"lacks-full", "原件没有留，地方满了"}, {"completed", "缺的由 U 盘补齐了"}, {"notasked", "点了请不动的"}, {"taken", "已收下"}, {"refused", "认定不收"}} {
		add("heldcase", s.state, s.words, "held.title", "heldcase", f("quarantine"), sceneHeld(s.state))
	}
}

func sceneKept(reason string, n int) Kept {
	k := Kept{ID: reason, At: sceneTime("10:02:00").Add(-time.Duration(n) * 17 * time.Minute), Box: "b7hdm2vka5p", Unit: 4, Point: "岳麓区第 1 报名确认点",
		Sequence: uint64(77 + n), Reason: reason, Hash: "9d2c71f0 4be8a631", Size: 41212, Fate: State{"wait", "tray", "held.held"}}
	if reason == "malformed" {
		k.Box, k.Unit, k.Point, k.Sequence, k.Size = "", 0, "", 0, 312
	}
	return k
}

func sceneHeld(state string) HeldCase {
	check := func(name, result, note string) Check {
		return Check{By: "hub", Name: "check." + name, State: ResultState(result), Note: note}
	}
	out := HeldCase{Kept: sceneKept("no-application", 0), Chance: "force", Bar: "no-application", Signed: true, Kind: "held.kind.confirmation", Campaign: "adult-2019", Version: 7,
		From: sceneTime("09:58:20"), To: sceneTime("09:58:21"), Opened: true, Name: "陈㛃", Number: "431***********2241", Application: "a1b2c3…90ef", Sealed: "岳麓区第 1 报名确认点",
		Checks: []Check{check("hub.signature", "pass", ""), check("hub.epoch", "pass", ""), check("hub.campaign", "pass", ""), check("hub.seal", "pass", ""), check("hub.application", "fail", "没有"), check("hub.number", "pass", "")},
		Take:   "ask", Drop: "ask"}
	switch state {
	case "free":
		out.Kept, out.Chance, out.Bar = sceneKept("unknown-campaign", 3), "free", "none"
		out.Checks = out.Checks[:4]
	case "again":
		out.Kept, out.Chance, out.Bar, out.Opened, out.Checks = sceneKept("unknown-key", 5), "again", "unknown-key", false, nil
	case "never":
		out.Kept, out.Chance, out.Bar, out.Opened, out.Signed, out.Checks = sceneKept("signature", 1), "never", "signature", false, false, []Check{check("hub.signature", "fail", "终端签名对不上")}
		out.Kind, out.Campaign, out.From = "held.kind.unread", "", time.Time{}
	case "waiting":
		out.Take = "waiting"
	case "agreed":
		out.Take = "agreed"
	case "barred":
		out.Error, out.Verdict, out.Said, out.To = "held.barred", "take", "问过确认点，本人来过", time.Time{}
	case "technician":
		out.Opened, out.Refuse = false, "permit.tier"
	case "lacks", "lacks-away", "lacks-stick", "notasked":
		out.Kept, out.Chance, out.Bar, out.Opened, out.Checks = sceneKept("unknown-version", 3), "again", "parts", false, nil
		out.Lacks, out.LackOf, out.LackBytes = 5, 5, 41_212
		out.Next, out.Ask = "held.next.online", true
		switch state {
		case "lacks-away":
			out.Next, out.Ask, out.AskedAt = "held.next.away", false, sceneTime("10:40:00")
		case "lacks-stick", "notasked":
			out.Next, out.Ask, out.Kept = "held.next.stick", false, sceneKept("wrong-box", 3)
		}
		if state == "notasked" {
			out.Error = "held.notasked"
		}
	case "lacks-full":
		out.Kept, out.Chance, out.Bar, out.Opened, out.Checks = sceneKept("content", 3), "again", "gone", false, nil
		out.Next = "held.next.full"
	case "completed":
		out.CompletedAt, out.CompletedBy = sceneTime("11:20:00"), "held.completed.stick"
	case "taken", "refused":
		out.SettledAt, out.By, out.Second, out.Why = sceneTime("15:10:00"), "谭丽华", "刘素梅", "恢复备份丢了报名信息，问过本人和确认点，原件在点上"
		out.Fate, out.Record = State{"done", "check", "held.taken"}, "77b0"
		if state == "refused" {
			out.Fate, out.Record = State{"open", "cross", "held.refused"}, ""
		}
	}
	return out
}
