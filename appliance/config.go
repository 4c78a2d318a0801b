package appliance

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"zhunkao/hw/idcard"
	"zhunkao/hw/keystore"
	"zhunkao/hw/panel"
	"zhunkao/protocol/democlock"
)

// DefaultListen is where the applicant's screen is served: loopback only.
const DefaultListen = "127.0.0.1:8602"

// DefaultStickMount is where a stick is mounted: on no disk.
const DefaultStickMount = "/run/zhunkao/stick"

// Config is all that a box needs to be told.
type Config struct {
	// Data is the directory of the store; the keys lie in its folder "keys".
	// Required.
	Data string
	// KeyStore is what must guard the keys; "" takes what the box was enrolled
	// with.
	KeyStore keystore.Kind
	// TPM is the TPM's device or unix socket; "" is keystore.DefaultTPM.
	TPM string
	// Listen is the loopback address of the screen; "" is DefaultListen, port
	// 0 takes a free one.
	Listen string
	// Desk is where the clerk's desk is served, host:port; "" serves none. On a
	// loopback address it is plain http; anywhere else it is TLS, and DeskNames
	// are the addresses and names that the hub certifies it for (see
	// protocol.DeskNameAllowed): by them, and no others, clerks open it.
	Desk      string
	DeskNames []string
	// Reader is the port of the ID reader: a device, a pty, tcp://host:port.
	// Required unless Cards is set.
	Reader string
	// ReaderPower says how a reader that answers at no speed is switched off and
	// on: PowerUSB takes its USB device off the bus and puts it back, which needs
	// the right to; "" leaves it to a person.
	ReaderPower string
	// Cards gives the events of a reader that somebody else runs. nil: the box
	// runs its own on Reader.
	Cards <-chan idcard.Event

	// Camera is the source of the camera: /dev/v4l/by-path/… or http://…; "" if
	// the box has none, and no photo is taken.
	Camera string
	// Printer is the address of the printer, ipp://host:port/ipp/print; "" if the
	// box has none, and no sheet is printed.
	Printer string
	// Fonts is the directory of the fonts of sheets; "" is where "make fonts"
	// puts them. Without them a small font inside the program serves.
	Fonts string
	// Voice offers spoken prompts; Recordings is the directory of recorded ones,
	// "" if there are none: espeak-ng speaks.
	Voice      bool
	Recordings string
	// Panel says what lamps, buttons and contacts the front has; empty if none.
	Panel panel.Wiring
	// Watchdog is the device that resets the machine unless it is fed, or
	// watchdog.Systemd; "" leaves the machine unwatched.
	Watchdog string
	// Stick is the disk of the one USB port whose stick takes the journal of
	// records, /dev/disk/by-path/…; "" if there is none. StickMount is the directory
	// it is mounted in; "" is DefaultStickMount.
	Stick      string
	StickMount string
	// Browser is the browser that shows the screen, kept alive by the box; ""
	// leaves that to others. Arguments are added to its own; Profiles is a
	// directory on a memory file system, "" is /run/zhunkao.
	Browser   string
	Arguments []string
	Profiles  string

	// Now is the board's civil clock; nil is time.Now. Timers, certificates
	// and cookies keep real time whatever it says.
	Now func() time.Time
	// Mono is monotonic time beside Now, for the evidence of time; nil is real.
	// A clock that is moved forward must move both.
	Mono func() time.Duration
	// DemoClock replaces Now and Mono, and its buttons stand on every page. It
	// is refused unless the store was made by the demonstration.
	DemoClock *democlock.Clock

	// Resend is the first pause before a record without a receipt is sent
	// again; 0 is the link's own.
	Resend time.Duration
	// MaxPause bounds the pause between two attempts to reach the hub; 0 is
	// the link's own.
	MaxPause time.Duration

	// practice is a training under way, or what was done in one; nil is neither.
	practice *practice

	// Reopened says that the store is opened because the disk failed under the
	// program a moment ago: too many of these, and nobody new is taken.
	Reopened bool
	// Software is the version told to the hub and shown on screen.
	Software string
	// Build is when the program was built: the least floor of time. Zero if
	// unknown. Not used with a demo clock, which lives in 2019.
	Build time.Time
	// Log takes one line for each change; nil is slog.Default(). No line names
	// a person.
	Log *slog.Logger
}

// The errors of Check and New that a person can act on.
var (
	// ErrConfig: a value of Config cannot be used.
	ErrConfig = errors.New("appliance: configuration")
	// ErrPortBusy: another program listens on Config.Listen.
	ErrPortBusy = errors.New("appliance: the port is in use")
	// ErrNotDemo: a demo clock on a store that the demonstration did not make.
	ErrNotDemo = errors.New("appliance: this store was not made by the demonstration; it keeps the real time")
	// ErrNotEnrolled: there is no store, or it has no identity.
	ErrNotEnrolled = errors.New("appliance: this box is not enrolled")
	// ErrWaiting: enrolling anew would leave records behind that wait for the hub.
	ErrWaiting = errors.New("appliance: records wait for the hub")
	// ErrEnrolled: the box has an identity already.
	ErrEnrolled = errors.New("appliance: this box is enrolled already")
)

// Check refuses a configuration that cannot work. Errors: ErrConfig.
func (c Config) Check() error {
	if c.Data == "" {
		return fmt.Errorf("%w: no data directory given", ErrConfig)
	}
	if c.Reader == "" && c.Cards == nil {
		return fmt.Errorf("%w: no port of the ID reader given", ErrConfig)
	}
	if c.ReaderPower != "" && c.ReaderPower != PowerUSB {
		return fmt.Errorf("%w: the reader cannot be switched by %q, only by %q", ErrConfig, c.ReaderPower, PowerUSB)
	}
	host, _, err := net.SplitHostPort(c.listen())
	if err != nil {
		return fmt.Errorf("%w: %q is no host:port to listen on", ErrConfig, c.Listen)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%w: the screen listens on this machine only, and %q is not a loopback address", ErrConfig, host)
	}
	if err := c.checkDesk(); err != nil {
		return err
	}
	if c.DemoClock != nil && (c.Now != nil || c.Mono != nil) {
		return fmt.Errorf("%w: a demo clock and another one", ErrConfig)
	}
	return nil
}

func (c Config) listen() string {
	if c.Listen == "" {
		return DefaultListen
	}
	return c.Listen
}

func (c Config) log() *slog.Logger {
	if c.Log == nil {
		return slog.Default()
	}
	return c.Log
}

// clocks gives the board's civil and monotonic clock.
func (c Config) clocks() (now func() time.Time, mono func() time.Duration) {
	if c.DemoClock != nil {
		return c.DemoClock.Now, c.DemoClock.Mono
	}
	return c.Now, c.Mono
}
