package exchange_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/exchange"
	"zhunkao/hub/exchange/dbf"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

var day = time.Date(2019, 9, 12, 0, 0, 0, 0, time.UTC)

// with gives a campaign that has one more exchange, "test".
func with(c campaign.Campaign, e campaign.Exchange) campaign.Campaign {
	e.Key = "test"
	c.Exchanges = append(slices.Clone(c.Exchanges), e)
	return c
}

// persons is an exchange of everything an application of the adult examination
// has in two choices.
func persons(charset, names string) campaign.Exchange {
	columns := []campaign.ExchangeColumn{
		{Name: "KSH", Type: "C", Length: 14, From: form.CandidateNumber}, {Name: "XM", Type: "C", Length: 40, From: form.FullName},
		{Name: "CSRQ", Type: "D", Length: 8, From: form.BirthDate}, {Name: "YZBM", Type: "N", Length: 6, From: form.PostCode},
		{Name: "TXDZ", Type: "C", Length: 80, From: form.PostAddress}, {Name: "BZ", Type: "C", Length: 60, From: form.Remark},
		{Name: "BMD", Type: "C", Length: 8, From: "point"}, {Name: "BMDMC", Type: "C", Length: 60, From: "point_name"}, {Name: "XH", Type: "C", Length: 12, From: "sequence"},
		{Name: "CCDM", Type: "C", Length: 1, From: "level"}, {Name: "CCMC", Type: "C", Length: 20, From: "level_name"}, {Name: "KLDM", Type: "C", Length: 2, From: "category"},
		{Name: "KLMC", Type: "C", Length: 40, From: "category_name"}, {Name: "KLW", Type: "C", Length: 1, From: "category_digit"},
		{Name: "SF", Type: "C", Length: 2, From: "=43"}, {Name: "YL", Type: "C", Length: 2, From: "="}, {Name: "ZF", Type: "N", Length: 6, Decimals: 1, From: "score.sum"}, {Name: "JFRQ", Type: "D", Length: 8, From: "paid"},
	}
	for _, order := range []string{"1", "2"} {
		for _, p := range []string{"level", "category", "school", "school_name", "major", "major_name", "class", "form", "years"} {
			columns = append(columns, campaign.ExchangeColumn{Name: "ZY" + order + strings.ToUpper(strings.ReplaceAll(p, "_", ""))[:min(5, len(strings.ReplaceAll(p, "_", "")))] + map[bool]string{true: "M"}[strings.HasSuffix(p, "_name")], Type: "C", Length: 60, From: "choice." + order + "." + p})
		}
	}
	return campaign.Exchange{Zh: "试验", File: "BMK_{yyyy}_{division6}_{date8}", Header: campaign.HeaderDBase3, Charset: charset, Names: names, Columns: columns}
}

// exported is a table and its side file.
type exported struct {
	table []byte
	side  string
	did   exchange.Summary
}

func (e exported) entries(t *testing.T) []exchange.Entry {
	t.Helper()
	var all []exchange.Entry
	for line := range strings.Lines(e.side) {
		var x exchange.Entry
		if err := json.Unmarshal([]byte(line), &x); err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	return all
}

func each(rows []exchange.Row) iter.Seq2[exchange.Row, error] {
	return func(yield func(exchange.Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func export(t *testing.T, c campaign.Campaign, key string, rows []exchange.Row) exported {
	t.Helper()
	var table, side bytes.Buffer
	did, err := exchange.Export(t.Context(), each(rows), c, key, exchange.Target{Table: &table, Side: &side, Rows: int64(len(rows)), Updated: day, Cut: true})
	if err != nil {
		t.Fatal(err)
	}
	return exported{table.Bytes(), side.String(), did}
}

// imported reads a table back, without its side file if side is "-".
func imported(t *testing.T, c campaign.Campaign, key string, table []byte, side string) (rows []*exchange.Imported, faults []dbf.Fault) {
	t.Helper()
	r, err := dbf.NewReader(bytes.NewReader(table), dbf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var in io.Reader
	if side != "-" {
		in = strings.NewReader(side)
	}
	im, err := exchange.Import(r, in, c, key)
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := im.Next()
		if errors.Is(err, io.EOF) {
			return rows, append(faults, im.Faults()...)
		}
		if err != nil {
			t.Fatal(err)
		}
		rows, faults = append(rows, row), append(faults, row.Faults...)
	}
}

// sameRow holds what came back against what was exported: all that the columns
// of the exchange cover.
func sameRow(t *testing.T, e campaign.Exchange, got *exchange.Imported, want exchange.Row) {
	t.Helper()
	covered := map[string]bool{}
	for _, c := range e.Columns {
		covered[c.From] = true
	}
	for key, v := range want.Application.Fields {
		if covered[key] && got.Application.Fields[key] != v {
			t.Errorf("row %d %s: %q, want %q", got.Number, key, got.Application.Fields[key], v)
		}
	}
	for key, v := range got.Application.Fields {
		if want.Application.Fields[key] != v {
			t.Errorf("row %d %s: %q came from nowhere", got.Number, key, v)
		}
	}
	for from, v := range want.Facts {
		if covered[from] && got.Facts[from] != v {
			t.Errorf("row %d %s: %q, want %q", got.Number, from, got.Facts[from], v)
		}
	}
	if covered["point"] && got.Application.Point != want.Application.Point || covered["sequence"] && got.Application.SequenceNumber != want.Application.SequenceNumber {
		t.Errorf("row %d: %v, want %v", got.Number, got.Application, want.Application)
	}
	for order := 1; order <= 2; order++ {
		g, w := partsOf(got.Application, order), partsOf(want.Application, order)
		for part, v := range w {
			if covered[fmt.Sprintf("choice.%d.%s", order, part)] && g[part] != v {
				t.Errorf("row %d choice %d: %s is %q, want %q", got.Number, order, part, g[part], v)
			}
		}
	}
	if covered["choice.2.class"] && len(got.Application.Choices) != len(want.Application.Choices) {
		t.Errorf("row %d: %d choices, want %d", got.Number, len(got.Application.Choices), len(want.Application.Choices))
	}
}

// partsOf are those of one choice, none if there is no such choice.
func partsOf(a form.Application, order int) map[string]string {
	for _, c := range a.Choices {
		if c.Order == order {
			return map[string]string{"level": c.Level, "category": c.Category, "school": c.School, "school_name": c.SchoolName,
				"major": c.Major, "major_name": c.MajorName, "class": c.Class, "form": c.Form, "years": c.Years}
		}
	}
	return nil
}

// rare are names as people have them, and as bad input has them.
var rare = []string{"刘备", "刘䶮", "欧阳𬭩", "㛃", "陈𠮷", "买买提·艾力", "阿卜杜勒·喀迪尔", "SMITH JOHN", "Zoë", "李??", "王A", "JIE", "𱎼𱎼", "张\ue863", "a  b", "=1+1", strings.Repeat("𬭩", 25)}

func people(t *testing.T, c campaign.Campaign, n int) []exchange.Row {
	t.Helper()
	var rows []exchange.Row
	for i, p := range synthetic.Candidates(c, 19, n, synthetic.Point{Code: "43010201", Division: "430102"}, synthetic.Point{Code: "43022401", Division: "430224"}) {
		a := p.Application.Clone()
		if i%2 == 0 {
			a.Fields[form.FullName] = rare[i/2%len(rare)]
		}
		rows = append(rows, exchange.Row{Key: a.Get(form.CandidateNumber), Application: a, Facts: map[string]string{
			"point_name": "岳麓区第一确认点", "county": "430104", "city": "430100", "score.sum": "451.5", "paid": "20190912", "fee": "16000",
		}})
	}
	return rows
}

// Every exchange of every campaign that ships, and one of everything, by each
// policy: what is exported is imported again, given the side file; and without
// it nothing that was replaced in the table is taken for true.
func TestRoundTrip(t *testing.T) {
	type trip struct {
		name string
		c    campaign.Campaign
		key  string
	}
	var trips []trip
	for _, c := range campaign.Shipped() {
		for _, e := range c.Exchanges {
			trips = append(trips, trip{c.ID + " " + e.Key, c, e.Key})
		}
	}
	for _, charset := range []string{campaign.CharsetGBK, campaign.CharsetGB18030} {
		for _, names := range []string{campaign.NamesGB18030, campaign.NamesPinyin, campaign.NamesMarks} {
			trips = append(trips, trip{charset + " " + names, with(campaign.Adult2019(), persons(charset, names)), "test"})
		}
	}
	for _, trip := range trips {
		t.Run(trip.name, func(t *testing.T) {
			rows := people(t, trip.c, 80)
			e, _ := trip.c.Exchange(trip.key)
			x := export(t, trip.c, trip.key, rows)
			got, faults := imported(t, trip.c, trip.key, x.table, x.side)
			if len(faults) > 0 || len(got) != len(rows) || x.did.Rows != int64(len(rows)) || x.did.Beside != int64(len(x.entries(t))) {
				t.Fatalf("%d of %d rows, %+v, faults %v", len(got), len(rows), x.did, faults)
			}
			for i := range got {
				sameRow(t, e, got[i], rows[i])
			}
			bare, _ := imported(t, trip.c, trip.key, x.table, "-")
			for i, r := range bare {
				name := rows[i].Application.Get(form.FullName)
				if v, has := r.Application.Fields[form.FullName]; has && !identity.SameName(identity.Name(v), identity.Name(name)) && !cutShort(x.entries(t), r.Number) {
					t.Errorf("row %d: without the side file %q came back as %q", r.Number, name, v)
				}
			}
		})
	}
}

// cutShort tells whether a name of the row was cut: that, nothing in the table
// shows.
func cutShort(all []exchange.Entry, row int64) bool {
	return slices.ContainsFunc(all, func(e exchange.Entry) bool { return e.Row == row && e.Why == dbf.TooWide })
}

func one(name string, more map[string]string) []exchange.Row {
	fields := form.Fields{form.CandidateNumber: "19430100000001", form.FullName: name}
	maps.Copy(fields, more)
	return []exchange.Row{{Key: "19430100000001", Application: form.Application{Fields: fields}}}
}

// What each policy writes, and what then stands beside the table.
func TestPolicies(t *testing.T) {
	for _, c := range []struct {
		charset, names, name, written, why string
	}{
		{"gbk", "pinyin", "刘备", "刘备", ""},
		{"gbk", "pinyin", "刘䶮", "刘䶮", ""}, // GBK has it, in its FE row
		{"gbk", "pinyin", "欧阳𬭩", "欧阳WENG", dbf.NotInSet},
		{"gbk", "pinyin", "㛃𬭩", "JIEWENG", dbf.NotInSet},
		{"gbk", "pinyin", "陈😀", "陈??", exchange.WhyNoPinyin},
		{"gbk", "pinyin", "王A", "王A", exchange.WhyAlike},
		{"gbk", "pinyin", "SMITH JOHN", "SMITH JOHN", ""},
		{"gbk", "marks", "欧阳𬭩", "欧阳??", dbf.NotInSet},
		{"gbk", "marks", "李??", "李??", exchange.WhyAlike},
		{"gbk", "marks", "王A", "王A", ""},
		{"gbk", "gb18030", "欧阳𬭩", "欧阳𬭩", exchange.WhyBeyondGBK},
		{"gbk", "gb18030", "刘䶮", "刘䶮", ""},
		{"gbk", "gb18030", "李??", "李??", ""},
		{"gb18030", "pinyin", "欧阳𬭩", "欧阳𬭩", ""},
		{"gb18030", "marks", "李??", "李??", ""},
		{"gbk", "pinyin", "买买提•艾力", "买买提·艾力", exchange.WhyForm},
		{"gbk", "marks", "买买提\uff65艾力", "买买提·艾力", exchange.WhyForm},
		{"gbk", "marks", "买买提•𬭩", "买买提·??", dbf.NotInSet},
		{"gbk", "pinyin", " 刘备", "刘备", exchange.WhyForm},
		{"gbk", "pinyin", "王 喆", "王喆", exchange.WhyForm},
		{"gbk", "pinyin", "Smith  John", "SMITH JOHN", exchange.WhyForm},
		{"gbk", "pinyin", "刘\t备\n", "刘 备", dbf.Control},
		{"gbk", "marks", strings.Repeat("中", 21), strings.Repeat("中", 20), dbf.TooWide},
		{"gbk", "marks", "a" + strings.Repeat("中", 20), "a" + strings.Repeat("中", 19), dbf.TooWide},
		{"gbk", "gb18030", strings.Repeat("𬭩", 11), strings.Repeat("𬭩", 10), dbf.TooWide},
	} {
		cc := with(campaign.Adult2019(), persons(c.charset, c.names))
		x := export(t, cc, "test", one(c.name, nil))
		rows, _, err := read(x.table)
		if err != nil {
			t.Fatal(err)
		}
		if got := rows[0].Values[1].Text; got != c.written {
			t.Errorf("%s, %s: %q is written %q, want %q", c.charset, c.names, c.name, got, c.written)
		}
		var want []exchange.Entry
		if c.why != "" {
			want = []exchange.Entry{{Key: "19430100000001", Row: 1, Column: "XM", Value: c.name, Written: c.written, Why: c.why}}
		}
		if got := x.entries(t); !slices.Equal(got, want) {
			t.Errorf("%s, %s: beside %q stands %+v, want %+v", c.charset, c.names, c.name, got, want)
		}
		if back, faults := imported(t, cc, "test", x.table, x.side); len(faults) > 0 || back[0].Application.Get(form.FullName) != c.name {
			t.Errorf("%s, %s: %q comes back as %q, %v", c.charset, c.names, c.name, back[0].Application.Get(form.FullName), faults)
		}
		bare, faults := imported(t, cc, "test", x.table, "-")
		lost := slices.ContainsFunc(faults, func(f dbf.Fault) bool { return f.Code == exchange.Lost && f.Field == "XM" && f.Row == 1 })
		if replaced := c.why == dbf.NotInSet || c.why == exchange.WhyNoPinyin || c.why == exchange.WhyAlike; lost != replaced {
			t.Errorf("%s, %s: without the side file %q comes back as %q, %v", c.charset, c.names, c.name, bare[0].Application.Get(form.FullName), faults)
		}
	}
}

func read(b []byte) (rows []*dbf.Row, faults []dbf.Fault, err error) {
	r, err := dbf.NewReader(bytes.NewReader(b), dbf.Options{})
	for err == nil {
		var row *dbf.Row
		if row, err = r.Next(); err == nil {
			rows = append(rows, row)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if r != nil {
		faults = r.Faults()
	}
	return rows, faults, err
}

// Numbers, dates and other text: exact in the table or beside it.
func TestOtherColumns(t *testing.T) {
	cc := with(campaign.Adult2019(), persons("gbk", "pinyin"))
	for _, c := range []struct{ field, value, written, why string }{
		{form.PostCode, "410000", "410000", ""},
		{form.PostCode, "010000", "10000", exchange.WhyForm},
		{form.PostCode, "4100000", "", dbf.TooWide},
		{form.PostCode, "41000x", "", dbf.BadNumber},
		{form.PostCode, "1.5", "", dbf.TooFine},
		{form.BirthDate, "20190230", "", dbf.BadDate},
		{form.PostAddress, "长沙市𬭩路", "长沙市??路", dbf.NotInSet}, // pinyin is for names
		{form.Remark, "JIE", "JIE", ""},
		{form.Remark, "=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0", ""},
	} {
		x := export(t, cc, "test", one("刘备", map[string]string{c.field: c.value}))
		entries := x.entries(t)
		if c.why == "" && len(entries) > 0 || c.why != "" && (len(entries) != 1 || entries[0].Why != c.why || entries[0].Written != c.written || entries[0].Value != c.value) {
			t.Errorf("%s %q: %+v, want %q, %s", c.field, c.value, entries, c.written, c.why)
		}
		if back, faults := imported(t, cc, "test", x.table, x.side); len(faults) > 0 || back[0].Application.Get(c.field) != c.value {
			t.Errorf("%s %q comes back as %q, %v", c.field, c.value, back[0].Application.Get(c.field), faults)
		}
	}
}

// A wide text is refused where nobody allowed to cut, and what is no text is
// refused always; all such values are told at once.
func TestRefused(t *testing.T) {
	rows := slices.Concat(one(strings.Repeat("中", 21), nil), one("刘备", nil), one("刘\xff备", map[string]string{form.Remark: strings.Repeat("x", 61)}))
	c := with(campaign.Adult2019(), persons("gbk", "marks"))
	_, err := exchange.Export(t.Context(), each(rows), c, "test", exchange.Target{Table: io.Discard, Side: io.Discard, Rows: 3})
	var refused *exchange.Refused
	if !errors.As(err, &refused) || len(refused.Faults) != 3 {
		t.Fatalf("%v, want three values refused", err)
	}
	for i, want := range []dbf.Fault{{Row: 1, Field: "XM", Code: dbf.TooWide}, {Row: 3, Field: "XM", Code: dbf.NotInSet}, {Row: 3, Field: "BZ", Code: dbf.TooWide}} {
		if f := refused.Faults[i]; f.Row != want.Row || f.Field != want.Field || f.Code != want.Code {
			t.Errorf("%v, want %+v", f, want)
		}
	}
	if strings.Contains(err.Error(), "中中") {
		t.Errorf("the error holds a value: %v", err)
	}
}

func TestExportFails(t *testing.T) {
	c := with(campaign.Adult2019(), persons("gbk", "marks"))
	to := exchange.Target{Table: io.Discard, Side: io.Discard, Rows: 1}
	if _, err := exchange.Export(t.Context(), each(nil), c, "nothing", to); !errors.Is(err, exchange.ErrMapping) {
		t.Errorf("no such exchange: %v", err)
	}
	bad := with(campaign.Adult2019(), campaign.Exchange{Columns: []campaign.ExchangeColumn{{Name: "A", Type: "C", Length: 1, From: "nowhere"}}})
	if _, err := exchange.Export(t.Context(), each(nil), bad, "test", to); !errors.Is(err, exchange.ErrMapping) {
		t.Errorf("a column from nowhere: %v", err)
	}
	if _, err := exchange.Export(t.Context(), each(nil), c, "test", to); !errors.Is(err, dbf.ErrCount) {
		t.Errorf("fewer rows than announced: %v", err)
	}
	broken := errors.New("broken")
	if _, err := exchange.Export(t.Context(), func(yield func(exchange.Row, error) bool) { yield(exchange.Row{}, broken) }, c, "test", to); !errors.Is(err, broken) {
		t.Errorf("rows that fail: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := exchange.Export(ctx, each(one("刘备", nil)), c, "test", to); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

func TestFileName(t *testing.T) {
	c := campaign.Adult2019()
	if got := exchange.FileName(c, persons("gbk", "marks"), "430102", day); got != "BMK_2019_430102_20190912" {
		t.Errorf("%q", got)
	}
}

// The number of a document leaves with X upper-case; what was typed is beside.
func TestNumbersLeaveInNormalForm(t *testing.T) {
	c := campaign.Adult2019()
	for typed, want := range map[string]string{"43010219900190190x": "43010219900190190X", "430102 19900190190X": "43010219900190190X", "h12345678": "H12345678"} {
		x := export(t, c, "candidates", one("刘备", map[string]string{form.DocumentNumber: typed}))
		rows, _, err := read(x.table)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := c.Exchange("candidates")
		i := slices.IndexFunc(e.Columns, func(col campaign.ExchangeColumn) bool { return col.From == form.DocumentNumber })
		if got := rows[0].Values[i].Text; got != want {
			t.Errorf("%q is written %q, want %q", typed, got, want)
		}
		if back, faults := imported(t, c, "candidates", x.table, x.side); len(faults) > 0 || back[0].Application.Get(form.DocumentNumber) != typed {
			t.Errorf("%q does not come back: %v", typed, faults)
		}
	}
}
