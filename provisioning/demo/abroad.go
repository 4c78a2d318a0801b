package demo

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"slices"
	"strings"
	"time"

	"zhunkao/hub/approval"
	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/incident"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/progress"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
)

// maker makes what the offices have done before the demonstration begins: on
// the days before, by the steps that the pages take.
type maker struct {
	e     Examination
	db    *db.DB
	keys  *keys.Ring
	blobs *blob.Store
	flow  *flow.Flow
	at    *time.Time // the civil clock of flow
	rules campaign.Campaign
	by    flow.By
}

// each is how many people are registered at each point abroad.
const each = 6

// abroad are the points outside Changsha: one in the first county of each city.
func (m *maker) abroadPoints() []org.Point {
	var out []org.Point
	divisions := campaign.Divisions(m.e.Start)
	for _, city := range divisions {
		if city.Tier != campaign.City || city.Code == "430100" {
			continue
		}
		i := slices.IndexFunc(divisions, func(d campaign.Division) bool { return d.Parent == city.Code && d.Tier == campaign.County })
		county := divisions[i]
		n := len(out)
		out = append(out, org.Point{Code: county.Code + "01", Name: county.Name + m.e.words.place, Division: county.Code, Contact: person(n),
			Phone: phone(1200 + n), Address: fmt.Sprintf("%s演示街 %d 号", county.Name, n+1), Minors: m.e.flags && n%2 == 0, Medical: m.e.flags && n%3 == 0, Boxes: 1 + n%3, Open: true})
	}
	return out
}

// begin puts the campaign in force and opens the points.
func (m *maker) begin(ctx context.Context, bundle []byte) error {
	*m.at = m.e.opened.AddDate(0, 0, -4)
	return m.db.Write(ctx, func(tx *db.Tx) error {
		if err := org.Seed(ctx, tx, m.e.Start); err != nil {
			return err
		}
		if err := org.Name(ctx, tx, "430000-1", m.e.words.policy); err != nil {
			return err
		}
		for _, p := range append(slices.Clone(m.e.points), m.abroadPoints()...) {
			if err := m.flow.CreatePoint(ctx, tx, p, m.by); err != nil {
				return err
			}
		}
		_, err := m.flow.Publish(ctx, tx, bundle, m.by)
		return err
	})
}

// abroad are the people registered outside Changsha. They have no card here.
func (m *maker) abroad() []synthetic.Person {
	var at []synthetic.Point
	for _, p := range m.abroadPoints() {
		for range each {
			at = append(at, synthetic.Point{Code: p.Code, Division: p.Division})
		}
	}
	plain := len(synthetic.CasesOf(m.rules)) // those with something of their own about them come first
	for range plain {
		at = append([]synthetic.Point{at[0]}, at...)
	}
	return synthetic.Candidates(m.rules, seed+1, len(at), at...)[plain:]
}

// register takes the applications one after the other, from the first morning
// to the start of the demonstration, in the hours in which people do this.
func (m *maker) register(ctx context.Context, people []synthetic.Person) error {
	// Some of each place on every day: not one place after the other.
	order := make([]synthetic.Person, 0, len(people))
	for step := 0; step < 7; step++ {
		for i := step; i < len(people); i += 7 {
			order = append(order, people[i])
		}
	}
	return m.db.Write(ctx, func(tx *db.Tx) error {
		for i, p := range order {
			*m.at = m.moment(i, len(order))
			if err := m.flow.Register(ctx, tx, p.Application, candidate.FromPortal, m.by); err != nil {
				return err
			}
		}
		return nil
	})
}

// days is how much of all is registered on each day, in hundredths: the last is
// the first hour of the day on which the demonstration begins.
var days = []int{27, 20, 17, 30, 6}

// moment is when the i-th of n is registered: more in the morning and in the
// evening than at noon.
func (m *maker) moment(i, n int) time.Time {
	day, share := 0, i*100/n
	for day < len(days)-1 && share >= days[day] {
		share -= days[day]
		day++
	}
	if day == len(days)-1 {
		return m.e.opened.AddDate(0, 0, day).Add(time.Duration(share) * 9 * time.Minute)
	}
	hours := []time.Duration{0, 1, 1, 2, 2, 3, 6, 7, 8, 11, 11, 12}
	return m.e.opened.AddDate(0, 0, day).Add(hours[share*len(hours)/days[day]] * time.Hour).Add(time.Duration(i%7) * 7 * time.Minute)
}

// offices makes what lies on the desks of the offices this morning: who heads
// them, last year's figures, cases that wait, and what went wrong.
func (m *maker) offices(ctx context.Context) error {
	return m.db.Write(ctx, func(tx *db.Tx) error {
		for _, make := range []func(context.Context, *db.Tx) error{m.officers, m.lastYear, m.cases, m.incidents} {
			if err := make(ctx, tx); err != nil {
				return err
			}
		}
		*m.at = m.e.Start
		return nil
	})
}

// officers names who heads each office; three counties have not said so yet.
func (m *maker) officers(ctx context.Context, tx *db.Tx) error {
	*m.at = m.e.opened.AddDate(0, 0, -3)
	all, err := org.Offices(ctx, tx, "430000")
	if err != nil {
		return err
	}
	rows := map[string]org.Officers{}
	for i, o := range all {
		if slices.Contains([]string{"430105", "430225", "433130"}, o.ID) {
			continue
		}
		rows[o.ID] = org.Officers{Head: person(2*i + 5), HeadPhone: phone(2000 + 2*i), Admin: person(2*i + 40), AdminPhone: phone(2001 + 2*i),
			Address: strings.TrimSuffix(o.Name, "招生考试机构") + "演示路 1 号"}
	}
	_, err = m.flow.ImportOffices(ctx, tx, rows, "430000", m.by)
	return err
}

// lastYear is an invented table of the year before: a slow beginning, a rush at the end.
func (m *maker) lastYear(ctx context.Context, tx *db.Tx) error {
	past := progress.Past{Kind: m.rules.Kind, Year: m.rules.Year - 1}
	course := []int64{6, 5, 5, 4, 8, 9, 7, 7, 9, 12} // of each point, on the ten days of registration
	for k, p := range append(slices.Clone(m.e.points), m.abroadPoints()...) {
		many := int64(1)
		if k == 0 {
			many = 5 // the point that has the cards
		}
		for i, n := range course {
			n = many * (n + int64((i+k)%3)) / 4
			past.Rows = append(past.Rows, progress.Row{Day: m.e.opened.AddDate(-1, 0, i).Format(time.DateOnly), Division: p.Division, Registered: n, Confirmed: n * int64(i) / 10})
		}
	}
	return progress.Keep(ctx, tx, past, false)
}

// cases: a change of the first point and a new point. Where such a case goes up, the
// change has come as far as the province and the point as far as the city; where the
// county decides (set-point), both wait for another of its people.
func (m *maker) cases(ctx context.Context, tx *db.Tx) error {
	yuelu, tianxin, changsha, err := m.three(ctx, tx)
	if err != nil {
		return err
	}
	*m.at = m.e.opened.AddDate(0, 0, 2).Add(90 * time.Minute)
	first := m.e.points[0]
	first.Hours, first.Boxes = "08:00-12:00 15:00-18:00 19:00-20:30", 3
	content := m.content("point-change", first)
	content["reason"] = m.e.words.reason
	change, err := m.flow.Submit(ctx, tx, m.rules, flow.Submission{Kind: "point-change", Point: first.Code, Content: content}, yuelu, "demo")
	if err != nil {
		return err
	}
	if k, _ := m.rules.Approval(change.Kind); len(k.Tiers) > 1 {
		*m.at = m.at.Add(26 * time.Hour)
		if _, err := m.flow.Agree(ctx, tx, m.rules, flow.Judgement{Case: change.ID, Version: change.Version, Opinion: "情况属实，场地够。"}, changsha, "demo"); err != nil {
			return err
		}
	}
	plan, err := m.plan()
	if err != nil {
		return err
	}
	*m.at = m.e.opened.AddDate(0, 0, 3).Add(8 * time.Hour)
	second := org.Point{Name: "天心区" + m.e.words.second, Contact: person(77), Phone: phone(1301), Address: "天心区芙蓉路演示街 8 号", Levels: m.e.words.levels, Boxes: 2}
	_, err = m.flow.Submit(ctx, tx, m.rules, flow.Submission{Kind: "point", Content: m.content("point", second), Papers: []approval.Paper{plan}}, tianxin, "demo")
	return err
}

// content is a point as the form of a kind of case asks for it, and no more.
func (m *maker) content(kind string, p org.Point) approval.Content {
	all, out := flow.PointContent(p), approval.Content{}
	k, _ := m.rules.Approval(kind)
	for _, f := range k.Fields {
		if v, ok := all[f.Key]; ok {
			out[f.Key] = v
		}
	}
	return out
}

// incidents: one that is over, and one that the city has in hand.
func (m *maker) incidents(ctx context.Context, tx *db.Tx) error {
	yuelu, tianxin, changsha, err := m.three(ctx, tx)
	if err != nil {
		return err
	}
	report := func(who staff.Account, i incident.Incident, ago time.Duration) (incident.Incident, error) {
		id := protocol.NewID()
		i.ID, i.Division, i.Started = hex.EncodeToString(id[:]), who.Division, m.at.Add(-ago).UnixMilli()
		return m.flow.ReportIncident(ctx, tx, i, officer(who), m.byStaff(who))
	}
	move := func(who staff.Account, i incident.Incident, do incident.Move) error {
		do.By, do.At = officer(who), m.at.UnixMilli()
		_, err := m.flow.MoveIncident(ctx, tx, i.ID, do, m.byStaff(who))
		return err
	}
	*m.at = m.e.opened.AddDate(0, 0, 2).Add(2 * time.Hour)
	paper, err := report(yuelu, incident.Incident{Kind: incident.Printing, Severity: incident.Minor, Point: m.e.points[0].Code, People: 9,
		What: "打印机不进纸，" + m.e.words.paper + "打不出来。", Done: "请考生先确认，" + m.e.words.paper + "稍后补打。", Need: "换一台打印机。"}, 20*time.Minute)
	if err != nil {
		return err
	}
	*m.at = m.at.Add(11 * time.Minute)
	if err := move(changsha, paper, incident.Move{Act: incident.Acknowledge, Text: "备用打印机已经送出。"}); err != nil {
		return err
	}
	*m.at = m.at.Add(50 * time.Minute)
	if err := move(yuelu, paper, incident.Move{Act: incident.Resolve, Text: "打印机换好，九位考生的" + m.e.words.paper + "都补打了。"}); err != nil {
		return err
	}
	*m.at = m.e.Start.Add(-35 * time.Minute)
	net, err := report(tianxin, incident.Incident{Kind: incident.Network, Severity: incident.Serious, Point: m.e.points[1].Code, People: 30,
		What: "确认点断网，运营商说是光缆被挖断。", Done: "终端照常办理，记录存在终端里。", Need: "请市里催运营商，中午以前恢复。"}, 10*time.Minute)
	if err != nil {
		return err
	}
	*m.at = m.e.Start.Add(-24 * time.Minute)
	return move(changsha, net, incident.Move{Act: incident.Acknowledge, Text: "已经报修，运营商答复 11 点前接通。"})
}

func (m *maker) three(ctx context.Context, tx *db.Tx) (yuelu, tianxin, changsha staff.Account, err error) {
	all, err := staff.Accounts(ctx, tx, "430000")
	if err != nil {
		return yuelu, tianxin, changsha, err
	}
	for _, a := range all {
		switch a.Name {
		case "yuelu":
			yuelu = a
		case "tianxin":
			tianxin = a
		case "changsha":
			changsha = a
		}
	}
	return yuelu, tianxin, changsha, nil
}

func officer(a staff.Account) incident.Actor {
	return incident.Actor{Account: a.ID, Division: a.Division, Officer: true}
}

func (m *maker) byStaff(a staff.Account) flow.By {
	by := m.by
	by.Author.Kind, by.Author.ID = "staff", a.ID
	return by
}

// plan draws the plan of a site: a hall, two boxes, a way in and a way out.
func (m *maker) plan() (approval.Paper, error) {
	img := image.NewRGBA(image.Rect(0, 0, 720, 480))
	fill := func(x0, y0, x1, y1 int, c color.Color) {
		draw.Draw(img, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	wall, floor, box := color.RGBA{0x17, 0x25, 0x3f, 255}, color.RGBA{0xfa, 0xf7, 0xf0, 255}, color.RGBA{0x1f, 0x3b, 0x6f, 255}
	fill(0, 0, 720, 480, color.White)
	fill(40, 40, 680, 440, wall)
	fill(46, 46, 674, 434, floor)
	fill(40, 300, 46, 380, floor)   // the way in
	fill(674, 100, 680, 180, floor) // the way out
	fill(430, 46, 436, 300, wall)
	for _, x := range []int{500, 590} {
		fill(x, 60, x+40, 100, box)
	}
	for y := range 3 {
		for x := range 5 {
			fill(90+x*60, 250+y*55, 120+x*60, 275+y*55, color.RGBA{0xc9, 0xc2, 0xb2, 255}) // chairs
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return approval.Paper{}, err
	}
	p, ciphertext, err := approval.SealPaper(m.keys, "site-plan", "image/png", b.Bytes())
	if err != nil {
		return approval.Paper{}, err
	}
	return p, m.blobs.Put(map[blob.Hash][]byte{p.Hash(): ciphertext})
}

// person gives an invented name of the offices, phone a number that is nobody's.
func person(i int) string {
	family := []rune("谭彭邓周罗肖龙向田石唐欧文易贺")
	given := []string{"建国", "丽华", "志远", "敏", "晓东", "海燕", "国强", "秋菊", "小平", "思源", "立新", "春梅", "少华"}
	return string(family[i%len(family)]) + given[i*7%len(given)]
}

func phone(i int) string { return fmt.Sprintf("0731-5550 %04d", i) }
