package panel_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"zhunkao/hw/fault"
	"zhunkao/hw/panel"
)

func TestWiring(t *testing.T) {
	cases := map[string]struct {
		text string
		ok   bool
	}{
		"empty":                   {`{}`, true},
		"lamps and a button":      {`{"lamps":{"reader":"gpio:LAMP1","ok":"led:panel:green","help":"!gpio:gpiochip0/3"},"buttons":{"help":"gpio:KEY1"}}`, true},
		"a Modbus board":          {`{"port":"/dev/ttyS1","unit":3,"baud":19200,"lamps":{"ok":"io:0"},"buttons":{"help":"!io:0"},"contacts":{"door":"io:7"}}`, true},
		"both":                    {`{"port":"/dev/ttyS1","lamps":{"ok":"io:0","fault":"led:red"}}`, true},
		"unknown lamp":            {`{"lamps":{"disco":"gpio:X"}}`, false},
		"unknown member":          {`{"lamp":{}}`, false},
		"no such kind":            {`{"lamps":{"ok":"i2c:3"}}`, false},
		"no name":                 {`{"lamps":{"ok":"gpio:"}}`, false},
		"blank in a name":         {`{"lamps":{"ok":"gpio:A B"}}`, false},
		"an LED outside":          {`{"lamps":{"ok":"led:../../x"}}`, false},
		"an LED for a button":     {`{"buttons":{"help":"led:x"}}`, false},
		"an LED for a contact":    {`{"contacts":{"door":"led:x"}}`, false},
		"an inverted contact":     {`{"contacts":{"door":"!gpio:D"}}`, false},
		"two on one line":         {`{"lamps":{"ok":"gpio:A"},"buttons":{"help":"gpio:A"}}`, false},
		"two lamps on one":        {`{"port":"p","lamps":{"ok":"io:1","help":"io:1"}}`, false},
		"input and output number": {`{"port":"p","lamps":{"ok":"io:1"},"buttons":{"help":"io:1"}}`, true},
		"io without a port":       {`{"lamps":{"ok":"io:1"}}`, false},
		"a port without io":       {`{"port":"p","lamps":{"ok":"gpio:A"}}`, false},
		"number too high":         {`{"port":"p","lamps":{"ok":"io:64"}}`, false},
		"number below 0":          {`{"port":"p","lamps":{"ok":"io:-1"}}`, false},
		"number with a zero":      {`{"port":"p","lamps":{"ok":"io:01"}}`, false},
		"unit 248":                {`{"port":"p","unit":248,"lamps":{"ok":"io:1"}}`, false},
		"no JSON":                 {`lamps: ok`, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w, err := panel.ParseWiring(strings.NewReader(c.text))
			if (err == nil) != c.ok {
				t.Fatalf("got %v, want it taken: %v", err, c.ok)
			}
			if err != nil {
				if !errors.Is(err, panel.ErrWiring) {
					t.Errorf("got %v, want ErrWiring", err)
				}
				return
			}
			if _, err := panel.New(panel.Options{Wiring: w}); err != nil {
				t.Errorf("New: %v", err)
			}
		})
	}
	path := filepath.Join(t.TempDir(), "panel.json")
	raw, err := json.Marshal(panel.Modbus("/dev/ttyS1"))
	if err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got, err := panel.ReadWiring(path); err != nil || !reflect.DeepEqual(got, panel.Modbus("/dev/ttyS1")) {
		t.Errorf("ours, written and read: %+v, %v", got, err)
	}
	if _, err := panel.ReadWiring(path + "x"); !errors.Is(err, panel.ErrWiring) {
		t.Errorf("no file: %v", err)
	}
}

func FuzzWiring(f *testing.F) {
	f.Add(`{"port":"p","unit":3,"lamps":{"ok":"io:0"},"contacts":{"door":"io:7"}}`)
	f.Add(`{"lamps":{"ok":"!gpio:chip/3","help":"led:a"},"buttons":{"help":"gpio:x"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		w, err := panel.ParseWiring(strings.NewReader(text))
		if err != nil {
			return
		}
		raw, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := panel.ParseWiring(strings.NewReader(string(raw))); err != nil {
			t.Errorf("%s was taken, and %s is not: %v", text, raw, err)
		}
	})
}

// FuzzAnswer: whatever a line brings, what is taken for an answer has its form.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte{1, 2, 1, 0x0C, 0xA1, 0x8D}, false)
	f.Add([]byte{0, 0xFF, 1, 5, 0, 3, 0xFF, 0, 0x7C, 0x3A}, true)
	f.Add([]byte{1, 0x82, 2, 0xC1, 0x61}, false)
	f.Fuzz(func(t *testing.T, heard []byte, write bool) {
		request, size := []byte{2, 0, 0, 0, 4}, 3
		if write {
			request, size = []byte{5, 0, 3, 0xFF, 0}, 5
		}
		got := panel.Find(heard, 1, request, size)
		switch {
		case got == nil:
		case got[0] == request[0]|0x80 && len(got) == 2:
		case write && string(got) == string(request):
		case !write && len(got) == 3 && got[0] == 2 && got[1] == 1:
		default:
			t.Errorf("heard % X, took % X", heard, got)
		}
	})
}

// The examples of the Modbus documents and one taken from a board's manual.
func TestAnswers(t *testing.T) {
	read, write := []byte{2, 0, 0, 0, 4}, []byte{5, 0, 3, 0xFF, 0}
	for name, c := range map[string]struct {
		heard   []byte
		request []byte
		want    []byte
	}{
		"inputs":             {[]byte{1, 2, 1, 0x0C, 0xA1, 0x8D}, read, []byte{2, 1, 0x0C}},
		"noise before":       {[]byte{1, 2, 0xFF, 1, 2, 1, 0x0C, 0xA1, 0x8D, 9}, read, []byte{2, 1, 0x0C}},
		"another unit's":     {[]byte{2, 2, 1, 0x0C, 0xA1, 0xC9}, read, nil},
		"checksum":           {[]byte{1, 2, 1, 0x0C, 0xA1, 0x8E}, read, nil},
		"not whole":          {[]byte{1, 2, 1, 0x0C, 0xA1}, read, nil},
		"exception 2":        {[]byte{1, 0x82, 2, 0xC1, 0x61}, read, []byte{0x82, 2}},
		"coil 3 on":          {[]byte{1, 5, 0, 3, 0xFF, 0, 0x7C, 0x3A}, write, write},
		"the echo of coil 2": {[]byte{1, 5, 0, 2, 0xFF, 0, 0x2D, 0xFA}, write, nil},
	} {
		size := 3
		if c.request[0] == 5 {
			size = 5
		}
		if got := panel.Find(c.heard, 1, c.request, size); string(got) != string(c.want) {
			t.Errorf("%s: got % X, want % X", name, got, c.want)
		}
	}
}

func TestLEDsAreFreedOfTheirTrigger(t *testing.T) {
	dir := t.TempDir()
	write := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := panel.FreeLED(dir); !errors.Is(err, fault.Absent) {
		t.Errorf("no LED: got %v, want Absent", err)
	}
	write("max_brightness", "0\n")
	write("trigger", "[mmc0] none timer\n")
	write("brightness", "0\n")
	if err := panel.FreeLED(dir); !errors.Is(err, fault.Unsupported) {
		t.Errorf("max_brightness 0: got %v, want Unsupported", err)
	}
	write("max_brightness", "1\n")
	if err := panel.FreeLED(dir); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "trigger")); err != nil || !strings.HasPrefix(string(b), "none") {
		t.Errorf("trigger is %q, %v; want none", b, err)
	}
}
