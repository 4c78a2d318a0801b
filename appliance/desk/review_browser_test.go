package desk

import (
	"context"
	"image"
	"os"
	"path/filepath"

	"github.com/chromedp/chromedp"

	"zhunkao/protocol"
	"zhunkao/provisioning/chromium"
)

// reviewPages looks at the review in a browser: empty, with a person in hand, with
// pictures brought through the form, refused, and entered.
func (r *rig) reviewPages(ctx context.Context, look func(name, path string)) {
	r.Helper()
	paper := filepath.Join(r.TempDir(), "paper.jpg")
	if err := os.WriteFile(paper, asJPEG(r.T, image.NewGray(image.Rect(0, 0, 600, 800))), 0o600); err != nil {
		r.Fatal(err)
	}
	app := nurse()
	page := protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: 1, Application: &app}}}
	if err := r.store.ApplyRoster(0, 1, page, protocol.TimeOf(r.o.Now())); err != nil {
		r.Fatal(err)
	}
	look("reviews", "/review")
	look("review", "/review/app-1")
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		r.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			r.Fatal(err)
		}
	}
	do(chromedp.EmulateViewport(1280, 800), chromedp.Navigate(r.server.URL+"/review/app-1"),
		chromedp.SetUploadFiles("#pledge-file", []string{paper}), chromedp.Click(`button[value="pledge-bring"]`), chromium.Arrive(`img[src*="/pledge/"]`),
		chromedp.SetUploadFiles("#copy-file", []string{paper}), chromedp.Click(`button[value="copy-bring"]`), chromium.Arrive(`img[src*="/copy/"]`))
	r.judged(ctx, "review with pictures")
	do(chromedp.Click(`button[value="seal"]`), chromium.Arrive(`.errors`))
	r.judged(ctx, "review refused")
	for _, name := range []string{"item.diploma", "item.licence", "item.household", "item.pledge", "claim.bonus.B05"} {
		do(chromedp.Click(`input[name="` + name + `"][value="pass"]`))
	}
	do(chromedp.SetValue(`select[name^="of."]`, "bonus.B05"), chromedp.Click(`button[value="seal"]`), chromium.Arrive(`.notice.done`))
	if made, _ := r.reviewsMade(); len(made) != 1 || made[0].Pledge == (protocol.Hash{}) || len(made[0].Claims) != 1 {
		r.Errorf("the browser entered %d reviews", len(made))
	}
	look("review-again", "/review/app-1")
	look("reviews-one", "/review")
}

// judged runs axe on the page as it is.
func (r *rig) judged(ctx context.Context, name string) {
	r.Helper()
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](chromium.Axe(r.T)+";void 0")); err != nil {
		r.Fatal(err)
	}
	wrong, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](judge, chromedp.EvalAwaitPromise))
	if err != nil {
		r.Fatal(err)
	}
	for _, w := range wrong {
		r.Errorf("%s: %s", name, w)
	}
}
