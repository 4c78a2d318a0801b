package portal

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/results"
	"zhunkao/hub/web/portal/pages"
)

// resultsPart is her marks, and where she was admitted (A6).
func (s *server) resultsPart() part {
	return part{{method: http.MethodGet, path: "/ks/results", do: s.results}}
}

// hasResults reads what she may see by now. Before anything has come to count nothing is
// asked of the database for her.
func (s *server) hasResults(ctx context.Context, tx *db.Tx, v *visit, m *mine) (results.Of, error) {
	if m.current == nil || m.camp.ID == "" {
		return results.Of{}, nil
	}
	some, err := keep(s, v, keptKey{"results", m.camp.ID}, func() (bool, error) { return results.Some(ctx, tx, m.camp.ID) })
	if err != nil || !some {
		return results.Of{}, err
	}
	return results.For(ctx, tx, m.current.ID, s.now().UnixMilli())
}

func (s *server) results(c *gin.Context, v *visit) {
	s.view(c, v, http.StatusOK, "results", func(ctx context.Context, tx *db.Tx, m *mine) (any, error) {
		has, err := s.hasResults(ctx, tx, v, m)
		if err != nil {
			return nil, err
		}
		w := s.terms(v, m.camp)
		out := pages.Results{Head: w.t("results.none"), Lead: w.t("results.none.text")}
		switch {
		case has.Admission != nil:
			out.Head, out.Lead = w.t("results.head.admitted"), w.t("results.lead")
		case has.Scores != nil:
			out.Head, out.Lead = w.t("results.head.scores"), w.t("results.lead")
		}
		if has.Scores != nil {
			out.Scores = w.scores(m, *has.Scores)
		}
		if a := has.Admission; a != nil {
			out.Admitted = w.admitted(*a)
		}
		if has.Scores != nil || has.Admission != nil {
			out.Seen = w.t("results.wrong", w.county())
		}
		return out, nil
	})
}

// scores puts marks into words, in the order of the sittings.
func (w terms) scores(m *mine, x results.Scores) *pages.ResultsScores {
	out := &pages.ResultsScores{}
	k, _ := w.camp.Form.Category(m.current.Application.First().Category)
	told := map[string]bool{}
	note := func(key string) {
		if !told[key] {
			told[key] = true
			out.Notes = append(out.Notes, w.t(key))
		}
	}
	for _, key := range k.Subjects {
		mark, there := x.Marks[key]
		if !there {
			continue
		}
		row := pages.ResultsMark{Subject: key, Mark: mark.String()}
		for _, s := range w.camp.Subjects {
			if s.Key == key {
				row.Subject, row.Full = s.Zh, strconv.Itoa(s.FullMark)
			}
		}
		switch mark {
		case results.Absent:
			row.Mark, row.Class = w.t("results.absent"), "must"
			note("results.absent.text")
		case results.Void:
			row.Mark, row.Class = w.t("results.void"), "must"
			note("results.void.text")
		}
		if row.Aside = results.Aside(k, key); row.Aside {
			note("results.aside.text")
		}
		out.Rows = append(out.Rows, row)
	}
	total, file := x.Total.String(), x.File.String()
	switch { // she has a mark in no paper
	case x.Total == results.Absent:
		total, file = w.t("results.absent"), w.t("results.nofile")
	case x.Total == results.Void:
		total, file = w.t("results.void"), w.t("results.nofile")
	}
	out.Sums = []pages.Fact{{Label: w.t("results.total"), Value: total, Number: true}, {Label: w.t("results.feature"), Value: x.Feature.String(), Number: true}, {Label: w.t("results.file"), Value: file, Number: true}}
	switch {
	case x.File < 0:
		note("results.nofile.text")
	case x.Feature > 0:
		note("results.feature.text")
	}
	return out
}

// admitted puts an admission into words.
func (w terms) admitted(a results.Admission) []pages.Fact {
	years := ""
	if a.Years != "" {
		years = w.t("results.years", a.Years)
	}
	out := []pages.Fact{{Label: w.t("results.school"), Value: strings.TrimSpace(a.School + " " + a.SchoolName)}, {Label: w.t("results.major"), Value: strings.TrimSpace(a.Major + " " + a.MajorName)},
		{Label: w.t("results.level"), Value: strings.Join(nonempty(w.camp.TableName("level", a.Level), w.camp.Form.TableName("study_form", a.Form), years), "　")}}
	if a.Day != "" {
		out = append(out, pages.Fact{Label: w.t("results.day"), Value: a.Day, Number: true})
	}
	return out
}
