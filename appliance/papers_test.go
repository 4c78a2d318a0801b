package appliance_test

import (
	"bytes"
	"errors"
	"image/jpeg"
	"strings"
	"testing"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/visit"
	"zhunkao/hw/idcard"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// passport is somebody who registered with one.
func passport(p *peer) synthetic.Person {
	who := p.plain()[0]
	app := who.Application.Clone()
	app.Fields[form.DocumentType], app.Fields[form.DocumentNumber] = "08", "14CV28143"
	app.Fields[form.FullName] = "ELODIE MARCHAND"
	who.Application = app
	who.Chip = form.Chip{Type: form.ChipPapers, Name: "ELODIE MARCHAND", Sex: app.Get(form.Sex), Birth: app.Get(form.BirthDate), Number: "14CV28143", Nationality: "FRA", ValidTo: "20280101"}
	for i := range p.people {
		if p.people[i].Application.ID == app.ID {
			p.people[i] = who
		}
	}
	return who
}

// TestPapersAtTheBox: a passport without a chip. Its pictures are taken by the
// box's camera before the visit and not while it has the camera; she is
// photographed, signs, and the record brings papers, copies and the clerk, and no
// chip (demand A40).
func TestPapersAtTheBox(t *testing.T) {
	t.Parallel()
	p := newPeer(t, at(open))
	who := passport(p)
	b := newBox(t, p)
	d := b.plug()
	b.start()
	b.sees("idle")
	until(t, "the camera works", func() bool { _, err := b.app.Picture(t.Context()); return err == nil })
	one, err := b.app.Picture(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jpeg.Decode(bytes.NewReader(one)); err != nil {
		t.Fatal(err)
	}
	e := visit.Presented{Chip: who.Chip, Papers: protocol.Papers{Why: protocol.WhyNoChip, Document: "08", Copies: 2}, Copies: [][]byte{one, bytes.Clone(one)},
		Clerk: protocol.Assent{Account: "s-chen", Role: protocol.AssentClerk, How: protocol.HowCode, At: protocol.TimeOf(open)}}
	if err := b.app.Present(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if text := b.sees("found"); !strings.Contains(text, "按证件资料办理，待市级审核") || strings.Contains(text, "身份证上的") {
		t.Error("the screen does not say that she is served on papers")
	}
	if err := b.app.Present(t.Context(), e); !errors.Is(err, desk.ErrPapersBusy) {
		t.Error("a second visit begins beside the first", err)
	}
	b.walkTo("photo")
	b.sees("photo")
	if _, err := b.app.Picture(t.Context()); !errors.Is(err, desk.ErrCameraBusy) {
		t.Error("the desk takes a picture of who is being photographed", err)
	}
	b.walkTo("printing")
	b.sees("take-sheet")
	b.press("have")
	if text := b.sees("accepted"); !strings.Contains(text, "市级") {
		t.Error("the last screen does not say that the city will look")
	}
	if len(d.printer.Jobs()) != 1 {
		t.Error("no sheet")
	}
	p.arrives(1)
	p.with(func() {
		c := p.opened[1]
		if c.Papers == nil || c.Papers.Copies != 2 || c.Clerk == nil || c.Clerk.Account != "s-chen" || c.Chip.Type != form.ChipPapers || c.Portrait.Source != protocol.PortraitCamera {
			t.Errorf("papers %+v, clerk %+v, portrait %+v", c.Papers, c.Clerk, c.Portrait)
		}
		roles := map[string]bool{}
		for _, ref := range c.Blobs {
			roles[ref.Role] = true
			if strings.HasPrefix(ref.Role, "copy.") {
				plain, err := protocol.OpenBlob(ref, p.parts[ref.Hash])
				if err != nil || !bytes.Equal(plain, one) {
					t.Errorf("%s: not the picture that was taken (%v)", ref.Role, err)
				}
			}
		}
		if !roles[protocol.RoleCopy(1)] || !roles[protocol.RoleCopy(2)] || !roles[protocol.RolePhoto] || roles[protocol.RoleChipText] || roles[protocol.RoleChipWLT] {
			t.Errorf("blobs %v", roles)
		}
	})
	b.press("done")
	b.sees("idle")
	if n := b.app.Kept(t); n != 0 {
		t.Errorf("%d buffers are kept after the visit", n)
	}
	if log := b.log.String(); strings.Contains(log, "14CV28143") || strings.Contains(log, "MARCHAND") {
		t.Error("the log names her")
	}
}

// A box without a camera serves nobody on papers, and says why.
func TestPapersNeedACamera(t *testing.T) {
	p := newPeer(t, at(open))
	who := passport(p)
	b := newBox(t, p)
	b.start()
	b.sees("idle")
	err := b.app.Present(t.Context(), visit.Presented{Chip: who.Chip})
	if !errors.Is(err, desk.ErrPapersCamera) {
		t.Error(err)
	}
}

// copied has a clerk photograph the card of the present visit.
func (b *box) copied(document string) {
	b.Helper()
	clerk := protocol.Assent{Account: "s-chen", Role: protocol.AssentClerk, How: protocol.HowCode, At: protocol.TimeOf(open)}
	number, ask := b.app.AskedVisit(b.T)
	o, err := b.app.OpenAsked(b.Context(), number, clerk)
	if err != nil || ask != visit.AskCopies || len(o.Wanted) == 0 || o.Document.Zh == "" || !strings.Contains(o.Number, "*") {
		b.Fatalf("document %s: asked %s, %d papers wanted (%v)", document, ask, len(o.Wanted), err)
	}
	allow := visit.Allowed{Visit: number, Ask: ask, Assents: []protocol.Assent{clerk}}
	if err := b.app.DecideAsked(b.Context(), allow); !errors.Is(err, desk.ErrAskedGone) {
		b.Error("it goes on without a picture", err)
	}
	for range 2 {
		one, err := b.app.Picture(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		allow.Copies = append(allow.Copies, one)
	}
	if err := b.app.DecideAsked(b.Context(), allow); err != nil {
		b.Fatal(err)
	}
}

// TestEveryKindOfCard: residents of Hong Kong and Taiwan, and foreigners with the
// old and the new card, walk from the card to the record; a clerk photographs the
// card and what else the table wants, because the city reviews it (demand A40). It
// proves nothing more when it is read again, until the city has sent it back.
func TestEveryKindOfCard(t *testing.T) {
	t.Parallel()
	p := newPeer(t, at(open))
	kinds := []struct {
		kind                   idcard.Kind
		chip                   string
		document, number, name string
		nationality            string
	}{
		{idcard.HMT, form.ChipHMT, "02", "810000199408230021", "梁智仁", ""},
		{idcard.HMT, form.ChipHMT, "03", "830000199201300022", "林美玲", ""},
		{idcard.Foreigner2017, form.ChipForeigner2017, "06", "USA430084090404", "SMITH JOHN", "USA"},
		{idcard.Foreigner2023, form.ChipForeigner2023, "07", "911124198108030024", "DUPONT MARIE", "FRA"},
	}
	plain := p.plain()
	for i, k := range kinds {
		app := plain[i].Application.Clone()
		app.Fields[form.DocumentType], app.Fields[form.DocumentNumber], app.Fields[form.FullName] = k.document, k.number, k.name
		for j := range p.people {
			if p.people[j].Application.ID == app.ID {
				p.people[j].Application = app
			}
		}
		plain[i].Application = app
	}
	b := newBox(t, p)
	b.plug()
	b.start()
	until(t, "the camera works", func() bool { _, err := b.app.Picture(t.Context()); return err == nil })
	for i, k := range kinds {
		b.sees("idle")
		card := cardOf(form.Chip{Name: "", Number: plain[i].Application.Number(), ValidFrom: "20180101", ValidTo: "20280101",
			Sex: plain[i].Application.Get(form.Sex), Birth: plain[i].Application.Get(form.BirthDate)})
		card.Kind, card.Nationality = k.kind, k.nationality
		if k.nationality == "" {
			card.Name = k.name
		} else {
			card.NameEn = k.name
		}
		b.send(idcard.CardPlaced{Placement: 1})
		b.send(idcard.CardRead{Placement: 1, Card: card})
		if text := b.sees("found"); !strings.Contains(text, "这种证件待市级审核") {
			t.Errorf("%s, document %s: the screen does not say that the city looks", k.chip, k.document)
		}
		b.press("go-on")
		if text := b.sees("staff"); !strings.Contains(text, "正反面") {
			t.Errorf("%s, document %s: the screen does not say what is copied", k.chip, k.document)
		}
		b.copied(k.document)
		b.walkTo("printing")
		b.sees("take-sheet")
		b.press("have")
		if text := b.sees("accepted"); !strings.Contains(text, "市级") {
			t.Errorf("%s, document %s: the last screen does not say that the city looks", k.chip, k.document)
		}
		b.press("done")
		b.lift()
		b.sees("idle")
		b.send(idcard.CardPlaced{Placement: 2})
		b.send(idcard.CardRead{Placement: 2, Card: card})
		if text := b.sees("refused"); !strings.Contains(text, "您已经确认过了") || !strings.Contains(text, "待市级审核") {
			t.Errorf("%s, document %s: read again, and not told that the city has still to decide", k.chip, k.document)
		}
		b.press("done")
		b.lift()
		p.arrives(uint64(i + 1))
		p.with(func() {
			c := p.opened[uint64(i+1)]
			if c.Chip.Type != k.chip || c.Chip.Number.Reveal() != k.number || len(c.Differences) != 0 {
				t.Errorf("%s, document %s: sealed as %s with %v", k.chip, k.document, c.Chip.Type, c.Differences)
			}
			roles := map[string]bool{}
			for _, ref := range c.Blobs {
				roles[ref.Role] = true
			}
			if c.Papers == nil || c.Papers.Why != protocol.WhyReview || c.Papers.Document != k.document || c.Clerk == nil || !roles[protocol.RoleCopy(2)] || !roles[protocol.RoleChipText] ||
				c.Portrait.Source != protocol.PortraitCamera {
				t.Errorf("%s, document %s: papers %+v, portrait %+v, blobs %v", k.chip, k.document, c.Papers, c.Portrait, roles)
			}
		})
	}
}
