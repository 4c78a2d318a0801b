package candidate

import (
	"testing"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

func glimpseOf(a form.Application) Glimpse {
	return Glimpse{Name: a.Name(), Number: identity.Number(a.Get(form.DocumentNumber)), Level: a.First().Level}
}

func contents(t testing.TB) (out [][]byte) {
	t.Helper()
	all := []form.Application{{Fields: form.Fields{}}, {Fields: form.Fields{form.FullName: "测试甲"}}, {Fields: form.Fields{}, Choices: []form.Choice{{Order: 70_000, Level: "1"}, {Order: 2, Level: "2"}}}}
	for _, p := range synthetic.Candidates(campaign.Adult2019(), 5, 200, synthetic.Point{Code: "43010401", Division: "430104"}) {
		all = append(all, p.Application)
	}
	for _, a := range all {
		plain, err := enc.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, plain)
	}
	return out
}

// TestGlimpse: what is walked through is what is decoded, for all that is stored.
func TestGlimpse(t *testing.T) {
	for i, plain := range contents(t) {
		var whole, walked form.Application
		if err := cbor.Unmarshal(plain, &whole); err != nil {
			t.Fatal(err)
		}
		if !walkContent(plain, &walked) || glimpseOf(walked) != glimpseOf(whole) {
			t.Errorf("content %d: the walk gives another name, number or level", i)
		}
	}
}

// TestGlimpseOfAnotherLayout: what another encoder wrote is read too, and what
// is no content is refused.
func TestGlimpseOfAnotherLayout(t *testing.T) {
	want := form.Application{Fields: form.Fields{form.FullName: "测试甲", form.DocumentNumber: "430104199001010017"}, Choices: []form.Choice{{Order: 1, Level: "3"}}}
	indefinite := []byte{0xbf} // a map without a length
	for _, x := range []any{"fields", want.Fields, "choices", want.Choices} {
		one, err := enc.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		indefinite = append(indefinite, one...)
	}
	indefinite = append(indefinite, 0xff)
	var g Glimpse
	if err := g.read(indefinite); err != nil || g != glimpseOf(want) {
		t.Errorf("got %+v, %v", g, err)
	}
	for _, plain := range [][]byte{nil, {0xa1}, []byte("no content"), indefinite[:len(indefinite)-1]} {
		if err := g.read(plain); err == nil {
			t.Errorf("%x is read", plain)
		}
	}
}

// FuzzGlimpse: no bytes make the walk see another thing than the decoder sees.
func FuzzGlimpse(f *testing.F) {
	for _, plain := range contents(f)[:20] {
		f.Add(plain)
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		var g Glimpse
		err := g.read(plain)
		var whole, walked form.Application
		failed := cbor.Unmarshal(plain, &whole)
		if err == nil && cbor.Wellformed(plain) != nil {
			t.Fatal("what is not well-formed is read")
		}
		if failed != nil || !walkContent(plain, &walked) {
			return
		}
		// Enc writes no key twice; a decoder may take either.
		if again, err := enc.Marshal(whole); err == nil && string(again) == string(plain) && g != glimpseOf(whole) {
			t.Fatal("the walk gives another name, number or level")
		}
	})
}
