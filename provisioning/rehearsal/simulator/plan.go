package simulator

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Size is how big a simulated province is.
type Size struct {
	Points int // confirmation points, each with a line of its own to the hub
	Boxes  int // at each point
	Visits int // at each box
	Faults int // one after the other
}

// people is how many are registered: one for each visit.
func (s Size) people() int { return s.Points * s.Boxes * s.Visits }

// Act is what somebody does at a box.
type Act string

// The acts.
const (
	Confirm   Act = "confirm"    // to the end
	Leave     Act = "leave"      // somebody of the staff ends the visit after some presses; she does not come again
	Misread   Act = "misread"    // her card is not readable at first
	ReaderOut Act = "reader-out" // the reader is pulled after some presses, and plugged in again
	Again     Act = "again"      // she is accepted, and comes once more
	Twin      Act = "twin"       // she goes to the next box of the point afterwards: a second confirmation, if nobody stops her
	Astray    Act = "astray"     // she is registered at another point, and goes to her own afterwards
)

// stays reports whether she must be confirmed in the end.
func (a Act) stays() bool { return a != Leave }

// Visit is one person at one box.
type Visit struct {
	Person int // index into the people
	Act    Act
	After  int // presses until the trouble of Leave and ReaderOut
}

// BoxPlan is one box.
type BoxPlan struct {
	Visits  []Visit
	Printer string // "", "well", "no-paper", "jam", "reset", "gone"
}

// Trouble is what a fault does.
type Trouble string

// The troubles.
const (
	Cut        Trouble = "cut"         // the line of a point refuses
	Hole       Trouble = "hole"        // it swallows what is sent, both ways
	Slow       Trouble = "slow"        // it delays
	PowerPoint Trouble = "power-point" // the boxes of a point lose their power
	PowerHub   Trouble = "power-hub"   // the hub does
	Forget     Trouble = "forget"      // and its broker forgets everything
	StallPoint Trouble = "stall-point" // the processes of a point stand still
	StallHub   Trouble = "stall-hub"
)

// Fault is one trouble, its place, and how long it lasts.
type Fault struct {
	Trouble Trouble
	Point   int
	Pause   time.Duration // before it
	For     time.Duration
	Skews   []time.Duration // PowerPoint: what the boards' clocks are off by afterwards, one for each box
}

// Plan is all that is decided before anything happens.
type Plan struct {
	Seed   uint64
	Size   Size
	Points [][]BoxPlan
	Skews  [][]time.Duration // at the first start
	Faults []Fault
}

// skews are what a board's clock can be off by: well, a dead battery, a wrong
// setting.
var skews = []time.Duration{0, 0, 0, -10 * 365 * 24 * time.Hour, -26 * time.Hour, 3 * time.Hour, 400 * 24 * time.Hour}

// PlanOf decides what happens for a seed.
func PlanOf(seed uint64, size Size) Plan {
	r := rand.New(rand.NewPCG(seed, 0x7a68756e6b616f)) // "zhunkao"
	p := Plan{Seed: seed, Size: size}
	person := 0
	for range size.Points {
		boxes := make([]BoxPlan, size.Boxes)
		for b := range boxes {
			boxes[b].Printer = pick(r, "", "", "well", "no-paper", "jam", "reset", "gone")
			for range size.Visits {
				act := pick(r, Confirm, Confirm, Confirm, Confirm, Leave, Misread, ReaderOut, Again, Twin, Astray)
				if act == Twin && size.Boxes < 2 || act == Astray && size.Points < 2 {
					act = Confirm
				}
				boxes[b].Visits = append(boxes[b].Visits, Visit{Person: person, Act: act, After: 1 + r.IntN(4)})
				person++
			}
		}
		p.Points = append(p.Points, boxes)
		p.Skews = append(p.Skews, draw(r, size.Boxes))
	}
	p.wander()
	for range size.Faults {
		f := Fault{Trouble: pick(r, Cut, Cut, Hole, Slow, PowerPoint, PowerPoint, PowerHub, PowerHub, Forget, StallPoint, StallHub),
			Point: r.IntN(size.Points), Pause: millis(r, 20, 250), For: millis(r, 10, 300)}
		if f.Trouble == PowerPoint {
			f.Skews = draw(r, size.Boxes)
		}
		p.Faults = append(p.Faults, f)
	}
	return p
}

// wander sends the twins to the next box, and those who are astray to a box of
// the next point first.
func (p *Plan) wander() {
	for at, boxes := range p.Points {
		for b := range boxes {
			for _, v := range boxes[b].Visits[:p.Size.Visits] {
				switch v.Act {
				case Twin:
					next := (b + 1) % len(boxes)
					boxes[next].Visits = append(boxes[next].Visits, Visit{Person: v.Person, Act: Twin})
				case Astray:
					other := p.Points[(at+1)%len(p.Points)]
					other[b].Visits = append(other[b].Visits, Visit{Person: v.Person, Act: Astray})
				}
			}
		}
	}
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func draw(r *rand.Rand, n int) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = pick(r, skews...)
	}
	return out
}

func millis(r *rand.Rand, from, to int) time.Duration {
	return time.Duration(from+r.IntN(to-from)) * time.Millisecond
}

// String tells a plan in a few lines, for whoever looks at a failure.
func (p Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d: %d points of %d boxes, %d visits each\n", p.Seed, p.Size.Points, p.Size.Boxes, p.Size.Visits)
	for i, boxes := range p.Points {
		for k, box := range boxes {
			fmt.Fprintf(&b, "  box %d-%d, clock %s, printer %q:", i, k, p.Skews[i][k], box.Printer)
			for _, v := range box.Visits {
				fmt.Fprintf(&b, " %d:%s", v.Person, v.Act)
			}
			b.WriteByte('\n')
		}
	}
	for _, f := range p.Faults {
		fmt.Fprintf(&b, "  after %s: %s at %d for %s %v\n", f.Pause, f.Trouble, f.Point, f.For, f.Skews)
	}
	return b.String()
}
