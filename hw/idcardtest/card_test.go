package idcardtest_test

import (
	"testing"

	"zhunkao/hw/idcardtest"
)

func TestMakeNumber(t *testing.T) {
	// The worked example of GB 11643-1999, annex A.
	for _, c := range [][4]string{{"110105", "19491231", "002", "11010519491231002X"}, {"440524", "18800101", "001", "440524188001010014"}} {
		got, err := idcardtest.MakeNumber(c[0], c[1], c[2])
		if err != nil || got != c[3] {
			t.Errorf("got %s, %v; want %s", got, err, c[3])
		}
	}
	for _, bad := range [][3]string{{"11010", "20050617", "001"}, {"11010x", "20050617", "001"}} {
		if got, err := idcardtest.MakeNumber(bad[0], bad[1], bad[2]); err == nil {
			t.Errorf("%v: got %s, want an error", bad, got)
		}
	}
}
