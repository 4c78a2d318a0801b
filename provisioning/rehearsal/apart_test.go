package rehearsal_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"zhunkao/provisioning/rehearsal"
)

// envApart says that this process is alone in its network namespace.
const envApart = "ZHUNKAO_APART"

// TestStoriesOfCutCables plays the stories of boxes in network namespaces of
// their own, in a process that has one itself: nothing of this machine's network
// is touched.
func TestStoriesOfCutCables(t *testing.T) {
	if alone(t) {
		play(t, stories(t, "apart"), func() rehearsal.Ground { return rehearsal.Ground{Host: rehearsal.HubHost} })
	}
}

// alone reports whether the test may go on here: in a process that is alone in its
// network namespace. Elsewhere it has begun that process, and seen it end.
func alone(t *testing.T) bool {
	t.Helper()
	if os.Getenv(envApart) != "" {
		if err := rehearsal.IsolateNetwork(t.Context()); err != nil {
			t.Fatal(err)
		}
		return true
	}
	if os.Geteuid() != 0 {
		t.Skip("only root may make network namespaces")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("ip is missing: apt-get install iproute2")
		}
		t.Skip("no ip: apt-get install iproute2")
	}
	// In a namespace of its own, which goes with it.
	probe := exec.CommandContext(t.Context(), "ip", "link", "add", "near", "type", "veth", "peer", "name", "far")
	probe.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}
	if out, err := probe.CombinedOutput(); err != nil {
		t.Skipf("no cables here: %v: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), envApart+"=1", envBin+"="+bin)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return false
}

func (s *story) apart(a []string) error {
	if err := want(a, 2, "apart BOX N"); err != nil {
		return err
	}
	n, err := strconv.Atoi(a[1])
	if err != nil {
		return err
	}
	c, err := s.province.Apart(s.ctx, a[0], n)
	if err == nil {
		s.cables[a[0]] = c
	}
	return err
}

func (s *story) cut(a []string) error {
	c, err := s.cable(a)
	if err != nil {
		return err
	}
	return c.Cut(s.ctx)
}

func (s *story) heal(a []string) error {
	c, err := s.cable(a)
	if err != nil {
		return err
	}
	return c.Heal(s.ctx)
}

func (s *story) cable(a []string) (*rehearsal.Cable, error) {
	if err := want(a, 1, "cut|heal BOX"); err != nil {
		return nil, err
	}
	c, ok := s.cables[a[0]]
	if !ok {
		return nil, fmt.Errorf("box %s has no cable", a[0])
	}
	return c, nil
}
