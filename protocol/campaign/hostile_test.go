package campaign_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// Whatever fits into a bundle is refused or accepted soon: work that grew with
// the square of any of these would take minutes.
func TestValidateIsBounded(t *testing.T) {
	many := func(n int, add func(c *campaign.Campaign, i int)) func(c *campaign.Campaign) {
		return func(c *campaign.Campaign) {
			for i := range n {
				add(c, i)
			}
		}
	}
	codes := func(c *campaign.Campaign) []string {
		var out []string
		for _, d := range c.Divisions {
			out = append(out, d.Code)
		}
		return out
	}
	for name, tc := range map[string]struct {
		spoil func(c *campaign.Campaign)
		code  string
	}{
		"windows at once, of other points": {many(4900, func(c *campaign.Campaign, i int) {
			w := c.Windows[0]
			w.ID = fmt.Sprint("w", i)
			w.Scope = window.Scope{Points: []string{fmt.Sprint("p", i)}}
			c.Windows = append(c.Windows, w)
		}), campaign.ProblemOverlap},
		"windows that all overlap": {many(4900, func(c *campaign.Campaign, i int) {
			w := c.Windows[0]
			w.ID = fmt.Sprint("w", i)
			c.Windows = append(c.Windows, w)
		}), campaign.ProblemOverlap},
		"windows of long scopes": {func(c *campaign.Campaign) {
			all := codes(c)
			for i := range 1000 {
				w := c.Windows[0]
				w.ID = fmt.Sprint("w", i)
				w.Scope = window.Scope{Divisions: all, Points: []string{fmt.Sprint("p", i)}, Households: all}
				c.Windows = append(c.Windows, w)
			}
		}, campaign.ProblemTooMany},
		"very many assumed places": {func(c *campaign.Campaign) {
			for i := range 200 {
				a := campaign.Assumption{Key: fmt.Sprint("a", i), Status: "D", Zh: "假定", En: "assumed"}
				for j := range 900 {
					a.Places = append(a.Places, fmt.Sprintf("windows %d.%d", i, j))
				}
				c.Assumptions = append(c.Assumptions, a)
			}
		}, campaign.ProblemTooMany},
		"code tables": {func(c *campaign.Campaign) {
			for i := range 40 {
				x := form.Table{Name: fmt.Sprint("t", i), Zh: "表", En: "table"}
				for j := range 1000 {
					x.Entries = append(x.Entries, form.Entry{Code: fmt.Sprint(j), Zh: "项", Status: "D"})
				}
				c.Form.Tables = append(c.Form.Tables, x)
			}
		}, campaign.ProblemMissing},
		"rules of all divisions": {func(c *campaign.Campaign) {
			all := codes(c)
			for i := range 290 {
				c.Rules = append(c.Rules, form.Rule{Key: fmt.Sprint("r", i), Field: form.FullName, Zh: "请改。", En: "mend",
					Must: form.Condition{Household: &form.HouseholdTest{In: all}}})
			}
		}, campaign.ProblemTooMany},
		"a catalogue of other schools": {many(10_000, func(c *campaign.Campaign, i int) {
			p := c.Catalogue[0]
			p.School = fmt.Sprint(30000 + i)
			c.Catalogue = append(c.Catalogue, p)
		}), ""},
		"one long text": {func(c *campaign.Campaign) { c.Office = strings.Repeat("长", 1_000_000) }, campaign.ProblemTooMany},
		"everything wrong": {func(c *campaign.Campaign) {
			for i := range c.Catalogue {
				c.Catalogue[i].Level = "8"
			}
			for i := range c.Divisions {
				c.Divisions[i].Parent = "999999"
			}
		}, campaign.ProblemTooMany},
	} {
		c := campaign.Adult2019()
		tc.spoil(&c)
		start := time.Now()
		found := c.Validate()
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("%s: took %s", name, took)
		} else if took > time.Second {
			t.Logf("%s: %s", name, took)
		}
		if len(found) > 201 {
			t.Errorf("%s: %d problems", name, len(found))
		}
		if tc.code == "" && len(found) > 0 || tc.code != "" && !hasCode(found, tc.code) {
			t.Errorf("%s: want %q, got %.300v", name, tc.code, found)
		}
		start = time.Now()
		campaign.Diff(campaign.Adult2019(), c)
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("%s: diff took %s", name, took)
		}
	}
}

func hasCode(found []campaign.Problem, code string) bool {
	for _, p := range found {
		if p.Code == code {
			return true
		}
	}
	return false
}

// A large bundle takes no more memory than a few times itself.
func TestDecodeTakesBoundedMemory(t *testing.T) {
	c := campaign.Adult2019()
	for i := 0; len(c.Catalogue) < 6_000; i++ {
		p := c.Catalogue[0]
		p.School = fmt.Sprint(30000 + i)
		c.Catalogue = append(c.Catalogue, p)
	}
	b, err := campaign.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > campaign.MaxBundle {
		t.Fatalf("%d bytes", len(b))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := campaign.Decode(b); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 20*uint64(len(b)) {
		t.Errorf("%d bytes for a bundle of %d", used, len(b))
	}
	if _, err := campaign.Decode(bytes.Repeat([]byte("["), campaign.MaxBundle)); err == nil {
		t.Error("eight million brackets are a bundle")
	}
}
