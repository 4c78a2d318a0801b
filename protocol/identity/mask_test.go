package identity_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/protocol/identity"
)

type secrets struct {
	Number identity.Number `cbor:"number" json:"number"`
	Name   identity.Name   `cbor:"name" json:"name"`
	Phone  identity.Phone  `cbor:"phone" json:"phone"`
}

func holder() secrets {
	return secrets{identity.Number(number("43010219840904902")), "欧阳小玉", "19900000901"}
}

func leaks(t *testing.T, how, text string) {
	t.Helper()
	for _, secret := range []string{"19840904", "小玉", "阳", "0000090", "e5b08f", "E5B08F", "3433303130"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows %q", how, secret)
		}
	}
}

func TestNothingPrintsWhole(t *testing.T) {
	s := holder()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%30s", "%-30v", "%.2s", "% x"} {
		leaks(t, verb, fmt.Sprintf(verb, s.Number)+fmt.Sprintf(verb, s.Name)+fmt.Sprintf(verb, s.Phone))
		leaks(t, verb+" of struct", fmt.Sprintf(verb, s))
		leaks(t, verb+" of pointer", fmt.Sprintf(verb, &s))
		leaks(t, verb+" of list", fmt.Sprintf(verb, []identity.Number{s.Number}))
		leaks(t, verb+" of map", fmt.Sprintf(verb, map[identity.Number]identity.Name{s.Number: s.Name}))
	}
	leaks(t, "error", fmt.Errorf("for %s: %w", s.Number, identity.ErrBirth).Error())
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "number", s.Number, "name", s.Name, "phone", s.Phone)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "number", s.Number, "name", s.Name, "phone", s.Phone, "all", s)
	leaks(t, "slog", b.String())
	if got, want := s.Number.String(), "430***********"+string(s.Number[14:]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := fmt.Sprintf("%6s|%-6s|%q", identity.Name("王喆"), identity.Name("王喆"), identity.Name("王喆")); got != `    王*|王*    |"王*"` {
		t.Errorf("width and quotes: %s", got)
	}
}

func TestMasks(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{identity.MaskNumber("USA430084090404"), "USA********0404"},
		{identity.MaskNumber("H01234567"), "H******67"},
		{identity.MaskNumber("1234567"), "*******"},
		{identity.MaskNumber(""), ""},
		{identity.MaskName("𠮷"), "*"},
		{identity.MaskName("𠮷野"), "𠮷*"},
		{identity.MaskName("阿卜杜热合曼·阿卜杜克热木"), "阿**"},
		{identity.MaskName(""), ""},
		{identity.MaskPhone("19900000901"), "199******01"},
		{identity.MaskPhone("110"), "***"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %s, want %s", tc.got, tc.want)
		}
	}
}

// The wire must carry what the screen hides.
func TestWireCarriesWhole(t *testing.T) {
	s := holder()
	var viaCBOR, viaJSON secrets
	b, err := cbor.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := cbor.Unmarshal(b, &viaCBOR); err != nil || viaCBOR != s {
		t.Errorf("CBOR: %v, equal %t", err, viaCBOR == s)
	}
	if b, err = json.Marshal(s); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &viaJSON); err != nil || viaJSON != s {
		t.Errorf("JSON: %v, equal %t", err, viaJSON == s)
	}
}
