package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/candidate"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
)

// pupils registers some in a hub that is stopped, and gives their ids.
func pupils(t *testing.T, data string, n int) []string {
	t.Helper()
	ctx, dir := t.Context(), datadir.Dir(data)
	ring, err := keys.Open(dir.Keys(), keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(ctx, dir.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	now := func() time.Time { return time.Date(2013, 11, 2, 4, 0, 0, 0, time.UTC) }
	f := &flow.Flow{Candidates: candidate.New(ring, now), Keys: ring, Now: now}
	rules := campaign.Gaokao2014()
	bundle, err := campaign.Encode(rules)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	people := synthetic.Candidates(rules, 3, n, synthetic.Point{Code: "43010201", Division: "430102"})
	err = d.Write(ctx, func(tx *db.Tx) error {
		if err := org.CreatePoint(ctx, tx, org.Point{Code: "43010201", Name: "芙蓉区第一报名点", Division: "430102", Open: true}); err != nil {
			return err
		}
		if _, err := f.Publish(ctx, tx, bundle, flow.Operator()); err != nil {
			return err
		}
		for _, p := range people {
			p.Application.Point, p.Application.Version = "43010201", 1
			if err := f.Register(ctx, tx, p.Application, candidate.FromPortal, flow.Operator()); err != nil {
				return err
			}
			ids = append(ids, p.Application.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestCards(t *testing.T) {
	data := made(t)
	file := filepath.Join(data, "cards.pdf")
	want(t, call(t, "", "--data", data, "--lang", "en", "card", "--point", "43010201", "--out", file), 1, "")
	if _, err := os.Stat(file); err == nil {
		t.Error("a file of a hub that does not run")
	}
	ids := pupils(t, data, 10)
	running(t, data)
	card := func(args ...string) result {
		return call(t, "", append([]string{"--data", data, "--lang", "en", "card", "--point", "43010201", "--address", "gk.example/ks", "--out", file}, args...)...)
	}
	want(t, card(), 0, "10 sign-in cards")
	pdf, err := os.ReadFile(file)
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Fatalf("%d bytes, %v", len(pdf), err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the passwords: %v, %v", info.Mode(), err)
	}
	want(t, card(), 1, "there already")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	want(t, card(), 0, "Everybody")
	if _, err := os.Stat(file); err == nil {
		t.Error("an empty sheet was left")
	}
	want(t, card(ids[3]), 1, "--reason")
	want(t, card("--reason", "lost", "a-made-up-one"), 1, "no such application")
	want(t, card("--reason", "lost", ids[3]), 0, "1 sign-in cards")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	want(t, card("--form", "both", "--reason", "lost", ids[4]), 0, "1 sign-in cards")
	if pdf, err = os.ReadFile(file); err != nil || !bytes.Contains(pdf, []byte("/Type/Pages/Count 2")) {
		t.Errorf("cards and list: %d bytes, %v", len(pdf), err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	want(t, call(t, "", "--data", data, "--lang", "en", "card", "--point", "43999901", "--out", file), 1, "")
	d, err := db.OpenExisting(t.Context(), datadir.Dir(data).Database())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Read(t.Context(), func(tx *db.Tx) error {
		for _, id := range ids {
			if is, err := applicant.Carded(t.Context(), tx, id); err != nil || !is {
				t.Errorf("an application has no card: %v", err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
