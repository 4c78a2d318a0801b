package exampapers

import (
	"fmt"

	"zhunkao/hub/paper"
)

// Cover is the first sheet of a batch: what lies below it, in binding order, as it was
// counted when it was made.
func Cover(of Of, b Batch, todo []plan, have map[int]Section) paper.Cover {
	c := paper.Cover{SiteHead: of.SiteHead, Batch: b.Name(), Rooms: len(of.Rooms), Expected: of.Expected()}
	for _, p := range todo {
		s := have[p.n]
		last := len(c.Parts) - 1
		if last < 0 || c.Parts[last].Paper != p.kind.Key+" "+p.kind.Zh {
			c.Parts = append(c.Parts, paper.CoverPart{Paper: p.kind.Key + " " + p.kind.Zh, Of: what(of, p.kind), Note: note(p.kind)})
			last++
		}
		c.Parts[last].Things += s.Things
		c.Parts[last].Pages += s.Pages
	}
	return c
}

// what a kind of paper is one of for.
func what(of Of, k Kind) string {
	sittings := len(paper.SummaryOf(of.SiteHead, of.Whole, 0).Sittings)
	switch {
	case k.Site && k.Sittings:
		return fmt.Sprintf("%d 场", sittings)
	case k.Site:
		return "本考点"
	case k.Sittings:
		return fmt.Sprintf("%d 个考室 × 各场", len(of.Rooms))
	}
	return fmt.Sprintf("%d 个考室", len(of.Rooms))
}

func note(k Kind) string {
	switch {
	case k.Key == "24":
		return "空白"
	case k.Copies == 2:
		return "一式两份"
	case k.Key == "10":
		return "试卷、答题卡各一"
	}
	return ""
}
