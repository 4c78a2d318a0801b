package protocol_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"testing"

	"zhunkao/protocol"
)

// stickParts are the ciphertexts of the golden records, by hash.
func stickParts(t testing.TB, m protocol.Manifest, from string) map[protocol.Hash][]byte {
	t.Helper()
	out := map[protocol.Hash][]byte{}
	for _, name := range []string{"body", "chip.text", "chip.wlt", "photo", "signature"} {
		b, err := os.ReadFile(goldenPath(from + "-" + name + ".bin"))
		if err == nil {
			out[protocol.HashOf(b)] = b
		}
	}
	for _, p := range m.Parts() {
		if out[p.Hash] == nil {
			t.Fatalf("no golden part %v", p.Hash)
		}
	}
	return out
}

// goldenStick is a file with both golden records, and where each begins.
func goldenStick(t testing.TB) (file []byte, begins []int, envelopes [][]byte) {
	t.Helper()
	file, err := protocol.AppendStickFile(nil, protocol.StickFile{Box: "bgoldenbox2", File: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"record1", "record2"} {
		env, err := os.ReadFile(goldenPath(name + ".cose"))
		if err != nil {
			t.Fatal(err)
		}
		m, _, err := protocol.ParseEnvelope(env)
		if err != nil {
			t.Fatal(err)
		}
		begins, envelopes = append(begins, len(file)), append(envelopes, env)
		if file, err = protocol.AppendStickRecord(file, protocol.Record{Manifest: m, Envelope: env}, stickParts(t, m, name)); err != nil {
			t.Fatal(err)
		}
	}
	return file, begins, envelopes
}

// readStick reads a whole file; its error is of the beginning or of a reader.
func readStick(raw []byte) (records []protocol.StickRecord, damaged int, err error) {
	s, err := protocol.NewStickReader(bytes.NewReader(raw))
	if err != nil {
		return nil, 0, err
	}
	for {
		r, err := s.Next()
		if errors.Is(err, io.EOF) {
			return records, s.Damaged(), nil
		}
		if err != nil {
			return records, s.Damaged(), err
		}
		records = append(records, r)
	}
}

func TestStickHoldsRecords(t *testing.T) {
	file, _, envelopes := goldenStick(t)
	if _, err := os.Stat(goldenPath("stick.zkj")); *update && errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(goldenPath("stick.zkj"), file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenPath("stick.zkj"))
	if err != nil || !bytes.Equal(file, want) {
		t.Errorf("the sample stick.zkj is not what is written now: %v", err)
	}
	got, damaged, err := readStick(file)
	if err != nil || damaged != 0 || len(got) != 2 {
		t.Fatalf("got %d records, %d damaged, %v", len(got), damaged, err)
	}
	for i, r := range got {
		if !r.Whole || !bytes.Equal(r.Envelope, envelopes[i]) || len(r.Parts) != len(r.Manifest.Parts()) {
			t.Errorf("record %d: whole %v, %d parts", i+1, r.Whole, len(r.Parts))
		}
	}
	// Zeros behind the end are what a file system may leave, and no damage.
	if got, damaged, err := readStick(append(bytes.Clone(file), make([]byte, 9000)...)); err != nil || damaged != 0 || len(got) != 2 {
		t.Errorf("with zeros behind: %d records, %d damaged, %v", len(got), damaged, err)
	}
}

// Wherever a stick is torn out, every record that was written whole is read.
func TestStickTornAnywhere(t *testing.T) {
	file, begins, _ := goldenStick(t)
	for cut := 0; cut <= len(file); cut += 1 + len(file)/3000 {
		got, _, err := readStick(file[:cut])
		if cut < begins[0] {
			if !errors.Is(err, protocol.ErrNoStick) {
				t.Fatalf("torn at %d: %v, want ErrNoStick", cut, err)
			}
			continue
		}
		want := 0
		if cut >= begins[1] {
			want++
		}
		if cut == len(file) {
			want++
		}
		whole := 0
		for _, r := range got {
			if r.Whole {
				whole++
			}
		}
		if err != nil || whole != want {
			t.Fatalf("torn at %d of %d: %d whole records, %v; want %d", cut, len(file), whole, err, want)
		}
	}
}

// A spoilt byte costs the record it lies in and no other.
func TestStickSpoilt(t *testing.T) {
	file, begins, envelopes := goldenStick(t)
	for at := begins[0]; at < len(file); at += 997 {
		bad := bytes.Clone(file)
		bad[at] ^= 0x55
		got, damaged, err := readStick(bad)
		if err != nil || damaged == 0 {
			t.Fatalf("spoilt at %d: %d damaged, %v", at, damaged, err)
		}
		other := envelopes[1]
		if at >= begins[1] {
			other = envelopes[0]
		}
		found := false
		for _, r := range got {
			found = found || r.Whole && bytes.Equal(r.Envelope, other)
			if r.Whole && !bytes.Equal(r.Envelope, other) {
				t.Fatalf("spoilt at %d: the spoilt record is called whole", at)
			}
		}
		if !found {
			t.Fatalf("spoilt at %d: the other record is lost", at)
		}
	}
}

// A file that is nothing but beginnings of frames is given up in time.
func TestStickOfMarks(t *testing.T) {
	file, _, _ := goldenStick(t)
	bad := append(bytes.Clone(file), bytes.Repeat([]byte("ZKfr\x03\x00\x00\x00\x00\x7f\xff\xff...."), 1<<20)...)
	got, _, err := readStick(bad)
	if !errors.Is(err, protocol.ErrNoStick) || len(got) != 2 {
		t.Errorf("got %d records, %v; want the two before the damage and ErrNoStick", len(got), err)
	}
}

func TestStickLacksAPart(t *testing.T) {
	env, err := os.ReadFile(goldenPath("record1.cose"))
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := protocol.ParseEnvelope(env)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := protocol.AppendStickRecord(nil, protocol.Record{Manifest: m, Envelope: env}, nil); !errors.Is(err, protocol.ErrHash) {
		t.Errorf("a record without its parts: %v, want ErrHash", err)
	}
}

func FuzzStick(f *testing.F) {
	file, begins, _ := goldenStick(f)
	f.Add(file)
	f.Add(file[:begins[1]+700])
	f.Add(file[:begins[0]])
	f.Add([]byte("ZKSTICK1ZKfr\x02\x00\x00\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, _, err := readStick(raw)
		if err != nil && !errors.Is(err, protocol.ErrNoStick) {
			t.Fatalf("an error that is none of ours: %v", err)
		}
		for _, r := range got {
			for h, p := range r.Parts {
				if protocol.HashOf(p) != h {
					t.Fatal("a part under another's name")
				}
			}
			if r.Whole && len(r.Parts) != len(r.Manifest.Parts()) {
				t.Fatal("called whole and is not")
			}
		}
	})
}
