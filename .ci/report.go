// Command report runs "go test -json" and prints the usual lines. It ends with 1
// if a test failed, or was skipped without leave: a peer that is missing in CI is
// a failure, whatever the test itself makes of it.
//
//	go run .ci/report.go -may .ci/may-skip [-short] -- go test -json ./...
//
// Each line of the file of leaves is a package below the module, a test, and the
// reason; "short" before the package gives leave in the short form only. A leave
// that its test did not take is an error too: the list cannot grow old. "machine"
// before the package names what the machine decides: it may be taken or not.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

// leaves are the tests that may skip: "package Test" → it did.
type leaves struct {
	known  map[string]bool
	either map[string]bool // may be taken or not
}

func main() {
	file := flag.String("may", "", "file of the tests that may skip")
	short := flag.Bool("short", false, "the short form of the tests")
	flag.Parse()
	l, err := read(*file, *short)
	if err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
	test := exec.Command(flag.Arg(0), flag.Args()[1:]...)
	test.Stderr = os.Stderr
	out, err := test.StdoutPipe()
	if err == nil {
		err = test.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
	good := l.report(out)
	if err := test.Wait(); err != nil || !good {
		os.Exit(1)
	}
}

func read(path string, short bool) (leaves, error) {
	l := leaves{known: map[string]bool{}, either: map[string]bool{}}
	b, err := os.ReadFile(path)
	if err != nil {
		return l, err
	}
	for n, line := range strings.Split(string(b), "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if f[0] == "short" {
			if f = f[1:]; !short {
				continue
			}
		}
		either := f[0] == "machine"
		if either {
			f = f[1:]
		}
		if len(f) < 3 {
			return l, fmt.Errorf("%s:%d: want package, test, reason", path, n+1)
		}
		l.known[f[0]+" "+f[1]] = false
		l.either[f[0]+" "+f[1]] = either
	}
	return l, nil
}

// report prints packages as they end, and what a failed or skipped test said.
func (l leaves) report(out io.Reader) bool {
	good := true
	var bad []string              // what failed, with its last lines, to be said once more at the end
	said := map[string][]string{} // of a test, until it ends
	ended := map[string]bool{}    // packages
	took := map[string]float64{}  // seconds, of tests
	in := bufio.NewScanner(out)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e event
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			fmt.Println(in.Text()) // a build's own words
			continue
		}
		name := strings.TrimPrefix(e.Package, "zhunkao/") + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			if e.Test == "" && (strings.HasPrefix(e.Output, "ok ") || strings.HasPrefix(e.Output, "PASS") || e.Output == "FAIL\n" || strings.HasPrefix(e.Output, "?")) {
				continue
			}
			said[name] = append(said[name], e.Output)
		case "pass":
			delete(said, name)
		case "skip":
			if _, may := l.known[name]; may {
				l.known[name] = true
			} else if e.Test != "" {
				good = false
				fmt.Printf("SKIPPED without leave: %s\n%s", name, strings.Join(said[name], ""))
			}
			delete(said, name)
		case "fail", "build-fail":
			good = false
			fmt.Printf("FAILED: %s\n%s", name, strings.Join(said[name], ""))
			if e.Test != "" || e.Action == "build-fail" {
				bad = append(bad, name+"\n"+tail(said[name]))
			}
			delete(said, name)
		}
		if e.Test != "" && e.Elapsed >= 5 {
			took[name] = e.Elapsed
		}
		if e.Test == "" && (e.Action == "pass" || e.Action == "fail") {
			ended[strings.TrimPrefix(e.Package, "zhunkao/")] = true
			fmt.Printf("%-4s %s %.1fs\n", e.Action, e.Package, e.Elapsed)
		}
	}
	if err := in.Err(); err != nil {
		fmt.Println("report:", err)
		return false
	}
	for name, taken := range l.known {
		if pkg, _, _ := strings.Cut(name, " "); !taken && ended[pkg] && !l.either[name] {
			good = false
			fmt.Printf("%s may skip and did not: take it off the list\n", name)
		}
	}
	slowest(took)
	for _, b := range bad {
		fmt.Printf("\n== failed: %s", b)
	}
	return good
}

// at is where a test says what is wrong with it, in its own words: "city_test.go:47: …".
var at = regexp.MustCompile(`^\s+\w+_test\.go:\d+: `)

// tail is the end of what a test said, and last what it failed of: a story prints
// the logs of its programs behind that.
func tail(lines []string) string {
	const most, wrong, wide = 12, 4, 600
	out := slices.Clone(lines[max(0, len(lines)-most):])
	found := 0
	for _, line := range lines {
		if at.MatchString(line) && found < wrong {
			found++
			out = append(out, strings.TrimRight(line[:min(len(line), wide)], "\n")+"\n")
		}
	}
	return strings.Join(out, "")
}

// slowest lists what took longest: where the minutes of a run can be saved.
func slowest(took map[string]float64) {
	const most = 20
	names := slices.SortedFunc(maps.Keys(took), func(a, b string) int { return cmp.Compare(took[b], took[a]) })
	for _, name := range names[:min(most, len(names))] {
		fmt.Printf("slow %s %.0fs\n", name, took[name])
	}
}
