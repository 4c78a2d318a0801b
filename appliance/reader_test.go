package appliance_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"zhunkao/appliance"
	"zhunkao/hw/fault"
)

// The switch of the reader is off unless it is asked for, works on the port that
// is configured, and no other word is taken.
func TestReaderPower(t *testing.T) {
	port := filepath.Join(t.TempDir(), "reader")
	if err := os.WriteFile(port, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := appliance.Config{Data: t.TempDir(), Reader: port}
	if o := appliance.ReaderOptions(cfg, nil); o.PowerCycle != nil || o.Port != port {
		t.Errorf("by itself the reader is switched, or another one is opened: %+v", o)
	}
	cfg.ReaderPower = appliance.PowerUSB
	if err := cfg.Check(); err != nil {
		t.Error(err)
	}
	o := appliance.ReaderOptions(cfg, nil)
	if o.PowerCycle == nil {
		t.Fatal("asked for, and not switched")
	}
	if err := o.PowerCycle(t.Context()); !errors.Is(err, fault.Unsupported) {
		t.Errorf("a file that is no device on USB: %v", err)
	}
	cfg.ReaderPower = "steam"
	if err := cfg.Check(); !errors.Is(err, appliance.ErrConfig) {
		t.Errorf("switched by steam: %v", err)
	}
}
