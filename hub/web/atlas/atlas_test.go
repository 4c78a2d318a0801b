package atlas

import (
	"strings"
	"testing"

	"zhunkao/protocol/campaign"
)

// TestEveryCountyIsDrawn: every county that is one now has an outline inside the
// drawing, and every city its own larger one.
func TestEveryCountyIsDrawn(t *testing.T) {
	p := Province()
	drawn := map[string]bool{}
	for _, o := range append(p.Counties, p.Cities...) {
		drawn[o.Code] = true
		if !strings.HasPrefix(o.Path, "M") || !strings.HasSuffix(o.Path, "z") || strings.Count(o.Path, "z") > 8 {
			t.Errorf("%s: path %.40s", o.Code, o.Path)
		}
		if o.X < 0 || o.Y < 0 || o.X > p.Width || o.Y > p.Height {
			t.Errorf("%s: its name stands at %d %d outside %d × %d", o.Code, o.X, o.Y, p.Width, p.Height)
		}
	}
	counties, cities := 0, 0
	for _, d := range campaign.DivisionTerms() {
		if d.Until != "" || d.Tier == campaign.Province {
			continue
		}
		if !drawn[d.Code] {
			t.Errorf("%s %s has no outline", d.Code, d.Name)
		}
		if d.Tier == campaign.City {
			cities++
			if c, ok := City(d.Code); !ok || len(c.Counties) == 0 || len(c.Cities) != 1 {
				t.Errorf("%s has no drawing of its own", d.Name)
			}
			continue
		}
		counties++
	}
	if counties != 122 || cities != 14 || len(p.Counties) != 122 || len(p.Cities) != 14 {
		t.Errorf("%d counties, %d cities; drawn %d, %d", counties, cities, len(p.Counties), len(p.Cities))
	}
	if _, ok := City("440100"); ok {
		t.Error("a city of another province has a drawing")
	}
}

// TestOutlinesAreSmall: the province's map goes out with every first look at
// the page.
func TestOutlinesAreSmall(t *testing.T) {
	n := 0
	p := Province()
	for _, o := range append(p.Counties, p.Cities...) {
		n += len(o.Path)
	}
	if n > 90_000 || n < 20_000 {
		t.Errorf("the outlines are %d bytes", n)
	}
}

// TestSharedBordersStayShared: two neighbours' outlines have vertices in common
// at every scale, or the map would show gaps.
func TestSharedBordersStayShared(t *testing.T) {
	a := read()
	byCode := map[string]shape{}
	for _, s := range a.counties {
		byCode[s.code] = s
	}
	vertices := func(s shape, at func(point) point) map[point]bool {
		out := map[point]bool{}
		for _, r := range s.rings {
			for _, p := range r {
				out[at(p)] = true
			}
		}
		return out
	}
	for _, sc := range []scale{{point{}, 6000, 984}, {point{500, 500}, 900, 984}} {
		common := 0
		one, other := vertices(byCode["430102"], sc.at), vertices(byCode["430103"], sc.at)
		for p := range one {
			if other[p] {
				common++
			}
		}
		if common < 2 {
			t.Errorf("芙蓉区 and 天心区 share %d vertices", common)
		}
	}
}

func TestParseRefusesDamage(t *testing.T) {
	for _, text := range []string{"size 1 1\nc 430102", "size 1 1\nc 4301 1 1 0,0 1,1", "size 1 1\nc 430102 x 1 0,0", "size 1 1\nc 430102 1 1 0,0 1"} {
		if _, err := parse(text); err == nil {
			t.Errorf("taken: %q", text)
		}
	}
}

// TestSpotsLieInTheCounty: in every county there is room for a page of points, and
// no two of them lie on each other.
func TestSpotsLieInTheCounty(t *testing.T) {
	for _, o := range Province().Counties {
		n, ok := County(o.Code)
		if !ok {
			t.Fatalf("%s has no drawing of its own", o.Code)
		}
		for _, many := range []int{1, 3, 20} {
			spots := n.Spots(many, 110)
			if len(spots) != many {
				t.Fatalf("%s: %d of %d spots", o.Code, len(spots), many)
			}
			for i, s := range spots {
				if !n.inside(point{s.X, s.Y}) {
					t.Errorf("%s: %d,%d lies outside", o.Code, s.X, s.Y)
				}
				for _, b := range spots[:i] {
					if far(s, b) < 60*60 {
						t.Errorf("%s: of %d, %v and %v lie on each other", o.Code, many, s, b)
					}
				}
			}
		}
	}
	if _, ok := County("440103"); ok {
		t.Error("a county of another province has a drawing")
	}
	if n, _ := County("430104"); len(n.Spots(0, 110)) != 0 {
		t.Error("a spot for nothing")
	}
}
