package page

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Lang is a language of the pages.
type Lang string

// The languages. Chinese is the first and the default.
const (
	Zh Lang = "zh"
	En Lang = "en"
)

// ParseLang reads a language as the switch sends it; anything else is Chinese.
func ParseLang(s string) Lang {
	if s == string(En) {
		return En
	}
	return Zh
}

// readPhrases reads every file of the catalogue: one for each group of pages.
func readPhrases(files fs.FS) (map[string]phrase, error) {
	out := map[string]phrase{}
	names, err := fs.Glob(files, "phrases/*.tsv")
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		text, err := fs.ReadFile(files, n)
		if err != nil {
			return nil, err
		}
		if err := parsePhrases(path.Base(n), string(text), out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// phrase is one text in both languages. %s and %d stand for arguments.
type phrase struct{ zh, en string }

func (p phrase) in(l Lang) string {
	if l == En {
		return p.en
	}
	return p.zh
}

// parsePhrases reads a file of the catalogue into out: one phrase a line, key
// TAB Chinese TAB English; lines that are empty or begin with # are for the
// reader. A key given twice or without one of its languages is refused.
func parsePhrases(name, text string, out map[string]phrase) error {
	for i, line := range strings.Split(text, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 || f[0] == "" || f[1] == "" || f[2] == "" {
			return fmt.Errorf("%s line %d: want key, Chinese and English", name, i+1)
		}
		if _, twice := out[f[0]]; twice {
			return fmt.Errorf("%s line %d: %s stands twice", name, i+1, f[0])
		}
		if strings.Count(f[1], "%") != strings.Count(f[2], "%") {
			return fmt.Errorf("%s line %d: the languages of %s take different arguments", name, i+1, f[0])
		}
		out[f[0]] = phrase{f[1], f[2]}
	}
	return nil
}

// Text gives a phrase, with its arguments put in. A key that does not exist
// comes back as itself: a page with one odd word is better than no page, and
// the catalogue test keeps it from happening.
func (c *Set) Text(l Lang, key string, args ...any) string {
	p, ok := c.phrases[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return p.in(l)
	}
	return fmt.Sprintf(p.in(l), args...)
}

// Has reports whether the catalogue holds a key.
func (c *Set) Has(key string) bool {
	_, ok := c.phrases[key]
	return ok
}

// Keys gives the keys of the catalogue that begin like this, in order.
func (c *Set) Keys(stem string) []string {
	var out []string
	for k := range c.phrases {
		if strings.HasPrefix(k, stem) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}
