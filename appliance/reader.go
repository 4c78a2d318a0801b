package appliance

import (
	"log/slog"

	"zhunkao/hw/idcard"
	"zhunkao/hw/usb"
)

// PowerUSB is the value of Config.ReaderPower for a reader on USB.
const PowerUSB = "usb"

func readerOptions(cfg Config, log *slog.Logger) idcard.Options {
	o := idcard.Options{Port: cfg.Reader, Log: log}
	if cfg.ReaderPower == PowerUSB {
		o.PowerCycle = usb.Port{Path: cfg.Reader}.Cycle
	}
	return o
}
