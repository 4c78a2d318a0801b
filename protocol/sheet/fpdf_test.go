package sheet_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

// benchTickets is how many tickets the file of a batch has.
const benchTickets = 1000

// manyTickets are those of n people: no two have a name, a number, a photo or a proof in
// common, as those of a site.
func manyTickets(t testing.TB, n int) []sheet.Ticket {
	t.Helper()
	r := rand.New(rand.NewPCG(43, 2019))
	family, given := []rune("王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"), []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉春红文")
	out := make([]sheet.Ticket, n)
	for i := range out {
		k := ticket(t)
		k.Name = identity.Name(string([]rune{family[r.IntN(len(family))], given[r.IntN(len(given))], given[r.IntN(len(given))]}))
		k.Number, k.Seat, k.Room = fmt.Sprintf("01023401%02d%02d", i/30, 1+i%30), fmt.Sprintf("%02d", 1+i%30), fmt.Sprintf("%04d", 100+i/30)
		proof := []byte("ZK1:A:")
		for len(proof) < sheet.MaxProof {
			proof = append(proof, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[r.IntN(36)])
		}
		k.Proof = string(proof)
		img := image.NewGray(image.Rect(0, 0, 102, 126))
		tone := uint8(r.IntN(200))
		for at := range img.Pix {
			img.Pix[at] = tone + uint8(at%102)/4 + uint8(at/102)/4 + uint8(r.IntN(3))
		}
		img.SetGray(i%102, i/102, color.Gray{255})
		var b bytes.Buffer
		if err := jpeg.Encode(&b, img, nil); err != nil {
			t.Fatal(err)
		}
		k.Photo = b.Bytes()
		out[i] = k
	}
	return out
}

// fpdfFonts are the two fonts that another writer of PDFs is given.
type fpdfFonts struct{ plain, bold []byte }

// fpdfWrite writes pages that are laid out already with codeberg.org/go-pdf/fpdf, whole.
func fpdfWrite(t testing.TB, f fpdfFonts, pages [][]func(*fpdf.Fpdf), w io.Writer) {
	t.Helper()
	out := fpdf.New("P", "mm", "A4", "")
	out.SetAutoPageBreak(false, 0)
	out.AddUTF8FontFromBytes("zh", "", f.plain)
	out.AddUTF8FontFromBytes("zh", "B", f.bold)
	for _, page := range pages {
		out.AddPage()
		for _, draw := range page {
			draw(out)
		}
	}
	if err := out.Output(w); err != nil {
		t.Fatal(err)
	}
}

// fpdfPage is what another writer is to draw, ready to be drawn; name is that of the
// page's picture.
func fpdfPage(page *sheet.Page, name string) (all []func(*fpdf.Fpdf)) {
	mm := func(v sheet.MM) float64 { return float64(v) }
	page.Draw(sheet.Strokes{
		Area: func(grey uint8, rects []sheet.Rect) {
			all = append(all, func(out *fpdf.Fpdf) {
				out.SetFillColor(int(grey), int(grey), int(grey))
				for _, r := range rects {
					out.Rect(mm(r.X), mm(r.Y), mm(r.W), mm(r.H), "F")
				}
			})
		},
		Line: func(from, to sheet.Point, width sheet.MM, dashed bool) {
			all = append(all, func(out *fpdf.Fpdf) {
				out.SetLineWidth(mm(width))
				if dashed {
					out.SetDashPattern([]float64{1}, 0)
				}
				out.Line(mm(from.X), mm(from.Y), mm(to.X), mm(to.Y))
				if dashed {
					out.SetDashPattern(nil, 0)
				}
			})
		},
		Text: func(at sheet.Point, size sheet.Pt, bold bool, grey uint8, s string) {
			style := ""
			if bold {
				style = "B"
			}
			all = append(all, func(out *fpdf.Fpdf) {
				out.SetFont("zh", style, float64(size))
				out.SetTextColor(int(grey), int(grey), int(grey))
				out.Text(mm(at.X), mm(at.Y), s)
			})
		},
		Picture: func(in, whole sheet.Rect, raw []byte) {
			o := fpdf.ImageOptions{ImageType: "JPG"}
			all = append(all, func(out *fpdf.Fpdf) {
				out.RegisterImageOptionsReader(name, o, bytes.NewReader(raw))
				out.ClipRect(mm(in.X), mm(in.Y), mm(in.W), mm(in.H), false)
				out.ImageOptions(name, mm(whole.X), mm(whole.Y), mm(whole.W), mm(whole.H), false, o, 0, "")
				out.ClipEnd()
			})
		},
	})
	return all
}

// ticketFile lays tickets out and writes them as one file.
func ticketFile(t testing.TB, f *sheet.Fonts, all []sheet.Ticket, w io.Writer) {
	t.Helper()
	d, err := sheet.Together("准考证", time.Time{}, len(all), func(i int) (*sheet.Document, error) { return all[i].Layout(f) })
	if err != nil {
		t.Fatal(err)
	}
	if err := d.PDF(w); err != nil {
		t.Fatal(err)
	}
}

// TestFpdfDrawsTheSame: what the benchmark compares with says what our file says.
func TestFpdfDrawsTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	f := fallback(t)
	all := manyTickets(t, 2)
	var ours, theirs bytes.Buffer
	ticketFile(t, f, all, &ours)
	var pages [][]func(*fpdf.Fpdf)
	for i, k := range all {
		pages = append(pages, fpdfPage(laid(t, k, f).Pages[0], fmt.Sprint(i)))
	}
	fpdfWrite(t, fpdfFonts{f.TrueType(false), f.TrueType(true)}, pages, &theirs)
	said := func(name string, b []byte) string {
		path := t.TempDir() + "/" + name
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return fontstest.Run(t, "pdftotext", "-raw", path, "-")
	}
	got, want := said("theirs.pdf", theirs.Bytes()), said("ours.pdf", ours.Bytes())
	if got != want {
		t.Errorf("fpdf's file says\n%s\nours\n%s", got, want)
	}
}

// BenchmarkTickets writes a file of 1,000 tickets, and a hundred files of one, in turns
// with codeberg.org/go-pdf/fpdf drawing the same pages with the same outlines: "of-fpdf"
// and "of-fpdf-single" are how many of our pages go into the time of one of its (aim of
// the first: 4 or more). We lay the tickets out in that time; fpdf is given them laid
// out.
func BenchmarkTickets(b *testing.B) {
	f := fallback(b)
	all := manyTickets(b, benchTickets)
	theirFonts := fpdfFonts{f.TrueType(false), f.TrueType(true)}
	var pages [][]func(*fpdf.Fpdf)
	for i, k := range all {
		pages = append(pages, fpdfPage(laid(b, k, f).Pages[0], fmt.Sprint(i)))
	}
	const singles = 100
	var ours, theirs, oursSingle, theirsSingle time.Duration
	timed := func(sum *time.Duration, do func()) {
		runtime.GC()
		began := time.Now()
		do()
		*sum += time.Since(began)
	}
	for b.Loop() {
		timed(&ours, func() { ticketFile(b, f, all, io.Discard) })
		timed(&theirs, func() { fpdfWrite(b, theirFonts, pages, io.Discard) })
		timed(&oursSingle, func() {
			for _, k := range all[:singles] {
				ticketFile(b, f, []sheet.Ticket{k}, io.Discard)
			}
		})
		timed(&theirsSingle, func() {
			for _, page := range pages[:singles] {
				fpdfWrite(b, theirFonts, [][]func(*fpdf.Fpdf){page}, io.Discard)
			}
		})
	}
	rate := func(n int, d time.Duration) float64 { return float64(n*b.N) / d.Seconds() }
	b.ReportMetric(rate(benchTickets, ours), "pages/s")
	b.ReportMetric(rate(benchTickets, theirs), "pages/s-fpdf")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "of-fpdf")
	b.ReportMetric(rate(singles, oursSingle), "singles/s")
	b.ReportMetric(rate(singles, theirsSingle), "singles/s-fpdf")
	b.ReportMetric(theirsSingle.Seconds()/oursSingle.Seconds(), "of-fpdf-single")
}
