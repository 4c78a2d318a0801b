package exampapers

import (
	"slices"
	"strings"

	"zhunkao/hub/paper"
	"zhunkao/protocol/sheet"
)

// Kind is one kind of paper of a batch.
type Kind struct {
	Key      string // number of the paper
	Zh, En   string
	Site     bool // one for the site, not for each room: of all its rooms, whichever are printed
	Sittings bool // one for each sitting
	Copies   int  // of each
	Rooms    int  // in a section, which is a job of a printer: photographs fill its memory, and what jams is lost whole
	layout   func(Of, *sheet.Fonts) ([]*sheet.Document, error)
}

// Kinds are the papers of a site in binding order (domain §1.11).
func Kinds() []Kind {
	return []Kind{
		{Key: "11", Zh: "考点汇总表", En: "site summary", Site: true, Copies: 1, layout: one(func(o Of) layout { return paper.SummaryOf(o.SiteHead, o.Whole, spareBags) })},
		{Key: "23", Zh: "领卷回收登记表", En: "bags out and back", Site: true, Sittings: true, Copies: 1, layout: func(o Of, f *sheet.Fonts) (out []*sheet.Document, err error) {
			for _, h := range paper.HandoversOf(o.SiteHead, o.Whole, spareBags) {
				d, err := h.Layout(f)
				if err != nil {
					return nil, err
				}
				out = append(out, d)
			}
			return out, nil
		}},
		{Key: "05", Zh: "门贴", En: "door sheet", Copies: 1, Rooms: 40, layout: each(func(r paper.ExamRoom) layout { return paper.DoorSheet{ExamRoom: r} })},
		{Key: "04", Zh: "座次表", En: "seating chart", Copies: 2, Rooms: 8, layout: each(func(r paper.ExamRoom) layout { return paper.SeatChart{ExamRoom: r} })},
		{Key: "06", Zh: "桌贴", En: "desk labels", Copies: 1, Rooms: 8, layout: each(func(r paper.ExamRoom) layout { return paper.DeskLabels{ExamRoom: r} })},
		{Key: "07", Zh: "考生签到表", En: "sign-in sheet", Sittings: true, Copies: 1, Rooms: 10, layout: each(func(r paper.ExamRoom) layout { return paper.SignIn{ExamRoom: r} })},
		{Key: "08", Zh: "考场情况记录单", En: "room record", Sittings: true, Copies: 2, Rooms: 10, layout: each(func(r paper.ExamRoom) layout { return paper.RoomRecord{ExamRoom: r} })},
		{Key: "09", Zh: "条形码", En: "bar-code labels", Sittings: true, Copies: 1, Rooms: 10, layout: each(func(r paper.ExamRoom) layout { return paper.BarLabels{ExamRoom: r} })},
		{Key: "10", Zh: "试卷袋、答题卡袋封面", En: "bag covers", Sittings: true, Copies: 1, Rooms: 10, layout: each(func(r paper.ExamRoom) layout { return paper.BagCovers{ExamRoom: r} })},
		{Key: "24", Zh: "违纪作弊登记表", En: "breaches", Site: true, Copies: blanks, layout: one(func(o Of) layout { return paper.Violation{SiteHead: o.SiteHead, Blanks: blanks} })},
	}
}

// CoverKey is the paper that each batch begins with.
const CoverKey = "25"

// blanks is how many empty forms of breaches lie in a site's batch, and spareBags how
// many bags of each question paper no room has (domain §1.10 step 10).
const (
	blanks    = 4
	spareBags = 1
)

// KindOf finds a kind of paper.
func KindOf(key string) (Kind, bool) {
	all := Kinds()
	i := slices.IndexFunc(all, func(k Kind) bool { return k.Key == key })
	if i < 0 {
		return Kind{}, false
	}
	return all[i], true
}

// Chosen brings keys into binding order; all of them for none. false when one is no paper.
func Chosen(keys []string) (out []string, ok bool) {
	for _, k := range Kinds() {
		if len(keys) == 0 || slices.Contains(keys, k.Key) {
			out = append(out, k.Key)
		}
	}
	for _, key := range keys {
		if _, known := KindOf(key); !known {
			return nil, false
		}
	}
	return out, true
}

type layout interface {
	Layout(*sheet.Fonts) (*sheet.Document, error)
}

func one(of func(Of) layout) func(Of, *sheet.Fonts) ([]*sheet.Document, error) {
	return func(o Of, f *sheet.Fonts) ([]*sheet.Document, error) {
		d, err := of(o).Layout(f)
		return []*sheet.Document{d}, err
	}
}

func each(of func(paper.ExamRoom) layout) func(Of, *sheet.Fonts) ([]*sheet.Document, error) {
	return func(o Of, f *sheet.Fonts) (out []*sheet.Document, err error) {
		for _, r := range o.Rooms {
			d, err := of(r).Layout(f)
			if err != nil {
				return nil, err
			}
			out = append(out, d)
		}
		return out, nil
	}
}

// Documents is how many documents of a kind some rooms have, copies counted: what the
// cover says and a person counts.
func (k Kind) Documents(o Of) (n int) {
	switch {
	case k.Site && k.Sittings:
		return len(paper.SummaryOf(o.SiteHead, o.Whole, 0).Sittings)
	case k.Site:
		return k.Copies
	case k.Key == "10":
		for _, r := range o.Rooms {
			for _, s := range r.Sittings {
				n += 2 * len(s.Subjects)
			}
		}
		return n
	case k.Sittings:
		for _, r := range o.Rooms {
			n += k.Copies * len(r.Sittings)
		}
		return n
	}
	return k.Copies * len(o.Rooms)
}

// ofSite reports whether papers of the whole site are among some.
func ofSite(papers []string) bool {
	return slices.ContainsFunc(papers, func(key string) bool {
		k, ok := KindOf(key)
		return ok && k.Site
	})
}

// Layout sets a kind of paper for some rooms of a site as one document.
func (k Kind) Layout(o Of, f *sheet.Fonts) (*sheet.Document, error) {
	all, err := k.layout(o, f)
	if err != nil {
		return nil, err
	}
	out := &sheet.Document{Title: k.Zh, Printed: o.Printed}
	for _, d := range all {
		out.Pages = append(out.Pages, d.Pages...)
	}
	return out, nil
}

// plan is a section that is to be made.
type plan struct {
	n           int
	kind        Kind
	first, last int // indices of rooms, [first, last)
}

// plans cuts papers into sections, in binding order, from 1: 0 is the cover. It follows
// from the papers and the number of rooms alone, so that a hub which goes on with what
// another began finds the same sections.
func plans(papers []string, rooms int) (out []plan) {
	for _, key := range papers {
		k, ok := KindOf(key)
		if !ok {
			continue
		}
		step := k.Rooms
		if k.Site {
			step = rooms
		}
		for first := 0; first < rooms; first += step {
			out = append(out, plan{n: len(out) + 1, kind: k, first: first, last: min(first+step, rooms)})
		}
	}
	return out
}

func joined(keys []string) string { return strings.Join(keys, " ") }
