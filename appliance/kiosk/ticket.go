package kiosk

import (
	"strings"
	"sync"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// ticketed are the texts of the paper and of its end that speak of a confirmation,
// and what stands for each when the paper is an admission ticket.
var ticketed = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"step-sheet": "ticket-doc", "sheet-badge": "ticket-badge", "printing-title": "ticket-printing", "printing-lead": "ticket-printing-x",
		"take-sheet-lead": "ticket-take", "take-sheet-1": "ticket-take-1", "take-sheet-2": "ticket-take-2", "have": "ticket-have",
		"sheet-none": "ticket-none", "sheet-none-x": "ticket-none-x", "sheet-2": "ticket-own", "sheet-2x": "ticket-own-x",
		"still-saved": "ticket-still",
	}
})

// line is one line of what her ticket says.
type line struct {
	Label, Value string
	Wide, Num    bool
}

// ticketPage is her ticket before it is printed.
type ticketPage struct {
	Title, Lead string
	Lines       []line
	Room, Seat  string
	Notice      string
}

// TicketPage shows where she writes, so that a wrong ticket is seen before it is paper.
func (p page) TicketPage() (ticketPage, error) {
	t := &teller{page: p}
	k := p.State.Found.Ticket
	out := ticketPage{Title: t.t("ticket-title", k.Name), Lead: t.t("ticket-lead"), Room: k.Room, Seat: k.Seat}
	out.Lines = append(out.Lines, line{Label: t.t("ticket-number"), Value: sheet.Grouped(k.Number), Num: true})
	if len(k.Days) > 0 {
		var days []string
		for _, d := range k.Days {
			days = append(days, p.In(visit.Date(d)))
		}
		out.Lines = append(out.Lines, line{Label: t.t("ticket-days"), Value: strings.Join(days, t.t("ticket-and"))})
	}
	out.Lines = append(out.Lines, line{Label: t.t("ticket-site"), Value: k.Site, Wide: true})
	if k.Address != "" {
		out.Lines = append(out.Lines, line{Label: t.t("ticket-address"), Value: k.Address, Wide: true})
	}
	switch {
	case !p.State.Machine.Printer.Fitted:
		out.Lead, out.Notice = t.t("ticket-look"), t.t("ticket-no-printer")
	case k.NoPicture:
		out.Notice = t.t("ticket-no-picture")
	case p.State.Found.Copies > 0:
		out.Notice = t.t("ticket-again", p.State.Found.Copies+1)
	}
	return out, t.err
}

func (p page) ticketActs() ([]act, error) {
	leave := want{button: visit.ButtonDone, key: "leave"}
	if !p.State.MayPrintTicket() {
		leave.key, leave.main = "got-it", true
		return p.acts(leave)
	}
	return p.acts(leave, want{button: visit.ButtonGoOn, key: "ticket-print", icon: "print", main: true})
}

// noTicket: tickets are printed, and hers cannot be.
func (t *teller) noTicket() {
	t.badge("wait", "clock", "ticket-badge")
	switch t.State.Found.Lack {
	case visit.LackVoid:
		t.head("ticket-void", "ticket-void-x")
		t.way("ticket-wait", "ticket-wait-x")
	case visit.LackTickets:
		t.head("ticket-coming", "ticket-coming-x")
		t.way("ticket-wait", "ticket-wait-x")
	case visit.LackCopies:
		t.head("ticket-many", "ticket-many-x")
	default:
		t.head("ticket-not-yours", "ticket-not-yours-x")
		t.way("ticket-unpaid", "ticket-unpaid-x")
	}
	t.way("ticket-own", "ticket-own-x")
	t.way("ask-staff", "ask-staff-x")
}

// step is what one comes to this box for today: to confirm, or, when that is over, for
// an admission ticket.
func (p page) step() window.Step {
	if confirm, ok := p.seasonOf(window.Confirm); ok && confirm.today {
		return window.Confirm
	}
	if print, ok := p.seasonOf(window.PrintTicket); ok && print.today {
		return window.PrintTicket
	}
	return window.Confirm
}

// Tickets tells whether the box is there for admission tickets today.
func (p page) Tickets() bool { return p.step() == window.PrintTicket }

// ticketWords: admission tickets.
func ticketWords() map[string]word {
	return map[string]word{
		"idle-what-ticket":   {"%s　打印准考证", "%s: admission tickets"},
		"idle-ticket-lead":   {"读好以后按“打印准考证”，约半分钟就能拿到。", "Then press “Print my ticket”; it takes half a minute."},
		"idle-ticket-days":   {"%s至 %s可以打印准考证", "Tickets are printed %s to %s"},
		"idle-ticket-bring":  {"本人身份证", "Your own identity card"},
		"ticket-doc":         {"准考证", "Admission ticket"},
		"ticket-badge":       {"准考证", "Admission ticket"},
		"ticket-title":       {"%s，这是您的准考证", "%s, your admission ticket"},
		"ticket-lead":        {"看清是您，就按“打印准考证”。", "If this is you, press “Print my ticket”."},
		"ticket-look":        {"请记下考点、考室和座位。", "Please note site, room and seat."},
		"ticket-number":      {"准考证号", "Ticket number"},
		"ticket-days":        {"考试日期", "Days"},
		"ticket-and":         {"、", " and "},
		"ticket-site":        {"考点", "Site"},
		"ticket-address":     {"地址", "Address"},
		"ticket-room":        {"考室", "Room"},
		"ticket-seat":        {"座位", "Seat"},
		"ticket-print":       {"打印准考证", "Print my ticket"},
		"ticket-again":       {"这里打过您的准考证。这次是第 %d 份，会印上“补打”。", "Your ticket was printed here before. This is copy %d and says so (补打)."},
		"ticket-no-picture":  {"您的相片还没有送到这台机器，准考证上先没有相片，考试时凭{card}核对。", "Your photo is not on this machine yet: the ticket comes without it; you are checked by your card."},
		"ticket-no-printer":  {"这台机器没有打印机。请到工作台，工作人员打给您。", "This machine has no printer. The staff print it for you at the desk."},
		"ticket-printing":    {"正在打印准考证", "Printing your ticket"},
		"ticket-printing-x":  {"共 1 张，请等它出来。{card}可以拿走了。", "One page, please wait for it. You may take your card."},
		"ticket-take":        {"准考证共 1 张，看一眼，字和相片要清楚。", "The ticket, one page. Look: text and photo should be clear."},
		"ticket-take-1":      {"看清考点、考室和时间", "Look at site, room and times"},
		"ticket-take-2":      {"考试时和{card}一起带来", "Bring it to the examination with your card"},
		"ticket-have":        {"拿到了，很清楚", "I have it"},
		"ticket-none":        {"没有打出准考证", "The ticket was not printed"},
		"ticket-none-x":      {"您的座位不会变，准考证可以再打。", "Your seat stays; the ticket can be printed again."},
		"ticket-still":       {"您的准考证可以随时再打。", "Your ticket can be printed again any time."},
		"ticket-no-card":     {"没带证件，请到工作台打", "Without the card, go to the desk"},
		"ticket-no-card-x":   {"准考证照样能打，工作人员要先核对是您本人。", "You can still have your ticket; the staff must see that it is you."},
		"ticket-desk":        {"到工作台打", "At the desk"},
		"ticket-desk-x":      {"报姓名和证件号码，带上能证明是您的证件。", "Give your name and number, and show any document of yours."},
		"ticket-own":         {"回家自己打", "Print it at home"},
		"ticket-own-x":       {"上报名网站，在“准考证”里打印，内容一样。", "On the website under “Ticket”; it is the same."},
		"ticket-wait":        {"过一会儿再来", "Come back in a while"},
		"ticket-wait-x":      {"新的准考证收到以后就能打，不用做别的。", "As soon as the new tickets are here they can be printed."},
		"ticket-void":        {"考场重新编排了，旧准考证已作废", "Seats were arranged anew; old tickets are void"},
		"ticket-void-x":      {"新的准考证正在送到这台机器。已经打的旧准考证请不要再用。", "The new tickets are on their way to this machine. Please do not use an old one."},
		"ticket-coming":      {"准考证还没有送到这台机器", "The tickets are not on this machine yet"},
		"ticket-coming-x":    {"考场编排公布以后，省中心会送来。", "The centre sends them once the seats are published."},
		"ticket-not-yours":   {"没有找到您的准考证", "Your ticket was not found"},
		"ticket-not-yours-x": {"这台机器收到的准考证里没有您的。考点还没有定的，定了才送来。", "It is not among those on this machine. Without a site yet, it comes later."},
		"ticket-many":        {"您的准考证在这里打过好几份了", "Your ticket was printed here several times"},
		"ticket-many-x":      {"还要的话，请到工作台说一声原因。", "For another copy, tell the staff at the desk why."},
		"ticket-unpaid":      {"没有缴费或没有确认", "Not paid or not confirmed"},
		"ticket-unpaid-x":    {"这样就没有安排座位。有疑问请带缴费记录问工作人员。", "Then no seat was given. If in doubt, show the staff your payment."},
	}
}
