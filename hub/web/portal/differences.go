package portal

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/paper"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// differences shows what she signed beside what it has set aside, and beside
// what it was made from (design: what she signed wins, and she is told with the
// differences).
func (s *server) differences(c *gin.Context, v *visit) {
	s.view(c, v, http.StatusOK, "differences", func(ctx context.Context, tx *db.Tx, m *mine) (any, error) {
		st, err := s.standing(ctx, tx, v, m)
		if err != nil {
			return nil, err
		}
		w := s.terms(v, m.camp)
		out := pages.Differences{}
		r, ok := st.record()
		if !ok {
			return out, nil
		}
		for _, key := range []string{"1", "2", "3"} {
			out.Ask = append(out.Ask, w.t("differences.wrong."+key))
		}
		out.Ask = append(out.Ask, w.mendBy(st, s.now()))
		if st.point.Phone != "" {
			out.Phones = append(out.Phones, pages.Fact{Label: st.point.Name, Value: st.point.Phone})
		}
		out.Signed = w.t("differences.signed", w.clock(paper.SealedAt(r)), st.placeName(r.Point))
		versions, err := s.Flow.Candidates.Versions(ctx, tx, m.current.ID)
		if err != nil && !errors.Is(err, candidate.ErrNotFound) {
			return nil, err
		}
		out.Pairs, err = w.pairs(ctx, tx, m.current.Version, versions)
		return out, err
	})
}

// mendBy says until when a wrong confirmation can be mended.
func (w terms) mendBy(st *standing, now time.Time) string {
	verdict := w.camp.Judge(window.Confirm, st.app, st.point.Division, window.At(now))
	if !verdict.Accepts() {
		return w.t("differences.wrong.5")
	}
	return w.t("differences.wrong.4", w.moment(verdict.Until))
}

// pairs are the versions that what she signed is to be seen beside: those it has
// superseded, newest first, and the one it was made from when it was changed at
// the box.
func (w terms) pairs(ctx context.Context, tx *db.Tx, current uint32, versions []candidate.Version) ([]pages.DifferencesPair, error) {
	by := map[uint32]candidate.Version{}
	for _, v := range versions {
		by[v.Number] = v
	}
	signed, ok := by[current]
	if !ok || signed.Origin != candidate.FromBox {
		return nil, nil
	}
	names := namesOf(ctx, tx)
	var out []pages.DifferencesPair
	add := func(stem, over string, other candidate.Version) error {
		rows, err := w.rows(signed.Application, other.Application, names)
		if len(rows) > 0 {
			out = append(out, pages.DifferencesPair{Head: w.t(stem), Text: w.t(stem + ".text"), Left: w.t("differences.left"),
				Right: w.t(over, w.clock(moment(other.At))), Rows: rows})
		}
		return err
	}
	for i := len(versions) - 1; i >= 0; i-- {
		if v := versions[i]; v.Superseded {
			if err := add("differences.superseded", "differences.later", v); err != nil {
				return nil, err
			}
		}
	}
	if from, ok := by[signed.StartedFrom]; ok && !from.Superseded {
		if err := add("differences.box", "differences.before", from); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// namesOf gives the names of points, each asked for once.
func namesOf(ctx context.Context, tx *db.Tx) func(code string) (string, error) {
	known := map[string]string{"": ""}
	return func(code string) (string, error) {
		if n, ok := known[code]; ok {
			return n, nil
		}
		p, err := org.GetPoint(ctx, tx, code)
		if errors.Is(err, org.ErrNotFound) {
			p.Name, err = code, nil
		}
		known[code] = p.Name
		return p.Name, err
	}
}

// rows are the things in which two applications differ, in the form's order, as
// a page may show them.
func (w terms) rows(signed, other form.Application, point func(string) (string, error)) ([]pages.DifferencesRow, error) {
	var out []pages.DifferencesRow
	add := func(label, a, b string) {
		inA, inB := form.Marks(a, b)
		if a == "" || b == "" {
			inA, inB = nil, nil // all of it differs: nothing to find
		}
		out = append(out, pages.DifferencesRow{Label: label, Left: spansOf(a, inA), Right: spansOf(b, inB), Hidden: a == b})
	}
	for _, g := range w.camp.Form.Groups {
		for _, f := range w.camp.Form.InGroup(g.Key) {
			if a, b := signed.Get(f.Key), other.Get(f.Key); a != b {
				add(w.label(f.Key), w.value(f.Key, a), w.value(f.Key, b))
			}
		}
	}
	left, right := w.choices(signed), w.choices(other)
	for i := range max(len(left), len(right)) {
		if a, b := at(left, i), at(right, i); a != b {
			add(w.t("differences.choice", i+1), a, b)
		}
	}
	if a, b := w.claims(signed), w.claims(other); a != b {
		add(w.t("differences.claims"), a, b)
	}
	if signed.Point != other.Point {
		a, err := point(signed.Point)
		if err != nil {
			return nil, err
		}
		b, err := point(other.Point)
		if err != nil {
			return nil, err
		}
		add(w.t("differences.point"), a, b)
	}
	return out, nil
}

func at(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return ""
}

// choices are each a line of words.
func (w terms) choices(app form.Application) (out []string) {
	for _, c := range w.camp.InWords(app).Choices {
		out = append(out, strings.Join([]string{c.Level, c.Category, c.School, c.Major, c.Form, c.Years}, " "))
	}
	return out
}

// claims are what she asks for beside her choices, those that the program adds
// by itself left out.
func (w terms) claims(app form.Application) string {
	app.Fields = nil
	in := w.camp.InWords(app)
	return strings.Join(append(in.Bonuses, in.Exemptions...), w.t("status.and"))
}
