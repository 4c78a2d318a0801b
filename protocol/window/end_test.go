package window_test

import (
	"testing"
	"time"

	"zhunkao/protocol/window"
)

// The end of a step is that of its last window in force.
func TestEnd(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2019, 10, n, 0, 0, 0, 0, window.Zone()) }
	all := []window.Window{
		{ID: "a", Step: window.PrintTicket, From: day(17), To: day(28)},
		{ID: "a", Step: window.PrintTicket, From: day(17), To: day(24), Revision: 1},
		{ID: "b", Step: window.PrintTicket, From: day(17), To: day(26)},
		{ID: "c", Step: window.PrintTicket, From: day(17), To: day(30), Withdrawn: true},
		{ID: "d", Step: window.Pay, From: day(17), To: day(31)},
	}
	if got := window.End(all, window.PrintTicket); !got.Equal(day(26)) {
		t.Errorf("ends %v", got)
	}
	if got := window.End(all, window.Confirm); !got.IsZero() {
		t.Errorf("a step without windows ends %v", got)
	}
	if got := window.End(append(all, window.Window{ID: "e", Step: window.PrintTicket, From: day(17)}), window.PrintTicket); !got.IsZero() {
		t.Errorf("a step without an end ends %v", got)
	}
}
