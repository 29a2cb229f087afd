package registry

import (
	"context"
	"iter"
	"sync"
)

// crew does many things of one kind, some at once. The first failure ends it.
type crew[T any] struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	work   chan T
	all    sync.WaitGroup
}

// hire begins with n workers. wait must be called.
func hire[T any](ctx context.Context, n int, do func(context.Context, T) error) *crew[T] {
	c := &crew[T]{work: make(chan T)}
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	for range n {
		c.all.Go(func() {
			for one := range c.work {
				if c.ctx.Err() != nil {
					continue
				}
				if err := do(c.ctx, one); err != nil {
					c.cancel(err)
				}
			}
		})
	}
	return c
}

// give hands out work. It tells whether more is wanted: not after a failure.
func (c *crew[T]) give(one T) bool {
	select {
	case c.work <- one:
		return true
	case <-c.ctx.Done():
		return false
	}
}

// wait ends the crew when all is done, and returns the first failure: err, when
// there is one.
func (c *crew[T]) wait(err error) error {
	if err != nil {
		c.cancel(err)
	}
	close(c.work)
	c.all.Wait()
	err = context.Cause(c.ctx)
	c.cancel(nil)
	return err
}

// inParallel does something with each of all, n at once.
func inParallel[T any](ctx context.Context, n int, all iter.Seq2[T, error], do func(context.Context, T) error) error {
	c := hire(ctx, n, do)
	for one, err := range all {
		if err != nil {
			return c.wait(err)
		}
		if !c.give(one) {
			break
		}
	}
	return c.wait(nil)
}
