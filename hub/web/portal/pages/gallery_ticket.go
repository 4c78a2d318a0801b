package pages

import "strings"

// ticketScenes are every state of the ticket's page and of the public pages of the
// arrangement.
func ticketScenes(add adder) {
	rules := []TicketRule{{Text: "带身份证和准考证，少一样都不行"}, {Text: "带黑色签字笔、2B 铅笔、橡皮"}, {Must: true, Text: "手机、手表不能带进考室"}, {Must: true, Text: "开考 15 分钟后不能进场"}}
	help := Ticket{Help: "没有打印机？", Text: "带身份证到任何一个确认点，放上去就能打，不要钱。10 月 27 日 24:00 前都可以。", Rules: rules, Back: "/ks/status"}
	paper := &TicketPaper{Title: "湖南省2019年成人高等学校招生全国统一考试", Who: []Fact{{"姓名", "向晓兰", false}, {"性别", "女", false}, {"准考证号", "0104 34 0126 17", true}, {"证件号码", "433***********0028", true}, {"层次科类", "专升本 经济管理类", false}},
		Where:   []Fact{{"考点", "岳麓实验中学", false}, {"考室", "0126", true}, {"座位", "17", true}},
		Days:    []TicketDay{{"10 月 26 日 上午", "09:00—11:30", "政治"}, {"10 月 26 日 下午", "14:30—17:00", "外语（英语）"}, {"10 月 27 日 上午", "09:00—11:30", "高等数学(二)"}},
		Address: "地址：岳麓区桐梓坡路 212 号　考点电话：0731-5550 0100", Note: "座位由电脑随机编排，谁也挑不了。"}
	day := "10 月 26 日 09:00 开考，08:30 可以进考室。"
	of := func(head, lead string) Ticket { t := help; t.Head, t.Lead = head, lead; return t }
	show := func(state, words string, t Ticket) { add("ticket", state, words, "ticket", her(), t) }

	none := Ticket{Head: "您现在没有准考证", Lead: "信息确认了、费用缴了，报名才有效，才会给您排座位。看看还差哪一步。", Path: "/ks/status", Go: "看还差哪一步", Back: "/ks/status"}
	show("none", "没有有效的报名", none)
	show("before", "还没到日子", of("还没到打印准考证的日子", "从 10 月 17 日 起，在这里打印。座位由电脑统一编排，到时候才看得到。现在不用您做什么。"))
	show("paused", "暂停了", of("打印准考证暂停了", "不是您的原因。恢复以后会发消息告诉您。"))
	show("waiting", "日子到了，还没排好", of("准考证还没有排好", "打印的日子到了，考试院还在编排座位。不用您做什么，排好会发消息告诉您；也可以过几个小时再来看。"))
	show("unseat", "排好了，没有排到", Ticket{Back: "/ks/status", Head: "没有给您排座位", Lead: "座位已经公布，里面没有您。免试的不用考试；不是免试的，请马上打电话问：0731-5550 0123（8:00—18:00）。考试以前都可以补排座位。"})
	show("nosite", "考点没定", of("您的考点还没有定", "座位排好了，您的考室在哪个学校还没有定。定了就能打，会发消息告诉您；考前三天还没有的，打电话问：0731-5550 0123（8:00—18:00）。"))
	ready := of("准考证好了，请打印", day)
	ready.Print, ready.Save, ready.Paper, ready.Trail = "打印准考证", "下载到手机", paper, "/ks/ticket/seat"
	ready.Hint = "打开以后用黑白打印就行，一张 A4 纸。半小时内再打开还是这一份；以后再打，纸上会写“补打”，一样有效。"
	show("ready", "可以打印", ready)
	again := ready
	again.Head, again.Print, again.Hint = "您打过准考证了", "再打一份", "第 1 份是 10 月 18 日 09:12 给您的。再打就是第 2 份，纸上会写“补打”，一样有效。"
	show("again", "打过了", again)
	anew := ready
	anew.Head, anew.Notices = "座位换了，请重新打印准考证", []StatusNotice{{Class: "must", Head: "以前打的准考证作废了", Text: "座位重新编排过。旧的请撕掉，带旧的去会走错考室。"}}
	show("anew", "以前打的作废了", anew)
	kept := ready
	kept.Head, kept.Notices = "座位和号码没变，准考证请重新打印", []StatusNotice{{Class: "wait", Head: "以前打的准考证作废了，座位没变", Text: "编排更正过，您的考室、座位和准考证号都没有变，只是旧的扫码会显示“已作废”。换成新打的，旧的请撕掉。"}}
	show("kept", "以前打的作废了，座位没变", kept)
	resited := ready
	resited.Head, resited.Notices = "考点换了，请重新打印准考证", []StatusNotice{{Class: "must", Head: "以前打的准考证作废了，考点换了", Text: "原来的考点不能用了，现在到长沙市岳麓实验中学考试。考室、座位和准考证号都没有变。旧的请撕掉，带旧的去会走错地方。"}}
	show("resited", "考点换了", resited)
	added := ready
	long := *paper
	long.Where = []Fact{{"考点", "湘西土家族苗族自治州民族高级中等职业技术学校（东校区）", false}, {"考室", "1026", true}, {"座位", "07", true}}
	added.Paper, added.Trail = &long, ""
	added.Notices = []StatusNotice{{Class: "wait", Head: "您的座位是后来增补的", Text: "它排在公布的座位后面，一样有效；准考证上没有证明编排的二维码。"}}
	show("added", "增补座位，考点名字长", added)
	over := of("打印准考证的时间过了", day)
	over.Paper, over.Help, over.Text = paper, "没有打印的怎么办？", "带身份证去考点，早到一个小时，告诉门口的工作人员；或者现在打电话：0731-5550 0123（8:00—18:00）。"
	show("over", "时间过了", over)
	show("sat", "考完了", Ticket{Head: "考试结束了", Lead: "成绩出来了会发消息告诉您。", Back: "/ks/status"})
	arrangedScenes(add)
	trailScenes(add)
}

func arrangedScenes(add adder) {
	hash := strings.Repeat("5f2c9a07e1", 6) + "b3d4"
	steps := []string{"名单封存：报名有效的考生编成名单。名单里只有代号，没有姓名和证件号码。名单的“指纹”当天公布，名单改一个字，指纹就变。", "封存随机数：两个以上的单位各自抽一个随机数，先只交出它的“指纹”。", "公开随机数：都封存以后再一起公开，合起来就是这次编排用的随机数。", "不公开，或者公开的和封存的不一样，这一次作废，照样公布，换人重来。", "电脑按规则排：分考区、分科类、抽签、排考室，再把同一单位的人分开坐。", "公布：所有座位合成一个总校验值，写在编排记录单上。"}
	page := Arranged{Head: "考室座位是怎么排的", Lead: "电脑按公开的规则随机编排。谁也挑不了座位，事后谁都可以重算一遍。", Steps: steps,
		Check: []string{"下载公开文件。里面是名单（代号）、规则、随机数和所有座位，没有姓名。", "运行 hubctl arrangement verify 文件名。程序从名单和随机数重新编排，和文件逐字节比对。", "算出来的总校验值，要和编排记录单上的一样。"}}
	none := page
	none.None = "还没有开始编排。编排的每一步都会公布在这里。"
	add("arrangement", "none", "还没有开始", "arrangement", guest(), none)
	shares := []ArrangedShare{{Office: "湖南省教育考试院", Sealed: hash, Opened: hash}, {Office: "省纪委监委驻教育厅纪检监察组", Sealed: hash, Opened: hash}}
	some := page
	some.Versions = []ArrangedVersion{
		{Name: "第 3 版", Badge: "名单已封存", Tint: "wait", Texts: []string{"还在进行，没有座位。"}, Facts: []Fact{{"名单封存", "10 月 12 日 09:30", false}, {"考生人数", "402113", false}, {"名单指纹（SHA-256）", hash, true}},
			Shares: []ArrangedShare{{Office: "湖南省教育考试院", Sealed: hash, Opened: "还没有公开"}, {Office: "省纪委监委驻教育厅纪检监察组", Sealed: "还没有封存", Opened: "还没有公开"}}},
		{Name: "第 2 版", Badge: "现在有效", Tint: "done", Texts: []string{"10 月 11 日 16:00 公布，现在用的就是这一版。"}, Facts: []Fact{{"名单封存", "10 月 11 日 09:30", false}, {"考生人数", "402110", false}, {"考室数", "13460", false}, {"名单指纹（SHA-256）", hash, true}, {"总校验值（根）", hash, true}},
			Shares: shares, Bundle: "/ks/arrangement/2/bundle", BundleText: "下载公开文件"},
		{Name: "第 1 版", Badge: "作废", Tint: "must", Texts: []string{"10 月 11 日 09:10 作废：有单位没有公开它封存的随机数。没有产生座位，换人重来。"}, Facts: []Fact{{"名单封存", "10 月 10 日 15:00", false}, {"名单指纹（SHA-256）", hash, true}},
			Shares: []ArrangedShare{{Office: "湖南省教育考试院", Sealed: hash, Opened: hash}, {Office: "省纪委监委驻教育厅纪检监察组", Sealed: hash, Opened: "没有公开"}}},
	}
	add("arrangement", "some", "有效的、作废的、正在排的", "arrangement", guest(), some)
	told := "这是第 2 版的更正版：名单更正过，随机数还是第 2 版抽的，没有重抽。没有变动的考生，考区、考室、座位和准考证号一个也不变；新来的和换考区、换科类的才另排座位；空出来的座位不再给别人。"
	revised := page
	revised.Versions = []ArrangedVersion{
		{Name: "第 4 版", Badge: "等核对公布", Tint: "wait", Texts: []string{"更正版已经算好，等两个人核对以后公布。公布以前，现在的准考证照样有效。", told}, Facts: []Fact{{"名单封存", "10 月 13 日 09:30", false}, {"考生人数", "402108", false}, {"名单指纹（SHA-256）", hash, true}}},
		{Name: "第 3 版", Badge: "现在有效", Tint: "done", Texts: []string{"10 月 12 日 16:00 公布，现在用的就是这一版。", told}, Facts: []Fact{{"名单封存", "10 月 12 日 09:30", false}, {"考生人数", "402113", false}, {"考室数", "13460", false}, {"座位和准考证号不变", "402102", false}, {"新排、换座位、不在名单的", "19", false}, {"名单指纹（SHA-256）", hash, true}, {"总校验值（根）", hash, true}}, Bundle: "/ks/arrangement/3/bundle", BundleText: "下载公开文件"},
		some.Versions[1],
	}
	revised.Versions[2].Badge, revised.Versions[2].Tint, revised.Versions[2].Texts = "已作废", "must", []string{"10 月 12 日 16:00 起由后面的版本代替。这一版的准考证都作废了，要重新打印。"}
	add("arrangement", "revised", "更正版", "arrangement", guest(), revised)
}

func trailScenes(add adder) {
	hash := strings.Repeat("5f2c9a07e1", 6) + "b3d4"
	ask := Trail{Head: "查准考证", Lead: "用手机扫准考证上的二维码，会直接到结果；扫出来是文字的，把文字全部贴到这里。这里不问姓名，也看不到姓名。", Form: true}
	add("trail", "ask", "等人贴码", "trail", guest(), ask)
	ask.Fault = "这不是准考证上的码，或者没有贴全。从 ZK1 开始，到最后一个字，重新贴一次"
	add("trail", "none", "不是码", "trail", guest(), ask)
	facts := []Fact{{"准考证号", "0104 34 0126 17", true}, {"考区", "0104", true}, {"考室", "0126", true}, {"座位", "17", true}, {"编排版本", "第 2 版", false}}
	good := Trail{Head: "查准考证", Tint: "done", Badge: "有效", Said: "这个座位在现在有效的编排里，码没有被改过。", More: "纸上的考点和这里不一样的，以这里为准，请重新打印。", Facts: append(facts[:5:5], Fact{"考点", "岳麓实验中学", false}),
		Steps: []string{"报名有效以后，考生在名单里有一个代号。名单封存，指纹公布。", "几个单位的随机数公开以后，和代号放在一起算，得出考生的签。", "同一考区、同一层次科类的人，按签的先后排进考室，一室最多 30 人左右，按公布的规则。"},
		Leaf:  "seat ⇥ " + hash[:32] + " ⇥ 0104 ⇥ 126 ⇥ 17 ⇥ 010434012617", Climb: []TrailStep{{What: "座位的叶子", Out: hash}, {What: "考室里第 1 步，共 5 步", Left: hash, Right: hash, Out: hash}, {What: "考室的叶子：room ⇥ 0104 ⇥ 126 ⇥ " + hash, Out: hash}},
		Roots: []Fact{{"考室校验值", hash, true}, {"算到顶得", hash, true}, {"总校验值（根）", hash, true}}, Own: []string{"叶子：一个字节 0，后面接下面这行文字（⇥ 是制表符），算 SHA-256。", "每往上一步：一个字节 1，接左边 32 字节、右边 32 字节，算 SHA-256。"}}
	add("trail", "good", "有效", "trail", guest(), good)
	void := good
	void.Tint, void.Badge, void.Said, void.More = "must", "已作废", "这张准考证以前是真的，后来座位重新编排过。请重新打印准考证，把这张撕掉。", ""
	void.Facts = facts
	add("trail", "void", "作废了", "trail", guest(), void)
	kept := void
	kept.Badge, kept.Said = "已作废，座位没变", "编排更正过，这张纸作废了。但是准考证号、考区、考室、座位都没有变，只要重新打印准考证。"
	kept.Facts = append(facts[:5:5], Fact{"现在有效的", "第 3 版", false})
	add("trail", "kept", "作废了，座位没变", "trail", guest(), kept)
	add("trail", "false", "对不上", "trail", guest(), Trail{Head: "查准考证", Tint: "must", Badge: "对不上", Said: "公布的编排里没有这个座位，或者码被改过、没有扫全。先重新扫一次；还是这样，打电话问：0731-5550 0123（8:00—18:00）。", Facts: facts})
}
