package pages

import (
	"slices"
	"time"
)

// Scene is one page in one state with a fixed synthetic view.
type Scene struct {
	Page, State string // path /ks/gallery/{Page}/{State}
	Words       string // what the state is, Chinese; the gallery is ours, not the applicants'
	Template    string
	Frame       Frame
	Body        any
}

// Path is where the scene is shown.
func (s Scene) Path() string { return "/ks/gallery/" + s.Page + "/" + s.State }

// adder adds one scene.
type adder func(page, state, words, template string, f Frame, body any)

// Scenes gives every page in every state. The people in it are invented.
func Scenes(l Lang) []Scene {
	var out []Scene
	add := func(page, state, words, template string, f Frame, body any) {
		f.Lang, f.Self, f.Page = l, "/ks/gallery/"+page+"/"+state, template
		out = append(out, Scene{page, state, words, template, f, body})
	}
	landingScenes(add)
	accountScenes(add)
	formScenes(add)
	choicesScenes(add)
	statusScenes(add)
	messagesScenes(add)
	myDataScenes(add)
	payScenes(add)
	ticketScenes(add)
	resultsScenes(add)
	waitScenes(add)
	add("problem", "ended", "填到一半，登录过期了", "problem", guest(), Problem{Status: 403, Title: "problem.ended", Text: "problem.ended.text"})
	add("problem", "fault", "系统出错", "problem", her(), Problem{Status: 500, Title: "problem.fault", Text: "problem.fault.text", Reference: "K7QD-2MXA"})
	return out
}

// sceneNow is the moment of all scenes.
func sceneNow() time.Time {
	return time.Date(2019, 9, 6, 10, 31, 0, 0, time.FixedZone("UTC+8", 8*3600))
}

// guest is the frame of somebody not signed in, her of somebody who is.
func guest() Frame {
	return Frame{Campaign: "2019 年成人高校招生报名", Office: "湖南省教育考试院", Phone: "0731-5550 0123（8:00—18:00）", Now: sceneNow(), Token: "t"}
}

func her() Frame {
	f := guest()
	f.SignedIn, f.Unread, f.Ends = true, 2, sceneNow().Add(15*time.Minute)
	return f
}

func landingScenes(add adder) {
	steps := []LandingStep{{"网上报名", "填本人情况和志愿，选一个确认点。手机就能填，约 15 分钟。"}, {"现场确认", "带身份证到确认点，读卡、照相、签名。确认以后不能再改。"}, {"缴费", "高起本、高起专 160 元，专升本 170 元。确认以后用手机缴，微信、支付宝、云闪付都行，别人也能代缴。没缴费的，报名作废。"}}
	open := Landing{Slip: true, Head: "成人高考报名", State: "landing.state.open", Open: true, Last: sceneNow().Add(5 * 24 * time.Hour), Steps: steps,
		Dates:    []LandingDate{{When: "9月2—11日", What: "网上报名、现场确认", Now: true}, {When: "9月2—11日", What: "网上缴费", Now: true}, {When: "10月17—27日", What: "打印准考证", Ahead: true}, {When: "10月26—27日", What: "考试", Ahead: true}},
		Warnings: []LandingWarning{{"长沙、株洲、衡阳、岳阳、怀化", "9 月 5 日以前只办本市户籍。9 月 6 日起所有人都能办。"}}, Bring: []string{"本人身份证原件", "毕业证书原件（报专升本的）"}}
	add("landing", "open", "正在报名", "landing", guest(), open)
	add("landing", "signed-in", "已经登录", "landing", her(), open)
	unpaid := open
	unpaid.Slip = false
	unpaid.Unpaid, unpaid.Steps, unpaid.Dates = true, slices.Clone(steps), slices.Clone(open.Dates)
	unpaid.Steps[2].Text, unpaid.Dates[1] = "高起本、高起专 160 元，专升本 170 元。现在还不能缴。启用以后会发消息告诉您。", LandingDate{When: "9月2—11日", What: "网上缴费", Off: true}
	add("landing", "unpaid", "缴费还没启用", "landing", guest(), unpaid)
	before := open
	before.State, before.Open, before.Until, before.UntilKey = "landing.state.before", false, sceneNow(), "landing.from"
	add("landing", "before", "还没开始", "landing", guest(), before)
	over := open
	over.State, over.Open, over.Warnings = "landing.state.over", false, nil
	add("landing", "over", "已经结束", "landing", guest(), over)
	card := open
	card.Card = true
	add("landing", "card", "凭登录卡", "landing", guest(), card)
	add("landing", "none", "还没有方案", "landing", guest(), Landing{Head: "准考", State: "landing.state.none"})
}
