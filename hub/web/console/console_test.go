package console

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/web/page"
	"zhunkao/protocol/campaign"
)

func newConsole(t *testing.T) *Console {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestScenes draws every page in every state in both languages and holds the
// result to what the content policy and the catalogue ask.
func TestScenes(t *testing.T) {
	c := newConsole(t)
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script>|javascript:`)
	key := regexp.MustCompile(`>\s*[a-z][a-z-]*\.[a-z][a-z.-]*\s*<`)
	idNumber := regexp.MustCompile(`(?:^|[^0-9A-Za-z])\d{17}[\dX](?:$|[^0-9A-Za-z])`) // as one for itself: an order has 20 digits
	for _, l := range []Lang{Zh, En} {
		for _, s := range Scenes(l) {
			html, err := c.Render(s.Template, s.Frame, s.Body)
			if err != nil {
				t.Errorf("%s %s: %v", l, s.Path(), err)
				continue
			}
			text := string(html)
			if m := inline.FindString(text); m != "" {
				t.Errorf("%s %s: the content policy would refuse %q", l, s.Path(), m)
			}
			if m := key.FindString(text); m != "" {
				t.Errorf("%s %s: a key without words: %s", l, s.Path(), m)
			}
			if m := idNumber.FindString(text); m != "" && s.State != "revealed" {
				t.Errorf("%s %s: shows an ID number", l, s.Path())
			}
			if strings.Contains(text, "ZgotmplZ") || strings.Contains(text, "<no value>") || strings.Contains(text, "%!") {
				t.Errorf("%s %s: a value the template refused", l, s.Path())
			}
			if n := strings.Count(text, `class="button primary`); n > 1 {
				t.Errorf("%s %s: %d primary actions", l, s.Path(), n)
			}
			for _, form := range regexp.MustCompile(`(?s)<form[^>]*method="post".*?</form>`).FindAllString(text, -1) {
				if !strings.Contains(form, `name="token" value="`) {
					t.Errorf("%s %s: a form without its token", l, s.Path())
				}
			}
		}
	}
}

// TestEveryTemplateHasAScene keeps the gallery whole.
func TestEveryTemplateHasAScene(t *testing.T) {
	shown := map[string]bool{"gallery": true}
	for _, s := range Scenes(Zh) {
		shown[s.Template] = true
	}
	for _, name := range newConsole(t).Templates() {
		if !shown[name] {
			t.Errorf("template %s is in no scene of the gallery", name)
		}
	}
}

// words are literals of programs, and where they stand.
type words map[string]string

// TestPhrases: every key a template or a program names exists, and every key
// is named somewhere. Of keys put together at run time the end must be a word
// of the packages that give them.
func TestPhrases(t *testing.T) {
	c := newConsole(t)
	given := words(literals(t, ".", "..", "../door", "../../intake", "../../../hw/fault", "../../../hw/printer", "../../../hw/panel", "../../../appliance", "../../../appliance/health", "../../../appliance/stick", "../../approval", "../../arrangement", "../../exampapers", "../../printroom", "../../candidate", "../../exchange/parcel", "../../confirmation", "../../consent", "../../countersign", "../../fleet", "../../flow", "../../incident", "../../org", "../../journal", "../../payment", "../../payment/channel", "../../payment/daybook", "../../payment/reconcile", "../../payment/teller", "../../../protocol/campaign", "../../staff", "../../storage", "../../../protocol", "../../../appliance/visit"))
	for _, a := range slices.Concat(campaign.Adult2019().Acts, campaign.Gaokao2014().Acts) { // the journal names acts of the table
		given[a.Key] = "acts.csv"
	}
	for lit := range literals(t, "../../journal") { // acts are found in groups
		if group, _, ok := strings.Cut(lit, "."); ok {
			given[group] = "journal"
		}
	}
	api, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`operationId: (\w+)`).FindAllStringSubmatch(string(api), -1) {
		given[m[1]] = "openapi.yaml"
	}
	used := map[string]bool{}
	missing := func(where, key string) {
		used[key] = true
		if !c.Has(key) {
			t.Errorf("%s names %s, which has no words", where, key)
		}
	}
	inTemplate := regexp.MustCompile(`\bt "([a-z0-9.-]+)"`)
	err = fs.WalkDir(files, "templates", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, p)
		for _, m := range inTemplate.FindAllStringSubmatch(string(b), -1) {
			missing(p, m[1])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for lit, where := range literals(t, ".", "..", "../door") {
		if c.Has(lit) {
			used[lit] = true
			if strings.HasPrefix(lit, "problem.") && !strings.HasSuffix(lit, ".text") { // a refusal names the heading only
				missing(where, lit+".text")
			}
		}
	}
	for _, key := range c.Keys("") {
		if used[key] || used[strings.TrimSuffix(key, ".text")] {
			continue
		}
		if !given.has(key) {
			t.Errorf("phrase %s is named nowhere", key)
		}
	}
}

// has reports whether a key put together at run time ends in a word that
// somebody gives: all after its first word, or its last one. What a page says
// beside such a word (what to do about it, why it is asked) hangs on behind.
func (given words) has(key string) bool {
	for _, more := range []string{"", ".text", ".do", ".note", ".why", ".open", ".do.text"} {
		short, cut := strings.CutSuffix(key, more)
		if !cut {
			continue
		}
		_, end, _ := strings.Cut(short, ".")
		_, last, _ := cutLast(end, ".")
		for _, x := range []string{end, last, strings.ReplaceAll(end, "-", " ")} {
			if _, ok := given[x]; ok && x != "" {
				return true
			}
		}
	}
	return false
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

// TestActsHaveWords: an act of the journal is never shown as its bare name.
func TestActsHaveWords(t *testing.T) {
	c, act, seen := newConsole(t), regexp.MustCompile(`^[a-z]+\.[a-z-]+$`), 0
	for lit := range literals(t, "../../journal") {
		if act.MatchString(lit) {
			seen++
			if !c.Has("act." + lit) {
				t.Errorf("act %s has no words", lit)
			}
		}
	}
	if seen < 20 {
		t.Errorf("found only %d acts", seen)
	}
}

// literals finds the texts in the Go files of some folders.
func literals(t *testing.T, dirs ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, d := range dirs {
		names, err := filepath.Glob(filepath.Join(d, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			if strings.HasSuffix(n, "_test.go") {
				continue
			}
			src, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			f, err := parser.ParseFile(token.NewFileSet(), n, src, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(x ast.Node) bool {
				if b, ok := x.(*ast.BasicLit); ok && b.Kind == token.STRING {
					if s, err := strconv.Unquote(b.Value); err == nil {
						out[s] = n
					}
				}
				return true
			})
		}
	}
	return out
}

func TestSignaturePath(t *testing.T) {
	for _, c := range []struct {
		strokes [][]uint16
		want    string
	}{
		{nil, ""},
		{[][]uint16{{}}, ""},
		{[][]uint16{{1}}, ""},
		{[][]uint16{{1, 2}}, "M1 2h.1"},
		{[][]uint16{{1, 2, 3, 4}, {5, 6, 7, 8, 9}}, "M1 2L3 4M5 6L7 8"},
	} {
		if got := (Signature{Width: 10, Height: 10, Strokes: c.strokes}).Path(); got != c.want {
			t.Errorf("%v: got %q, want %q", c.strokes, got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	c := newConsole(t)
	at := time.Date(2019, 9, 6, 2, 31, 9, 0, time.UTC)
	for _, x := range []struct{ got, want string }{
		{page.WallClock(Zh, at), "9月6日 星期五 10:31"},
		{page.WallClock(En, at), "Fri 6 Sep 10:31"},
		{When(at), "9-06 10:31:09"},
		{When(time.Time{}), "—"},
		{c.delay(Zh, 800*time.Millisecond), "0.8 秒"},
		{c.delay(Zh, 61*time.Second), "1 分钟"},
		{c.delay(En, 3*24*time.Hour), "3 days"},
		{c.ago(Zh, at, at.Add(-30*time.Second)), "30 秒前"},
		{c.ago(Zh, at, at.Add(-4700*time.Millisecond)), "4 秒前"},
		{c.ago(Zh, at, time.Time{}), "还没有"},
		{page.Grouped(103612), "103,612"},
		{page.Grouped(-1234), "-1,234"},
		{page.Grouped(uint64(7)), "7"},
	} {
		if x.got != x.want {
			t.Errorf("got %q, want %q", x.got, x.want)
		}
	}
}

// TestErasedHasNoName: who was erased is said to be, and nothing leads to a page of theirs.
func TestErasedHasNoName(t *testing.T) {
	html, err := newConsole(t).Render("changes", sceneFrame("arrangement"), SeatChanges{ID: "v1", Number: 2, Rows: []SeatChange{{Application: "gone1", Key: "arr.change.gone"}}})
	if err != nil {
		t.Fatal(err)
	}
	if page := string(html); !strings.Contains(page, "个人信息已删除") || strings.Contains(page, "gone1") {
		t.Error("the page does not say that the data were erased, or leads to them")
	}
}

// TestHostileText shows that what a person typed stays text.
func TestHostileText(t *testing.T) {
	c := newConsole(t)
	r := sceneRecord("in-force")
	r.Name = `"><script>alert(1)</script>`
	html, err := c.Render("record", sceneFrame("confirmations"), r)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(html), "<script>alert") {
		t.Error("a name became markup")
	}
}
