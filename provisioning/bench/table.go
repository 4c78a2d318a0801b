package bench

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Aim is a bound that a measured value should keep; zero means no bound.
type Aim struct{ Least, Most float64 }

// Met reports whether v keeps the bound.
func (a Aim) Met(v float64) bool {
	return (a.Least == 0 || v >= a.Least) && (a.Most == 0 || v <= a.Most)
}

func (a Aim) String() string {
	switch {
	case a.Least != 0:
		return "≥ " + number(a.Least)
	case a.Most != 0:
		return "≤ " + number(a.Most)
	}
	return ""
}

// Machine is where the measuring was done.
type Machine struct {
	CPU, Disk, Kernel, Go string
	Cores                 int
}

// ThisMachine describes the machine that runs the program; dir lies on the
// disk that was written to.
func ThisMachine(dir string) Machine {
	m := Machine{Cores: runtime.NumCPU(), Go: runtime.Version(), CPU: "unknown", Disk: "unknown", Kernel: "unknown"}
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "model name" {
				m.CPU = strings.TrimSpace(v)
				break
			}
		}
	}
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(b))
	}
	if out, err := exec.Command("df", "--output=fstype,size", "-h", dir).Output(); err == nil {
		if lines := strings.Split(strings.TrimSpace(string(out)), "\n"); len(lines) > 1 {
			m.Disk = strings.Join(strings.Fields(lines[1]), ", ")
		}
	}
	return m
}

// head opens the file of the table.
const head = "# Measured\n\nWritten by `make bench`; nobody types here. Ratios come from interleaved runs.\n"

// Section is the part of the table that one package's benchmarks make. aims is
// asked for a bound by benchmark and unit.
func Section(title string, m Machine, at time.Time, commit string, rows []Row, aims func(name, unit string) Aim) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s · commit %s · %s, %d cores · disk %s · Linux %s · %s\n\n",
		title, at.UTC().Format("2006-01-02 15:04 MST"), commit, m.CPU, m.Cores, m.Disk, m.Kernel, m.Go)
	b.WriteString("| benchmark | unit | median | raw values | aim | |\n|---|---|---:|---|---|---|\n")
	for _, r := range rows {
		raw := make([]string, len(r.Values))
		for i, v := range r.Values {
			raw[i] = number(v)
		}
		aim := aims(r.Name, r.Unit)
		verdict := ""
		if aim != (Aim{}) {
			verdict = "met"
			if !aim.Met(r.Median()) {
				verdict = "**missed**"
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.Name, r.Unit, number(r.Median()), strings.Join(raw, " "), aim, verdict)
	}
	return b.String()
}

// Merge puts a section into the file's text in the place of the one with its
// title, or at the end. A text without our head is begun anew.
func Merge(text, section string) string {
	if !strings.HasPrefix(text, head) {
		text = head
	}
	title, _, _ := strings.Cut(section, "\n")
	parts := strings.Split(text[len(head):], "\n## ")
	out, found := head, false
	for _, p := range parts[1:] {
		p = strings.TrimRight("## "+p, "\n") + "\n"
		if have, _, _ := strings.Cut(p, "\n"); have == title {
			p, found = section, true
		}
		out += "\n" + p
	}
	if !found {
		out += "\n" + section
	}
	return out
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
