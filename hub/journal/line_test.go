package journal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/keys"
)

func testKeys(t testing.TB) *keys.Ring {
	t.Helper()
	r, err := keys.Open(filepath.Join(t.TempDir(), "k"), keys.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLineStaysGoodAfterRotation(t *testing.T) {
	k := testKeys(t)
	c := Checkpoint{Number: 7, Hash: Hash{1, 2}, At: time.UnixMilli(1_567_731_600_123).UTC()}
	line, err := signLine(k, "db", c)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.RotateSigning(); err != nil {
		t.Fatal(err)
	}
	if got, err := openLine(k, "db", line); err != nil || got != c {
		t.Errorf("openLine = %+v, %v; want %+v", got, err, c)
	}
	for name, bad := range map[string]string{
		"other database": strings.Replace(line, " db ", " dc ", 1),
		"other number":   strings.Replace(line, " 7 ", " 8 ", 1),
		"other prefix":   strings.Replace(line, "/1", "/2", 1),
		"more":           line + " x",
		"cut":            line[:len(line)-4],
		"empty":          "",
	} {
		if _, err := openLine(k, "db", bad); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := openLine(k, "dc", line); err == nil {
		t.Error("a line of another database was taken")
	}
}

func FuzzOpenLine(f *testing.F) {
	k := testKeys(f)
	line, err := signLine(k, "db", Checkpoint{Number: 7, At: time.UnixMilli(1)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("")
	f.Add("zhunkao-journal/1 db 7 00 1 00 AA==")
	f.Add(strings.Repeat(" ", 100))
	f.Add(line[:len(line)-1])
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := openLine(k, "db", s); err == nil && s != line {
			t.Errorf("a made-up line was taken as %+v", c)
		}
	})
}

func FuzzDecode(f *testing.F) {
	raw, err := enc.Marshal(body{ID: "x", At: 1, Act: HubStarted, Detail: map[string]string{"a": "b"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte{0xa0})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := decode(b); err == nil {
			_ = e.entry()
		}
	})
}

// The bytes of an entry must never change, or old entries would no longer
// verify: this one stays as it is for ever.
func TestGoldenEntry(t *testing.T) {
	b := body{ID: "000102030405060708090a0b0c0d0e0f", At: 1_567_731_600_123, Author: Author{ByStaff, "s1"}, Source: "192.0.2.1",
		Act: ApplicationEdited, Subject: Subject{OfApplication, "a1"}, Campaign: "adult-2019", Point: "43010201",
		Division: "430102", Result: "", Reason: "改电话", Detail: map[string]string{"fields": "LXDH", "b": "2"}}
	raw, err := enc.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("testdata", "entry.cbor"))
	if err != nil {
		t.Fatal(err)
	}
	if string(raw) != string(want) {
		t.Errorf("entry encodes to\n%x\nwant\n%x", raw, want)
	}
	if back, err := decode(want); err != nil || back.Reason != b.Reason || back.Detail["fields"] != "LXDH" {
		t.Errorf("decode = %+v, %v", back, err)
	}
}
