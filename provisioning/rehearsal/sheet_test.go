package rehearsal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/campaign"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/intake/hand"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	papers "zhunkao/hub/paper"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/rehearsal"
)

// TestOneSheet: what the shipped box has sent to its printer is, byte for byte,
// what the hub makes of the record, for a plain candidate and for one whose
// differences were left to a clerk (A37).
func TestOneSheet(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Minute)
	defer cancel()
	p := opened(ctx, t, rehearsal.Ground{})
	printed, err := confirmAndPrint(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.StopHub(); err != nil {
		t.Fatal(err)
	}
	made := sheetsOf(ctx, t, p)
	if len(made) != len(printed) {
		t.Fatalf("%d records at the hub, %d sheets at the printer", len(made), len(printed))
	}
	for i, doc := range printed {
		m := made[len(made)-1-i] // the hub lists the newest first
		if !bytes.HasPrefix(doc, []byte("%PDF-")) || !bytes.Equal(doc, m) {
			t.Errorf("sheet %d: the box has printed %d bytes, the hub makes %d, and they differ", i, len(doc), len(m))
		}
	}
	if bytes.Equal(printed[0], printed[1]) {
		t.Error("two people have one sheet")
	}
}

// confirmAndPrint has two people confirm at a box with camera and printer, and
// gives what was sent to the printer, when the hub has both records.
func confirmAndPrint(ctx context.Context, p *rehearsal.Province) ([][]byte, error) {
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
	if err := box.Start(ctx); err != nil {
		return nil, err
	}
	if _, err := box.Person.Sees(ctx, "idle"); err != nil {
		return nil, err
	}
	cards := p.Cards("")
	other := cards[1].Card
	other.Name += "曦" // a difference that only a clerk may settle
	var out [][]byte
	for i, card := range []func() error{func() error { return box.Place(cards[0].Card) }, func() error { return box.Place(other) }} {
		if err := card(); err != nil {
			return nil, err
		}
		if err := box.Person.Confirm(ctx); err != nil {
			return nil, fmt.Errorf("person %d: %w", i, err)
		}
		if err := box.Person.Done(ctx); err != nil {
			return nil, err
		}
		box.Lift()
		if _, err := box.Person.Sees(ctx, "idle"); err != nil {
			return nil, err
		}
		jobs := e.Printer.Jobs()
		if len(jobs) == 0 || len(jobs[0].Document) == 0 {
			return nil, errors.New("no sheet was printed: this test proves nothing")
		}
		out = append(out, bytes.Clone(jobs[0].Document))
		e.Printer.Clear()
	}
	return out, rehearsal.Until(ctx, rehearsal.Wait, func() error {
		boxes, err := p.Boxes(ctx)
		if err != nil {
			return err
		}
		for _, b := range boxes {
			if b.Held >= 2 {
				return nil
			}
		}
		return errors.New("the hub has not both records")
	})
}

// sheetsOf makes the sheets of all confirmations, as the portal does.
func sheetsOf(ctx context.Context, t *testing.T, p *rehearsal.Province) (out [][]byte) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := datadir.Dir(p.HubData())
	d, err := db.OpenExisting(ctx, p.Database())
	must(err)
	defer d.Close()
	blobs, err := blob.Open(dir.Blobs())
	must(err)
	defer blobs.Close()
	ring, err := keys.Open(dir.Keys(), keys.Options{})
	must(err)
	home, err := sheet.DefaultFontsDir()
	must(err)
	fonts, err := sheet.OpenFonts(home)
	must(err)
	defer fonts.Close()
	must(d.Read(ctx, func(tx *db.Tx) error {
		records, err := confirmation.List(ctx, tx, confirmation.Filter{})
		if err != nil {
			return err
		}
		for _, r := range records {
			content, err := confirmation.Open(ctx, tx, ring, r.ID)
			if err != nil {
				return err
			}
			photo, _, _, err := hand.Photo(blobs, r, content)
			if err != nil {
				return err
			}
			version, err := campaign.Get(ctx, tx, r.Campaign, r.CampaignVersion)
			if err != nil {
				return err
			}
			camp, err := version.Decode()
			if err != nil {
				return err
			}
			point, err := org.GetPoint(ctx, tx, r.Point)
			if err != nil {
				return err
			}
			doc, err := papers.Process(r, content, photo, point.Name, d.Demo()).Process(camp, 1, time.Time{}).Layout(fonts, camp)
			if err != nil {
				return err
			}
			var file bytes.Buffer
			if err := doc.PDF(&file); err != nil {
				return err
			}
			out = append(out, file.Bytes())
		}
		return nil
	}))
	return out
}
