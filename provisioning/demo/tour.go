package demo

import "fmt"

// tour prints where to look, who may sign in, and what to try.
func (r *runner) tour(accounts []Account) {
	p, out := r.o.Ports, r.o.Out
	line := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	line("")
	line("准考演示已经就绪 · The demonstration of Zhunkao is ready")
	line("")
	line("  %s · %s", r.e.title("zh-CN"), r.e.title("en"))
	line("")
	line("  从这里开始 start here    http://%s/", p.Home())
	line("  终端屏幕   kiosk         http://%s/", p.Kiosk())
	line("  工作台     clerk's desk  http://%s/  用 quereren 登录，fuzeren 是负责人 sign in as quereren; fuzeren is the head", p.Desk())
	line("  外设面板   emulators     http://%s/", p.Panel())
	if !r.e.cash() {
		line("  手机       telephone  http://%s/  在这里付款 what is to be paid is paid here", p.Cashier())
	}
	line("  考生入口   portal        http://%s/ks  账号列在登录页 its accounts stand on its sign-in page", p.Hub())
	line("  省中心     hub console   http://%s/gl", p.Hub())
	line("")
	line("  演示账号 demo sign-ins (only in this database; 验证码见登录页 the code of now stands on the sign-in page)")
	for _, a := range accounts {
		line("    %-10s %-16s %s · %s", a.User, a.Password, a.Title, a.TitleEN)
	}
	line("")
	for i, key := range r.e.stops() {
		line("  %d. %s · %s", i+1, r.e.word("zh-CN", "tour."+key), r.e.word("en", "tour."+key))
	}
	line("")
	for _, proc := range r.home.Programs {
		line("  %-10s pid %d", proc.Name, proc.State().PID)
	}
	line("  data       %s", r.l.Dir)
	line("  logs       %s", r.l.in("log"))
	line("")
	line("  Ctrl-C 全部停下 stops everything · make run 接着演 goes on · %s 全部忘掉 forgets it all", r.l.Forget())
	line("")
}
