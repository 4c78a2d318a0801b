package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhunkao/hub/applicant"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// TestLetIn: staff print a slip for somebody who has lost what she signs in
// with; what she had opens nothing any more, and the journal says who and why.
func TestLetIn(t *testing.T) {
	w := newWorld(t)
	id := w.people[0].Application.ID
	path := "/gl/candidates/" + id
	if _, page := w.as("te").get(path); strings.Contains(page, path+"/entry") {
		t.Error("a technician is offered it")
	}
	if res, page := w.as("co").post(path+"/entry", url.Values{"reason": {" "}}, path); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, `id="entry-error"`) {
		t.Errorf("without a reason: %d", res.StatusCode)
	}
	res, file := w.as("co").post(path+"/entry", url.Values{"reason": {"核对过身份证原件"}}, path)
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(file, "%PDF") || res.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %q", res.StatusCode, res.Header.Get("Content-Type"))
	}
	if err := w.db.Read(t.Context(), func(tx *db.Tx) error {
		account, err := applicant.AccountOf(t.Context(), tx, id)
		if err != nil || account == "" {
			t.Errorf("the application has no account: %v", err)
		}
		all, err := journal.Of(t.Context(), tx, journal.Subject{Kind: journal.OfApplication, ID: id})
		found := false
		for _, e := range all {
			found = found || e.Act == journal.ApplicantSlip && e.Reason == "核对过身份证原件" && e.Author.Kind == journal.ByStaff
		}
		if !found {
			t.Error("the journal does not say it")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
