package fault_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
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

// Words misses none of this package.
func TestWordsAreAll(t *testing.T) {
	src, err := os.ReadFile("fault.go")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, w := range fault.Words() {
		listed[w.Error()] = true
	}
	made := regexp.MustCompile(`&Word\{"([^"]+)"`).FindAllStringSubmatch(string(src), -1)
	if len(made) == 0 || len(made) != len(listed) {
		t.Errorf("%d words made, %d listed", len(made), len(listed))
	}
	for _, m := range made {
		if !listed[m[1]] {
			t.Errorf("%q is not listed", m[1])
		}
	}
}
