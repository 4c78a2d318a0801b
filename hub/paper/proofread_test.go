package paper_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/paper"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

// pledgeText is that of 2019, 154 characters.
const pledgeText = "我已认真阅读报考规定和《国家教育考试违规处理办法》，知道在考试中组织作弊、替考、提供作弊器材或答案的，依照刑法修正案（九）追究刑事责任。我郑重承诺：所填报名信息和提交的证件、材料全部真实、准确；服从考试安排，遵守考场纪律，凭本人能力诚信应考，不作弊，不替考，不扰乱秩序。如有违反，自愿接受处理并承担相应责任。"

func proofread(t *testing.T, more int) paper.Proofread {
	long := "湖南省湘西土家族苗族自治州龙山县里耶镇长春社区沿江北路与秦简文化广场交叉口东北侧一百二十米里耶古城综合服务中心后侧原供销合作社职工家属院第三栋二单元六楼六零二号（快递请送至古城东路便民服务站由龙山县里耶镇长春社区居民委员会代收并请务必在派送之前提前一日电话联系本人或者联系本人母亲田大妹转交，非工作日请放置于服务站一楼大厅左侧第七号智能寄存柜内，不得交由他人代为签收或者退回原寄出地址）"
	out := paper.Proofread{Campaign: siteHead().Campaign, Number: "19430102340917", Name: "热依汗古丽·阿卜杜克热木", About: []string{"女", "4301**********9503", "居民身份证", "外语语种：英语"}, Photo: nobody(t),
		Rows: []paper.ProofreadRow{{"姓名", "热依汗古丽·阿卜杜克热木", true, "热依汗古丽.阿卜杜克热木", "本人 09-02"}, {"民族", "维吾尔族", false, "", ""}, {"出生日期", "1990-09-19", false, "", ""}, {"政治面貌", "共青团员", true, "群众", "本人 09-06"}, {"文化程度", "大学专科毕业", false, "", ""},
			{"毕业学校", "湘西土家族苗族自治州民族职业技术学院继续教育分院龙山教学点", true, "湘西职业技术学院", "本人 09-08"}, {"毕业证书编号", "511615201806000917", false, "", ""}, {"报考层次 科类", "专升本　34 经济管理类", false, "", ""}, {"第一志愿", "10532 湖南大学　120203 会计学　函授 2.5年", false, "", ""},
			{"照顾加分", "少数民族聚居地区少数民族（待市州审核）", true, "", "本人 09-08"}, {"联系电话", "19900000917", false, "", ""}, {"通讯地址", long, true, strings.Repeat("长沙市芙蓉区马王堆街道古汉路901号", 4), "本人 09-09"}},
		Office: "芙蓉区第03确认点", Printed: time.Date(2019, 9, 10, 2, 12, 0, 0, time.UTC), Copy: 2, Flags: []sheet.Mark{sheet.Specimen}}
	for i := range more {
		out.Rows = append(out.Rows, paper.ProofreadRow{Field: fmt.Sprintf("项目%02d", i), Now: fmt.Sprintf("内容%02d", i)})
	}
	return out
}

func pledge() paper.Pledge {
	return paper.Pledge{Campaign: siteHead().Campaign, Text: pledgeText, Number: "19430102340901", Name: "刘䶮", About: []string{"居民身份证", "4301**********9024", "专升本 34 经济管理类"}, Office: "芙蓉区第03确认点",
		Printed: time.Date(2019, 9, 6, 1, 18, 0, 0, time.UTC), Flags: []sheet.Mark{sheet.Specimen}}
}

// TestProofread: every row stands there once, however many there are; what changed is
// counted, its old value is told; the signature is on the last page only.
func TestProofread(t *testing.T) {
	f := fontstest.Bundle(t)
	for _, more := range []int{0, 4, 7, 30} {
		r := proofread(t, more)
		pdf, pages := pressed(t, f, r)
		text := solid(poppler(t, pdf, "-raw"))
		for _, row := range r.Rows {
			if strings.Count(text, solid(row.Now)) < 1 || row.Source != "" && !strings.Contains(text, solid(row.Source)) {
				t.Errorf("%d more rows: %q or its source is not told", more, row.Field)
			}
		}
		for _, want := range []string{"共5处改动", "改动5", "原登记（来源）", "热依汗古丽.阿卜杜克热木", "（空）", "准表13校对表", "第2次打印"} {
			if !strings.Contains(text, solid(want)) {
				t.Errorf("%d more rows: %q is not told", more, want)
			}
		}
		last := solid(poppler(t, pdf, "-raw", "-f", fmt.Sprint(pages)))
		if strings.Count(text, "考生签名") != 1 || !strings.Contains(last, "考生签名") {
			t.Errorf("%d more rows: the signature does not stand on the last of %d pages alone", more, pages)
		}
	}
	if _, pages := pressed(t, f, paper.Proofread{}); pages != 1 {
		t.Errorf("without rows: %d pages", pages)
	}
	look(t, "13", proofread(t, 0), "13-more", proofread(t, 12), "15", pledge())
}

// TestPledge: each character of the text stands over a cell, in order; none begins a row
// that must not; the count is that of the text; a long one takes a second sheet.
func TestPledge(t *testing.T) {
	f := fontstest.Bundle(t)
	pdf, pages := pressed(t, f, pledge())
	text := solid(poppler(t, pdf, "-raw"))
	if pages != 1 || !strings.Contains(text, pledgeText) || !strings.Contains(text, "共154字") {
		t.Errorf("%d pages; the text is told whole: %t; its count: %t", pages, strings.Contains(text, pledgeText), strings.Contains(text, "共154字"))
	}
	for _, line := range strings.Split(poppler(t, pdf, "-layout"), "\n") {
		if s := solid(line); s != "" && strings.ContainsRune("，。、；：）》", []rune(s)[0]) {
			t.Errorf("a row begins with %q", []rune(s)[0])
		}
	}
	long := pledge()
	long.Text += pledgeText
	if _, pages := pressed(t, f, long); pages != 2 {
		t.Errorf("308 characters take %d pages", pages)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb+verb, pledge(), proofread(t, 0)); got != "pledgeproof sheet" {
			t.Errorf("%s: %s", verb, got)
		}
	}
}

// look writes papers to a folder when asked to, for a person to look at.
func look(t *testing.T, named ...any) {
	t.Helper()
	to := os.Getenv("ZHUNKAO_LOOK_SITE")
	for i := 0; to != "" && i < len(named); i += 2 {
		pdf, _ := pressed(t, fontstest.Bundle(t), named[i+1].(laid))
		if err := os.WriteFile(to+"/"+named[i].(string)+".pdf", pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
