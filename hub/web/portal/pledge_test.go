package portal_test

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/protocol/form"
)

// Under 14 a guardian agrees before anything more is asked (S37).
func TestGuardianPages(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.sign()
	path, fields := h.where(form.BirthDate)
	values := as(h.app, fields)
	for _, key := range []string{form.DocumentNumber, form.Sex} {
		values.Set("f-"+key, "")
	}
	values.Set("f-"+form.BirthDate, "2006-03-01")
	values.Set("go", "next")
	if a := h.send(h.see(path), path, values); a.To != "/ks/guardian" {
		t.Fatalf("a child goes on to %s: %s", a.To, a.text())
	}
	if a := h.get("/ks/form/2"); a.To != "/ks/guardian" {
		t.Errorf("the next step opens: → %s", a.To)
	}
	page := h.see("/ks/guardian")
	a := h.send(page, "/ks/guardian", url.Values{"name": {"李建国"}, "phone": {"123"}})
	if a.Status != http.StatusUnprocessableEntity || !a.says("有 2 处要改") || !strings.Contains(a.Page, `value="李建国"`) {
		t.Errorf("half filled in: %d: %s", a.Status, a.text())
	}
	a = h.send(page, "/ks/guardian", url.Values{"name": {"李建国"}, "phone": {"13800000001"}, "relation": {"father"}})
	if a.Status != http.StatusSeeOther || a.To != "/ks/form" {
		t.Fatalf("agreed: %d → %s: %s", a.Status, a.To, a.text())
	}
	if a := h.get("/ks/form/2"); a.Status != http.StatusOK {
		t.Errorf("after the consent: %d → %s", a.Status, a.To)
	}
}

// Who has handed in copies the pledge by hand (paper 15): she finds the sheet where she is
// told what to bring, and it is hers. Before that there is none.
func TestPledgeOnPaper(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	if a := h.get("/ks/pledge.pdf"); a.Status != http.StatusNotFound {
		t.Errorf("before anything is handed in: %d", a.Status)
	}
	h.sign()
	h.fillIn()
	h.handIn()
	for _, path := range []string{"/ks/submitted", "/ks/status"} {
		if a := h.see(path); !strings.Contains(a.Page, `href="/ks/pledge.pdf"`) {
			t.Errorf("%s has no link: %s", path, a.text())
		}
	}
	a := h.get("/ks/pledge.pdf")
	if a.Status != http.StatusOK || a.Head.Get("Content-Disposition") != `inline; filename="pledge.pdf"` || a.Head.Get("Cache-Control") != "no-store" {
		t.Fatalf("the sheet: %d, %q, %q", a.Status, a.Head.Get("Content-Disposition"), a.Head.Get("Cache-Control"))
	}
	file := filepath.Join(t.TempDir(), "pledge.pdf")
	if err := os.WriteFile(file, []byte(a.Page), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-raw", file, "-").Output()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("pdftotext is not here: make peers")
	}
	said := strings.Join(strings.Fields(string(out)), "")
	for _, want := range []string{"诚信考试承诺书", h.app.Name().Reveal(), "考生自印"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if strings.Contains(said, string(h.app.Number())) {
		t.Error("it tells the whole number of her document")
	}
}

// Another name than the pledge bears: sign again.
func TestOtherName(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.readNotices()
	h.send(h.see("/ks/pledge"), "/ks/pledge", url.Values{"name": {"完全别人"}, "drawn": {"0 0 10 10 20 20 30 30 40 40 50 50 60 60 70 70 80 80"}})
	h.fillIn()
	a := h.see("/ks/review")
	if strings.Contains(a.Page, `action="/ks/review"`) || !a.says("签名和表上的姓名不一样") {
		t.Fatalf("the last look: %s", a.text())
	}
	page := h.see("/ks/pledge")
	if !page.says("完全别人 已签") || !strings.Contains(page.Page, `d="M0 0L10 10`) {
		t.Errorf("the pledge: %s", page.text())
	}
	h.send(page, "/ks/pledge", url.Values{"name": {h.app.Name().Reveal()}})
	h.handIn()
}
