package appliance

import (
	"errors"
	"fmt"
	"net/http"

	"zhunkao/appliance/browser"
	"zhunkao/appliance/health"
	"zhunkao/appliance/stick"
	"zhunkao/hw/camera"
	"zhunkao/hw/panel"
	"zhunkao/hw/printer"
	hw "zhunkao/hw/stick"
	"zhunkao/hw/voice"
	"zhunkao/hw/watchdog"
	"zhunkao/protocol"
	"zhunkao/protocol/sheet"
)

// devices are what a box may have beside its reader. What is nil it has not.
type devices struct {
	camera  *camera.Camera
	printer *printer.Printer
	prints  *prints      // the queue before it; nil without a printer
	fonts   *sheet.Fonts // of the printer's sheets
	voice   *voice.Voice
	browser *browser.Browser

	port  *hw.Stick     // where a stick may come
	stick *stick.Keeper // of the journal on it

	panel    *panel.Panel
	watchdog *watchdog.Watchdog
}

// openDevices makes the drivers that the configuration names. None of them
// touches its device yet.
func (a *Appliance) openDevices() (err error) {
	if a.cfg.Camera != "" {
		if a.camera, err = camera.New(camera.Options{Source: a.cfg.Camera, Log: a.log}); err != nil {
			return fmt.Errorf("%w: %w", ErrConfig, err)
		}
	}
	if a.cfg.Printer != "" {
		if a.printer, err = printer.New(printer.Options{URI: a.cfg.Printer, User: a.sender(), Log: a.log}); err != nil {
			return fmt.Errorf("%w: %w", ErrConfig, err)
		}
		a.prints = newPrints()
		if err := a.openFonts(); err != nil {
			return err
		}
	}
	if a.cfg.Voice {
		a.voice = voice.New(voice.Options{Recorded: a.cfg.Recordings, Log: a.log})
	}
	if err := a.openStick(); err != nil {
		return err
	}
	return a.openFront()
}

// openStick makes the keeper of the journal on a stick.
func (a *Appliance) openStick() (err error) {
	if a.cfg.Stick == "" {
		return nil
	}
	id, err := a.store.Identity()
	if err != nil {
		return err
	}
	mount := a.cfg.StickMount
	if mount == "" {
		mount = DefaultStickMount
	}
	if a.port, err = hw.New(hw.Options{Device: a.cfg.Stick, Mount: mount, Log: a.log}); err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	a.board.Set(health.DeviceStick, health.Absent, "")
	a.stick = stick.New(stick.Options{Store: a.store, Box: id.Box(), Sticks: a.port.Events(), Log: a.log,
		Changed: func(s stick.State) {
			a.stickStands(s)
			a.link.Beat()
		}})
	return nil
}

// sealed tells all who carry records that there is a new one.
func (a *Appliance) sealed() {
	a.link.Kick()
	if a.stick != nil {
		a.stick.Sealed()
	}
}

// stickHealth is how the stick stands now: as a device, and how far it lies behind;
// nil of a box without a port for one.
func (a *Appliance) stickHealth() *protocol.StickState {
	if a.stick == nil {
		return nil
	}
	s := a.stick.State()
	a.stickStands(s)
	return &protocol.StickState{Records: uint64(s.Lacking), Bytes: uint64(s.Bytes), Behind: uint64(s.Behind.Milliseconds())}
}

// stickStands puts it on the board, for whoever looks there.
func (a *Appliance) stickStands(s stick.State) {
	switch s.Trouble {
	case stick.None:
		a.board.Set(health.DeviceStick, health.Ready, "")
	case stick.NoStick:
		a.board.Set(health.DeviceStick, health.Absent, "")
	default:
		a.board.Set(health.DeviceStick, health.Fault, string(s.Trouble))
	}
}

// sender is this box's name at its printer, its alone: what it left there before
// a power cut is cancelled when it is back.
func (a *Appliance) sender() string {
	id, err := a.store.Identity()
	if err != nil {
		return "" // not enrolled: nothing is printed
	}
	return string(id.Box())
}

// openFonts opens the fonts of the sheets. Fonts that are broken are said and
// not used: a sheet in the small font is better than none.
func (a *Appliance) openFonts() (err error) {
	dir := a.cfg.Fonts
	if dir == "" {
		if dir, err = sheet.DefaultFontsDir(); err != nil {
			dir = "" // no home, no cache: the font inside the program
		}
	}
	a.fonts, err = sheet.OpenFonts(dir)
	if errors.Is(err, sheet.ErrBundle) {
		a.log.Error("the fonts are broken; sheets are printed in the small font", "err", err)
		a.fonts, err = sheet.OpenFonts("")
	}
	if err != nil {
		return err
	}
	if a.fonts.Fallback() {
		a.log.Warn("no fonts are installed: sheets are printed in the small font, which lacks rare characters",
			"wanted_in", dir, "remedy", "run \"provision fonts\" on this machine and start the box again")
		a.board.Set(health.DeviceFonts, health.Ready, health.FaultSmallFont) // it prints, and somebody should look after it
	} else {
		a.board.Set(health.DeviceFonts, health.Ready, "")
	}
	return a.fonts.Rest() // opening them read a part of each
}

// openBrowser makes the keeper of the box's own browser. The screen's address
// must be known by now.
func (a *Appliance) openBrowser() (err error) {
	if a.cfg.Browser == "" {
		return nil
	}
	profiles := a.cfg.Profiles
	if profiles == "" {
		profiles = "/run/zhunkao"
	}
	a.browser, err = browser.New(browser.Options{
		Program: a.cfg.Browser, Args: a.cfg.Arguments, Screen: "http://" + a.Addr(), Profiles: profiles,
		Busy: a.loop.busy.Load, Log: a.log,
		Tell: func(e browser.Event) {
			if e == browser.EventUp {
				a.board.Set(health.DeviceBrowser, health.Ready, "")
			} else {
				a.board.Set(health.DeviceBrowser, health.Fault, health.FaultBrowser)
			}
			a.link.Beat()
		},
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return nil
}

// handler is the screen, and beside it the door by which its browser beats.
func (a *Appliance) handler() http.Handler {
	if a.browser == nil {
		return a.kiosk.Handler()
	}
	mux := http.NewServeMux()
	mux.Handle("/", a.kiosk.Handler())
	mux.Handle(browser.Prefix, a.kiosk.Guard(a.browser.Handler()))
	return mux
}

// workers run the devices.
func (d devices) workers() []worker {
	var out []worker
	if d.camera != nil {
		out = append(out, worker{health.DeviceCamera, d.camera.Run})
	}
	if d.printer != nil {
		out = append(out, worker{health.DevicePrinter, d.printer.Run})
	}
	if d.voice != nil {
		out = append(out, worker{health.DeviceVoice, d.voice.Run})
	}
	if d.browser != nil {
		out = append(out, worker{health.DeviceBrowser, d.browser.Run})
	}
	if d.panel != nil {
		out = append(out, worker{health.DevicePanel, d.panel.Run})
	}
	if d.stick != nil {
		out = append(out, worker{health.DeviceStick, d.port.Run}, worker{health.DeviceStick, d.stick.Run})
	}
	if d.watchdog != nil {
		out = append(out, worker{health.DeviceWatchdog, d.watchdog.Run})
	}
	return out
}
