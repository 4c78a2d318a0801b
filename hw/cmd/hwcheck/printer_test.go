package main_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhunkao/hw/printer"
	"zhunkao/hw/printertest"
)

// emulatePrinter plugs an emulated printer in.
func emulatePrinter(t *testing.T, k printertest.Knobs, cert bool) (*printertest.Printer, *printertest.Plug) {
	t.Helper()
	if k.PageMS == 0 {
		k.PageMS = -1
	}
	emu := printertest.New()
	if err := emu.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
	plug := printertest.NewPlug(emu, "127.0.0.1:0", nil)
	if cert {
		c, err := printertest.SelfSigned()
		if err != nil {
			t.Fatal(err)
		}
		plug = printertest.NewPlug(emu, "127.0.0.1:0", c)
	}
	if err := plug.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { plug.Unplug(); emu.Close() })
	return emu, plug
}

// probePrinter runs the program to its end.
func probePrinter(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"printer"}, args...)...)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !asExit(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

type printerResult struct {
	State, Model, Outcome, Pin        string
	Needs, Warnings, Reasons, Formats []string
	Resolutions                       []int
	Usable, Accepting                 bool
	Pages                             int
	Supplies                          []struct {
		Name  string
		Level int
	}
}

func TestPrinterExitCodes(t *testing.T) {
	for name, c := range map[string]struct {
		knobs   printertest.Knobs
		args    string
		code    int
		outcome string
		says    string // in Chinese
	}{
		"ready":              {printertest.Knobs{}, "", 0, "", "可以打印"},
		"toner low":          {printertest.Knobs{TonerLow: true}, "", 0, "", "墨粉快用完"},
		"no paper":           {printertest.Knobs{NoPaper: true}, "", 3, "", "缺纸"},
		"jam":                {printertest.Knobs{Jam: true}, "--print", 3, "", "卡纸"},
		"no format":          {printertest.Knobs{Format: printertest.None}, "", 4, "", "不能用"},
		"garbage":            {printertest.Knobs{Garbage: printertest.HTML}, "", 5, "", "不是打印机"},
		"password":           {printertest.Knobs{Garbage: printertest.Password}, "", 5, "", "密码"},
		"prints PDF":         {printertest.Knobs{}, "--print", 0, "printed", "已打印完"},
		"prints raster":      {printertest.Knobs{Format: printertest.Raster, DPI: "100"}, "--print", 0, "printed", "已打印完"},
		"with warnings":      {printertest.Knobs{Warnings: true}, "--print", 0, "printed", "但有警告"},
		"says not how":       {printertest.Knobs{Mute: true}, "--print", 2, "unknown", "纸是否在手"},
		"forgets":            {printertest.Knobs{Forget: true}, "--print", 2, "unknown", "纸是否在手"},
		"aborts":             {printertest.Knobs{Abort: true}, "--print", 4, "aborted", "放弃"},
		"too slow":           {printertest.Knobs{PageMS: 60_000}, "--print --timeout=2s", 2, "cancelled", "到时间了"},
		"raster not to have": {printertest.Knobs{Format: printertest.PDF}, "--print --format=raster", 4, "not printed", "做不了"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			emu, plug := emulatePrinter(t, c.knobs, false)
			args := append([]string{"--uri", plug.URI(), "--json"}, strings.Fields(c.args)...)
			code, out, errs := probePrinter(t, args...)
			var got printerResult
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatalf("%v: %q", err, out)
			}
			if code != c.code || got.Outcome != c.outcome || !strings.Contains(errs, c.says) {
				t.Errorf("got %d %+v %s, want %d %q", code, got, errs, c.code, c.outcome)
			}
			if c.args == "" && len(emu.Jobs()) != 0 {
				t.Error("a page was printed unasked")
			}
		})
	}
}

func TestPrinterIsNotThere(t *testing.T) {
	_, plug := emulatePrinter(t, printertest.Knobs{}, false)
	plug.Unplug()
	if code, _, errs := probePrinter(t, "--uri", plug.URI()); code != 5 || !strings.Contains(errs, "找不到打印机") {
		t.Errorf("got %d %s", code, errs)
	}
	for _, bad := range []string{"/dev/usb/lp0", "socket://x"} {
		if code, _, errs := probePrinter(t, "--uri", bad); code != 1 || !strings.Contains(errs, "地址写得不对") {
			t.Errorf("%s: got %d %s", bad, code, errs)
		}
	}
}

func TestPrinterPin(t *testing.T) {
	_, plug := emulatePrinter(t, printertest.Knobs{}, true)
	code, out, errs := probePrinter(t, "--uri", plug.URI(), "--json")
	var got printerResult
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 || len(got.Pin) != 64 {
		t.Fatalf("got %d %s %s %v", code, out, errs, err)
	}
	if code, _, errs := probePrinter(t, "--uri", plug.URI(), "--pin", got.Pin); code != 0 {
		t.Errorf("with its pin: %d %s", code, errs)
	}
	if code, _, errs := probePrinter(t, "--uri", plug.URI(), "--pin", strings.Repeat("ab", 32)); code != 4 || !strings.Contains(errs, "证书和以前不同") {
		t.Errorf("with another pin: %d %s", code, errs)
	}
}

func TestPrinterTellsWhatItSaw(t *testing.T) {
	_, plug := emulatePrinter(t, printertest.Knobs{TonerLow: true}, false)
	_, out, _ := probePrinter(t, "--uri", plug.URI(), "--json")
	var got printerResult
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.State != "idle" || !got.Usable || !got.Accepting || !slices.Contains(got.Formats, "application/pdf") || !slices.Equal(got.Resolutions, []int{300, 600}) ||
		!slices.Equal(got.Warnings, []string{"toner-soon"}) || !slices.Equal(got.Reasons, []string{"toner-low-warning"}) || len(got.Supplies) != 1 || got.Supplies[0].Level != 8 {
		t.Errorf("got %+v", got)
	}
	if strings.Contains(out, "null") {
		t.Errorf("a list is null: %s", out)
	}
	_, out, _ = probePrinter(t, "--uri", plug.URI())
	if !strings.Contains(out, "型号 model: Zhunkao emulated printer") {
		t.Errorf("got %s", out)
	}
}

// Interrupted with a page under way: the page is taken back.
func TestPrinterInterrupted(t *testing.T) {
	emu, plug := emulatePrinter(t, printertest.Knobs{PageMS: 60_000}, false)
	cmd := exec.CommandContext(t.Context(), binary, "printer", "--uri", plug.URI(), "--print")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end := time.After(2 * time.Minute)
	for {
		changed := emu.Changed()
		if jobs := emu.Jobs(); len(jobs) == 1 && jobs[0].State == 5 {
			break
		}
		select {
		case <-changed:
		case <-end:
			t.Fatal("it does not print")
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its code is what is looked at
	if code := cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("code %d", code)
	}
	if emu.Jobs()[0].State != 7 {
		t.Errorf("the job is in state %d", emu.Jobs()[0].State)
	}
}

// The page that comes out is a page: a frame, greys, lines, a caption.
func TestPrinterTestPage(t *testing.T) {
	emu, plug := emulatePrinter(t, printertest.Knobs{Format: printertest.Raster}, false)
	if code, _, errs := probePrinter(t, "--uri", plug.URI(), "--print"); code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	pages := emu.Jobs()[0].Pages
	if len(pages) != 1 || pages[0].DPI != 300 {
		t.Fatalf("%d pages", len(pages))
	}
	img, err := png.Decode(bytes.NewReader(pages[0].PNG))
	if err != nil {
		t.Fatal(err)
	}
	g := img.(*image.Gray)
	mm := func(v float64) int { return int(v * 300 / 25.4) }
	for _, c := range []struct {
		x, y float64
		want uint8
	}{{2, 2, 255}, {10.1, 100, 0}, {199.8, 100, 0}, {25, 50, 0}, {180, 50, 255}, {100, 200, 255}} {
		if got := g.GrayAt(mm(c.x), mm(c.y)).Y; got != c.want {
			t.Errorf("at %v,%v mm: got %d, want %d", c.x, c.y, got, c.want)
		}
	}
	ink := 0
	for y := mm(19); y < mm(28); y++ {
		for x := mm(19); x < mm(150); x++ {
			if g.GrayAt(x, y).Y == 0 {
				ink++
			}
		}
	}
	if ink < 2000 {
		t.Errorf("no caption: %d dots", ink)
	}
}

// Every need has its sentence in both languages.
func TestEveryNeedIsSaid(t *testing.T) {
	for word, knob := range map[string]printertest.Knobs{"缺纸": {NoPaper: true}, "卡纸": {Jam: true}, "没有关好": {Cover: true}, "缺粉": {TonerEmpty: true},
		"出纸口满": {OutputFull: true}, "暂停": {Paused: true}, "停着": {Stopped: true}, "不收打印任务": {Refusing: true},
		"废粉盒满": {Reason: "marker-waste-full"}, "自己的连接": {Reason: "connecting-to-device"}, "等一会儿": {Reason: "spool-area-full"}} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			_, plug := emulatePrinter(t, knob, false)
			if code, _, errs := probePrinter(t, "--uri", plug.URI()); code != 3 || !strings.Contains(errs, word) {
				t.Errorf("got %d %s", code, errs)
			}
		})
	}
	if len(printer.Needs()) != 15 {
		t.Error("a need was added: give it a sentence, and a line here or among the warnings")
	}
	for word, knob := range map[string]printertest.Knobs{"墨粉快用完": {TonerLow: true}, "纸快用完": {PaperLow: true}, "废粉盒快满": {Reason: "marker-waste-almost-full"}, "部件要维护": {Reason: "opc-near-eol-warning"}} {
		_, plug := emulatePrinter(t, knob, false)
		if code, _, errs := probePrinter(t, "--uri", plug.URI()); code != 0 || !strings.Contains(errs, word) {
			t.Errorf("got %d %s", code, errs)
		}
	}
}
