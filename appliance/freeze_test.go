package appliance

import (
	"testing"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

const day = 24 * time.Hour

// What freezes a box, and what does not; the gravest is said.
func TestFreezeRules(t *testing.T) {
	well := func(change ...func(*facts)) facts {
		f := facts{state: protocol.BoxActive, ready: true}
		for _, c := range change {
			c(&f)
		}
		return f
	}
	alone := func(d time.Duration) func(*facts) { return func(f *facts) { f.alone = d } }
	unsent := func(n uint64) func(*facts) { return func(f *facts) { f.unsent = n } }
	size := func(n uint64) func(*facts) { return func(f *facts) { f.bytes = n } }
	for name, c := range map[string]struct {
		facts
		want          visit.Block
		ahead, outbox string
	}{
		"in order":                                     {facts: well()},
		"a week without the hub":                       {facts: well(alone(7 * day))},
		"almost two weeks":                             {facts: well(alone(14*day - 1))},
		"two weeks: it serves and warns":               {facts: well(alone(14 * day)), ahead: health.FaultStaleSoon},
		"the last day":                                 {facts: well(alone(21 * day)), ahead: health.FaultStaleSoon},
		"three weeks":                                  {facts: well(alone(21*day + 1)), want: visit.BlockStale, ahead: health.FaultStale},
		"three weeks, and no roster ever":              {facts: well(alone(30*day), func(f *facts) { f.ready = false }), want: visit.BlockNoCampaign},
		"five weeks, says a clock that proves nothing": {facts: well(func(f *facts) { f.likely = 35 * day }), ahead: health.FaultStaleSoon},
		"two weeks of visits":                          {facts: well(unsent(14 * 480))},
		"much is unsent":                               {facts: well(unsent(9600)), outbox: health.FaultUnsentSoon},
		"one record below the cap":                     {facts: well(unsent(11_999)), outbox: health.FaultUnsentSoon},
		"at the cap":                                   {facts: well(unsent(12_000)), want: visit.BlockCap, outbox: health.FaultUnsentMany},
		"few and large":                                {facts: well(unsent(10), size(13<<30)), outbox: health.FaultUnsentSoon},
		"too many bytes":                               {facts: well(unsent(10), size(16<<30)), want: visit.BlockCap, outbox: health.FaultUnsentMany},
		"the disk runs full":                           {facts: well(func(f *facts) { f.full = true }), want: visit.BlockFull},
		"the storage failed twice":                     {facts: well(func(f *facts) { f.faults = 2 })},
		"the storage failed three times":               {facts: well(func(f *facts) { f.faults = 3 }), want: visit.BlockFailing},
		"the case was opened":                          {facts: well(func(f *facts) { f.opened = true }), want: visit.BlockTamper},
		"opened and full":                              {facts: well(func(f *facts) { f.opened, f.full = true, true }), want: visit.BlockTamper},
		"frozen and opened":                            {facts: well(func(f *facts) { f.opened, f.state = true, protocol.BoxFrozen }), want: visit.BlockFrozen},
		"revoked":                                      {facts: well(func(f *facts) { f.state = protocol.BoxRevoked }), want: visit.BlockRevoked},
		"another history, and frozen":                  {facts: well(func(f *facts) { f.behind, f.state = true, protocol.BoxFrozen }), want: visit.BlockBehind},
		"broken, and all the rest":                     {facts: facts{broken: true, behind: true, state: protocol.BoxRevoked, opened: true, full: true}, want: visit.BlockStore},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.judge(); got != c.want {
				t.Errorf("blocked %q, want %q", got, c.want)
			}
			if got := c.staleWord(); got != c.ahead {
				t.Errorf("ahead says %q, want %q", got, c.ahead)
			}
			if got := c.unsentWord(); got != c.outbox {
				t.Errorf("outbox says %q, want %q", got, c.outbox)
			}
		})
	}
}
