package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"zhunkao/hw/keystore"
	"zhunkao/hw/paneltest"
)

// ask runs one command of the program to its end.
func ask(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Stdout, cmd.Stderr = &o, &e
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !asExit(err, &exit) {
		t.Fatal(err)
	}
	if cmd.ProcessState.ExitCode() != 1 && (!strings.ContainsRune(e.String(), '。') || !strings.Contains(e.String(), ".")) {
		t.Errorf("no sentence for a person: %q", e.String())
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

// emulatePanel plugs an emulated front in and gives its path.
func emulatePanel(t *testing.T, k paneltest.Knobs) (paneltest.Front, string) {
	t.Helper()
	f := paneltest.NewFront()
	if err := f.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
	plug := paneltest.NewPlug(f.Board, filepath.Join(t.TempDir(), "panel"))
	if err := plug.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plug.Unplug(); err != nil {
			t.Error(err)
		}
	})
	return f, plug.Link()
}

func TestPanel(t *testing.T) {
	t.Parallel()
	t.Run("everything is tried", func(t *testing.T) {
		t.Parallel()
		f, port := emulatePanel(t, paneltest.Knobs{})
		over := make(chan struct{})
		go func() { // a technician: when a lamp is lit he presses and opens everything
			for !f.Lit("fault") {
				<-f.Changed()
			}
			for { // and again what a busy machine has not seen
				for _, b := range paneltest.ButtonNames {
					f.Press(b)
					time.Sleep(200 * time.Millisecond)
					f.Let(b)
				}
				for _, c := range paneltest.ContactNames {
					f.Open(c)
					time.Sleep(200 * time.Millisecond)
					f.Shut(c)
				}
				select {
				case <-over:
					return
				default:
				}
			}
		}()
		code, out, errs := ask(t, "panel", "--port", port, "--json", "--timeout", "20s")
		close(over)
		var got map[string]any
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		yes := map[string]any{"help": true, "staff": true}
		want := map[string]any{"ready": true, "lamps": []any{"fault", "help", "ok", "reader"}, "buttons": yes,
			"contacts": map[string]any{"door": true, "tamper": true}, "open": []any{}}
		if code != 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("exit %d, %v, want %v\n%s", code, got, want, errs)
		}
		for _, l := range paneltest.LampNames {
			if f.Lit(l) {
				t.Errorf("lamp %s is left lit", l)
			}
		}
	})
	t.Run("nobody presses", func(t *testing.T) {
		t.Parallel()
		f, port := emulatePanel(t, paneltest.Knobs{})
		f.Open("door")
		code, out, _ := ask(t, "panel", "--port", port, "--json", "--timeout", "1s")
		if code != 2 || !strings.Contains(out, `"open":["door"]`) || !strings.Contains(out, `"help":false`) {
			t.Errorf("exit %d, want 2 and what is open: %s", code, out)
		}
	})
	t.Run("lamps only", func(t *testing.T) {
		t.Parallel()
		f, port := emulatePanel(t, paneltest.Knobs{})
		if code, _, errs := ask(t, "panel", "--port", port, "--lamps"); code != 0 {
			t.Errorf("exit %d: %s", code, errs)
		}
		for i, l := range paneltest.LampNames {
			if f.Rises(i, time.Minute) != 1 && f.Rises(i, time.Minute) != 2 {
				t.Errorf("lamp %s was lit %d times", l, f.Rises(i, time.Minute))
			}
		}
	})
	for name, c := range map[string]struct {
		k    paneltest.Knobs
		want int
	}{
		"silent":      {paneltest.Knobs{Silent: true}, 5},
		"noise":       {paneltest.Knobs{BadSum: true}, 5},
		"fewer lines": {paneltest.Knobs{Lines: 2}, 4},
		"broken":      {paneltest.Knobs{Exception: 4}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, port := emulatePanel(t, c.k)
			if code, out, errs := ask(t, "panel", "--port", port, "--json"); code != c.want || out != "" {
				t.Errorf("exit %d, want %d: %s%s", code, c.want, out, errs)
			}
		})
	}
	t.Run("no port", func(t *testing.T) {
		t.Parallel()
		if code, _, _ := ask(t, "panel", "--port", filepath.Join(t.TempDir(), "none")); code != 5 {
			t.Errorf("exit %d, want 5", code)
		}
	})
	t.Run("a wiring that cannot be", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "w.json")
		if err := os.WriteFile(file, []byte(`{"contacts":{"door":"!gpio:A"}}`), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := ask(t, "panel", "--wiring", file); code != 1 || !strings.Contains(errs, "。") {
			t.Errorf("exit %d, want 1: %s", code, errs)
		}
	})
}

func TestWatchdog(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/sys/class/watchdog/watchdog0"); err == nil {
		t.Skip("this machine has a watchdog; it is left alone")
	}
	for _, args := range [][]string{{"watchdog"}, {"watchdog", "--feed", "1s"}} {
		if code, out, errs := ask(t, args...); code != 5 || out != "" {
			t.Errorf("%v: exit %d, want 5: %s", args, code, errs)
		}
	}
}

func TestKeystore(t *testing.T) {
	t.Parallel()
	code, out, errs := ask(t, "keystore", "--kind", "file", "--json")
	if code != 0 || !strings.Contains(out, `"signed":true,"opened":true,"wrapped":true,"bound":false`) || !strings.Contains(errs, "演示") {
		t.Errorf("file: exit %d: %s%s", code, out, errs)
	}
	if code, _, errs := ask(t, "keystore", "--kind", "tpm", "--tpm", filepath.Join(t.TempDir(), "none")); code != 5 {
		t.Errorf("no TPM: exit %d, want 5: %s", code, errs)
	}
	if code, _, _ := ask(t, "keystore", "--kind", "wax"); code != 1 {
		t.Errorf("no such kind: exit %d, want 1", code)
	}
	dir := filepath.Join(t.TempDir(), "keys")
	if code, _, _ := ask(t, "keystore", "--kind", "file", "--dir", dir); code != 5 && code != 4 {
		t.Errorf("an empty directory: exit %d, want a refusal", code)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("it made keys where there were none")
	}
	s, err := keystore.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := ask(t, "keystore", "--kind", "file", "--dir", dir); code != 0 {
		t.Errorf("good keys: exit %d: %s", code, errs)
	}
	if err := os.Chmod(filepath.Join(dir, "wrap.pem"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := ask(t, "keystore", "--kind", "file", "--dir", dir); code != 4 {
		t.Errorf("exposed keys: exit %d, want 4", code)
	}
}
