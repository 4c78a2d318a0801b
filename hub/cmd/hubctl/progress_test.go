package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestProgress: an earlier year is stored whole or not at all, hub running or
// not, and the counters are counted anew.
func TestProgress(t *testing.T) {
	data := made(t)
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("good.csv", "日期,区划代码,报名人数,确认人数\n2018-09-03,430102,10,1\n2018-09-04,430102,20,2\n")
	bad := file("bad.csv", "day,division,registered,confirmed\n2018-09-03,440102,10,1\n2018-13-03,430102,10,1\n")
	want(t, call(t, "", "--data", data, "progress", "import", bad), 2, "row 3: write the day as 2018-09-03 “2018-13-03”")
	want(t, call(t, "", "--data", data, "progress", "import", filepath.Join(dir, "none.csv")), 1, "cannot be read")
	want(t, call(t, "", "--data", data, "progress", "import", good), 0, "Progress of 2018 stored, 2 rows.")
	running(t, data)
	want(t, call(t, "", "--data", data, "--lang", "zh", "progress", "import", good), 1, "请加 --replace")
	want(t, call(t, "", "--data", data, "progress", "import", "--replace", good), 0, "2 rows")
	want(t, call(t, "", "--data", data, "progress", "rebuild"), 0, "Counted anew from entry 1 to")
}
