package parcel_test

import (
	"os"
	"testing"
)

// testTemp is a folder for keys that all tests share: making them takes time.
var testTemp string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "parcel")
	if err != nil {
		panic(err)
	}
	testTemp = dir
	code := m.Run()
	_ = os.RemoveAll(dir) // the machine's own sweeping gets what is left
	os.Exit(code)
}
