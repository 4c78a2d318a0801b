package sheet_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/sheet"
)

// TestSealedProcess: what is known of a sealed record decides each mark of its
// sheet.
func TestSealedProcess(t *testing.T) {
	at := time.Date(2019, 9, 6, 2, 31, 59, 999e6, time.UTC)
	later := at.Add(26 * time.Hour)
	camp := campaign.Adult2019()
	whole := sheet.Sealed{Application: form.Application{SequenceNumber: "19430104340217", Fields: form.Fields{form.FullName: "向晓兰"},
		Choices: []form.Choice{{Order: 1, Level: "3"}}}, Photo: []byte("jpeg"), At: at, Office: "岳麓区第 1 报名确认点"}
	for name, c := range map[string]struct {
		change func(*sheet.Sealed)
		camp   func(*campaign.Campaign)
		copy   int
		want   string
	}{
		"the original":    {nil, nil, 1, "[same] at 02:31:59 , no mark, copy 1 printed 02:31:59, fee 17000"},
		"a second copy":   {nil, nil, 2, "[same] at 02:31:59 , 补打, copy 2 printed 04:31:59, fee 17000"},
		"left to a clerk": {func(s *sheet.Sealed) { s.ForClerk = true }, nil, 1, "[differs] at 02:31:59 , no mark, copy 1 printed 02:31:59, fee 17000"},
		"a clock nobody vouches for": {func(s *sheet.Sealed) { s.Undecidable = true }, nil, 1,
			"[same] at 02:31:59 " + sheet.TimePending + ", no mark, copy 1 printed 02:31:59, fee 17000"},
		"that, in a campaign without the step": {func(s *sheet.Sealed) { s.Undecidable = true }, func(c *campaign.Campaign) { c.Process.Steps = c.Process.Steps[1:] }, 1,
			"[] at 00:00:00 " + sheet.TimePending + ", no mark, copy 1 printed 02:31:59, fee 17000"},
		"no photo":              {func(s *sheet.Sealed) { s.Photo = nil }, nil, 1, "[same] at 02:31:59 , no mark, copy 1 printed 02:31:59, fee 17000, no photo"},
		"of a demonstration":    {func(s *sheet.Sealed) { s.Specimen = true }, nil, 3, "[same] at 02:31:59 , 补打 样张, copy 3 printed 04:31:59, fee 17000"},
		"a level without a fee": {func(s *sheet.Sealed) { s.Application.Choices = nil }, nil, 1, "[same] at 02:31:59 , no mark, copy 1 printed 02:31:59, fee -1"},
	} {
		t.Run(name, func(t *testing.T) {
			s, k := whole, camp
			if c.change != nil {
				c.change(&s)
			}
			if c.camp != nil {
				k.Process.Steps = slices.Clone(k.Process.Steps)
				c.camp(&k)
			}
			if got := told(s.Process(k, c.copy, later)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	if text := fmt.Sprintf("%v %+v %#v %s", whole, whole, whole, whole); strings.Contains(text, "向晓兰") {
		t.Errorf("it prints a name: %s", text)
	}
}

// told is what the filling has decided, on one line.
func told(p sheet.ProcessSheet) string {
	step := sheet.StepDone{}
	if len(p.Steps) > 0 {
		step = p.Steps[0]
	}
	marks := strings.Trim(fmt.Sprint(p.Marks), "[]")
	if marks == "" {
		marks = "no mark"
	}
	out := fmt.Sprintf("%v at %s %s, %s, copy %d printed %s, fee %d", step.Results, step.At.Format("15:04:05"), step.Remark, marks, p.Copy, p.Printed.Format("15:04:05"), p.FeeFen)
	if p.NoPhoto != "" {
		out += ", no photo"
	}
	return out
}

// TestTheOriginalIsOne: whoever prints copy 1, and whenever, prints one document.
func TestTheOriginalIsOne(t *testing.T) {
	fonts, err := sheet.OpenFonts("")
	if err != nil {
		t.Fatal(err)
	}
	camp := campaign.Adult2019()
	s := sheet.Sealed{Application: form.Application{Fields: form.Fields{form.FullName: "王芳"}}, At: time.Date(2019, 9, 6, 2, 31, 0, 0, time.UTC), Office: "岳麓区第 1 报名确认点"}
	pdf := func(n int, printed time.Time) []byte {
		doc, err := s.Process(camp, n, printed).Layout(fonts, camp)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := doc.PDF(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	if !bytes.Equal(pdf(1, s.At), pdf(1, s.At.AddDate(0, 1, 0))) {
		t.Error("the original of another day is another document")
	}
	if bytes.Equal(pdf(1, s.At), pdf(2, s.At)) {
		t.Error("a reprint is not marked")
	}
}
