package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"zhunkao/hub/org"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// Examination is one campaign that can be played, and what is invented around it.
type Examination struct {
	// Name is what `make run CAMPAIGN=` takes: the campaign's folder in
	// protocol/campaign.
	Name   string
	Start  time.Time // when the demonstration's time begins
	opened time.Time // the first morning of registration
	// The days that the first page leads to: a day on which sites are proposed, one on
	// which tickets are numbered, the first on which they are printed, and the first after
	// the examination. Where a step ends in the night, it is that step's last day.
	sites, numbering, tickets, results time.Time
	rules                              func() campaign.Campaign
	points                             []org.Point // those with cards of their own: the box stands at the first
	flags                              bool        // points are marked as those for minors and for medicine
	second                             bool        // an office decides what another of its people submitted
	words                              invented
}

// invented are the words in which the offices' affairs differ.
type invented struct {
	place, second  string // end the name of the first point of a county, and of the next
	policy         string // the department that decides at the province
	paper          string // what did not come out of the printer
	reason, levels string // why a point changes; which levels the next one takes
}

// Start is when the adult examination's demonstration begins: 6 September 2019,
// 09:00 in China, the first day on which everybody may be confirmed anywhere.
var Start = time.Date(2019, 9, 6, 9, 0, 0, 0, Zone)

// points are those of the adult examination.
var points = []org.Point{
	{Code: "43010401", Name: "岳麓区第一报名确认点", Division: "430104", Contact: "谭丽华", Phone: "0731-5550 0104",
		Address: "岳麓区麓山路演示街 1 号", Way: "地铁 2 号线湘江中路站下，过桥往西 600 米，政务中心一楼", Medical: true, Minors: true, Boxes: 2, Open: true},
	{Code: "43010301", Name: "天心区第一报名确认点", Division: "430103", Contact: "彭建国", Phone: "0731-5550 0103",
		Address: "天心区书院路演示街 3 号", Way: "公交 122 路书院路口站下，对面院内二楼", Boxes: 1, Open: true},
}

// Adult is the adult examination of 2019, which `make run` plays.
var Adult = Examination{Name: "adult2019", Start: Start, opened: time.Date(2019, 9, 2, 8, 0, 0, 0, Zone), rules: campaign.Adult2019, points: points, flags: true,
	sites:     time.Date(2019, 9, 12, 8, 30, 0, 0, Zone),
	numbering: time.Date(2019, 10, 11, 8, 30, 0, 0, Zone), tickets: time.Date(2019, 10, 17, 8, 30, 0, 0, Zone), results: time.Date(2019, 10, 28, 8, 30, 0, 0, Zone),
	words: invented{place: "第一报名确认点", second: "第二报名确认点", policy: "省教育考试院成招处", paper: "报名流程表",
		reason: "白天上班的考生多，晚上加开一个时段，并加一台终端。", levels: "3"}}

// Gaokao is the registration for the gaokao of 2014. Its points are schools: this
// year's pupils register at their own (rule pupil-at-school). It begins on the fifth
// of the ten days, a Tuesday.
var Gaokao = Examination{Name: "gaokao2014", second: true, Start: time.Date(2013, 11, 5, 9, 0, 0, 0, Zone), opened: time.Date(2013, 11, 1, 8, 0, 0, 0, Zone), rules: campaign.Gaokao2014,
	sites:     time.Date(2014, 3, 31, 8, 30, 0, 0, Zone),
	numbering: time.Date(2014, 5, 17, 8, 30, 0, 0, Zone), tickets: time.Date(2014, 5, 26, 8, 30, 0, 0, Zone), results: time.Date(2014, 6, 9, 8, 30, 0, 0, Zone),
	points: []org.Point{
		{Code: "43010401", Name: "岳麓区第一中学报名点", Division: "430104", Contact: "谭丽华", Phone: "0731-5550 0104",
			Address: "岳麓区麓山路演示街 1 号", Way: "公交 202 路麓山路口站下，学校行政楼一楼", Boxes: 2, Open: true},
		{Code: "43010301", Name: "天心区第一中学报名点", Division: "430103", Contact: "彭建国", Phone: "0731-5550 0103",
			Address: "天心区书院路演示街 3 号", Way: "公交 122 路书院路口站下，学校图书馆二楼", Boxes: 1, Open: true},
	},
	words: invented{place: "第一中学报名点", second: "第二中学报名点", policy: "省教育考试院普招处", paper: "校对表",
		reason: "应届班多，晚自习前加开一个时段，并加一台终端。", levels: "1"}}

// Examinations are all that can be played; the first is the one that is played
// unless another is asked for.
var Examinations = []Examination{Adult, Gaokao}

// ExaminationOf gives the one of a name. The error says which there are.
func ExaminationOf(name string) (Examination, error) {
	if i := slices.IndexFunc(Examinations, func(e Examination) bool { return e.Name == name }); i >= 0 {
		return Examinations[i], nil
	}
	var names []string
	for _, e := range Examinations {
		names = append(names, e.Name)
	}
	return Examination{}, fmt.Errorf("there is no campaign %q to play; there are %s: make run CAMPAIGN=%s", name, strings.Join(names, " and "), names[0])
}

// title is the examination's own name.
func (e Examination) title(lang string) string {
	if c := e.rules(); lang == "en" {
		return c.En
	} else {
		return c.Zh
	}
}

// cash reports whether the fee is paid at the point, and nowhere by telephone.
func (e Examination) cash() bool { return inCash(e.rules()) }

func inCash(rules campaign.Campaign) bool {
	return !slices.ContainsFunc(rules.Payment.Channels, campaign.OnLine)
}

// stops are the stops of the tour in their order: cash is paid before anything is
// confirmed. The crowd (Gather) makes an arrangement possible; that comes last, because
// the confirmation is over then.
func (e Examination) stops() []string {
	if e.cash() {
		return strings.Fields("portal pay card kiosk paper desk console money offices crowd away kill close arrange tickets scores")
	}
	return strings.Fields("portal card kiosk paper pay desk console money offices trouble crowd away kill close arrange tickets scores")
}

// closes is the last close of the confirmation, wherever.
func closes(rules campaign.Campaign) (last time.Time) {
	for _, w := range rules.Windows {
		if w.Step == window.Confirm && w.To.After(last) {
			last = w.To
		}
	}
	return last
}
