package desk

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"zhunkao/appliance/drill"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/window"
)

func (d *Desk) signInPage(w http.ResponseWriter, r *http.Request) {
	d.signInAgain(w, r, "", http.StatusOK)
}

// signInAgain shows the form, after a refusal with its reason.
func (d *Desk) signInAgain(w http.ResponseWriter, r *http.Request, why string, status int) {
	p, err := d.page(r, "sign-in", nil)
	if err != nil {
		d.fault(w, r, err)
		return
	}
	p.Form, p.Error = d.formToken(w, r), why
	d.draw(w, r, p, "sign-in-page", status)
}

func (d *Desk) overview(w http.ResponseWriter, r *http.Request, s *session) {
	d.show(w, r, s, "overview", "page", nil)
}

// part is the live part of the overview alone.
func (d *Desk) part(w http.ResponseWriter, r *http.Request, s *session) {
	d.show(w, r, s, "overview", "overview", nil)
}

func (d *Desk) show(w http.ResponseWriter, r *http.Request, s *session, name, part string, set func(*page)) {
	p, err := d.page(r, name, s)
	if err != nil {
		d.fault(w, r, err)
		return
	}
	status := http.StatusOK
	if set != nil {
		set(p)
	}
	if p.Error != "" {
		status = http.StatusUnprocessableEntity
	}
	d.draw(w, r, p, part, status)
}

// eventsEvery is how often an open stream says that it stands, so that a
// browser finds out when the box went away.
const eventsEvery = 20 * time.Second

// events says "changed" when an open page is to look again; the stream ends
// with the session.
func (d *Desk) events(w http.ResponseWriter, r *http.Request, s *session) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	_ = out.SetWriteDeadline(time.Time{}) // none is supported by a recorder in a test
	tick := time.NewTicker(eventsEvery)
	defer tick.Stop()
	say := func(text string) bool {
		_, err := fmt.Fprint(w, text)
		return err == nil && out.Flush() == nil
	}
	changed := d.watch() // taken before it is said: what changes meanwhile is told too
	if !say("retry: 3000\n\n") {
		return
	}
	cookie, err := r.Cookie(d.cookieName())
	if err != nil {
		return
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case <-changed:
			changed = d.watch()
			if !say("event: changed\ndata:\n\n") {
				return
			}
		case <-tick.C:
			if d.sessions.find(cookie.Value, false) != s {
				say("event: ended\ndata:\n\n")
				return
			}
			if !say("event: changed\ndata:\n\n") { // ages grow
				return
			}
		}
	}
}

// coming tells whoever called that somebody comes.
func (d *Desk) coming(w http.ResponseWriter, r *http.Request, s *session) {
	if d.o.Coming != nil {
		if err := d.o.Coming(r.Context()); err != nil {
			d.fault(w, r, err)
			return
		}
		d.attend(s, d.o.Status().Visit)
		d.did(r.Context(), drill.Coming)
		d.o.Log.Info("desk: help is coming", "account", s.ID)
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// language keeps the choice in a cookie: it names nobody.
func (d *Desk) language(w http.ResponseWriter, r *http.Request, _ *session) {
	lang := "zh"
	if r.PostFormValue("lang") == "en" {
		lang = "en"
	}
	http.SetCookie(w, &http.Cookie{Name: "zhunkao-desk-lang", Value: lang, Path: "/", MaxAge: 365 * 24 * 3600, Secure: !d.o.Loopback, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (d *Desk) day(w http.ResponseWriter, r *http.Request, s *session) {
	d.show(w, r, s, "day", "page", nil)
}

// mostSheets bounds a typed count: a box takes no more in a day.
const mostSheets = 5000

// count reads a typed number of sheets.
func count(text string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	return n, err == nil && n >= 0 && n <= mostSheets
}

func (d *Desk) openDay(w http.ResponseWriter, r *http.Request, s *session) {
	again := func(why string) {
		d.show(w, r, s, "day", "page", func(p *page) { p.Error, p.Typed = why, r.PostFormValue("paper") })
	}
	paper, ok := count(r.PostFormValue("paper"))
	if !ok {
		again("day-bad-count")
		return
	}
	switch _, err := d.o.Store.OpenDay(s.ID, d.o.Now(), window.Zone(), paper); {
	case errors.Is(err, store.ErrDayOpen):
		again("day-open-already")
	case err != nil:
		d.fault(w, r, err)
	default:
		d.did(r.Context(), drill.DayOpened)
		d.o.Log.Info("desk: day opened", "account", s.ID)
		d.Changed()
		http.Redirect(w, r, "/day", http.StatusSeeOther)
	}
}

// second makes sure of the other person on a form, by her password and code; why
// is the key of what is wrong, day-second-other when she may not sign beside.
func (d *Desk) second(r *http.Request, s *session, fits func(protocol.StaffMember) bool) (m protocol.StaffMember, why string, err error) {
	if howOf(r) == protocol.HowCard {
		m, err = d.checkCard(r.Context(), sourceOf(r), r.PostFormValue("pin"))
	} else {
		m, err = d.check(r.Context(), sourceOf(r), r.PostFormValue("name"), r.PostFormValue("password"), r.PostFormValue("code"))
	}
	switch {
	case cardWord(err) != "":
		return m, cardWord(err), nil
	case errors.Is(err, errRefused), errors.Is(err, errLapsed):
		return m, "day-second-refused", nil
	case errors.Is(err, errSlow):
		return m, "signin-slow", nil
	case err != nil:
		return m, "", err
	case m.ID == s.ID || !fits(m):
		return m, "day-second-other", nil
	}
	return m, "", nil
}

// Apart says which counts differ, when a clerk was told that they do.
func (p *page) Apart() (out []string, err error) {
	if p.Error != "day-differs" {
		return nil, nil
	}
	c := p.Counts
	say := func(differs bool, key string, args ...any) {
		text, e := p.T(key, args...)
		if err = errors.Join(err, e); differs {
			out = append(out, text)
		}
	}
	say(c.Collected != c.Accepted, "day-apart-sheets", c.Collected, c.Accepted)
	say(c.Delivered != c.Accepted, "day-apart-sent", c.Delivered, c.Accepted)
	say(c.Aside > 0, "day-apart-aside", c.Aside)
	say(c.VoidsOpen > 0, "day-apart-voids", c.VoidsOpen)
	return out, err
}

// closeDay ends the day. When the counts do not agree a head of the point who
// is not the clerk signs beside, with her own password and code.
func (d *Desk) closeDay(w http.ResponseWriter, r *http.Request, s *session) {
	reason := strings.TrimSpace(r.PostFormValue("reason"))
	again := func(why string) {
		d.show(w, r, s, "day", "page", func(p *page) {
			p.Error, p.Typed, p.Reason = why, r.PostFormValue("collected"), reason
			p.Counts.Collected, _ = count(p.Typed)
		})
	}
	collected, ok := count(r.PostFormValue("collected"))
	if !ok {
		again("day-bad-count")
		return
	}
	if len(reason) > 300 {
		again("day-long-reason")
		return
	}
	var second *store.DayAct
	if r.PostFormValue("name") != "" || howOf(r) == protocol.HowCard {
		m, why, err := d.second(r, s, func(m protocol.StaffMember) bool { return m.Role == protocol.StaffHead || s.Role == protocol.StaffHead })
		switch {
		case err != nil:
			d.fault(w, r, err)
			return
		case why != "":
			again(why)
			return
		}
		second = &store.DayAct{Account: m.ID, At: protocol.TimeOf(d.o.Now()), How: howOf(r)}
	}
	switch _, err := d.o.Store.CloseDay(store.DayAct{Account: s.ID, At: protocol.TimeOf(d.o.Now()), How: s.How}, collected, second, reason, window.Zone()); {
	case errors.Is(err, store.ErrCounts):
		again("day-differs")
	case errors.Is(err, store.ErrDayClosed):
		again("day-not-open")
	case err != nil:
		d.fault(w, r, err)
	default:
		d.did(r.Context(), drill.DayClosed)
		d.o.Log.Info("desk: day closed", "account", s.ID, "two", second != nil)
		d.Changed()
		http.Redirect(w, r, "/day", http.StatusSeeOther)
	}
}
