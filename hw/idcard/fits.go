package idcard

// What answers look like. Failures carry no data, so any of them may follow any
// command, but for those that only one command can give.

func plain(a answer) bool { return len(a.data) == 0 }

func fitsStatus(a answer) fit {
	switch a.sw[2] {
	case swNoCard, swSelectFailed, swFound, swNoContent, swReadFailed:
		return stray
	}
	if !plain(a) {
		return stray
	}
	return suits
}

func fitsSAMID(a answer) fit {
	if a.sw[2] == swOK {
		return when(len(a.data) == 16, suits)
	}
	return fitsStatus(a)
}

func fitsFind(a answer) fit {
	switch a.sw[2] {
	case swFound:
		return suits
	case swOK:
		return when(len(a.data) == 4, maybe) // a module that says 90 for 9F
	case swNoContent:
		return stray
	case swReadFailed, swSelectFailed:
		return when(plain(a), maybe)
	}
	return when(plain(a), suits)
}

func fitsSelect(a answer) fit {
	switch a.sw[2] {
	case swOK:
		if len(a.data) == 8 {
			return suits
		}
		return when(len(a.data) < 12, maybe)
	case swFound, swNoContent:
		return stray
	case swNoCard:
		return when(plain(a), maybe)
	}
	return when(plain(a), suits)
}

func fitsBody(a answer) fit {
	switch a.sw[2] {
	case swOK:
		if len(a.data) == 24 || len(a.data) == 28 {
			return suits
		}
		return when(len(a.data) <= 64 && len(a.data) != 8 && len(a.data) != 16, maybe)
	case swFound:
		return stray
	case swNoCard, swSelectFailed:
		return when(plain(a), maybe)
	}
	return when(plain(a), suits)
}

func fitsBase(a answer) fit {
	switch a.sw[2] {
	case swOK:
		if len(a.data) >= 4+TextSize {
			return suits
		}
		return when(plain(a), maybe)
	case swFound:
		return stray
	case swNoCard, swSelectFailed, swNoContent:
		return when(plain(a), maybe)
	}
	return when(plain(a), suits)
}

func fitsAppend(a answer) fit {
	switch a.sw[2] {
	case swOK:
		if len(a.data) == 70 {
			return suits
		}
		return when(len(a.data) > 28 && len(a.data) <= TextSize, maybe)
	case swFound:
		return stray
	case swNoCard, swSelectFailed:
		return when(plain(a), maybe)
	}
	return when(plain(a), suits)
}

func when(ok bool, f fit) fit {
	if ok {
		return f
	}
	return stray
}
