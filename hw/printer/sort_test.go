package printer_test

import (
	"testing"

	"zhunkao/hw/printer"
	"zhunkao/hw/printertest"
)

// TestSort: what a technician would read on the plate, asked of the printer.
func TestSort(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		knobs printertest.Knobs
		want  printer.Sort
		takes bool
	}{
		"A4 laser":         {printertest.Knobs{}, printer.Sort{Wide: printer.No, Colour: printer.No, Laser: printer.Yes}, true},
		"A3 colour laser":  {printertest.Knobs{Wide: true, Colour: true, PPM: 45}, printer.Sort{Wide: printer.Yes, Colour: printer.Yes, Laser: printer.Yes, Speed: 45}, true},
		"A3 inkjet":        {printertest.Knobs{Wide: true, Ink: true}, printer.Sort{Wide: printer.Yes, Colour: printer.No, Laser: printer.No}, true},
		"one that is mute": {printertest.Knobs{Terse: true}, printer.Sort{}, true},
		"raster only":      {printertest.Knobs{Format: printertest.Raster}, printer.Sort{Wide: printer.No, Colour: printer.No, Laser: printer.Yes}, true},
		"own language":     {printertest.Knobs{Format: printertest.None}, printer.Sort{Wide: printer.No, Colour: printer.No, Laser: printer.Yes}, false},
	} {
		_, plug := emulated(t, c.knobs)
		s, err := driver(t, printer.Options{URI: plug.URI()}, impatient()).Status(t.Context())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s.Sort != c.want || s.Takes() != c.takes {
			t.Errorf("%s: %+v takes %v, want %+v takes %v", name, s.Sort, s.Takes(), c.want, c.takes)
		}
	}
}

func TestWideMedia(t *testing.T) {
	for name, want := range map[string]bool{
		"iso_a3_297x420mm": true, "iso-a3": true, "iso-a3-white": true, "A3": true, "custom_max_304.8x457.2mm": true, "custom_max_13x19in": true,
		"roll_max_610x3000mm": true, "na_super-b_13x19in": true, "ISO_A3_297x420mm": true, "custom_max_420x297mm": true,
		"iso_a4_210x297mm": false, "na_ledger_11x17in": false, "jis_b4_257x364mm": false, "custom_max_216x900mm": false, "iso_a3": false,
		"": false, "x": false, "_x_mm": false, "custom_max_NaNxNaNmm": false, "custom_297mm": false, "iso-a4": false,
	} {
		if got := printer.WideMedia(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}
