package stick_test

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"zhunkao/hw/stick"
)

const (
	gadget    = "/sys/kernel/config/usb_gadget/g"
	mass      = gadget + "/functions/mass_storage.0"
	sector    = 512
	fatAt     = 2048  // first sector of the partition
	fatLength = 65536 // sectors: 32 MiB, which takes FAT16
)

// fat writes a stick as shops sell them: one partition, FAT16.
func fat(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate((fatAt + fatLength) * sector); err != nil {
		t.Fatal(err)
	}
	mbr := make([]byte, sector)
	mbr[446+4] = 0x0E // FAT16 by LBA
	binary.LittleEndian.PutUint32(mbr[446+8:], fatAt)
	binary.LittleEndian.PutUint32(mbr[446+12:], fatLength)
	mbr[510], mbr[511] = 0x55, 0xAA

	boot := make([]byte, sector)
	copy(boot, "\xeb\x3c\x90MSDOS5.0")
	put := func(at int, v uint16) { binary.LittleEndian.PutUint16(boot[at:], v) }
	put(11, sector)
	boot[13] = 4 // sectors in a cluster
	put(14, 1)   // before the tables
	boot[16] = 2 // tables
	put(17, 512) // names in the root
	boot[21] = 0xF8
	const table = 64 // sectors of one table
	put(22, table)
	put(24, 63)
	put(26, 16)
	binary.LittleEndian.PutUint32(boot[28:], fatAt)
	binary.LittleEndian.PutUint32(boot[32:], fatLength)
	boot[36], boot[38] = 0x80, 0x29
	copy(boot[43:], "NO NAME    FAT16   ")
	boot[510], boot[511] = 0x55, 0xAA
	for at, b := range map[int64][]byte{0: mbr, fatAt: boot, fatAt + 1: {0xF8, 0xFF, 0xFF, 0xFF}, fatAt + 1 + table: {0xF8, 0xFF, 0xFF, 0xFF}} {
		if _, err := f.WriteAt(b, at*sector); err != nil {
			t.Fatal(err)
		}
	}
}

func set(t *testing.T, path, value string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestInGuest is the part of TestKernelUSB that runs inside.
func TestInGuest(t *testing.T) {
	if os.Getenv("GUEST") != "1" {
		t.Skip("runs inside the guest, by TestKernelUSB")
	}
	fat(t, "/tmp/fat.img")
	for _, dir := range []string{gadget, gadget + "/strings/0x409", gadget + "/configs/c.1", mass} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	set(t, gadget+"/idVendor", "0x0525")
	set(t, gadget+"/idProduct", "0xa4a5")
	if err := os.Symlink(mass, gadget+"/configs/c.1/mass_storage.0"); err != nil {
		t.Fatal(err)
	}
	const at = "/run/stick"
	s, stop := run(t, stick.Options{Device: "/dev/sda", Mount: at})
	if e := event(t, s); e != (stick.Event{}) {
		t.Fatalf("without a stick: %+v", e)
	}
	plug := func(img string) stick.Event {
		t.Helper()
		set(t, mass+"/lun.0/file", img)
		set(t, gadget+"/UDC", "dummy_udc.0")
		return event(t, s)
	}
	pull := func() {
		t.Helper()
		set(t, gadget+"/UDC", "\n")
		if e := event(t, s); e != (stick.Event{}) || mounted(t, at) != "" {
			t.Fatalf("pulled out: %+v, %q", e, mounted(t, at))
		}
	}

	e := plug("/tmp/fat.img")
	how := mounted(t, at)
	if e.Dir != at || !strings.HasPrefix(how, "vfat ") {
		t.Fatalf("plugged in: %+v, %q", e, how)
	}
	for _, want := range []string{"nosuid", "nodev", "noexec", "fmask=0077", "flush"} {
		if !strings.Contains(how, want) {
			t.Errorf("mounted %q, without %q", how, want)
		}
	}
	name := filepath.Join(at, "synced")
	f, err := os.Create(name)
	if err == nil {
		_, err = f.WriteString("kept")
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if err := unix.Exec(name, nil, nil); !errors.Is(err, unix.EACCES) {
		t.Errorf("run from the stick: %v, want EACCES", err)
	}

	// Torn out while it is written to: an error, and no hang.
	torn, err := os.Create(filepath.Join(at, "torn"))
	if err != nil {
		t.Fatal(err)
	}
	pull()
	for n := 0; err == nil && n < 1000; n++ {
		if _, err = torn.Write(make([]byte, 64<<10)); err == nil {
			err = torn.Sync()
		}
	}
	if err == nil {
		t.Error("what is written to a stick that is gone meets no error")
	}
	_ = torn.Close()

	// What was synced is there when it comes back.
	if e := plug("/tmp/fat.img"); e.Dir != at {
		t.Fatalf("back again: %+v", e)
	}
	if b, err := os.ReadFile(name); string(b) != "kept" {
		t.Errorf("what was synced before: %q, %v", b, err)
	}
	// Full.
	ballast, err := os.Create(filepath.Join(at, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = ballast.Write(make([]byte, 1<<20))
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Errorf("a full stick: %v, want ENOSPC", err)
	}
	_ = ballast.Close()
	pull()

	// A whole-disk ext2, through the ext4 driver.
	if e := plug("/data/ext.img"); e.Dir != at || !strings.HasPrefix(mounted(t, at), "ext4 ") {
		t.Fatalf("ext2: %+v, %q", e, mounted(t, at))
	}
	pull()
	// Its switch.
	set(t, mass+"/lun.0/file", "\n")
	set(t, mass+"/lun.0/ro", "1")
	if e := plug("/data/ext.img"); !errors.Is(e.Fault, stick.ErrReadOnly) {
		t.Errorf("write-protected: %+v", e)
	}
	stop()
}
