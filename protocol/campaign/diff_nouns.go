package campaign

import (
	"fmt"
	"reflect"
	"strconv"

	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// nouns name the kinds of elements by the names of their types.
var nouns = map[string]said{
	"Field": {"栏目", "field"}, "Group": {"分组", "group"}, "Table": {"代码表", "code table"}, "Entry": {"代码", "code"}, "Level": {"报考层次", "level"}, "Category": {"科类", "category"},
	"Subject": {"科目", "subject"}, "Sitting": {"场次", "sitting"}, "EndTime": {"层次", "level"}, "Fee": {"报名考试费", "fee"}, "Bonus": {"照顾加分", "bonus"}, "Exemption": {"免试种类", "exemption"}, "Review": {"审核项目", "item of the review"},
	"Step": {"环节", "step"}, "Window": {"时段", "window"}, "Pause": {"暂停", "pause"}, "Date": {"日期", "date"}, "Holiday": {"节假日", "holiday"}, "Text": {"文字", "text"}, "ProcessStep": {"办理步骤", "step"}, "StepResult": {"结果", "result"},
	"SeatNeed": {"特殊需要", "need"}, "DrawOffice": {"抽取随机数的部门", "office that draws"}, "Kit": {"最低配置", "kit"}, "KitDevice": {"设备", "device"}, "Act": {"事项", "act"}, "NumberTemplate": {"号码", "number"}, "DocumentType": {"证件", "document"}, "PhotoProfile": {"相片规格", "photo profile"},
	"ReasonList": {"原因表", "list of reasons"}, "Reason": {"原因", "reason"}, "Exchange": {"数据库", "exchange"}, "ExchangeColumn": {"列", "column"}, "Rule": {"报考条件", "rule"},
	"Approval": {"审核事项", "kind of approval"}, "ApprovalTier": {"审核层级", "tier that judges"}, "ApprovalField": {"申报栏目", "field"}, "ApprovalPaper": {"附件", "attachment"},
	"Division": {"行政区划", "division"}, "Programme": {"招生专业", "programme"}, "Assumption": {"假定", "assumption"},
}

// noun names an element of a list: 栏目“姓名”（XM）, field XM.
func (s *side) noun(v reflect.Value, key string) said {
	kind, ok := nouns[v.Type().Name()]
	if !ok {
		kind = said{v.Type().Name(), v.Type().Name()}
	}
	switch x := v.Interface().(type) {
	case Fee:
		l := s.level(x.Level)
		return said{"报考" + l.zh + "的报名考试费", "the fee of level " + l.en}
	case EndTime:
		l := s.level(x.Level)
		return said{l.zh, l.en}
	case DocumentType:
		f, _ := s.c.Form.Field(form.DocumentType)
		return said{"证件“" + short(s.c.Form.TableName(f.Table, x.Code), 60) + "”", "document " + x.Code}
	case Programme:
		return said{"招生专业“" + short(x.SchoolName+" "+x.MajorName, 60) + "”（" + short(key, 60) + "）", "programme " + short(key, 60) + " (" + short(x.SchoolName+" "+x.MajorName, 60) + ")"}
	case window.Window:
		n := s.window(x)
		if x.Revision > 0 {
			n = said{n.zh + fmt.Sprintf("（第%d次调整）", x.Revision), n.en + fmt.Sprintf(" (revision %d)", x.Revision)}
		}
		return n
	case Sitting:
		return said{fmt.Sprintf("第%d场", x.Number), fmt.Sprintf("sitting %d", x.Number)}
	}
	if x, ok := v.Interface().(ApprovalTier); ok {
		return said{kind.zh + "“" + tierWords[string(x.Tier)].zh + "”", kind.en + " " + short(string(x.Tier), 60)}
	}
	zh, en := nameOf(v, "Zh", "Name"), nameOf(v, "En", "Zh", "Name")
	if zh == "" || zh == key {
		return said{kind.zh + "“" + short(key, 60) + "”", kind.en + " " + short(key, 60)}
	}
	return said{kind.zh + "“" + short(zh, 60) + "”（" + short(key, 60) + "）", kind.en + " " + short(key, 60) + " (" + short(en, 60) + ")"}
}

// nameOf is the first of some members that has a text; the texts of Text, Rule
// and Assumption are no names.
func nameOf(v reflect.Value, members ...string) string {
	switch v.Interface().(type) {
	case Text, form.Rule, Assumption:
		return ""
	}
	for _, m := range members {
		if f := v.FieldByName(m); f.IsValid() && f.Kind() == reflect.String && f.String() != "" {
			return f.String()
		}
	}
	return ""
}

// more says what is most worth knowing of something new.
func (s *side) more(v reflect.Value) said {
	say := func(name string) said {
		i, _ := v.Type().FieldByName(name)
		l := labelOf(v.Type(), jsonName(i))
		x := s.value(l, v.FieldByName(name))
		return said{l.zh + short(x.zh, 120), l.en + " " + short(x.en, 120)}
	}
	both := func(names ...string) said {
		var out said
		for i, n := range names {
			x := say(n)
			if i > 0 {
				out = said{out.zh + "，", out.en + ", "}
			}
			out = said{out.zh + x.zh, out.en + x.en}
		}
		return out
	}
	switch x := v.Interface().(type) {
	case Fee:
		return sayFen(s, reflect.ValueOf(x.Fen))
	case form.Field:
		return both("Filled", "During", "Required")
	case Bonus:
		return both("Points", "Automatic")
	case Date:
		return both("Day")
	case Act:
		return both("Tier", "Persons")
	case Programme:
		return both("Level", "Category")
	case Sitting:
		return both("Date", "Start")
	case form.Rule:
		return said{short(x.Words(s.v, false), 300), short(x.Words(s.v, true), 300)}
	case Assumption:
		return said{short(x.Zh, 120), short(x.En, 120)}
	case form.Category:
		return both("Subjects")
	case NumberTemplate:
		return both("Template")
	case Step:
		return both("By")
	case DocumentType:
		return both("Photo", "Review")
	case Review:
		return both("When", "Until")
	case Exchange:
		return both("Header", "Charset", "Names")
	case ReasonList:
		n := strconv.Itoa(len(x.Entries))
		return said{n + "项", n + " reasons"}
	case Approval:
		return both("By", "Effect")
	case ApprovalTier:
		return both("Act", "Days")
	case ApprovalField:
		return both("Kind", "Required")
	case ApprovalPaper:
		return both("Required", "MaxKB")
	case ExchangeColumn:
		return both("Type", "Length", "From")
	}
	return said{}
}
