package wording

import (
	"fmt"
	"math"
	"time"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/identity"
)

// WrongCredentials says that somebody could not show who they are, and not what was wrong.
const WrongCredentials = "The email address, password or code is not right"

// TooManyAttempts says how long to wait.
func TooManyAttempts(wait time.Duration) string {
	minutes := int(math.Ceil(wait.Minutes()))
	if minutes <= 1 {
		return "Too many attempts. Try again in a minute"
	}
	return fmt.Sprintf("Too many attempts. Try again in %d minutes", minutes)
}

// inputRefusals are why fields are not accepted.
var inputRefusals = map[account.InputCode]string{
	account.NameMissing:    "Enter a name of at most 80 characters",
	account.AddressInvalid: "Enter an email address, such as name@example.nhs.uk",
	account.AddressTaken:   "Somebody with this email address is here already",
	account.PasswordShort:  fmt.Sprintf("Enter a password of at least %d characters", account.MinPassword),
	account.PasswordLong:   "Enter a shorter password",
	account.PasswordEasy:   "This password is easy to guess. Try three words that do not go together",
	account.PasswordWrong:  "This is not your password",
	account.CodeWrong:      "Enter the 6 digits that your app shows now",
	account.FormTooOld:     "This form is too old. Start again",
}

// InputRefusal says why a field is not accepted.
func InputRefusal(code account.InputCode) string { return inputRefusals[code] }

// refusals are why acts are refused.
var refusals = map[act.RefusalCode]string{
	act.NotPermitted:      "You do not have the role for this in this place",
	act.NotSignedIn:       "You need to sign in",
	act.NotTheirs:         "Only the person who wrote it, or for a withdrawal a lead of the place, may do this",
	act.Unknown:           "What this is about was not found",
	act.Known:             "This exists already",
	act.Ended:             "This has ended already",
	act.ChangedMeanwhile:  "Somebody changed this while your form was open. Compare the two versions, then send yours again if it is still right",
	act.LastAdministrator: "Nobody else is an administrator. Give the role to another person first",
	act.UsedOtherwise:     "This form was sent before with other content. Open it again",
	act.TextMissing:       "Enter a text",
	act.TextTooLong:       "Shorten the text",
	act.PlaceNotAccepted:  "This is not possible in this place",
	act.RoleNotAccepted:   "Choose a role",
	act.DateNotAccepted:   "Enter a date such as 2019-02-08, later than it begins",
	act.DayNotAccepted:    "Enter a date such as 2019-02-08 that has been",
	act.OwnWork:           "You returned figures that this rests on. Somebody else has to sign it off",
	act.UseNotAccepted:    "Choose something that you may do yourself",
	act.TooManyTokens:     "You have as many tokens as you can. End one that is no longer used",
	act.CredentialsWrong:  WrongCredentials,
	act.TooManyAttempts:   "Too many attempts",
}

// Refusal says why an act is refused.
func Refusal(e *act.RefusalError) string {
	if e.Max > 0 {
		return fmt.Sprintf("Enter at most %d characters", e.Max)
	}
	return refusals[e.Code]
}

// roles are the roles by their names, with what they may do.
var roles = map[act.Role][2]string{
	act.Contributor:   {"Contributor", "returns figures of a place, and writes notes"},
	act.Lead:          {"Lead", "records decisions of a place, signs off its reviews and returns, returns figures and writes notes"},
	act.Auditor:       {"Auditor", "signs off verdicts on claims, and reads the log of acts"},
	act.Analyst:       {"Analyst", "answers for definitions and loads, and lets programs start runs"},
	act.Administrator: {"Administrator", "adds people, gives roles and reads the log of acts"},
}

// ProviderRefusal says why a provider does not say who somebody is.
func ProviderRefusal(code identity.Code, provider string) string {
	switch code {
	case identity.Away:
		return provider + " does not answer at the moment. Try again in a few minutes, or sign in with your password"
	case identity.Declined:
		return "You were not signed in at " + provider
	case identity.NotBegun:
		return "This took longer than 10 minutes, or was begun in another browser. Start again"
	case identity.OutOfTime:
		return "The answer of " + provider + " has run out. If that happens again, the clock of one of the two machines is wrong: tell the people who run this service"
	case identity.TooManyGroups:
		return "You are in so many groups that " + provider + " does not list them, so it is not known whether you may sign in. Ask an administrator for a code to set a password with"
	case identity.NotInGroup:
		return "You are not in the group at " + provider + " whose members may sign in here"
	default:
		return "What " + provider + " said cannot be trusted. Start again; if that happens again, tell the people who run this service"
	}
}

// uses say what a program may do for the owner of its token.
var uses = map[act.Use]string{act.ToRead: "read what you may read", act.ToRun: "start runs of sources"}

// Uses say what a program may do for the owner of its token.
func Uses(all []act.Use) string {
	var words []string
	for _, use := range all {
		words = append(words, uses[use])
	}
	return List(words)
}

// Role names a role.
func Role(r act.Role) string { return roles[r][0] }

// RoleWords say what a role is for.
func RoleWords(r act.Role) string { return roles[r][1] }

// kinds are what was done, in the past.
var kinds = map[act.Kind]string{
	act.PersonAdded:         "Added a person",
	act.PersonRemoved:       "Removed a person",
	act.PersonErased:        "Erased the name of a person",
	act.CodeGiven:           "Gave a code to set a password",
	act.PasswordSet:         "Set a password",
	act.SecondFactorSet:     "Set up a second factor",
	act.SecondFactorRemoved: "Removed a second factor",
	act.IdentityLinked:      "Linked an account of a provider",
	act.IdentityUnlinked:    "Unlinked an account of a provider",
	act.TokenMade:           "Made a token for a program",
	act.TokenEnded:          "Ended a token",
	act.RunAsked:            "Requested a run",
	act.GrantGiven:          "Gave a role",
	act.GrantEnded:          "Ended a role",
	act.NoteAdded:           "Added a note",
	act.NoteEdited:          "Edited a note",
	act.NoteWithdrawn:       "Withdrew a note",
	act.DecisionMade:        "Recorded a decision",
	act.DecisionChanged:     "Changed a decision",
	act.DecisionDone:        "Marked a decision as done",
	act.DecisionDropped:     "Dropped a decision",
	act.DecisionSuperseded:  "Replaced a decision by another",
	act.ReviewHeld:          "Recorded that a review was held",
	act.FiguresReturned:     "Returned figures",
	act.VerdictSigned:       "Signed off a verdict",
	act.ReviewSigned:        "Signed off a weekly review",
	act.ReturnSigned:        "Signed off a return",
	act.SignOffWithdrawn:    "Withdrew a sign-off",
	act.Refused:             "Was refused",
	act.SigningIn:           "to sign in",
	act.Asking:              "to open a page",
}

// Act says what was done.
func Act(k act.Kind) string { return kinds[k] }

// FormerPerson stands in place of a name that was erased.
const FormerPerson = "A former user"

// Operator is who acts by command.
const Operator = "The operator of the service"

// NotesBroken says why notes and decisions are not shown.
const NotesBroken = "Notes and decisions cannot be shown: the log of acts is not as it was written. The operator of the service can see which act was changed."

// SignedOff is the state of a sign-off that holds.
const SignedOff = "Signed off"

// Lapsed says why a sign-off no longer holds: its content, its definitions or the load that it rested on is another now.
func Lapsed(content, definitions, load bool) string {
	var changed []string
	if content {
		changed = append(changed, "what it showed")
	}
	if definitions {
		changed = append(changed, "the definitions")
	}
	if load {
		changed = append(changed, "the load it rests on")
	}
	return "Lapsed: " + List(changed) + " changed since"
}

// Ended says when something ended, by whom and why.
func Ended(at time.Time, by, reason string) string {
	return fmt.Sprintf("%s by %s: %s", Moment(at), by, reason)
}

// Held says when a review was held, who was there, and who recorded it.
func Held(day, present string, recorded time.Time, by string) string {
	return fmt.Sprintf("Held on %s. Present: %s. Recorded by %s, %s", DayOf(day), present, by, Moment(recorded))
}

// NotHeld says of a review that is over that nobody recorded it.
const NotHeld = "Nobody recorded that this review was held."

// DecisionEnded says how a decision ended.
func DecisionEnded(kind act.Kind, words string) string {
	return map[act.Kind]string{
		act.DecisionDone: "Done", act.DecisionDropped: "Dropped", act.DecisionSuperseded: "Replaced by another decision",
	}[kind] + ", " + words
}

// DayOf writes a date as a reader says it.
func DayOf(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return Day(day)
}

// TermsChanged says what the owner and due date of a decision were before, and why they changed.
func TermsChanged(owner, due, reason string) string {
	return fmt.Sprintf("Before: %s, due %s. Changed because: %s", owner, due, reason)
}

// DecisionsSummary counts decisions.
func DecisionsSummary(open, overdue int) string {
	switch {
	case open == 0:
		return "No decision is open."
	case overdue == 0:
		return fmt.Sprintf("%d open.", open)
	}
	return fmt.Sprintf("%d open, of which %d overdue.", open, overdue)
}

// NotSignedIn is who tried something without being signed in.
const NotSignedIn = "Not signed in"

// RefusedAct says what was refused, why, and how often.
func RefusedAct(b act.RefusedBody) string {
	words := fmt.Sprintf("Refused: %s. %s", LowerFirst(Act(b.Kind)), refusals[b.Code])
	if b.More > 0 {
		words += fmt.Sprintf(" (and %d more times)", b.More)
	}
	return words
}
