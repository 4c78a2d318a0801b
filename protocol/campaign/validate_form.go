package campaign

import (
	"slices"
	"strings"

	"zhunkao/protocol/form"
)

func (v *validator) fields() {
	d := v.c.Form
	unique(v, "form.fields", d.Fields, func(f form.Field) string { return f.Key })
	unique(v, "form.groups", d.Groups, func(g form.Group) string { return g.Key })
	unique(v, "form.tables", d.Tables, func(t form.Table) string { return t.Name })
	for _, t := range d.Tables {
		unique(v, "form.tables "+t.Name, t.Entries, func(e form.Entry) string { return e.Code })
	}
	if len(d.Fields) == 0 {
		v.add("form.fields", ProblemMissing, "没有任何栏目。", "there are no fields")
	}
	for _, f := range d.Fields {
		v.field("form.fields "+f.Key, f)
	}
}

func (v *validator) field(place string, f form.Field) {
	d := v.c.Form
	g := slices.IndexFunc(d.Groups, func(g form.Group) bool { return g.Key == f.Group })
	if g < 0 || d.Groups[g].Page < 1 {
		v.add(place, ProblemUnreachable, "栏目不在任何一页上。", "the field is on no page")
	}
	if f.MaxChars < 1 || f.MaxBytes < 1 || f.MaxBytes > 254 {
		v.add(place, ProblemValue, "长度应在1以上，DBF字节数最多254。", "lengths start at 1, and a DBF column has at most 254 bytes")
	}
	v.oneOf(place, f.Filled, form.ByCandidate, form.ByOffice)
	if f.Kind == form.KindCode || f.Kind == form.KindLetters {
		if t, ok := d.Table(f.Table); !ok || len(t.Entries) == 0 {
			v.add(place, ProblemUnknown, "代码表不存在或为空。", "its code table does not exist or is empty")
		}
	}
	for _, w := range f.When {
		v.codes(place, w.Levels, w.Categories)
		if other, ok := d.Field(w.Field); w.Field != "" {
			t, _ := d.Table(other.Table)
			if !ok || len(w.In) == 0 || t.Name != "" && slices.ContainsFunc(w.In, func(code string) bool { _, has := t.Entry(code); return !has }) {
				v.add(place, ProblemUnknown, "必填条件引用了不存在的栏目或代码。", "its condition names a field or code that does not exist")
			}
		}
	}
}

// codes checks that levels and categories referred to exist.
func (v *validator) codes(place string, levels, categories []string) {
	for _, l := range levels {
		if _, ok := v.c.Form.Level(l); !ok {
			v.add(place, ProblemUnknown, "报考层次"+l+"不存在。", "level "+l+" does not exist")
		}
	}
	for _, k := range categories {
		if _, ok := v.c.Form.Category(k); !ok {
			v.add(place, ProblemUnknown, "科类"+k+"不存在。", "category "+k+" does not exist")
		}
	}
}

func (v *validator) levels() {
	d := v.c.Form
	unique(v, "form.levels", d.Levels, func(l form.Level) string { return l.Code })
	unique(v, "form.categories", d.Categories, func(k form.Category) string { return k.Code })
	unique(v, "subjects", v.c.Subjects, func(s Subject) string { return s.Key })
	for _, l := range d.Levels {
		v.codes("form.levels "+l.Code, l.Second, nil)
		if !slices.ContainsFunc(d.Categories, func(k form.Category) bool { return k.Level == l.Code }) {
			v.add("form.levels "+l.Code, ProblemMissing, "该层次没有任何科类。", "the level has no category")
		}
	}
	for _, k := range d.Categories {
		place := "form.categories " + k.Code
		v.codes(place, []string{k.Level}, nil)
		if k.Level == "" || len(k.Code) != 2 || !strings.HasPrefix(k.Code, k.Level) {
			v.add(place, ProblemDisagree, "科类代码应为两位，第一位是层次代码。", "a category has two digits, the first that of its level")
		}
		for _, key := range k.Subjects {
			if !slices.ContainsFunc(v.c.Subjects, func(s Subject) bool { return s.Key == key }) {
				v.add(place, ProblemUnknown, "科目"+key+"不存在。", "subject "+key+" does not exist")
			}
		}
	}
}
