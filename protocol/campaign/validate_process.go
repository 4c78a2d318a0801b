package campaign

import (
	"fmt"
	"unicode/utf8"
)

// Longest wordings of the process sheet, in characters, so that they stand in
// their places without a smaller type.
const (
	maxStepName    = 16
	maxStepNote    = 24
	maxDeclaration = 90
)

// process checks the wording of the process sheet. A campaign without one is
// accepted: versions from before the sheet must load as long as they live.
func (v *validator) process() {
	p := v.c.Process
	if len(p.Steps) == 0 {
		if p.Note != "" || p.Declaration != "" {
			v.add("process", ProblemMissing, "报名流程表没有办理步骤，请补上。", "the process sheet has no steps: add them")
		}
		return
	}
	if len(p.Steps) > MaxProcessSteps {
		v.add("process.steps", ProblemValue, fmt.Sprintf("报名流程表最多%d个步骤，请合并或删去。", MaxProcessSteps), fmt.Sprintf("the process sheet has room for %d steps: join or remove some", MaxProcessSteps))
	}
	if n := utf8.RuneCountInString(p.Declaration); n == 0 || n > maxDeclaration {
		v.add("process.declaration", ProblemValue, fmt.Sprintf("考生声明请改成1至%d字。", maxDeclaration), fmt.Sprintf("make the declaration 1 to %d characters long", maxDeclaration))
	}
	unique(v, "process.steps", p.Steps, func(s ProcessStep) string { return s.Key })
	for _, s := range p.Steps {
		place := "process.steps " + s.Key
		if n := utf8.RuneCountInString(s.Zh); n == 0 || n > maxStepName || utf8.RuneCountInString(s.Note) > maxStepNote {
			v.add(place, ProblemValue, fmt.Sprintf("步骤名称请改成1至%d字，说明不超过%d字。", maxStepName, maxStepNote),
				fmt.Sprintf("make a step's name 1 to %d characters long, its note up to %d", maxStepName, maxStepNote))
		}
		if len(s.Results) < 1 || len(s.Results) > 3 {
			v.add(place, ProblemValue, "每个步骤请给1至3个结果。", "give a step 1 to 3 results")
		}
		unique(v, place+".results", s.Results, func(r StepResult) string { return r.Key })
	}
}
