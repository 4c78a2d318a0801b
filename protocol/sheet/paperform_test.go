package sheet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
)

// TestPaperForm: the form asks everything that she fills in at the portal, in both
// campaigns, with room for each choice; each side bears its number and its code, and
// another campaign's form has another template.
func TestPaperForm(t *testing.T) {
	f := fallback(t)
	hashes := map[string]string{}
	for _, c := range []campaign.Campaign{campaign.Adult2019(), campaign.Gaokao2014()} {
		form := sheet.PaperForm{Campaign: c, Number: "430102-7KQ2XM", Office: "芙蓉区招生考试委员会办公室", Printed: time.Date(2019, 9, 3, 0, 40, 0, 0, time.UTC), Marks: []sheet.Mark{sheet.Specimen}}
		doc, err := form.Layout(f)
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		if len(doc.Pages) > 4 || c.ID == "adult-2019" && len(doc.Pages) != 2 {
			t.Errorf("%s: %d sides", c.ID, len(doc.Pages))
		}
		text := ""
		for _, p := range doc.Pages {
			text += p.Dump()
		}
		if dir := os.Getenv("ZHUNKAO_LOOK"); dir != "" {
			var file strings.Builder
			if err := doc.PDF(&file); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "14-"+c.ID+".pdf"), []byte(file.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range c.Form.Fields {
			if x.ByCandidate() && !strings.Contains(text, x.Zh) && !strings.Contains(text, string([]rune(x.Zh)[:4])) {
				t.Errorf("%s: the form does not ask %s", c.ID, x.Zh)
			}
		}
		want := []string{form.Number, "样张", "考生签名", "末位 X 大写"}
		for n := range max(1, c.Form.MaxChoices) {
			want = append(want, fmt.Sprintf("第 %d 志愿", n+1))
		}
		for _, s := range want {
			if !strings.Contains(text, s) {
				t.Errorf("%s: the form does not say %q", c.ID, s)
			}
		}
		if n := strings.Count(text, form.Number); n != len(doc.Pages) {
			t.Errorf("%s: %d of %d sides bear the number", c.ID, n, len(doc.Pages))
		}
		_, rest, _ := strings.Cut(text, "模板 ")
		hashes[rest[:9]] = c.ID
	}
	if len(hashes) != 2 {
		t.Errorf("the templates of two campaigns: %v", hashes)
	}
	if _, err := (sheet.PaperForm{Campaign: campaign.Adult2019()}).Layout(f); err != nil {
		t.Errorf("without a number: %v", err)
	}
}
