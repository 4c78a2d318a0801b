package guard

import (
	"runtime"
	"time"
)

// Limits are the figures of the guard. A zero one is its default.
//
// Where the defaults come from: the peak model of the planning (300,000
// applicants; 25 requests a registration; about 400 requests a second of the
// whole province at the worst), a registration of a quarter of an hour, and a
// school where classes of 50 do the same at the same moment.
type Limits struct {
	// Person is what one signed-in person, or one place in the line, may ask.
	// 25 requests in 15 minutes is under 2 a minute; saving by itself while she
	// types, and a page opened again and again by an anxious hand, are far below
	// 2 a second.
	Person Rate

	// Address is what all people behind one address who are not signed in may ask
	// together: 30 a second, a thirteenth of the whole province at its worst. A
	// school of 2,000 that registers within an hour asks 14 a second; six rooms of
	// 50 that open three pages at the same moment are 900.
	Address Rate

	// Network is the same for a /24, or a /48 of IPv6: a mobile carrier puts
	// thousands of people behind a few addresses that lie together. A quarter of
	// the province at its worst.
	Network Rate

	// Hands is how many requests are answered at a time, all kinds together.
	// Pages cost processor time, so more hands than a multiple of the cores only
	// wait for each other: 24 for each core.
	Hands int
	// Guests is how many of them may be of people who are not signed in: a third.
	// Signing in is one of these, and takes 19 MiB and a core for 20 ms.
	Guests int
	// Writes is how many may be of signed-in people who change something: five
	// sixths, so that reading always goes on.
	Writes int
	// Uploads is how many may be forms with files, which take as long as the
	// person's network is slow: an eighth.
	Uploads int

	// Absence is how long somebody may be away from the line without losing her
	// place: 10 minutes, and the page says so.
	Absence time.Duration

	// Line is how many places are held in memory: 100,000, of 32 bytes. Who comes
	// when it is full is asked to come again in a minute, and keeps the time of
	// her first coming.
	Line int
}

func (l Limits) filled() Limits {
	cores := min(runtime.NumCPU(), runtime.GOMAXPROCS(0)) // hubd has more threads than cores
	rate := func(r *Rate, d Rate) {
		if *r == (Rate{}) {
			*r = d
		}
	}
	number := func(n *int, d int) {
		if *n == 0 {
			*n = max(1, d)
		}
	}
	rate(&l.Person, Rate{PerMinute: 120, Burst: 90})
	rate(&l.Address, Rate{PerMinute: 1800, Burst: 900})
	rate(&l.Network, Rate{PerMinute: 6000, Burst: 3000})
	number(&l.Hands, 24*cores)
	number(&l.Guests, l.Hands/3)
	number(&l.Writes, l.Hands*5/6)
	number(&l.Uploads, l.Hands/8)
	number(&l.Line, 100_000)
	if l.Absence == 0 {
		l.Absence = 10 * time.Minute
	}
	return l
}
