package pages

import "time"

// Points is /ks/point: where she goes to be confirmed.
type Points struct {
	Steps      Steps
	Revision   uint32
	Fixed      bool   // confirmed: where she was
	Conflict   bool   // she has saved in another window meanwhile
	Chosen     string // name of the point that is chosen, "" for none
	ChosenWhy  string // why it is not good any more, "" if it is
	City       string // code that is looked at, "" the province
	County     string
	CityName   string
	Cities     []ChooseOption // with how many are open
	Counties   []ChooseOption // of the city
	Rows       []PointRow
	Open       int // of the place that is looked at
	Found      int
	From, Upto int
	Prev, More string
	Map        PointMap
	Faults     []Fault
	Back, Next string
}

// PointRow is one point.
type PointRow struct {
	Number                      int // in the list, from 1
	Code, Name, County          string
	Here                        bool   // the one that is chosen
	First                       bool   // the one to press first, while none is chosen
	Open                        bool   // may be chosen now
	State                       string // phrase of the badge of one that is not open
	Why                         string
	From                        time.Time // when it opens for her, zero if not
	Until                       time.Time // the end of confirmation there
	Closing                     bool      // that is within a day
	Busy                        string    // "few", "some", "many", "beyond", "" not known
	Boxes, Chosen, Waiting      int
	Address, Phone, Way, Levels string
	Medical, Minors             bool
	Days                        []PointDays
	Spark                       []SparkBar // how many came, by hour of the day
	Peak                        string     // when most came: "10:00"
}

// PointDays is when a point serves her: days alike, and their hours.
type PointDays struct{ Days, Hours string }

// SparkBar is one bar of a small chart, in its units: 96 wide, 24 high.
type SparkBar struct{ X, Y, High int }

// PointMap is the schematic map beside the list.
type PointMap struct {
	City     string // code, "" the province
	County   string // code of the one that is drawn large with its pins, "" none
	Name     string
	Counties []PointArea
	Pins     []PointPin // of the county
}

// PointPin is one point of the list on the map. Class is that of the list's own
// number: "here", "busy", "shut" or none; State the phrase of its badge.
type PointPin struct {
	Number                   int
	Code, Name, Class, State string
}

// Pin is the row as the map shows it.
func (r PointRow) Pin() PointPin {
	p := PointPin{Number: r.Number, Code: r.Code, Name: r.Name, State: "point.map.open"}
	switch {
	case !r.Open:
		p.Class, p.State = "shut", r.State
	case r.Busy == "many" || r.Busy == "beyond":
		p.Class, p.State = "busy", "point.map.busy"
	}
	if r.Here {
		p.Class += " here"
	}
	return p
}

// PointArea is one county on it: State is "open", "busy" or "shut".
type PointArea struct {
	Code, Name, State, Path string
	Here                    bool
	Open                    int
}
