package desk

import (
	"net/http"
	"slices"
	"strings"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// A child who is entered here (demand S37; PIPL 31): her guardian reads the
// campaign's text on a sheet and signs it, and a clerk types who that is and
// photographs the sheet while she waits at the machine.

// guardianText is the campaign's text that a guardian consents to.
const guardianText = "guardian"

// guardianForm is who consents, as it was typed.
type guardianForm struct {
	Guardian, Relation, Phone string
}

func readGuardian(r *http.Request) guardianForm {
	get := func(key string) string { return strings.TrimSpace(r.PostFormValue(key)) }
	return guardianForm{Guardian: get("guardian"), Relation: get("relation"), Phone: get("phone")}
}

// guardian makes the wire's word of what was typed and photographed; why is the
// key of what is missing.
func (d *Desk) guardian(f guardianForm, c campaign.Campaign, a *album) (g protocol.Guardian, copies [][]byte, why string) {
	name, err := identity.ParseName(f.Guardian)
	if err != nil {
		return g, nil, "guardian-name-bad"
	}
	if !slices.Contains(protocol.Relations(), f.Relation) {
		return g, nil, "guardian-relation-none"
	}
	phone, err := identity.ParsePhone(f.Phone)
	if err != nil {
		return g, nil, "guardian-phone-bad"
	}
	if copies = a.pictures(); len(copies) != 1 {
		return g, nil, "guardian-sheet-none"
	}
	return protocol.Guardian{Name: name, Relation: f.Relation, Phone: phone,
		Text: protocol.HashOf([]byte(c.Text(guardianText, false))), Sheet: protocol.HashOf(copies[0])}, copies, ""
}

// GuardianRelations are what a guardian may be to her.
func (p *page) GuardianRelations() (out []option, err error) {
	for _, r := range protocol.Relations() {
		text, err := p.T("relation-" + r)
		if err != nil {
			return nil, err
		}
		out = append(out, option{r, text})
	}
	return out, nil
}

// Child reports that who is being entered needs a guardian at the signature.
func (p *page) Child() bool {
	today := form.DayOf(p.now.In(window.Zone()))
	return campaign.NeedsGuardian(p.Drafts.Draft.Application.Get(form.BirthDate), today)
}

// guardianWords are what stands on the sheet, in Chinese as it is handed in.
func guardianWords() map[string]string {
	return map[string]string{
		"title": "监护人同意书", "child": "孩子姓名", "tail": "孩子证件末四位", "privacy": "个人信息怎样使用", "consent": "监护人同意",
		"word": "本人是孩子的监护人，看完了以上内容。在本表上签名，就是“我同意”。", "name": "监护人姓名", "relation": "与孩子的关系", "phone": "手机号",
		"sign": "监护人签名", "date": "日期", "ticks": "（　）父亲　（　）母亲　（　）祖父母、外祖父母　（　）成年兄姐　（　）其他",
	}
}

// GuardianSheet lays the sheet out that a guardian reads, fills in and signs.
func (d *Desk) GuardianSheet() (*sheet.Document, error) {
	st := d.o.Status()
	if st.Rules == nil {
		return nil, store.ErrNotFound
	}
	words := guardianWords()
	p, y := d.paper(words["title"], st)
	row := func(name, ticks string) {
		blank(p, sheet.Rect{X: paperX, Y: y, W: paperW, H: lineOf}, name, ticks)
		y += lineOf
	}
	row(words["child"], "")
	row(words["tail"], "")
	y += 3
	for _, part := range []struct{ title, text string }{{words["privacy"], st.Rules.Text("privacy", false)}, {words["consent"], st.Rules.Text(guardianText, false)}} {
		p.Say(sheet.Rect{X: paperX, Y: y, W: paperW, H: 7}, part.title, sheet.Bold, sheet.Left, 11)
		y += 8
		for _, line := range folded(p, part.text, paperW) {
			p.Say(sheet.Rect{X: paperX, Y: y, W: paperW, H: 5}, line, sheet.Plain, sheet.Left, foldedAt)
			y += 5.2
		}
		y += 3
	}
	p.Say(sheet.Rect{X: paperX, Y: y, W: paperW, H: 8}, words["word"], sheet.Bold, sheet.Left, 11, 10, 9)
	y += 10
	row(words["name"], "")
	row(words["relation"], words["ticks"])
	row(words["phone"], "")
	for i, key := range []string{"sign", "date"} {
		x := paperX + sheet.MM(i)*90
		p.Sign(sheet.Rect{X: x, Y: y + 2, W: 75, H: 12})
		p.Say(sheet.Rect{X: x, Y: y + 15, W: 75, H: 5}, words[key], sheet.Plain, sheet.Left, 9, 8)
	}
	return d.document(p, words["title"])
}

// foldedAt is the size of the text on the guardian's sheet.
const foldedAt sheet.Pt = 10

// folded breaks a text into lines of a width: after any character, but none begins
// with a mark that ends a clause.
func folded(p *sheet.Press, text string, wide sheet.MM) (out []string) {
	for _, whole := range strings.Split(text, "\n") {
		line := ""
		for _, c := range whole {
			if p.Width(line+string(c), sheet.Plain, foldedAt) > wide-3 && !strings.ContainsRune("，。；：、！？”）", c) {
				out, line = append(out, line), ""
			}
			line += string(c)
		}
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}

// guardianSheet serves it, to be printed from the page.
func (d *Desk) guardianSheet(w http.ResponseWriter, r *http.Request, _ *session) {
	if d.o.Status().Rules == nil {
		http.NotFound(w, r)
		return
	}
	doc, err := d.GuardianSheet()
	d.pdf(w, r, "tongyishu.pdf", doc, err)
}

// lineOf is the height of one field on a sheet of the desk.
const lineOf sheet.MM = 11.5

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
