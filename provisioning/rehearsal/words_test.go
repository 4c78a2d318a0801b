package rehearsal_test

import (
	"slices"
	"strings"
	"testing"

	"zhunkao/appliance/drill"
	"zhunkao/appliance/health"
	blocks "zhunkao/appliance/visit"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

// The exercises that a box offers are those that the hub lists, in their order,
// each with its words.
func TestTheHubKnowsTheExercises(t *testing.T) {
	var box []string
	for _, e := range drill.Exercises() {
		box = append(box, e.Key)
	}
	if hub := staff.Exercises(); !slices.Equal(box, hub) {
		t.Errorf("the box offers %v, the hub lists %v", box, hub)
	}
	pages, err := console.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range box {
		if !pages.Has("exercise." + e) {
			t.Errorf("the exercise %q has no words", e)
		}
	}
}

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
	for _, b := range blocks.Blocks() {
		if key := "stop." + string(b); !pages.Has(key) || !pages.Has(key+".do") {
			t.Errorf("the operator does not read why a box is blocked (%s), or what to do", key)
		}
	}
	for _, f := range []string{health.FaultSmallFont, health.FaultOpen, health.FaultHangs, health.FaultNotFed, health.FaultOpened, health.FaultFailing, health.FaultUnsentSoon} {
		if key := "fault." + strings.ReplaceAll(f, " ", "-") + ".do"; !pages.Has(key) {
			t.Errorf("nobody is told what to do about %q", f)
		}
	}
}
