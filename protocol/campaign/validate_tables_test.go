package campaign_test

import (
	"slices"
	"strings"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

func number(c *campaign.Campaign, key string) *campaign.NumberTemplate {
	i := slices.IndexFunc(c.Numbers, func(t campaign.NumberTemplate) bool { return t.Key == key })
	return &c.Numbers[i]
}

// ofName is the first column that holds names.
func ofName(c *campaign.Campaign) (string, *campaign.ExchangeColumn) {
	for i := range c.Exchanges {
		for j := range c.Exchanges[i].Columns {
			if col := &c.Exchanges[i].Columns[j]; col.From == form.FullName {
				return "exchanges " + c.Exchanges[i].Key + ".columns " + col.Name, col
			}
		}
	}
	return "", nil
}

// column spoils the first column that holds names.
func column(spoil func(col *campaign.ExchangeColumn)) func(*campaign.Campaign) string {
	return func(c *campaign.Campaign) string {
		place, col := ofName(c)
		spoil(col)
		return place
	}
}

// exchange spoils the first exchange.
func exchange(spoil func(e *campaign.Exchange)) func(*campaign.Campaign) string {
	return func(c *campaign.Campaign) string {
		place := "exchanges " + c.Exchanges[0].Key
		spoil(&c.Exchanges[0])
		return place
	}
}

// document spoils the first type of document that is reviewed.
func document(spoil func(d *campaign.DocumentType)) func(*campaign.Campaign) string {
	return func(c *campaign.Campaign) string {
		i := slices.IndexFunc(c.Documents, func(d campaign.DocumentType) bool { return d.Review != "" })
		if i < 0 {
			return ""
		}
		spoil(&c.Documents[i])
		return "documents " + c.Documents[i].Code
	}
}

var faultsOfTables = []fault{
	{"number of unknown parts", campaign.ProblemValue, at("numbers candidate.template", func(c *campaign.Campaign) { number(c, "candidate").Template = "{yy}{kaodian4}{serial4}" })},
	{"numbers that would stand twice", campaign.ProblemMissing, at("numbers candidate.template", func(c *campaign.Campaign) { number(c, "candidate").Template = "{yy}{county4}{group2}" })},
	{"ticket without seat", campaign.ProblemMissing, at("numbers ticket.template", func(c *campaign.Campaign) { number(c, "ticket").Template = "{area4}{room4}" })},
	{"number too long for its field", campaign.ProblemDisagree, at("numbers candidate", func(c *campaign.Campaign) {
		number(c, "candidate").Template = "{yyyy}{province2}{county4}{group2}{serial12}"
	})},
	{"number of letters in a field of digits", campaign.ProblemDisagree, at("numbers candidate", func(c *campaign.Campaign) { number(c, "candidate").Template = "A{yy}{county4}{group2}{serial4}" })},
	{"number in no field", campaign.ProblemUnknown, at("numbers candidate.field", func(c *campaign.Campaign) { number(c, "candidate").Field = "QQ" })},
	{"number of no kind", campaign.ProblemValue, at("numbers odd", func(c *campaign.Campaign) {
		c.Numbers = append(c.Numbers, campaign.NumberTemplate{Key: "odd", Zh: "号", En: "number", Template: "{serial4}"})
	})},
	{"number without a name", campaign.ProblemMissing, at("numbers ticket", func(c *campaign.Campaign) { number(c, "ticket").Zh = "" })},
	{"no ticket numbers", campaign.ProblemMissing, at("numbers", func(c *campaign.Campaign) {
		c.Numbers = slices.DeleteFunc(c.Numbers, func(t campaign.NumberTemplate) bool { return t.Key == "ticket" })
	})},

	{"document of no code", campaign.ProblemUnknown, at("documents 77", func(c *campaign.Campaign) { c.Documents[0].Code = "77" })},
	{"document of another kind", campaign.ProblemDisagree, document(func(d *campaign.DocumentType) { d.Kind = "resident" })},
	{"document nobody can check", campaign.ProblemUnknown, document(func(d *campaign.DocumentType) { d.Kind = "library" })},
	{"document without a photo", campaign.ProblemValue, document(func(d *campaign.DocumentType) { d.Photo = "painting" })},
	{"chip photo without a chip", campaign.ProblemDisagree, document(func(d *campaign.DocumentType) { d.Chip, d.Photo = false, campaign.PhotoChip })},
	{"review by nobody", campaign.ProblemValue, document(func(d *campaign.DocumentType) { d.Review = "moon" })},
	{"review of nothing", campaign.ProblemMissing, document(func(d *campaign.DocumentType) { d.Copies = nil })},
	{"document left out", campaign.ProblemMissing, at("documents", func(c *campaign.Campaign) { c.Documents = c.Documents[1:] })},

	{"photo of no size", campaign.ProblemValue, func(c *campaign.Campaign) string { c.Photos[0].Width = 0; return "photos " + c.Photos[0].Name }},
	{"photo of impossible bytes", campaign.ProblemReversed, func(c *campaign.Campaign) string {
		c.Photos[0].MinBytes, c.Photos[0].MaxBytes = 20, 10
		return "photos " + c.Photos[0].Name
	}},
	{"photo before tartan", campaign.ProblemValue, func(c *campaign.Campaign) string {
		c.Photos[0].Background = []string{"tartan"}
		return "photos " + c.Photos[0].Name
	}},
	{"photo without a name", campaign.ProblemMissing, func(c *campaign.Campaign) string { c.Photos[0].En = ""; return "photos " + c.Photos[0].Name }},

	{"no reasons to choose", campaign.ProblemMissing, func(c *campaign.Campaign) string { c.Reasons[0].Entries = nil; return "reasons " + c.Reasons[0].Key }},
	{"reason twice", campaign.ProblemDuplicate, func(c *campaign.Campaign) string {
		l := &c.Reasons[0]
		l.Entries[1].Code = l.Entries[0].Code
		return "reasons " + l.Key + ".entries"
	}},
	{"reason without English", campaign.ProblemMissing, func(c *campaign.Campaign) string {
		c.Reasons[0].Entries[0].En = ""
		return "reasons " + c.Reasons[0].Key
	}},
	{"no reasons of voiding", campaign.ProblemMissing, at("reasons", func(c *campaign.Campaign) {
		c.Reasons = slices.DeleteFunc(c.Reasons, func(l campaign.ReasonList) bool { return l.Key == campaign.ReasonsVoid })
	})},

	{"header", campaign.ProblemValue, exchange(func(e *campaign.Exchange) { e.Header = "excel" })},
	{"charset", campaign.ProblemValue, exchange(func(e *campaign.Exchange) { e.Charset = "big5" })},
	{"names beyond GBK", campaign.ProblemValue, exchange(func(e *campaign.Exchange) { e.Names = "drop" })},
	{"file name with a person", campaign.ProblemValue, exchange(func(e *campaign.Exchange) { e.File = "{name}" })},
	{"file name that climbs", campaign.ProblemValue, exchange(func(e *campaign.Exchange) { e.File = "../T_BMK" })},
	{"no columns", campaign.ProblemMissing, exchange(func(e *campaign.Exchange) { e.Columns = nil })},
	{"too many columns", campaign.ProblemTooMany, exchange(func(e *campaign.Exchange) {
		e.Header = campaign.HeaderDBase3
		for len(e.Columns) <= 128 {
			e.Columns = append(e.Columns, e.Columns[0])
		}
	})},
	{"column twice", campaign.ProblemDuplicate, exchange(func(e *campaign.Exchange) { e.Columns = append(e.Columns, e.Columns[0]) })},
	{"column of a long name", campaign.ProblemValue, func(c *campaign.Campaign) string {
		c.Exchanges[0].Columns[0].Name = "ELEVENCHARS"
		return "exchanges " + c.Exchanges[0].Key + ".columns ELEVENCHARS"
	}},
	{"column without Chinese", campaign.ProblemMissing, column(func(c *campaign.ExchangeColumn) { c.Zh = "" })},
	{"column of no type", campaign.ProblemValue, column(func(c *campaign.ExchangeColumn) { c.Type = "M" })},
	{"column beyond 254", campaign.ProblemValue, column(func(c *campaign.ExchangeColumn) { c.Length = 255 })},
	{"column that would cut", campaign.ProblemDisagree, column(func(c *campaign.ExchangeColumn) { c.Length = 4 })},
	{"column with decimals of text", campaign.ProblemValue, column(func(c *campaign.ExchangeColumn) { c.Decimals = 1 })},
	{"column from nowhere", campaign.ProblemUnknown, column(func(c *campaign.ExchangeColumn) { c.From = "QQ" })},
	{"column of the tenth choice", campaign.ProblemUnknown, column(func(c *campaign.ExchangeColumn) { c.From = "choice.10.school" })},
	{"number made of a name", campaign.ProblemDisagree, column(func(c *campaign.ExchangeColumn) { c.Type, c.Length = "N", 20 })},
	{"date made of a name", campaign.ProblemDisagree, column(func(c *campaign.ExchangeColumn) { c.Type, c.Length = "D", 8 })},
	{"yes or no made of a name", campaign.ProblemDisagree, column(func(c *campaign.ExchangeColumn) { c.Type, c.Length = "L", 1 })},

	{"process without steps", campaign.ProblemMissing, at("process", func(c *campaign.Campaign) { c.Process.Steps = nil })},
	{"declaration too long", campaign.ProblemValue, at("process.declaration", func(c *campaign.Campaign) { c.Process.Declaration = strings.Repeat("长", 91) })},
	{"entrance of no kind", campaign.ProblemValue, at("portal.entrance", func(c *campaign.Campaign) { c.Portal.Entrance = "window" })},
	{"life of cards that nobody gets", campaign.ProblemValue, at("portal.card_days", func(c *campaign.Campaign) { c.Portal = campaign.Portal{CardDays: 5} })},
	{"cards for ever", campaign.ProblemValue, at("portal.card_days", func(c *campaign.Campaign) { c.Portal = campaign.Portal{Entrance: campaign.EntranceCard} })},
	{"slips for ever", campaign.ProblemValue, at("portal.slip_days", func(c *campaign.Campaign) { c.Portal.SlipDays = 16 })},
	{"portal without TLS", campaign.ProblemValue, at("portal.address", func(c *campaign.Campaign) { c.Portal.Address = "http://bm.example.cn" })},
	{"portal with a path", campaign.ProblemValue, at("portal.address", func(c *campaign.Campaign) { c.Portal.Address = "https://bm.example.cn/ks" })},
	{"portal in capitals", campaign.ProblemValue, at("portal.address", func(c *campaign.Campaign) { c.Portal.Address = "https://BM.example.cn" })},
	{"kit of nowhere", campaign.ProblemValue, at("kits", func(c *campaign.Campaign) { c.Kits[0].Office = "moon" })},
}
