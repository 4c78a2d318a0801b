package consent_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/consent"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/keys"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

var ctx = context.Background()

func ring(t *testing.T) *keys.Ring {
	t.Helper()
	r, err := keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func pledge(name string) consent.Given {
	g := consent.Given{Account: "acc", Campaign: "adult-2019", Kind: consent.Pledge, Agreed: true, Digest: consent.Digest("承诺"), Version: 1}
	g.Name = "欧阳建华"
	if name != "" {
		g.Drawn = "0 0 10 10"
	}
	return g
}

func TestGive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := consent.New(ring(t), func() time.Time { return time.UnixMilli(1000) })
		give := func(g consent.Given) (out consent.Given, fresh bool, err error) {
			err = d.Write(ctx, func(tx *db.Tx) (err error) { out, fresh, err = s.Give(ctx, tx, g); return err })
			return out, fresh, err
		}
		if g, fresh, err := give(pledge("")); err != nil || !fresh || g.Number != 1 || g.At != 1000 {
			t.Fatalf("the first word: %v number %d at %d fresh %v, %v", g, g.Number, g.At, fresh, err)
		}
		if g, fresh, err := give(pledge("")); err != nil || fresh || g.Number != 1 {
			t.Errorf("the same word again: number %d fresh %v, %v", g.Number, fresh, err)
		}
		if g, fresh, err := give(pledge("drawn")); err != nil || !fresh || g.Number != 2 {
			t.Errorf("another signature: number %d fresh %v, %v", g.Number, fresh, err)
		}
		// Two at once: one word.
		photo := consent.Given{Account: "acc", Campaign: "adult-2019", Kind: consent.Photo, Digest: consent.Digest("照片")}
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			wg.Go(func() { _, _, errs[i] = give(photo) })
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
		var all []consent.Given
		read := func() {
			t.Helper()
			if err := d.Read(ctx, func(tx *db.Tx) (err error) { all, err = s.Of(ctx, tx, "acc", "adult-2019"); return err }); err != nil {
				t.Fatal(err)
			}
		}
		if read(); len(all) != 3 {
			t.Fatalf("%d words, want 3", len(all))
		}
		now := consent.Now(all)
		if now[consent.Pledge].Number != 2 || now[consent.Pledge].Name != "欧阳建华" || now[consent.Pledge].Drawn != "0 0 10 10" || now[consent.Photo].Agreed {
			t.Errorf("what counts: %v", now)
		}
		if out := fmt.Sprintf("%v %+v %#v", all, now, all[0].Signature); strings.Contains(out, "欧阳") {
			t.Error("a printed word names her")
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { return s.Delete(ctx, tx, "acc", "adult-2019") }); err != nil {
			t.Fatal(err)
		}
		if read(); len(all) != 0 {
			t.Errorf("%d words after they were erased", len(all))
		}
	})
}

func TestGiveRefuses(t *testing.T) {
	d := dbtest.SQLite(t)
	s := consent.New(ring(t), nil)
	guardian := consent.Given{Account: "acc", Campaign: "c", Kind: consent.Guardian, Agreed: true}
	guardian.Name, guardian.Phone, guardian.Relation = "李建国", "13800000000", "father"
	for name, change := range map[string]func(*consent.Given){
		"a pledge without a name":    func(g *consent.Given) { *g = pledge(""); g.Name = "" },
		"a pledge declined":          func(g *consent.Given) { *g = pledge(""); g.Agreed = false },
		"a drawing too large":        func(g *consent.Given) { *g = pledge(""); g.Drawn = strings.Repeat("1 ", consent.MaxDrawn) },
		"a drawing that is none":     func(g *consent.Given) { *g = pledge(""); g.Drawn = `0 0"/><script>` },
		"no guardian":                func(g *consent.Given) { g.Name = "" },
		"a guardian nobody can ring": func(g *consent.Given) { g.Phone = "" },
		"a guardian who is none":     func(g *consent.Given) { g.Relation = "neighbour" },
		"a kind that is none":        func(g *consent.Given) { g.Kind = "marketing" },
	} {
		g := guardian
		change(&g)
		if err := d.Write(ctx, func(tx *db.Tx) error { _, _, err := s.Give(ctx, tx, g); return err }); !errors.Is(err, consent.ErrSignature) {
			t.Errorf("%s: got %v, want ErrSignature", name, err)
		}
	}
}

func TestUnderAge(t *testing.T) {
	for _, c := range []struct {
		birth string
		on    form.Day
		want  bool
	}{
		{"20050906", 20190906, false}, // 14 today
		{"20050907", 20190906, true},  // 14 tomorrow
		{"20080229", 20220228, true},
		{"20080229", 20220301, false},
		{"20300101", 20190906, false}, // not born: the check finds fault with it
		{"", 20190906, false},
		{"not a day", 20190906, false},
	} {
		if got := consent.UnderAge(c.birth, c.on); got != c.want {
			t.Errorf("%q on %d: got %v, want %v", c.birth, c.on, got, c.want)
		}
	}
}

func TestMissing(t *testing.T) {
	c := campaign.Adult2019()
	now := time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)
	word := func(k consent.Kind, english bool) consent.Given {
		return consent.Given{Kind: k, Number: 1, Agreed: true, Digest: consent.Digest(c.Text(k.TextKey(), english))}
	}
	all := func() map[consent.Kind]consent.Given {
		out := map[consent.Kind]consent.Given{}
		for i, k := range consent.Kinds() {
			out[k] = word(k, i%2 == 0)
		}
		return out
	}
	grown := form.Application{Fields: form.Fields{form.BirthDate: "19900101"}}
	child := form.Application{Fields: form.Fields{form.BirthDate: "20060301"}}
	for _, x := range []struct {
		name   string
		app    form.Application
		change func(map[consent.Kind]consent.Given)
		want   []consent.Kind
	}{
		{"everything", grown, func(map[consent.Kind]consent.Given) {}, nil},
		{"nothing", grown, func(m map[consent.Kind]consent.Given) { clear(m) }, []consent.Kind{consent.Notice, consent.Privacy, consent.Photo, consent.Pledge}},
		{"nothing of a child", child, func(m map[consent.Kind]consent.Given) { clear(m) }, consent.Kinds()},
		{"no guardian of somebody grown", grown, func(m map[consent.Kind]consent.Given) { delete(m, consent.Guardian) }, nil},
		{"no guardian of a child", child, func(m map[consent.Kind]consent.Given) { delete(m, consent.Guardian) }, []consent.Kind{consent.Guardian}},
		{"the photo declined", grown, func(m map[consent.Kind]consent.Given) { g := m[consent.Photo]; g.Agreed = false; m[consent.Photo] = g }, nil},
		{"the privacy notice declined", grown, func(m map[consent.Kind]consent.Given) {
			g := m[consent.Privacy]
			g.Agreed = false
			m[consent.Privacy] = g
		}, []consent.Kind{consent.Privacy}},
		{"another text than the one she signed", grown, func(m map[consent.Kind]consent.Given) {
			g := m[consent.Pledge]
			g.Digest = consent.Digest("旧的承诺书")
			m[consent.Pledge] = g
		}, []consent.Kind{consent.Pledge}},
	} {
		given := all()
		x.change(given)
		if got := consent.Missing(c, x.app, given, now); !slices.Equal(got, x.want) {
			t.Errorf("%s: missing %v, want %v", x.name, got, x.want)
		}
	}
	bare := c
	bare.Texts = []campaign.Text{{Key: "pledge", Zh: c.Text("pledge", false)}}
	if got := consent.Missing(bare, grown, map[consent.Kind]consent.Given{consent.Pledge: word(consent.Pledge, false)}, now); len(got) != 3 {
		t.Errorf("a campaign without the texts: missing %v", got)
	}
}
