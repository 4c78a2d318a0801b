package printer_test

import (
	"testing"

	"zhunkao/hw/printer"
)

func TestReasons(t *testing.T) {
	for said, want := range map[string]printer.Reason{
		"media-empty":                         {Keyword: "media-empty", Severity: printer.Error, Need: printer.NeedPaper}, // no suffix is error
		"media-empty-error":                   {Keyword: "media-empty", Severity: printer.Error, Need: printer.NeedPaper},
		"media-empty-warning":                 {Keyword: "media-empty", Severity: printer.Warning, Need: printer.NeedPaperSoon},
		"media-empty-report":                  {Keyword: "media-empty", Severity: printer.Report, Need: printer.NeedPaperSoon},
		"media-needed":                        {Keyword: "media-needed", Severity: printer.Error, Need: printer.NeedPaper},
		"input-tray-missing":                  {Keyword: "input-tray-missing", Severity: printer.Error, Need: printer.NeedPaper},
		"media-low":                           {Keyword: "media-low", Severity: printer.Error, Need: printer.NeedPaperSoon},
		"media-jam-error":                     {Keyword: "media-jam", Severity: printer.Error, Need: printer.NeedJam},
		"media-path-input-feed-error":         {Keyword: "media-path-input-feed-error", Severity: printer.Error, Need: printer.NeedJam},
		"media-path-input-feed-error-warning": {Keyword: "media-path-input-feed-error", Severity: printer.Warning, Need: printer.NeedJam},
		"media-path-input-feed-error-error":   {Keyword: "media-path-input-feed-error", Severity: printer.Error, Need: printer.NeedJam},
		"cover-open":                          {Keyword: "cover-open", Severity: printer.Error, Need: printer.NeedCover},
		"door-open-error":                     {Keyword: "door-open", Severity: printer.Error, Need: printer.NeedCover},
		"interlock-open":                      {Keyword: "interlock-open", Severity: printer.Error, Need: printer.NeedCover},
		"fuser-cover-open":                    {Keyword: "fuser-cover-open", Severity: printer.Error, Need: printer.NeedCover},
		"toner-low":                           {Keyword: "toner-low", Severity: printer.Error, Need: printer.NeedTonerSoon}, // a warning however it is put
		"marker-supply-low-warning":           {Keyword: "marker-supply-low", Severity: printer.Warning, Need: printer.NeedTonerSoon},
		"toner-empty":                         {Keyword: "toner-empty", Severity: printer.Error, Need: printer.NeedToner},
		"marker-supply-empty-error":           {Keyword: "marker-supply-empty", Severity: printer.Error, Need: printer.NeedToner},
		"output-tray-full":                    {Keyword: "output-tray-full", Severity: printer.Error, Need: printer.NeedOutput},
		"output-area-full":                    {Keyword: "output-area-full", Severity: printer.Error, Need: printer.NeedOutput},
		"marker-waste-full":                   {Keyword: "marker-waste-full", Severity: printer.Error, Need: printer.NeedWaste},
		"marker-waste-almost-full-report":     {Keyword: "marker-waste-almost-full", Severity: printer.Report, Need: printer.NeedWasteSoon},
		"paused":                              {Keyword: "paused", Severity: printer.Error, Need: printer.NeedResume},
		"paused-report":                       {Keyword: "paused", Severity: printer.Report, Need: printer.NeedResume},
		"moving-to-paused":                    {Keyword: "moving-to-paused", Severity: printer.Error, Need: printer.NeedResume},
		"stopping":                            {Keyword: "stopping", Severity: printer.Error, Need: printer.NeedWait},
		"spool-area-full":                     {Keyword: "spool-area-full", Severity: printer.Error, Need: printer.NeedWait},
		"spool-area-full-report":              {Keyword: "spool-area-full", Severity: printer.Report},
		"connecting-to-device":                {Keyword: "connecting-to-device", Severity: printer.Error, Need: printer.NeedLine},
		"timed-out":                           {Keyword: "timed-out", Severity: printer.Error, Need: printer.NeedLine},
		"other":                               {Keyword: "other", Severity: printer.Error, Need: printer.NeedService},
		"other-error":                         {Keyword: "other", Severity: printer.Error, Need: printer.NeedService},
		"other-warning":                       {Keyword: "other", Severity: printer.Warning, Need: printer.NeedPartSoon},
		"other-report":                        {Keyword: "other", Severity: printer.Report},
		"com.vendor-what":                     {Keyword: "com.vendor-what", Severity: printer.Error, Need: printer.NeedService},
		"com.vendor-what-warning":             {Keyword: "com.vendor-what", Severity: printer.Warning, Need: printer.NeedPartSoon},
		"com.vendor-what-report":              {Keyword: "com.vendor-what", Severity: printer.Report},
		"fuser-over-temp-error":               {Keyword: "fuser-over-temp", Severity: printer.Error, Need: printer.NeedService},
		"opc-near-eol":                        {Keyword: "opc-near-eol", Severity: printer.Error, Need: printer.NeedPartSoon},
		"-error":                              {Keyword: "-error", Severity: printer.Error, Need: printer.NeedService},
		" Media-Empty-Error ":                 {Keyword: "media-empty", Severity: printer.Error, Need: printer.NeedPaper},
	} {
		if got, ok := printer.ParseReason(said); !ok || got != want {
			t.Errorf("%q: got %+v %v, want %+v", said, got, ok, want)
		}
	}
	for _, said := range []string{"", "none", " NONE "} {
		if got, ok := printer.ParseReason(said); ok {
			t.Errorf("%q: got %+v, want nothing", said, got)
		}
	}
}

func TestEveryNeedHasAWord(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range printer.Needs() {
		if w := n.String(); w == "" || w == "none" || seen[w] {
			t.Errorf("need %d has the word %q", n, w)
		}
		seen[n.String()] = true
	}
	if len(seen) < 15 {
		t.Errorf("only %d needs", len(seen))
	}
}

func TestNeedsOfAStatus(t *testing.T) {
	status := func(state printer.State, accepting bool, reasons ...string) printer.Status {
		s := printer.Status{State: state, Accepting: accepting}
		for _, word := range reasons {
			if r, ok := printer.ParseReason(word); ok {
				s.Reasons = append(s.Reasons, r)
			}
		}
		return s
	}
	for name, c := range map[string]struct {
		s           printer.Status
		needs, soon []printer.Need
	}{
		"fine":                      {status(printer.Idle, true, "none"), nil, nil},
		"toner low prints on":       {status(printer.Idle, true, "toner-low-warning", "media-low"), nil, []printer.Need{printer.NeedTonerSoon, printer.NeedPaperSoon}},
		"toner low without suffix":  {status(printer.Idle, true, "toner-low"), nil, []printer.Need{printer.NeedTonerSoon}},
		"second tray empty":         {status(printer.Idle, true, "media-empty-report"), nil, []printer.Need{printer.NeedPaperSoon}},
		"no paper":                  {status(printer.Stopped, true, "media-empty-error"), []printer.Need{printer.NeedPaper}, nil},
		"jam and cover, jam first":  {status(printer.Stopped, true, "cover-open", "media-jam", "toner-low-report"), []printer.Need{printer.NeedJam, printer.NeedCover}, []printer.Need{printer.NeedTonerSoon}},
		"stopped without a word":    {status(printer.Stopped, true, "none"), []printer.Need{printer.NeedService}, nil},
		"stopped, mildly put":       {status(printer.Stopped, true, "media-jam-report"), []printer.Need{printer.NeedJam}, nil},
		"stopped, no paper, mildly": {status(printer.Stopped, true, "media-empty-report"), []printer.Need{printer.NeedPaper}, nil},
		"paused, idle":              {status(printer.Idle, true, "paused-report"), []printer.Need{printer.NeedResume}, nil},
		"takes no jobs":             {status(printer.Idle, false), []printer.Need{printer.NeedAccept}, nil},
		"takes no jobs for a cover": {status(printer.Idle, false, "cover-open-error"), []printer.Need{printer.NeedCover}, nil},
	} {
		if got := c.s.Needs(); !equal(got, c.needs) {
			t.Errorf("%s: needs %v, want %v", name, got, c.needs)
		}
		if got := c.s.Warnings(); !equal(got, c.soon) {
			t.Errorf("%s: warnings %v, want %v", name, got, c.soon)
		}
	}
}

func equal(a, b []printer.Need) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
