package campaign

import (
	"maps"
	"slices"
)

// approvals checks the kinds of approval. A campaign without any is accepted:
// versions from before must load as long as they live.
func (v *validator) approvals() {
	unique(v, "approvals", v.c.Approvals, func(a Approval) string { return a.Key })
	for _, a := range v.c.Approvals {
		place := "approvals " + a.Key
		v.caseKey(place, a.Key)
		v.named(place, a.Zh, a.En)
		if len(a.By) == 0 {
			v.add(place+".by", ProblemMissing, "没有写明由哪级申报，请补上。", "it is not said who submits it: add the tiers")
		}
		for _, t := range a.By {
			v.oneOf(place+".by", string(t), string(Point), string(County), string(City), string(Province))
		}
		v.oneOf(place+".subject", a.Subject, SubjectDivision, SubjectPoint, SubjectSite, SubjectDrawing, SubjectMoves)
		v.approvalStep(place, a)
		v.approvalTiers(place, a)
		v.approvalFields(place, a)
		v.approvalPapers(place, a)
		v.approvalEffect(place, a)
		if v.full() {
			return
		}
	}
}

func (v *validator) caseKey(place, key string) {
	if key != "" && !caseKey.MatchString(key) {
		v.add(place, ProblemValue, "代码请用小写英文字母、数字和连字符，字母开头，不超过40个字符。", "make the key lower-case letters, digits and hyphens, a letter first, up to 40 of them")
	}
}

// approvalTiers asks that tiers go upward, and that each has an act of its own
// tier. What asks two persons or a reason is never agreed to in bulk: one click
// would be neither.
func (v *validator) approvalTiers(place string, a Approval) {
	if len(a.Tiers) == 0 {
		v.add(place+".tiers", ProblemMissing, "没有写明由哪级审核，请补上。", "nobody judges it: add the tiers")
	}
	unique(v, place+".tiers", a.Tiers, func(t ApprovalTier) string { return string(t.Tier) })
	var before Tier
	for _, t := range a.Tiers {
		at := place + ".tiers " + string(t.Tier)
		v.named(at, t.Zh, t.En)
		v.oneOf(at+".tier", string(t.Tier), string(Point), string(County), string(City), string(Province))
		if before.Above(t.Tier) {
			v.add(at, ProblemReversed, "审核层级请自下而上排列。", "let the tiers judge upward, the lowest first")
		}
		before = t.Tier
		for _, by := range a.By {
			if by.Above(t.Tier) {
				v.add(at, ProblemReversed, "下级不能审核上级申报的事项，请改正申报层级或审核层级。", "a tier cannot judge what one above it submits: mend the one or the other")
				break
			}
		}
		act, ok := v.c.Act(t.Act)
		switch {
		case !ok:
			v.add(at+".act", ProblemUnknown, "办理权限表中没有“"+short(t.Act, 40)+"”，请改成已有的事项。", "act "+short(t.Act, 40)+" does not exist: name one of the table")
		case act.Tier != t.Tier:
			v.add(at+".act", ProblemDisagree, "事项“"+short(act.Zh, 40)+"”规定由另一级办理，请改成同一级。", "the table gives this act to another tier: make them agree")
		case t.Bulk && (act.Persons > 1 || act.Reason):
			v.add(at+".bulk", ProblemDisagree, "须两人办理或须写理由的事项不能批量同意，请改正。", "what asks two persons or a reason is not agreed to in bulk: mend one of them")
		}
		if t.Days < 0 || t.Days > maxCaseDays {
			v.add(at+".days", ProblemValue, "审核期限请改成0至60天（0为不限）。", "make the deadline 0 to 60 days, 0 for none")
		}
	}
}

func (v *validator) approvalFields(place string, a Approval) {
	unique(v, place+".fields", a.Fields, func(f ApprovalField) string { return f.Key })
	for _, f := range a.Fields {
		at := place + ".fields " + f.Key
		v.caseKey(at, f.Key)
		v.named(at, f.Zh, f.En)
		v.oneOf(at+".kind", f.Kind, CaseText, CaseLines, CasePhone, CaseNumber, CaseDate, CaseFlag, CaseCode, CaseCodes)
		coded := f.Kind == CaseCode || f.Kind == CaseCodes
		if coded && len(v.c.Codes(f.Table)) == 0 {
			v.add(at+".table", ProblemUnknown, "代码表“"+short(f.Table, 30)+"”不存在，请改成已有的代码表。", "code table "+short(f.Table, 30)+" does not exist: name one that does")
		}
		if !coded && f.Table != "" {
			v.add(at+".table", ProblemDisagree, "不是代码类的栏目不用代码表，请去掉。", "a field that is not coded has no table: remove it")
		}
		most := maxCaseText
		if f.Kind == CaseNumber {
			most = maxCaseCount
		}
		if f.Max < 0 || f.Max > most {
			v.add(at+".max", ProblemValue, "上限过大或为负，请改小（文字不超过500字，0为默认）。", "the limit is negative or too great: texts have up to 500 characters, 0 is the default")
		}
	}
	if f, ok := a.Field(a.Title); !ok || f.Kind != CaseText && f.Kind != CaseLines {
		v.add(place+".title", ProblemUnknown, "标题栏目请写成表单中已有的文字栏目。", "name a text field of the form as its title")
	} else if !f.Required {
		v.add(place+".title", ProblemDisagree, "作标题的栏目必须必填。", "make the field of the title a required one")
	}
}

func (v *validator) approvalPapers(place string, a Approval) {
	unique(v, place+".papers", a.Papers, func(p ApprovalPaper) string { return p.Key })
	sum := 0
	for _, p := range a.Papers {
		at := place + ".papers " + p.Key
		v.caseKey(at, p.Key)
		v.named(at, p.Zh, p.En)
		if p.MaxKB < 1 || p.MaxKB > maxPaperKB {
			v.add(at+".max_kb", ProblemValue, "附件大小上限请改成1至10240千字节。", "make the size 1 to 10240 KB")
		}
		sum += min(max(p.MaxKB, 0), maxPaperKB)
		if len(p.Types) == 0 {
			v.add(at+".types", ProblemMissing, "没有写明附件类型，请补上。", "no type is named: add some")
		}
		for _, t := range p.Types {
			v.oneOf(at+".types", t, PaperPDF, PaperJPEG, PaperPNG)
		}
		if _, ok := a.Field(p.Key); ok {
			v.add(at, ProblemDuplicate, "附件代码与栏目代码重复，请改成不同的。", "a field has the same key: make them different")
		}
	}
	if sum > maxPapersKB {
		v.add(place+".papers", ProblemTooMany, "全部附件合计不能超过20480千字节，请改小。", "together the papers may be up to 20480 KB: make them smaller")
	}
}

// approvalStep asks that the step in whose windows it is submitted is one of the
// campaign's and comes at all.
func (v *validator) approvalStep(place string, a Approval) {
	if a.Step != "" && !v.stepsOpen[a.Step] {
		v.add(place+".step", ProblemUnreachable, "申报环节“"+short(a.Step, 30)+"”在日程中没有时段，请补时段或改环节。", "step "+short(a.Step, 30)+" at which it is submitted has no window: add one, or name another step")
	}
}

// approvalEffect asks that a form has what its effect reads, and that the effect fits
// what the case is about.
func (v *validator) approvalEffect(place string, a Approval) {
	v.oneOf(place+".effect", a.Effect, "", EffectPointOpen, EffectPointChange, EffectPointClose, EffectSiteOpen, EffectSiteChange, EffectSiteClose, EffectCatchment, EffectMoves, EffectRooms)
	only := func(tier Tier) bool { return !slices.ContainsFunc(a.By, func(t Tier) bool { return t != tier }) }
	switch a.Effect {
	case EffectPointOpen:
		if a.Subject != SubjectDivision || !only(County) {
			v.add(place+".effect", ProblemDisagree, "新设确认点须由县（市、区）就本县申报，请改正申报层级和对象。", "a new point is declared by its county, of that county: mend by and subject")
		}
	case EffectPointChange, EffectPointClose:
		if a.Subject != SubjectPoint {
			v.add(place+".effect", ProblemDisagree, "变更、撤销确认点须针对已有的确认点，请改正对象。", "this effect is on a point that exists: mend the subject")
		}
	case EffectSiteOpen:
		if a.Subject != SubjectDivision || !only(County) {
			v.add(place+".effect", ProblemDisagree, "新设考点须由县（市、区）就本县申报，请改正申报层级和对象。", "a new site is declared by its county, of that county: mend by and subject")
		}
	case EffectSiteChange, EffectSiteClose:
		if a.Subject != SubjectSite {
			v.add(place+".effect", ProblemDisagree, "变更、撤销考点须针对已有的考点，请改正对象。", "this effect is on a site that exists: mend the subject")
		}
	case EffectCatchment:
		if a.Subject != SubjectDrawing || !only(City) {
			v.add(place+".effect", ProblemDisagree, "参考范围由市（州）划定，请改正申报层级和对象。", "catchments are drawn by the city: mend by and subject")
		}
	}
	v.approvalMoves(place, a, only(City))
	if a.Subject == SubjectDrawing && a.Effect != EffectCatchment {
		v.add(place+".effect", ProblemDisagree, "对象是划定方案的，通过后应当生效，请改正。", "a drawing that is approved comes into force: mend the effect")
	}
	v.effectFields(place, a)
}

// approvalMoves asks of the moves of candidates that a city proposes them, that it says
// why, and that they come to something.
func (v *validator) approvalMoves(place string, a Approval, byCity bool) {
	if a.Effect != EffectMoves && a.Subject != SubjectMoves {
		return
	}
	if a.Effect != a.Subject || !byCity {
		v.add(place+".effect", ProblemDisagree, "考生调整考区由市（州）就一份名单申报，通过后调整，请改正申报层级、对象和通过后的办理。", "moves of candidates are proposed by their city as a list and done when approved: mend by, subject and effect")
	}
	if f, ok := a.Field("reason"); !ok || !f.Required {
		v.add(place+".fields", ProblemMissing, "调整考区必须写原因（reason），请加上并设为必填。", "moves have a reason: add it as a required field")
	}
}

// effectFields asks that the fields an effect reads are there and of their kind.
func (v *validator) effectFields(place string, a Approval) {
	if a.Effect == EffectSiteOpen || a.Effect == EffectSiteChange {
		for _, key := range slices.Sorted(maps.Keys(siteFields)) {
			f, ok := a.Field(key)
			switch want := siteFields[key]; {
			case !ok || !f.Required:
				v.add(place+".fields", ProblemMissing, "考点必须有“"+key+"”这一项，请加上并设为必填。", "a site must have "+key+": add it as a required field")
			case f.Kind != want:
				v.add(place+".fields "+f.Key, ProblemDisagree, "考点的这一项应是“"+want+"”类栏目，请改正。", "this part of a site is of kind "+want+": mend it")
			}
		}
	}
	if a.Effect == EffectRooms {
		v.roomsEffect(place, a)
	}
	if a.Effect != EffectPointOpen && a.Effect != EffectPointChange {
		return
	}
	for _, f := range a.Fields {
		if want, ok := pointFields[f.Key]; ok && f.Kind != want {
			v.add(place+".fields "+f.Key, ProblemDisagree, "确认点的这一项应是“"+want+"”类栏目，请改正。", "this part of a point is of kind "+want+": mend it")
		}
		if f.Key == "levels" && f.Table != "level" {
			v.add(place+".fields levels", ProblemDisagree, "确认点的报考层次请用层次代码表。", "the levels of a point are those of the form: name table level")
		}
	}
	if f, ok := a.Field("name"); !ok || !f.Required {
		v.add(place+".fields", ProblemMissing, "确认点必须有名称，请加上必填的名称栏目（name）。", "a point must have a name: add a required field name")
	}
}

// roomFields are what a table of rooms has to say, and in which kind of field.
var roomFields = []struct{ key, kind string }{{"name", CaseText}, {"area", CaseText}, {"version", CaseNumber}, {"blocks", CaseLines}}

// roomsEffect asks that a form holds a table of rooms, and that the county gives it.
func (v *validator) roomsEffect(place string, a Approval) {
	if a.Subject != SubjectDivision || slices.ContainsFunc(a.By, func(t Tier) bool { return t != County }) {
		v.add(place+".effect", ProblemDisagree, "考室分配须由县（市、区）就本县申报，请改正申报层级和对象。", "rooms are given to sites by their county: mend by and subject")
	}
	for _, want := range roomFields {
		if f, ok := a.Field(want.key); !ok || !f.Required || f.Kind != want.kind {
			v.add(place+".fields "+want.key, ProblemMissing, "考室分配的表单须有必填的“"+want.key+"”栏目（"+want.kind+"类），请补上。", "a table of rooms needs the required field "+want.key+" of kind "+want.kind+": add it")
		}
	}
}
