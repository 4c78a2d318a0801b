package kiosk

import (
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/form"
)

// verifying are the screens of a card that is read after a confirmation on papers.
func (s *studio) verifying(at time.Time) {
	verify := func(who int) *studio {
		s.looking(who)
		return s.step(visit.Looked{Visit: s.state.Visit, Finding: visit.FoundConfirmed, At: at, Provisional: shotRecord(), Validity: form.InForce,
			Application: s.people[who].Application, Campaign: s.campaign})
	}
	verify(plain).take("verify", "凭材料确认过，核验身份证")
	s.press(visit.ButtonGoOn).take("verifying", "核验：正在保存")
	s.step(visit.Verified{Visit: s.state.Visit}).take("verified", "核验好了")
	verify(typo).take("verify-differs", "核验：姓名和身份证不一样")
	s.press(visit.ButtonGoOn).step(visit.Verified{Visit: s.state.Visit}).take("verified-differs", "核验：记下了，市里核对")
}
