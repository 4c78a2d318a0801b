package printer_test

import (
	"embed"
	"io/fs"
	"testing"

	"zhunkao/hw/printer"
)

// replies has whole answers: of ippeveprinter, of the emulated printer, and
// spoilt ones.
//
//go:embed testdata/replies
var replies embed.FS

// seedID is the request that the seeds answer.
const seedID = 0x40000001

// FuzzReply: whatever a printer says, reading it ends, is bounded, and what is
// made of it can be shown.
func FuzzReply(f *testing.F) {
	names, err := fs.Glob(replies, "testdata/replies/*.ipp")
	if err != nil || len(names) < 8 {
		f.Fatalf("%d seeds, %v", len(names), err)
	}
	for _, name := range names {
		b, err := fs.ReadFile(replies, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := printer.DecodeReply(raw, seedID)
		if err != nil {
			return
		}
		if len(s.Formats) > 100 || len(s.Reasons) > 100 || len(s.Resolutions) > 100 || len(s.Supplies) > 100 || len([]rune(s.Message)) > 200 {
			t.Errorf("beyond the bounds: %d %d %d %d", len(s.Formats), len(s.Reasons), len(s.Resolutions), len(s.Supplies))
		}
		for _, text := range append([]string{s.Message, s.Model}, s.Formats...) {
			for _, r := range text {
				if r < ' ' || r == 0x7f || r == 0x202e {
					t.Errorf("a control character got through: %q", text)
				}
			}
		}
		_, _ = s.Needs(), s.Warnings()
		for _, u := range s.Supplies {
			if u.Level < -3 || u.Level > 100 {
				t.Errorf("level %d", u.Level)
			}
		}
	})
}

// The seeds that must be read, are; and those that must not, are not.
func TestSeeds(t *testing.T) {
	names, err := fs.Glob(replies, "testdata/replies/*.ipp")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := fs.ReadFile(replies, name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := printer.DecodeReply(b, seedID)
		sound := len(name) > 22 && name[len("testdata/replies/"):][:3] == "ok-"
		if sound != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if sound && (s.State == 0 || len(s.Formats) == 0) {
			t.Errorf("%s: read as %+v", name, s)
		}
	}
}
