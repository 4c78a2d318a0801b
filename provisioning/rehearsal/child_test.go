package rehearsal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/provisioning/rehearsal"
)

// TestChildrenEnteredAtThePoint (S37): two children of twelve are entered at the
// desk. The guardian of the one signs a sheet, which a clerk photographs while she
// waits at the machine: her record is in force, and names the guardian with the
// sheet. Nobody comes with the other: she goes on, hears that the county decides,
// and her record waits for it.
func TestChildrenEnteredAtThePoint(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Minute)
	defer cancel()
	p := newStaffed(ctx, t)
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	w := newTablet(t, p.port, p.ring.Pool())
	_, err := p.box.Person.Sees(ctx, "idle")
	must("the box", err)
	clerk := p.account(t, "quereren")
	must("sign-in", rehearsal.Until(ctx, rehearsal.Wait, func() error {
		status, _, err := w.post("/sign-in", "/sign-in", url.Values{"name": {clerk.User}, "password": {clerk.Password}, "code": {clerk.Code()}})
		if err == nil && status != http.StatusSeeOther {
			err = fmt.Errorf("status %d", status)
		}
		return err
	}))
	for n, guarded := range []bool{true, false} {
		card := p.Cards("stranger")[0].Card
		first := "43010420070301" + fmt.Sprintf("%03d", 122+2*n)
		card.Birth, card.Sex, card.Number = "20070301", "2", identity.Number(first+string(identity.CheckDigit(first)))
		must("card", p.box.Place(card))
		_, err := p.box.Person.Sees(ctx, "refused")
		must("not registered", err)
		status, page, err := w.post("/drafts", "/drafts", url.Values{"reason": {"02"}, "card": {"yes"}})
		must("begin", err)
		if status != http.StatusSeeOther {
			t.Fatalf("begun with %d:\n%s", status, page)
		}
		_, page, err = w.get("/drafts")
		must("drafts", err)
		id := draftLink.FindStringSubmatch(page)[1]
		_, page, err = w.get("/drafts/" + id + "/1")
		if must("the first step", err); !strings.Contains(page, "签名时监护人要在场") {
			t.Error("the entry does not say that a guardian must come")
		}
		must("entry", p.enters(w, id, card))
		p.box.Lift()
		must("she has read it", p.box.Person.Done(ctx))
		must("her card", p.box.Place(card))
		seen, err := p.box.Person.Sees(ctx, "found")
		must("she is found", err)
		must("go on", p.box.Person.Press(ctx, seen, "go-on"))
		seen, err = p.box.Person.Sees(ctx, "staff")
		must("her guardian is asked for", err)
		if guarded {
			must("the guardian", p.consents(t, w))
		} else {
			must("nobody", p.box.Person.Press(ctx, seen, "no-wait"))
		}
		must("visit", p.box.Person.Confirm(ctx))
		seen, err = p.box.Person.Look(ctx)
		if must("the last screen", err); strings.Contains(seen.Text, "监护人还没有同意") == guarded {
			t.Errorf("guardian %t: the last screen says %s", guarded, seen.Text)
		}
		must("done", p.box.Person.Done(ctx))
		p.box.Lift()
		must("at the hub", rehearsal.Until(ctx, rehearsal.Wait, func() error { return p.guarded(ctx, card, guarded) }))
	}
}

// consents has the clerk enter the guardian and photograph the sheet.
func (p *staffed) consents(t *testing.T, w *tablet) error {
	_, page, err := w.get("/asked")
	if err != nil {
		return err
	}
	number := askedVisit.FindStringSubmatch(page)
	if number == nil {
		return fmt.Errorf("nothing is asked: %s", page)
	}
	fields := func(key, value string) url.Values {
		return url.Values{"visit": {number[1]}, "ask": {"guardian"}, "opened": {"yes"}, "guardian": {"周样"}, "relation": {"mother"}, "phone": {"13800000000"}, key: {value}}
	}
	if _, page, err = w.post("/asked", "/asked/open", fields("x", "")); err != nil || !strings.Contains(page, "2007年3月1日") {
		return fmt.Errorf("opened, the page does not tell her birthday (%w)", err)
	}
	if status, page, err := w.send("/asked", nil, fields("word", "allow")); err != nil || status != http.StatusUnprocessableEntity || !strings.Contains(page, "同意书还没有拍") {
		return fmt.Errorf("without a sheet: %d, %v", status, err)
	}
	for range 2 { // the second takes the place of the first
		if status, page, err := w.send("/asked", paperPage(t), fields("do", "bring")); err != nil || strings.Count(page, "/asked/picture/") != 1 || !strings.Contains(page, `value="周样"`) {
			return fmt.Errorf("the sheet: %d, %v", status, err)
		}
	}
	status, _, err := w.send("/asked", nil, fields("word", "allow"))
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("consented with %d", status)
	}
	return err
}

// guarded says what is wrong with a child's record at the hub.
func (p *staffed) guarded(ctx context.Context, card form.Chip, want bool) error {
	return p.reads(ctx, func(tx *db.Tx) error {
		all, err := confirmation.List(ctx, tx, confirmation.Filter{})
		if err != nil {
			return err
		}
		for _, r := range all {
			c, err := confirmation.Open(ctx, tx, p.ring, r.ID)
			if err != nil || c.Chip.Number != card.Number {
				continue
			}
			if !want {
				if r.State != confirmation.Disputed || r.StateReason != confirmation.NoteGuardianNone || c.Guardian != nil {
					return rehearsal.Stop(fmt.Errorf("alone: %s (%s)", r.State, r.StateReason))
				}
				return nil
			}
			text := campaign.Adult2019()
			if g := c.Guardian; r.State != confirmation.InForce || g == nil || g.Name != "周样" || g.Relation != "mother" || g.Phone != "13800000000" ||
				g.Text != protocol.HashOf([]byte(text.Text("guardian", false))).String() {
				return rehearsal.Stop(fmt.Errorf("with a guardian: %s (%s)", r.State, r.StateReason))
			}
			for _, b := range r.Blobs {
				if b.Role == protocol.RoleGuardian {
					return nil
				}
			}
			return rehearsal.Stop(errors.New("the sheet is not with it"))
		}
		return errors.New("her record is not there")
	})
}
