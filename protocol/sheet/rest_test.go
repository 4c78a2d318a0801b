package sheet

import (
	"bytes"
	"testing"
)

// The files of a bundle read the same after the fonts' memory was given back; the
// fonts inside the program have none to give, nor has what is closed. That memory
// is given back: see TestRestGivesMemoryBack.
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
		files := func() []byte {
			var out bytes.Buffer
			for _, m := range f.maps {
				out.Write(m.bytes[:4096])
				out.Write(m.bytes[len(m.bytes)/2:][:4096])
			}
			return out.Bytes()
		}
		before := files()
		if err := f.Rest(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.Equal(before, files()) {
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
