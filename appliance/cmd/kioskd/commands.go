package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"zhunkao/appliance"
	"zhunkao/appliance/kiosk"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/hw/panel"
	"zhunkao/protocol"
	"zhunkao/protocol/democlock"
)

type commands struct {
	Run     runCommand     `cmd:"" help:"Serve applicants."`
	Enrol   enrolCommand   `cmd:"" help:"Get an identity from the hub; the ticket comes on standard input."`
	Check   checkCommand   `cmd:"" help:"Read the whole store, change nothing, and say what is wrong."`
	Gallery galleryCommand `cmd:"" help:"Show every screen in every state, from synthetic data."`
}

type runCommand struct {
	Data      string   `required:"" type:"path" help:"Directory of the store."`
	Keystore  string   `enum:"tpm,machine,file," default:"" help:"What must guard the keys: tpm, machine or file; by default what the box was enrolled with."`
	TPM       string   `name:"tpm" type:"path" help:"The TPM, if it is not /dev/tpmrm0: a device or a unix socket."`
	Listen    string   `default:"127.0.0.1:8602" help:"Loopback address of the screen."`
	Desk      string   `help:"Where the clerk's desk is served, host:port; plain http on a loopback address, TLS anywhere else. Without it there is none."`
	DeskNames []string `name:"desk-name" help:"An address or name that clerks open the desk by and the hub certifies it for: a private address, or the box's id followed by .local; may be given again."`
	Reader    string   `required:"" help:"Port of the ID reader: a device, a pty, or tcp://host:port."`
	Power     string   `name:"reader-power" default:"none" enum:"none,usb" help:"How a reader that answers nothing is switched off and on: none, or usb, which needs the right to write /sys/bus/usb/drivers/usb/unbind and bind."`
	Camera    string   `help:"The camera: /dev/v4l/by-path/… or http://host:port/path. Without it no photo is taken."`
	Printer   string   `help:"The printer: ipp://host:port/ipp/print. Without it no sheet is printed."`
	Fonts     string   `type:"path" help:"Directory of the sheets' fonts; by default where \"make fonts\" put them."`
	Stick     string   `type:"path" help:"Disk of the one USB port whose stick takes the journal of unsent records: /dev/disk/by-path/…-usb-…. Needs the right to mount."`
	StickAt   string   `name:"stick-mount" type:"path" help:"Directory to mount the stick in; /run/zhunkao/stick by default."`
	Voice     bool     `help:"Offer spoken prompts."`
	Recorded  string   `type:"path" help:"Directory of recorded prompts; without one espeak-ng speaks."`
	Panel     string   `type:"path" xor:"panel" help:"Wiring file of lamps, buttons and contacts."`
	Board     string   `xor:"panel" help:"Serial port of a Modbus board with lamps, buttons and contacts wired as we build it."`
	Watchdog  string   `help:"Watchdog to feed: /dev/watchdog, or systemd. Without it the machine is not watched."`
	Browser   string   `type:"path" help:"The browser to show the screen with, and to keep alive: /usr/lib/chromium/chromium."`
	Argument  []string `sep:"none" help:"One more argument for the browser, say --ozone-platform=wayland; may be given again."`
	Profiles  string   `type:"path" help:"Directory for the browser's profiles, on a memory file system; /run/zhunkao by default."`
	DemoClock string   `type:"path" help:"Socket of the demonstration's clock; only for a store that the demonstration made."`
	Verbose   bool     `help:"Also log what only a technician at work wants to read."`
}

// heapGoal is when the collector begins to work harder, in bytes of all that Go
// holds. A photo needs some 10 MB for a moment and a sheet as much; without a
// goal the collector lets them and their garbage pile up to twice of that, on a
// board that has the browser to feed as well. It is no limit: what is needed is
// had. GOMEMLIMIT in the environment goes before it.
const heapGoal = 28 << 20

// Run serves until ctx ends. When the disk failed it closes the store and opens
// it again, which checks everything; only what another program must mend ends it.
func (c *runCommand) Run(ctx context.Context) error {
	log := logger(c.Verbose)
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(heapGoal)
	}
	cfg := appliance.Config{
		Data: c.Data, KeyStore: keystore.Kind(c.Keystore), TPM: c.TPM, Listen: c.Listen, Desk: c.Desk, DeskNames: c.DeskNames, Reader: c.Reader,
		Camera: c.Camera, Printer: c.Printer, Fonts: c.Fonts, Voice: c.Voice, Recordings: c.Recorded, Stick: c.Stick, StickMount: c.StickAt,
		Browser: c.Browser, Arguments: c.Argument, Profiles: c.Profiles,
		Watchdog: c.Watchdog, Software: version, Build: buildTime(), Log: log,
	}
	if c.Power != "none" {
		cfg.ReaderPower = c.Power
	}
	if c.Board != "" {
		cfg.Panel = panel.Modbus(c.Board)
	}
	if c.Panel != "" {
		var err error
		if cfg.Panel, err = panel.ReadWiring(c.Panel); err != nil {
			return err
		}
	}
	if c.DemoClock != "" {
		clock, err := democlock.Dial(ctx, c.DemoClock)
		if err != nil {
			return err
		}
		defer clock.Close()
		cfg.DemoClock = clock
	}
	for pause := time.Second; ; pause = min(2*pause, time.Minute) {
		err := serve(ctx, cfg)
		if !errors.Is(err, store.ErrBroken) {
			return err
		}
		log.Error("the disk failed; the store is opened again", "err", err)
		cfg.Reopened = true
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func serve(ctx context.Context, cfg appliance.Config) error {
	box, err := appliance.New(cfg)
	if err != nil {
		return err
	}
	fmt.Printf("kioskd: pid %d, box %s, screen http://%s/\n", os.Getpid(), box.Box(), box.Addr())
	if at := box.DeskAddr(); at != "" {
		fmt.Printf("kioskd: desk %s\n", at)
	}
	err = errors.Join(box.Run(ctx), box.Close())
	if next, ok := box.Next(err); ok {
		return serve(ctx, next) // to training, or back
	}
	return err
}

type enrolCommand struct {
	Data     string `required:"" type:"path" help:"Directory of the store; made if there is none."`
	Keystore string `enum:"tpm,machine,file," default:"" help:"What guards the keys: tpm (made in the TPM), machine (bound to the board's serial number), file (for the demonstration, and its default)."`
	TPM      string `name:"tpm" type:"path" help:"The TPM, if it is not /dev/tpmrm0: a device or a unix socket."`
	Again    bool   `help:"Enrol anew although the box has an identity: a new key and a new chain."`
	Leave    bool   `name:"leave-waiting" help:"With --again: leave records behind that wait for the hub. They stay on the disk and are not sent."`
}

// maxTicket bounds what is read from standard input in bytes.
const maxTicket = 4 << 10

func (c *enrolCommand) Run(ctx context.Context) error {
	line, err := bufio.NewReader(io.LimitReader(os.Stdin, maxTicket)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	ticket, err := protocol.ParseTicket(line)
	if err != nil {
		return err
	}
	fmt.Printf("1/4 asking the hub at %s\n", ticket.Address)
	said := map[appliance.EnrolStep]string{
		appliance.StepStore: "2/4 the store is ready in " + c.Data,
		appliance.StepKeys:  "3/4 the keys are made in this box and stay here",
		appliance.StepGrant: "4/4 the hub has granted an identity",
	}
	id, err := appliance.Enrol(ctx, appliance.Enrolment{
		Data: c.Data, KeyStore: keystore.Kind(c.Keystore), TPM: c.TPM, Again: c.Again, LeaveWaiting: c.Leave, Ticket: ticket, Software: version, Log: logger(false),
		Step: func(s appliance.EnrolStep) {
			if text := said[s]; text != "" {
				fmt.Println(text)
			}
		},
	})
	if err != nil {
		return err
	}
	fmt.Printf("done: this is box %s at point %s. Next: kioskd run --data %s --reader PORT\n", id.Box(), id.Grant.Point.Code, c.Data)
	return nil
}

type checkCommand struct {
	Data string `required:"" type:"path" help:"Directory of the store."`
	List bool   `help:"Also print the id of every record that is whole."`
}

func (c *checkCommand) Run() error {
	w, err := store.Check(c.Data)
	if c.List {
		for _, r := range w.Records {
			fmt.Printf("%s %d/%d\n", r.ID, r.Epoch, r.Sequence)
		}
	}
	if err != nil {
		return err
	}
	fmt.Printf("whole: %d records, %d waiting, %d set aside, %d copies to be mended\n", len(w.Records), w.Waiting, w.Aside, w.Mendable)
	return nil
}

type galleryCommand struct {
	Listen string `default:"127.0.0.1:8602" help:"Loopback address to serve on."`
}

func (c *galleryCommand) Run(ctx context.Context) error {
	if err := (appliance.Config{Data: "-", Reader: "-", Listen: c.Listen}).Check(); err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: kiosk.Gallery(), ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() }) // ends Serve; its error is of no use
	defer stop()
	fmt.Printf("kioskd: pid %d, gallery http://%s/\n", os.Getpid(), l.Addr())
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func logger(verbose bool) *slog.Logger {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// buildTime is the time of the commit this program was built from: the least
// that the clock of a box can say. Zero when it was built without one.
func buildTime() time.Time {
	if t, err := time.Parse(time.RFC3339, built); err == nil {
		return t
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			if t, err := time.Parse(time.RFC3339, s.Value); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}
