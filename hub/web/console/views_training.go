package console

import "time"

// Trainings is /gl/trainings: who at the points has done which of the guided
// exercises.
type Trainings struct {
	Rows                []Trained
	Exercises           []string // phrases, in their order
	Total, Whole, Found int      // people of the remit, those of them who have done all, and those that the filter lets through
	Filter              TrainingFilter
	Places, Points      []Option
	Lacks               []Option // Text is a phrase
	Pages               Pages
}

// TrainingFilter is what the list is cut to.
type TrainingFilter struct{ Place, Point, Lacks string }

// Any reports whether the list is cut at all.
func (f TrainingFilter) Any() bool { return f != TrainingFilter{} }

// Trained is one person with what she has done.
type Trained struct {
	ID, Login, Display, Role string // Role is a phrase
	Code, Point, Division    string // Code is the point's
	Done                     int
	Cells                    []TrainedCell
}

// Whole reports whether she has done all of them.
func (t Trained) Whole() bool { return t.Done == len(t.Cells) }

// TrainedCell is one exercise of one person.
type TrainedCell struct {
	Key       string    // phrase
	At        time.Time // zero: not done
	Box       string    // id
	Unit      int
	Elsewhere string // the box's point, where that is not hers now
}
