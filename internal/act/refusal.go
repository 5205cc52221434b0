package act

import "fmt"

// RefusalCode says why an act is refused.
type RefusalCode string

// Why acts are refused.
const (
	NotPermitted      RefusalCode = "not_permitted"      // the role is missing in that place
	NotSignedIn       RefusalCode = "not_signed_in"      // nobody is signed in
	NotTheirs         RefusalCode = "not_theirs"         // only its author may
	Unknown           RefusalCode = "unknown"            // what it is about does not exist
	Known             RefusalCode = "known"              // it exists already
	Ended             RefusalCode = "ended"              // what it is about has ended
	ChangedMeanwhile  RefusalCode = "changed_meanwhile"  // somebody else changed it first
	LastAdministrator RefusalCode = "last_administrator" // nobody would be left to administer
	UsedOtherwise     RefusalCode = "used_otherwise"     // the id names another act
	TextMissing       RefusalCode = "text_missing"
	TextTooLong       RefusalCode = "text_too_long"
	PlaceNotAccepted  RefusalCode = "place_not_accepted"
	RoleNotAccepted   RefusalCode = "role_not_accepted"
	DateNotAccepted   RefusalCode = "date_not_accepted"
	DayNotAccepted    RefusalCode = "day_not_accepted" // of what has been
	OwnWork           RefusalCode = "own_work"         // they returned what they would sign off
	UseNotAccepted    RefusalCode = "use_not_accepted" // of a token: its owner may not do that
	TooManyTokens     RefusalCode = "too_many_tokens"
	CredentialsWrong  RefusalCode = "credentials_wrong" // at sign-in
	TooManyAttempts   RefusalCode = "too_many_attempts"
)

// RefusalCodes are all of them.
var RefusalCodes = []RefusalCode{
	NotPermitted, NotSignedIn, NotTheirs, Unknown, Known, Ended, ChangedMeanwhile, LastAdministrator, UsedOtherwise, TextMissing, TextTooLong,
	PlaceNotAccepted, RoleNotAccepted, DateNotAccepted, DayNotAccepted, OwnWork, UseNotAccepted, TooManyTokens, CredentialsWrong,
	TooManyAttempts,
}

// RefusalError is an act that is not done.
type RefusalError struct {
	Kind  Kind
	Code  RefusalCode
	Field string // of the form, where one is at fault
	Max   int    // characters, of a text that is too long
}

func (e *RefusalError) Error() string {
	text := fmt.Sprintf("%s refused: %s", e.Kind, e.Code)
	if e.Field != "" {
		text += " (" + e.Field + ")"
	}
	if e.Max > 0 {
		text += fmt.Sprintf(", accepted: at most %d characters", e.Max)
	}
	return text
}
