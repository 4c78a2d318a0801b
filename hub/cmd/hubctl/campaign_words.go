package main

import "fmt"

// report prints a text of the catalogue below.
func (h *hand) report(key string, args ...any) {
	fmt.Fprintf(h.out, campaignWords[key][h.say]+"\n", args...)
}

// campaignWords are the texts of campaign check, diff and show, Chinese and
// English.
var campaignWords = map[string][2]string{
	"check-good":   {"“%s”（%s）第%d版没有问题：栏目%d个，层次%d个，科类%d个，时段%d个，报考条件%d条，招生专业%d个，假定%d条。", "“%s” (%s) version %d is sound: %d fields, %d levels, %d categories, %d windows, %d rules, %d programmes, %d assumptions."},
	"check-bad":    {"共%d处问题，这个方案不能采用；请逐处改正后再核对。", "%d problems: this bundle is refused. Mend each, and check again."},
	"diff-none":    {"两个版本没有任何不同。", "The two are the same."},
	"diff-count":   {"共%d处不同。", "%d differences."},
	"diff-other":   {"共%d处不同。注意：这是两个不同的招考项目，后者不能作为前者的新版本。", "%d differences. Mind: these are two examinations; the second is no version of the first."},
	"diff-version": {"共%d处不同。注意：后者是第%d版，不高于前者的第%d版，不能签发。", "%d differences. Mind: the second is version %d, not above version %d, and cannot be signed after it."},
	"no-bundle":    {"%s 不是方案文件，未作任何改动：%s。请用 hubctl campaign show 重新导出。", "%s is not the bundle of a campaign; nothing was changed: %s. Write a fresh one with hubctl campaign show."},
	"assumed":      {"共%d条假定。R为通行做法，D为默认设定，均未经官方证实。", "%d assumptions. R is commonly known, D our default; nobody official has confirmed them."},
}
