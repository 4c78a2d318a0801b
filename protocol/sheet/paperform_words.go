package sheet

// paperFormWords is every fixed wording of the paper form (信息采集草表, paper 14).
var paperFormWords = struct {
	Title, Side, First, Second, Number, How, Kept, Cells, NameHint, DocumentHint, DateHint, PlaceHint, TableHint, LettersHint, Tail, TailHint, Level, Choice, Category, School, Major, Study, SchoolName, MajorName pair
	Claims, Bonus, Exemption, None, Declare, Word, Sign, Date, Point, Photo, Entered, Done, Back, Typed, Checked, At                                                                                                pair
}{
	Title: pair{"信息采集草表", "Paper form"}, Side: pair{"第 %d 面　%s", "Side %d: %s"}, First: pair{"基本信息", "who you are"}, Second: pair{"志愿与签名", "choices and signature"}, Number: pair{"草表编号", "Number of the form"},
	How:  pair{"用黑色签字笔，一格一字，写在格内；选项在方框内打勾；写错划去，在格上方改写。写不下的，另写在白纸上，注明草表编号。", "With a black pen, one character to a cell; tick boxes; strike out and write above. What has no room goes on a plain sheet with this number."},
	Kept: pair{"原件", "original"}, Cells: pair{"共 %d 格", "%d cells"}, NameHint: pair{"分隔点占一格", "a dot takes a cell"}, DocumentHint: pair{"末位 X 大写", "X in capitals"}, DateHint: pair{"年 月 日", "year month day"},
	PlaceHint: pair{"写到县（市、区）", "down to the county"}, TableHint: pair{"写名称", "write the name"}, LettersHint: pair{"有几项写几项", "all that hold"},
	Tail: pair{"证件末四位", "Last four of the document"}, TailHint: pair{"与第一面一致", "as on the first side"}, Level: pair{"报考层次", "Level"}, Choice: pair{"第 %d 志愿", "Choice %d"}, Category: pair{"科类代码", "Category code"},
	School: pair{"院校代码", "School code"}, Major: pair{"专业代码", "Major code"}, Study: pair{"学习形式", "Form of study"}, SchoolName: pair{"院校名称", "School"}, MajorName: pair{"专业名称", "Major"},
	Claims: pair{"申请", "Claims"}, Bonus: pair{"照顾加分", "Bonus"}, Exemption: pair{"免试", "Exemption"}, None: pair{"无", "none"}, Declare: pair{"声明与签名", "Declaration and signature"},
	Word: pair{"本人所填信息真实、准确，同意由报名确认点按本表代为录入；录入后由本人核对并签名确认。", "What I wrote is true and exact. The point may type it; I compare it then, and sign."},
	Sign: pair{"考生签名", "Candidate's signature"}, Date: pair{"日期", "Date"}, Point: pair{"报名确认点填写", "For the point"}, Photo: pair{"相片编号", "Photograph"}, Entered: pair{"录入结果", "Result"}, Done: pair{"已录入", "entered"}, Back: pair{"退回", "given back"},
	Typed: pair{"录入", "Typed by"}, Checked: pair{"复核", "Checked by"}, At: pair{"时间", "At"},
}
