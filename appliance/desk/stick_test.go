package desk

import (
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/stick"
	"zhunkao/protocol"
)

// The desk says how far the stick lies behind, and of each trouble what to do.
func TestTheDeskSaysHowTheStickStands(t *testing.T) {
	var is stick.State
	r := newRig(t, func(o *Options) { o.Stick = func() stick.State { return is } })
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good))
	c := r.signedIn("chen")
	for _, page := range []string{"/part", "/unsent"} {
		for _, s := range []struct {
			is   stick.State
			want []string
			not  []string
		}{
			{stick.State{}, []string{"已写全，和本机一样"}, []string{"跟不上", "还差"}},
			{stick.State{Lacking: 1, Bytes: 41 << 10, Behind: 300 * time.Millisecond}, []string{"还差 1 份（约 1 MB），最久的等了 1 秒"}, []string{"role=\"status\""}},
			{stick.State{Trouble: stick.Behind, Lacking: 412, Bytes: 17 << 20, Behind: 12500 * time.Millisecond},
				[]string{"U 盘写得慢，没有跟上", "还差 412 份（约 17 MB），最久的等了 13 秒", "等它补完，别拔"}, nil},
			{stick.State{Trouble: stick.Full, Lacking: 3, Bytes: 1 << 20, Behind: time.Minute}, []string{"U 盘满了", "换一个有空的 U 盘", "还差 3 份"}, nil},
			{stick.State{Trouble: stick.ReadOnly}, []string{"U 盘写不进去", "写保护开关"}, nil},
			{stick.State{Trouble: stick.Unusable}, []string{"U 盘用不了", "FAT32"}, nil},
			{stick.State{Trouble: stick.Failing}, []string{"U 盘出错", "再插一次"}, nil},
			{stick.State{Trouble: stick.NoStick, Lacking: 5}, []string{"没有插"}, []string{"只在这台机器上", "还差"}}, // the hub has them
		} {
			is = s.is
			_, html := c.get(page)
			has(t, html, s.want...)
			for _, no := range s.not {
				if strings.Contains(html, no) {
					t.Errorf("%s with %+v says %q", page, s.is, no)
				}
			}
		}
	}
	// Without the hub, what waits lies on this machine only.
	r.confirm("app-1")
	r.with(func() { r.status.Linked = false })
	is = stick.State{Trouble: stick.NoStick, Lacking: 1}
	_, html := c.get("/part")
	has(t, html, "待上传的只在这台机器上", "插一个 U 盘")
}

// A box without a port for a stick says nothing of one.
func TestNoPortNoStick(t *testing.T) {
	r := newRig(t)
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good))
	if _, html := r.signedIn("chen").get("/part"); strings.Contains(html, "<dt>U 盘") {
		t.Error("it speaks of a stick")
	}
}
