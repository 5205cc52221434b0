package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Error says what was wrong with what lies at an address.
type Error struct {
	Address    string
	Reason     string        // what was found and what is accepted
	Temporary  bool          // asking again later may help; otherwise it cannot until somebody changes something
	RetryAfter time.Duration // how long the publisher asks to wait, 0 where it does not
	Attempts   int
	Cause      error // may be nil
}

func (e *Error) Error() string {
	text := "fetch " + e.Address + ": " + e.Reason
	if e.RetryAfter > 0 {
		text += fmt.Sprintf("; the publisher asks to wait %s", e.RetryAfter)
	}
	if e.Attempts > 1 {
		text += fmt.Sprintf(" (%d attempts)", e.Attempts)
	}
	return text
}

func (e *Error) Unwrap() error { return e.Cause }

// status is the fault of an answer that is neither content nor "not modified".
func status(response *http.Response, now time.Time) *Error {
	e := &Error{Reason: fmt.Sprintf("was answered with the status %s; accepted is 200, or 304 for what has not changed", response.Status)}
	switch {
	case response.StatusCode == http.StatusRequestTimeout, response.StatusCode == http.StatusTooManyRequests, response.StatusCode >= 500:
		e.Temporary = true
		e.RetryAfter = retryAfter(response.Header.Get("Retry-After"), now)
	}
	return e
}

// retryAfter reads seconds or a date (RFC 9110, section 10.2.3); it is 0 for anything else and for dates gone by.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}

// fault tells what may pass from what does not. The context's cause counts before the error that ending it led to.
func fault(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	if long, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &Error{Reason: fmt.Sprintf("is longer than the limit of %d bytes", long.Limit), Cause: err}
	}
	if certificate, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &Error{Reason: "its certificate is not accepted: " + certificate.Err.Error(), Cause: err}
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return &Error{Reason: "did not answer in TLS, which https needs", Cause: err}
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok && lookup.IsNotFound {
		return &Error{Reason: fmt.Sprintf("its host %q is not known", lookup.Name), Cause: err}
	}
	// net/http has no type for this one.
	if strings.Contains(err.Error(), "response headers exceeded") {
		return &Error{Reason: "its headers are longer than the limit: " + innermost(err).Error(), Cause: err}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{Reason: "was cut off before its end", Temporary: true, Cause: err}
	}
	return &Error{Reason: "could not be had: " + err.Error(), Temporary: true, Cause: err}
}

// innermost leaves out the address that net/url repeats in its errors.
func innermost(err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		return outer.Err
	}
	return err
}
