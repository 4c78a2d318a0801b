package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/hw/cameratest"
	"zhunkao/hw/idcardtest"
	"zhunkao/hw/printertest"
	"zhunkao/protocol/campaign"
)

var binary string

// TestMain builds the program that is shipped: the tests run it as a technician
// would.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "provision")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "provision")
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

// provision runs the program to its end. It finds no fonts: the small font
// inside it serves.
func provision(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+t.TempDir())
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

// office is an office's equipment, emulated.
type office struct {
	printer *printertest.Printer
	args    []string
}

// equip plugs everything in and gives the arguments that name it.
func equip(t *testing.T, k printertest.Knobs) office {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	reader := idcardtest.NewPlug(idcardtest.New(), filepath.Join(t.TempDir(), "reader"))
	check(reader.Plug())
	t.Cleanup(func() { _ = reader.Unplug() })
	eye := cameratest.New()
	eye.Show(cameratest.Portrait(1))
	camera := cameratest.NewPlug(eye, "127.0.0.1:0")
	check(camera.Plug())
	t.Cleanup(func() { _ = camera.Unplug() })
	o := office{printer: printertest.New()}
	check(o.printer.SetKnobs(k))
	plug := printertest.NewPlug(o.printer, "127.0.0.1:0", nil)
	check(plug.Plug())
	t.Cleanup(func() { plug.Unplug(); o.printer.Close() })
	hub, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	t.Cleanup(func() { _ = hub.Close() })
	o.args = []string{"--reader", reader.Link(), "--camera", camera.URL(), "--printer", plug.URI(), "--hub", hub.Addr().String()}
	return o
}

type output struct {
	Campaign string
	Office   string
	Verdict  string
	Facts    struct {
		Cores   int
		Devices []struct{ Key, State, Model string }
	}
	Lines []struct {
		Key, State string
		Have       struct{ Zh, En string }
	}
}

func parse(t *testing.T, s string) (output, map[string]string) {
	t.Helper()
	var o output
	if err := json.Unmarshal([]byte(s), &o); err != nil {
		t.Fatalf("%v: %s", err, s)
	}
	states := map[string]string{}
	for _, l := range o.Lines {
		states[l.Key] = l.State
	}
	return o, states
}

// modest writes a bundle whose offices ask for no more than any machine has, so
// that a test's outcome lies with the devices.
func modest(t *testing.T) string {
	t.Helper()
	c := campaign.Adult2019()
	c.ID = "modest"
	for i := range c.Kits {
		k := &c.Kits[i]
		k.Cores, k.ClockMHz, k.MemoryMB, k.DiskGB = 1, 0, 64, 0
	}
	b, err := campaign.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bundle.json")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var fast = printertest.Knobs{Wide: true, PPM: 45, PageMS: -1}

// TestKitPasses: with everything there the exit code is 0, and the sheet comes
// out of the printer.
func TestKitPasses(t *testing.T) {
	o := equip(t, fast)
	code, out, errs := provision(t, append([]string{"kit", "--office", "point", "--campaign", modest(t), "--print"}, o.args...)...)
	if code != 0 || errs != "" {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	for _, want := range []string{"按报名确认点的最低配置查验本机", "湘教考信字〔2019〕3号", "正在查看：处理器", "A3 激光，每分钟 45 页", "读卡和授权正常", "1280×720",
		"结论：合格（合格 6 项，不合格 0 项，待查 0 项）", "验收单已打印", "接下来：双方在验收单上签名"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q was not said:\n%s", want, out)
		}
	}
	jobs := o.printer.Jobs()
	if len(jobs) != 1 || jobs[0].Format != "application/pdf" || !bytes.HasPrefix(jobs[0].Document, []byte("%PDF-")) || !strings.HasPrefix(jobs[0].Name, "设备验收单") {
		t.Errorf("the printer has %d jobs", len(jobs))
	}
}

// TestKitAsks: what the machine cannot tell ends with 2.
func TestKitAsks(t *testing.T) {
	o := equip(t, printertest.Knobs{Terse: true})
	code, out, errs := provision(t, append([]string{"kit", "--office", "point", "--campaign", modest(t), "--json"}, o.args...)...)
	got, states := parse(t, out)
	if code != 2 || errs != "" || got.Verdict != "ask" || states[campaign.DeviceWide] != "ask" || states[campaign.DeviceIDCard] != "pass" || got.Campaign != "modest" {
		t.Errorf("exit %d, %s, %v: %s", code, got.Verdict, states, errs)
	}
	// Nothing of a serial number: of the SAM's identity only its kind.
	for _, d := range got.Facts.Devices {
		if d.Key == campaign.DeviceIDCard && strings.Contains(d.Model, "-") {
			t.Errorf("the reader is %q", d.Model)
		}
	}
	code, out, _ = provision(t, "kit", "--office", "point", "--campaign", modest(t), "--english")
	if code != 2 || !strings.Contains(out, "Verdict: LOOK (2 passed, 0 failed, 4 to be looked at).") || !strings.Contains(out, "check again with its address") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

// TestKitFails: a missing or unfit device ends with 3, and the sheet says it.
func TestKitFails(t *testing.T) {
	o := equip(t, printertest.Knobs{})
	path := filepath.Join(t.TempDir(), "acceptance.pdf")
	args := append([]string{"kit", "--office", "point", "--campaign", modest(t), "--sheet", path, "--name", "芙蓉区第03确认点"}, o.args...)
	code, out, errs := provision(t, args...)
	if code != 3 || errs != "" || !strings.Contains(out, "不合格  宽幅激光打印机") || !strings.Contains(out, "不能打印 A3") || !strings.Contains(out, "hwcheck printer") ||
		!strings.Contains(out, "provision fonts") {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	pdftotext, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pdftotext is not here: make peers")
		}
		t.Skip("pdftotext is not here: make peers")
	}
	text, err := exec.Command(pdftotext, "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"设备验收单", "芙蓉区第03确认点", "不能打印 A3", "偏差认可人", "SAM"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not on the sheet:\n%s", want, text)
		}
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".acceptance-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestKitOfThisMachine: the plan's own list, on whatever runs the test.
func TestKitOfThisMachine(t *testing.T) {
	code, out, _ := provision(t, "kit", "--office", "city", "--json", "--wait", "2s", "--printer", "ipp://127.0.0.1:1/ipp/print", "--hub", "127.0.0.1:1",
		"--reader", filepath.Join(t.TempDir(), "none"), "--camera", "http://127.0.0.1:1/")
	got, states := parse(t, out)
	if code != 3 || got.Campaign != "adult-2019" || got.Office != "city" || got.Facts.Cores < 1 {
		t.Errorf("exit %d: %s", code, out)
	}
	for _, key := range []string{campaign.DeviceIDCard, campaign.DeviceCamera, campaign.DeviceWide, campaign.DeviceNetwork} {
		if states[key] != "fail" {
			t.Errorf("%s, which is not there: %s", key, states[key])
		}
	}
	if states[campaign.DeviceColour] != "skip" {
		t.Errorf("a colour printer need not be: %s", states[campaign.DeviceColour])
	}
	if len(got.Lines) != 10 {
		t.Errorf("%d lines", len(got.Lines))
	}
}

// TestKitRefuses: what cannot be done at all is neither a pass nor a fail.
func TestKitRefuses(t *testing.T) {
	bare := campaign.Adult2019()
	bare.Kits = nil
	b, err := campaign.Encode(bare)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	none, junk := filepath.Join(dir, "none.json"), filepath.Join(dir, "junk.json")
	for path, text := range map[string][]byte{none: b, junk: []byte("{}")} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, args := range map[string][]string{
		"no such office":       {"--office", "town"},
		"printing without one": {"--office", "point", "--print"},
		"two papers":           {"--office", "point", "--printer", "ipp://127.0.0.1:1/", "--print", "--sheet", "x.pdf"},
		"no such bundle":       {"--office", "point", "--campaign", filepath.Join(dir, "absent")},
		"no bundle":            {"--office", "point", "--campaign", junk},
		"a bundle without kit": {"--office", "point", "--campaign", none},
		"nowhere to write":     {"--office", "point", "--sheet", filepath.Join(dir, "absent", "x.pdf")},
		"nowhere to print":     {"--office", "point", "--wait", "1s", "--printer", "ipp://127.0.0.1:1/ipp/print", "--print"},
	} {
		code, _, errs := provision(t, append([]string{"kit"}, args...)...)
		if code == 0 || code == 2 || code == 3 || !strings.Contains(errs, "provision: error: ") {
			t.Errorf("%s: exit %d: %s", name, code, errs)
		}
	}
}
