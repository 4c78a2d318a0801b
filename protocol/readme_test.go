package protocol_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhunkao/protocol"
)

func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var (
	fence   = regexp.MustCompile("(?ms)^```(\\w+) ?([^\n]*)\n(.*?)^```$")
	rule    = regexp.MustCompile(`(?m)^([a-z]+) = \{`)
	field   = regexp.MustCompile(`(?:^|[{,\s])(?:\? )?([a-z_]+): `)
	comment = regexp.MustCompile(`;[^\n]*`)
)

// The bytes printed in README are those of the samples.
func TestReadmeExampleIsTheSample(t *testing.T) {
	p := goldenParties(t)
	clock, err := protocol.ParseStatement(protocol.KindClock, golden(t, "clock.cose"))
	if err != nil {
		t.Fatal(err)
	}
	if err := clock.Verify(p.hub.Public()); err != nil {
		t.Fatal(err)
	}
	sig, err := protocol.Encode([]any{"Signature1", golden(t, "clock.cose")[3:16], []byte("zhunkao/1/clock"), clock.Payload})
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := protocol.ParseEnvelope(golden(t, "record1.cose"))
	if err != nil {
		t.Fatal(err)
	}
	aad, err := protocol.Encode([]any{m.Campaign, m.ID[:], string(m.Box), m.Epoch, m.Sequence, string(m.Kind)})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]byte{"clock.cose": golden(t, "clock.cose"), "clock.cose sig": sig, "record1.cose aad": aad}
	for _, block := range fence.FindAllStringSubmatch(readme(t), -1) {
		if block[1] != "hex" {
			continue
		}
		var digits strings.Builder
		for line := range strings.Lines(block[3]) {
			line, _, _ = strings.Cut(line, "/")
			digits.WriteString(strings.Join(strings.Fields(line), ""))
		}
		got, err := hex.DecodeString(digits.String())
		if err != nil {
			t.Errorf("%s: %v", block[2], err)
		}
		if !bytes.Equal(got, want[block[2]]) {
			t.Errorf("%s: README has\n%x\nthe sample\n%x", block[2], got, want[block[2]])
		}
		delete(want, block[2])
	}
	for name := range want {
		t.Errorf("README has no block %q", name)
	}
}

// braced is s up to the brace that closes the one before it.
func braced(s string) string {
	for i, open := 0, 1; i < len(s); i++ {
		switch s[i] {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				return s[:i]
			}
		}
	}
	return s
}

// Every message and every field of it stands in README, and no other.
func TestReadmeDescribesEveryField(t *testing.T) {
	rules := map[string][]string{}
	for _, block := range fence.FindAllStringSubmatch(readme(t), -1) {
		if block[1] != "cddl" {
			continue
		}
		text := comment.ReplaceAllString(block[3], "")
		for _, r := range rule.FindAllStringSubmatchIndex(text, -1) {
			var names []string
			for _, f := range field.FindAllStringSubmatch(braced(text[r[1]:]), -1) {
				names = append(names, f[1])
			}
			slices.Sort(names)
			rules[text[r[2]:r[3]]] = names
		}
	}
	seen := map[string]bool{}
	var describe func(t *testing.T, typ reflect.Type)
	describe = func(t *testing.T, typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		name := strings.ToLower(typ.Name())
		if name == "devicestate" {
			name = "device"
		}
		if typ.Kind() != reflect.Struct || seen[name] {
			return
		}
		seen[name] = true
		var names []string
		var walk func(reflect.Type)
		walk = func(typ reflect.Type) {
			for f := range typ.Fields() {
				tag, _, _ := strings.Cut(f.Tag.Get("cbor"), ",")
				if f.Anonymous && tag == "" {
					walk(f.Type)
					continue
				}
				names = append(names, tag)
				describe(t, f.Type)
			}
		}
		walk(typ)
		slices.Sort(names)
		if !slices.Equal(names, rules[name]) {
			t.Errorf("%s: the code has %v, README %v", name, names, rules[name])
		}
	}
	for _, v := range []any{protocol.Hello{}, protocol.Welcome{}, protocol.Heartbeat{}, protocol.Clock{}, protocol.Receipts{}, protocol.Want{},
		protocol.Roster{}, protocol.RosterPage{}, protocol.RosterKey{}, protocol.CampaignMessage{}, protocol.Manifest{}, protocol.Chunk{},
		protocol.Confirmation{}, protocol.Signature{}, protocol.EnrolRequest{}, protocol.EnrolGrant{},
		protocol.Staff{}, protocol.StaffPage{}, protocol.DeskRequest{}, protocol.DeskCertificate{}, protocol.Void{}, protocol.StickFile{},
		protocol.Review{}, protocol.Verification{}, protocol.Incident{}, protocol.Training{}, protocol.OwnCard{}, protocol.Token{}, protocol.Slip{}, protocol.Retirement{},
		protocol.AdmissionTickets{}, protocol.AdmissionPage{}, protocol.Lacking{}, protocol.Pictures{}, protocol.PicturePage{}} {
		describe(t, reflect.TypeOf(v))
	}
	for name := range rules {
		if !seen[name] {
			t.Errorf("README describes %s, which the code does not know", name)
		}
	}
}
