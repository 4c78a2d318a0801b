package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"

	"github.com/gin-gonic/gin"
)

// cookies names and writes the cookies of this surface. Their names are its
// own, because on loopback every port of a host shares one jar.
type cookies struct {
	secure bool   // over TLS: Secure and __Host-
	key    []byte // signs the token of a guest's form
}

const (
	cookieSession = "zk_gl"       // session token
	cookieGuest   = "zk_gl_guest" // before sign-in: what the form's token is bound to
	cookieLang    = "zk_gl_lang"  // "zh" or "en"
	cookieDesk    = "zk_gl_desk"  // mark of an earlier sign-in: whoever bears it is not held up by others; opens nothing
)

func (k cookies) name(base string) string {
	if k.secure {
		return "__Host-" + base
	}
	return base
}

func (k cookies) read(c *gin.Context, base string) string {
	ck, err := c.Request.Cookie(k.name(base))
	if err != nil || len(ck.Value) > 256 {
		return ""
	}
	return ck.Value
}

// set writes a cookie for the life of the browser, or ends it when value is
// empty; keep is its life in seconds, 0 for the browser's.
func (k cookies) set(c *gin.Context, base, value string, keep int) {
	if value == "" {
		keep = -1
	}
	http.SetCookie(c.Writer, &http.Cookie{Name: k.name(base), Value: value, Path: "/", MaxAge: keep,
		Secure: k.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

// guestToken gives the form token of somebody not signed in, bound to a random
// cookie that is set if there is none yet.
func (k cookies) guestToken(c *gin.Context) string {
	guest := k.read(c, cookieGuest)
	if len(guest) != base64.RawURLEncoding.EncodedLen(guestBytes) {
		var b [guestBytes]byte
		_, _ = rand.Read(b[:]) // crypto/rand.Read never returns an error (Go 1.24)
		guest = base64.RawURLEncoding.EncodeToString(b[:])
		k.set(c, cookieGuest, guest, 0)
	}
	m := hmac.New(sha256.New, k.key)
	m.Write([]byte("guest form " + guest))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

const guestBytes = 18

func (k cookies) sameToken(want, got string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(got)) == 1
}
