package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 as every authenticator speaks it; an HMAC asks for no collision resistance
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// errRefused says that name, password and code do not go together, and nothing
// more; errSlow that there were too many tries; errLapsed that the hub has not
// been heard for too long.
var (
	errRefused = errors.New("desk: sign-in refused")
	errSlow    = errors.New("desk: too many attempts")
	errLapsed  = errors.New("desk: what the hub said of the staff has lapsed")
)

const maxPassword = 256 // bytes, as at the hub

// check looks at name, password and code. Every try costs one derivation,
// whichever was wrong. Errors: errRefused, errSlow, errLapsed, those of the store.
func (d *Desk) check(ctx context.Context, source, name, password, code string) (protocol.StaffMember, error) {
	var none protocol.StaffMember
	name = strings.ToLower(strings.TrimSpace(name))
	if !d.paces.may(source, name) {
		return none, errSlow
	}
	l, err := d.o.Store.Staff()
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return none, err
	}
	if err != nil || !d.o.Now().Before(l.Until.Time()) {
		return none, errLapsed
	}
	var m protocol.StaffMember
	for _, each := range l.Members {
		if each.Name == name && (each.Role == protocol.StaffClerk || each.Role == protocol.StaffHead) {
			m = each
		}
	}
	good, err := d.verify(ctx, password, m.Verifier)
	if err != nil {
		return none, err
	}
	step, known := acceptedStep(m.Secret, code, d.o.Real())
	if !good || !known || m.ID == "" || len(password) > maxPassword {
		return none, errRefused
	}
	if err := d.o.Store.UseCode(m.ID, step); errors.Is(err, store.ErrCodeUsed) {
		return none, errRefused
	} else if err != nil {
		return none, err
	}
	d.paces.succeeded(source, name)
	return m, d.o.Store.CardTrusted(m.ID)
}

// verify reports whether password makes the verifier. For what is none it does
// the work of one: nobody's.
func (d *Desk) verify(ctx context.Context, password, verifier string) (bool, error) {
	salt, want, memory, passes, lanes, ok := parseVerifier(verifier)
	if !ok {
		salt, want, memory, passes, lanes = make([]byte, 16), nil, 19<<10, 2, 1
	}
	select {
	case d.hash <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	defer func() { <-d.hash }()
	got := argon2.IDKey([]byte(password[:min(len(password), maxPassword+1)]), salt, passes, memory, lanes, 32)
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// parseVerifier reads the PHC string format. It bounds what a verifier may ask
// of this board: more than 64 MiB or 8 passes is refused.
func parseVerifier(s string) (salt, sum []byte, memory, passes uint32, lanes uint8, ok bool) {
	var version int
	f := strings.Split(s, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" {
		return nil, nil, 0, 0, 0, false
	}
	_, err0 := fmt.Sscanf(f[2]+"$"+f[3], "v=%d$m=%d,t=%d,p=%d", &version, &memory, &passes, &lanes)
	salt, err1 := base64.RawStdEncoding.DecodeString(f[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(f[5])
	ok = errors.Join(err0, err1, err2) == nil && version == argon2.Version && len(sum) == 32 && len(salt) >= 8 && len(salt) <= 64 &&
		memory > 0 && memory <= 64<<10 && passes > 0 && passes <= 8 && lanes > 0 && lanes <= 4
	return salt, sum, memory, passes, lanes, ok
}

const codeStep = 30 // seconds (RFC 6238)

// acceptedStep finds the step whose code was typed: the one of now, the one
// before and the one after. Every step is compared, so that the time tells
// nothing.
func acceptedStep(key []byte, typed string, now time.Time) (step int64, ok bool) {
	typed = strings.NewReplacer(" ", "", "　", "").Replace(typed)
	at := now.Unix() / codeStep
	for s := at - 1; s <= at+1; s++ {
		if subtle.ConstantTimeCompare([]byte(codeAt(key, s)), []byte(typed)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

func codeAt(key []byte, step int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	m := hmac.New(sha1.New, key)
	m.Write(counter[:]) // a hash never fails
	sum := m.Sum(nil)
	n := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&15:]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%1_000_000)
}

// paces slow guessing. One name from one machine waits after five failures,
// one machine after twenty whatever the names. A name is never slowed for
// another machine, so nobody locks a colleague out from elsewhere. In memory: a
// restart forgives, and takes longer than the pauses it saves.
type paces struct {
	mono func() time.Duration
	mu   sync.Mutex // guards all
	all  map[string]failures
}

type failures struct {
	n    int
	last time.Duration
}

const (
	freeOwn, freeSource = 5, 20
	firstPause          = 30 * time.Second
	mostPause           = 15 * time.Minute
	lapseAfter          = 2 * time.Hour
	mostFailures        = 4096
)

func newPaces(mono func() time.Duration) *paces {
	return &paces{mono: mono, all: map[string]failures{}}
}

func (p *paces) keys(source, name string) (own, whole string) { return source + "\x00" + name, source }

// held reports whether a try must wait. It counts none.
func (p *paces) held(source, name string) bool {
	own, whole := p.keys(source, name)
	now := p.mono()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.waits(own, freeOwn, now) || p.waits(whole, freeSource, now)
}

// may counts a try as failed, unless it must wait.
func (p *paces) may(source, name string) bool {
	own, whole := p.keys(source, name)
	now := p.mono()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waits(own, freeOwn, now) || p.waits(whole, freeSource, now) {
		return false
	}
	if len(p.all) >= mostFailures {
		for k, f := range p.all {
			if now-f.last >= mostPause {
				delete(p.all, k)
			}
		}
		if len(p.all) >= mostFailures {
			return false
		}
	}
	for _, k := range []string{own, whole} {
		f := p.all[k]
		if now-f.last >= lapseAfter {
			f.n = 0
		}
		p.all[k] = failures{f.n + 1, now}
	}
	return true
}

func (p *paces) waits(key string, free int, now time.Duration) bool {
	f := p.all[key]
	if f.n < free || now-f.last >= lapseAfter {
		return false
	}
	pause := firstPause
	for i := free; i < f.n && pause < mostPause; i++ {
		pause *= 2
	}
	return now-f.last < min(pause, mostPause)
}

func (p *paces) succeeded(source, name string) {
	own, whole := p.keys(source, name)
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, own)
	if f := p.all[whole]; f.n > 1 {
		p.all[whole] = failures{f.n - 1, f.last}
	} else {
		delete(p.all, whole)
	}
}

func sourceOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// signIn takes the form of the sign-in page.
func (d *Desk) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if !d.formGood(r) {
		d.signInAgain(w, r, "signin-stale", http.StatusForbidden)
		return
	}
	m, err := d.check(r.Context(), sourceOf(r), r.PostFormValue("name"), r.PostFormValue("password"), r.PostFormValue("code"))
	switch {
	case errors.Is(err, errRefused):
		d.o.Log.Warn("desk: sign-in refused")
		d.signInAgain(w, r, "signin-refused", http.StatusUnauthorized)
	case errors.Is(err, errSlow):
		d.o.Log.Warn("desk: too many sign-ins from one machine")
		d.signInAgain(w, r, "signin-slow", http.StatusTooManyRequests)
	case errors.Is(err, errLapsed):
		d.signInAgain(w, r, "signin-lapsed", http.StatusForbidden)
	case err != nil:
		d.fault(w, r, err)
	default:
		d.setCookie(w, d.cookieName(), d.sessions.begin(m, protocol.HowCode), 0)
		d.o.Log.Info("desk: signed in", "account", m.ID)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

func (d *Desk) signOut(w http.ResponseWriter, r *http.Request, s *session) {
	d.sessions.end(s)
	d.setCookie(w, d.cookieName(), "", -1)
	d.o.Log.Info("desk: signed out", "account", s.ID)
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}
