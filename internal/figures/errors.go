package figures

import (
	"errors"
	"fmt"
)

// ErrDamaged tells that files of the warehouse are not as ClickHouse wrote them. Until it is made anew no answer can be relied on.
var ErrDamaged = fmt.Errorf("%w: its files are damaged; stop the service and run stpd rebuild", ErrUnavailable)

// ErrUnavailable tells that ClickHouse could not be reached; the same question may succeed soon.
var ErrUnavailable = errors.New("the warehouse is not available at the moment")

// ErrLoading tells that what a question needs is not loaded yet; the same question will succeed soon.
var ErrLoading = fmt.Errorf("%w: its first figures are being loaded", ErrUnavailable)

// ErrNotFound tells that there is no such row.
var ErrNotFound = errors.New("not found")

// InputError is a parameter that is not accepted.
type InputError struct {
	Parameter, Value, Accepted string
}

func (e *InputError) Error() string {
	return fmt.Sprintf("parameter %s: found %q, accepted: %s", e.Parameter, e.Value, e.Accepted)
}

// UnknownParameterError is a parameter that a page does not take, whatever its value.
type UnknownParameterError struct{ *InputError }

func (e UnknownParameterError) Unwrap() error { return e.InputError }

// OrderError is a moment that comes after the one that it is to be compared with.
type OrderError struct{ *InputError }

func (e OrderError) Unwrap() error { return e.InputError }
