package acceptance

import (
	"errors"
	"testing"

	"zhunkao/hw/fault"
	"zhunkao/hw/printer"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
)

func TestPrinters(t *testing.T) {
	a3 := printer.Sort{Wide: printer.Yes, Colour: printer.Yes, Laser: printer.Yes, Speed: 45}
	with := func(change func(s *printer.Sort)) printer.Sort { s := a3; change(&s); return s }
	both := []string{"application/pdf"}
	for _, x := range []struct {
		name         string
		sort         printer.Sort
		formats      []string
		err          error
		wide, colour State
	}{
		{"all it must", a3, both, nil, Pass, Pass},
		{"a language of its own", a3, []string{"application/vnd.hp-PCL"}, nil, Fail, Fail},
		{"A4 only", with(func(s *printer.Sort) { s.Wide = printer.No }), both, nil, Fail, Fail},
		{"sizes unsaid", with(func(s *printer.Sort) { s.Wide = printer.Unsaid }), both, nil, Ask, Ask},
		{"ink", with(func(s *printer.Sort) { s.Laser = printer.No }), both, nil, Fail, Fail},
		{"ink or toner unsaid", with(func(s *printer.Sort) { s.Laser = printer.Unsaid }), both, nil, Ask, Ask},
		{"black only", with(func(s *printer.Sort) { s.Colour = printer.No }), both, nil, Pass, Fail},
		{"colour unsaid", with(func(s *printer.Sort) { s.Colour = printer.Unsaid }), both, nil, Pass, Ask},
		{"speed unsaid", with(func(s *printer.Sort) { s.Speed = 0 }), both, nil, Ask, Pass},
		{"slow", with(func(s *printer.Sort) { s.Speed = 20 }), both, nil, Ask, Pass},
		{"just fast", with(func(s *printer.Sort) { s.Speed = 30 }), both, nil, Pass, Pass},
		{"not there", printer.Sort{}, nil, fault.New(fault.Absent, "ask", "", nil), Fail, Fail},
		{"an address that is none", printer.Sort{}, nil, errors.New("printer: bad address"), Fail, Fail},
	} {
		s := printer.Status{Sort: x.sort, Formats: x.formats, Model: "X"}
		wide, colour := wideOf(s, x.err), colourOf(s, x.err)
		if wide.State != x.wide || colour.State != x.colour {
			t.Errorf("%s: wide %s, colour %s; want %s, %s", x.name, wide.State, colour.State, x.wide, x.colour)
		}
		for _, d := range []Device{wide, colour} {
			if d.Note == "" || d.En == "" {
				t.Errorf("%s: %s says nothing", x.name, d.Key)
			}
		}
	}
}

// TestBurner: a drive that writes passes, one that does not fails, and a machine
// that does not tell is asked.
func TestBurner(t *testing.T) {
	info := func(can string) map[string]string {
		return map[string]string{"sys/block/sr0/size": "0\n", "proc/sys/dev/cdrom/info": "drive name:\t\tsr0\n" + can}
	}
	for name, x := range map[string]struct {
		files map[string]string
		want  State
	}{
		"writes":               {info("Can write DVD-R:\t1\n"), Pass},
		"reads only":           {info("Can write DVD-R:\t0\nCan write DVD-RAM:\t0\n"), Fail},
		"does not say":         {info(""), Ask},
		"a drive, and no info": {map[string]string{"sys/block/sr0/size": "0\n"}, Ask},
		"disks, and no drive":  {map[string]string{"sys/block/sda/size": "1\n"}, Fail},
		"says nothing":         {nil, Ask},
	} {
		if d := (kernel{tree(t, x.files)}).burner(); d.State != x.want || x.want != Pass && (d.Note == "" || d.En == "") {
			t.Errorf("%s: %+v, want %s", name, d, x.want)
		}
	}
}

// TestSheet: what is on the paper is what was found.
func TestSheet(t *testing.T) {
	kit, _ := campaign.Adult2019().Kit(campaign.KitCity)
	f := good()
	f.ClockMHz = 1800
	set(&f, campaign.DeviceWide, Ask)
	set(&f, campaign.DeviceColour, Fail)
	c := Checked{Kit: kit, Facts: f, Lines: Compare(kit, f)}
	a := c.Sheet()
	got := map[sheet.Verdict]int{}
	for i, l := range a.Lines {
		got[l.Verdict]++
		if l.Item != c.Lines[i].Item.Zh || l.Found != c.Lines[i].Have.Zh || l.Want != c.Lines[i].Want.Zh || l.Remedy != c.Lines[i].Remedy.Zh {
			t.Errorf("line %d: %+v", i, l)
		}
	}
	if a.Verdict != sheet.VerdictFail || got[sheet.VerdictFail] != 1 || got[sheet.VerdictAsk] != 1 || got[sheet.VerdictSpare] != 1 || got[sheet.VerdictPass] != 7 {
		t.Errorf("%s, %v", a.Verdict, got)
	}
	small, err := sheet.OpenFonts("")
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range devices {
		if missing := small.Missing(words.item.Zh + words.remedy.Zh); len(missing) > 0 {
			t.Errorf("%q are not in the small font", missing)
		}
	}
	for _, zh := range faults {
		if missing := small.Missing(zh); len(missing) > 0 {
			t.Errorf("%q are not in the small font", missing)
		}
	}
	for _, l := range append(c.Lines, Compare(kit, Facts{})...) {
		if missing := small.Missing(l.Item.Zh + l.Want.Zh + l.Have.Zh + l.Remedy.Zh); len(missing) > 0 {
			t.Errorf("%q are not in the small font", missing)
		}
	}
	for _, k := range campaign.Adult2019().Kits {
		if n := 4 + len(k.Devices); n > sheet.MaxAcceptance {
			t.Errorf("%s: %d lines, and the sheet has room for %d", k.Office, n, sheet.MaxAcceptance)
		}
	}
}
