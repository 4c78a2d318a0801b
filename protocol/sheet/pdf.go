package sheet

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf16"
)

// PDF writes the document as PDF 1.7: text with its code points, fonts and
// pictures embedded, one colour, nothing active, no date but Printed. The same
// document gives the same bytes.
func (d *Document) PDF(w io.Writer) error {
	p := &pdf{fonts: map[string]*pdfFont{}, written: map[*Picture]int{}}
	p.out.WriteString(pdfHead)
	catalog, pages, info := p.reserve(), p.reserve(), p.reserve()
	for _, page := range d.Pages {
		p.collect(page)
	}
	resources := p.writeFonts()
	var kids []string
	for _, page := range d.Pages {
		id, err := p.writePage(page, pages, resources)
		if err != nil {
			return err
		}
		kids = append(kids, fmt.Sprintf("%d 0 R", id))
	}
	p.object(pages, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(kids), strings.Join(kids, " ")))
	p.object(info, "<</Title "+pdfText(d.Title)+"/Producer(Zhunkao)"+pdfDate(d.Printed)+">>")
	p.object(catalog, pdfCatalog(pages))
	p.trailer(catalog, info)
	_, err := w.Write(p.out.Bytes())
	return err
}

// pdf is a file being written; offsets are those of its objects.
type pdf struct {
	out     bytes.Buffer
	offsets []int
	fonts   map[string]*pdfFont
	order   []string // names of fonts, sorted
	images  int
	written map[*Picture]int // objects of pictures: two copies of a sheet share them
}

func (p *pdf) reserve() int {
	p.offsets = append(p.offsets, 0)
	return len(p.offsets)
}

func (p *pdf) object(id int, body string) {
	p.offsets[id-1] = p.out.Len()
	fmt.Fprintf(&p.out, "%d 0 obj\n%s\nendobj\n", id, body)
}

// stream writes an object with bytes; entries stand in its dictionary.
func (p *pdf) stream(id int, entries string, body []byte) {
	p.offsets[id-1] = p.out.Len()
	fmt.Fprintf(&p.out, "%d 0 obj\n<<%s/Length %d>>stream\n", id, entries, len(body))
	p.out.Write(body)
	p.out.WriteString("\nendstream\nendobj\n")
}

// packers are kept because each has 800 KB of tables.
var packers = sync.Pool{New: func() any { return zlib.NewWriter(io.Discard) }}

// deflated is stream with the bytes packed.
func (p *pdf) deflated(id int, entries string, body []byte) error {
	var b bytes.Buffer
	z := packers.Get().(*zlib.Writer)
	defer packers.Put(z)
	z.Reset(&b)
	if _, err := z.Write(body); err != nil {
		return fmt.Errorf("sheet: pack: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("sheet: pack: %w", err)
	}
	p.stream(id, entries+"/Filter/FlateDecode", b.Bytes())
	return nil
}

// pdfHead begins a file: the second line says that it is no text.
const pdfHead = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"

func pdfCatalog(pages int) string {
	return fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang(zh-CN)/ViewerPreferences<</PrintScaling/None/DisplayDocTitle true>>>>", pages)
}

func pdfDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return "/CreationDate(D:" + t.In(zone).Format("20060102150405") + "+08'00')"
}

func (p *pdf) trailer(catalog, info int) {
	sum := sha256.Sum256(p.out.Bytes())
	start := p.out.Len()
	fmt.Fprintf(&p.out, "xref\n0 %d\n0000000000 65535 f \n", len(p.offsets)+1)
	for _, at := range p.offsets {
		fmt.Fprintf(&p.out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&p.out, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%x><%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(p.offsets)+1, catalog, info, sum[:16], sum[:16], start)
}

// pdfText is a text string of a dictionary.
func pdfText(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}

// writePage writes the content and pictures of one page and gives its number.
func (p *pdf) writePage(page *Page, pages int, fonts string) (int, error) {
	c := content{p: p, high: page.Height}
	var images strings.Builder
	for _, ref := range page.order {
		switch ref.kind {
		case opArea:
			c.area(page.areas[ref.index])
		case opStroke:
			c.stroke(page.lines[ref.index])
		case opText:
			c.text(page.texts[ref.index])
		case opPicture:
			pic := page.pictures[ref.index]
			p.images++
			fmt.Fprintf(&images, "/I%d %d 0 R", p.images, p.writeImage(pic.img))
			c.picture(pic, p.images)
		}
	}
	body, id := p.reserve(), p.reserve()
	if err := p.deflated(body, "", c.out); err != nil {
		return 0, err
	}
	xobjects := ""
	if images.Len() > 0 {
		xobjects = "/XObject<<" + images.String() + ">>"
	}
	p.object(id, fmt.Sprintf("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Resources<<%s%s>>/Contents %d 0 R>>",
		pages, appendNum(nil, page.Width.pt()), appendNum(nil, page.Height.pt()), fonts, xobjects, body))
	return id, nil
}

func (p *pdf) writeImage(img *Picture) int {
	if id := p.written[img]; id > 0 {
		return id
	}
	id := p.reserve()
	p.written[img] = id
	space := "DeviceRGB"
	if img.grey {
		space = "DeviceGray"
	}
	p.stream(id, fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/%s/BitsPerComponent 8/Filter/DCTDecode", img.width, img.height, space), img.jpeg)
	return id
}

func (m MM) pt() float64 { return float64(m) * 72 / 25.4 }

// sortedRunes gives the keys in order, so that numbers of glyphs do not depend
// on the order of a map.
func sortedRunes(m map[rune]*glyph) []rune {
	out := make([]rune, 0, len(m))
	for r := range m {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}
