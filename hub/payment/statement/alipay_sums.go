package statement

import (
	"strings"
)

// sums reads 业务汇总 and holds its line of totals against the movements.
func (f *alipayFile) sums(in *lines) error {
	var has []string
	listed := false
	for {
		line, err := in.next()
		if err != nil {
			return readError(err)
		}
		if line == nil {
			break
		}
		n := in.number
		s, ok := f.text(n, line)
		switch {
		case !ok || s == "":
		case strings.HasPrefix(s, "#"):
			listed = listed || alipayEnd.MatchString(s)
			if m := alipayAccount.FindStringSubmatch(s); m != nil {
				f.merchant(n, []byte(m[1]))
			}
			if m := alipayDays.FindStringSubmatch(s); m != nil {
				f.days(n, m)
			}
		case has == nil:
			has = named(s)
		case strings.HasPrefix(s, "合计"):
			f.totals(n, has, named(s))
		}
	}
	if !listed {
		f.fault(in.number, CutShort)
	}
	return nil
}

// totals holds the line of totals against the movements, column by column.
func (f *alipayFile) totals(n int, has, values []string) {
	if len(has) != len(values) {
		f.fault(n, Columns, len(has), len(values))
		return
	}
	for i, name := range has {
		v := []byte(values[i])
		switch name {
		case "交易订单总笔数":
			if c, ok := number(v); !ok || c != f.book.sum.Payments {
				f.fault(n, Count, c, f.book.sum.Payments)
			}
		case "退款订单总笔数":
			if c, ok := number(v); !ok || c != f.book.sum.Refunds {
				f.fault(n, Count, c, f.book.sum.Refunds)
			}
		case "商家实收（元）":
			f.total(n, name, v, f.received*1000)
		case "服务费（元）":
			f.total(n, name, v, f.fees)
		}
	}
}

func (f *alipayFile) total(n int, name string, v []byte, is int64) {
	switch said, ok := millis(v); {
	case !ok:
		f.fault(n, BadAmount)
	case said != is:
		f.fault(n, Total, name, yuan(said), yuan(is))
	}
}
