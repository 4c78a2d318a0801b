package panel_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/guest"
	"zhunkao/hw/panel"
	"zhunkao/hw/paneltest"
)

// The kernel's own GPIO chips and LEDs, through periph.io as it is, in a guest:
// a CP2112 bridge played over uhid to hid-cp2112, and a keyboard's LEDs.
func TestKernelGPIO(t *testing.T) {
	if testing.Short() {
		t.Skip("in a guest the race detector sees nothing: left out beside it")
	}
	if os.Getenv("GUEST") == "1" {
		t.Skip("outside only")
	}
	res := guest.Run(t, guest.Options{
		Modules: []string{"uhid", "hid-cp2112", "atkbd", "i8042", "evdev"},
		Binary:  guest.Build(t, "zhunkao/hw/panel"), Args: []string{"-test.v", "-test.run", "^TestInGuest$"},
		Timeout: 5 * time.Minute,
	})
	if res.Died || res.ExitCode != 0 {
		t.Errorf("died %v, code %d\n%s\n%s", res.Died, res.ExitCode, res.Output, res.Kernel)
	}
	t.Logf("took %v", res.Took)
}

// onBridge is the front on a CP2112: lamps on lines 0 to 3, buttons that close
// to ground on 4 and 5, loops on 6 and 7.
type onBridge struct{ *paneltest.Bridge }

func line(names []string, name string, from int) int {
	for i, n := range names {
		if n == name {
			return from + i
		}
	}
	panic(name)
}

func (b onBridge) Press(button string) { b.Feed(line(paneltest.ButtonNames[:], button, 4), false) }
func (b onBridge) Let(button string)   { b.Feed(line(paneltest.ButtonNames[:], button, 4), true) }
func (b onBridge) Open(contact string) { b.Feed(line(paneltest.ContactNames[:], contact, 6), false) }
func (b onBridge) Shut(contact string) { b.Feed(line(paneltest.ContactNames[:], contact, 6), true) }
func (b onBridge) Lit(lamp string) bool {
	return b.Out(line(paneltest.LampNames[:], lamp, 0))
}

// Plug waits for the kernel's driver to have made its chip.
func (b onBridge) Plug() error {
	if err := b.Bridge.Plug(); err != nil {
		return err
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if chips, err := filepath.Glob("/dev/gpiochip*"); err != nil || len(chips) > 0 {
			return err
		}
	}
	return errors.New("no GPIO chip has come")
}

func bridgeWiring() panel.Wiring {
	at := "gpio:" + paneltest.BridgeLabel + "/"
	return panel.Wiring{
		Lamps:    map[panel.Lamp]string{"reader": at + "0", "ok": at + "1", "fault": at + "2", "help": at + "3"},
		Buttons:  map[panel.Button]string{"help": at + "4", "staff": at + "5"},
		Contacts: map[panel.Contact]string{"door": at + "6", "tamper": at + "7"},
	}
}

func TestInGuest(t *testing.T) {
	if os.Getenv("GUEST") != "1" {
		t.Skip("runs inside the guest, by TestKernelGPIO")
	}
	t.Run("conformance", func(t *testing.T) {
		conform(t, func(t *testing.T) (front, panel.Wiring) {
			b := onBridge{&paneltest.Bridge{}}
			for n := 4; n < 8; n++ {
				b.Feed(n, true)
			}
			if err := b.Plug(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := b.Unplug(); err != nil {
					t.Error(err)
				}
			})
			return b, bridgeWiring()
		})
	})
	t.Run("LEDs", ledsInGuest)
	t.Run("a line that is wired and missing", func(t *testing.T) {
		p, err := panel.New(panel.Options{Wiring: panel.Wiring{Buttons: map[panel.Button]string{"help": "gpio:NO_SUCH"}}, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); _ = p.Run(ctx) }()
		lost, ok := (<-p.Events()).(panel.Lost)
		if !ok || !errors.Is(lost.Err, fault.Absent) || !strings.Contains(lost.Err.Error(), "NO_SUCH") {
			t.Errorf("got %v, want Absent and the name", lost)
		}
		cancel()
		<-done
	})
}

// ledsInGuest drives an LED of the kernel's, whose trigger would drive it too.
func ledsInGuest(t *testing.T) {
	found, err := filepath.Glob("/sys/class/leds/*capslock")
	if err != nil || len(found) == 0 {
		t.Fatalf("no keyboard LED: %v", err)
	}
	dir := found[0]
	read := func(file string) string {
		raw, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(raw))
	}
	p, err := panel.New(panel.Options{Wiring: panel.Wiring{Lamps: map[panel.Lamp]string{"ok": "led:" + filepath.Base(dir)}}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("before: trigger %q", read("trigger"))
	r := &rig{t: t, Panel: p}
	r.Set(panel.LampOK, panel.On)
	r.run()
	expect[panel.Ready](r)
	r.until("the LED is lit", func() bool { return read("brightness") != "0" })
	if trigger := read("trigger"); strings.Contains(trigger, "[") && !strings.HasPrefix(trigger, "[none]") {
		t.Errorf("the trigger is still on: %q", trigger)
	}
	r.Set(panel.LampOK, panel.Off)
	r.until("the LED is dark", func() bool { return read("brightness") == "0" })
}
