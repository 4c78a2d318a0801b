// Package camera drives the camera that takes an applicant's portrait: V4L2
// devices of the kernel, and cameras that send MJPEG over HTTP.
//
// A source carries raw frames; repair makes whole JPEGs of them or throws them
// away; a Camera is the worker that owns the source, keeps the newest frame,
// watches that the picture is alive, and tells its story as events. Apart from
// all that stand the checks of a portrait, which are pure (Check), the profiles
// a portrait must follow, which are data (Profiles), and the making of the exact
// file (Produce). Take joins them: the best of a short burst.
//
// It is not a judge of who a person is: no two faces are compared here, and
// nothing is stored. Where she looks, whether her eyes are open or a mask is
// worn, the detector cannot tell well; such findings ask a person to look and
// never refuse.
//
// How it fails. The line: Lost, and the Camera goes on trying by itself until it
// is back, an unplugged one within three seconds of the replug. The picture:
// Fault, with fault.Frozen, fault.Black or fault.WrongSize; Ready follows when
// it is sound again. Torn, short and undecodable frames are dropped, and counted;
// a camera that sends nothing else is Lost. No photo is ever made of a frozen or
// black picture.
//
// Nobody's picture gets into a log, an error or a file from here. Forget wipes the
// buffers that hold frames; what was decoded or handed out lives until it is
// collected.
//
// What it was tried with: YUYV from the kernel's vivid; MJPG, with Huffman tables
// and without, through the kernel's uvcvideo from a webcam of ours that comes over
// USB/IP (usbcamera_test.go), pulled and plugged in mid-stream; MJPEG over HTTP
// from hw/cameratest. uvcvideo keeps back what a camera marks as damaged, and
// hands on what is merely torn. A real webcam nobody here has seen.
//
// The kernel library (blackjack/webcam) has traps that are dealt with in v4l2.go
// and named there. Sources: the V4L2 documentation of the kernel, ITU-T T.81,
// JFIF 1.02, ICAO Doc 9303 and the issuers' photo rules named in profile.go.
package camera
