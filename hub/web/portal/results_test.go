package portal_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/results"
	"zhunkao/hub/seating"
)

// comes is a table that counts, and that candidates see from a moment on.
func (w *world) comes(kind results.Kind, table string, open time.Time) results.Import {
	w.t.Helper()
	i, err := results.Show(w.t.Context(), w.db, results.Showing{Campaign: w.camp, Kind: kind, File: bytes.NewReader([]byte(table)), Size: int64(len(table)), By: "s1",
		At: w.now().UnixMilli(), Find: w.flow.ResultPeople(w.camp),
		Journal: func(ctx context.Context, tx *db.Tx, i results.Import) error {
			return w.flow.ShowResults(ctx, tx, i, flow.Operator())
		}})
	if err != nil {
		w.t.Fatal(err)
	}
	if i.Fresh+i.Changed != 1 {
		w.t.Fatalf("the table gives %d anything: %+v", i.Fresh+i.Changed, i)
	}
	w.write(func(tx *db.Tx) error {
		_, err := w.flow.ApplyResults(w.t.Context(), tx, i.ID, open.UnixMilli(), "评卷完毕", flow.Operator(), "s2")
		return err
	})
	return i
}

// TestResults: a candidate sees her own marks and admission from the hour that was set,
// told on the page where she stands; nobody else's, and none that were taken back (A6).
func TestResults(t *testing.T) {
	w := newWorld(t)
	h := w.examinee()
	w.arranged(h)
	other := w.arrive(1)
	other.submit()
	var number string
	w.read(func(tx *db.Tx) error {
		_, s, _, _, err := seating.SeatOf(t.Context(), tx, w.camp.ID, h.app.ID)
		number = s.Number
		return err
	})
	k, _ := w.camp.Form.Category(h.app.First().Category)
	head, row := []string{"ZKZH"}, []string{number}
	for _, x := range w.camp.Subjects {
		if slices.Contains(k.Subjects, x.Key) {
			head, row = append(head, x.Key), append(row, fmt.Sprint(91+len(row)))
		}
	}
	row[1] = "缺考"
	says := func(when, path string, yes, no []string) {
		t.Helper()
		a := h.see(path)
		for _, x := range yes {
			if !a.says(x) {
				t.Errorf("%s, %s: %q is not said: %s", when, path, x, a.text())
			}
		}
		for _, x := range no {
			if a.says(x) {
				t.Errorf("%s, %s: %q is said: %s", when, path, x, a.text())
			}
		}
	}
	out := w.now().Add(24 * time.Hour)
	scores := w.comes(results.OfScores, strings.Join(head, ",")+"\n"+strings.Join(row, ",")+"\n", out)
	says("the day before", "/ks/status", nil, []string{"成绩出来了", "录取结果出来了"})
	says("the day before", "/ks/results", []string{"还没有结果"}, []string{row[2]})
	w.set(out)
	says("open", "/ks/status", []string{"成绩出来了"}, []string{"录取结果出来了"})
	says("open", "/ks/results", append([]string{"缺考"}, row[2:]...), []string{"还没有结果", "录取院校"})
	first := h.app.First()
	admitted := w.comes(results.OfAdmission, fmt.Sprintf("ZKZH,YXDM,ZYDM,CCDM,LQRQ\n%s,%s,%s,%s,20191220\n", number, first.School, first.Major, first.Level), out)
	says("admitted", "/ks/status", []string{"录取结果出来了"}, []string{"成绩出来了"})
	says("admitted", "/ks/results", []string{"录取院校", row[2]}, []string{"年年"})
	if a := other.see("/ks/results"); !a.says("还没有结果") || a.says(row[2]) || a.says("录取院校") {
		t.Errorf("another candidate sees %s", a.text())
	}
	for i := range row[1:] {
		row[i+1] = "缺考"
	}
	absent := w.comes(results.OfScores, strings.Join(head, ",")+"\n"+strings.Join(row, ",")+"\n", out)
	says("absent from all", "/ks/results", []string{"各科都没有成绩", "没有总分和档案分"}, []string{"档案分 ="})
	for _, i := range []results.Import{admitted, absent, scores} {
		w.write(func(tx *db.Tx) error {
			_, err := w.flow.UndoResults(t.Context(), tx, i.ID, "评卷组来函更正", flow.Operator(), "s2")
			return err
		})
	}
	says("taken back", "/ks/results", []string{"还没有结果"}, []string{"缺考", "录取院校"})
	says("taken back", "/ks/status", nil, []string{"成绩出来了", "录取结果出来了"})
}
