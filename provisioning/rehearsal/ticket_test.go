package rehearsal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/provisioning/rehearsal"
)

// TestTicketFromTheBox: somebody confirms at a box, the arrangement is published, and in
// the days of printing her card brings her ticket with her photo from that box; after a
// restart with the hub away it does so once more, and that one is marked (A60).
func TestTicketFromTheBox(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Minute)
	defer cancel()
	p := opened(ctx, t, rehearsal.Ground{})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(p.StartHub(ctx))
	box, err := p.NewBox(ctx, "A", "43010401")
	must(err)
	e, err := p.Equip("A", "")
	must(err)
	must(box.Start(ctx))
	_, err = box.Person.Sees(ctx, "idle")
	must(err)
	card := p.Cards("")[0].Card
	must(box.Place(card))
	must(box.Person.Confirm(ctx))
	must(box.Person.Done(ctx))
	box.Lift()
	must(rehearsal.Until(ctx, rehearsal.Wait, func() error {
		boxes, err := p.Boxes(ctx)
		if err == nil && (len(boxes) == 0 || boxes[0].Held == 0) {
			err = errors.New("the hub has no record")
		}
		return err
	}))
	must(p.StopHub())
	must(seat(ctx, p))
	// The hub is back when the days have gone by: of one heard before, the box would say
	// that it was weeks ago.
	for range 43 { // from the first days of confirming into those of printing
		must(p.MoveClock(ctx, "next-day"))
	}
	must(p.StartHub(ctx))
	e.Printer.Clear()
	first, err := takeTicket(ctx, box, e, card)
	must(err)
	if !bytes.Contains(first, []byte("/DCTDecode")) {
		t.Error("no photo is on the ticket")
	}
	must(p.StopHub())
	must(box.Stop())
	must(box.Start(ctx))
	second, err := takeTicket(ctx, box, e, card)
	must(err)
	for n, doc := range [][]byte{first, second} {
		cmd := exec.Command("pdftotext", "-layout", "-", "-")
		cmd.Stdin = bytes.NewReader(doc)
		out, err := cmd.Output()
		must(err)
		text := string(out)
		if !strings.Contains(text, string(card.Name)) || !strings.Contains(text, "样本第一中学") || strings.Contains(text, card.Number.Reveal()) || strings.Contains(text, "补打") != (n == 1) {
			t.Errorf("copy %d is not as it should be", n+1)
		}
	}
}

// seat publishes an arrangement of everybody who is confirmed, in the rooms of one site.
func seat(ctx context.Context, p *rehearsal.Province) error {
	d, err := db.Open(ctx, p.Database())
	if err != nil {
		return err
	}
	defer d.Close()
	rules := campaign.Adult2019()
	var people []seatingtest.Person
	if err := d.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT id FROM application WHERE state = 'confirmed'`, nil, func(row func(...any) error) error {
			p := seatingtest.Person{Division: "430104", Level: "3", Category: "34"}
			err := row(&p.Application)
			people = append(people, p)
			return err
		})
	}); err != nil {
		return err
	}
	if len(people) == 0 {
		return errors.New("nobody is confirmed")
	}
	if _, err := seatingtest.Publish(ctx, d, rules, people, time.Now().UnixMilli()); err != nil {
		return err
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO site (id, campaign, division, code, name, address, contact, phone, rooms, seats, state, changed_at)
			VALUES ('rehearsed', $1, '430104', '430104999', '样本第一中学', '样本路 1 号', '某人', '0731-00000000', 30, 900, 'set', 1)`, rules.ID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE seating_room SET site = 'rehearsed'`)
		return err
	})
}

// takeTicket puts a card down until the screen shows the ticket with its photo at hand,
// prints it, and gives what was sent to the printer.
func takeTicket(ctx context.Context, box *rehearsal.Box, e *rehearsal.Equipment, card form.Chip) ([]byte, error) {
	who := box.Person
	err := rehearsal.Until(ctx, rehearsal.Wait, func() error {
		box.Lift()
		if _, err := who.Sees(ctx, "idle", "refused", "explained"); err != nil {
			return err
		}
		if err := box.Place(card); err != nil {
			return err
		}
		s, err := who.Sees(ctx, "ticket", "refused")
		if err != nil {
			return err
		}
		if s.Screen != "ticket" || strings.Contains(s.Text, "相片还没有送到") {
			return fmt.Errorf("the screen is %q", s.Screen)
		}
		return who.Press(ctx, s, "go-on")
	})
	if err != nil {
		return nil, err
	}
	s, err := who.Sees(ctx, "take-sheet")
	if err != nil {
		return nil, err
	}
	if err := who.Press(ctx, s, "have"); err != nil {
		return nil, err
	}
	box.Lift()
	if _, err := who.Sees(ctx, "idle"); err != nil {
		return nil, err
	}
	jobs := e.Printer.Jobs()
	if len(jobs) == 0 || len(jobs[0].Document) == 0 {
		return nil, errors.New("no ticket was printed")
	}
	out := bytes.Clone(jobs[0].Document)
	e.Printer.Clear()
	return out, nil
}
