package portal

import "testing"

func TestDrawn(t *testing.T) {
	for path, want := range map[string]string{
		"":                                  "",
		"1 2":                               "",
		"0 0 1 1 2 2 3 3;4 4 5 5 6 6 7 7":   "M0 0L1 1L2 2L3 3M4 4L5 5L6 6L7 7",
		"0 0 1 1 2 2 3 3 4 4 5 5 6 6 7":     "",
		"0 0 1 1 2 2 3 3 4 4 5 5 6 6 7 401": "",
		`0 0"><script>`:                     "",
	} {
		if got := drawn(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}
