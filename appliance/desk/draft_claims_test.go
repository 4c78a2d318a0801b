package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// ticks sends the step of claims with these ticked.
func (c *clerk) ticks(path string, claims ...string) (int, string) {
	c.Helper()
	_, html := c.get(path)
	v := url.Values{"go": {"next"}, "claim": claims, "token": {hidden.FindStringSubmatch(html)[2]}, "revision": {revision.FindStringSubmatch(html)[1]}}
	res, err := c.client.PostForm(c.server.URL+path, v)
	return c.read(res, err)
}

// TestClaimsOfWhoIsEntered (A38, A44, A45): who is entered claims what she may,
// what she may not is named with why and not taken, and she is found by what she
// then reads and signs. Signed, her papers are looked at and photographed at once,
// before any roster knows her; unsigned she is sent to the machine.
func TestClaimsOfWhoIsEntered(t *testing.T) {
	r, people := entering(t)
	r.o.Review = r.sealReview
	who := people[0]
	who.Application.Claims = nil
	c := r.signedIn("chen")
	to, _, _ := c.begins("reason", "02", "paper", "1")
	check := c.types(to, who)
	id := strings.Split(check, "/")[2]
	step := draftPath(id, len(r.Desk.draftSteps())-1)
	_, html := c.get(step)
	has(t, html, `value="bonus.B05"`, "军人", catalogue()["draft-claims-x"].zh)
	barred := ""
	for _, k := range r.kinds(id) {
		if k.Why != "" {
			barred = k.Key()
		}
	}
	if barred == "" || strings.Contains(html, `value="`+barred+`"`) {
		t.Errorf("what she may not claim can be ticked: %q", barred)
	}
	if status, html := c.ticks(step, barred); status != http.StatusUnprocessableEntity || !strings.Contains(html, catalogue()["draft-mend"].zh) {
		t.Errorf("what she may not claim was taken: %d", status)
	}
	if status, _ := c.ticks(step, "bonus.B05", "bonus.nothing"); status != http.StatusSeeOther {
		t.Fatalf("a claim: %d", status)
	}
	_, html = c.get(check)
	has(t, html, "立个人三等功", catalogue()["draft-claim-bonus"].zh)
	if status, _, _ := c.fills(check, "done", who); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	f, err := r.store.Find(who.Application.Number())
	if err != nil || f.Application == nil || !slices.Equal(f.Application.Claims, []form.Claim{{Kind: form.BonusClaim, Code: "B05"}}) {
		t.Fatalf("she is found without her claim: %v", err)
	}
	if status, html := c.get("/review/" + id); status != http.StatusUnprocessableEntity || !strings.Contains(html, catalogue()["review-unsigned"].zh) {
		t.Errorf("before she signs: %d", status)
	}

	rec := r.confirm(id)
	_, html = c.get("/drafts")
	has(t, html, `href="/review/`+id+`"`)
	_, html = c.get("/review/" + id)
	has(t, html, `name="claim.bonus.B05"`, catalogue()["review-claimed"].zh)
	person, err := r.store.Person(id)
	if err != nil || person.Record != rec.Manifest.ID || person.Confirmed == nil {
		t.Fatalf("person %v", err)
	}
	r.settle(rec, protocol.Accepted, "")
	if status, html := c.get("/review/" + id); status != http.StatusUnprocessableEntity || !strings.Contains(html, catalogue()["review-entered"].zh) {
		t.Errorf("the hub has it, and no roster came: %d", status)
	}
}

// kinds are what a draft may claim.
func (r *rig) kinds(id string) []draftClaim {
	r.Helper()
	dr, err := r.store.Draft(id)
	c, k, wrong := r.Desk.rules()
	if err != nil || wrong != nil {
		r.Fatal(err, wrong)
	}
	return r.Desk.draftClaims(c, k, store.Draft{Application: dr.Application})
}
