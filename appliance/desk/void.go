package desk

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"zhunkao/appliance/drill"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// Why a confirmation cannot be taken back at this desk.
var (
	// ErrVoidNone: this box made no such confirmation, or keeps it no more.
	ErrVoidNone = errors.New("desk: no such confirmation at this box")
	// ErrVoidDay: it was made another day; only the county takes it back.
	ErrVoidDay = errors.New("desk: not a confirmation of today")
	// ErrVoidDone: it was taken back before.
	ErrVoidDone = errors.New("desk: taken back before")
	// ErrVoidAside: the hub set it aside, so there is nothing to take back.
	ErrVoidAside = errors.New("desk: the hub set it aside")
	// ErrVoidStopped: the box seals nothing now.
	ErrVoidStopped = errors.New("desk: the box seals nothing now")
)

// Voiding is what clerk and head ask the box to seal. Both have been made sure
// of, as How says.
type Voiding struct {
	Sequence  uint64 // of the confirmation, in this box's chain
	Reason    string // a code of the campaign's list
	Note      string // of no person
	TakenBack int    // signed sheets taken back from her
	Clerk     store.DayAct
	Head      store.DayAct
}

// Body is what is sealed for a confirmation of this box; the point is the
// caller's to name.
func (v Voiding) Body(of store.Line) protocol.Void {
	return protocol.Void{
		Record: of.ID, Application: of.Application, Sealed: of.At, Reason: v.Reason, Note: v.Note,
		Assents: []protocol.Assent{
			v.Clerk.Assent(protocol.AssentClerk), v.Head.Assent(protocol.AssentHead),
		},
		Copies: uint16(of.Copies), TakenBack: uint16(v.TakenBack), Blobs: []protocol.BlobRef{},
	}
}

// Voidable finds a confirmation that may be taken back at this box now: made
// today, by this box, and standing. Errors: ErrVoidNone, ErrVoidDay,
// ErrVoidDone, ErrVoidAside, those of the store.
func Voidable(s *store.Store, seq uint64, now time.Time) (store.Line, error) {
	l, err := s.Line(seq)
	if errors.Is(err, store.ErrNotFound) || err == nil && l.Kind != protocol.RecordConfirmation {
		return l, ErrVoidNone
	}
	if err != nil {
		return l, err
	}
	today := now.In(window.Zone()).Format(time.DateOnly)
	if l.At.Time().In(window.Zone()).Format(time.DateOnly) != today {
		return l, ErrVoidDay
	}
	all, err := s.Confirmations(today, window.Zone())
	if err != nil {
		return l, err
	}
	for _, one := range all {
		if one.Sequence == seq {
			return one, voidable(one)
		}
	}
	return l, ErrVoidNone
}

func voidable(l store.Line) error {
	switch {
	case l.Standing == store.StandsAside:
		return ErrVoidAside
	case l.TakenBack(), !l.Confirmed && l.Void == nil: // the second: the county did, and the roster said so
		return ErrVoidDone
	}
	return nil
}

// voidWords are the keys of the words for what Voidable and the sealing say.
var voidWords = map[error]string{
	ErrVoidNone: "void-none", ErrVoidDay: "void-day", ErrVoidDone: "void-done", ErrVoidAside: "void-aside", ErrVoidStopped: "void-stopped",
	store.ErrFull: "void-full",
}

func voidWord(err error) string {
	for is, key := range voidWords {
		if errors.Is(err, is) {
			return key
		}
	}
	return ""
}

// voidForm is what was typed, to be shown again after a refusal.
type voidForm struct {
	Line      store.Line
	May       bool
	Reason    string
	Note      string
	TakenBack string
	Number    string // typed to find one; of a paper, never in an address
}

// voids lists today's confirmations of this box, the newest mostListed of them.
func (d *Desk) voids(w http.ResponseWriter, r *http.Request, s *session) {
	d.showVoids(w, r, s, "", "")
}

func (d *Desk) showVoids(w http.ResponseWriter, r *http.Request, s *session, why, typed string) {
	all, err := d.o.Store.Confirmations(d.today(), window.Zone())
	if err != nil {
		d.fault(w, r, err)
		return
	}
	shown := all[:min(len(all), mostListed)]
	d.show(w, r, s, "voids", "page", func(p *page) {
		p.Lines, p.MoreLines, p.Error, p.Void.Number = shown, len(all)-len(shown), why, typed
	})
}

func (d *Desk) today() string { return d.o.Now().In(window.Zone()).Format(time.DateOnly) }

// findVoid finds today's confirmation by the number printed on her sheet. The
// number comes by the form and goes nowhere.
func (d *Desk) findVoid(w http.ResponseWriter, r *http.Request, s *session) {
	number := strings.Map(func(c rune) rune {
		if c == ' ' || c == '　' || c == '-' {
			return -1
		}
		return c
	}, r.PostFormValue("number"))
	all, err := d.o.Store.Confirmations(d.today(), window.Zone())
	for _, l := range all {
		if err != nil {
			break
		}
		is, wrong := d.o.Store.Numbered(l.Application, number)
		if err = wrong; is {
			http.Redirect(w, r, voidPath(l.Sequence), http.StatusSeeOther)
			return
		}
	}
	if err != nil {
		d.fault(w, r, err)
		return
	}
	d.showVoids(w, r, s, "void-not-found", r.PostFormValue("number"))
}

func voidPath(seq uint64) string { return "/void/" + strconv.FormatUint(seq, 10) }

// voidPage shows one confirmation, and the form if it may be taken back.
func (d *Desk) voidPage(w http.ResponseWriter, r *http.Request, s *session) {
	d.showVoid(w, r, s, "", voidForm{})
}

func (d *Desk) showVoid(w http.ResponseWriter, r *http.Request, s *session, why string, f voidForm) {
	seq, err := strconv.ParseUint(r.PathValue("sequence"), 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	line, err := Voidable(d.o.Store, seq, d.o.Now())
	if errors.Is(err, ErrVoidNone) {
		http.NotFound(w, r)
		return
	}
	not := voidWord(err)
	if err != nil && not == "" {
		d.fault(w, r, err)
		return
	}
	f.Line, f.May = line, err == nil
	d.show(w, r, s, "void", "page", func(p *page) {
		p.Void, p.Error, p.Not = f, why, not
		if why == not {
			p.Not = ""
		}
	})
}

// mostNote bounds what may be said beside a reason, in characters.
const mostNote = 100

// sealVoid takes a confirmation back: the clerk who is signed in, and the head
// of the point by password and code on the same form.
func (d *Desk) sealVoid(w http.ResponseWriter, r *http.Request, s *session) {
	f := voidForm{Reason: r.PostFormValue("reason"), Note: strings.TrimSpace(r.PostFormValue("note")), TakenBack: r.PostFormValue("taken")}
	again := func(why string) { d.showVoid(w, r, s, why, f) }
	v, why := d.readVoid(r, f)
	if why != "" {
		again(why)
		return
	}
	line, err := Voidable(d.o.Store, v.Sequence, d.o.Now())
	if err != nil { // before a code is used up for nothing
		d.refuseVoid(w, r, err, again)
		return
	}
	if v.TakenBack > line.Copies {
		again("void-too-many")
		return
	}
	head, why, err := d.second(r, s, func(m protocol.StaffMember) bool { return m.Role == protocol.StaffHead })
	switch {
	case err != nil:
		d.fault(w, r, err)
		return
	case why == "day-second-other":
		again("void-second-other")
		return
	case why != "":
		again(why)
		return
	}
	at := protocol.TimeOf(d.o.Now())
	v.Clerk, v.Head = store.DayAct{Account: s.ID, At: at, How: s.How}, store.DayAct{Account: head.ID, At: at, How: howOf(r)}
	// Whoever leaves the page now has pressed all the same.
	if err := d.o.Void(context.WithoutCancel(r.Context()), v); err != nil {
		d.refuseVoid(w, r, err, again)
		return
	}
	d.did(r.Context(), drill.Void)
	d.o.Log.Info("desk: a confirmation was taken back", "account", s.ID, "sequence", v.Sequence)
	http.Redirect(w, r, voidPath(v.Sequence), http.StatusSeeOther)
}

// refuseVoid says why it was not taken back. After a fault of the disk nobody
// knows: that is said as every fault is, and never as done.
func (d *Desk) refuseVoid(w http.ResponseWriter, r *http.Request, err error, again func(string)) {
	switch why := voidWord(err); {
	case errors.Is(err, ErrVoidNone):
		http.NotFound(w, r)
	case why != "":
		again(why)
	default:
		d.fault(w, r, err)
	}
}

// readVoid reads the form; why is the key of what is wrong with it.
func (d *Desk) readVoid(r *http.Request, f voidForm) (v Voiding, why string) {
	seq, err := strconv.ParseUint(r.PathValue("sequence"), 10, 64)
	if err != nil {
		return v, "void-none"
	}
	taken, ok := count(f.TakenBack)
	if !ok {
		return v, "day-bad-count"
	}
	if utf8.RuneCountInString(f.Note) > mostNote {
		return v, "day-long-reason"
	}
	for _, reason := range voidReasons(d.o.Status().Rules) {
		if reason.Code == f.Reason {
			if reason.Remark && f.Note == "" {
				return v, "void-remark"
			}
			return Voiding{Sequence: seq, Reason: f.Reason, Note: f.Note, TakenBack: taken}, ""
		}
	}
	return v, "void-reason-none"
}

// voidReasons are the campaign's reasons for a void.
func voidReasons(c *campaign.Campaign) []campaign.Reason {
	if c == nil {
		return nil
	}
	for _, l := range c.Reasons {
		if l.Key == campaign.ReasonsVoid {
			return l.Entries
		}
	}
	return nil
}

// VoidReasons are what may be chosen.
func (p *page) VoidReasons() []campaign.Reason { return voidReasons(p.Status.Rules) }

// Remarked lists the codes that need a note.
func (p *page) Remarked() string {
	var all []string
	for _, r := range p.VoidReasons() {
		if r.Remark {
			all = append(all, r.Code)
		}
	}
	if p.English() {
		return strings.Join(all, ", ")
	}
	return strings.Join(all, "、")
}

// ReasonText names a reason in the language of the page.
func (p *page) ReasonText(r campaign.Reason) string {
	if p.English() && r.En != "" {
		return r.En
	}
	return r.Zh
}

// ScreenNumber is a record's number as the kiosk's last screen shows it.
func (p *page) ScreenNumber(l store.Line) string {
	id := strings.ToUpper(l.ID.String())
	return id[:4] + " " + id[4:8]
}

// mark is a badge: its colour class, its icon and its text.
type mark struct{ Kind, Icon, Text string }

// Mark says how a confirmation stands.
func (p *page) Mark(l store.Line) (m mark, err error) {
	key := "void-stands"
	m = mark{Kind: "done", Icon: "check"}
	switch err := voidable(l); {
	case errors.Is(err, ErrVoidAside):
		m, key = mark{Kind: "must", Icon: "alert"}, "standing-aside"
	case errors.Is(err, ErrVoidDone):
		m, key = mark{Kind: "wait", Icon: "info"}, "void-gone"
	case l.Void != nil:
		m, key = mark{Kind: "must", Icon: "alert"}, "void-stands-x"
	}
	m.Text, err = p.T(key)
	return m, err
}

// VoidNow says how the void of the confirmation shown stands.
func (p *page) VoidNow() (m mark, err error) {
	key := "void-sent-wait"
	m = mark{Kind: "wait", Icon: "clock"}
	switch p.Void.Line.Void.Standing {
	case store.StandsDelivered:
		m, key = mark{Kind: "done", Icon: "check"}, "void-sent-done"
	case store.StandsAside:
		m, key = mark{Kind: "must", Icon: "alert"}, "void-sent-refused"
	}
	m.Text, err = p.T(key)
	return m, err
}

// Standing says how far a record has come.
func (p *page) Standing(l store.Line) (string, error) { return p.T("standing-" + string(l.Standing)) }
