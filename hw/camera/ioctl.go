package camera

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The part of videodev2.h that blackjack/webcam does not hand out.

const bufCapture uint32 = 1

type capability struct {
	Driver       [16]byte
	Card         [32]byte
	Bus          [32]byte
	Version      uint32
	Capabilities uint32 // of the whole device
	DeviceCaps   uint32 // of this node, if Capabilities has the top bit
	_            [3]uint32
}

// captures says whether this node gives pictures by streaming.
func (c capability) captures() bool {
	const capture, streaming, nodeCaps = 0x00000001, 0x04000000, 0x80000000
	own := c.Capabilities
	if own&nodeCaps != 0 {
		own = c.DeviceCaps
	}
	return own&capture != 0 && own&streaming != 0
}

// format is v4l2_format: the union is aligned like a pointer.
type format struct {
	Type uint32
	body struct {
		data [200 - unsafe.Sizeof(uintptr(0))]byte
		_    unsafe.Pointer
	}
}

type pixFormat struct {
	Width, Height, Pixel, Field, BytesPerLine, SizeImage uint32
}

func (f *format) pix() pixFormat {
	return *(*pixFormat)(unsafe.Pointer(&f.body))
}

// _IOR and _IOWR of asm-generic/ioctl.h.
var (
	vidiocQueryCap  = 2<<30 | unsafe.Sizeof(capability{})<<16 | 'V'<<8
	vidiocGetFormat = 3<<30 | unsafe.Sizeof(format{})<<16 | 'V'<<8 | 4
)

func ioctl(fd int, op uintptr, arg unsafe.Pointer) error {
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), op, uintptr(arg)); e != 0 {
		return e
	}
	return nil
}
