package console

import (
	"html/template"

	"zhunkao/protocol/sheet/qr"
)

// QR is a code to be scanned from the page; the zero value draws none.
type QR struct{ code *qr.Code }

// DrawQR makes the code of a text.
func DrawQR(text string) (QR, error) {
	code, err := qr.Encode(text, qr.M)
	return QR{code}, err
}

// SVG is the code as the page holds it.
func (q QR) SVG(label string) template.HTML {
	if q.code == nil {
		return ""
	}
	return template.HTML(q.code.SVG(label)) // numbers, and a label that is escaped there
}
