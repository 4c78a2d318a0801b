package paper_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/paper"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

// siteGroup is a group of the rooms of a site, which fills them from the first.
type siteGroup struct {
	level, code, category string
	people                int
	third                 string            // of 专升本
	languages             map[string]string // by the last two digits of the ticket of who has another than 英语
}

// siteHead is the head of the papers of a site.
func siteHead() paper.SiteHead {
	return paper.SiteHead{Campaign: "湖南省2019年成人高等学校招生全国统一考试", Office: "芙蓉区招办", Area: "0102", AreaName: "长沙市芙蓉区", Site: "长沙市芙蓉区育英第二中学考点", Address: "长沙市芙蓉区马王堆街道古汉路168号（东门进）",
		Printed: time.Date(2019, 10, 17, 2, 32, 0, 0, time.UTC), Marks: []sheet.Mark{sheet.Specimen}}
}

// siteRooms are the 46 rooms of the mock-up of paper 11, the last three of them mixed.
func siteRooms() (out []paper.ExamRoom) {
	room := 100
	seat := func(r *paper.ExamRoom, g siteGroup) {
		n := len(r.Sitters) + 1
		one := paper.Sitter{Seat: n, Number: fmt.Sprintf("0102%s%04d%02d", g.code, room, n), Name: identity.Name("王晨"), Sex: "女", Last4: "9024", Level: g.level, Code: g.code, Category: g.category, Language: "英语"}
		if l := g.languages[fmt.Sprintf("%d-%02d", room, n)]; l != "" {
			one.Language = l
		}
		r.Sitters = append(r.Sitters, one)
		write := func(number int, subject, language string) {
			for len(r.Sittings) == 0 || r.Sittings[len(r.Sittings)-1].Number < number {
				k := len(r.Sittings)
				from := time.Date(2019, 10, 26+k/2, 1+k%2*5, k%2*30, 0, 0, time.UTC)
				r.Sittings = append(r.Sittings, paper.RoomSitting{Number: k + 1, From: from, To: from.Add(150 * time.Minute)})
			}
			s := &r.Sittings[number-1]
			for i := range s.Subjects {
				if s.Subjects[i].Subject == subject && s.Subjects[i].Language == language {
					s.Subjects[i].Seats = append(s.Subjects[i].Seats, n)
					return
				}
			}
			s.Subjects = append(s.Subjects, paper.SubjectCount{Subject: subject, Language: language, Seats: []int{n}})
		}
		if g.level == "专升本" {
			write(1, "政治", "")
			write(2, "外语", one.Language)
			write(3, g.third, "")
			return
		}
		maths := map[bool]string{true: "数学(理)", false: "数学(文)"}[g.code[1] == '2']
		write(1, "语文", "")
		write(2, maths, "")
		write(3, "外语", one.Language)
		if g.level == "高起本" {
			write(4, "理化", "")
		}
	}
	begin := func(mixed bool) *paper.ExamRoom {
		room++
		out = append(out, paper.ExamRoom{Campaign: siteHead().Campaign, Office: siteHead().Office, Area: "0102", AreaName: "长沙市芙蓉区", Site: siteHead().Site, Address: siteHead().Address, Room: fmt.Sprintf("%04d", room), Mixed: mixed})
		return &out[len(out)-1]
	}
	for _, g := range []siteGroup{{"高起本", "12", "理工类", 106, "", nil}, {"高起专", "21", "文史类", 258, "", nil}, {"高起专", "22", "理工类", 162, "", nil}, {"专升本", "31", "文史、中医类", 141, "大学语文", nil},
		{"专升本", "34", "经济管理类", 354, "高等数学(二)", map[string]string{"127-05": "日语", "127-06": "日语", "127-07": "日语", "127-30": "俄语"}}, {"专升本", "36", "教育学类", 193, "教育理论", nil}} {
		var r *paper.ExamRoom
		for n := range g.people {
			if n%30 == 0 {
				r = begin(false)
			}
			seat(r, g)
		}
	}
	mixed := []siteGroup{{"专升本", "32", "艺术类", 28, "艺术概论", nil}, {"专升本", "35", "法学类", 24, "民法", nil}, {"专升本", "37", "农学类", 19, "生态学基础", nil}}
	var r *paper.ExamRoom
	n := 0
	for more := true; more; {
		more = false
		for i := range mixed {
			if mixed[i].people == 0 {
				continue
			}
			if n%30 == 0 {
				r = begin(true)
			}
			seat(r, mixed[i])
			mixed[i].people--
			n++
			more = true
		}
	}
	return out
}

// siteAllocation is the table of an area with seven sites, one of which has two runs and
// one none.
func siteAllocation() paper.Allocation {
	rooms := siteRooms()
	out := paper.Allocation{SiteHead: siteHead(), State: "市级复核 2019-10-14"}
	out.Site, out.Version = "", "编排第 2 版"
	names := []string{"育英第二中学", "马王堆中学", "长郡芙蓉中学", "东屯渡农场学校（湖南省芙蓉区东屯渡街道教育联合体远大路校区）", "大同第二小学", "修业小学", "燕山第二小学"}
	cuts := []int{0, 12, 20, 28, 36, 40, 46, 46}
	for i, name := range names {
		out.Sites = append(out.Sites, paper.AllocationSite{Name: name + "考点", Address: "长沙市芙蓉区古汉路" + fmt.Sprint(100+i) + "号", Contact: "周明", Phone: fmt.Sprintf("1990000%04d", 900+i), Has: 12,
			Runs: paper.RunsOf(rooms[cuts[i]:cuts[i+1]])})
	}
	split := append(append([]paper.ExamRoom{}, rooms[12:15]...), rooms[18:20]...)
	out.Sites[1].Runs = paper.RunsOf(split)
	return out
}

// siteCover is the cover of the batch of a site.
func siteCover() paper.Cover {
	out := paper.Cover{SiteHead: siteHead(), Batch: "0102-07", Rooms: 46, Expected: 1285}
	out.Version = "编排第 2 版"
	out.Parts = []paper.CoverPart{{"11 考点汇总表", "本考点", 1, 2, ""}, {"05 门贴", "46 个考室", 46, 46, ""}, {"04 考场座次表", "46 个考室", 92, 92, "甲、乙各一份"}, {"06 桌贴", "46 个考室", 46, 132, ""}, {"07 考生签到表", "142 场", 142, 142, ""},
		{"08 考场情况记录单", "142 场", 284, 284, "一式两份"}, {"09 条形码", "142 场", 142, 142, ""}, {"10 试卷袋、答题卡袋封面", "296 袋", 296, 296, ""}, {"领卷回收登记表", "4 场", 4, 9, ""}, {"违纪作弊登记表", "备用", 5, 5, ""}}
	return out
}

// laid is a paper that can be laid out.
type laid interface {
	Layout(*sheet.Fonts) (*sheet.Document, error)
}

// pressed is the PDF of a paper.
func pressed(t *testing.T, f *sheet.Fonts, p laid) ([]byte, int) {
	t.Helper()
	doc, err := p.Layout(f)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := doc.PDF(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), len(doc.Pages)
}

// sitePapers are all papers of a site, by file name.
func sitePapers() map[string]laid {
	rooms := siteRooms()
	area := siteHead()
	area.Site = ""
	moved := append([]paper.ExamRoom{}, rooms...)
	for i := range moved {
		moved[i].Site = []string{"育英第二中学考点", "马王堆中学考点", "长郡芙蓉中学考点", "大同第二小学考点"}[i/12]
	}
	out := map[string]laid{"11-site": paper.SummaryOf(siteHead(), rooms, 1), "11-area": paper.SummaryOf(area, moved, 1), "allocation": siteAllocation(), "cover": siteCover(), "violation": paper.Violation{SiteHead: siteHead()}}
	for _, h := range paper.HandoversOf(siteHead(), rooms, 1) {
		out[fmt.Sprintf("handover-%d", h.Number)] = h
	}
	return out
}

// TestSiteLook writes the papers of a site to a folder when asked to, for a person to
// look at.
func TestSiteLook(t *testing.T) {
	to := os.Getenv("ZHUNKAO_LOOK_SITE")
	if to == "" {
		t.Skip("ZHUNKAO_LOOK_SITE names no folder")
	}
	f := open(t, false)
	for name, p := range sitePapers() {
		pdf, _ := pressed(t, f, p)
		if err := os.WriteFile(filepath.Join(to, name+".pdf"), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSummaryCounts: paper 11 says of each sitting and paper what the registers and the
// rooms say together.
func TestSummaryCounts(t *testing.T) {
	s := paper.SummaryOf(siteHead(), siteRooms(), 1)
	var got []string
	for _, v := range s.Sittings {
		for _, p := range v.Papers {
			got = append(got, fmt.Sprintf("%d %s %d %d %d %d", v.Number, p.Subject, p.Rooms, p.Expected, p.Bags, p.Spare))
		}
	}
	want := "1 语文 19 526 19 1|1 政治 27 759 27 1|2 数学(理) 10 268 10 1|2 数学(文) 9 258 9 1|2 英语 27 755 27 1|2 日语 1 3 1 1|2 俄语 1 1 1 1|3 英语 19 526 19 1|3 大学语文 5 141 5 1|3 高等数学(二) 12 354 12 1|3 教育理论 7 193 7 1|3 艺术概论 3 28 3 1|3 民法 3 24 3 1|3 生态学基础 2 19 2 1|4 理化 4 106 4 1"
	if strings.Join(got, "|") != want {
		t.Errorf("bags\n got %s\nwant %s", strings.Join(got, "|"), want)
	}
	for _, c := range []struct {
		i    int
		want string
	}{{0, "0101 高起本 12 理工类 0102 12 0101 01–30 30 [30 30 30 30]"}, {12, "0113 高起专 21 文史类 0102 21 0113 01–18 18 [18 18 18 0]"}, {45, "0146 专升本 混合 32 35 0102 3* 0146 01–11 11 [11 11 11 0]"}} {
		r := s.Rooms[c.i]
		if got := fmt.Sprintf("%s %s %s %s %d %v", r.Room, r.Level, r.Category, r.Numbers, r.Expected, r.Sittings); got != c.want {
			t.Errorf("room %d\n got %s\nwant %s", c.i, got, c.want)
		}
	}
	registers := paper.HandoversOf(siteHead(), siteRooms(), 1)
	for i, v := range s.Sittings {
		bags, people := 0, 0
		for _, p := range v.Papers {
			bags, people = bags+p.Bags, people+p.Expected
		}
		for _, b := range registers[i].Bags {
			bags, people = bags-1, people-b.Expected
		}
		if bags != 0 || people != 0 {
			t.Errorf("sitting %d: paper 11 and its register differ by %d bags, %d people", v.Number, bags, people)
		}
	}
}

// longSite is a site whose names are as long as they get.
func longSite() paper.SiteHead {
	h := siteHead()
	h.Campaign, h.Office, h.AreaName, h.Version = strings.Repeat("湖南省二〇一九年", 6), strings.Repeat("招生考试机构", 8), strings.Repeat("湘西土家族苗族自治州", 3), "编排第 12 版（2019-10-16 15:30 公布）"
	h.Site, h.Address = strings.Repeat("湘西土家族苗族自治州民族职业技术学院", 3), strings.Repeat("凤凰县沱江镇红旗路", 23)[:3*200]
	return h
}

// TestSitePapers: every paper of a site, ordinary and as long as it gets, keeps its texts
// in their cells, is one of which another program finds no fault, and numbers its pages.
func TestSitePapers(t *testing.T) {
	f := fontstest.Bundle(t)
	all := sitePapers()
	area := longSite()
	area.Site = ""
	rooms := siteRooms()
	for i := range rooms {
		rooms[i].Site = longSite().Site
	}
	table := siteAllocation()
	table.SiteHead = area
	for i := range table.Sites {
		table.Sites[i].Name, table.Sites[i].Address, table.Sites[i].Contact = longSite().Site, longSite().Address, strings.Repeat("欧阳", 6)
	}
	table.Sites = append(append(append(table.Sites, table.Sites...), table.Sites...), table.Sites...)
	cover := siteCover()
	cover.SiteHead = longSite()
	cover.Parts = append(cover.Parts, cover.Parts...)
	for i := range cover.Parts {
		cover.Parts[i].Paper = strings.Repeat("考场情况记录单", 6)
	}
	all["long site"], all["long area"], all["long table"], all["long cover"] = paper.SummaryOf(longSite(), rooms, 2), paper.SummaryOf(area, rooms, 2), table, cover
	all["long breach"], all["long register"] = paper.Violation{SiteHead: longSite(), Number: 3, Blanks: 2}, paper.HandoversOf(longSite(), rooms, 1)[2]
	all["no rooms"], all["no sites"], all["no parts"] = paper.SummaryOf(siteHead(), nil, 1), paper.Allocation{SiteHead: area}, paper.Cover{SiteHead: siteHead()}
	for name, p := range all {
		d := layOut(t, p, f)
		text := solid(fontstest.Run(t, "pdftotext", "-layout", written(t, d), "-"))
		if want := fmt.Sprintf("第%d页共%d页", len(d.Pages), len(d.Pages)); !strings.Contains(text, want) {
			t.Errorf("%s: it does not say %q", name, want)
		}
	}
}

// TestSummaryPages: however many rooms there are, each stands there once, a page carries
// on what the one before it said, and the sum at the end is that of all.
func TestSummaryPages(t *testing.T) {
	f := fontstest.Bundle(t)
	base := siteRooms()
	for _, n := range []int{1, 4, 20, 46, 130} {
		var rooms []paper.ExamRoom
		people := 0
		for i := range n {
			r := base[i%len(base)]
			r.Room = fmt.Sprintf("%04d", 1001+i)
			rooms, people = append(rooms, r), people+len(r.Sitters)
		}
		text := fontstest.Run(t, "pdftotext", "-layout", written(t, layOut(t, paper.SummaryOf(siteHead(), rooms, 1), f)), "-")
		pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
		for _, r := range rooms {
			seen := 0
			for _, line := range strings.Split(text, "\n") {
				if fields := strings.Fields(line); len(fields) > 0 && fields[0] == r.Room {
					seen++
				}
			}
			if seen != 1 {
				t.Errorf("%d rooms: %s begins %d lines", n, r.Room, seen)
			}
		}
		if on, from := strings.Count(text, "转下页"), strings.Count(text, "承前页"); on != from || on >= len(pages) {
			t.Errorf("%d rooms on %d pages: carried on %d times, brought forward %d times", n, len(pages), on, from)
		}
		last := solid(pages[len(pages)-1])
		if !strings.Contains(last, fmt.Sprintf("本考点合计%d个考室", n)) || !strings.Contains(last, "考点主考") || strings.Count(text, "考点主考") != 1 {
			t.Errorf("%d rooms: the last page has not the sum, or the signatures stand elsewhere", n)
		}
	}
}
