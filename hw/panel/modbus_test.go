package panel_test

import (
	"errors"
	"flag"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/panel"
	"zhunkao/hw/paneltest"
	"zhunkao/provisioning/leak"
)

// TestMain lets many tests wait at the same time.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "40"); err != nil {
		panic(err)
	}
	leak.Main(m)
}

// onPTY is the Modbus board at the end of a pseudo-terminal.
type onPTY struct {
	paneltest.Front
	cable *paneltest.Plug
}

func (p onPTY) Plug() error   { return p.cable.Plug() }
func (p onPTY) Unplug() error { return p.cable.Unplug() }

func plugPTY(t *testing.T) (onPTY, panel.Wiring) {
	t.Helper()
	t.Parallel() // they wait for timers, not for a processor
	f := paneltest.NewFront()
	p := onPTY{f, paneltest.NewPlug(f.Board, filepath.Join(t.TempDir(), "panel"))}
	if err := p.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Unplug(); err != nil {
			t.Error(err)
		}
	})
	return p, panel.Modbus(p.cable.Link())
}

func TestModbus(t *testing.T) {
	t.Parallel()
	conform(t, func(t *testing.T) (front, panel.Wiring) {
		p, w := plugPTY(t)
		return p, w
	})
}

// What a bad line may do and nobody should notice, and what must be told.
func TestModbusFaults(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		k    paneltest.Knobs
		want *fault.Word // nil: it works all the same
	}{
		"noise before answers":    {paneltest.Knobs{Prefix: "00FF01020102AA"}, nil},
		"byte by byte":            {paneltest.Knobs{GapMS: 4}, nil},
		"every third answer lost": {paneltest.Knobs{DropNth: 3}, nil},
		"a little late":           {paneltest.Knobs{LateMS: 120}, nil},
		"silent":                  {paneltest.Knobs{Silent: true}, fault.Timeout},
		"another unit":            {paneltest.Knobs{OtherUnit: true}, fault.Timeout},
		"too late":                {paneltest.Knobs{LateMS: 1200}, fault.Timeout},
		"bad checksums":           {paneltest.Knobs{BadSum: true}, fault.Line},
		"truncated":               {paneltest.Knobs{Truncate: 4}, fault.Line},
		"knows no such function":  {paneltest.Knobs{Exception: 1}, fault.Unsupported},
		"fewer lines than wired":  {paneltest.Knobs{Lines: 2}, fault.Unsupported},
		"broken":                  {paneltest.Knobs{Exception: 4}, fault.Device},
		"busy for ever":           {paneltest.Knobs{Exception: 6}, fault.Device},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, w := plugPTY(t)
			r := start(t, p, w)
			expect[panel.Ready](r)
			r.Set(panel.LampOK, panel.On)
			r.until("ok is lit", func() bool { return p.Lit("ok") })
			if err := p.SetKnobs(c.k); err != nil {
				t.Fatal(err)
			}
			if c.want == nil {
				p.Press("help")
				expect[panel.Pressed](r)
				p.Let("help")
				expect[panel.Released](r)
				r.Set(panel.LampOK, panel.Off)
				r.until("ok is off", func() bool { return !p.Lit("ok") })
				return
			}
			if e := expect[panel.Lost](r); !errors.Is(e.Err, c.want) {
				t.Errorf("lost: %v, want %v", e.Err, c.want)
			}
			r.quiet(600 * time.Millisecond)
			p.Open("door")
			if err := p.SetKnobs(paneltest.Knobs{}); err != nil {
				t.Fatal(err)
			}
			if e := expect[panel.Opened](r); e.Contact != "door" {
				t.Errorf("got %+v", e)
			}
			expect[panel.Ready](r)
		})
	}
}

// A board that restarted on its own has forgotten its outputs.
func TestModbusBoardForgets(t *testing.T) {
	p, w := plugPTY(t)
	r := start(t, p, w)
	expect[panel.Ready](r)
	r.Set(panel.LampOK, panel.On)
	r.until("ok is lit", func() bool { return p.Lit("ok") })
	p.PowerCycle()
	r.until("ok is lit again", func() bool { return p.Lit("ok") })
	r.quiet(100 * time.Millisecond)
}

// Two programs on one line would spoil each other's answers.
func TestModbusPortIsHeldByAnother(t *testing.T) {
	p, w := plugPTY(t)
	first := start(t, p, w)
	expect[panel.Ready](first)
	second := start(t, p, w)
	if e := expect[panel.Lost](second); !errors.Is(e.Err, fault.Busy) {
		t.Errorf("lost: %v, want Busy", e.Err)
	}
	first.stop()
	expect[panel.Ready](second)
}
