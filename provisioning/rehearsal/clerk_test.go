package rehearsal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/keys"
	"zhunkao/hub/staff"
	"zhunkao/provisioning/rehearsal"
)

// worked is the desk of a box in a story: who works at it, and what it prints.
type worked struct {
	tablet *tablet
	e      *rehearsal.Equipment
	codes  map[string]int64 // step of the last code, by account: each works once
}

// desk gives a stopped box a camera, a printer, and a desk on the point's network.
func (s *story) desk(a []string) error {
	if err := want(a, 1, "desk BOX"); err != nil {
		return err
	}
	e, err := s.province.Equip(a[0], "")
	if err != nil {
		return err
	}
	port, err := s.province.Desk(a[0], deskAt, s.ids[a[0]]+".local")
	if err != nil {
		return err
	}
	ring, err := keys.Open(datadir.Dir(s.province.HubData()).Keys(), keys.Options{})
	if err != nil {
		return err
	}
	w, err := tabletAt(port, ring.Pool())
	s.desks[a[0]] = &worked{tablet: w, e: e, codes: map[string]int64{}}
	return err
}

func (s *story) deskOf(name string) (*worked, error) {
	d, ok := s.desks[name]
	if !ok {
		return nil, fmt.Errorf("box %s has no desk", name)
	}
	return d, nil
}

// atDesk is what a clerk does at the desk.
func (s *story) atDesk(a []string) error {
	const usage = "at-desk BOX sign-in ACCOUNT|says PATH TEXT…|press PAGE TO [NAME=VALUE…]"
	if err := want(a, 3, usage); err != nil {
		return err
	}
	d, err := s.deskOf(a[0])
	if err != nil {
		return err
	}
	switch a[1] {
	case "sign-in":
		return s.until(func() error { return s.signsInAt(d, a[2]) })
	case "says":
		return s.until(func() error { return d.says(a[2], a[3:]) })
	case "press":
		if err := want(a, 4, usage); err != nil {
			return err
		}
		return s.pressAt(d, a[2], a[3], a[4:])
	}
	return errors.New(usage)
}

// signsInAt signs an account in by a code that was not used yet: the desk takes those
// of half a minute before and after.
func (s *story) signsInAt(d *worked, user string) error {
	for _, who := range s.province.Accounts() {
		if who.User != user {
			continue
		}
		const step = 30
		now := time.Now().Unix() / step
		next := max(d.codes[user]+1, now-1)
		if next > now+1 {
			return errors.New("the next code is not good yet")
		}
		status, page, err := d.tablet.post("/sign-in", "/sign-in", url.Values{"name": {who.User}, "password": {who.Password}, "code": {staff.Code(who.Secret, time.Unix(next*step, 0))}})
		if err != nil {
			return err
		}
		d.codes[user] = next
		if status != http.StatusSeeOther {
			return fmt.Errorf("sign-in of %s: %d %q", user, status, errorsIn(page))
		}
		return nil
	}
	return rehearsal.Stop(fmt.Errorf("nobody is %s", user))
}

func (d *worked) says(path string, texts []string) error {
	status, page, err := d.tablet.get(path)
	if err != nil {
		return err
	}
	for _, text := range texts {
		if !strings.Contains(page, text) {
			return fmt.Errorf("%s (%d) does not say %q: %s", path, status, text, plainText(page))
		}
	}
	return nil
}

var tags = regexp.MustCompile(`(?s)<style.*?</style>|<svg.*?</svg>|<[^>]*>|\s+`)

// plainText is the words of a page.
func plainText(page string) string { return tags.ReplaceAllString(page, " ") }

// lent is what the page of a training gives to practise with: the one-time code of
// its made-up head, and name and number of somebody without her card.
var lent = map[string]*regexp.Regexp{
	"CODE":   regexp.MustCompile(`验证码 (\d{6})`),
	"NAME":   regexp.MustCompile(`(?s)id="h-paper".*?<dd>([^<]+)</dd>`),
	"NUMBER": regexp.MustCompile(`(?s)id="h-paper".*?<dd class="num">(\d{17}[\dX])</dd>`),
	"BIRTH":  regexp.MustCompile(`(?s)id="h-paper".*?<dd class="num">\d{6}(\d{8})\d{3}[\dX]</dd>`),
	"SEX":    regexp.MustCompile(`(?s)id="h-paper".*?<dd class="num">\d{16}(\d)[\dX]</dd>`),
}

// pressAt posts the form of a page. A value that stands in lent is read off the page of
// the training; PASSWORD:ACCOUNT and CODE:ACCOUNT are those of one of the staff.
func (s *story) pressAt(d *worked, page, to string, pairs []string) error {
	fields, training := url.Values{}, ""
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		for _, who := range s.province.Accounts() {
			switch value {
			case "PASSWORD:" + who.User:
				value = who.Password
			case "CODE:" + who.User:
				value = who.Code()
			}
		}
		if of, ok := lent[value]; ok {
			if training == "" {
				var err error
				if _, training, err = d.tablet.get("/training"); err != nil {
					return err
				}
			}
			found := of.FindStringSubmatch(training)
			if found == nil {
				return fmt.Errorf("the training gives no %s: %s", value, plainText(training))
			}
			if value == "SEX" { // odd is a man's
				found[1] = map[bool]string{true: "1", false: "2"}[(found[1][0]-'0')%2 == 1]
			}
			value = found[1]
		}
		fields.Set(name, value)
	}
	status, answer, err := d.tablet.post(page, to, fields)
	if err == nil && status != http.StatusSeeOther && status != http.StatusOK {
		err = fmt.Errorf("%s: %d %s", to, status, plainText(answer))
	}
	return err
}

// walk goes on at a screen as applicants do, to another; press presses a button.
func (s *story) walk(a []string) error {
	if err := want(a, 2, "walk BOX SCREEN"); err != nil {
		return err
	}
	b, err := s.at(a[0])
	if err != nil {
		return err
	}
	return b.Person.WalkTo(s.ctx, a[1], func(rehearsal.Seen) {})
}

func (s *story) press(a []string) error {
	if err := want(a, 2, "press BOX BUTTON"); err != nil {
		return err
	}
	b, err := s.at(a[0])
	if err != nil {
		return err
	}
	seen, err := b.Person.Look(s.ctx)
	if err != nil {
		return err
	}
	return b.Person.Press(s.ctx, seen, a[1])
}

// visit is one whole visit of a plain candidate. What she is asked to do, screen by
// screen, is the same at every visit of a box; the last screen says what the story
// says.
func (s *story) visit(a []string) error {
	if err := want(a, 3, "visit BOX N TEXT"); err != nil {
		return err
	}
	b, err := s.at(a[0])
	if err != nil {
		return err
	}
	if _, err := b.Person.Sees(s.ctx, "idle"); err != nil {
		return err
	}
	if err := s.card(a[:2]); err != nil {
		return err
	}
	var asked []string
	err = b.Person.WalkTo(s.ctx, "accepted", func(seen rehearsal.Seen) {
		if (seen.Primary != "" || seen.Screen == "pledge") && (len(asked) == 0 || asked[len(asked)-1] != seen.Screen) {
			asked = append(asked, seen.Screen)
		}
	})
	if err != nil {
		return err
	}
	if first := s.asked[a[0]]; first == nil {
		s.asked[a[0]] = asked
	} else if !slices.Equal(first, asked) {
		return fmt.Errorf("she was asked %v, and who came first %v", asked, first)
	}
	if err := s.says([]string{a[0], a[2]}); err != nil {
		return err
	}
	if err := b.Person.Done(s.ctx); err != nil {
		return err
	}
	b.Lift()
	_, err = b.Person.Sees(s.ctx, "idle")
	return err
}

// days are days on each of which somebody comes, the first of them person FROM.
func (s *story) days(a []string) error {
	if err := want(a, 4, "days BOX FROM TO TEXT"); err != nil {
		return err
	}
	from, err1 := strconv.Atoi(a[1])
	to, err2 := strconv.Atoi(a[2])
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	for n := from; n <= to; n++ {
		if err := s.province.MoveClock(s.ctx, "next-day"); err != nil {
			return err
		}
		if err := s.visit([]string{a[0], strconv.Itoa(n), a[3]}); err != nil {
			return fmt.Errorf("day of person %d: %w", n, err)
		}
	}
	return nil
}

// sheets are what the printer of a box was sent, the newest first.
func (d *worked) sheets() (out [][]byte) {
	for _, j := range d.e.Printer.Jobs() {
		if bytes.HasPrefix(j.Document, []byte("%PDF-")) {
			out = append(out, j.Document)
		}
	}
	return out
}

// sheet holds what was printed to what the story says: of the newest sheet that it
// bears a slip, or none; of every one, how many there are and what each says.
func (s *story) sheet(a []string) error {
	const usage = "sheet BOX slip|plain|each TEXT|gone"
	if err := want(a, 2, usage); err != nil {
		return err
	}
	d, err := s.deskOf(a[0])
	if err != nil {
		return err
	}
	all := d.sheets()
	if len(all) == 0 {
		return errors.New("nothing was printed")
	}
	switch a[1] {
	case "slip", "plain":
		slip, err := slipOn(s.ctx, s.province.Dir, all[0])
		if err == nil && (slip != "") != (a[1] == "slip") {
			err = fmt.Errorf("sheet %d bears slip %q", len(all), slip)
		}
		if slip != "" {
			s.slips = append(s.slips, slip)
		}
		return err
	case "each":
		if err := want(a, 3, usage); err != nil {
			return err
		}
		for i, doc := range all {
			cmd := exec.CommandContext(s.ctx, "pdftotext", "-layout", "-", "-")
			cmd.Stdin = bytes.NewReader(doc)
			if text, err := cmd.Output(); err != nil || !strings.Contains(string(text), a[2]) {
				return fmt.Errorf("sheet %d of %d does not say %s (%v): %s", i+1, len(all), a[2], err, text)
			}
		}
		return nil
	case "gone": // what was printed before is taken away
		d.e.Printer.Clear()
		return nil
	}
	return errors.New(usage)
}

// slipOn reads the slip off a sheet with a reader that is not ours, in a folder; "" if
// it bears none.
func slipOn(ctx context.Context, dir string, pdf []byte) (string, error) {
	page := filepath.Join(dir, "scanned")
	draw := exec.CommandContext(ctx, "pdftoppm", "-singlefile", "-gray", "-r", "200", "-png", "-", page)
	draw.Stdin = bytes.NewReader(pdf)
	if out, err := draw.CombinedOutput(); err != nil {
		return "", fmt.Errorf("pdftoppm (poppler-utils): %w: %s", err, out)
	}
	out, err := exec.CommandContext(ctx, "zbarimg", "--nodbus", "--raw", "-q", "-Sdisable", "-Sqr.enable", page+".png").Output()
	if err != nil && (len(out) > 0 || errors.Is(err, exec.ErrNotFound)) {
		return "", fmt.Errorf("zbarimg (zbar-tools): %w", err)
	}
	for _, line := range strings.Fields(string(out)) {
		if strings.HasPrefix(line, "ZK1:S:") {
			return line, os.Remove(page + ".png")
		}
	}
	return "", os.Remove(page + ".png")
}

// slipsAre has hubctl check every slip that was read off the sheets.
func (s *story) slipsAre(a []string) error {
	if err := want(a, 1, "slips-are STANDING"); err != nil {
		return err
	}
	out, err := s.hubctl(strings.Join(s.slips, "\n")+"\n", "slip", "check")
	if err != nil {
		return err
	}
	if n := strings.Count(out, `"genuine":true,"payable":true,"bar":"","standing":"`+a[0]+`"`); n != len(s.slips) || n == 0 {
		return fmt.Errorf("of %d slips %d are %s and may be paid by:\n%s", len(s.slips), n, a[0], out)
	}
	return nil
}

// inOrder: the records of a box were taken in the order in which it sealed them.
func (s *story) inOrder(a []string) error {
	if err := want(a, 2, "in-order BOX N"); err != nil {
		return err
	}
	d, err := db.OpenExisting(s.ctx, s.province.Database())
	if err != nil {
		return err
	}
	defer d.Close()
	var at []int64
	err = d.Read(s.ctx, func(tx *db.Tx) error {
		return tx.Each(s.ctx, `SELECT committed FROM confirmation WHERE box = $1 ORDER BY seq`, []any{s.ids[a[0]]}, func(scan func(...any) error) error {
			var t int64
			err := scan(&t)
			at = append(at, t)
			return err
		})
	})
	if err == nil && (!slices.IsSorted(at) || fmt.Sprint(len(at)) != a[1]) {
		err = fmt.Errorf("%d records, taken at %v", len(at), at)
	}
	return err
}

// console: a page of the hub says something to who signed in.
func (s *story) console(a []string) error {
	if err := want(a, 3, "console HUB PATH TEXT…"); err != nil {
		return err
	}
	return s.until(func() error {
		page, status, err := s.get(a[0], a[1])
		for _, text := range a[2:] {
			if err == nil && !strings.Contains(page, text) {
				err = fmt.Errorf("%s (%d) does not say %q: %s", a[1], status, text, plainText(page))
			}
		}
		return err
	})
}
