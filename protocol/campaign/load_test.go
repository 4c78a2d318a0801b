package campaign

import (
	"strings"
	"testing"
	"testing/fstest"
)

// A folder in which something is read by nobody is refused: it would be a rule
// that everybody believes in and nobody applies.
func TestLoadRefuses(t *testing.T) {
	const head = `{"id":"x","version":1,"day":"2019-09-01","code_tables":[{"name":"sex","file":"sex.csv"}],"exchanges":[{"key":"e"}]}`
	good := func() fstest.MapFS {
		return fstest.MapFS{
			"x/campaign.json": {Data: []byte(head)},
			"x/sex.csv":       {Data: []byte("code,name,status,letter\n1,男,V,M\n")},
			"x/fields.csv": {Data: []byte("key,zh,en,kind,table,max_chars,max_bytes,required,filled,during,group,not_after,named,help,status\n" +
				"XM,姓名,name,name,,50,40,1,candidate,register,person,,1,,V\n")},
			"x/sittings.csv": {Data: []byte("number,date,start,end_1,end_2,status\n1,2019-10-26,09:00,,11:00,R\n")},
			"x/reasons.csv":  {Data: []byte("list,list_zh,list_en,code,zh,en,remark,status\na,甲,A,1,一,one,,D\na,,,2,二,two,1,D\nb,乙,B,1,一,one,,D\n")},
			"x/columns.csv":  {Data: []byte("exchange,name,zh,type,length,decimals,from,status\ne,XM,姓名,C,40,,XM,V\n")},
		}
	}
	c, err := load(good(), "x")
	if err != nil {
		t.Fatal(err)
	}
	f := c.Form.Fields[0]
	if f.Key != "XM" || f.MaxChars != 50 || !f.Required || f.During != "register" || !f.Named || f.NotAfter {
		t.Errorf("field: %+v", f)
	}
	if e := c.Sittings[0].Ends; len(e) != 1 || e[0] != (EndTime{"2", "11:00"}) {
		t.Errorf("sitting: %+v", e)
	}
	if len(c.Reasons) != 2 || len(c.Reasons[0].Entries) != 2 || c.Reasons[0].Zh != "甲" || !c.Reasons[0].Entries[1].Remark || c.Reasons[1].Key != "b" {
		t.Errorf("reasons: %+v", c.Reasons)
	}
	if len(c.Exchanges[0].Columns) != 1 || c.Form.Tables[0].Entries[0].Zh != "男" || len(c.Divisions) != 137 {
		t.Error("columns, codes or divisions")
	}
	for name, tc := range map[string]struct{ file, was, now string }{
		"unknown key":           {"campaign.json", `"id"`, `"surprise":1,"id"`},
		"data after the end":    {"campaign.json", `]}`, `]}{}`},
		"no day":                {"campaign.json", "2019-09-01", "soon"},
		"no code table":         {"campaign.json", "sex.csv", "none.csv"},
		"column nobody reads":   {"fields.csv", "help", "hlep"},
		"flag":                  {"fields.csv", ",1,candidate", ",yes,candidate"},
		"number":                {"fields.csv", ",50,", ",fifty,"},
		"row of another length": {"fields.csv", ",1,,V", ",1,V"},
		"empty table":           {"sittings.csv", "1,2019-10-26,09:00,,11:00,R\n", ""},
		"column of no exchange": {"columns.csv", "e,XM", "f,XM"},
	} {
		files := good()
		file := files["x/"+tc.file]
		spoiled := strings.Replace(string(file.Data), tc.was, tc.now, 1)
		if spoiled == string(file.Data) {
			t.Fatalf("%s: nothing was spoiled", name)
		}
		file.Data = []byte(spoiled)
		if _, err := load(files, "x"); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := load(good(), "y"); err == nil {
		t.Error("a folder that is not there is loaded")
	}
}
