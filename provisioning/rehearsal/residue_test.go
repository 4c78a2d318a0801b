package rehearsal_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

// residue is a whole box with its browser, and what was seen at it.
type residue struct {
	*testing.T
	ctx   context.Context
	p     *rehearsal.Province
	box   *rehearsal.Box
	e     *rehearsal.Equipment
	seen  []rehearsal.Seen   // pages of all visits
	marks []rehearsal.Marker // of everybody who was here
	addrs map[string]bool    // addresses that the pages named
	known map[string]bool    // profiles of screens that were
}

// TestNothingIsLeft is requirement S39: a whole visit with photo and sheet at
// the shipped box with its real browser, and after it every byte that can be
// had by HTTP, in the box's files, in its browser's, in temporary files, in
// logs, in command lines and environments is searched for her, and the memory
// of the browser that the next person stands before. The same search finds her
// while she is there. The browser is killed in the middle, and so is the box.
func TestNothingIsLeft(t *testing.T) {
	program := browserItself(t)
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Minute)
	defer cancel()
	p := opened(ctx, t, rehearsal.Ground{})
	r := &residue{T: t, ctx: ctx, p: p, addrs: map[string]bool{}, known: map[string]bool{}}
	r.must(p.StartHub(ctx))
	var err error
	r.box, err = p.NewBox(ctx, "A", "43010401")
	r.must(err)
	r.e, err = p.Equip("A", program, append(slices.Clone(headless), "--voice")...)
	r.must(err)
	r.must(r.box.Start(ctx))
	r.sees("idle")
	cards := p.Cards("")

	first := r.arrive(cards[0])
	r.walkTo("take-sheet")
	r.onlyIts()
	if len(r.e.Printer.Jobs()) != 1 {
		t.Fatal("no sheet was printed: this test proves nothing")
	}
	r.search("while her sheet is printed", r.files())
	r.walkTo("accepted")
	r.must(r.box.Person.Done(ctx))
	r.box.Lift()
	r.clean("after her visit", first)

	second := r.arrive(cards[1])
	left := browsers(r.box)
	r.must(r.box.Kill())
	r.box.Lift()
	r.until("the kernel ends the browser of a killed box", func() error {
		if n := len(mentioning(r.e.Profiles)); n > 0 {
			return fmt.Errorf("%d processes of %d browsers live on", n, len(left))
		}
		return nil
	})
	r.must(r.box.Start(ctx))
	r.clean("after a power cut", second)
	r.must(r.box.Place(cards[1].Card)) // nothing of her was kept: she begins anew
	r.sees("found")
}

func (r *residue) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *residue) until(what string, f func() error) {
	r.Helper()
	if err := rehearsal.Until(r.ctx, rehearsal.Wait, f); err != nil {
		r.Fatalf("%s: %v", what, err)
	}
}

func (r *residue) sees(screens ...string) rehearsal.Seen {
	r.Helper()
	s, err := r.box.Person.Sees(r.ctx, screens...)
	r.must(err)
	return s
}

var named = regexp.MustCompile(`(?:href|src|action|data-[a-z]+)="(/[^"]*)"`)

// look keeps what a page offers and names, to be tried when she has gone.
func (r *residue) look(s rehearsal.Seen) {
	for _, m := range named.FindAllStringSubmatch(s.Text, -1) {
		r.addrs[strings.ReplaceAll(m[1], "&amp;", "&")] = true
	}
	r.seen = append(r.seen, s)
}

func (r *residue) walkTo(screen string) {
	r.Helper()
	r.must(r.box.Person.WalkTo(r.ctx, screen, r.look))
}

var dataURL = regexp.MustCompile(`data:image/jpeg;base64,([A-Za-z0-9+/=&#;x]+)`)

// arrive has a person walk to the read-through, shows that the search finds
// her there, kills the browser under her hands, and gives back the profile that
// she was seen in last.
func (r *residue) arrive(who demo.Card) (profile string) {
	r.Helper()
	marks, err := rehearsal.Markers(who.Card)
	r.must(err)
	frame, err := rehearsal.PictureMarkers("picture", r.e.Camera.Picture())
	r.must(err)
	r.must(r.box.Place(who.Card))
	r.sees("found")
	r.walkTo("read-through")
	page := r.sees("read-through")
	m := dataURL.FindStringSubmatch(page.Text)
	if m == nil {
		r.Fatal("the read-through shows no photo: this test proves nothing")
	}
	jpeg, err := base64.StdEncoding.DecodeString(strings.NewReplacer("&#43;", "+", "&#x2b;", "+").Replace(m[1]))
	r.must(err)
	photo, err := rehearsal.PictureMarkers("photo", jpeg)
	r.must(err)
	marks = slices.Concat(marks, photo, frame)
	r.marks = append(r.marks, marks...)
	if rehearsal.Find([]byte(page.Text), marks) == "" || rehearsal.Find([]byte(page.Text), photo) == "" {
		r.Fatal("she is not found on the page that shows her: the search proves nothing")
	}
	r.shown(marks, photo)

	killed := browsers(r.box)
	begin := time.Now()
	for _, pid := range killed {
		r.must(syscall.Kill(pid, syscall.SIGKILL))
	}
	r.until("another browser", func() error {
		now := browsers(r.box)
		if len(now) == 0 || slices.Contains(killed, now[0]) {
			return errors.New("it is not there yet")
		}
		return nil
	})
	r.shown(marks, photo)
	r.Logf("her page is back %s after its browser was killed", time.Since(begin).Round(100*time.Millisecond))
	if again := r.sees("read-through"); again.Text == "" {
		r.Fatal("no page")
	}
	r.known = map[string]bool{}
	for _, dir := range r.screens() {
		r.known[dir] = true
	}
	return r.screens()[0]
}

// shown waits until the browser has her, and her photo, in its memory: then it
// has drawn her page.
func (r *residue) shown(all ...[]rehearsal.Marker) {
	r.Helper()
	for _, marks := range all {
		r.until("she is found in the memory of the browser that shows her", func() error {
			for _, pid := range below(r.box.PID()) {
				if found, err := inMemory(pid, marks); len(found) > 0 || err != nil {
					return err
				}
			}
			return errors.New("not found")
		})
	}
}

// screens are the profiles there are.
func (r *residue) screens() []string {
	dirs, _ := filepath.Glob(filepath.Join(r.e.Profiles, "screen-*")) // the pattern is sound
	return dirs
}

// clean searches all there is for anybody who was here.
func (r *residue) clean(when, profile string) {
	r.Helper()
	r.sees("idle")
	r.until(when+": a fresh screen", func() error {
		now := r.screens()
		if len(now) != 1 || now[0] == profile || r.known[now[0]] || len(browsers(r.box)) != 1 {
			return fmt.Errorf("%d screens", len(now))
		}
		logs, err := r.p.LogFiles()
		if err != nil {
			return err
		}
		for path, b := range logs { // the newest line about the browser says that it is up
			if strings.Contains(path, "box-A") && bytes.Count(b, []byte("the browser is up")) == 0 {
				return errors.New("it was never up")
			}
		}
		return nil
	})
	r.search(when, r.files())
	r.search(when, []string{r.e.Profiles})
	r.byHTTP(when)
	r.processes(when)
	r.onlyIts()
}

// files are the folders that the box writes to, and its log.
func (r *residue) files() []string {
	logs, err := r.p.LogFiles()
	r.must(err)
	out := []string{r.box.Data, r.e.Temp}
	for path := range logs {
		if strings.Contains(filepath.Base(path), "box-") {
			out = append(out, path)
		}
	}
	return out
}

// search looks for her below dirs, for any picture, and for any sheet.
func (r *residue) search(when string, dirs []string) {
	r.Helper()
	for _, dir := range dirs {
		files, err := rehearsal.Search(dir, r.marks)
		if err != nil {
			r.Errorf("%s: in %s: %v", when, dir, err)
		}
		if files == 0 && dir != r.e.Temp {
			r.Errorf("%s: nothing in %s to look at", when, dir)
		}
		if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil // it went meanwhile
			}
			if b, err := os.ReadFile(path); err == nil {
				if what := paper(b); what != "" {
					r.Errorf("%s: there is %s in %s", when, what, path)
				}
			}
			return nil
		}); err != nil {
			r.Error(err)
		}
	}
	if left, err := os.ReadDir(r.e.Temp); err != nil || len(left) > 0 {
		r.Errorf("%s: %d temporary files, %v", when, len(left), err)
	}
}

// paper says what of a visit a file holds that has a form of its own: a
// picture as large as a photo or a camera's, a sheet.
func paper(b []byte) string {
	for _, head := range []string{"%PDF-1", "RaS2PwgRaster"} {
		if bytes.Contains(b, []byte(head)) {
			return "a sheet"
		}
	}
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte{0xFF, 0xD8, 0xFF})
		if i < 0 {
			return ""
		}
		at += i
		if c, _, err := image.DecodeConfig(bytes.NewReader(b[at:])); err == nil && c.Width >= 100 && c.Height >= 100 {
			return fmt.Sprintf("a picture, %d x %d", c.Width, c.Height)
		}
		at++
	}
}

// byHTTP asks for every address there is, and presses every button of every
// page that was shown.
func (r *residue) byHTTP(when string) {
	r.Helper()
	for _, path := range []string{"/", "/?lang=en", "/events", "/camera/preview/", "/sign", "/press", "/staff", "/photo", "/static/", "/gallery/",
		"/demo/clock", "/screen/beat.js", "/screen/beat", "/screen/start/x", "/favicon.ico", "/robots.txt", "/../", "/debug/pprof/heap", "/debug/vars"} {
		r.addrs[path] = true
	}
	if len(r.seen) < 5 || len(r.addrs) < 20 {
		r.Errorf("%s: only %d pages and %d addresses: this proves little", when, len(r.seen), len(r.addrs))
	}
	old := 0
	for path := range r.addrs {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			if what := rehearsal.Find(r.fetch(method, path), r.marks); what != "" {
				r.Errorf("%s: %s %s still gives her %s", when, method, path, what)
			}
		}
		if strings.HasPrefix(path, "/camera/preview/") && len(path) > len("/camera/preview/") {
			old++
		}
	}
	if old == 0 {
		r.Errorf("%s: the address of the live picture was not seen", when)
	}
	for _, s := range r.seen {
		for _, button := range s.Buttons {
			_ = r.box.Person.Press(r.ctx, s, button) // a token from before a restart is refused
		}
	}
	if s := r.sees("idle"); rehearsal.Find([]byte(s.Text), r.marks) != "" {
		r.Errorf("%s: after her old pages were pressed again she is back", when)
	}
}

// fetch is all that an address answers, headers too; of a stream, what comes
// within a second of its beginning.
func (r *residue) fetch(method, path string) []byte {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, 2*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+r.box.Person.Addr, nil)
	r.must(err)
	req.URL.Path, req.URL.RawQuery, _ = strings.Cut(path, "?")
	res, err := http.DefaultTransport.RoundTrip(req) // no redirect is followed
	if err != nil {
		r.Errorf("%s %s: %v", method, path, err)
		return nil
	}
	defer res.Body.Close()
	if path == "/events" {
		defer time.AfterFunc(time.Second, cancel).Stop()
	}
	b, err := io.ReadAll(res.Body)
	if err != nil && !errors.Is(err, context.Canceled) {
		r.Errorf("%s %s: %v", method, path, err)
	}
	if strings.HasPrefix(path, "/camera/preview/") && res.StatusCode != http.StatusNotFound && res.StatusCode != http.StatusMethodNotAllowed {
		r.Errorf("%s %s: %s", method, path, res.Status)
	}
	return fmt.Appendf(b, "%v", res.Header)
}

// processes searches command lines and environments of box and browser, and the
// browser's whole memory: it was started after she had gone.
func (r *residue) processes(when string) {
	r.Helper()
	all := below(r.box.PID())
	if len(all) < 3 {
		r.Errorf("%s: only %d processes of a browser", when, len(all))
	}
	for _, pid := range append(slices.Clone(all), r.box.PID()) {
		for _, name := range []string{"cmdline", "environ"} {
			b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
			if err == nil && rehearsal.Find(b, r.marks) != "" {
				r.Errorf("%s: %s of process %d names her", when, name, pid)
			}
		}
	}
	for _, pid := range all {
		found, err := inMemory(pid, r.marks)
		if err != nil {
			r.Error(err)
		}
		if len(found) > 0 {
			r.Errorf("%s: the memory of the browser that the next person meets holds her %q", when, found)
		}
	}
	// What unreachable memory of the box may hold is stated in visit/doc.go.
	found, err := inMemory(r.box.PID(), r.marks)
	if err != nil {
		r.Error(err)
	}
	r.Logf("%s: the box's own memory still holds, where nothing reaches it: %q", when, found)
}

// onlyIts: box and browser write to no file but those that are searched.
func (r *residue) onlyIts() {
	r.Helper()
	places := append(r.files(), r.e.Profiles)
	for _, pid := range append(below(r.box.PID()), r.box.PID()) {
		for _, path := range written(pid) {
			if !slices.ContainsFunc(places, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") }) {
				r.Errorf("process %d writes to %s, which nobody searched", pid, path)
			}
		}
	}
}
