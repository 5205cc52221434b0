package wording

import (
	"testing"

	"stpdash/internal/account"
	"stpdash/internal/act"
)

// Every code of what people do has its words.
func TestWordsOfActs(t *testing.T) {
	for _, k := range append([]act.Kind{act.SigningIn, act.Asking}, act.Kinds...) {
		if Act(k) == "" {
			t.Errorf("%s has no words", k)
		}
	}
	for _, c := range act.RefusalCodes {
		if Refusal(&act.RefusalError{Code: c}) == "" {
			t.Errorf("%s has no words", c)
		}
	}
	for _, c := range account.InputCodes {
		if InputRefusal(c) == "" {
			t.Errorf("%s has no words", c)
		}
	}
	for _, r := range act.Roles {
		if Role(r) == "" || RoleWords(r) == "" {
			t.Errorf("%s has no words", r)
		}
	}
	if len(refusals) != len(act.RefusalCodes) || len(inputRefusals) != len(account.InputCodes) || len(roles) != len(act.Roles) || len(kinds) != len(act.Kinds)+2 {
		t.Error("there are words of what there is not")
	}
}
