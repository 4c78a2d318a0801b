package camera_test

import (
	"os"
	"path/filepath"
	"testing"

	"zhunkao/hw/camera"
	"zhunkao/hw/fault"
)

// The library is asked for what it does not export; a new edition must still
// have it.
func TestLibraryIsAsKnown(t *testing.T) {
	if fd := camera.LibraryAsKnown(); fd != 0 {
		t.Errorf("descriptor of an empty one: %d", fd)
	}
}

// What is at the path and is no camera.
func TestNotACamera(t *testing.T) {
	start(t, camera.Options{Source: filepath.Join(t.TempDir(), "by-path")}).lost(fault.Absent)
	start(t, camera.Options{Source: os.DevNull}).fault(fault.Unsupported)
}
