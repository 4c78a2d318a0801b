package kiosk

import (
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// onPapers begins a visit of somebody whose papers a clerk has typed.
func (s *studio) onPapers(who int) *studio {
	chip := s.people[who].Chip
	chip.Type, chip.Address, chip.Ethnic = form.ChipPapers, "", ""
	return s.fresh().step(visit.Presented{Chip: chip, Papers: protocol.Papers{Why: protocol.WhyMissing, Document: "01", Copies: 1},
		Copies: [][]byte{{1}}, Clerk: protocol.Assent{Account: "gallery", Role: protocol.AssentClerk, How: protocol.HowCode, At: 1}})
}

func (s *studio) papersFound(who int, j visit.Judged) *studio {
	s.onPapers(who)
	s.step(visit.Looked{Visit: s.state.Visit, Finding: visit.FoundHere, Application: s.people[who].Application, Campaign: s.campaign})
	j.Visit = s.state.Visit
	return s.step(j)
}

// papered are the screens that say something else on papers than with a card.
func (s *studio) papered() {
	here := visit.Judged{Verdict: open(), Card: form.InForce}
	s.onPapers(plain).take("papers-looking", "按证件资料办：正在查找")
	s.papersFound(plain, here).take("papers-found", "按证件资料办：找到了")
	s.papersFound(typo, here).take("papers-differs", "按证件资料办：和证件不一样")
	s.press(visit.ButtonGoOn).take("papers-settle", "按证件资料办：姓名不一样")
	s.onPapers(plain)
	other := s.people[plain].Application.Clone()
	other.Fields[form.BirthDate] = "19990101"
	s.step(visit.Looked{Visit: s.state.Visit, Finding: visit.FoundHere, Application: other, Campaign: s.campaign})
	here.Visit = s.state.Visit
	s.step(here).press(visit.ButtonGoOn).take("papers-settle-hers", "按证件资料办：出生日期不一样")
	s.found(typo, open()).press(visit.ButtonGoOn, visit.ButtonAskStaff).take("staff-differs", "请工作人员看姓名")
	rules := s.campaign
	s.campaign.Policy.ExpiredCard = campaign.ExpiredClerk
	s.judged(plain, visit.Judged{Verdict: open(), Card: form.ExpiredCard}).take("staff-expired", "身份证过期，工作人员核实")
	s.campaign = rules
	s.judged(plain, visit.Judged{Verdict: open(), Card: form.InForce, Child: true}).press(visit.ButtonGoOn).take("staff-guardian", "不满14周岁，等监护人同意")
	s.press(visit.ButtonNoWait)
	s.signs()
	s.step(visit.Sealed{Visit: s.state.Visit, Record: shotRecord(), Sequence: 41, At: s.status.Clock})
	s.step(visit.SheetSent{Visit: s.state.Visit, Copy: 1}, visit.SheetPrinted{Visit: s.state.Visit, Copy: 1}).press(visit.ButtonHave)
	s.take("accepted-alone", "不满14周岁，没有监护人同意：已受理")
	s.papersFound(plain, visit.Judged{Verdict: open(), Card: form.ExpiredCard}).take("papers-expired", "按证件资料办：证件过期")
	s.papersFound(plain, here).press(visit.ButtonGoOn, visit.ButtonDecline).take("papers-declined", "按证件资料办：不同意照相")
	s.papersFound(plain, here)
	s.signs()
	s.take("papers-sealing", "按证件资料办：正在保存")
	s.step(visit.Sealed{Visit: s.state.Visit, Record: shotRecord(), Sequence: 41, At: s.status.Clock})
	s.step(visit.SheetSent{Visit: s.state.Visit, Copy: 1}, visit.SheetPrinted{Visit: s.state.Visit, Copy: 1}).press(visit.ButtonHave)
	s.take("papers-accepted", "按证件资料办：已受理，待市级审核")
	s.state.ForDesk = 1
	s.take("papers-accepted-desk", "按证件资料办：已受理，还有一处要工作人员核对", offline)
}

// copied are the screens of somebody whose card an office reviews.
func (s *studio) copied() {
	card := s.people[plain].Chip
	card.Type, card.Number, card.Address, card.Ethnic = form.ChipHMT, "810000199408230021", "", ""
	app := s.people[plain].Application.Clone()
	app.Fields[form.DocumentType], app.Fields[form.DocumentNumber] = "02", card.Number.Reveal()
	app.Fields[form.BirthDate], app.Fields[form.Sex] = card.Birth, card.Sex
	found := func() {
		s.fresh().step(visit.CardPlaced{}, visit.CardRead{Card: visit.Card{Chip: card, Text: []byte{1}, WLT: []byte{1}}})
		s.step(visit.Looked{Visit: s.state.Visit, Finding: visit.FoundHere, Application: app, Campaign: s.campaign})
		s.step(visit.Judged{Visit: s.state.Visit, Verdict: open(), Card: form.InForce})
	}
	found()
	s.take("copies-found", "证件要市级审核：找到了")
	s.step(visit.CardRemoved{}).take("copies-lifted", "居住证拿开了")
	card.Type = form.ChipForeigner2023
	found()
	s.step(visit.CardRemoved{}).take("foreign-lifted", "永久居留身份证拿开了")
	card.Type = form.ChipHMT
	found()
	s.press(visit.ButtonGoOn).take("copies", "证件要市级审核：请工作人员拍资料")
	s.press(visit.ButtonNoWait).take("copies-none", "证件要市级审核：没有拍资料")
	found()
	s.press(visit.ButtonGoOn).step(visit.Allowed{Visit: s.state.Visit, Ask: visit.AskCopies, Copies: [][]byte{{1}, {1}},
		Assents: []protocol.Assent{{Account: "gallery", Role: protocol.AssentClerk, How: protocol.HowCode, At: 1}}})
	s.signs()
	s.step(visit.Sealed{Visit: s.state.Visit, Record: shotRecord(), Sequence: 41, At: s.status.Clock})
	s.step(visit.SheetSent{Visit: s.state.Visit, Copy: 1}, visit.SheetPrinted{Visit: s.state.Visit, Copy: 1}).press(visit.ButtonHave)
	s.take("copies-accepted", "证件要市级审核：已受理")
	rules := s.status.Campaign
	without := *rules
	without.Fees = nil
	s.take("copies-accepted-free", "证件要市级审核：已受理，本项目不缴费", func(v *View) { v.Status.Campaign = &without })
	s.fresh().step(visit.CardPlaced{}, visit.CardRead{Card: visit.Card{Chip: card, Text: []byte{1}, WLT: []byte{1}}})
	s.step(visit.Looked{Visit: s.state.Visit, Finding: visit.FoundHere, Application: app, Campaign: s.campaign})
	s.step(visit.Judged{Visit: s.state.Visit, Verdict: open(), Card: form.ExpiredCard}).take("copies-expired", "居住证过期")
	card.Type = form.ChipForeigner2023
	s.fresh().step(visit.CardPlaced{}, visit.CardRead{Card: visit.Card{Chip: card, Text: []byte{1}, WLT: []byte{1}}})
	s.step(visit.Looked{Visit: s.state.Visit, Finding: visit.FoundHere, Application: app, Campaign: s.campaign})
	s.step(visit.Judged{Visit: s.state.Visit, Verdict: open(), Card: form.ExpiredCard}).take("foreign-expired", "永久居留身份证过期")
	card.Type = form.ChipHMT
	s.fresh().step(visit.CardPlaced{}, visit.CardRead{Card: visit.Card{Chip: card, Text: []byte{1}, WLT: []byte{1}}})
	s.step(visit.Looked{Visit: s.state.Visit, Finding: visit.FoundConfirmed, At: s.status.Clock, Provisional: shotRecord(), Validity: form.InForce,
		Application: app, Campaign: s.campaign, Here: true, Delivered: true})
	s.take("copies-confirmed", "证件要市级审核：已经确认过了")
}

// signs walks from what was found to the signature.
func (s *studio) signs() {
	for range 20 {
		switch s.state.Phase {
		case visit.PhasePhoto:
			s.step(visit.PhotoLive{Visit: s.state.Visit, Advice: visit.PhotoGood})
		case visit.PhaseTaking:
			s.step(visit.PhotoTaken{Visit: s.state.Visit, Try: s.state.Taken, Photo: shotPortrait()})
			continue
		case visit.PhasePledge:
			s.step(visit.Signed{Visit: s.state.Visit, Turn: s.state.Turn, Signature: shotSignature()})
			return
		}
		s.press(visit.ButtonGoOn)
	}
}
