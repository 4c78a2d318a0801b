package idcard

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"zhunkao/hw/fault"
)

// vectors are synthetic frames put together from public documents by another
// hand; see testdata.
func vectors(t testing.TB) map[string][]byte {
	t.Helper()
	f, err := os.Open("testdata/sdt_vectors.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := map[string][]byte{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		p := strings.Split(lines.Text(), "\t")
		if strings.HasPrefix(p[0], "#") || len(p) < 3 {
			continue
		}
		raw, err := hex.DecodeString(p[2])
		if err != nil {
			t.Fatalf("%s: %v", p[0], err)
		}
		all[p[0]] = raw
	}
	if len(all) < 30 {
		t.Fatalf("%d vectors, want all of them", len(all))
	}
	return all
}

func TestRequestsAreTheVectors(t *testing.T) {
	v := vectors(t)
	for name, c := range map[string]command{"req_reset": cmdReset, "req_status": cmdStatus, "req_samid": cmdSAMID, "req_find": cmdFind,
		"req_select": cmdSelect, "req_read_base": cmdBase, "req_read_append": cmdAppend, "req_read_iinsndn": cmdBody} {
		if got := request(c); !bytes.Equal(got, v[name]) {
			t.Errorf("%s: got % X, want % X", name, got, v[name])
		}
	}
}

func TestAnswersOfTheVectors(t *testing.T) {
	for name, raw := range vectors(t) {
		if !strings.HasPrefix(name, "rsp_") {
			continue
		}
		var p parser
		p.push(raw)
		a, ok := p.next()
		if !ok || len(a.data) != len(raw)-11 {
			t.Errorf("%s: ok %v, %d bytes of data, want %d", name, ok, len(a.data), len(raw)-11)
		}
		if a.sw[2] != raw[9] {
			t.Errorf("%s: status %X, want %X", name, a.sw[2], raw[9])
		}
		if _, more := p.next(); more || len(p.buf) != 0 {
			t.Errorf("%s: something is left", name)
		}
	}
}

func TestStatusTable(t *testing.T) {
	want := map[byte]*fault.Word{
		0x90: nil, 0x9F: nil, 0x91: nil, 0x10: fault.Line, 0x11: fault.Line, 0x21: fault.Unsupported, 0x23: fault.Unsupported,
		0x24: fault.Transient, 0x31: fault.Replace, 0x32: fault.Replace, 0x33: fault.Replace, 0x34: fault.Replace,
		0x40: fault.WrongMedium, 0x41: fault.Replace, 0x47: fault.Replace, 0x50: fault.Device, 0x61: fault.Device,
		0x60: fault.Device, 0x66: fault.Unauthorised, 0x80: fault.NoMedium, 0x81: fault.Replace,
	}
	for sw := range 256 {
		err := answer{sw: [3]byte{0x69, 0x04, byte(sw)}}.check(cmdBase)
		word, known := want[byte(sw)]
		if !known {
			word = fault.Transient
		}
		if fault.WordOf(err) != word {
			t.Errorf("status %02X: got %v, want %v", sw, err, word)
		}
		if word != nil && !errors.Is(err, word) {
			t.Errorf("status %02X: errors.Is does not find %v in %v", sw, word, err)
		}
	}
}

func TestSplitAtEveryByte(t *testing.T) {
	base := vectors(t)["rsp_base_prc"]
	whole := append([]byte{0x00, 0xAA, 0xAA, 0x96}, base...) // noise first
	for cut := range whole {
		var p parser
		p.push(whole[:cut])
		if _, ok := p.next(); ok {
			t.Fatalf("cut at %d: a frame came out of its first part", cut)
		}
		p.push(whole[cut:])
		a, ok := p.next()
		if !ok || len(a.data) != 1284 {
			t.Fatalf("cut at %d: got %d bytes, %v", cut, len(a.data), ok)
		}
	}
	var p parser
	n := 0
	for _, b := range append(append([]byte(nil), whole...), base...) {
		p.push([]byte{b})
		if _, ok := p.next(); ok {
			n++
		}
	}
	if n != 2 {
		t.Errorf("byte by byte: %d frames, want 2", n)
	}
}

func TestSliding(t *testing.T) {
	v := vectors(t)
	ok, find := v["rsp_ok_empty"], v["rsp_find_ok"]
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	spoilt := append([]byte(nil), v["rsp_base_prc"]...)
	spoilt[len(spoilt)-1] ^= 1
	cases := []struct {
		name   string
		in     []byte
		frames int
		bad    int
	}{
		{"nothing", nil, 0, 0},
		{"noise", []byte("\xAA\xAA\x96\x69\x00\xFF\xAA"), 0, 0},
		{"more than three AA", join([]byte{0xAA, 0xAA, 0xAA, 0xAA}, ok), 1, 0},
		{"two joined", join(ok, find), 2, 0},
		{"length 0", join([]byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 0}, ok), 1, 0},
		{"length 3", join([]byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x90, 0x93}, ok), 1, 0},
		{"length FFFF", join([]byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0xFF, 0xFF}, ok), 1, 0},
		{"length 0E01", join([]byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x0E, 0x01}, ok), 1, 0},
		{"bad checksum, then a good one", join(spoilt, ok), 1, 1},
		{"preamble twice", join([]byte{0xAA, 0xAA, 0xAA, 0x96, 0x69}, ok), 1, 0},
	}
	for _, c := range cases {
		var p parser
		p.push(c.in)
		n := 0
		for {
			if _, more := p.next(); !more {
				break
			}
			n++
		}
		if bad := p.takeBad(); n != c.frames || bad != c.bad {
			t.Errorf("%s: %d frames, %d bad; want %d, %d", c.name, n, bad, c.frames, c.bad)
		}
	}
}

func TestAPortraitMayContainAPreamble(t *testing.T) {
	raw := append([]byte(nil), vectors(t)["rsp_base_prc"]...)
	copy(raw[700:], vectors(t)["rsp_no_card"])
	raw[len(raw)-1] = xor(raw[5 : len(raw)-1])
	var p parser
	p.push(raw)
	if a, ok := p.next(); !ok || len(a.data) != 1284 {
		t.Errorf("got %d bytes, %v; want the whole frame", len(a.data), ok)
	}
}

func TestGivingUpFindsWhatATruncatedFrameHid(t *testing.T) {
	v := vectors(t)
	var p parser
	p.push(v["rsp_base_prc"][:500])
	p.push(v["rsp_ok_empty"])
	if _, ok := p.next(); ok {
		t.Fatal("a frame before giving up")
	}
	p.giveUp()
	if a, ok := p.next(); !ok || a.sw[2] != swOK || len(a.data) != 0 {
		t.Errorf("got %v, want the frame behind the truncated one", ok)
	}
}

func TestSAMIDOfTheVector(t *testing.T) {
	raw := vectors(t)["rsp_samid"]
	if got, want := formatSAMID(raw[10:26]), "05.03-20200101-0001234567-0987654321"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestHIDRequestIsTheVector(t *testing.T) {
	got, err := wrapHID(request(cmdFind))
	if err != nil || !bytes.Equal(got, vectors(t)["hid_req_find"]) {
		t.Errorf("got % X, %v", got, err)
	}
}

func FuzzParser(f *testing.F) {
	for _, raw := range vectors(f) {
		f.Add(raw, 3)
	}
	f.Add([]byte("\xAA\xAA\xAA\x96\x69\xFF\xFF"), 1)
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		step = max(1, min(step, 4096))
		var p parser
		for len(in) > 0 {
			n := min(step, len(in))
			p.push(in[:n])
			in = in[n:]
			for {
				a, ok := p.next()
				if !ok {
					break
				}
				if len(a.data) > maxLen {
					t.Fatalf("%d bytes of data", len(a.data))
				}
				if _, _, err := splitBase(a.data); err == nil && len(a.data) < 4+TextSize {
					t.Fatal("a text out of too few bytes")
				}
			}
			if len(p.buf) > headSize+maxLen+step {
				t.Fatalf("%d bytes kept", len(p.buf))
			}
		}
		p.giveUp()
		p.next()
	})
}

func FuzzHIDReport(f *testing.F) {
	f.Add([]byte{0xAA, 0, 0, 6, 0, 0, 0, 0, 1, 2, 3})
	f.Fuzz(func(t *testing.T, in []byte) {
		if out := unwrapHID(in); len(out) > len(in) {
			t.Fatal("more came out than went in")
		}
	})
}
