package paper

import (
	"fmt"
	"strings"
	"time"

	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// SeatingRecord is the record sheet of an arrangement (编排记录单, A49): what was frozen,
// who sealed and revealed, the seed, and the root that every ticket's code leads to. It
// is signed by whoever drew, and put up beside the published bundle.
type SeatingRecord struct {
	Campaign  string
	Office    string
	Number    int
	State     string // as the page says it
	Venue     string
	Frozen    time.Time
	People    int
	Exempt    int
	Areas     int // drawn; Held those of them in which somebody sits, 0 while there are no rooms
	Held      int
	Digest    string // in groups of four
	Shares    []SeatingShare
	Seed      string // "" before it is drawn
	Root      string // "" before it is published
	RootCode  string // the root in capitals, for the QR code; "" for none
	Published time.Time
	Rooms     int
	Full      int
	Mixed     int
	Seats     int
	Unmet     int
	Void      string // why it is void, "" if it is not
	// Of a revision: numbers of the version that it corrects and of the draw, and who keeps
	// her seat, has another, is new, or has none any more; else 0.
	Base, Drawn              int
	Kept, Moved, Fresh, Gone int

	Marks   []sheet.Mark
	Printed time.Time
}

// SeatingShare is an office that draws.
type SeatingShare struct {
	Office, By       string
	Seal, Secret     string
	Sealed, Revealed time.Time
}

const seatingVersion = 1

// seatingWords are its wordings.
var seatingWords = struct {
	Title, State, Seats, Rooms, Count, List, Frozen, People, Exempt, Areas, AreasHeld, AreasDrawn, Digest, Draw, Note, Office, By, Seal, SealedAt, Secret, RevealedAt, Seed, Root, Result, Full, Mixed, Unmet, None, Void, Draft, Revision, RevisionOf, Changes, ChangesOf, SignDraw, SignOffice, SignWatch, SealAt, Check pair
}{
	Title: pair{"编排记录单", "Record of an arrangement"}, State: pair{"状态", "State"}, Seats: pair{"座位", "Seats"}, Rooms: pair{"考室", "Rooms"}, Count: pair{"第 %d 次编排", "arrangement %d"},
	List: pair{"编排名单", "The list"}, Frozen: pair{"冻结时间", "Frozen"}, People: pair{"要编排", "People"}, Exempt: pair{"不参加考试", "Who sit no examination"}, Areas: pair{"考区", "Areas"}, AreasHeld: pair{"%d 个有考生，划定的有 %d 个", "%d with candidates, of %d drawn"}, AreasDrawn: pair{"划定的有 %d 个", "%d drawn"}, Digest: pair{"名单指纹", "Fingerprint"},
	Draw: pair{"抽取随机数", "The draw"}, Note: pair{"先封存，后公开；公开的数和封条对得上才算数。", "Sealed first, revealed after; only what was sealed counts."},
	Office: pair{"部门", "Office"}, By: pair{"抽取人", "Drawn by"}, Seal: pair{"封条", "Seal"}, SealedAt: pair{"封存", "Sealed"}, Secret: pair{"公开的数", "Revealed"}, RevealedAt: pair{"公开", "Revealed"},
	Seed: pair{"种子", "Seed"}, Root: pair{"总根", "Root"}, Result: pair{"编排结果", "The result"}, Full: pair{"坐满的考室", "Full rooms"}, Mixed: pair{"混合考室", "Mixed rooms"}, Unmet: pair{"没有满足的", "Rules that could not be met"},
	None: pair{"还没有", "not yet"}, Void: pair{"本次作废", "void"}, Draft: pair{"还没公布", "not published"},
	Revision: pair{"更正", "Correction"}, RevisionOf: pair{"由第 %d 次更正，随机数没有重抽，还是第 %d 次的", "corrects arrangement %d; nothing was drawn again: the seed is that of %d"},
	Changes: pair{"和原来比", "Beside it"}, ChangesOf: pair{"座位和号码不变 %s　换座位 %s　新排 %s　没有座位了 %s", "%s keep seat and number, %s moved, %s new, %s gone"}, SignDraw: pair{"抽取人签名", "Who drew"}, SignOffice: pair{"编排经办人", "Who ran it"}, SignWatch: pair{"监督人", "Who looked on"}, SealAt: pair{"省教育考试院盖章", "Seal of the province's office"},
	Check: pair{"名单、封条、公开的数、考室座位全部公开，任何人可以用 hubctl arrangement verify 重新算一遍，结果应当和总根一致。每张准考证上的二维码都连到总根。", "List, seals, shares, rooms and seats are public; hubctl arrangement verify computes them once more, and must come to this root. The code of every ticket leads to it."},
}

// areas says how many areas there are, and in how many of them somebody sits.
func (r SeatingRecord) areas() string {
	if r.Held == 0 {
		return fmt.Sprintf(seatingWords.AreasDrawn.Zh, r.Areas)
	}
	return fmt.Sprintf(seatingWords.AreasHeld.Zh, r.Held, r.Areas)
}

// Layout sets the sheet: one page, however many of the two to five offices draw.
func (r SeatingRecord) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	p := sheet.NewPress(f)
	marks := r.Marks
	switch {
	case r.Void != "":
		marks = append([]sheet.Mark{sheet.Mark(seatingWords.Void.Zh)}, marks...)
	case r.Root == "":
		marks = append([]sheet.Mark{sheet.Mark(seatingWords.Draft.Zh)}, marks...)
	}
	large := []sheet.Pt{20, 16, 14, 12}
	p.Frame(sheet.Frame{Campaign: r.Campaign, Title: seatingWords.Title.Zh, Paper: "27 " + seatingWords.Title.Zh, Version: seatingVersion, Hash: templateHash("seating", seatingVersion, seatingWords), Page: 1, Of: 1, Marks: marks,
		Office: r.Office, Printed: r.Printed, Code: r.RootCode,
		Keys: []sheet.Key{{Label: seatingWords.Seats.Zh, Value: thousands(int64(r.Seats)), Width: 32, Sizes: large}, {Label: seatingWords.Rooms.Zh, Value: thousands(int64(r.Rooms)), Width: 24, Sizes: large}}})
	x, y := sheet.FrameX, sheet.FrameTop
	w := p.Say(sheet.Rect{X: x, Y: y, W: 80, H: 10}, fmt.Sprintf(seatingWords.Count.Zh, r.Number)+"　"+first(r.Void, r.State), sheet.Bold, sheet.Left, 12, 10.5, 9, 8)
	p.Fill(sheet.Rect{X: x + w + 4, Y: y, W: sheet.FrameW - w - 4, H: 10}, r.Venue, sheet.Plain, seatingWords.Title.Zh, 2, 3.5, 9, 8, 7)
	y = section(p, y+10, seatingWords.List.Zh, "")
	y = r.facts(p, y, [][2]string{{seatingWords.Frozen.Zh, stamp(r.Frozen)}, {seatingWords.People.Zh, thousands(int64(r.People))}, {seatingWords.Exempt.Zh, thousands(int64(r.Exempt))}, {seatingWords.Areas.Zh, r.areas()}, {seatingWords.Digest.Zh, r.Digest}})
	note, signs := seatingWords.Note.Zh, []string{seatingWords.SignDraw.Zh, seatingWords.SignOffice.Zh, seatingWords.SignWatch.Zh}
	if r.Base > 0 { // nobody draws for a revision
		note, signs = "", signs[1:]
	}
	y = section(p, y+4, seatingWords.Draw.Zh, note)
	for _, s := range r.Shares {
		y = s.set(p, y)
	}
	if r.Base > 0 {
		count := func(n int) string { return thousands(int64(n)) }
		y = r.facts(p, y, [][2]string{{seatingWords.Revision.Zh, fmt.Sprintf(seatingWords.RevisionOf.Zh, r.Base, r.Drawn)}, {seatingWords.Changes.Zh, fmt.Sprintf(seatingWords.ChangesOf.Zh, count(r.Kept), count(r.Moved), count(r.Fresh), count(r.Gone))}})
	}
	y = r.facts(p, y+2, [][2]string{{seatingWords.Seed.Zh, r.Seed}})
	y = section(p, y+4, seatingWords.Result.Zh, "")
	y = r.facts(p, y, [][2]string{{seatingWords.Rooms.Zh, thousands(int64(r.Rooms)) + "　" + seatingWords.Full.Zh + " " + thousands(int64(r.Full)) + "　" + seatingWords.Mixed.Zh + " " + thousands(int64(r.Mixed))}, {seatingWords.Unmet.Zh, thousands(int64(r.Unmet))}, {seatingWords.Root.Zh, r.Root}})
	p.Fill(sheet.Rect{X: x, Y: y + 3, W: sheet.FrameW, H: 9}, seatingWords.Check.Zh, sheet.Wording, seatingWords.Title.Zh, 2, 4, 8.5, 8, 7.5)
	signatures(p, sheet.FrameEnd-44, seatingWords.SealAt.Zh, signs...)
	page, err := p.Page()
	if err != nil {
		return nil, err
	}
	return &sheet.Document{Title: seatingWords.Title.Zh, Printed: r.Printed, Pages: []*sheet.Page{page}}, nil
}

// facts are labels with their values, a line for each.
func (r SeatingRecord) facts(p *sheet.Press, y sheet.MM, all [][2]string) sheet.MM {
	for _, f := range all {
		value := f[1]
		if value == "" {
			value = seatingWords.None.Zh
		}
		p.Say(sheet.Rect{X: sheet.FrameX + 1.25, Y: y, W: 28, H: 6.5}, f[0], sheet.Plain, sheet.Left, 8.5, 8, 7)
		p.Say(sheet.Rect{X: sheet.FrameX + 31, Y: y, W: sheet.FrameW - 32, H: 6.5}, value, sheet.Bold, sheet.Left, 9.5, 9, 8.5, 8, 7.5, 7)
		y += 6.5
		p.Under(sheet.FrameX, y, sheet.FrameW, sheet.Hair)
	}
	return y
}

// set is an office's part, 21 high.
func (s SeatingShare) set(p *sheet.Press, y sheet.MM) sheet.MM {
	x := sheet.FrameX + 1.25
	p.Fill(sheet.Rect{X: x, Y: y + .5, W: 88, H: 6}, s.Office+"　"+s.By, sheet.Bold, seatingWords.Office.Zh, 1, 0, 10.5, 9, 8, 7, 6)
	p.Say(sheet.Rect{X: x + 90, Y: y + .5, W: sheet.FrameW - 92.5, H: 6}, strings.Join([]string{seatingWords.SealedAt.Zh, stamp(s.Sealed), "", seatingWords.RevealedAt.Zh, stamp(s.Revealed)}, " "), sheet.Plain, sheet.Right, 8, 7.5, 7, 6)
	for i, l := range [][2]string{{seatingWords.Seal.Zh, s.Seal}, {seatingWords.Secret.Zh, s.Secret}} {
		at := y + 7 + 6*sheet.MM(i)
		value := l[1]
		if value == "" {
			value = seatingWords.None.Zh
		}
		p.Say(sheet.Rect{X: x, Y: at, W: 28, H: 6}, l[0], sheet.Plain, sheet.Left, 8.5, 8, 7)
		p.Say(sheet.Rect{X: x + 29.75, Y: at, W: sheet.FrameW - 32, H: 6}, value, sheet.Plain, sheet.Left, 9, 8.5, 8, 7.5, 7)
	}
	p.Under(sheet.FrameX, y+20, sheet.FrameW, sheet.Hair)
	return y + 20
}

// stamp is a time in China, or that there is none yet.
func stamp(t time.Time) string {
	if t.IsZero() {
		return seatingWords.None.Zh
	}
	return t.In(window.Zone()).Format("2006-01-02 15:04:05")
}
