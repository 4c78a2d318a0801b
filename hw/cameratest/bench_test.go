package cameratest_test

import (
	"testing"

	"zhunkao/hw/cameratest"
)

// What it takes to draw one person at the size of a camera's picture.
func BenchmarkDraw(b *testing.B) {
	s := cameratest.Portrait(5)
	for i := 0; b.Loop(); i++ {
		s.People[0].Seed = uint64(i)
		cameratest.Draw(s, 1)
	}
}
