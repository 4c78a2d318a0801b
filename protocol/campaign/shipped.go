package campaign

// shipped makes every campaign that ships.
var shipped = []func() Campaign{Adult2019, Gaokao2014}

// Shipped gives the campaigns that ship, each call values of its own.
func Shipped() []Campaign {
	out := make([]Campaign, 0, len(shipped))
	for _, make := range shipped {
		out = append(out, make())
	}
	return out
}
