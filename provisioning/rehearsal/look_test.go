package rehearsal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Each surface embeds its own copy of the tokens, of the components made of
// them, and of the picture that these name, because hw and the two sides share
// no code; the copies must stay one file. What a surface needs besides stands in
// a style sheet of its own.
func TestLookIsOneText(t *testing.T) {
	surfaces := []string{"appliance/kiosk", "appliance/desk", "hub/web/page", "hw/cmd/hwemu", "provisioning/demo", "provisioning/cashier"}
	for _, name := range []string{"tokens.css", "base.css", "chevron.svg"} {
		var first []byte
		for i, s := range surfaces {
			at := s + "/static/" + name
			b, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(at)))
			switch {
			case err != nil:
				t.Error(err)
			case i == 0:
				first = b
			case !bytes.Equal(b, first):
				t.Errorf("%s differs from that of %s; bring the change to all %d copies", at, surfaces[0], len(surfaces))
			}
		}
	}
}
