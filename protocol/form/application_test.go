package form_test

import (
	"testing"

	"zhunkao/protocol/form"
)

// Who typed a small x, full-width digits or blanks is found by the number on
// her card; what she typed stays as it is.
func TestNumberIsThatOfTheCard(t *testing.T) {
	for typed, want := range map[string]string{
		"43010219900101901x": "43010219900101901X", "４３０１０２１９９００１０１９０１Ｘ": "43010219900101901X", "430102 19900101 901x": "43010219900101901X",
		"43010219900101901X": "43010219900101901X", "h12345678": "H12345678", "": "", "\x01": "\x01",
	} {
		a := form.Application{Fields: form.Fields{form.DocumentNumber: typed}}
		if got := a.Number().Reveal(); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
		if a.Get(form.DocumentNumber) != typed {
			t.Errorf("%q: what was typed is gone", typed)
		}
	}
}
