package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Person is whoever stands before a kiosk. She sees its page and presses the
// buttons that it offers.
type Person struct {
	Addr   string       // of the kiosk
	Client *http.Client // nil is one of everybody
}

func (p *Person) client() *http.Client {
	if p.Client != nil {
		return p.Client
	}
	return client
}

// Seen is what she sees.
type Seen struct {
	Screen  string
	Primary string   // the one primary button's name; "" when there is none
	Buttons []string // names of all buttons of the visit
	Text    string   // the page
	fields  map[string]string
}

var (
	screenAttr = regexp.MustCompile(`data-screen="([a-z-]+)"`)
	buttonTag  = regexp.MustCompile(`<button[^>]*>`)
	hiddenTag  = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*>`)
	nameAttr   = regexp.MustCompile(`\bname="([^"]*)"`)
	valueAttr  = regexp.MustCompile(`\bvalue="([^"]*)"`)
)

var client = &http.Client{Timeout: 10 * time.Second}

// Look fetches the page.
func (p *Person) Look(ctx context.Context) (Seen, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.Addr+"/", nil)
	if err != nil {
		return Seen{}, err
	}
	res, err := p.client().Do(req)
	if err != nil {
		return Seen{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return Seen{}, err
	}
	s := Seen{Text: string(b), fields: map[string]string{}}
	m := screenAttr.FindStringSubmatch(s.Text)
	if m == nil {
		return Seen{}, fmt.Errorf("the page (%s) does not say which screen it is", res.Status)
	}
	s.Screen = m[1]
	for _, tag := range hiddenTag.FindAllString(s.Text, -1) {
		if n, v := nameAttr.FindStringSubmatch(tag), valueAttr.FindStringSubmatch(tag); n != nil && v != nil {
			s.fields[n[1]] = v[1]
		}
	}
	for _, tag := range buttonTag.FindAllString(s.Text, -1) {
		n, v := nameAttr.FindStringSubmatch(tag), valueAttr.FindStringSubmatch(tag)
		if n == nil || v == nil || n[1] != "button" {
			continue
		}
		s.Buttons = append(s.Buttons, v[1])
		if strings.Contains(tag, "primary") {
			s.Primary = v[1]
		}
	}
	return s, nil
}

// Press presses a button of the page she sees.
func (p *Person) Press(ctx context.Context, s Seen, button string) error {
	if !slices.Contains(s.Buttons, button) {
		return fmt.Errorf("screen %s offers no button %q, only %q", s.Screen, button, s.Buttons)
	}
	form := url.Values{"button": {button}}
	for _, k := range []string{"visit", "turn", "token"} {
		form.Set(k, s.fields[k])
	}
	return p.post(ctx, "/press", "application/x-www-form-urlencoded", []byte(form.Encode()))
}

// Escape ends the visit as the staff can from every screen.
func (p *Person) Escape(ctx context.Context, s Seen) error {
	form := url.Values{}
	for _, k := range []string{"visit", "turn", "token"} {
		form.Set(k, s.fields[k])
	}
	return p.post(ctx, "/staff", "application/x-www-form-urlencoded", []byte(form.Encode()))
}

// strokes are everybody's signature here.
var strokes = [][]uint16{{100, 100, 140, 90, 180, 95, 220, 120}, {160, 60, 158, 120, 155, 180, 150, 240}, {120, 240, 180, 230, 240, 235, 300, 260}}

// Sign draws a signature with three strokes.
func (p *Person) Sign(ctx context.Context, s Seen) error {
	var visit, turn json.Number = json.Number(s.fields["visit"]), json.Number(s.fields["turn"])
	body, err := json.Marshal(map[string]any{"visit": visit, "turn": turn, "token": s.fields["token"],
		"signature": map[string]any{"w": 800, "h": 300, "strokes": strokes}})
	if err != nil {
		return err
	}
	return p.post(ctx, "/sign", "application/json", body)
}

// patience is how often she presses once more when a machine that is very busy has
// not taken a press. It had no effect then, and the answer says when to try again.
const patience = 10

func (p *Person) post(ctx context.Context, path, kind string, body []byte) error {
	for tried := 1; ; tried++ {
		again, err := p.postOnce(ctx, path, kind, body)
		if err == nil || again == 0 || tried == patience {
			return err
		}
		t := time.NewTimer(again)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		}
	}
}

// postOnce posts; again is after how long it may be tried once more, 0 for not.
func (p *Person) postOnce(ctx context.Context, path, kind string, body []byte) (again time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.Addr+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Origin", "http://"+p.Addr)
	req.Header.Set("X-Kiosk", "1")
	res, err := p.client().Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		b, _ := io.ReadAll(res.Body)
		if s, _ := strconv.Atoi(res.Header.Get("Retry-After")); res.StatusCode == http.StatusServiceUnavailable {
			again = time.Duration(s) * time.Second
		}
		return again, fmt.Errorf("%s: %s %s", path, res.Status, bytes.TrimSpace(b))
	}
	return 0, nil
}

// Sees waits until the screen is one of names.
func (p *Person) Sees(ctx context.Context, names ...string) (seen Seen, err error) {
	err = Until(ctx, Wait, func() error {
		if seen, err = p.Look(ctx); err != nil {
			return err
		}
		if !slices.Contains(names, seen.Screen) {
			return fmt.Errorf("the screen is %q, not %q", seen.Screen, names)
		}
		return nil
	})
	return seen, err
}

// Confirm walks from a card just put down to 已受理, pressing what is primary
// and signing where a signature is asked.
func (p *Person) Confirm(ctx context.Context) error {
	return p.WalkTo(ctx, "accepted", func(Seen) {})
}

// WalkTo is Confirm, but ends at the screen given, with nothing done there. Each
// page she looks at is shown to each.
func (p *Person) WalkTo(ctx context.Context, last string, each func(Seen)) error {
	return Until(ctx, Wait, func() error {
		s, err := p.Look(ctx)
		if err != nil {
			return err
		}
		each(s)
		switch s.Screen {
		case last:
			return nil
		case "accepted":
			return Stop(fmt.Errorf("the walk ended without screen %s", last))
		case "pledge":
			if err := p.Sign(ctx, s); err != nil {
				return err
			}
		case "found", "settle", "photo-notice", "photo", "photo-check", "photo-advice", "read-through", "take-sheet", "still-there":
			if s.Primary == "" {
				return Stop(fmt.Errorf("screen %s has no primary button", s.Screen))
			}
			if err := p.Press(ctx, s, s.Primary); err != nil {
				return err
			}
		case "refused", "unreadable", "blocked", "explained", "seal-failed":
			return Stop(fmt.Errorf("the walk ended at screen %q", s.Screen))
		}
		return fmt.Errorf("the walk is at screen %q", s.Screen)
	})
}

// Done presses the primary button of the last screen and waits for idle, or
// for the page that asks her to take her card.
func (p *Person) Done(ctx context.Context) error {
	s, err := p.Look(ctx)
	if err != nil {
		return err
	}
	if s.Primary == "" {
		return errors.New("the last screen has no primary button")
	}
	if err := p.Press(ctx, s, s.Primary); err != nil {
		return err
	}
	_, err = p.Sees(ctx, "idle", "take-card")
	return err
}
