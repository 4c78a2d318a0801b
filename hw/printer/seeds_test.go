package printer_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/OpenPrinting/goipp"

	"zhunkao/hw/printertest"
	"zhunkao/hw/printertest/ippeve"
)

// TestMakeSeeds writes testdata/replies anew when PRINTER_SEEDS=1: answers to
// Get-Printer-Attributes of ippeveprinter and of the emulated printer, and made
// of those the spoilt ones.
func TestMakeSeeds(t *testing.T) {
	if os.Getenv("PRINTER_SEEDS") == "" {
		t.Skip("set PRINTER_SEEDS=1 to write the seeds anew")
	}
	dir := filepath.Join("testdata", "replies")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name+".ipp"), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(addr string) []byte {
		m := goipp.NewRequest(goipp.DefaultVersion, goipp.OpGetPrinterAttributes, seedID)
		m.Operation.Add(goipp.MakeAttr("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
		m.Operation.Add(goipp.MakeAttr("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
		m.Operation.Add(goipp.MakeAttr("printer-uri", goipp.TagURI, goipp.String("ipp://"+addr+"/ipp/print")))
		raw, err := m.EncodeBytes()
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post("http://"+addr+"/ipp/print", goipp.ContentType, bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	real := ask(ippeve.Start(t, "application/pdf,image/pwg-raster").Addr())
	write("ok-ippeveprinter", real)
	emu, plug := emulated(t, printertest.Knobs{NoPaper: true, TonerLow: true, DPI: "300,600"})
	_ = emu
	uri := plug.URI()
	own := ask(uri[len("ipp://") : len(uri)-len(printertest.Path)])
	write("ok-emulated", own)
	write("truncated", real[:len(real)/2])
	write("no-end", own[:len(own)-1])
	version := bytes.Clone(own)
	version[0] = 9
	write("version", version)
	other := bytes.Clone(own)
	binary.BigEndian.PutUint32(other[4:], seedID+1)
	write("other-request", other)
	head := binary.BigEndian.AppendUint32([]byte{2, 0, 0, 0}, seedID)
	write("no-group", append(bytes.Clone(head), 0x44, 0, 1, 'a', 0, 0, 3))
	deep := append(bytes.Clone(head), 4, 0x34, 0, 1, 'a', 0, 0)
	for range 40 {
		deep = append(deep, 0x4a, 0, 0, 0, 1, 'b', 0x34, 0, 0, 0, 0)
	}
	write("deep", append(deep, 3))
	write("many", append(append(bytes.Clone(head), 4), append(bytes.Repeat([]byte{0x44, 0, 1, 'a', 0, 0}, 20_100), 3)...))
	write("length", append(bytes.Clone(head), 4, 0x44, 0xff, 0xff, 'a', 3))
	write("empty", head)
}
