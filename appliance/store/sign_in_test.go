package store_test

import (
	"errors"
	"testing"

	"zhunkao/appliance/store"
)

// A code that was used in one store is used in the other, whichever way it goes;
// wrong PINs go on being counted there, and are forgotten when they were there.
func TestSignInsGoWithTheBox(t *testing.T) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	home, away := newBox(t), newBox(t)
	accounts := []string{"s-chen", "s-tan"}
	goes := func(from, to *box) {
		t.Helper()
		all, err := from.SignIns()
		must(err)
		must(to.SaveSignIns(all, accounts))
	}
	must(home.UseCode("s-chen", 7))
	must(home.UseCode("s-nobody", 9))
	for range store.MaxCardTries - 1 {
		must(home.TryCard("s-chen"))
		must(home.TryCard("s-tan"))
	}
	goes(home, away)
	if err := away.UseCode("s-chen", 7); !errors.Is(err, store.ErrCodeUsed) {
		t.Errorf("used at home, and away: %v", err)
	}
	must(away.UseCode("s-nobody", 9)) // it was not about her
	must(away.UseCode("s-chen", 8))
	must(away.TryCard("s-chen"))
	if err := away.TryCard("s-chen"); !errors.Is(err, store.ErrCardLocked) {
		t.Errorf("one PIN too many, counted over both: %v", err)
	}
	must(away.CardTrusted("s-tan"))
	must(home.UseCode("s-tan", 20))
	goes(away, home)
	if err := home.UseCode("s-chen", 8); !errors.Is(err, store.ErrCodeUsed) {
		t.Errorf("used away, and at home: %v", err)
	}
	if err := home.UseCode("s-tan", 20); !errors.Is(err, store.ErrCodeUsed) {
		t.Errorf("what was used at home is good again: %v", err)
	}
	if err := home.TryCard("s-chen"); !errors.Is(err, store.ErrCardLocked) {
		t.Errorf("locked away, open at home: %v", err)
	}
	if err := home.TryCard("s-tan"); err != nil {
		t.Errorf("forgiven away, and not at home: %v", err)
	}
}
