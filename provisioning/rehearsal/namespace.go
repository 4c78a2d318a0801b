package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// HubHost is the address of the hub in a network where boxes stand apart: see
// Apart.
const HubHost = "10.77.0.1"

// Cable joins a box in a network namespace of its own with the hub's.
type Cable struct {
	holder *exec.Cmd      // lives as long as the namespace
	life   io.WriteCloser // its input: it ends with it
	near   string         // the hub's end
	host   string         // the box's address
}

// Host is the box's address.
func (c *Cable) Host() string { return c.host }

// BoxHost is the address of the nth box that stands apart.
func BoxHost(nth int) string { return fmt.Sprintf("10.77.%d.2", nth) }

// Listen listens where the box stands, when the box itself does not.
func (c *Cable) Listen(port string) (net.Listener, error) {
	return within(c.space(), func() (net.Listener, error) { return net.Listen("tcp", net.JoinHostPort(c.host, port)) })
}

func (c *Cable) space() string { return "/proc/" + strconv.Itoa(c.holder.Process.Pid) + "/ns/net" }

// IsolateNetwork gives the present network namespace, which must be nobody
// else's, the address that the hub of a province is reached at, and has it carry
// what boxes of one point say to each other.
func IsolateNetwork(ctx context.Context) error {
	return errors.Join(ips(ctx, "link set lo up", "addr add "+HubHost+"/32 dev lo"), os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644))
}

// Apart puts a box that is not started into a network namespace of its own, the
// nth, joined to the hub's by a cable and nothing else. Whoever stands before it
// is there too. It needs the right to make namespaces.
func (p *Province) Apart(ctx context.Context, name string, nth int) (*Cable, error) {
	b, ok := p.boxes[name]
	if !ok || b.run.running() {
		return nil, fmt.Errorf("no box %s, or it runs", name)
	}
	c := &Cable{holder: exec.Command("cat"), near: "box" + strconv.Itoa(nth), host: BoxHost(nth)}
	c.holder.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}
	var err error
	if c.life, err = c.holder.StdinPipe(); err != nil {
		return nil, err
	}
	if err := c.holder.Start(); err != nil {
		return nil, err
	}
	pid := strconv.Itoa(c.holder.Process.Pid)
	in := c.space()
	net := fmt.Sprintf("10.77.%d", nth) // see BoxHost
	err = ips(ctx, "link add "+c.near+" type veth peer name eth0 netns "+pid, "addr add "+net+".1/24 dev "+c.near, "link set "+c.near+" up")
	for _, step := range []string{"link set lo up", "addr add " + net + ".2/24 dev eth0", "link set eth0 up", "route add default via " + net + ".1"} {
		if err == nil {
			err = command(ctx, "nsenter", append([]string{"--net=" + in, "ip"}, strings.Fields(step)...)...)
		}
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	b.run.args = append([]string{"--net=" + in, b.run.path}, b.run.args...)
	b.run.path = "nsenter"
	b.Person.Client = &http.Client{Timeout: client.Timeout, Transport: &http.Transport{DialContext: dialIn(in)}}
	return c, nil
}

// Cut pulls the cable out at the hub's end; Heal puts it in again.
func (c *Cable) Cut(ctx context.Context) error { return ips(ctx, "link set "+c.near+" down") }

// Heal is the end of a Cut.
func (c *Cable) Heal(ctx context.Context) error { return ips(ctx, "link set "+c.near+" up") }

// Close ends the namespace, when nothing lives in it any more.
func (c *Cable) Close() error { return errors.Join(c.life.Close(), c.holder.Wait()) }

// dialIn dials from within a network namespace.
func dialIn(path string) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		return within(path, func() (net.Conn, error) {
			// One address, no name: nothing is looked up on another thread.
			return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, network, addr)
		})
	}
}

// within does f in a network namespace.
func within[T any](path string, f func() (T, error)) (T, error) {
	type done struct {
		out T
		err error
	}
	out := make(chan done, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread stays in the namespace, and ends with this goroutine
		file, err := os.Open(path)
		if err == nil {
			err = errors.Join(unix.Setns(int(file.Fd()), unix.CLONE_NEWNET), file.Close())
		}
		if err != nil {
			out <- done{err: err}
			return
		}
		got, err := f()
		out <- done{got, err}
	}()
	d := <-out
	return d.out, d.err
}

func ips(ctx context.Context, steps ...string) error {
	for _, s := range steps {
		if err := command(ctx, "ip", strings.Fields(s)...); err != nil {
			return err
		}
	}
	return nil
}

func command(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
