package paper_test

import (
	"strings"
	"testing"
	"time"

	"zhunkao/hub/paper"
	"zhunkao/provisioning/fonts/fontstest"
)

// TestSeatingRecord: all that somebody needs to recompute an arrangement stands on the
// sheet, with five offices and the longest names too, and nothing is cut.
func TestSeatingRecord(t *testing.T) {
	hash := strings.TrimSpace(strings.Repeat("9c41 ", 16))
	at := time.Date(2019, 10, 11, 9, 30, 0, 0, time.UTC)
	r := paper.SeatingRecord{Campaign: "2019 年成人高校招生", Office: "湖南省教育考试院", Number: 1, State: "已公布", Venue: strings.Repeat("省教育考试院三楼会议室", 4), Frozen: at, People: 287416, Exempt: 318, Areas: 122, Digest: hash, Seed: hash, Root: hash,
		RootCode: strings.ToUpper(strings.ReplaceAll(hash, " ", "")), Rooms: 9831, Full: 9420, Mixed: 87, Seats: 287416, Unmet: 23, Printed: at}
	for range 5 {
		r.Shares = append(r.Shares, paper.SeatingShare{Office: "纪检监察组", By: "阿卜杜热西提·买买提艾力·吐尔逊", Seal: hash, Secret: hash, Sealed: at, Revealed: at})
	}
	file := written(t, layOut(t, r, fontstest.Bundle(t)))
	text := strings.Join(strings.Fields(fontstest.Run(t, "pdftotext", "-raw", file, "-")), " ")
	for _, want := range []string{"编排记录单", "287,416", "9,831", "第 1 次编排", "阿卜杜热西提·买买提艾力·吐尔逊", hash} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on it:\n%s", want, text)
		}
	}
	if got := strings.Count(text, hash); got != 13 {
		t.Errorf("%d hashes, want 13", got)
	}
	r.Shares, r.Base, r.Drawn, r.Kept, r.Moved, r.Fresh, r.Gone = nil, 2, 1, 287301, 83, 32, 6
	text = strings.Join(strings.Fields(fontstest.Run(t, "pdftotext", "-raw", written(t, layOut(t, r, fontstest.Bundle(t))), "-")), " ")
	for _, want := range []string{"由第 2 次更正", "还是第 1 次的", "座位和号码不变 287,301 换座位 83 新排 32 没有座位了 6"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on it:\n%s", want, text)
		}
	}
}
