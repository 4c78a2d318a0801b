package applicant

import (
	"strings"
	"testing"
)

func TestTypedLogin(t *testing.T) {
	for typed, want := range map[string]string{
		"lihua4821": "name/lihua4821", " LiHua 4821 ": "name/lihua4821", "ｌｉｈｕａ４８２１": "name/lihua4821",
		"138 0731 5512": "phone/13807315512", "+86-138-0731-5512": "phone/13807315512", "１３８０７３１５５１２": "phone/13807315512",
		"0731-88881234": "name/073188881234", "李华": "/", "": "/", "a b\x00": "/", strings.Repeat("a", 40): "/",
	} {
		kind, value := typedLogin("", typed)
		if kind+"/"+value != want {
			t.Errorf("%q is %s/%s, want %s", typed, kind, value, want)
		}
	}
	if kind, value := typedLogin("gk", "0102 0090-1"); kind != byCard || value != "gk\x00010200901" {
		t.Errorf("a card: %s %q", kind, value)
	}
}

// FuzzTypedLogin: whatever is typed is nobody's or in a normal form that stays
// as it is, so that one login is never counted as two.
func FuzzTypedLogin(f *testing.F) {
	for _, s := range []string{"lihua4821", "138 0731 5512", "+8613807315512", "李华", "\x00", "ﬀ1", "İ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		kind, value := typedLogin("", s)
		again, same := typedLogin("", value)
		if kind != again || value != same {
			t.Errorf("%q is %s %q, and that is %s %q", s, kind, value, again, same)
		}
	})
}
