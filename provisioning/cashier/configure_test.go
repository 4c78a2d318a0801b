package cashier

import (
	"testing"
	"time"

	"zhunkao/hub/payment/teller"
)

// TestConfigure: the hub opens what the demonstration writes for it.
func TestConfigure(t *testing.T) {
	papers, err := Sign(folder(t))
	if err == nil {
		err = papers.Configure("http://127.0.0.1:8601", At("127.0.0.1:8609"))
	}
	if err != nil {
		t.Fatal(err)
	}
	channels, err := teller.Open(papers.Payments(), time.Now)
	if err != nil || len(channels) != len(Companies) {
		t.Errorf("%d channels, %v", len(channels), err)
	}
}
