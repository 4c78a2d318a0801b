package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hw/cameratest"
	"zhunkao/hw/idcardtest"
	"zhunkao/hw/paneltest"
	"zhunkao/hw/printertest"
)

// qemuUser is the emulator of the box's processor, or a visible skip.
func qemuUser(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("qemu-aarch64-static")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no qemu-aarch64-static: %v", err)
		}
		t.Skipf("no qemu-aarch64-static (Debian package qemu-user-static): %v", err)
	}
	return path
}

// forARM64 compiles for the box's processor.
func forARM64(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// The probe for the box's own processor drives every device, emulated all of
// them, over the transports they really have.
func TestOnARM64(t *testing.T) {
	qemu := qemuUser(t)
	program := filepath.Join(t.TempDir(), "hwcheck")
	forARM64(t, "build", "-o", program, ".")
	on := func(t *testing.T, want int, args ...string) string {
		t.Helper()
		var out, errs strings.Builder
		cmd := exec.CommandContext(t.Context(), qemu, append([]string{program}, args...)...)
		cmd.Stdout, cmd.Stderr = &out, &errs
		var exit *exec.ExitError
		if err := cmd.Run(); err != nil && !asExit(err, &exit) {
			t.Fatal(err)
		}
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("hwcheck %v: exit %d, want %d\n%s%s", args, got, want, out.String(), errs.String())
		}
		return out.String()
	}
	t.Run("idcard", func(t *testing.T) {
		_, plug := emulate(t, idcardtest.Knobs{}, person())
		out := on(t, 0, "idcard", "--port", plug.Link(), "--json", "--timeout", "30s")
		if !strings.Contains(out, person().Name) || !strings.Contains(out, `"photo_bytes":1024`) {
			t.Errorf("got %s", out)
		}
	})
	t.Run("panel", func(t *testing.T) {
		f, port := emulatePanel(t, paneltest.Knobs{})
		on(t, 0, "panel", "--port", port, "--lamps")
		for i, name := range paneltest.LampNames {
			if f.Rises(i, time.Hour) == 0 {
				t.Errorf("lamp %s was never lit", name)
			}
		}
	})
	t.Run("camera", func(t *testing.T) {
		s := cameratest.Portrait(31)
		s.Width, s.Height = 640, 480
		_, plug := film(t, s, cameratest.Knobs{NoHuffman: true})
		// Whether the picture is good is not asked here: emulated, the checks are
		// too slow for a steady judgement. It answers, with its own format.
		var code int
		out, err := exec.CommandContext(t.Context(), qemu, program, "camera", "--source", plug.URL(), "--json", "--size", "640x480", "--timeout", "20s").Output()
		var exit *exec.ExitError
		if asExit(err, &exit) {
			code = exit.ExitCode()
		}
		if code > 3 || !strings.Contains(string(out), `"format":"MJPG","width":640,"height":480`) {
			t.Errorf("exit %d: %s", code, out)
		}
	})
	t.Run("printer", func(t *testing.T) {
		emu, plug := emulatePrinter(t, printertest.Knobs{}, false)
		on(t, 0, "printer", "--uri", plug.URI(), "--print", "--json")
		if len(emu.Jobs()) != 1 {
			t.Errorf("%d jobs, want 1", len(emu.Jobs()))
		}
	})
	t.Run("keystore", func(t *testing.T) {
		if out := on(t, 0, "keystore", "--kind", "file", "--json"); !strings.Contains(out, `"signed":true,"opened":true,"wrapped":true`) {
			t.Errorf("got %s", out)
		}
	})
	t.Run("watchdog", func(t *testing.T) {
		if _, err := os.Stat("/sys/class/watchdog/watchdog0"); err == nil {
			t.Skip("this machine has a watchdog; it is left alone")
		}
		on(t, 5, "watchdog")
	})
}

// The drivers' own tests, compiled for the box's processor. Those of camera and
// printer measure time and are left to the machine's own processor; the ID
// reader's that do are left out.
func TestDriversOnARM64(t *testing.T) {
	if testing.Short() {
		t.Skip("another processor's programs: the race detector sees nothing of them")
	}
	qemu := qemuUser(t)
	if os.Getenv("CI") != "true" && os.Getenv("ZHUNKAO_LONG") == "" {
		t.Skip("six test programs are compiled for another processor: with CI=true or ZHUNKAO_LONG=1")
	}
	for _, d := range []struct{ name, run string }{
		{"panel", "."}, {"keystore", "."}, {"watchdog", "."}, {"serial", "."}, {"hotplug", "."},
		{"idcard", "Vector|Frame|Split|Sliding|Status|Digits|Padding|HID"},
	} {
		t.Run(d.name, func(t *testing.T) {
			binary := filepath.Join(t.TempDir(), d.name+".test")
			forARM64(t, "test", "-c", "-o", binary, "zhunkao/hw/"+d.name)
			cmd := exec.CommandContext(t.Context(), qemu, binary, "-test.short", "-test.timeout", "3m", "-test.run", d.run)
			cmd.Dir = filepath.Join("..", "..", d.name)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// For the older 32-bit boards it is compiled; nothing here runs it.
func TestCompilesForARM(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", os.DevNull, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm", "GOARM=7", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
