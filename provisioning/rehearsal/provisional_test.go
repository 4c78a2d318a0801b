package rehearsal_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/provisioning/rehearsal"
)

// TestProvisional: her card is lost, and a clerk serves her on papers: she is
// confirmed, and who she is stays open. Her new card, read at the box days before
// anybody has decided, ends that by itself (demand A40).
func TestProvisional(t *testing.T) {
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
	_, err := p.box.Person.Sees(ctx, "idle")
	must("the box", err)
	w := newTablet(t, p.port, p.ring.Pool())
	clerk := p.account(t, "quereren")
	must("sign-in", rehearsal.Until(ctx, rehearsal.Wait, func() error {
		status, _, err := w.post("/sign-in", "/sign-in", url.Values{"name": {clerk.User}, "password": {clerk.Password}, "code": {clerk.Code()}})
		if err == nil && status != http.StatusSeeOther {
			err = fmt.Errorf("status %d", status)
		}
		return err
	}))

	card := p.Cards("")[0].Card
	typed := func(do string) url.Values {
		return url.Values{"why": {"missing"}, "document": {"01"}, "number": {card.Number.Reveal()}, "name": {string(card.Name)}, "sex": {card.Sex}, "birth": {card.Birth},
			"note": {"户口簿，派出所已受理补领"}, "do": {do}}
	}
	for _, do := range []string{"take", "take", "begin"} {
		must(do, rehearsal.Until(ctx, rehearsal.Wait, func() error {
			status, page, err := w.post("/papers", "/papers", typed(do))
			if err == nil && status != http.StatusSeeOther {
				err = fmt.Errorf("status %d: %s", status, errorsIn(page))
			}
			return err
		}))
	}
	must("visit", p.box.Person.Confirm(ctx))
	must("the last screen", p.box.Person.Done(ctx))
	p.stands(ctx, t, map[confirmation.State]int{confirmation.InForce: 1})
	p.proven(ctx, t, confirmation.Provisional)

	must("card", p.box.Place(card))
	seen, err := p.box.Person.Sees(ctx, "verify")
	must("the new card", err)
	must("verify", p.box.Person.Press(ctx, seen, "go-on"))
	_, err = p.box.Person.Sees(ctx, "verified")
	must("verified", err)
	p.box.Lift()
	p.proven(ctx, t, confirmation.Verified)
	p.stands(ctx, t, map[confirmation.State]int{confirmation.InForce: 1})

	must("done", p.box.Person.Done(ctx))
	must("the card once more", p.box.Place(card))
	_, err = p.box.Person.Sees(ctx, "refused")
	must("once more", err)
}

var deskError = regexp.MustCompile(`class="error"[^>]*>([^<]+)<`)

// errorsIn is what a page of the desk says is wrong.
func errorsIn(page string) (out []string) {
	for _, m := range deskError.FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	return out
}

// proven waits until it is so sure at the hub who made the one confirmation.
func (p *staffed) proven(ctx context.Context, t *testing.T, want confirmation.Proof) {
	t.Helper()
	d, err := db.OpenExisting(ctx, p.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := rehearsal.Until(ctx, rehearsal.Wait, func() error {
		return d.Read(ctx, func(tx *db.Tx) error {
			all, err := confirmation.List(ctx, tx, confirmation.Filter{State: confirmation.InForce})
			if err == nil && (len(all) != 1 || all[0].Proof != want) {
				err = fmt.Errorf("%d in force, want one that is %s", len(all), want)
			}
			return err
		})
	}); err != nil {
		t.Fatal(err)
	}
}
