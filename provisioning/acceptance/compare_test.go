package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/protocol/campaign"
)

// good is a machine that has all a city needs.
func good() Facts {
	f := Facts{Cores: 4, ClockMHz: 3200, MemoryMB: 4096, DisksGB: []int{1000, 32}}
	for _, key := range []string{campaign.DeviceIDCard, campaign.DeviceCamera, campaign.DeviceWide, campaign.DeviceColour, campaign.DeviceDVD, campaign.DeviceNetwork} {
		f.Devices = append(f.Devices, Device{Key: key, State: Pass})
	}
	return f
}

func set(f *Facts, key string, s State) {
	for i := range f.Devices {
		if f.Devices[i].Key == key {
			f.Devices[i].State = s
		}
	}
}

func TestCompare(t *testing.T) {
	c := campaign.Adult2019()
	for _, x := range []struct {
		name    string
		office  string
		spoil   func(f *Facts)
		key     string
		state   State
		verdict State
	}{
		{"all there", campaign.KitCity, func(*Facts) {}, "cores", Pass, Pass},
		{"two cores are enough for a point", campaign.KitPoint, func(f *Facts) { f.Cores = 2 }, "cores", Pass, Pass},
		{"and not for a county", campaign.KitCounty, func(f *Facts) { f.Cores = 2 }, "cores", Fail, Fail},
		{"2.99 GHz is sold as 3.0", campaign.KitPoint, func(f *Facts) { f.ClockMHz = 2990 }, "clock", Pass, Pass},
		{"1.8 GHz is not", campaign.KitPoint, func(f *Facts) { f.ClockMHz = 1800 }, "clock", Fail, Fail},
		{"a clock nobody tells is asked", campaign.KitPoint, func(f *Facts) { f.ClockMHz = 0 }, "clock", Ask, Ask},
		{"4 GB less what graphics keep", campaign.KitPoint, func(f *Facts) { f.MemoryMB = 3700 }, "memory", Pass, Pass},
		{"2 GB", campaign.KitPoint, func(f *Facts) { f.MemoryMB = 2048 }, "memory", Fail, Fail},
		{"480 GB is sold in the class of 500", campaign.KitPoint, func(f *Facts) { f.DisksGB = []int{480} }, "disk", Pass, Pass},
		{"a memory card of 64 GB", campaign.KitPoint, func(f *Facts) { f.DisksGB = []int{64} }, "disk", Fail, Fail},
		{"no disk told", campaign.KitPoint, func(f *Facts) { f.DisksGB = nil }, "disk", Ask, Ask},
		{"500 GB is not a county's", campaign.KitCounty, func(f *Facts) { f.DisksGB = []int{500} }, "disk", Fail, Fail},
		{"no reader", campaign.KitPoint, func(f *Facts) { set(f, campaign.DeviceIDCard, Fail) }, campaign.DeviceIDCard, Fail, Fail},
		{"a county without a burner", campaign.KitCounty, func(f *Facts) { set(f, campaign.DeviceDVD, Fail) }, campaign.DeviceDVD, Fail, Fail},
		{"a city may have colour", campaign.KitCity, func(f *Facts) { set(f, campaign.DeviceColour, Fail) }, campaign.DeviceColour, Skip, Pass},
		{"a device that was not tried", campaign.KitPoint, func(f *Facts) { f.Devices = nil }, campaign.DeviceCamera, Ask, Ask},
	} {
		kit, ok := c.Kit(x.office)
		if !ok {
			t.Fatalf("no kit of a %s", x.office)
		}
		f := good()
		x.spoil(&f)
		lines := Compare(kit, f)
		found := false
		for _, l := range lines {
			if l.Key != x.key {
				continue
			}
			found = true
			if l.State != x.state {
				t.Errorf("%s: %s is %s, want %s", x.name, x.key, l.State, x.state)
			}
			if (l.State == Fail || l.State == Ask) && (l.Remedy.Zh == "" || l.Remedy.En == "") {
				t.Errorf("%s: %s says not what to do", x.name, x.key)
			}
		}
		if !found {
			t.Errorf("%s: no line %s", x.name, x.key)
		}
		if v := Verdict(lines); v != x.verdict {
			t.Errorf("%s: verdict %s, want %s", x.name, v, x.verdict)
		}
	}
}

// TestEveryDeviceHasWords: a kit with a device this package has no words for
// would print an empty remedy.
func TestEveryDeviceHasWords(t *testing.T) {
	for _, k := range campaign.Adult2019().Kits {
		for _, d := range k.Devices {
			if w, ok := devices[d.Key]; !ok || w.item.Zh == "" || w.want == "" || w.remedy.Zh == "" || w.remedy.En == "" {
				t.Errorf("no words for %s", d.Key)
			}
		}
	}
}

// tree writes a made file system.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for path, text := range files {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestMachineOfAnOffice(t *testing.T) {
	cpu := func(n, core string) string {
		return "processor\t: " + n + "\nmodel name\t: Intel(R) Core(TM) i5-7400 CPU @ 3.00GHz\nphysical id\t: 0\ncore id\t\t: " + core + "\n\n"
	}
	root := tree(t, map[string]string{
		"proc/cpuinfo":                  cpu("0", "0") + cpu("1", "1") + cpu("2", "0") + cpu("3", "1"),
		"proc/meminfo":                  "MemTotal:        3941064 kB\nMemFree: 1 kB\n",
		"etc/os-release":                "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n",
		"sys/class/dmi/id/sys_vendor":   "联想\n",
		"sys/class/dmi/id/product_name": "M710t\n",
		"sys/block/sda/size":            "976773168\n",
		"sys/block/sda/removable":       "0\n",
		"sys/block/sdb/size":            "9999999999\n",
		"sys/block/sdb/removable":       "1\n",
		"sys/block/loop0/size":          "99999999999\n",
		"sys/block/sr0/device/vendor":   "HL-DT-ST\n",
		"sys/block/sr0/device/model":    "DVDRAM GH24\n",
		"proc/sys/dev/cdrom/info":       "CD-ROM information\n\ndrive name:\t\tsr0\nCan write DVD-R:\t1\n",
	})
	f := machine(root)
	if f.Machine != "联想 M710t" || f.System != "Debian GNU/Linux 12" || f.Cores != 2 || f.ClockMHz != 3000 || f.MemoryMB != 3848 ||
		len(f.DisksGB) != 1 || f.DisksGB[0] != 500 {
		t.Errorf("%+v", f)
	}
	if d := (kernel{root}).burner(); d.State != Pass || !strings.Contains(d.Model, "DVDRAM") {
		t.Errorf("burner: %+v", d)
	}
}

func TestMachineOfABox(t *testing.T) {
	root := tree(t, map[string]string{
		"proc/cpuinfo":                "processor\t: 0\nBogoMIPS\t: 48.00\n\nprocessor\t: 1\n\nprocessor\t: 2\n\nprocessor\t: 3\n\nModel\t\t: Board Rev 1.1\n",
		"proc/device-tree/model":      "Board Rev 1.1\x00",
		"proc/meminfo":                "MemTotal:        3884132 kB\n",
		"sys/block/mmcblk0/size":      "62333952\n",
		"sys/block/mmcblk0/removable": "0\n",
		"sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq": "1800000\n",
	})
	f := machine(root)
	if f.Machine != "Board Rev 1.1" || f.CPU != "Board Rev 1.1" || f.Cores != 4 || f.ClockMHz != 1800 || len(f.DisksGB) != 1 || f.DisksGB[0] != 31 {
		t.Errorf("%+v", f)
	}
	if d := (kernel{root}).burner(); d.State != Fail {
		t.Errorf("burner: %+v", d)
	}
	if f := machine(t.TempDir()); f.Cores != 0 || f.MemoryMB != 0 || f.DisksGB != nil {
		t.Errorf("a machine that says nothing: %+v", f)
	}
}
