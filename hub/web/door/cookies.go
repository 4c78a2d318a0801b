package door

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"

	"github.com/gin-gonic/gin"
)

// Cookies names and writes the cookies of one entrance. Their names are its
// own, because on loopback every port of a host shares one jar.
type Cookies struct {
	Secure bool   // over TLS: Secure and __Host-
	Key    []byte // signs the token of a guest's form
	Guest  string // Name of the cookie that a guest's form token is bound to
}

// Name is the name of a cookie as the browser keeps it.
func (k Cookies) Name(base string) string {
	if k.Secure {
		return "__Host-" + base
	}
	return base
}

// Read gives the value of a cookie, "" for none or one that is not ours.
func (k Cookies) Read(c *gin.Context, base string) string {
	ck, err := c.Request.Cookie(k.Name(base))
	if err != nil || len(ck.Value) > 256 {
		return ""
	}
	return ck.Value
}

// Set writes a cookie for the life of the browser, or ends it when value is
// empty; keep is its life in seconds, 0 for the browser's.
func (k Cookies) Set(c *gin.Context, base, value string, keep int) {
	if value == "" {
		keep = -1
	}
	http.SetCookie(c.Writer, &http.Cookie{Name: k.Name(base), Value: value, Path: "/", MaxAge: keep,
		Secure: k.Secure, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

// GuestToken gives the form token of somebody not signed in, bound to a random
// cookie that is set if there is none yet.
func (k Cookies) GuestToken(c *gin.Context) string {
	guest := k.Read(c, k.Guest)
	if len(guest) != base64.RawURLEncoding.EncodedLen(guestBytes) {
		var b [guestBytes]byte
		_, _ = rand.Read(b[:]) // crypto/rand.Read never returns an error (Go 1.24)
		guest = base64.RawURLEncoding.EncodeToString(b[:])
		k.Set(c, k.Guest, guest, 0)
	}
	m := hmac.New(sha256.New, k.Key)
	m.Write([]byte("guest form " + guest))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

const guestBytes = 18

// SameToken compares two form tokens; "" equals nothing.
func (k Cookies) SameToken(want, got string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(got)) == 1
}
