package identity_test

import (
	"errors"
	"strings"
	"testing"

	"zhunkao/protocol/identity"
)

func TestParsePhone(t *testing.T) {
	for _, tc := range []struct {
		in, want string
		err      error
	}{
		{"199 0000 0901", "19900000901", nil},
		{"＋86１９９００００0901", "19900000901", nil},
		{"+8619900000901", "19900000901", nil},
		{"0731-89000000", "0731-89000000", nil},
		{"010-89000000", "010-89000000", nil},
		{"073189000000-12", "073189000000-12", nil},
		{"12345678901", "", identity.ErrPhone},
		{"1990000090", "", identity.ErrPhone},
		{"", "", identity.ErrPhone},
		{strings.Repeat("1", 1<<16), "", identity.ErrPhone},
	} {
		if p, err := identity.ParsePhone(tc.in); p.Reveal() != tc.want || !errors.Is(err, tc.err) {
			t.Errorf("%.20s: got %q, %v", tc.in, p.Reveal(), err)
		}
	}
}
