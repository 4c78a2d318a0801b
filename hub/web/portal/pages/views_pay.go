package pages

import (
	"errors"
	"html/template"

	"zhunkao/protocol/sheet/qr"
)

// Pay is /ks/pay, and the page of a slip (/ks/p/…): what is to be paid and how that
// stands (demands A41–A43, domain §4). Its states are those of an order and of what
// moved for it; of a slip's order it names nobody. All in words already.
type Pay struct {
	Head, Lead  string
	Tint, Badge string // of the order: "done", "wait", "must", "open"
	Sum         string // yuan; "" where there is nothing to pay
	Sealed      bool   // it is fixed: paid, waived or given back
	Facts       []Fact
	Notices     []StatusNotice
	Moved       []PayMoved // what the channels say moved, where it is not simply the payment

	Ways   []PayWay
	Action string // where the ways are posted; "" while nothing can be paid
	Fault  string // what is wrong with what was chosen
	How    string // what happens then
	Button string
	Calm   bool   // she may have paid: the button does not call for it
	Phone  bool   // she reads it with a telephone: it pays itself, or shows a code for another
	Other  string // the other of the two, "" where there is none

	Ask     string // where to post "I have paid"; "" where there is nothing to ask
	AskText string
	Known   []string // what one must know before paying

	Back, BackText string
	Again          int // seconds until the page asks again by itself; 0 is never
}

// PayWay is a channel to choose. Off says why it cannot be chosen now.
type PayWay struct {
	Channel, Name, Hint, Off string
	Chosen                   bool
}

// PayMoved is one movement, with what becomes of it and by when.
type PayMoved struct {
	Tint, Head, State string
	Texts             []string
}

// PayOffer is the page of one way to pay: a code to scan, or a page of the channel
// to go to. All in words already.
type PayOffer struct {
	Head, Lead string
	Sum        string
	Code       string // text of the code; "" for a page
	Page       string // address of the channel's page
	Fields     []PayField
	Button     string
	Facts      []Fact
	Notes      []string
	Itself     string // that the page looks again by itself; "" when it does not
	Ask        string
	AskText    string
	Back       string
	BackText   string
}

// PayField is what a browser posts to a channel's page.
type PayField struct{ Name, Value string }

// Slip is /ks/slip, and what becomes of a code that opens no order. All in words
// already.
type Slip struct {
	Head, Lead string
	Tint       string // of the notice; "" for none
	Notice     string
	Text       string
	Fault      string // of what was typed
	Form       bool   // a code can be given
	Go, GoText string // where to go on; "" is the first page
}

// errCode says that a code is not one.
var errCode = errors.New("portal pages: no such code")

// drawCode draws a code to be scanned from a screen.
func drawCode(text, label string) (template.HTML, error) {
	if text == "" {
		return "", errCode
	}
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", err
	}
	return template.HTML(c.SVG(label)), nil // numbers, and a label that is escaped there
}
