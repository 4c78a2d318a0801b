package exchange_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhunkao/hub/exchange"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/gbk"
)

// parts are those of a workbook made by hand: one sheet and no styles.
func parts(sheet string) map[string]string {
	return map[string]string{
		"[Content_Types].xml": `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
		"_rels/.rels": `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
			`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="目录" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": sheet,
	}
}

func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	method := zip.Store
	for _, body := range parts {
		if len(body) > 1<<20 { // a bomb
			method = zip.Deflate
		}
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		body := parts[name]
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = io.WriteString(w, body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sheetXML writes rows as inline texts; a cell for which other gives something
// is written so.
func sheetXML(rows [][]string, other func(cell string) string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	for i, r := range rows {
		fmt.Fprintf(&b, `<row r="%d">`, i+1)
		for j, v := range r {
			name, _ := excelize.CoordinatesToCellName(j+1, i+1) // within a sheet
			if s := other(name); s != "" {
				b.WriteString(s)
				continue
			}
			fmt.Fprintf(&b, `<c r="%s" t="inlineStr"><is><t>`, name)
			_ = xml.EscapeText(&b, []byte(v)) // a Builder never fails
			b.WriteString(`</t></is></c>`)
		}
		b.WriteString(`</row>`)
	}
	b.WriteString(`</sheetData></worksheet>`)
	return b.String()
}

func handMade(t testing.TB, head, row []string, other func(cell string) string) []byte {
	t.Helper()
	return zipped(t, parts(sheetXML([][]string{head, row}, other)))
}

// A workbook that no library of ours wrote is read; those that would be read
// wrongly, or never to an end, are refused.
func TestHandMadeWorkbooks(t *testing.T) {
	none := func(string) string { return "" }
	xml := sheetXML([][]string{heads, good("10531", "050101"), good("10532", "050101")}, none)
	with := func(change func(map[string]string)) []byte {
		p := parts(xml)
		change(p)
		return zipped(t, p)
	}
	replaced := func(old, now string) []byte {
		return with(func(p map[string]string) {
			if !strings.Contains(xml, old) {
				t.Fatalf("%s is not in the sheet", old)
			}
			p["xl/worksheets/sheet1.xml"] = strings.Replace(xml, old, now, 1)
		})
	}
	for name, c := range map[string]struct {
		raw  []byte
		good bool
	}{
		"good":              {with(func(map[string]string) {}), true},
		"sheet cut off":     {with(func(p map[string]string) { p["xl/worksheets/sheet1.xml"] = xml[:len(xml)*2/3] }), false},
		"sheet left open":   {with(func(p map[string]string) { p["xl/worksheets/sheet1.xml"] = strings.TrimSuffix(xml, "</worksheet>") }), false},
		"rows out of order": {replaced(`<row r="3">`, `<row r="1">`), false},
		"rows turned": {with(func(p map[string]string) {
			i, j := strings.Index(xml, `<row r="2">`), strings.Index(xml, `<row r="3">`)
			end := strings.Index(xml, "</sheetData>")
			p["xl/worksheets/sheet1.xml"] = xml[:i] + xml[j:end] + xml[i:j] + xml[end:]
		}), false},
		"a row a second time": {replaced(`<row r="3">`, `<row r="2">`), false},
		"cells out of order":  {replaced(`<c r="C2"`, `<c r="A2"`), false},
		"a cell of no row":    {replaced(`<c r="C2"`, `<c r="C7"`), false},
		"a far column":        {replaced(`<c r="J2"`, `<c r="XFD2"`), false},
		"a far row":           {replaced(`<row r="3">`, `<row r="1048576">`), false},
		"a text of nowhere":   {replaced(`<c r="J2" t="inlineStr"><is><t></t></is></c>`, `<c r="J2" t="s"><v>0</v></c>`), false},
		"a document type": {with(func(p map[string]string) {
			p["xl/worksheets/sheet1.xml"] = strings.Replace(xml, "?>", `?><!DOCTYPE x [<!ENTITY a "aaaa">]>`, 1)
		}), false},
		"unknown entity":    {replaced("10531", "&a;"), false},
		"no workbook in it": {with(func(p map[string]string) { delete(p, "xl/workbook.xml") }), false},
		"empty zip":         {zipped(t, nil), false},
		"a bomb":            {with(func(p map[string]string) { p["xl/media/x.bin"] = strings.Repeat("\x00", 65<<20) }), false},
		"a bomb of blanks": {with(func(p map[string]string) {
			// Parts stand in order of their names: the blanks are what is too
			// much, and walking them takes all the time of this test.
			p["xl/media/x.bin"] = strings.Repeat("\x00", 63<<20)
			p["xl/worksheets/sheet1.xml"] = strings.Replace(xml, "<sheetData>", "<sheetData>"+strings.Repeat(" ", 2<<20), 1)
		}), false},
		"half a file":  {with(func(map[string]string) {})[:500], false},
		"old workbook": {[]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0}, false},
		"a text":       {[]byte("院校代码,院校名称\n10531,x\n"), false},
		"nothing":      {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parse(t, c.raw)
			if c.good != (err == nil) || c.good && len(got.Programmes) != 2 {
				t.Errorf("%d programmes, %v", len(got.Programmes), err)
			}
		})
	}
	if _, err := parse(t, []byte{0xD0, 0xCF, 0x11, 0xE0}); !errors.Is(err, exchange.ErrSheet) {
		t.Errorf("old workbook: %v, want ErrSheet", err)
	}
	// A header that lies about the size of a part.
	raw := with(func(p map[string]string) { p["xl/media/x.bin"] = strings.Repeat("\x00", 1<<20) })
	for i := 0; i+46 < len(raw); i++ {
		if bytes.HasPrefix(raw[i:], []byte("PK\x01\x02")) && bytes.Contains(raw[i:min(i+80, len(raw))], []byte("x.bin")) {
			copy(raw[i+24:], []byte{10, 0, 0, 0})
		}
	}
	if _, err := parse(t, raw); !errors.Is(err, exchange.ErrSheet) {
		t.Errorf("a part longer than it says: %v", err)
	}
}

// taken holds whatever came to what must hold of it: no panic, and what is
// taken is a catalogue that the campaign accepts, the same each time.
func taken(t *testing.T, raw []byte, c campaign.Campaign) {
	t.Helper()
	got, err := exchange.ParseCatalogue(bytes.NewReader(raw), int64(len(raw)), c)
	again, err2 := exchange.ParseCatalogue(bytes.NewReader(raw), int64(len(raw)), c)
	if (err == nil) != (err2 == nil) || !slices.Equal(got.Programmes, again.Programmes) {
		t.Fatalf("read twice, it is not the same: %v, %v", err, err2)
	}
	if err != nil {
		if len(got.Programmes) > 0 {
			t.Fatal("refused, and taken all the same")
		}
		return
	}
	c.Catalogue = got.Programmes
	for _, p := range c.Validate() {
		if strings.HasPrefix(p.Place, "catalogue") {
			t.Fatalf("the campaign refuses what was taken: %v", p)
		}
	}
}

// A table, or anything else that somebody sends. Workbooks have a target of
// their own: of a zip that was changed anywhere only the checksum is seen.
func FuzzCatalogue(f *testing.F) {
	row := good("10531", "050101")
	for _, charset := range []gbk.Charset{gbk.GBK, gbk.GB18030} {
		raw := table(f, charset, codes, row, good("10532", "050102"))
		f.Add(raw)
		f.Add(raw[:len(raw)-300])
	}
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte{0xD0, 0xCF, 0x11, 0xE0})
	c := campaign.Adult2019()
	f.Fuzz(func(t *testing.T, raw []byte) { taken(t, raw, c) })
}

// A sheet and its table of texts.
func FuzzWorkbook(f *testing.F) {
	row := good("10531", "050101")
	none := func(string) string { return "" }
	sheet := sheetXML([][]string{heads, row}, none)
	f.Add(sheet, "")
	f.Add(sheetXML([][]string{codes, row, row}, none), "")
	f.Add(sheetXML([][]string{heads, row}, func(cell string) string {
		return map[string]string{
			"A2": `<c r="A2" s="1"><v>10531</v></c>`, "C2": `<c r="C2"><v>50101</v></c>`, "J1": `<c r="J1" t="s"><v>0</v></c>`,
			"J2": `<c r="J2" t="str"><f>A1&amp;B1</f><v>x</v></c>`, "I2": `<c t="b"><v>1</v></c>`,
		}[cell]
	}), `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t>备</t></r><r><t>注</t></r></si></sst>`)
	f.Add(sheet[:len(sheet)/2], "<sst>")
	c := campaign.Adult2019()
	f.Fuzz(func(t *testing.T, sheet, texts string) {
		p := parts(sheet)
		if texts != "" {
			p["xl/sharedStrings.xml"] = texts
		}
		taken(t, zipped(t, p), c)
	})
}

// The rows of a sheet reach the parser as the person made them, cell by cell:
// what excelize writes and what it is told to show.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"050101", "汉语言文学", "𠮷野", "=1+1", "5.01E+05", "\u202e", "a\nb", "#N/A", "１０５３１", strings.Repeat("x", 5000), "\x00", "\xff"} {
		f.Add(s, 2)
	}
	f.Fuzz(func(t *testing.T, s string, column int) {
		if column < 0 || column >= len(heads) {
			t.Skip()
		}
		row := good("10531", "050101")
		row[column] = s
		raw := zipped(t, parts(sheetXML([][]string{heads, row}, func(string) string { return "" })))
		got, err := exchange.ParseCatalogue(bytes.NewReader(raw), int64(len(raw)), campaign.Adult2019())
		if err == nil && len(got.Programmes) != 1 {
			t.Fatalf("%d programmes from one row", len(got.Programmes))
		}
	})
}
