package form

import (
	"time"

	"zhunkao/protocol/gbk"
)

// Check judges the fields of an application against its form alone: use
// campaign.Checker, which also knows choices, points and rules.
func Check(def Definition, app Application, on time.Time) []Finding {
	c, err := Compile(Vocabulary{Form: def}, nil, 0)
	if err != nil {
		return []Finding{{"", UnknownField, err.Error(), err.Error()}}
	}
	return c.Check(&app, &Place{}, DayOf(on), nil)
}

// GBKWidth is the width of gbk.Width: use that.
func GBKWidth(s string) int {
	n, _ := gbk.Width(s)
	return n
}
