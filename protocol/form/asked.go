package form

import "fmt"

// Asked is a condition made ready that stands for itself, outside rules and
// fields. The zero value holds always.
type Asked struct {
	test  test
	tests bool
}

// Ask makes a condition ready; one that is empty holds always. Error: ErrRules,
// with the first fault.
func (v Vocabulary) Ask(c Condition) (Asked, error) {
	if c.Always() {
		return Asked{}, nil
	}
	if faults := v.CheckCondition(c); len(faults) > 0 {
		return Asked{}, fmt.Errorf("%w: %s: %s", ErrRules, faults[0].Place, faults[0].En)
	}
	return Asked{test: v.compile(c), tests: true}, nil
}

// May reports whether the condition holds for an application, or may: what is
// not known is asked of a person, not passed over. It never changes anything.
func (a Asked) May(app Application, at Place, on Day) bool {
	return !a.tests || a.test.holds(&facts{app: &app, at: &at, on: on}) != no
}
