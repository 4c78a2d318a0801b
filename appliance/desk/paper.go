package desk

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// trustFacts are what makes a tablet trust this desk.
type trustFacts struct {
	Fingerprint []string // SHA-256 of the hub's certificate, in groups of four digits
	Addresses   []string // https://…
	Until       string   // the desk's own certificate
}

func (d *Desk) trustFacts() trustFacts {
	if len(d.o.CA) == 0 {
		return trustFacts{}
	}
	digits := strings.ToUpper(fmt.Sprintf("%x", sha256.Sum256(d.o.CA)))
	var f trustFacts
	for group := range slices.Chunk([]byte(digits), 4) {
		f.Fingerprint = append(f.Fingerprint, string(group))
	}
	for _, h := range d.o.Hosts {
		if strings.Contains(h, ":") {
			h = "[" + h + "]"
		}
		f.Addresses = append(f.Addresses, "https://"+h+d.o.Port+"/")
	}
	if c, err := d.certificate(); err == nil {
		f.Until = c.NotAfter.In(window.Zone()).Format(time.DateOnly)
	}
	return f
}

func (d *Desk) trust(w http.ResponseWriter, r *http.Request, s *session) {
	d.show(w, r, s, "trust", "page", func(p *page) {
		p.Trust = d.trustFacts()
	})
}

// TrustSheet is the paper that tells how to make a tablet trust this desk.
func (d *Desk) TrustSheet() (*sheet.Document, error) {
	f := d.trustFacts()
	if len(f.Fingerprint) == 0 || len(f.Addresses) == 0 {
		return nil, errors.New("desk: nothing to trust: it is not served on a network")
	}
	st := d.o.Status()
	p, y := d.paper(paperWords["trust-title"], st)
	line := func(size sheet.Pt, v sheet.Voice, text string) {
		p.Say(sheet.Rect{X: paperX, Y: y, W: paperW, H: 8}, text, v, sheet.Left, size, size-1, size-2, 7)
		y += 8.5
	}
	line(11, sheet.Plain, paperWords["trust-why"])
	y += 4
	line(12, sheet.Bold, paperWords["trust-address"])
	for _, a := range f.Addresses {
		line(15, sheet.MonoBold, a)
	}
	if err := p.Code(sheet.Rect{X: paperX + paperW - 38, Y: 48, W: 38, H: 38}, f.Addresses[0]+"ca.crt"); err != nil {
		return nil, err
	}
	y += 4
	line(12, sheet.Bold, paperWords["trust-print"])
	for row := range slices.Chunk(f.Fingerprint, 8) { // in columns, for a finger that goes along them
		for i, group := range row {
			p.Say(sheet.Rect{X: paperX + sheet.MM(i)*20, Y: y, W: 20, H: 8}, group, sheet.MonoBold, sheet.Left, 15)
		}
		y += 8.5
	}
	y += 4
	line(12, sheet.Bold, paperWords["trust-steps"])
	for _, key := range []string{"trust-1", "trust-2", "trust-3", "trust-4", "trust-5", "trust-6"} {
		line(11, sheet.Plain, paperWords[key])
	}
	if y += 4; f.Until != "" {
		line(10, sheet.Plain, fmt.Sprintf(paperWords["trust-until"], f.Until))
	}
	return d.document(p, paperWords["trust-title"])
}

// ClosingSheet is the paper of a closed day, with lines to sign on.
func (d *Desk) ClosingSheet(day store.Day) (*sheet.Document, error) {
	st := d.o.Status()
	p, y := d.paper(paperWords["closing-title"]+"　"+day.Date, st)
	row := func(label, value string, v sheet.Voice) {
		p.Say(sheet.Rect{X: paperX, Y: y, W: 75, H: 8}, label, sheet.Plain, sheet.Left, 11, 10, 9)
		p.Say(sheet.Rect{X: paperX + 75, Y: y, W: paperW - 75, H: 8}, value, v, sheet.Left, 12, 11, 10, 9, 8, 7)
		y += 9
	}
	names := d.names()
	hour := func(a store.DayAct) string {
		return a.At.Time().In(window.Zone()).Format("15:04") + "　" + names(a.Account)
	}
	row(paperWords["closing-opened"], hour(day.Opened), sheet.Plain)
	row(paperWords["closing-paper"], fmt.Sprint(day.Paper), sheet.Plain)
	y += 3
	c := day.Counts
	for _, x := range []struct {
		key string
		n   int
	}{{"closing-accepted", c.Accepted}, {"closing-delivered", c.Delivered}, {"closing-waiting", c.Waiting}, {"closing-aside", c.Aside},
		{"closing-printed", c.Printed}, {"closing-spoiled", c.Spoiled}, {"closing-voids", c.Voids}, {"closing-voids-open", c.VoidsOpen}, {"closing-collected", c.Collected}} {
		row(paperWords[x.key], fmt.Sprint(x.n), sheet.Bold)
	}
	y += 3
	agree := paperWords["closing-agree"]
	if !c.Agree() {
		agree = paperWords["closing-differ"]
	}
	row(paperWords["closing-result"], agree, sheet.Bold)
	if day.Reason != "" {
		row(paperWords["closing-reason"], day.Reason, sheet.Plain)
	}
	if day.Closed != nil {
		row(paperWords["closing-closed"], hour(*day.Closed), sheet.Plain)
	}
	if day.Second != nil {
		row(paperWords["closing-second"], hour(*day.Second), sheet.Plain)
	}
	for i, key := range []string{"closing-sign-clerk", "closing-sign-head"} {
		x := paperX + sheet.MM(i)*90
		p.Sign(sheet.Rect{X: x, Y: 245, W: 75, H: 12})
		p.Say(sheet.Rect{X: x, Y: 258, W: 75, H: 5}, paperWords[key], sheet.Plain, sheet.Left, 9, 8)
	}
	return d.document(p, paperWords["closing-title"])
}

const (
	paperX sheet.MM = 20
	paperW sheet.MM = 170
)

// paper begins a sheet of the desk: what it is, and of which box.
func (d *Desk) paper(title string, st Status) (*sheet.Press, sheet.MM) {
	p := sheet.NewPress(d.fonts)
	p.Say(sheet.Rect{X: paperX, Y: 15, W: paperW, H: 7}, st.Campaign, sheet.Plain, sheet.Left, 10, 9, 8, 7)
	p.Say(sheet.Rect{X: paperX, Y: 23, W: paperW, H: 12}, title, sheet.Bold, sheet.Left, 20, 18, 16)
	where := fmt.Sprintf(paperWords["paper-where"], st.Point.Name, st.Point.Unit, string(st.Box))
	p.Say(sheet.Rect{X: paperX, Y: 37, W: paperW, H: 6}, where, sheet.Plain, sheet.Left, 10, 9, 8, 7)
	foot := fmt.Sprintf(paperWords["paper-foot"], d.o.Now().In(window.Zone()).Format("2006-01-02 15:04"))
	if d.o.Demo {
		foot = paperWords["paper-specimen"] + "　" + foot
	}
	if d.o.Drills != nil {
		p.Say(sheet.Rect{X: paperX, Y: 6, W: paperW, H: 8}, paperWords["paper-practice"], sheet.Bold, sheet.Left, 14)
		foot = paperWords["paper-practice"] + "　" + foot
	}
	p.Say(sheet.Rect{X: paperX, Y: 280, W: paperW, H: 5}, foot, sheet.Plain, sheet.Left, 8, 7)
	return p, 50
}

func (d *Desk) document(p *sheet.Press, title string) (*sheet.Document, error) {
	one, err := p.Page()
	if err != nil {
		return nil, err
	}
	return &sheet.Document{Title: title, Printed: d.o.Now(), Pages: []*sheet.Page{one}}, nil
}

// names gives the shown name of an account as far as it is held.
func (d *Desk) names() func(string) string {
	l, err := d.o.Store.Staff()
	return func(id string) string {
		for _, m := range l.Members {
			if err == nil && m.ID == id {
				return m.Display
			}
		}
		return id
	}
}

func (d *Desk) daySheet(w http.ResponseWriter, r *http.Request, _ *session) {
	day, there, err := d.o.Store.LastDay()
	if err == nil && (!there || day.Closed == nil) {
		http.NotFound(w, r)
		return
	}
	var doc *sheet.Document
	if err == nil {
		doc, err = d.ClosingSheet(day)
	}
	d.pdf(w, r, "closing-"+day.Date+".pdf", doc, err)
}

func (d *Desk) trustSheet(w http.ResponseWriter, r *http.Request, _ *session) {
	if len(d.o.CA) == 0 {
		http.NotFound(w, r)
		return
	}
	doc, err := d.TrustSheet()
	d.pdf(w, r, "trust.pdf", doc, err)
}

func (d *Desk) pdf(w http.ResponseWriter, r *http.Request, name string, doc *sheet.Document, err error) {
	var b bytes.Buffer
	if err == nil {
		err = doc.PDF(&b)
	}
	if err != nil {
		d.fault(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="`+name+`"`)
	_, _ = w.Write(b.Bytes()) // the browser went away
}

// printTrust has the sheet about trust printed on the box's printer.
func (d *Desk) printTrust(w http.ResponseWriter, r *http.Request, s *session) {
	if d.o.Printing.Ask == nil || len(d.o.CA) == 0 {
		http.NotFound(w, r)
		return
	}
	d.promise(w, r, s, store.Print{Kind: store.PrintTrust})
}
