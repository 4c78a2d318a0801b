package rehearsal_test

import (
	"strings"
	"testing"

	"zhunkao/appliance/health"
	"zhunkao/hub/web/console"
)

// Whatever a box says of its devices, the hub's page of the box says it in
// words, in both languages.
func TestEveryDeviceAndFaultHasWords(t *testing.T) {
	pages, err := console.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range health.Devices() {
		if !pages.Has("device." + d) {
			t.Errorf("device %q has no words", d)
		}
	}
	for _, f := range health.Faults() {
		if key := "fault." + strings.ReplaceAll(f, " ", "-"); !pages.Has(key) {
			t.Errorf("fault %q has no words (%s)", f, key)
		}
	}
	for _, f := range []string{health.FaultSmallFont, health.FaultOpen, health.FaultHangs, health.FaultNotFed} {
		if key := "fault." + strings.ReplaceAll(f, " ", "-") + ".do"; !pages.Has(key) {
			t.Errorf("nobody is told what to do about %q", f)
		}
	}
}
