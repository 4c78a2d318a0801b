package arrangement

import (
	"fmt"
	"strconv"

	"zhunkao/protocol/campaign"
)

// pattern makes ticket numbers.
type pattern struct {
	campaign.NumberPattern
	from, width int // of the seat
}

func (r *Rules) number() (pattern, error) {
	p, err := campaign.NumberTemplate{Template: r.Number}.Compile()
	if err != nil {
		return pattern{}, fmt.Errorf("%w: ticket number: %w", ErrInput, err)
	}
	for _, name := range []string{"area", "room", "seat"} {
		if !p.Has(name) {
			return pattern{}, fmt.Errorf("%w: a ticket number without {%s} would be given twice", ErrInput, name)
		}
	}
	from, width, _ := p.Span("seat")
	return pattern{p, from, width}, nil
}

// of gives the number of seat 1 of a room to a group; "" if it does not fit.
func (p pattern) of(year int, g *group, room int) string {
	v := campaign.Campaign{Year: year}.NumberValues("", g.category)
	v["area"], v["room"], v["seat"] = g.area, strconv.Itoa(room), "1"
	n, err := p.Format(v)
	if err != nil {
		return ""
	}
	return n
}

// at changes the seat of a number.
func (p pattern) at(number string, seat int) string {
	if number == "" {
		return ""
	}
	b := []byte(number)
	for i := p.from + p.width - 1; i >= p.from; i-- {
		b[i] = byte('0' + seat%10)
		seat /= 10
	}
	return string(b)
}
