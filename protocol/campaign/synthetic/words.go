package synthetic

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

func (m *maker) name(sex string) string {
	surname := pick(m, strings.Fields("刘 李 陈 王 张 周 谢 彭 罗 唐 谭 邓 黄 杨 曾 何 欧阳 向 田 石 龙 吴 蒋 贺 肖 易 聂 阳 文 段"))
	given := "伟 强 军 杰 磊 志刚 建国 文辉 浩然 子轩 俊 勇 海波 新华 小平 立新 国庆 宇航 思远 湘 建湘 正 世雄 鹏"
	if sex == "2" {
		given = "芳 敏 静 丽 娟 艳 婷 秀英 玉兰 雪梅 晓红 思思 雨欣 佳怡 湘云 慧 琳 雅婷 春花 倩 小燕 冬梅 雪 丹"
	}
	return surname + pick(m, strings.Fields(given))
}

// ethnic follows the autonomous places roughly; elsewhere nearly everyone is Han.
func (m *maker) ethnic(home campaign.Division) string {
	roll := m.rng.IntN(10)
	for _, place := range []struct{ mark, code string }{{"苗族", "06"}, {"侗族", "12"}, {"瑶族", "13"}} {
		if strings.Contains(home.Name, place.mark) && roll < 6 {
			return place.code
		}
	}
	switch {
	case (home.Parent == "433100" || home.Parent == "430800") && roll < 4:
		return "15"
	case home.Parent == "433100" && roll < 8:
		return "06"
	}
	return "01"
}

// address is at most 35 UTF-16 units, the room on a chip. The streets are
// invented.
func (m *maker) address(home campaign.Division) string {
	city := m.c.TableName("division", home.Parent)
	street := pick(m, strings.Fields("育英路 青禾路 望湘街 学府路 枫林巷 朝阳街 桂花路 芙蓉里 湘水路 书院巷"))
	tail := street + strconv.Itoa(900+m.rng.IntN(90)) + "号"
	if m.rng.IntN(2) == 0 {
		tail += strconv.Itoa(1+m.rng.IntN(20)) + "栋" + strconv.Itoa(101+m.rng.IntN(800)) + "室"
	}
	full := "湖南省" + city + home.Name + tail
	if len(utf16.Encode([]rune(full))) > 35 {
		full = "湖南省" + home.Name + tail
	}
	return full
}

func issuer(c campaign.Campaign, home campaign.Division) string {
	if strings.HasSuffix(home.Name, "区") {
		return c.TableName("division", home.Parent) + "公安局" + strings.TrimSuffix(home.Name, "区") + "分局"
	}
	return home.Name + "公安局"
}

func postCode(home campaign.Division) string {
	code := map[string]string{"430100": "410000", "430200": "412000", "430300": "411100", "430400": "421000", "430500": "422000",
		"430600": "414000", "430700": "415000", "430800": "427000", "430900": "413000", "431000": "423000", "431100": "425000",
		"431200": "418000", "431300": "417000", "433100": "416000"}[home.Parent]
	if code == "" {
		return "410000"
	}
	return code
}

// documentType is the campaign's code for the chip's document.
func documentType(chip form.Chip) string {
	switch {
	case chip.Type == form.ChipForeigner2023:
		return "07"
	case chip.Type == form.ChipHMT && strings.HasPrefix(chip.Number.Division(), "83"):
		return "03"
	case chip.Type == form.ChipHMT:
		return "02"
	}
	return "01"
}
