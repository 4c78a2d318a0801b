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
	names := []string{"向晓兰", "刘䶮", "欧阳𬭩", "阿卜杜热合曼·阿布都克里木江·买买提依明江·吐尔逊"}
	for _, block := range [][2]rune{{0x3400, 0x4DBF}, {0x9FFF, 0x9FFF}, {0x20000, 0x2A6DF}, {0x2A700, 0x2B739}, {0x2B740, 0x2B81D}, {0x2B820, 0x2CEA1}, {0x2CEB0, 0x2EBE0}, // CJK and its extensions A to F, …
		{0x30000, 0x3134A}, {0x31350, 0x323AF}, {0x2EBF0, 0x2EE5D}, {0xE000, 0xF8FF}, {0xF0000, 0xFFFFD}} { // G, H, I, and private use
		names = append(names, "王"+string(block[0])+string(block[1]))
	}
	for _, name := range names {
		r := call(t, "", "--lang", "en", "paper", "ticket", "--name", name, "--out", out)
		if r.code != 0 || r.out != "" {
			t.Fatalf("status %d: %s%s", r.code, r.out, r.errs)
		}
		text, err := exec.Command(read, "-raw", out, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.ReplaceAll(string(text), "\n", ""), name) || !strings.Contains(string(text), "样张") {
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
