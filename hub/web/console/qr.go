package console

import (
	"fmt"
	"strings"

	"zhunkao/protocol/sheet/qr"
)

// QR is a code drawn as one path; a module is a unit.
type QR struct {
	Size int // with the quiet zone
	Path string
}

// quiet is the white around a code, in modules.
const quiet = 4

// DrawQR draws a text as a code, each run of black modules a rectangle.
func DrawQR(text string) (QR, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return QR{}, err
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return QR{Size: code.Size + 2*quiet, Path: b.String()}, nil
}
