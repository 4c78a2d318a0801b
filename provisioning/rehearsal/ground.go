package rehearsal

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"zhunkao/hub/broker"
	"zhunkao/hub/datadir"
	"zhunkao/hub/fleet"
	"zhunkao/hub/keys"
)

// Ground is what a province stands on.
type Ground struct {
	Database string // URL of a fresh PostgreSQL database; "" is SQLite in the hub's folder
	// Group has two hubs on that database, and Mosquitto as the broker of both,
	// which hands each message to one of them.
	Group bool
	// Host is the address at which boxes find the hub; "" is this machine's own.
	Host string
	// Late has the clock take the close for so much later than it is: its move to a
	// minute before the close leads past it.
	Late time.Duration
	// Payments has the payment companies beside it, with which the hubs sign.
	Payments bool
	// Hears is where these send their notices, which hands them on; "" is the first hub.
	Hears string
}

// hubd is one hub.
type hubd struct {
	*program
	data string   // folder
	addr string   // of its pages
	args []string // without what Inject puts before them
}

// ErrNoMosquitto says that the broker which a Group needs is not on this
// machine.
var ErrNoMosquitto = errors.New("no mosquitto on this machine (apt install mosquitto)")

// lay prepares the hubs, and the broker of a Group.
func (p *Province) lay(g Ground) error {
	n := 1
	var outside []string
	if g.Group {
		n = 2
		if err := p.startMosquitto(); err != nil {
			return err
		}
		outside = []string{"--broker", "tls://" + p.mqtt, "--broker-shared", "hub", "--advertise", p.mqtt}
	}
	for i := range n {
		h := &hubd{program: &program{name: "hubd", log: p.in("hub.log"), path: filepath.Join(p.Bin, "hubd"), env: p.Env()}, data: p.in("hub")}
		if i > 0 {
			h.name, h.log, h.data = fmt.Sprintf("hubd %d", i+1), p.in(fmt.Sprintf("hub%d.log", i+1)), p.in(fmt.Sprintf("hub%d", i+1))
			if err := p.twin(h.data); err != nil {
				return err
			}
		}
		addrs, err := freeAddrs(3)
		if err != nil {
			return err
		}
		h.addr = addrs[0]
		if g.Host != "" {
			_, port, err := net.SplitHostPort(addrs[2])
			if err != nil {
				return err
			}
			addrs[2] = net.JoinHostPort(g.Host, port)
		}
		h.args = append([]string{"--data", h.data, "--listen", addrs[0], "--door", addrs[1], "--mqtt", addrs[2], "--demo-clock", p.in("clock.sock")}, outside...)
		h.program.args = h.args
		if !g.Group {
			p.mqtt = addrs[2]
		}
		p.hubs = append(p.hubs, h)
	}
	if g.Payments {
		if err := p.signWithCompanies(g.Hears); err != nil {
			return err
		}
		for _, h := range p.hubs {
			h.program.args = h.args
		}
	}
	return nil
}

// twin makes the folder of a further hub: all it needs is the keys.
func (p *Province) twin(data string) error {
	to := datadir.Dir(data).Keys()
	if err := os.CopyFS(to, os.DirFS(datadir.Dir(p.in("hub")).Keys())); err != nil {
		return err
	}
	return Private(data)
}

// Env is what hub and hubctl are told beside their arguments.
func (p *Province) Env() []string { return []string{"HUBD_DATABASE=" + p.database} }

// Group reports whether several hubs work together.
func (p *Province) Group() bool { return len(p.hubs) > 1 }

// Database is the URL of the database.
func (p *Province) Database() string { return p.database }

// Data lists the folders of the hubs.
func (p *Province) Data() []string {
	var out []string
	for _, h := range p.hubs {
		out = append(out, h.data)
	}
	return out
}

// Pages is the host and port of the pages of hub n, from 1.
func (p *Province) Pages(n int) (string, error) {
	if n < 1 || n > len(p.hubs) {
		return "", fmt.Errorf("there is no hub %d", n)
	}
	return p.hubs[n-1].addr, nil
}

// Messages asks every running hub how many messages of boxes it has heard.
func (p *Province) Messages(ctx context.Context) ([]uint64, error) {
	var out []uint64
	for _, h := range p.hubs {
		if !h.running() {
			continue
		}
		var counts struct{ Messages uint64 }
		if err := askAt(ctx, h, "/counts", &counts); err != nil {
			return nil, err
		}
		out = append(out, counts.Messages)
	}
	return out, nil
}

// asked is the first hub that runs, else the first.
func (p *Province) asked() *hubd {
	for _, h := range p.hubs {
		if h.running() {
			return h
		}
	}
	return p.hubs[0]
}

// each calls f for the hubs of the given numbers, from 1; none is every one.
func (p *Province) each(which []int, f func(*hubd) error) error {
	if len(which) == 0 {
		for i := range p.hubs {
			which = append(which, i+1)
		}
	}
	for _, n := range which {
		if n < 1 || n > len(p.hubs) {
			return Stop(fmt.Errorf("there is no hub %d", n))
		}
		if err := f(p.hubs[n-1]); err != nil {
			return err
		}
	}
	return nil
}

// StartHub starts hubs, every one when no number is given, and waits until
// their pages answer.
func (p *Province) StartHub(ctx context.Context, which ...int) error {
	return p.each(which, func(h *hubd) error {
		if err := h.start(); err != nil {
			return err
		}
		return answers(ctx, h.program, "http://"+h.addr+"/gl")
	})
}

// StopHub ends hubs in order; KillHub is their power cut.
func (p *Province) StopHub(which ...int) error {
	return p.each(which, func(h *hubd) error { return h.stop() })
}

// KillHub ends hubs as a power cut would, and returns when their folders are
// free again: under Inject a hub is a grandchild, which nobody waits for.
func (p *Province) KillHub(ctx context.Context, which ...int) error {
	return p.each(which, func(h *hubd) error {
		if err := h.kill(); err != nil {
			return err
		}
		return Until(ctx, Wait, func() error {
			lock, err := datadir.Dir(h.data).Lock()
			if err != nil {
				return err
			}
			return lock.Release()
		})
	})
}

// EachBoxes asks every running hub for its boxes.
func (p *Province) EachBoxes(ctx context.Context) ([][]fleet.Box, error) {
	var out [][]fleet.Box
	for _, h := range p.hubs {
		if !h.running() {
			continue
		}
		boxes, err := boxesOf(ctx, h)
		if err != nil {
			return nil, err
		}
		out = append(out, boxes)
	}
	return out, nil
}

// startMosquitto starts a Mosquitto as hub/README.md asks of an external
// broker: certificates of the hub's CA on both sides, and rights by common name.
func (p *Province) startMosquitto() error {
	path, err := exec.LookPath("mosquitto")
	if err != nil {
		path = "/usr/sbin/mosquitto"
	}
	if _, err := os.Stat(path); err != nil {
		return ErrNoMosquitto
	}
	ring, err := keys.Open(datadir.Dir(p.in("hub")).Keys(), keys.Options{})
	if err != nil {
		return err
	}
	addrs, err := freeAddrs(1)
	if err != nil {
		return err
	}
	p.mqtt = addrs[0]
	conf, err := p.mosquittoFiles(ring)
	if err != nil {
		return err
	}
	p.broker = &program{name: "mosquitto", path: path, log: p.in("mosquitto.log"), args: []string{"-c", conf}}
	if err := p.broker.start(); err != nil {
		return err
	}
	own, err := ring.IssueClient(broker.HubName)
	if err != nil {
		return err
	}
	return Until(context.Background(), Wait, func() error {
		if err := p.broker.dead(); err != nil {
			return Stop(fmt.Errorf("%w\n%s", err, p.broker.tail()))
		}
		c, err := tls.Dial("tcp", p.mqtt, &tls.Config{RootCAs: ring.Pool(), Certificates: []tls.Certificate{own}})
		if err != nil {
			return err
		}
		return c.Close()
	})
}

// mosquittoFiles writes what the broker needs and returns its configuration.
func (p *Province) mosquittoFiles(ring *keys.Ring) (string, error) {
	host, port, err := net.SplitHostPort(p.mqtt)
	if err != nil {
		return "", err
	}
	cert, err := ring.IssueServer(host)
	if err != nil {
		return "", err
	}
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		return "", err
	}
	dir := p.in("mosquitto")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	block := func(kind string, b []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}) }
	conf := filepath.Join(dir, "mosquitto.conf")
	for name, b := range map[string][]byte{
		"ca.pem": block("CERTIFICATE", ring.CA().Raw), "cert.pem": block("CERTIFICATE", cert.Certificate[0]), "key.pem": block("PRIVATE KEY", key),
		"acl": []byte("user " + broker.HubName + "\ntopic readwrite zhunkao/1/#\npattern write zhunkao/1/up/%u/+\npattern read zhunkao/1/down/%u/+\n"),
		"mosquitto.conf": fmt.Appendf(nil, `user root
listener %s %s
cafile %[3]s/ca.pem
certfile %[3]s/cert.pem
keyfile %[3]s/key.pem
require_certificate true
use_identity_as_username true
tls_version tlsv1.3
acl_file %[3]s/acl
`, port, host, dir)} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return "", err
		}
	}
	return conf, nil
}
