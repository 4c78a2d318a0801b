package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of the format: rows of a sheet, of which some are left free, and
// characters of a cell, in UTF-16.
const (
	maxRows = 1_048_000
	maxCell = 32_767
)

const (
	header       = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	spreadsheet  = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
	relationship = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	packages     = `http://schemas.openxmlformats.org/package/2006/`
	officeXML    = `application/vnd.openxmlformats-officedocument.spreadsheetml.`
)

// The styles of the workbook, by their place in it.
const (
	styleText  = "1" // text, whatever it looks like
	styleHead  = "2"
	styleTime  = "3"
	styleCount = "4"
)

const styles = header + `<styleSheet xmlns="` + spreadsheet + `"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>` +
	`<fonts count="2"><font><sz val="11"/><name val="宋体"/><charset val="134"/></font><font><b/><sz val="11"/><name val="宋体"/><charset val="134"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>` +
	`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

// xlsxWriter writes a workbook as a stream: one sheet after the other, the parts
// that name the sheets last.
type xlsxWriter struct {
	zip    *zip.Writer
	part   *bufio.Writer // of the sheet that is being written
	about  About
	heads  []string
	sheets int
	row    int // of this sheet, from 1
	letter []string
	most   int // rows of a sheet
}

func newXLSX(to io.Writer, about About, heads []string) (*xlsxWriter, error) {
	w := &xlsxWriter{zip: zip.NewWriter(to), about: about, heads: heads, most: maxRows}
	for i := range heads {
		w.letter = append(w.letter, column(i))
	}
	return w, w.open()
}

// column is the name of a column, from 0: A … Z, AA …
func column(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

func (w *xlsxWriter) create(name string) (io.Writer, error) {
	return w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.about.At})
}

// open begins a sheet with its heads, which stay in sight.
func (w *xlsxWriter) open() error {
	w.sheets++
	part, err := w.create(fmt.Sprintf("xl/worksheets/sheet%d.xml", w.sheets))
	if err != nil {
		return err
	}
	w.part, w.row = bufio.NewWriterSize(part, 32<<10), 0
	fmt.Fprintf(w.part, `%s<worksheet xmlns="%s"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`, header, spreadsheet)
	for i, h := range w.heads {
		fmt.Fprintf(w.part, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, max(14, min(40, 3*utf8.RuneCountInString(h))))
	}
	w.write(`</cols><sheetData>`)
	w.begin()
	for i, h := range w.heads {
		w.text(i, h, styleHead)
	}
	return w.end()
}

// write puts markup of our own into the part. bufio keeps its first error, which
// end and Flush tell.
func (w *xlsxWriter) write(s string) { _, _ = w.part.WriteString(s) }

func (w *xlsxWriter) begin() {
	w.row++
	w.write(`<row r="`)
	w.write(strconv.Itoa(w.row))
	w.write(`">`)
}

func (w *xlsxWriter) end() error {
	_, err := w.part.WriteString(`</row>`)
	return err
}

func (w *xlsxWriter) Row(cells ...any) error {
	if len(cells) != len(w.heads) {
		return fmt.Errorf("sheet: a row of %d cells in a list of %d", len(cells), len(w.heads))
	}
	if w.row >= w.most {
		if err := w.shut(); err != nil {
			return err
		}
		if err := w.open(); err != nil {
			return err
		}
	}
	w.begin()
	for i, v := range cells {
		c, err := cellOf(v)
		if err != nil {
			return err
		}
		switch {
		case c.at:
			w.number(i, c.text, styleTime)
		case c.number:
			w.number(i, c.text, styleCount)
		case c.text != "":
			w.guarded(i, c.text)
		}
	}
	return w.end()
}

func (w *xlsxWriter) guarded(i int, text string) {
	w.text(i, Guarded(strings.ToValidUTF8(text, "\ufffd"), true), styleText)
}

func (w *xlsxWriter) number(i int, n, style string) {
	w.cell(i, style, "n")
	w.write(`<v>`)
	w.write(n)
	w.write(`</v></c>`)
}

func (w *xlsxWriter) text(i int, text, style string) {
	w.cell(i, style, "inlineStr")
	w.write(`<is><t xml:space="preserve">`)
	_ = xml.EscapeText(w.part, []byte(spelt(text))) // the error is bufio's
	w.write(`</t></is></c>`)
}

func (w *xlsxWriter) cell(i int, style, kind string) {
	w.write(`<c r="`)
	w.write(w.letter[i])
	w.write(strconv.Itoa(w.row))
	w.write(`" s="`)
	w.write(style)
	w.write(`" t="`)
	w.write(kind)
	w.write(`">`)
}

// escape is how the format writes characters that XML has none for; a text that
// looks so by itself has its first character written like that.
var escape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// spelt is a text as it stands in a cell: no longer than one may be, and what
// looks like an escape of the format kept from being one.
func spelt(text string) string {
	units := 0
	for i, r := range text {
		if units += 1 + (int(r)>>16+15)/16; units > maxCell-1 {
			text = text[:i] + "…"
			break
		}
	}
	if strings.Contains(text, "_x") {
		text = escape.ReplaceAllString(text, "_x005F$0")
	}
	return text
}

// shut ends the sheet.
func (w *xlsxWriter) shut() error {
	fmt.Fprintf(w.part, `</sheetData><pageMargins left="0.5" right="0.5" top="0.6" bottom="0.8" header="0.3" footer="0.3"/><headerFooter><oddFooter>%s</oddFooter></headerFooter></worksheet>`,
		escaped("&L"+strings.ReplaceAll(w.about.Author, "&", "&&")+"&R&P / &N"))
	return w.part.Flush()
}

func (w *xlsxWriter) Close(below ...string) error {
	for _, text := range below {
		w.begin()
		w.guarded(0, text)
		if err := w.end(); err != nil {
			return err
		}
	}
	if err := w.shut(); err != nil {
		return err
	}
	for _, p := range w.parts() {
		part, err := w.create(p[0])
		if err != nil {
			return err
		}
		if _, err := io.WriteString(part, p[1]); err != nil {
			return err
		}
	}
	return w.zip.Close()
}

// parts are what makes a workbook of the sheets.
func (w *xlsxWriter) parts() [][2]string {
	var names, links, types bytes.Buffer
	for n := 1; n <= w.sheets; n++ {
		name := w.about.Title
		if n > 1 {
			name += strconv.Itoa(n)
		}
		fmt.Fprintf(&names, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, escaped(sheetName(name)), n, n)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, n, relationship, n)
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, n, officeXML)
	}
	fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/>`, w.sheets+1, relationship)
	stamp := w.about.At.UTC().Format(time.RFC3339)
	return [][2]string{
		{"xl/styles.xml", styles},
		{"xl/workbook.xml", header + `<workbook xmlns="` + spreadsheet + `" xmlns:r="` + relationship + `"><sheets>` + names.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", header + `<Relationships xmlns="` + packages + `relationships">` + links.String() + `</Relationships>`},
		{"docProps/core.xml", header + `<cp:coreProperties xmlns:cp="` + packages + `metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
			`<dc:title>` + escaped(w.about.Title) + `</dc:title><dc:creator>` + escaped(w.about.Author) + `</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">` + stamp + `</dcterms:created></cp:coreProperties>`},
		{"_rels/.rels", header + `<Relationships xmlns="` + packages + `relationships"><Relationship Id="rId1" Type="` + relationship + `/officeDocument" Target="xl/workbook.xml"/>` +
			`<Relationship Id="rId2" Type="` + packages + `relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`},
		{"[Content_Types].xml", header + `<Types xmlns="` + packages + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + officeXML + `sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="` + officeXML + `styles+xml"/>` + types.String() +
			`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`},
	}
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder never fails
	return b.String()
}

// sheetName is a name that the format takes: some characters fewer, and at most
// thirty-one of them.
func sheetName(name string) string {
	out := []rune(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || r < ' ' {
			return ' '
		}
		return r
	}, name))
	return string(out[:min(len(out), 31)])
}
