package hub_test

import (
	"bufio"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// breakout is what a name would hold that wants to write a log line of its own.
const breakout = "邬\r\n{\"time\":\"2019-01-01T00:00:00Z\",\"level\":\"ERROR\",\"msg\":\"hub ends\"}\x1b[31m\x00\u2028\"}"

// attributes reads the table of README.md: every attribute that a line of the
// log may have.
func attributes(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(text), "\n## The log\n")
	if !ok {
		t.Fatal("README.md has no section on the log")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	out := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| ((?:`[a-z]+`(?:, )?)+) \\|").FindAllStringSubmatch(section, -1) {
		for _, w := range regexp.MustCompile("`([a-z]+)`").FindAllStringSubmatch(m[1], -1) {
			out[w[1]] = true
		}
	}
	if len(out) < 10 {
		t.Fatalf("only %d attributes are listed", len(out))
	}
	return out
}

// lines parses a log: every line must be one JSON object with time, level, msg
// and attributes that are listed.
func lines(t *testing.T, text string, known map[string]bool) []map[string]any {
	t.Helper()
	var out []map[string]any
	scan := bufio.NewScanner(strings.NewReader(text))
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		var line map[string]any
		if err := json.Unmarshal(scan.Bytes(), &line); err != nil {
			t.Errorf("no JSON object: %v: %.200q", err, scan.Text())
			continue
		}
		at, _ := line["time"].(string)
		if _, err := time.Parse(time.RFC3339Nano, at); err != nil {
			t.Errorf("a line without time: %.200q", scan.Text())
		}
		if level, _ := line["level"].(string); !slices.Contains([]string{"DEBUG", "INFO", "WARN", "ERROR"}, level) {
			t.Errorf("a line of level %q", level)
		}
		if msg, _ := line["msg"].(string); msg == "" || msg == "hub ends" {
			t.Errorf("a line that says %q", msg)
		}
		for k := range line {
			if !known[k] {
				t.Errorf("attribute %q is not listed in README.md: %.200q", k, scan.Text())
			}
		}
		out = append(out, line)
	}
	if scan.Err() != nil {
		t.Fatal(scan.Err())
	}
	return out
}

// TestLogNamesNobody runs a hub through registering, confirming, refusing,
// signing in, searching, calling and failing, with people whose names want to
// break out, and searches what it logged for everything of theirs (S17, and the
// rule that no log names a person).
func TestLogNamesNobody(t *testing.T) {
	s := newSite(t)
	s.start()
	hostile := s.people[1]
	hostile.Application = hostile.Application.Clone()
	hostile.Application.Version++
	hostile.Application.Fields[form.FullName] = breakout
	s.must(s.hub.DB().Write(t.Context(), func(tx *db.Tx) error {
		return s.hub.Flow().Register(t.Context(), tx, hostile.Application, candidate.FromPortal, flow.Hub())
	}))
	b, status := s.enrol(s.ticket())
	if status != http.StatusOK {
		t.Fatal(status)
	}
	s.must(b.connect())
	b.hello()
	b.hears(protocol.KindWelcome, nil)
	for _, p := range []synthetic.Person{s.people[0], hostile, s.people[0]} { // the third is a second confirmation
		b.confirm(p)
		b.hears(protocol.KindReceipts, nil)
	}
	for _, kind := range []protocol.Kind{protocol.KindHello, protocol.KindManifest, protocol.KindChunk, protocol.KindHeartbeat} {
		b.say(kind, []byte(breakout))
	}
	read := s.signIn()
	read()
	base := "http://" + s.hub.Addresses().Pages
	secrets := []string{"岳麓山下有一所学校"}
	for _, p := range []synthetic.Person{s.people[0], s.people[1], hostile} {
		for _, v := range p.Application.Fields {
			// Codes and yes or no are nobody's; what is longer could be somebody's.
			if len([]rune(v)) >= 2 && strings.Trim(v, "0123456789.-") != "" || len(v) >= 8 {
				secrets = append(secrets, v)
			}
		}
	}
	ask := func(method, path, body string, header ...string) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
		s.must(err)
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		res, err := http.DefaultClient.Do(req)
		s.must(err)
		defer res.Body.Close()
		return res.Status
	}
	form := url.Values{"login": {breakout}, "password": {"口令-zz-secret-9"}, "code": {"000000"}}.Encode()
	secrets = append(secrets, "zz-secret-9", "zk1_zz-secret", "cookie-zz-secret", "path-zz-secret", "agent-zz-secret")
	ask("POST", "/gl/sign-in", form, "Content-Type", "application/x-www-form-urlencoded", "Origin", base)
	ask("GET", "/gl/confirmations/path-zz-secret%0d%0a%7b", "", "Cookie", "zhunkao-gl=cookie-zz-secret", "User-Agent", "agent-zz-secret")
	ask("GET", "/gl?name="+url.QueryEscape(breakout)+"path-zz-secret", "")
	ask("GET", "/api/v1/points?after=path-zz-secret", "", "Authorization", "Bearer zk1_zz-secret")
	if c, err := net.Dial("tcp", s.hub.Addresses().Pages); err == nil { // no HTTP at all
		_, _ = c.Write([]byte(breakout + "\r\n\r\n"))
		_ = c.Close()
	}
	// A fault of ours: the page says a number, the log what it was.
	s.must(s.hub.DB().Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `ALTER TABLE access_token RENAME TO away`)
		return err
	}))
	if got := ask("GET", "/api/v1/points", "", "Authorization", "Bearer zk1_zz-secret"); !strings.HasPrefix(got, "500") {
		t.Errorf("the fault is answered %s", got)
	}
	s.must(s.stop())
	log := s.log.String()
	got := lines(t, log, attributes(t))
	for _, want := range []string{"web: request failed", "box enrolled", "message not taken", "hub is closed"} {
		if !slices.ContainsFunc(got, func(l map[string]any) bool { return l["msg"] == want }) {
			t.Errorf("the log does not say %q, so little was tried", want)
		}
	}
	plain := plainly(got)
	for _, secret := range secrets {
		if strings.Contains(plain, secret) || strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if len(secrets) < 20 {
		t.Errorf("only %d things of theirs were searched for", len(secrets))
	}
}

// plainly gives every text of a log without its escapes.
func plainly(lines []map[string]any) string {
	var b strings.Builder
	for _, l := range lines {
		for _, k := range slices.Sorted(maps.Keys(l)) {
			if s, ok := l[k].(string); ok {
				b.WriteString(s + "\n")
			}
		}
	}
	return b.String()
}

// TestAttributesAreListed reads every call to a logger in the hub's sources: its
// message is a constant, its attributes are those of README.md, and README.md
// lists no other. What a caller puts into a message could break out of it.
func TestAttributesAreListed(t *testing.T) {
	known := attributes(t)
	used := map[string]bool{"time": true, "level": true, "msg": true}
	calls := 0
	err := filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			args, ok := logged(call)
			if !ok {
				return true
			}
			calls++
			for i := 0; i < len(args); i += 2 {
				lit, ok := args[i].(*ast.BasicLit)
				if !ok {
					t.Errorf("%s: an attribute is no constant", set.Position(args[i].Pos()))
					continue
				}
				key, err := strconv.Unquote(lit.Value)
				if err != nil || !known[key] {
					t.Errorf("%s: attribute %s is not listed in README.md", set.Position(lit.Pos()), lit.Value)
				}
				used[key] = true
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for k := range known {
		if !used[k] {
			t.Errorf("README.md lists %q, which no line has", k)
		}
	}
	if calls < 40 {
		t.Errorf("only %d calls were found", calls)
	}
}

// logged gives the attributes of a call to a logger.
func logged(call *ast.CallExpr) ([]ast.Expr, bool) {
	skip := 1 // the message
	switch f := call.Fun.(type) {
	case *ast.Ident:
		if f.Name != "say" || len(call.Args) < 3 {
			return nil, false
		}
	case *ast.SelectorExpr:
		of := ""
		switch x := f.X.(type) {
		case *ast.Ident:
			of = x.Name
		case *ast.SelectorExpr:
			of = x.Sel.Name
		}
		if !strings.EqualFold(of, "log") {
			return nil, false
		}
		switch f.Sel.Name {
		case "Debug", "Info", "Warn", "Error":
		case "With":
			skip = 0
		case "Log":
			skip = 3
		default:
			return nil, false
		}
	default:
		return nil, false
	}
	if len(call.Args) < skip {
		return nil, false
	}
	return call.Args[skip:], true
}
