package acceptance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"zhunkao/hw/camera"
	"zhunkao/hw/fault"
	"zhunkao/hw/idcard"
	"zhunkao/protocol/campaign"
)

// Options name the machine's devices as the box's configuration does. What is
// empty is not tried and stays to be asked.
type Options struct {
	Reader  string // port of the ID card reader
	Camera  string // source of the camera
	Printer string // address of the wide printer
	Colour  string // address of the colour printer; "": Printer is asked
	Hub     string // host:port of the hub: what the network is for
	Limit   time.Duration
	Root    string // of the file system; "" is "/"
}

// defaultLimit is how long a device may take to show itself: a reader is asked
// at five speeds, a camera drops its first frames.
const defaultLimit = 15 * time.Second

// Probe looks at this machine and its devices, all at once; it takes at most
// Limit. Devices come in the order of their keys.
func Probe(ctx context.Context, o Options) Facts {
	if o.Limit <= 0 {
		o.Limit = defaultLimit
	}
	if o.Root == "" {
		o.Root = "/"
	}
	ctx, stop := context.WithTimeout(ctx, o.Limit)
	defer stop()
	f := machine(o.Root)
	found := make(chan []Device)
	looks := []func(context.Context, Options) []Device{reader, cameraOf, printersOf, network}
	for _, look := range looks {
		go func() { found <- look(ctx, o) }()
	}
	burner := kernel{o.Root}.burner()
	burner.Key = campaign.DeviceDVD
	f.Devices = append(f.Devices, burner)
	for range looks {
		f.Devices = append(f.Devices, <-found...)
	}
	slices.SortFunc(f.Devices, func(a, b Device) int { return strings.Compare(a.Key, b.Key) })
	return f
}

// quiet: the drivers' own lines are for a box's log; the sheet says what counts.
var quiet = slog.New(slog.DiscardHandler)

// reader waits until the ID card reader has shown itself.
func reader(ctx context.Context, o Options) []Device {
	if o.Reader == "" {
		return nil
	}
	d := Device{Key: campaign.DeviceIDCard, State: Fail}
	r, err := idcard.New(idcard.Options{Port: o.Reader, Log: quiet})
	if err != nil {
		return []Device{failed(d, err)}
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { _ = r.Run(ctx); close(ended) }() // its error is ctx's
	defer func() { stop(); <-ended }()
	last := error(nil)
	for {
		select {
		case <-ctx.Done():
			return []Device{failed(d, last)}
		case e := <-r.Events():
			switch e := e.(type) {
			case idcard.ReaderReady:
				d.State, d.Note, d.En = Pass, "读卡和授权正常", "answers, and is authorised"
				// The first part is the kind of security module, the rest its serial number.
				if kind, _, _ := strings.Cut(e.SAMID, "-"); kind != "" {
					d.Model = "SAM " + kind
				}
				return []Device{d}
			case idcard.ReaderLost:
				last = e.Err
			case idcard.ReaderFault:
				return []Device{failed(d, e.Err)}
			}
		}
	}
}

// steady is how long a camera must give living pictures: its driver needs some
// of them to tell that they are black, and five seconds that nothing moves.
const steady = 6 * time.Second

// cameraOf waits for a live picture, and looks at it for a while.
func cameraOf(ctx context.Context, o Options) []Device {
	if o.Camera == "" {
		return nil
	}
	d := Device{Key: campaign.DeviceCamera, State: Fail}
	c, err := camera.New(camera.Options{Source: o.Camera, Log: quiet})
	if err != nil {
		return []Device{failed(d, err)}
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { _ = c.Run(ctx); close(ended) }() // its error is ctx's
	defer func() { stop(); <-ended }()
	last := error(nil)
	var enough <-chan time.Time // nil while it gives no picture
	for {
		select {
		case <-enough:
			d.State = Pass
			return []Device{d}
		case <-ctx.Done():
			if enough == nil {
				return []Device{failed(d, last)}
			}
			d.State, d.Note, d.En = Ask, d.Note+"，没有看够时间", d.En+", not looked at for long enough"
			return []Device{d}
		case e := <-c.Events():
			switch e := e.(type) {
			case camera.Ready:
				enough, d.Model = time.After(steady), e.Name
				d.Note = fmt.Sprintf("%d×%d", e.Width, e.Height)
				d.En = d.Note
			case camera.Lost:
				enough, last = nil, e.Err
			case camera.Fault:
				enough, last = nil, e.Err
			}
		}
	}
}

// network tries the way to the hub: that is what the plan's broadband is for.
func network(ctx context.Context, o Options) []Device {
	if o.Hub == "" {
		return nil
	}
	d := Device{Key: campaign.DeviceNetwork, State: Fail}
	begin := time.Now()
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", o.Hub)
	if err != nil {
		d.Note, d.En = "连不上省中心", "the hub cannot be reached"
		return []Device{d}
	}
	took := max(time.Since(begin).Milliseconds(), 1)
	_ = c.Close() // nothing was said
	d.State = Pass
	d.Note, d.En = fmt.Sprintf("连到省中心用 %d 毫秒", took), fmt.Sprintf("the hub answers in %d ms", took)
	return []Device{d}
}

// failed puts the fault's word on the device.
func failed(d Device, err error) Device {
	d.State = Fail
	d.Note, d.En = "没有应答", "no answer"
	if w := fault.WordOf(err); w != nil {
		d.En = w.Error()
		if zh, ok := faults[w]; ok {
			d.Note = zh
		}
	} else if err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		d.En = "cannot be opened: check the address"
		d.Note = "打不开，请检查填写的地址"
	}
	return d
}

// faults are the fault words as the sheet has them.
var faults = map[*fault.Word]string{
	fault.Absent: "没有接上", fault.Busy: "被别的程序占用", fault.Denied: "没有权限", fault.Timeout: "没有应答", fault.Line: "线路有干扰",
	fault.Device: "设备故障", fault.Unauthorised: "设备未授权", fault.Unsupported: "设备不支持", fault.Frozen: "画面不动", fault.Black: "画面全黑", fault.WrongSize: "画面太小",
	fault.Attention: "等人处理", fault.Transient: "暂时忙",
}
