package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhunkao/protocol/sheet"
)

// SummaryOf counts the rooms of a site or, without a site in its head, of an area; spare
// is how many spare bags a site has of each paper. Rooms stand in their order, those of
// one site together.
func SummaryOf(h SiteHead, rooms []ExamRoom, spare int) Summary {
	out := Summary{SiteHead: h}
	sites := map[string]bool{} // by number of the sitting, paper and site
	for _, r := range rooms {
		for _, v := range r.Sittings {
			at, found := slices.BinarySearchFunc(out.Sittings, v.Number, func(s SummarySitting, n int) int { return s.Number - n })
			if !found {
				out.Sittings = slices.Insert(out.Sittings, at, SummarySitting{Number: v.Number, From: v.From, To: v.To})
			}
			s := &out.Sittings[at]
			if v.To.After(s.To) {
				s.To = v.To
			}
			for _, c := range v.Subjects {
				i := slices.IndexFunc(s.Papers, func(p SummaryPaper) bool { return p.Subject == c.Paper() })
				if i < 0 {
					s.Papers = append(s.Papers, SummaryPaper{Subject: c.Paper()})
					i = len(s.Papers) - 1
				}
				p := &s.Papers[i]
				p.Rooms, p.Expected, p.Bags = p.Rooms+1, p.Expected+c.Expected(), p.Bags+1
				if key := fmt.Sprint(v.Number, "\n", p.Subject, "\n", r.Site); !sites[key] {
					sites[key] = true
					p.Spare += spare
				}
			}
		}
	}
	for _, r := range rooms {
		line := SummaryRoom{Site: r.Site, Room: r.Room, Expected: len(r.Sitters), Numbers: numbersOf(r.Sitters), Sittings: make([]int, len(out.Sittings))}
		line.Level, line.Category = groupsOf(r)
		for _, v := range r.Sittings {
			if at, found := slices.BinarySearchFunc(out.Sittings, v.Number, func(s SummarySitting, n int) int { return s.Number - n }); found {
				line.Sittings[at] = v.Expected()
			}
		}
		out.Rooms = append(out.Rooms, line)
	}
	return out
}

// groupsOf says who sits in a room: levels, and the category or, of several, their codes.
func groupsOf(r ExamRoom) (level, category string) {
	var levels, codes []string
	for _, g := range r.Groups() {
		if !slices.Contains(levels, g.Level) {
			levels = append(levels, g.Level)
		}
		if !slices.Contains(codes, g.Code) {
			codes, category = append(codes, g.Code), strings.TrimSpace(g.Code+" "+g.Category)
		}
	}
	if len(codes) > 1 {
		slices.Sort(codes)
		category = handWords.Mixed.Zh + " " + strings.Join(codes, " ")
	}
	return strings.Join(levels, "、"), category
}

// numbersOf is the range of ticket numbers of a room, 0102 34 0127 01–30; where they
// differ before their seats, as in a mixed room, stands *.
func numbersOf(sitters []Sitter) string {
	if len(sitters) == 0 {
		return ""
	}
	one := []byte(sitters[0].Number)
	low, high := sitters[0], sitters[0]
	for _, s := range sitters {
		n := []byte(s.Number)
		if len(n) != len(one) || !strings.HasSuffix(s.Number, fmt.Sprintf("%02d", s.Seat)) {
			return rangeOf(sitters) // a number that does not end with its seat
		}
		if s.Seat < low.Seat {
			low = s
		}
		if s.Seat > high.Seat {
			high = s
		}
		for i := range one[:len(one)-2] {
			if one[i] != n[i] {
				one[i] = '*'
			}
		}
	}
	from := sheet.Grouped(low.Number)
	text, at := []byte(from), 0
	for i := range text {
		if text[i] != ' ' {
			text[i] = one[at]
			at++
		}
	}
	out := string(text[:len(text)-2]) + low.Number[len(one)-2:]
	if high.Seat == low.Seat {
		return out
	}
	return out + "–" + high.Number[len(one)-2:]
}

// rangeOf is the lowest number and the highest.
func rangeOf(sitters []Sitter) string {
	low, high := sitters[0].Number, sitters[0].Number
	for _, s := range sitters {
		low, high = min(low, s.Number), max(high, s.Number)
	}
	if low == high {
		return sheet.Grouped(low)
	}
	return sheet.Grouped(low) + "–" + sheet.Grouped(high)
}

// RunsOf are the rooms of a site as runs without a gap, for the table of allocation.
func RunsOf(rooms []ExamRoom) (out []AllocationRun) {
	type group struct {
		name  string
		rooms int
	}
	var groups []group
	end := func() {
		if len(out) == 0 {
			return
		}
		var names []string
		for _, g := range groups {
			names = append(names, fmt.Sprintf(handWords.GroupRooms.Zh, g.name, g.rooms))
		}
		out[len(out)-1].Groups, groups = strings.Join(names, "；"), nil
	}
	for _, r := range rooms {
		if len(out) == 0 || !follows(out[len(out)-1].Last, r.Room) {
			end()
			out = append(out, AllocationRun{First: r.Room})
		}
		run := &out[len(out)-1]
		run.Last, run.Rooms, run.Expected = r.Room, run.Rooms+1, run.Expected+len(r.Sitters)
		level, category := groupsOf(r)
		if name := strings.TrimSpace(level + " " + category); len(groups) == 0 || groups[len(groups)-1].name != name {
			groups = append(groups, group{name, 1})
		} else {
			groups[len(groups)-1].rooms++
		}
	}
	end()
	return out
}

// follows reports whether a room's number is the next.
func follows(a, b string) bool {
	m, err := strconv.Atoi(a)
	n, other := strconv.Atoi(b)
	return err == nil && other == nil && n == m+1
}

// HandoversOf are the registers of a site, one for each sitting.
func HandoversOf(h SiteHead, rooms []ExamRoom, spare int) (out []Handover) {
	for _, s := range SummaryOf(h, rooms, spare).Sittings {
		one := Handover{SiteHead: h, Number: s.Number, From: s.From, To: s.To}
		for _, p := range s.Papers {
			if p.Spare > 0 {
				one.Spares = append(one.Spares, p)
			}
		}
		for _, r := range rooms {
			for _, v := range r.Sittings {
				if v.Number != s.Number {
					continue
				}
				for _, c := range v.Subjects {
					one.Bags = append(one.Bags, HandoverBag{Room: r.Room, Subject: c.Paper(), Expected: c.Expected()})
				}
			}
		}
		out = append(out, one)
	}
	return out
}
