package sheet

// ticketWords is every fixed wording of the ticket (准考证, paper 02). The instructions
// are those of the national examinations for adults; a campaign may have its own.
var ticketWords = struct {
	Title, Level, Category, Language, Sex, Document, Area, SitePhone, Number, Site, Room, Seat pair
	Day, Time, Subject, Entry, Morning, Afternoon, From, Shut                                  pair
	OnDay, Weekday, Weekdays, Instructions, Proof, ProofNote, ProofLater, Before, Help, Root   pair
	Rules, Checks, Helps                                                                       pair // lines
}{
	Title: pair{"准考证", "Admission ticket"}, Level: pair{"层次", "Level"}, Category: pair{"科类", "Category"}, Language: pair{"外语", "Language"},
	Sex: pair{"性别", "Sex"}, Document: pair{"证件号码", "Document"}, Area: pair{"考区", "Area"}, SitePhone: pair{"考点电话", "Site's telephone"},
	Number: pair{"准考证号", "Ticket number"}, Site: pair{"考点", "Site"}, Room: pair{"考室", "Room"}, Seat: pair{"座位", "Seat"},
	Day: pair{"日期", "Day"}, Time: pair{"时间", "Time"}, Subject: pair{"科目", "Subject"}, Entry: pair{"入场", "Entry"},
	Morning: pair{"上午", "morning"}, Afternoon: pair{"下午", "afternoon"}, From: pair{"%s 起入场", "from %s"}, Shut: pair{"%s 后禁止入场", "not after %s"},
	OnDay: pair{"%d月%d日", "%d/%d"}, Weekday: pair{"星期%s", "%s"}, Weekdays: pair{"日一二三四五六", "SMTWTFS"}, Instructions: pair{"考生须知", "Instructions"},
	Proof: pair{"编排证明", "Proof of the seat"}, ProofNote: pair{"本码载有您的座位编排证明。用手机扫描，或在报名网站“查准考证”中填入码中文字，可核对座位由公开的随机数算得，未被改动。", "This code proves your seat: scan it, or give its text at the portal, to see that it follows from the published seed and was not changed."},
	ProofLater: pair{"编排公布以后，这里有座位编排证明。", "Here stands the proof of the seat once seats are published."},
	Before:     pair{"考前请做", "Before the examination"}, Help: pair{"遇到困难", "Help"}, Root: pair{"编排数据根：%s", "Root of the seats: %s"},
	Rules: pair{"考生凭本准考证和报名时所用的有效身份证件原件，按规定时间进入考室，对号入座，证件放在桌面左上角备查。\n" +
		"开考前30分钟凭证入场；开考15分钟后禁止入场；考试结束前30分钟内方可交卷离场。\n" +
		"只准带入书写用的黑色字迹签字笔、2B铅笔、橡皮、直尺和圆规。手机、智能手表等具有发送或者接收信息功能的设备不得带入考室，带入的按违规处理。\n" +
		"领到试卷和答题卡后，先核对科目、页数，再在规定位置填写姓名、准考证号，粘贴条形码；核对无误后等待开考信号。\n" +
		"在答题卡规定区域内作答。姓名、准考证号不得写在规定区域以外，不得作任何标记。\n" +
		"考试中遵守考场纪律，不交头接耳、不传递物品；有事举手。违规的，依照《国家教育考试违规处理办法》处理；组织作弊、替考的，依法追究刑事责任。\n" +
		"考试结束信号发出后立即停笔，试卷、答题卡、草稿纸留在桌面，经监考员同意后离场。\n" +
		"姓名中有生僻字、显示与身份证不一致的，以证件号码和相片为准，不影响参加考试。",
		"Enter the room on time with this ticket and the document that you registered with; take your own seat; the document lies at the upper left of the desk.\n" +
			"Entry begins 30 minutes before the start and ends 15 minutes after it; papers may be handed in during the last 30 minutes.\n" +
			"Bring black pens, 2B pencils, a rubber, a ruler and compasses only. Telephones, watches that send or receive and the like are an offence.\n" +
			"Check subject and pages first, then write name and ticket number where they belong, stick on the bar code, and wait for the signal.\n" +
			"Answer inside the areas of the answer sheet. No name, number or mark elsewhere.\n" +
			"Keep the order of the room. Offences are dealt with by the rules of the national examinations; cheating in a group or for another is a crime.\n" +
			"Stop at the signal; papers, answer sheet and drafts stay on the desk; leave when the invigilator says so.\n" +
			"Where a rare character of a name looks other than on the identity card, number and picture count; it keeps nobody from the examination."},
	Checks: pair{"看清日期、考点、考室、座位\n带准考证和身份证件原件\n提前一天看考点和路线\n手机留在考室外", "look at day, site, room, seat\nbring ticket and document\nsee the site the day before\nleave the telephone outside"},
	Helps:  pair{"打印不出、信息有误：找报名确认点。\n证件遗失：联系县（市、区）招生办。", "Not printed, or wrong: your confirmation point.\nDocument lost: the office of your county."},
}
