package camera

// Event is what a Camera tells: one of the types below.
type Event interface{ event() }

// Ready: frames come and the picture is alive. Sent at the start, after each
// recovery, and when the frames change their size.
type Ready struct {
	Name          string // what the device calls itself; empty over HTTP
	Format        Format
	Width, Height int // pixels
}

// Lost: the line to the camera is gone: unplugged, held by another program, no
// frames in time. The Camera goes on trying; Ready follows when it is back.
// Sent once for each loss.
type Lost struct {
	Err error // carries a hw/fault word of ClassLine
}

// Fault: frames come, or the camera answers, and no photo can be made of it.
// The Camera goes on trying; Ready follows when it works again. Sent once for
// each fault.
type Fault struct {
	Err error // fault.Frozen, fault.Black, fault.WrongSize, fault.Device or fault.Unsupported
}

func (Ready) event() {}
func (Lost) event()  {}
func (Fault) event() {}

// Format is how a camera codes its pictures.
type Format uint8

// The formats.
const (
	FormatJPEG Format = iota + 1 // one whole JPEG a frame, repaired
	FormatYUYV                   // 4:2:2, two bytes a pixel, no padding
)

// String gives the format's word for a log line.
func (f Format) String() string {
	switch f {
	case FormatJPEG:
		return "MJPG"
	case FormatYUYV:
		return "YUYV"
	default:
		return "none"
	}
}
