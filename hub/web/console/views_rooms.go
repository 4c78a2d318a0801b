package console

import "time"

// Rooms is /gl/rooms: the areas of a remit, and how far their rooms have their sites.
type Rooms struct {
	Version string // of the arrangement, "" while none is published
	Rows    []RoomsRow
	Sum     RoomsRow
}

// RoomsRow is an area.
type RoomsRow struct {
	Code, Name, Place  string
	Rooms, Candidates  int
	Sites, Places      int // that can be used, and their rooms
	Placed             int // rooms that have a site
	State              State
	Path               string
	Case               string // path of the case that is under way
	Changed            time.Time
	MayPropose, Enough bool
}

// AreaRooms is /gl/rooms/{area}.
type AreaRooms struct {
	RoomsRow
	Version  string
	Blocks   []RoomBlock // as they are now
	Draft    []RoomBlock // as they stand in the form
	Sites    []RoomSite
	Groups   []RoomGroup
	Faults   []string // of the draft, said
	Checked  bool     // the draft was looked at and nothing is wrong
	Short    bool     // the sites have not rooms enough
	Waiting  string   // rooms that were opened later and found no site with a room left
	Open     bool     // she may propose now
	Shut     string   // phrase: why not
	Blank    []int    // lines for more runs
	Mend     string   // id of the returned case that the draft mends
	CaseVer  int
	Note     string
	History  []RoomSet
	MayLose  bool
	ByTwo    bool
	Standing string // of her asking for a second person
	Error    string
}

// RoomBlock is a run of rooms at a site.
type RoomBlock struct {
	Site               string // code
	Name               string
	First, Last        int
	Rooms, Has, People int
	Groups             string
}

// RoomSite is a site of the area.
type RoomSite struct {
	Code, Name, Address string
	Rooms, Used         int
}

// RoomGroup is a run of rooms of one group: what a run should not cut needlessly.
type RoomGroup struct {
	Text        string
	First, Last int
}

// RoomSet is how the rooms came to their sites.
type RoomSet struct {
	Number int
	How    string // phrase
	At     time.Time
	By     string
	Moved  string // path of the list of whom to tell, "" if nobody moved
	Case   string
}

// LoseSite is /gl/rooms/{area}/lose: what would become of a site's rooms.
type LoseSite struct {
	Area, AreaName   string
	Site             string // code
	Name             string
	Moves            []RoomMove
	Rooms, People    int
	Set              int
	Short            bool // the others have not rooms enough
	ByTwo            bool
	Standing, Reason string
	Error            string
	Why              string // phrase: why she may not
}

// RoomMove is a run that changes its site.
type RoomMove struct {
	First, Last, People    int
	From, To, ToAddress    string
	ToRooms, ToFree, Rooms int
}

// MovedRooms is /gl/rooms/{area}/moved: whom to tell that her site changed.
type MovedRooms struct {
	Area, AreaName, Lost string // Lost: the site that was, "" where a table moved them
	Set                  int
	At                   time.Time
	Reason               string
	Moves                []RoomMove
	Rows                 []MovedRow
	People               int
	Pages                Pages
}

// MovedRow is one of them.
type MovedRow struct {
	Application, Name, Number, Phone string
	Room, Seat                       string
	To                               string
	Read                             bool // the message
}
