package main

import (
	"strings"
	"testing"

	"zhunkao/hw/printertest"
)

// TestPrinter: whoever runs the server names a printer of an office, hub running or
// stopped; what cannot be is refused with the reason.
func TestPrinter(t *testing.T) {
	emu := printertest.New()
	plug := printertest.NewPlug(emu, "127.0.0.1:0", nil)
	if err := plug.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { plug.Unplug(); emu.Close() })
	data := made(t)
	ctl := func(args ...string) result {
		return call(t, "", append([]string{"--data", data, "--lang", "en", "printer"}, args...)...)
	}
	want(t, ctl("add", "--office", "430102", "--name", "二楼文印室", "ipp://127.0.0.1:1/ipp/print"), 0, "does not answer")
	want(t, ctl("add", "--office", "430102", "--name", "二楼文印室", plug.URI()), 1, "must not be another's")
	want(t, ctl("add", "--office", "430199", "--name", "甲", plug.URI()), 1, "an office that is there")
	running(t, data)
	want(t, ctl("add", "--office", "430102", "--name", "三楼", "socket://127.0.0.1:9100"), 1, "ipp://")
	if err := emu.SetKnobs(printertest.Knobs{Format: printertest.Raster}); err != nil {
		t.Fatal(err)
	}
	want(t, ctl("add", "--office", "430102", "--name", "三楼", plug.URI()), 1, "takes no PDF")
	if err := emu.SetKnobs(printertest.Knobs{}); err != nil {
		t.Fatal(err)
	}
	want(t, ctl("add", "--office", "430102", "--name", "三楼", plug.URI()), 0, "It answers")
	list := ctl("list")
	want(t, list, 0, "二楼文印室")
	id, _, _ := strings.Cut(list.out, " ")
	want(t, ctl("remove", id), 0, "removed")
	want(t, ctl("remove", id), 1, "no such printer")
	if list = ctl("list"); strings.Count(list.out, "\n") != 1 {
		t.Errorf("listed after one was removed:\n%s", list.out)
	}
}
