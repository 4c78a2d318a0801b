package appliance_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"zhunkao/appliance"
	"zhunkao/appliance/visit"
	"zhunkao/hw/idcard"
	"zhunkao/hw/keystore"
	"zhunkao/hw/panel"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// box is one running box, its reader in the test's hand.
type box struct {
	*testing.T
	app   *appliance.Appliance
	data  string
	cards chan idcard.Event
	log   *safeBuffer
	http  *http.Client
	now   func() time.Time
	mono  func() time.Duration // nil is real
	stop  func()

	camera, printer, browser string // addresses; "" is none
	fonts                    string // folder; "" is the user's
	watchdog, desk           string
	deskNames                []string
	panel                    panel.Wiring
	arguments                []string
}

// safeBuffer is a log that can be read while it is written.
type safeBuffer struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// at is a clock that shows t now and runs on.
func at(t time.Time) func() time.Time {
	begin := time.Now()
	return func() time.Time { return t.Add(time.Since(begin)) }
}

// open is within the confirmation of the campaign, for every division.
var open = time.Date(2019, 9, 7, 9, 0, 0, 0, window.Zone())

func newBox(t *testing.T, p *peer) *box {
	t.Helper()
	return newBoxIn(t, p, t.TempDir())
}

// newBoxIn is a box whose data lie below dir.
func newBoxIn(t *testing.T, p *peer, dir string) *box {
	t.Helper()
	b := &box{T: t, data: filepath.Join(dir, "data"), now: p.now, http: &http.Client{Timeout: 2 * time.Minute}}
	_, err := appliance.Enrol(t.Context(), appliance.Enrolment{Data: b.data, KeyStore: keystore.KindFile, Ticket: p.ticket(code), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.halt)
	return b
}

func (b *box) start() {
	b.Helper()
	b.cards, b.log = make(chan idcard.Event), &safeBuffer{}
	var err error
	b.app, err = appliance.New(appliance.Config{
		Data: b.data, Listen: "127.0.0.1:0", Cards: b.cards, Now: b.now, Mono: b.mono, Resend: 500 * time.Millisecond,
		Camera: b.camera, Printer: b.printer, Fonts: b.fonts, Panel: b.panel, Watchdog: b.watchdog, Desk: b.desk, DeskNames: b.deskNames, Browser: b.browser, Arguments: b.arguments, Profiles: b.profiles(),
		Software: "test", Log: slog.New(slog.NewJSONHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.app.Run(ctx) }()
	b.stop = func() {
		b.Helper()
		cancel()
		select {
		case err := <-done:
			if !errors.Is(err, context.Canceled) {
				b.Errorf("Run: %v", err)
			}
		case <-time.After(2 * time.Minute):
			b.Fatal("Run does not end")
		}
		if err := b.app.Close(); err != nil {
			b.Error(err)
		}
		b.http.CloseIdleConnections()
	}
}

// profiles is where the browser's profiles lie; their path must be short.
func (b *box) profiles() string {
	if b.browser == "" {
		return ""
	}
	dir, err := os.MkdirTemp("/tmp", "zk")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) }) // empty by then
	return dir
}

func (b *box) halt() {
	if b.stop != nil {
		b.stop()
		b.stop = nil
	}
}

var (
	screenAttr = regexp.MustCompile(`data-screen="([a-z-]+)"`)
	hidden     = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*>`)
	nameAttr   = regexp.MustCompile(`\bname="([^"]*)"`)
	valueAttr  = regexp.MustCompile(`\bvalue="([^"]*)"`)
	button     = regexp.MustCompile(`<button[^>]*primary[^>]*>`)
)

// look fetches the page: its screen, its hidden fields, its primary button.
func (b *box) look() (screen string, fields url.Values, text string) {
	b.Helper()
	res, err := b.http.Get("http://" + b.app.Addr() + "/")
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	m := screenAttr.FindSubmatch(raw)
	if m == nil {
		b.Fatalf("the page does not say which screen it is: %s", res.Status)
	}
	fields = url.Values{}
	for _, tag := range hidden.FindAllString(string(raw), -1) {
		fields.Set(nameAttr.FindStringSubmatch(tag)[1], valueAttr.FindStringSubmatch(tag)[1])
	}
	if v := valueAttr.FindStringSubmatch(button.FindString(string(raw))); v != nil {
		fields.Set("button", v[1])
	}
	return string(m[1]), fields, string(raw)
}

func (b *box) post(path, kind string, body []byte) {
	b.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		req, err := http.NewRequest(http.MethodPost, "http://"+b.app.Addr()+path, bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Origin", "http://"+b.app.Addr())
		req.Header.Set("X-Kiosk", "1")
		res, err := b.http.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode == http.StatusServiceUnavailable && time.Now().Before(end) {
			continue // the box is busy, and she presses again
		}
		if res.StatusCode >= 400 {
			b.Fatalf("%s: %s", path, res.Status)
		}
		return
	}
}

// sees waits for a screen. On a machine so busy that she is asked whether she is there,
// she says that she is.
func (b *box) sees(want string) string {
	b.Helper()
	deadline := time.Now().Add(4 * time.Minute)
	for {
		screen, fields, text := b.look()
		if screen == want {
			return text
		}
		if screen == "still-there" {
			b.stays(fields)
		}
		if time.Now().After(deadline) {
			b.Fatalf("screen is %q, want %q; log:\n%s", screen, want, b.log)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// stays answers the question whether she is there.
func (b *box) stays(fields url.Values) {
	b.Helper()
	fields.Set("button", string(visit.ButtonStay))
	b.post("/press", "application/x-www-form-urlencoded", []byte(fields.Encode()))
}

// place puts a card on the reader, as the driver would tell it.
func (b *box) place(chip form.Chip) {
	b.send(idcard.CardPlaced{Placement: 1})
	b.send(idcard.CardRead{Placement: 1, Card: cardOf(chip)})
}

func (b *box) lift() { b.send(idcard.CardRemoved{Placement: 1}) }

func (b *box) send(e idcard.Event) {
	b.Helper()
	select {
	case b.cards <- e:
	case <-time.After(2 * time.Minute):
		b.Fatal("the loop takes no more events of the reader")
	}
}

// walk presses what is primary and signs, until the record is accepted or the
// walk ends otherwise.
func (b *box) walk() string { b.Helper(); return b.walkTo("") }

// walkTo is walk, but ends at the screen given, with nothing done there. A quick
// printer may be done before anybody saw the screen "printing": then it ends at
// "take-sheet".
func (b *box) walkTo(last string) string {
	b.Helper()
	deadline := time.Now().Add(4 * time.Minute) // patience with a busy machine
	for time.Now().Before(deadline) {
		screen, fields, text := b.look()
		switch screen {
		case last:
			return text
		case "take-sheet":
			if last == "printing" {
				return text
			}
			b.post("/press", "application/x-www-form-urlencoded", []byte(fields.Encode()))
		case "found", "read-through", "photo-notice", "photo", "photo-check":
			b.post("/press", "application/x-www-form-urlencoded", []byte(fields.Encode()))
		case "pledge":
			body, err := json.Marshal(map[string]any{
				"visit": json.Number(fields.Get("visit")), "turn": json.Number(fields.Get("turn")), "token": fields.Get("token"),
				"signature": map[string]any{"w": 800, "h": 300, "strokes": [][]int{{100, 100, 140, 90, 180, 95, 220, 120, 240, 130}, {160, 60, 158, 120, 155, 180, 150, 240}}},
			})
			if err != nil {
				b.Fatal(err)
			}
			b.post("/sign", "application/json", body)
		case "still-there":
			b.stays(fields)
		case "reading", "looking", "sealing", "taking", "printing", "no-photo":
			time.Sleep(5 * time.Millisecond)
		default:
			return text
		}
	}
	screen, _, _ := b.look()
	b.Fatalf("the walk does not end; screen is %q; log:\n%s", screen, b.log)
	return ""
}

// cardOf is the card that a chip's data would be read from.
func cardOf(c form.Chip) *idcard.Card {
	out := &idcard.Card{
		Kind: idcard.Resident, Name: string(c.Name), Sex: c.Sex, Ethnic: c.Ethnic, Birth: c.Birth, Address: c.Address,
		Number: c.Number.Reveal(), Issuer: c.Issuer, ValidFrom: c.ValidFrom, ValidTo: c.ValidTo,
		WLT: append([]byte{'W', 'L', 0x66, 0, 0x7E, 0}, make([]byte, 1018)...),
	}
	for i, u := range utf16.Encode([]rune(string(c.Name) + c.Number.Reveal())) {
		binary.LittleEndian.PutUint16(out.Text[2*i:], u)
	}
	return out
}

// plain gives the people who have nothing special about them.
func (p *peer) plain() (out []synthetic.Person) {
	for _, q := range p.people {
		if q.Flaw == synthetic.NoFlaw && q.Chip.Type == form.ChipResident {
			out = append(out, q)
		}
	}
	return out
}
