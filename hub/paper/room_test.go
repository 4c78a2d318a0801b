package paper_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/paper"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

// sitterNames are those of the mock-ups.
var sitterNames = strings.Fields("刘䶮 欧阳𬭩 买买提·艾力 陈㛃 王喆 石淼 张雨桐 李国强 阿卜杜热西提·买买提明 周文静 唐志远 彭佳慧 龙昌盛 向秋菊 田大勇 吴晓岚 热依汗古丽·阿卜杜克热木 谭浩然 邓丽兰 司马远 何梓萱 郑建军 罗𬀩 扎西次仁 肖婷 蒋鹏飞 金淑姬 朴成浩 杨柳青 叶甫根尼·刘")

// longest are names as long as the form takes, and one as long as the store does.
var longest = []string{"古丽巴哈尔罕·阿卜杜热依木江·买买提吐尔逊江汗古丽", "买买提依明·阿卜杜热合曼·图尔荪尼亚孜·艾合买提江", strings.Repeat("娜扎古丽", 6) + "江", strings.Repeat("迪丽拜尔木·", 8) + "江"}

// face is nobody, and each seat's another: a grey figure.
func face(t testing.TB, n int) []byte {
	t.Helper()
	const w, h = 102, 126
	img := image.NewGray(image.Rect(0, 0, w, h))
	hair, coat := uint8(0x20+n*37%64), uint8(0x30+n*53%96)
	for y := range h {
		for x := range w {
			v := uint8(0xF2)
			dx := x - w/2
			switch {
			case dx*dx*2+(y-h*45/100)*(y-h*45/100) < 1100 && y > h*30/100:
				v = 0xC8
			case dx*dx*2+(y-h*38/100)*(y-h*38/100) < 1500+n%2*300:
				v = hair
			case n%2 == 1 && y > 40 && y < 88 && dx*dx < 800:
				v = hair
			case y > 92 && dx*dx < 1900-(h-y)*20:
				v = coat
			}
			img.SetGray(x, y, color.Gray{v})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func on(day, hour, minute int) time.Time {
	return time.Date(2019, 10, day, hour-8, minute, 0, 0, time.UTC)
}

func grid(t testing.TB, name string) *arrangement.Grid {
	t.Helper()
	g, ok := arrangement.GridOf(name)
	if !ok {
		t.Fatalf("no grid %s", name)
	}
	return g
}

// gridNames are those of hub/arrangement.
var gridNames = []string{"5x6S", "6x5S", "5x5S(25)", "7-8-8-7S", "8-7-7-8S", "7-7-8-8S"}

// examRoom is the room of the mock-ups with so many of its seats taken.
func examRoom(t testing.TB, gridName string, people int) paper.ExamRoom {
	t.Helper()
	r := paper.ExamRoom{Campaign: "湖南省2019年成人高等学校招生全国统一考试", Office: "芙蓉区招办", Area: "0102", AreaName: "长沙市芙蓉区", Site: "长沙市芙蓉区育英第二中学考点", Room: "0127",
		Grid: grid(t, gridName), Printed: on(17, 10, 32), Copy: 1, Marks: []sheet.Mark{sheet.Specimen}}
	var all, english, japanese, russian []int
	for i := range people {
		s := paper.Sitter{Seat: i + 1, Number: fmt.Sprintf("0102340127%02d", i+1), Name: identity.Name(sitterNames[i%len(sitterNames)]), Sex: []string{"女", "男"}[i%2], Last4: fmt.Sprintf("%04d", 9024+i*29),
			Language: "英语", Level: "专升本", Code: "34", Category: "经济管理类", Photo: face(t, i)}
		all = append(all, i+1)
		switch {
		case i < 26:
			english = append(english, i+1)
		case i < 29:
			s.Language, s.Foreign = "日语", true
			japanese = append(japanese, i+1)
		default:
			s.Language, s.Foreign = "俄语", true
			russian = append(russian, i+1)
		}
		r.Sitters = append(r.Sitters, s)
	}
	second := []paper.SubjectCount{{Subject: "外语", Language: "英语", Seats: english}}
	if len(japanese) > 0 {
		second = append(second, paper.SubjectCount{Subject: "外语", Language: "日语", Seats: japanese})
	}
	if len(russian) > 0 {
		second = append(second, paper.SubjectCount{Subject: "外语", Language: "俄语", Seats: russian})
	}
	r.Sittings = []paper.RoomSitting{{Number: 1, From: on(26, 9, 0), To: on(26, 11, 30), Subjects: []paper.SubjectCount{{Subject: "政治", Seats: all}}},
		{Number: 2, From: on(26, 14, 30), To: on(26, 17, 0), Subjects: second},
		{Number: 3, From: on(27, 9, 0), To: on(27, 11, 30), Subjects: []paper.SubjectCount{{Subject: "高等数学(二)", Seats: all}}}}
	return r
}

// mixedRoom is one that three groups share; only those of 高起本 come on the last half day.
func mixedRoom(t testing.TB) paper.ExamRoom {
	t.Helper()
	r := examRoom(t, "8-7-7-8S", 27)
	r.Mixed, r.Room = true, "0142"
	kinds := []struct {
		level, code, category string
		seats                 []int
	}{{"高起本", "11", "文史类", nil}, {"高起本", "12", "理工类", nil}, {"高起专", "22", "理工类", nil}}
	var all []int
	for i := range r.Sitters {
		s := &r.Sitters[i]
		k := &kinds[min(i/10, 2)]
		k.seats, all = append(k.seats, s.Seat), append(all, s.Seat)
		s.Level, s.Code, s.Category, s.Number = k.level, k.code, k.category, fmt.Sprintf("0102%s0142%02d", k.code, s.Seat)
		s.Language, s.Foreign = "英语", false
	}
	science := append(append([]int{}, kinds[1].seats...), kinds[2].seats...)
	r.Sittings = []paper.RoomSitting{{Number: 1, From: on(26, 9, 0), To: on(26, 11, 0), Subjects: []paper.SubjectCount{{Subject: "语文", Seats: all}}},
		{Number: 2, From: on(26, 14, 30), To: on(26, 16, 30), Subjects: []paper.SubjectCount{{Subject: "数学(文)", Seats: kinds[0].seats}, {Subject: "数学(理)", Seats: science}}},
		{Number: 3, From: on(27, 9, 0), To: on(27, 11, 0), Subjects: []paper.SubjectCount{{Subject: "外语", Language: "英语", Seats: all}}},
		{Number: 4, From: on(27, 14, 30), To: on(27, 16, 30), Subjects: []paper.SubjectCount{{Subject: "史地", Seats: kinds[0].seats}, {Subject: "理化", Seats: kinds[1].seats}}}}
	return r
}

// longRoom has everything as long as it gets.
func longRoom(t testing.TB, gridName string) paper.ExamRoom {
	t.Helper()
	r := examRoom(t, gridName, len(grid(t, gridName).Seats))
	r.Campaign, r.Office, r.AreaName = strings.Repeat("湖南省二〇一九年", 6), strings.Repeat("芙蓉区招生考试办公室", 4), strings.Repeat("湘西土家族苗族自治州", 3)
	r.Site, r.Address, r.Version, r.Copy = strings.Repeat("湘西土家族苗族自治州", 6), strings.Repeat("凤凰县沱江镇红旗路", 23)[:3*200], "编排第 12 版", 12
	r.Marks = []sheet.Mark{sheet.Specimen, sheet.Reprint, sheet.Voided}
	r.Room = "10127"
	for i := range r.Sitters {
		s := &r.Sitters[i]
		s.Name = identity.Name(longest[i%len(longest)])
		s.Level, s.Category, s.Language, s.Number = strings.Repeat("专科起点升本科", 2), strings.Repeat("经济管理类", 6), "西班牙语言文学", fmt.Sprintf("0102340127%06d", i+1)
		s.Foreign = i%2 == 0
		s.Photo, s.NoPhoto = nil, "未采集相片\n由工作人员\n补采"
	}
	for i := range r.Sittings {
		for j := range r.Sittings[i].Subjects {
			r.Sittings[i].Subjects[j].Subject = strings.Repeat("史地综合", 6)
		}
	}
	return r
}

// roomPapers are all papers of a room.
func roomPapers(r paper.ExamRoom) map[string]laid {
	return map[string]laid{"04": paper.SeatChart{ExamRoom: r}, "04c": paper.SeatChart{ExamRoom: r, View: paper.ToLectern}, "05": paper.DoorSheet{ExamRoom: r}, "06": paper.DeskLabels{ExamRoom: r},
		"07": paper.SignIn{ExamRoom: r}, "08": paper.RoomRecord{ExamRoom: r}, "09": paper.BarLabels{ExamRoom: r}, "10": paper.BagCovers{ExamRoom: r}}
}

// TestRoomLook writes the papers of rooms to a folder when asked to, for a person to look
// at.
func TestRoomLook(t *testing.T) {
	to := os.Getenv("ZHUNKAO_LOOK_ROOM")
	if to == "" {
		t.Skip("ZHUNKAO_LOOK_ROOM names no folder")
	}
	rooms := map[string]paper.ExamRoom{"plain": examRoom(t, "5x6S", 30), "mixed": mixedRoom(t), "long": longRoom(t, "7-8-8-7S"), "long5": longRoom(t, "5x6S")}
	for _, g := range gridNames {
		rooms[g] = examRoom(t, g, 22)
	}
	for name, r := range rooms {
		for number, p := range roomPapers(r) {
			var b bytes.Buffer
			d, err := p.Layout(fontstest.Bundle(t))
			if err != nil {
				t.Errorf("%s %s: %v", name, number, err)
				continue
			}
			if err := d.PDF(&b); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(to, name+"-"+number+".pdf"), b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
