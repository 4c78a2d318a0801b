package synthetic

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
	Flaw        Flaw
}

// Cases are the special candidates in the order in which Candidates makes them.
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
		{Name: "喆"},
		{Name: "阿卜杜热合曼·阿卜杜克热木", Ethnic: "05"},
		{Name: "石淼", Age: 47},
		{Name: "梁智仁", Prefix: "810000", Age: 25},
		{Name: "史密斯", NameEn: "SMITH JOHN", Prefix: "943840", Nationality: "USA", Age: 30},
		{Flaw: FlawExpiresNow, Age: 23},
		{Name: "彭龻", ChipName: "彭\uE864", Flaw: FlawNamePUA}, // U+9FBB
		{Name: "王喆"},
	}
}
