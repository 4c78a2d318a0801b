package rehearsal_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// bin holds the shipped programs, built once as `make build` builds them; the
// race detector is added when the tests themselves run under it.
var bin string

// envBin says where the programs are that another run has built.
const envBin = "ZHUNKAO_BIN"

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if bin = os.Getenv(envBin); bin != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "zhunkao-bin")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin = dir
	for _, p := range []string{"hub/cmd/hubd", "hub/cmd/hubctl", "appliance/cmd/kioskd", "hw/cmd/hwemu", "provisioning/cmd/cashier"} {
		build := exec.Command("go", "build", "-o", filepath.Join(dir, filepath.Base(p)), "zhunkao/"+p)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if raceEnabled {
			build.Args = append([]string{"go", "build", "-race"}, build.Args[2:]...)
			build.Env = append(os.Environ(), "CGO_ENABLED=1")
		}
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build %s: %v\n%s", p, err, out)
			return 1
		}
	}
	return m.Run()
}
