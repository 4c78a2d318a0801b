package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	rules "zhunkao/protocol/campaign"
)

// ctl runs the program without a hub.
func ctl(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, strings.NewReader(""), &o, &e, func(string) string { return "" })
	return status, o.String(), e.String()
}

// bundleFile writes a changed campaign.
func bundleFile(t *testing.T, change func(c *rules.Campaign)) string {
	t.Helper()
	c := rules.Adult2019()
	change(&c)
	raw, err := rules.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bundle.json")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCampaignCheck(t *testing.T) {
	for _, name := range []string{"adult-2019", "gaokao-2014"} {
		if status, out, errs := ctl(t, "campaign", "check", name, "--lang=zh"); status != 0 || !strings.Contains(out, "没有问题") || errs != "" {
			t.Errorf("%s: status %d, %s%s", name, status, out, errs)
		}
	}
	bad := bundleFile(t, func(c *rules.Campaign) {
		c.Fees = c.Fees[:2]
		c.Windows[3].From, c.Windows[3].To = c.Windows[3].To, c.Windows[3].From
	})
	status, out, _ := ctl(t, "campaign", "check", bad, "--lang=zh")
	if status != 2 || !strings.Contains(out, "fees") || !strings.Contains(out, "没有规定费用") || !strings.Contains(out, "windows "+rules.Adult2019().Windows[3].ID) || !strings.Contains(out, "共2处问题") {
		t.Errorf("status %d\n%s", status, out)
	}
	status, out, _ = ctl(t, "campaign", "check", bad, "--json")
	var p rules.Problem
	if err := json.Unmarshal([]byte(strings.SplitN(out, "\n", 2)[0]), &p); status != 2 || err != nil || p.Place == "" || p.Code == "" || p.Zh == "" || p.En == "" {
		t.Errorf("status %d, %v\n%s", status, err, out)
	}
	junk := filepath.Join(t.TempDir(), "junk")
	if err := os.WriteFile(junk, []byte(`{"id":"x","version":1,"surprise":"\u001b[2J"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, out, _ := ctl(t, "campaign", "check", junk, "--lang=zh"); status != 2 || !strings.Contains(out, "不是方案文件") {
		t.Errorf("status %d, %s", status, out)
	}
	if status, out, errs := ctl(t, "campaign", "check", "gaokao-1977", "--lang=zh"); status != 1 || out != "" || !strings.Contains(errs, "adult-2019") {
		t.Errorf("status %d, %s%s", status, out, errs)
	}
	hostile := bundleFile(t, func(c *rules.Campaign) { c.Windows[0].ID = "w\x1b[2J\u202e" })
	if status, out, _ := ctl(t, "campaign", "check", hostile); status != 2 || strings.ContainsAny(out, "\x1b\u202e") {
		t.Errorf("status %d, %q", status, out)
	}
}

func TestCampaignDiff(t *testing.T) {
	now := bundleFile(t, func(c *rules.Campaign) { c.Version, c.Fees[2].Fen = 2, 18000 })
	status, out, errs := ctl(t, "campaign", "diff", "adult-2019", now, "--lang=zh")
	if want := "方案版本号由1改为2。\n报考专升本的报名考试费由170元提高到180元。\n共2处不同。\n"; status != 0 || out != want || errs != "" {
		t.Errorf("status %d, %s%s", status, out, errs)
	}
	if _, out, _ := ctl(t, "campaign", "diff", "adult-2019", now, "--lang=en"); !strings.Contains(out, "the fee of level college diploma to bachelor (3) rises from 170 yuan to 180 yuan\n") {
		t.Error(out)
	}
	if _, out, _ := ctl(t, "campaign", "diff", now, "adult-2019", "--lang=zh"); !strings.Contains(out, "不能签发") {
		t.Error(out)
	}
	if status, out, _ := ctl(t, "campaign", "diff", "adult-2019", "adult-2019", "--lang=zh"); status != 0 || out != "两个版本没有任何不同。\n" {
		t.Error(out)
	}
	if _, out, _ := ctl(t, "campaign", "diff", "adult-2019", "gaokao-2014", "--lang=zh"); !strings.Contains(out, "两个不同的招考项目") {
		t.Error("two examinations are taken for versions of one")
	}
	var change rules.Change
	_, out, _ = ctl(t, "campaign", "diff", "adult-2019", now, "--json")
	if err := json.Unmarshal([]byte(strings.SplitN(out, "\n", 2)[0]), &change); err != nil || change.Place != "version" || change.Kind != rules.ChangeMade {
		t.Errorf("%v: %s", err, out)
	}
}

func TestCampaignShow(t *testing.T) {
	for _, c := range rules.Shipped() {
		status, out, _ := ctl(t, "campaign", "show", c.ID)
		want, err := rules.Encode(c)
		if err != nil || status != 0 || out != string(want) {
			t.Errorf("%s: status %d, %v, %d bytes for %d", c.ID, status, err, len(out), len(want))
		}
		if _, out, _ := ctl(t, "campaign", "show", c.ID, "--assumptions", "--lang=zh"); strings.Count(out, "\n[") != len(c.Assumptions)-1 || !strings.Contains(out, "form.categories") {
			t.Errorf("%s: assumptions\n%.400s", c.ID, out)
		}
	}
	if _, out, _ := ctl(t, "campaign", "show", "adult-2019", "--as-version=7"); !strings.HasPrefix(out, `{"id":"adult-2019","version":7,`) {
		t.Errorf("%.60s", out)
	}
	for key, pair := range campaignWords {
		if pair[0] == "" || pair[1] == "" || strings.Count(pair[0], "%") != strings.Count(pair[1], "%") {
			t.Errorf("%s lacks something", key)
		}
	}
}
