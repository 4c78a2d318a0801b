package paper

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"zhunkao/hub/arrangement"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
)

// ErrExam says that the values of a room contradict each other: a seat that its grid
// does not have, or one that two people have. It names the seat and nobody.
var ErrExam = errors.New("paper: room")

// ExamRoom is a room (考室) of an examination with everybody who sits in it: what papers
// 04 to 10 are printed from (domain §1.10, §1.11). Its Sitters are in the order of seats.
type ExamRoom struct {
	Campaign string // long name
	Office   string // who prints
	Area     string // code of the area (考区), four digits
	AreaName string // with 考区 at its end or without
	Site     string // name of the site (考点)
	Address  string
	Room     string // number of the room, as printed: "0127"
	Mixed    bool   // a mixed room (混合考室)
	Grid     *arrangement.Grid
	Sitters  []Sitter
	Sittings []RoomSitting
	Times    ExamTimes
	Version  string // of the arrangement (编排版本), as printed; "": not said
	Printed  time.Time
	Copy     int // 1 for the first print
	Marks    []sheet.Mark
}

// ExamTimes are the minutes that papers name. A zero is the usual one: entry 30 before
// the start, no entry 15 after it, question bags opened 5 before it.
type ExamTimes struct{ Entry, Late, Open int }

func (t ExamTimes) entry() int { return orElse(t.Entry, 30) }
func (t ExamTimes) late() int  { return orElse(t.Late, 15) }
func (t ExamTimes) open() int  { return orElse(t.Open, 5) }

func orElse(n, usual int) int {
	if n == 0 {
		return usual
	}
	return n
}

// Sitter is one candidate in her seat.
type Sitter struct {
	Seat     int    // on the grid, from 1
	Number   string // ticket number
	Name     identity.Name
	Sex      string
	Last4    string // of her document
	Language string // "英语"; "" where no language is written
	Foreign  bool   // the language is not that of most: it is printed white on black
	Level    string // "专升本"
	Code     string // of the category: "34"
	Category string // "经济管理类"
	Photo    []byte // JPEG; nil: NoPhoto stands there
	NoPhoto  string // lines end with \n
}

// String names what it is and nobody.
func (s Sitter) String() string { return "sitter" }

// GoString is String.
func (s Sitter) GoString() string { return s.String() }

// Format keeps values out under every verb.
func (s Sitter) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue names what it is and nobody.
func (s Sitter) LogValue() slog.Value { return slog.StringValue(s.String()) }

// RoomSitting is one sitting (场次) of a room. A room has it only if somebody of the room
// writes in it: the last half day is for those of 高起本 alone.
type RoomSitting struct {
	Number   int
	From, To time.Time
	Subjects []SubjectCount // what is written, each in a bag of its own
}

// SubjectCount is one question paper of a sitting: languages are apart, and so are the
// subjects of a mixed room.
type SubjectCount struct {
	Subject  string // "外语"
	Language string // "日语"; "" unless the subject is one of languages
	Seats    []int  // of those who write it, in order
}

// Expected is how many write it (应到).
func (s SubjectCount) Expected() int { return len(s.Seats) }

// Paper is what stands on the question paper: of a language its name.
func (s SubjectCount) Paper() string { return first(s.Language, s.Subject) }

// Expected is how many sit in the sitting.
func (s RoomSitting) Expected() (n int) {
	for _, c := range s.Subjects {
		n += c.Expected()
	}
	return n
}

// Names are the subjects of a sitting, each once.
func (s RoomSitting) Names() (out []string) {
	for _, c := range s.Subjects {
		if !slices.Contains(out, c.Subject) {
			out = append(out, c.Subject)
		}
	}
	return out
}

// RoomGroup is those of a room who are of one level and category.
type RoomGroup struct {
	Level, Code, Category string
	People                int
	First, Last           string // ticket numbers
}

// Groups are those of a room, in the order of seats.
func (r ExamRoom) Groups() (out []RoomGroup) {
	for _, s := range r.Sitters {
		i := slices.IndexFunc(out, func(g RoomGroup) bool { return g.Level == s.Level && g.Code == s.Code && g.Category == s.Category })
		if i < 0 {
			out = append(out, RoomGroup{Level: s.Level, Code: s.Code, Category: s.Category, First: s.Number, Last: s.Number})
			i = len(out) - 1
		}
		g := &out[i]
		g.People++
		g.First, g.Last = min(g.First, s.Number), max(g.Last, s.Number)
	}
	return out
}

// RoomLanguage is how many of a room write a language, and where.
type RoomLanguage struct {
	Language string
	Seats    []int
}

// Languages are those of a room, in the order of seats.
func (r ExamRoom) Languages() (out []RoomLanguage) {
	for _, s := range r.Sitters {
		if s.Language == "" {
			continue
		}
		i := slices.IndexFunc(out, func(l RoomLanguage) bool { return l.Language == s.Language })
		if i < 0 {
			out = append(out, RoomLanguage{Language: s.Language})
			i = len(out) - 1
		}
		out[i].Seats = append(out[i].Seats, s.Seat)
	}
	return out
}

// at finds who has a seat.
func (r ExamRoom) at(seat int) (Sitter, bool) {
	for _, s := range r.Sitters {
		if s.Seat == seat {
			return s, true
		}
	}
	return Sitter{}, false
}

// gridSize is how many columns and rows the grid has.
func (r ExamRoom) gridSize() (columns, rows int) {
	for _, at := range r.Grid.Seats {
		columns, rows = max(columns, at.Column), max(rows, at.Row)
	}
	return columns, rows
}

// check finds what no paper could show. ErrExam.
func (r ExamRoom) check() error {
	if r.Grid == nil {
		return fmt.Errorf("%w %s: it has no grid", ErrExam, r.Room)
	}
	taken := make([]bool, len(r.Grid.Seats)+1)
	for _, s := range r.Sitters {
		switch {
		case s.Seat < 1 || s.Seat >= len(taken):
			return fmt.Errorf("%w %s: grid %s has no seat %d", ErrExam, r.Room, r.Grid.Name, s.Seat)
		case taken[s.Seat]:
			return fmt.Errorf("%w %s: seat %d is taken twice", ErrExam, r.Room, s.Seat)
		}
		taken[s.Seat] = true
	}
	for _, sitting := range r.Sittings {
		seen := map[int]bool{}
		for _, c := range sitting.Subjects {
			for _, seat := range c.Seats {
				if seat < 1 || seat >= len(taken) || !taken[seat] || seen[seat] {
					return fmt.Errorf("%w %s: sitting %d: seat %d has no sitter, or two papers", ErrExam, r.Room, sitting.Number, seat)
				}
				seen[seat] = true
			}
		}
	}
	return nil
}
