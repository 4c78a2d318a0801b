package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/exchange/dbf"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/gbk"
)

// ErrMapping: the exchange names what the campaign does not have, or is no
// table.
var ErrMapping = errors.New("exchange: the mapping does not fit the campaign")

// Row is one application with what other domains know of it.
type Row struct {
	// Key names the row in the side file: the candidate number, or what stands
	// for it until it is issued.
	Key         string
	Application form.Application
	// Facts are the values of sources that are not in the application
	// (campaign.Source: point_name, county, fee, paid, score.YW, …), by source.
	Facts map[string]string
}

// mapped is one column of the table and how its value is got and put back.
type mapped struct {
	campaign.ExchangeColumn
	name    bool // the name of a person
	derived bool // follows from other columns; checked on the way back, not kept
	get     func(*Row) string
	put     func(*Row, string)
}

// mapping is an exchange made ready.
type mapping struct {
	campaign.Exchange
	columns []mapped
}

func compile(c campaign.Campaign, key string) (mapping, error) {
	e, ok := c.Exchange(key)
	if !ok {
		return mapping{}, fmt.Errorf("%w: no exchange %q", ErrMapping, key)
	}
	m := mapping{Exchange: e}
	for _, col := range e.Columns {
		source, ok := c.Source(col.From)
		if !ok {
			return mapping{}, fmt.Errorf("%w: column %s from %q", ErrMapping, col.Name, col.From)
		}
		x := mapped{ExchangeColumn: col, name: source.Name}
		if x.bind(&c); x.get == nil {
			return mapping{}, fmt.Errorf("%w: column %s from %q", ErrMapping, col.Name, col.From)
		}
		m.columns = append(m.columns, x)
	}
	return m, nil
}

func (x *mapped) bind(c *campaign.Campaign) {
	from := x.From
	if text, ok := strings.CutPrefix(from, "="); ok {
		x.derive(func(*Row) string { return text })
		return
	}
	if _, ok := c.Form.Field(from); ok {
		x.get = func(r *Row) string { return r.Application.Fields[from] }
		x.put = func(r *Row, v string) { r.Application.Fields[from] = v }
		return
	}
	if rest, ok := strings.CutPrefix(from, "choice."); ok {
		order, part, _ := strings.Cut(rest, ".")
		n, _ := strconv.Atoi(order) // Campaign.Source has judged it
		x.bindChoice(n, part)
		return
	}
	switch from {
	case "level", "category":
		x.bindChoice(1, from)
	case "category_digit":
		x.derive(func(r *Row) string { c := first(r).Category; return c[min(1, len(c)):] })
	case "level_name":
		x.derive(func(r *Row) string {
			i := slices.IndexFunc(c.Form.Levels, func(l form.Level) bool { return l.Code == first(r).Level })
			if i < 0 {
				return ""
			}
			return c.Form.Levels[i].Zh
		})
	case "category_name":
		x.derive(func(r *Row) string {
			i := slices.IndexFunc(c.Form.Categories, func(l form.Category) bool { return l.Code == first(r).Category })
			if i < 0 {
				return ""
			}
			return c.Form.Categories[i].Zh
		})
	case "point":
		x.get = func(r *Row) string { return r.Application.Point }
		x.put = func(r *Row, v string) { r.Application.Point = v }
	case "sequence":
		x.get = func(r *Row) string { return r.Application.SequenceNumber }
		x.put = func(r *Row, v string) { r.Application.SequenceNumber = v }
	default:
		x.get = func(r *Row) string { return r.Facts[from] }
		x.put = func(r *Row, v string) { r.Facts[from] = v }
	}
}

func (x *mapped) derive(get func(*Row) string) {
	x.get, x.derived = get, true
	x.put = func(*Row, string) {}
}

func first(r *Row) *form.Choice { return choice(r, 1) }

var noChoice form.Choice

// choice gives the choice of an order, one without anything if there is none.
func choice(r *Row, order int) *form.Choice {
	for i := range r.Application.Choices {
		if r.Application.Choices[i].Order == order {
			return &r.Application.Choices[i]
		}
	}
	return &noChoice
}

func (x *mapped) bindChoice(order int, part string) {
	at := choicePart(part)
	if at == nil {
		return
	}
	x.get = func(r *Row) string { return *at(choice(r, order)) }
	x.put = func(r *Row, v string) {
		if choice(r, order) == &noChoice {
			r.Application.Choices = append(r.Application.Choices, form.Choice{Order: order})
		}
		*at(choice(r, order)) = v
	}
}

// choicePart is where a part of a choice lies.
func choicePart(part string) func(*form.Choice) *string {
	return map[string]func(*form.Choice) *string{
		"level":       func(c *form.Choice) *string { return &c.Level },
		"category":    func(c *form.Choice) *string { return &c.Category },
		"school":      func(c *form.Choice) *string { return &c.School },
		"school_name": func(c *form.Choice) *string { return &c.SchoolName },
		"major":       func(c *form.Choice) *string { return &c.Major },
		"major_name":  func(c *form.Choice) *string { return &c.MajorName },
		"class":       func(c *form.Choice) *string { return &c.Class },
		"form":        func(c *form.Choice) *string { return &c.Form },
		"years":       func(c *form.Choice) *string { return &c.Years },
	}[part]
}

// charset is that of the table's text. By the policy gb18030 a table in GBK has
// some characters of four bytes.
func (m mapping) charset() gbk.Charset {
	if m.Charset == campaign.CharsetGB18030 || m.Names == campaign.NamesGB18030 {
		return gbk.GB18030
	}
	return gbk.GBK
}

func (m mapping) layout() dbf.Layout {
	l := dbf.Layout{Version: dbf.DBase3, Charset: m.charset()}
	if m.Header == campaign.HeaderFoxPro {
		l.Version = dbf.FoxPro
	}
	for _, c := range m.columns {
		l.Fields = append(l.Fields, dbf.Field{Name: c.Name, Type: dbf.Type(c.Type[0]), Length: c.Length, Decimals: c.Decimals})
	}
	return l
}
