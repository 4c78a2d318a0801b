package panel

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/driver"
	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/host/v3/gpioioctl"
	"periph.io/x/host/v3/sysfs"

	"zhunkao/hw/fault"
)

// registry guards periph.io's lists of chips and LEDs, which are package
// variables of that library without a lock.
var registry sync.Mutex

// host finds lines and LEDs among what periph.io has found. Tests of this
// package replace its functions.
type host struct {
	line    func(at string) (pin gpio.PinIO, node string, err error)
	led     func(name string) (gpioOut, error)
	refresh func() bool // looks again; false if nothing can have changed
}

// newHost finds them on this machine.
func newHost() host {
	s := &scanner{}
	return host{line: s.line, led: s.led, refresh: s.refresh}
}

// scanner has periph.io look for devices. The library does so once; a chip that
// was plugged in later needs its driver asked again, which opens every chip a
// second time and keeps the first: so only when the nodes have changed.
type scanner struct {
	drivers []driver.Impl // nil before the first look
	nodes   string        // the nodes there were at the last look
	again   bool          // looked again although they had not changed; once
}

func (s *scanner) scan() error {
	if s.drivers != nil {
		return nil
	}
	registry.Lock()
	defer registry.Unlock()
	state, err := driverreg.Init()
	if err != nil {
		return fault.New(fault.Line, "periph.io", "", err)
	}
	all := slices.Clone(state.Loaded)
	for _, f := range append(slices.Clone(state.Skipped), state.Failed...) {
		all = append(all, f.D)
	}
	for _, d := range all {
		if d.String() == "ioctl-gpio" || d.String() == "sysfs-led" {
			s.drivers = append(s.drivers, d)
		}
	}
	s.nodes = nodes()
	return nil
}

// nodes describes every chip's node and LED there is.
func nodes() string {
	var b strings.Builder
	for _, pattern := range []string{"/dev/gpiochip*", ledClass + "/*"} {
		found, _ := filepath.Glob(pattern) // the patterns are sound
		for _, path := range found {
			id, err := lookAt(path)
			fmt.Fprintln(&b, path, id, err)
		}
	}
	return b.String()
}

func (s *scanner) refresh() bool {
	now := nodes()
	if now == s.nodes && s.again || s.drivers == nil {
		return false
	}
	s.nodes, s.again = now, true
	registry.Lock()
	defer registry.Unlock()
	for _, d := range s.drivers {
		_, _ = d.Init() // what it did not find is missed by name below
	}
	return true
}

// line finds a GPIO line by name or as CHIP/N, and the node of its chip. The
// newest of a name counts: older ones may be of a chip that is gone.
func (s *scanner) line(at string) (gpio.PinIO, string, error) {
	if err := s.scan(); err != nil {
		return nil, "", err
	}
	registry.Lock()
	defer registry.Unlock()
	wantChip, number, byNumber := splitChip(at)
	for _, chip := range slices.Backward(gpioioctl.Chips) {
		if byNumber {
			if (chip.Name() == wantChip || chip.Label() == wantChip) && number < chip.LineCount() {
				return chip.ByNumber(number), chip.Path(), nil
			}
			continue
		}
		// The library renames what it has seen before.
		for _, name := range []string{at, chip.Name() + "-" + at} {
			if line := chip.ByName(name); line != nil {
				return line, chip.Path(), nil
			}
		}
	}
	return nil, "", noLine(at)
}

// noLine says why there is no such line, as far as can be seen.
func noLine(at string) error {
	found, _ := filepath.Glob("/dev/gpiochip*")
	for _, path := range found {
		if unix.Access(path, unix.R_OK) != nil {
			return fault.New(fault.Denied, "line "+at, "no permission for "+path, nil)
		}
	}
	detail := fmt.Sprintf("none of %d chips has it", len(found))
	if len(found) == 0 {
		detail = "the machine has no GPIO chip, or its kernel is older than 5.10"
	}
	return fault.New(fault.Absent, "line "+at, detail, nil)
}

// ledClass is where the kernel lists LEDs.
const ledClass = "/sys/class/leds"

// led finds an LED and takes its trigger off, which would go on switching it.
func (s *scanner) led(name string) (gpioOut, error) {
	if err := s.scan(); err != nil {
		return nil, err
	}
	registry.Lock()
	defer registry.Unlock()
	for _, led := range slices.Backward(sysfs.LEDs) {
		if led.Name() != name {
			continue
		}
		if err := freeLED(filepath.Join(ledClass, name)); err != nil {
			return nil, err
		}
		return led, nil
	}
	return nil, fault.New(fault.Absent, "LED "+name, "", nil)
}

// freeLED takes the trigger off and makes sure that the LED can be lit and
// written. Of the brightness only on and off are used: the kernel clamps 255 to
// max_brightness.
func freeLED(dir string) error {
	name := filepath.Base(dir)
	most, err := os.ReadFile(filepath.Join(dir, "max_brightness"))
	if err != nil {
		return lineFault(name, err)
	}
	if m := strings.TrimSpace(string(most)); m == "0" || m == "" {
		return fault.New(fault.Unsupported, "LED "+name, "its max_brightness is 0", nil)
	}
	err = os.WriteFile(filepath.Join(dir, "trigger"), []byte("none"), 0)
	if err != nil && !errors.Is(err, os.ErrNotExist) { // kernels without triggers
		return lineFault(name, err)
	}
	// The library falls back to reading only and then fails at every write.
	if err := unix.Access(filepath.Join(dir, "brightness"), unix.W_OK); err != nil {
		return lineFault(name, err)
	}
	return nil
}
