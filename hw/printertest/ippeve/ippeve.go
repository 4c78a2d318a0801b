// Package ippeve is Debian's ippeveprinter (cups-ipp-utils) as a peer of tests: an
// IPP printer that somebody else wrote, held, jammed, emptied, aborted and switched
// off from outside. Its bus and its Avahi are private, nothing of it is a service,
// and all of it ends with the test.
//
// What it cannot do: say while it is idle that it has no paper in words that stop a
// driver; its reasons bear "-report" always. Only a job that stands still shows it.
//
// How it fails: where it is not installed the test is skipped, and fails with
// CI=true.
package ippeve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long its parts may take to start.
const patience = 40 * time.Second

// Tool finds a program on PATH or where Debian keeps those of the system.
func Tool(name string) (string, error) {
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin") {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not installed", name)
}

// Missing skips a test for want of a peer, and fails it where all peers must be.
func Missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%v (Debian: cups-ipp-utils, avahi-daemon, dbus)", err)
	}
	t.Skipf("%v (Debian: cups-ipp-utils, avahi-daemon, dbus)", err)
}

// Printer is one ippeveprinter.
type Printer struct {
	t     testing.TB
	dir   string
	port  int
	spool string
	path  string
	args  []string
	env   []string
	avahi *child
	ipp   *child
}

const busConf = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>custom</type><listen>unix:path=%s</listen><auth>ANONYMOUS</auth><allow_anonymous/>
<policy context="default"><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>`

const avahiConf = `[server]
use-ipv6=no
allow-interfaces=lo
[wide-area]
enable-wide-area=no
[publish]
publish-workstation=no
`

// command is what ippeveprinter runs for each job. Files in the directory steer
// it, and what it says on standard error steers the printer.
const command = `#!/bin/sh
cd '%s'
[ -f before ] && cat before >&2
[ -f abort ] && exit 1
i=0
while [ -f hold ] && [ $i -lt 600 ]; do sleep 0.05; i=$((i+1)); done
[ -f after ] && cat after >&2
echo "ATTR: job-impressions=1 job-impressions-completed=1" >&2
exit 0
`

// Start starts it with the formats it shall take.
func Start(t testing.TB, formats string) *Printer {
	t.Helper()
	var paths []string
	for _, name := range []string{"dbus-daemon", "avahi-daemon", "unshare", "ippeveprinter"} {
		path, err := Tool(name)
		if err != nil {
			Missing(t, err)
		}
		paths = append(paths, path)
	}
	// Not t.TempDir: the path of a socket is short.
	dir, err := os.MkdirTemp("", "ipp")
	if err != nil {
		t.Fatal(err)
	}
	p := &Printer{t: t, dir: dir, spool: filepath.Join(dir, "spool"), path: paths[3]}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // best effort
	bus := filepath.Join(dir, "bus")
	p.write("bus.conf", fmt.Sprintf(busConf, bus))
	p.write("avahi.conf", avahiConf)
	p.write("command", fmt.Sprintf(command, dir))
	if err := errors.Join(os.Mkdir(p.spool, 0o700), os.Mkdir(filepath.Join(dir, "keys"), 0o700), os.Chmod(filepath.Join(dir, "command"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if p.port, err = freePort(); err != nil {
		t.Fatal(err)
	}
	p.env = append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+bus, "HOME="+dir)
	p.daemon(paths[0], "--config-file="+filepath.Join(dir, "bus.conf"), "--nofork", "--nopidfile")
	p.wait("the bus", func() bool { _, err := os.Stat(bus); return err == nil })
	// Avahi keeps its files in /run whatever it is told, so it gets a /run of its
	// own. Where that is not allowed it ends, and the bus alone must do.
	space := []string{"--mount"}
	if os.Geteuid() != 0 {
		space = []string{"--map-root-user", "--mount"}
	}
	p.avahi = p.daemon(paths[2], append(space, "sh", "-c",
		"mount -t tmpfs none /run && exec "+paths[1]+" -f "+filepath.Join(dir, "avahi.conf")+" --no-drop-root --no-chroot --no-rlimits")...)
	p.wait("Avahi", func() bool { return strings.Contains(p.avahi.text(), "Server startup complete") || p.avahi.over() })
	p.args = []string{"-p", strconv.Itoa(p.port), "-n", "localhost", "-d", p.spool, "-k", "-v", "-r", "off", "-K", filepath.Join(dir, "keys"),
		"-f", formats, "-c", filepath.Join(dir, "command"), "conformance"}
	p.On()
	return p
}

// On switches it on, at the address it always had. It counts its jobs from 1 anew
// and knows nothing of what it had.
func (p *Printer) On() {
	p.t.Helper()
	p.ipp = p.daemon(p.path, p.args...)
	p.wait("ippeveprinter", func() bool {
		if p.ipp.over() {
			Missing(p.t, fmt.Errorf("ippeveprinter does not start here: %s / %s", p.ipp.text(), p.avahi.text()))
		}
		c, err := net.DialTimeout("tcp", p.Addr(), time.Second)
		if err == nil {
			_ = c.Close() // only a knock
		}
		return err == nil
	})
}

// Off cuts its power, in the middle of whatever it does.
func (p *Printer) Off() {
	p.t.Helper()
	if err := syscall.Kill(-p.ipp.pid, syscall.SIGKILL); err != nil {
		p.t.Fatal(err)
	}
	<-p.ipp.done
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Addr is its host and port.
func (p *Printer) Addr() string { return "localhost:" + strconv.Itoa(p.port) }

// URI is where it prints, Secure the same by TLS with a certificate of its own
// making.
func (p *Printer) URI() string { return "ipp://" + p.Addr() + "/ipp/print" }

// Secure: see URI.
func (p *Printer) Secure() string { return "ipps://" + p.Addr() + "/ipp/print" }

// Log is what it said since it was switched on.
func (p *Printer) Log() string { return p.ipp.text() }

// Hold keeps jobs in processing until release is called; with a reason, a keyword
// of printer-state-reasons, it says why, and that it is over.
func (p *Printer) Hold(reason string) (release func()) {
	p.t.Helper()
	if reason != "" {
		p.write("before", "STATE: +"+reason+"\n")
		p.write("after", "STATE: -"+reason+"\n")
	}
	p.write("hold", "1")
	return func() { p.write("before", ""); p.write("hold", "") }
}

// Abort has jobs given up, or not any more.
func (p *Printer) Abort(on bool) { p.write("abort", map[bool]string{true: "1"}[on]) }

// write makes or replaces a file in the directory; "" takes it away.
func (p *Printer) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if text == "" {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			p.t.Fatal(err)
		}
		return
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *Printer) wait(what string, ok func() bool) {
	p.t.Helper()
	end := time.Now().Add(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(end) {
			p.t.Fatalf("%s does not start", what)
		}
		<-tick.C
	}
}

// child is one of the rig's programs.
type child struct {
	pid  int
	done chan struct{}

	mu  sync.Mutex // guards out
	out bytes.Buffer
}

func (c *child) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.Write(b)
}

func (c *child) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.String()
}

func (c *child) over() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// daemon starts a program that is ended, with its children, when the test is.
func (p *Printer) daemon(path string, args ...string) *child {
	p.t.Helper()
	c := &child{done: make(chan struct{})}
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.Dir = p.env, c, c, p.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	c.pid = cmd.Process.Pid
	go func() {
		_ = cmd.Wait() // killed by us, or over() tells
		close(c.done)
	}()
	p.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = syscall.Kill(-c.pid, syscall.SIGTERM) // gone already, perhaps
		select {
		case <-c.done:
		case <-ctx.Done():
			_ = syscall.Kill(-c.pid, syscall.SIGKILL) // it would not go
			<-c.done
		}
	})
	return c
}

// Spooled lists what was kept of a format's files, ".pdf" or ".pwg", the first to
// come first. Empty files are ippeveprinter's own.
func (p *Printer) Spooled(ext string) (out [][]byte) {
	p.t.Helper()
	type file struct {
		path string
		at   time.Time
	}
	var all []file
	names, err := filepath.Glob(filepath.Join(p.spool, "*"+ext))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			p.t.Fatal(err)
		}
		all = append(all, file{name, info.ModTime()})
	}
	slices.SortFunc(all, func(a, b file) int { return a.at.Compare(b.at) })
	for _, f := range all {
		b, err := os.ReadFile(f.path)
		if err != nil {
			p.t.Fatal(err)
		}
		if len(b) > 0 {
			out = append(out, b)
		}
	}
	return out
}
