package idcard

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/hw/fault"
	"zhunkao/hw/idcardtest"
)

// A socket that keeps the bounds of packets stands in for hidraw: the emulator
// speaks reports at its other end.
func TestReadsACardOverHIDReports(t *testing.T) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	emu := idcardtest.New()
	if err := emu.SetKnobs(idcardtest.Quick()); err != nil {
		t.Fatal(err)
	}
	card := idcardtest.Card{Name: "张测试", Sex: "1", Number: number, Seed: 3}
	if err := emu.Place(card); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- emu.ServeHID(ctx, os.NewFile(uintptr(fds[0]), "device")) }()

	l := &hidLink{pollLink: pollLink{op: "hid", conn: os.NewFile(uintptr(fds[1]), "host")}}
	s := &session{resetWait: time.Millisecond, t: &transport{link: l, log: discard(), noise: func(int) {}}}
	if _, err := s.handshake(ctx, []int{0}); err != nil {
		t.Fatal(err)
	}
	if err := s.find(ctx); err != nil {
		t.Fatal(err)
	}
	p := &placement{s: s}
	got, err := p.read(ctx, false)
	if err != nil || got.Name != card.Name || !got.HasPortrait() {
		t.Fatalf("read: %v, %v", got, err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	ctx2, cancel2 := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel2()
	if err := s.find(ctx2); !errors.Is(err, fault.Absent) {
		t.Errorf("after unplugging: got %v, want fault.Absent", err)
	}
	if err := l.close(); err != nil {
		t.Error(err)
	}
}
