package results_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/exchange"
	"zhunkao/hub/exchange/dbf"
	"zhunkao/hub/results"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/gbk"
)

// people are found by tickets 430102110001NN and candidate numbers 1943010211000N.
var people = map[string]results.Person{
	"430102110001": {Application: "a1", Name: "刘䶮", Level: "1", Category: "11", Born: "20000101"},
	"430102140001": {Application: "a2", Name: "欧阳明", Level: "1", Category: "14", Born: "19900101"}, // arts: mathematics aside; 25 and older
	"430102330001": {Application: "a3", Name: "买买提·艾力", Level: "3", Category: "33", Born: "20000101", Claims: true},
	"430102350001": {Application: "a4", Name: "石淼", Level: "3", Category: "35", Born: "20000101"},
}

func candidateNumber(ticket string) string { return "19" + ticket }

func find(_ context.Context, _ *db.Tx, tickets, candidates []string) (map[string]results.Person, map[string]results.Person, error) {
	byTicket, byCandidate := map[string]results.Person{}, map[string]results.Person{}
	for ticket, p := range people {
		if slices.Contains(tickets, ticket) {
			byTicket[ticket] = p
		}
		if slices.Contains(candidates, candidateNumber(ticket)) {
			byCandidate[candidateNumber(ticket)] = p
		}
	}
	return byTicket, byCandidate, nil
}

var day = time.Date(2019, 11, 20, 9, 0, 0, 0, time.FixedZone("", 8*3600)).UnixMilli()

func show(t *testing.T, d *db.DB, kind results.Kind, table []byte) (results.Import, []exchange.Refusal) {
	t.Helper()
	i, err := results.Show(t.Context(), d, results.Showing{Campaign: campaign.Adult2019(), Kind: kind, File: bytes.NewReader(table), Size: int64(len(table)), By: "s1", At: day, Find: find})
	if err != nil {
		t.Fatal(err)
	}
	var refused []exchange.Refusal
	must(t, d, func(tx *db.Tx) (err error) { refused, err = results.Refusals(t.Context(), tx, i.ID); return err })
	return i, refused
}

func must(t *testing.T, d *db.DB, f func(*db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func of(t *testing.T, d *db.DB, application string, until int64) (out results.Of) {
	t.Helper()
	must(t, d, func(tx *db.Tx) (err error) { out, err = results.For(t.Context(), tx, application, until); return err })
	return out
}

var good = [][]string{
	{"准考证号", "姓名", "语文", "数学", "外语", "综合", "政治", "专业基础课", "特征分", "总分"},
	{"4301 0211 0001", "刘??", "85.5", "70", "90", "100", "", "", "", "345.5"},
	{"430102140001", "欧阳明", "85", "70", "90", "缺考", "", "", "", ""},
	{"430102330001", "买买提•艾力", "", "", "60", "", "70", "违纪", "10", "130"},
	{"430102350001", "石淼", "", "", "60", "", "70", "80", "", "210"},
}

func comma(rows [][]string) []byte {
	var b bytes.Buffer
	for _, r := range rows {
		b.WriteString(strings.Join(r, ",") + "\r\n")
	}
	return b.Bytes()
}

func workbook(t *testing.T, rows [][]string) []byte {
	f := excelize.NewFile()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func foxpro(t *testing.T, rows [][]string) []byte {
	l := dbf.Layout{Version: dbf.FoxPro, Charset: gbk.GBK}
	for _, name := range []string{"ZKZH", "XM", "YW", "SX", "WY", "ZH", "ZZ", "ZYK", "TZF", "ZF"} {
		l.Fields = append(l.Fields, dbf.Field{Name: name, Type: dbf.Character, Length: 30})
	}
	var b bytes.Buffer
	w, err := dbf.NewWriter(&b, l, int64(len(rows)-1))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		r = slices.Clone(r)
		r[1] = strings.ReplaceAll(r[1], "•", "·")
		if err := w.Write(r...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestThreeTables: marks are the same from each of the three kinds of table, totals and
// file marks follow the rule, and nothing counts before it is applied.
func TestThreeTables(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inGBK, err := gbk.Encode(gbk.GB18030, string(comma(good)))
		if err != nil {
			t.Fatal(err)
		}
		for name, table := range map[string][]byte{"text": comma(good), "text in GB 18030": inGBK, "text with a mark": append([]byte("\ufeff"), comma(good)...), "workbook": workbook(t, good), "FoxPro": foxpro(t, good)} {
			i, refused := show(t, d, results.OfScores, table)
			if i.Rows != 4 || i.Fresh != 4 || len(refused) != 0 || i.Undecided != 0 {
				t.Fatalf("%s: %+v %+v", name, i, refused)
			}
			must(t, d, func(tx *db.Tx) error { _, err := results.Drop(t.Context(), tx, i.ID, "s1", day); return err })
		}
		i, _ := show(t, d, results.OfScores, comma(good))
		if got := of(t, d, "a1", 0); got.Scores != nil {
			t.Error("marks that are only shown count")
		}
		must(t, d, func(tx *db.Tx) error {
			_, err := results.Apply(t.Context(), tx, i.ID, "s1", "s2", day, day+1000)
			return err
		})
		if got := of(t, d, "a1", day+999); got.Scores != nil {
			t.Error("she sees marks before they are open")
		}
		for a, want := range map[string]results.Scores{
			"a1": {Marks: map[string]results.Mark{"YW": 855, "SXW": 700, "WY": 900, "SD": 1000}, Total: 3455, File: 3455},
			"a2": {Marks: map[string]results.Mark{"YW": 850, "SXW": 700, "WY": 900, "SD": results.Absent}, Feature: 200, Total: 1750, File: 1950},
			"a3": {Marks: map[string]results.Mark{"ZZ": 700, "WY": 600, "GS1": results.Void}, Feature: 100, Total: 1300, File: 1400},
			"a4": {Marks: map[string]results.Mark{"ZZ": 700, "WY": 600, "MF": 800}, Total: 2100, File: 2100},
		} {
			if got := of(t, d, a, day+1000).Scores; got == nil || !got.Same(want) {
				t.Errorf("%s has %+v, want %+v", a, got, want)
			}
		}
	})
}

// TestFilePapers: by the other rule mathematics put aside for the total counts in the
// file mark.
func TestFilePapers(t *testing.T) {
	c := campaign.Adult2019()
	c.Results.File = campaign.FilePapers
	k, _ := c.Form.Category("14")
	got := results.Scores{Marks: map[string]results.Mark{"YW": 850, "SXW": 700, "WY": 900, "SD": results.Absent}, Feature: 200}.Sum(c, k)
	if got.Total != 1750 || got.File != 2650 {
		t.Errorf("%+v", got)
	}
}

// TestAbsentFromAll: who has a mark in no paper has no total and no file mark, for all her
// bonus; a table that writes 0 for them is taken, one that counts the bonus is not.
func TestAbsentFromAll(t *testing.T) {
	c := campaign.Adult2019()
	k, _ := c.Form.Category("14")
	all := func(m results.Mark) map[string]results.Mark {
		return map[string]results.Mark{"YW": m, "SXW": m, "WY": m, "SD": m}
	}
	for why, want := range map[results.Mark]string{results.Absent: "缺考 无", results.Void: "违规 无"} {
		got := results.Scores{Marks: all(why), Feature: 200}.Sum(c, k)
		if s := got.Total.String() + " " + got.FileText(); s != want {
			t.Errorf("all %s: %s, want %s", why, s, want)
		}
	}
	if got := (results.Scores{Marks: all(0), Feature: 200}.Sum(c, k)); got.Total != 0 || got.FileText() != "20" {
		t.Errorf("who sat and got nothing: %+v", got)
	}
	d := dbtest.SQLite(t)
	absent := func(total string) [][]string {
		r := slices.Clone(good[2])
		r[2], r[3], r[4], r[5], r[9] = "缺考", "缺考", "缺考", "缺考", total
		return [][]string{good[0], r}
	}
	for total, taken := range map[string]bool{"": true, "0": true, "缺考": true, "20": false} {
		if i, refused := show(t, d, results.OfScores, comma(absent(total))); (i.Fresh == 1) != taken || (len(refused) == 0) != taken {
			t.Errorf("total %q: %+v %+v", total, i, refused)
		}
	}
}

// TestGaokaoTables: in the tables of the gaokao the papers of all stand in four columns,
// those of the vocational too; and the blank table says so (domain §2). A number that is
// kept a text by an apostrophe, as our tables have it, is that number.
func TestGaokaoTables(t *testing.T) {
	c := campaign.Gaokao2014()
	heads, rows := results.Blank(c, results.OfScores)
	if want := []string{"准考证号", "姓名", "语文", "数学", "综合", "外语"}; !slices.Equal(heads, want) || len(rows) != 1 {
		t.Errorf("the blank table has %v and %d rows, want %v and one", heads, len(rows), want)
	}
	d := dbtest.SQLite(t)
	papers := map[string]string{"11": "YW SXW WZ WY", "15": "YW SXL LZ WY", "99": "DYW DSX DZY DWY"}
	table := [][]string{heads}
	who := map[string]results.Person{}
	for category := range papers {
		ticket := "0104" + category + "000101"
		who[ticket] = results.Person{Application: category, Name: "刘明", Level: category[:1], Category: category, Born: "19960101"}
		table = append(table, []string{"'" + ticket, "刘明", "101", "102", "103", "104"})
	}
	i, err := results.Show(t.Context(), d, results.Showing{Campaign: c, Kind: results.OfScores, File: bytes.NewReader(comma(table)), Size: int64(len(comma(table))), By: "s1", At: day,
		Find: func(context.Context, *db.Tx, []string, []string) (map[string]results.Person, map[string]results.Person, error) {
			return who, nil, nil
		}})
	if err != nil || i.Fresh != len(papers) {
		t.Fatalf("%+v, %v", i, err)
	}
	must(t, d, func(tx *db.Tx) error {
		_, err := results.Apply(t.Context(), tx, i.ID, "s1", "s2", day, day)
		return err
	})
	for category, subjects := range papers {
		got := of(t, d, category, 0).Scores
		if got == nil || got.Total != 4100 {
			t.Fatalf("%s: %+v", category, got)
		}
		for i, subject := range strings.Fields(subjects) {
			if m := got.Marks[subject]; m != results.Mark(1010+10*i) {
				t.Errorf("%s: %s in %s", category, m, subject)
			}
		}
	}
}

// TestRefusedByRow: each bad row is refused with its own reason, the others stand, and
// the table mended brings what lacked and nothing twice.
func TestRefusedByRow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		one := func(change func(r []string)) []string { r := slices.Clone(good[1]); change(r); return r }
		for _, c := range []struct {
			name string
			row  []string
			code string
		}{
			{"nobody", one(func(r []string) { r[0] = "430102110099" }), results.NobodyThere},
			{"a zero lost", one(func(r []string) { r[0] = "43010211001" }), results.NobodyThere},
			{"no number", one(func(r []string) { r[0] = "" }), exchange.CellMissing},
			{"another name", one(func(r []string) { r[1] = "刘明" }), results.OtherName},
			{"no mark", one(func(r []string) { r[2] = "" }), results.NoMark},
			{"more than full", one(func(r []string) { r[2] = "150.5" }), results.BadMark},
			{"two places", one(func(r []string) { r[2] = "85.25" }), results.BadMark},
			{"a word", one(func(r []string) { r[2] = "八十五" }), results.BadMark},
			{"a formula's error", one(func(r []string) { r[2] = "#REF!" }), exchange.BadText},
			{"another paper", one(func(r []string) { r[6] = "70" }), results.NotHers},
			{"another total", one(func(r []string) { r[9] = "345" }), results.BadSum},
			{"a negative feature", one(func(r []string) { r[8] = "-1" }), results.BadMark},
		} {
			i, refused := show(t, d, results.OfScores, comma([][]string{good[0], c.row, good[4]}))
			if i.Refused != 1 || i.Fresh != 1 || len(refused) == 0 || refused[0].Code != c.code || refused[0].Row != 2 {
				t.Errorf("%s: %d refused, %+v", c.name, i.Refused, refused)
			}
			for _, r := range refused {
				if strings.Contains(r.Zh+r.En, "刘") || strings.Contains(r.Zh+r.En, "4301") || r.Zh == "" || r.En == "" {
					t.Errorf("%s: says %q %q", c.name, r.Zh, r.En)
				}
			}
		}
		i, refused := show(t, d, results.OfScores, comma([][]string{good[0], good[1], good[4], good[1]}))
		if i.Refused != 1 || refused[0].Code != results.Twice || refused[0].Row != 4 {
			t.Errorf("twice: %+v", refused)
		}
		two := [][]string{{"准考证号", "考生号", "政治", "外语", "民法"}, {"430102350001", candidateNumber("430102110001"), "1", "1", "1"}, {"", candidateNumber("430102350001"), "1", "1", "1"}}
		if i, refused = show(t, d, results.OfScores, comma(two)); i.Refused != 1 || i.Fresh != 1 || refused[0].Code != results.TwoPeople {
			t.Errorf("two people: %+v %+v", i, refused)
		}
	})
}

// TestSheets: a workbook with a sheet for each city is one table.
func TestSheets(t *testing.T) {
	d := dbtest.SQLite(t)
	f := excelize.NewFile()
	for n, rows := range [][][]string{{good[0], good[1]}, {good[0], good[2], good[1]}} {
		sheet := fmt.Sprintf("Sheet%d", n+1)
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &r); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	i, refused := show(t, d, results.OfScores, b.Bytes())
	if i.Fresh != 2 || i.Refused != 1 || refused[0].Code != results.Twice || refused[0].Sheet != "Sheet2" || refused[0].Row != 3 || !strings.Contains(refused[0].Zh, "“Sheet1”第2行") {
		t.Errorf("%+v %+v", i, refused)
	}
	must(t, d, func(tx *db.Tx) error {
		rows, err := results.Rows(t.Context(), tx, i.ID, "fresh", 0, 10)
		if len(rows) != 2 || rows[1].Sheet != "Sheet2" || rows[1].Number != 2 {
			t.Errorf("%+v", rows)
		}
		return err
	})
}

// TestTwoAtOnce: of two tables judged against the same, one comes to count, however close
// together they are applied.
func TestTwoAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		a, _ := show(t, d, results.OfScores, comma(good))
		b, _ := show(t, d, results.OfScores, comma(good[:3]))
		done := make(chan error)
		for _, id := range []string{a.ID, b.ID} {
			go func() {
				done <- d.Write(ctx, func(tx *db.Tx) error { _, err := results.Apply(ctx, tx, id, "s1", "s2", day, day); return err })
			}()
		}
		one, two := <-done, <-done
		if (one == nil) == (two == nil) || !errors.Is(errors.Join(one, two), results.ErrStale) {
			t.Errorf("%v, %v", one, two)
		}
	})
}

// TestNoTable: what is no table is said, and nothing is kept of it.
func TestNoTable(t *testing.T) {
	d := dbtest.SQLite(t)
	for name, table := range map[string][]byte{"empty": nil, "a picture": []byte("\x89PNG\r\n\x1a\n\x00\x00"), "no header": []byte("a,b\n1,2\n"), "half a quotation": append(comma(good[:2]), '"'), "two columns alike": []byte("准考证号,ZKZH,语文\n1,2,3\n")} {
		_, err := results.Show(t.Context(), d, results.Showing{Campaign: campaign.Adult2019(), Kind: results.OfScores, File: bytes.NewReader(table), Size: int64(len(table)), By: "s1", At: day, Find: find})
		if !errors.Is(err, exchange.ErrSheet) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, d, func(tx *db.Tx) error {
		n := 0
		err := tx.QueryRow(t.Context(), `SELECT (SELECT COUNT(*) FROM result_import) + (SELECT COUNT(*) FROM result_row)`).Scan(&n)
		if n != 0 {
			t.Errorf("%d rows are left", n)
		}
		return err
	})
}

// TestKilledWhileReading: what a hub that died had read of a table is done away with when
// the next is brought later, and not while it may still be read.
func TestKilledWhileReading(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		i, _ := show(t, d, results.OfScores, comma(good))
		left := func() (imports, rows int) {
			must(t, d, func(tx *db.Tx) error {
				return tx.QueryRow(t.Context(), `SELECT (SELECT COUNT(*) FROM result_import WHERE state = 'reading'), (SELECT COUNT(*) FROM result_row WHERE import = $1)`, i.ID).Scan(&imports, &rows)
			})
			return imports, rows
		}
		for _, x := range []struct {
			ago  time.Duration
			want int
		}{{time.Minute, 1}, {2 * time.Hour, 0}} {
			must(t, d, func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE result_import SET state = 'reading', shown_at = $2 WHERE id = $1`, i.ID, day-x.ago.Milliseconds())
				return err
			})
			show(t, d, results.OfAdmission, comma([][]string{{"准考证号", "院校代码", "专业代码"}}))
			if imports, rows := left(); imports != x.want || (rows == 0) != (x.want == 0) {
				t.Errorf("%v later %d are being read, with %d rows", x.ago, imports, rows)
			}
		}
	})
}

// TestAgainAndUndone: the same table changes nothing, a changed one only what it
// changes; undone, what counted before counts again; what was judged before another was
// applied must be judged anew.
func TestAgainAndUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		apply := func(id string, at int64) error {
			return d.Write(ctx, func(tx *db.Tx) error { _, err := results.Apply(ctx, tx, id, "s1", "s2", at, at); return err })
		}
		first, _ := show(t, d, results.OfScores, comma(good))
		stale, _ := show(t, d, results.OfScores, comma(good[:3]))
		if err := apply(first.ID, day); err != nil {
			t.Fatal(err)
		}
		if err := apply(stale.ID, day); !errors.Is(err, results.ErrStale) {
			t.Errorf("judged before another was applied: %v", err)
		}
		if err := apply(first.ID, day); !errors.Is(err, results.ErrState) {
			t.Errorf("applied twice: %v", err)
		}
		again, _ := show(t, d, results.OfScores, comma(good))
		if again.Same != 4 || again.Fresh+again.Changed != 0 {
			t.Errorf("again: %+v", again)
		}
		if err := apply(again.ID, day+1); !errors.Is(err, results.ErrState) {
			t.Errorf("nothing to apply: %v", err)
		}
		mended := slices.Clone(good)
		mended[4] = []string{"430102350001", "石淼", "", "", "60", "", "70", "81", "", "211"}
		second, _ := show(t, d, results.OfScores, comma(mended))
		if second.Same != 3 || second.Changed != 1 {
			t.Errorf("mended: %+v", second)
		}
		if err := apply(second.ID, day+2); err != nil {
			t.Fatal(err)
		}
		if got := of(t, d, "a4", 0).Scores; got.Total != 2110 {
			t.Errorf("mended total %v", got.Total)
		}
		var told []string
		must(t, d, func(tx *db.Tx) (err error) { told, err = results.People(ctx, tx, second.ID, "", 10); return err })
		if !slices.Equal(told, []string{"a4"}) {
			t.Errorf("told %v", told)
		}
		undo := func() error {
			return d.Write(ctx, func(tx *db.Tx) error {
				_, err := results.Undo(ctx, tx, second.ID, "s1", "s2", "评卷有误", day+3)
				return err
			})
		}
		if err := undo(); err != nil {
			t.Fatal(err)
		}
		if err := undo(); !errors.Is(err, results.ErrState) {
			t.Errorf("undone twice: %v", err)
		}
		if got := of(t, d, "a4", 0).Scores; got.Total != 2100 {
			t.Errorf("total after it was undone %v", got.Total)
		}
	})
}

// TestAdmission: admissions are held against the catalogue, and a school's people are
// those whose last admission names it.
func TestAdmission(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		head := []string{"ZKZH", "XM", "YXDM", "YXMC", "ZYDM", "ZYMC", "LQRQ"}
		c := campaign.Adult2019()
		var there campaign.Programme
		for _, g := range c.Catalogue {
			if g.Level == "3" && g.Category == "35" {
				there = g
			}
		}
		row := []string{"430102350001", "石淼", there.School, there.SchoolName, there.Major, there.MajorName, "20191220"}
		for code, change := range map[string]func(r []string){
			results.NoProgramme: func(r []string) { r[4] = "999999" },
			results.OtherSchool: func(r []string) { r[3] = "湖南大学堂" },
			results.BadDay:      func(r []string) { r[6] = "20181220" },
		} {
			bad := slices.Clone(row)
			change(bad)
			if i, refused := show(t, d, results.OfAdmission, comma([][]string{head, bad})); i.Refused != 1 || refused[0].Code != code {
				t.Errorf("%s: %+v", code, refused)
			}
		}
		i, _ := show(t, d, results.OfAdmission, comma([][]string{head, row}))
		must(t, d, func(tx *db.Tx) error { _, err := results.Apply(ctx, tx, i.ID, "s1", "s2", day, day); return err })
		if got := of(t, d, "a4", 0).Admission; got == nil || got.SchoolName != there.SchoolName || got.Day != "2019-12-20" || got.Form != there.Form {
			t.Errorf("admitted %+v", got)
		}
		must(t, d, func(tx *db.Tx) error {
			schools, err := results.Schools(ctx, tx, c.ID)
			if err != nil || len(schools) != 1 || schools[0] != (results.School{Code: there.School, People: 1}) {
				t.Errorf("schools %+v", schools)
			}
			all, err2 := results.Admitted(ctx, tx, c.ID, there.School)
			if !slices.Equal(all, []string{"a4"}) {
				t.Errorf("admitted %v", all)
			}
			return errors.Join(err, err2)
		})
	})
}

// TestParseMark holds marks as tables write them.
func TestParseMark(t *testing.T) {
	for text, want := range map[string]results.Mark{"0": 0, "85": 850, "85.0": 850, "85.5": 855, "085.50": 855, "150": 1500, "缺考": results.Absent, "-1": results.Absent, "-1.0": results.Absent, "w": results.Void} {
		if got, ok := results.ParseMark(text, 150); !ok || got != want {
			t.Errorf("%q is %v %v", text, got, ok)
		}
	}
	for _, text := range []string{"", ".", ".5", "-3", "1e2", "151", "150.1", "85,5", "８５", "85.25", "99999999999"} {
		if got, ok := results.ParseMark(text, 150); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
	if results.Mark(855).String() != "85.5" || results.Mark(850).String() != "85" {
		t.Error("written otherwise")
	}
}
