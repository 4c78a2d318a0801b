package demo

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhunkao/hub"
	"zhunkao/hub/applicant"
	campaigns "zhunkao/hub/campaign"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/protocol/campaign"
)

func TestSeedMakesAMarkedHub(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "hub")
	accounts, cards, err := Seed(context.Background(), dir, "http://127.0.0.1:8601")
	if err != nil {
		t.Fatal(err)
	}
	if len(accounts) < 4 || len(cards) != here+elsewhere+1 {
		t.Fatalf("%d accounts, %d cards; want at least 4, and %d", len(accounts), len(cards), here+elsewhere+1)
	}
	database, err := db.Open(context.Background(), datadir.Dir(dir).Database())
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	if !database.Demo() {
		t.Error("the database does not carry the demonstration's mark")
	}
	var registered, strangers int
	err = database.Read(context.Background(), func(tx *db.Tx) error {
		if _, err := org.GetPoint(context.Background(), tx, points[0].Code); err != nil {
			return err
		}
		return tx.QueryRow(context.Background(), `SELECT COUNT(*) FROM application`).Scan(&registered)
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := here + elsewhere + 13*each; registered != want {
		t.Errorf("%d applications, want %d", registered, want)
	}
	var camp campaign.Campaign
	err = database.Read(context.Background(), func(tx *db.Tx) error {
		v, err := campaigns.Latest(context.Background(), tx, campaign.Adult2019().ID)
		if err == nil {
			camp, err = v.Decode()
		}
		return err
	})
	if err != nil || camp.Portal.Address != "http://127.0.0.1:8601" {
		t.Errorf("the kiosk's codes lead to %q: %v", camp.Portal.Address, err)
	}
	away := 0
	for _, c := range cards {
		switch c.Note {
		case "stranger":
			strangers++
		case "elsewhere":
			away++
		}
	}
	if strangers != 1 || away != elsewhere {
		t.Errorf("%d strangers and %d registered elsewhere, want 1 and %d", strangers, away, elsewhere)
	}
	for i, a := range accounts {
		for _, b := range accounts[:i] {
			if a.Password == b.Password {
				t.Error("two accounts share a password")
			}
		}
		if strings.Count(a.Password, "-") != 2 {
			t.Errorf("password of %s has an odd form", a.User)
		}
	}
}

// The gaokao's demonstration is seeded too: its rules in force, its schools, and a
// login card that opens the portal.
func TestSeedMakesTheGaokao(t *testing.T) {
	ctx := t.Context()
	l := datadir.Dir(filepath.Join(t.TempDir(), "hub"))
	_, cards, err := Gaokao.seed(ctx, string(l), l.Database(), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(cards) != here+elsewhere+1 {
		t.Errorf("%d cards", len(cards))
	}
	database, err := db.Open(ctx, l.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	ring, err := keys.Open(l.Keys(), keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := database.Meta(ctx, hub.MetaDemoApplicants)
	if err != nil {
		t.Fatal(err)
	}
	var shown []hub.DemoApplicant
	if err := json.Unmarshal([]byte(text), &shown); err != nil || len(shown) != 2 || !shown[0].Card {
		t.Fatalf("%+v are shown, %v", shown, err)
	}
	desk := applicant.New(applicant.Options{DB: database, Keys: ring})
	for _, a := range shown {
		try := applicant.Attempt{Login: a.Login, Password: a.Password, Source: "192.0.2.1"}
		if a.Card {
			try.Campaign = campaign.Gaokao2014().ID
		}
		if _, s, err := desk.Enter(ctx, try); err != nil || s.Account.MustChange != a.Card {
			t.Errorf("%s: %+v, %v", a.Login, s.Account, err)
		}
	}
	err = database.Read(ctx, func(tx *db.Tx) error {
		if v, err := campaigns.Latest(ctx, tx, campaign.Gaokao2014().ID); err != nil || v.Version != 1 {
			t.Errorf("in force: %+v, %v", v, err)
		}
		offices, err := org.Offices(ctx, tx, "430000")
		if err == nil && !slices.ContainsFunc(offices, func(o org.Office) bool { return o.ID == "430000-1" && strings.Contains(o.Name, "普招处") }) {
			t.Error("the department that decides has the adult examination's name")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWordsAreTwoLanguages(t *testing.T) {
	for key, w := range words {
		if w[0] == "" || w[1] == "" {
			t.Errorf("%s lacks a language", key)
		}
	}
}

func TestClaimRefusesAStrangersFolder(t *testing.T) {
	dir := t.TempDir()
	l := Layout{Dir: filepath.Join(dir, "d")}
	release, err := l.Claim(Adult.Name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Claim(Adult.Name); err == nil {
		t.Error("a second demonstration took the same folder")
	}
	release()
	again, err := l.Claim(Adult.Name)
	if err != nil {
		t.Fatalf("after release: %v", err)
	}
	again()
	if _, err := l.Claim(Gaokao.Name); err == nil || !strings.Contains(err.Error(), "CAMPAIGN="+Adult.Name) || !strings.Contains(err.Error(), "clean-demo") {
		t.Errorf("a folder of the adult examination for the gaokao: %v", err)
	}
	if got := l.Forget(); got != "make clean-demo DEMO="+l.Dir {
		t.Errorf("a folder of another name is forgotten by %s", got)
	}
	if usual, err := filepath.Abs(".demo"); err != nil || (Layout{Dir: usual}).Forget() != "make clean-demo" {
		t.Errorf("the usual folder is forgotten by %s: %v", Layout{Dir: usual}.Forget(), err)
	}
	if err := writeJSON(filepath.Join(dir, "other", "thing.json"), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := (Layout{Dir: filepath.Join(dir, "other")}).Claim(Adult.Name); err == nil {
		t.Error("a folder of somebody else was taken")
	}
}

// Who is registered can sign in at the portal; the accounts that are shown stand
// for what they say.
func TestSeedMakesApplicants(t *testing.T) {
	ctx := t.Context()
	l := datadir.Dir(filepath.Join(t.TempDir(), "hub"))
	if _, _, err := Seed(ctx, string(l), ""); err != nil {
		t.Fatal(err)
	}
	database, err := db.Open(ctx, l.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	ring, err := keys.Open(l.Keys(), keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := database.Meta(ctx, hub.MetaDemoApplicants)
	if err != nil {
		t.Fatal(err)
	}
	var shown []hub.DemoApplicant
	if err := json.Unmarshal([]byte(text), &shown); err != nil || len(shown) != 3 {
		t.Fatalf("%d are shown, %v", len(shown), err)
	}
	desk := applicant.New(applicant.Options{DB: database, Keys: ring})
	for i, a := range shown {
		_, s, err := desk.SignIn(ctx, a.Login, a.Password, "192.0.2.1")
		if err != nil {
			t.Fatalf("%s: %v", a.Login, err)
		}
		if (s.Account.Application != "") != (i == 2) || s.Account.MustChange {
			t.Errorf("%s: %+v", a.Login, s.Account)
		}
	}
	if _, s, err := desk.SignIn(ctx, "ks0002", shown[0].Password, "192.0.2.1"); err != nil || s.Account.Application == "" {
		t.Errorf("somebody registered: %+v, %v", s.Account, err)
	}
	var bound, drafts int
	if err := database.Read(ctx, func(tx *db.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM applicant_application`).Scan(&bound); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT count(*) FROM draft`).Scan(&drafts)
	}); err != nil {
		t.Fatal(err)
	}
	if bound != here+elsewhere+13*each || drafts != 1 {
		t.Errorf("%d applications have an account, %d drafts", bound, drafts)
	}
}
