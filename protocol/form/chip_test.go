package form_test

import (
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

func TestCompare(t *testing.T) {
	chip := form.Chip{Type: form.ChipResident, Name: "向晓兰", Sex: "2", Ethnic: "15", Birth: "19940512",
		Address: "湖南省龙山县里耶镇长春社区901号", Number: "433130199405129026"}
	base := form.Fields{form.FullName: "向晓兰", form.Sex: "2", form.Ethnic: "15", form.BirthDate: "19940512",
		form.PostAddress: chip.Address, form.DocumentNumber: "433130199405129026"}
	type marks = []form.Range
	for _, tc := range []struct {
		name string
		set  form.Fields
		chip func(*form.Chip)
		want []form.Difference
	}{
		{"the same", nil, nil, nil},
		{"one character of the name", form.Fields{form.FullName: "向小兰"}, nil, []form.Difference{
			{Field: "XM", Grade: form.GradeAsk, Typed: "向小兰", Chip: "向晓兰", TypedMarks: marks{{1, 2}}, ChipMarks: marks{{1, 2}}}}},
		{"a character left out", form.Fields{form.FullName: "向兰"}, nil, []form.Difference{
			{Field: "XM", Grade: form.GradeAsk, Typed: "向兰", Chip: "向晓兰", ChipMarks: marks{{1, 2}}}}},
		{"private use on the chip", form.Fields{form.FullName: "刘䶮"}, func(c *form.Chip) { c.Name = "刘\uE863" }, []form.Difference{
			{Field: "XM", Grade: form.GradeNote, Typed: "刘䶮", Chip: "刘\uE863", TypedMarks: marks{{1, 2}}, ChipMarks: marks{{1, 2}}}}},
		{"beyond the base plane counts as one", form.Fields{form.FullName: "𠮷野晓"}, func(c *form.Chip) { c.Name = "𠮷野兰" }, []form.Difference{
			{Field: "XM", Grade: form.GradeAsk, Typed: "𠮷野晓", Chip: "𠮷野兰", TypedMarks: marks{{2, 3}}, ChipMarks: marks{{2, 3}}}}},
		{"ethnic group", form.Fields{form.Ethnic: "06"}, nil, []form.Difference{
			{Field: "MZDM", Grade: form.GradeAsk, Typed: "06", Chip: "15", TypedMarks: marks{{0, 2}}, ChipMarks: marks{{0, 2}}}}},
		{"lower-case x in the number", form.Fields{form.DocumentNumber: "43313019940512902x"}, func(c *form.Chip) { c.Number = "43313019940512902X" }, []form.Difference{
			{Field: "ZJHM", Grade: form.GradeNote, Typed: "43313019940512902x", Chip: "43313019940512902X", TypedMarks: marks{{17, 18}}, ChipMarks: marks{{17, 18}}}}},
		{"another person", form.Fields{form.DocumentNumber: "433130199405129034"}, nil, []form.Difference{
			{Field: "ZJHM", Grade: form.GradeStop, Typed: "433130199405129034", Chip: "433130199405129026", TypedMarks: marks{{16, 18}}, ChipMarks: marks{{16, 18}}}}},
		{"lives elsewhere", form.Fields{form.PostAddress: "长沙市"}, func(c *form.Chip) { c.Address = "长沙县" }, []form.Difference{
			{Field: "TXDZ", Grade: form.GradeNote, Typed: "长沙市", Chip: "长沙县", TypedMarks: marks{{2, 3}}, ChipMarks: marks{{2, 3}}}}},
		{"the chip has no ethnic group", form.Fields{form.Ethnic: "06"}, func(c *form.Chip) { c.Ethnic = "" }, nil},
		{"the application has none", form.Fields{form.Ethnic: ""}, nil, nil},
		{"a foreigner typed the English name", form.Fields{form.FullName: "Smith John"}, func(c *form.Chip) { c.Name, c.NameEn = "史密斯", "SMITH JOHN" }, []form.Difference{
			{Field: "XM", Grade: form.GradeNote, Typed: "Smith John", Chip: "SMITH JOHN", TypedMarks: marks{{1, 5}, {7, 10}}, ChipMarks: marks{{1, 5}, {7, 10}}}}},
		{"a foreigner typed the Chinese name", form.Fields{form.FullName: "史密斯"}, func(c *form.Chip) { c.Name, c.NameEn = "史密斯", "SMITH JOHN" }, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			app, on := form.Application{Fields: form.Fields{}}, chip
			for k, v := range base {
				app.Fields[k] = v
			}
			for k, v := range tc.set {
				app.Fields[k] = v
			}
			if tc.chip != nil {
				tc.chip(&on)
			}
			got := form.Compare(app, on)
			if !reflect.DeepEqual(got, tc.want) {
				type open form.Difference // without the masking
				for _, d := range got {
					t.Errorf("got %+v", open(d))
				}
			}
		})
	}
}

// What is left after the marked characters are taken out is the same on both
// sides, however long the texts are.
func TestMarksAreWhatDiffers(t *testing.T) {
	letters := rapid.SampledFrom([]rune("甲乙丙𠮷"))
	rapid.Check(t, func(t *rapid.T) {
		longest := rapid.SampledFrom([]int{3, 12, 300}).Draw(t, "longest")
		a := string(rapid.SliceOfN(letters, 1, longest).Draw(t, "a"))
		b := string(rapid.SliceOfN(letters, 1, longest).Draw(t, "b"))
		d := form.Compare(form.Application{Fields: form.Fields{form.PostAddress: a}}, form.Chip{Address: b})
		if a == b {
			if d != nil {
				t.Fatal("equal texts differ")
			}
			return
		}
		if x, y := without(a, d[0].TypedMarks), without(b, d[0].ChipMarks); x != y || len(d[0].TypedMarks)+len(d[0].ChipMarks) == 0 {
			t.Fatalf("%q %v and %q %v leave %q and %q", a, d[0].TypedMarks, b, d[0].ChipMarks, x, y)
		}
	})
}

func without(s string, marks []form.Range) string {
	r := []rune(s)
	for i := len(marks) - 1; i >= 0; i-- {
		r = append(r[:marks[i].From], r[marks[i].To:]...)
	}
	return string(r)
}

func TestExpired(t *testing.T) {
	zone := time.FixedZone("UTC+8", 8*3600)
	at := func(s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		when, err := time.ParseInLocation("2006-01-02 15:04:05", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, tc := range []struct {
		name, from, to, earliest, latest string
		want                             form.Validity
	}{
		{"in force", "20100906", "20200906", "2019-09-06 09:00:00", "2019-09-06 09:00:01", form.InForce},
		{"last second of the last day", "20090906", "20190906", "2019-09-06 23:59:59", "2019-09-06 23:59:59", form.InForce},
		{"first second after it", "20090906", "20190906", "2019-09-07 00:00:00", "2019-09-07 00:00:00", form.ExpiredCard},
		{"unsure over midnight", "20090906", "20190906", "2019-09-06 23:00:00", "2019-09-07 01:00:00", form.ValidityUnsure},
		{"no upper end", "20090906", "20290906", "2019-09-06 23:00:00", "", form.ValidityUnsure},
		{"no upper end, past", "20090906", "20190906", "2019-09-08 00:00:00", "", form.ExpiredCard},
		{"nothing known", "20090906", "20190906", "", "", form.ValidityUnsure},
		{"without end", "20090906", form.LongTerm, "2019-09-06 09:00:00", "", form.InForce},
		{"not yet", "20190907", "20290907", "2019-09-06 09:00:00", "2019-09-06 09:00:01", form.NotYetValid},
		{"perhaps not yet", "20190907", "20290907", "2019-09-06 23:59:00", "2019-09-07 00:01:00", form.ValidityUnsure},
		{"no date", "20090906", "", "2019-09-06 09:00:00", "2019-09-06 09:00:01", form.ValidityUnknown},
		{"no real date", "20090906", "20190230", "2019-09-06 09:00:00", "2019-09-06 09:00:01", form.ValidityUnknown},
		{"no beginning", "", "20290906", "2019-09-06 09:00:00", "2019-09-06 09:00:01", form.InForce},
	} {
		got := form.Expired(form.Chip{ValidFrom: tc.from, ValidTo: tc.to}, at(tc.earliest), at(tc.latest))
		if got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestDigest(t *testing.T) {
	app := form.Application{ID: "a1", Campaign: "adult-2019", CampaignVersion: 1, Version: 2, Point: "p",
		Fields:  form.Fields{form.FullName: "王喆", form.Sex: "1"},
		Choices: []form.Choice{{Order: 1, Level: "3", Category: "34"}, {Order: 2, Level: "3", Category: "34"}},
		Claims:  []form.Claim{{Kind: "bonus", Code: "B05", Evidence: "1"}}}
	first := form.Digest(app)
	same := app.Clone()
	same.Fields[form.Remark] = ""
	same.Choices[0], same.Choices[1] = same.Choices[1], same.Choices[0]
	if form.Digest(same) != first {
		t.Error("an empty field or the order of storage changes the digest")
	}
	for name, change := range map[string]func(*form.Application){
		"id":       func(a *form.Application) { a.ID = "a2" },
		"version":  func(a *form.Application) { a.Version++ },
		"point":    func(a *form.Application) { a.Point = "q" },
		"value":    func(a *form.Application) { a.Fields[form.FullName] = "王哲" },
		"field":    func(a *form.Application) { a.Fields[form.Remark] = "x" },
		"moved":    func(a *form.Application) { a.Fields[form.Ethnic] = "1"; delete(a.Fields, form.Sex) },
		"choice":   func(a *form.Application) { a.Choices[1].Years = "3" },
		"dropped":  func(a *form.Application) { a.Choices = a.Choices[:1] },
		"evidence": func(a *form.Application) { a.Claims[0].Evidence = "2" },
		"border":   func(a *form.Application) { a.ID, a.Campaign = "a1a", "dult-2019" },
	} {
		other := app.Clone()
		change(&other)
		if form.Digest(other) == first {
			t.Errorf("%s: the digest does not see it", name)
		}
	}
	// The encoding is kept for ever: this value, reckoned by another program,
	// may never change.
	const golden = "e7c1c42814c859d8ba17fdc715037f332904330f38b8a59adb1bc0d09ea3f680"
	if got := hexOf(first); got != golden {
		t.Errorf("digest %s, want %s", got, golden)
	}
}

func TestApplicationHelpers(t *testing.T) {
	a := form.Application{Fields: form.Fields{form.FullName: "王喆", form.DocumentNumber: "1"}, Choices: []form.Choice{{Order: 2, Level: "2"}, {Order: 1, Level: "1"}}}
	if a.Name() != identity.Name("王喆") || a.Number() != identity.Number("1") || a.First().Level != "1" || (form.Application{}).First().Order != 0 {
		t.Error("name, number or first choice")
	}
	b := a.Clone()
	b.Fields[form.FullName], b.Choices[0].Level = "x", "9"
	if a.Get(form.FullName) != "王喆" || a.Choices[0].Level != "2" {
		t.Error("a clone shares with its original")
	}
	if !strings.Contains(a.String(), "application") {
		t.Error("an application does not say what it is")
	}
}

func hexOf(b [32]byte) string { return hex.EncodeToString(b[:]) }
