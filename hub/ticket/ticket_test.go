package ticket_test

import (
	"strings"
	"testing"
	"time"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	"zhunkao/hub/ticket"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/sheet"
)

// TestSittings: who sits when, as domain §1.2 has it: the last half day is for 高起本
// alone, and the language stands beside its subject.
func TestSittings(t *testing.T) {
	for _, c := range []struct {
		camp                      campaign.Campaign
		level, category, language string
		want                      []string
	}{
		{campaign.Adult2019(), "3", "34", "3", []string{"1 10-26 09:00–11:30 政治", "2 10-26 14:30–17:00 外语（日语）", "3 10-27 09:00–11:30 高等数学(二)"}},
		{campaign.Adult2019(), "2", "21", "1", []string{"1 10-26 09:00–11:00 语文", "2 10-26 14:30–16:30 数学(文)", "3 10-27 09:00–11:00 外语（英语）"}},
		{campaign.Adult2019(), "1", "12", "2", []string{"1 10-26 09:00–11:00 语文", "2 10-26 14:30–16:30 数学(理)", "3 10-27 09:00–11:00 外语（俄语）", "4 10-27 14:30–16:30 理化(物理化学综合)"}},
		{campaign.Adult2019(), "1", "12", "", []string{"1 10-26 09:00–11:00 语文", "2 10-26 14:30–16:30 数学(理)", "3 10-27 09:00–11:00 外语", "4 10-27 14:30–16:30 理化(物理化学综合)"}},
		{campaign.Gaokao2014(), "2", "21", "1", nil}, // 保送 sits nothing
		{campaign.Gaokao2014(), "9", "none", "1", nil},
	} {
		var got []string
		for _, s := range ticket.Sittings(c.camp, c.level, c.category, c.language) {
			got = append(got, string(rune('0'+s.Number))+s.From.Format(" 01-02 15:04–")+s.To.Format("15:04 ")+s.Paper())
			if s.Entry().Add(30*time.Minute) != s.From || s.Shut().Add(-15*time.Minute) != s.From {
				t.Errorf("%s: let in %v to %v", s.Paper(), s.Entry(), s.Shut())
			}
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s %s: got\n%s, want\n%s", c.level, c.category, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// TestFill: what stands on a ticket, and that a number of a document is masked on it.
func TestFill(t *testing.T) {
	c := campaign.Adult2019()
	app := form.Application{ID: "a1", Campaign: c.ID, Fields: form.Fields{form.FullName: "向晓兰", form.Sex: "2", form.DocumentNumber: "430104199001010028", form.Language: "1"}}
	s := seating.Seat{Application: "a1", Area: "0104", Room: 126, Seat: 7, Number: "010434012607", Level: "3", Category: "34"}
	f := ticket.Fill(c, ticket.Place{Version: seating.Version{Number: 1}, Seat: s, Area: "岳麓区考区", Site: site.Site{ID: "x", Name: "岳麓实验中学", Address: "桐梓坡路 212 号", Phone: "0731-5550 0100"}}, app, nil)
	for _, x := range [][2]string{{f.Room, "0126"}, {f.Seat, "07"}, {f.Number, "010434012607"}, {f.Area, "0104 岳麓区考区"}, {f.Site, "岳麓实验中学"}, {f.Level, "专升本"},
		{f.Category, "经济管理类"}, {f.Language, "英语"}, {f.Sex, "女"}, {f.Masked, "430***********0028"}, {f.Reason, sheet.NoPhotoYet}, {f.Name.Reveal(), "向晓兰"}} {
		if x[0] != x[1] {
			t.Errorf("got %q, want %q", x[0], x[1])
		}
	}
	if !f.Ready() || len(f.Sittings) != 3 {
		t.Errorf("ready %v, %d sittings", f.Ready(), len(f.Sittings))
	}
	if ticket.Fill(c, ticket.Place{Seat: s}, app, nil).Ready() {
		t.Error("ready without a site")
	}
}

// TestProofHasAnAddress: an address stands before the code where the campaign has one
// and the paper has room for it.
func TestProofHasAnAddress(t *testing.T) {
	c, v := campaign.Adult2019(), seating.Version{Number: 2}
	s := arrangement.Seat{Area: "0104", Room: 1, Seat: 1, Number: "010434000101"}
	p := arrangement.Proof{Of: 30, Path: make([]arrangement.Hash, 5)}
	for address, want := range map[string]string{"": "ZK1.ADULT-2019.2.", "https://bm.example.cn": "HTTPS://BM.EXAMPLE.CN/KS/T/ZK1.ADULT-2019.2.", "https://" + strings.Repeat("long.", 40) + "cn": "ZK1.ADULT-2019.2."} {
		c.Portal.Address = address
		got, err := ticket.Proof(c, v, s, p)
		if err != nil || !strings.HasPrefix(got, want) || len(got) > sheet.MaxProof {
			t.Errorf("%q: got %.60q and %d characters, %v", address, got, len(got), err)
		}
		if back, err := arrangement.ParseCode(got); err != nil || back.Seat != s {
			t.Errorf("%q: read back %v, %v", address, back.Seat, err)
		}
	}
}
