package guard

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// What somebody typed into a form that must wait goes back to her browser inside
// the page that says so, as one hidden field of one new form: sealed, because it
// may hold a password or an ID number, and a page in a computer room is read by
// others. It is bound to the path and to her turn. Sent again it is opened, and
// the portal sees the form as it was, with its own token.
const (
	keptField = "kept"
	keptHolds = 2 * time.Hour
	maxKept   = 64 << 10 // of a form, as the portal takes it
	readSlow  = 15 * time.Second
)

// sealer is the AEAD of kept forms.
func sealer(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // our own mistake: the length is a constant
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// keep seals a form's body.
func (g *Guard) keep(body []byte, path string, t turn, now time.Time) string {
	nonce := make([]byte, g.kept.NonceSize(), g.kept.NonceSize()+8+len(body)+g.kept.Overhead())
	_, _ = rand.Read(nonce) // crypto/rand.Read never returns an error (Go 1.24)
	plain := append(binary.BigEndian.AppendUint64(nil, uint64(now.Unix())), body...)
	return base64.RawURLEncoding.EncodeToString(g.kept.Seal(nonce, nonce, plain, keptFor(path, t)))
}

func keptFor(path string, t turn) []byte { return []byte(path + "\x00" + strconv.FormatUint(t.id, 16)) }

// open gives back the body that keep sealed; nil for what is none of ours.
func (g *Guard) open(body []byte, path string, t turn, now time.Time) []byte {
	value, ok := strings.CutPrefix(string(body), keptField+"=")
	if !ok {
		return nil
	}
	if u, err := url.QueryUnescape(value); err == nil {
		value = u
	}
	sealed, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || len(sealed) < g.kept.NonceSize() {
		return nil
	}
	n := g.kept.NonceSize()
	plain, err := g.kept.Open(nil, sealed[:n], sealed[n:], keptFor(path, t))
	if err != nil || len(plain) < 8 || now.Sub(time.Unix(int64(binary.BigEndian.Uint64(plain)), 0)) > keptHolds {
		return nil
	}
	return plain[8:]
}

// isForm reports whether a request is a plain form, which can be kept.
func isForm(r *http.Request) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return r.Method == http.MethodPost && strings.TrimSpace(kind) == "application/x-www-form-urlencoded"
}

// isUpload reports whether a request may hold a file.
func isUpload(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(strings.TrimSpace(r.Header.Get("Content-Type")), "multipart/form-data")
}

// readForm reads the body of a plain form before a hand is taken, so that who
// sends slowly holds up nobody, and puts it back for the portal. A form that was
// kept is put back as it was first sent. ok is false when the sender has gone or
// is too slow; too large a form is the portal's to refuse.
func (g *Guard) readForm(w http.ResponseWriter, r *http.Request, t turn, now time.Time) (body []byte, ok bool) {
	if r.ContentLength > maxKept*3/2 { // a kept form is base64
		return nil, true
	}
	select {
	case g.reading <- struct{}{}:
		defer func() { <-g.reading }()
	default:
		return nil, false
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readSlow)) // a recorder has none
	body, err := io.ReadAll(io.LimitReader(r.Body, maxKept*3/2+1))
	if err != nil {
		return nil, false
	}
	if was := g.open(body, r.URL.Path, t, now); was != nil {
		body = was
	}
	r.Body = rest{bytes.NewReader(body), r.Body}
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return body, true
}

// rest is a body that was read already.
type rest struct {
	io.Reader
	io.Closer
}
