package paper

// examWords is every fixed wording of the papers of a room, 04 to 10.
var examWords = struct {
	Chart, Door, Desk, SignIn, Record, Bars, Questions, Answers                      pair // titles
	Expected, Room, Rooms, Seat, Sitting, SittingOf, Mixed, People, Also             pair
	DayOf, Weekday, Weekdays, Morning, Afternoon, Language, LanguageCount            pair
	CopyOf, Copies, First, Second, OnePage, Foot                                     pair
	Here, Absent, DoorHere, DoorAt, Lectern, LecternHere, LecternThere               pair
	From, To, Day, Time, Subject, PlanView, PlanSeats, Enter, Languages, LanguageOne pair
	DeskHead, DeskCut, Site, Category                                                pair
	Name, Number, Last4, Tongue, Signature, Present, One, Missing, Keeper, Keeper2   pair
}{
	Chart: pair{"座次表", "Seating chart"}, Door: pair{"门贴", "Door sheet"}, Desk: pair{"桌贴", "Desk labels"}, SignIn: pair{"考生签到表", "Sign-in list"},
	Record: pair{"考场情况记录单", "Record of the room"}, Bars: pair{"条形码", "Bar codes"}, Questions: pair{"试卷袋", "Bag of question papers"}, Answers: pair{"答题卡袋", "Bag of answer sheets"},
	Expected: pair{"应到", "Expected"}, Room: pair{"考室", "Room"}, Rooms: pair{"混合考室", "Mixed room"}, Seat: pair{"座位", "Seat"}, Sitting: pair{"场次", "Sitting"}, SittingOf: pair{"第 %d 场", "sitting %d"},
	Mixed: pair{"混合", "mixed"}, People: pair{"%d 人", "%d people"}, Also: pair{"、", ", "},
	DayOf: pair{"%d月%d日", "%d/%d"}, Weekday: pair{"星期%s", "%s"}, Weekdays: pair{"日一二三四五六", "SMTWTFS"}, Morning: pair{"上午", "morning"}, Afternoon: pair{"下午", "afternoon"},
	Language: pair{"外语", "Language"}, LanguageCount: pair{"%s %d", "%s %d"},
	CopyOf: pair{"第 %d 份", "copy %d"}, Copies: pair{"一式两份 第 %d 份", "copy %d of two"}, First: pair{"监考员甲", "First invigilator"}, Second: pair{"监考员乙", "Second invigilator"}, OnePage: pair{"一袋一页", "one to a bag"}, Foot: pair{"准表 %s · 版式 %d · 模板 %s %s", "Zhunkao paper %s · layout %d · template %s %s"},
	Here: pair{"到", "here"}, Absent: pair{"缺考", "Absent"}, DoorHere: pair{"门（01 号在此）", "door (seat 01 is here)"}, DoorAt: pair{"门", "door"}, Lectern: pair{"讲台", "lectern"},
	LecternHere:  pair{"讲　台（监考员面向考生，本表左右与考室左右一致）", "lectern (as the invigilator sees the room)"},
	LecternThere: pair{"讲　台（考生面向讲台，本表左右与考室左右一致）", "lectern (as a candidate sees the room)"},
	From:         pair{"准考证号　自", "Ticket numbers, from"}, To: pair{"至", "to"}, Day: pair{"日期", "Day"}, Time: pair{"时间", "Time"}, Subject: pair{"科目", "Subject"},
	PlanView: pair{"面向讲台看。", "Seen towards the lectern."}, PlanSeats: pair{"座位号为准考证号末两位。", "The seat is the last two digits of the ticket number."},
	Enter:     pair{"开考前 %d 分钟入场，开考 %d 分钟后禁止入场。", "Entry from %d minutes before the start to %d minutes after it."},
	Languages: pair{"座位按外语语种：%s。", "Seats by language: %s."}, LanguageOne: pair{"外语语种：%s。", "Language: %s."},
	Site: pair{"考点", "Site"}, Category: pair{"科类", "Category"},
	DeskHead: pair{"考室 %s　座位 %s", "room %s, seats %s"}, DeskCut: pair{"沿虚线裁开，贴于桌面左上角", "Cut along the lines; stick to the upper left of the desk"},
	Name: pair{"姓名", "Name"}, Number: pair{"准考证号", "Ticket number"}, Last4: pair{"证件末四位", "Document ends"}, Tongue: pair{"语种", "Language"}, Signature: pair{"考生签名", "Signature"},
	Present: pair{"实到", "Present"}, One: pair{"人", "people"}, Missing: pair{"缺考", "Absent"}, Keeper: pair{"监考员甲", "First invigilator"}, Keeper2: pair{"监考员乙", "Second invigilator"},
}

// recordWords is the wording of paper 08, and barWords that of 09.
var recordWords = struct {
	Breach, Spare, Copies, AbsentSeats, AbsentNote, Codes, CodesNote, Breaches, BreachesNote, Facts, Article, Sign, Head, Time pair
}{
	Breach: pair{"违规", "Breaches"}, Spare: pair{"启用备用卷", "Spare papers used"}, Copies: pair{"份", "copies"},
	AbsentSeats: pair{"缺考座位", "Absent seats"}, AbsentNote: pair{"在缺考座位号上划斜线；实到 ＋ 缺考 ＝ 应到。", "Strike the absent seats out; present + absent = expected."},
	Codes: pair{"缺考考生条形码", "Bar codes of the absent"}, CodesNote: pair{"自条形码页揭下，逐枚粘贴；超过十二人的贴背面。", "Peel them off their sheet; beyond twelve they go on the back."},
	Breaches: pair{"违规与异常", "Breaches and incidents"}, BreachesNote: pair{"违规考生须当场签字；没有的写“无”。", "The candidate signs at once; write 无 if there is none."},
	Facts: pair{"时间、情节、物证", "Time, facts, evidence"}, Article: pair{"条款", "Article"}, Sign: pair{"考生签字", "Candidate"}, Head: pair{"考点主考（核验）", "Head of the site"}, Time: pair{"时间", "Time"},
}

// barWords is the wording of paper 09.
var barWords = struct{ Count, Spare pair }{
	Count: pair{"%d 枚，空白 %d 枚备用", "%d, and %d blank ones"}, Spare: pair{"备用　座位　　　姓名", "spare: seat, name"},
}

// bagWords is the wording of paper 10.
var bagWords = struct {
	Opening, Copies, Packed, AbsentSeats, BreachSeats, Witnesses, Packer, Receiver, Line, Open, Close, Seats, Numbers pair
}{
	Opening: pair{"启封时间", "To be opened at"}, Copies: pair{"份数", "Copies"}, Packed: pair{"实装份数", "Copies in it"}, AbsentSeats: pair{"缺考座位号", "Absent seats"}, BreachSeats: pair{"违规座位号", "Seats with a breach"},
	Witnesses: pair{"验封考生代表二人", "Two candidates who saw the seal"}, Packer: pair{"封装人", "Packed by"}, Receiver: pair{"回收验收", "Taken back by"}, Line: pair{"密　　封　　线", "sealing line"},
	Open:  pair{"开考前 %d 分钟，当众验封、启封。袋口完好，科目、场次与本封面一致，方可启封；否则立即报告考点主考。", "To be opened before all, %d minutes before the start, if the seal is whole and subject and sitting are those of this cover; otherwise tell the head of the site at once."},
	Close: pair{"考试结束后，按座位号由小到大整理，连同缺考考生的答题卡一并装袋；清点无误后当场密封。", "After the examination: in the order of seats, those of the absent too; counted, then sealed on the spot."},
	Seats: pair{"座位 %s", "seats %s"}, Numbers: pair{"准考证号 %s", "ticket numbers %s"},
}
