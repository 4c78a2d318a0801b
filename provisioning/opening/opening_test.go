package opening

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestOpening is the rehearsal in its short form, with the shipped program: whoever
// comes below the limit submits, who is signed in is never told to wait whatever
// the rush, and drawing and table are written. It says nothing of how long it took.
func TestOpening(t *testing.T) {
	dir := t.TempDir()
	hubd := filepath.Join(dir, "hubd")
	build := exec.Command("go", "build", "-o", hubd, "zhunkao/hub/cmd/hubd")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	o := Options{Hubd: hubd, Drawing: filepath.Join(dir, "o.svg"), Table: filepath.Join(dir, "o.md"), Lasts: 3 * time.Second,
		Patience: 30 * time.Second, Think: 50 * time.Millisecond, Members: 2, Most: 40, Say: t.Output()}
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range r.Rounds {
		if i == 0 && x.Finished == 0 {
			t.Errorf("%s: of %d who came nobody submitted", x.Name, x.Came)
		}
		for _, k := range []Kind{Reading, Writing} {
			if f := x.Figures(k); f.Pages == 0 || f.Waits > 0 || f.Often > 0 {
				t.Errorf("%s: %s: %+v", x.Name, k, f)
			}
		}
	}
	for path, want := range map[string]string{o.Drawing: "five times the limit", o.Table: "| five times the limit |"} {
		if b, err := os.ReadFile(path); err != nil || !strings.Contains(string(b), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
