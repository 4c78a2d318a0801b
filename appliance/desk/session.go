package desk

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"sync"
	"time"

	"zhunkao/protocol"
)

// Limits of a session (S6).
const (
	idleLimit     = 30 * time.Minute
	absoluteLimit = 12 * time.Hour
	mostSessions  = 64
)

// session is one signed-in person. Its fields do not change but seen, attends,
// attending and leaving, which the lock of sessions guards, and albums, review and
// papers, which have their own.
type session struct {
	token   [sha256.Size]byte
	csrf    string
	ID      string // of the account
	Name    string
	Display string
	Role    protocol.StaffRole
	began   time.Duration
	seen    time.Duration
	stamp   [sha256.Size]byte // of what she signed in by
	How     string            // protocol.HowCode or HowCard
	albums  albums            // pictures that are not sealed yet; they end with the session
	review  reviewWork        // the review in hand
	papers  papersWork        // what is typed of the papers in hand

	attends            uint64 // the visit she attends, if attending; see leaving.go
	attending, leaving bool   // leaving: she is no more in the list, and finishes it
}

// Initial is the first character of her shown name.
func (s *session) Initial() string {
	for _, r := range s.Display {
		return string(r)
	}
	return ""
}

// stampOf changes with the password, the authenticator and the role, and, of who
// signed in by her card, with the card.
func stampOf(m protocol.StaffMember, how string) [sha256.Size]byte {
	all := m.ID + "\x00" + string(m.Role) + "\x00" + m.Verifier + "\x00" + string(m.Secret)
	if how == protocol.HowCard && m.Card != nil {
		all += "\x00" + string(m.Card.Mark) + "\x00" + m.Card.PIN
	}
	return sha256.Sum256([]byte(how + "\x00" + all))
}

// sessions live in memory: a restart ends them all.
type sessions struct {
	mono func() time.Duration
	mu   sync.Mutex // guards all
	all  map[[sha256.Size]byte]*session
}

func newSessions(mono func() time.Duration) *sessions {
	return &sessions{mono: mono, all: map[[sha256.Size]byte]*session{}}
}

// begin opens a session and gives the token for its cookie. When there are too
// many, the one that was idle longest ends.
func (s *sessions) begin(m protocol.StaffMember, how string) (token string) {
	token = rand.Text() + rand.Text()
	now := s.mono()
	n := &session{token: sha256.Sum256([]byte(token)), csrf: rand.Text(), ID: m.ID, Name: m.Name, Display: m.Display, Role: m.Role, began: now, seen: now, stamp: stampOf(m, how), How: how}
	s.mu.Lock()
	defer s.mu.Unlock()
	var oldest *session
	for _, o := range s.all {
		if oldest == nil || o.seen < oldest.seen {
			oldest = o
		}
	}
	if len(s.all) >= mostSessions {
		s.drop(oldest)
	}
	s.all[n.token] = n
	return token
}

// find gives the session of a token, nil when there is none any more.
func (s *sessions) find(token string, active bool) *session {
	key := sha256.Sum256([]byte(token))
	now := s.mono()
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.all[key]
	if n == nil {
		return nil
	}
	if n.over(now) {
		s.drop(n)
		return nil
	}
	if active {
		n.seen = now
	}
	return n
}

func (n *session) over(now time.Duration) bool {
	return now-n.seen >= idleLimit || now-n.began >= absoluteLimit
}

// Sweep ends the sessions whose time is over, with the pictures and numbers that
// they hold: whoever left may never come back to be told. The box calls it again
// and again.
func (d *Desk) Sweep() {
	s, st := d.sessions, d.o.Status()
	now := s.mono()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.all {
		if n.over(now) || n.leaving && !n.at(st) {
			s.drop(n)
		}
	}
}

func (s *sessions) end(n *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(n)
}

// drop ends a session, and what it holds of others. The lock is held.
func (s *sessions) drop(n *session) {
	delete(s.all, n.token)
	n.albums.clear()
	n.papers.put(papersForm{})
}

// endOthers ends every session whose stamp is not in keep: at a new list of
// staff whoever was disabled, or got another password, is out at once, but for the
// visit that she attends.
func (s *sessions) endOthers(keep map[[sha256.Size]byte]bool, st Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.all {
		n.leaving = !keep[n.stamp]
		if n.leaving && !n.at(st) {
			s.drop(n)
		}
	}
}

func (d *Desk) cookieName() string {
	if d.o.Loopback {
		return "zhunkao-desk"
	}
	return "__Host-zhunkao-desk"
}

func (d *Desk) setCookie(w http.ResponseWriter, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, Secure: !d.o.Loopback, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

// signed lets only people in who are signed in and may still be, and posts only
// with the session's token. A lease that ended while somebody is being served
// ends the session after that visit, never in it.
func (d *Desk) signed(h func(http.ResponseWriter, *http.Request, *session)) http.HandlerFunc {
	return d.signedUpTo(8<<10, h)
}

// follows reports whether an open page asks by itself, with nobody before it: that
// keeps no session open.
func follows(r *http.Request) bool {
	return r.URL.Path == "/events" || r.URL.Path == "/part" || r.URL.Path == "/queue/part" || r.URL.Path == "/printing/part"
}

// signedUpTo is signed for forms of at most so many bytes.
func (d *Desk) signedUpTo(most int64, h func(http.ResponseWriter, *http.Request, *session)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var s *session
		if c, err := r.Cookie(d.cookieName()); err == nil {
			s = d.sessions.find(c.Value, !follows(r))
		}
		if s != nil && d.lapsed() && !d.o.Status().Visiting {
			d.sessions.end(s)
			s = nil
		}
		leaving := false
		if s != nil {
			over := false
			if leaving, over = d.leaving(s); over {
				d.sessions.end(s)
				s = nil
			}
		}
		if s == nil {
			if follows(r) {
				http.Error(w, "signed out", http.StatusUnauthorized)
				return
			}
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
			return
		}
		if r.Method == http.MethodPost {
			r.Body = http.MaxBytesReader(w, r.Body, most)
			if subtle.ConstantTimeCompare([]byte(r.PostFormValue("token")), []byte(s.csrf)) != 1 {
				http.Error(w, "stale form", http.StatusForbidden)
				return
			}
		}
		if leaving && !d.finishes(r) {
			http.Redirect(w, r, "/", http.StatusSeeOther) // whose first words say why
			return
		}
		h(w, r, s)
	}
}

// StaffChanged looks at the open sessions after the hub has said anew who may
// sign in: whoever is not in the list is out.
func (d *Desk) StaffChanged() {
	keep := map[[sha256.Size]byte]bool{}
	if l, err := d.o.Store.Staff(); err == nil {
		for _, m := range l.Members {
			keep[stampOf(m, protocol.HowCode)], keep[stampOf(m, protocol.HowCard)] = true, true
		}
	}
	d.sessions.endOthers(keep, d.o.Status())
	d.Changed()
}

// lapsed reports whether nobody may sign in any more by what the hub last said.
func (d *Desk) lapsed() bool {
	l, err := d.o.Store.Staff()
	return err != nil || !d.o.Now().Before(l.Until.Time())
}
