package broker

import (
	"crypto/subtle"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
)

// Check is asked by the library for every connection, after the TLS handshake
// has verified the certificate against the hub's CA. It is the only place
// where a connection gets rights.
func (b *Broker) Check(c server.ClientAuthentication) bool {
	state := c.GetTLSConnectionState()
	if o := c.GetOpts(); state == nil && o != nil && o.Username == ownUser && subtle.ConstantTimeCompare([]byte(o.Password), []byte(b.secret)) == 1 {
		c.RegisterUser(&server.User{Username: ownUser, Permissions: &server.Permissions{
			Publish:   &server.SubjectPermission{Allow: []string{"$JS.API.STREAM.*." + keptStream}},
			Subscribe: &server.SubjectPermission{Allow: []string{ownReply}},
		}})
		return true
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
	return true
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
