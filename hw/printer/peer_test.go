package printer_test

import (
	"bytes"
	"context"
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

// tool finds a program on PATH or where Debian keeps those of the system.
func tool(name string) (string, error) {
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin") {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not installed", name)
}

// missing skips a test for want of a peer, and fails it where all peers must be.
func missing(t *testing.T, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%v (Debian: cups-ipp-utils, avahi-daemon, dbus)", err)
	}
	t.Skipf("%v (Debian: cups-ipp-utils, avahi-daemon, dbus)", err)
}

// real is Debian's ippeveprinter with a private bus and a private Avahi, which
// it will not start without. Nothing of it is a system service, and all of it
// ends with the test.
type real struct {
	t     *testing.T
	dir   string
	port  int
	spool string
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

// startReal starts it with the formats it shall take.
func startReal(t *testing.T, formats string) *real {
	t.Helper()
	var paths []string
	for _, name := range []string{"dbus-daemon", "avahi-daemon", "unshare", "ippeveprinter"} {
		path, err := tool(name)
		if err != nil {
			missing(t, err)
		}
		paths = append(paths, path)
	}
	// Not t.TempDir: the path of a socket is short.
	dir, err := os.MkdirTemp("", "ipp")
	if err != nil {
		t.Fatal(err)
	}
	r := &real{t: t, dir: dir, spool: filepath.Join(dir, "spool")}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // best effort
	bus := filepath.Join(dir, "bus")
	r.write("bus.conf", fmt.Sprintf(busConf, bus))
	r.write("avahi.conf", avahiConf)
	r.write("command", fmt.Sprintf(command, dir))
	if err := errJoin(os.Mkdir(r.spool, 0o700), os.Mkdir(filepath.Join(dir, "keys"), 0o700), os.Chmod(filepath.Join(dir, "command"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if r.port, err = freePort(); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+bus, "HOME="+dir)

	r.daemon(env, paths[0], "--config-file="+filepath.Join(dir, "bus.conf"), "--nofork", "--nopidfile")
	r.wait("the bus", func() bool { _, err := os.Stat(bus); return err == nil })
	// Avahi keeps its files in /run whatever it is told, so it gets a /run of its
	// own. Where that is not allowed it ends, and the bus alone must do.
	space := []string{"--mount"}
	if os.Geteuid() != 0 {
		space = []string{"--map-root-user", "--mount"}
	}
	avahi := r.daemon(env, paths[2], append(space, "sh", "-c",
		"mount -t tmpfs none /run && exec "+paths[1]+" -f "+filepath.Join(dir, "avahi.conf")+" --no-drop-root --no-chroot --no-rlimits")...)
	r.wait("Avahi", func() bool { return strings.Contains(avahi.text(), "Server startup complete") || avahi.over() })
	ipp := r.daemon(env, paths[3], "-p", strconv.Itoa(r.port), "-n", "localhost", "-d", r.spool, "-k", "-v", "-r", "off", "-K", filepath.Join(dir, "keys"),
		"-f", formats, "-c", filepath.Join(dir, "command"), "conformance")
	r.ipp = ipp
	r.wait("ippeveprinter", func() bool {
		if ipp.over() {
			missing(t, fmt.Errorf("ippeveprinter does not start here: %s / %s", ipp.text(), avahi.text()))
		}
		c, err := net.DialTimeout("tcp", r.addr(), time.Second)
		if err == nil {
			_ = c.Close() // only a knock
		}
		return err == nil
	})
	return r
}

func errJoin(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func (r *real) addr() string { return "localhost:" + strconv.Itoa(r.port) }

// write makes or replaces a file in the directory; "" takes it away.
func (r *real) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if text == "" {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			r.t.Fatal(err)
		}
		return
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *real) wait(what string, ok func() bool) {
	r.t.Helper()
	end := time.Now().Add(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(end) {
			r.t.Fatalf("%s does not start", what)
		}
		<-tick.C
	}
}

// child is one of the rig's programs.
type child struct {
	mu   sync.Mutex // guards out
	out  bytes.Buffer
	done chan struct{}
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
func (r *real) daemon(env []string, path string, args ...string) *child {
	r.t.Helper()
	c := &child{done: make(chan struct{})}
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.Dir = env, c, c, r.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait() // killed by us, or over() tells
		close(c.done)
	}()
	r.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // gone already, perhaps
		select {
		case <-c.done:
		case <-ctx.Done():
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it would not go
			<-c.done
		}
	})
	return c
}

// spooled lists what was kept of a format's files, oldest job first. Empty
// files are ippeveprinter's own.
func (r *real) spooled(ext string) [][]byte {
	r.t.Helper()
	names, err := filepath.Glob(filepath.Join(r.spool, "*"+ext))
	if err != nil {
		r.t.Fatal(err)
	}
	slices.SortFunc(names, func(a, b string) int { return jobOf(a) - jobOf(b) })
	var out [][]byte
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			r.t.Fatal(err)
		}
		if len(b) > 0 {
			out = append(out, b)
		}
	}
	return out
}

func jobOf(path string) int {
	number, _, _ := strings.Cut(filepath.Base(path), "-")
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return n
}
