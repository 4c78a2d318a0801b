// Command guestinit is process 1 of the guest of package guest: it mounts, loads
// modules, runs the program, tells its end and powers off. It is not for any
// other machine: it refuses to run as anything but process 1.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/sys/unix"
)

func main() {
	if os.Getpid() != 1 {
		fmt.Fprintln(os.Stderr, "guestinit: only as process 1 of a guest")
		os.Exit(1)
	}
	code := -1
	out, err := prepare()
	if err != nil {
		fmt.Println("guestinit:", err) // the kernel's console
	}
	if out != nil {
		if err != nil {
			fmt.Fprintln(out, "guestinit:", err)
		} else {
			code = run(out)
		}
		fmt.Fprintf(out, "\nGUEST-EXIT %d\n", code)
		_ = unix.IoctlSetInt(int(out.Fd()), unix.TCSBRK, 1) // waits until all is sent
	}
	unix.Sync()
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
	select {}
}

// prepare gives the line the program writes to.
func prepare() (*os.File, error) {
	mounts := [][2]string{{"/dev", "devtmpfs"}, {"/proc", "proc"}, {"/sys", "sysfs"}, {"/run", "tmpfs"}, {"/tmp", "tmpfs"}}
	for _, m := range mounts {
		if err := unix.Mount(m[1], m[0], m[1], 0, ""); err != nil {
			return nil, fmt.Errorf("mount %s: %w", m[0], err)
		}
	}
	out, err := os.OpenFile("/dev/ttyS1", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	if err := raw(out); err != nil {
		return out, err
	}
	list, err := os.ReadFile("/etc/modules")
	if err != nil {
		return out, err
	}
	for _, line := range strings.Fields(strings.ReplaceAll(string(list), " ", "\x00")) {
		file, params, _ := strings.Cut(line, "\x00")
		if err := load(file, strings.ReplaceAll(params, "\x00", " ")); err != nil {
			return out, fmt.Errorf("module %s: %w", file, err)
		}
	}
	// Not every kernel has these; what needs them will say so.
	_ = unix.Mount("configfs", "/sys/kernel/config", "configfs", 0, "")
	_ = unix.Mount("debugfs", "/sys/kernel/debug", "debugfs", 0, "")
	return out, loopback()
}

// raw keeps the line from turning and echoing what goes over it.
func raw(f *os.File) error {
	t, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		return err
	}
	t.Oflag &^= unix.OPOST
	t.Lflag &^= unix.ECHO | unix.ICANON | unix.ISIG
	t.Cflag = t.Cflag&^unix.CBAUD | unix.B115200 | unix.CLOCAL
	return unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, t)
}

func load(file, params string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	err = unix.FinitModule(int(f.Fd()), params, 0)
	if errors.Is(err, unix.EEXIST) {
		err = nil
	}
	return errors.Join(err, f.Close())
}

func loopback() error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	req, err := unix.NewIfreq("lo")
	if err == nil {
		req.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
		err = unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, req)
	}
	return errors.Join(err, unix.Close(s))
}

func run(out *os.File) int {
	cmd := exec.Command("/payload", list("/etc/args")...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = "/tmp", out, out
	cmd.Env = append([]string{"PATH=/bin", "HOME=/root", "GUEST=1"}, list("/etc/env")...)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	default:
		fmt.Fprintln(out, "guestinit:", err)
		return -1
	}
}

// list reads a file of strings divided by NUL.
func list(file string) []string {
	b, err := os.ReadFile(file)
	if err != nil || len(b) == 0 {
		return nil
	}
	return strings.Split(string(b), "\x00")
}
