package desk

import (
	"net/http"
	"strconv"
)

// What the hub says of the staff never strikes in the middle of a visit. Whoever
// is no more in the list, or got another password, finishes the visit that she
// attends and begins nothing: she came to a person who called, opened what a visit
// asks of the staff, or began it on papers. Any other session of hers ends at
// once. When the visit is over, so is hers.

// attend notes that somebody attends the visit that is there now, if it is number.
func (d *Desk) attend(s *session, number uint64) {
	if st := d.o.Status(); st.Visiting && st.Visit == number {
		d.sessions.attend(s, number)
	}
}

// attend notes which visit a session attends.
func (s *sessions) attend(n *session, number uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n.attends, n.attending = number, true
}

// leaving reports whether a session may only finish its visit, over whether that
// is done.
func (d *Desk) leaving(s *session) (leaving, over bool) {
	st := d.o.Status()
	d.sessions.mu.Lock()
	defer d.sessions.mu.Unlock()
	return s.leaving, s.leaving && !s.at(st)
}

// at reports whether the visit that a session attends is there still. The lock of
// sessions is held.
func (s *session) at(st Status) bool { return s.attending && st.Visiting && st.Visit == s.attends }

// Leaving reports whether she may only finish the visit that she attends.
func (p *page) Leaving() bool {
	if p.Session == nil {
		return false
	}
	leaving, _ := p.d.leaving(p.Session)
	return leaving
}

// finishes reports whether a request belongs to the visit that is there: what is
// allowed to whoever may begin nothing any more.
func (d *Desk) finishes(r *http.Request) bool {
	switch r.Pattern {
	case "GET /{$}", "GET /part", "GET /events", "POST /coming", "GET /asked", "GET /asked/picture/{picture}", "POST /sign-out", "POST /language":
		return true
	case "POST /asked", "POST /asked/open":
		return r.PostFormValue("visit") == strconv.FormatUint(d.o.Status().Visit, 10)
	case "GET /review/{application}", "POST /review/{application}", "GET /review/{application}/{work}/{album}/{picture}":
		return d.o.Present != nil && r.PathValue("application") != "" && r.PathValue("application") == d.o.Present()
	}
	return false
}
