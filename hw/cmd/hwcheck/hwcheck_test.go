package main_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"
	"time"

	"zhunkao/hw/idcardtest"
)

var binary string

// TestMain builds the program that is shipped: the tests run it as a script
// would.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "40"); err != nil { // they wait, they do not work
		panic(err)
	}
	dir, err := os.MkdirTemp("", "hwcheck")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "hwcheck")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		_, _ = os.Stderr.Write(out)
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// emulate plugs an emulated reader in and gives the path to open.
func emulate(t *testing.T, k idcardtest.Knobs, card *idcardtest.Card) (*idcardtest.Reader, *idcardtest.Plug) {
	t.Helper()
	emu := idcardtest.New()
	if err := emu.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
	if card != nil {
		if err := emu.Place(*card); err != nil {
			t.Fatal(err)
		}
	}
	plug := idcardtest.NewPlug(emu, filepath.Join(t.TempDir(), "reader"))
	if err := plug.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plug.Unplug(); err != nil {
			t.Error(err)
		}
	})
	return emu, plug
}

// probe runs the program to its end.
func probe(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"idcard"}, args...)...)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !asExit(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

func asExit(err error, target **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError)
	*target = e
	return ok
}

func person() *idcardtest.Card {
	return &idcardtest.Card{
		Type: idcardtest.Resident, Name: "张测试", Sex: "1", Ethnic: "01", Birth: "20050617",
		Address: "北京市朝阳区测试路1号", Number: "110105200506170015", Issuer: "测试市公安局测试分局",
		ValidFrom: "20230901", ValidTo: "长期", Seed: 7,
	}
}

func TestEveryKindAsJSON(t *testing.T) {
	t.Parallel()
	number := func(place, birth, seq string) string {
		n, err := idcardtest.MakeNumber(place, birth, seq)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	hmt, y := number("810000", "19990102", "003"), number("911561", "19850304", "005")
	cases := []struct {
		card idcardtest.Card
		want map[string]any
	}{
		{*person(), map[string]any{"type": "resident", "name": "张测试", "sex": "1", "ethnic": "01", "birth": "20050617",
			"address": "北京市朝阳区测试路1号", "number": "110105200506170015", "issuer": "测试市公安局测试分局",
			"valid_from": "20230901", "valid_to": "长期"}},
		{idcardtest.Card{Type: idcardtest.HMT, Name: "陈港", Sex: "2", Birth: "19990102", Address: "广东省深圳市测试街2号",
			Number: hmt, Issuer: "深圳市公安局", ValidFrom: "20190901", ValidTo: "20240901", PassNumber: "H01234567", IssueCount: "02"},
			map[string]any{"type": "hmt", "name": "陈港", "sex": "2", "birth": "19990102", "address": "广东省深圳市测试街2号",
				"number": hmt, "issuer": "深圳市公安局", "valid_from": "20190901", "valid_to": "20240901",
				"pass_number": "H01234567", "issue_count": "02"}},
		{idcardtest.Card{Type: idcardtest.Foreigner2017, Name: "测试安", NameEn: "TESTER, ANN MARIE", Sex: "2", Birth: "19900405",
			Number: "CAN110080100210", Nationality: "CAN", ValidFrom: "20170616", ValidTo: "20270615", Version: "01", Issuer: "1500"},
			map[string]any{"type": "foreigner2017", "name": "测试安", "name_en": "TESTER, ANN MARIE", "sex": "2", "birth": "19900405",
				"number": "CAN110080100210", "nationality": "CAN", "valid_from": "20170616", "valid_to": "20270615", "issuer": "1500"}},
		{idcardtest.Card{Type: idcardtest.Foreigner2023, Name: "样本", NameEn: "SPECIMEN WITH A NAME LONGER THAN THIRTY-FIVE", Sex: "1",
			Birth: "19850304", Number: y, Nationality: "FRA", ValidFrom: "20231201", ValidTo: "20331130", IssueCount: "01"},
			map[string]any{"type": "foreigner2023", "name": "样本", "name_en": "SPECIMEN WITH A NAME LONGER THAN THIRTY-FIVE", "sex": "1",
				"birth": "19850304", "number": y, "nationality": "FRA", "valid_from": "20231201", "valid_to": "20331130", "issue_count": "01"}},
	}
	keys := []string{"type", "name", "name_en", "sex", "ethnic", "birth", "address", "number", "issuer", "valid_from",
		"valid_to", "pass_number", "issue_count", "nationality"}
	for _, c := range cases {
		t.Run(c.card.Type, func(t *testing.T) {
			t.Parallel()
			_, plug := emulate(t, idcardtest.Knobs{}, &c.card)
			code, out, errs := probe(t, "--port", plug.Link(), "--json")
			if code != 0 {
				t.Fatalf("exit %d, want 0: %s", code, errs)
			}
			dec := json.NewDecoder(strings.NewReader(out))
			var got map[string]any
			if err := dec.Decode(&got); err != nil {
				t.Fatal(err)
			}
			if _, err := dec.Token(); err != io.EOF {
				t.Error("more than one JSON value on standard output")
			}
			want := map[string]any{"photo_bytes": float64(1024)}
			for _, k := range keys {
				want[k] = ""
			}
			for k, v := range c.want {
				want[k] = v
			}
			if !reflect.DeepEqual(got, want) {
				for k := range want {
					if got[k] != want[k] {
						t.Errorf("%s: got %q, want %q", k, got[k], want[k])
					}
				}
				if len(got) != len(want) {
					t.Errorf("got %d members, want %d", len(got), len(want))
				}
			}
		})
	}
}

// The exit codes: every fault, alone and for good.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	type turn = func(*idcardtest.Knobs)
	sw := func(cmd, sw string) turn {
		return func(k *idcardtest.Knobs) { k.Only, k.SW = cmd, sw }
	}
	cases := map[string]struct {
		want int
		turn turn
	}{
		"healthy":                 {0, func(*idcardtest.Knobs) {}},
		"noise before":            {0, func(k *idcardtest.Knobs) { k.Prefix = "00AAAA9669AAAAAA96FFFF" }},
		"byte by byte":            {0, func(k *idcardtest.Knobs) { k.SplitEvery, k.SplitGapMS = 1, 1 }},
		"in pieces with gaps":     {0, func(k *idcardtest.Knobs) { k.SplitEvery, k.SplitGapMS = 300, 120 }},
		"doubled":                 {0, func(k *idcardtest.Knobs) { k.Duplicate = true }},
		"slow":                    {0, func(k *idcardtest.Knobs) { k.LateMS = 200 }},
		"late find":               {0, func(k *idcardtest.Knobs) { k.Only, k.LateMS, k.Times = "2001", 1200, 1 }},
		"find always late":        {0, func(k *idcardtest.Knobs) { k.Only, k.LateMS = "2001", 900 }},
		"late read":               {0, func(k *idcardtest.Knobs) { k.Only, k.LateMS, k.Times = "3001", 3500, 1 }},
		"one bad checksum":        {0, func(k *idcardtest.Knobs) { k.Only, k.BadSum, k.Times = "3001", true, 1 }},
		"one flipped bit":         {0, func(k *idcardtest.Knobs) { k.Only, k.FlipBit, k.Times = "3001", 4000, 1 }},
		"one truncated":           {0, func(k *idcardtest.Knobs) { k.Only, k.TruncateAt, k.Times = "3001", 100, 1 }},
		"every third lost":        {0, func(k *idcardtest.Knobs) { k.DropNth = 3 }},
		"one 41":                  {0, func(k *idcardtest.Knobs) { k.Only, k.SW, k.Times = "3001", "000041", 1 }},
		"one 24":                  {0, func(k *idcardtest.Knobs) { k.Only, k.SW, k.Times = "3001", "000024", 1 }},
		"no 30 05: 21":            {0, func(k *idcardtest.Knobs) { k.Body = idcardtest.BadCmd }},
		"no 30 05: 91":            {0, func(k *idcardtest.Knobs) { k.Body = idcardtest.NoContent }},
		"no 30 05: silent":        {0, func(k *idcardtest.Knobs) { k.Body = idcardtest.Silent }},
		"silent to all but cards": {0, func(k *idcardtest.Knobs) { k.Status, k.SAMID, k.Body = "silent", "silent", "silent" }},

		"80 to find":               {2, sw("2001", "000080")},
		"31":                       {3, sw("3001", "690031")},
		"32":                       {3, sw("3001", "000032")},
		"33":                       {3, sw("3001", "000033")},
		"34":                       {3, sw("3001", "000034")},
		"40":                       {3, sw("2002", "000040")},
		"41":                       {3, sw("3001", "000041")},
		"41 to find":               {3, sw("2001", "000041")},
		"47":                       {3, sw("3001", "6A0047")},
		"81":                       {3, sw("2002", "000081")},
		"24 while reading":         {3, sw("3001", "000024")},
		"unknown while reading":    {3, sw("3001", "0000C7")},
		"done, with blanks":        {3, func(k *idcardtest.Knobs) { k.Only, k.Blank = "3001", true }},
		"lifted in the middle":     {3, func(k *idcardtest.Knobs) { k.LiftAfterMS = 300 }},
		"self test":                {4, func(k *idcardtest.Knobs) { k.SAM = idcardtest.SAMSelfTestFail }},
		"unauthorised":             {4, func(k *idcardtest.Knobs) { k.SAM = idcardtest.SAMUnauthorised }},
		"60 to find":               {4, sw("2001", "000060")},
		"66 to read":               {4, sw("3001", "000066")},
		"21 to find":               {4, sw("2001", "000021")},
		"23 to read":               {4, sw("3001", "000023")},
		"24 to find":               {4, sw("2001", "000024")},
		"silent":                   {5, func(k *idcardtest.Knobs) { k.DropNth = 1 }},
		"silent to find":           {5, func(k *idcardtest.Knobs) { k.Only, k.DropNth = "2001", 1 }},
		"all checksums bad":        {5, func(k *idcardtest.Knobs) { k.BadSum = true }},
		"read's checksums bad":     {5, func(k *idcardtest.Knobs) { k.Only, k.BadSum = "3001", true }},
		"read truncated":           {5, func(k *idcardtest.Knobs) { k.Only, k.TruncateAt = "3001", 600 }},
		"all truncated":            {5, func(k *idcardtest.Knobs) { k.TruncateAt = 6 }},
		"LEN too large":            {5, func(k *idcardtest.Knobs) { k.BadLen = "FFFF" }},
		"LEN zero":                 {5, func(k *idcardtest.Knobs) { k.BadLen = "0000" }},
		"10: requests arrive bad":  {5, sw("3001", "000010")},
		"silent to read":           {5, func(k *idcardtest.Knobs) { k.Only, k.DropNth = "3001", 1 }},
		"number fails its check":   {3, nil},
		"unknown letter at 248":    {3, nil},
		"no card":                  {2, nil},
		"card comes after a while": {0, nil},
	}
	names := make([]string, 0, len(cases))
	for name := range cases {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		c := cases[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var k idcardtest.Knobs
			card := person()
			if c.turn != nil {
				c.turn(&k)
			}
			switch name {
			case "number fails its check":
				card.Number = "110105200506170016"
			case "unknown letter at 248":
				card.Letter = "Q"
			case "no card", "card comes after a while":
				card = nil
			}
			emu, plug := emulate(t, k, card)
			if name == "card comes after a while" {
				timer := time.AfterFunc(1500*time.Millisecond, func() { _ = emu.Place(*person()) })
				defer timer.Stop()
			}
			patience := "6s" // those are waited for to the end who never have a card
			if c.want == 0 {
				patience = "2m"
			}
			code, out, errs := probe(t, "--port", plug.Link(), "--json", "--timeout", patience)
			if code != c.want {
				t.Errorf("exit %d, want %d\n%s", code, c.want, errs)
			}
			if (out != "") != (code == 0) {
				t.Errorf("exit %d with %d bytes on standard output", code, len(out))
			}
			if !strings.ContainsRune(errs, '。') || !strings.Contains(errs, ".") {
				t.Errorf("no sentence for a person: %q", errs)
			}
			if strings.Contains(errs, person().Number) || strings.Contains(errs, person().Name) {
				t.Error("a personal value on standard error")
			}
		})
	}
}

func TestPorts(t *testing.T) {
	t.Parallel()
	t.Run("missing", func(t *testing.T) {
		t.Parallel()
		if code, _, errs := probe(t, "--port", filepath.Join(t.TempDir(), "none"), "--json"); code != 5 {
			t.Errorf("exit %d, want 5: %s", code, errs)
		}
	})
	t.Run("no terminal", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := probe(t, "--port", file, "--json"); code != 5 {
			t.Errorf("exit %d, want 5: %s", code, errs)
		}
	})
	t.Run("unplugged for good in the middle", func(t *testing.T) {
		t.Parallel()
		emu, plug := emulate(t, idcardtest.Knobs{DelayReadMS: 3000}, person())
		go unplugDuringRead(emu, plug)
		if code, out, errs := probe(t, "--port", plug.Link(), "--json"); code != 5 || out != "" {
			t.Errorf("exit %d, want 5: %s", code, errs)
		}
	})
	t.Run("unplugged and plugged in again", func(t *testing.T) {
		t.Parallel()
		emu, plug := emulate(t, idcardtest.Knobs{DelayReadMS: 2000}, person())
		go func() {
			unplugDuringRead(emu, plug)
			_ = plug.Plug()
		}()
		if code, _, errs := probe(t, "--port", plug.Link(), "--json"); code != 0 {
			t.Errorf("exit %d, want 0: %s", code, errs)
		}
	})
	t.Run("used by another", func(t *testing.T) {
		t.Parallel()
		emu, plug := emulate(t, idcardtest.Quick(), nil)
		first := exec.Command(binary, "idcard", "--port", plug.Link(), "--timeout", "60s")
		if err := first.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			_ = first.Process.Kill()
			_ = first.Wait()
		}()
		for len(emu.Log()) == 0 {
			<-emu.Changed()
		}
		if code, _, errs := probe(t, "--port", plug.Link(), "--json"); code != 5 || !strings.Contains(errs, "占用") {
			t.Errorf("exit %d, want 5 and why: %s", code, errs)
		}
	})
}

func unplugDuringRead(emu *idcardtest.Reader, plug *idcardtest.Plug) {
	for {
		changed := emu.Changed()
		for _, e := range emu.Log() {
			if e.Cmd == "3005" {
				_ = plug.Unplug()
				return
			}
		}
		<-changed
	}
}

// The time is for the card, not for finding out what a reader knows: one that
// knows only the commands for cards takes longer than a second to make out.
func TestTheTimeRunsFromTheReadyReader(t *testing.T) {
	t.Parallel()
	k := idcardtest.Quick()
	k.Status, k.SAMID, k.Body = idcardtest.Silent, idcardtest.Silent, idcardtest.Silent
	_, plug := emulate(t, k, person())
	if code, _, errs := probe(t, "--port", plug.Link(), "--json", "--timeout", "1s"); code != 0 {
		t.Errorf("exit %d, want 0: %s", code, errs)
	}
}

// A reader that falls silent in the middle of each read is told of before
// whoever waits loses patience.
func TestSilenceInTheMiddleEndsInTime(t *testing.T) {
	t.Parallel()
	_, plug := emulate(t, idcardtest.Knobs{Only: "3001", DropNth: 1}, person())
	start := time.Now()
	code, _, errs := probe(t, "--port", plug.Link(), "--json", "--timeout", "3s")
	if took := time.Since(start); code != 5 || took > 2*time.Minute {
		t.Errorf("exit %d after %v, want 5: %s", code, took, errs)
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	_, plug := emulate(t, idcardtest.Quick(), person())
	code, out, _ := probe(t, "--port", plug.Link())
	if code != 0 || !strings.Contains(out, "张测试") || !strings.Contains(out, "长期") || strings.Contains(out, "{") {
		t.Errorf("exit %d, output %q", code, out)
	}
}

func TestTwiceWithTheCardLeftThere(t *testing.T) {
	t.Parallel()
	_, plug := emulate(t, idcardtest.Quick(), person())
	twice(t, plug)
}

// A module that even after a reset does not find a card it has read.
func TestTwiceWithACardThatIsNotFoundAgain(t *testing.T) {
	t.Parallel()
	k := idcardtest.Quick()
	k.Sticky = true
	_, plug := emulate(t, k, person())
	twice(t, plug)
}

func twice(t *testing.T, plug *idcardtest.Plug) {
	t.Helper()
	for n := range 2 {
		if code, _, errs := probe(t, "--port", plug.Link(), "--json"); code != 0 {
			t.Errorf("run %d: exit %d, want 0: %s", n+1, code, errs)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	if code, _, errs := probe(t, "--json"); code != 1 || !strings.Contains(errs, "port") {
		t.Errorf("exit %d, want 1: %s", code, errs)
	}
}
