package console

import (
	"time"

	"zhunkao/hub/web/atlas"
)

// sceneDashboard is a province in the middle of its days: all that the page can
// show, by invented numbers.
func sceneDashboard() Dashboard {
	d := sceneProvince()
	d.Arrivals = sceneArrivals()
	return d
}

func sceneProvince() Dashboard {
	d := Dashboard{Code: "430000", Place: "湖南省", Tier: "province", HoursDay: "9月6日", Line: &Line{Waiting: 4210, PerMinute: 960, Minutes: 5},
		Levels: []Tab{{"全部", "#", true}, {"专升本", "#", false}, {"高起本", "#", false}, {"高起专", "#", false}},
		Figures: Figures{Begun: 109847, Registered: 103612, Confirmed: 58204, Today: 6317, IsDay: 96010, WasDay: 89000,
			Incidents: 2, IncidentNote: "龙山县停电、城步苗族自治县断网", Boxes: 1236, Unwell: 27},
		Health: []Health{{State{"done", "check", "box.well"}, 1209, 1236, 0}, {State{"wait", "net", "box.silent"}, 19, 1236, 412},
			{State{"must", "alert", "box.fault"}, 6, 1236, 0}, {State{"must", "lock", "box.frozen"}, 2, 1236, 0}},
		Curve: sceneCurve(), Days: sceneDays(), Hours: sceneHours()}
	p := atlas.Province()
	d.Map = &Map{Of: "430000", Name: "湖南省"}
	for i, o := range p.Counties {
		share := 23 + (i*37+i/7*11)%74
		row := PlaceRow{Code: o.Code, Name: "县 " + o.Code, Path: "#", Registered: 400 + (i*97)%900}
		switch o.Code {
		case "433130":
			share, row.Name, row.Incidents = 14, "龙山县", 1
		case "430529":
			share, row.Name, row.Incidents = 31, "城步苗族自治县", 1
		case "433125":
			share, row.Name = 18, "保靖县"
		}
		row.Confirmed = row.Registered * share / 100
		s := Shape{Code: o.Code, Name: row.Name, Path: "#", Share: share, Incidents: row.Incidents}
		if o.Code == "430922" { // one in which nobody is registered yet
			row.Registered, row.Confirmed, s.Share = 0, 0, -1
		}
		d.Counties, d.Map.Shapes = append(d.Counties, row), append(d.Map.Shapes, s)
	}
	for _, c := range []Label{{"430100", "长沙"}, {"430200", "株洲"}, {"430300", "湘潭"}, {"430400", "衡阳"}, {"430500", "邵阳"}, {"430600", "岳阳"}, {"430700", "常德"},
		{"430800", "张家界"}, {"430900", "益阳"}, {"431000", "郴州"}, {"431100", "永州"}, {"431200", "怀化"}, {"431300", "娄底"}, {"433100", "湘西州"}} {
		d.Map.Cities = append(d.Map.Cities, c)
		d.Places = append(d.Places, PlaceRow{Code: c.Code, Name: c.Text, Path: "#", Registered: 7400, Confirmed: 4157})
	}
	d.Slow = Slowest(d.Counties, 5)
	d.Map.Seal(Zh)
	return d
}

// sceneCity is a city's office: its counties large, payments counted.
func sceneCity() Dashboard {
	d := sceneProvince()
	d.Code, d.Place, d.Tier, d.Above = "430100", "长沙市", "city", []Link{{"#", "湖南省"}}
	d.Counties, d.Places = nil, nil
	d.Map = &Map{Of: "430100", Name: "长沙市"}
	names := map[string]string{"430102": "芙蓉区", "430103": "天心区", "430104": "岳麓区", "430105": "开福区", "430111": "雨花区", "430112": "望城区", "430121": "长沙县", "430181": "浏阳市", "430182": "宁乡市"}
	city, _ := atlas.City("430100")
	for i, o := range city.Counties {
		row := PlaceRow{Code: o.Code, Name: names[o.Code], Path: "#", Registered: 1200 + i*83}
		row.Confirmed, row.Paid = row.Registered*(35+i*7)/100, row.Registered*(31+i*6)/100
		if o.Code == "430112" {
			row.Incidents = 1
		}
		d.Places = append(d.Places, row)
		d.Map.Shapes = append(d.Map.Shapes, Shape{Code: o.Code, Name: row.Name, Path: "#", Share: row.Share(), Incidents: row.Incidents})
	}
	d.Figures = Figures{Registered: 13788, Confirmed: 8720, Paid: 7911, Paying: true, Today: 911, Incidents: 1, Boxes: 64, Unwell: 3}
	d.Health = []Health{{State{"done", "check", "box.well"}, 61, 64, 0}, {State{"wait", "net", "box.silent"}, 3, 64, 41}}
	d.Slow = Slowest(d.Places, 5)
	d.Map.Seal(Zh)
	d.Curve.Plan, d.Curve.PlanFrom = nil, 0
	for _, line := range [][]int64{d.Curve.Now, d.Curve.Confirmed, d.Curve.Last, d.Days.Registered, d.Days.Confirmed, d.Hours.Registered, d.Hours.Confirmed} {
		for i := range line {
			line[i] = line[i] * 13788 / 103612
		}
	}
	return d
}

// sceneCounty is a county's office: its points and its boxes one by one.
func sceneCounty() Dashboard {
	return Dashboard{Code: "430104", Place: "岳麓区", Tier: "county", HoursDay: "9月6日", Query: "division=430104", Above: []Link{{"#", "湖南省"}, {"#", "长沙市"}},
		Figures: Figures{Registered: 645, Confirmed: 168, Today: 97, Boxes: len(sceneBoxes()), Unwell: 8}, Boxes: sceneBoxes(), Hours: sceneHours(), Days: sceneDays(),
		Curve:    &Curve{Days: sceneCurve().Days, Now: []int64{120, 287, 402, 560, 645}, Confirmed: []int64{20, 41, 66, 71, 168}},
		Places:   []PlaceRow{{Code: "43010401", Name: "岳麓区第 1 报名确认点", Registered: 412, Confirmed: 168}, {Code: "43010402", Name: "岳麓区第 2 报名确认点", Registered: 233}},
		Arrivals: sceneArrivals()}
}

// sceneFresh is the first morning: a window, and nobody yet.
func sceneFresh() Dashboard {
	return Dashboard{Code: "430104", Place: "岳麓区第 1 报名确认点", Tier: "point", HoursDay: "9月2日", Behind: 4120,
		Curve: &Curve{Days: sceneCurve().Days, Now: []int64{0}, Confirmed: []int64{0}},
		Days:  &Bars{Labels: []string{"9月2日"}, Registered: []int64{0}, Confirmed: []int64{0}}, Hours: &Bars{Hours: true, Labels: []string{"8 时", "9 时"}, Registered: make([]int64, 2), Confirmed: make([]int64, 2)}}
}

func sceneCurve() *Curve {
	c := &Curve{LastYear: 2018, PlanFrom: 3, Now: []int64{24100, 45800, 63200, 96010, 103612}, Confirmed: []int64{0, 9100, 27400, 51887, 58204},
		Last: []int64{18000, 34000, 47000, 89000, 96000, 139000, 172000, 201000, 233000, 268000},
		Plan: []int64{96010, 103561, 149948, 185547, 216831, 251351, 289107}}
	for i := range 10 {
		c.Days = append(c.Days, sceneTime("00:00:00").AddDate(0, 0, i-4))
	}
	return c
}

func sceneDays() *Bars {
	return &Bars{Labels: []string{"9月2日", "9月3日", "9月4日", "9月5日", "9月6日"}, Registered: []int64{24100, 21700, 17400, 32810, 7602}, Confirmed: []int64{0, 9100, 18300, 24487, 6317}}
}

func sceneHours() *Bars {
	b := &Bars{Hours: true}
	at := time.Date(2019, 9, 6, 8, 0, 0, 0, time.UTC)
	for i, n := range []int64{418, 1263, 1874, 1402, 388, 176, 241, 1196, 1588, 1317, 402} {
		b.Labels = append(b.Labels, at.Add(time.Duration(i)*time.Hour).Format("15")+" 时")
		b.Registered, b.Confirmed = append(b.Registered, n*6/5), append(b.Confirmed, n)
	}
	return b
}
