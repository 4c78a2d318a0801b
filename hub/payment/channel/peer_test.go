package channel_test

import (
	"crypto/rsa"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/channel/peertest"
	"zhunkao/protocol/window"
)

// peer is the channel's side.
type peer struct {
	*peertest.Peer
	t    *testing.T
	base string
	root string // file
	opts channel.WeChatOptions
}

// newPeer starts a program of testdata that knows our public key and has their own.
func newPeer(t *testing.T, program string, ours, theirs *rsa.PrivateKey, more ...string) *peer {
	t.Helper()
	p := peertest.Start(t, filepath.Join("testdata", program), ours, theirs, more...)
	return &peer{Peer: p, t: t, base: p.Base, root: p.Root}
}

func newKey(t *testing.T) *rsa.PrivateKey { t.Helper(); return peertest.Key(t) }

// turn has the peer do something; its answer goes to got.
func (p *peer) turn(what string, ask map[string]string, got any) { p.Turn(what, ask, got) }

type notice struct{ peertest.Notice }

func (n notice) header() http.Header { return n.HTTP() }

func (p *peer) pay(order, spoil string) notice {
	return notice{p.Pay(map[string]string{"order": order, "spoil": spoil})}
}

var until = time.Date(2019, 9, 20, 17, 0, 0, 0, window.Zone())

func ask(order string) channel.Ask {
	return channel.Ask{Order: order, Fen: 16000, What: "成人高考报名考试费", Until: until}
}
