package web

import (
	"context"
	"errors"
	"maps"
	"slices"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/intake"
	"zhunkao/hub/org"
	"zhunkao/hub/web/console"
)

// What is remembered of one form, whatever its files hold: records of a box that
// are worth a line, and files that are worth one.
const (
	mostOdd   = 100
	mostNotes = 20
)

// brought is what became of the files of one form.
type brought struct {
	files int // that were journals
	words map[intake.Word]int
	boxes map[string]*fromBox // by box; "" is what no box of this hub signed
	notes []console.StickNote
}

// fromBox is what they held of one box.
type fromBox struct {
	words map[intake.Word]int
	odd   []intake.Carried
	more  int
}

// note remembers what is to be said of the n-th file.
func (b *brought) note(word string, n, count int) {
	if len(b.notes) < mostNotes {
		b.notes = append(b.notes, console.StickNote{Number: n, Key: "sticks.note." + word, N: count})
	}
}

// take counts a record. One that nobody signed may name whatever box it likes.
func (b *brought) take(r intake.Carried) error {
	id := r.Box
	if r.Word == intake.WordAlien {
		id = ""
	}
	from := b.boxes[id]
	if from == nil {
		from = &fromBox{words: map[intake.Word]int{}}
		b.boxes[id] = from
	}
	from.words[r.Word]++
	b.words[r.Word]++
	switch {
	case r.Word == intake.WordNew || r.Word == intake.WordKnown:
	case len(from.odd) < mostOdd:
		from.odd = append(from.odd, r)
	default:
		from.more++
	}
	return nil
}

// broughtView puts it into words: each box of her remit by itself, what lies
// elsewhere as one line of counts, and what nobody signed as another.
func (s *server) broughtView(ctx context.Context, tx *db.Tx, v *visit, b *brought) (console.StickResult, error) {
	out := console.StickResult{Files: b.files, Notes: b.notes, Words: saidWords(b.words, false)}
	out.Trouble = len(b.notes) > 0 || b.words[intake.WordWhole]+b.words[intake.WordAside]+b.words[intake.WordAlien]+b.words[intake.WordTorn]+b.words[intake.WordEarly]+b.words[intake.WordLater] > 0
	elsewhere, points := map[intake.Word]int{}, pointNames{}
	for _, id := range slices.Sorted(maps.Keys(b.boxes)) {
		if id == "" {
			continue
		}
		from := b.boxes[id]
		row, mine, err := s.stickBox(ctx, tx, v, id, points)
		if err != nil {
			return out, err
		}
		if !mine {
			for w, n := range from.words {
				elsewhere[w] += n
			}
			continue
		}
		row.Words, row.More = saidWords(from.words, true), from.more
		for _, r := range from.odd {
			row.Odd = append(row.Odd, s.stickOdd(r))
		}
		out.Boxes = append(out.Boxes, row)
	}
	if out.Elsewhere = len(elsewhere) > 0; out.Elsewhere {
		out.Boxes = append(out.Boxes, console.StickBox{Key: "sticks.elsewhere", Words: saidWords(elsewhere, true)})
	}
	if from := b.boxes[""]; from != nil {
		row := console.StickBox{Key: "sticks.nobody", Words: saidWords(from.words, true), More: from.more}
		for _, r := range from.odd {
			row.Odd = append(row.Odd, s.stickOdd(r))
		}
		out.Boxes = append(out.Boxes, row)
	}
	return out, nil
}

// stickBox names a box of her remit.
func (s *server) stickBox(ctx context.Context, tx *db.Tx, v *visit, id string, points pointNames) (row console.StickBox, mine bool, err error) {
	b, err := s.boxNamed(ctx, tx, id)
	if errors.Is(err, fleet.ErrNotFound) {
		return row, false, nil
	}
	if err != nil {
		return row, false, err
	}
	at, err := org.GetPoint(ctx, tx, b.Point)
	if err != nil || !v.remit().covers(at.Division, at.Code) {
		return row, false, err
	}
	row = console.StickBox{Box: b.ID, Unit: int(b.Unit)}
	row.Point, err = points.name(ctx, tx, b.Point)
	return row, true, err
}

// saidWords gives the counts in their order: every one, or those that are not 0.
func saidWords(words map[intake.Word]int, every bool) (out []console.StickWord) {
	for _, w := range stickWords() {
		if every || words[w] > 0 {
			out = append(out, console.StickWord{Key: "detail." + string(w), N: words[w]})
		}
	}
	return out
}

// stickOdd says of one record why it was not simply taken, and what to do.
func (s *server) stickOdd(r intake.Carried) console.StickOdd {
	out := console.StickOdd{Epoch: r.Epoch, Sequence: r.Sequence}
	switch r.Word {
	case intake.WordTorn:
		out.Word, out.Do = console.State{Class: "wait", Icon: "alert", Key: "detail.torn"}, "sticks.torn.do"
	case intake.WordEarly:
		out.Word, out.Do = console.State{Class: "wait", Icon: "clock", Key: "detail.early"}, "sticks.early.do"
	case intake.WordLater:
		out.Word, out.Do = console.State{Class: "wait", Icon: "clock", Key: "detail.later"}, "sticks.later.do"
	case intake.WordWhole:
		out.Word, out.Do = console.State{Class: "wait", Icon: "check", Key: "detail.whole"}, "sticks.whole.do"
	case intake.WordAlien:
		out.Word, out.Do = console.State{Class: "must", Icon: "cross", Key: "detail.foreign"}, "sticks.foreign.do"
		if why := "quarantine." + string(r.Reason); s.pages.Has(why + ".do") {
			out.Why = why
		}
	default:
		out.Word = console.State{Class: "must", Icon: "tray", Key: "detail.aside"}
		if out.Why = "quarantine." + string(r.Reason); !s.pages.Has(out.Why + ".do") {
			out.Why = "quarantine.other"
		}
		out.Do = out.Why + ".do"
	}
	return out
}
