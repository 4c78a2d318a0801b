package exchange_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhunkao/hub/exchange"
	"zhunkao/hub/exchange/dbf"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/gbk"
)

// heads are the columns of a catalogue as offices write them; codes the same as
// fields of a DBF table.
var (
	heads = []string{"院校代码", "院校名称", "专业代码", "专业名称", "层次", "科类", "招生专业类", "学习形式", "学制", "备注"}
	codes = []string{"YXDM", "YXMC", "ZYDM", "ZYMC", "CCDM", "KLDM", "ZYLMC", "XXXS", "XZ", "BZ"}
)

// cellsOf gives a programme in the order of heads.
func cellsOf(p campaign.Programme) []string {
	return []string{p.School, p.SchoolName, p.Major, p.MajorName, p.Level, p.Category, p.Class, p.Form, p.Years, p.Remark}
}

// wordsOf is cellsOf with names instead of codes.
func wordsOf(c campaign.Campaign, p campaign.Programme) []string {
	out := cellsOf(p)
	out[4], out[5] = c.TableName("level", p.Level), c.TableName("category", p.Category)
	out[7], out[8] = c.TableName("study_form", p.Form), c.TableName("years", p.Years)
	return out
}

// good is one row in words, which the campaign of 2019 takes.
func good(school, major string) []string {
	return []string{school, "湘北大学" + school, major, "汉语言文学" + major, "高起本", "文史类", "文史类", "函授", "5年", ""}
}

// sheet makes a workbook of one sheet of texts.
func sheet(t testing.TB, rows ...[]string) []byte {
	t.Helper()
	return workbook(t, func(f *excelize.File) {
		for i, r := range rows {
			for j, v := range r {
				put(t, f, "Sheet1", j, i, v)
			}
		}
	})
}

func put(t testing.TB, f *excelize.File, sheet string, column, row int, v any) {
	t.Helper()
	name, err := excelize.CoordinatesToCellName(column+1, row+1)
	if err == nil {
		err = f.SetCellValue(sheet, name, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func workbook(t testing.TB, fill func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func table(t testing.TB, charset gbk.Charset, names []string, rows ...[]string) []byte {
	t.Helper()
	l := dbf.Layout{Version: dbf.FoxPro, Charset: charset}
	for _, n := range names {
		l.Fields = append(l.Fields, dbf.Field{Name: n, Type: dbf.Character, Length: 100})
	}
	var b bytes.Buffer
	w, err := dbf.NewWriter(&b, l, int64(len(rows)))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Write(r...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func parse(t testing.TB, raw []byte) (exchange.Catalogue, error) {
	t.Helper()
	return exchange.ParseCatalogue(bytes.NewReader(raw), int64(len(raw)), campaign.Adult2019())
}

// The catalogue that ships comes back line for line, from a workbook in words,
// from one in codes, and from DBF tables in both character sets.
func TestCatalogueThatShips(t *testing.T) {
	for _, c := range campaign.Shipped() {
		var words, plain [][]string
		for _, p := range c.Catalogue {
			words, plain = append(words, wordsOf(c, p)), append(plain, cellsOf(p))
		}
		for name, raw := range map[string][]byte{
			"words":   sheet(t, append([][]string{heads}, words...)...),
			"codes":   sheet(t, append([][]string{codes}, plain...)...),
			"gbk":     table(t, gbk.GBK, codes, words...),
			"gb18030": table(t, gbk.GB18030, codes, plain...),
		} {
			path := filepath.Join(t.TempDir(), "catalogue")
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := exchange.ReadCatalogue(path, c)
			if err != nil {
				t.Errorf("%s, %s: %v", c.ID, name, err)
				continue
			}
			if !slices.Equal(got.Programmes, c.Catalogue) {
				t.Errorf("%s, %s: %d programmes came back, not as they went: %v", c.ID, name, len(got.Programmes),
					exchange.CompareCatalogues(c.Catalogue, got.Programmes).Lines(c, true))
			}
			if len(c.Catalogue) == 0 {
				t.Errorf("%s ships no catalogue", c.ID)
			}
		}
	}
}

// Headings: any order, any of their names, below titles, in two merged rows.
func TestHeaders(t *testing.T) {
	row := good("10531", "050101")
	turned := func(r []string) []string { r = slices.Clone(r); slices.Reverse(r); return r }
	without := func(r []string, i int) []string { return slices.Delete(slices.Clone(r), i, i+1) }
	for name, c := range map[string]struct {
		raw  []byte
		code string // "" = taken
	}{
		"as offices write":        {sheet(t, heads, row), ""},
		"fields of DBF":           {sheet(t, codes, row), ""},
		"our own keys":            {sheet(t, []string{"school", "school_name", "major", "major_name", "level", "category", "class", "form", "years", "remark"}, row), ""},
		"another order":           {sheet(t, turned(heads), turned(row)), ""},
		"a strange column":        {sheet(t, append([]string{"序号"}, heads...), append([]string{"1"}, row...)), ""},
		"below titles":            {sheet(t, []string{"湖南省2019年成人高校招生专业目录"}, nil, []string{"（示例）"}, heads, row), ""},
		"blanks and breaks":       {sheet(t, []string{"院 校\n代码", " 院校名称", "专业代码*", "专业名称：", "层次（报考）", "科类", "招生专业类", "学习形式", "学制(年)", "备注"}, row), ""},
		"full width":              {sheet(t, []string{"ＹＸＤＭ", "YXMC", "zydm", "ZYMC", "CCDM", "KLDM", "ZYLMC", "XXXS", "XZ", "BZ"}, row), ""},
		"two merged rows":         {sheet(t, []string{"目录"}, []string{"院校", "", "专业", "", "层次", "科类", "专业类", "学习形式", "学制", ""}, []string{"代码", "名称", "代码", "名称", "", "", "", "", "", "备注"}, row), ""},
		"without class, remark":   {sheet(t, without(without(heads, 9), 6), without(without(row, 9), 6)), ""},
		"the header on each page": {sheet(t, heads, row, heads, good("10532", "050101")), ""},
		"code and name":           {sheet(t, append(slices.Clone(heads), "层次代码"), append(slices.Clone(row), "1")), ""},
		"no column of years":      {sheet(t, without(heads, 8), without(row, 8)), exchange.NoHeader},
		"none":                    {sheet(t, row), exchange.NoHeader},
		"nothing":                 {sheet(t), exchange.NoHeader},
		"nothing below":           {sheet(t, heads), exchange.NoRows},
		"a column twice":          {sheet(t, append(slices.Clone(heads), "学校代码"), append(slices.Clone(row), "10531")), exchange.DoubleHeader},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parse(t, c.raw)
			if c.code == "" {
				if err != nil || len(got.Programmes) == 0 || got.Programmes[0] != (campaign.Programme{School: "10531", SchoolName: "湘北大学10531", Major: "050101",
					MajorName: "汉语言文学050101", Level: "1", Category: "11", Class: "文史类", Form: "1", Years: "5"}) {
					t.Errorf("%+v, %v", got, err)
				}
				return
			}
			var refused exchange.RefusedError
			if !errors.As(err, &refused) || refused.Refusals[0].Code != c.code {
				t.Errorf("%v, want %s", err, c.code)
			}
		})
	}
}

// Each row spoils one cell; the refusal names it and says what to do.
func TestRefusalsByRow(t *testing.T) {
	for _, c := range []struct {
		name, column, value, code string
	}{
		{"level", "层次", "硕士", exchange.UnknownLevel},
		{"category", "科类", "99", exchange.UnknownCategory},
		{"level and category", "科类", "21", exchange.LevelCategory},
		{"category of another level by name", "科类", "医学类", exchange.LevelCategory},
		{"form", "学习形式", "自学", exchange.UnknownForm},
		{"years", "学制", "9", exchange.UnknownYears},
		{"no school", "院校代码", "", exchange.CellMissing},
		{"no name", "院校名称", " \u3000", exchange.CellMissing},
		{"no major", "专业名称", "", exchange.CellMissing},
		{"no level", "层次", "", exchange.CellMissing},
		{"no years", "学制", "", exchange.CellMissing},
		{"school too long", "院校代码", "123456789", exchange.TooLong},
		{"name too long", "专业名称", strings.Repeat("长", 51), exchange.TooLong},
		{"remark too long", "备注", strings.Repeat("长", 128), exchange.TooLong},
		{"school in words", "院校代码", "湘北", exchange.BadCode},
		{"spoiled by Excel", "专业代码", "5.01E+05", exchange.BadCode},
		{"line break", "专业名称", "汉语言\n文学", exchange.BadText},
		{"direction override", "专业名称", "汉语\u202e言", exchange.BadText},
		{"formula error", "专业名称", "#N/A", exchange.BadText},
		{"name of the school differs", "院校名称", "湘南大学", exchange.TwoNames},
		{"twice", "专业代码", "050101", exchange.Duplicate},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := good("10531", "050102")
			bad[slices.Index(heads, c.column)] = c.value
			_, err := parse(t, sheet(t, heads, good("10531", "050101"), bad, good("10533", "050101")))
			var refused exchange.RefusedError
			if !errors.As(err, &refused) {
				t.Fatalf("taken: %v", err)
			}
			f := refused.Refusals[0]
			if len(refused.Refusals) != 1 || f.Code != c.code || f.Row != 3 || f.Sheet != "Sheet1" || f.Zh == "" || f.En == "" {
				t.Errorf("%+v", refused.Refusals)
			}
			if f.Code != exchange.Duplicate && f.Column != c.column {
				t.Errorf("column %s, want %s", f.Column, c.column)
			}
		})
	}
}

// All or nothing, with the whole list in the order of the rows.
func TestTheWholeList(t *testing.T) {
	rows := [][]string{heads}
	for i := range 300 {
		r := good("10531", fmt.Sprintf("05%04d", i))
		if i%3 == 0 {
			r[4], r[8] = "硕士", "九年"
		}
		rows = append(rows, r)
	}
	got, err := parse(t, sheet(t, rows...))
	var refused exchange.RefusedError
	if !errors.As(err, &refused) || len(refused.Refusals) != 200 || len(got.Programmes) != 0 {
		t.Fatalf("%d programmes, %d refusals, %v; want 0, 200", len(got.Programmes), len(refused.Refusals), err)
	}
	for i, f := range refused.Refusals {
		if want := 2 + i/2*3; f.Row != want {
			t.Fatalf("refusal %d names row %d, want %d", i, f.Row, want)
		}
	}
}

// Leading zeros: as text, as a number whose format shows them, and lost.
func TestLeadingZeros(t *testing.T) {
	make := func(style bool) []byte {
		return workbook(t, func(f *excelize.File) {
			for i, r := range [][]string{heads, good("10531", "050101"), good("10531", "050102")} {
				for j, v := range r {
					put(t, f, "Sheet1", j, i, v)
				}
			}
			put(t, f, "Sheet1", 0, 2, 10531) // a number without a zero is as good
			put(t, f, "Sheet1", 2, 2, 50102)
			if style {
				format := "000000"
				id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
				if err == nil {
					err = f.SetCellStyle("Sheet1", "C3", "C3", id)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	got, err := parse(t, make(true))
	if err != nil || len(got.Programmes) != 2 || got.Programmes[1].Major != "050102" || got.Programmes[1].School != "10531" {
		t.Errorf("%+v, %v", got.Programmes, err)
	}
	var refused exchange.RefusedError
	if _, err := parse(t, make(false)); !errors.As(err, &refused) || refused.Refusals[0].Code != exchange.LostZero || refused.Refusals[0].Row != 3 {
		t.Errorf("a lost zero: %v", err)
	}
	// A shorter code that is a text was meant.
	if got, err := parse(t, sheet(t, heads, good("10531", "050101"), good("10531", "50102"))); err != nil || got.Programmes[1].Major != "50102" {
		t.Errorf("a short text: %v", err)
	}
}

// A formula is never evaluated: what it last gave counts, and without that the
// cell is empty.
func TestFormulas(t *testing.T) {
	raw := func(cached string) []byte {
		value := ""
		if cached != "" {
			value = "<v>" + cached + "</v>"
		}
		return handMade(t, heads, good("10531", "050101"), func(cell string) string {
			if cell == "B2" {
				return `<c r="B2" t="str"><f>CONCATENATE("a","b")</f>` + value + `</c>`
			}
			return ""
		})
	}
	if got, err := parse(t, raw("湘西大学")); err != nil || got.Programmes[0].SchoolName != "湘西大学" {
		t.Errorf("%+v, %v", got.Programmes, err)
	}
	var refused exchange.RefusedError
	if _, err := parse(t, raw("")); !errors.As(err, &refused) || refused.Refusals[0].Code != exchange.CellMissing {
		t.Errorf("a formula without a value: %v", err)
	}
}

// One sheet for each level is one catalogue; hidden sheets and those without a
// header are named and left out.
func TestSheets(t *testing.T) {
	raw := workbook(t, func(f *excelize.File) {
		for _, name := range []string{"本科", "隐藏", "填表说明"} {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
		}
		for name, major := range map[string]string{"Sheet1": "050101", "本科": "050102", "隐藏": "050103"} {
			for j := range heads {
				put(t, f, name, j, 0, heads[j])
				put(t, f, name, j, 1, good("10531", major)[j])
			}
		}
		put(t, f, "填表说明", 0, 0, "请逐行填写")
		if err := f.SetSheetVisible("隐藏", false); err != nil {
			t.Fatal(err)
		}
	})
	got, err := parse(t, raw)
	if err != nil || len(got.Programmes) != 2 || !slices.Equal(got.Sheets, []string{"Sheet1", "本科"}) || !slices.Equal(got.Skipped, []string{"隐藏", "填表说明"}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTables(t *testing.T) {
	row := func(major string) []string { return append(slices.Clone(good("10531", major)), "") }
	names := append(slices.Clone(codes), "XX")
	bad := row("050102")
	bad[4] = "7"
	var refused exchange.RefusedError
	if _, err := parse(t, table(t, gbk.GBK, names, row("050101"), bad)); !errors.As(err, &refused) ||
		refused.Refusals[0].Row != 2 || refused.Refusals[0].Column != "CCDM" || refused.Refusals[0].Code != exchange.UnknownLevel {
		t.Errorf("%v", err)
	}
	raw := table(t, gbk.GBK, names, row("050101"), row("050102"))
	width := 1 + 100*len(names)
	cut := raw[:len(raw)-width/2]
	if _, err := parse(t, cut); !errors.As(err, &refused) {
		t.Errorf("a table that was cut: %v", err)
	}
	deleted := slices.Clone(raw)
	deleted[len(raw)-1-width] = '*'
	if got, err := parse(t, deleted); err != nil || len(got.Programmes) != 1 {
		t.Errorf("a deleted row: %+v, %v", got.Programmes, err)
	}
	spoiled := bytes.Replace(raw, []byte("10531"), []byte("1\xff531"), 1)
	if _, err := parse(t, spoiled); !errors.As(err, &refused) || refused.Refusals[0].Code != dbf.BadText || refused.Refusals[0].Row != 1 {
		t.Errorf("bytes that are no text: %v", err)
	}
	if _, err := parse(t, table(t, gbk.GBK, []string{"A", "B"}, []string{"1", "2"})); !errors.As(err, &refused) || refused.Refusals[0].Code != exchange.NoHeader {
		t.Errorf("another table: %v", err)
	}
}

func TestCompareCatalogues(t *testing.T) {
	c := campaign.Adult2019()
	now := slices.Clone(c.Catalogue)
	slices.Reverse(now)
	if d := exchange.CompareCatalogues(c.Catalogue, now); !d.Empty() {
		t.Errorf("another order: %+v", d)
	}
	now = slices.Clone(c.Catalogue)
	gone := now[0]
	now = now[1:]
	now[0].MajorName, now[1].Years = "汉语言（新）", "3"
	fresh := now[2]
	fresh.Major = "999999"
	now = append(now, fresh)
	d := exchange.CompareCatalogues(c.Catalogue, now)
	if len(d.Added) != 1 || d.Added[0] != fresh || len(d.Withdrawn) != 1 || d.Withdrawn[0] != gone || len(d.Changed) != 2 || !d.Changed[0].Renamed() || d.Changed[1].Renamed() {
		t.Errorf("%+v", d)
	}
	zh, en := strings.Join(d.Lines(c, false), "\n"), strings.Join(d.Lines(c, true), "\n")
	for text, all := range map[string][]string{zh: {"停招 ", "更名 ", "变更 ", "新增 ", "学制由“", "汉语言（新）"}, en: {"withdrawn ", "renamed ", "changed ", "added "}} {
		for _, want := range all {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in\n%s", want, text)
			}
		}
	}
}
