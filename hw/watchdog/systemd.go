package watchdog

import (
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"zhunkao/hw/fault"
)

// systemd is the service manager, told over its datagram socket (sd_notify(3)).
type systemd struct{ address *net.UnixAddr }

// notifyLimit bounds one message: the socket's queue may be full.
const notifyLimit = 2 * time.Second

func openSystemd() (feeder, Started, error) {
	socket, usec := os.Getenv("NOTIFY_SOCKET"), os.Getenv("WATCHDOG_USEC")
	n, err := strconv.ParseInt(usec, 10, 64)
	if socket == "" || err != nil || n <= 0 || !watched() {
		return nil, Started{}, ErrSystemd
	}
	if rest, abstract := strings.CutPrefix(socket, "@"); abstract {
		socket = "\x00" + rest
	}
	s := &systemd{address: &net.UnixAddr{Name: socket, Net: "unixgram"}}
	if err := s.feed(); err != nil {
		return nil, Started{}, err
	}
	started := Started{Identity: Systemd, Timeout: time.Duration(n) * time.Microsecond}
	// systemd feeds the device; what it knows of the last start is there to read.
	if d, err := ReadState(""); err == nil {
		started.Cause = d.Cause
	}
	return s, started, nil
}

func (s *systemd) notify(message string) error {
	conn, err := net.DialUnix("unixgram", nil, s.address)
	if err == nil {
		err = conn.SetWriteDeadline(time.Now().Add(notifyLimit))
		if err == nil {
			_, err = conn.Write([]byte(message))
		}
		if cl := conn.Close(); err == nil {
			err = cl
		}
	}
	if err != nil {
		return fault.New(fault.Line, "tell systemd "+message, "", err)
	}
	return nil
}

func (s *systemd) feed() error  { return s.notify("WATCHDOG=1") }
func (s *systemd) ready() error { return s.notify("READY=1") }
func (s *systemd) stop() error  { return s.notify("STOPPING=1") }

func ownPID() string { return strconv.Itoa(os.Getpid()) }
