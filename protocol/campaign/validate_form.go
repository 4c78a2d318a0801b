package campaign

import (
	"slices"
	"strings"

	"zhunkao/protocol/form"
)

func (v *validator) fields() {
	d := &v.c.Form
	unique(v, "form.fields", d.Fields, func(f form.Field) string { return f.Key })
	unique(v, "form.groups", d.Groups, func(g form.Group) string { return g.Key })
	if len(d.Fields) == 0 {
		v.add("form.fields", ProblemMissing, "没有任何栏目，请补上。", "there are no fields: add them")
	}
	if d.MaxChoices < 1 || d.MaxChoices > 9 {
		v.add("form.max_choices", ProblemValue, "志愿数请改成1至9。", "make the number of choices 1 to 9")
	}
	v.oneOf("form.choose", d.Choose, "", form.ChooseProgramme, form.ChooseCategory)
	for i := range d.Fields {
		v.field("form.fields "+d.Fields[i].Key, &d.Fields[i])
	}
}

func (v *validator) field(place string, f *form.Field) {
	v.reachable(place, f)
	v.named(place, f.Zh, f.En)
	if f.MaxChars < 1 || f.MaxBytes < 1 || f.MaxBytes > 254 {
		v.add(place, ProblemValue, "长度请改成1以上，DBF字节数最多254。", "make both lengths at least 1, and at most 254 bytes in a DBF column")
	}
	v.oneOf(place+".filled", f.Filled, form.Fillers()...)
	v.oneOf(place+".kind", string(f.Kind), kinds...)
	if f.Kind == form.KindCode || f.Kind == form.KindLetters {
		entries := v.entries[f.Table]
		if len(entries) == 0 {
			v.add(place+".table", ProblemUnknown, "代码表“"+short(f.Table, 20)+"”不存在或为空，请改成已有的代码表。", "its code table does not exist or is empty: name one that does")
		}
		for code := range entries {
			if n := len(code); f.Kind == form.KindLetters && n != 1 || n > f.MaxBytes {
				v.add(place+".table", ProblemDisagree, "代码表中有放不进这一栏的代码，请加长栏目或改代码。", "its code table has codes that do not fit: lengthen the field or change the codes")
				break
			}
		}
	}
	for _, w := range f.When {
		v.codes(place+".when", w.Levels, w.Categories)
		if w.Field == "" {
			continue
		}
		other := v.fieldsBy[w.Field]
		if other == nil || len(w.In) == 0 || other.Table != "" && slices.ContainsFunc(w.In, func(code string) bool { return v.entries[other.Table][code] == nil }) {
			v.add(place+".when", ProblemUnknown, "必填条件引用了不存在的栏目或代码，请改正。", "its condition names a field or code that does not exist: mend it")
		}
	}
}

// kinds are the kinds of fields.
var kinds = []string{string(form.KindText), string(form.KindCode), string(form.KindLetters), string(form.KindDate), string(form.KindName),
	string(form.KindDocument), string(form.KindDivision), string(form.KindDigits), string(form.KindPhone), string(form.KindPostCode)}

// reachable asks that the field stands on a page and that the step at which it
// is filled comes: what nobody can fill would be required for nothing, or be
// empty in every export.
func (v *validator) reachable(place string, f *form.Field) {
	g := slices.IndexFunc(v.c.Form.Groups, func(g form.Group) bool { return g.Key == f.Group })
	if g < 0 || v.c.Form.Groups[g].Page < 1 {
		v.add(place+".group", ProblemUnreachable, "栏目不在任何一页上，请改成已有的分组，分组的页码从1起。", "the field is on no page: name a group that exists and has a page from 1 upward")
	}
	switch {
	case f.During == "" && len(v.c.Steps) == 0: // a version from before
	case f.During == "":
		v.add(place+".during", ProblemUnreachable, "没有写明在哪个环节填写，请补上。", "it is not said at which step it is filled: say it")
	case !v.stepsOpen[f.During]:
		v.add(place+".during", ProblemUnreachable, "填写环节“"+short(f.During, 30)+"”在日程中没有时段，请补时段或改环节。",
			"step "+short(f.During, 30)+" at which it is filled has no window: add one, or name another step")
	}
}

func (v *validator) tables() {
	unique(v, "form.tables", v.c.Form.Tables, func(t form.Table) string { return t.Name })
	for _, t := range v.c.Form.Tables {
		unique(v, "form.tables "+t.Name+".entries", t.Entries, func(e form.Entry) string { return e.Code })
		for i := range t.Entries {
			if t.Entries[i].Zh == "" {
				v.add("form.tables "+t.Name+".entries "+t.Entries[i].Code, ProblemMissing, "代码没有名称，请填写。", "the code has no name: give it one")
			}
		}
		if v.full() {
			return
		}
	}
}

func (v *validator) levels() {
	d := &v.c.Form
	unique(v, "form.levels", d.Levels, func(l form.Level) string { return l.Code })
	unique(v, "form.categories", d.Categories, func(k form.Category) string { return k.Code })
	if len(d.Levels) == 0 {
		v.add("form.levels", ProblemMissing, "没有任何报考层次，请补上。", "there are no levels: add them")
	}
	has := map[string]bool{}
	for i := range d.Categories {
		has[d.Categories[i].Level] = true
	}
	for _, l := range d.Levels {
		place := "form.levels " + l.Code
		v.named(place, l.Zh, l.En)
		v.codes(place+".second", l.Second, nil)
		if len(l.Code) != 1 || l.Code < "0" || l.Code > "9" {
			v.add(place, ProblemValue, "层次代码请改成一位数字。", "make the code of a level one digit")
		}
		if !has[l.Code] {
			v.add(place, ProblemMissing, "该层次没有任何科类，请补科类或删去层次。", "the level has no category: add one, or take the level away")
		}
		if l.Minutes < 1 || l.Minutes > 600 {
			v.add(place+".minutes", ProblemValue, "每科考试时间请改成1至600分钟。", "make the minutes of a paper 1 to 600")
		}
		v.mark(place+".diploma", l.Diploma)
	}
	for i := range d.Categories {
		v.category(&d.Categories[i])
	}
}

func (v *validator) category(k *form.Category) {
	place := "form.categories " + k.Code
	if k.Zh == "" {
		v.add(place, ProblemMissing, "请填写科类名称。", "give the category a name")
	}
	v.codes(place+".level", []string{k.Level}, nil)
	if k.Level == "" || len(k.Code) != 2 || !strings.HasPrefix(k.Code, k.Level) || k.Code[1] < '0' || k.Code[1] > '9' {
		v.add(place, ProblemDisagree, "科类代码与层次不符：应为两位数字，第一位是层次代码，请改代码或层次。",
			"code and level disagree: a category has two digits, the first that of its level; change one of them")
	}
	for _, head := range k.MedicalMajors {
		if head == "" || len(head) > 6 || strings.Trim(head, "0123456789") != "" {
			v.add(place+".medical_majors", ProblemValue, "医卫类专业请写代码开头的1至6位数字。", "name medical majors by the first one to six digits of their codes")
		}
	}
	for i, key := range k.Subjects {
		if !slices.ContainsFunc(v.c.Subjects, func(s Subject) bool { return s.Key == key }) {
			v.add(place+".subjects", ProblemUnknown, "科目“"+short(key, 20)+"”不存在，请改成已有的科目。", "subject "+short(key, 20)+" does not exist: name one that does")
		}
		if slices.Contains(k.Subjects[:i], key) {
			v.add(place+".subjects", ProblemDuplicate, "同一科目写了两次，请删去一个。", "a subject stands twice: remove one")
		}
	}
	v.mark(place+".diploma", k.Diploma)
}

// mark asks that some code of the education table carries a mark.
func (v *validator) mark(place, mark string) {
	if mark == "" {
		return
	}
	if f := v.fieldsBy[form.Education]; f != nil {
		for _, e := range v.entries[f.Table] {
			if e.Mark == mark {
				return
			}
		}
	}
	v.add(place, ProblemUnknown, "文化程度代码表中没有带此标记的代码，谁也不能报考，请改正标记。", "no code of the education table carries this mark, so nobody could apply: mend the mark")
}

func (v *validator) subjects() {
	unique(v, "subjects", v.c.Subjects, func(s Subject) string { return s.Key })
	for _, s := range v.c.Subjects {
		if s.Zh == "" || s.FullMark < 1 || s.FullMark > 1000 {
			v.add("subjects "+s.Key, ProblemValue, "请填写科目名称，满分改成1至1000。", "name the subject, and make its full mark 1 to 1000")
		}
	}
}

// kinds checks bonuses and exemptions.
func (v *validator) kinds() {
	unique(v, "bonuses", v.c.Bonuses, func(b Bonus) string { return b.Code })
	for _, b := range v.c.Bonuses {
		place := "bonuses " + b.Code
		if b.Zh == "" || b.Points < 0 || b.Points > 200 {
			v.add(place, ProblemValue, "请填写照顾加分名称，分值改成0至200。", "name the bonus, and make its points 0 to 200")
		}
		if b.Automatic && (b.Age < 1 || b.Age > 120) {
			v.add(place+".age", ProblemValue, "自动加分须写明满多少周岁。", "an automatic bonus says from which age")
		}
	}
	unique(v, "exemptions", v.c.Exemptions, func(e Exemption) string { return e.Code })
	for _, e := range v.c.Exemptions {
		if e.Zh == "" {
			v.add("exemptions "+e.Code, ProblemMissing, "请填写免试种类的名称。", "give the exemption a name")
		}
		v.codes("exemptions "+e.Code+".levels", e.Levels, nil)
	}
}

func (v *validator) divisions() {
	unique(v, "divisions", v.c.Divisions, func(d Division) string { return d.Code })
	above := map[Tier]Tier{City: Province, County: City}
	for _, d := range v.c.Divisions {
		place := "divisions " + d.Code
		if d.Name == "" {
			v.add(place, ProblemMissing, "请填写区划名称。", "give the division its name")
		}
		if len(d.Code) != 6 || strings.Trim(d.Code, "0123456789") != "" {
			v.add(place, ProblemValue, "区划代码请改成六位数字。", "make the code of a division six digits")
		}
		want, ok := above[d.Tier]
		if d.Tier != Province && !ok || v.tiers[d.Parent] != want || (d.Parent == "") != (d.Tier == Province) {
			v.add(place, ProblemUnknown, "上级区划不存在或级别不对，请改成上一级的区划代码。", "its parent does not exist or is of another tier: name the division just above")
		}
		if v.full() {
			return
		}
	}
}

func (v *validator) catalogue() {
	unique(v, "catalogue", v.c.Catalogue, func(p Programme) string {
		return strings.Join([]string{p.School, p.Major, p.Level, p.Category, p.Form}, "/")
	})
	levelOf := make(map[string]string, len(v.c.Form.Categories))
	for _, k := range v.c.Form.Categories {
		levelOf[k.Code] = k.Level
	}
	for i := range v.c.Catalogue {
		p := &v.c.Catalogue[i]
		place := "catalogue " + strings.Join([]string{p.School, p.Major, p.Level, p.Category, p.Form}, "/")
		switch level, ok := levelOf[p.Category]; {
		case !ok:
			v.codes(place, []string{p.Level}, []string{p.Category})
		case level != p.Level:
			v.add(place, ProblemDisagree, "科类不属于该层次，请改科类或层次。", "the category belongs to another level: change one of them")
		}
		if p.School == "" || p.SchoolName == "" || p.Major == "" || p.MajorName == "" {
			v.add(place, ProblemMissing, "请把学校和专业的代码、名称填完整。", "complete code and name of school and major")
		}
		if v.entries["study_form"][p.Form] == nil || v.entries["years"][p.Years] == nil {
			v.add(place, ProblemUnknown, "学习形式或学制代码不存在，请改成代码表中的。", "its form of study or years are not in the tables: take them from there")
		}
		if v.full() {
			return
		}
	}
}
