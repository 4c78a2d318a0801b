package dossier

import (
	_ "embed" // items.tsv
	"fmt"
	"strings"
)

//go:embed items.tsv
var itemsText string

// Words are said in Chinese and in English.
type Words struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// In gives them in one language.
func (w Words) In(english bool) string {
	if english {
		return w.En
	}
	return w.Zh
}

// Item is one kind of thing that is kept.
type Item struct {
	Key                  string
	What, Why, Kept, Who Words
}

// Items lists what the hub keeps about a person, in the order in which it comes
// about.
func Items() ([]Item, error) {
	var out []Item
	for i, line := range strings.Split(strings.TrimSpace(itemsText), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 9 {
			return nil, fmt.Errorf("dossier: items.tsv:%d: %d columns", i+1, len(f))
		}
		out = append(out, Item{Key: f[0], What: Words{f[1], f[2]}, Why: Words{f[3], f[4]}, Kept: Words{f[5], f[6]}, Who: Words{f[7], f[8]}})
	}
	return out, nil
}

// Table is the list in English as hub/README.md has it.
func Table() (string, error) {
	all, err := Items()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| What | Why | How long | Who sees it |\n|---|---|---|---|\n")
	for _, i := range all {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", i.What.En, i.Why.En, i.Kept.En, i.Who.En)
	}
	return b.String(), nil
}
