package appliance_test

import (
	"bytes"
	"errors"
	"image/jpeg"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/hw/cameratest"
	"zhunkao/hw/keystore"
	"zhunkao/hw/panel"
	"zhunkao/hw/paneltest"
	"zhunkao/hw/printertest"
	"zhunkao/protocol"
)

// devices plugs a camera and a printer into a box that is not started yet.
type devices struct {
	camera  *cameratest.Camera
	eye     *cameratest.Plug
	printer *printertest.Printer
	cable   *printertest.Plug
}

func (b *box) plug() *devices {
	b.Helper()
	d := &devices{camera: cameratest.New(), printer: printertest.New()}
	d.camera.Show(cameratest.Portrait(7))
	d.eye, d.cable = cameratest.NewPlug(d.camera, "127.0.0.1:0"), printertest.NewPlug(d.printer, "127.0.0.1:0", nil)
	if err := d.printer.SetKnobs(printertest.Quick()); err != nil {
		b.Fatal(err)
	}
	if err := d.eye.Plug(); err != nil {
		b.Fatal(err)
	}
	if err := d.cable.Plug(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		b.halt()
		if err := d.eye.Unplug(); err != nil {
			b.Error(err)
		}
		d.cable.Unplug()
		d.printer.Close()
	})
	b.camera, b.printer = d.eye.URL(), d.cable.URI()
	return d
}

func (d *devices) set(t *testing.T, k printertest.Knobs) {
	t.Helper()
	if err := d.printer.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
}

// until waits for something that is not a screen.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

func (b *box) press(name string) {
	b.Helper()
	_, fields, _ := b.look()
	fields.Set("button", name)
	b.post("/press", "application/x-www-form-urlencoded", []byte(fields.Encode()))
}

// TestTheWholeVisit: card, photo, read-through, signature, record, sheet in
// hand; A36, A37.
func TestTheWholeVisit(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	d := b.plug()
	b.start()
	b.sees("idle")
	who := p.plain()[0]
	b.place(who.Chip)
	b.sees("found")
	if text := b.walkTo("printing"); !strings.Contains(text, "已受理") {
		t.Fatalf("the walk ended elsewhere:\n%s", b.log)
	}
	b.sees("take-sheet")
	b.press("have")
	b.sees("accepted")
	jobs := d.printer.Jobs()
	if len(jobs) != 1 || !jobs[0].Over() || jobs[0].Done != 1 {
		t.Fatalf("the printer has %d jobs", len(jobs))
	}
	if s := jobs[0].Name; strings.Contains(s, string(who.Chip.Name)) || strings.Contains(s, who.Chip.Number.Reveal()) {
		t.Error("the job names the person")
	}
	var record protocol.ID
	p.arrives(1)
	p.with(func() {
		c := p.opened[1]
		man, _, err := protocol.ParseEnvelope(p.envs[1])
		if err != nil {
			t.Fatal(err)
		}
		record = man.ID
		if c.Portrait == nil || c.Portrait.Source != protocol.PortraitCamera || c.Portrait.Notice.IsZero() || c.Portrait.Profile == "" {
			t.Errorf("portrait: %+v", c.Portrait)
		}
		pictures := 0
		for _, ref := range c.Blobs {
			if ref.Role != protocol.RolePhoto && ref.Role != protocol.RolePhotoOriginal {
				continue
			}
			pictures++
			plain, err := protocol.OpenBlob(ref, p.parts[ref.Hash])
			if err != nil {
				t.Fatal(err)
			}
			head, err := jpeg.DecodeConfig(bytes.NewReader(plain))
			if err != nil {
				t.Fatal(err)
			}
			if ref.Role == protocol.RolePhoto && (head.Width != 358 || head.Height != 441 || head.Width != int(c.Portrait.Width)) {
				t.Errorf("photo %d x %d, want 358 x 441 (GA 461)", head.Width, head.Height)
			}
		}
		if pictures != 2 {
			t.Errorf("%d pictures in the record", pictures)
		}
	})
	b.halt()
	copies := b.copies(record)
	if len(copies) != 1 || copies[0].Outcome != store.CopyPrinted || copies[0].Word != store.WordInHand || copies[0].Reprint {
		t.Errorf("log of copies: %+v", copies)
	}
}

// copies reads the log of copies of a box that is halted.
func (b *box) copies(record protocol.ID) []store.Copy {
	b.Helper()
	keys, err := keystore.OpenFile(b.data + "/keys")
	if err != nil {
		b.Fatal(err)
	}
	s, err := store.Open(b.data, keys, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	out, err := s.Copies(record)
	if err != nil {
		b.Error(err)
	}
	if err := s.Close(); err != nil {
		b.Error(err)
	}
	return out
}

// TestASheetThatDoesNotCome: out of paper, then lost in the middle: what was
// sent is never shown as printed, and the second copy is marked.
func TestASheetThatDoesNotCome(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	d := b.plug()
	b.start()
	b.sees("idle")
	b.place(p.plain()[1].Chip)
	b.sees("found")
	b.walkTo("pledge")
	d.set(t, printertest.Knobs{PageMS: 2000}) // slow enough to run out in the middle
	b.walkTo("printing")
	until(t, "the job", func() bool { return len(d.printer.Jobs()) == 1 })
	d.set(t, printertest.Knobs{PageMS: 2000, NoPaper: true})
	until(t, "word that there is no paper", func() bool {
		screen, _, text := b.look()
		if screen != "printing" {
			t.Fatalf("shown as %s without paper", screen)
		}
		return strings.Contains(text, "打印机没纸了")
	})
	d.set(t, printertest.Quick())
	b.sees("take-sheet")
	b.press("have-not")
	until(t, "a second job", func() bool { return len(d.printer.Jobs()) == 2 })
	b.sees("take-sheet")
	b.press("have")
	b.sees("accepted")
	var record protocol.ID
	p.with(func() {
		man, _, err := protocol.ParseEnvelope(p.envs[1])
		if err != nil {
			t.Fatal(err)
		}
		record = man.ID
	})
	b.halt()
	copies := b.copies(record)
	if len(copies) != 2 || copies[0].Word != store.WordHasNot || !copies[1].Reprint || copies[0].Version != copies[1].Version || copies[1].Word != store.WordInHand {
		t.Errorf("log of copies: %+v", copies)
	}
}

// TestTheCameraIsPulled: she is told whom to ask, and goes on when it is back.
func TestTheCameraIsPulled(t *testing.T) {
	t.Parallel()
	p := newPeer(t, at(open))
	b := newBox(t, p)
	d := b.plug()
	b.start()
	b.sees("idle")
	b.place(p.plain()[2].Chip)
	b.sees("found")
	b.walkTo("photo")
	if err := d.eye.Unplug(); err != nil {
		t.Fatal(err)
	}
	b.sees("no-photo")
	if err := d.eye.Plug(); err != nil {
		t.Fatal(err)
	}
	b.sees("photo")
	d.camera.Show(cameratest.Scene{Black: true})
	b.sees("no-photo")
	d.camera.Show(cameratest.Portrait(8))
	b.sees("photo")
	if text := b.walkTo("printing"); !strings.Contains(text, "已受理") {
		t.Fatalf("the walk ended elsewhere:\n%s", b.log)
	}
}

// TestTheFront: the help button and its lamp, the staff's way out, an opened
// case that a power cut does not hide.
func TestTheFront(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	front := paneltest.NewFront()
	plug := paneltest.NewPlug(front.Board, filepath.Join(t.TempDir(), "board"))
	if err := plug.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.halt()
		if err := plug.Unplug(); err != nil {
			t.Error(err)
		}
	})
	b.panel = panel.Modbus(plug.Link())
	b.start()
	b.sees("idle")
	until(t, "the lamp beside the reader", func() bool { return front.Lit("reader") })
	b.place(p.plain()[3].Chip)
	b.sees("found")
	front.Press("help")
	b.sees("help")
	until(t, "the lamp of the call", func() bool { return front.Lit("help") })
	front.Let("help")
	front.Press("staff")
	b.sees("take-card")
	front.Let("staff")
	b.lift()
	if text := b.sees("idle"); strings.Contains(text, string(p.plain()[3].Chip.Name)) {
		t.Error("something of her is left")
	}
	front.Open("tamper")
	told := func(state string) func() bool {
		return func() (found bool) {
			p.with(func() {
				for _, h := range p.beats {
					for _, d := range h.Devices {
						found = found || d.Name == "tamper" && d.State == state
					}
				}
			})
			return found
		}
	}
	until(t, "word at the hub of the open case", told("fault"))
	b.sees("blocked")
	b.halt()
	p.with(func() { p.beats = nil }) // of the run before
	b.start()
	b.sees("blocked")
	now := func(fault string) func() bool {
		return func() (found bool) {
			p.with(func() {
				if len(p.beats) == 0 {
					return
				}
				h := p.beats[len(p.beats)-1]
				found = h.Blocked == "tamper" && h.BlockedSince > 0 && slices.Contains(h.Devices, protocol.DeviceState{Name: "tamper", State: "fault", Fault: fault})
			})
			return found
		}
	}
	until(t, "word that it still is open", now("open"))
	two := func() error {
		return b.app.CaseLooked(t.Context(), store.DayAct{Account: "s-chen", At: 1}, store.DayAct{Account: "s-tan", At: 1})
	}
	if err := two(); !errors.Is(err, desk.ErrCaseOpen) {
		t.Errorf("looked at while it stands open: %v", err)
	}
	front.Shut("tamper")
	until(t, "word at the hub of a case that was opened", now("was opened"))
	b.sees("blocked") // shut is not looked at
	if err := two(); err != nil {
		t.Fatal(err)
	}
	b.sees("idle")
	p.with(func() { p.beats = nil })
	until(t, "word at the hub of the closed case", told("ready"))
	b.halt()
	b.start()
	b.sees("idle")
	b.halt()
	keys, err := keystore.OpenFile(b.data + "/keys")
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(b.data, keys, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	latches, err := s.Latches()
	if err != nil || len(latches) == 0 {
		t.Fatalf("latches: %+v, %v", latches, err)
	}
	for _, l := range latches {
		if l.Contact == "tamper" && (l.Count != 1 || l.Open) {
			t.Errorf("latch: %+v", l)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
