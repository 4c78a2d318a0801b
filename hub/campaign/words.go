package campaign

import (
	"strings"

	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// findingWords say what each code of a finding means, Chinese and English: what
// is wrong, for the office that looks at a list of effects. What the person
// should do stands in the finding itself, on her own screen.
var findingWords = map[string][2]string{
	form.Missing:       {"必填而未填", "is required and empty"},
	form.UnknownField:  {"表中没有这一栏", "is no field of the form"},
	form.UnknownCode:   {"代码不在代码表内", "has a code that is not in the table"},
	form.TooLong:       {"字数过多", "has too many characters"},
	form.TooWide:       {"超出数据库字段宽度", "is wider than its column"},
	form.BadChar:       {"含有看不见的字符", "holds characters that cannot be seen"},
	form.BadDate:       {"不是真实日期", "is no real date"},
	form.DateAfter:     {"日期过晚", "lies too late"},
	form.BadDigits:     {"应全为数字", "must hold digits only"},
	form.NotOfNumber:   {"与证件号码不一致", "does not agree with the document number"},
	form.NotYetChosen:  {"此时还不选学校", "names a college too early"},
	form.NoChoice:      {"没有志愿", "has no choice"},
	form.TooMany:       {"超过允许的数目", "are more than allowed"},
	form.BadOrder:      {"志愿序号不连续", "are not numbered in order"},
	form.UnknownLevel:  {"没有这个层次", "has a level that does not exist"},
	form.UnknownCat:    {"没有这个科类", "has a category that does not exist"},
	form.LevelCategory: {"科类不属于所报层次", "has a category of another level"},
	form.SecondLevel:   {"与第一志愿的层次不能同报", "has a level the first choice does not allow"},
	form.OtherClass:    {"与第一志愿的专业类不同", "leaves the class of the first choice"},
	form.DiplomaNeeded: {"须有大专以上学历", "asks for a college diploma"},
	form.Incomplete:    {"不完整", "is not complete"},
	form.NoProgramme:   {"不在招生专业目录中", "is not in the catalogue"},
	form.OtherName:     {"名称与目录不符", "has another name in the catalogue"},
	form.PointLevel:    {"不受理这个层次", "does not take the level"},
	form.PointMedical:  {"不是医学类指定确认点", "is not designated for medicine"},
	form.PointMinors:   {"不是未成年人指定确认点", "is not designated for minors"},
	form.UnknownClaim:  {"申报了没有的照顾或免试种类", "name a kind that does not exist"},
	form.ClaimLevel:    {"免试不适用于所报层次", "name an exemption of another level"},
	form.ClaimAge:      {"未到享受照顾的年龄", "name a bonus before its age"},
	form.ClaimTwice:    {"同一项申报了两次", "name one kind twice"},
	// The refusals of numbers, names and telephones, in one word each.
	"empty": {"未填", "is empty"}, "length": {"位数不对", "has the wrong length"}, "old-number": {"是已停用的15位号码", "is an old number of 15 digits"},
	"char": {"含有不该有的字符", "holds a character that does not belong"}, "check-digit": {"校验不通过", "has a check digit that does not fit"},
	"birth": {"出生日期不真实", "has no real date of birth"}, "birth-future": {"出生日期在今天之后", "has a date of birth still to come"},
	"birth-2017": {"出生日期不真实", "has no real date of birth"}, "province": {"开头不是省级代码", "begins with no province"},
	"province-71": {"居民身份证没有71开头的号码", "begins with 71 as no card does"}, "permit": {"不是居住证的号码", "is no residence permit's"},
	"foreigner": {"不是永久居留证的号码", "is no permanent residence card's"}, "not-card": {"看不出证件种类", "does not tell the kind of document"},
	"kind": {"与证件类型不符", "does not fit the type of document"}, "format": {"格式与证件不符", "does not have the document's form"},
	"name-empty": {"未填", "is empty"}, "name-short": {"不足2个字", "has fewer than 2 characters"}, "name-length": {"超过50个字", "has more than 50 characters"},
	"name-char": {"含有不能用的字符", "holds a character that is part of no name"}, "name-mixed": {"中外文混写", "mixes Chinese with letters"},
	"name-dot": {"间隔号位置不对", "has a stray middle dot"}, "name-utf8": {"编码无法识别", "is no text"}, "phone": {"不是电话号码", "is no telephone number"},
}

// FindingInWords says an Effect's code, such as "choice 1: no-programme", in
// words: “第1志愿不在招生专业目录中”. A rule of the campaign is named by the words
// it has there; a code that nobody has words for stays as it is.
func FindingInWords(c rules.Campaign, code string, english bool) string {
	field, what, ok := strings.Cut(code, ": ")
	if !ok {
		return code
	}
	way := 0
	if english {
		way = 1
	}
	words := ""
	if w, ok := findingWords[what]; ok {
		words = w[way]
	} else {
		for _, r := range c.Rules {
			if r.Key == what {
				return placeInWords(c, field, english) + [...]string{"：", ": "}[way] + [...]string{r.Zh, r.En}[way]
			}
		}
		return placeInWords(c, field, english) + [...]string{"：", ": "}[way] + what
	}
	return placeInWords(c, field, english) + [...]string{"", " "}[way] + words
}

// placeInWords names where a finding stands.
func placeInWords(c rules.Campaign, field string, english bool) string {
	if n, ok := strings.CutPrefix(field, "choice "); ok {
		if english {
			return "choice " + n
		}
		return "第" + n + "志愿"
	}
	way := 0
	if english {
		way = 1
	}
	switch field {
	case form.OnChoice, "choices":
		return [...]string{"志愿", "the choices"}[way]
	case form.OnPoint:
		return [...]string{"报名确认点", "the point"}[way]
	case form.OnClaim:
		return [...]string{"照顾和免试", "the claims"}[way]
	}
	if f, ok := c.Form.Field(field); ok {
		if english {
			return f.En
		}
		return "“" + f.Zh + "”"
	}
	return field
}
