package kiosk

import (
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/window"
)

// ticketing are the screens of the days in which admission tickets are printed.
func (s *studio) ticketing() {
	before := s.status.Clock
	s.status.Clock = time.Date(2019, 10, 18, 10, 24, 0, 0, window.Zone())
	defer func() { s.status.Clock = before }()
	s.fresh().take("idle-ticket", "开始，打印准考证的日子")
	s.fresh().press(visit.ButtonNoCard).take("ticket-no-card", "没带身份证，打印准考证的日子")
	ticket := func(who int, f func(*visit.Looked)) *studio {
		s.looking(who)
		l := visit.Looked{Visit: s.state.Visit, Finding: visit.FoundTicket, Campaign: s.campaign, Record: shotRecord(), Ticket: visit.Ticket{
			Application: "a", Name: s.people[who].Application.Name().Reveal(), Number: "19430104005007", Site: "岳麓区第一中学（北校区）",
			Address: "长沙市岳麓区望岳街道岳华路 211 号，地铁 4 号线望城坡站 2 号口向北 300 米", Room: "005", Seat: "07", Days: []string{"20191026", "20191027"}}}
		f(&l)
		return s.step(l)
	}
	as := func(*visit.Looked) {}
	ticket(plain, as).take("ticket", "准考证")
	ticket(long, func(l *visit.Looked) { l.Copies = 1; l.Ticket.NoPicture = true }).take("ticket-no-picture", "准考证，相片还没到，长姓名")
	ticket(plain, func(l *visit.Looked) { l.Copies = 1 }).take("ticket-again", "准考证，打过一份")
	ticket(plain, as)
	s.state.Machine.Printer = visit.Printer{}
	s.take("ticket-no-printer", "准考证，机器没有打印机")
	ticket(plain, as).press(visit.ButtonGoOn).take("ticket-printing", "正在打印准考证")
	s.step(visit.SheetSent{Visit: s.state.Visit, Copy: 1}, visit.SheetPrinted{Visit: s.state.Visit, Copy: 1}).take("ticket-take", "准考证拿到了吗")
	s.pass(visit.SheetLimit).take("ticket-still", "准考证，您还在吗")
	ticket(plain, as).press(visit.ButtonGoOn).step(visit.SheetFailed{Visit: s.state.Visit, Copy: 1, Need: visit.NeedService}).take("ticket-failed", "准考证没有打出来")
	for _, l := range []struct {
		lack visit.TicketLack
		zh   string
	}{{visit.LackTickets, "还没送到"}, {visit.LackVoid, "旧的已作废，新的正在送"}, {visit.LackTicket, "没有这个人的"}, {visit.LackCopies, "打得太多了"}} {
		s.looking(plain)
		s.step(visit.Looked{Visit: s.state.Visit, Finding: visit.FoundNoTicket, Campaign: s.campaign, Lack: l.lack}).take("no-ticket-"+string(l.lack), "打不了准考证："+l.zh)
	}
}
