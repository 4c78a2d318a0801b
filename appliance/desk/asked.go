package desk

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// What a visit asks of the staff: an expired card, a difference that is not hers
// to settle, another round of pictures, pictures of a card that an office reviews. The page says what is asked and not of
// whom; opening it shows her data and is an act of its own, which her record
// names. A decision is the clerk's, and a second person's where the campaign's
// table of acts says so.

// ErrAskedGone: the visit does not ask that any more.
var ErrAskedGone = errors.New("desk: the visit does not ask that any more")

// Asking is how the box puts a visit's question to the staff. Open and Decide
// return when the screen shows what came of it.
type Asking struct {
	// Open gives what is asked with her data, and notes who saw it. ErrAskedGone.
	Open func(ctx context.Context, number uint64, clerk protocol.Assent) (Opened, error)
	// Decide brings visit.Allowed or visit.Denied to the visit. ErrAskedGone when
	// it does not ask that, or does not take so few persons.
	Decide func(ctx context.Context, e visit.Event) error
}

// Opened is what a clerk sees who opened a visit's question. It is drawn and
// kept nowhere.
type Opened struct {
	Name, Number string     // hers; the number masked
	Field        visit.Text // AskDifference: what differs
	Typed, Chip  visit.Text // … as she entered it, and as the chip says
	ValidTo      visit.Text // AskExpired: the last day of her card
	Document     visit.Text // AskCopies: the kind of her card
	Wanted       []string   // … and what the campaign has copied of it, Chinese
	Birth        visit.Text // AskGuardian: the day she was born
}

// askedForm is what was typed.
type askedForm struct {
	Opened  *Opened
	Reason  string
	Persons int
	Needs   bool // a reason
	Album   *album
	guardianForm
}

func (d *Desk) askedPage(w http.ResponseWriter, r *http.Request, s *session) {
	d.showAsked(w, r, s, "", askedForm{})
}

func (d *Desk) showAsked(w http.ResponseWriter, r *http.Request, s *session, why string, f askedForm) {
	d.show(w, r, s, "asked", "page", func(p *page) {
		f.Persons = 1
		if c := p.Status.Rules; c != nil {
			if a, ok := visit.ActOf(*c, p.Status.Ask); ok {
				f.Persons, f.Needs = a.Persons, a.Reason
			}
		}
		f.Album = askedAlbum(s, p.Status.AskVisit)
		p.Asked, p.Error = f, why
	})
}

// openAsked shows whom it is about, and what is asked in full.
func (d *Desk) openAsked(w http.ResponseWriter, r *http.Request, s *session) {
	d.reopen(w, r, s, "", askedForm{Reason: strings.TrimSpace(r.PostFormValue("reason"))})
}

// reopen shows the question opened, after a refusal with its reason.
func (d *Desk) reopen(w http.ResponseWriter, r *http.Request, s *session, why string, f askedForm) {
	o, err := d.o.Asking.Open(r.Context(), askedVisit(r), s.assent(protocol.TimeOf(d.o.Now())))
	switch {
	case errors.Is(err, ErrAskedGone):
		d.showAsked(w, r, s, "asked-gone", askedForm{})
	case err != nil:
		d.fault(w, r, err)
	default:
		d.attend(s, askedVisit(r))
		f.Opened = &o
		d.o.Log.Info("desk: what a visit asks was opened", "account", s.ID)
		d.showAsked(w, r, s, why, f)
	}
}

func askedVisit(r *http.Request) uint64 {
	n, err := strconv.ParseUint(r.PostFormValue("visit"), 10, 64)
	if err != nil {
		return ^uint64(0) // no visit: gone
	}
	return n
}

// askedAlbum holds the pictures for what a visit asks: those of another visit are
// not among them.
func askedAlbum(s *session, n uint64) *album {
	return s.albums.only("asked-", strconv.FormatUint(n, 10))
}

func (d *Desk) askedPicture(w http.ResponseWriter, r *http.Request, s *session) {
	askedAlbum(s, d.o.Status().AskVisit).serve(w, r)
}

// picturesAsked takes, brings or drops a picture; it reports whether that was what
// was asked. Only while the visit asks for pictures, and by who has opened it.
func (d *Desk) picturesAsked(w http.ResponseWriter, r *http.Request, s *session, f askedForm) bool {
	do := r.PostFormValue("do")
	if do == "" {
		return false
	}
	st := d.o.Status()
	if st.Ask != visit.AskCopies && st.Ask != visit.AskGuardian || st.AskVisit != askedVisit(r) {
		d.showAsked(w, r, s, "asked-gone", askedForm{})
		return true
	}
	a := askedAlbum(s, askedVisit(r))
	why := ""
	switch {
	case st.Ask == visit.AskGuardian && (do == "take" || do == "bring"):
		why = d.replaceOne(r, do == "take", "file", a)
	case do == "take":
		why = d.take(r.Context(), a)
	case do == "bring":
		why = d.bring(r, "file", a)
	case strings.HasPrefix(do, "drop-"):
		if n, err := strconv.Atoi(do[len("drop-"):]); err == nil {
			a.drop(n)
		}
	}
	d.reopen(w, r, s, why, f)
	return true
}

// decideAsked brings the staff's word to the visit.
func (d *Desk) decideAsked(w http.ResponseWriter, r *http.Request, s *session) {
	f := askedForm{Reason: strings.TrimSpace(r.PostFormValue("reason")), guardianForm: readGuardian(r)}
	if d.picturesAsked(w, r, s, f) {
		return
	}
	again := func(why string) {
		if r.PostFormValue("opened") != "" {
			d.reopen(w, r, s, why, f)
			return
		}
		d.showAsked(w, r, s, why, f)
	}
	st := d.o.Status()
	n, ask := askedVisit(r), visit.Ask(r.PostFormValue("ask"))
	if st.Ask == visit.AskNone || st.Ask != ask || st.AskVisit != n || st.Rules == nil {
		d.showAsked(w, r, s, "asked-gone", askedForm{})
		return
	}
	by := s.assent(protocol.TimeOf(d.o.Now()))
	var e visit.Event = visit.Denied{Visit: n, Ask: ask, Clerk: by}
	if word := r.PostFormValue("word"); word != "deny" {
		assents, why, err := d.assents(r, s, *st.Rules, ask, f.Reason, by)
		if err != nil {
			d.fault(w, r, err)
			return
		}
		if why != "" {
			again(why)
			return
		}
		allowed := visit.Allowed{Visit: n, Ask: ask, Chip: word == "chip", Reason: f.Reason, Assents: assents}
		if ask == visit.AskCopies {
			if allowed.Copies = askedAlbum(s, n).pictures(); len(allowed.Copies) == 0 {
				again("papers-no-picture")
				return
			}
		}
		if ask == visit.AskGuardian {
			if allowed.Guardian, allowed.Copies, why = d.guardian(f.guardianForm, *st.Rules, askedAlbum(s, n)); why != "" {
				again(why)
				return
			}
		}
		e = allowed
	}
	switch err := d.o.Asking.Decide(context.WithoutCancel(r.Context()), e); {
	case errors.Is(err, ErrAskedGone):
		unkept(e)
		d.showAsked(w, r, s, "asked-gone", askedForm{})
	case err != nil:
		unkept(e)
		d.fault(w, r, err)
	default:
		askedAlbum(s, n).clear()
		d.attend(s, n)
		d.o.Log.Info("desk: the staff decided what a visit asked", "account", s.ID, "what", string(ask))
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

// unkept forgets the pictures that the visit did not take.
func unkept(e visit.Event) {
	if a, ok := e.(visit.Allowed); ok {
		for _, c := range a.Copies {
			clear(c)
		}
	}
}

// assents are the persons whose word the act takes; why is the key of what is
// missing.
func (d *Desk) assents(r *http.Request, s *session, c campaign.Campaign, ask visit.Ask, reason string, by protocol.Assent) (all []protocol.Assent, why string, err error) {
	act, needed := visit.ActOf(c, ask)
	if utf8.RuneCountInString(reason) > mostNote {
		return nil, "day-long-reason", nil
	}
	if needed && act.Reason && reason == "" {
		return nil, "asked-reason-none", nil
	}
	all = []protocol.Assent{by}
	if act.Persons < 2 {
		return all, "", nil
	}
	m, why, err := d.second(r, s, func(m protocol.StaffMember) bool { return m.Role == protocol.StaffHead || s.Role == protocol.StaffHead })
	if err != nil || why != "" {
		return nil, why, err
	}
	role := protocol.AssentClerk
	if m.Role == protocol.StaffHead {
		role = protocol.AssentHead
	}
	return append(all, protocol.Assent{Account: m.ID, Role: role, How: howOf(r), At: by.At}), "", nil
}

// AskWord says what is asked, never of whom.
func (p *page) AskWord() (string, error) { return p.T("ask-" + string(p.Status.Ask)) }

// AskWhat explains it.
func (p *page) AskWhat() (string, error) { return p.T("ask-" + string(p.Status.Ask) + "-x") }

// TodayText is today at the point, for who looks at a card's last day.
func (p *page) TodayText() string {
	return visit.Date(p.now.In(window.Zone()).Format("20060102")).In(p.English())
}
