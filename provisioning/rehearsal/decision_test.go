package rehearsal_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"zhunkao/provisioning/demo"
)

// Decisions of the province: what two persons do at the hub's machine.

const secondPerson = "a second password of nobody"

// hubctl runs the command with the given lines at its input.
func (s *story) hubctl(in string, args ...string) (string, error) {
	return s.hubctlAt(s.province.HubData(), in, args...)
}

// hubctlAt is hubctl with the folder of one of several hubs.
func (s *story) hubctlAt(data, in string, args ...string) (string, error) {
	cmd := exec.CommandContext(s.ctx, filepath.Join(bin, "hubctl"), append([]string{"--data", data, "--lang", "en"}, args...)...)
	cmd.Stdin, cmd.Env = strings.NewReader(in), append(os.Environ(), s.province.Env()...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("hubctl %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// extend has the province move the end of windows: a version that is drafted,
// rehearsed, and signed by two persons.
func (s *story) extend(a []string) error {
	if err := want(a, 3, "extend TO NOW WINDOW…"); err != nil {
		return err
	}
	bundle := filepath.Join(s.province.Dir, "extended.json")
	if _, err := s.hubctl("", append([]string{"window", "extend", "--campaign", "adult-2019", "--out", bundle, "--why", "停电", "--to", a[0], "--now", a[1]}, a[2:]...)...); err != nil {
		return err
	}
	out, err := s.hubctl("", "campaign", "draft", bundle)
	if err != nil {
		return err
	}
	draft := regexp.MustCompile(`rehearse ([0-9a-f]+)`).FindStringSubmatch(out)
	if draft == nil {
		return errors.New("no draft: " + out)
	}
	if _, err := s.hubctl("", "campaign", "rehearse", draft[1]); err != nil {
		return err
	}
	first := demo.Account{}
	for _, account := range s.province.Accounts() {
		if account.User == "sheng" {
			first = account
		}
	}
	added, err := s.hubctl(secondPerson+"\n", "staff", "add", "--enrol", "--name", "second", "--display", "S", "--role", "province-operator", "--office", "430000-1")
	if err != nil {
		return err
	}
	secret := regexp.MustCompile(`secret=([A-Z2-7]+)`).FindStringSubmatch(added)
	if secret == nil {
		return errors.New("no authenticator: " + added)
	}
	for _, by := range []demo.Account{first, {User: "second", Password: secondPerson, Secret: secret[1]}} {
		if out, err = s.hubctl(by.Password+"\n"+by.Code()+"\n", "campaign", "sign", draft[1], "--account", by.User, "--reason", "停电"); err != nil {
			return err
		}
	}
	if !strings.Contains(out, "Version 2 is in force") {
		return errors.New(out)
	}
	return nil
}

// inForce waits until a box says that it serves by a version.
func (s *story) inForce(a []string) error {
	if err := want(a, 2, "in-force BOX VERSION"); err != nil {
		return err
	}
	return s.until(func() error {
		b, err := s.live(a[0])
		if err != nil {
			return err
		}
		if now := fmt.Sprint(b.Marks.Campaign); now != a[1] {
			return fmt.Errorf("box %s serves by version %s", a[0], now)
		}
		return nil
	})
}
