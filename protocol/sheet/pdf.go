package sheet

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"zhunkao/protocol/sheet/qr"
)

// PDF writes the document as PDF 1.7: text with its code points, fonts and
// pictures embedded, one colour, nothing active, no date but Printed. The same
// document gives the same bytes.
func (d *Document) PDF(w io.Writer) error {
	p := &pdf{fonts: map[string]*pdfFont{}, written: map[*Picture]int{}, shared: map[*Page]int{}}
	p.out.WriteString(pdfHead)
	catalog, pages, info := p.reserve(), p.reserve(), p.reserve()
	for _, page := range d.Pages {
		p.collect(page)
	}
	resources := p.writeFonts()
	for _, of := range p.shares {
		if err := p.writeShared(of, resources); err != nil {
			return err
		}
	}
	var kids []string
	packed := make([]packedPage, len(d.Pages))
	each(len(d.Pages), func(i int) { packed[i] = p.pack(d.Pages[i], &quick) })
	for i, page := range d.Pages {
		id, err := p.writePage(page, packed[i], pages, resources)
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
	order   []string         // names of fonts, sorted
	written map[*Picture]int // objects of pictures: two copies of a sheet share them
	shared  map[*Page]int    // objects of what pages share
	shares  []*Page          // in the order in which they were met
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

// quick are packers of pages: what the last tenth of a page's bytes would cost is three
// times the time.
var quick = sync.Pool{New: func() any {
	z, err := zlib.NewWriterLevel(io.Discard, zlib.BestSpeed)
	if err != nil {
		panic(err) // the level is one there is
	}
	return z
}}

// deflated is stream with the bytes packed.
func (p *pdf) deflated(id int, entries string, body []byte) error {
	packed, err := deflate(body, &packers)
	if err != nil {
		return err
	}
	p.stream(id, entries+"/Filter/FlateDecode", packed)
	return nil
}

func deflate(body []byte, by *sync.Pool) ([]byte, error) {
	var b bytes.Buffer
	z := by.Get().(*zlib.Writer)
	defer by.Put(z)
	z.Reset(&b)
	if _, err := z.Write(body); err != nil {
		return nil, fmt.Errorf("sheet: pack: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("sheet: pack: %w", err)
	}
	return b.Bytes(), nil
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

// packedPage is the content of a page and the pictures it shows, in the order of their
// names.
type packedPage struct {
	body   []byte
	images []*Picture
	codes  []*qr.Code
	shares []*Page
	err    error
}

// pack makes the content of a page. It only reads p.
func (p *pdf) pack(page *Page, by *sync.Pool) (out packedPage) {
	c := content{p: p, high: page.Height}
	for _, ref := range page.order {
		switch ref.kind {
		case opArea:
			a := page.areas[ref.index]
			if a.code != nil {
				out.codes = append(out.codes, a.code)
				c.code(a, len(out.codes))
				break
			}
			c.area(a)
		case opStroke:
			c.stroke(page.lines[ref.index])
		case opText:
			c.text(page.texts[ref.index])
		case opPicture:
			pic := page.pictures[ref.index]
			out.images = append(out.images, pic.img)
			c.picture(pic, len(out.images))
		case opShared:
			of := page.shares[ref.index]
			out.shares = append(out.shares, of)
			c.op("/S" + strconv.Itoa(p.shared[of]) + " Do")
		}
	}
	out.body, out.err = deflate(c.out, by)
	return out
}

// xobjects writes what a page shows beside its text and gives the entry of its resources.
func (p *pdf) xobjects(packed packedPage) string {
	var b strings.Builder
	for i, img := range packed.images {
		fmt.Fprintf(&b, "/I%d %d 0 R", i+1, p.writeImage(img))
	}
	for i, code := range packed.codes {
		id := p.reserve()
		p.stream(id, fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ImageMask true/BitsPerComponent 1/Decode[1 0]", code.Size, code.Size), code.Packed())
		fmt.Fprintf(&b, "/Q%d %d 0 R", i+1, id)
	}
	for _, of := range packed.shares {
		fmt.Fprintf(&b, "/S%d %d 0 R", p.shared[of], p.shared[of])
	}
	if b.Len() == 0 {
		return ""
	}
	return "/XObject<<" + b.String() + ">>"
}

// writeShared writes what several pages share as a form of its own.
func (p *pdf) writeShared(of *Page, fonts string) error {
	packed := p.pack(of, &packers)
	if packed.err != nil {
		return packed.err
	}
	p.stream(p.shared[of], fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 %s %s]/Resources<<%s%s>>/Filter/FlateDecode",
		appendNum(nil, of.Width.pt()), appendNum(nil, of.Height.pt()), fonts, p.xobjects(packed)), packed.body)
	return nil
}

// writePage writes the content and pictures of one page and gives its number.
func (p *pdf) writePage(page *Page, packed packedPage, pages int, fonts string) (int, error) {
	if packed.err != nil {
		return 0, packed.err
	}
	xobjects := p.xobjects(packed)
	body, id := p.reserve(), p.reserve()
	p.stream(body, "/Filter/FlateDecode", packed.body)
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
