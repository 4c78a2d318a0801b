package camera

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"

	"zhunkao/hw/fault"
)

// The formats we take, in this order: UVC cameras give large pictures only as
// MJPG.
const (
	fourMJPG webcam.PixelFormat = 'M' | 'J'<<8 | 'P'<<16 | 'G'<<24
	fourJPEG webcam.PixelFormat = 'J' | 'P'<<8 | 'E'<<16 | 'G'<<24
	fourYUYV webcam.PixelFormat = 'Y' | 'U'<<8 | 'Y'<<16 | 'V'<<24
)

const (
	powerLine webcam.ControlID = 0x00980918
	fifty     int32            = 1 // hertz, as China's lamps flicker

	buffers     = 4
	wantRate    = 15 // frames a second: enough for a preview, half the bus
	settleCount = 10 // frames thrown away while exposure and white balance settle
	pollStep    = 200 * time.Millisecond
	// A driver that says a frame is there and then has none is asked again after
	// growing pauses.
	firstAgain, lastAgain = 2 * time.Millisecond, 100 * time.Millisecond
)

// v4l2 is a camera of the kernel. What is dealt with here, of blackjack/webcam
// v0.6.1:
//
//   - ReadFrame hands out memory the driver may already be writing again: GetFrame,
//     copy, ReleaseFrame.
//   - SetImageFormat returns the size that was asked for, whatever the driver
//     chose: asked again with VIDIOC_G_FMT.
//   - Open looks at what the whole device can do, so that the metadata node beside
//     every UVC camera passes: the node's own capabilities are asked.
//   - Open leaves the descriptor open across exec: a browser started by us would
//     hold the camera.
//   - A failed StartStreaming leaves its buffers mapped, and the kernel's memory
//     with them, for every attempt: they are unmapped here.
//   - StartStreaming's errors are text. StopStreaming unmaps before the stream is
//     off: no slice of a frame is kept. Nothing is safe for two goroutines: all
//     calls are made by the one that runs run.
//   - A length beyond the buffer would panic: recovered.
//   - The error flag of a buffer is not handed on; a damaged JPEG shows itself, a
//     damaged YUYV frame does not.
type v4l2 struct {
	path          string
	width, height int
	log           *slog.Logger
}

func (v *v4l2) run(ctx context.Context, opened func(string), put func(raw)) error {
	cam, name, err := v.open()
	if err != nil {
		return err
	}
	defer func() {
		releaseMaps(cam)
		_ = cam.Close() // nothing more can be done about a device that does not close
	}()
	form, err := v.setUp(cam)
	if err != nil {
		return err
	}
	if err := cam.StartStreaming(); err != nil {
		return startFault(err)
	}
	v.log.Debug("camera opened", "format", form.format.String(), "width", form.width, "height", form.height)
	opened(name)
	return stream(ctx, cam, form, put)
}

// open finds the node that captures and opens it.
func (v *v4l2) open() (*webcam.Webcam, string, error) {
	cam, caps, err := openNode(v.path)
	if err == nil && !caps.captures() {
		_ = cam.Close()
		sibling, found := captureSibling(v.path)
		if !found {
			return nil, "", fault.New(fault.Unsupported, "open camera", "no capture device", nil)
		}
		cam, caps, err = openNode(sibling)
		if err == nil && !caps.captures() {
			_ = cam.Close()
			return nil, "", fault.New(fault.Unsupported, "open camera", "no capture device", nil)
		}
	}
	if err != nil {
		return nil, "", err
	}
	return cam, strings.TrimRight(string(caps.Card[:]), "\x00"), nil
}

func openNode(path string) (*webcam.Webcam, capability, error) {
	// The lock keeps a program from being started between opening and marking.
	syscall.ForkLock.RLock()
	cam, err := webcam.Open(path)
	if err == nil {
		unix.CloseOnExec(descriptor(cam))
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, capability{}, openFault(err)
	}
	var caps capability
	if err := ioctl(descriptor(cam), vidiocQueryCap, unsafe.Pointer(&caps)); err != nil {
		_ = cam.Close()
		return nil, capability{}, openFault(err)
	}
	return cam, caps, nil
}

// captureSibling finds another node of the same device that captures: beside a
// camera's there is one for metadata, and which has the lower number is chance.
func captureSibling(path string) (string, bool) {
	node, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", false
	}
	const class = "/sys/class/video4linux"
	device, err := filepath.EvalSymlinks(filepath.Join(class, filepath.Base(node), "device"))
	if err != nil {
		return "", false
	}
	others, err := os.ReadDir(class)
	if err != nil {
		return "", false
	}
	for _, o := range others {
		at, err := filepath.EvalSymlinks(filepath.Join(class, o.Name(), "device"))
		if err != nil || at != device || o.Name() == filepath.Base(node) || !strings.HasPrefix(o.Name(), "video") {
			continue
		}
		sibling := filepath.Join("/dev", o.Name())
		if cam, caps, err := openNode(sibling); err == nil {
			_ = cam.Close()
			if caps.captures() {
				return sibling, true
			}
		}
	}
	return "", false
}

// setUp chooses format, size and rate and checks what came of it.
func (v *v4l2) setUp(cam *webcam.Webcam) (form, error) {
	have := cam.GetSupportedFormats()
	var want webcam.PixelFormat
	for _, f := range []webcam.PixelFormat{fourMJPG, fourJPEG, fourYUYV} {
		if _, ok := have[f]; ok {
			want = f
			break
		}
	}
	if want == 0 {
		return form{}, fault.New(fault.Unsupported, "set format", "neither MJPG nor YUYV", nil)
	}
	if _, _, _, err := cam.SetImageFormat(want, uint32(v.width), uint32(v.height)); err != nil {
		return form{}, setFault("set format", err)
	}
	got := format{Type: bufCapture}
	if err := ioctl(descriptor(cam), vidiocGetFormat, unsafe.Pointer(&got)); err != nil {
		return form{}, setFault("get format", err)
	}
	if webcam.PixelFormat(got.pix().Pixel) != want {
		return form{}, fault.New(fault.Unsupported, "set format", "the device chose another", nil)
	}
	pix := got.pix()
	f := form{format: FormatJPEG, width: int(pix.Width), height: int(pix.Height), stride: int(pix.BytesPerLine)}
	if f.width < minWidth || f.height < minHeight {
		return form{}, fault.New(fault.WrongSize, "set format", fmt.Sprintf("%d × %d", f.width, f.height), nil)
	}
	if want == fourYUYV {
		f.format = FormatYUYV
		f.stride = max(f.stride, 2*f.width)
	}
	// Neither is worth refusing a camera for.
	if err := cam.SetFramerate(wantRate); err != nil {
		v.log.Debug("camera keeps its own rate", "err", err)
	}
	if c, ok := cam.GetControls()[powerLine]; ok && c.Min <= fifty && fifty <= c.Max {
		if err := cam.SetControl(powerLine, fifty); err != nil {
			v.log.Debug("camera keeps its own power line frequency", "err", err)
		}
	}
	if err := cam.SetBufferCount(buffers); err != nil {
		return form{}, setFault("buffers", err)
	}
	return f, nil
}

// form is what the device agreed to.
type form struct {
	format        Format
	width, height int
	stride        int // bytes a line of YUYV
}

// stream takes frames until the device or ctx ends it. That nothing comes is
// for the caller's clock.
func stream(ctx context.Context, cam *webcam.Webcam, f form, put func(raw)) error {
	fds := []unix.PollFd{{Fd: int32(descriptor(cam)), Events: unix.POLLIN}}
	var buf []byte
	settle, again := settleCount, firstAgain
	for ctx.Err() == nil {
		n, err := unix.Poll(fds, int(pollStep/time.Millisecond))
		switch {
		case errors.Is(err, unix.EINTR) || err == nil && n == 0:
			continue
		case err != nil:
			return fault.New(fault.Absent, "wait for frame", "", err)
		}
		buf, err = take(cam, buf)
		switch {
		case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR), errors.Is(err, unix.EIO):
			// EIO: the sensor lost its signal for a frame, the stream goes on.
			if err := pause(ctx, again); err != nil {
				return err
			}
			again = min(2*again, lastAgain)
			continue
		case errors.Is(err, unix.EINVAL), errors.Is(err, unix.EPIPE):
			return fault.New(fault.Device, "take frame", "stream stopped", err)
		case err != nil:
			return fault.New(fault.Absent, "take frame", "", err)
		}
		again = firstAgain
		if settle > 0 {
			settle--
			continue
		}
		put(raw{format: f.format, width: f.width, height: f.height, data: f.packed(buf)})
		clear(buf)
	}
	return fault.New(fault.Closed, "camera stream", "", ctx.Err())
}

// packed takes the padding out of YUYV lines; short frames become empty.
func (f form) packed(buf []byte) []byte {
	if f.format != FormatYUYV {
		return buf
	}
	line := 2 * f.width
	if len(buf) < f.stride*(f.height-1)+line {
		return nil
	}
	if f.stride > line {
		for y := 1; y < f.height; y++ {
			copy(buf[y*line:(y+1)*line], buf[y*f.stride:])
		}
	}
	return buf[:line*f.height]
}

// take copies one frame out of the driver's memory.
func take(cam *webcam.Webcam, buf []byte) (out []byte, err error) {
	defer func() {
		if r := recover(); r != nil { // a driver's length beyond its buffer
			out, err = buf[:0], fault.New(fault.Device, "take frame", "impossible length", nil)
		}
	}()
	data, index, err := cam.GetFrame()
	if err != nil {
		return buf[:0], err
	}
	out = append(buf[:0], data...)
	return out, cam.ReleaseFrame(index)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fault.New(fault.Closed, "camera stream", "", ctx.Err())
	}
}

// descriptor reads the library's own. A test holds that it is still there.
func descriptor(cam *webcam.Webcam) int {
	return int(reflect.ValueOf(cam).Elem().FieldByName("fd").Uint())
}

// releaseMaps unmaps what a failed StartStreaming left mapped. With a stream
// that runs, Close does it.
func releaseMaps(cam *webcam.Webcam) {
	w := reflect.ValueOf(cam).Elem()
	if w.FieldByName("streaming").Bool() {
		return
	}
	maps := w.FieldByName("buffers")
	for i := range maps.Len() {
		if m := maps.Index(i); m.Len() > 0 {
			_ = unix.Munmap(unsafe.Slice((*byte)(m.UnsafePointer()), m.Len())) // EINVAL: already unmapped
		}
	}
}

func openFault(err error) error {
	const op = "open camera"
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return fault.New(fault.Absent, op, "", err)
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return fault.New(fault.Denied, op, "", err)
	case errors.Is(err, unix.EBUSY):
		return fault.New(fault.Busy, op, "", err)
	default: // ENOTTY of a file that is no video device; the library's own words
		return fault.New(fault.Unsupported, op, "", err)
	}
}

func setFault(op string, err error) error {
	switch {
	case errors.Is(err, unix.EBUSY):
		return fault.New(fault.Busy, op, "", err)
	case errors.Is(err, unix.ENODEV):
		return fault.New(fault.Absent, op, "", err)
	default:
		return fault.New(fault.Device, op, "", err)
	}
}

// startFault reads the cause out of the library's text.
func startFault(err error) error {
	const op = "start camera"
	for cause, word := range map[syscall.Errno]*fault.Word{unix.EBUSY: fault.Busy, unix.ENODEV: fault.Absent} {
		if strings.HasSuffix(err.Error(), cause.Error()) {
			return fault.New(word, op, "", err)
		}
	}
	return fault.New(fault.Device, op, "", err)
}
