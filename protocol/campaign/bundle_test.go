package campaign_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

func TestBundleRoundTrip(t *testing.T) {
	c := campaign.Adult2019()
	b, err := campaign.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	again, err := campaign.Encode(campaign.Adult2019())
	if err != nil || !bytes.Equal(b, again) {
		t.Errorf("the same campaign gives other bytes: %v", err)
	}
	back, err := campaign.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if third, err := campaign.Encode(back); err != nil || !bytes.Equal(b, third) {
		t.Errorf("decoded and encoded again it gives other bytes: %v", err)
	}
	if !reflect.DeepEqual(c.Form, back.Form) || !reflect.DeepEqual(c.Policy, back.Policy) || !reflect.DeepEqual(c.Catalogue, back.Catalogue) {
		t.Error("something was lost")
	}
	for i, w := range c.Windows {
		if !w.From.Equal(back.Windows[i].From) || !w.To.Equal(back.Windows[i].To) {
			t.Errorf("window %s moved", w.ID)
		}
	}
	if p := back.Validate(); p != nil {
		t.Errorf("the decoded campaign is refused: %v", p)
	}
	var viaCBOR campaign.Campaign
	if raw, err := cbor.Marshal(c); err != nil || cbor.Unmarshal(raw, &viaCBOR) != nil || !reflect.DeepEqual(viaCBOR.Form, c.Form) {
		t.Errorf("CBOR loses something: %v", err)
	}
}

// Published versions stay for ever: each file of testdata/old is a bundle as it
// was once published, and must decode, pass the load-time check and judge.
func TestOldBundlesLoad(t *testing.T) {
	files, err := filepath.Glob("testdata/old/*.json.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no old bundles: %v", err)
	}
	for _, name := range files {
		c, err := campaign.Decode(unzipped(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, p := range c.Validate() {
			t.Errorf("%s: %s", name, p)
		}
		if _, err := c.Checker(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if c.ID != "adult-2019" || c.Version != 1 || len(c.Form.Fields) != 24 || len(c.Windows) != 28 || len(c.Catalogue) != 94 || c.Policy.Minor != campaign.Under17 {
			t.Errorf("%s: something was lost", name)
		}
		if d := campaign.Diff(c, campaign.Adult2019()); len(d) == 0 {
			t.Errorf("%s: the campaign that ships now says nothing new", name)
		}
	}
}

func unzipped(t testing.TB, name string) []byte {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecodeRefuses(t *testing.T) {
	good, err := campaign.Encode(campaign.Adult2019())
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"empty":              nil,
		"null":               []byte("null"),
		"no id":              []byte(`{"version":1}`),
		"no version":         []byte(`{"id":"a"}`),
		"unknown key":        []byte(`{"id":"a","version":1,"surprise":1}`),
		"key twice":          []byte(`{"id":"a","version":1,"fees":[{"level":"1","fen":1}],"fees":[{"level":"1"}]}`),
		"key twice, deep":    []byte(`{"id":"a","version":1,"fees":[{"level":"1","fen":1},{"level":"2","fen":1,"fen":2}]}`),
		"key twice, case":    []byte(`{"id":"a","version":1,"Version":2}`),
		"key twice, fold":    []byte(`{"id":"a","version":1,"kits":[],"feeſ":[],"fees":[]}`),
		"key twice, escaped": []byte(`{"id":"a","version":1,"fees":[],"f\u0065es":[]}`),
		"wrong type":         []byte(`{"id":1,"version":1}`),
		"negative":           []byte(`{"id":"a","version":-1}`),
		"too great":          []byte(`{"id":"a","version":1e999}`),
		"cut":                good[:len(good)/2],
		"more after it":      append(bytes.Clone(good), "{}"...),
		"NUL after it":       append(bytes.Clone(good), 0),
		"nested deeply":      []byte(strings.Repeat(`{"form":`, 20_000)),
		"larger than 8M":     bytes.Repeat([]byte(" "), campaign.MaxBundle+1),
	} {
		if c, err := campaign.Decode(b); !errors.Is(err, campaign.ErrBundle) || c.ID != "" {
			t.Errorf("%s: got id %q, %v", name, c.ID, err)
		}
	}
}

// small is a campaign with a little of everything, so that a fuzzer changes
// what matters and not the four hundredth programme.
func small(c campaign.Campaign) campaign.Campaign {
	c.Catalogue, c.Windows, c.Acts, c.Texts = c.Catalogue[:2], c.Windows[:3], c.Acts[:2], c.Texts[:1]
	c.Divisions, c.Assumptions, c.Reasons = c.Divisions[:4], c.Assumptions[:3], c.Reasons[:1]
	c.Form.Fields, c.Form.Tables, c.Form.Categories = c.Form.Fields[:8], c.Form.Tables[:2], c.Form.Categories[:3]
	for i := range c.Form.Tables {
		c.Form.Tables[i].Entries = c.Form.Tables[i].Entries[:2]
	}
	c.Texts[0].Zh, c.Texts[0].En, c.Process, c.Kits = "承诺", "pledge", campaign.Process{}, c.Kits[:1]
	c.Subjects, c.Sittings, c.Bonuses, c.Documents = c.Subjects[:2], c.Sittings[:2], c.Bonuses[:2], c.Documents[:2]
	c.Reasons[0].Entries, c.Exchanges = c.Reasons[0].Entries[:2], c.Exchanges[:1]
	c.Exchanges[0].Columns = c.Exchanges[0].Columns[:3]
	c.Rules = c.Rules[:min(2, len(c.Rules))]
	return c
}

// FuzzDecode: whatever decodes is checked and said in words without harm, and
// goes round. The seeds are the row "policy/rules file" of the faults.
func FuzzDecode(f *testing.F) {
	other := small(campaign.Adult2019())
	for _, c := range campaign.Shipped() {
		good, err := campaign.Encode(small(c))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(good)
		for _, spoil := range []func(c *campaign.Campaign){
			func(c *campaign.Campaign) { c.Windows[0].To = c.Windows[0].From },                                    // end before start
			func(c *campaign.Campaign) { c.Windows = append(c.Windows, c.Windows[0]) },                            // overlapping
			func(c *campaign.Campaign) { c.Fees = nil },                                                           // missing fee
			func(c *campaign.Campaign) { c.Windows[0].Scope.Divisions = []string{"990000"} },                      // unknown region
			func(c *campaign.Campaign) { c.Form.Levels[0].Second = []string{c.Form.Levels[0].Code, "9"} },         // dependency on itself
			func(c *campaign.Campaign) { c.Version = 0xffffffff },                                                 // newest of all
			func(c *campaign.Campaign) { c.Divisions[1].Parent = c.Divisions[1].Code },                            // cyclic
			func(c *campaign.Campaign) { c.Numbers[0].Template = "{serial4}{serial4}{" },                          //
			func(c *campaign.Campaign) { c.Assumptions[0].Places = []string{"", " ", ".", "form.fields"} },        //
			func(c *campaign.Campaign) { c.Exchanges[0].Columns[0].Length = -1 },                                  //
			func(c *campaign.Campaign) { c.Rules = []form.Rule{{Must: form.Condition{Not: &form.Condition{}}}} },  //
			func(c *campaign.Campaign) { c.Sittings[0].Date, c.Dates[0].Day, c.Year = "0000-00-00", "x", -1<<40 }, //
		} {
			again, err := campaign.Decode(good)
			if err != nil {
				f.Fatal(err)
			}
			spoil(&again)
			b, err := campaign.Encode(again)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	if old, err := campaign.Decode(unzipped(f, "testdata/old/adult-2019-1.json.gz")); err != nil {
		f.Fatal(err)
	} else { // an older version: it has none of the later tables
		old.Catalogue, old.Divisions, old.Form.Tables, old.Windows = old.Catalogue[:2], old.Divisions[:4], old.Form.Tables[:1], old.Windows[:3]
		b, err := campaign.Encode(old)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"id":"a","version":1,"windows":[{"id":"w","step":"pay","from":"2019-09-02T00:00:00+08:00","to":"0001-01-01T00:00:00Z"}]}`))
	f.Add([]byte(`{"id":"a","version":1,"form":{"fields":[{"key":"A","kind":"code","table":"t"}]},"catalogue":[{}]}`))
	f.Add([]byte(`{"id":"a","version":1,"windows":[{"pauses":[{"from":"2019-09-02T00:00:00Z","to":"0001-01-01T00:00:00Z"}]},{"revision":4294967295}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := campaign.Decode(b)
		if err != nil {
			return
		}
		if problems := c.Validate(); len(problems) > 201 { // refuses, never panics
			t.Fatalf("%d problems", len(problems))
		} else if len(problems) == 0 {
			if _, err := c.Checker(); err != nil {
				t.Fatalf("accepted, and no check can be made: %v", err)
			}
		}
		if d := campaign.Diff(c, c); d != nil {
			t.Fatalf("differs from itself: %v", d)
		}
		campaign.Diff(other, c)
		once, err := campaign.Encode(c)
		if err != nil {
			return // a year beyond 9999 cannot be written
		}
		back, err := campaign.Decode(once)
		if err != nil {
			t.Fatalf("our own bundle is refused: %v", err)
		}
		if twice, err := campaign.Encode(back); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("not stable: %v", err)
		}
	})
}
