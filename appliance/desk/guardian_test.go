package desk

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"

	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// TestGuardianAtTheDesk (S37): who asks is a child's visit: what lacks is said and
// nothing typed is lost, the newest picture alone counts, and what is brought to the
// visit is bound to it and to the campaign's text. Without a guardian the clerk says
// so.
func TestGuardianAtTheDesk(t *testing.T) {
	a := newAsking(t, visit.AskGuardian, 1)
	c := a.signedIn("chen")
	a.o.Picture = func(context.Context) ([]byte, error) { return asJPEG(t, paper(64, 32)), nil }
	_, html := c.get("/asked")
	has(t, html, "等监护人同意", "监护人不在")
	if strings.Contains(html, `name="guardian"`) {
		t.Error("a guardian is asked for before anybody opened it")
	}
	c.post("/asked", "/asked/open", "visit", "7")
	base := []string{"visit", "7", "ask", "guardian", "opened", "yes", "guardian", "周样", "relation", "mother", "phone", "138 0000 0000"}
	if status, html := c.send("/asked", "/asked", nil, append(base[:12:12], "do", "take")...); status != http.StatusOK || !strings.Contains(html, "/asked/picture/1") {
		t.Fatal("by the camera", status)
	}
	if _, html := c.send("/asked", "/asked", withExif(asJPEG(t, paper(40, 60)), 1), append(base[:12:12], "do", "bring")...); strings.Count(html, "/asked/picture/") != 1 || !strings.Contains(html, `value="周样"`) {
		t.Error("the second picture stands beside the first, or what was typed is lost")
	}
	for _, x := range [][3]string{{"guardian", "", "guardian-name-bad"}, {"relation", "friend", "guardian-relation-none"}, {"phone", "12", "guardian-phone-bad"}} {
		if status, html := c.send("/asked", "/asked", nil, append(merged(base, []string{x[0], x[1]}), "word", "allow")...); status == http.StatusSeeOther || !strings.Contains(html, catalogue()[x[2]].zh) {
			t.Errorf("%s %q: %d", x[0], x[1], status)
		}
	}
	if len(a.said) != 0 {
		t.Fatal("half a guardian was brought to the visit")
	}
	if status, _ := c.send("/asked", "/asked", nil, append(base[:12:12], "word", "allow")...); status != http.StatusSeeOther || len(a.said) != 1 {
		t.Fatal("consented", status)
	}
	e, ok := a.said[0].(visit.Allowed)
	text := protocol.HashOf([]byte(a.status.Rules.Text(guardianText, false)))
	if g := e.Guardian; !ok || len(e.Copies) != 1 || g.Name != "周样" || g.Relation != "mother" || g.Phone != "13800000000" || g.Text != text || g.Sheet != protocol.HashOf(e.Copies[0]) || e.Assents[0].Account != "s-chen" {
		t.Errorf("brought to the visit: %t, %d pictures", ok, len(e.Copies))
	}
	if status, html := c.send("/asked", "/asked", nil, append(base[:12:12], "word", "allow")...); status == http.StatusSeeOther || !strings.Contains(html, catalogue()["guardian-sheet-none"].zh) {
		t.Error("the picture is still there after it was given", status)
	}
	if status, _ := c.send("/asked", "/asked", nil, "visit", "7", "ask", "guardian", "word", "deny"); status != http.StatusSeeOther {
		t.Error("without a guardian", status)
	}
	if _, ok := a.said[len(a.said)-1].(visit.Denied); !ok {
		t.Error("the visit did not hear that nobody is here")
	}
}

// The sheet has the campaign's own text and room to sign, on one page, and comes as
// a PDF and out of the printer.
func TestGuardianSheet(t *testing.T) {
	r, _ := entering(t)
	c := r.signedIn("chen")
	doc, err := r.Paper(store.Print{Kind: store.PrintGuardian})
	if err != nil || len(doc.Pages) != 1 {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := doc.PDF(&b); err != nil || b.Len() == 0 {
		t.Fatal(err)
	}
	if status, pdf := c.get("/drafts/guardian"); status != http.StatusOK || !strings.HasPrefix(pdf, "%PDF-") {
		t.Error("no PDF", status)
	}
}
