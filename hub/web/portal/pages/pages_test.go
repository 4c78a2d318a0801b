package pages

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func newPages(t *testing.T) *Pages {
	t.Helper()
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestScenes draws every page in every state in both languages and holds the
// result to what the content policy and the catalogue ask.
func TestScenes(t *testing.T) {
	p := newPages(t)
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script>|javascript:`)
	key := regexp.MustCompile(`>\s*[a-z][a-z-]*\.[a-z][a-z.-]*\s*<`)
	post := regexp.MustCompile(`(?s)<form[^>]*method="post".*?</form>`)
	for _, l := range []Lang{Zh, En} {
		for _, s := range Scenes(l) {
			html, err := p.Render(s.Template, s.Frame, s.Body)
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
			if strings.Contains(text, "ZgotmplZ") || strings.Contains(text, "<no value>") {
				t.Errorf("%s %s: a value the template refused", l, s.Path())
			}
			if n := strings.Count(text, `class="button primary`); n > 1 {
				t.Errorf("%s %s: %d primary actions", l, s.Path(), n)
			}
			for _, form := range post.FindAllString(text, -1) {
				// A form that was kept for sending again has its token sealed in it.
				// A channel's page is another site's: it is given no token of ours.
				if strings.Contains(form, `action="https://`) {
					if strings.Contains(form, `name="token"`) {
						t.Errorf("%s %s: another site is given our token", l, s.Path())
					}
					continue
				}
				if !strings.Contains(form, `name="token" value="`) && !strings.Contains(form, `name="kept" value="`) {
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
	for _, name := range newPages(t).Templates() {
		if !shown[name] {
			t.Errorf("template %s is in no scene of the gallery", name)
		}
	}
}

// TestPhrasesExist: every key a template names has words.
func TestPhrasesExist(t *testing.T) {
	p := newPages(t)
	named := regexp.MustCompile(`\bt "([a-z0-9.-]+)"`)
	err := fs.WalkDir(files, "templates", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		for _, m := range named.FindAllStringSubmatch(string(b), -1) {
			if !p.Has(m[1]) {
				t.Errorf("%s names %s, which has no words", path, m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWordsAreInTheCatalogue: what a person reads stands in the catalogue and
// in no program or template (scenes aside, which nobody sees but us).
func TestWordsAreInTheCatalogue(t *testing.T) {
	han := regexp.MustCompile(`\p{Han}`)
	for _, glob := range []string{"*.go", "templates/*.html", "../*.go"} {
		names, err := filepath.Glob(glob)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", glob, err)
		}
		for _, n := range names {
			base := filepath.Base(n)
			if strings.HasSuffix(n, "_test.go") || strings.HasPrefix(base, "gallery") {
				continue
			}
			b, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(b), "\n") {
				code, _, _ := strings.Cut(line, "//")
				switch m := han.FindStringIndex(code); {
				case m == nil:
				case strings.Contains(code, `lang="zh-CN">中文<`): // the name of the other language
				case strings.Contains(code, `" 月 "`), strings.Contains(code, `" 日"`), strings.Contains(code, "月%d日"), strings.Contains(code, "月%d—"), strings.Contains(code, `"、"`): // how dates and lists are written
				default:
					t.Errorf("%s:%d: words outside the catalogue", n, i+1)
				}
			}
		}
	}
}
