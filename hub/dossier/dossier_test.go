package dossier_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/dossier"
	"zhunkao/hub/keys"
)

// TestReadmeHasTheList: what the README says is kept is what the portal says.
func TestReadmeHasTheList(t *testing.T) {
	b, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(b), "<!-- dossier: begin -->\n")
	got, _, ok2 := strings.Cut(rest, "<!-- dossier: end -->")
	want, err := dossier.Table()
	if err != nil {
		t.Fatal(err)
	}
	if !ok || !ok2 || got != want {
		t.Errorf("hub/README.md has\n%s\nand the list says\n%s", got, want)
	}
}

// TestItemsAreWhole: everything is said in both languages.
func TestItemsAreWhole(t *testing.T) {
	all, err := dossier.Items()
	if err != nil || len(all) < 12 {
		t.Fatalf("%d items, %v", len(all), err)
	}
	seen := map[string]bool{}
	for _, i := range all {
		if seen[i.Key] {
			t.Errorf("%s stands twice", i.Key)
		}
		seen[i.Key] = true
		for _, w := range []dossier.Words{i.What, i.Why, i.Kept, i.Who} {
			han := strings.ContainsFunc(w.Zh, func(r rune) bool { return unicode.Is(unicode.Han, r) })
			if !han || w.En == "" || strings.ContainsFunc(w.En, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: %q, %q", i.Key, w.Zh, w.En)
			}
		}
	}
}

// TestEveryTableOfAPersonIsListed: a table that names an application or an
// applicant's account is part of what an item of the list stands for, so that a
// later table cannot be forgotten.
func TestEveryTableOfAPersonIsListed(t *testing.T) {
	of := map[string]string{ // table → item
		"applicant": "account", "applicant_login": "account", "applicant_request": "account", "applicant_session": "session", "applicant_application": "account",
		"draft": "draft", "consent": "consent", "application": "application", "application_version": "application", "application_entered": "application", "lookup": "lookup", "picture": "evidence",
		"confirmation": "confirmation", "ruling": "confirmation", "void": "confirmation", "verification": "confirmation", "review": "review", "review_claim": "review", "payment_order": "payment", "order_aside": "payment", "unpaid_contact": "payment", "unpaid_finding": "payment", "unpaid_answer": "payment", "payment_relieved": "payment", "ending_person": "payment", "area_move": "application", "moving_person": "application", "notice": "message", "notice_seen": "message", "text_message": "text", "person_request": "request", "journal_entry": "journal",
		"seating_candidate": "seat", "seating_seat": "seat", "seating_change": "seat", "seating_problem": "seat", "ticket_copy": "seat", "result_row": "results",
		"application_erased": "journal", "campaign_effect": "journal",
	}
	others := []string{"account", "account_holder", "account_post", "authenticator", "own_card", "training", "staff_request", "approval_step", "approval_delegation", "campaign_signature", "incident_entry",
		"session", "countersign", "point", "site"} // of offices
	items, err := dossier.Items()
	if err != nil {
		t.Fatal(err)
	}
	for table, item := range of {
		if !slices.ContainsFunc(items, func(i dossier.Item) bool { return i.Key == item }) {
			t.Errorf("%s is said to be part of %q, which is no item", table, item)
		}
	}
	d := dbtest.SQLite(t)
	there := map[string]bool{}
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		if err := tx.Each(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table'`, nil, func(scan func(...any) error) error {
			var table string
			err := scan(&table)
			there[table] = true
			return err
		}); err != nil {
			return err
		}
		return tx.Each(t.Context(), `SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
			WHERE m.type = 'table' AND c.name IN ('application', 'account', 'applicant', 'number_hmac', 'phone', 'phone_key', 'profile')`, nil, func(scan func(...any) error) error {
			var table string
			if err := scan(&table); err != nil {
				return err
			}
			if of[table] == "" && !slices.Contains(others, table) {
				t.Errorf("table %s holds something of a person and stands in no item", table)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range append(slices.Collect(maps.Keys(of)), others...) {
		if !there[table] {
			t.Errorf("there is no table %s", table)
		}
	}
}

// TestRequests: what she wrote is sealed, answered once, and goes with her.
func TestRequests(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ring, err := keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
		if err != nil {
			t.Fatal(err)
		}
		ctx := t.Context()
		do := func(f func(tx *db.Tx) error) error { return d.Write(ctx, f) }
		ask := func(c dossier.Content) (r dossier.Request, err error) {
			err = do(func(tx *db.Tx) (err error) {
				r, err = dossier.Ask(ctx, tx, ring, dossier.Request{Kind: dossier.Correction, Account: "u1", Application: "app", Campaign: "c", Division: "430104", Point: "43010401", Content: c, Asked: 5})
				return err
			})
			return r, err
		}
		for name, c := range map[string]dossier.Content{"nothing": {}, "no reason": {Wanted: "x"}, "nothing wanted": {Why: "x"}, "too long": {Wanted: "x", Why: strings.Repeat("长", dossier.MaxText+1)}, "no text": {Wanted: "x", Why: "\xff"}} {
			if _, err := ask(c); !errors.Is(err, dossier.ErrText) {
				t.Errorf("%s: %v", name, err)
			}
		}
		r, err := ask(dossier.Content{Field: "f", Wanted: " 土家族 ", Why: "证件如此"})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", r, r, r), "土家族") {
			t.Error("a request prints what she wrote")
		}
		if err := do(func(tx *db.Tx) error { return dossier.Answer(ctx, tx, ring, r.ID, dossier.Done, "  ", "s1", 9) }); !errors.Is(err, dossier.ErrText) {
			t.Errorf("an empty answer: %v", err)
		}
		if err := do(func(tx *db.Tx) error { return dossier.Answer(ctx, tx, ring, "nowhere", dossier.Done, "好", "s1", 9) }); !errors.Is(err, dossier.ErrNotFound) {
			t.Errorf("of none: %v", err)
		}
		for i := range 2 {
			if err := do(func(tx *db.Tx) error { return dossier.Answer(ctx, tx, ring, r.ID, dossier.Done, "改好了", "s1", 9) }); i == 0 && err != nil || i == 1 && !errors.Is(err, dossier.ErrState) {
				t.Errorf("answer %d: %v", i+1, err)
			}
		}
		if err := do(func(tx *db.Tx) error {
			got, err := dossier.Of(ctx, tx, ring, "", "u1")
			if len(got) != 1 || got[0].Content != (dossier.Content{Field: "f", Wanted: "土家族", Why: "证件如此"}) || got[0].Answer != "改好了" || got[0].State != dossier.Done || got[0].By != "s1" {
				t.Errorf("came back as %d, %+v", len(got), err)
			}
			if err != nil {
				return err
			}
			if other, err := dossier.Of(ctx, tx, ring, "", ""); len(other) != 0 || err != nil {
				t.Errorf("nobody's: %d, %v", len(other), err)
			}
			if err := dossier.Forget(ctx, tx, "app", ""); err != nil {
				return err
			}
			left, err := dossier.Of(ctx, tx, ring, "app", "u1")
			if len(left) != 0 {
				t.Errorf("%d are left", len(left))
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestCopyPrintsNothing and escapes what is in it.
func TestCopyPrintsNothing(t *testing.T) {
	c := dossier.Copy{Made: "2019-09-06T10:00:00+08:00", Sections: []dossier.Section{{Key: "application", Title: "报名",
		Entries: []dossier.Entry{{Lines: []dossier.Line{{Key: "x", Label: "姓名", Value: `<script>alert(1)</script>`}}, Pictures: []dossier.Picture{{Label: `a"b`, Type: "image/jpeg", Data: []byte{1, 2, 3}}}}}}}}
	if s := fmt.Sprintf("%v %+v %s", c, c, c); strings.Contains(s, "script") {
		t.Errorf("prints %s", s)
	}
	html, err := c.HTML()
	if err != nil || strings.Contains(string(html), "<script>") || !strings.Contains(string(html), `src="data:image/jpeg;base64,AQID"`) {
		t.Errorf("%v: %s", err, html)
	}
	raw, err := c.JSON()
	var back dossier.Copy
	if err != nil || json.Unmarshal(raw, &back) != nil || back.Sections[0].Entries[0].Lines[0].Value != "<script>alert(1)</script>" {
		t.Errorf("%v: %s", err, raw)
	}
}

// TestWordsAreNamed: each word of the copy is used, and what is used has words.
func TestWordsAreNamed(t *testing.T) {
	b, err := os.ReadFile("words.tsv")
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		key, _, _ := strings.Cut(line, "\t")
		has[key] = true
	}
	f, err := parser.ParseFile(token.NewFileSet(), "collect.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "t" && sel.Sel.Name != "line" && sel.Sel.Name != "add" {
			return true
		}
		if lit, ok := call.Args[0].(*ast.BasicLit); ok {
			if key, err := strconv.Unquote(lit.Value); err != nil || !has[key] {
				t.Errorf("%s has no words", lit.Value)
			}
		}
		return true
	})
}
