package store_test

import (
	"errors"
	"testing"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

func TestCopiesOfASheetAreLogged(t *testing.T) {
	b := newBox(t)
	rec, other := protocol.NewID(), protocol.NewID()
	version := protocol.HashOf([]byte("the document"))
	one := store.Copy{Record: rec, Number: 1, Version: version, At: 1000, Outcome: store.CopySent}
	two := store.Copy{Record: rec, Number: 2, Version: version, Reprint: true, At: 2000, Outcome: store.CopySent}
	for _, c := range []store.Copy{two, one, {Record: other, Number: 1, Outcome: store.CopyPrinted}} {
		if err := b.NoteCopy(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.NoteWord(rec, 1, store.WordHasNot); err != nil {
		t.Fatal(err)
	}
	one.Outcome = store.CopyUnknown
	if err := b.NoteCopy(one); err != nil { // the printer's word comes after hers
		t.Fatal(err)
	}
	one.Word = store.WordHasNot
	b.again() // opening again forgets none
	got, err := b.Copies(rec)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0] != one || got[1] != two {
		t.Errorf("got %+v\nwant %+v, %+v", got, one, two)
	}
	if err := b.NoteWord(rec, 3, store.WordInHand); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a word about a copy that never was: %v", err)
	}
}
