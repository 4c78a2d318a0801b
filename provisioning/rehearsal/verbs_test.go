package rehearsal_test

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

func (s *story) hub(a []string) error {
	if err := want(a, 1, "hub start|stop|kill [N…]|backup|restore"); err != nil {
		return err
	}
	switch a[0] {
	case "backup":
		return s.province.Backup(s.ctx)
	case "restore":
		return s.province.Restore()
	}
	var which []int // none is every one
	for _, text := range a[1:] {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		which = append(which, n)
	}
	switch a[0] {
	case "start":
		return s.province.StartHub(s.ctx, which...)
	case "stop":
		return s.province.StopHub(which...)
	case "kill":
		return s.province.KillHub(s.ctx, which...)
	}
	return fmt.Errorf("hub cannot %s", a[0])
}

func (s *story) broker([]string) error { return s.province.LoseBroker() }

func (s *story) box(a []string) error {
	if err := want(a, 2, "box NAME enrol POINT|enrol-again|disk SIZE|fill|free|clone NEW|image|restore|clock TIME|start|stop|kill|check"); err != nil {
		return err
	}
	if a[1] == "disk" {
		if err := want(a, 3, "box NAME disk SIZE"); err != nil {
			return err
		}
		return s.province.SmallDisk(a[0], a[2])
	}
	if a[1] == "enrol" {
		if err := want(a, 3, "box NAME enrol POINT"); err != nil {
			return err
		}
		b, err := s.province.NewBox(s.ctx, a[0], a[2])
		s.boxes[a[0]] = b
		if err != nil {
			return err
		}
		return s.learnID(a[0])
	}
	b, err := s.at(a[0])
	if err != nil {
		return err
	}
	switch a[1] {
	case "start":
		return b.Start(s.ctx)
	case "stop":
		return b.Stop()
	case "kill":
		return b.Kill()
	case "check":
		return b.Check(s.ctx)
	case "fill":
		return b.Fill()
	case "free":
		return os.Remove(b.Ballast())
	case "image":
		return b.Image()
	case "restore":
		return b.Restore()
	case "clock":
		if err := want(a, 3, "box NAME clock RFC3339"); err != nil {
			return err
		}
		return s.province.WrongClock(a[0], a[2])
	case "enrol-again":
		return s.province.EnrolAgain(s.ctx, a[0], s.ids[a[0]])
	case "clone":
		if err := want(a, 3, "box NAME clone NEW"); err != nil {
			return err
		}
		copied, err := s.province.CloneBox(a[0], a[2])
		s.boxes[a[2]], s.ids[a[2]] = copied, s.ids[a[0]]
		return err
	}
	return fmt.Errorf("box cannot %s", a[1])
}

func (s *story) learnID(name string) error {
	boxes, err := s.province.Boxes(s.ctx)
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for _, id := range s.ids {
		taken[id] = true
	}
	for _, b := range boxes {
		if !taken[b.ID] {
			s.ids[name] = b.ID
			return nil
		}
	}
	return fmt.Errorf("the hub does not list box %s", name)
}

// person finds a card: a number counts the plain candidates of the first point
// from 1; a word is a note of demo.Card.
func (s *story) person(which string) (demo.Card, error) {
	note, n := which, 1
	if i, err := strconv.Atoi(which); err == nil {
		note, n = "", i
	}
	cards := s.province.Cards(note)
	if n < 1 || n > len(cards) {
		return demo.Card{}, fmt.Errorf("no card %s", which)
	}
	return cards[n-1], nil
}

func (s *story) card(a []string) error {
	if err := want(a, 2, "card BOX N|NOTE"); err != nil {
		return err
	}
	b, err := s.at(a[0])
	if err != nil {
		return err
	}
	c, err := s.person(a[1])
	if err != nil {
		return err
	}
	return b.Place(c.Card)
}

func (s *story) lift(a []string) error {
	b, err := s.at(a[0])
	if err != nil {
		return err
	}
	b.Lift()
	return nil
}

func (s *story) clock(a []string) error { return s.province.MoveClock(s.ctx, a[0]) }

// live is the word of the hub on one box.
func (s *story) live(name string) (fleet.Box, error) {
	boxes, err := s.province.Boxes(s.ctx)
	if err != nil {
		return fleet.Box{}, err
	}
	for _, b := range boxes {
		if b.ID == s.ids[name] {
			return b, nil
		}
	}
	return fleet.Box{}, fmt.Errorf("the hub does not list box %s", name)
}

// known waits until the box holds the whole roster and serves by it.
func (s *story) known(a []string) error {
	err := s.until(func() error {
		t, err := s.province.Count(s.ctx)
		if err != nil {
			return err
		}
		b, err := s.live(a[0])
		if err != nil {
			return err
		}
		if t.Roster == 0 || b.Marks.Roster < t.Roster {
			return fmt.Errorf("box %s knows the roster to %d of %d", a[0], b.Marks.Roster, t.Roster)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.screen([]string{a[0], "idle"})
}

// drained waits until the hub hears that nothing waits in the box's outbox.
func (s *story) drained(a []string) error {
	return s.until(func() error {
		b, err := s.live(a[0])
		if err != nil {
			return err
		}
		if b.Live.Silent || b.Live.Waiting != 0 || b.Held < b.Head {
			return fmt.Errorf("box %s: %d waiting, the hub holds %d of %d", a[0], b.Live.Waiting, b.Held, b.Head)
		}
		return nil
	})
}

func (s *story) confirm(a []string) error {
	b, err := s.at(a[0])
	if err != nil {
		return err
	}
	return b.Person.Confirm(s.ctx)
}

func (s *story) done(a []string) error {
	b, err := s.at(a[0])
	if err != nil {
		return err
	}
	return b.Person.Done(s.ctx)
}

func (s *story) screen(a []string) error {
	if err := want(a, 2, "screen BOX NAME…"); err != nil {
		return err
	}
	b, err := s.at(a[0])
	if err != nil {
		return err
	}
	_, err = b.Person.Sees(s.ctx, a[1:]...)
	return err
}

func (s *story) says(a []string) error {
	if err := want(a, 2, "says BOX TEXT"); err != nil {
		return err
	}
	b, err := s.at(a[0])
	if err != nil {
		return err
	}
	return s.until(func() error {
		seen, err := b.Person.Look(s.ctx)
		if err != nil {
			return err
		}
		if !strings.Contains(seen.Text, a[1]) {
			return fmt.Errorf("screen %q does not say %q", seen.Screen, a[1])
		}
		return nil
	})
}

func (s *story) delivered(a []string) error { return s.says([]string{a[0], "已送达省中心"}) }

func (s *story) pending(a []string) error { return s.says([]string{a[0], "待上传"}) }

func (s *story) expect(a []string) error {
	if err := want(a, 2, "expect confirmed|quarantined|frozen N"); err != nil {
		return err
	}
	n, err := strconv.ParseInt(a[1], 10, 64)
	if err != nil {
		return err
	}
	return s.until(func() error {
		var have int64
		switch a[0] {
		case "confirmed", "quarantined":
			t, err := s.province.Count(s.ctx)
			if err != nil {
				return err
			}
			if have = t.Quarantined; a[0] == "confirmed" {
				have = t.Confirmed
			}
			if t.Distinct != t.Confirmed {
				return rehearsal.Stop(fmt.Errorf("%d records of %d applications: one arrived twice", t.Confirmed, t.Distinct))
			}
		case "frozen":
			boxes, err := s.province.Boxes(s.ctx)
			if err != nil {
				return err
			}
			for _, b := range boxes {
				if b.State == fleet.Frozen {
					have++
				}
			}
		default:
			return rehearsal.Stop(fmt.Errorf("cannot expect %s", a[0]))
		}
		if have != n {
			return fmt.Errorf("%s: %d, want %d", a[0], have, n)
		}
		return nil
	})
}

// forgotten: the kiosk's page holds nothing of the person.
func (s *story) forgotten(a []string) error {
	b, err := s.at(a[0])
	if err != nil {
		return err
	}
	c, err := s.person(a[1])
	if err != nil {
		return err
	}
	seen, err := b.Person.Look(s.ctx)
	if err != nil {
		return err
	}
	for _, mark := range []string{c.Card.Name.Reveal(), c.Card.Number.Reveal(), c.Card.Number.Reveal()[14:]} {
		if strings.Contains(seen.Text, mark) {
			return fmt.Errorf("screen %q still shows something of her", seen.Screen)
		}
	}
	return nil
}

// nowhere: no file of the stopped box or hub holds the person's name or number
// in a readable form. The hub's broker lies in its folder.
func (s *story) nowhere(a []string) error {
	if err := want(a, 2, "nowhere BOX|hub N"); err != nil {
		return err
	}
	c, err := s.person(a[1])
	if err != nil {
		return err
	}
	dir := s.province.HubData()
	if a[0] != "hub" {
		b, err := s.at(a[0])
		if err != nil {
			return err
		}
		dir = b.Data
	}
	if err := rehearsal.NowhereIn(dir, c.Card); err != nil || a[0] != "hub" {
		return err
	}
	// Of PostgreSQL the tables are what a thief of its disk reads.
	markers, err := rehearsal.Markers(c.Card)
	if err != nil {
		return err
	}
	d, err := db.OpenExisting(s.ctx, s.province.Database())
	if err != nil {
		return err
	}
	rows := 0
	err = dbtest.Dump(s.ctx, d, func(table string, row []byte) error {
		rows++
		if what := rehearsal.Find(row, markers); what != "" {
			return fmt.Errorf("her %s lies readable in a row of %s", what, table)
		}
		return nil
	})
	if err == nil && rows < 50 {
		err = fmt.Errorf("only %d rows to look at", rows)
	}
	return errors.Join(err, d.Close())
}

func (s *story) journal([]string) error {
	all := s.province.Data()
	last := all[len(all)-1] // ended after the others, it has what they signed
	if _, err := s.hubctlAt(last, "", "journal", "verify"); err != nil {
		return err
	}
	lines, err := os.ReadFile(datadir.Dir(last).Checkpoints())
	if err == nil && len(lines) == 0 {
		err = fmt.Errorf("no checkpoint stands outside the database")
	}
	return err
}
