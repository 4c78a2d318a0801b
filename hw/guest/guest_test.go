package guest_test

import (
	"os"
	"strings"
	"testing"

	"zhunkao/hw/guest"
)

// The part that runs in the guest: this very test program.
func TestInside(t *testing.T) {
	if os.Getenv("GUEST") != "1" {
		t.Skip("runs inside the guest, by TestRun")
	}
	if os.Getpid() == 1 {
		t.Error("the program is process 1")
	}
	mods, err := os.ReadFile("/proc/modules")
	if err != nil || !strings.Contains(string(mods), "softdog") {
		t.Errorf("softdog is not loaded: %v", err)
	}
	margin, err := os.ReadFile("/sys/class/watchdog/watchdog0/timeout")
	if err != nil || strings.TrimSpace(string(margin)) != "7" {
		t.Errorf("the module's parameter: got %q, %v, want 7", margin, err)
	}
	if b, err := os.ReadFile("/data/given"); err != nil || string(b) != "a file" {
		t.Errorf("the file given: %q, %v", b, err)
	}
	t.Log("inside:", os.Getenv("SAID"))
	if os.Getenv("SAID") == "fail" {
		t.Error("as asked")
	}
}

func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("in a guest the race detector sees nothing: left out beside it")
	}
	if os.Getenv("GUEST") == "1" {
		t.Skip("outside only")
	}
	given := t.TempDir() + "/given"
	if err := os.WriteFile(given, []byte("a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := guest.Options{
		Modules: []string{"softdog soft_margin=7"},
		Binary:  guest.Build(t, "zhunkao/hw/guest"),
		Args:    []string{"-test.v", "-test.run", "^TestInside$"},
		Env:     []string{"SAID=two words"},
		Files:   map[string]string{"/data/given": given},
	}
	heard := 0
	o.OnLine = func(string) { heard++ }
	res := guest.Run(t, o)
	if res.Died || res.ExitCode != 0 || !strings.Contains(res.Output, "inside: two words") || heard == 0 {
		t.Fatalf("got died %v, code %d, %d lines\n%s\n%s", res.Died, res.ExitCode, heard, res.Output, res.Kernel)
	}
	t.Logf("took %v", res.Took)
	o.Env = []string{"SAID=fail"}
	if res := guest.Run(t, o); res.Died || res.ExitCode != 1 {
		t.Errorf("a failing program: got died %v, code %d, want its own code 1\n%s", res.Died, res.ExitCode, res.Output)
	}
}

// A guest that resets on its own is told from a program that ended.
func TestDied(t *testing.T) {
	if testing.Short() {
		t.Skip("in a guest the race detector sees nothing: left out beside it")
	}
	res := guest.Run(t, guest.Options{Binary: "/bin/true", Append: "init=/nothing rdinit=/nothing"})
	if !res.Died || res.ExitCode != -1 {
		t.Errorf("no init: got died %v, code %d, want death", res.Died, res.ExitCode)
	}
}
