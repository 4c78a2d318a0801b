package guard

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"
	"time"
)

// turn is what the guard's cookie says of a browser: when she came, when she
// asked last, and how far she has got. Times are of the real clock.
type turn struct {
	kind turnKind
	id   uint64 // drawn when she came; of somebody signed in, of her account
	come time.Time
	seen time.Time
	mark [8]byte // of somebody signed in: of her session, so that the cookie is worth nothing beside another
}

type turnKind byte

const (
	waits    turnKind = 'w' // has a place in the line
	let      turnKind = 'l' // has been let in, and is not signed in
	signedIn turnKind = 's'
)

// How long a turn holds without being used. Who was let in has so long between
// two pages before sign-in, and once she is signed in the portal ends an idle
// session much sooner.
const (
	letHolds    = 10 * time.Minute
	signedHolds = 30 * time.Minute
	renewEvery  = 2 * time.Minute // the cookie is written anew when it is so old
)

const (
	cookieTurn = "zk_ks_turn"
	turnBytes  = 1 + 8 + 8 + 8 + 8
	markBytes  = 16 // of the HMAC
)

func (g *Guard) cookieName() string {
	if g.o.Secure {
		return "__Host-" + cookieTurn
	}
	return cookieTurn
}

// turnOf reads the cookie; a zero turn is none, or one that is not ours, or one
// that does not hold any more.
func (g *Guard) turnOf(r *http.Request, now time.Time) turn {
	ck, err := r.Cookie(g.cookieName())
	if err != nil || len(ck.Value) > 128 {
		return turn{}
	}
	b, err := base64.RawURLEncoding.DecodeString(ck.Value)
	if err != nil || len(b) != turnBytes+markBytes || !hmac.Equal(b[turnBytes:], g.sign(b[:turnBytes])) {
		return turn{}
	}
	t := turn{kind: turnKind(b[0]), id: binary.BigEndian.Uint64(b[1:]),
		come: time.UnixMilli(int64(binary.BigEndian.Uint64(b[9:]))),
		seen: time.UnixMilli(int64(binary.BigEndian.Uint64(b[17:])))}
	copy(t.mark[:], b[25:])
	if t.kind == signedIn {
		// Without her session she is somebody who was let in: she has signed out,
		// or comes by a link from elsewhere, with which a browser sends no session.
		if token := g.o.Session(r); token == "" || t.mark != g.markOf(token) {
			t.kind, t.mark = let, [8]byte{}
		}
	}
	if now.Sub(t.seen) > map[turnKind]time.Duration{waits: g.limits.Absence, let: letHolds, signedIn: signedHolds}[t.kind] {
		return turn{}
	}
	return t
}

// write gives the browser its turn. The cookie opens nothing, and comes along when
// she follows a link from elsewhere: else she would lose her place by it.
func (g *Guard) write(w http.ResponseWriter, t turn) {
	b := make([]byte, turnBytes, turnBytes+markBytes)
	b[0] = byte(t.kind)
	binary.BigEndian.PutUint64(b[1:], t.id)
	binary.BigEndian.PutUint64(b[9:], uint64(t.come.UnixMilli()))
	binary.BigEndian.PutUint64(b[17:], uint64(t.seen.UnixMilli()))
	copy(b[25:], t.mark[:])
	h, name := w.Header(), g.cookieName()
	h["Set-Cookie"] = slices.DeleteFunc(h["Set-Cookie"], func(c string) bool { return strings.HasPrefix(c, name+"=") })
	http.SetCookie(w, &http.Cookie{Name: name, Value: base64.RawURLEncoding.EncodeToString(append(b, g.sign(b)...)),
		Path: "/", Secure: g.o.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func (g *Guard) sign(b []byte) []byte {
	m := hmac.New(sha256.New, g.signing)
	m.Write(b) // a hash never fails
	return m.Sum(nil)[:markBytes]
}

// markOf is what stands for a session in the cookie.
func (g *Guard) markOf(token string) (mark [8]byte) {
	copy(mark[:], g.sign([]byte("session "+token)))
	return mark
}

// newTurn is the turn of somebody who comes now.
func newTurn(now time.Time) turn {
	var b [8]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never returns an error (Go 1.24)
	return turn{kind: waits, id: binary.BigEndian.Uint64(b[:]), come: now, seen: now}
}

// holder is what a request carries so that Vouch can answer.
type holder struct {
	g *Guard
	w http.ResponseWriter
	t turn
}

type holderKey struct{}

// Vouch says that the session with this token stands and whose it is, so that
// the guard lets her go before those who wait. The portal calls it for every
// request of somebody signed in, and when it has signed somebody in, before the
// answer begins. Outside a guard it does nothing.
func Vouch(ctx context.Context, token, account string) {
	h, ok := ctx.Value(holderKey{}).(*holder)
	if !ok || token == "" {
		return
	}
	now := h.g.o.Now()
	t := turn{kind: signedIn, id: binary.BigEndian.Uint64(h.g.sign([]byte("account " + account))), come: now, seen: now, mark: h.g.markOf(token)}
	if h.t.kind == signedIn && h.t.id == t.id && h.t.mark == t.mark && now.Sub(h.t.seen) < renewEvery {
		return
	}
	h.g.write(h.w, t)
	h.t = t
}
