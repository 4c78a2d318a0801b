package console

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"slices"
	"sync"
)

func plain(s string) []Span {
	if s == "" {
		return nil
	}
	return []Span{{Text: s}}
}

// sceneRecord is one confirmation in one of its states.
func sceneRecord(state string) Record {
	sealed := plain("向晓兰")
	r := Record{ID: "0a", Name: "向晓兰", Number: "433***********0028", State: sceneInForce(), Application: "20190904-7Q2M", Version: 2, From: 1,
		ChipPhoto: "record.photo.undecoded", Photo: &Photo{JPEG: scenePhoto(), Width: 358, Height: 441, Tries: 1}, Journal: 1204, Signature: sceneHand(),
		Rows: []Compared{
			{Label: "姓名", Typed: []Span{{"向", false}, {"小", true}, {"兰", false}}, Chip: []Span{{"向", false}, {"晓", true}, {"兰", false}}, Sealed: sealed, Differs: true, Decided: "compare.chip-wins"},
			{Label: "性别", Typed: plain("2 女"), Chip: plain("2 女"), Sealed: plain("2 女"), Decided: "compare.same"},
			{Label: "民族", Typed: []Span{{"06 苗族", true}}, Chip: []Span{{"15 土家族", true}}, Sealed: plain("15 土家族"), Differs: true, Decided: "compare.settled.chip"},
			{Label: "出生日期", Typed: plain("19940512"), Chip: plain("19940512"), Sealed: plain("19940512"), Decided: "compare.same"},
			{Label: "证件号码", Typed: plain("433***********0028"), Chip: plain("433***********0028"), Sealed: plain("433***********0028"), Decided: "compare.same"},
			{Label: "证件有效期", Chip: plain("2016-04-18 至 2036-04-18"), Decided: "compare.onlyone"},
		},
		Choices: []Choice{
			{1, "1 专升本", "34 经济管理类", "10542 湖南师范大学", "会计学", "业余", "2.5"},
			{2, "1 专升本", "34 经济管理类", "10536 长沙理工大学", "工商管理", "函授", "2.5"},
		},
		More: []Fact{{Label: "文化程度", Value: "31 大学专科毕业"}, {Label: "毕业学校", Value: "湖南女子学院"}, {Label: "毕业日期", Value: "20160630"}, {Label: "联系电话", Value: "138******12"}},
		Checks: []Check{
			sceneCheck("box", "check.number-digit", "pass", ""), sceneCheck("box", "check.number-match", "pass", ""),
			sceneCheck("box", "check.name-match", "warn", "有不同处，已给考生看过"), sceneCheck("box", "check.card-expiry", "pass", ""),
			sceneCheck("box", "check.form-complete", "pass", ""), sceneCheck("box", "check.window", "pass", ""), sceneCheck("box", "check.daily-hours", "pass", ""),
			sceneCheck("hub", "check.hub.signature", "pass", ""), sceneCheck("hub", "check.hub.chain", "pass", ""), sceneCheck("hub", "check.hub.seal", "pass", ""),
			sceneCheck("hub", "check.hub.parts", "pass", ""), sceneCheck("hub", "check.hub.number", "pass", ""), sceneCheck("hub", "check.hub.settled", "pass", ""), sceneCheck("hub", "check.hub.photo", "pass", ""), sceneCheck("hub", "check.hub.once", "pass", ""),
			sceneCheck("hub", "check.hub.window", "pass", ""),
		},
		Line: []Step{
			{Class: "done", Key: "step.card-read", At: sceneTime("10:24:07"), Note: "2 号机"}, {Class: "done", Key: "step.found", At: sceneTime("10:24:08")},
			{Class: "done", Key: "step.settled", At: sceneTime("10:25:02")}, {Class: "done", Key: "step.consent", At: sceneTime("10:25:20")},
			{Class: "done", Key: "step.photo", At: sceneTime("10:26:11")},
			{Class: "done", Key: "step.read-through", At: sceneTime("10:28:30")}, {Class: "done", Key: "step.signed", At: sceneTime("10:30:49")},
			{Class: "done", Key: "step.sealed", At: sceneTime("10:30:51"), Note: "封存号 02-000168"}, {Class: "done", Key: "step.received", At: sceneTime("10:30:52")},
			{Class: "done", Key: "step.committed", At: sceneTime("10:30:52"), Note: "封存后 0.8 秒"},
		},
		Envelope: []Fact{{Label: "终端", Value: "b2k7qaxm4ue", Code: true}, {Label: "登记期", Value: "1"}, {Label: "序号", Value: "168"},
			{Label: "指纹", Value: "5f02c9aa 17d3e804", Code: true}, {Label: "前一份指纹", Value: "e1907bb2 c40f55a1", Code: true}, {Label: "存好，回执", Value: "2019-09-06 10:30:52"}},
	}
	switch state {
	case "revealed":
		r.Number, r.Whole = "433199199405120028", true
		r.Photo.Tries = 3
	case "for-clerk":
		r.found("check.hub.photo", "pass", "终端有提示，请看一眼")
		r.found("check.hub.settled", "warn", "有的留给工作人员核对")
		r.Photo.Findings = []string{"眼睛可能没有露全", "可能没有正对镜头"}
		r.ForClerk = 2
		r.Rows[0].Sealed, r.Rows[0].Decided, r.Rows[0].ForClerk = plain("向小兰"), "compare.settled.clerk", true
		r.Rows[2].Sealed, r.Rows[2].Decided, r.Rows[2].ForClerk = plain("06 苗族"), "compare.settled.kept", true
	case "no-photo":
		r.Photo = &Photo{Why: "lack.declined"}
		r.found("check.hub.photo", "warn", "本人不同意照相")
		r.without("step.consent", "step.photo")
	case "before":
		r.Photo = nil
		r.Rows[2].Decided = "compare.chip-wins"
		r.without("step.settled", "step.consent", "step.photo", "check.hub.photo", "check.hub.settled")
	case "guardian":
		r.Rows[3] = Compared{Label: "出生日期", Typed: plain("20060301"), Chip: plain("20060301"), Sealed: plain("20060301"), Decided: "compare.same"}
		r.Guardian = &Guardian{Name: "向样", Phone: "139******07", Relation: "relation.mother", Sheet: Photo{JPEG: scenePhoto(), Width: 358, Height: 441}}
		r.Checks = append(r.Checks, sceneCheck("box", "check.guardian", "pass", ""), sceneCheck("hub", "check.hub.guardian", "pass", ""))
	case "disputed":
		r.State, r.DisputedBy = State{"must", "alert", "state.disputed"}, []Link{{"#", "9-05 15:20　岳麓区第 2 报名确认点"}}
		r.Line = append(r.Line, Step{Class: "must", Key: "step.decision", Note: "等县级招考机构"})
	case "time-pending":
		r.Photo = &Photo{Why: "lack.camera"}
		r.found("check.hub.photo", "warn", "摄像头用不了")
		r.without("step.photo")
		r.State, r.Missing, r.Signature = State{"wait", "clock", "state.time-pending"}, []uint64{166, 167}, Signature{}
		r.Checks[5] = sceneCheck("box", "check.window", "warn", "")
		r.Checks = append(r.Checks[:len(r.Checks)-1], sceneCheck("hub", "check.hub.window", "warn", "还定不了"))
		r.Line, r.Journal = append(r.Line, Step{Class: "wait", Key: "step.time"}), 0
	}
	return r
}

// found changes what a check of the scene says.
func (r *Record) found(name, result, note string) {
	for i, c := range r.Checks {
		if c.Name == name {
			r.Checks[i] = sceneCheck(c.By, name, result, note)
		}
	}
}

// without takes checks and steps out of the scene.
func (r *Record) without(keys ...string) {
	r.Checks = slices.DeleteFunc(r.Checks, func(c Check) bool { return slices.Contains(keys, c.Name) })
	r.Line = slices.DeleteFunc(r.Line, func(s Step) bool { return slices.Contains(keys, s.Key) })
}

func sceneCheck(by, name, result, note string) Check {
	return Check{By: by, Name: name, State: ResultState(result), Note: note}
}

// ResultState is the badge of a check's result; what is not known is shown as
// something to look at.
func ResultState(result string) State {
	switch result {
	case "pass":
		return State{"done", "check", "check.pass"}
	case "fail":
		return State{"must", "cross", "check.fail"}
	}
	return State{"wait", "alert", "check.warn"}
}

// sceneHand is a hand writing 向晓兰 with a finger.
func sceneHand() Signature {
	return Signature{Width: 330, Height: 110, Strokes: [][]uint16{
		{52, 12, 45, 24, 38, 32}, {24, 38, 24, 60, 25, 94}, {24, 40, 50, 34, 82, 32, 86, 60, 82, 88, 74, 92, 68, 90}, {40, 54, 42, 66, 43, 78}, {40, 55, 52, 52, 64, 51, 64, 63, 62, 74}, {43, 77, 52, 75, 62, 73},
		{120, 34, 122, 55, 122, 78}, {120, 36, 130, 33, 139, 31, 139, 52, 138, 74}, {122, 56, 130, 54, 138, 53}, {123, 77, 131, 74, 138, 73}, {152, 34, 172, 29, 194, 24}, {164, 20, 172, 36, 190, 49}, {188, 14, 176, 34, 156, 47}, {150, 62, 172, 57, 198, 53}, {168, 60, 163, 76, 148, 86}, {182, 56, 181, 72, 182, 85, 190, 89, 202, 81},
		{240, 16, 245, 24, 250, 33}, {286, 10, 278, 21, 268, 32}, {232, 46, 262, 40, 300, 35}, {242, 68, 264, 63, 288, 60}, {222, 94, 268, 86, 318, 83},
	}}
}

// scenePhoto is nobody: a head and two shoulders, of the size of an honest
// photo. It is drawn once in a process; nobody changes it.
var scenePhoto = sync.OnceValue(drawScenePhoto)

func drawScenePhoto() []byte {
	const w, h = 358, 441
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	within := func(x, y, cx, cy, rx, ry int) bool { // in an ellipse
		dx, dy := float64(x-cx)/float64(rx), float64(y-cy)/float64(ry)
		return dx*dx+dy*dy <= 1
	}
	for y := range h {
		for x := range w {
			at := color.RGBA{236, 237, 238, 255}
			switch {
			case within(x, y, 179, 205, 82, 108):
				at = color.RGBA{214, 178, 152, 255}
			case within(x, y, 179, 180, 96, 118):
				at = color.RGBA{52, 46, 44, 255}
			case within(x, y, 179, 470, 165, 150):
				at = color.RGBA{62, 84, 108, 255}
			case within(x, y, 179, 310, 40, 60):
				at = color.RGBA{200, 164, 140, 255}
			}
			img.SetRGBA(x, y, at)
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		panic("console: scene photo " + err.Error()) // our own picture
	}
	return out.Bytes()
}
