package opening

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"
)

// TestRead: forms, their fields with labels and defaults, links and the summary of
// errors are found in a page as a browser finds them.
func TestRead(t *testing.T) {
	p := read(`<!doctype html><html><head><title>登录 · 准考</title></head><body><!-- <form> -->
<a class="button primary big" href="/ks/sign-up?a=1&amp;b=2">我要<b>报名</b></a>
<h1>您前面还有 <span>1,234</span> 人</h1><p class="lead">按现在的快慢，大约还要 4 分钟</p>
<div class="errors"><h2>有 1 处要改</h2><a href="#f-x">手机号少一位</a></div>
<form class="form" method="post" action="/ks/form/1"><input type="hidden" name="token" value="a&quot;b">
<label for="f-x">手机号 <span>选填</span></label><input id="f-x" name="f-x" value="138>0" required>
<select name="f-y"><option value="">请选</option><option value="1" disabled>一</option><option value="2" selected>二</option></select>
<label class="choice"><input type="radio" name="p" value="7" checked><span>湖南大学　会计学<small>业余</small></span></label>
<label class="choice"><input type="checkbox" name="c"><span>同意</span></label><textarea name="t">两
行</textarea><button class="button" name="go" value="back">返回</button><button class="button primary" name="go" value="next">下一步</button></form></body></html>`)
	if p.title != "登录 · 准考" || p.heading != "您前面还有 1,234 人" || len(p.errors) != 1 || p.errors[0] != "手机号少一位" {
		t.Errorf("%q %q %q", p.title, p.heading, p.errors)
	}
	if ahead, told := place(p); ahead != 1234 || told != 4*time.Minute {
		t.Errorf("place %d, %s", ahead, told)
	}
	if len(p.links) < 1 || p.links[0].to != "/ks/sign-up?a=1&b=2" || p.links[0].text != "我要报名" {
		t.Errorf("links %+v", p.links)
	}
	if len(p.forms) != 1 {
		t.Fatalf("%d forms", len(p.forms))
	}
	f := p.forms[0]
	if f.method != "POST" || f.action != "/ks/form/1" || len(f.fields) != 6 || len(f.buttons) != 2 || !f.buttons[1].primary || f.buttons[0].primary {
		t.Fatalf("%+v", f)
	}
	want := []field{{name: "token", value: `a"b`, kind: "hidden"}, {name: "f-x", value: "138>0", label: "手机号 选填", id: "f-x", required: true},
		{name: "f-y", kind: "select"}, {name: "p", value: "7", kind: "radio", checked: true, label: "湖南大学 会计学"}, {name: "c", value: "on", kind: "checkbox", label: "同意"}, {name: "t", value: "两\n行", kind: "textarea"}}
	for i, w := range want {
		g := f.fields[i]
		if g.name != w.name || g.value != w.value || g.kind != w.kind || g.checked != w.checked || g.required != w.required || g.label != w.label {
			t.Errorf("field %d: %+v, want %+v", i, g, w)
		}
	}
	if o := f.fields[2].options; len(o) != 3 || !o[1].disabled || !o[2].selected || o[2].text != "二" {
		t.Errorf("options %+v", o)
	}
}

// FuzzRead: whatever a page holds, it is read or not, and nothing breaks.
func FuzzRead(f *testing.F) {
	f.Add(`<form><input name="a`)
	f.Add(`<a href=x><h1>y</h1></a><select><option>`)
	f.Add(`<!-- <label for="x"></label></form>`)
	f.Fuzz(func(t *testing.T, text string) { read(text) })
}

// rush is a round of synthetic answers: two signed in, and two who wait.
func rush() Round {
	at := time.Unix(0, 0)
	r := Round{Name: "five times the limit", Times: 5, Rate: 2, Comes: 2 * time.Second, Began: at, Lasted: 4 * time.Second, Came: 4, Finished: 2, Left: 2}
	add := func(who int, second float64, took time.Duration, status int, in, post bool, told time.Duration) {
		r.answers = append(r.answers, answer{who: who, began: at.Add(time.Duration(second * float64(time.Second))), took: took, status: status, signedIn: in, post: post, told: told})
	}
	add(1, 0, 10*time.Millisecond, 200, true, false, 0)
	add(2, 0.5, 30*time.Millisecond, 200, true, true, 0)
	add(3, 0.6, time.Millisecond, 503, false, false, 0)
	add(4, 0.7, time.Millisecond, 503, false, false, 0)
	add(3, 1.6, time.Millisecond, 503, false, false, time.Minute)
	add(1, 2.1, 20*time.Millisecond, 200, true, false, 0)
	add(3, 2.6, 40*time.Millisecond, 200, false, false, 0)
	r.stand()
	return r
}

// TestFigures: what was answered and what was told to wait are counted apart, and
// the line is who was told to wait and has not come in.
func TestFigures(t *testing.T) {
	r := rush()
	if f := r.Figures(Reading); f.Pages != 2 || f.P50 != 20 || f.Waits != 0 {
		t.Errorf("reading %+v", f)
	}
	if f := r.Figures(Rest); f.Pages != 1 || f.Waits != 3 || f.Most != 40 {
		t.Errorf("the rest %+v", f)
	}
	if r.Line != 2 || r.Waited != 2*time.Second || r.Told != 61*time.Second {
		t.Errorf("line %d, waited %s, told %s", r.Line, r.Waited, r.Told)
	}
	c := r.Curve(Rest)
	for s, want := range []float64{2, 2, 2, 1, 1} {
		if c[s].Waiting != want {
			t.Errorf("second %d: %v wait", s, c[s].Waiting)
		}
	}
}

// TestDrawing: the drawing is XML with a title, a description and three lines; the
// document holds every round.
func TestDrawing(t *testing.T) {
	r := rush()
	svg := Draw(3, []Round{r, r})
	d := xml.NewDecoder(strings.NewReader(svg))
	paths := 0
	for {
		k, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := k.(xml.StartElement); ok && s.Name.Local == "path" {
			for _, a := range s.Attr {
				if a.Name.Local == "fill" && a.Value == "none" {
					paths++
				}
			}
		}
	}
	if paths != 6 || !strings.Contains(svg, "<desc") || strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Errorf("%d lines in %s", paths, svg)
	}
	text := Report{Drawing: "x.svg", Limit: 3, Rounds: []Round{r}}.String()
	if !strings.HasPrefix(text, head) || !strings.Contains(text, "five times the limit") || !bytes.Contains([]byte(text), []byte("![How")) {
		t.Error(text)
	}
}
