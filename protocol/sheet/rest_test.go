package sheet

import (
	"bytes"
	"testing"
)

// A document made after the fonts' memory was given back is the same, and so is
// one from the fonts inside the program, which have none to give.
func TestFontsRest(t *testing.T) {
	dir, err := DefaultFontsDir()
	if err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"inside the program": "", "bundle, if there is one": dir} {
		f, err := OpenFonts(dir)
		if err != nil {
			t.Fatal(err)
		}
		glyphs := func() []byte {
			var out bytes.Buffer
			for _, m := range f.maps {
				out.Write(m.bytes[:4096])
				out.Write(m.bytes[len(m.bytes)/2:][:4096])
			}
			return out.Bytes()
		}
		before := glyphs()
		if err := f.Rest(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.Equal(before, glyphs()) {
			t.Errorf("%s: after a rest the files are others", name)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if err := f.Rest(); err != nil {
			t.Errorf("%s, closed: %v", name, err)
		}
	}
}
