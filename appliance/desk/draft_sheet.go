package desk

import (
	"fmt"
	"net/http"

	"zhunkao/appliance/store"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/sheet"
)

// formWords are what stands on the paper form, in Chinese as it is handed in.
func formWords() map[string]string {
	return map[string]string{
		"1": "信息采集草表　第一面　基本信息", "2": "信息采集草表　第二面　志愿与签名", "number": "草表编号", "tail": "证件末四位", "choice": "第 %d 志愿",
		"level": "层次", "category": "科类代码", "school": "院校代码和名称", "major": "专业代码和名称", "study": "学习形式",
		"claims": "照顾加分、免试",
		"word":   "本人所填信息真实、准确，同意由报名确认点按本表代为录入；录入后由本人核对并签名确认。", "sign": "考生签名", "date": "日期",
	}
}

// The blank paper form (草表): what she fills in by hand when nothing works, in the
// order in which a clerk types it. It is made from the campaign's own form, so
// that paper and pages ask the same.

// lineOf is the height of one field on the paper form, few how many entries of a
// table are printed to be ticked.
const (
	lineOf sheet.MM = 11.5
	few    int      = 6
)

// PaperForm lays the blank paper form out: who she is, then what she chooses.
func (d *Desk) PaperForm() (*sheet.Document, error) {
	st := d.o.Status()
	c := st.Rules
	if c == nil {
		return nil, store.ErrNotFound
	}
	words := formWords()
	first, y := d.paper(words["1"], st)
	y = number(first, y)
	var fields []form.Field
	for _, step := range d.draftSteps() {
		fields = append(fields, step.fields...)
	}
	high := min(lineOf, (276-y)/sheet.MM(max(1, len(fields))))
	for _, f := range fields {
		blank(first, sheet.Rect{X: paperX, Y: y, W: paperW, H: high}, f.Zh, ticks(c, f))
		y += high
	}
	one, err := first.Page()
	if err != nil {
		return nil, err
	}
	second, y := d.paper(words["2"], st)
	y = number(second, y)
	blank(second, sheet.Rect{X: paperX, Y: y, W: paperW, H: lineOf}, words["tail"], "")
	y += lineOf + 2
	keys := []string{"level", "category", "school", "major", "study"}
	if c.Form.Choose == form.ChooseCategory {
		keys = keys[:2]
	}
	most := max(1, c.Form.MaxChoices)
	end := sheet.MM(240)
	if takesClaims(c) {
		end -= lineOf
	}
	high = min(lineOf, (end-y-sheet.MM(most)*11)/sheet.MM(most*len(keys)))
	for n := 1; n <= most; n++ {
		second.Say(sheet.Rect{X: paperX, Y: y, W: paperW, H: 8}, fmt.Sprintf(words["choice"], n), sheet.Bold, sheet.Left, 12)
		y += 8
		for _, key := range keys {
			blank(second, sheet.Rect{X: paperX, Y: y, W: paperW, H: high}, words[key], "")
			y += high
		}
		y += 3
	}
	if takesClaims(c) {
		blank(second, sheet.Rect{X: paperX, Y: y, W: paperW, H: lineOf}, words["claims"], "")
		y += lineOf + 2
	}
	second.Say(sheet.Rect{X: paperX, Y: y, W: paperW, H: 8}, words["word"], sheet.Plain, sheet.Left, 10, 9, 8)
	for i, key := range []string{"sign", "date"} {
		x := paperX + sheet.MM(i)*90
		second.Sign(sheet.Rect{X: x, Y: y + 12, W: 75, H: 14})
		second.Say(sheet.Rect{X: x, Y: y + 27, W: 75, H: 5}, words[key], sheet.Plain, sheet.Left, 9, 8)
	}
	two, err := second.Page()
	if err != nil {
		return nil, err
	}
	return &sheet.Document{Title: words["1"], Printed: d.o.Now(), Pages: []*sheet.Page{one, two}}, nil
}

// number is where the number of the paper is written, on both pages.
func number(p *sheet.Press, y sheet.MM) sheet.MM {
	blank(p, sheet.Rect{X: paperX, Y: y - 5, W: 85, H: lineOf}, formWords()["number"], "")
	return y + lineOf - 4
}

// blank is one field: its name, what may be ticked, and a line to write on.
func blank(p *sheet.Press, at sheet.Rect, name, ticks string) {
	const wide sheet.MM = 42
	p.Say(sheet.Rect{X: at.X, Y: at.Y, W: wide - 2, H: at.H}, name, sheet.Plain, sheet.Left, 11, 10, 9, 8, 7, 6)
	if ticks != "" {
		p.Say(sheet.Rect{X: at.X + wide, Y: at.Y, W: at.W - wide, H: at.H}, ticks, sheet.Plain, sheet.Left, 11, 10, 9, 8, 7, 6)
		return
	}
	p.Sign(sheet.Rect{X: at.X + wide, Y: at.Y, W: at.W - wide, H: at.H - 1.5})
}

// ticks are the few entries of a field's table, each to be ticked.
func ticks(c *campaign.Campaign, f form.Field) (out string) {
	t, ok := c.Form.Table(f.Table)
	if f.Kind != form.KindCode || !ok {
		return ""
	}
	n := 0
	for _, e := range t.Entries {
		if e.Group || f.Key == form.Sex && (e.Code == "0" || e.Code == "9") {
			continue
		}
		out += "（　）" + e.Zh + "　"
		n++
	}
	if n > few {
		return ""
	}
	return out
}

// paperForm serves it, to be printed from the page.
func (d *Desk) paperForm(w http.ResponseWriter, r *http.Request, _ *session) {
	if d.o.Status().Rules == nil {
		http.NotFound(w, r)
		return
	}
	doc, err := d.PaperForm()
	d.pdf(w, r, "caobiao.pdf", doc, err)
}
