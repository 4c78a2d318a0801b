package panel_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"

	"zhunkao/hw/fault"
	"zhunkao/hw/panel"
)

// bank is GPIO lines that are not there, and behave as those of gpioioctl do:
// waits that fail at once, edges that get lost, outputs that a Read spoils,
// lines that read Low without an error when their chip is gone. A file stands
// for the chip's node.
type bank struct {
	t    *testing.T
	node string
	lost bool // edges are lost
	spin bool // WaitForEdge returns false at once

	mu   sync.Mutex // guards gone and pins
	gone bool
	pins map[string]*bentPin
}

// bentPin is one line. What it does not implement is never called.
type bentPin struct {
	gpio.PinIO
	name  string
	bank  *bank
	edges chan struct{}

	mu   sync.Mutex // guards what follows
	high gpio.Level
	out  bool
	wait int
}

func (p *bentPin) In(gpio.Pull, gpio.Edge) error {
	if p.bank.isGone() {
		return os.ErrNotExist
	}
	p.mu.Lock()
	p.out = false
	p.mu.Unlock()
	return nil
}

func (p *bentPin) Out(l gpio.Level) error {
	if p.bank.isGone() {
		return os.ErrNotExist
	}
	p.mu.Lock()
	p.out, p.high = true, l
	p.mu.Unlock()
	return nil
}

// Read of an output turns it into an input: it must never happen.
func (p *bentPin) Read() gpio.Level {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out {
		p.bank.t.Errorf("output %s was read", p.name)
	}
	if p.bank.isGone() {
		return gpio.Low
	}
	return p.high
}

// WaitForEdge goes wrong for 0 and below, as conn and gpioioctl disagree there.
func (p *bentPin) WaitForEdge(d time.Duration) bool {
	p.mu.Lock()
	p.wait++
	p.mu.Unlock()
	if d <= 0 || d > time.Second {
		p.bank.t.Errorf("waits for %v", d)
		return false
	}
	if p.bank.spin || p.bank.isGone() {
		return false
	}
	select {
	case <-p.edges:
		return true
	case <-time.After(d):
		return false
	}
}

func (p *bentPin) level() gpio.Level {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.high
}

func (b *bank) isGone() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.gone
}

func (b *bank) pin(name string) *bentPin {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.pins[name]
	if p == nil {
		p = &bentPin{bank: b, name: name, high: gpio.High, edges: make(chan struct{}, 16)}
		b.pins[name] = p
	}
	return p
}

// find is how a Panel finds its lines.
func (b *bank) find(at string) (gpio.PinIO, string, error) {
	if b.isGone() {
		return nil, "", fault.New(fault.Absent, "line "+at, "", nil)
	}
	return b.pin(at), b.node, nil
}

// drive gives an input a level, with an edge or without.
func (b *bank) drive(name string, l gpio.Level) {
	p := b.pin(name)
	p.mu.Lock()
	p.high = l
	p.mu.Unlock()
	if b.lost {
		return
	}
	select {
	case p.edges <- struct{}{}:
	default: // the kernel's buffer is full
	}
}

func (b *bank) Press(button string) {
	for _, l := range []gpio.Level{gpio.Low, gpio.High, gpio.Low, gpio.High} { // it bounces
		b.drive("KEY_"+button, l)
	}
	b.drive("KEY_"+button, gpio.Low)
}
func (b *bank) Let(button string)    { b.drive("KEY_"+button, gpio.High) }
func (b *bank) Open(contact string)  { b.drive("LOOP_"+contact, gpio.Low) }
func (b *bank) Shut(contact string)  { b.drive("LOOP_"+contact, gpio.High) }
func (b *bank) Lit(lamp string) bool { return b.pin("LAMP_"+lamp).level() == (lamp != "fault") }

func (b *bank) Plug() error {
	b.mu.Lock()
	b.gone = false
	b.mu.Unlock()
	return os.WriteFile(b.node, nil, 0o600)
}

func (b *bank) Unplug() error {
	b.mu.Lock()
	b.gone = true // first Low, then the node: as the kernel does
	b.mu.Unlock()
	return os.Remove(b.node)
}

// gpioWiring has the lamp fault inverted.
func gpioWiring() panel.Wiring {
	w := panel.Wiring{Lamps: map[panel.Lamp]string{}, Buttons: map[panel.Button]string{}, Contacts: map[panel.Contact]string{}}
	for _, l := range []panel.Lamp{"reader", "ok", "fault", "help"} {
		w.Lamps[l] = "gpio:LAMP_" + string(l)
	}
	w.Lamps["fault"] = "!" + w.Lamps["fault"]
	for _, b := range []panel.Button{"help", "staff"} {
		w.Buttons[b] = "gpio:KEY_" + string(b)
	}
	for _, c := range []panel.Contact{"door", "tamper"} {
		w.Contacts[c] = "gpio:LOOP_" + string(c)
	}
	return w
}

func newBank(t *testing.T) *bank {
	t.Helper()
	b := &bank{t: t, node: filepath.Join(t.TempDir(), "gpiochip0"), pins: map[string]*bentPin{}}
	if err := b.Plug(); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGPIO(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lost, spin bool }{{}, {lost: true}, {spin: true}} {
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			t.Parallel()
			conform(t, func(t *testing.T) (front, panel.Wiring) {
				t.Parallel()
				b := newBank(t)
				b.lost, b.spin = c.lost, c.spin
				return b, gpioWiring()
			})
		})
	}
}

// A wait that fails at once must not take a core.
func TestGPIOWaitsDoNotSpin(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	b.spin = true
	r := start(t, b, gpioWiring())
	expect[panel.Ready](r)
	r.quiet(time.Second)
	p := b.pin("KEY_help")
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wait > 30 {
		t.Errorf("waited %d times within a second", p.wait)
	}
}
