package appliance

import (
	"testing"

	"zhunkao/hw/keystore"
)

// Nothing leads out of a training, and what it holds of the staff is guarded as
// in the real store.
func TestNothingLeadsOutOfATraining(t *testing.T) {
	real := Config{Data: "d", KeyStore: keystore.KindTPM, Stick: "/dev/sda", Reopened: true}
	p := &practice{}
	if c := real.practising(keystore.KindTPM, p); c.Data != trainingDir("d") || c.Stick != "" || c.Reopened || c.KeyStore != keystore.KindTPM || c.practice != p {
		t.Errorf("opened as %+v", c)
	}
	if real.Data != "d" {
		t.Error("the real box is opened otherwise afterwards")
	}
}
