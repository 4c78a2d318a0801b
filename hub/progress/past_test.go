package progress_test

import (
	"errors"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/progress"
)

const pastTable = "\ufeff日期,行政区划,报名人数,确认人数,备注\n2018-09-03,430102,10,1,\n2018/9/4,430102,\"1,020\",2,x\n20180903,430121,5,0,\n2018-09-03,430500,100,50,\n2018-09-03,430529,3,2,\n\n"

func TestReadPast(t *testing.T) {
	p, err := progress.ReadPast(strings.NewReader(pastTable), "adult")
	if err != nil || p.Year != 2018 || len(p.Rows) != 5 || p.Rows[1] != (progress.Row{Day: "2018-09-04", Division: "430102", Registered: 1020, Confirmed: 2}) {
		t.Errorf("ReadPast = %+v, %v", p, err)
	}
	head := "day,division,registered,confirmed\n"
	for text, want := range map[string]progress.Finding{
		"":                               {Row: 1, Reason: progress.BadEmpty},
		"a,b\n":                          {Row: 1, Reason: progress.BadHeader, Cell: "a,b"},
		"day,day,registered,confirmed\n": {Row: 1, Reason: progress.BadHeader, Cell: "day,day,registered,confirmed"},
		head:                             {Row: 1, Reason: progress.BadEmpty},
		head + "2018-09-03,430102,1\n":   {Row: 2, Reason: progress.BadWidth},
		head + "3.9.18,430102,1,1\n":     {Row: 2, Reason: progress.BadDay, Cell: "3.9.18"},
		head + "2018-09-03,430102,1,1\n2017-09-03,430102,1,1\n": {Row: 3, Reason: progress.BadYear, Cell: "2017-09-03"},
		head + "2018-09-03,440102,1,1\n":                        {Row: 2, Reason: progress.BadDivision, Cell: "440102"},
		head + "2018-09-03,430102,-1,1\n":                       {Row: 2, Reason: progress.BadNumber, Cell: "-1"},
		head + "2018-09-03,430102,1,一百\n":                       {Row: 2, Reason: progress.BadNumber, Cell: "一百"},
		head + "2018-09-03,430102,1,1\n2018-09-03,430102,1,1\n": {Row: 3, Reason: progress.BadTwice, Cell: "430102"},
		head + "2018-09-03,430124,1,1\n2018-09-03,430182,1,1\n": {Row: 3, Reason: progress.BadTwice, Cell: "430182"}, // the same county
		head + "2018-09-03,\"430102,1,1\n":                      {Row: 2, Reason: progress.BadText},
	} {
		var faults progress.PastError
		if _, err := progress.ReadPast(strings.NewReader(text), "adult"); !errors.As(err, &faults) || len(faults) != 1 || faults[0] != want {
			t.Errorf("%q: %+v, want %+v", text, faults, want)
		}
	}
}

// TestLastYear: a division is told by its own rows, else by what lies below it.
func TestLastYear(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p, err := progress.ReadPast(strings.NewReader(pastTable), "adult")
		if err != nil {
			t.Fatal(err)
		}
		write := func(p progress.Past, replace bool) error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return progress.Keep(t.Context(), tx, p, replace) })
		}
		if err := write(p, false); err != nil {
			t.Fatal(err)
		}
		if err := write(p, false); !errors.Is(err, progress.ErrTaken) {
			t.Errorf("a second time: %v", err)
		}
		if err := write(p, true); err != nil {
			t.Errorf("replace: %v", err)
		}
		older := p
		older.Year = 2017
		if err := write(older, false); err != nil {
			t.Error(err)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			for division, want := range map[string]int64{"430000": 10 + 1020 + 5 + 100, "430100": 1035, "430102": 1030, "430500": 100, "430529": 3, "431000": 0} {
				c, err := progress.LastYear(t.Context(), tx, "adult", 2019, division)
				var got int64
				for _, x := range c.Days {
					got += x.Registered
				}
				if err != nil || got != want || c.Known() != (want > 0) || c.Known() && (c.Year != 2018 || c.First != "2018-09-03") {
					t.Errorf("%s: %d, %+v, %v; want %d", division, got, c, err, want)
				}
			}
			for _, year := range []int{2017, 2022} {
				if c, err := progress.LastYear(t.Context(), tx, "adult", year, "430000"); err != nil || c.Known() {
					t.Errorf("before %d: %+v, %v", year, c, err)
				}
			}
			if c, err := progress.LastYear(t.Context(), tx, "gaokao", 2019, "430000"); err != nil || c.Known() {
				t.Errorf("another kind: %+v, %v", c, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestEstimate(t *testing.T) {
	course := func(sums ...int64) progress.Course {
		var c progress.Course
		for _, n := range sums {
			c.Total = append(c.Total, progress.Figures{Registered: n})
		}
		return c
	}
	last := course(100, 300, 400, 900, 1000)
	for name, tc := range map[string]struct {
		this, last progress.Course
		today      int
		from       int
		want       []int64
	}{
		"after two whole days":          {course(120, 330, 340, 340, 340), last, 2, 1, []int64{330, 440, 990, 1100}},
		"on the last day":               {course(100, 200, 300, 800, 801), last, 4, 3, []int64{800, 889}},
		"last year was shorter":         {course(100, 200, 300, 400, 500), course(50, 100, 200), 2, 1, []int64{200, 400, 400, 400}},
		"the first day":                 {course(120, 120, 120, 120, 120), last, 0, 0, nil},
		"one whole day":                 {course(120, 130, 130, 130, 130), last, 1, 0, nil},
		"too few now":                   {course(10, 99, 99, 99, 99), last, 2, 0, nil},
		"last year had hardly begun":    {course(120, 330, 340, 340, 340), course(1, 2, 3, 4, 1000), 2, 0, nil},
		"last year had nobody":          {course(120, 330, 340, 340, 340), course(0, 0, 0, 0, 0), 2, 0, nil},
		"the window is long over":       {course(1, 1, 1, 1, 700), last, 12, 0, nil},
		"no last year":                  {course(120, 330, 340), progress.Course{}, 2, 0, nil},
		"numbers as large as they come": {course(0, 100_000_000), course(1, 100_000_000), 2, 1, []int64{100_000_000}},
	} {
		from, got, ok := progress.Estimate(tc.this, tc.last, tc.today)
		same := len(got) == len(tc.want)
		for i := range tc.want {
			same = same && i < len(got) && got[i] == tc.want[i]
		}
		if ok != (tc.want != nil) || from != tc.from || !same {
			t.Errorf("%s: from %d %v, %v; want from %d %v", name, from, got, ok, tc.from, tc.want)
		}
	}
	// What lies before and after the window is not lost.
	c := progress.CourseOf([]progress.Day{{Day: "2019-08-30", Figures: progress.Figures{Registered: 5}}, {Day: "2019-09-03", Figures: progress.Figures{Registered: 2}},
		{Day: "2019-10-01", Figures: progress.Figures{Registered: 1}}}, "2019-09-02", 3)
	if c.Total[0].Registered != 5 || c.Total[1].Registered != 7 || c.Total[2].Registered != 8 {
		t.Errorf("CourseOf = %+v", c)
	}
}

// FuzzReadPast: no table, however broken, does anything but be read or refused,
// and what is read can be kept.
func FuzzReadPast(f *testing.F) {
	f.Add(pastTable)
	f.Add("day,division,registered,confirmed\n2018-09-03,430102,1,1\n")
	f.Add("day,division,registered,confirmed\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := progress.ReadPast(strings.NewReader(text), "adult")
		var faults progress.PastError
		if err != nil && (!errors.As(err, &faults) || len(faults) == 0) {
			t.Fatalf("%v", err)
		}
		if err == nil && len(p.Rows) == 0 {
			t.Error("an empty table was taken")
		}
		for _, r := range p.Rows {
			if r.Registered < 0 || r.Confirmed < 0 || len(r.Day) != 10 || len(r.Division) != 6 {
				t.Errorf("row %+v", r)
			}
		}
	})
}
