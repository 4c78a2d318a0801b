package store_test

import (
	"errors"
	"testing"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

func (b *box) begin(c store.Copy) store.Copy {
	b.Helper()
	got, err := b.BeginCopy(c)
	if err != nil {
		b.Fatal(err)
	}
	return got
}

func TestCopiesOfASheetAreLogged(t *testing.T) {
	b := newBox(t)
	rec, other := protocol.NewID(), protocol.NewID()
	version := protocol.HashOf([]byte("the document"))
	one := b.begin(store.Copy{Record: rec, Number: 1, Version: version, At: 1000})
	b.begin(store.Copy{Record: other, Number: 1, Version: version, At: 1000})
	if err := b.NoteWord(rec, 1, store.WordHasNot); err != nil {
		t.Fatal(err)
	}
	if err := b.EndCopy(one, store.CopyUnknown); err != nil { // the printer's word comes after hers
		t.Fatal(err)
	}
	two := b.begin(store.Copy{Record: rec, Number: 2, Version: version, Reprint: true, At: 2000})
	one.Outcome, one.Word = store.CopyUnknown, store.WordHasNot
	b.again() // opening again forgets none
	got, err := b.Copies(rec)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0] != one || got[1] != two || two.Outcome != store.CopySent {
		t.Errorf("got %+v\nwant %+v, %+v", got, one, two)
	}
	if err := b.NoteWord(rec, 3, store.WordInHand); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a word about a copy that never was: %v", err)
	}
	if err := b.EndCopy(store.Copy{Record: rec, Number: 2, Try: 2}, store.CopyPrinted); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the end of a try that never was: %v", err)
	}
}

// A number is used once more only if certainly nothing of it lies anywhere; the
// try that failed stays in the log.
func TestACopyThatWasNotPrintedFreesItsNumber(t *testing.T) {
	for _, tc := range []struct {
		end  store.CopyOutcome
		free bool
	}{{store.CopyNotPrinted, true}, {store.CopyPrinted, false}, {store.CopyUnknown, false}, {store.CopySent, false}} {
		b := newBox(t)
		b.register(readable().Application)
		rec := b.commit("a1")
		if err := b.KeepReadable(1, readable()); err != nil {
			t.Fatal(err)
		}
		c := b.begin(store.Copy{Record: rec.Manifest.ID, Number: 1})
		if err := b.EndCopy(c, tc.end); err != nil {
			t.Fatal(err)
		}
		want := 1
		if tc.free {
			want = 0
		}
		if got := b.held().Copies; got != want {
			t.Errorf("%s: %d copies may lie somewhere, want %d", tc.end, got, want)
		}
		again, err := b.BeginCopy(store.Copy{Record: rec.Manifest.ID, Number: 1})
		if tc.free != (err == nil) || !tc.free && !errors.Is(err, store.ErrCopyTaken) {
			t.Errorf("%s: the number again: %v", tc.end, err)
		}
		lines, err := b.Copies(rec.Manifest.ID)
		if err != nil {
			t.Fatal(err)
		}
		if tc.free && (again.Try != 2 || len(lines) != 2 || lines[0].Outcome != store.CopyNotPrinted || lines[1].Outcome != store.CopySent) {
			t.Errorf("%s: the log has %+v", tc.end, lines)
		}
		if !tc.free && len(lines) != 1 {
			t.Errorf("%s: the log has %+v", tc.end, lines)
		}
		if tc.free {
			if err := b.NoteWord(rec.Manifest.ID, 1, store.WordInHand); err != nil {
				t.Fatal(err)
			}
			if lines, _ = b.Copies(rec.Manifest.ID); lines[0].Word != store.WordNone || lines[1].Word != store.WordInHand {
				t.Errorf("her word stands at another try: %+v", lines)
			}
		}
	}
}
