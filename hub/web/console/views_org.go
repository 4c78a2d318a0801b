package console

// Offices is /gl/offices.
type Offices struct {
	Rows     []Office
	Tiers    []Completeness // of the whole remit, whatever the filter
	Lacking  int            // offices of the remit that are not filled in
	Todo     string         // what that says, in words: 2 个市、12 个县
	Cities   []Option       // what the filter can choose; none below the province
	Filter   OfficeFilter
	Refusals []RefusedRow // of a list that was sent just now
	Sheet    string       // phrase: why the file could not be read at all
}

// OfficeFilter is what the list is cut to.
type OfficeFilter struct {
	City    string
	Lacking bool
}

// Any reports whether the list is cut at all.
func (f OfficeFilter) Any() bool { return f != OfficeFilter{} }

// Completeness is how many offices of a tier are filled in.
type Completeness struct {
	Tier       string // phrase
	Filled, Of int
}

// Missing is how many are not.
func (c Completeness) Missing() int { return max(0, c.Of-c.Filled) }

// Full reports whether none is missing.
func (c Completeness) Full() bool { return c.Filled >= c.Of }

// RefusedRow is one row of a list that was not taken.
type RefusedRow struct {
	Sheet  string
	Row    int
	Column string
	Text   string // already in the page's language
}

// Office is one 招考机构, in the list and on its page.
type Office struct {
	ID, Name, Division, DivisionName string
	Tier                             string // phrase
	Below                            bool   // stands below a city in the list
	Head, HeadPhone                  string
	Admin, AdminPhone                string
	Address                          string
	Lacking                          []string // phrases of the fields that are empty
	Heir                             string   // name of the division that took its place; "" while it stands
	Version                          int

	// on its page
	Fields  []OfficeField
	Clash   bool // somebody else wrote meanwhile: the fields show both
	Above   Link
	Former  []FormerName
	Points  int
	Boxes   int
	Beneath int // offices below it
	Wanting int // of these, not filled in
	Events  []Entry
}

// OfficeField is one field of the form.
type OfficeField struct {
	Key   string // phrase office.{key}, and the name of the input
	Value string
	Now   string // what stands meanwhile, when somebody else wrote; "" if alike
	Error string // phrase
	Phone bool
}

// FormerName is what a division was before.
type FormerName struct{ Code, Name, Until string }

// Points is /gl/points.
type Points struct {
	Rows    []Point
	Total   int // in the remit
	Found   int // by the filter
	Places  []Option
	Filter  PointFilter
	Pages   Pages
	Declare string // where one is declared, "" if nowhere
}

// PointFilter is what the list is cut to.
type PointFilter struct{ Place, Takes, State string }

// Any reports whether the list is cut at all.
func (f PointFilter) Any() bool { return f != PointFilter{} }

// Point is one 报名确认点, in the list and on its page.
type Point struct {
	Code, Name, Division, Address, Phone, Hours string
	Contact                                     string
	Levels                                      []string // names; none = all
	Medical, Minors, Open                       bool
	Registered, Confirmed, Boxes                int
	Begun                                       int // who fill in, or filled in, at the portal
	Asked                                       int // terminals asked for; 0 = not said
	Unwell                                      int // of its boxes

	// on its page
	Former    string // name of the county it was declared in, if that is no more
	Paid      int
	Terminals []Box
	Staff     []Clerk
	Incidents []Incident
	Events    []Entry
	Change    string // where a change is declared, "" if nowhere
	Close     string // and the end of it
}

// Short reports whether fewer boxes are there than were asked for.
func (p Point) Short() bool { return p.Boxes < p.Asked }

// Clerk is an account that belongs to a point.
type Clerk struct {
	Name     string
	Role     string // phrase
	Disabled bool
}
