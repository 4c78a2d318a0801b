package paper_test

import (
	"slices"
	"strings"
	"testing"

	"zhunkao/hub/paper"
	"zhunkao/provisioning/fonts/fontstest"
)

// emptied is a room in which seats 7 and 12 are left by a correction of the arrangement
// (更正版): nobody is moved up.
func emptied(t *testing.T) paper.ExamRoom {
	r := examRoom(t, "5x6S", 30)
	left := func(seat int) bool { return seat == 7 || seat == 12 }
	r.Sitters = slices.DeleteFunc(r.Sitters, func(s paper.Sitter) bool { return left(s.Seat) })
	for i := range r.Sittings {
		for j := range r.Sittings[i].Subjects {
			c := &r.Sittings[i].Subjects[j]
			c.Seats = slices.DeleteFunc(slices.Clone(c.Seats), left)
		}
	}
	return r
}

// TestEmptiedSeats: every paper of a room with empty seats in the middle can be set, counts
// who sits, and has no line for who does not.
func TestEmptiedSeats(t *testing.T) {
	r := emptied(t)
	for name, p := range map[string]laid{"seating chart": paper.SeatChart{ExamRoom: r}, "door sheet": paper.DoorSheet{ExamRoom: r}, "desk labels": paper.DeskLabels{ExamRoom: r}, "sign-in sheet": paper.SignIn{ExamRoom: r}, "room record": paper.RoomRecord{ExamRoom: r},
		"bar codes": paper.BarLabels{ExamRoom: r}, "bag covers": paper.BagCovers{ExamRoom: r}} {
		text := strings.Join(strings.Fields(fontstest.Run(t, "pdftotext", "-layout", written(t, layOut(t, p, fontstest.Bundle(t))), "-")), " ")
		for _, gone := range []string{"010234012707", "010234012712"} {
			if strings.Contains(strings.ReplaceAll(text, " ", ""), gone) {
				t.Errorf("%s: %s stands on it, and nobody has it", name, gone)
			}
		}
		if strings.Contains(text, "应到 30") || !strings.Contains(text, "28") && name != "bar codes" && name != "desk labels" {
			t.Errorf("%s: it does not count 28:\n%s", name, text)
		}
	}
}
