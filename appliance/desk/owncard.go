package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/crypto/argon2"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/identity"
)

// OwnCard is what the desk is told of a card that a member of staff put down.
// Neither is kept: the digest opens a binding, the number refuses a PIN taken
// from it.
type OwnCard struct {
	Digest [sha256.Size]byte
	Number identity.Number
}

// Why no card was read.
var (
	// ErrCardBusy: somebody is served at the box, its reader does not work, or
	// somebody else is asked for her card.
	ErrCardBusy = errors.New("desk: no card can be asked for now")
	// ErrCardNone: nobody put a card down in time.
	ErrCardNone = errors.New("desk: no card was put down")
)

// anybody is the name under which a card that is nobody's counts.
const anybody = "\x00card"

// cardWord is the key of the words for why a card did not do, "" if it is no
// such reason.
func cardWord(err error) string {
	switch {
	case errors.Is(err, ErrCardBusy):
		return "card-busy"
	case errors.Is(err, ErrCardNone):
		return "card-none"
	case errors.Is(err, store.ErrCardLocked):
		return "card-locked"
	}
	return ""
}

// checkCard asks for a card and looks whose it is and whether the PIN is hers.
// Errors: errRefused, errSlow, errLapsed, ErrCardBusy, ErrCardNone,
// store.ErrCardLocked, those of the store.
func (d *Desk) checkCard(ctx context.Context, source, pin string) (protocol.StaffMember, error) {
	var none protocol.StaffMember
	if d.o.OwnCard == nil {
		return none, ErrCardBusy
	}
	l, err := d.o.Store.Staff()
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return none, err
	}
	if err != nil || !d.o.Now().Before(l.Until.Time()) {
		return none, errLapsed
	}
	if d.paces.held(source, anybody) {
		return none, errSlow
	}
	card, err := d.o.OwnCard(ctx)
	if err != nil {
		if !errors.Is(err, ErrCardBusy) { // the screen asked for it, and served nobody meanwhile
			d.paces.may(source, anybody)
		}
		return none, err
	}
	defer clear(card.Digest[:])
	m, name, verifier := none, anybody, ""
	for _, each := range l.Members {
		if (each.Role == protocol.StaffClerk || each.Role == protocol.StaffHead) && each.Card != nil && each.Card.Is(card.Digest) {
			m, name, verifier = each, each.Name, each.Card.PIN
		}
	}
	if !d.paces.may(source, name) {
		return none, errSlow
	}
	if m.ID != "" {
		if err := d.o.Store.TryCard(m.ID); err != nil {
			return none, err
		}
	}
	good, err := d.verify(ctx, string(protocol.CardSecret(card.Digest, pin[:min(len(pin), maxPIN+1)])), verifier)
	if err != nil {
		return none, err
	}
	if !good || m.ID == "" {
		return none, errRefused
	}
	d.paces.succeeded(source, name)
	return m, d.o.Store.CardTrusted(m.ID)
}

// signInByCard takes the form of the sign-in page that asks for card and PIN.
func (d *Desk) signInByCard(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if !d.formGood(r) {
		d.signInAgain(w, r, "signin-stale", http.StatusForbidden)
		return
	}
	m, err := d.checkCard(r.Context(), sourceOf(r), r.PostFormValue("pin"))
	switch word := cardWord(err); {
	case word != "":
		d.signInAgain(w, r, word, http.StatusConflict)
	case errors.Is(err, errRefused):
		d.o.Log.Warn("desk: sign-in by card refused")
		d.signInAgain(w, r, "card-refused", http.StatusUnauthorized)
	case errors.Is(err, errSlow):
		d.o.Log.Warn("desk: too many sign-ins from one machine")
		d.signInAgain(w, r, "signin-slow", http.StatusTooManyRequests)
	case errors.Is(err, errLapsed):
		d.signInAgain(w, r, "signin-lapsed", http.StatusForbidden)
	case err != nil:
		d.fault(w, r, err)
	default:
		d.setCookie(w, d.cookieName(), d.sessions.begin(m, protocol.HowCard), 0)
		d.o.Log.Info("desk: signed in", "account", m.ID)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

// howOf says how a form makes sure of a second person: by her card when a PIN
// was typed, else by password and code.
func howOf(r *http.Request) string {
	if r.PostFormValue("pin") != "" {
		return protocol.HowCard
	}
	return protocol.HowCode
}

// The lengths of a PIN, in digits.
const minPIN, maxPIN = 6, 12

// commonPINs are those people take first, beside rows, repetitions and dates.
var commonPINs = []string{"520520", "521521", "147258", "258369", "147369", "159357", "357159", "789456", "456789", "112233", "223344", "332211",
	"123654", "654123", "321654", "159753", "147852", "741852", "963852", "168168", "518518", "888666", "666888", "131420", "201314", "110110", "114514"}

// pinWrong gives the key of what is wrong with a PIN beside a card, "" if
// nothing is.
func pinWrong(pin string, number identity.Number) string {
	if len(pin) < minPIN || len(pin) > maxPIN || strings.Trim(pin, "0123456789") != "" {
		return "card-pin-short"
	}
	row, repeats := true, false
	for i := 1; i < len(pin); i++ {
		row = row && pin[i]-pin[i-1] == pin[1]-pin[0]
	}
	for n := 1; n <= len(pin)/2; n++ { // 111111, 121212, 123123
		repeats = repeats || len(pin)%n == 0 && strings.Repeat(pin[:n], len(pin)/n) == pin
	}
	if row || repeats || slices.Contains(commonPINs, pin) {
		return "card-pin-common"
	}
	if n := number.Reveal(); strings.Contains(n, pin) || len(n) == 18 && (pin == n[8:14] || pin == n[10:14]+n[6:10] || pin == n[10:14]+n[8:10]) {
		return "card-pin-number" // whoever holds the card reads it there
	}
	return ""
}

// The cost of a PIN's verifier: that of a password (design §6).
const (
	pinMemory = 19 << 10 // KiB
	pinPasses = 2
)

// newStaffCard binds a card and a PIN.
func (d *Desk) newStaffCard(ctx context.Context, card OwnCard, pin string) (protocol.StaffCard, error) {
	c := protocol.StaffCard{At: protocol.TimeOf(d.o.Now()), Salt: make([]byte, protocol.CardSaltSize)}
	salt := make([]byte, 16)
	_, _ = rand.Read(c.Salt) // never fails
	_, _ = rand.Read(salt)
	c.Mark = protocol.CardMark(c.Salt, card.Digest)
	select {
	case d.hash <- struct{}{}:
	case <-ctx.Done():
		return c, ctx.Err()
	}
	defer func() { <-d.hash }()
	sum := argon2.IDKey(protocol.CardSecret(card.Digest, pin), salt, pinPasses, pinMemory, 1, 32)
	enc := base64.RawStdEncoding.EncodeToString
	c.PIN = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, pinMemory, pinPasses, enc(salt), enc(sum))
	return c, nil
}

// mine is the member of staff whose session it is.
func (p *page) mine() (m protocol.StaffMember, ok bool) {
	for _, m := range p.Staff.Members {
		if p.Session != nil && m.ID == p.Session.ID {
			return m, true
		}
	}
	return m, false
}

// OwnCard is her own binding; nil without one.
func (p *page) OwnCard() *protocol.StaffCard {
	if m, ok := p.mine(); ok && m.Card != nil && m.Card.Bound() {
		return m.Card
	}
	return nil
}

// TakesCards reports whether cards of the staff can be asked for.
func (p *page) TakesCards() bool { return p.d.o.OwnCard != nil }

// ByCode reports whether she signed in by password and code.
func (p *page) ByCode() bool { return p.Session.How == protocol.HowCode }

func (d *Desk) card(w http.ResponseWriter, r *http.Request, s *session) {
	d.show(w, r, s, "card", "page", nil)
}

// herself makes sure once more that it is she who sits at her session, by
// password and code: somebody may have left it open, and a card would let that
// other in for ever. why is the key of what is wrong.
func (d *Desk) herself(r *http.Request, s *session) (why string, err error) {
	if d.o.BindCard == nil {
		return "card-busy", nil
	}
	m, err := d.check(r.Context(), sourceOf(r), s.Name, r.PostFormValue("password"), r.PostFormValue("code"))
	switch {
	case errors.Is(err, errRefused), errors.Is(err, errLapsed):
		return "card-self-refused", nil
	case errors.Is(err, errSlow):
		return "signin-slow", nil
	case err == nil && m.ID != s.ID:
		return "card-self-refused", nil
	}
	return "", err
}

// bindCard binds her card to her account: PIN, password and code on the form,
// her card on the reader.
func (d *Desk) bindCard(w http.ResponseWriter, r *http.Request, s *session) {
	again := func(why string) { d.show(w, r, s, "card", "page", func(p *page) { p.Error = why }) }
	pin := r.PostFormValue("pin")
	if why := pinWrong(pin, ""); why != "" {
		again(why)
		return
	}
	if pin != r.PostFormValue("again") {
		again("card-pin-again")
		return
	}
	why, err := d.herself(r, s)
	if err != nil {
		d.fault(w, r, err)
		return
	}
	if why != "" {
		again(why)
		return
	}
	card, err := d.o.OwnCard(r.Context())
	if word := cardWord(err); word != "" {
		again(word)
		return
	}
	if err != nil {
		d.fault(w, r, err)
		return
	}
	defer clear(card.Digest[:])
	if why := pinWrong(pin, card.Number); why != "" {
		again(why)
		return
	}
	if d.others(s, card) {
		again("card-taken")
		return
	}
	bound, err := d.newStaffCard(r.Context(), card, pin)
	if err == nil {
		err = d.sealCard(r, s, bound)
	}
	d.cardSealed(w, r, s, err)
}

// others reports whether a card is bound to somebody else of the point.
func (d *Desk) others(s *session, card OwnCard) bool {
	l, err := d.o.Store.Staff()
	return err == nil && slices.ContainsFunc(l.Members, func(m protocol.StaffMember) bool {
		return m.ID != s.ID && m.Card != nil && m.Card.Is(card.Digest)
	})
}

// dropCard takes her card off.
func (d *Desk) dropCard(w http.ResponseWriter, r *http.Request, s *session) {
	why, err := d.herself(r, s)
	switch {
	case err != nil:
		d.fault(w, r, err)
	case why != "":
		d.show(w, r, s, "card", "page", func(p *page) { p.Error = why })
	default:
		d.cardSealed(w, r, s, d.sealCard(r, s, protocol.StaffCard{At: protocol.TimeOf(d.o.Now())}))
	}
}

// sealCard has the box seal it; whoever leaves the page now has pressed all the
// same.
func (d *Desk) sealCard(r *http.Request, s *session, c protocol.StaffCard) error {
	if l, err := d.o.Store.Staff(); err == nil { // a clock that went back makes no older word
		for _, m := range l.Members {
			if m.ID == s.ID && m.Card != nil {
				c.At = max(c.At, m.Card.At+1)
			}
		}
	}
	by := store.DayAct{Account: s.ID, At: c.At, How: protocol.HowCode}
	role := protocol.AssentClerk
	if s.Role == protocol.StaffHead {
		role = protocol.AssentHead
	}
	return d.o.BindCard(context.WithoutCancel(r.Context()), protocol.OwnCard{Clerk: by.Assent(role), Card: c, Blobs: []protocol.BlobRef{}})
}

func (d *Desk) cardSealed(w http.ResponseWriter, r *http.Request, s *session, err error) {
	switch {
	case errors.Is(err, ErrVoidStopped):
		d.show(w, r, s, "card", "page", func(p *page) { p.Error = "card-stopped" })
	case err != nil:
		d.fault(w, r, err)
	default:
		d.o.Log.Info("desk: a card was bound or taken off", "account", s.ID)
		http.Redirect(w, r, "/card", http.StatusSeeOther)
	}
}
