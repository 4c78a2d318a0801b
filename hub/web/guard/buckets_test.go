package guard

import (
	"fmt"
	"testing"
	"time"
)

// TestBuckets: a burst and then the pace; memory is bounded whoever comes, and
// somebody who was counted a moment ago is not forgotten for it.
func TestBuckets(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	k := Buckets{most: 100}
	r := Rate{PerMinute: 120, Burst: 60}
	for range 60 {
		if wait := k.Take("a", r, at); wait != 0 {
			t.Fatal("slowed within the burst")
		}
	}
	if wait := k.Take("a", r, at); wait != time.Second {
		t.Errorf("after the burst: %s", wait)
	}
	if wait := k.Peek("a", r, at.Add(500*time.Millisecond)); wait != 0 {
		t.Errorf("half a second later: %s", wait)
	}
	for n := range 1000 {
		k.Take(fmt.Sprint("x", n), r, at)
		if n%50 == 0 && k.Take("a", r, at) == 0 {
			t.Fatalf("forgotten after %d others", n)
		}
	}
	if n := k.size(); n > 200 {
		t.Errorf("%d are remembered", n)
	}
}

// TestSource: an address of IPv6 is a /64, its network a /48; of IPv4 itself and
// a /24, also when it comes mapped.
func TestSource(t *testing.T) {
	for remote, want := range map[string]source{
		"192.0.2.7:41000":              {"a 192.0.2.7/32", "n 192.0.2.0/24"},
		"[::ffff:192.0.2.7]:1":         {"a 192.0.2.7/32", "n 192.0.2.0/24"},
		"[2001:db8:1:2:3:4:5:6]:9":     {"a 2001:db8:1:2::/64", "n 2001:db8:1::/48"},
		"[fe80::1%eth0]:9":             {"a fe80::/64", "n fe80::/48"},
		"@":                            {"a ?", "n ?"},
		"[2001:db8:1:ffff:3:4:5:6]:80": {"a 2001:db8:1:ffff::/64", "n 2001:db8:1::/48"},
	} {
		if got := sourceOf(remote); got != want {
			t.Errorf("%s: %v", remote, got)
		}
	}
}
