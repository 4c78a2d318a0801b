package watchdog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"zhunkao/hw/fault"
)

// State is what the kernel tells of a watchdog without its being opened, which
// would arm it.
type State struct {
	Name     string        // watchdog0
	Identity string        // "" on kernels without CONFIG_WATCHDOG_SYSFS
	Active   bool          // somebody has armed it
	Timeout  time.Duration // 0 if not told
	NoWayOut bool          // once armed it cannot be stopped
	Cause    Cause         // why the machine started last
}

// sysClass is where watchdogs are listed.
const sysClass = "/sys/class/watchdog"

// ReadState reads the state of the watchdog name, "" for watchdog0, by which
// /dev/watchdog is meant too. Errors: fault.Absent, fault.Unsupported if the
// kernel tells nothing of it.
func ReadState(name string) (State, error) { return readState(sysClass, name) }

func readState(class, name string) (State, error) {
	name = filepath.Base(name)
	if name == "." || name == "watchdog" {
		name = "watchdog0"
	}
	dir := filepath.Join(class, name)
	if _, err := os.Stat(dir); err != nil {
		return State{}, fault.New(fault.Absent, "look at "+name, "", err)
	}
	read := func(file string) string {
		raw, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(raw))
	}
	if _, err := os.Stat(filepath.Join(dir, "identity")); errors.Is(err, fs.ErrNotExist) {
		return State{Name: name}, fault.New(fault.Unsupported, "look at "+name, "the kernel tells nothing of it", nil)
	}
	number := func(file string) int64 {
		n, err := strconv.ParseInt(read(file), 0, 64)
		if err != nil {
			return 0
		}
		return n
	}
	s := State{Name: name, Identity: read("identity"), Active: read("state") == "active",
		Timeout: time.Duration(number("timeout")) * time.Second, NoWayOut: number("nowayout") == 1}
	if b := number("bootstatus"); b > 0 {
		s.Cause = Cause(b)
	}
	return s, nil
}
