package rehearsal_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The import law of the design. For each package, longest prefix first, what
// of ours it may import. A prefix ending in /* means that folder and all in
// it. Test files are free: baselines and attackers live there.
var ours = []struct {
	pkg string   // path below the module
	may []string // paths below the module
}{
	{"protocol/identity", nil},
	{"protocol/gbk", nil},
	{"protocol/window", nil},
	{"protocol/democlock", nil},
	{"protocol/look", nil},
	{"protocol/form", []string{"protocol/identity", "protocol/gbk"}},
	{"protocol/campaign", []string{"protocol/form", "protocol/window", "protocol/identity", "protocol/gbk", "protocol/campaign/*"}},
	{"protocol/sheet", []string{"protocol/identity", "protocol/form", "protocol/campaign"}},
	{"protocol", []string{"protocol/*"}},
	{"hw/fault", nil},
	{"hw/ptytest", nil}, // a cable: what emulators share with each other
	// An emulator shares no code with what it tests.
	{"hw/idcardtest", []string{"hw/ptytest"}},
	{"hw/cameratest", nil},
	{"hw/printertest", nil},
	{"hw/paneltest", []string{"hw/ptytest"}},
	{"hw/sticktest", nil},
	{"hw/guest", nil},
	{"hw/cmd/hwemu", []string{"hw/*", "protocol/look"}},
	{"hw", []string{"hw/*"}},
	{"appliance", []string{"protocol", "protocol/*", "hw/*", "appliance/*"}},
	// A network printer is no device of the hub's but a peer at an address: its doc.go says
	// why this one package, and no other of the hub, may speak to it with hw's driver.
	{"hub/printroom", []string{"hub/*", "hw/printer", "hw/fault"}},
	{"hub", []string{"protocol", "protocol/*", "hub/*"}},
	// The payment companies of the demonstration share no code with what talks to them.
	{"provisioning/cashier", []string{"protocol/look"}},
	{"provisioning", []string{"protocol", "protocol/*", "hw/*", "appliance", "appliance/*", "hub", "hub/*", "provisioning/*"}},
}

// The quarantine of third parties: who alone may import them, outside tests.
// provisioning assembles whole systems and is held to the same list.
var theirs = []struct {
	lib string
	may []string
}{
	{"go.etcd.io/bbolt", []string{"appliance/store", "hub/blob"}},
	{"github.com/eclipse/paho.mqtt.golang", []string{"appliance/link", "hub/intake", "hub/dispatch"}},
	{"github.com/nats-io/", []string{"hub/broker"}},
	{"github.com/gin-gonic/", []string{"hub/web"}},
	{"github.com/goccy/go-yaml", []string{"hub/web"}},
	{"github.com/prometheus/", []string{"hub/metrics"}},
	{"github.com/wechatpay-apiv3/", []string{"hub/payment/channel"}},
	{"modernc.org/", []string{"hub/db"}},
	{"github.com/jackc/", []string{"hub/db"}},
	{"github.com/pressly/goose", []string{"hub/db"}},
	{"go.bug.st/serial", []string{"hw"}},
	{"periph.io/", []string{"hw"}},
	{"github.com/creack/pty", []string{"hw"}},
	{"github.com/blackjack/webcam", []string{"hw"}},
	{"github.com/esimov/pigo", []string{"hw"}},
	{"github.com/OpenPrinting/goipp", []string{"hw"}},
	{"github.com/google/go-tpm", []string{"hw"}},
	{"github.com/foxboron/go-tpm-keyfiles", []string{"hw"}},
	{"github.com/xuri/excelize", []string{"hub/exchange"}},
	{"golang.org/x/image", []string{"hw", "protocol/sheet", "provisioning/fonts"}},
}

// Devices that are not there: outside tests only each other, the emulators'
// command and the rehearsal may import them, so that no other shipped program
// can. Which of them may import which, the list above says.
var unreal = []string{"hw/idcardtest", "hw/cameratest", "hw/printertest", "hw/printertest/ippeve", "hw/paneltest", "hw/sticktest", "hw/ptytest", "hw/guest"}

// The wire itself, package protocol: in the hub only these may import it.
var wire = []string{"hub/intake", "hub/dispatch", "hub/fleet"}

type pkg struct {
	ImportPath string
	Imports    []string
	Module     *struct{ Main bool }
}

func load(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Module", "zhunkao/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
	if len(pkgs) < 20 {
		t.Fatalf("go list found only %d packages", len(pkgs))
	}
	return pkgs
}

func under(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

func permits(list []string, path string) bool {
	return slices.ContainsFunc(list, func(m string) bool {
		if dir, all := strings.CutSuffix(m, "/*"); all {
			return strings.HasPrefix(path, dir+"/")
		}
		return path == m
	})
}

func TestImportLaw(t *testing.T) {
	for _, p := range load(t) {
		me := strings.TrimPrefix(p.ImportPath, "zhunkao/")
		for _, imp := range p.Imports {
			if target, mine := strings.CutPrefix(imp, "zhunkao/"); mine {
				checkOurs(t, me, target)
				checkUnreal(t, me, target)
				continue
			}
			for _, q := range theirs {
				if strings.HasPrefix(imp, q.lib) && !slices.ContainsFunc(q.may, func(m string) bool { return under(me, m) }) {
					t.Errorf("%s imports %s, which only %v may", me, imp, q.may)
				}
			}
		}
	}
}

func checkOurs(t *testing.T, me, target string) {
	t.Helper()
	part, _, nested := strings.Cut(me, "/")
	// Sub-packages, cmd/* aside, never import the root of their part.
	isCmd := strings.HasPrefix(me, part+"/cmd/")
	if target == part && nested && !isCmd && part != "protocol" {
		t.Errorf("%s imports the root of its own part", me)
		return
	}
	if isCmd && target == part {
		return
	}
	if part == "hub" && target == "protocol" && !slices.ContainsFunc(wire, func(m string) bool { return under(me, m) }) {
		t.Errorf("%s imports the wire, which in the hub only %v may", me, wire)
	}
	for _, rule := range ours {
		if !under(me, rule.pkg) {
			continue
		}
		if under(target, rule.pkg) && rule.pkg != part { // a package and its own sub-packages
			return
		}
		if !permits(rule.may, target) {
			t.Errorf("%s imports %s, which the law does not allow", me, target)
		}
		return
	}
	t.Errorf("%s stands under no rule of the import law", me)
}

func checkUnreal(t *testing.T, me, target string) {
	t.Helper()
	if slices.Contains(unreal, target) && !under(me, "hw/cmd/hwemu") && !under(me, "provisioning/rehearsal") && !slices.Contains(unreal, me) && !under(target, me) {
		t.Errorf("%s imports %s, which is for tests and for hwemu", me, target)
	}
}

// TestImportLawBites shows that the law can fail: known offenders are refused.
func TestImportLawBites(t *testing.T) {
	for _, c := range []struct{ me, target string }{
		{"hub/candidate", "protocol"},
		{"hub/candidate", "appliance/store"},
		{"hw/idcard", "protocol/identity"},
		{"hw/idcardtest", "hw/serial"},
		{"hw/paneltest", "hw/idcardtest"},
		{"hw/ptytest", "hw/serial"},
		{"appliance/visit", "appliance"},
		{"protocol/identity", "protocol/form"},
		{"hub/web/console", "provisioning/demo"},
		{"hub/web", "hw/printer"},
		{"hub/printroom", "hw/camera"},
		{"hub/printroom", "appliance/spool"},
		{"provisioning/cashier", "hub/payment/channel"},
		{"provisioning/cashier", "hub/payment"},
	} {
		probe := &testing.T{}
		checkOurs(probe, c.me, c.target)
		if !probe.Failed() {
			t.Errorf("%s may import %s, and must not", c.me, c.target)
		}
	}
	for _, target := range unreal {
		for _, me := range []string{"hw/cmd/hwcheck", "hw/serial", "appliance", "appliance/cmd/kioskd", "provisioning/demo"} {
			probe := &testing.T{}
			checkUnreal(probe, me, target)
			if !probe.Failed() {
				t.Errorf("%s may import %s, and must not", me, target)
			}
		}
	}
}

func TestImportListStands(t *testing.T) {
	pkgs := load(t)
	have := func(path string) bool {
		return slices.ContainsFunc(pkgs, func(p pkg) bool { return under(strings.TrimPrefix(p.ImportPath, "zhunkao/"), path) })
	}
	named := slices.Concat(wire, unreal)
	for _, rule := range ours {
		named = append(named, rule.pkg)
	}
	for _, rule := range theirs {
		named = append(named, rule.may...)
	}
	for _, n := range named {
		if !have(n) {
			t.Errorf("the law names %s, which does not exist", n)
		}
	}
}
