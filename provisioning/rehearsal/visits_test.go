package rehearsal_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"
	"go.bug.st/serial"

	"zhunkao/hw/cameratest"
	"zhunkao/hw/idcardtest"
	"zhunkao/hw/printertest"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

// BenchmarkVisit has whole visits at the shipped box, with devices that take
// their usual time and a person who answers at once, and after each visit the
// same devices do the same work for a program that does nothing else. of-reader
// is from the first find that answers to the fields on the screen, beside the
// reader's own time for the same commands; of-devices is the time of reader,
// camera and printer beside the time of the whole visit, from the card put down
// to the beginning. A reader does not say that a card came: it is asked, and its
// makers want 300 ms from one question to the next. So each program finds its
// card late by half of that on average, and that is the reader's time; without
// it of-devices is given as of-devices-found.
func BenchmarkVisit(b *testing.B) {
	if raceEnabled {
		b.Skip("the race detector takes its own time")
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for b.Loop() {
		p, err := rehearsal.Open(ctx, bin, filepath.Join(b.TempDir(), "p"))
		if err != nil {
			b.Fatal(err)
		}
		rounds, err := timeVisits(ctx, b, p)
		if err := p.Close(); err != nil {
			b.Error(err)
		}
		if err != nil {
			b.Fatalf("%v\n%s", err, p.Logs())
		}
		median := func(of func(round) time.Duration) float64 {
			var all []float64
			for _, r := range rounds {
				all = append(all, of(r).Seconds())
			}
			slices.Sort(all)
			return all[len(all)/2]
		}
		fields, own := median(func(r round) time.Duration { return r.fields }), median(func(r round) time.Duration { return r.reading })
		whole, devices := median(func(r round) time.Duration { return r.visit }), median(round.devices)
		b.ReportMetric(fields*1e3, "ms-fields")
		b.ReportMetric(own*1e3, "ms-reader")
		b.ReportMetric(fields/own, "of-reader")
		b.ReportMetric(median(func(r round) time.Duration { return r.find })*1e3, "ms-find")
		b.ReportMetric(median(func(r round) time.Duration { return r.burst })*1e3, "ms-camera")
		b.ReportMetric(median(func(r round) time.Duration { return r.page })*1e3, "ms-printer")
		b.ReportMetric(whole*1e3, "ms-visit")
		b.ReportMetric(3600/whole, "visits/hour")
		b.ReportMetric(devices/whole, "of-devices")
		b.ReportMetric(median(func(r round) time.Duration { return r.devices() - r.due })/whole, "of-devices-found")
	}
}

// timed is how many visits are timed: medians do not move any more.
const timed = 15

// round is one visit, and the devices' own times of the same work.
type round struct {
	fields, visit              time.Duration
	find, reading, burst, page time.Duration
	due                        time.Duration // of find: nobody had asked yet
}

func (r round) devices() time.Duration { return r.find + r.reading + r.burst + r.page }

func timeVisits(ctx context.Context, b *testing.B, p *rehearsal.Province) (out []round, err error) {
	if err := p.StartHub(ctx); err != nil {
		return nil, err
	}
	box, err := p.NewBox(ctx, "A", "43010401")
	if err != nil {
		return nil, err
	}
	e, err := p.Equip("A", "")
	if err != nil {
		return nil, err
	}
	if err := errors.Join(box.SetReader(idcardtest.Knobs{}), e.Printer.SetKnobs(printertest.Knobs{})); err != nil {
		return nil, err
	}
	bare := newBare(b)
	if err := box.Start(ctx); err != nil {
		return nil, err
	}
	who, err := attend(ctx, box.Person)
	if err != nil {
		return nil, err
	}
	if err := who.until(ctx, func(s rehearsal.Seen) (bool, error) { return s.Screen == "idle", nil }); err != nil {
		return nil, err
	}
	cards := p.Cards("")
	for i, card := range cards[:min(len(cards), timed)] {
		r, err := timeVisit(ctx, who, box, card)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(bare.read(&r, box, card, findEvery*time.Duration(i)/timed), bare.photograph(&r), bare.print(ctx, &r, e.Printer)); err != nil {
			return nil, err
		}
		b.Logf("%+v, of-reader %.3f, of-devices %.3f", r, float64(r.fields)/float64(r.reading), float64(r.devices())/float64(r.visit))
		out = append(out, r)
	}
	return out, nil
}

func timeVisit(ctx context.Context, who *prompt, box *rehearsal.Box, card demo.Card) (round, error) {
	begin := time.Now()
	if err := box.Place(card.Card); err != nil {
		return round{}, err
	}
	seen, err := who.visit(ctx, box)
	if err != nil {
		return round{}, err
	}
	r := round{visit: time.Since(begin)}
	asked, err := asked(box)
	if err != nil {
		return round{}, err
	}
	r.fields = seen.Sub(asked[0].At)
	return r, nil
}

// asked is what the reader was asked of the newest card, from the find that
// answered to the read.
func asked(box *rehearsal.Box) ([]idcardtest.Entry, error) {
	diary := box.Diary()
	for i := len(diary) - 1; i >= 0; i-- {
		if e := diary[i]; e.Cmd == "2001" && e.SW == "00009F" {
			for j := i; j < len(diary); j++ {
				if (diary[j].Cmd == "3001" || diary[j].Cmd == "3010") && diary[j].SW == "000090" {
					return diary[i : j+1], nil
				}
			}
		}
	}
	return nil, errors.New("the reader's diary does not tell of the read")
}

// bare are devices like the box's, and a program that only has them do the
// same work.
type bare struct {
	reader  *idcardtest.Reader
	line    serial.Port
	frames  chan struct{} // a frame of the camera came
	printer *printertest.Printer
	url     string
}

func newBare(b *testing.B) *bare {
	out := &bare{reader: idcardtest.New(), frames: make(chan struct{}, 1), printer: printertest.New()}
	plug := idcardtest.NewPlug(out.reader, filepath.Join(b.TempDir(), "reader"))
	camera := cameratest.New()
	camera.Show(cameratest.Portrait(7))
	eye, cable := cameratest.NewPlug(camera, "127.0.0.1:0"), printertest.NewPlug(out.printer, "127.0.0.1:0", nil)
	if err := errors.Join(plug.Plug(), eye.Plug(), cable.Plug()); err != nil {
		b.Fatal(err)
	}
	var err error
	if out.line, err = serial.Open(plug.Link(), &serial.Mode{BaudRate: 115200}); err != nil {
		b.Fatal(err)
	}
	res, err := http.Get(eye.URL())
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); out.watch(res.Body) }()
	out.url = "http" + strings.TrimPrefix(cable.URI(), "ipp")
	b.Cleanup(func() {
		cable.Unplug()
		out.printer.Close()
		if err := errors.Join(res.Body.Close(), out.line.Close(), eye.Unplug(), plug.Unplug()); err != nil {
			b.Error(err)
		}
		<-ended
	})
	return out
}

// watch reads the camera's stream and tells of each end of a frame.
func (d *bare) watch(stream io.Reader) {
	buf, last := make([]byte, 64<<10), byte(0)
	for {
		n, err := stream.Read(buf)
		if bytes.Contains(buf[:n], []byte{0xFF, 0xD9}) || last == 0xFF && n > 0 && buf[0] == 0xD9 {
			select {
			case d.frames <- struct{}{}:
			default:
			}
		}
		if err != nil {
			return
		}
		last = buf[n-1]
	}
}

// findEvery is the least time from one find to the next that readers' makers
// ask for.
const findEvery = 300 * time.Millisecond

// read has the reader do what the box asked of its own. The card is put down so
// long before the next find is due: as the rounds go on, anywhere between two.
func (d *bare) read(r *round, box *rehearsal.Box, card demo.Card, due time.Duration) error {
	asked, err := asked(box)
	if err != nil {
		return err
	}
	if err := d.reader.Place(rehearsal.Emulated(card.Card)); err != nil {
		return err
	}
	defer d.reader.Lift()
	r.due = due
	begin := time.Now()
	time.Sleep(due)
	for i, e := range asked {
		if err := d.ask(e); err != nil {
			return fmt.Errorf("%s: %w", e.Cmd, err)
		}
		if i == 0 {
			r.find = time.Since(begin)
			begin = time.Now()
		}
	}
	r.reading = time.Since(begin)
	return nil
}

// ask sends one command and takes its answer.
func (d *bare) ask(e idcardtest.Entry) error {
	cmd, err := hex.DecodeString(e.Cmd)
	if err != nil {
		return err
	}
	frame := []byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, cmd[0], cmd[1], 3 ^ cmd[0] ^ cmd[1]}
	if _, err := d.line.Write(frame); err != nil {
		return err
	}
	head := make([]byte, 7)
	if _, err := io.ReadFull(d.line, head); err != nil {
		return err
	}
	body := make([]byte, int(head[5])<<8|int(head[6]))
	if _, err := io.ReadFull(d.line, body); err != nil {
		return err
	}
	if got := strings.ToUpper(hex.EncodeToString(body[:3])); got != e.SW {
		return fmt.Errorf("answer %s, and the box got %s", got, e.SW)
	}
	return nil
}

// photograph waits for a burst as the camera's driver takes it: five frames, at
// least 120 ms apart.
func (d *bare) photograph(r *round) error {
	select {
	case <-d.frames: // an old one
	default:
	}
	begin := time.Now()
	for i := range 5 {
		if i > 0 {
			time.Sleep(120 * time.Millisecond)
		}
		select {
		case <-d.frames:
		case <-time.After(2 * time.Minute):
			return errors.New("no frame of the camera")
		}
	}
	r.burst = time.Since(begin)
	return nil
}

// print prints the document that the box's printer printed last, and waits at
// the printer for the page.
func (d *bare) print(ctx context.Context, r *round, of *printertest.Printer) error {
	jobs := of.Jobs()
	if len(jobs) == 0 {
		return errors.New("the box printed nothing")
	}
	m := goipp.NewRequest(goipp.DefaultVersion, goipp.OpPrintJob, 1)
	for _, a := range []struct {
		name string
		tag  goipp.Tag
		text string
	}{
		{"attributes-charset", goipp.TagCharset, "utf-8"}, {"attributes-natural-language", goipp.TagLanguage, "en"},
		{"printer-uri", goipp.TagURI, "ipp" + strings.TrimPrefix(d.url, "http")}, {"requesting-user-name", goipp.TagName, "bare"},
		{"job-name", goipp.TagName, "bare"}, {"document-format", goipp.TagMimeType, jobs[0].Format},
	} {
		m.Operation.Add(goipp.MakeAttribute(a.name, a.tag, goipp.String(a.text)))
	}
	head, err := m.EncodeBytes()
	if err != nil {
		return err
	}
	begin := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, io.MultiReader(bytes.NewReader(head), bytes.NewReader(jobs[0].Document)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", goipp.ContentType)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return err
	}
	for {
		changed := d.printer.Changed()
		if own := d.printer.Jobs(); len(own) > 0 && own[0].Over() && own[0].Done > 0 {
			r.page = time.Since(begin)
			d.printer.Clear()
			return nil
		}
		select {
		case <-changed:
		case <-time.After(2 * time.Minute):
			return errors.New("the page does not come")
		}
	}
}
