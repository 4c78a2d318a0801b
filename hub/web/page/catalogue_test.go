package page

import "testing"

func TestParsePhrases(t *testing.T) {
	for _, bad := range []string{"a\tb", "a\t\tc", "a\tb\tc\na\tb\tc", "a\t%d 份\tnone", "\tb\tc", "a\tb\tc\td"} {
		if err := parsePhrases("x.tsv", bad, map[string]phrase{}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	p := map[string]phrase{}
	err := parsePhrases("x.tsv", "# for the reader\n\na\t%s 前\t%s ago\n", p)
	if err != nil || p["a"].in(En) != "%s ago" || p["a"].in(Zh) != "%s 前" {
		t.Errorf("got %v, %v", p, err)
	}
}
