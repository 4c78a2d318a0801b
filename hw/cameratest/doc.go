// Package cameratest is a camera that is not there, and people who are not
// either. It draws portraits of invented persons from a seed, photographs them
// as badly as told (tilted, dark, blurred, beside the middle, two at once), and
// sends the pictures as MJPEG over HTTP the way real cameras do, with the faults
// of real cameras.
//
// It is not a mock: a driver cannot tell it from hardware, and it shares no code
// with hw/camera, so that one mistake is not made on both sides; a test holds
// that hw/camera is not imported. No picture of a real person is here or may
// ever be.
//
// The drawing is good enough that face and eye finders take it for a face; a
// test holds that for two hundred seeds. It is no measure of how well they do
// with real people.
//
// How it fails: as told. Each Knob makes the camera fail in one way that real
// ones are known to; each member of Scene spoils the picture in one way that
// people do.
package cameratest
