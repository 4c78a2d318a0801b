package exchange

import (
	"fmt"
	"slices"
	"strings"

	"zhunkao/protocol/campaign"
)

// Difference is what a new catalogue changes in an old one.
type Difference struct {
	Added     []campaign.Programme `json:"added"`     // in the order of the new one
	Withdrawn []campaign.Programme `json:"withdrawn"` // in the order of the old one
	Changed   []Change             `json:"changed"`   // the same programme with another name, class, length or remark
}

// Change is one programme as it was and as it is.
type Change struct {
	Old campaign.Programme `json:"old"`
	New campaign.Programme `json:"new"`
}

// Renamed reports whether the name of school or major is another.
func (c Change) Renamed() bool {
	return c.Old.SchoolName != c.New.SchoolName || c.Old.MajorName != c.New.MajorName
}

// Empty reports whether both catalogues are the same, whatever their order.
func (d Difference) Empty() bool { return len(d.Added)+len(d.Withdrawn)+len(d.Changed) == 0 }

// CompareCatalogues holds a new catalogue against an old one.
func CompareCatalogues(old, now []campaign.Programme) Difference {
	var d Difference
	before, after := map[string]campaign.Programme{}, map[string]bool{}
	for _, p := range old {
		before[keyOf(p)] = p
	}
	for _, p := range now {
		after[keyOf(p)] = true
		switch was, known := before[keyOf(p)]; {
		case !known:
			d.Added = append(d.Added, p)
		case was != p:
			d.Changed = append(d.Changed, Change{was, p})
		}
	}
	for _, p := range old {
		if !after[keyOf(p)] {
			d.Withdrawn = append(d.Withdrawn, p)
		}
	}
	return d
}

// Lines says a difference in words, a line for each programme.
func (d Difference) Lines(c campaign.Campaign, english bool) []string {
	word := func(zh, en string) string {
		if english {
			return en
		}
		return zh
	}
	var out []string
	for _, p := range d.Withdrawn {
		out = append(out, word("停招 ", "withdrawn ")+inWords(c, p))
	}
	for _, x := range d.Changed {
		kind := word("变更 ", "changed ")
		if x.Renamed() {
			kind = word("更名 ", "renamed ")
		}
		out = append(out, kind+inWords(c, x.New)+word("：", ": ")+strings.Join(x.fields(c, english), word("；", "; ")))
	}
	for _, p := range d.Added {
		out = append(out, word("新增 ", "added ")+inWords(c, p))
	}
	return out
}

// fields says what is other in a changed programme.
func (x Change) fields(c campaign.Campaign, english bool) []string {
	var out []string
	for _, f := range []struct{ zh, en, old, now string }{
		{"院校名称", "school", x.Old.SchoolName, x.New.SchoolName},
		{"专业名称", "major", x.Old.MajorName, x.New.MajorName},
		{"招生专业类", "class of majors", x.Old.Class, x.New.Class},
		{"学制", "years", c.TableName("years", x.Old.Years), c.TableName("years", x.New.Years)},
		{"备注", "remark", x.Old.Remark, x.New.Remark},
	} {
		if f.old == f.now {
			continue
		}
		if english {
			out = append(out, fmt.Sprintf("%s %q is now %q", f.en, f.old, f.now))
		} else {
			out = append(out, fmt.Sprintf("%s由“%s”改为“%s”", f.zh, f.old, f.now))
		}
	}
	return out
}

func inWords(c campaign.Campaign, p campaign.Programme) string {
	return strings.Join(slices.DeleteFunc([]string{p.School, p.SchoolName, p.Major, p.MajorName, c.TableName("level", p.Level),
		c.TableName("category", p.Category), c.TableName("study_form", p.Form)}, func(s string) bool { return s == "" }), " ")
}
