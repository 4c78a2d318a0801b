package demo

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Ports are the loopback ports of a demonstration, from one base upwards.
type Ports struct{ Base int }

// asLocalhost is a loopback address under its other name.
func (Ports) asLocalhost(addr string) string {
	return strings.Replace(addr, "127.0.0.1", "localhost", 1)
}

func (p Ports) at(i int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.Base+i)) }

// Home is the demonstration's own page; the others are those of the programs.
func (p Ports) Home() string  { return p.at(0) }
func (p Ports) Hub() string   { return p.at(1) }
func (p Ports) Kiosk() string { return p.at(2) }
func (p Ports) Panel() string { return p.at(3) }
func (p Ports) Door() string  { return p.at(4) }
func (p Ports) MQTT() string  { return p.at(5) }

// Camera and Printer are the emulated devices that speak over the network, as
// many real ones do.
func (p Ports) Camera() string  { return p.at(6) }
func (p Ports) Printer() string { return p.at(7) }

// Desk is the clerk's desk of the box.
func (p Ports) Desk() string { return p.at(8) }

// Cashier is the payment companies' gateways, and the telephone.
func (p Ports) Cashier() string { return p.at(9) }

// Free reports the first port that something else listens on.
func (p Ports) Free() error {
	for i, what := range []string{"this demonstration's page", "the hub's pages", "the kiosk's screen", "the emulators' panel", "the door where boxes enrol", "the hub's MQTT broker", "the emulated camera", "the emulated printer", "the clerk's desk", "the payment companies"} {
		l, err := net.Listen("tcp", p.at(i))
		if errors.Is(err, syscall.EADDRINUSE) {
			return fmt.Errorf("port %d, wanted for %s, is taken by another program.\nStop that program, or choose other ports: make run PORT=%d (uses %d to %d)",
				p.Base+i, what, p.Base+100, p.Base+100, p.Base+109)
		}
		if err != nil {
			return fmt.Errorf("cannot listen on %s: %w", p.at(i), err)
		}
		if err := l.Close(); err != nil {
			return err
		}
	}
	return nil
}

// Layout names what lies where in the data folder.
type Layout struct{ Dir string }

func (l Layout) in(name ...string) string {
	return filepath.Join(append([]string{l.Dir}, name...)...)
}

// The places in the folder.
func (l Layout) Mark() string       { return l.in("DEMO") } // says whose the folder is
func (l Layout) PID() string        { return l.in("pid") }
func (l Layout) Hub() string        { return l.in("hub") }
func (l Layout) Box() string        { return l.in("box") }
func (l Layout) Emulators() string  { return l.in("emulators") }
func (l Layout) Deck() string       { return l.in("emulators", "cards.json") }
func (l Layout) Reader() string     { return l.in("emulators", "idcard-reader") }
func (l Layout) Board() string      { return l.in("emulators", "io-board") } // lamps, buttons, contacts
func (l Layout) Stick() string      { return l.in("emulators", "usb-port") } // the box's port for a USB stick
func (l Layout) StickMount() string { return l.in("stick") }
func (l Layout) Cashier() string    { return l.in("cashier") } // keys and book of the payment companies
func (l Layout) Clock() string      { return l.in("clock.sock") }
func (l Layout) ClockState() string { return l.in("clock.json") }
func (l Layout) Staff() string      { return l.in("staff.json") }
func (l Layout) Log(name string) string {
	return l.in("log", name+".log")
}

// Forget is the command that forgets the folder's data.
func (l Layout) Forget() string {
	if usual, err := filepath.Abs(".demo"); err == nil && usual == l.Dir {
		return "make clean-demo"
	}
	return "make clean-demo DEMO=" + l.Dir
}

const markText = "This folder holds synthetic data made by the demonstration of Zhunkao.\nmake clean-demo forgets it.\n"

// markCampaign begins the line of the mark that names the campaign. A folder without
// one was made when there was only the adult examination.
const markCampaign = "Campaign: "

// plays refuses a folder that was made for another campaign: its people, papers and
// days are of that one.
func (l Layout) plays(campaign string) error {
	b, err := os.ReadFile(l.Mark())
	if err != nil {
		return err
	}
	_, was, named := strings.Cut(string(b), "\n"+markCampaign)
	if was = strings.TrimSpace(was); !named {
		was = Adult.Name
	}
	if was == campaign {
		return nil
	}
	return fmt.Errorf("%s holds the demonstration of %s, not of %s.\nGo on with that one: make run CAMPAIGN=%s DEMO=%s; choose another folder: DEMO=%s-%s; or forget it: make clean-demo DEMO=%s",
		l.Dir, was, campaign, was, l.Dir, l.Dir, campaign, l.Dir)
}

// Claim makes the folder ours for a campaign. It refuses one that holds something
// else or another campaign, and one where another demonstration runs. release gives
// it up again.
func (l Layout) Claim(campaign string) (release func(), err error) {
	if err := os.MkdirAll(l.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the data folder: %w", err)
	}
	entries, err := os.ReadDir(l.Dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read the data folder: %w", err)
	}
	if _, err := os.Stat(l.Mark()); errors.Is(err, os.ErrNotExist) {
		if len(entries) > 0 {
			return nil, fmt.Errorf("%s exists and was not made by the demonstration; choose another folder with --data", l.Dir)
		}
		if err := os.WriteFile(l.Mark(), []byte(markText+markCampaign+campaign+"\n"), 0o600); err != nil {
			return nil, err
		}
	}
	if err := l.plays(campaign); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(l.PID(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		other, _ := os.ReadFile(l.PID()) // only for the sentence
		return nil, fmt.Errorf("a demonstration already runs over %s (pid %s); stop it with Ctrl-C first", l.Dir, strings.TrimSpace(string(other)))
	}
	if err := lock.Truncate(0); err != nil {
		lock.Close()
		return nil, err
	}
	if _, err := lock.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		lock.Close()
		return nil, err
	}
	for _, d := range []string{l.in("log"), l.Emulators()} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			lock.Close()
			return nil, err
		}
	}
	return func() {
		_ = lock.Truncate(0) // the lock is what counts; the number is for people
		_ = lock.Close()
	}, nil
}
