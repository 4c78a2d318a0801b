package printer

import (
	"fmt"
	"io"
	"time"
)

// Times are the times a test may shorten; 0 leaves the usual.
type Times struct {
	Watch, Again, Probe, Exchange, Cont, Stall, Adrift, Suspect, Settle, Busy, BusyLimit time.Duration
}

// SetTimes shortens. Before Run and Print only.
func (p *Printer) SetTimes(s Times) {
	set := func(to *time.Duration, d time.Duration) {
		if d != 0 {
			*to = d
		}
	}
	t := &p.times
	set(&t.watch, s.Watch)
	set(&t.again, s.Again)
	set(&t.probe, s.Probe)
	set(&t.exchange, s.Exchange)
	set(&t.cont, s.Cont)
	set(&t.stall, s.Stall)
	set(&t.adrift, s.Adrift)
	set(&t.suspect, s.Suspect)
	set(&t.settle, s.Settle)
	set(&t.busyFirst, s.Busy)
	set(&t.busyLimit, s.BusyLimit)
	p.wire.asks, p.wire.sends = p.wire.client(false), p.wire.client(true)
}

// DecodeReply is the door of the fuzz target.
func DecodeReply(raw []byte, id uint32) (Status, error) {
	m, err := decodeReply(raw, id)
	if err != nil {
		return Status{}, err
	}
	return readStatus(values(m.Printer)), nil
}

// ParseReason is parseReason.
func ParseReason(s string) (Reason, bool) { return parseReason(s) }

// WideMedia is wideMedia.
func WideMedia(name string) bool { return wideMedia(name) }

// WriteRaster writes d as a printer of one raster type would get it.
func WriteRaster(w io.Writer, d Document, dpi int, kind string) error {
	k, ok := choosePixels([]string{kind})
	if !ok {
		return fmt.Errorf("no type %s", kind)
	}
	return writeRaster(w, d, plan{format: FormatRaster, copies: 1, dpi: dpi, kind: k})
}
