package printertest_test

import (
	"bytes"
	"encoding/binary"
	"go/parser"
	"go/token"
	"image"
	"image/png"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"

	"zhunkao/hw/printertest"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// The emulated printer must not learn from the driver, or both would be wrong in
// the same way.
func TestDoesNotImportTheDriver(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range f.Imports {
			if path, _ := strconv.Unquote(imp.Path.Value); path == "zhunkao/hw/printer" {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

// host is the other side of the line, IPP and nothing else.
type host struct {
	t   *testing.T
	emu *printertest.Printer
	url string
	id  uint32
}

func connect(t *testing.T, k printertest.Knobs) *host {
	t.Helper()
	emu := printertest.New()
	if err := emu.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
	plug := printertest.NewPlug(emu, "127.0.0.1:0", nil)
	if err := plug.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		plug.Unplug()
		emu.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return &host{t: t, emu: emu, url: "http" + strings.TrimPrefix(plug.URI(), "ipp")}
}

// ask sends one operation with the usual attributes; change spoils or adds.
func (h *host) ask(op goipp.Op, doc []byte, change func(*goipp.Message)) *goipp.Message {
	h.t.Helper()
	h.id++
	m := goipp.NewRequest(goipp.DefaultVersion, op, h.id)
	m.Operation.Add(goipp.MakeAttr("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttr("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	m.Operation.Add(goipp.MakeAttr("printer-uri", goipp.TagURI, goipp.String("ipp"+strings.TrimPrefix(h.url, "http"))))
	if change != nil {
		change(m)
	}
	raw, err := m.EncodeBytes()
	if err != nil {
		h.t.Fatal(err)
	}
	resp, err := http.Post(h.url, goipp.ContentType, bytes.NewReader(append(raw, doc...)))
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	out := new(goipp.Message)
	if err := out.Decode(resp.Body); err != nil {
		h.t.Fatalf("%s: %v (HTTP %d)", op, err, resp.StatusCode)
	}
	return out
}

func with(name string, tag goipp.Tag, v goipp.Value) func(*goipp.Message) {
	return func(m *goipp.Message) { m.Operation.Add(goipp.MakeAttr(name, tag, v)) }
}

func both(a, b func(*goipp.Message)) func(*goipp.Message) {
	return func(m *goipp.Message) { a(m); b(m) }
}

// What RFC 8011 demands of a client is demanded.
func TestRequestsAreJudged(t *testing.T) {
	h := connect(t, printertest.Quick())
	for name, c := range map[string]struct {
		op     goipp.Op
		change func(*goipp.Message)
		want   goipp.Status
	}{
		"sound":             {goipp.OpGetPrinterAttributes, nil, goipp.StatusOk},
		"version 3":         {goipp.OpGetPrinterAttributes, func(m *goipp.Message) { m.Version = goipp.MakeVersion(3, 0) }, goipp.StatusErrorVersionNotSupported},
		"no charset first":  {goipp.OpGetPrinterAttributes, func(m *goipp.Message) { m.Operation[0], m.Operation[1] = m.Operation[1], m.Operation[0] }, goipp.StatusErrorBadRequest},
		"another charset":   {goipp.OpGetPrinterAttributes, func(m *goipp.Message) { m.Operation[0].Values[0].V = goipp.String("gbk") }, goipp.StatusErrorCharset},
		"no printer-uri":    {goipp.OpGetPrinterAttributes, func(m *goipp.Message) { m.Operation = m.Operation[:2] }, goipp.StatusErrorBadRequest},
		"another printer":   {goipp.OpGetPrinterAttributes, func(m *goipp.Message) { m.Operation[2].Values[0].V = goipp.String("ipp://x/y") }, goipp.StatusErrorBadRequest},
		"request 0":         {goipp.OpGetPrinterAttributes, func(m *goipp.Message) { m.RequestID = 0 }, goipp.StatusErrorBadRequest},
		"unknown operation": {goipp.OpPausePrinter, nil, goipp.StatusErrorOperationNotSupported},
		"a long job-name":   {goipp.OpCreateJob, with("job-name", goipp.TagName, goipp.String(strings.Repeat("x", 256))), goipp.StatusErrorRequestValue},
		"an odd format":     {goipp.OpValidateJob, with("document-format", goipp.TagMimeType, goipp.String("image/jpeg")), goipp.StatusErrorDocumentFormatNotSupported},
		"no such job":       {goipp.OpGetJobAttributes, with("job-id", goipp.TagInteger, goipp.Integer(77)), goipp.StatusErrorNotFound},
	} {
		if got := goipp.Status(h.ask(c.op, nil, c.change).Code); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// raster makes a file of one page by hand, from the standard's table.
func raster(width, height int, rows ...[]byte) []byte {
	h := make([]byte, 1796)
	copy(h, "PwgRaster")
	for at, v := range map[int]int{276: 300, 280: 300, 372: width, 376: height, 384: 8, 388: 8, 392: width, 400: 18, 420: 1, 452: 1, 456: 1, 460: 1, 472: width, 476: height} {
		binary.BigEndian.PutUint32(h[at:], uint32(v))
	}
	return append(append([]byte("RaS2"), h...), bytes.Join(rows, nil)...)
}

func TestDecodeRaster(t *testing.T) {
	// Four wide, five high: a run of 4; literals; literal, then the rest white,
	// twice; a run of 1 and literals of 3.
	file := raster(4, 5, []byte{0, 3, 7}, []byte{0, 253, 1, 2, 3, 4}, []byte{1, 0, 9, 128}, []byte{0, 0, 5, 254, 6, 7, 8})
	pages, err := printertest.DecodeRaster(bytes.NewReader(file))
	if err != nil || len(pages) != 1 || pages[0].Type != "sgray_8" || pages[0].DPI != 300 {
		t.Fatalf("%+v, %v", pages, err)
	}
	img, err := png.Decode(bytes.NewReader(pages[0].PNG))
	if err != nil {
		t.Fatal(err)
	}
	want := []byte{7, 7, 7, 7, 1, 2, 3, 4, 9, 255, 255, 255, 9, 255, 255, 255, 5, 6, 7, 8}
	if got := img.(*image.Gray).Pix; !bytes.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	two := append(bytes.Clone(file), file[4:]...)
	if pages, err := printertest.DecodeRaster(bytes.NewReader(two)); err != nil || len(pages) != 2 {
		t.Errorf("two pages: %d, %v", len(pages), err)
	}
	for name, bad := range map[string][]byte{
		"nothing": {}, "not raster": []byte("%PDF-1.4"), "no page": []byte("RaS2"), "half a header": file[:900],
		"cut off": file[:len(file)-2], "a run too long": raster(4, 1, []byte{0, 4, 7}), "pixels too many": raster(4, 1, []byte{0, 252, 1, 2, 3, 4, 5}),
		"repeated beyond": raster(4, 2, []byte{2, 3, 7}), "half a page": raster(4, 9, []byte{0, 3, 7}), "no width": raster(0, 1), "huge": raster(30_000, 40_000),
	} {
		if _, err := printertest.DecodeRaster(bytes.NewReader(bad)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func FuzzDecodeRaster(f *testing.F) {
	f.Add(raster(4, 5, []byte{0, 3, 7}, []byte{0, 253, 1, 2, 3, 4}, []byte{1, 0, 9, 128}, []byte{0, 0, 5, 254, 6, 7, 8}))
	f.Add(raster(4, 2, []byte{2, 3, 7}))
	f.Add([]byte("RaS2"))
	f.Fuzz(func(t *testing.T, b []byte) {
		// What a header claims may be a hundred times what the file holds; keep
		// the claim small, the reading is the same.
		if len(b) > 4+1796 {
			b = bytes.Clone(b)
			copy(b[4+372:], []byte{0, 0})
			copy(b[4+376:], []byte{0, 0})
			b[4+374] &= 3
			b[4+378] &= 3
		}
		_, _ = printertest.DecodeRaster(bytes.NewReader(b))
	})
}

// A job's story as the printer tells it, and what is kept of it.
func TestAJob(t *testing.T) {
	h := connect(t, printertest.Knobs{PageMS: 60_000})
	job := h.ask(goipp.OpCreateJob, nil, with("job-name", goipp.TagName, goipp.String("样张")))
	id := job.Job[0].Values[0].V.(goipp.Integer)
	file := raster(4, 1, []byte{0, 3, 7})
	send := both(with("job-id", goipp.TagInteger, id), both(with("document-format", goipp.TagMimeType, goipp.String("image/pwg-raster")),
		with("last-document", goipp.TagBoolean, goipp.Boolean(true))))
	if r := h.ask(goipp.OpSendDocument, file, send); goipp.Status(r.Code) != goipp.StatusOk {
		t.Fatalf("got %v", goipp.Status(r.Code))
	}
	if r := h.ask(goipp.OpSendDocument, file, send); goipp.Status(r.Code) != goipp.StatusErrorNotPossible {
		t.Errorf("a second document: %v", goipp.Status(r.Code))
	}
	if r := h.ask(goipp.OpCreateJob, nil, nil); goipp.Status(r.Code) != goipp.StatusErrorBusy {
		t.Errorf("a second job: %v", goipp.Status(r.Code))
	}
	jobs := h.emu.Jobs()
	if len(jobs) != 1 || !bytes.Equal(jobs[0].Document, file) || len(jobs[0].Pages) != 1 || jobs[0].State != 5 || jobs[0].Name != "样张" {
		t.Fatalf("got %+v", jobs)
	}
	if r := h.ask(goipp.OpCancelJob, nil, with("job-id", goipp.TagInteger, id)); goipp.Status(r.Code) != goipp.StatusOk {
		t.Errorf("cancel: %v", goipp.Status(r.Code))
	}
	if r := h.ask(goipp.OpCancelJob, nil, with("job-id", goipp.TagInteger, id)); goipp.Status(r.Code) != goipp.StatusErrorNotPossible {
		t.Errorf("cancel again: %v", goipp.Status(r.Code))
	}
	h.emu.Restart()
	if r := h.ask(goipp.OpGetJobAttributes, nil, with("job-id", goipp.TagInteger, id)); goipp.Status(r.Code) != goipp.StatusErrorNotFound {
		t.Errorf("after a restart: %v", goipp.Status(r.Code))
	}
	if r := h.ask(goipp.OpCreateJob, nil, nil); r.Job[0].Values[0].V.(goipp.Integer) != 1 {
		t.Error("numbers do not begin again")
	}
	// A document that is none ends its job, and says why.
	send = both(with("job-id", goipp.TagInteger, goipp.Integer(1)), both(with("document-format", goipp.TagMimeType, goipp.String("application/pdf")),
		with("last-document", goipp.TagBoolean, goipp.Boolean(true))))
	if r := h.ask(goipp.OpSendDocument, []byte("hello"), send); goipp.Status(r.Code) != goipp.StatusErrorDocumentFormatError {
		t.Errorf("no PDF: %v", goipp.Status(r.Code))
	}
	if j := h.emu.Jobs()[0]; j.State != 8 || j.Fault == "" {
		t.Errorf("got %+v", j)
	}
	h.emu.Clear()
	if n := len(h.emu.Jobs()); n != 0 {
		t.Errorf("%d jobs are left", n)
	}
}

// It runs as long as the demonstration does: what it keeps is bounded.
func TestWhatIsKeptIsBounded(t *testing.T) {
	h := connect(t, printertest.Quick())
	doc := append([]byte("%PDF-1.4 /Type /Page "), make([]byte, 8<<20)...)
	for range 12 {
		r := h.ask(goipp.OpPrintJob, doc, with("document-format", goipp.TagMimeType, goipp.String("application/pdf")))
		if goipp.Status(r.Code) != goipp.StatusOk {
			t.Fatalf("got %v", goipp.Status(r.Code))
		}
		h.over()
	}
	kept := 0
	for _, j := range h.emu.Jobs() {
		kept += len(j.Document)
	}
	if kept > 64<<20 || kept < 32<<20 {
		t.Errorf("%d MiB are kept", kept>>20)
	}
	for range 40 {
		h.ask(goipp.OpPrintJob, []byte("%PDF-1.4"), nil)
		h.over()
	}
	if n := len(h.emu.Jobs()); n != 30 {
		t.Errorf("%d jobs are kept", n)
	}
	for range 300 {
		h.ask(goipp.OpValidateJob, nil, nil)
		h.ask(goipp.OpGetPrinterAttributes, nil, nil)
	}
	if n := len(h.emu.Log()); n > 200 {
		t.Errorf("%d lines in the diary", n)
	}
}

// over waits until no job is under way.
func (h *host) over() {
	h.t.Helper()
	end := time.After(2 * time.Minute)
	for {
		changed := h.emu.Changed()
		busy := false
		for _, j := range h.emu.Jobs() {
			busy = busy || !j.Over()
		}
		if !busy {
			return
		}
		select {
		case <-changed:
		case <-end:
			h.t.Fatal("the job does not end")
		}
	}
}

// Pages are counted where they stand in the open; /Pages is none.
func TestPagesOfAPDF(t *testing.T) {
	for doc, want := range map[string]int{
		"%PDF-1.4 <</Type/Catalog>> <</Type/Pages/Count 2>> <</Type/Page/Parent>> <</Type /Page>>": 2,
		"%PDF-1.7 nothing to be seen": 1,
		"%PDF-1.4 /Type\n/Page ":      1,
		"%PDF-1.4 /Type":              1,
	} {
		h := connect(t, printertest.Knobs{PageMS: 60_000})
		h.ask(goipp.OpPrintJob, []byte(doc), nil)
		if got := h.emu.Jobs()[0].Of; got != want {
			t.Errorf("%q: %d pages, want %d", doc, got, want)
		}
	}
}

func TestKnobsThatMeanNothing(t *testing.T) {
	emu := printertest.New()
	for _, k := range []printertest.Knobs{{Garbage: "x"}, {Format: "x"}, {Suffix: "x"}, {DPI: "x"}, {DPI: "0"}, {Only: "x"}, {PageMS: -2}, {Busy: -2}, {CutAt: -1},
		{SlowMS: 1 << 30}, {Reason: strings.Repeat("x", 200)}} {
		if err := emu.SetKnobs(k); err == nil {
			t.Errorf("%+v was taken", k)
		}
	}
	if k := emu.Knobs(); k != (printertest.Knobs{}) {
		t.Errorf("a refused knob was kept: %+v", k)
	}
}

func TestPlug(t *testing.T) {
	emu := printertest.New()
	defer emu.Close()
	plug := printertest.NewPlug(emu, "127.0.0.1:0", nil)
	get := func() error {
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get("http" + strings.TrimPrefix(plug.URI(), "ipp"))
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
		return err
	}
	for range 3 {
		for range 2 {
			if err := plug.Plug(); err != nil {
				t.Fatal(err)
			}
		}
		if err := get(); err != nil || !plug.In() {
			t.Errorf("plugged in: %v", err)
		}
		plug.Unplug()
		plug.Unplug()
		if err := get(); err == nil || plug.In() {
			t.Error("unplugged, and it answers")
		}
	}
}
