package kiosk

import (
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// shot is one screen of the gallery.
type shot struct {
	Name string // of its address: letters and hyphens
	Zh   string // what it shows
	View View
	More bool // another text on a layout that the gallery shows already
}

// studio makes shots by driving the real machine with synthetic people, at a
// fixed time: what is seen here can happen.
type studio struct {
	campaign campaign.Campaign
	people   []synthetic.Person
	status   Status
	shots    []shot
	state    visit.State
}

// Whom the shots are of: typo has one character other than on the card, long a
// name of thirteen characters.
const (
	plain     = 0
	rare      = 1 // the chip has an old code of a rare character
	typo      = 2
	moved     = 6 // lives elsewhere than the chip says
	long      = 11
	elder     = 12 // a card without an end
	foreigner = 14 // no ethnic group on the chip
)

func newStudio() *studio {
	c := campaign.Adult2019()
	point := protocol.PointInfo{Code: "43010401", Name: "岳麓区第 1 报名确认点", Division: "430104", Address: "长沙市岳麓区望岳街道 1 号", Unit: 2}
	return &studio{
		campaign: c,
		people:   synthetic.Candidates(c, 2019, 16, synthetic.Point{Code: point.Code, Division: point.Division}),
		status: Status{Point: point, Campaign: &c, Linked: true, Release: "gallery",
			Clock: time.Date(2019, 9, 6, 10, 24, 0, 0, window.Zone())},
	}
}

// fresh begins a machine that has been on for an hour.
func (s *studio) fresh() *studio {
	s.state = visit.State{Visit: 7}
	return s.step(visit.Ticked{Now: time.Hour}, visit.CameraUp{}, visit.PrinterState{}, visit.VoiceOffered{On: true})
}

func (s *studio) step(es ...visit.Event) *studio {
	for _, e := range es {
		s.state, _ = visit.Step(s.state, e)
	}
	return s
}

func (s *studio) press(bs ...visit.Button) *studio {
	for _, b := range bs {
		s.step(visit.Pressed{Visit: s.state.Visit, Turn: s.state.Turn, Button: b})
	}
	return s
}

func (s *studio) pass(d time.Duration) *studio { return s.step(visit.Ticked{Now: s.state.Now + d}) }

func (s *studio) card(who int) visit.Card {
	return visit.Card{Chip: s.people[who].Chip, Text: make([]byte, 256), WLT: make([]byte, 1024)}
}

func (s *studio) looking(who int) *studio {
	return s.fresh().step(visit.CardPlaced{}, visit.CardRead{Card: s.card(who)})
}

func (s *studio) found(who int, v window.Verdict) *studio {
	return s.judged(who, visit.Judged{Verdict: v, Card: form.InForce})
}

func (s *studio) judged(who int, j visit.Judged) *studio {
	s.looking(who)
	s.step(visit.Looked{Visit: s.state.Visit, Finding: visit.FoundHere, Application: s.people[who].Application, Campaign: s.campaign})
	j.Visit = s.state.Visit
	return s.step(j)
}

func (s *studio) reading(who, page int) *studio {
	s.kept(who)
	for range page - 1 {
		s.press(visit.ButtonGoOn)
	}
	return s
}

func (s *studio) pledge(who int) *studio {
	s.reading(who, 1)
	for s.state.Phase == visit.PhaseRead {
		s.press(visit.ButtonGoOn)
	}
	return s
}

func (s *studio) sealing(who int) *studio {
	s.pledge(who)
	return s.step(visit.Signed{Visit: s.state.Visit, Turn: s.state.Turn, Signature: shotSignature()})
}

func shotSignature() protocol.Signature {
	strokes := [][]uint16{{10, 10, 40, 60, 80, 20, 120, 90, 160, 30, 200, 80, 240, 20, 280, 90, 320, 40}}
	return protocol.Signature{Width: 400, Height: 200, Strokes: strokes}
}

func (s *studio) printing() *studio {
	s.sealing(plain)
	return s.step(visit.CardRemoved{}, visit.Sealed{Visit: s.state.Visit, Record: shotRecord(), Sequence: 41, At: s.status.Clock})
}

func (s *studio) printed() *studio {
	s.printing()
	return s.step(visit.SheetSent{Visit: s.state.Visit, Copy: s.state.Sheet.Copy}, visit.SheetPrinted{Visit: s.state.Visit, Copy: s.state.Sheet.Copy})
}

func (s *studio) accepted() *studio { return s.printed().press(visit.ButtonHave) }

func open() window.Verdict { return window.Verdict{State: window.Open, Reason: window.InWindow} }

// take keeps the present screen as a shot.
func (s *studio) take(name, zh string, change ...func(*View)) {
	v := View{State: s.state, Status: s.status}
	for _, f := range change {
		f(&v)
	}
	s.shots = append(s.shots, shot{Name: name, Zh: zh, View: v})
}

// more keeps the present screen as another text on a layout shown already.
func (s *studio) more(name, zh string) {
	s.take(name, zh)
	s.shots[len(s.shots)-1].More = true
}

func offline(v *View) { v.Status.Linked, v.Status.Waiting = false, 3 }

// shots are all screens, in the order of a visit.
func shots() []shot {
	s := newStudio()
	s.arriving()
	s.walking()
	s.ending()
	s.refusing()
	s.interrupting()
	s.stopping()
	s.papered()
	s.copied()
	s.ticketing()
	return s.shots
}

func (s *studio) arriving() {
	s.fresh().take("idle", "开始")
	s.take("idle-training", "演练", func(v *View) { v.Status.Training, v.Status.Unsure, v.Status.Linked = true, true, false })
	s.take("idle-offline", "开始，网络断开", offline)
	s.take("idle-unsure", "开始，时间待核", func(v *View) { v.Status.Unsure = true; v.Status.FileKey = true })
	s.take("idle-few-fonts", "开始，只有小字库", func(v *View) { v.Status.FewFonts, v.Status.FileKey = true, true })
	s.take("idle-closed", "开始，今天不开放", func(v *View) { v.Status.Clock = v.Status.Clock.AddDate(0, 1, 0) })
	s.take("idle-all-day", "开始，全天开放", func(v *View) {
		c := *v.Status.Campaign
		c.Windows = []window.Window{{ID: "all-day", Step: window.Confirm, From: s.status.Clock.Add(-time.Hour), To: s.status.Clock.AddDate(0, 0, 5)}}
		v.Status.Campaign = &c
	})
	s.fresh().step(visit.CameraDown{}, visit.PrinterState{Needs: []visit.Need{visit.NeedPaper}}).take("idle-trouble", "开始，摄像头坏了，打印机缺纸")
	s.step(visit.PrinterState{Down: true}).take("idle-no-printer", "开始，打印机没有应答")
	s.fresh().press(visit.ButtonVoice).take("idle-voice", "开始，正在听提示")
	s.queueing()
	s.fresh().press(visit.ButtonNoCard).take("no-card", "没带身份证")
	s.fresh().press(visit.ButtonUnregistered).take("no-application", "还没报名")
	s.fresh().step(visit.CardPlaced{}).take("reading", "正在读卡")
	for _, a := range []struct {
		advice visit.Advice
		zh     string
	}{{visit.AdvicePlaceAgain, "再放一次"}, {visit.AdviceOtherCard, "不是身份证"}, {visit.AdviceHoldStill, "拿开太早"}, {visit.AdviceAskClerk, "请工作人员"}} {
		s.fresh().step(visit.CardPlaced{}, visit.CardUnreadable{Advice: a.advice}).take("unreadable-"+string(a.advice), "没读出来："+a.zh)
	}
	s.looking(plain).take("looking", "正在查找")
}

func (s *studio) walking() {
	s.meeting()
	s.photographing()
	pages := len(s.reading(plain, 1).state.Pages)
	for n := 1; n <= pages; n++ {
		s.reading(plain, n).take("read-"+string(rune('0'+n)), "通读第 "+string(rune('0'+n))+" 页")
	}
	s.late().take("read-late", "时间快到了")
	s.bare(plain).press(visit.ButtonGoOn).take("read-no-photo", "通读第 1 页，没有摄像头的机器")
	none := s.people[typo]
	none.Application = none.Application.Clone()
	none.Application.Choices = nil
	s.people = append(s.people, none)
	s.pledge(len(s.people)-1).press(visit.ButtonBack).take("read-no-choice", "没有填志愿")
	pupil := newStudio()
	pupil.campaign = campaign.Gaokao2014()
	pupil.people = synthetic.Candidates(pupil.campaign, 2014, 1, synthetic.Point{Code: "43010401", Division: "430104"})
	pupil.pledge(plain).press(visit.ButtonBack).take("read-category", "只选科类的考试")
	s.shots = append(s.shots, pupil.shots...)
	s.pledge(plain).take("pledge", "承诺签名")
}

func (s *studio) meeting() {
	s.found(plain, open()).take("found", "找到了")
	s.found(typo, open()).take("found-differs", "和身份证不一样")
	s.found(long, window.Verdict{State: window.Undecidable, OutsideHours: true}).take("found-undecidable", "时间待核、开放时间以外、长姓名")
	s.found(plain, open())
	s.state.Card.Photo, s.state.Card.PhotoType = shotPhoto(), "image/png"
	s.take("found-photo", "芯片照片已解码")
	s.found(rare, open()).take("found-rare", "生僻字，写法相同")
	s.judged(rare, visit.Judged{Verdict: open(), Card: form.InForce, Unprintable: []visit.Unprintable{{Field: form.FullName, Runes: []rune("𬭩")}}}).
		take("found-unprintable", "生僻字，打不出来")
	s.judged(long, visit.Judged{Verdict: window.Verdict{State: window.Undecidable, OutsideHours: true}, Card: form.InForce, Unprintable: []visit.Unprintable{
		{Field: form.FullName, Runes: []rune("𬭩䶮㛃")}, {Field: visit.FieldChoices, Runes: []rune("𠮷𫖯")}}}).
		take("found-unprintable-many", "生僻字很多，长姓名，时间待核")
	s.found(moved, open()).take("found-moved", "地址不同")
	s.found(elder, open())
	s.state.Card.Chip.ValidTo = form.LongTerm
	s.take("found-elder", "身份证长期有效")
	s.found(foreigner, open())
	s.state.Card.WLT = nil
	s.take("found-foreigner", "外国人永久居留身份证，没有照片")
}

// late is a page of the read-through near the hard limit.
func (s *studio) late() *studio {
	s.reading(plain, 1)
	for s.state.HardLeft() > 4*time.Minute {
		s.pass(30 * time.Second).press(visit.ButtonTouch)
	}
	return s
}

func (s *studio) ending() {
	s.sealing(plain).take("sealing", "正在保存")
	s.sealing(plain).step(visit.SealFailed{Visit: s.state.Visit}).take("seal-failed", "没有保存成功")
	s.step(visit.BoxBlocked{Reason: visit.BlockStore}).take("seal-failed-final", "没有保存成功，不能再试")
	s.sealing(plain).pass(time.Minute).take("seal-unsure", "机器没答复")
	s.papering()
	s.accepted().take("accepted", "已受理，正在送")
	s.take("accepted-offline", "已受理，待上传", offline)
	s.step(visit.Receipted{Record: shotRecord()}).take("accepted-delivered", "已送达省中心")
	s.state.ForDesk = 1
	s.take("accepted-desk", "已受理，有一处要工作人员核对")
	s.accepted().take("accepted-no-clock", "已受理，时间不明", func(v *View) {
		v.State.Sealed.At = time.Time{}
		v.Status.Clock = time.Time{}
	})
	s.paying()
	s.accepted().step(visit.SetAside{Record: shotRecord(), Reason: protocol.ReasonContent}).take("accepted-aside", "省中心要核对")
	s.found(plain, open()).press(visit.ButtonNotMe, visit.ButtonDone).take("take-card", "身份证忘在读卡区")
	s.fresh().step(visit.OwnCardWanted{}).take("own-card", "工作人员放自己的证件")
	s.step(visit.CardPlaced{}, visit.CardUnreadable{Advice: visit.AdvicePlaceAgain}).take("own-card-unread", "工作人员的证件没读出")
	s.step(visit.CardUnreadable{Advice: visit.AdviceOtherCard}).take("own-card-other", "工作人员放的不是身份证")
}

// paying is the last screen where she can pay with a telephone at once.
func (s *studio) paying() {
	pay := func(v *View) {
		v.State.Sealed.Fee, v.State.Sealed.Slip = 17000, shotSlip()
		v.State.IdleEnd += visit.PayingLimit - visit.AcceptedLimit
	}
	s.accepted().take("accepted-pay", "已受理，还差缴费，正在送", pay)
	undated := s.campaign
	undated.Windows = nil
	s.take("accepted-pay-undated", "已受理，还差缴费，方案没有缴费日期", pay, func(v *View) { v.Status.Campaign = &undated })
	s.take("accepted-pay-offline", "已受理，还差缴费，断网", pay, offline)
	s.step(visit.Receipted{Record: shotRecord()}).take("accepted-pay-delivered", "已受理，还差缴费，已送达", pay)
	s.state.ForDesk = 1
	s.take("accepted-pay-desk", "已受理，还差缴费，有一处要工作人员核对", pay)
	first := campaign.Gaokao2014()
	s.accepted().take("accepted-fee-first", "已受理，报考费在这以前交", func(v *View) { v.Status.Campaign = &first })
	unpaid := first
	unpaid.Windows = nil
	s.take("accepted-fee-first-undated", "已受理，报考费在这以前交，方案没有缴费日期", func(v *View) { v.Status.Campaign = &unpaid })
	s.state.ForDesk = 1
	s.take("accepted-fee-first-desk", "已受理，报考费在这以前交，有一处要工作人员核对", func(v *View) { v.Status.Campaign = &first })
}

// shotSlip is as long as a slip usually is; nobody signed it.
func shotSlip() string {
	raw := make([]byte, 273)
	for i := range raw {
		raw[i] = byte(i * 37)
	}
	return protocol.SlipLink("https://bm.example.cn", raw)
}

func (s *studio) refusing() {
	refuse := func(name, zh string, l visit.Looked, j visit.Judged) {
		s.looking(plain)
		l.Visit, l.Campaign, j.Visit = s.state.Visit, s.campaign, s.state.Visit
		if l.Finding == visit.FoundHere && l.Application.ID == "" {
			l.Application = s.people[plain].Application
		}
		s.step(l)
		if l.Finding == visit.FoundHere {
			s.step(j)
		}
		s.take("refused-"+name, zh)
	}
	here := visit.Looked{Finding: visit.FoundHere}
	at := time.Date(2019, 9, 5, 15, 42, 0, 0, window.Zone())
	next := time.Date(2019, 9, 6, 0, 0, 0, 0, window.Zone())
	refuse("unregistered", "没有报名", visit.Looked{Finding: visit.FoundNone}, visit.Judged{})
	refuse("elsewhere", "报在别处", visit.Looked{Finding: visit.FoundElsewhere, Point: "芙蓉区第 2 报名确认点"}, visit.Judged{})
	refuse("confirmed", "确认过了", visit.Looked{Finding: visit.FoundConfirmed, Point: "芙蓉区第 2 报名确认点", At: at}, visit.Judged{})
	refuse("confirmed-here", "确认过了，在这里，待上传", visit.Looked{Finding: visit.FoundConfirmed, At: at, Here: true}, visit.Judged{})
	refuse("confirmed-reprint", "确认过了，可以补打", visit.Looked{Finding: visit.FoundConfirmed, At: at, Here: true, Delivered: true, Reprint: true, Record: shotRecord(), Copies: 1}, visit.Judged{})
	s.press(visit.ButtonReprint).take("reprinting", "补打")
	s.step(visit.SheetFailed{Visit: s.state.Visit, Copy: 2, Need: visit.NeedService}).take("reprint-failed", "补打失败")
	refuse("confirmed-sent", "确认过了，在这里，已送达", visit.Looked{Finding: visit.FoundConfirmed, At: at, Here: true, Delivered: true}, visit.Judged{})
	refuse("confirmed-elsewhere-time", "确认过了，不知在哪", visit.Looked{Finding: visit.FoundConfirmed, At: at}, visit.Judged{})
	refuse("confirmed-elsewhere-place", "确认过了，不知何时", visit.Looked{Finding: visit.FoundConfirmed, Point: "芙蓉区第 2 报名确认点"}, visit.Judged{})
	refuse("confirmed-unknown", "确认过了，不知时间地点", visit.Looked{Finding: visit.FoundConfirmed}, visit.Judged{})
	refuse("elsewhere-address", "报在别处，知道地址", visit.Looked{Finding: visit.FoundElsewhere, Point: "芙蓉区第 2 报名确认点",
		Place: visit.Spot{Name: "芙蓉区第 2 报名确认点", Address: "长沙市芙蓉区样本路 12 号", Hours: "08:00-12:00 15:00-18:00", Phone: "0731-5550 0123"}}, visit.Judged{})
	s.verifying(at)
	refuse("elsewhere-unknown", "报在别处，不知何处", visit.Looked{Finding: visit.FoundElsewhere}, visit.Judged{})
	for _, c := range []struct {
		name, zh string
		reason   window.Reason
		next     time.Time
	}{
		{"early", "还没开始", window.NotYet, next}, {"local", "先办本地户籍", window.WrongHousehold, next}, {"over", "已经结束", window.Over, time.Time{}},
		{"household", "没填户籍", window.HouseholdUnknown, time.Time{}}, {"point", "要到指定点", window.WrongPoint, time.Time{}}, {"none", "没有现场确认", window.NoWindow, time.Time{}},
	} {
		refuse("closed-"+c.name, "没开放："+c.zh, here, visit.Judged{Verdict: window.Verdict{State: window.Closed, Reason: c.reason, NextOpening: c.next}})
	}
	spots := []visit.Spot{{Name: "芙蓉区第 2 报名确认点", Address: "长沙市芙蓉区样本路 12 号"}, {Name: "天心区第 1 报名确认点", Address: "长沙市天心区样本街 3 号"}, {Name: "开福区第 1 报名确认点"}}
	refuse("minors", "低龄，去别的点", here, visit.Judged{Verdict: open(), Unsuited: form.PointMinors, Others: spots})
	refuse("medical", "医卫类，去别的点", here, visit.Judged{Verdict: open(), Unsuited: form.PointMedical, Others: spots[:1]})
	refuse("level", "不办这个层次，不知去哪", here, visit.Judged{Verdict: open(), Unsuited: form.PointLevel})
	refuse("expired", "身份证过期", here, visit.Judged{Verdict: open(), Card: form.ExpiredCard})
	refuse("not-yet-valid", "身份证未生效", here, visit.Judged{Verdict: open(), Card: form.NotYetValid})
	refuse("incomplete", "没填全", here, visit.Judged{Verdict: open(), Missing: []string{form.School, form.GraduationDate, form.Diploma}})
	refuse("other-person", "证件号码对不上", visit.Looked{Finding: visit.FoundHere, Application: s.people[1].Application}, visit.Judged{Verdict: open()})
	refuse("fault", "查不了", visit.Looked{Finding: visit.LookFault}, visit.Judged{})
	s.reading(plain, 1)
	for range 20 {
		s.pass(time.Minute).press(visit.ButtonTouch)
		if s.state.Phase == visit.PhaseRefused {
			break
		}
	}
	s.take("refused-time-up", "办理时间到了")
	s.found(plain, open()).press(visit.ButtonNotMe).take("not-me", "不是我")
	s.found(plain, open()).press(visit.ButtonWrong).take("wrong", "有错，要改")
}

func (s *studio) interrupting() {
	s.reading(plain, 1).step(visit.CardRemoved{}).take("lifted", "身份证拿开了")
	s.step(visit.CardPlaced{}).take("lifted-reading", "放回来，正在重读")
	s.step(visit.CardUnreadable{Advice: visit.AdvicePlaceAgain}).take("lifted-unreadable", "放回来，没读出")
	s.step(visit.CardRemoved{}, visit.CardPlaced{}, visit.CardUnreadable{Advice: visit.AdviceOtherCard}).take("lifted-other", "放回来的不是身份证")
	s.step(visit.CardRemoved{}, visit.CardPlaced{}, visit.CardRead{Card: s.card(typo)}).take("wrong-card", "换了一张")
	s.reading(plain, 1).step(visit.ReaderDown{}).take("reader-lost", "读卡器断开")
	s.reading(plain, 1).pass(65*time.Second).take("still-there", "您还在吗")
	s.reading(plain, 1).press(visit.ButtonHelp).take("help", "请工作人员")
	s.step(visit.HelpComing{}).take("help-coming", "工作人员过来了")
	s.fresh().press(visit.ButtonHelp).take("help-idle", "请工作人员，无人办理")
	s.take("help-no-clock", "请工作人员，时间不明", func(v *View) { v.Status.Clock = time.Time{} })
}

func (s *studio) stopping() {
	s.fresh().step(visit.ReaderDown{}).take("reader-fault", "读卡器故障")
	s.fresh().step(visit.ReaderDown{Permanent: true}).take("reader-permanent", "读卡器要换")
	for _, b := range visit.Blocks() {
		s.fresh().step(visit.BoxBlocked{Reason: b}).take("blocked-"+string(b), "暂停："+string(b), func(v *View) {
			if b == visit.BlockNotEnrolled || b == visit.BlockNoCampaign {
				v.Status.Campaign, v.Status.Linked = nil, false
			}
			if b == visit.BlockNotEnrolled {
				v.Status.Point = protocol.PointInfo{}
			}
		})
	}
	s.fresh().press(visit.ButtonNoCard).take("no-card-no-campaign", "没带身份证，还没有方案", func(v *View) { v.Status.Campaign = nil })
	s.looking(plain)
	s.step(visit.Looked{Visit: s.state.Visit, Finding: visit.FoundElsewhere, Point: "芙蓉区第 2 报名确认点"}).take("elsewhere-no-campaign", "报在别处，还没有方案", func(v *View) { v.Status.Campaign = nil })
	s.looking(plain)
	s.step(visit.Looked{Visit: s.state.Visit, Finding: visit.FoundConfirmed}).take("confirmed-no-campaign", "确认过了，还没有方案", func(v *View) { v.Status.Campaign = nil })
}
