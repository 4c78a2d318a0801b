package campaign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"

	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// head is campaign.json: what is not a table, and where each code table stands.
// Whatever a CSV file of the folder adds may stand here as well.
type head struct {
	Campaign
	Day    string      `json:"day"`         // of the divisions, YYYY-MM-DD
	Tables []tableHead `json:"code_tables"` // name, texts, file
}

type tableHead struct {
	Name string `json:"name"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
	File string `json:"file"`
}

// load puts a campaign together from the files of one folder: campaign.json,
// the code tables that it names, and the tables of load_tables.go where there
// is a file. A key or a column that nothing reads is refused: it would be a
// rule that everybody believes in and nobody applies.
func load(files fs.FS, dir string) (Campaign, error) {
	b, err := fs.ReadFile(files, path.Join(dir, "campaign.json"))
	if err != nil {
		return Campaign{}, err
	}
	var h head
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return Campaign{}, fmt.Errorf("campaign.json: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Campaign{}, errors.New("campaign.json: data after the end")
	}
	c := h.Campaign
	day, err := time.ParseInLocation(time.DateOnly, h.Day, window.Zone())
	if err != nil {
		return Campaign{}, fmt.Errorf("campaign.json: day: %w", err)
	}
	c.Divisions = Divisions(day)
	t := tables{fs: files, dir: dir}
	for _, th := range h.Tables {
		c.Form.Tables = append(c.Form.Tables, form.Table{Name: th.Name, Zh: th.Zh, En: th.En, Entries: t.entries(th.File)})
	}
	t.all(&c)
	return c, t.err
}
