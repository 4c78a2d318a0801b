package watchdog

import (
	"bytes"
	"errors"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"zhunkao/hw/fault"
)

// Cause is why the machine started last, as far as the watchdog knows.
type Cause uint32

// The causes, the bits of WDIOC_GETBOOTSTATUS. Many drivers know only
// CauseWatchdog, and softdog knows none: CauseUnknown is also what an ordinary
// start looks like.
const (
	CauseUnknown    Cause = 0
	CauseOverheat   Cause = 0x01
	CauseFan        Cause = 0x02
	CauseExternal1  Cause = 0x04
	CauseExternal2  Cause = 0x08
	CausePowerUnder Cause = 0x10
	CauseWatchdog   Cause = 0x20 // starved: the watchdog reset the machine
	CausePowerOver  Cause = 0x40
)

// String gives the cause's word; of several the one to act upon first.
func (c Cause) String() string {
	for _, k := range []struct {
		bit  Cause
		word string
	}{
		{CauseWatchdog, "watchdog"}, {CausePowerUnder, "power-under"}, {CausePowerOver, "power-over"},
		{CauseOverheat, "overheat"}, {CauseFan, "fan"}, {CauseExternal1, "external-1"}, {CauseExternal2, "external-2"},
	} {
		if c&k.bit != 0 {
			return k.word
		}
	}
	return "unknown"
}

// device is /dev/watchdog, armed.
type device struct{ fd int }

// openDevice opens and thereby arms the device. It is fed at once, because the
// boot loader may have armed it long ago.
func openDevice(path string, timeout time.Duration) (feeder, Started, error) {
	if watched() {
		return nil, Started{}, ErrTwoFeeders
	}
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, Started{}, openFault(path, err)
	}
	d := &device{fd: fd}
	info, err := unix.IoctlGetWatchdogInfo(fd)
	if err != nil {
		return nil, Started{}, errors.Join(fault.New(fault.Absent, "open "+path, "no watchdog", err), unix.Close(fd))
	}
	s := Started{Identity: string(bytes.TrimRight(info.Identity[:], "\x00"))}
	// Not all can be set; what it is is asked anyway.
	_ = d.number(unix.WDIOC_SETTIMEOUT, int32((timeout+time.Second-1)/time.Second), nil)
	var seconds, boot int32
	if err := d.number(unix.WDIOC_GETTIMEOUT, 0, &seconds); err != nil || seconds <= 0 {
		return nil, Started{}, errors.Join(fault.New(fault.Unsupported, "open "+path, "it tells no timeout", err), d.stop())
	}
	s.Timeout = time.Duration(seconds) * time.Second
	if err := d.number(unix.WDIOC_GETBOOTSTATUS, 0, &boot); err == nil && boot > 0 { // some answer -1
		s.Cause = Cause(boot)
	}
	if err := d.feed(); err != nil {
		return nil, Started{}, errors.Join(err, d.stop())
	}
	return d, s, nil
}

func openFault(path string, err error) error {
	word := fault.Line
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		word = fault.Absent
	case errors.Is(err, unix.EBUSY):
		word = fault.Busy // another feeder: systemd, perhaps
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		word = fault.Denied
	}
	return fault.New(word, "open "+path, "", err)
}

// number passes a C int both ways. The ioctl helpers of x/sys pass a Go int,
// which is another size, and SETTIMEOUT has none.
func (d *device) number(request uint, in int32, out *int32) error {
	value := in
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(d.fd), uintptr(request), uintptr(unsafe.Pointer(&value))); errno != 0 {
		return errno
	}
	if out != nil {
		*out = value
	}
	return nil
}

func (d *device) feed() error {
	err := unix.IoctlWatchdogKeepalive(d.fd)
	if errors.Is(err, unix.ENOTTY) || errors.Is(err, unix.EOPNOTSUPP) {
		_, err = unix.Write(d.fd, []byte{0})
	}
	if err != nil {
		return fault.New(fault.Device, "feed the watchdog", "", err)
	}
	return nil
}

func (d *device) ready() error { return nil }

// stop disarms: the magic V, without which the kernel takes the closing for a
// death.
func (d *device) stop() error {
	_, err := unix.Write(d.fd, []byte("V"))
	if err = errors.Join(err, unix.Close(d.fd)); err != nil {
		return fault.New(fault.Device, "stop the watchdog", "", err)
	}
	return nil
}

// watched says whether systemd expects this very program to report.
func watched() bool {
	pid := os.Getenv("WATCHDOG_PID")
	return os.Getenv("WATCHDOG_USEC") != "" && (pid == "" || pid == ownPID())
}
