package kiosk

import (
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// queueing are the screens of the queue: who is called where, a number drawn, and
// her application when she was called by a number after the close.
func (s *studio) queueing() {
	line := func(n int, known bool) func(*View) {
		return func(v *View) {
			v.Status.Queue = Queue{Called: []Call{{"2-012", 2}, {"1-031", 1}}[:n], Waiting: 8,
				Wait: visit.Wait{Known: known, From: 20 * time.Minute, To: 35 * time.Minute}}
		}
	}
	s.fresh().step(visit.QueueOffered{On: true}).take("idle-queue", "开始，可以取号，正在叫号", line(2, true))
	s.take("idle-queue-new", "开始，可以取号，还没叫号", line(0, false))
	s.fresh().take("idle-called", "开始，号由工作台取，正在叫号", line(1, true))
	drawn := func(d visit.Drawn) *studio {
		s.fresh().step(visit.QueueOffered{On: true}).press(visit.ButtonDraw)
		d.Visit = s.state.Visit
		return s.step(d)
	}
	drawn(visit.Drawn{Label: "2-013", Ahead: 8, Wait: visit.Wait{Known: true, From: 20 * time.Minute, To: 35 * time.Minute}, Prints: true}).take("token", "取了号，打小条")
	drawn(visit.Drawn{Label: "2-001"}).take("token-first", "取了号，没有打印机，无法估计")
	drawn(visit.Drawn{}).take("no-token", "没取到号")
	drawn(visit.Drawn{Over: true}).take("no-token-over", "今天已截止，不发号")
	drawn(visit.Drawn{Soon: true}).take("no-token-soon", "刚有人取过号")
	drawn(visit.Drawn{Often: true}).take("no-token-often", "一小时里取的号太多")
	s.fresh().step(visit.Called{Token: visit.Token{Label: "2-012", Key: "2019-09-06/bgoldenbox2/12"}}, visit.CardPlaced{}, visit.CardRead{Card: s.card(plain)})
	s.step(visit.Looked{Visit: s.state.Visit, Finding: visit.FoundHere, Application: s.people[plain].Application, Campaign: s.campaign},
		visit.Judged{Visit: s.state.Visit, Verdict: window.Verdict{State: window.Open, Reason: window.QueueToken}, Card: form.InForce}).
		take("found-queued", "截止以后，持号办理")
}
