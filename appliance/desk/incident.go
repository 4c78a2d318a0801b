package desk

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/window"
)

// ErrReportStopped: the box seals nothing now.
var ErrReportStopped = errors.New("desk: the box seals nothing now")

// Reporting is what a clerk reports upward (异常情况).
type Reporting struct {
	Kind     string // one of incidentKinds
	Severity string // one of incidentDegrees
	Since    protocol.Time
	Words    string
	Done     string
	Clerk    store.DayAct
}

// Body is what is sealed; the point is the caller's to name.
func (r Reporting) Body() protocol.Incident {
	return protocol.Incident{Kind: r.Kind, Severity: r.Severity, Since: r.Since, Words: r.Words, Done: r.Done, Blobs: []protocol.BlobRef{}, Clerk: r.Clerk.Assent(protocol.AssentClerk)}
}

// incidentKinds are the hub's kinds that a point can see, in the order of the
// plan of 2019, chapter 5; what does not fit is "other".
var incidentKinds = []string{"network", "power", "printing", "overload", "policy", "payment", "attack", "other"}

// incidentDegrees are how bad it is, as the hub tells them apart, the worst first.
var incidentDegrees = []string{protocol.SeverityGrave, protocol.SeveritySerious, protocol.SeverityMinor}

const (
	// mostReport bounds each text, in characters; the wire bounds its bytes.
	mostReport = 1000
	// reportRoom holds two such texts as a form writes them: nine bytes a character.
	reportRoom = 24 << 10
)

// incidentForm is what was typed.
type incidentForm struct{ Kind, Severity, Since, Words, Done string }

// IncidentKinds are what may be chosen.
func (p *page) IncidentKinds() []string { return incidentKinds }

// IncidentDegrees are how bad it may be.
func (p *page) IncidentDegrees() []string { return incidentDegrees }

// incidents shows what was reported here today, and the form.
func (d *Desk) incidents(w http.ResponseWriter, r *http.Request, s *session) {
	d.showIncidents(w, r, s, "", incidentForm{Since: d.o.Now().In(window.Zone()).Format("15:04")})
}

func (d *Desk) showIncidents(w http.ResponseWriter, r *http.Request, s *session, why string, f incidentForm) {
	all, err := d.o.Store.Reports(d.today(), window.Zone())
	if err != nil {
		d.fault(w, r, err)
		return
	}
	d.show(w, r, s, "incidents", "page", func(p *page) { p.Lines, p.Error, p.Incident = all, why, f })
}

// report seals what was typed; the page says so only after it is durable.
func (d *Desk) report(w http.ResponseWriter, r *http.Request, s *session) {
	text := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n"))
	}
	f := incidentForm{Kind: r.PostFormValue("kind"), Severity: r.PostFormValue("severity"), Since: text("since"), Words: text("words"), Done: text("done")}
	since, why := readSince(f.Since, d.o.Now())
	switch {
	case !slices.Contains(incidentKinds, f.Kind):
		why = "incident-kind-none"
	case !slices.Contains(incidentDegrees, f.Severity):
		why = "incident-degree-none"
	case why != "":
	case f.Words == "":
		why = "incident-words-none"
	case utf8.RuneCountInString(f.Words) > mostReport || utf8.RuneCountInString(f.Done) > mostReport || len(f.Words) > protocol.MaxWords || len(f.Done) > protocol.MaxWords:
		why = "incident-long"
	case namesSomebody(f.Words) || namesSomebody(f.Done):
		why = "incident-number"
	}
	if why == "" && d.o.Report == nil {
		why = "incident-stopped" // a desk that records nothing
	}
	if why != "" {
		d.showIncidents(w, r, s, why, f)
		return
	}
	// Whoever leaves the page now has pressed all the same.
	err := d.o.Report(context.WithoutCancel(r.Context()), Reporting{Kind: f.Kind, Severity: f.Severity, Since: protocol.TimeOf(since), Words: f.Words, Done: f.Done, Clerk: d.act(s)})
	switch {
	case errors.Is(err, ErrReportStopped), errors.Is(err, protocol.ErrMalformed):
		d.showIncidents(w, r, s, map[bool]string{true: "incident-stopped", false: "incident-signs"}[errors.Is(err, ErrReportStopped)], f)
	case errors.Is(err, store.ErrFull):
		d.showIncidents(w, r, s, "void-full", f)
	case err != nil:
		d.fault(w, r, err)
	default:
		d.o.Log.Info("desk: an incident was reported", "account", s.ID)
		http.Redirect(w, r, "/incidents", http.StatusSeeOther)
	}
}

// readSince reads a time of today, or of the day before when today it is yet to
// come: what is reported in the morning may have begun in the evening.
func readSince(text string, now time.Time) (time.Time, string) {
	t, err := time.Parse("15:04", strings.ReplaceAll(text, "：", ":"))
	if err != nil {
		return t, "incident-since-bad"
	}
	y, m, day := now.In(window.Zone()).Date()
	at := time.Date(y, m, day, t.Hour(), t.Minute(), 0, 0, window.Zone())
	if at.After(now) {
		at = at.AddDate(0, 0, -1)
	}
	return at, ""
}

// namesSomebody reports whether a text holds what may be an ID number or a mobile
// telephone: eleven digits or more, in groups or full-width too. The hub sets
// such a report aside; here it is caught while it can be mended.
func namesSomebody(text string) bool {
	run, gap := 0, 0
	for _, c := range text {
		if c >= 0xFF01 && c <= 0xFF5E { // full width
			c -= 0xFEE0
		}
		switch {
		case c >= '0' && c <= '9':
			run, gap = run+1, 0
		case run > 0 && gap == 0 && strings.ContainsRune(" -.·\u3000\u00a0", c):
			gap = 1
		default:
			run, gap = 0, 0
		}
		if run >= 11 {
			return true
		}
	}
	return false
}
