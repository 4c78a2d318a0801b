package sheet_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts"
	"zhunkao/provisioning/fonts/fontstest"
)

func TestMissing(t *testing.T) {
	f := fontstest.Bundle(t)
	if f.Fallback() {
		t.Error("the bundle calls itself a fallback")
	}
	for _, tc := range []struct{ text, want string }{
		{"刘䶮", ""}, {"㛃𬭩𬀩·𠮷", ""}, {"张 三\t李\n", ""}, {"", ""},
		{"张\ue863三", "\ue863"},        // private use: another character in every font
		{"张\u202e三", "\u202e"},        // a hidden turn of direction
		{"a\x00b\x00", "\x00"},        // told once
		{"سعيد", "سعيد"},              // no font of ours
		{"x\xffy", "\uFFFD"},          // no UTF-8
		{"\U00031350三", "\U00031350"}, // a plane newer than the fonts
		{"\u200b张", "\u200b"},         // a hidden blank
		{"张\U000E0100", "\U000E0100"}, // a variation selector
		{"\U0010FFFD\ufffe", "\U0010FFFD\ufffe"},
	} {
		if got := string(f.Missing(tc.text)); got != tc.want {
			t.Errorf("%+q: missing %+q, want %+q", tc.text, got, tc.want)
		}
	}
}

// The font inside the program has GB 2312 level 1, what the campaign prints and
// what the demonstration's places are called; it says that it is the fallback.
func TestFallback(t *testing.T) {
	dir := t.TempDir()
	for _, where := range []string{"", dir, filepath.Join(dir, "nowhere")} {
		f, err := sheet.OpenFonts(where)
		if err != nil || !f.Fallback() {
			t.Fatalf("%q: %v", where, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	f := fallback(t)
	c := campaign.Adult2019()
	raw, err := campaign.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	for what, s := range map[string]string{
		"campaign": string(raw), "rare names": "䶮㛃𬭩𬀩·𠮷", "level 1": "啊阿埃挨哎唉哀皑癌蔼座做作坐", "digits": "0123456789Xx-/:.,", "signs": "，。、；：？！“”‘’（）《》…—·",
	} {
		if missing := f.Missing(s); missing != nil {
			t.Errorf("%s: %q", what, string(missing))
		}
	}
	if missing := f.Missing("龘"); len(missing) != 1 {
		t.Error("a character it cannot have is not missing")
	}
	// What it lacks is printed as a box, and everything else stays right.
	p := ordinary(t)
	p.Name = identity.Name("刘龘龘")
	if got := fontstest.Run(t, "pdffonts", file(t, layout(t, p, f))); !strings.Contains(got, "ZhunkaoBox") || !strings.Contains(got, "ZhunkaoFallback-Bold") {
		t.Error(got)
	}
	if got := fontstest.Run(t, "pdftotext", file(t, layout(t, p, f)), "-"); !strings.Contains(got, "刘龘龘") {
		t.Error("a box does not copy back as what it stands for")
	}
}

// A bundle that is there and not what its manifest says is refused, never
// printed with.
func TestBrokenBundleIsRefused(t *testing.T) {
	fontstest.Bundle(t) // stands aside where no fonts are
	make := func(t *testing.T) (string, sheet.Manifest) {
		dir := t.TempDir()
		if err := fonts.Make(t.Context(), fontstest.Installed(dir)); err != nil {
			t.Skipf("fonts are in the cache but not installed: %v", err)
		}
		m, err := sheet.ReadManifest(dir)
		if err != nil {
			t.Fatal(err)
		}
		return dir, m
	}
	dir, m := make(t)
	first := filepath.Join(dir, m.Faces[0].SHA256)
	rewrite := func(change func(m *sheet.Manifest)) {
		c := m
		c.Faces = append([]sheet.ManifestFace{}, m.Faces...)
		change(&c)
		raw, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, sheet.ManifestName), raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, change := range map[string]func(m *sheet.Manifest){
		"version":       func(m *sheet.Manifest) { m.Version = 2 },
		"no faces":      func(m *sheet.Manifest) { m.Faces = nil },
		"no bold":       func(m *sheet.Manifest) { m.Faces = append(m.Faces[:1], m.Faces[2:]...) },
		"path as hash":  func(m *sheet.Manifest) { m.Faces[0].SHA256 = "../../../../etc/passwd" },
		"name":          func(m *sheet.Manifest) { m.Faces[0].Name = "a/b (c" },
		"same name":     func(m *sheet.Manifest) { m.Faces[0].Name = m.Faces[1].Name },
		"index":         func(m *sheet.Manifest) { m.Faces[0].Index = 99 },
		"size":          func(m *sheet.Manifest) { m.Faces[0].Size++ },
		"missing file":  func(m *sheet.Manifest) { m.Faces[0].SHA256 = strings.Repeat("0", 64) },
		"negative size": func(m *sheet.Manifest) { m.Faces[0].Size = -1 },
		"unknown role":  func(m *sheet.Manifest) { m.Faces[6].Role = "comic" },
	} {
		rewrite(change)
		if f, err := sheet.OpenFonts(dir); !errors.Is(err, sheet.ErrBundle) {
			t.Errorf("%s: %v, %v", name, f, err)
		}
	}
	rewrite(func(*sheet.Manifest) {})
	if err := sheet.VerifyBundle(dir); err != nil {
		t.Fatal(err)
	}
	// One bit: the size still agrees, only reading all of it shows.
	raw, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := errors.Join(os.Remove(first), os.WriteFile(first, raw, 0o644)); err != nil {
		t.Fatal(err)
	}
	if err := sheet.VerifyBundle(dir); !errors.Is(err, sheet.ErrBundle) {
		t.Errorf("a changed bit: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, sheet.ManifestName), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := sheet.OpenFonts(dir); !errors.Is(err, sheet.ErrBundle) {
		t.Errorf("half a manifest: %v", err)
	}
}

// However many characters come by, a face remembers a bounded number.
func TestMemoryOfFacesIsBounded(t *testing.T) {
	f := fallback(t)
	for r := rune(0x3400); r < 0x9fff; r++ {
		f.Missing(string(r))
	}
	p := ordinary(t)
	for r := rune(0xE000); r < 0xE000+4000; r += 40 {
		var name strings.Builder
		for k := range rune(40) {
			name.WriteRune(r + k)
		}
		p.Name = identity.Name(name.String())
		layout(t, p, f)
	}
	if n := f.Kept(); n > 3000 {
		t.Error(fmt.Sprint(n, " glyphs are kept"))
	}
}
