package campaign

import (
	"reflect"
)

// label is the name of one member of a part of a campaign, and how its values
// are said.
type label struct {
	zh, en string
	say    func(s *side, v reflect.Value) said
	way    func(of, was, is said, a, b reflect.Value) (said, bool) // a sentence of its own
}

// labelOf names a member; one that nobody has named is called as it is in the
// bundle.
func labelOf(in reflect.Type, name string) label {
	if l, ok := labels[in.Name()+"."+name]; ok {
		return l
	}
	if l, ok := labels[name]; ok {
		return l
	}
	return label{zh: "“" + name + "”一项", en: name}
}

// rises says that a figure rises or falls.
func rises(of, was, is said, a, b reflect.Value) (said, bool) {
	word, en := "提高到", "rises from "
	if b.Int() < a.Int() {
		word, en = "降低到", "falls from "
	}
	return said{of.zh + "由" + was.zh + word + is.zh, of.en + " " + en + was.en + " to " + is.en}, true
}

var tierWords = map[string]said{"": {"无", "nobody"}, "candidate": {"考生", "the candidate"}, string(Point): {"报名确认点", "the point"}, string(County): {"县（市、区）", "the county"},
	string(City): {"市（州）", "the city"}, string(Province): {"省", "the province"}, "import": {"导入", "import"}, "office": {"招考机构", "an office"}}

var statusWords = map[string]said{"": {"（未注明）", "not said"}, StatusPublished: {"已公布", "published"}, StatusPlan: {"方案规定", "stated by the plan"},
	StatusComputed: {"计算所得", "computed"}, StatusKnown: {"通行做法、未证实", "commonly known, not confirmed"}, StatusDefault: {"默认设定、未证实", "our default, not confirmed"}}

var caseWords = map[string]said{CaseText: {"文字", "text"}, CaseLines: {"多行文字", "lines"}, CasePhone: {"电话", "telephone"}, CaseNumber: {"数字", "number"},
	CaseDate: {"日期", "date"}, CaseFlag: {"是否", "yes or no"}, CaseCode: {"单选代码", "one code"}, CaseCodes: {"多选代码", "several codes"}}

var channelWords = map[string]said{ChannelWeChat: {"微信支付", "WeChat Pay"}, ChannelAlipay: {"支付宝", "Alipay"}, ChannelUnionPay: {"银联", "UnionPay"},
	ChannelCash: {"现场现金", "cash at the point"}, ChannelTransfer: {"转账", "transfer"}}

var reviewWords = map[string]said{"": {"材料", "a paper"}, ReviewPaper: {"材料", "a paper"}, ReviewPledge: {"抄写的承诺书", "the pledge copied by hand"},
	ReviewBonus: {"照顾加分申报", "claims of a bonus"}, ReviewExemption: {"免试申报", "claims of an exemption"}}

var photoWords = map[string]said{PhotoChip: {"芯片相片", "from the chip"}, PhotoCamera: {"现场摄像", "by the camera"}, PhotoChipElseCamera: {"先用芯片相片，没有再摄像", "from the chip, else by the camera"}}

// labels name every member of every part: by type and name, or by name alone
// where all types mean the same. A test walks all types and asks for each.
var labels = map[string]label{
	"key": {zh: "代码", en: "key"}, "code": {zh: "代码", en: "code"}, "zh": {zh: "中文名称", en: "Chinese name"}, "en": {zh: "英文名称", en: "English name"},
	"name": {zh: "名称", en: "name"}, "status": {zh: "依据", en: "source", say: named(statusWords)}, "why": {zh: "说明", en: "note"},
	"note": {zh: "说明", en: "note"}, "source": {zh: "出处", en: "source"}, "evidence": {zh: "证明材料", en: "evidence"},
	"level": {zh: "报考层次", en: "level", say: sayLevel}, "levels": {zh: "适用层次", en: "levels", say: sayLevels},
	"places": {zh: "涉及之处", en: "places"}, "entries": {zh: "各项", en: "entries"}, "kind": {zh: "种类", en: "kind"},
	"tier": {zh: "层级", en: "tier", say: named(tierWords)}, "table": {zh: "代码表", en: "code table"},
	"persons": {zh: "人数", en: "persons", say: counted("人", "")}, "diploma": {zh: "学历要求", en: "diploma asked"}, "licence": {zh: "是否须有执业资格证书", en: "whether a licence is asked"},

	"Campaign.id": {zh: "招考项目代码", en: "id of the campaign"}, "Campaign.version": {zh: "方案版本号", en: "version"}, "Campaign.zh": {zh: "招考项目名称", en: "Chinese name of the campaign"},
	"Campaign.en": {zh: "招考项目英文名称", en: "English name of the campaign"}, "Campaign.short": {zh: "招考项目简称", en: "short name"}, "Campaign.kind": {zh: "考试类别", en: "kind of examination"},
	"Campaign.year": {zh: "招考年份", en: "year"}, "Campaign.province": {zh: "省份", en: "province", say: sayDivision}, "Campaign.office": {zh: "主办机构", en: "office"},
	"Campaign.form": {zh: "报名表", en: "form"}, "Campaign.subjects": {zh: "科目", en: "subjects"}, "Campaign.sittings": {zh: "场次", en: "sittings"}, "Campaign.fees": {zh: "收费", en: "fees"},
	"Campaign.bonuses": {zh: "照顾加分种类", en: "bonuses"}, "Campaign.exemptions": {zh: "免试种类", en: "exemptions"}, "Campaign.reviews": {zh: "资格审核", en: "reviews"}, "Campaign.steps": {zh: "环节", en: "steps"}, "Campaign.windows": {zh: "时段", en: "windows"},
	"Campaign.dates": {zh: "日期", en: "dates"}, "Campaign.holidays": {zh: "节假日", en: "holidays"}, "Holiday.from": {zh: "从哪天", en: "first day"}, "Holiday.to": {zh: "到哪天", en: "last day"}, "Holiday.work": {zh: "是否调休上班", en: "whether it is worked"}, "Campaign.texts": {zh: "文字", en: "texts"}, "Campaign.process": {zh: "报名流程表", en: "process sheet"}, "Campaign.policy": {zh: "办理规则", en: "policy"},
	"Campaign.kits": {zh: "最低配置", en: "kits"}, "Campaign.acts": {zh: "办理权限", en: "acts"}, "Campaign.numbers": {zh: "号码格式", en: "numbers"}, "Campaign.documents": {zh: "证件办理规则", en: "documents"},
	"Campaign.photos": {zh: "相片规格", en: "photos"}, "Campaign.reasons": {zh: "原因表", en: "reasons"}, "Campaign.exchanges": {zh: "数据交换库", en: "exchanges"}, "Campaign.divisions": {zh: "行政区划", en: "divisions"},
	"Campaign.catalogue": {zh: "招生专业目录", en: "catalogue"}, "Campaign.rules": {zh: "报考条件", en: "rules"}, "Campaign.assumptions": {zh: "假定", en: "assumptions"},

	"Definition.fields": {zh: "栏目", en: "fields"}, "Definition.groups": {zh: "分组", en: "groups"}, "Definition.tables": {zh: "代码表", en: "code tables"}, "Definition.levels": {zh: "报考层次", en: "levels"},
	"Definition.categories": {zh: "科类", en: "categories"}, "Definition.max_choices": {zh: "志愿数", en: "number of choices", say: counted("个", "")},
	"Definition.choose": {zh: "志愿内容", en: "what a choice is", say: named(map[string]said{"": {"专业", "a programme"}, "programme": {"专业", "a programme"}, "category": {"只选科类", "a category alone"}})},
	"Group.page":        {zh: "页码", en: "page"},

	"Field.kind": {zh: "类型", en: "kind"}, "Field.max_chars": {zh: "最多字数", en: "most characters", say: counted("个字", "characters")},
	"Field.max_bytes": {zh: "DBF宽度", en: "width in DBF", say: counted("字节", "bytes")}, "Field.required": {zh: "是否必填", en: "whether it is always required"},
	"Field.when": {zh: "必填条件", en: "when it is required"}, "Field.filled": {zh: "填写人", en: "who fills it", say: named(tierWords)}, "Field.during": {zh: "填写环节", en: "step at which it is filled", say: sayStep},
	"Field.group": {zh: "所在分组", en: "group"}, "Field.not_after": {zh: "是否不得晚于当天", en: "whether it may not lie in the future"}, "Field.named": {zh: "是否方案列举的栏目", en: "whether the plan names it"},
	"Field.help": {zh: "填写提示", en: "help"}, "Field.help_en": {zh: "填写提示（英文）", en: "help in English"}, "Entry.kind": {zh: "证件种类", en: "kind of document"}, "Entry.group": {zh: "是否只作标题", en: "whether it is a heading"}, "Entry.mark": {zh: "标记", en: "mark"},

	"Level.full": {zh: "全称", en: "full name"}, "Level.second": {zh: "后续志愿可报的层次", en: "levels of later choices", say: sayLevels}, "Level.one_class": {zh: "后续志愿是否限同一招生专业类", en: "whether later choices stay in one class"},
	"Level.minutes": {zh: "每科考试时间", en: "minutes of a paper", say: counted("分钟", "")}, "Category.subjects": {zh: "考试科目", en: "papers", say: saySubjects}, "Category.scope": {zh: "适用专业", en: "scope"},
	"Category.medical_majors": {zh: "按医卫类办理的专业（代码开头）", en: "majors that are medical (beginnings of their codes)"},
	"Category.medical":        {zh: "是否医卫类", en: "whether it is medical"}, "Category.maths_aside": {zh: "数学是否不计入总分", en: "whether mathematics does not count"},

	"Subject.full_mark": {zh: "满分", en: "full mark", say: counted("分", "marks")}, "Sitting.number": {zh: "场次号", en: "number"}, "Sitting.date": {zh: "考试日期", en: "date"},
	"Sitting.start": {zh: "开始时间", en: "start"}, "Sitting.ends": {zh: "结束时间", en: "ends"}, "EndTime.at": {zh: "收卷时间", en: "end"},
	"Fee.fen": {zh: "金额", en: "amount", say: sayFen, way: rises}, "Campaign.payment": {zh: "缴费办法", en: "payment"}, "Payment.channels": {zh: "支付渠道", en: "channels", say: named(channelWords)},
	"Campaign.arrangement": {zh: "编排办法", en: "arrangement"}, "Arrangement.size": {zh: "每间考室人数", en: "people in a room", say: counted("人", "")}, "Arrangement.grid": {zh: "座位排法", en: "grid"},
	"Arrangement.tail":     {zh: "尾数考室", en: "tails", say: named(tailWords)},
	"Arrangement.min_tail": {zh: "并入前一间的尾数", en: "tails that join the room before", say: counted("人", "")}, "Arrangement.languages": {zh: "是否按语种分考室", en: "whether languages sit apart"},
	"Arrangement.language_field": {zh: "语种所在的栏目", en: "field of the language", say: sayField}, "Arrangement.neighbours": {zh: "邻座应当不同的内容", en: "what neighbours shall not share", say: sayNeighbours},
	"Arrangement.needs": {zh: "特殊需要", en: "needs"}, "Arrangement.draws": {zh: "抽取随机数的部门", en: "offices that draw"},
	"SeatNeed.field": {zh: "栏目", en: "field", say: sayField}, "SeatNeed.codes": {zh: "对应的代码", en: "codes"}, "SeatNeed.apart": {zh: "是否单独考室", en: "whether rooms are apart"}, "SeatNeed.front": {zh: "是否坐前排", en: "whether in the front row"},
	"Campaign.results": {zh: "成绩办法", en: "results"}, "Results.file": {zh: "档案分的算法", en: "making of the file mark", say: named(map[string]said{"": {"总分加特征分", "total and feature mark"}, FileTotal: {"总分加特征分", "total and feature mark"}, FilePapers: {"各科成绩加特征分", "all papers and feature mark"}})},
	"Payment.opens":        {zh: "开出缴费单的环节", en: "step that opens an order", say: named(map[string]said{"": {"不收费", "none"}, OpensConfirmed: {"现场确认", "the confirmation"}, OpensPapers: {"提交材料", "papers handed in"}})},
	"Payment.arrival_days": {zh: "送达后至少几天缴费", en: "days to pay since arrival", say: counted("天", "days")}, "Payment.offer_minutes": {zh: "付款码有效时间", en: "life of a code", say: counted("分钟", "minutes")},
	"Payment.object_days": {zh: "作废前几天公示", en: "days to object", say: counted("天", "days")}, "Bonus.points": {zh: "分值", en: "points", say: counted("分", "")}, "Bonus.automatic": {zh: "是否自动加分", en: "whether it is automatic"},
	"Bonus.age": {zh: "年龄", en: "age", say: counted("周岁", "years")}, "Step.by": {zh: "办理人", en: "who does it", say: named(tierWords)}, "Date.day": {zh: "日期", en: "day"},
	"Review.kind": {zh: "种类", en: "kind", say: named(reviewWords)}, "Review.when": {zh: "审核对象", en: "of whom it is asked"}, "Review.look": {zh: "审核要点", en: "what to look for"}, "Review.look_en": {zh: "审核要点（英文）", en: "what to look for in English"},
	"Review.bring": {zh: "缺少时补什么", en: "what to bring when it lacks"}, "Review.bring_en": {zh: "缺少时补什么（英文）", en: "what to bring in English"}, "Review.fields": {zh: "对照栏目", en: "fields beside it", say: sayFields}, "Review.until": {zh: "补交期限所在环节", en: "step that ends what lacks", say: sayStep},

	"Window.id": {zh: "代码", en: "id"}, "Window.step": {zh: "环节", en: "step", say: sayStep}, "Window.from": {zh: "开始时间", en: "opening"}, "Window.to": {zh: "截止时间", en: "close"}, "Window.scope": {zh: "适用范围", en: "scope"},
	"Window.hours": {zh: "每天的办理时间", en: "daily hours"}, "Window.pauses": {zh: "暂停", en: "pauses"}, "Window.withdrawn": {zh: "是否撤销", en: "whether it is withdrawn"}, "Window.revision": {zh: "调整次数", en: "revision"},
	"Scope.divisions": {zh: "确认点所在地", en: "divisions", say: sayDivisions}, "Scope.points": {zh: "报名确认点", en: "points"}, "Scope.categories": {zh: "科类", en: "categories", say: func(s *side, v reflect.Value) said { return sayList(s, v, sayCategory) }},
	"Scope.households": {zh: "户籍", en: "households", say: sayDivisions}, "Scope.digits": {zh: "尾号", en: "last digits"}, "Pause.from": {zh: "暂停开始", en: "start"}, "Pause.to": {zh: "恢复时间", en: "end"},

	"Text.zh": {zh: "中文内容", en: "Chinese text"}, "Text.en": {zh: "英文内容", en: "English text"},
	"Process.declaration": {zh: "考生声明", en: "declaration"}, "Process.steps": {zh: "办理步骤", en: "steps"}, "ProcessStep.fee": {zh: "是否写明费用", en: "whether the fee stands there"}, "ProcessStep.results": {zh: "结果", en: "results"},

	"Campaign.portal": {zh: "考生入口", en: "portal"}, "Portal.entrance": {zh: "登录方式", en: "entrance", say: named(map[string]said{"": {"自行注册账号", "accounts"}, EntranceAccount: {"自行注册账号", "accounts"}, EntranceCard: {"网报登录卡", "sign-in cards"}})},
	"Portal.address":         {zh: "报名网站的网址", en: "address of the portal"},
	"Portal.second_password": {zh: "保存时是否再问第二密码", en: "whether saving asks a second password"},
	"Portal.card_days":       {zh: "网报登录卡密码有效期", en: "life of a card's password", say: counted("天", "days")}, "Portal.slip_days": {zh: "一次性密码凭条有效期", en: "life of a slip's password", say: counted("天", "days")},

	"Policy.photo": {zh: "相片来源", en: "photo", say: named(photoWords)}, "Policy.undecidable": {zh: "时间待核的确认如何处理", en: "confirmations of undecidable time", say: named(map[string]said{UndecidableAccept: {"规定时间内到达的接受", "accepted if they arrive in time"}, UndecidableReview: {"一律由县（市、区）裁定", "always decided by the county"}})},
	"Policy.undecidable_grace_s": {zh: "时间待核的确认最迟到达时间", en: "grace of undecidable confirmations", say: counted("秒", "seconds")}, "Policy.visit_idle_s": {zh: "无操作多久询问", en: "idle limit of a visit", say: counted("秒", "seconds")},
	"Policy.visit_ask_s": {zh: "询问后多久结束", en: "how long a visit asks", say: counted("秒", "seconds")}, "Policy.visit_hard_s": {zh: "一次办理最长时间", en: "hard limit of a visit", say: counted("秒", "seconds")},
	"Policy.minor":        {zh: "低龄考生认定", en: "who is under age", say: named(map[string]said{"": {"不设低龄规定", "no rule"}, NoMinors: {"不设低龄规定", "no rule"}, Under17: {"未满17周岁", "under 17"}, UpTo17: {"17周岁及以下", "17 and under"}})},
	"Policy.expired_card": {zh: "证件过期如何处理", en: "expired documents", say: named(map[string]said{ExpiredRefuse: {"不予办理", "refused"}, ExpiredClerk: {"由工作人员决定", "decided by a clerk"}})}, "Policy.exempt_pays": {zh: "免试考生是否缴费", en: "whether the exempt pay"},
	"Policy.confirm_unpaid": {zh: "是否先确认后缴费", en: "whether confirmation comes before payment"}, "Policy.settle": {zh: "考生可按身份证改的栏目", en: "fields she may settle by the card", say: sayFields},
	"Policy.photo_missing": {zh: "没有相片如何处理", en: "a missing photo", say: named(map[string]said{"": {"由工作人员办理", "a clerk helps"}, PhotoMissingClerk: {"由工作人员办理", "a clerk helps"}, PhotoMissingGoOn: {"先办理，注明缺相片", "the visit goes on and the record says so"}})},
	"Policy.photo_profile": {zh: "采用的相片规格", en: "profile of photos"}, "Policy.papers_days": {zh: "非居民身份证件几个工作日内审核", en: "days to decide about papers without a chip", say: counted("个工作日", "working days")}, "Policy.reprint": {zh: "是否可以补打", en: "whether a sheet may be printed again"},

	"Kit.office": {zh: "机构", en: "office"}, "Kit.cores": {zh: "处理器核数", en: "cores"}, "Kit.clock_mhz": {zh: "处理器主频", en: "clock", say: counted("MHz", "MHz")}, "Kit.memory_mb": {zh: "内存", en: "memory", say: counted("MB", "MB")},
	"Kit.disk_gb": {zh: "硬盘", en: "disk", say: counted("GB", "GB")}, "Kit.devices": {zh: "设备", en: "devices"}, "KitDevice.may": {zh: "是否可选", en: "whether it is optional"}, "Act.reason": {zh: "是否须写理由", en: "whether a reason is asked"},

	"NumberTemplate.template": {zh: "格式", en: "template"}, "NumberTemplate.field": {zh: "所在栏目", en: "field", say: sayField},
	"DocumentType.chip": {zh: "是否有芯片", en: "whether it has a chip"}, "DocumentType.photo": {zh: "相片来源", en: "photo", say: named(photoWords)}, "DocumentType.review": {zh: "审核机构", en: "who reviews it", say: named(tierWords)}, "DocumentType.copies": {zh: "复印材料", en: "copies"},
	"PhotoProfile.width": {zh: "宽", en: "width", say: counted("像素", "pixels")}, "PhotoProfile.height": {zh: "高", en: "height", say: counted("像素", "pixels")}, "PhotoProfile.dpi": {zh: "分辨率", en: "density", say: counted("dpi", "dpi")},
	"PhotoProfile.min_bytes": {zh: "文件最小", en: "least size", say: counted("字节", "bytes")}, "PhotoProfile.max_bytes": {zh: "文件最大", en: "greatest size", say: counted("字节", "bytes")}, "PhotoProfile.background": {zh: "背景", en: "background"}, "PhotoProfile.camera": {zh: "是否由终端拍摄", en: "whether a box takes it"},
	"Reason.remark": {zh: "是否须另作说明", en: "whether it must be explained"},
	"Exchange.file": {zh: "文件名", en: "file name"}, "Exchange.header": {zh: "文件头", en: "header"}, "Exchange.charset": {zh: "字符集", en: "character set"}, "Exchange.names": {zh: "生僻字处理", en: "rare characters", say: named(map[string]said{NamesGB18030: {"用GB 18030四字节", "four bytes of GB 18030"}, NamesPinyin: {"写大写拼音", "upper-case pinyin"}, NamesMarks: {"写半角问号", "half-width question marks"}})},
	"Exchange.columns": {zh: "列", en: "columns"}, "ExchangeColumn.type": {zh: "类型", en: "type"}, "ExchangeColumn.length": {zh: "长度", en: "length", say: counted("字节", "bytes")}, "ExchangeColumn.decimals": {zh: "小数位", en: "decimals"}, "ExchangeColumn.from": {zh: "取值来源", en: "source"},

	"Campaign.approvals": {zh: "审核事项", en: "kinds of approval"}, "Approval.by": {zh: "申报层级", en: "who submits", say: named(tierWords)},
	"Approval.subject": {zh: "申报对象", en: "subject", say: named(map[string]said{SubjectDivision: {"行政区划", "a division"}, SubjectPoint: {"报名确认点", "a point"}, SubjectSite: {"考点", "a site"}, SubjectDrawing: {"划定方案", "a drawing"}, SubjectMoves: {"考生名单", "a list of candidates"}})},
	"Approval.step":    {zh: "申报环节", en: "step", say: sayStep},
	"Approval.effect": {zh: "通过后的办理", en: "effect", say: named(map[string]said{"": {"无", "none"}, EffectPointOpen: {"新设确认点", "a point is opened"},
		EffectPointChange: {"变更确认点信息", "a point is changed"}, EffectPointClose: {"撤销确认点", "a point is closed"},
		EffectSiteOpen: {"新设考点", "a site is set"}, EffectSiteChange: {"变更考点信息", "a site is changed"}, EffectSiteClose: {"撤销考点", "a site is closed"}, EffectCatchment: {"参考范围生效", "catchments come into force"},
		EffectMoves: {"考生调整考区", "candidates sit in another area"},
		EffectRooms: {"考室分到考点", "rooms are given to sites"}})},
	"Approval.title": {zh: "标题栏目", en: "field of the title"}, "Approval.tiers": {zh: "审核层级", en: "tiers"}, "Approval.fields": {zh: "申报栏目", en: "fields"}, "Approval.papers": {zh: "附件", en: "attachments"},
	"ApprovalTier.act": {zh: "办理权限", en: "act", say: sayAct}, "ApprovalTier.days": {zh: "审核期限", en: "deadline", say: counted("天", "days")}, "ApprovalTier.working": {zh: "是否按工作日计算", en: "whether working days are counted"}, "ApprovalTier.bulk": {zh: "是否可以批量同意", en: "whether several may be agreed to at once"},
	"ApprovalField.kind": {zh: "类型", en: "kind", say: named(caseWords)}, "ApprovalField.max": {zh: "上限", en: "limit"}, "ApprovalField.required": {zh: "是否必填", en: "whether it is required"}, "ApprovalField.help": {zh: "填写提示", en: "help"}, "ApprovalField.help_en": {zh: "填写提示（英文）", en: "help in English"},
	"ApprovalPaper.required": {zh: "是否必交", en: "whether it is required"}, "ApprovalPaper.max_kb": {zh: "大小上限", en: "greatest size", say: counted("千字节", "KB")}, "ApprovalPaper.types": {zh: "类型", en: "types"},

	"Rule.field": {zh: "所在栏目", en: "field", say: sayField}, "Rule.if": {zh: "适用情况", en: "case"}, "Rule.must": {zh: "要求", en: "demand"}, "Rule.zh": {zh: "中文提示", en: "Chinese advice"}, "Rule.en": {zh: "英文提示", en: "English advice"},
	"Division.parent":  {zh: "上级区划", en: "parent", say: sayDivision},
	"Programme.school": {zh: "学校代码", en: "school"}, "Programme.school_name": {zh: "学校名称", en: "name of the school"}, "Programme.major": {zh: "专业代码", en: "major"}, "Programme.major_name": {zh: "专业名称", en: "name of the major"},
	"Programme.category": {zh: "科类", en: "category", say: sayCategory}, "Programme.class": {zh: "招生专业类", en: "class of majors"}, "Programme.form": {zh: "学习形式", en: "form of study"}, "Programme.years": {zh: "学制", en: "years"}, "Programme.remark": {zh: "备注", en: "remark"},
	"Assumption.zh": {zh: "中文内容", en: "Chinese text"}, "Assumption.en": {zh: "英文内容", en: "English text"},
}
