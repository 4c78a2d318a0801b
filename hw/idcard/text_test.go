package idcard

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"zhunkao/hw/fault"
)

// block makes a text block: values at byte offsets in blanks.
func block(values map[int]string) []byte {
	b := make([]byte, TextSize)
	for i := 0; i < len(b); i += 2 {
		b[i] = ' '
	}
	for at, s := range values {
		for i, u := range utf16.Encode([]rune(s)) {
			b[at+2*i], b[at+2*i+1] = byte(u), byte(u>>8)
		}
	}
	return b
}

const number = "110105200506170015"

func TestCheckDigits(t *testing.T) {
	good := []string{"11010519491231002X", "440524188001010014", number, "100001200506170012"}
	for _, s := range good {
		if !validNumber(s) {
			t.Errorf("%s: refused", s)
		}
	}
	for _, s := range []string{"", "110105194912310021", "11010519491231002", "11010519491231002XX", "1101051949123100２X",
		"11010519491231O02X", "                  ", "000000000000000000"} {
		if validNumber(s) {
			t.Errorf("%q: accepted", s)
		}
	}
	if got := tidyNumber("11010519491231002x"); !validNumber(got) {
		t.Errorf("small x: %s refused", got)
	}
	for s, want := range map[string]bool{"CAN110080100210": true, "can110080100210": false, "CAN11008010021": false, "": false, "CAN11008010021A": false} {
		if validPermit(s) != want {
			t.Errorf("permit %q: got %v", s, !want)
		}
	}
}

func TestTextOfTheVector(t *testing.T) {
	text, wlt, err := splitBase(vectors(t)["rsp_base_prc"][10 : 1295-1])
	if err != nil {
		t.Fatal(err)
	}
	c, err := decodeText(text)
	if err != nil {
		t.Fatal(err)
	}
	want := Card{Kind: Resident, Name: "测试甲", Sex: "1", Ethnic: "01", Birth: "20050617", Address: "某省某市某区测试路1号",
		Number: "100001200506170012", Issuer: "某市公安局测试分局", ValidFrom: "20230901", ValidTo: "20330901"}
	want.Text = c.Text
	if c.Name != want.Name || c.Sex != want.Sex || c.Ethnic != want.Ethnic || c.Birth != want.Birth || c.Address != want.Address ||
		c.Number != want.Number || c.Issuer != want.Issuer || c.ValidFrom != want.ValidFrom || c.ValidTo != want.ValidTo {
		t.Error("a field differs from the vector's")
	}
	c.WLT = wlt
	if !c.HasPortrait() {
		t.Error("the vector's portrait is not recognised")
	}
}

func TestPaddingAndRareCharacters(t *testing.T) {
	raw := block(map[int]string{0: "\uE863\U00020BB7·", 122: number, 204: "长期"})
	for i := 52; i < 122; i++ {
		raw[i] = 0 // padded with zeros
	}
	c, err := decodeText(raw)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "\uE863\U00020BB7·" || c.Address != "" || c.ValidTo != "长期" {
		t.Errorf("got %q %q %q", c.Name, c.Address, c.ValidTo)
	}
	raw[0], raw[1] = 0x00, 0xD8 // a lone surrogate
	c, err = decodeText(raw)
	if err != nil || !utf8.ValidString(c.Name) || c.Text[1] != 0xD8 {
		t.Errorf("lone surrogate: %q, %v; the raw block must be kept", c.Name, err)
	}
	if c, err := decodeText(block(map[int]string{0: "满十五个字的名字一二三四五六七八", 122: number})); err != nil || len([]rune(c.Name)) != 15 {
		t.Errorf("a full field: %v", err)
	}
}

func TestJoinedEnglishName(t *testing.T) {
	c, err := decodeText(block(map[int]string{52: "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGH ", 220: "JR SPECIMEN", 122: number, 248: "Y"}))
	if err != nil || c.NameEn != "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGH JR SPECIMEN" {
		t.Errorf("got %q, %v; the blank at the cut must stay", c.NameEn, err)
	}
}

func TestWhatIsNoRead(t *testing.T) {
	cases := map[string]struct {
		raw  []byte
		word error
	}{
		"all blank":         {block(nil), fault.Replace},
		"all zero":          {make([]byte, TextSize), fault.Replace},
		"short":             {make([]byte, 255), fault.Replace},
		"check digit wrong": {block(map[int]string{122: "110105200506170016"}), fault.Replace},
		"blank name":        {block(map[int]string{122: number}), fault.Replace},
		"name of zeros":     {block(map[int]string{0: strings.Repeat("\x00", 15), 122: number}), fault.Replace},
		"blank permit":      {block(map[int]string{248: "I"}), fault.Replace},
		"unknown letter":    {block(map[int]string{122: number, 248: "Z"}), fault.WrongMedium},
	}
	for name, c := range cases {
		if card, err := decodeText(c.raw); !errors.Is(err, c.word) || card != nil {
			t.Errorf("%s: got %v, want %v", name, err, c.word)
		}
	}
	for _, b := range [][]byte{nil, {1, 0, 4}, {1, 0, 4, 0}, append([]byte{0, 255, 0, 0}, make([]byte, 300)...), append([]byte{1, 0, 4, 0}, make([]byte, 1279)...)} {
		if _, _, err := splitBase(b); !errors.Is(err, fault.Replace) {
			t.Errorf("%d bytes: got %v, want fault.Replace", len(b), err)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add(vectors(f)["rsp_base_prc"][14 : 14+TextSize])
	f.Add(block(map[int]string{0: "陈", 122: number, 248: "J"}))
	f.Add(block(map[int]string{0: "ANN", 122: "CAN110080100210", 248: "I"}))
	f.Add(block(map[int]string{52: "ANN", 122: number, 248: "Y"}))
	f.Add(make([]byte, TextSize))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := decodeText(raw)
		if err != nil {
			if c != nil {
				t.Fatal("a card beside an error: a partial identity")
			}
			return
		}
		if !validNumber(c.Number) && !validPermit(c.Number) {
			t.Fatal("a card without a valid number")
		}
		if c.Name == "" && c.NameEn == "" {
			t.Fatal("a card without a name")
		}
		for _, s := range []string{c.Name, c.NameEn, c.Address, c.Issuer, c.ValidTo} {
			if !utf8.ValidString(s) {
				t.Fatal("not UTF-8")
			}
		}
	})
}
