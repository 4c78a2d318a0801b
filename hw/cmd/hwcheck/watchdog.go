package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/watchdog"
)

// watchdogCmd is "hwcheck watchdog".
type watchdogCmd struct {
	Path    string        `default:"/dev/watchdog" help:"The device. 看门狗设备。"`
	Feed    time.Duration `help:"Arm it, feed it so long and stop it again. 启动、喂这么久、再停掉。"`
	Timeout time.Duration `default:"30s" help:"With --feed: the timeout to ask of it. 要它设的超时。"`
	JSON    bool          `name:"json" help:"Print one JSON object. 输出一个 JSON 对象。"`
}

// watchdogReport is the JSON object. Its names are a contract.
type watchdogReport struct {
	Identity string `json:"identity"`
	Timeout  int    `json:"timeout_s"` // 0 if not told
	Active   bool   `json:"active"`    // somebody had armed it when we looked
	NoWayOut bool   `json:"nowayout"`  // it cannot be stopped again
	Cause    string `json:"cause"`     // why the machine started last
	Fed      bool   `json:"fed"`
}

func (c *watchdogCmd) run(ctx context.Context, out, errs io.Writer) int {
	report, key, err := c.look()
	if err == nil && c.Feed > 0 {
		key, err = c.feed(ctx, &report)
	}
	code := exitRead
	switch {
	case errors.Is(err, context.Canceled):
		say(errs, "stopped", nil)
		return exitUsage
	case err != nil && fault.ClassOf(err) == fault.ClassLine:
		code = exitLine
	case err != nil:
		code = exitReader
	default:
		if err := c.show(out, report); err != nil {
			fmt.Fprintln(errs, err)
			return exitUsage
		}
	}
	say(errs, key, err)
	return code
}

// look asks what the kernel tells without arming the device.
func (c *watchdogCmd) look() (watchdogReport, string, error) {
	s, err := watchdog.ReadState(filepath.Base(c.Path))
	if errors.Is(err, fault.Unsupported) && c.Feed > 0 {
		return watchdogReport{}, "", nil // an old kernel; feeding will tell
	}
	if err != nil {
		return watchdogReport{}, watchdogKey(err), err
	}
	return watchdogReport{Identity: s.Identity, Timeout: int(s.Timeout / time.Second), Active: s.Active,
		NoWayOut: s.NoWayOut, Cause: s.Cause.String()}, "dog seen", nil
}

// feed arms it, feeds it and stops it in order.
func (c *watchdogCmd) feed(ctx context.Context, r *watchdogReport) (string, error) {
	if r.NoWayOut {
		err := fault.New(fault.Unsupported, "feed "+c.Path, "nowayout", nil)
		return "dog no way out", err
	}
	w, err := watchdog.New(watchdog.Options{Path: c.Path, Timeout: c.Timeout, Loops: map[string]time.Duration{"probe": c.Feed + time.Minute}})
	if err != nil {
		return watchdogKey(err), err
	}
	info := w.Info()
	r.Identity, r.Timeout, r.Cause = info.Identity, int(info.Timeout/time.Second), info.Cause.String()
	within, cancel := context.WithTimeout(ctx, c.Feed)
	defer cancel()
	_ = w.Run(within) // returns only the context's error
	err = w.Close()
	for len(w.Events()) > 0 {
		if f, ok := (<-w.Events()).(watchdog.Failed); ok {
			err = errors.Join(err, f.Err)
		}
	}
	if err != nil {
		return "dog broken", err
	}
	r.Fed = true
	return "dog fed", ctx.Err()
}

func watchdogKey(err error) string {
	switch {
	case errors.Is(err, watchdog.ErrTwoFeeders), errors.Is(err, fault.Busy):
		return "dog held"
	case errors.Is(err, fault.Denied):
		return "dog denied"
	case errors.Is(err, fault.Unsupported):
		return "dog untold"
	}
	return "dog absent"
}

func (c *watchdogCmd) show(w io.Writer, r watchdogReport) error {
	if c.JSON {
		return writeJSON(w, r)
	}
	_, err := fmt.Fprintf(w, "看门狗 identity: %s\n超时 timeout: %d s\n已启动 active: %v\n停不掉 nowayout: %v\n上次启动原因 cause: %s\n喂过 fed: %v\n",
		r.Identity, r.Timeout, r.Active, r.NoWayOut, r.Cause, r.Fed)
	return err
}
