package synthetic

import "zhunkao/protocol/campaign"

// Case is one special candidate. Empty parts are drawn as for anyone.
type Case struct {
	Name        string // on the chip
	ChipName    string // written over Name after the application was filled
	Typed       string // in the application, when it differs
	Ethnic      string
	Age         int
	Prefix      string // of the document number: permits and foreigners
	NameEn      string
	Nationality string
	Category    string // gaokao: this one; empty is drawn
	Scheme      string // gaokao: 报考类型; empty is the ordinary one if Category is given
	Former      bool   // gaokao: of an earlier year
	Flaw        Flaw
}

// CasesOf are the special candidates of a campaign.
func CasesOf(c campaign.Campaign) []Case {
	if c.Kind == "gaokao" {
		return GaokaoCases()
	}
	return Cases()
}

// GaokaoCases are every kind of candidate of the gaokao once, among them the
// names and documents at which programs break.
func GaokaoCases() []Case {
	return []Case{
		{Category: "11"},
		{Category: "15", Former: true},
		{Category: "13", Name: "刘䶮", ChipName: "刘\uE863", Flaw: FlawNamePUA},
		{Category: "17", Name: "买买提·艾力", Typed: "买买提•艾力", Ethnic: "05", Flaw: FlawNameDot},
		{Category: "14", Name: "王𠮷"},
		{Category: "18", Name: "陈㛃"},
		{Category: "99", Name: "欧阳𬭩"},
		{Category: "99", Former: true, Name: "姚喆"},
		{Category: "21"},
		{Category: "25"},
		{Category: "11", Scheme: preparatory, Ethnic: "15"},
		{Category: "15", Scheme: poorCounty},
		{Category: "15", Scheme: bothSchemes, Ethnic: "06"},
		{Category: "11", Former: true, Scheme: preparatory, Ethnic: "12"},
		{Category: "15", Name: "阿卜杜热合曼·阿卜杜克热木", Ethnic: "05"},
		{Category: "15", Name: "向晓兰", Typed: "向小兰", Ethnic: "15", Flaw: FlawNameTypo},
		{Category: "11", Name: "龙秀英", Ethnic: "06", Flaw: FlawEthnic},
		{Category: "15", Flaw: FlawExpired},
		{Category: "11", Flaw: FlawAddress},
		{Category: "15", Name: "梁智仁", Prefix: "810000"},
		{Category: "15", Flaw: FlawExpiresNow},
		{Category: "15", Name: "彭龻", ChipName: "彭\uE864", Flaw: FlawNamePUA},
		{Category: "13", Former: true},
		{Category: "17", Former: true, Name: "石淼", Age: 47},
		{Category: "14", Former: true},
		{Category: "18", Former: true},
	}
}

// Cases are the special candidates of the adult examination, in the order in which
// Candidates makes them.
func Cases() []Case {
	return []Case{
		{},
		{Name: "刘䶮", ChipName: "刘\uE863", Flaw: FlawNamePUA}, // U+4DAE in old GBK fonts
		{Name: "向晓兰", Typed: "向小兰", Ethnic: "15", Flaw: FlawNameTypo},
		{Name: "买买提·艾力", Typed: "买买提•艾力", Ethnic: "05", Flaw: FlawNameDot}, // U+2022 typed
		{Name: "龙秀英", Ethnic: "06", Flaw: FlawEthnic},
		{Flaw: FlawExpired, Age: 24},
		{Flaw: FlawAddress},
		{Name: "王𠮷"},
		{Name: "陈㛃"},
		{Name: "欧阳𬭩"},
		{Name: "姚喆"},
		{Name: "阿卜杜热合曼·阿卜杜克热木", Ethnic: "05"},
		{Name: "石淼", Age: 47},
		{Name: "梁智仁", Prefix: "810000", Age: 25},
		{Name: "史密斯", NameEn: "SMITH JOHN", Prefix: "943840", Nationality: "USA", Age: 30},
		{Flaw: FlawExpiresNow, Age: 23},
		{Name: "彭龻", ChipName: "彭\uE864", Flaw: FlawNamePUA}, // U+9FBB
		{Name: "王喆"},
	}
}
