package sheet_test

import (
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

// ticket is nobody's, with all that a ticket has.
func ticket(t testing.TB) sheet.Ticket {
	t.Helper()
	at := func(day, hour, minute int) time.Time {
		return time.Date(2019, 10, day, hour, minute, 0, 0, time.FixedZone("", 8*3600))
	}
	sitting := func(day, hour, minutes int, subject string, from int) sheet.TicketSitting {
		begin := at(day, hour, from)
		return sheet.TicketSitting{From: begin, To: begin.Add(time.Duration(minutes) * time.Minute), Entry: begin.Add(-30 * time.Minute), Shut: begin.Add(15 * time.Minute), Subject: subject}
	}
	return sheet.Ticket{Campaign: "湖南省2019年成人高等学校招生全国统一考试", Level: "专升本", Category: "经济管理类", Language: "英语", Name: "刘䶮", Sex: "女", Masked: "430***********9024",
		Photo: portrait(t, 102, 126), Number: "010234012701", Area: "0102 长沙市芙蓉区", Site: "长沙市芙蓉区育英第二中学考点", Address: "长沙市芙蓉区马王堆街道古汉路168号（东门进）", Phone: "0731-00000901",
		Room: "0127", Seat: "01", Sittings: []sheet.TicketSitting{sitting(26, 9, 150, "政治", 0), sitting(26, 14, 150, "英语", 30), sitting(27, 9, 150, "高等数学(二)", 0)},
		Proof: "ZK1:A:" + strings.Repeat("0123456789ABCDEF", 29)[:sheet.MaxProof-6], Root: strings.Repeat("7c41e09b52d811f6", 4),
		Marks: []sheet.Mark{sheet.Specimen}, Copy: 1, Office: "考生自行打印", Printed: at(18, 20, 41)}
}

func laid(t testing.TB, k sheet.Ticket, f *sheet.Fonts) *sheet.Document {
	t.Helper()
	d, err := k.Layout(f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestTicketText: all that was filled in copies back, of names with rare characters
// every code point, and nothing lies on anything, however long it is.
func TestTicketText(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	f := fontstest.Bundle(t)
	k := ticket(t)
	text := strings.Join(strings.Fields(fontstest.Run(t, "pdftotext", "-layout", file(t, laid(t, k, f)), "-")), "")
	for _, want := range []string{k.Campaign, "准考证", k.Level, k.Category, k.Language, k.Name.Reveal(), k.Sex, k.Masked, "010234012701", k.Area, k.Site, k.Address, k.Phone, k.Room, k.Seat,
		"10月26日星期六", "上午9:00–11:30", "下午14:30–17:00", "10月27日星期日", "政治", "高等数学(二)", "8:30起入场", "9:15后禁止入场", "考生须知", "不影响参加考试", "编排证明", "编排数据根：7C41E09B52D811F6",
		"准表02准考证·版式1·模板", "样张", "第1份·考生自行打印·2019-10-1820:41"} {
		if !strings.Contains(text, strings.ReplaceAll(want, " ", "")) {
			t.Errorf("%q is not on the ticket", want)
		}
	}
	for _, name := range []string{"王㛃", "李𬭩", "陈𬀩", "𠮷野", "𪚥·龘", "古丽娜尔·阿卜杜热合曼", "买买提依明·阿卜杜热合曼·图尔荪尼亚孜·艾合买提江", "JEAN-LUC D'ARC", "欧阳"} {
		k.Name = identity.Name(name)
		d := laid(t, k, f)
		if got := strings.ReplaceAll(fontstest.Run(t, "pdftotext", "-raw", file(t, d), "-"), "\n", ""); !strings.Contains(got, name) {
			t.Errorf("%q is not in what was copied", name)
		}
	}
	long := ticket(t)
	long.Name, long.Campaign = identity.Name("买买提依明·阿卜杜热合曼·图尔荪尼亚孜·艾合买提江"), strings.Repeat("湖南省二〇一九年", 6)
	long.Site, long.Address, long.Area, long.Phone = strings.Repeat("湘西土家族苗族自治州", 6), strings.Repeat("凤凰县沱江镇红旗路", 23), strings.Repeat("0102长沙市芙蓉区", 5), strings.Repeat("0731-00000901 ", 5)
	long.Level, long.Category, long.Language, long.Office = strings.Repeat("专科起点升本科", 3), strings.Repeat("经济管理类", 8), "俄罗斯语言文学", strings.Repeat("芙蓉区第一报名确认点", 4)
	for i := range long.Sittings {
		long.Sittings[i].Subject = strings.Repeat("史地综合", 9)
	}
	long.Sittings = append(long.Sittings, long.Sittings[0])
	long.Instructions = []string{strings.Repeat("考生凭本准考证和有效身份证件原件进入考室。", 12), strings.Repeat("开考前三十分钟入场。", 30), "三", "四", "五", "六", "七", "八"}
	for name, k := range map[string]sheet.Ticket{"ordinary": ticket(t), "long": long, "empty": {}} {
		d := laid(t, k, f)
		if name != "empty" {
			checkWords(t, name, words(t, d))
		}
		if len(d.Pages) != 1 {
			t.Errorf("%s: %d pages", name, len(d.Pages))
		}
	}
	k = ticket(t)
	k.Sittings = make([]sheet.TicketSitting, sheet.MaxSittings+1)
	if _, err := k.Layout(f); !errors.Is(err, sheet.ErrLayout) {
		t.Errorf("five sittings: %v", err)
	}
	k = ticket(t)
	k.Proof = strings.Repeat("x", sheet.MaxProof+1)
	if _, err := k.Layout(f); !errors.Is(err, sheet.ErrSlip) {
		t.Errorf("a proof that is too long: %v", err)
	}
}

// TestTicketCodes: another program reads both codes of a print at 150 dpi, the longest
// proof too, and its modules are at least half a millimetre.
func TestTicketCodes(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	k := ticket(t)
	d := laid(t, k, fontstest.Bundle(t))
	const dpi = 150
	all := picture(t, d.Pages[0], dpi, 64)
	path := filepath.Join(t.TempDir(), "ticket.png")
	w, err := os.Create(path)
	if err == nil {
		err = errors.Join(png.Encode(w, all), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	theirs := filepath.Join(t.TempDir(), "theirs")
	fontstest.Run(t, "pdftoppm", "-r", fmt.Sprint(dpi), "-png", file(t, d), theirs)
	for by, path := range map[string]string{"our print": path, "poppler's": theirs + "-1.png"} {
		got := fontstest.Run(t, "zbarimg", "--nodbus", "--raw", "-q", "-Sdisable", "-Sqr.enable", "-Scode128.enable", path)
		for _, want := range []string{k.Proof, k.Number} {
			if !strings.Contains(got, want+"\n") {
				t.Errorf("%.20s… is not read from %s at %d dpi", want, by, dpi)
			}
		}
	}
}

// TestTicketSaysNobody: no verb prints what is on it.
func TestTicketSaysNobody(t *testing.T) {
	k := ticket(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
		if got := fmt.Sprintf(verb, k); got != "ticket" {
			t.Errorf("%s: %s", verb, got)
		}
	}
}
