package campaign_test

import "zhunkao/protocol/campaign"

// approvalFault breaks the campaign's first kind of approval.
func approvalFault(under string, spoil func(c *campaign.Campaign, a *campaign.Approval)) func(*campaign.Campaign) string {
	return func(c *campaign.Campaign) string {
		spoil(c, &c.Approvals[0])
		return "approvals " + c.Approvals[0].Key + under
	}
}

// only breaks it without the rest of the campaign.
func only(spoil func(a *campaign.Approval)) func(*campaign.Campaign, *campaign.Approval) {
	return func(_ *campaign.Campaign, a *campaign.Approval) { spoil(a) }
}

var faultsOfApprovals = []fault{
	{"two kinds with one key", campaign.ProblemDuplicate, func(c *campaign.Campaign) string {
		c.Approvals[1].Key = c.Approvals[0].Key
		return "approvals " + c.Approvals[0].Key
	}},
	{"kind of a key no path can hold", campaign.ProblemValue, approvalFault("", only(func(a *campaign.Approval) { a.Key = "New Point" }))},
	{"kind without English", campaign.ProblemMissing, approvalFault("", only(func(a *campaign.Approval) { a.En = "" }))},
	{"kind that nobody submits", campaign.ProblemMissing, approvalFault(".by", only(func(a *campaign.Approval) { a.By = nil }))},
	{"kind submitted by the moon", campaign.ProblemValue, approvalFault(".by", only(func(a *campaign.Approval) { a.By = []campaign.Tier{"moon"} }))},
	{"kind about nothing", campaign.ProblemValue, approvalFault(".subject", only(func(a *campaign.Approval) { a.Subject = "candidate" }))},
	{"kind that nobody judges", campaign.ProblemMissing, approvalFault(".tiers", only(func(a *campaign.Approval) { a.Tiers = nil }))},
	{"one tier twice", campaign.ProblemDuplicate, approvalFault(".tiers", only(func(a *campaign.Approval) { a.Tiers = append(a.Tiers, a.Tiers[0]) }))},
	{"tiers downward", campaign.ProblemReversed, approvalFault(".tiers point", only(func(a *campaign.Approval) {
		a.Tiers = append(a.Tiers, campaign.ApprovalTier{Tier: campaign.Point, Zh: "点", En: "point", Act: "draft-entry"})
	}))},
	{"judged below who submits", campaign.ProblemReversed, approvalFault(".tiers", only(func(a *campaign.Approval) { a.By = []campaign.Tier{campaign.Province}; a.Tiers = a.Tiers[:1] }))},
	{"tier of no kind", campaign.ProblemValue, approvalFault(".tiers moon.tier", only(func(a *campaign.Approval) { a.Tiers[0].Tier = "moon" }))},
	{"tier without a name", campaign.ProblemMissing, approvalFault(".tiers", only(func(a *campaign.Approval) { a.Tiers[0].Zh = "" }))},
	{"act nobody knows", campaign.ProblemUnknown, approvalFault(".tiers", only(func(a *campaign.Approval) { a.Tiers[0].Act = "dance" }))},
	{"act of another tier", campaign.ProblemDisagree, approvalFault(".tiers", only(func(a *campaign.Approval) { a.Tiers[0].Act = "draft-entry" }))},
	{"two persons in bulk", campaign.ProblemDisagree, approvalFault(".tiers", func(c *campaign.Campaign, a *campaign.Approval) {
		a.Tiers[0].Bulk = true
		for i := range c.Acts {
			if c.Acts[i].Key == a.Tiers[0].Act {
				c.Acts[i].Persons = 2
			}
		}
	})},
	{"a reason in bulk", campaign.ProblemDisagree, approvalFault(".tiers", func(c *campaign.Campaign, a *campaign.Approval) {
		a.Tiers[0].Bulk = true
		for i := range c.Acts {
			if c.Acts[i].Key == a.Tiers[0].Act {
				c.Acts[i].Reason = true
			}
		}
	})},
	{"deadline of a year", campaign.ProblemValue, approvalFault(".tiers", only(func(a *campaign.Approval) { a.Tiers[0].Days = 365 }))},
	{"deadline before it came", campaign.ProblemValue, approvalFault(".tiers", only(func(a *campaign.Approval) { a.Tiers[0].Days = -1 }))},
	{"one field twice", campaign.ProblemDuplicate, approvalFault(".fields", only(func(a *campaign.Approval) { a.Fields = append(a.Fields, a.Fields[0]) }))},
	{"field of no kind", campaign.ProblemValue, approvalFault(".fields", only(func(a *campaign.Approval) { a.Fields[1].Kind = "song" }))},
	{"field without a name", campaign.ProblemMissing, approvalFault(".fields", only(func(a *campaign.Approval) { a.Fields[1].Zh = "" }))},
	{"field of a key no form can hold", campaign.ProblemValue, approvalFault(".fields", only(func(a *campaign.Approval) { a.Fields[1].Key = "a b" }))},
	{"field of a table that is not there", campaign.ProblemUnknown, approvalFault(".fields", only(func(a *campaign.Approval) {
		a.Fields = append(a.Fields, campaign.ApprovalField{Key: "x", Zh: "某", En: "x", Kind: campaign.CaseCode, Table: "moons"})
	}))},
	{"text with a table", campaign.ProblemDisagree, approvalFault(".fields", only(func(a *campaign.Approval) { a.Fields[1].Table = "sex" }))},
	{"text without end", campaign.ProblemValue, approvalFault(".fields", only(func(a *campaign.Approval) { a.Fields[1].Max = 501 }))},
	{"title of no field", campaign.ProblemUnknown, approvalFault(".title", only(func(a *campaign.Approval) { a.Title = "none" }))},
	{"title that may be empty", campaign.ProblemDisagree, approvalFault(".title", only(func(a *campaign.Approval) { a.Fields[0].Required = false }))},
	{"paper without size", campaign.ProblemValue, approvalFault(".papers", only(func(a *campaign.Approval) { a.Papers[0].MaxKB = 0 }))},
	{"paper of no type", campaign.ProblemMissing, approvalFault(".papers", only(func(a *campaign.Approval) { a.Papers[0].Types = nil }))},
	{"paper that is a program", campaign.ProblemValue, approvalFault(".papers", only(func(a *campaign.Approval) { a.Papers[0].Types = []string{"exe"} }))},
	{"paper called as a field", campaign.ProblemDuplicate, approvalFault(".papers", only(func(a *campaign.Approval) { a.Papers[0].Key = "name" }))},
	{"more papers than a hub takes at once", campaign.ProblemTooMany, approvalFault(".papers", only(func(a *campaign.Approval) {
		for _, key := range []string{"a", "b", "c"} {
			p := a.Papers[0]
			p.Key, p.MaxKB = key, 10_240
			a.Papers = append(a.Papers, p)
		}
	}))},
	{"effect nobody knows", campaign.ProblemValue, approvalFault(".effect", only(func(a *campaign.Approval) { a.Effect = "rain" }))},
	{"point opened by the city", campaign.ProblemDisagree, approvalFault(".effect", only(func(a *campaign.Approval) { a.By = []campaign.Tier{campaign.City} }))},
	{"rooms of no table", campaign.ProblemMissing, approvalFault(".fields blocks", only(func(a *campaign.Approval) {
		a.Effect = campaign.EffectRooms
		a.Fields = append(a.Fields, campaign.ApprovalField{Key: "area", Zh: "考区", En: "area", Kind: campaign.CaseText, Required: true},
			campaign.ApprovalField{Key: "version", Zh: "版本", En: "version", Kind: campaign.CaseNumber, Required: true})
	}))},
	{"rooms of a point", campaign.ProblemDisagree, approvalFault(".effect", only(func(a *campaign.Approval) {
		a.Effect, a.Subject = campaign.EffectRooms, campaign.SubjectPoint
		a.Fields = append(a.Fields, campaign.ApprovalField{Key: "area", Zh: "考区", En: "area", Kind: campaign.CaseText, Required: true},
			campaign.ApprovalField{Key: "version", Zh: "版本", En: "version", Kind: campaign.CaseNumber, Required: true},
			campaign.ApprovalField{Key: "blocks", Zh: "考室段", En: "blocks", Kind: campaign.CaseLines, Required: true})
	}))},
	{"change of no point", campaign.ProblemDisagree, approvalFault(".effect", only(func(a *campaign.Approval) { a.Effect = campaign.EffectPointChange }))},
	{"point without a name", campaign.ProblemMissing, approvalFault(".fields", only(func(a *campaign.Approval) { a.Fields[0].Key, a.Title = "called", "called" }))},
	{"point of a strange part", campaign.ProblemDisagree, approvalFault(".fields boxes", only(func(a *campaign.Approval) {
		for i := range a.Fields {
			if a.Fields[i].Key == "boxes" {
				a.Fields[i].Kind, a.Fields[i].Max = campaign.CaseText, 0
			}
		}
	}))},
	{"step without a window", campaign.ProblemUnreachable, approvalFault(".step", only(func(a *campaign.Approval) { a.Step = "dance" }))},
	{"site opened by the city", campaign.ProblemDisagree, siteFault("site", ".effect", func(a *campaign.Approval) { a.By = []campaign.Tier{campaign.City} })},
	{"closing of no site", campaign.ProblemDisagree, siteFault("site-close", ".effect", func(a *campaign.Approval) { a.Subject = campaign.SubjectDivision })},
	{"site without rooms", campaign.ProblemMissing, siteFault("site", ".fields", func(a *campaign.Approval) { a.Fields[2].Required = false })},
	{"site with rooms in words", campaign.ProblemDisagree, siteFault("site-change", ".fields rooms", func(a *campaign.Approval) { a.Fields[2].Kind, a.Fields[2].Max = campaign.CaseText, 0 })},
	{"catchments drawn by the county", campaign.ProblemDisagree, siteFault("catchment", ".effect", func(a *campaign.Approval) { a.By = []campaign.Tier{campaign.County} })},
	{"drawing that comes to nothing", campaign.ProblemDisagree, siteFault("catchment", ".effect", func(a *campaign.Approval) { a.Effect = "" })},
	{"moves proposed by the county", campaign.ProblemDisagree, siteFault("moves", ".effect", func(a *campaign.Approval) { a.By = []campaign.Tier{campaign.County} })},
	{"moves that come to nothing", campaign.ProblemDisagree, siteFault("moves", ".effect", func(a *campaign.Approval) { a.Effect = "" })},
	{"moves of a drawing", campaign.ProblemDisagree, siteFault("moves", ".effect", func(a *campaign.Approval) { a.Subject = campaign.SubjectDrawing })},
	{"moves without a reason", campaign.ProblemMissing, siteFault("moves", ".fields", func(a *campaign.Approval) { a.Fields[0].Required = false })},
}

// siteFault breaks a kind of approval that is called by its key.
func siteFault(key, under string, spoil func(a *campaign.Approval)) func(*campaign.Campaign) string {
	return func(c *campaign.Campaign) string {
		for i := range c.Approvals {
			if c.Approvals[i].Key == key {
				spoil(&c.Approvals[i])
			}
		}
		return "approvals " + key + under
	}
}
