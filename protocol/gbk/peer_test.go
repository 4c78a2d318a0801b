package gbk_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"zhunkao/protocol/gbk"
)

// Python's codecs are right but for what is listed here. Its gb18030 is the
// mapping of 2000: it lacks what 2005 and 2022 changed. Its gbk is GBK without
// row FE, the user-defined areas, and everything else that was private use.
func TestIndependentPeer(t *testing.T) {
	py, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("python3 is missing: apt-get install python3")
		}
		t.Skip("no python3: apt-get install python3")
	}
	cmd := exec.CommandContext(t.Context(), py, "testdata/peer.py")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}

	older := map[string]bool{ // of GB 18030, as Python has them
		"E 1E3F 8135f437": true, "E E7C7 a8bc": true, "D a8bc E7C7": true,
		"E FFFD 8431a437": true, // which we do not write
	}
	for _, c := range changed {
		if c.std <= 0xFFFF {
			older[fmt.Sprintf("E %X %x", c.std, c.four)] = true
		}
		older[fmt.Sprintf("D %x %X", c.two, c.pua)] = true
	}
	lines := strings.Split(string(out), "\n")
	agreed := 0
	for _, line := range lines {
		f := strings.Fields(line)
		if len(f) != 4 {
			t.Fatalf("peer: %q", line)
		}
		way, set, from, to := f[0], gbk.Charset(f[1]), f[2], f[3]
		got := ours(t, way, set, from)
		switch key := way + " " + from + " " + to; {
		case got == to:
			agreed++
			if set == gbk.GB18030 && older[key] {
				t.Errorf("%s: as in the older edition", line)
			}
		case set == gbk.GB18030 && older[key]:
			delete(older, key)
		case set == gbk.GBK && to == "-": // theirs is smaller; what we have is in the other set, which is checked
		default:
			t.Errorf("%s: ours is %s", line, got)
		}
	}
	if len(older) != 0 {
		t.Errorf("Python no longer follows the older edition in %v", older)
	}
	if agreed < 150_000 || len(lines) < 190_000 {
		t.Errorf("only %d of %d agree", agreed, len(lines))
	}
}

// ours is what we make of a code point or a code, in the peer's words.
func ours(t *testing.T, way string, set gbk.Charset, from string) string {
	t.Helper()
	if way == "E" {
		var r rune
		if _, err := fmt.Sscanf(from, "%X", &r); err != nil {
			t.Fatal(err)
		}
		b, err := gbk.Encode(set, string(r))
		if err != nil {
			return "-"
		}
		return hex.EncodeToString(b)
	}
	code, err := hex.DecodeString(from)
	if err != nil {
		t.Fatal(err)
	}
	s, faults := gbk.Decode(set, code)
	if faults != nil {
		return "-"
	}
	return fmt.Sprintf("%X", []rune(s)[0])
}
