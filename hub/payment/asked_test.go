package payment_test

import (
	"testing"

	"zhunkao/hub/payment"
)

// What a channel is asked under leads back to the order, and nothing else does.
func TestAskedLeadsBack(t *testing.T) {
	const order = "201943000000123456"
	seen := map[string]bool{}
	for _, n := range []int{0, 1, 2, 9, 10, 99, 1000} {
		asked := payment.Asked(order, n)
		if got := payment.OrderOf(asked); got != order || len(asked) > 32 || seen[asked] && n > 1 {
			t.Errorf("time %d: %s is of %s", n, asked, got)
		}
		seen[asked] = true
	}
	for _, foreign := range []string{"", "x2", "12x", "12x1", "12x02", "12x2x3", "ZK1x2", "12X2", "R0011aabbx2"} {
		if got := payment.OrderOf(foreign); got != foreign {
			t.Errorf("%q is taken for %q", foreign, got)
		}
	}
}
