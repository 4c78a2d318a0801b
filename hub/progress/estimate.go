package progress

// What an estimate needs before it is made.
const (
	estimateDays  = 2   // whole days of this year's window that have gone by
	estimateShare = 20  // by then last year had one part in so many of all its registrations
	estimateLeast = 100 // and this year has as many registrations
)

// Course is a curve set on the days of a window: Total[i] is how many there were
// at the end of day i, 0 being the window's first.
type Course struct{ Total []Figures }

// CourseOf adds up what came by day, from the window's first day on, over so
// many days; what came before the window counts on its first day, what came
// after its last on that.
func CourseOf(days []Day, first string, length int) Course {
	c := Course{make([]Figures, max(0, length))}
	if length <= 0 {
		return c
	}
	for _, d := range days {
		i := min(max(0, DaysBetween(first, d.Day)), length-1)
		c.Total[i] = c.Total[i].Add(d.Figures)
	}
	for i := 1; i < length; i++ {
		c.Total[i] = c.Total[i].Add(c.Total[i-1])
	}
	return c
}

// Estimate continues this year's curve of registrations in the shape of last
// year's: with k the last day that is whole, the end of a later day i is
//
//	last[i] × this[k] ÷ last[k]
//
// so the only thing taken from this year is how it stands beside last year on
// the same day of the window. today is the window's day that is under way, from
// 0. ok is false when there is too little to go by: fewer than two whole days, a
// last year that had less than a twentieth of its people by then, or fewer than
// a hundred people now. The result has a value for day k (what is) and for each
// after it.
func Estimate(this, last Course, today int) (from int, out []int64, ok bool) {
	k := today - 1
	n := min(len(this.Total), len(last.Total))
	if k+1 < estimateDays || k >= n || n == 0 {
		return 0, nil, false
	}
	now, then, all := this.Total[k].Registered, last.Total[k].Registered, last.Total[len(last.Total)-1].Registered
	if now < estimateLeast || then <= 0 || then*estimateShare < all {
		return 0, nil, false
	}
	for i := k; i < len(this.Total); i++ {
		l := last.Total[min(i, len(last.Total)-1)].Registered
		out = append(out, (l*now+then/2)/then)
	}
	return k, out, true
}
