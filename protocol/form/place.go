package form

// Place is what a condition may ask of the chosen point. With Known false
// nothing about the point is judged: so is a box that was never told.
type Place struct {
	Code     string
	Division string   // county, six digits
	Levels   []string // codes of the levels it takes; empty is all
	Medical  bool     // 医卫类审核点
	Minors   bool     // 低龄审核点
	Known    bool
}
