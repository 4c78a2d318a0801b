package appliance_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"zhunkao/provisioning/oddrequest"
)

// TestOddRequests: what no browser sends is refused by the running box's
// screen, over a bare connection, and harms nobody after it.
func TestOddRequests(t *testing.T) {
	b := newBox(t, newPeer(t, at(open)))
	b.start()
	b.sees("idle")
	oddrequest.Refused(t, b.app.Addr(), "/press", "/")
	oddrequest.Bounded(t, "screen", b.app.Server())
	b.sees("idle")
	b.halt()
	if log := b.log.String(); strings.Contains(log, "panic") || strings.Contains(log, `"level":"ERROR"`) {
		t.Errorf("log: %s", log)
	}
	// net/http lingers for half a second on a connection that it refused.
	for end := time.Now().Add(2 * time.Minute); ; {
		stacks := make([]byte, 1<<20)
		if !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "closeWriteAndWait") {
			return
		}
		if time.Now().After(end) {
			t.Fatal("a refused connection never ends")
		}
		<-time.After(20 * time.Millisecond)
	}
}
