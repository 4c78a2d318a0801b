package rehearsal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

// terminal is what the person who typed `make run` reads.
type terminal struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

func (w *terminal) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(b)
}

func (w *terminal) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}

// visitor is somebody with a browser before a running demonstration.
type visitor struct {
	t     *testing.T
	ctx   context.Context
	o     demo.Options
	out   *terminal
	web   *http.Client
	kiosk *rehearsal.Person
	end   context.CancelFunc
	ended chan error
}

// begin runs the demonstration until its tour stands on the terminal.
func begin(t *testing.T, o demo.Options) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, ctx: context.Background(), o: o, out: &terminal{}, ended: make(chan error, 1),
		web:   &http.Client{Jar: jar, Timeout: time.Minute},
		kiosk: &rehearsal.Person{Addr: o.Ports.Kiosk()}}
	ctx, end := context.WithCancel(v.ctx)
	v.end = end
	o.Out = v.out
	go func() { v.ended <- demo.Run(ctx, o) }()
	v.until("the tour", func() error {
		select {
		case err := <-v.ended:
			v.ended <- err
			return rehearsal.Stop(fmt.Errorf("it ended (%v)\n%s", err, v.out))
		default:
		}
		if !strings.Contains(v.out.String(), "make clean-demo") {
			return errors.New("it is not ready")
		}
		return nil
	})
	return v
}

// finish is Ctrl-C: everything ends, and no child is left.
func (v *visitor) finish() {
	v.t.Helper()
	pids := v.pids()
	v.end()
	select {
	case err := <-v.ended:
		if err != nil {
			v.t.Errorf("the demonstration ended badly: %v", err)
		}
	case <-time.After(rehearsal.Wait):
		v.t.Fatal("Ctrl-C does not end it")
	}
	for name, pid := range pids {
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			v.t.Errorf("%s still runs after the end", name)
		}
	}
	if err := v.o.Ports.Free(); err != nil {
		v.t.Errorf("after the end: %v", err)
	}
}

func (v *visitor) until(what string, f func() error) {
	v.t.Helper()
	if err := rehearsal.Until(v.ctx, rehearsal.Wait, f); err != nil {
		v.t.Fatalf("%s: %v\n%s", what, err, v.logs())
	}
}

func (v *visitor) must(what string, err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatalf("%s: %v\n%s", what, err, v.logs())
	}
}

func (v *visitor) logs() string {
	var out strings.Builder
	for _, name := range []string{"hub", "box", "emulators", "cashier"} {
		b, err := os.ReadFile(demo.Layout{Dir: v.o.Data}.Log(name))
		if err != nil {
			b = []byte(err.Error())
		}
		fmt.Fprintf(&out, "--- %s\n%s", name, b[max(0, len(b)-1500):])
	}
	return out.String()
}

// page fetches a page of addr.
func (v *visitor) page(addr, path string) (string, error) {
	res, err := v.web.Get("http://" + addr + path)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s%s: %s", addr, path, res.Status)
	}
	return string(b), err
}

var (
	hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
	pid    = regexp.MustCompile(`pid (\d+)`)
	record = regexp.MustCompile(`/gl/confirmations/([0-9a-f]+)"`)
)

// press fills in and sends a form of the page at addr+from.
func (v *visitor) press(addr, from, to string, fields url.Values) {
	v.t.Helper()
	page, err := v.page(addr, from)
	v.must("the page with the form", err)
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		if !fields.Has(m[1]) {
			fields.Set(m[1], m[2])
		}
	}
	req, err := http.NewRequestWithContext(v.ctx, http.MethodPost, "http://"+addr+to, strings.NewReader(fields.Encode()))
	v.must("request", err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "http://"+addr)
	res, err := v.web.Do(req)
	v.must(to, err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		v.t.Fatalf("%s: %s", to, res.Status)
	}
}

// program presses a program's button on the demonstration's own page.
func (v *visitor) program(name, do string) {
	v.t.Helper()
	v.press(v.o.Ports.Home(), "/", "/programs/"+name, url.Values{"do": {do}})
}

// pids are the running programs as the demonstration's page shows them.
func (v *visitor) pids() map[string]int {
	v.t.Helper()
	page, err := v.page(v.o.Ports.Home(), "/")
	v.must("the demonstration's page", err)
	out := map[string]int{}
	found := pid.FindAllStringSubmatch(page, -1)
	for i, name := range []string{"hub", "box", "emulators", "cashier"} {
		if len(found) != 4 {
			v.t.Fatalf("the page shows %d running programs, want 4", len(found))
		}
		if out[name], err = strconv.Atoi(found[i][1]); err != nil {
			v.t.Fatal(err)
		}
	}
	return out
}

// panel acts on the emulated reader by the panel's door for programs.
func (v *visitor) panel(path, body string) {
	v.t.Helper()
	v.until("the panel", func() error {
		res, err := v.web.Post("http://"+v.o.Ports.Panel()+path, "application/json", strings.NewReader(body))
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", path, res.Status)
		}
		return nil
	})
}

// confirm walks one candidate of the deck to 已受理, and waits until the page
// says what is wanted of its way to the hub.
func (v *visitor) confirm(card int, says string) {
	v.t.Helper()
	_, err := v.kiosk.Sees(v.ctx, "idle")
	v.must("before the card", err)
	v.panel("/api/place", fmt.Sprintf(`{"card":%d}`, card))
	v.must("the walk", v.kiosk.Confirm(v.ctx))
	v.kioskSays(says)
}

func (v *visitor) kioskSays(says string) {
	v.t.Helper()
	v.until("the kiosk", func() error {
		seen, err := v.kiosk.Look(v.ctx)
		if err == nil && !strings.Contains(seen.Text, says) {
			err = fmt.Errorf("screen %q does not say %s", seen.Screen, says)
		}
		return err
	})
}

func (v *visitor) lift() {
	v.t.Helper()
	v.must("the last screen", v.kiosk.Done(v.ctx))
	v.panel("/api/lift", "")
	_, err := v.kiosk.Sees(v.ctx, "idle")
	v.must("after the card", err)
}

// signIn enters the console with the account that the terminal names.
func (v *visitor) signIn(user string) {
	v.t.Helper()
	m := regexp.MustCompile(`(?m)^\s+` + user + `\s+(\S+)`).FindStringSubmatch(v.out.String())
	if m == nil {
		v.t.Fatalf("the terminal names no account %s:\n%s", user, v.out)
	}
	page, err := v.page(v.o.Ports.Hub(), "/gl/sign-in")
	v.must("the door", err)
	code := regexp.MustCompile(`(?s)>` + user + `</td>.*?data-code>(\d{6})<`).FindStringSubmatch(page)
	if code == nil {
		v.t.Fatalf("the sign-in page shows no code of %s", user)
	}
	v.press(v.o.Ports.Hub(), "/gl/sign-in", "/gl/sign-in", url.Values{"login": {user}, "password": {m[1]}, "code": {code[1]}})
}

// records waits until the console lists n different records.
func (v *visitor) records(n int) (ids []string) {
	v.t.Helper()
	v.until("the console", func() error {
		page, err := v.page(v.o.Ports.Hub(), "/gl/confirmations")
		if err != nil {
			return err
		}
		if !strings.Contains(page, "演示") {
			return rehearsal.Stop(errors.New("the console's page is not marked 演示"))
		}
		seen := map[string]bool{}
		ids = nil
		for _, m := range record.FindAllStringSubmatch(page, -1) {
			if !seen[m[1]] {
				seen[m[1]], ids = true, append(ids, m[1])
			}
		}
		if len(ids) != n {
			return fmt.Errorf("it lists %d records, want %d", len(ids), n)
		}
		return nil
	})
	return ids
}

// tenPorts finds ten free ports in a row.
func tenPorts(t *testing.T) demo.Ports {
	t.Helper()
	for range 100 {
		p := demo.Ports{Base: 20000 + rand.IntN(10000)}
		if p.Free() == nil {
			return p
		}
	}
	t.Fatal("no ten free ports in a row")
	return demo.Ports{}
}

// TestDemonstration walks the tour that `make run` prints, then starts it once
// more over the same folder.
func TestDemonstration(t *testing.T) {
	o := demo.Options{Bin: bin, Data: filepath.Join(t.TempDir(), "demo"), Ports: tenPorts(t)}
	v := begin(t, o)
	for _, said := range []string{"http://" + o.Ports.Home() + "/", "http://" + o.Ports.Kiosk() + "/", "http://" + o.Ports.Panel() + "/",
		"http://" + o.Ports.Hub() + "/gl", o.Data, "把一位考生的身份证放到读卡器上", "Put a candidate's card on the reader"} {
		if !strings.Contains(v.out.String(), said) {
			t.Errorf("the terminal does not say %q", said)
		}
	}

	// A second one is refused with a sentence, whatever it collides with.
	var out bytes.Buffer
	err := demo.Run(v.ctx, demo.Options{Bin: bin, Data: filepath.Join(t.TempDir(), "other"), Ports: o.Ports, Out: &out})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("port %d", o.Ports.Base)) || !strings.Contains(err.Error(), "PORT=") {
		t.Errorf("over taken ports: %v", err)
	}
	err = demo.Run(v.ctx, demo.Options{Bin: bin, Data: o.Data, Ports: tenPorts(t), Out: &out})
	if err == nil || !strings.Contains(err.Error(), "already runs") {
		t.Errorf("over the same folder: %v", err)
	}

	// Card, kiosk, console.
	v.confirm(0, "已送达省中心")
	v.lift()
	v.signIn("sheng")
	first := v.records(1)
	page, err := v.page(o.Ports.Hub(), "/gl/confirmations/"+first[0])
	v.must("the record's page", err)
	var deck []demo.Card
	raw, err := os.ReadFile(demo.Layout{Dir: o.Data}.Deck())
	v.must("the deck", err)
	v.must("the deck", json.Unmarshal(raw, &deck))
	for what, text := range map[string]string{"the chip's name": deck[0].Card.Name.Reveal(), "the chip's address": deck[0].Card.Address,
		"the checks": "查过什么", "the timeline": "经过", "the envelope": "封"} {
		if !strings.Contains(page, text) {
			t.Errorf("the record's page lacks %s", what)
		}
	}
	if n := regexp.MustCompile(`\b\d{17}[\dX]\b`).FindString(page); n != "" {
		t.Errorf("the record's page shows a whole number, %s", n)
	}
	// Another county's operator finds nothing.
	stranger := *v
	jar, err := cookiejar.New(nil)
	v.must("jar", err)
	stranger.web = &http.Client{Jar: jar, Timeout: time.Minute}
	stranger.signIn("tianxin")
	if _, err := stranger.page(o.Ports.Hub(), "/gl/confirmations/"+first[0]); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("another county's operator: %v", err)
	}

	// The hub is away, and comes back.
	v.program("hub", "stop")
	v.until("the hub stops", func() error {
		if _, err := v.page(o.Ports.Hub(), "/gl"); err == nil {
			return errors.New("it still answers")
		}
		return nil
	})
	v.confirm(1, "待上传")
	v.program("hub", "start")
	v.kioskSays("已送达省中心")
	v.lift()
	v.records(2)

	// Each program is killed by its printed pid while a record is fresh.
	before := v.pids()
	v.confirm(2, "已受理")
	for _, name := range []string{"hub", "box", "emulators", "cashier"} {
		v.must("kill "+name, syscall.Kill(before[name], syscall.SIGKILL))
	}
	v.until("all are started again", func() error {
		page, err := v.page(o.Ports.Home(), "/")
		if err != nil {
			return err
		}
		now := pid.FindAllStringSubmatch(page, -1)
		for _, m := range now {
			for _, old := range before {
				if m[1] == strconv.Itoa(old) {
					return errors.New("the page still shows a dead one")
				}
			}
		}
		if len(now) != 4 {
			return fmt.Errorf("%d programs run", len(now))
		}
		return nil
	})
	v.records(3)

	// The clock stands on the panel; it is moved there, and shown at home too.
	v.clockOnPanel()
	v.until("the clock", func() error {
		page, err := v.page(o.Ports.Home(), "/")
		if err == nil && !strings.Contains(page, "2019-09-07 12:3") {
			err = errors.New("it is not half past twelve of the next day")
		}
		return err
	})
	v.finish()

	// Once more: it goes on.
	v = begin(t, o)
	page, err = v.page(o.Ports.Home(), "/")
	v.must("the demonstration's page", err)
	if !strings.Contains(page, "2019-09-07 12:3") {
		t.Error("the clock began again")
	}
	v.signIn("sheng")
	v.records(3)
	_, err = v.kiosk.Sees(v.ctx, "idle")
	v.must("the kiosk", err)
	v.panel("/api/place", `{"card":0}`)
	_, err = v.kiosk.Sees(v.ctx, "refused")
	v.must("the same candidate", err)
	v.kioskSays("已经确认过")
	v.finish()
}

// The gaokao's demonstration comes up in its own days, and one record goes through:
// from the card to the hub, signed by a pupil at her school's point.
func TestDemonstrationGaokao(t *testing.T) {
	t.Parallel()
	v := begin(t, demo.Options{Campaign: demo.Gaokao.Name, Bin: bin, Data: filepath.Join(t.TempDir(), "demo"), Ports: tenPorts(t)})
	page, err := v.page(v.o.Ports.Home(), "/")
	v.must("the demonstration's page", err)
	for _, says := range []string{"2013-11-05 09:0", "普通高等学校招生全国统一考试", "网报登录卡", "现金"} {
		if !strings.Contains(page, says) {
			t.Errorf("the demonstration's page does not say %s", says)
		}
	}
	v.confirm(0, "已送达省中心")
	v.signIn("yuelu")
	v.records(1)
	v.finish()
}
