package pages

import (
	"testing"

	"zhunkao/hub/web/page"
	"zhunkao/hub/web/page/pagetest"
	"zhunkao/provisioning/chromium"
)

// TestAxeFindsNothing: on any page in any state, on a desk, on a phone of 320
// px and at 400 %, in large letters with strong contrast (S43).
func TestAxeFindsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	p := newPages(t)
	var scenes []pagetest.Scene
	for _, l := range []Lang{Zh, En} {
		for _, s := range Scenes(l) {
			if l == Zh { // her own switches, on the first language
				s.Frame.Look = Look{}
			} else {
				s.Frame.Look = Look{Large: true, Contrast: true}
			}
			html, err := p.Render(s.Template, s.Frame, s.Body)
			if err != nil {
				t.Fatal(err)
			}
			scenes = append(scenes, pagetest.Scene{Lang: l, Path: s.Page + "/" + s.State, Template: s.Template, HTML: html})
		}
	}
	views := append(pagetest.Views(), pagetest.View{Name: "zh, 360 px", Lang: page.Zh, Width: 360, Height: 740, Scale: 1, Narrow: true})
	ctx, _ := chromium.Start(t)
	pagetest.AxeFindsNothing(t, ctx, chromium.Axe(t), pagetest.Gallery(t, p.Set, "/ks", scenes), scenes, views)
}
