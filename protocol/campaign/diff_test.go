package campaign_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

func windowOf(c *campaign.Campaign, id string) *window.Window {
	i := slices.IndexFunc(c.Windows, func(w window.Window) bool { return w.ID == id })
	return &c.Windows[i]
}

func TestDiffInWords(t *testing.T) {
	sept := func(day, hour int) time.Time { return time.Date(2019, 9, day, hour, 0, 0, 0, window.Zone()) }
	for _, tc := range []struct {
		name   string
		change func(c *campaign.Campaign)
		zh, en string
		place  string
		kind   string
	}{
		{"deadline", func(c *campaign.Campaign) { windowOf(c, "confirm-changsha-local").To = sept(8, 0) },
			"长沙市本地户籍考生的现场确认截止时间由9月5日24时推迟到9月7日24时。", "the close", "windows confirm-changsha-local", campaign.ChangeMade},
		{"extension as a revision", func(c *campaign.Campaign) {
			w := *windowOf(c, "confirm-changsha-local")
			w.Revision, w.To, w.Why = 1, sept(8, 0), "停电"
			c.Windows = append(c.Windows, w)
		}, "长沙市本地户籍考生的现场确认截止时间由9月5日24时推迟到9月7日24时。", "the close", "windows confirm-changsha-local", campaign.ChangeMade},
		{"its reason", func(c *campaign.Campaign) {
			w := *windowOf(c, "confirm-changsha-local")
			w.Revision, w.To, w.Why = 1, sept(8, 0), "停电"
			c.Windows = append(c.Windows, w)
		}, "停电", "停电", "windows confirm-changsha-local/1", campaign.ChangeMade},
		{"fee up", func(c *campaign.Campaign) { c.Fees[2].Fen = 18050 }, "报考专升本的报名考试费由170元提高到180.50元。", "rises from 170 yuan to 180.50 yuan", "fees 3.fen", campaign.ChangeMade},
		{"fee down", func(c *campaign.Campaign) { c.Fees[0].Fen = 0 }, "报考高起本的报名考试费由160元降低到0元。", "falls", "fees 1.fen", campaign.ChangeMade},
		{"days to pay", func(c *campaign.Campaign) { c.Payment.ArrivalDays = 5 }, "缴费办法的送达后至少几天缴费由3天改为5天。", "days to pay since arrival of payment", "payment.arrival_days", campaign.ChangeMade},
		{"channels", func(c *campaign.Campaign) { c.Payment.Channels = c.Payment.Channels[:2] }, "缴费办法的支付渠道由微信支付、支付宝、银联、转账改为微信支付、支付宝。", "channels of payment", "payment.channels", campaign.ChangeMade},
		{"length", func(c *campaign.Campaign) { field(c, form.PostAddress).MaxChars = 60 }, "栏目“通讯地址”（TXDZ）的最多字数由40个字改为60个字。", "most characters of field TXDZ", "form.fields TXDZ.max_chars", campaign.ChangeMade},
		{"required", func(c *campaign.Campaign) { field(c, form.Remark).Required = true }, "栏目“备注”（BZ）：是否必填由否改为是。", "from no to yes", "form.fields BZ.required", campaign.ChangeMade},
		{"condition", func(c *campaign.Campaign) { field(c, form.Diploma).When = nil }, "栏目“毕业证书编号”（BYZSH）的必填条件由“层次为专升本”改为（无）。", `"level is`, "form.fields BYZSH.when", campaign.ChangeMade},
		{"minor", func(c *campaign.Campaign) { c.Policy.Minor = campaign.UpTo17 }, "办理规则的低龄考生认定由未满17周岁改为17周岁及以下。", "who is under age of policy changes from under 17 to 17 and under", "policy.minor", campaign.ChangeMade},
		{"field gone", func(c *campaign.Campaign) {
			c.Form.Fields = slices.DeleteFunc(c.Form.Fields, func(f form.Field) bool { return f.Key == form.Remark })
		}, "取消栏目“备注”（BZ）。", "removed: field BZ", "form.fields BZ", campaign.ChangeRemoved},
		{"bonus new", func(c *campaign.Campaign) {
			c.Bonuses = append(c.Bonuses, campaign.Bonus{Code: "B99", Zh: "见义勇为", Points: 20})
		}, "新增照顾加分“见义勇为”（B99）：分值20分，是否自动加分否。", "new: bonus B99", "bonuses B99", campaign.ChangeAdded},
		{"table entry", func(c *campaign.Campaign) { c.Form.Tables[0].Entries[1].Zh = "男性" }, "代码表“性别”（sex）的代码“男”（1）的中文名称由“男”改为“男性”。", "", "form.tables sex.entries 1.zh", campaign.ChangeMade},
		{"pledge", func(c *campaign.Campaign) {
			c.Texts[0].Zh = strings.Replace(c.Texts[0].Zh, "刑法修正案（九）", "刑法", 1)
		}, "文字“pledge”的中文内容由“…", "changes from", "texts pledge.zh", campaign.ChangeMade},
		{"programme gone", func(c *campaign.Campaign) { c.Catalogue = c.Catalogue[1:] }, "取消招生专业“吉首大学 汉语言文学”（10531/050101/1/11/1）。", "removed: programme", "catalogue 10531/050101/1/11/1", campaign.ChangeRemoved},
		{"window new", func(c *campaign.Campaign) {
			c.Windows = append(c.Windows, window.Window{ID: "late", Step: window.Pay, From: sept(13, 0), To: sept(14, 0)})
		}, "新增所有考生的网上缴费时段：9月13日0时至9月13日24时。", "new: payment on line for all candidates", "windows late", campaign.ChangeAdded},
		{"window gone", func(c *campaign.Campaign) {
			c.Windows = slices.DeleteFunc(c.Windows, func(w window.Window) bool { return w.ID == "points" })
		}, "撤销所有考生的设置报名确认点时段", "withdrawn", "windows points", campaign.ChangeRemoved},
		{"number", func(c *campaign.Campaign) { c.Numbers[2].Template = "{area4}{group2}{room4}{seat2}" }, "号码“准考证号”（ticket）的格式由“{area4}{level1}{cat1}{room4}{seat2}”改为", "template of number ticket (ticket number) changes", "numbers ticket.template", campaign.ChangeMade},
		{"order", func(c *campaign.Campaign) { slices.Reverse(c.Texts) }, "文字的顺序改变。", "order", "texts", campaign.ChangeOrder},
		{"rule", func(c *campaign.Campaign) {
			c.Rules = append(c.Rules, form.Rule{Key: "no-remark", Field: form.Remark, Zh: "请删去。", En: "remove it",
				Must: form.Condition{Not: &form.Condition{Field: &form.FieldTest{Key: form.Remark}}}})
		}, "新增报考条件“no-remark”：任何情况下，须", "new: rule no-remark", "rules no-remark", campaign.ChangeAdded},
		{"photo of a document", func(c *campaign.Campaign) { c.Documents[0].Photo = campaign.PhotoCamera }, "证件“居民身份证”的相片来源由", "photo of document 01", "documents 01.photo", campaign.ChangeMade},
	} {
		t.Run(tc.name, func(t *testing.T) {
			old, now := campaign.Adult2019(), campaign.Adult2019()
			tc.change(&now)
			got := campaign.Diff(old, now)
			i := slices.IndexFunc(got, func(c campaign.Change) bool { return c.Place == tc.place && c.Kind == tc.kind })
			if i < 0 || !strings.HasPrefix(got[i].Zh, tc.zh) && !strings.HasSuffix(got[i].Zh, tc.zh+"。") || !strings.Contains(got[i].En, tc.en) {
				t.Errorf("want %s %s\n%s, got\n%+v", tc.place, tc.kind, tc.zh, got)
			}
			if again := campaign.Diff(old, now); !slices.Equal(got, again) {
				t.Error("the second time it says something else")
			}
			if tc.kind != campaign.ChangeOrder && len(campaign.Diff(now, old)) == 0 {
				t.Error("nothing is said of going back")
			}
		})
	}
}

func TestDiffOfNothing(t *testing.T) {
	for i, c := range campaign.Shipped() {
		if got := campaign.Diff(c, campaign.Shipped()[i]); got != nil {
			t.Errorf("%s against itself: %v", c.ID, got)
		}
		b, err := campaign.Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		back, err := campaign.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if got := campaign.Diff(c, back); got != nil {
			t.Errorf("%s against its bundle: %v", c.ID, got)
		}
	}
	all := campaign.Shipped()
	if len(campaign.Diff(all[0], all[1])) < 100 || len(campaign.Diff(campaign.Campaign{}, all[0])) < 100 {
		t.Error("two examinations hardly differ")
	}
}

// Nothing can change unseen: every leaf of the bundle, changed alone, gives a
// sentence, and so does every list that gains or loses an element. Long lists
// are tried at both ends and in the middle.
func TestDiffSeesEveryLeaf(t *testing.T) {
	for i, c := range campaign.Shipped() {
		other := campaign.Shipped()[i]
		tried := 0
		everyLeaf(reflect.ValueOf(&c).Elem(), c.ID, func(path string) {
			tried++
			got := campaign.Diff(other, c)
			if len(got) == 0 {
				t.Errorf("%s changed unseen", path)
				return
			}
			for _, g := range got {
				if g.Place == "" || g.Kind == "" || g.Zh == "。" || g.Zh == "" || g.En == "" || strings.Contains(g.Zh, "%!") || strings.Contains(g.En, "%!") {
					t.Errorf("%s: %+v", path, g)
				}
			}
		})
		if tried < 800 {
			t.Errorf("%s: only %d leaves", c.ID, tried)
		}
		if got := campaign.Diff(other, c); got != nil {
			t.Fatalf("%s was not put back: %v", c.ID, got)
		}
	}
}

// everyLeaf changes one leaf after the other, calls seen, and puts it back.
func everyLeaf(v reflect.Value, path string, seen func(path string)) {
	change := func(to reflect.Value) {
		was := reflect.New(v.Type()).Elem()
		was.Set(v)
		v.Set(to)
		seen(path)
		v.Set(was)
	}
	switch v.Kind() {
	case reflect.String:
		change(reflect.ValueOf(v.String() + "改").Convert(v.Type()))
	case reflect.Bool:
		change(reflect.ValueOf(!v.Bool()).Convert(v.Type()))
	case reflect.Int, reflect.Int64:
		change(reflect.ValueOf(v.Int() + 1).Convert(v.Type()))
	case reflect.Uint16, reflect.Uint32:
		change(reflect.ValueOf(v.Uint() + 1).Convert(v.Type()))
	case reflect.Pointer:
		if v.IsNil() {
			change(reflect.New(v.Type().Elem()))
			return
		}
		everyLeaf(v.Elem(), path, seen)
	case reflect.Struct:
		if at, ok := v.Interface().(time.Time); ok {
			change(reflect.ValueOf(at.Add(time.Second)))
			return
		}
		for i := range v.NumField() {
			everyLeaf(v.Field(i), path+"."+v.Type().Field(i).Name, seen)
		}
	case reflect.Slice:
		more := reflect.MakeSlice(v.Type(), 0, v.Len()+1)
		more = reflect.Append(reflect.AppendSlice(more, v), reflect.Zero(v.Type().Elem()))
		path += "[]"
		change(more)
		if n := v.Len(); n > 0 {
			change(v.Slice(0, n-1))
			for _, i := range slices.Compact([]int{0, n / 2, n - 1}) {
				everyLeaf(v.Index(i), fmt.Sprintf("%s%d", path, i), seen)
			}
		}
	default:
		panic(path + ": a kind nobody expected: " + v.Kind().String())
	}
}

func BenchmarkDiff(b *testing.B) {
	old, now := campaign.Adult2019(), campaign.Adult2019()
	now.Fees[0].Fen++
	for b.Loop() {
		campaign.Diff(old, now)
	}
}
