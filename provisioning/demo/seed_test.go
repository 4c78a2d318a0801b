package demo

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

func TestSeedMakesAMarkedHub(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "hub")
	accounts, cards, err := Seed(context.Background(), dir)
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
	release, err := l.Claim()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Claim(); err == nil {
		t.Error("a second demonstration took the same folder")
	}
	release()
	again, err := l.Claim()
	if err != nil {
		t.Fatalf("after release: %v", err)
	}
	again()
	if err := writeJSON(filepath.Join(dir, "other", "thing.json"), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := (Layout{Dir: filepath.Join(dir, "other")}).Claim(); err == nil {
		t.Error("a folder of somebody else was taken")
	}
}
