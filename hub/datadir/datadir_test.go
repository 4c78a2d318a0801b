package datadir_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"zhunkao/hub/datadir"
)

func TestOnlyOneHasIt(t *testing.T) {
	d := datadir.Dir(t.TempDir())
	first, err := d.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Lock(); !errors.Is(err, datadir.ErrInUse) {
		t.Errorf("second Lock = %v, want ErrInUse", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := d.Lock()
	if err != nil {
		t.Fatalf("after Release: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
	if _, err := datadir.Dir(filepath.Join(t.TempDir(), "none")).Lock(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Lock of nothing = %v", err)
	}
}

func TestCreate(t *testing.T) {
	d := datadir.Dir(filepath.Join(t.TempDir(), "a", "hub"))
	if err := d.Create(); err != nil {
		t.Fatal(err)
	}
	if fi, err := os.Stat(string(d)); err != nil || fi.Mode().Perm() != 0o700 {
		t.Errorf("made as %v, %v", fi, err)
	}
	if err := d.Create(); err != nil {
		t.Errorf("an empty directory: %v", err)
	}
	if err := os.WriteFile(d.Checkpoints(), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Create(); err == nil {
		t.Error("a directory with something in it was taken")
	}
}
