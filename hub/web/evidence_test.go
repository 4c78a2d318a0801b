package web_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/jpeg"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/applicant"
	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	pics "zhunkao/hub/picture"
	"zhunkao/protocol/form"
)

// TestEvidenceOnThePage: an office of her county sees what she claims and the
// pictures she sent; the look is journalled; nobody else's office sees it.
func TestEvidenceOnThePage(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	app := w.people[0].Application.Clone()
	app.Version++
	app.Claims = []form.Claim{{Kind: form.BonusClaim, Code: "B02", Evidence: "2018-0731"}, {Kind: form.ExemptionClaim, Code: "E01"}}
	var raw bytes.Buffer
	if err := jpeg.Encode(&raw, image.NewGray(image.Rect(0, 0, 300, 240)), nil); err != nil {
		t.Fatal(err)
	}
	clean, err := pics.NewCleaner(1).Clean(ctx, raw.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	_, session, err := w.options.Accounts.SignUp(ctx, applicant.SignUp{Name: "kaosheng", Password: "岳麓山下有一所学校 2019"}, "10.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	account := session.Account.ID
	p, sealed, err := pics.Seal(w.keys, pics.Claim{Account: account, Campaign: app.Campaign, Kind: form.BonusClaim, Code: "B02"}, clean, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.blobs.Put(map[blob.Hash][]byte{p.Hash(): sealed}); err != nil {
		t.Fatal(err)
	}
	w.write(ctx, func(tx *db.Tx) error {
		if err := w.flow.Register(ctx, tx, app, candidate.FromPortal, flow.Operator()); err != nil {
			return err
		}
		if err := applicant.Bind(ctx, tx, account, app.Campaign, app.ID); err != nil {
			return err
		}
		return pics.Add(ctx, tx, p)
	})
	path := "/gl/candidates/" + app.ID + "/evidence"
	before := len(w.acts(app.ID))
	res, body := w.as("co").get(path)
	if res.StatusCode != http.StatusOK || !strings.Contains(textOf(body), "国家一级运动员") || !strings.Contains(textOf(body), "2018-0731") || !strings.Contains(textOf(body), "没有传照片") {
		t.Fatalf("%d: %s", res.StatusCode, textOf(body))
	}
	m := regexp.MustCompile(`src="data:image/jpeg;base64,([^"]+)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatal("the picture is not on the page")
	}
	shown, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(m[1], "&#43;", "+"))
	if err != nil || !bytes.Equal(shown, clean.JPEG) {
		t.Errorf("another picture: %v", err)
	}
	if acts := w.acts(app.ID); len(acts) != before+1 || acts[len(acts)-1] != "record.viewed evidence" {
		t.Errorf("journalled: %v", acts)
	}
	if _, page := w.as("co").get("/gl/candidates/" + app.ID); !strings.Contains(page, path) {
		t.Error("the candidate's page does not lead there")
	}
}
