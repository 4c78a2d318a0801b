package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/appliance/store"
	"zhunkao/hw/idcardtest"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/enrol"
)

// Box is one box with its reader and whoever stands before it.
type Box struct {
	Name   string
	Data   string
	Person *Person

	point  string
	run    *program
	reader *idcardtest.Reader
	plug   *idcardtest.Plug

	equipment *Equipment // nil: the reader is all it has
	stick     *stick     // nil: it has no port for one
}

// NewBox makes a box, enrols it at point through the running hub, and plugs
// its reader in. It is not started.
func (p *Province) NewBox(ctx context.Context, name, point string) (*Box, error) {
	data := p.dataOf(name)
	if err := store.Create(data, store.Options{Demo: true}); err != nil {
		return nil, err
	}
	if err := enrol.Drive(ctx, p.enrolment(data, point)); err != nil {
		return nil, err
	}
	return p.addBox(name, data, point)
}

// CloneBox copies a stopped box, keys and all, as a thief of its card would.
func (p *Province) CloneBox(from, to string) (*Box, error) {
	b, ok := p.boxes[from]
	if !ok {
		return nil, fmt.Errorf("no box %s", from)
	}
	if b.run.running() {
		return nil, fmt.Errorf("stop box %s before copying it", from)
	}
	data := p.in("box-" + to)
	if err := os.CopyFS(data, os.DirFS(b.Data)); err != nil {
		return nil, err
	}
	if err := Private(data); err != nil {
		return nil, err
	}
	return p.addBox(to, data, b.point)
}

// SmallDisk gives a box that is not made yet a disk of its own, of a size such
// as "48m". It needs the right to mount.
func (p *Province) SmallDisk(name, size string) error {
	at := p.in("disk-" + name)
	if err := os.Mkdir(at, 0o700); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", at, "tmpfs", 0, "mode=0700,size="+size); err != nil {
		return fmt.Errorf("a disk of %s for box %s: %w", size, name, err)
	}
	p.disks[name] = at
	return nil
}

// dataOf is the data folder of a box.
func (p *Province) dataOf(name string) string {
	if disk, ok := p.disks[name]; ok {
		return filepath.Join(disk, "data")
	}
	return p.in("box-" + name)
}

// Ballast is the file with which Fill fills the disk of the box.
func (b *Box) Ballast() string { return filepath.Join(filepath.Dir(b.Data), "ballast") }

// Fill writes the ballast until the disk is full.
func (b *Box) Fill() error {
	f, err := os.OpenFile(b.Ballast(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	for size := 1 << 20; size >= 4096; {
		if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return f.Close()
}

// image is where a copy of the box's disk lies.
func (b *Box) image() string { return b.Data + "-image" }

// Image copies the stopped box's disk aside; Restore puts the copy back, as a
// technician would who keeps an image of the card.
func (b *Box) Image() error {
	if b.run.running() {
		return fmt.Errorf("stop box %s before copying its disk", b.Name)
	}
	if err := os.CopyFS(b.image(), os.DirFS(b.Data)); err != nil {
		return err
	}
	return Private(b.image())
}

// Restore puts the copy that Image made in the place of the stopped box's disk.
func (b *Box) Restore() error {
	if b.run.running() {
		return fmt.Errorf("stop box %s before its disk is exchanged", b.Name)
	}
	if err := os.RemoveAll(b.Data); err != nil {
		return err
	}
	return os.Rename(b.image(), b.Data)
}

// EnrolAgain gives a stopped box that the hub knows as id a new identity.
func (p *Province) EnrolAgain(ctx context.Context, name, id string) error {
	b, ok := p.boxes[name]
	if !ok {
		return fmt.Errorf("no box %s", name)
	}
	o := p.enrolment(b.Data, b.point)
	o.Again, o.Box = true, id
	return enrol.Drive(ctx, o)
}

// WrongClock has the stopped box's board tell another time from now on; the
// hub keeps the campaign's.
func (p *Province) WrongClock(name, start string) error {
	b, ok := p.boxes[name]
	if !ok {
		return fmt.Errorf("no box %s", name)
	}
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		return err
	}
	socket := p.in(fmt.Sprintf("clock-%d", len(p.served)))
	if err := p.serveClock(p.ctx, socket, at); err != nil {
		return err
	}
	b.run.args[len(b.run.args)-1] = socket + ".sock"
	return nil
}

func (p *Province) enrolment(data, point string) enrol.Options {
	return enrol.Options{
		Hubctl: filepath.Join(p.Bin, "hubctl"), HubData: p.asked().data, Point: point,
		Kioskd: filepath.Join(p.Bin, "kioskd"), BoxData: data, Say: func(string, ...any) {},
	}
}

// Private gives a copied disk the modes it had: os.CopyFS widens them by the
// umask, and a thief copies a medium as it is.
func Private(dir string) error {
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	})
}

func (p *Province) addBox(name, data, point string) (*Box, error) {
	addrs, err := freeAddrs(1)
	if err != nil {
		return nil, err
	}
	b := &Box{Name: name, Data: data, point: point, reader: idcardtest.New(), Person: &Person{Addr: addrs[0]}}
	if err := b.reader.SetKnobs(idcardtest.Quick()); err != nil {
		return nil, err
	}
	b.plug = idcardtest.NewPlug(b.reader, p.in("reader-"+name))
	if err := b.plug.Plug(); err != nil {
		return nil, err
	}
	b.run = &program{name: "kioskd " + name, path: filepath.Join(p.Bin, "kioskd"), log: p.in("box-" + name + ".log"), args: []string{
		"run", "--data", data, "--listen", addrs[0], "--reader", b.plug.Link(), "--demo-clock", p.in("clock.sock")}}
	p.boxes[name] = b
	return b, nil
}

// Start starts the box and waits until its screen answers.
func (b *Box) Start(ctx context.Context) error {
	if err := b.run.start(); err != nil {
		return err
	}
	return answersBy(ctx, b.run, "http://"+b.Person.Addr+"/", b.Person.client().Transport)
}

// Stop ends the box in order; Kill is its power cut; Lift takes the card away.
func (b *Box) Stop() error { return b.run.stop() }

// Kill ends the box as a power cut would.
func (b *Box) Kill() error { return b.run.kill() }

// PID is the running box's process.
func (b *Box) PID() int { return b.run.cmd.Process.Pid }

// Lift takes the card off the reader.
func (b *Box) Lift() { b.reader.Lift() }

func (b *Box) close() error {
	return errors.Join(b.run.stop(), b.plug.Unplug(), b.equipment.close(), b.stick.close())
}

// Place puts a card on the reader.
func (b *Box) Place(card form.Chip) error { return b.reader.Place(emulated(card)) }

// emulated is a card for the emulated reader. The portrait's seed is the
// person's own, so that each has her own face.
func emulated(card form.Chip) idcardtest.Card {
	face := fnv.New64a()
	face.Write([]byte(card.Number.Reveal()))
	return idcardtest.Card{
		Seed: face.Sum64(),
		Type: card.Type, Name: card.Name.Reveal(), NameEn: card.NameEn, Sex: card.Sex, Ethnic: card.Ethnic, Birth: card.Birth,
		Address: card.Address, Number: card.Number.Reveal(), Issuer: card.Issuer, ValidFrom: card.ValidFrom, ValidTo: card.ValidTo,
		PassNumber: card.PassNumber, IssueCount: card.IssueCount, Nationality: card.Nationality,
	}
}

// Check has the stopped box examine its whole store.
func (b *Box) Check(ctx context.Context) error {
	if b.run.running() {
		return fmt.Errorf("stop box %s before its check", b.Name)
	}
	out, err := exec.CommandContext(ctx, b.run.path, "check", "--data", b.Data).CombinedOutput()
	if err != nil {
		return fmt.Errorf("check of box %s: %w\n%s", b.Name, err, out)
	}
	return nil
}

// Cards returns the people's cards that match note: "" is a plain candidate of
// the first point, whose card no clerk must copy; see demo.Card.
func (p *Province) Cards(note string) []demo.Card {
	var out []demo.Card
	for _, c := range p.cards {
		_, reviewed := campaign.Adult2019().ReviewedCard(form.Application{}, c.Card)
		if c.Note == note && !(note == "" && reviewed) {
			out = append(out, c)
		}
	}
	return out
}
