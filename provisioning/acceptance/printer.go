package acceptance

import (
	"context"
	"fmt"

	"zhunkao/hw/printer"
	"zhunkao/protocol/campaign"
)

// fastPages is from how many pages a minute a printer that says so passes for
// fast (高速). The plan names no figure: a slower one does not fail, it is asked.
const fastPages = 30

// printersOf asks the printers what they are. One printer may be both the wide
// one and the colour one.
func printersOf(ctx context.Context, o Options) []Device {
	if o.Printer == "" && o.Colour == "" {
		return nil
	}
	first, err := statusOf(ctx, o.Printer)
	wide := wideOf(first, err)
	if o.Colour != "" {
		first, err = statusOf(ctx, o.Colour)
	}
	colour := colourOf(first, err)
	if o.Printer == "" {
		return []Device{colour}
	}
	return []Device{wide, colour}
}

func statusOf(ctx context.Context, uri string) (printer.Status, error) {
	if uri == "" {
		return printer.Status{}, nil
	}
	p, err := printer.New(printer.Options{URI: uri, Log: quiet})
	if err != nil {
		return printer.Status{}, err
	}
	return p.Status(ctx)
}

// wideOf judges the wide fast laser printer.
func wideOf(s printer.Status, err error) Device {
	d := Device{Key: campaign.DeviceWide, Model: s.Model}
	if err != nil {
		return failed(d, err)
	}
	if unfit(&d, s) {
		return d
	}
	switch speed := s.Sort.Speed; {
	case s.Sort.Laser == printer.Unsaid:
		d.State, d.Note, d.En = Ask, "能打印 A3，未报告是否激光", "takes A3; does not say whether it is a laser"
	case speed == 0:
		d.State, d.Note, d.En = Ask, "A3 激光，未报告速度", "an A3 laser; does not say how fast"
	default:
		d.State = Pass
		if speed < fastPages {
			d.State = Ask
		}
		d.Note, d.En = fmt.Sprintf("A3 激光，每分钟 %d 页", speed), fmt.Sprintf("an A3 laser, %d pages a minute", speed)
	}
	return d
}

// colourOf judges the colour wide laser printer.
func colourOf(s printer.Status, err error) Device {
	d := Device{Key: campaign.DeviceColour, Model: s.Model}
	if err != nil {
		return failed(d, err)
	}
	switch {
	case s.Sort.Colour == printer.No:
		d.State, d.Note, d.En = Fail, "不是彩色打印机", "not a colour printer"
	case unfit(&d, s):
	case s.Sort.Colour == printer.Unsaid || s.Sort.Laser == printer.Unsaid:
		d.State, d.Note, d.En = Ask, "能打印 A3，未报告是否彩色激光", "takes A3; does not say whether it is a colour laser"
	default:
		d.State, d.Note, d.En = Pass, "A3 彩色激光", "an A3 colour laser"
	}
	return d
}

// unfit is what both kinds must be: usable by the box, wide, and a laser. It
// says whether d is settled with less.
func unfit(d *Device, s printer.Status) bool {
	d.State = Fail
	switch {
	case !s.Takes():
		d.Note, d.En = "PDF 和 PWG 光栅都不接受", "takes neither PDF nor PWG raster"
	case s.Sort.Wide == printer.No:
		d.Note, d.En = "不能打印 A3", "does not take A3"
	case s.Sort.Laser == printer.No:
		d.Note, d.En = "不是激光打印机", "not a laser printer"
	case s.Sort.Wide == printer.Unsaid:
		d.State, d.Note, d.En = Ask, "未报告能否打印 A3", "does not say whether it takes A3"
	default:
		return false
	}
	return true
}
