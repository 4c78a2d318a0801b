package fault_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"zhunkao/hw/fault"
)

func TestIdentitySurvivesWrapping(t *testing.T) {
	err := fmt.Errorf("box 7: %w", fault.New(fault.Line, "find", "3 bad checksums", io.ErrUnexpectedEOF))
	if !errors.Is(err, fault.Line) {
		t.Errorf("got %v, want it to be fault.Line", err)
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want the cause kept", err)
	}
	if errors.Is(err, fault.Timeout) {
		t.Errorf("got fault.Timeout from %v, want only fault.Line", err)
	}
	var f *fault.Fault
	if !errors.As(err, &f) || f.Op != "find" {
		t.Errorf("got %+v, want the Fault with op find", f)
	}
	for _, want := range []string{"find", "line fault", "3 bad checksums"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("text %q lacks %q", err, want)
		}
	}
}

func TestClassOf(t *testing.T) {
	cases := []struct {
		err  error
		want fault.Class
	}{
		{nil, fault.ClassNone},
		{io.EOF, fault.ClassNone},
		{fault.Absent, fault.ClassLine},
		{fault.Busy, fault.ClassLine},
		{fault.Timeout, fault.ClassLine},
		{fault.Closed, fault.ClassNone},
		{fault.New(fault.Device, "x", "", nil), fault.ClassDevice},
		{fault.New(fault.Unauthorised, "x", "", nil), fault.ClassDevice},
		{fmt.Errorf("w: %w", fault.New(fault.Replace, "x", "", io.EOF)), fault.ClassMedium},
		{fault.Removed, fault.ClassMedium},
		{fault.Unsupported, fault.ClassUnsupported},
		{fault.Transient, fault.ClassTransient},
		{fault.New(fault.Device, "reset", "", fault.New(fault.Timeout, "x", "", nil)), fault.ClassDevice},
	}
	for _, c := range cases {
		if got := fault.ClassOf(c.err); got != c.want {
			t.Errorf("ClassOf(%v): got %v, want %v", c.err, got, c.want)
		}
	}
}
