package opening

import (
	"fmt"
	"strings"
	"time"
)

// head opens the document, whose figures the program writes.
const head = "# The opening hour, rehearsed\n\nWritten by `make rehearse-opening`; nobody types here.\n"

// Report is the document: what was done, the table, and what it says.
type Report struct {
	At      time.Time
	Commit  string
	Machine string
	Drawing string // file name of the drawing
	Limit   float64
	Members int
	Think   time.Duration
	Rounds  []Round
}

// String writes the document.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s · commit %s · %s\n\n", head, r.At.UTC().Format("2006-01-02 15:04 MST"), r.Commit, r.Machine)
	fmt.Fprintf(&b, "Hub and applicants share this machine's cores over loopback, so the figures say how the hub bends, not how much a province's hub can do. "+
		"The limit is what it took when a dozen people did nothing but register, one after the other: **%.3g registrations a second**, every one from the first page to 已提交. "+
		"In each round people come at random moments and stay %s at a page; %d others were signed in before and read their status and save their form all the while.\n\n", r.Limit, r.Think, r.Members)
	fmt.Fprintf(&b, "![How long a page takes at opening](%s)\n\n", r.Drawing)
	b.WriteString("| round | came a second | came | submitted | still on their way | longest line | waited | were told | whose pages | answered | told to wait | too often | median | 95 of 100 | 99 of 100 | slowest | hub |\n")
	b.WriteString("|---|---:|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, x := range r.Rounds {
		for i, k := range kinds {
			f := x.Figures(k)
			first := fmt.Sprintf("%s | %.3g | %d | %d | %d | %d | %s | %s", x.Name, float64(x.Came)/x.Comes.Seconds(), x.Came, x.Finished, x.Left, x.Line, ms(millis(x.Waited)), ms(millis(x.Told)))
			memory := fmt.Sprintf("%.0f MiB", x.Memory)
			if i > 0 {
				first, memory = " | | | | | | | ", ""
			}
			fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %s | %s | %s | %s | %s |\n", first, k, f.Pages, f.Waits, f.Often, ms(f.P50), ms(f.P95), ms(f.P99), ms(f.Most), memory)
		}
	}
	return b.String()
}

func ms(v float64) string {
	switch {
	case v == 0:
		return "—"
	case v >= 1000:
		return fmt.Sprintf("%.1f s", v/1000)
	}
	return fmt.Sprintf("%.0f ms", v)
}
