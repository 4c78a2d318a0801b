package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPaperTicket: the door is a contract with scripts: the characters of a name come
// back out of the PDF, whatever they are; one that no font has is named.
func TestPaperTicket(t *testing.T) {
	read, err := exec.LookPath("pdftotext")
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip("pdftotext is not here: make peers")
	}
	out := filepath.Join(t.TempDir(), "ticket.pdf")
	for _, name := range []string{"向晓兰", "刘䶮", "欧阳𬭩"} {
		r := call(t, "", "--lang", "en", "paper", "ticket", "--name", name, "--out", out)
		if r.code != 0 || r.out != "" {
			t.Fatalf("status %d: %s%s", r.code, r.out, r.errs)
		}
		text, err := exec.Command(read, "-raw", out, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), name) || !strings.Contains(string(text), "样张") {
			t.Errorf("%s is not in the PDF's text", name)
		}
	}
	const unassigned = "王\U000323B5"
	if r := call(t, "", "--lang", "en", "paper", "ticket", "--name", unassigned, "--out", out); r.code != 0 || !strings.Contains(r.errs, "U+323B5") {
		t.Errorf("status %d: %s%s", r.code, r.out, r.errs)
	}
	if r := call(t, "", "--lang", "en", "paper", "ticket", "--name", "x", "--out", t.TempDir()); r.code != 1 {
		t.Errorf("a folder: status %d: %s", r.code, r.errs)
	}
}
