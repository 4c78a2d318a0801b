package portal

import (
	"strconv"
	"strings"

	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// claimsOffered tells whether bonuses or exemptions are claimed at the portal; a
// campaign in which they come another way says so in a text.
func claimsOffered(camp rules.Campaign) bool {
	return len(camp.Bonuses)+len(camp.Exemptions) > 0 && camp.Text("claims_elsewhere", false) == ""
}

// steps are those of filling in, from the pledge to the last look; at names the
// one she is on: "pledge", "form-1", …, "choices", "evidence", "point",
// "review". Before she has signed the pledge, nothing behind it opens.
func (s *server) steps(l pages.Lang, m *mine, at string) (pages.Steps, error) {
	var app form.Application
	open := false
	if m.draft != nil {
		open = m.draft.PledgedAt != 0
		var stands form.Application
		if m.current != nil {
			stands = m.current.Application
		}
		app, _ = m.draft.Working(stands, m.current != nil)
	}
	checker, err := s.campaigns.check(m.camp)
	if err != nil {
		return pages.Steps{}, err
	}
	wrong := map[string]bool{} // where there is something to mend
	for _, f := range checker.Check(app, m.place, s.now()).Findings {
		key, _, _ := strings.Cut(f.Field, " ")
		wrong[key] = true
	}
	var out pages.Steps
	add := func(key, path, name, mark string, done bool) {
		state := "ahead"
		switch {
		case key == at:
			state, out.Number = "now", len(out.List)+1
		case done && open:
			state = "done"
		}
		if state != "done" {
			mark = ""
		}
		if !open && key != "pledge" {
			path = ""
		}
		out.List = append(out.List, pages.StepMark{Name: name, Path: path, State: state, Mark: mark})
	}
	add("pledge", "/ks/pledge", s.pages.Text(l, "steps.pledge"), "steps.signed", open)
	for _, p := range formPages(m.camp) {
		n := strconv.Itoa(p.number)
		add("form-"+n, "/ks/form/"+n, s.pageName(l, p), "steps.filled", !p.wrong(wrong))
	}
	add("choices", "/ks/choices", s.pages.Text(l, chosen(m.camp, "steps.choices")), "steps.filled", len(app.Choices) > 0 && !wrong[form.OnChoice])
	if claimsOffered(m.camp) {
		add("evidence", "/ks/evidence", s.pages.Text(l, "steps.evidence"), "steps.filled", len(app.Claims) > 0 && !wrong[form.OnClaim])
	}
	add("point", "/ks/point", s.pages.Text(l, "steps.point"), "steps.chosen", app.Point != "" && !wrong[form.OnPoint])
	add("review", "/ks/review", s.pages.Text(l, "steps.review"), "", m.draft != nil && m.draft.Submitted != 0)
	out.Of = len(out.List)
	return out, nil
}

// beside gives the paths of the steps before and after one.
func beside(st pages.Steps) (back, next string) {
	for i, m := range st.List {
		if m.State != "now" {
			continue
		}
		if i > 0 {
			back = st.List[i-1].Path
		}
		if i+1 < len(st.List) {
			next = st.List[i+1].Path
		}
	}
	return back, next
}
