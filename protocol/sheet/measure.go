package sheet

// MM is a length on paper in millimetres. Pages are measured from the top left.
type MM float64

// Pt is a size of type in points of 1/72 inch.
type Pt float64

// MM of a size of type.
func (p Pt) MM() MM { return MM(p) * 25.4 / 72 }

// Module is what heights of rows are multiples of.
const Module MM = 2.5

// Weights of lines. A rule is drawn inside the height of its row, never added.
const (
	hair   MM = .15 // between rows
	rule   MM = .3  // groups, heads of tables
	boxed  MM = .25 // tick boxes, lines to sign on
	heavy  MM = .7  // under the header, round the one key box
	pad    MM = 1.25
	bleed  MM = 4.5 // nothing is printed nearer to the edge of the paper
	lineMM MM = 5   // step of baselines of body text
)

// Point is a place on a page.
type Point struct{ X, Y MM }

// Rect is a rectangle on a page.
type Rect struct{ X, Y, W, H MM }

// Right and Bottom are the far edges.
func (r Rect) Right() MM  { return r.X + r.W }
func (r Rect) Bottom() MM { return r.Y + r.H }

// inset is the rectangle without d on each side.
func (r Rect) inset(d MM) Rect { return Rect{r.X + d, r.Y + d, r.W - 2*d, r.H - 2*d} }

// slack forgives what rounding of floats can do.
const slack MM = .001

// contains holds if the whole of o lies in r.
func (r Rect) contains(o Rect) bool {
	return o.X >= r.X-slack && o.Y >= r.Y-slack && o.Right() <= r.Right()+slack && o.Bottom() <= r.Bottom()+slack
}
