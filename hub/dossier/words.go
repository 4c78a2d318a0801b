package dossier

import (
	_ "embed" // words.tsv
	"fmt"
	"strings"
	"sync"
)

//go:embed words.tsv
var wordsText string

// catalogue is read once: it is embedded and never changes.
var catalogue = sync.OnceValues(func() (map[string]Words, error) {
	out := map[string]Words{}
	for i, line := range strings.Split(strings.TrimSpace(wordsText), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			return nil, fmt.Errorf("dossier: words.tsv:%d: %d columns", i+1, len(f))
		}
		out[f[0]] = Words{f[1], f[2]}
	}
	return out, nil
})

// speaker says words in one language.
type speaker struct {
	words   map[string]Words
	english bool
}

// t gives the words of a key, or the key: a state or an act of a later edition.
func (s speaker) t(key string, args ...any) string {
	w, ok := s.words[key]
	if !ok {
		_, last, _ := strings.Cut(key, ".")
		return last
	}
	if len(args) == 0 {
		return w.In(s.english)
	}
	return fmt.Sprintf(w.In(s.english), args...)
}
