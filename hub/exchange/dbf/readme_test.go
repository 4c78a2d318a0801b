package dbf

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The codes are a stable door: README lists those that check prints, all of
// them, and says of each that is harmless that it is.
func TestREADMEListsTheCodes(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(b), "## DBF tables")
	section, _, _ = strings.Cut(section, "\n## ")
	listed := map[string]bool{} // harmless
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, "|"); len(cells) == 5 {
			for _, m := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(cells[1], -1) {
				listed[m[1]] = strings.Contains(cells[3], "harmless")
			}
		}
	}
	want := map[string]bool{}
	for code := range words {
		if !slices.Contains([]string{TooWide, TooFine, Full, NotInSet, BlankEdge, Control}, code) { // Writer's own
			want[code] = fault(0, "", code, "", "").Harmless
		}
	}
	if !maps.Equal(listed, want) {
		t.Errorf("README lists %v, the reader has %v", listed, want)
	}
}
