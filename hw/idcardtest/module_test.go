package idcardtest_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"go/parser"
	"go/token"
	"image/png"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhunkao/hw/idcardtest"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// The emulator must not learn the protocol from the driver, or both would be
// wrong in the same way.
func TestDoesNotImportTheDriver(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range f.Imports {
			if path, _ := strconv.Unquote(imp.Path.Value); path == "zhunkao/hw/idcard" {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

// line is the host's side of the emulated reader, bytes and nothing else.
type line struct {
	t    *testing.T
	conn net.Conn
	vec  map[string][]byte
}

func connect(t *testing.T, r *idcardtest.Reader) *line {
	t.Helper()
	host, device := net.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Serve(ctx, device) }()
	t.Cleanup(func() {
		cancel()
		_ = host.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return &line{t, host, vectors(t)}
}

func vectors(t *testing.T) map[string][]byte {
	t.Helper()
	f, err := os.Open("testdata/sdt_vectors.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := map[string][]byte{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		p := strings.Split(lines.Text(), "\t")
		if len(p) >= 3 && !strings.HasPrefix(p[0], "#") {
			raw, err := hex.DecodeString(p[2])
			if err != nil {
				t.Fatal(err)
			}
			all[p[0]] = raw
		}
	}
	return all
}

// ask sends bytes and gives what comes back: so many bytes at least, however long they
// take, and then until the line is quiet.
func (l *line) ask(request []byte, least int) []byte {
	l.t.Helper()
	if err := l.conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.conn.Write(request); err != nil {
		l.t.Fatal(err)
	}
	var got []byte
	buf := make([]byte, 4096)
	for {
		n, err := l.conn.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil {
			return got
		}
		if len(got) < least {
			continue
		}
		if err := l.conn.SetReadDeadline(time.Now().Add(60 * time.Millisecond)); err != nil {
			l.t.Fatal(err)
		}
	}
}

// expect asks with one vector and wants exactly another.
func (l *line) expect(request, answer string) {
	l.t.Helper()
	if got := l.ask(l.vec[request], len(l.vec[answer])); !bytes.Equal(got, l.vec[answer]) {
		l.t.Errorf("%s: got % X, want %s", request, got[:min(len(got), 20)], answer)
	}
}

func quick(t *testing.T) *idcardtest.Reader {
	t.Helper()
	r := idcardtest.New()
	if err := r.SetKnobs(idcardtest.Quick()); err != nil {
		t.Fatal(err)
	}
	return r
}

// vectorPerson is the person of rsp_base_prc.
func vectorPerson() idcardtest.Card {
	return idcardtest.Card{Name: "测试甲", Sex: "1", Ethnic: "01", Birth: "20050617", Address: "某省某市某区测试路1号",
		Number: "100001200506170012", Issuer: "某市公安局测试分局", ValidFrom: "20230901", ValidTo: "20330901", SN: "0000000000000000"}
}

func TestStatesAgainstTheVectors(t *testing.T) {
	r := quick(t)
	l := connect(t, r)
	l.expect("req_reset", "rsp_ok_empty")
	l.expect("req_status", "rsp_ok_empty")
	l.expect("req_samid", "rsp_samid")
	l.expect("req_find", "rsp_no_card")
	l.expect("req_select", "rsp_select_fail")
	l.expect("req_read_base", "rsp_read_fail")
	l.expect("req_maxrf_80", "rsp_ok_empty")
	if err := r.Place(vectorPerson()); err != nil {
		t.Fatal(err)
	}
	l.expect("req_read_base", "rsp_read_fail") // not selected yet
	l.expect("req_find", "rsp_find_ok")
	l.expect("req_find", "rsp_find_ok")
	l.expect("req_select", "rsp_select_ok")
	l.expect("req_find", "rsp_no_card") // selected: find says no
	if got := l.ask(l.vec["req_read_iinsndn"], 39); len(got) != 39 {
		t.Errorf("30 05: %d bytes, want 39", len(got))
	}
	want := l.vec["rsp_base_prc"]
	got := l.ask(l.vec["req_read_base"], len(want))
	if len(got) != len(want) || !bytes.Equal(got[:14+256+11], want[:14+256+11]) {
		t.Errorf("30 01: header, text or portrait's head differ from the vector")
	}
	l.expect("req_read_append", "rsp_no_content")
	l.expect("req_find", "rsp_no_card") // read: still no
	if again := l.ask(l.vec["req_read_base"], len(got)); !bytes.Equal(again, got) {
		t.Error("a second read differs")
	}
	if fp := l.ask(l.vec["req_read_base_fp"], 1297); len(fp) != 1297 {
		t.Errorf("30 10: %d bytes, want 1297", len(fp))
	}
	r.Lift()
	l.expect("req_read_iinsndn", "rsp_read_fail")
	l.expect("req_find", "rsp_no_card")
	c := vectorPerson()
	c.NewAddress = "某省某市样例区样例街7号"
	if err := r.Place(c); err != nil {
		t.Fatal(err)
	}
	l.expect("req_find", "rsp_find_ok")
	l.expect("req_select", "rsp_select_ok")
	if got := l.ask(l.vec["req_read_append"], 81); len(got) != 81 {
		t.Errorf("30 03: %d bytes, want 81", len(got))
	}
	l.expect("req_reset", "rsp_ok_empty")
	l.expect("req_find", "rsp_find_ok") // a reset looks anew
}

func TestWhatIsNoRequest(t *testing.T) {
	l := connect(t, quick(t))
	cases := map[string]struct{ in, want string }{
		"bad checksum":    {"AAAAAA966900031 1FFEE", "rsp_chk_err"},
		"length 2":        {"AAAAAA96690002", "rsp_len_err"},
		"never ends":      {"AAAAAA9669000411FF", "rsp_len_err"},
		"unknown command": {"AAAAAA9669000377777A", ""},
	}
	for name, c := range cases {
		raw, err := hex.DecodeString(strings.ReplaceAll(c.in, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		if name == "unknown command" {
			raw[9] = 0x03 ^ 0x77 ^ 0x77
			c.want = "rsp_cmd_err"
		}
		if got := l.ask(raw, len(l.vec[c.want])); !bytes.Equal(got, l.vec[c.want]) {
			t.Errorf("%s: got % X, want %s", name, got, c.want)
		}
	}
	l.expect("req_status", "rsp_ok_empty") // and goes on
	noisy := append([]byte{0xAA, 0x00, 0xAA, 0xAA, 0xAA, 0xAA, 0x96, 0x00, 0xAA}, l.vec["req_status"]...)
	if got := l.ask(noisy, len(l.vec["rsp_ok_empty"])); !bytes.Equal(got, l.vec["rsp_ok_empty"]) {
		t.Errorf("noise before: got % X", got)
	}
}

func TestKnobsChangeBytes(t *testing.T) {
	ok := vectors(t)["rsp_ok_empty"]
	flip := bytes.Clone(ok)
	flip[2] ^= 0x08
	sum := bytes.Clone(ok)
	sum[10] ^= 0x5A
	cases := map[string]struct {
		set  func(*idcardtest.Knobs)
		want []byte
	}{
		"dropped":       {func(k *idcardtest.Knobs) { k.DropNth = 1 }, nil},
		"truncated":     {func(k *idcardtest.Knobs) { k.TruncateAt = 7 }, ok[:7]},
		"flipped":       {func(k *idcardtest.Knobs) { k.FlipBit = 20 }, flip},
		"bad sum":       {func(k *idcardtest.Knobs) { k.BadSum = true }, sum},
		"prefix":        {func(k *idcardtest.Knobs) { k.Prefix = "0102" }, append([]byte{1, 2}, ok...)},
		"doubled":       {func(k *idcardtest.Knobs) { k.Duplicate = true }, append(bytes.Clone(ok), ok...)},
		"split":         {func(k *idcardtest.Knobs) { k.SplitEvery, k.SplitGapMS = 3, 5 }, ok},
		"late":          {func(k *idcardtest.Knobs) { k.LateMS = 150 }, ok},
		"override":      {func(k *idcardtest.Knobs) { k.SW = "000041" }, vectors(t)["rsp_read_fail"]},
		"self test":     {func(k *idcardtest.Knobs) { k.SAM = idcardtest.SAMSelfTestFail }, vectors(t)["rsp_selftest_fail"]},
		"silent":        {func(k *idcardtest.Knobs) { k.Status = idcardtest.Silent }, nil},
		"another's":     {func(k *idcardtest.Knobs) { k.Only, k.SW = "3001", "000041" }, ok},
		"one more time": {func(k *idcardtest.Knobs) { k.Times, k.BadSum = 1, true }, sum},
	}
	for name, c := range cases {
		r := quick(t)
		k := idcardtest.Quick()
		c.set(&k)
		if err := r.SetKnobs(k); err != nil {
			t.Fatal(err)
		}
		l := connect(t, r)
		if c.want == nil {
			if err := l.conn.SetReadDeadline(time.Now()); err != nil {
				t.Fatal(err)
			}
			if _, err := l.conn.Write(l.vec["req_status"]); err != nil {
				t.Fatal(err)
			}
			if err := l.conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			if n, err := l.conn.Read(make([]byte, 64)); n != 0 || err == nil {
				t.Errorf("%s: %d bytes came", name, n)
			}
			continue
		}
		if got := l.ask(l.vec["req_status"], len(c.want)); !bytes.Equal(got, c.want) {
			t.Errorf("%s: got % X, want % X", name, got, c.want)
		}
		if name == "one more time" {
			l.expect("req_status", "rsp_ok_empty")
		}
	}
	for _, bad := range []idcardtest.Knobs{{SW: "41"}, {Only: "xyz"}, {Prefix: "1"}, {SAM: "?"}, {Body: "22"}, {LateMS: -1}, {BadLen: "0"}} {
		if err := idcardtest.New().SetKnobs(bad); err == nil {
			t.Errorf("%+v: accepted", bad)
		}
	}
}

func TestSpeedCommand(t *testing.T) {
	r := quick(t)
	l := connect(t, r)
	for req, baud := range map[string]int{"req_baud_57600": 57600, "req_baud_9600": 9600, "req_baud_115200": 115200} {
		l.expect(req, "rsp_ok_empty")
		if r.Baud() != baud {
			t.Errorf("%s: got %d", req, r.Baud())
		}
	}
}

func TestCardsThatCannotBeWritten(t *testing.T) {
	for _, c := range []idcardtest.Card{{Type: "passport"}, {Name: "十六个字的名字放不进三十个字节里面"}, {Sex: "12"},
		{Type: idcardtest.Foreigner2023, NameEn: strings.Repeat("A", 47)}} {
		err := idcardtest.New().Place(c)
		if err == nil {
			t.Errorf("%q was placed", c.Type)
		} else if c.Name != "" && strings.Contains(err.Error(), c.Name) {
			t.Error("the error names the value")
		}
	}
}

func TestPortraits(t *testing.T) {
	one, two := idcardtest.Card{Seed: 1}, idcardtest.Card{Seed: 2}
	pictures := map[string]bool{}
	for _, c := range []idcardtest.Card{one, one, two} {
		img, err := idcardtest.Portrait(c.WLT())
		if err != nil || img.Bounds().Dx() != 102 || img.Bounds().Dy() != 126 {
			t.Fatalf("%v, %v", img, err)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		pictures[b.String()] = true
	}
	if len(pictures) != 2 {
		t.Errorf("%d pictures of two people", len(pictures))
	}
	var bmp bytes.Buffer
	if err := idcardtest.PortraitBMP(&bmp, one.WLT()); err != nil || bmp.Len() != 38862 {
		t.Errorf("BMP: %d bytes, %v; want 38862", bmp.Len(), err)
	}
	real := vectors(t)["rsp_base_prc"][270:1294]
	altered := one.WLT()
	altered[20] ^= 1
	for _, wlt := range [][]byte{nil, make([]byte, 1024), real, altered, (idcardtest.Card{NoPortrait: true}).WLT()} {
		if _, err := idcardtest.Portrait(wlt); err != idcardtest.ErrNotSynthetic {
			t.Errorf("got %v, want ErrNotSynthetic", err)
		}
	}
	if !bytes.Equal(one.WLT()[:11], real[:11]) {
		t.Error("the head differs from the vector's")
	}
}

func TestPlugs(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := idcardtest.NewPlug(idcardtest.New(), file).Plug(); err == nil {
		t.Error("a plain file was replaced by a link")
	}
	p := idcardtest.NewPlug(idcardtest.New(), filepath.Join(dir, "sub", "reader"))
	for range 3 {
		if err := p.Plug(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(p.Link()); err != nil || !p.In() {
			t.Errorf("plugged in: %v", err)
		}
		if err := p.Unplug(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(p.Link()); !os.IsNotExist(err) || p.In() {
			t.Errorf("unplugged: %v", err)
		}
	}
	if err := p.Unplug(); err != nil {
		t.Errorf("again: %v", err)
	}
}
