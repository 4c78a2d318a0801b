package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
)

// papers are the commands for papers of nobody. They need no hub.
type papers struct {
	Ticket paperTicket `cmd:"" help:"Write a specimen of the admission ticket with a name, to see how the name is printed."`
}

type paperTicket struct {
	Name  string `required:"" help:"The name, of any characters; other users of this machine can see it."`
	Out   string `required:"" type:"path" help:"The PDF."`
	Fonts string `type:"path" help:"Folder of the papers' fonts; that of \"make fonts\" if none is given."`
}

// Run writes the specimen: the name as it was given, the 2019
// examination's own sittings, and places that are nobody's. A character that no font
// has is a box with its code point, and is named here.
func (p paperTicket) Run(h *hand) (err error) {
	dir := p.Fonts
	if dir == "" {
		if dir, err = sheet.DefaultFontsDir(); err != nil {
			return err
		}
	}
	fonts, err := sheet.OpenFonts(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fonts.Close()) }()
	d, err := specimen(campaign.Adult2019(), identity.Name(p.Name)).Layout(fonts)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(p.Out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return refusal{"bad-file", []any{p.Out}}
	}
	if err := errors.Join(d.PDF(f), f.Close()); err != nil {
		return err
	}
	if missing := fonts.Missing(p.Name); len(missing) > 0 {
		var points []string
		for _, r := range missing {
			points = append(points, fmt.Sprintf("U+%04X", r))
		}
		fmt.Fprintln(h.errs, h.say.text("paper-missing", strings.Join(points, " ")))
	}
	if fonts.Fallback() {
		fmt.Fprintln(h.errs, h.say.text("paper-fallback"))
	}
	return nil
}

// specimen is a ticket of nobody.
func specimen(c campaign.Campaign, name identity.Name) sheet.Ticket {
	t := sheet.Ticket{Campaign: c.Zh, Name: name, Masked: "430***********000X", Number: "010434000101", Area: "0104", Room: "0001", Seat: "01",
		Marks: []sheet.Mark{sheet.Specimen}, Copy: 1, Printed: time.Date(2019, 10, 17, 9, 0, 0, 0, time.FixedZone("", 8*3600))}
	level := c.Form.Levels[len(c.Form.Levels)-1]
	t.Level = level.Zh
	for _, s := range c.Sittings {
		for _, e := range s.Ends {
			from, wrong := time.ParseInLocation("2006-01-02 15:04", s.Date+" "+s.Start, t.Printed.Location())
			to, wrong2 := time.ParseInLocation("2006-01-02 15:04", s.Date+" "+e.At, t.Printed.Location())
			if e.Level == level.Code && wrong == nil && wrong2 == nil && len(t.Sittings) < sheet.MaxSittings {
				t.Sittings = append(t.Sittings, sheet.TicketSitting{From: from, To: to, Entry: from.Add(-30 * time.Minute), Shut: from.Add(15 * time.Minute)})
			}
		}
	}
	return t
}
