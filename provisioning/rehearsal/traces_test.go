package rehearsal_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"zhunkao/protocol"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

// What looks for traces must find them, or it proves nothing.
func TestTracesAreFound(t *testing.T) {
	_, cards, err := demo.Seed(context.Background(), filepath.Join(t.TempDir(), "hub"), "")
	if err != nil {
		t.Fatal(err)
	}
	card := cards[0].Card
	var wide []byte
	for _, u := range utf16.Encode([]rune(card.Name.Reveal())) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	number := card.Number.Reveal()
	signature, err := protocol.Encode(protocol.Signature{Width: 800, Height: 300, Strokes: rehearsal.Strokes()})
	if err != nil {
		t.Fatal(err)
	}
	for what, planted := range map[string][]byte{
		"number":                   []byte(number),
		"number in hex":            []byte(hex.EncodeToString([]byte(number))),
		"number in base64":         []byte(base64.StdEncoding.EncodeToString([]byte(number))),
		"number in base64, moved":  []byte(base64.StdEncoding.EncodeToString([]byte("x" + number))),
		"number in base64, moved2": []byte(base64.StdEncoding.EncodeToString([]byte("xy" + number + "z"))),
		"name":                     []byte(card.Name.Reveal()),
		"name as on the chip":      wide,
		"name in HEX":              []byte(strings.ToUpper(hex.EncodeToString(wide))),
		"address":                  []byte(card.Address),
		"portrait":                 rehearsal.Emulated(card).WLT(),
		"signature":                signature,
		"signature in base64":      []byte(base64.URLEncoding.EncodeToString(signature)),
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, middle string) {
				t.Helper()
				if err := os.WriteFile(filepath.Join(dir, name), []byte("before "+middle+" after"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write("page", strings.Repeat("nothing ", 1000))
			if err := rehearsal.NowhereIn(dir, card); err != nil {
				t.Fatalf("found where nothing is: %v", err)
			}
			write("other", string(planted))
			if err := rehearsal.NowhereIn(dir, card); err == nil {
				t.Error("not found")
			} else if strings.Contains(err.Error(), number) || strings.Contains(err.Error(), card.Name.Reveal()) {
				t.Error("the finding tells what it found")
			}
		})
	}
	if err := rehearsal.NowhereIn(t.TempDir(), card); err == nil {
		t.Error("an empty folder proves something")
	}
	text, err := rehearsal.Emulated(card).Text()
	if err != nil {
		t.Fatal(err)
	}
	markers, err := rehearsal.Markers(card)
	if err != nil {
		t.Fatal(err)
	}
	if rehearsal.Find(text, markers) == "" {
		t.Error("the raw text of her chip holds no marker")
	}
}
