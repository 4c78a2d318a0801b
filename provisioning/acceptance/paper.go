package acceptance

import (
	"context"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
)

// Checked is everything that one look at a machine gave.
type Checked struct {
	Kit     campaign.Kit
	Facts   Facts
	Lines   []Line
	Name    string // of the office; "": written by hand
	Program string // which program looked, and its version
	At      time.Time
}

// Check probes the machine and holds it against the kit.
func Check(ctx context.Context, kit campaign.Kit, o Options) Checked {
	f := Probe(ctx, o)
	return Checked{Kit: kit, Facts: f, Lines: Compare(kit, f), At: time.Now()}
}

// Sheet is the paper that technician and head of office sign. It is in Chinese.
func (c Checked) Sheet() sheet.Acceptance {
	a := sheet.Acceptance{
		Office: c.Kit.Zh, Name: c.Name, Source: c.Kit.Source, Machine: c.Facts.Machine, CPU: c.Facts.CPU, System: c.Facts.System,
		Program: c.Program, Verdict: verdicts[Verdict(c.Lines)], Printed: c.At,
	}
	for _, l := range c.Lines {
		a.Lines = append(a.Lines, sheet.AcceptanceLine{Item: l.Item.Zh, Want: l.Want.Zh, Found: l.Have.Zh, Remedy: l.Remedy.Zh, Verdict: verdicts[l.State]})
	}
	return a
}

// verdicts are the states as the sheet has them.
var verdicts = map[State]sheet.Verdict{Pass: sheet.VerdictPass, Fail: sheet.VerdictFail, Ask: sheet.VerdictAsk, Skip: sheet.VerdictSpare}
