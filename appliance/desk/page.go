package desk

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/appliance/stick"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/window"
)

var templates = sync.OnceValues(func() (*template.Template, error) {
	return template.New("desk").Funcs(template.FuncMap{"icon": icon}).ParseFS(pageFiles, "pages/*.html")
})

// page is what every template sees.
type page struct {
	d       *Desk
	Name    string // of the template, and of the page in the menu
	Lang    string
	Form    string // token of the sign-in form
	Error   string // a key of the catalogue
	Status  Status
	Session *session
	now     time.Time
	Stick   *onStick // nil of a box without a port for one

	Staff    store.Staff
	HasStaff bool
	Outbox   store.Outbox
	Aside    []store.Aside
	Roster   int
	Day      store.Day
	HasDay   bool
	Counts   store.Counts
	After    bool   // somebody was accepted after the day was closed
	Typed    string // what the clerk typed as count
	Reason   string
	Trust    trustFacts
	Done     string // a key of the catalogue: what was just done
	Lines    []store.Line
	// MoreLines is how many stand behind Lines and are not listed.
	MoreLines int
	Void      voidForm
	Drafts    drafting
	Papers    papersPage
	Asked     askedForm
	Review    reviewForm
	Queue     queuePage
	Prints    printPage
	Again     reprintForm
	Ticket    ticketForm
	Not       string // a key of the catalogue: why the confirmation shown cannot be taken back
	Incident  incidentForm
	Waiting   kinds
	SetAside  kinds
	RosterAt  protocol.Time
	Policy    store.Campaign
}

func (d *Desk) page(r *http.Request, name string, s *session) (*page, error) {
	p := &page{d: d, Name: name, Lang: "zh-CN", Session: s, Status: d.o.Status(), now: d.o.Now()}
	if c, err := r.Cookie("zhunkao-desk-lang"); err == nil && c.Value == "en" {
		p.Lang = "en"
	}
	var err error
	if p.Staff, err = d.o.Store.Staff(); err == nil {
		p.HasStaff = true
	}
	if s == nil {
		return p, nil
	}
	if d.o.Stick != nil {
		is := d.o.Stick()
		p.Stick = &onStick{is, is.Trouble == stick.NoStick}
	}
	if p.Outbox, err = d.o.Store.Outbox(); err != nil {
		return nil, err
	}
	if p.Aside, err = d.o.Store.Quarantine(); err != nil {
		return nil, err
	}
	if p.Roster, _, err = d.o.Store.Size(); err != nil {
		return nil, err
	}
	if p.RosterAt, err = d.o.Store.RosterAt(); err != nil {
		return nil, err
	}
	if p.Policy, err = d.o.Store.Campaign(); err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if p.Day, p.HasDay, err = d.o.Store.LastDay(); err != nil {
		return nil, err
	}
	p.Counts = p.Day.Counts
	if closed := p.HasDay && p.Day.Closed != nil; !closed || name == "overview" { // the box serves on after the closing
		p.Counts, err = d.o.Store.CountDay(p.Date(), window.Zone())
		p.After = closed && p.DayToday() && p.Counts.Accepted > p.Day.Counts.Accepted
	}
	return p, err
}

func (d *Desk) draw(w http.ResponseWriter, r *http.Request, p *page, part string, status int) {
	t, err := templates()
	var b bytes.Buffer
	if err == nil {
		err = t.ExecuteTemplate(&b, part, p)
	}
	if err != nil {
		d.fault(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the browser went away
}

// fault says that the desk cannot answer now: ours to mend.
func (d *Desk) fault(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return
	}
	d.o.Log.Error("desk: page", "path", r.Pattern, "err", err)
	http.Error(w, "工作台现在答不上来，请稍等再试；已存的记录不受影响。 The desk cannot answer now. Please wait and try again; saved records are safe.", http.StatusInternalServerError)
}

// T gives a text of the catalogue in the language of the page.
func (p *page) T(key string, args ...any) (string, error) {
	w, ok := catalogue()[key]
	if !ok {
		return "", fmt.Errorf("desk: no word %q", key)
	}
	text := w.zh
	if p.English() {
		text = w.en
	}
	if len(args) > 0 {
		text = fmt.Sprintf(text, args...)
	}
	return text, nil
}

// English tells the language of the page.
func (p *page) English() bool { return p.Lang == "en" }

// Demo marks every page.
func (p *page) Demo() bool { return p.d.o.Demo }

// CSRF is the token of forms.
func (p *page) CSRF() string { return p.Session.csrf }

// Live says whether the page follows what happens.
func (p *page) Live() bool { return p.LivePart() != "" }

// LivePart is where the part of the page is had that follows.
func (p *page) LivePart() string {
	switch p.Name {
	case "overview":
		return "/part"
	case "queue":
		if n := p.Queue.Drew.Number; n > 0 { // it is told to whoever stands there until something else is done
			return "/queue/part?drew=" + strconv.Itoa(int(n))
		}
		return "/queue/part"
	case "printing":
		return "/printing/part" + p.Prints.query()
	}
	return ""
}

// Date is the open day, or today, at the point.
func (p *page) Date() string {
	if p.HasDay && p.Day.Closed == nil {
		return p.Day.Date
	}
	return p.now.In(window.Zone()).Format(time.DateOnly)
}

// DayOpen reports whether a day is open, DayToday whether it is today's.
func (p *page) DayOpen() bool { return p.HasDay && p.Day.Closed == nil }

// DayToday reports whether the newest day is today's.
func (p *page) DayToday() bool {
	return p.HasDay && p.Day.Date == p.now.In(window.Zone()).Format(time.DateOnly)
}

// Hour is the time of day of an instant, with its day when that is not today.
func (p *page) Hour(t protocol.Time) string {
	at := t.Time().In(window.Zone())
	if at.Format(time.DateOnly) == p.now.In(window.Zone()).Format(time.DateOnly) {
		return at.Format("15:04")
	}
	if p.English() {
		return at.Format("2 Jan 15:04")
	}
	return fmt.Sprintf("%d月%d日 %s", at.Month(), at.Day(), at.Format("15:04"))
}

// When is Hour of an instant that is no time of the wire.
func (p *page) When(t time.Time) string { return p.Hour(protocol.TimeOf(t)) }

// Clock is now.
func (p *page) Clock() string { return p.Hour(protocol.TimeOf(p.now)) }

// Age says how long ago an instant was.
func (p *page) Age(t protocol.Time) (string, error) { return p.span(p.now.Sub(t.Time())) }

func (p *page) span(d time.Duration) (string, error) {
	switch d = max(0, d); {
	case d < time.Minute:
		return p.T("age-now")
	case d < time.Hour:
		return p.T("age-minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return p.T("age-hours", int(d/time.Hour))
	}
	return p.T("age-days", int(d/(24*time.Hour)))
}

// LeaseDays are the whole days for which people can still sign in; -1 is over.
func (p *page) LeaseDays() int {
	left := p.Staff.Until.Time().Sub(p.now)
	if left <= 0 {
		return -1
	}
	return int(left / (24 * time.Hour))
}

// leaseWarning is when the page begins to warn, in days.
const leaseWarning = 7

// LeaseShort reports whether the warning stands.
func (p *page) LeaseShort() bool { return p.HasStaff && p.LeaseDays() < leaseWarning }

// StaffName gives the name behind an account id, as far as it is held.
func (p *page) StaffName(account string) string {
	for _, m := range p.Staff.Members {
		if m.ID == account {
			return m.Display
		}
	}
	return account
}

// ScreenWord says what the kiosk shows, never whose.
func (p *page) ScreenWord() (string, error) { return p.T("screen-" + string(p.Status.Screen)) }

// Kind is the colour class of the box's card, beside its words.
func (p *page) Kind() string {
	switch {
	case p.Status.Help || p.Status.Blocked != visit.BlockNone:
		return "must"
	case p.Status.Visiting:
		return "act"
	}
	for _, d := range p.Status.Devices {
		if d.State == health.Fault {
			return "wait"
		}
	}
	return "done"
}

// device is one line of the list of devices.
type device struct{ Name, State, Kind, Note string }

// Devices lists what the clerk can do something about.
func (p *page) Devices() ([]device, error) {
	var out []device
	for _, s := range p.Status.Devices {
		key, shown := deviceWords[s.Name]
		if !shown {
			continue
		}
		name, err := p.T(key)
		if err != nil {
			return nil, err
		}
		d := device{Name: name, Kind: map[string]string{health.Ready: "done", health.Absent: "must", health.Fault: "wait"}[s.State]}
		if d.State, err = p.T("state-" + s.State); err != nil {
			return nil, err
		}
		if need, ok := needWords[s.Fault]; ok {
			if d.Note, err = p.T(need); err != nil {
				return nil, err
			}
			d.Kind = "wait"
		}
		out = append(out, d)
	}
	return out, nil
}

// Troubled are the devices that need somebody, InOrder the others.
func (p *page) Troubled() ([]device, error) { return p.devicesBut("done") }

// InOrder: see Troubled.
func (p *page) InOrder() ([]device, error) { return p.devicesBut("must", "wait") }

func (p *page) devicesBut(kinds ...string) ([]device, error) {
	all, err := p.Devices()
	return slices.DeleteFunc(all, func(d device) bool { return slices.Contains(kinds, d.Kind) }), err
}

// DayWord is what the first page says of the day when it is not open, or is still
// another's: people are served all the same, and the counts would not agree.
func (p *page) DayWord() string {
	switch {
	case p.DayOpen() && !p.DayToday():
		return "day-word-other"
	case !p.DayOpen() && !p.DayToday():
		return "day-word-none"
	case p.After:
		return "day-word-after"
	}
	return ""
}

// deviceWords are the devices that the desk shows; the others are a
// technician's and stand in the hub's console.
var deviceWords = map[string]string{
	health.DeviceIDCard: "device-idcard", health.DeviceCamera: "device-camera", health.DevicePrinter: "device-printer",
	health.DeviceDoor: "device-door", health.DeviceTamper: "device-tamper", health.DeviceStorage: "device-storage",
	health.DeviceClock: "device-clock", health.DeviceStore: "device-store",
}

// needWords are what a device needs of the clerk.
var needWords = map[string]string{
	"paper": "need-paper", "paper-soon": "need-paper-soon", "toner": "need-toner", "toner-soon": "need-toner-soon", "jam": "need-jam",
	"cover": "need-cover", "output": "need-output", "waste": "need-waste", "waste-soon": "need-waste", "resume": "need-resume",
	protocol.FaultDiskFilling: "need-disk", protocol.FaultStoreFilling: "need-disk", health.FaultOpen: "need-open",
}

func icon(name string) template.HTML {
	path := map[string]string{
		"queue":  `<circle cx="7" cy="8" r="2.500"/><circle cx="17" cy="8" r="2.500"/><path d="M2.500 18.500c0-3 2-5 4.500-5s4.500 2 4.500 5M12.500 18.500c0-3 2-5 4.500-5s4.500 2 4.500 5"/>`,
		"page":   `<path d="M6 3.500h8.500L18 7v13.500H6z"/><path d="M14 3.500V7.500h4M9 12h6M9 15.500h6"/>`,
		"print":  `<path d="M7 8V3.500h10V8M6.500 17H4V9.500h16V17h-2.500"/><path d="M7 13.500h10v7H7z"/>`,
		"ticket": `<path d="M5 4h14v16H5zM5 12h14"/><path d="M8.500 7.500h4M8.500 15.500h7"/>`,
		"again":  `<path d="M19 8a8 8 0 1 0 1 6"/><path d="M20 3.500V8h-4.500M9 11h6M9 14.500h4"/>`,
		"menu":   `<path d="M4 7h16M4 12h16M4 17h16"/>`,
		"home":   `<path d="M4 11l8-7 8 7v9h-5.500v-5.500h-5V20H4z"/>`,
		"day":    `<rect x="5" y="10.500" width="14" height="9.500" rx="1.500"/><path d="M8 10.500V8a4 4 0 0 1 8 0v2.500"/>`,
		"pen":    `<path d="M4 20l1-4.500L16.500 4l3.500 3.500L8.500 19z"/><path d="M14 6.500l3.500 3.500"/>`,
		"up":     `<path d="M12 19V6M6.500 11.500L12 6l5.500 5.500M5 20h14"/>`,
		"back":   `<path d="M9 6L4.500 10.500 9 15"/><path d="M5 10.500h9a5 5 0 0 1 0 10H9"/>`,
		"trust":  `<path d="M12 3l8 3v6c0 5-3.500 8-8 9-4.500-1-8-4-8-9V6z"/><path d="M8.500 12l2.500 2.500 4.500-5"/>`,
		"card":   `<rect x="3" y="5.500" width="18" height="13" rx="1.500"/><circle cx="8.500" cy="11" r="2"/><path d="M5.500 15.500c.800-1.600 5.200-1.600 6 0M14.500 10h3.500M14.500 13.500h3.500"/>`,
		"net":    `<path d="M4 10a11.500 11.500 0 0 1 16 0M7 13.500a7 7 0 0 1 10 0"/><circle cx="12" cy="17.500" r="1.200"/>`,
		"hand":   `<path d="M8 12V6.2a1.4 1.4 0 0 1 2.8 0V11M10.800 10.500V4.700a1.400 1.400 0 0 1 2.800 0V11M13.600 11V5.800a1.400 1.400 0 0 1 2.800 0V13M8 12.500l-1.700-2a1.400 1.400 0 0 0-2.200 1.700l3.700 5.700A5.500 5.500 0 0 0 12.400 20.500h.600a5.900 5.900 0 0 0 5.900-5.900V9.200a1.300 1.300 0 0 0-2.500 0"/>`,
		"alert":  `<path d="M12 4L2.8 19.5h18.4z"/><path d="M12 10v4.500M12 17v.1"/>`,
		"check":  `<path d="M5 12.500l4.500 4.500L19 7"/>`,
		"clock":  `<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5l3.500 2"/>`,
		"look":   `<path d="M6 3.500h9l4 4v13H6z"/><path d="M9 12l2 2 4-4M9 17.500h6"/>`,
		"info":   `<circle cx="12" cy="12" r="8.500"/><path d="M12 11v5.500M12 7.600v.1"/>`,
	}[name]
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">` + path + `</svg>`)
}

// HelpAge says since when somebody calls.
func (p *page) HelpAge() (string, error) { return p.Age(protocol.TimeOf(p.Status.HelpAt)) }

// CanPrint reports whether the box has a printer.
func (p *page) CanPrint() bool { return p.d.o.Printing.Ask != nil }
