package sheet_test

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
)

func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip()
	}
	f := bundle(t)
	c := ordinary(t)
	c.Name = identity.Name("买买提依明·阿卜杜热合曼·图尔荪尼亚孜·艾合买提江")
	c.Address = strings.Repeat("湖南省湘西土家族苗族自治州龙山县里耶镇长春社区沿江北路", 12)
	c.School = strings.Repeat("湖南省湘西土家族", 6)
	c.Bonuses = []string{"边疆、山区、牧区、少数民族聚居地区少数民族考生", "年满25周岁（自动）", "自主就业退役士兵"}
	c.Exemptions = []string{"专科毕业的“选聘高校毕业生到村任职”“三支一扶”“西部计划”“农村教师特岗计划”服务期满考核合格者"}
	c.Slip = "HTTPS://PAY.EXAMPLE/S/" + strings.Repeat("0A9ZK$%*+-./:", 18)
	c.SlipText = "请在9月11日24时前，用手机扫描左侧二维码，在网上支付报名考试费170.00元；完成支付方为有效。不必等待信息上传，扫码即可支付。"
	c.Occupation = "党的机关、国家机关、群众团体和社会组织、企事业单位负责人"
	c.Marks = []sheet.Mark{sheet.Specimen, sheet.Reprint}
	c.Copy = 3
	d := ordinary(t)
	d.Name = "㛃𬭩𬀩·𠮷䶮\U0001F600\ue100龘é"
	d.Photo = nil
	d.Steps[2].Count = 12
	d.Slip, d.SlipText = c.Slip, c.SlipText
	d.DocumentType = "港澳居民来往内地通行证(回乡证)"
	d.Marks = []sheet.Mark{sheet.Voided}
	e := sheet.ProcessSheet{FeeFen: 16000}
	for name, p := range map[string]sheet.ProcessSheet{"a": ordinary(t), "b": provisional(t), "c": c, "d": d, "e": e} {
		_ = os.WriteFile(filepath.Join(dir, name+".pdf"), pdf(t, layout(t, p, f)), 0o600)
	}
	_ = os.WriteFile(filepath.Join(dir, "f.pdf"), pdf(t, layout(t, ordinary(t), fallback(t))), 0o600)
	seven := campaign.Adult2019()
	seven.Process.Steps = append(seven.Process.Steps, campaign.ProcessStep{Key: "x", Zh: "领取回执", Note: "第七步", Results: []campaign.StepResult{{Key: "a", Zh: "已领"}}})
	g := c
	doc, err := g.Layout(f, seven)
	if err != nil {
		t.Fatal(err)
	}
	_ = os.WriteFile(filepath.Join(dir, "g.pdf"), pdf(t, doc), 0o600)
}

func TestLookRaster(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip()
	}
	for name, p := range map[string]sheet.ProcessSheet{"ra": ordinary(t), "rb": provisional(t)} {
		d := layout(t, p, bundle(t))
		size := d.Pages[0].Pixels(110)
		img := image.NewGray(image.Rectangle{Max: size})
		if err := d.Pages[0].Raster(110, 37, func(y int, rows *image.Gray) error {
			copy(img.Pix[y*img.Stride:], rows.Pix)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		f, _ := os.Create(filepath.Join(dir, name+".png"))
		_ = png.Encode(f, img)
		f.Close()
	}
}
