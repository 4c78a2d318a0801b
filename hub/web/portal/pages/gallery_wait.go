package pages

// waits is the frame of who must wait: nobody is looked for, so there is no menu.
func waits() Frame {
	f := guest()
	f.Plain, f.Token = true, ""
	return f
}

func waitScenes(add adder) {
	add("wait", "waiting", "人多，在排队", "wait", waits(), Wait{Kind: "waiting", Ahead: 1234, Minutes: 4, Seconds: 12, Away: 10})
	add("wait", "unknown", "刚排上，还不知道多久", "wait", waits(), Wait{Kind: "waiting", Ahead: 310, Seconds: 5, Away: 10})
	add("wait", "kept", "按了登录要排队，填的都在", "wait", waits(), Wait{Kind: "waiting", Ahead: 86, Minutes: 1, Seconds: 3, Away: 10,
		Form: &KeptForm{Action: "/ks/sign-in", Field: "kept", Value: "AAAA"}})
	add("wait", "next", "快轮到了", "wait", waits(), Wait{Kind: "next", Seconds: 2, Away: 10})
	add("wait", "busy", "已登录，系统正忙", "wait", waits(), Wait{Kind: "busy", Seconds: 4, Form: &KeptForm{Action: "/ks/form/1", Field: "kept", Value: "AAAA"}})
	add("wait", "lost", "已登录，系统正忙，文件要重传", "wait", waits(), Wait{Kind: "busy", Seconds: 4, Lost: true})
	add("wait", "often", "按得太快", "wait", waits(), Wait{Kind: "often", Seconds: 9})
	add("wait", "crowd", "同一个网络的人太多", "wait", waits(), Wait{Kind: "crowd", Seconds: 20})
	add("place", "waiting", "嵌在页面里的位置", "place", waits(), Wait{Kind: "waiting", Ahead: 86, Minutes: 2, Seconds: 3, Away: 10})
	add("place", "next", "嵌在页面里：轮到了", "place", waits(), Wait{Kind: "next", Seconds: 3, Away: 10})
}
