package camera

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"log/slog"
	"time"

	"zhunkao/hw/fault"
)

// Frame is one picture of the camera. It stays valid as long as it is kept;
// its bytes must not be changed.
type Frame struct {
	Sequence      uint64    // counts sound frames since New, from 1
	At            time.Time // when it arrived
	Format        Format
	Width, Height int // pixels
	data          []byte
}

// JPEG gives the frame as a JPEG a browser can show. The bytes belong to the
// frame when it came as JPEG; do not change them.
func (f Frame) JPEG() ([]byte, error) {
	if f.Format == FormatJPEG {
		return f.data, nil
	}
	img, err := f.Image()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 92}); err != nil {
		return nil, fault.New(fault.Device, "encode frame", "", err)
	}
	return b.Bytes(), nil
}

// Image decodes the frame. fault.Line for one that cannot be decoded.
func (f Frame) Image() (image.Image, error) {
	switch f.Format {
	case FormatJPEG:
		img, err := jpeg.Decode(bytes.NewReader(f.data))
		if err != nil {
			return nil, fault.New(fault.Line, "decode frame", "", err)
		}
		return img, nil
	case FormatYUYV:
		return yuyvImage(f.data, f.Width, f.Height)
	default:
		return nil, fault.New(fault.Line, "decode frame", "no frame", nil)
	}
}

// yuyvImage copies packed 4:2:2 into planes.
func yuyvImage(data []byte, width, height int) (*image.YCbCr, error) {
	if width <= 0 || height <= 0 || width%2 != 0 || len(data) < width*height*2 {
		return nil, fault.New(fault.Line, "decode frame", "short YUYV frame", nil)
	}
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio422)
	for y := range height {
		row := data[y*width*2 : (y+1)*width*2]
		luma, cb, cr := img.Y[y*img.YStride:], img.Cb[y*img.CStride:], img.Cr[y*img.CStride:]
		for i := 0; i < width/2; i++ {
			q := row[4*i : 4*i+4 : 4*i+4]
			luma[2*i], cb[i], luma[2*i+1], cr[i] = full(q[0]), chroma(q[1]), full(q[2]), chroma(q[3])
		}
	}
	return img, nil
}

// V4L2's YUYV has the limited range of BT.601 (16–235, 16–240); Go's YCbCr is
// full range, as in JFIF. Without this black is grey and white is too dark.
func full(v byte) byte {
	return clamp8((int(v) - 16) * 255 / 219)
}

func chroma(v byte) byte {
	return clamp8((int(v)-128)*255/224 + 128)
}

func clamp8(v int) byte {
	return byte(min(max(v, 0), 255))
}

// String keeps the picture out of what is printed.
func (f Frame) String() string {
	return fmt.Sprintf("frame %d, %v %d × %d", f.Sequence, f.Format, f.Width, f.Height)
}

// GoString is for %#v.
func (f Frame) GoString() string { return f.String() }

// LogValue keeps it out of the log.
func (f Frame) LogValue() slog.Value { return slog.StringValue(f.String()) }

// String keeps the pictures out of what is printed.
func (s Shot) String() string { return fmt.Sprintf("shot with %d findings", len(s.Report.Findings)) }

// GoString is for %#v.
func (s Shot) GoString() string { return s.String() }

// LogValue keeps them out of the log.
func (s Shot) LogValue() slog.Value { return slog.StringValue(s.String()) }
