package web_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// said is what a PDF says, without blanks.
func said(t *testing.T, body string) string {
	t.Helper()
	path, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pdftotext is not here: make peers")
		}
		t.Skip("pdftotext is not here: make peers")
	}
	file := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), path, "-raw", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), "")
}

// TestDeskPapers: who sees a candidate finds both papers on her page; they are hers, and
// that they were printed is journalled. The number of her document is masked on the pledge
// and whole on the proof sheet, which names codes. A foreign office gets neither.
func TestDeskPapers(t *testing.T) {
	w := newWorld(t)
	app := w.people[0].Application
	page := "/gl/candidates/" + app.ID
	_, html := w.as("co").get(page)
	for path, want := range map[string][]string{page + "/proofread": {"校对表", "现登记", "考生签名", "第1次打印", string(app.Number()), "证件类型居民身份证"}, page + "/pledge": {"诚信考试承诺书", "逐字抄录", "郑重承诺"}} {
		if !strings.Contains(html, path) {
			t.Errorf("the page has no link to %s", path[len(page):])
		}
		before := len(w.acts(app.ID))
		res, body := w.as("co").get(path)
		if got := len(w.acts(app.ID)); got != before+1 {
			t.Errorf("%s: %d entries in the journal, want one", path[len(page):], got-before)
		}
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/pdf" {
			t.Fatalf("%s: %d %s", path[len(page):], res.StatusCode, res.Header.Get("Content-Type"))
		}
		text := said(t, body)
		for _, s := range append(want, app.Name().Reveal()) {
			if !strings.Contains(text, s) {
				t.Errorf("%s does not say %q", path[len(page):], s)
			}
		}
		if path == page+"/pledge" && strings.Contains(text, string(app.Number())) {
			t.Errorf("%s tells the whole number of her document", path[len(page):])
		}
	}
	_, again := w.as("co").get(page + "/proofread")
	if text := said(t, again); !strings.Contains(text, "补打") || !strings.Contains(text, "第2次打印") {
		t.Error("the second print does not say that it is one")
	}
	if !strings.Contains(html, `href="/gl/paperform"`) {
		t.Error("the page has no link to the blank form")
	}
	_, forms := w.as("co").get("/gl/paperform?n=2")
	text := said(t, forms)
	numbers := regexp.MustCompile(countyHere+`-[2-9A-Z]{6}`).FindAllString(text, -1)
	if len(numbers) != 4 || numbers[0] != numbers[1] || numbers[2] != numbers[3] || numbers[0] == numbers[2] || strings.Contains(text, app.Name().Reveal()) {
		t.Errorf("two blank forms of two sides bear the numbers %v", numbers)
	}
	foreign := "/gl/candidates/" + w.people[1].Application.ID
	for _, path := range []string{foreign + "/proofread", foreign + "/pledge"} {
		if res, _ := w.as("co").get(path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s of another point: %d", path[len(foreign):], res.StatusCode)
		}
	}
}
