package visit_test

import (
	"strings"
	"testing"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

func TestEveryFieldAndChoiceIsReadThroughOnce(t *testing.T) {
	for _, p := range synthetic.Candidates(adult, 3, 40, synthetic.Point{Code: "43010401", Division: "430104"}) {
		pages := visit.Paginate(adult, p.Application, false)
		seen := map[string]int{}
		choices := 0
		for i, page := range pages {
			half := 0
			for _, l := range page.Lines {
				seen[l.Key]++
				if l.Wide {
					half += half % 2
					half++
				}
				half++
			}
			if half > 14 || len(page.Choices) > 2 || page.Title.Zh == "" || page.Title.En == "" {
				t.Errorf("page %d of %d: %d half rows, %d choices, title %q", i+1, len(pages), half, len(page.Choices), page.Title)
			}
			choices += len(page.Choices)
		}
		for _, f := range adult.Form.Fields {
			want := 1
			if !f.ByCandidate() && p.Application.Get(f.Key) == "" {
				want = 0
			}
			if seen[f.Key] != want {
				t.Errorf("field %s on %d pages, want %d", f.Key, seen[f.Key], want)
			}
		}
		if choices != len(p.Application.Choices) {
			t.Errorf("%d choices on the pages, the application has %d", choices, len(p.Application.Choices))
		}
	}
}

// A campaign whose choice is a category shows that and no empty college.
func TestCategoryIsReadThrough(t *testing.T) {
	gaokao := campaign.Gaokao2014()
	for _, p := range synthetic.Candidates(gaokao, 3, 40, synthetic.Point{Code: "43010401", Division: "430104"}) {
		pages := visit.Paginate(gaokao, p.Application, false)
		last := pages[len(pages)-1]
		if !last.Category || last.Lines[0].Label.Zh != "考试类型" || len(last.Choices) > 0 || len(last.Lines) < 2 || last.Lines[1].Value.Zh != gaokao.TableName("category", p.Application.First().Category) {
			t.Errorf("last page: %+v", last)
		}
		for _, page := range pages {
			if len(page.Lines) == 0 {
				t.Error("an empty page")
			}
		}
	}
}

func TestValuesAreWords(t *testing.T) {
	tests := []struct {
		key, in string
		want    visit.Text
	}{
		{form.Sex, "2", visit.Text{Zh: "女", En: "female"}},
		{form.BirthDate, "19940512", visit.Text{Zh: "1994年5月12日", En: "1994-05-12"}},
		{form.BirthDate, "1994", visit.Text{Zh: "1994"}},
		{form.DocumentNumber, "433122199405120028", visit.Text{Zh: "433***********0028"}},
		{form.PhoneNumber, "13812345512", visit.Text{Zh: "138 1234 5512"}},
		{form.Household, "430104", visit.Text{Zh: "长沙市岳麓区"}},
		{form.Feature, "AB", visit.Text{Zh: "省级优秀学生、思想政治品德有突出事迹"}},
		{form.Ethnic, "99", visit.Text{Zh: "99"}}, // unknown: shown as stored, never blank
		{form.PostAddress, "", visit.Text{}},
	}
	for _, tt := range tests {
		f, ok := adult.Form.Field(tt.key)
		if !ok {
			t.Fatalf("no field %s", tt.key)
		}
		got := visit.Value(adult, f, tt.in)
		if got.Zh != tt.want.Zh || tt.want.En != "" && !strings.EqualFold(got.En, tt.want.En) {
			t.Errorf("%s %q: %q, want %q", tt.key, tt.in, got, tt.want)
		}
	}
}
