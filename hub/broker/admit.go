package broker

import (
	"crypto/subtle"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Check is asked by the library for every connection, after the TLS handshake
// has verified the certificate against the hub's CA. It is the only place
// where a connection gets rights.
func (b *Broker) Check(c server.ClientAuthentication) bool {
	state := c.GetTLSConnectionState()
	if o := c.GetOpts(); state == nil && o != nil && subtle.ConstantTimeCompare([]byte(o.Password), []byte(b.secret)) == 1 {
		return b.checkOwn(c, o.Username)
	}
	if state == nil || len(state.VerifiedChains) == 0 || len(state.PeerCertificates) == 0 {
		return false
	}
	cert := state.PeerCertificates[0]
	name := cert.Subject.CommonName
	if name == HubName {
		// The permissions of a nil User are "all"; the hub's certificate is
		// made by the hub for itself and never leaves its memory.
		c.RegisterUser(&server.User{Username: HubName})
		return true
	}
	// The name is that of a certificate which the hub made, so there are no more
	// counts than boxes.
	if may, tell := b.mayTry(name); !may {
		if tell {
			b.opts.Log.Warn("box connects too often and has to wait", "worker", "broker", "box", name, "remote", remoteHost(c))
		}
		return false
	}
	if err := b.opts.Admit(name, cert); err != nil {
		b.opts.Log.Warn("box refused at the broker", "worker", "broker", "reason", err.Error(), "remote", remoteHost(c))
		return false
	}
	publish, subscribe := b.opts.Topics(name)
	c.RegisterUser(&server.User{
		Username: name,
		Permissions: &server.Permissions{
			Publish:   &server.SubjectPermission{Allow: []string{subject(publish)}},
			Subscribe: &server.SubjectPermission{Allow: []string{subject(subscribe)}},
		},
	})
	b.enter(name, c.GetID())
	// Who was revoked since the first question was not among those cut then.
	if err := b.opts.Admit(name, cert); err != nil {
		b.Disconnect(name)
		return false
	}
	return true
}

// checkOwn lets in what knows the secret: a connection inside this process.
func (b *Broker) checkOwn(c server.ClientAuthentication, name string) bool {
	own, hears := &server.SubjectPermission{}, &server.SubjectPermission{}
	switch name {
	case ownUser:
		for _, s := range streams {
			own.Allow = append(own.Allow, "$JS.API.STREAM.*."+s.name)
		}
		hears.Allow = []string{ownReply}
	case tapUser:
		own.Deny = []string{">"} // it listens only
	default:
		return false
	}
	c.RegisterUser(&server.User{Username: name, Permissions: &server.Permissions{Publish: own, Subscribe: hears}})
	return true
}

// A box may connect connectBurst times at once and then once every
// connectEvery. One whose line comes and goes needs fewer; but each connection
// can leave a session and a reader of messages behind, which the library keeps
// for a while for who comes back.
const (
	connectBurst = 120
	connectEvery = time.Second
)

// tries is how often a box may still connect.
type tries struct {
	left int
	at   time.Time // when left was right
	told bool      // that it has to wait
}

// mayTry counts one connection of a box. tell is true for the first one that
// has to wait.
func (b *Broker) mayTry(box string) (may, tell bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	t, known := b.tries[box]
	if !known {
		t = &tries{left: connectBurst, at: now}
		b.tries[box] = t
	}
	more := int(now.Sub(t.at) / connectEvery)
	t.at = t.at.Add(time.Duration(more) * connectEvery)
	t.left = min(t.left+more, connectBurst)
	if t.left > 0 {
		t.left, t.told = t.left-1, false
		return true, false
	}
	tell = !t.told
	t.told = true
	return false, tell
}

func remoteHost(c server.ClientAuthentication) string {
	if a := c.RemoteAddress(); a != nil {
		return a.String()
	}
	return ""
}

// subject writes an MQTT topic filter in the library's own form. The filters
// hold no dots and no blanks: they are made of constant words and box ids.
func subject(filter string) string {
	return strings.NewReplacer("/", ".", "+", "*").Replace(filter)
}

// enter remembers a connection, so that Disconnect can cut it, and cuts the
// oldest ones of a box that holds too many.
func (b *Broker) enter(box string, id uint64) {
	b.mu.Lock()
	ids := append(b.sessions[box], id)
	var old []uint64
	if n := len(ids) - sessionsPerBox; n > 0 {
		old, ids = ids[:n:n], ids[n:]
	}
	b.sessions[box] = ids
	b.mu.Unlock()
	b.cut(old)
}

// Disconnect cuts every connection of a box at once. Whether it may come back
// is for Admit to say.
func (b *Broker) Disconnect(box string) {
	b.mu.Lock()
	ids := b.sessions[box]
	delete(b.sessions, box)
	b.mu.Unlock()
	b.cut(ids)
}

// cut closes connections; one that is gone already is no error. The library
// calls Check with its own locks free, so this may run inside it, but closing
// another connection can wait for that one's flush, hence the goroutine.
func (b *Broker) cut(ids []uint64) {
	for _, id := range ids {
		go func() { _ = b.srv.DisconnectClientByID(id) }() // an unknown id: gone already
	}
}
