package exchange_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"zhunkao/hub/exchange"
	"zhunkao/hub/exchange/dbf"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/gbk"
)

// small is a table of three columns and one more, as an office might send it.
func small(t *testing.T, more dbf.Field, rows ...[]string) []byte {
	t.Helper()
	l := dbf.Layout{Version: dbf.FoxPro, Charset: gbk.GB18030, Fields: []dbf.Field{
		{Name: "XM", Type: dbf.Character, Length: 20}, {Name: "YZBM", Type: dbf.Numeric, Length: 6}, {Name: "KLMC", Type: dbf.Character, Length: 40}, {Name: "KLDM", Type: dbf.Character, Length: 2}, more,
	}}
	var b bytes.Buffer
	w, err := dbf.NewWriter(&b, l, int64(len(rows)))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		for i, v := range r[:len(r)-1] {
			if err := w.Set(i, v); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Next(r[len(r)-1] == "*"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func smallCampaign() campaign.Campaign {
	return with(campaign.Adult2019(), campaign.Exchange{Header: "foxpro", Charset: "gbk", Names: "marks", Columns: []campaign.ExchangeColumn{
		{Name: "XM", Type: "C", Length: 20, From: form.FullName}, {Name: "YZBM", Type: "N", Length: 6, From: form.PostCode},
		{Name: "KLMC", Type: "C", Length: 40, From: "category_name"}, {Name: "KLDM", Type: "C", Length: 2, From: "category"},
	}})
}

func TestImportRefusesByRow(t *testing.T) {
	c := smallCampaign()
	category := c.Form.Categories[0]
	b := small(t, dbf.Field{Name: "OTHER", Type: dbf.Character, Length: 3},
		[]string{"刘备", "410000", category.Zh, category.Code, "x", ""},
		[]string{"删除", "1", "", "", "", "*"},
		[]string{"李??", "2", "", "", "", ""},
		[]string{"张飞", "3", "别的", category.Code, "", ""},
		[]string{"关羽", "4", "", "", "", ""})
	at := bytes.LastIndex(b, []byte("     4"))
	copy(b[at:], "   4E1")
	rows, faults := imported(t, c, "test", b, "-")
	if len(rows) != 4 || rows[1].Number != 3 {
		t.Fatalf("%d rows, %v", len(rows), faults)
	}
	want := []struct {
		row         int64
		field, code string
	}{{3, "XM", exchange.Lost}, {4, "KLMC", exchange.Disagrees}, {5, "YZBM", dbf.BadNumber}, {0, "OTHER", exchange.NotInMap}}
	if len(faults) != len(want) {
		t.Fatalf("faults %v", faults)
	}
	for i, w := range want {
		if f := faults[i]; f.Row != w.row || f.Field != w.field || f.Code != w.code || f.Zh == "" || f.En == "" {
			t.Errorf("%+v, want %+v", f, w)
		}
	}
	if a := rows[0].Application; a.Get(form.FullName) != "刘备" || a.Get(form.PostCode) != "410000" || a.First().Category != category.Code {
		t.Errorf("row 1: %v", a.Fields)
	}
	if _, has := rows[3].Application.Fields[form.PostCode]; has || rows[3].Application.Get(form.FullName) != "关羽" {
		t.Error("row 5: the cell at fault must be missing, and the others there")
	}
}

func TestImportRefusesTheTable(t *testing.T) {
	c := smallCampaign()
	for name, fields := range map[string][]dbf.Field{
		"missing":      {{Name: "XM", Type: dbf.Character, Length: 20}},
		"another type": {{Name: "XM", Type: dbf.Character, Length: 20}, {Name: "YZBM", Type: dbf.Character, Length: 6}, {Name: "KLMC", Type: dbf.Character, Length: 4}, {Name: "KLDM", Type: dbf.Character, Length: 2}},
	} {
		var b bytes.Buffer
		w, err := dbf.NewWriter(&b, dbf.Layout{Version: dbf.DBase3, Charset: gbk.GBK, Fields: fields}, 0)
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := dbf.NewReader(&b, dbf.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := exchange.Import(r, nil, c, "test"); !errors.Is(err, exchange.ErrTable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A side file of another export is never applied.
func TestSideOfAnotherTable(t *testing.T) {
	c := with(campaign.Adult2019(), persons("gbk", "pinyin"))
	x := export(t, c, "test", slices.Concat(one("欧阳𬭩", nil), one("刘备", nil)))
	line := strings.TrimSuffix(x.side, "\n")
	for _, s := range []struct{ name, side, code string }{
		{"another cell", strings.Replace(line, "WENG", "WANG", 1), exchange.SideOther},
		{"another row", strings.Replace(line, `"row":1`, `"row":2`, 1), exchange.SideOther},
		{"a row that is not there", line + "\n" + strings.Replace(line, `"row":1`, `"row":3`, 1), exchange.SideRest},
		{"a column that is not there", line + "\n" + strings.Replace(line, `"XM"`, `"YM"`, 1), exchange.SideColumn},
	} {
		_, faults := imported(t, c, "test", x.table, s.side+"\n")
		if !slices.ContainsFunc(faults, func(f dbf.Fault) bool { return f.Code == s.code && !f.Harmless }) {
			t.Errorf("%s: %v, want %s", s.name, faults, s.code)
		}
	}
	for name, side := range map[string]string{
		"no JSON": "XM,欧阳𬭩\n", "another JSON": `{"row":1,"what":2}` + "\n", "backwards": strings.Replace(line, `"row":1`, `"row":2`, 1) + "\n" + line + "\n",
		"row 0": strings.Replace(line, `"row":1`, `"row":0`, 1), "endless": strings.Repeat(" ", 2<<20),
	} {
		r, err := dbf.NewReader(bytes.NewReader(x.table), dbf.Options{})
		if err != nil {
			t.Fatal(err)
		}
		im, err := exchange.Import(r, strings.NewReader(side), c, "test")
		for err == nil {
			_, err = im.Next()
		}
		if !errors.Is(err, exchange.ErrSide) {
			t.Errorf("%s: %v, want ErrSide", name, err)
		}
	}
}

// FuzzExport: whatever the values, what is exported comes back with the side
// file; and without it a replaced character is never taken for a true one.
func FuzzExport(f *testing.F) {
	for i, name := range rare {
		f.Add(name, "长沙市"+name, "410000", uint8(i))
	}
	for i, bad := range []string{"・", "•", "e\u0301", "a\u202eb", "\u200b", "'; DROP", "%s%n", "a\x00b", "a\r\nb", "ｱｲｳ", "\ufeff刘", "€", "\ue863", "\ufffd", "\xff\xfe", strings.Repeat("長", 255), "00012", "-0", "1e5"} {
		f.Add("刘备", bad, bad, uint8(i))
	}
	var campaigns []campaign.Campaign
	for _, charset := range []string{"gbk", "gb18030"} {
		for _, names := range []string{"pinyin", "marks", "gb18030"} {
			campaigns = append(campaigns, with(campaign.Adult2019(), persons(charset, names)))
		}
	}
	f.Fuzz(func(t *testing.T, name, text, number string, policy uint8) {
		c := campaigns[int(policy)%len(campaigns)]
		e, _ := c.Exchange("test")
		rows := one(name, map[string]string{form.Remark: text, form.PostCode: number})
		var table, side bytes.Buffer
		_, err := exchange.Export(t.Context(), each(rows), c, "test", exchange.Target{Table: &table, Side: &side, Rows: 1, Cut: true})
		var refused *exchange.Refused
		if errors.As(err, &refused) {
			if utf8.ValidString(name) && utf8.ValidString(text) && utf8.ValidString(number) {
				t.Fatal(err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		back, faults := imported(t, c, "test", table.Bytes(), side.String())
		if len(back) != 1 || len(faults) > 0 {
			t.Fatalf("%d rows, %v", len(back), faults)
		}
		sameRow(t, e, back[0], rows[0])
		bare, _ := imported(t, c, "test", table.Bytes(), "-")
		if v, has := bare[0].Application.Fields[form.FullName]; has && strings.Contains(v, "??") && !strings.Contains(name, "??") {
			t.Errorf("%q came back as %q without its side file", name, v)
		}
	})
}
