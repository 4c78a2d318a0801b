package visit

import (
	"slices"
	"strings"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// Page is one page of the read-through. Every page fits the screen in large
// type, in both languages: nothing scrolls.
type Page struct {
	Title   Text
	Lines   []Line
	Choices []Choice
	Photo   bool // her photo stands beside the heading
	// Category: a category is all that is chosen, and it is among the lines.
	Category bool
}

// Text is a text in both languages; with En empty Zh stands for both.
type Text struct{ Zh, En string }

// In gives the text in the language asked for.
func (t Text) In(english bool) string {
	if english && t.En != "" {
		return t.En
	}
	return t.Zh
}

// Line is one field as read through.
type Line struct {
	Key   string
	Label Text
	Value Text // empty = not filled in
	Wide  bool // takes a whole row
}

// Choice is one 志愿 as read through.
type Choice struct {
	Order  int
	School Text
	Major  Text
	Detail Text
}

// What fits. A row holds two lines or a wide one.
const (
	rowsOnPage    = 7 // in large type at 1280 × 800
	narrowValue   = 9 // full-width characters in half a row
	choicesOnPage = 2
	rowsAtPhoto   = 2 // that the photo takes from its page
)

// Paginate lays out the whole application for reading through: the fields by
// group, as the campaign pages them and never more than fit, then the choices.
// What the candidate may fill and left empty is shown as empty; what an office
// fills is shown when it is there. With photo the first page leaves room for
// her photo.
func Paginate(c campaign.Campaign, app form.Application, photo bool) []Page {
	var pages []Page
	for _, n := range pageNumbers(c.Form) {
		pages = append(pages, fieldPages(c, app, n, photo && len(pages) == 0)...)
	}
	return append(pages, choicePages(c, app)...)
}

func pageNumbers(def form.Definition) []int {
	var out []int
	for _, g := range def.Groups {
		out = append(out, g.Page)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func fieldPages(c campaign.Campaign, app form.Application, number int, photo bool) []Page {
	var pages []Page
	page := Page{Photo: photo}
	rows := rowsOnPage
	if photo {
		rows -= rowsAtPhoto
	}
	half := 0 // half rows taken
	for _, g := range c.Form.Groups {
		if g.Page != number {
			continue
		}
		lines := groupLines(c, app, g.Key)
		if len(lines) == 0 {
			continue
		}
		for i, l := range lines {
			need := 1
			if l.Wide {
				need = 2 + half%2
			}
			if half+need > 2*rows {
				pages = append(pages, page)
				page, half, rows = Page{}, 0, rowsOnPage
				if l.Wide {
					need = 2
				}
			}
			if i == 0 || page.Title.Zh == "" {
				page.Title = page.Title.and(Text{g.Zh, g.En})
			}
			page.Lines = append(page.Lines, l)
			half += need
		}
	}
	if len(page.Lines) > 0 {
		pages = append(pages, page)
	}
	return pages
}

// and joins titles of groups that share a page.
func (t Text) and(u Text) Text {
	if t.Zh == "" {
		return u
	}
	return Text{t.Zh + "、" + u.Zh, t.En + ", " + strings.ToLower(u.En)}
}

func groupLines(c campaign.Campaign, app form.Application, group string) []Line {
	var lines []Line
	for _, f := range c.Form.InGroup(group) {
		v := app.Get(f.Key)
		if v == "" && !f.ByCandidate() {
			continue
		}
		l := Line{Key: f.Key, Label: Text{f.Zh, Sentence(f.En)}, Value: Value(c, f, v)}
		l.Wide = width(l.Value.Zh) > narrowValue || width(l.Value.En) > narrowValue
		lines = append(lines, l)
	}
	return lines
}

func choicePages(c campaign.Campaign, app form.Application) []Page {
	head := choiceHead(c, app)
	choices := slices.Clone(app.Choices)
	slices.SortStableFunc(choices, func(a, b form.Choice) int { return a.Order - b.Order })
	if c.Form.Choose == form.ChooseCategory {
		return []Page{{Title: Text{"报考科类", "Your category"}, Lines: head, Category: len(head) > 0}}
	}
	title := Text{"报考志愿", "Your choices"}
	pages := []Page{{Title: title, Lines: head}}
	for _, ch := range choices {
		last := &pages[len(pages)-1]
		if len(last.Choices) == choicesOnPage {
			pages = append(pages, Page{Title: title})
			last = &pages[len(pages)-1]
		}
		last.Choices = append(last.Choices, choice(c, ch))
	}
	return pages
}

func choiceHead(c campaign.Campaign, app form.Application) []Line {
	first := app.First()
	var lines []Line
	add := func(key string, label, value Text) {
		wide := width(value.Zh) > narrowValue || width(value.In(true)) > narrowValue
		lines = append(lines, Line{Key: key, Label: label, Value: value, Wide: wide})
	}
	if l, ok := c.Form.Level(first.Level); ok {
		label := Text{"报考层次", "Level"}
		if c.Form.Choose == form.ChooseCategory {
			label = Text{"考试类型", "Examination"}
		}
		add("level", label, Text{l.Zh, Sentence(l.En)})
	}
	if k, ok := c.Form.Category(first.Category); ok {
		add("category", Text{"科类", "Category"}, Text{k.Zh, k.En})
		if s := subjects(c, k); s != "" {
			add("subjects", Text{"考试科目", "Papers"}, Text{Zh: s})
		}
	}
	if s := claims(c, app); s != "" {
		add("claims", claimed(app), Text{Zh: s})
	}
	return lines
}

func subjects(c campaign.Campaign, k form.Category) string {
	var out []string
	for _, key := range k.Subjects {
		for _, s := range c.Subjects {
			if s.Key == key {
				out = append(out, s.Zh)
			}
		}
	}
	return strings.Join(out, "、")
}

func claims(c campaign.Campaign, app form.Application) string {
	var out []string
	for _, cl := range app.Claims {
		out = append(out, c.ClaimName(cl))
	}
	return strings.Join(out, "、")
}

// claimed is what the claims are called: bonuses, exemptions, or both.
func claimed(app form.Application) Text {
	bonus := slices.ContainsFunc(app.Claims, func(c form.Claim) bool { return c.Kind == form.BonusClaim })
	exempt := slices.ContainsFunc(app.Claims, func(c form.Claim) bool { return c.Kind == form.ExemptionClaim })
	switch {
	case bonus && exempt:
		return Text{"照顾和免试", "Claims"}
	case exempt:
		return Text{"申请免试", "Exemption"}
	}
	return Text{"申请照顾", "Bonus"}
}

func choice(c campaign.Campaign, ch form.Choice) Choice {
	out := Choice{Order: ch.Order, School: Text{Zh: ch.SchoolName}, Major: Text{Zh: ch.MajorName}}
	if ch.SchoolName == "" {
		out.School.Zh = ch.School
	}
	if ch.MajorName == "" {
		out.Major.Zh = ch.Major
	}
	var zh, en []string
	add := func(t Text) {
		if t.Zh != "" {
			zh, en = append(zh, t.Zh), append(en, t.In(true))
		}
	}
	if l, ok := c.Form.Level(ch.Level); ok {
		add(Text{l.Zh, l.En})
	}
	if k, ok := c.Form.Category(ch.Category); ok {
		add(Text{k.Zh, k.En})
	}
	add(entry(c, "study_form", ch.Form))
	add(entry(c, "years", ch.Years))
	add(Text{"院校代码 " + ch.School, "school " + ch.School})
	add(Text{"专业代码 " + ch.Major, "major " + ch.Major})
	out.Detail = Text{strings.Join(zh, "　"), strings.Join(en, " · ")}
	return out
}
