package console

import "time"

// trainingScenes are the ways the exercises of the points can stand.
func trainingScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(string) Frame) {
	keys := []string{"open-day", "first-visit", "name-differs", "help", "no-camera", "no-paper", "no-reader", "on-papers", "void", "close-day"}
	person := func(id, login, display, role, point string, done ...int) Trained {
		t := Trained{ID: id, Login: login, Display: display, Role: role, Code: "43010401", Point: point, Division: "长沙市岳麓区", Done: len(done)}
		for _, k := range keys {
			t.Cells = append(t.Cells, TrainedCell{Key: "exercise." + k})
		}
		for i, n := range done {
			t.Cells[n].At, t.Cells[n].Box, t.Cells[n].Unit = sceneTime("09:12:40").Add(time.Duration(i)*7*time.Minute), "b2k7qaxm4ue", 2
		}
		return t
	}
	some := Trainings{Total: 4, Whole: 1, Found: 4, Places: []Option{{"430100", "长沙市"}, {"430104", "　岳麓区"}}, Points: scenePointOptions(),
		Lacks: []Option{{"any", "trainings.lacks.any"}, {"all", "trainings.lacks.all"}}, Rows: []Trained{
			person("s1", "430104-01-admin", "彭建国", "role.point-head", "岳麓区第 1 报名确认点", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
			person("s2", "430104-01-li", "李晓雯", "role.clerk", "岳麓区第 1 报名确认点", 0, 1, 3, 9),
			person("s3", "430104-02-admin", "周敏", "role.point-head", "岳麓区第 2 报名确认点"),
			person("s4", "430104-02-wu", "吴志强", "role.clerk", "岳麓区第 2 报名确认点", 1)}}
	some.Rows[3].Cells[1].Unit, some.Rows[3].Cells[1].Elsewhere = 1, "岳麓区第 1 报名确认点"
	for _, k := range keys {
		some.Exercises = append(some.Exercises, "exercise."+k)
		some.Lacks = append(some.Lacks, Option{k, "exercise." + k})
	}
	add("trainings", "some", "有的练全了，有的没练", "menu.trainings", "trainings", f("trainings"), some)
	nobody := some
	nobody.Rows, nobody.Filter, nobody.Found = nil, TrainingFilter{Place: "430104", Lacks: "all"}, 0
	add("trainings", "nobody", "按条件查不到", "menu.trainings", "trainings", f("trainings"), nobody)
	add("trainings", "none", "一个点的人也没有", "menu.trainings", "trainings", f("trainings"), Trainings{})
}
