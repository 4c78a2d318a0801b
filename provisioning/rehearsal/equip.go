package rehearsal

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"zhunkao/hw/cameratest"
	"zhunkao/hw/idcardtest"
	"zhunkao/hw/printertest"
)

// Equipment is what stands around a box beside its reader.
type Equipment struct {
	Camera   *cameratest.Camera
	Printer  *printertest.Printer
	Temp     string // what the box is given for temporary files
	Profiles string // of its browser; "" if it keeps none

	eye   *cameratest.Plug
	cable *printertest.Plug
}

// Equip puts a camera with somebody before it, and a printer, on lines of a box
// that is not started, and gives kioskd further arguments. browser is the
// browser that the box keeps; "" leaves it without. The profiles' folder is
// made outside of the province, for its path must be short.
func (p *Province) Equip(name, browser string, more ...string) (*Equipment, error) {
	b, ok := p.boxes[name]
	if !ok {
		return nil, fmt.Errorf("no box %s", name)
	}
	if b.run.running() || b.equipment != nil {
		return nil, fmt.Errorf("box %s runs, or is equipped already", name)
	}
	e := &Equipment{Camera: cameratest.New(), Printer: printertest.New(), Temp: p.in("temp-" + name)}
	b.equipment = e
	e.Camera.Show(cameratest.Portrait(7))
	e.eye, e.cable = cameratest.NewPlug(e.Camera, "127.0.0.1:0"), printertest.NewPlug(e.Printer, "127.0.0.1:0", nil)
	if err := errors.Join(e.Printer.SetKnobs(printertest.Quick()), e.eye.Plug(), e.cable.Plug(), os.Mkdir(e.Temp, 0o700)); err != nil {
		return nil, err
	}
	args := []string{"run", "--camera", e.eye.URL(), "--printer", e.cable.URI()}
	if browser != "" {
		var err error
		if e.Profiles, err = os.MkdirTemp("/tmp", "zk"); err != nil {
			return nil, err
		}
		args = append(args, "--browser", browser, "--profiles", e.Profiles)
	}
	b.run.env = []string{"TMPDIR=" + e.Temp}
	// b.run.args[0] is the command; the clock's socket stays the last.
	b.run.args = slices.Concat(args, more, b.run.args[1:])
	return e, nil
}

// close pulls everything.
func (e *Equipment) close() error {
	if e == nil {
		return nil
	}
	e.cable.Unplug()
	e.Printer.Close()
	err := e.eye.Unplug()
	if e.Profiles != "" {
		err = errors.Join(err, os.RemoveAll(e.Profiles))
	}
	return err
}

// SetReader sets how fast the reader is, and how it fails.
func (b *Box) SetReader(k idcardtest.Knobs) error { return b.reader.SetKnobs(k) }

// Diary is what the reader was asked and answered, oldest first.
func (b *Box) Diary() []idcardtest.Entry { return b.reader.Log() }

// ReaderPort is where the reader is, for a program that is not the box.
func (b *Box) ReaderPort() string { return b.plug.Link() }
