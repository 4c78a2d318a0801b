package health

// The rims of the alarm for a place that fills, in hundredths (S31): it begins
// at or above Full and ends below Eased, so that a place that moves to and fro
// at the rim alarms once.
const (
	Full  = 80
	Eased = 75
)

// Gauge is the alarm of one place. The zero value is silent.
type Gauge struct{ on bool }

// Take brings in how full the place is and says whether the alarm stands, and
// whether that is new.
func (g *Gauge) Take(hundredths int) (on, changed bool) {
	was := g.on
	if was {
		g.on = hundredths >= Eased
	} else {
		g.on = hundredths >= Full
	}
	return g.on, g.on != was
}
