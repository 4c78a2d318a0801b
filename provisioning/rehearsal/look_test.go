package rehearsal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Each surface embeds its own copy of the tokens, because hw and the two sides
// share no code; the copies must stay one file. What a surface needs besides
// stands in a style sheet of its own.
func TestTokensAreOneFile(t *testing.T) {
	root := filepath.Join("..", "..")
	copies := []string{
		"appliance/kiosk/static/tokens.css", "hub/web/page/static/tokens.css",
		"hw/cmd/hwemu/static/tokens.css", "provisioning/demo/static/tokens.css",
	}
	first, err := os.ReadFile(filepath.Join(root, copies[0]))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range copies[1:] {
		b, err := os.ReadFile(filepath.Join(root, c))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(b, first) {
			t.Errorf("%s differs from %s; bring the change to all %d copies", c, copies[0], len(copies))
		}
	}
}
