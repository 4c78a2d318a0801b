package campaign

import (
	"fmt"
	"slices"
	"strings"

	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

func (v *validator) numbers() {
	unique(v, "numbers", v.c.Numbers, func(t NumberTemplate) string { return t.Key })
	for _, t := range v.c.Numbers {
		place := "numbers " + t.Key
		v.oneOf(place, t.Key, NumberCandidate, NumberSequence, NumberTicket, NumberOrder)
		v.named(place, t.Zh, t.En)
		p, err := t.Compile()
		if err != nil {
			v.add(place+".template", ProblemValue, "号码格式有误，请改成固定字符和已知占位符（"+strings.Join(Placeholders(), "、")+"），如{county4}{serial5}。",
				short(err.Error(), 200)+"; known are "+strings.Join(Placeholders(), ", "))
			continue
		}
		for _, name := range mustHave[t.Key] {
			if !slices.ContainsFunc(strings.Split(name, "|"), p.Has) {
				v.add(place+".template", ProblemMissing, "号码会重复：格式中缺少“"+name+"”，请加入。", "numbers would stand twice: the template lacks "+name)
			}
		}
		if t.Field != "" {
			v.numberField(place, t, p)
		}
	}
	if len(v.c.Numbers) == 0 {
		return // a version from before
	}
	for _, key := range []string{NumberCandidate, NumberTicket} {
		if _, ok := v.c.Number(key); !ok {
			v.add("numbers", ProblemMissing, "缺少“"+key+"”的号码格式，请补上。", "there is no template of "+key+": add it")
		}
	}
}

// mustHave are the placeholders without which two people would get one number.
var mustHave = map[string][]string{
	NumberCandidate: {"yy|yyyy", "county|division", "group|cat|kl", "serial"},
	NumberSequence:  {"county|division", "serial"},
	NumberTicket:    {"area|county|division", "room", "seat"},
	NumberOrder:     {"serial"},
}

func (v *validator) numberField(place string, t NumberTemplate, p NumberPattern) {
	f := v.fieldsBy[t.Field]
	if f == nil {
		v.add(place+".field", ProblemUnknown, "栏目“"+short(t.Field, 20)+"”不存在，请改成已有的栏目。", "field "+short(t.Field, 20)+" does not exist: name one that does")
		return
	}
	if p.Width() > f.MaxChars || p.Width() > f.MaxBytes {
		v.add(place, ProblemDisagree, fmt.Sprintf("号码有%d位，栏目“%s”放不下，请缩短格式或加长栏目。", p.Width(), f.Zh),
			fmt.Sprintf("numbers of %d characters do not fit field %s: shorten the template or lengthen the field", p.Width(), f.Key))
	}
	if f.Kind == form.KindDigits && strings.ContainsAny(p.literals(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") {
		v.add(place, ProblemDisagree, "栏目只收数字，号码格式中有字母，请去掉字母或改栏目类型。", "the field holds digits only and the template has letters: remove them, or change the kind of the field")
	}
}

func (v *validator) documents() {
	unique(v, "documents", v.c.Documents, func(d DocumentType) string { return d.Code })
	if len(v.c.Documents) == 0 {
		return // a version from before
	}
	entries := map[string]*form.Entry{}
	if f := v.fieldsBy[form.DocumentType]; f != nil {
		entries = v.entries[f.Table]
	}
	for _, d := range v.c.Documents {
		place := "documents " + d.Code
		e := entries[d.Code]
		if e == nil {
			v.add(place, ProblemUnknown, "证件类型代码不在代码表中，请先加入代码表。", "the code is not in the code table of documents: add it there")
		} else if e.Kind != d.Kind {
			v.add(place+".kind", ProblemDisagree, "证件种类与代码表不一致，请改成相同的。", "its kind is another in the code table: make them agree")
		}
		if _, err := identity.ParseDocument(identity.Kind(d.Kind), "?"); err == error(identity.ErrKind) {
			v.add(place+".kind", ProblemUnknown, "没有这种证件号码的核对规则，请改成已知的种类。", "no numbers of this kind can be checked: name a kind that is known")
		}
		v.oneOf(place+".photo", d.Photo, PhotoChip, PhotoCamera, PhotoChipElseCamera)
		if d.Photo == PhotoChip && !d.Chip {
			v.add(place+".photo", ProblemDisagree, "没有芯片的证件取不到芯片相片，请改为摄像。", "a document without a chip gives no chip photo: ask for the camera")
		}
		v.oneOf(place+".review", string(d.Review), "", string(County), string(City), string(Province))
		if d.Review != "" && len(d.Copies) == 0 {
			v.add(place+".copies", ProblemMissing, "须上级审核的证件，请写明复印哪些材料。", "who reviews it must see something: say what is copied")
		}
	}
	for code, e := range entries {
		if !e.Group && !slices.ContainsFunc(v.c.Documents, func(d DocumentType) bool { return d.Code == code }) {
			v.add("documents", ProblemMissing, "证件类型“"+short(code, 10)+"”没有规定如何办理，请补上。", "document "+short(code, 10)+" has no entry: say what a point does with it")
		}
	}
}

func (v *validator) photos() {
	unique(v, "photos", v.c.Photos, func(p PhotoProfile) string { return p.Name })
	for _, p := range v.c.Photos {
		place := "photos " + p.Name
		v.named(place, p.Zh, p.En)
		if p.Width < 1 || p.Width > 4000 || p.Height < 1 || p.Height > 4000 || p.DPI < 0 || p.DPI > 2400 {
			v.add(place, ProblemValue, "请把宽、高改成1至4000像素，分辨率改成0至2400。", "make width and height 1 to 4000 pixels, and the density up to 2400")
		}
		if p.MinBytes < 0 || p.MaxBytes < 0 || p.MaxBytes > 0 && p.MaxBytes < p.MinBytes {
			v.add(place, ProblemReversed, "文件大小上限小于下限，请改正。", "the greatest size is below the least: mend them")
		}
		for _, b := range p.Background {
			v.oneOf(place+".background", b, BackgroundWhite, BackgroundGrey, BackgroundBlue)
		}
	}
	if want := v.c.Policy.PhotoProfile; want != "" && len(v.c.Photos) > 0 {
		i := slices.IndexFunc(v.c.Photos, func(p PhotoProfile) bool { return p.Name == want })
		if i < 0 || v.c.Policy.Photo != PhotoChip && !v.c.Photos[i].Camera {
			v.add("policy.photo_profile", ProblemUnknown, "相片规格“"+short(want, 30)+"”不在规格表中，或终端拍不了，请改成能拍的规格。",
				"profile "+short(want, 30)+" is not among the photos, or no box can take it: name one that a box takes")
		}
	}
}

func (v *validator) reasons() {
	unique(v, "reasons", v.c.Reasons, func(l ReasonList) string { return l.Key })
	for _, l := range v.c.Reasons {
		place := "reasons " + l.Key
		v.named(place, l.Zh, l.En)
		if len(l.Entries) == 0 {
			v.add(place, ProblemMissing, "没有任何原因可选，请补上。", "there is no reason to choose: add some")
		}
		unique(v, place+".entries", l.Entries, func(r Reason) string { return r.Code })
		for _, r := range l.Entries {
			v.named(place+".entries "+r.Code, r.Zh, r.En)
		}
	}
	if len(v.c.Reasons) == 0 {
		return // a version from before
	}
	for _, key := range []string{ReasonsUnpaid, ReasonsVoid, ReasonsUnlock, ReasonsReturn, ReasonsPostpone} {
		if !slices.ContainsFunc(v.c.Reasons, func(l ReasonList) bool { return l.Key == key }) {
			v.add("reasons", ProblemMissing, "缺少“"+key+"”的原因表，请补上。", "the list of reasons "+key+" is missing: add it")
		}
	}
}

func (v *validator) exchanges() {
	unique(v, "exchanges", v.c.Exchanges, func(e Exchange) string { return e.Key })
	for i := range v.c.Exchanges {
		v.exchange(&v.c.Exchanges[i])
		if v.full() {
			return
		}
	}
}

// Limits of the two headers (domain rules 5): columns, and bytes of a record
// with its mark of deletion.
var headerLimits = map[string][2]int{HeaderDBase3: {128, 4000}, HeaderFoxPro: {255, 65500}}

func (v *validator) exchange(e *Exchange) {
	place := "exchanges " + e.Key
	v.named(place, e.Zh, e.En)
	v.oneOf(place+".header", e.Header, HeaderDBase3, HeaderFoxPro)
	v.oneOf(place+".charset", e.Charset, CharsetGBK, CharsetGB18030)
	v.oneOf(place+".names", e.Names, NamesGB18030, NamesPinyin, NamesMarks)
	if !fileName(e.File) {
		v.add(place+".file", ProblemValue, "文件名只能用字母、数字、“-”、“_”和{yy}、{yyyy}、{division6}、{date8}，不带扩展名，请改正。",
			"a file is named by letters, digits, - and _, and {yy} {yyyy} {division6} {date8}, without an extension: mend it")
	}
	if len(e.Columns) == 0 {
		v.add(place, ProblemMissing, "没有任何列，请补上。", "there are no columns: add them")
	}
	unique(v, place+".columns", e.Columns, func(c ExchangeColumn) string { return c.Name })
	record := 1
	for _, c := range e.Columns {
		record += max(c.Length, 0)
		v.column(place+".columns "+c.Name, c)
	}
	if most, ok := headerLimits[e.Header]; ok && (len(e.Columns) > most[0] || record > most[1]) {
		v.add(place, ProblemTooMany, fmt.Sprintf("这种文件头最多%d列、每条%d字节，请减列或换文件头。", most[0], most[1]),
			fmt.Sprintf("such a file has at most %d columns and %d bytes a record: take some away, or change the header", most[0], most[1]))
	}
}

// fileName tells whether a pattern names a file on any system, and nothing of a
// person.
func fileName(pattern string) bool {
	for _, p := range []string{"{yyyy}", "{yy}", "{division6}", "{date8}"} {
		pattern = strings.ReplaceAll(pattern, p, "0")
	}
	return pattern != "" && len(pattern) <= 40 && strings.Trim(pattern, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-") == ""
}

// columnLengths are the least and the most bytes of each type.
var columnLengths = map[string][2]int{"C": {1, 254}, "N": {1, 20}, "D": {8, 8}, "L": {1, 1}}

func (v *validator) column(place string, c ExchangeColumn) {
	if c.Zh == "" {
		v.add(place, ProblemMissing, "请填写列的中文名称。", "give the column its Chinese name")
	}
	if len(c.Name) > 10 || strings.Trim(c.Name, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" || c.Name != "" && c.Name[0] <= '9' {
		v.add(place, ProblemValue, "列名请改成字母开头、最多10个大写字母、数字或下划线。", "make the name up to 10 capitals, digits and underscores, a letter first")
	}
	limits, ok := columnLengths[c.Type]
	v.oneOf(place+".type", c.Type, "C", "N", "D", "L")
	if ok && (c.Length < limits[0] || c.Length > limits[1]) {
		v.add(place+".length", ProblemValue, fmt.Sprintf("%s型的长度请改成%d至%d。", c.Type, limits[0], limits[1]), fmt.Sprintf("make the length of type %s %d to %d", c.Type, limits[0], limits[1]))
	}
	if c.Decimals < 0 || c.Decimals > 0 && (c.Type != "N" || c.Decimals > c.Length-2) {
		v.add(place+".decimals", ProblemValue, "只有N型有小数，小数位最多比长度少2，请改正。", "only type N has decimals, at most two fewer than its length: mend them")
	}
	s, known := v.c.Source(c.From)
	switch {
	case !known:
		v.add(place+".from", ProblemUnknown, "取值来源“"+short(c.From, 30)+"”不存在，请改成已有的栏目或来源。", "source "+short(c.From, 30)+" does not exist: name a field or a source that does")
	case c.Type == "D" && !s.Date:
		v.add(place+".type", ProblemDisagree, "来源不是日期，不能用D型，请改类型。", "the source is no date: make the type another")
	case c.Type == "N" && !s.Digit:
		v.add(place+".type", ProblemDisagree, "来源不是数字，不能用N型，请改类型。", "the source is no number: make the type another")
	case c.Type == "L":
		v.add(place+".type", ProblemDisagree, "没有逻辑型的来源，请改类型。", "no source is a yes or no: make the type another")
	case c.Type == "C" && s.Bytes > c.Length:
		v.add(place+".length", ProblemDisagree, fmt.Sprintf("来源最多%d字节，这一列放不下，请加长。", s.Bytes), fmt.Sprintf("the source takes up to %d bytes and would be cut: lengthen the column", s.Bytes))
	}
}
