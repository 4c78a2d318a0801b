package guest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Options say what to run.
type Options struct {
	// Modules are loaded in order with all they depend on, each with its
	// parameters: "vivid n_devs=1", "softdog soft_margin=5". What is built into
	// the kernel is passed over.
	Modules []string
	// Binary is a static program for linux/amd64; it is /payload in the guest and
	// runs as root, in /tmp, with /dev, /proc, /sys, /sys/kernel/config, /run and
	// /tmp mounted and loopback up. Required.
	Binary string
	Args   []string
	Env    []string          // KEY=VALUE, beside PATH, HOME and GUEST=1
	Files  map[string]string // path in the guest → file here
	// Devices are further arguments of QEMU: "-device", "i6300esb", …
	Devices []string
	// Append is added to the kernel's command line.
	Append string
	// Memory is in MiB; 0 is 384.
	Memory int
	// Timeout ends the guest; 0 is two minutes. Give about five times what a
	// quiet machine takes.
	Timeout time.Duration
	// OnLine is called with each line of the program's output as it comes, from
	// one goroutine, and may act on the machine outside: unplug a device,
	// answer over a socket.
	OnLine func(line string)
}

// Result is how it ended.
type Result struct {
	Output   string // standard output and error of the program, interleaved
	Kernel   string // the kernel's console
	ExitCode int    // of the program; -1 if it did not end by itself
	Died     bool   // the guest reset, crashed or was ended before the program ended
	Took     time.Duration
}

// exitMark begins the last line that guestinit writes. Keep in step with it.
const exitMark = "GUEST-EXIT "

// Run boots a guest, runs the program in it and waits for its end.
func Run(t testing.TB, o Options) Result {
	t.Helper()
	k := needs(t)
	dir := t.TempDir()
	initrd := filepath.Join(dir, "initrd")
	if err := writeInitrd(t, initrd, k, o); err != nil {
		t.Fatalf("guest: initrd: %v", err)
	}
	limit := o.Timeout
	if limit == 0 {
		limit = 2 * time.Minute
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	console := filepath.Join(dir, "console")
	memory := o.Memory
	if memory == 0 {
		memory = 384
	}
	args := []string{"-accel", "tcg", "-machine", "q35", "-cpu", "max", "-smp", "1", "-m", strconv.Itoa(memory), "-display", "none", "-nodefaults", "-no-reboot",
		"-kernel", k.image, "-initrd", initrd,
		"-append", strings.TrimSpace("console=ttyS0 loglevel=5 panic=-1 random.trust_cpu=on net.ifnames=0 " + o.Append),
		"-serial", "file:" + console, "-chardev", "stdio,id=out,signal=off", "-serial", "chardev:out"}
	program, err := tool(qemu)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, program, append(args, o.Devices...)...)
	cmd.WaitDelay = 5 * time.Second
	var trouble strings.Builder
	cmd.Stderr = &trouble
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatalf("guest: %v", err)
	}
	res := Result{ExitCode: -1, Died: true}
	read(out, &res, o.OnLine)
	err = cmd.Wait()
	res.Took = time.Since(start)
	log, _ := os.ReadFile(console) // none if the guest never came up
	res.Kernel = strings.ReplaceAll(string(log), "\r", "")
	switch {
	case ctx.Err() != nil && res.Died:
		res.Output += fmt.Sprintf("\nguest: ended after %v\n", limit)
	case err != nil && res.Died:
		t.Fatalf("guest: qemu: %v\n%s", err, trouble.String())
	}
	return res
}

// read collects the program's output until the line is closed.
func read(out interface{ Read([]byte) (int, error) }, res *Result, onLine func(string)) {
	var b strings.Builder
	lines := bufio.NewReaderSize(out, 64<<10)
	for {
		line, err := lines.ReadString('\n')
		line = strings.TrimRight(line, "\r\n")
		if code, done := strings.CutPrefix(line, exitMark); done {
			if n, bad := strconv.Atoi(code); bad == nil {
				res.ExitCode, res.Died = n, false
			}
		} else if line != "" || err == nil {
			b.WriteString(line + "\n")
			if onLine != nil {
				onLine(line)
			}
		}
		if err != nil {
			break
		}
	}
	res.Output = b.String()
}

// needs finds kernel and tools, or skips.
func needs(t testing.TB) (k kernel) {
	t.Helper()
	err := error(nil)
	if runtime.GOARCH != "amd64" {
		err = errors.New("the guest is an amd64 machine")
	}
	for _, name := range []string{qemu, modprobe} {
		if _, missing := tool(name); missing != nil {
			err = errors.Join(err, missing)
		}
	}
	for _, root := range roots() {
		images, _ := filepath.Glob(filepath.Join(root, "boot/vmlinuz-*-amd64")) // the pattern is sound
		slices.Sort(images)
		for _, image := range slices.Backward(images) {
			v := strings.TrimPrefix(filepath.Base(image), "vmlinuz-")
			if _, bad := os.Stat(filepath.Join(root, "lib/modules", v, "modules.dep")); k.image == "" && bad == nil && readable(image) {
				k = kernel{root: root, image: image, version: v}
			}
		}
	}
	if k.image == "" {
		err = errors.Join(err, errors.New("no boot/vmlinuz-*-amd64 with its modules (linux-image-amd64): make peers unpacks one"))
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("guest: %v", err)
		}
		t.Skipf("guest: %v", err)
	}
	return k
}

// kernel is one kernel of Debian's with its modules.
type kernel struct{ root, image, version string }

// roots are where a kernel may lie: unpacked among the peers of the tests, or
// installed.
func roots() []string {
	out := []string{"/"}
	if cache, err := os.UserCacheDir(); err == nil {
		out = append([]string{filepath.Join(cache, "zhunkao", "peers", "kernel")}, out...)
	}
	if peers := os.Getenv("ZHUNKAO_PEERS"); peers != "" {
		out = append([]string{filepath.Join(peers, "kernel")}, out...)
	}
	return out
}

const (
	qemu     = "qemu-system-x86_64"
	modprobe = "modprobe"
)

// tool finds a program on the path, or where Debian keeps those of the
// administrator: a user's path leaves them out.
func tool(name string) (string, error) {
	path, err := exec.LookPath(name)
	for _, dir := range []string{"/usr/sbin", "/sbin"} {
		if err != nil {
			path, err = exec.LookPath(filepath.Join(dir, name))
		}
	}
	return path, err
}

func readable(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// Build compiles the tests of a package, statically, with build tags.
func Build(t testing.TB, pkg string, tags ...string) string {
	t.Helper()
	needs(t) // no compiling for nothing
	out := filepath.Join(t.TempDir(), "payload.test")
	compile(t, "test", "-c", "-trimpath", "-ldflags", "-s -w", "-tags", strings.Join(tags, ","), "-o", out, pkg)
	return out
}

// BuildProgram compiles a main package, statically.
func BuildProgram(t testing.TB, pkg string) string {
	t.Helper()
	needs(t)
	out := filepath.Join(t.TempDir(), filepath.Base(pkg))
	compile(t, "build", "-trimpath", "-ldflags", "-s -w", "-o", out, pkg)
	return out
}

func compile(t testing.TB, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("guest: go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
