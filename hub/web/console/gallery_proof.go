package console

import "time"

// proofScenes are the ways papers can stand.
func proofScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(string) Frame) {
	row := func(id, name, number string, proof State, due string, late bool) ProofRow {
		r := ProofRow{Arrival: Arrival{ID: id, Name: name, Number: number, Point: "岳麓区第 2 报名确认点", Received: sceneTime("10:26:03")}, Proof: proof, Overdue: late}
		if due != "" {
			r.Due = sceneTime(due)
		}
		return r
	}
	wait, back := State{"wait", "clock", "papers.provisional"}, State{"wait", "back", "papers.returned"}
	add("proofs", "some", "两份待审，一份超期，一份退回", "menu.proofs", "proofs", f("proofs"), Proofs{Waiting: 2, Returned: 1, Rows: []ProofRow{
		row("0a", "陈㛃", "431***********2241", wait, "00:00:00", true), row("0b", "向晓兰", "433***********0028", wait, "18:00:00", false), row("0c", "", "430***********1130", back, "", false)}})
	add("proofs", "none", "没有待审", "menu.proofs", "proofs", f("proofs"), Proofs{})
	add("proof", "open", "丢了身份证，待审", "menu.proofs", "proof", f("proofs"), sceneProof("open"))
	add("proof", "differs", "后来读的身份证不一致，超期，要两个人", "menu.proofs", "proof", f("proofs"), sceneProof("differs"))
	add("proof", "returned", "已退回补拍，一张打不开", "menu.proofs", "proof", f("proofs"), sceneProof("returned"))
	add("proof", "county", "县里只能看", "menu.proofs", "proof", f("proofs"), sceneProof("county"))
	add("proof", "changed", "刚才有变化", "menu.proofs", "proof", f("proofs"), sceneProof("changed"))
	add("proof", "refused", "审核不通过", "menu.proofs", "proof", f("proofs"), sceneProof("refused"))
	add("proof", "verified", "已核验", "menu.proofs", "proof", f("proofs"), sceneProof("verified"))
}

func sceneProof(state string) ProofCase {
	same := func(label, text string) DisputeRow {
		return DisputeRow{label, []DisputeCell{{text, false}, {text, false}}}
	}
	out := ProofCase{ID: "0a", Name: "陈㛃", Number: "431***********2241", Application: "20190904-7Q2M", Point: "岳麓区第 2 报名确认点",
		State: sceneInForce(), Proof: State{"wait", "clock", "papers.provisional"}, Sealed: sceneTime("10:26:02"), Received: sceneTime("10:26:03"), Due: sceneTime("00:00:00").Add(72 * time.Hour),
		Reason: "papers.why.missing", Document: "居民身份证", Asked: []string{"临时身份证正面", "临时身份证反面"}, Note: "派出所已受理补领", Clerk: "彭建国",
		Copies: []Photo{{JPEG: scenePhoto(), Width: 358, Height: 441}, {JPEG: scenePhoto(), Width: 358, Height: 441}}, Photo: &Photo{JPEG: scenePhoto(), Width: 358, Height: 441},
		Rows: DisputeTable{[]string{"报名信息（签字的）", "工作人员照材料录入"}, []DisputeRow{same("姓名", "陈㛃"), same("证件号码", "431***********2241"), same("性别", "2 女"),
			{"民族", []DisputeCell{{"01 汉族", false}, {"15 土家族", true}}}, same("出生日期", "1999-02-11")}},
		Seen: "seen", Options: []string{"accepted", "returned", "refused"}}
	switch state {
	case "differs":
		out.Overdue, out.Second, out.Due, out.Stranger = true, "ask", sceneTime("00:00:00"), true
		out.Cards = []ProofCard{{Head: "后来读的身份证 1", At: sceneTime("15:20:00"), Point: "开福区第 1 报名确认点", Outcome: "papers.outcome.differs", Differs: true}}
		out.Rows.Heads = append(out.Rows.Heads, "后来读的身份证 1")
		for i := range out.Rows.Rows {
			c := out.Rows.Rows[i].Cells
			out.Rows.Rows[i].Cells = append(c, c[0])
		}
		out.Rows.Rows[0].Cells[2] = DisputeCell{"陈洁", true}
		out.Rulings = []ProofRuling{{Class: "wait", At: sceneTime("15:20:02"), What: "act.card.differs", By: "终端", Where: "开福区"}}
	case "returned":
		out.Proof, out.Options, out.Due = State{"wait", "back", "papers.returned"}, []string{"accepted", "refused"}, time.Time{}
		out.Copies[1] = Photo{Why: "papers.copy.broken"}
		out.Rulings = []ProofRuling{{Class: "wait", At: sceneTime("16:02:00"), What: "act.papers.returned", By: "易红", Reason: "反面看不清，请补拍"}}
	case "county":
		out.Refuse, out.Options = "permit.tier", nil
	case "changed":
		out.Error, out.Why = "papers.changed", "正反面清楚，与报名信息一致"
	case "refused":
		out.State, out.Proof, out.Seen, out.Options = State{"must", "cross", "state.refused"}, State{"must", "cross", "papers.refused"}, "", nil
		out.Rulings = []ProofRuling{{Class: "must", At: sceneTime("16:02:00"), What: "act.papers.refused", By: "易红", Reason: "不是公安机关出具的证明"}}
	case "verified":
		out.Proof, out.Seen, out.Options = State{"done", "check", "papers.verified"}, "", nil
		out.Cards = []ProofCard{{Head: "后来读的身份证 1", At: sceneTime("15:20:00"), Point: "开福区第 1 报名确认点", Outcome: "papers.outcome.same"}}
		out.Rulings = []ProofRuling{{Class: "done", At: sceneTime("15:20:02"), What: "act.card.verified", By: "终端", Where: "开福区"}}
	}
	return out
}
