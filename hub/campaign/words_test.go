package campaign_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/campaign"
	rules "zhunkao/protocol/campaign"
)

// Every code that a check can find has words in both languages: it reads the
// codes where they are written down, so that a new one is not forgotten.
func TestEveryFindingHasWords(t *testing.T) {
	c := rules.Adult2019()
	n := 0
	for file, code := range map[string]*regexp.Regexp{
		"../../protocol/form/finding.go":     regexp.MustCompile(`(?m)^\t[A-Z]\w+ += "([a-z-]+)"`),
		"../../protocol/identity/refusal.go": regexp.MustCompile(`&Refusal\{"([a-z0-9-]+)"`),
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range code.FindAllStringSubmatch(string(text), -1) {
			n++
			for _, english := range []bool{false, true} {
				if got := campaign.FindingInWords(c, "XM: "+m[1], english); strings.HasSuffix(got, "："+m[1]) || strings.HasSuffix(got, ": "+m[1]) {
					t.Errorf("%s, english %v: %q", m[1], english, got)
				}
			}
		}
	}
	if n < 45 {
		t.Errorf("only %d codes were found", n)
	}
}

func TestFindingInWords(t *testing.T) {
	c := rules.Adult2019()
	for code, want := range map[string][2]string{
		"choice 1: no-programme":  {"第1志愿不在招生专业目录中", "choice 1 is not in the catalogue"},
		"point: point-minors":     {"报名确认点不是未成年人指定确认点", "the point is not designated for minors"},
		"claim: claim-age":        {"照顾和免试未到享受照顾的年龄", "the claims name a bonus before its age"},
		"XM: missing":             {"“姓名”必填而未填", ""},
		"nowhere: never-heard-of": {"nowhere：never-heard-of", "nowhere: never-heard-of"},
		"no code":                 {"no code", "no code"},
	} {
		for way, english := range []bool{false, true} {
			if got := campaign.FindingInWords(c, code, english); want[way] != "" && got != want[way] {
				t.Errorf("%q: got %q, want %q", code, got, want[way])
			}
		}
	}
	for _, r := range c.Rules {
		if got := campaign.FindingInWords(c, r.Field+": "+r.Key, false); !strings.HasSuffix(got, r.Zh) {
			t.Errorf("rule %s: %q", r.Key, got)
		}
	}
}
