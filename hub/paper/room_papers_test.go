package paper_test

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zhunkao/hub/paper"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

// word is one word of a page as another program found it, in millimetres.
type word struct {
	X    float64 `xml:"xMin,attr"`
	Y    float64 `xml:"yMin,attr"`
	X2   float64 `xml:"xMax,attr"`
	Y2   float64 `xml:"yMax,attr"`
	Text string  `xml:",chardata"`
}

// boxes are the words of each page.
func boxes(t *testing.T, file string) [][]word {
	t.Helper()
	out := fontstest.Run(t, "pdftotext", "-bbox", file, "-")
	var doc struct {
		Pages []struct {
			Words []word `xml:"word"`
		} `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	var pages [][]word
	for _, p := range doc.Pages {
		for i := range p.Words {
			for _, v := range []*float64{&p.Words[i].X, &p.Words[i].Y, &p.Words[i].X2, &p.Words[i].Y2} {
				*v *= 25.4 / 72
			}
		}
		pages = append(pages, p.Words)
	}
	return pages
}

// place of a seat in the table of grids.
type place struct{ column, row int }

// tableOfGrids reads the table itself, not what the programme made of it.
func tableOfGrids(t *testing.T) map[string]map[int]place {
	t.Helper()
	raw, err := os.ReadFile("../arrangement/grids.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(raw))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[int]place{}
	for _, r := range rows[1:] {
		if out[r[0]] == nil {
			out[r[0]] = map[int]place{}
		}
		seat, _ := strconv.Atoi(r[2])
		column, _ := strconv.Atoi(r[3])
		row, _ := strconv.Atoi(r[4])
		out[r[0]][seat] = place{column, row}
	}
	return out
}

// TestSeatsStandAsTheTableSays: on paper 04, in both views and for every grid, full or
// with a tail of seats left empty, the large number, the name and the ticket number of
// each seat lie in the cell where the table has it, seen from the lectern or towards it;
// and on both copies alike. So do the numbers on the door's plan.
func TestSeatsStandAsTheTableSays(t *testing.T) {
	table := tableOfGrids(t)
	if len(table) != len(gridNames) {
		t.Fatalf("%d grids in the table", len(table))
	}
	for name, seats := range table {
		columns, rows := 0, 0
		for _, p := range seats {
			columns, rows = max(columns, p.column), max(rows, p.row)
		}
		w, h := 175/float64(columns), 225/float64(rows)
		for _, people := range []int{len(seats), 17} {
			r := examRoom(t, name, people)
			for _, view := range []paper.View{paper.FromLectern, paper.ToLectern} {
				pages := boxes(t, written(t, layOut(t, paper.SeatChart{ExamRoom: r, View: view}, fontstest.Bundle(t))))
				if len(pages) != 2 {
					t.Fatalf("%s: %d pages", name, len(pages))
				}
				for n, words := range pages {
					for _, s := range r.Sitters {
						p := seats[s.Seat]
						x, y := 20+w*float64(p.column-1), 40+h*float64(rows-p.row)
						if view == paper.ToLectern {
							x, y = 20+w*float64(columns-p.column), 40+6.25+h*float64(p.row-1)
						}
						got := ""
						for _, v := range words {
							if v.X > x-.2 && v.X2 < x+w+.2 && (v.Y+v.Y2)/2 > y && (v.Y+v.Y2)/2 < y+h {
								if v.Y2-v.Y > 7 && strings.TrimSpace(v.Text) != fmt.Sprintf("%02d", s.Seat) {
									t.Errorf("%s, view %d, copy %d: %s stands where seat %d is", name, view, n+1, v.Text, s.Seat)
								}
								got += v.Text
							}
						}
						for _, want := range []string{fmt.Sprintf("%02d", s.Seat), s.Name.Reveal(), strings.ReplaceAll(sheet.Grouped(s.Number), " ", ""), s.Last4, s.Sex, "到"} {
							if !strings.Contains(got, want) {
								t.Errorf("%s, view %d, copy %d: the cell of seat %d does not say %q", name, view, n+1, s.Seat, want)
							}
						}
					}
				}
			}
			door := boxes(t, written(t, layOut(t, paper.DoorSheet{ExamRoom: r}, fontstest.Bundle(t))))[0]
			dw, dh := 75/float64(columns), min(12.5, 80/float64(rows))
			found := 0
			for _, v := range door {
				seat, err := strconv.Atoi(v.Text)
				p, ok := seats[seat]
				if err != nil || !ok || v.Y < 178 || len(v.Text) != 2 || v.X2 > 95 || v.Y2-v.Y < 5 {
					continue
				}
				found++
				x, y := 20+dw*float64(columns-p.column), 178.75+dh*float64(p.row-1)
				if mx, my := (v.X+v.X2)/2, (v.Y+v.Y2)/2; mx < x || mx > x+dw || my < y || my > y+dh {
					t.Errorf("%s: seat %d is at %.1f %.1f of the door's plan", name, seat, mx, my)
				}
			}
			if found != people {
				t.Errorf("%s: %d seats on the door's plan, want %d", name, found, people)
			}
		}
	}
}

// TestRoomPapersCopyBack: what was filled in comes back from the file as it was, every
// code point of a rare name too, and nothing that is nobody's business stands on a door.
func TestRoomPapersCopyBack(t *testing.T) {
	r := examRoom(t, "5x6S", 30)
	for i, name := range []string{"王㛃", "李𬭩", "陈𬀩", "刘䶮", "𠮷野·𪚥龘", longest[0], longest[1], longest[2], longest[3]} {
		r.Sitters[i].Name = identity.Name(name)
	}
	r.AreaName += "考区" // as the store has it
	own := map[string][]string{
		"04": {"座次表", "应到30", "考室0127", "01–30", "英26日3俄1", "监考员甲", "监考员乙", "门（01号在此）", "本表左右与考室左右一致", "0102长沙市芙蓉区考区专升本"},
		"05": {"专升本经济管理类", "30人", "准考证号自010234012701", "至010234012730", "10月26日", "星期六上午", "14:30–17:00", "高等数学(二)", "面向讲台看", "座位号为准考证号末两位", "开考前30分钟入场，开考15分钟后禁止入场", "01–26英语，27–29日语，30俄语"},
		"06": {"座位01–10", "座位21–30", "第3页共3页", "沿虚线裁开", "专升本经济管理类女", "外语日语"},
		"07": {"考生签到表", "第2场10月26日星期六下午14:30–17:00外语", "证件末四位", "考生签名", "缺考", "监考员乙"},
		"08": {"考场情况记录单", "一式两份第1份", "一式两份第2份", "第3场10月27日星期日上午9:00–11:30高等数学(二)", "应到30", "启用备用卷", "超过十二人的贴背面", "考点主考（核验）"},
		"09": {"条形码", "30枚，空白3枚备用", "第2场外语", "第3页共3页"},
		"10": {"试卷袋", "答题卡袋", "启封时间8:55", "启封时间14:25", "密封线", "91 0102 0127 01 30", "92 0102 0127 03 30", "91 0102 0127 12 03", "英语", "日语", "0102长沙市芙蓉区考区专升本34", "准考证号0102340127 27–29", "实装份数", "开考前5分钟"},
	}
	for number, p := range roomPapers(r) {
		d := layOut(t, p, fontstest.Bundle(t))
		file := written(t, d)
		text := solid(fontstest.Run(t, "pdftotext", "-raw", file, "-"))
		for _, want := range append([]string{r.Site, "0127", "准表" + number[:2], "版式1·模板", "样张", "芙蓉区招办·2019-10-1710:32"}, own[number]...) {
			if !strings.Contains(text, strings.ReplaceAll(want, " ", "")) {
				t.Errorf("%s does not say %q", number, want)
			}
		}
		for i, s := range r.Sitters {
			name, no := strings.Contains(text, s.Name.Reveal()), strings.Contains(text, s.Number)
			switch number[:2] {
			case "05", "08", "10":
				if name {
					t.Errorf("%s names seat %d", number, i+1)
				}
			case "04":
				if !no || !name && i != 8 {
					t.Errorf("%s: seat %d is not whole", number, i+1)
				}
			default:
				if !name || !no {
					t.Errorf("%s: seat %d is not whole", number, i+1)
				}
			}
			if whole := strings.Count(text, s.Name.Reveal()); number == "07" && whole != 3 {
				t.Errorf("07: seat %d stands there %d times, want once for each sitting", i+1, whole)
			}
		}
		again := layOut(t, p, fontstest.Bundle(t))
		a, b := mustRead(t, file), mustRead(t, written(t, again))
		if a != b {
			t.Errorf("%s: the same room gives other bytes", number)
		}
	}
}

func mustRead(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestLongestRoomStays: with everything as long as it gets, in every grid, no text leaves
// its cell (Layout would fail), none lies on another, and each name of 25 characters
// stands there whole.
func TestLongestRoomStays(t *testing.T) {
	for i, name := range gridNames {
		r := longRoom(t, name)
		for number, p := range roomPapers(r) {
			d := layOut(t, p, fontstest.Bundle(t))
			if i > 1 && number[:2] != "04" && number != "05" {
				continue // the other papers have no grid
			}
			for n, words := range boxes(t, written(t, d)) {
				for a, v := range words {
					if v.X < 4 || v.X2 > 206 || v.Y2 > 293 {
						t.Errorf("%s %s: page %d: %q leaves the sheet", name, number, n+1, v.Text)
					}
					for _, u := range words[a+1:] {
						if x, y := min(v.X2, u.X2)-max(v.X, u.X), min(v.Y2, u.Y2)-max(v.Y, u.Y); x > .5 && y > .5*min(v.Y2-v.Y, u.Y2-u.Y) {
							t.Errorf("%s %s: page %d: %q lies on %q", name, number, n+1, v.Text, u.Text)
						}
					}
				}
				text := ""
				for _, v := range words {
					text += v.Text
				}
				if number[:2] == "04" {
					for k, s := range longest[:3] {
						if !strings.Contains(text, s) && !inTwo(text, s) {
							t.Errorf("%s %s: page %d: name %d is not whole", name, number, n+1, k)
						}
					}
				}
			}
		}
	}
	bare := paper.ExamRoom{Room: "0001", Grid: grid(t, "5x6S")}
	for number, p := range roomPapers(bare) {
		if d := layOut(t, p, fontstest.Bundle(t)); number < "07" && len(d.Pages) == 0 {
			t.Errorf("%s of nobody has no page", number)
		}
	}
}

// inTwo holds if a name stands on lines that other cells' lines lie between.
func inTwo(text, name string) bool {
	runes := []rune(name)
	for _, lines := range []int{2, 3} {
		for size := len(runes) / lines; size <= len(runes)/lines+4; size++ {
			whole := true
			for part := range slices.Chunk(runes, size) {
				whole = whole && strings.Contains(text, string(part))
			}
			if whole {
				return true
			}
		}
	}
	return false
}

// TestMixedRoomCountsBySitting: on the last half day only those of 高起本 are expected: in
// the list, the record, the labels and the bags, each subject in one of its own.
func TestMixedRoomCountsBySitting(t *testing.T) {
	r := mixedRoom(t)
	f := fontstest.Bundle(t)
	lists := boxes(t, written(t, layOut(t, paper.SignIn{ExamRoom: r}, f)))
	labels := boxes(t, written(t, layOut(t, paper.BarLabels{ExamRoom: r}, f)))
	for i, want := range []int{27, 27, 27, 20} {
		said := func(words []word) (all string) {
			for _, w := range words {
				all += w.Text
			}
			return all
		}
		list, label := said(lists[i]), said(labels[i])
		if !strings.Contains(list, fmt.Sprintf("%d0142", want)) { // the keys of the header
			t.Errorf("sitting %d: the list does not expect %d: %.60s", i+1, want, list)
		}
		if !strings.Contains(label, fmt.Sprintf("%d枚，空白%d枚备用", want, 33-want)) {
			t.Errorf("sitting %d: the labels are not %d", i+1, want)
		}
		for _, s := range r.Sitters {
			comes := i < 3 || s.Level == "高起本"
			if got := strings.Contains(list, s.Name.Reveal()); got != comes {
				t.Errorf("sitting %d: seat %d is on the list: %t", i+1, s.Seat, got)
			}
			if got := strings.Contains(label, s.Number); got != comes {
				t.Errorf("sitting %d: seat %d has a label: %t", i+1, s.Seat, got)
			}
		}
	}
	record := fontstest.Run(t, "pdftotext", "-f", "7", "-l", "7", "-layout", written(t, layOut(t, paper.RoomRecord{ExamRoom: r}, f)), "-")
	if !strings.Contains(record, "19") || strings.Contains(record, " 21 ") || !strings.Contains(solid(record), "史地、理化") {
		t.Errorf("the record of the last sitting is not that of twenty seats:\n%s", record)
	}
	bags := solid(fontstest.Run(t, "pdftotext", "-raw", written(t, layOut(t, paper.BagCovers{ExamRoom: r}, f)), "-"))
	codes := map[string]bool{}
	for _, code := range regexp.MustCompile(`9[12]01020142[0-9]{4}`).FindAllString(bags, -1) {
		codes[code] = true
	}
	for _, want := range []string{"91010201420127", "92010201420127", "91010201420210", "91010201421217", "91010201420327", "91010201420410", "92010201421410"} {
		if !codes[want] {
			t.Errorf("no bag %s", want)
		}
	}
	if len(codes) != 12 {
		t.Errorf("%d codes, want 12 that differ: %v", len(codes), codes)
	}
	for _, want := range []string{"座位11–27", "准考证号010211014201–10", "混合高起本12高起专22"} {
		if !strings.Contains(bags, want) {
			t.Errorf("the bags do not say %q", want)
		}
	}
}

// TestBagCode: a bag's code has fourteen digits, and other bags of the room and sitting
// have others.
func TestBagCode(t *testing.T) {
	for _, c := range []struct {
		kind                 paper.Bag
		area, room           string
		sitting, nth, copies int
		want                 string
	}{{paper.QuestionBag, "0102", "0127", 1, 0, 30, "91010201270130"}, {paper.AnswerBag, "0102", "0127", 3, 0, 30, "92010201270330"}, {paper.QuestionBag, "0102", "7", 2, 1, 3, "91010200071203"},
		{paper.QuestionBag, "102", "0127", 1, 0, 30, ""}, {paper.QuestionBag, "0102", "10127", 1, 0, 30, ""}, {paper.QuestionBag, "0102", "A1", 1, 0, 30, ""}, {paper.QuestionBag, "0102", "0127", 1, 0, 130, ""}} {
		if got := paper.BagCode(c.kind, c.area, c.room, c.sitting, c.nth, c.copies); got != c.want {
			t.Errorf("%v: %q, want %q", c, got, c.want)
		}
	}
}

// TestBarsAreRead: another program reads every bar code of a print of black and white at
// 300 dpi, and each stands on its own candidate's label.
func TestBarsAreRead(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	r := examRoom(t, "5x6S", 30)
	labels := bilevel(t, layOut(t, paper.BarLabels{ExamRoom: r}, fontstest.Bundle(t)).Pages[0], 300)
	for _, s := range r.Sitters {
		x, y := 18.75+57.5*float64((s.Seat-1)%3), 11+25*float64((s.Seat-1)/3)
		if s.Seat%7 != 1 { // a few by themselves: each on its own label
			continue
		}
		dots := func(mm float64) int { return int(mm * 300 / 25.4) }
		part := labels.SubImage(image.Rect(dots(x), dots(y), dots(x+57.5), dots(y+25)))
		if got := zbar(t, part); got != s.Number+"\n" {
			t.Errorf("the label of seat %d is read as %q", s.Seat, got)
		}
	}
	all := zbar(t, labels)
	for _, s := range r.Sitters {
		if strings.Count(all, s.Number+"\n") != 1 {
			t.Errorf("seat %d is not read once", s.Seat)
		}
	}
	bags := layOut(t, paper.BagCovers{ExamRoom: r}, fontstest.Bundle(t)).Pages
	if got := zbar(t, bilevel(t, bags[4], 300)); got != "91010201271203\n" {
		t.Errorf("the bag of Japanese is read as %q", got)
	}
}

// bilevel is a page as a laser printer has it: black or white.
func bilevel(t *testing.T, p *sheet.Page, dpi int) *image.Gray {
	t.Helper()
	out := image.NewGray(image.Rectangle{Max: p.Pixels(dpi)})
	if err := p.Raster(dpi, 256, func(y int, rows *image.Gray) error {
		for i, v := range rows.Pix {
			if v >= 128 {
				v = 255
			} else {
				v = 0
			}
			out.Pix[y*out.Stride+i] = v
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// zbar reads the bars of a picture.
func zbar(t *testing.T, img image.Image) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bars.png")
	w, err := os.Create(path)
	if err == nil {
		err = errors.Join(png.Encode(w, img), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return fontstest.Run(t, "zbarimg", "--nodbus", "--raw", "-q", "-Sdisable", "-Scode128.enable", path)
}

// TestRoomThatContradictsItself is refused by every paper, and nobody is named.
func TestRoomThatContradictsItself(t *testing.T) {
	for name, spoil := range map[string]func(*paper.ExamRoom){
		"no grid":                 func(r *paper.ExamRoom) { r.Grid = nil },
		"a seat twice":            func(r *paper.ExamRoom) { r.Sitters[1].Seat = 1 },
		"a seat off the grid":     func(r *paper.ExamRoom) { r.Sitters[1].Seat = 31 },
		"no seat":                 func(r *paper.ExamRoom) { r.Sitters[1].Seat = 0 },
		"nobody writes":           func(r *paper.ExamRoom) { r.Sittings[0].Subjects[0].Seats[0] = 30 },
		"two papers in a sitting": func(r *paper.ExamRoom) { r.Sittings[1].Subjects[0].Seats[0] = 2 },
	} {
		r := examRoom(t, "5x6S", 22)
		spoil(&r)
		for number, p := range roomPapers(r) {
			if _, err := p.Layout(fontstest.Bundle(t)); !errors.Is(err, paper.ErrExam) {
				t.Errorf("%s: %s: %v", name, number, err)
			}
		}
	}
	s := examRoom(t, "5x6S", 1).Sitters[0]
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if got := fmt.Sprintf(verb, s); got != "sitter" {
			t.Errorf("%s: %s", verb, got)
		}
	}
}

// TestChartOfManyGroups: six groups in one room stand above the grid whole, with nothing
// cut off into an appendix, in letters that can be read at arm's length.
func TestChartOfManyGroups(t *testing.T) {
	r := mixedRoom(t)
	names := []string{"文史类", "理工类", "外语类", "艺术类(文)", "艺术类(理)", "体育类"}
	for i := range r.Sitters {
		s, k := &r.Sitters[i], min(i/5, 5)
		s.Level, s.Code, s.Category = "高起本", fmt.Sprint(11+k), names[k]
		s.Number = fmt.Sprintf("0102%s0142%02d", s.Code, s.Seat)
	}
	words := boxes(t, written(t, layOut(t, paper.SeatChart{ExamRoom: r}, fontstest.Bundle(t))))[0]
	at := slices.IndexFunc(words, func(w word) bool { return w.Text == names[0] })
	if at < 0 {
		t.Fatal("the first group is not named")
	}
	line, least := "", 99.0
	for _, w := range words {
		if math.Abs(w.Y-words[at].Y) < 1 {
			line, least = line+w.Text, min(least, w.Y2-w.Y)
		}
		if strings.HasPrefix(w.Text, "附：") {
			t.Error("something is cut off into an appendix")
		}
	}
	if line != "高起本11文史类01–0512理工类06–1013外语类11–1514艺术类(文)16–2015艺术类(理)21–2516体育类26–27" {
		t.Errorf("the groups: %s", line)
	}
	if least < 2.2 { // 6.5 points
		t.Errorf("the groups are %.1f mm high", least)
	}
}

// TestDoorOfManyCategories: a room of eleven categories, as tails make one, has numbers on
// its door that can be read: none is smaller than 8 pt.
func TestDoorOfManyCategories(t *testing.T) {
	r := mixedRoom(t)
	for i := range r.Sitters {
		s, code := &r.Sitters[i], fmt.Sprintf("%02d", 11+i*11/len(r.Sitters))
		s.Code, s.Category, s.Number = code, "艺术类(文)"+code, fmt.Sprintf("0102%s0142%02d", code, s.Seat)
	}
	if n := len(r.Groups()); n != 11 {
		t.Fatalf("%d categories", n)
	}
	numbers := 0
	for _, v := range boxes(t, written(t, layOut(t, paper.DoorSheet{ExamRoom: r}, fontstest.Bundle(t))))[0] {
		if v.Text != "0142" || v.Y < 100 { // the room's own number is the large one above
			continue
		}
		if numbers++; (v.Y2-v.Y)*72/25.4 < 8 {
			t.Errorf("a number at %.1f %.1f is %.1f pt high", v.X, v.Y, (v.Y2-v.Y)*72/25.4)
		}
	}
	if numbers != 22 {
		t.Errorf("%d numbers on the door, want the first and the last of each category", numbers)
	}
}
