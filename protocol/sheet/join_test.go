package sheet_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

// Files bound together are one file to others' programs: every page, every text and
// picture of each, in order, and nothing to complain of.
func TestJoin(t *testing.T) {
	f := fallback(t)
	var files [][]byte
	for _, name := range []string{"张伟", "李娜"} {
		p := ordinary(t)
		p.Name = identity.Name(name)
		files = append(files, pdf(t, layout(t, p, f)))
	}
	files = append(files, pdf(t, laid(t, ticket(t), f)))
	one := join(t, files...)
	if !bytes.Equal(one, join(t, files...)) {
		t.Error("the same files give other bytes")
	}
	path := filepath.Join(t.TempDir(), "one.pdf")
	if err := os.WriteFile(path, one, 0o600); err != nil {
		t.Fatal(err)
	}
	fontstest.Run(t, "qpdf", "--check", path)
	if info := fontstest.Run(t, "pdfinfo", path); !strings.Contains(info, "Pages:           3\n") || !strings.Contains(info, "Title:           考点用表\n") {
		t.Errorf("pdfinfo says\n%s", info)
	}
	text := fontstest.Run(t, "pdftotext", "-raw", path, "-")
	first, second, third := strings.Index(text, "张伟"), strings.Index(text, "李娜"), strings.Index(text, "准考证")
	if first < 0 || second < first || third < second {
		t.Errorf("the pages stand at %d, %d, %d", first, second, third)
	}
	if n, want := strings.Count(fontstest.Run(t, "pdfimages", "-list", path), "jpeg"), 3; n != want {
		t.Errorf("%d pictures, want %d", n, want)
	}
}

// What another program wrote, or half a file, is refused and never bound in.
func TestJoinRefuses(t *testing.T) {
	whole := pdf(t, layout(t, ordinary(t), fallback(t)))
	for name, bad := range map[string][]byte{"nothing": {}, "no PDF": []byte("hello"), "half": whole[:len(whole)/2], "another's": []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\n")} {
		err := sheet.Join(io.Discard, "x", minute("10-17 09:00"), once(whole, bad))
		if !errors.Is(err, sheet.ErrJoin) {
			t.Errorf("%s: got %v, want ErrJoin", name, err)
		}
	}
}

func once(files ...[]byte) func() ([]byte, error) {
	return func() ([]byte, error) {
		if len(files) == 0 {
			return nil, io.EOF
		}
		file := files[0]
		files = files[1:]
		return file, nil
	}
}

func join(t *testing.T, files ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := sheet.Join(&b, "考点用表", minute("10-17 09:00"), once(files...)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
