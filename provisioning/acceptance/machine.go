package acceptance

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// machine reads what the kernel says of the machine. root is "/" but in tests.
func machine(root string) Facts {
	k := kernel{root}
	f := Facts{
		Machine: k.model(), System: k.system(),
		MemoryMB: k.memory(), DisksGB: k.disks(),
	}
	f.CPU, f.Cores, f.ClockMHz = k.processor()
	return f
}

type kernel struct{ root string }

// text reads a small file; "" if there is none.
func (k kernel) text(path ...string) string {
	b, err := os.ReadFile(filepath.Join(append([]string{k.root}, path...)...))
	if err != nil {
		return "" // what the machine does not say is asked
	}
	return strings.TrimSpace(strings.TrimRight(string(b), "\x00"))
}

func (k kernel) number(path ...string) int {
	n, err := strconv.Atoi(k.text(path...))
	if err != nil {
		return 0
	}
	return n
}

func (k kernel) glob(pattern string) []string {
	out, err := filepath.Glob(filepath.Join(k.root, pattern))
	if err != nil {
		return nil
	}
	return out
}

// model is the board's or the computer's name.
func (k kernel) model() string {
	if s := k.text("proc/device-tree/model"); s != "" {
		return s
	}
	return strings.TrimSpace(k.text("sys/class/dmi/id/sys_vendor") + " " + k.text("sys/class/dmi/id/product_name"))
}

func (k kernel) system() string {
	for line := range strings.Lines(k.text("etc/os-release")) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
			return strings.Trim(v, `"`)
		}
	}
	return ""
}

// memory is all the kernel has, in MiB.
func (k kernel) memory() int {
	for line := range strings.Lines(k.text("proc/meminfo")) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "MemTotal:" {
			n, err := strconv.Atoi(f[1])
			if err != nil {
				return 0
			}
			return n / 1024
		}
	}
	return 0
}

// disks are the fixed disks' sizes in 10⁹ bytes, the largest first. Memory
// cards that the machine runs from count; whatever is removable does not.
func (k kernel) disks() []int {
	var out []int
	for _, dir := range k.glob("sys/block/*") {
		name := filepath.Base(dir)
		if strings.HasPrefix(name, "loop") || strings.HasPrefix(name, "ram") || strings.HasPrefix(name, "zram") ||
			strings.HasPrefix(name, "dm-") || strings.HasPrefix(name, "sr") || strings.HasPrefix(name, "md") {
			continue
		}
		if k.number("sys/block", name, "removable") != 0 {
			continue
		}
		if gb := k.number("sys/block", name, "size") * 512 / 1e9; gb > 0 {
			out = append(out, gb)
		}
	}
	slices.SortFunc(out, func(a, b int) int { return b - a })
	return out
}

// atClock finds the clock in a processor's name: "… CPU @ 3.00GHz".
var atClock = regexp.MustCompile(`@ *([0-9]+(?:\.[0-9]+)?) *GHz`)

// processor gives model, physical cores and highest clock in MHz. /proc/cpuinfo
// says other things on other architectures: what is missing stays zero.
func (k kernel) processor() (model string, cores, mhz int) {
	physical := map[string]bool{}
	var package_, core string
	threads := 0
	in := bufio.NewScanner(bytes.NewReader([]byte(k.text("proc/cpuinfo") + "\n\n")))
	for in.Scan() {
		key, value, found := strings.Cut(in.Text(), ":")
		value = strings.TrimSpace(value)
		switch key = strings.TrimSpace(key); {
		case !found && core != "":
			physical[package_+"/"+core] = true
			core = ""
		case key == "processor":
			threads++
		case key == "model name" || key == "Model" || key == "Hardware":
			if model == "" {
				model = value
			}
		case key == "physical id":
			package_ = value
		case key == "core id":
			core = value
		}
	}
	if cores = len(physical); cores == 0 {
		cores = threads
	}
	for _, path := range k.glob("sys/devices/system/cpu/cpu[0-9]*/cpufreq/cpuinfo_max_freq") {
		if rel, err := filepath.Rel(k.root, path); err == nil {
			mhz = max(mhz, k.number(rel)/1000)
		}
	}
	if m := atClock.FindStringSubmatch(model); mhz == 0 && m != nil {
		if ghz, err := strconv.ParseFloat(m[1], 64); err == nil {
			mhz = int(ghz*1000 + .5)
		}
	}
	return model, cores, mhz
}

// burner looks for a drive that writes DVDs.
func (k kernel) burner() Device {
	d := Device{State: Fail, Note: "没有找到", En: "none"}
	var names []string
	told := false
	for line := range strings.Lines(k.text("proc/sys/dev/cdrom/info")) {
		key, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		switch strings.TrimSpace(key) {
		case "drive name":
			names = fields
		case "Can write DVD-R", "Can write DVD-RAM":
			told = true
			for i, f := range fields {
				if f == "1" && i < len(names) {
					return Device{State: Pass, Model: strings.TrimSpace(k.text("sys/block", names[i], "device/vendor") + " " + k.text("sys/block", names[i], "device/model"))}
				}
			}
		}
	}
	switch {
	case len(names) > 0 && told:
		d.Note, d.En = "光驱不能刻录 DVD", "the drive does not write DVDs"
	case len(names) > 0 || len(k.glob("sys/block/sr*")) > 0:
		d.State, d.Note, d.En = Ask, "有光驱，机器未报告能否刻录", "there is a drive; the machine does not say whether it writes"
	case len(k.glob("sys/block/*")) == 0:
		d.State, d.Note, d.En = Ask, "机器未报告光驱", "the machine tells of no drives at all"
	}
	return d
}
