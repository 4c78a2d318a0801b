package rehearsal_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGoTooOld runs what every make target asks first, before a Go of the
// test's making: one that is missing or too old is told in one sentence with
// the remedy, and a new enough one without a word.
func TestGoTooOld(t *testing.T) {
	check, err := filepath.Abs(filepath.Join("..", "..", ".ci", "check-go"))
	if err != nil {
		t.Fatal(err)
	}
	// Only what the script needs is on the PATH, so that no real Go is.
	tools := t.TempDir()
	for _, tool := range []string{"sed", "sort", "head"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(tools, tool)); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		version string // what the Go says it is; "" for none
		arg     string // GO= of make
		says    string // "" when it is new enough
	}{
		{"", "go", "there is no 'go' on the PATH"},
		{"", "go1.27", "there is no 'go1.27' on the PATH"},
		{"go1.26", "go", ""},
		{"go1.26.0", "", ""},
		{"go1.26.7", "go", ""},
		{"go1.27rc1", "go", ""},
		{"go1.27-devel_0123abcd", "go", ""},
		{"go1.100.2", "go", ""},
		{"go2.0", "go", ""},
		{"go1.25.9", "go", "this machine has Go 1.25.9."},
		{"go1.25rc2", "go", "this machine has Go 1.25."},
		{"go1.9", "go", "this machine has Go 1.9."},
		{"go1.19.8", "go", "this machine has Go 1.19.8."}, // Debian 12's own
		{"go1.2.6", "", "this machine has Go 1.2.6."},
	} {
		t.Run(strings.TrimSpace(tc.version+" "+tc.arg), func(t *testing.T) {
			bin := t.TempDir()
			if tc.version != "" {
				// It answers for what is installed only where no newer one may be
				// fetched and no go.mod is near.
				fake := fmt.Sprintf("#!/bin/sh\n"+
					`[ "$GOTOOLCHAIN" = local ] && [ ! -e go.mod ] && [ "$*" = "env GOVERSION" ] && echo %s && exit 0`+"\necho go9.9\n", tc.version)
				if err := os.WriteFile(filepath.Join(bin, "go"), []byte(fake), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command("/bin/sh", check)
			if tc.arg != "" {
				cmd.Args = append(cmd.Args, tc.arg)
			}
			cmd.Env = []string{"PATH=" + bin + ":" + tools, "GOTOOLCHAIN=auto"}
			var said, out bytes.Buffer
			cmd.Stderr, cmd.Stdout = &said, &out
			err := cmd.Run()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if tc.says == "" {
				if err != nil || said.Len() > 0 {
					t.Errorf("new enough, and it says %v %q", err, &said)
				}
				return
			}
			got := said.String()
			if exit == nil || exit.ExitCode() != 1 {
				t.Errorf("it ended with %v, want 1", err)
			}
			if !strings.Contains(got, tc.says) || !strings.Contains(got, "needs Go 1.26 or newer") || !strings.Contains(got, "run make again") {
				t.Errorf("it says %q, want %q with the remedy", got, tc.says)
			}
			if strings.Count(got, "\n") != 1 || out.Len() > 0 {
				t.Errorf("it is not one sentence: %q, and %q on the output", got, &out)
			}
		})
	}
}

// The version that the script asks for is the one of go.mod.
func TestGoVersionIsOne(t *testing.T) {
	root := filepath.Join("..", "..")
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(filepath.Join(root, ".ci", "check-go"))
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(string(script), "\nwant=")
	want, _, _ = strings.Cut(want, "\n")
	_, have, _ := strings.Cut(string(mod), "\ngo ")
	have, _, _ = strings.Cut(have, "\n")
	if want == "" || have != want && !strings.HasPrefix(have, want+".") {
		t.Errorf("go.mod asks for Go %q, .ci/check-go for %q", have, want)
	}
}
