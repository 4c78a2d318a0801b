package main

import (
	"context"
	"fmt"
	"io"
	"sort"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/panel"
)

const exitNothing = 2 // the device works, and what was asked for did not come

// panelCmd is "hwcheck panel".
type panelCmd struct {
	Port    string        `xor:"where" required:"" help:"Serial port of the Modbus board, wired as ours. Modbus 板的串口，按本机接法。"`
	Wiring  string        `xor:"where" required:"" type:"existingfile" help:"Wiring file of the box. 接线文件。"`
	JSON    bool          `name:"json" help:"Print one JSON object. 输出一个 JSON 对象。"`
	Timeout time.Duration `default:"15s" help:"How long to wait for every button and contact. 等按钮和门磁动作的时间。"`
	Lamps   bool          `help:"Only light each lamp for a second; wait for no button. 只依次点亮指示灯。"`
	Verbose bool          `short:"v" help:"Show each event on standard error. 显示每个事件。"`
}

// panelReport is the JSON object. Its names are a contract.
type panelReport struct {
	Ready    bool            `json:"ready"`
	Lamps    []string        `json:"lamps"`    // wired, and lit one after the other
	Buttons  map[string]bool `json:"buttons"`  // wired: pressed and let go while we looked
	Contacts map[string]bool `json:"contacts"` // wired: opened or closed while we looked
	Open     []string        `json:"open"`     // contacts that stand open at the end
}

func (c *panelCmd) run(ctx context.Context, out, errs io.Writer) int {
	wiring := panel.Modbus(c.Port)
	if c.Wiring != "" {
		w, err := panel.ReadWiring(c.Wiring)
		if err != nil {
			say(errs, "wiring", err)
			return exitUsage
		}
		wiring = w
	}
	p, err := panel.New(panel.Options{Wiring: wiring, Log: logTo(errs, c.Verbose)})
	if err != nil {
		say(errs, "wiring", err)
		return exitUsage
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = p.Run(ctx) // returns only ctx's error
	}()
	s := newPanelSession(c, p, wiring, errs)
	code, key, trouble := s.watch(ctx)
	cancel()
	<-done // the lamps are off by now
	if s.report.Ready {
		if err := s.show(out, c.JSON); err != nil {
			fmt.Fprintln(errs, err)
			return exitUsage
		}
	}
	say(errs, key, trouble)
	return code
}

// panelSession is what was seen so far.
type panelSession struct {
	*panelCmd
	panel  *panel.Panel
	errs   io.Writer
	report panelReport
	down   map[string]bool
	open   map[string]bool
}

func newPanelSession(c *panelCmd, p *panel.Panel, w panel.Wiring, errs io.Writer) *panelSession {
	s := &panelSession{panelCmd: c, panel: p, errs: errs, down: map[string]bool{}, open: map[string]bool{},
		report: panelReport{Lamps: []string{}, Buttons: map[string]bool{}, Contacts: map[string]bool{}, Open: []string{}}}
	for l := range w.Lamps {
		s.report.Lamps = append(s.report.Lamps, string(l))
	}
	sort.Strings(s.report.Lamps)
	for b := range w.Buttons {
		s.report.Buttons[string(b)] = false
	}
	for k := range w.Contacts {
		s.report.Contacts[string(k)] = false
	}
	return s
}

// watch lights the lamps in turn, again and again, and follows the events until
// every button and contact was seen or the time is over.
func (s *panelSession) watch(ctx context.Context) (code int, key string, err error) {
	end := time.NewTimer(s.Timeout)
	defer end.Stop()
	turn := time.NewTicker(time.Second)
	defer turn.Stop()
	step := 0
	for {
		select {
		case <-ctx.Done():
			return exitUsage, "stopped", nil
		case <-end.C:
			if !s.report.Ready {
				return exitLine, "panel silent", nil
			}
			return exitNothing, "panel missed", nil
		case <-turn.C:
			if !s.report.Ready {
				continue
			}
			step++
			s.light(step)
			if s.Lamps && step > len(s.report.Lamps) {
				return exitRead, "panel lamps", nil
			}
		case e := <-s.panel.Events():
			if lost, ok := e.(panel.Lost); ok {
				return panelVerdict(lost.Err)
			}
			s.note(e)
			if !s.Lamps && s.complete() {
				return exitRead, "panel good", nil
			}
		}
	}
}

// light lights the lamp whose turn it is, counting from 1, and no other.
func (s *panelSession) light(step int) {
	for i, l := range s.report.Lamps {
		pattern := panel.Off
		if i == (step-1)%len(s.report.Lamps) {
			pattern = panel.On
		}
		s.panel.Set(panel.Lamp(l), pattern)
	}
}

func (s *panelSession) note(e panel.Event) {
	switch e := e.(type) {
	case panel.Ready:
		s.report.Ready = true
		for c, open := range e.Open {
			s.open[string(c)] = open
		}
		say(s.errs, "panel ready", nil)
		s.light(1)
	case panel.Pressed:
		s.down[string(e.Button)] = true
	case panel.Released:
		if s.down[string(e.Button)] {
			s.report.Buttons[string(e.Button)] = true
		}
	case panel.Opened:
		s.open[string(e.Contact)] = true
		s.report.Contacts[string(e.Contact)] = s.report.Contacts[string(e.Contact)] || !e.AtStart
	case panel.Closed:
		s.open[string(e.Contact)] = false
		s.report.Contacts[string(e.Contact)] = true
	}
}

// complete says whether everything was seen and all contacts are closed again.
func (s *panelSession) complete() bool {
	for _, seen := range s.report.Buttons {
		if !seen {
			return false
		}
	}
	for name, seen := range s.report.Contacts {
		if !seen || s.open[name] {
			return false
		}
	}
	return s.report.Ready
}

// panelVerdict is the exit code and the sentence for a board that was lost.
func panelVerdict(err error) (int, string, error) {
	code := exitLine
	if fault.ClassOf(err) != fault.ClassLine {
		code = exitReader
	}
	switch fault.WordOf(err) {
	case fault.Absent:
		return code, "panel absent", err
	case fault.Busy:
		return code, "panel busy", err
	case fault.Denied:
		return code, "panel denied", err
	case fault.Timeout:
		return code, "panel silent", err
	case fault.Line:
		return code, "noise", err
	}
	return code, "panel unable", err
}

func (s *panelSession) show(w io.Writer, asJSON bool) error {
	for name, open := range s.open {
		if open {
			s.report.Open = append(s.report.Open, name)
		}
	}
	sort.Strings(s.report.Open)
	if asJSON {
		return writeJSON(w, s.report)
	}
	mark := map[bool]string{true: "✓", false: "–"}
	for _, l := range s.report.Lamps {
		fmt.Fprintf(w, "灯 lamp %s\n", l)
	}
	for _, kind := range []struct {
		word string
		seen map[string]bool
	}{{"按钮 button", s.report.Buttons}, {"触点 contact", s.report.Contacts}} {
		names := make([]string, 0, len(kind.seen))
		for n := range kind.seen {
			names = append(names, n)
		}
		sort.Strings(names)
		for _, n := range names {
			fmt.Fprintf(w, "%s %s %s\n", mark[kind.seen[n]], kind.word, n)
		}
	}
	_, err := fmt.Fprintf(w, "开着 open: %v\n", s.report.Open)
	return err
}
